"""Who gets in at the addresses of files."""

from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Account, Person
from channels_app.actions.files import add_file
from channels_app.models import File, FileVersion, Section
from tests.cast import Cast
from tests.matrix import DIRECTORS, SEE_PANKKI, Route, pankki


def section_id(key: str = "working") -> int:
    return Section.objects.get(key=key).pk


def make_file(
    account: Account,
    adder: Person,
    content: bytes = b"Avaimet saa vartijalta.",
    name: str = "avaimet.txt",
    **fields: Any,
) -> File:
    """Add a file to the section "working" of the account, unless told otherwise."""
    fields.setdefault("section_id", section_id())
    return add_file(actor=adder, account=account, content=ContentFile(content), name=name, **fields)


def a_file(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"pk": make_file(cast.pankki, cast.alice).pk}


def a_version(cast: Cast) -> dict[str, Any]:
    return a_file(cast) | {"number": 1}


def with_a_preview(cast: Cast) -> dict[str, Any]:
    given = a_file(cast)
    version = FileVersion.objects.get(file=given["pk"])
    FileVersion.objects.filter(pk=version.pk).update(preview="made", preview_image=version.content.name)
    version.content.storage.save(f"{version.content.name}.small", ContentFile(b"RIFF"))
    return given


def to_working(cast: Cast) -> dict[str, Any]:
    return {"section": section_id(), "attach": "1"}


ROUTES: dict[str, Route] = {
    "file_upload": Route(DIRECTORS, pankki, "post", to_working),
    "file": Route(SEE_PANKKI, a_file),
    "file_version": Route(SEE_PANKKI, a_version),
    "file_preview": Route(SEE_PANKKI, with_a_preview),
    "file_page": Route(SEE_PANKKI, a_file),
    "file_new_version": Route(DIRECTORS, a_file, "post"),
    "file_remove": Route(DIRECTORS, a_file, "post"),
}
