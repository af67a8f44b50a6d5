"""Adding files, versions, removing, and the lists that they stand in: the rules of the actions."""

import threading
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils.translation import override

from accounts.access import standing
from accounts.actions.refusal import Refusal
from accounts.models import Account, SearchEntry
from channels_app.actions.files import (
    add_file,
    add_version,
    bring_file_back,
    bring_version_back,
    remove_file,
)
from channels_app.files import store
from channels_app.models import File, FileVersion
from channels_app.queries.files import files_listed
from tests.cast import Cast, build_cast
from tests.channels_app.disguised import picture
from tests.channels_app.file_hands import TEXT, a_page
from tests.channels_app.routes.files import make_file, section_id

pytestmark = pytest.mark.django_db


def contents() -> set[str]:
    return {name for name, _ in store.stored()}


# --- adding ---------------------------------------------------------------------------------------------------------
def test_add_file_keeps_content_and_what_it_is(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice, b"a;b\n1;2\n", "Hinnat.CSV")
    version = FileVersion.objects.get(file=file)
    assert (file.name, file.number, file.added_by) == ("Hinnat.csv", 1, cast.alice)
    assert (version.content_type, version.size, version.preview) == ("text/csv", 8, "none")
    assert version.content.read() == b"a;b\n1;2\n"
    assert "Hinnat" not in version.content.name


def test_add_file_takes_the_limit_of_its_page_and_is_found_by_its_name(cast: Cast) -> None:
    page = a_page(cast, limit=["sales"])
    file = make_file(cast.pankki, cast.alice, page=page)
    file.refresh_from_db()
    assert file.audience == ["director", "management", "sales"]
    found = SearchEntry.objects.get(kind="file", object_id=file.pk)
    assert (found.title, found.audience) == ("avaimet.txt", file.audience)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("page", lambda cast: {"page": a_page(cast, "induction")}),
        ("contract", lambda cast: {"contract": cast.koulut.contracts.get()}),
    ],
)
def test_add_file_refuses_a_place_elsewhere_and_stores_nothing(cast: Cast, code: str, fields: Any) -> None:
    given, before = fields(cast), contents()
    with pytest.raises(Refusal) as refused:
        make_file(cast.pankki, cast.alice, **given)
    assert refused.value.code == code
    assert contents() == before
    assert not File.objects.exists()


@pytest.mark.parametrize(("size", "most", "video"), [(1024 * 1024, 1, 5), (1024 * 1024 + 1, 1, 5)])
def test_add_file_takes_up_to_the_most_and_not_a_byte_more(
    cast: Cast, settings: Any, size: int, most: int, video: int
) -> None:
    settings.FILES_MAX_MB, settings.FILES_VIDEO_MAX_MB = most, video
    if size <= most * 1024 * 1024:
        assert make_file(cast.pankki, cast.alice, b"a" * size).pk
        return
    with override("en"), pytest.raises(Refusal) as refused:
        make_file(cast.pankki, cast.alice, b"a" * size)
    assert refused.value.message.replace("\xa0", " ") == "The file is 1.0 MB; the most is 1.0 MB."


# --- room -----------------------------------------------------------------------------------------------------------
def test_add_file_refuses_with_numbers_when_the_account_is_full(cast: Cast, settings: Any) -> None:
    settings.FILES_QUOTA_MB = 2
    make_file(cast.pankki, cast.alice, b"a" * 1_500_000)
    before = contents()
    with override("en"), pytest.raises(Refusal) as refused:
        make_file(cast.pankki, cast.alice, b"a" * 600_000)
    expected = "The account's files take 1.4 MB of 2.0 MB: there is no room for 585.9 KB more."
    assert refused.value.message.replace("\xa0", " ") == expected
    assert contents() == before
    assert make_file(cast.pankki, cast.alice, b"a" * 500_000).pk
    assert make_file(cast.koulut, cast.kerttu, b"a" * 1_900_000).pk


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_both_take_the_last_room(settings: Any) -> None:
    cast = build_cast()
    settings.FILES_QUOTA_MB = 1
    before, outcomes, start = contents(), [], threading.Barrier(4)

    def upload() -> None:
        start.wait()
        try:
            make_file(cast.pankki, cast.alice, b"a" * 700_000)
            outcomes.append("added")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["added", "full", "full", "full"]
    assert len(contents() - before) == 1


@pytest.mark.django_db(transaction=True)
def test_room_is_counted_only_after_an_upload_under_way(settings: Any) -> None:
    """While one upload's transaction is open, another waits instead of counting without it."""
    cast = build_cast()
    settings.FILES_QUOTA_MB = 1
    held, outcome = threading.Event(), []

    def second() -> None:
        held.wait()
        try:
            make_file(cast.pankki, cast.alice, b"a" * 700_000)
        except Refusal as refusal:
            outcome.append(refusal.code)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        make_file(cast.pankki, cast.alice, b"a" * 700_000)
        held.set()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join()
    assert outcome == ["full"]


