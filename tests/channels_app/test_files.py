"""Adding files, versions, removing: the actions' rules and the pages."""

import pytest
from django.core.files.base import ContentFile

from accounts.actions.refusal import Refusal
from channels_app.actions.files import add_file, add_version, bring_version_back
from channels_app.models import File, FileVersion
from tests.cast import Cast
from tests.channels_app.routes.files import make_file, section_id

pytestmark = pytest.mark.django_db


def test_add_file_keeps_content_and_what_it_is(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice, b"a;b\n1;2\n", "Hinnat.CSV")
    version = FileVersion.objects.get(file=file)
    assert (file.name, file.number, file.added_by) == ("Hinnat.csv", 1, cast.alice)
    assert (version.content_type, version.size, version.preview) == ("text/csv", 8, "none")
    assert version.content.read() == b"a;b\n1;2\n"
    assert "Hinnat" not in version.content.name
