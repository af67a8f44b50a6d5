"""Clearing away: abandoned files of drafts, contents without a row; whatever is young or in use stays."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.jobs import enqueue, run_due
from accounts.models import Job
from channels_app.actions.clean_files import clean_files
from channels_app.actions.drafts import keep_draft
from channels_app.actions.pages import create_page
from channels_app.files import store
from channels_app.models import File, FileVersion
from tests.cast import Cast
from tests.channels_app.disguised import picture
from tests.channels_app.routes.files import make_file, section_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def age(file: File, days: float) -> None:
    File.objects.filter(pk=file.pk).update(added_at=timezone.now() - timedelta(days=days))


def in_a_draft(cast: Cast, file: File, **fields: Any) -> None:
    address = reverse("file", args=[cast.pankki.customer_number, file.pk])
    values = {"body": f'<p><img src="{address}"></p>', "fields": {}} | fields
    values["fields"] = {key: value.replace("ADDRESS", address) for key, value in values["fields"].items()}
    section = section_id("memos") if fields else section_id()
    keep_draft(person=cast.alice, account=cast.pankki, section_id=section, page=None, title="", based_on=0, **values)


def stored_of(file: File) -> set[str]:
    version = file.versions.get()
    return {version.content.name, version.preview_image.name}


def contents() -> set[str]:
    return {name for name, _ in store.stored()}


def test_only_files_that_nothing_wants_for_a_week_go(cast: Cast) -> None:
    gone, young, wanted, noted, attached = (
        make_file(cast.pankki, cast.alice, picture(), f"{number}.png", attached=number == 4) for number in range(5)
    )
    run_due()
    for file in (gone, wanted, noted, attached):
        age(file, 8)
    age(young, 6.9)
    in_a_draft(cast, wanted)
    in_a_draft(cast, noted, body="", fields={"decisions": "ADDRESS"})
    names = {
        file.pk: {
            name for version in file.versions.all() for name in (version.content.name, version.preview_image.name)
        }
        for file in (gone, young, wanted, noted, attached)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda act, **_: act())
        assert clean_files().files == 1
        assert clean_files().files == 0
    assert set(File.objects.values_list("pk", flat=True)) == {young.pk, wanted.pk, noted.pk, attached.pk}
    left = contents()
    assert not names.pop(gone.pk) & left
    for kept in names.values():
        assert kept <= left
        assert {store.small(name) for name in kept} & left


def test_file_that_was_saved_with_its_page_stays(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice, picture(), "a.png", attached=False)
    age(file, 30)
    address = reverse("file", args=[cast.pankki.customer_number, file.pk])
    body = f'<p><img src="{address}" alt=""></p>'
    page = create_page(actor=cast.alice, account=cast.pankki, section_id=section_id(), title="A", body=body)
    file.refresh_from_db()
    assert file.page == page
    assert clean_files().files == 0


def test_contents_without_a_row_go_after_a_day(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice, picture(), "a.png")
    run_due()
    old, young = store.put(ContentFile(b"old")), store.put(ContentFile(b"young"))
    preview = store.put_preview(ContentFile(b"a"), ContentFile(b"b"))
    yesterday = timezone.now().timestamp() - 90_000
    version = FileVersion.objects.get(file=file)
    kept = {version.content.name, version.preview_image.name, store.small(version.preview_image.name)}
    for name in {old, preview, store.small(preview), *kept}:
        os.utime(version.content.storage.path(name), (yesterday, yesterday))
    assert clean_files().contents == 3
    assert contents() == kept | {young}
    assert clean_files().contents == 0


def test_lost_contents_are_reported_by_name_and_status(cast: Cast, capsys: Any) -> None:
    make_file(cast.pankki, cast.alice)
    lost = FileVersion.objects.get(file=make_file(cast.pankki, cast.alice))
    store.remove(lost.content.name)
    assert clean_files().missing == (lost.pk,)
    with pytest.raises(SystemExit) as status:
        call_command("clean_files")
    assert status.value.code == 1
    assert str(lost.pk) in capsys.readouterr().err
    assert FileVersion.objects.filter(pk=lost.pk).exists()


def test_job_runs_nightly_and_the_command_says_what_it_did(cast: Cast, capsys: Any, settings: Any) -> None:
    assert "channels_app.clean_files" in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
    store.put(ContentFile(b"young"))
    enqueue("clean_files", "clean_files")
    run_due()
    assert Job.objects.get(name="clean_files").state == "done"
    call_command("clean_files")
    assert "0 abandoned files and 0 nameless contents" in capsys.readouterr().out