# --- versions -------------------------------------------------------------------------------------------------------
def test_versions_stay_and_an_earlier_one_can_be_the_latest_again(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice, TEXT)
    add_version(actor=cast.aaro, file=file, content=ContentFile(picture()), name="avaimet.png")
    bring_version_back(actor=cast.alice, file=file, number=1)
    file.refresh_from_db()
    kept = list(file.versions.order_by("number").values_list("number", "name", "added_by", "content_type"))
    assert kept == [
        (1, "avaimet.txt", cast.alice.pk, "text/plain"),
        (2, "avaimet.png", cast.aaro.pk, "image/png"),
        (3, "avaimet.txt", cast.alice.pk, "text/plain"),
    ]
    assert (file.number, file.name) == (3, "avaimet.txt")
    assert len({version.content.name for version in file.versions.all()}) == 3
    assert file.versions.get(number=3).content.read() == TEXT


@pytest.mark.parametrize("number", [1, 2, 99])
def test_bring_version_back_refuses_the_latest_and_what_is_none(cast: Cast, number: int) -> None:
    file = make_file(cast.pankki, cast.alice)
    with pytest.raises(Refusal):
        bring_version_back(actor=cast.alice, file=file, number=number)
    assert file.versions.count() == 1


def test_removed_file_takes_no_version_and_is_not_found_until_it_is_back(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice)
    remove_file(actor=cast.aaro, file=file)
    remove_file(actor=cast.alice, file=file)
    file.refresh_from_db()
    assert file.removed_by == cast.aaro
    assert not SearchEntry.objects.filter(kind="file").exists()
    before = contents()
    with pytest.raises(Refusal):
        add_version(actor=cast.alice, file=file, content=ContentFile(TEXT), name="a.txt")
    assert contents() == before
    bring_file_back(file=file)
    assert SearchEntry.objects.filter(kind="file", object_id=file.pk).exists()


# --- lists ----------------------------------------------------------------------------------------------------------
def names(account: Account, person: Any, **where: Any) -> set[str]:
    where.setdefault("section_id", section_id())
    return {one.name for one in files_listed(account, standing(person, account), **where)}


def test_lists_hold_exactly_what_belongs_there_and_may_be_seen(cast: Cast) -> None:
    page, limited = a_page(cast), a_page(cast, limit=["sales"])
    contract = cast.pankki.contracts.get()
    make_file(cast.pankki, cast.alice, name="osio.txt")
    make_file(cast.pankki, cast.alice, name="sivu.txt", page=page)
    make_file(cast.pankki, cast.alice, name="rajattu.txt", page=limited)
    make_file(cast.pankki, cast.alice, name="sopimus.txt", contract=contract)
    make_file(cast.pankki, cast.alice, name="luonnos.txt", attached=False)
    make_file(cast.pankki, cast.alice, name="toinen osio.txt", section_id=section_id("induction"))
    make_file(cast.koulut, cast.kerttu, name="koulu.txt")
    remove_file(actor=cast.alice, file=make_file(cast.pankki, cast.alice, name="poistettu.txt"))
    assert names(cast.pankki, cast.bob) == {"osio.txt"}
    assert names(cast.pankki, cast.bob, page=page) == {"sivu.txt"}
    assert names(cast.pankki, cast.bob, page=limited) == set()
    assert names(cast.pankki, cast.saara, page=limited) == {"rajattu.txt"}
    assert names(cast.pankki, cast.bob, contract=contract) == {"sopimus.txt"}
    assert names(cast.pankki, cast.alice, removed=True) == {"poistettu.txt"}
    assert names(cast.pankki, cast.eero) == set()
    assert names(cast.koulut, cast.bob) == set()


def test_list_needs_one_query_however_many(cast: Cast, django_assert_num_queries: Any) -> None:
    seen, section = standing(cast.bob, cast.pankki), section_id()
    make_file(cast.pankki, cast.alice)
    with django_assert_num_queries(1):
        assert len(files_listed(cast.pankki, seen, section_id=section)) == 1
    for number in range(12):
        make_file(cast.pankki, cast.alice, name=f"{number}.txt")
    with django_assert_num_queries(1):
        assert len(files_listed(cast.pankki, seen, section_id=section)) == 13


def test_add_file_within_a_callers_transaction_leaves_no_row_behind_a_refusal(cast: Cast) -> None:
    with transaction.atomic():
        with pytest.raises(Refusal):
            add_file(
                actor=cast.alice,
                account=cast.pankki,
                section_id=section_id(),
                content=ContentFile(b""),
                name="a.txt",
            )
        assert not File.objects.exists()
