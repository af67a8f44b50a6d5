"""The small pictures that stand for files, drawn in the background. Doing it twice gives the same one."""

import tempfile
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.base import File as Content

from channels_app.files import store
from channels_app.models import FileVersion
from kam.lib.content import CONTENT_TYPES
from kam.lib.drawing import NotDrawn, draw

logger = structlog.get_logger(__name__)
Preview = FileVersion.Preview


def draw_preview(version_id: int) -> None:
    """Draw the version's preview if it waits for one; what cannot be drawn is written down as such."""
    version = FileVersion.objects.filter(pk=version_id, preview=Preview.WAITING).first()
    if version is None:
        return
    try:
        name = _drawn(version)
    except (NotDrawn, FileNotFoundError) as failure:
        logger.warning("no preview", version=version_id, reason=str(failure))
        FileVersion.objects.filter(pk=version_id, preview=Preview.WAITING).update(preview=Preview.FAILED)
        return
    made = FileVersion.objects.filter(pk=version_id, preview=Preview.WAITING)
    if not made.update(preview=Preview.MADE, preview_image=name):
        store.remove_preview(name)  # another worker was faster


def _drawn(version: FileVersion) -> str:
    """Draw into the store and return the name there."""
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        source, large, little = (Path(folder, name) for name in ("source", "large", "small"))
        with store.opened(str(version.content)) as content, source.open("wb") as copy:
            copy.writelines(Content(content).chunks())
        draw(CONTENT_TYPES[version.content_type].kind, source, large, little)
        with large.open("rb") as one, little.open("rb") as other:
            return store.put_preview(Content(one), Content(other))
