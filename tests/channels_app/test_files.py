"""Adding files, versions, removing: the rules of the actions, and the pages on which it is done."""

import json
import threading
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.access import account_for, standing
from accounts.actions.refusal import Refusal
from accounts.models import Account, Editor, Person, SearchEntry
from channels_app.actions.files import (
    add_file,
    add_version,
    bring_file_back,
    bring_version_back,
    remove_file,
)
from channels_app.actions.pages import create_page
from channels_app.actions.removed_pages import remove_page
from channels_app.files import store
from channels_app.models import File, FileVersion, Page, Section
from channels_app.queries.files import files_listed
from channels_app.queries.removed_files import removed_files
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast, build_cast
from tests.channels_app.disguised import picture
from tests.channels_app.routes.files import make_file, section_id
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
TEXT = b"Avaimet saa vartijalta."


def contents() -> set[str]:
    return {name for name, _ in store.stored()}


def post(client: Client, cast: Cast, *files: tuple[str, bytes], script: bool = False, **fields: Any) -> Any:
    """Post the files to Pankki as a form does, or as a script does."""
    fields.setdefault("section", section_id())
    fields.setdefault("attach", "1")
    headers = {"Accept-Language": "en"} | ({"X-Requested-With": "XMLHttpRequest"} if script else {})
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(
        reverse("file_upload", args=[cast.pankki.customer_number]), {**fields, "file": sent}, headers=headers
    )


def a_page(cast: Cast, section: str = "working", **fields: Any) -> Page:
    fields = {"actor": cast.alice, "section_id": section_id(section), "title": "Avaimet", "body": "<p>a</p>"} | fields
    page = create_page(account=cast.pankki, **fields)
    page.refresh_from_db()
    return page


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


# --- the pages ------------------------------------------------------------------------------------------------------
def test_upload_by_script_answers_in_json(cast: Cast, client: Client) -> None:
    sign_in(client, cast.alice)
    answer = post(client, cast, ("kuva.png", picture()), script=True)
    file = File.objects.get()
    url = reverse("file", args=[cast.pankki.customer_number, file.pk])
    assert answer.status_code == 201
    assert answer.json() == {
        "id": file.pk,
        "name": "kuva.png",
        "url": url,
        "preview_url": url,
        "is_picture": True,
        "size": FileVersion.objects.get().size,
    }
    answer = post(client, cast, ("kuva.png", b"<html>"), script=True)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Web pages, SVG drawings")


def test_upload_by_a_plain_form_adds_what_it_can_and_says_what_not(cast: Cast, client: Client) -> None:
    sign_in(client, cast.alice)
    answer = post(client, cast, ("a.txt", TEXT), ("kuva.png", picture()))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("section", args=[cast.pankki.customer_number, section_id()])
    answer = post(client, cast, ("b.txt", TEXT), ("c.png", b"<svg/>"))
    assert answer.status_code == 422
    assert "c.png : Web pages, SVG drawings" in text_of(answer)
    assert set(File.objects.values_list("name", flat=True)) == {"a.txt", "kuva.png", "b.txt"}
    answer = post(client, cast)
    assert answer.status_code == 422
    assert "Choose a file." in text_of(answer)


def test_upload_into_a_draft_belongs_to_nothing_yet(cast: Cast, client: Client) -> None:
    """The editor of a page names it in the address and posts nothing but the file."""
    page = a_page(cast)
    sign_in(client, cast.alice)
    address = reverse("file_upload", args=[cast.pankki.customer_number]) + f"?page={page.pk}"
    answer = client.post(address, {"file": SimpleUploadedFile("a.png", picture())})
    file = File.objects.get(pk=answer.json()["id"])
    assert (file.page, file.section_id, file.attached_at) == (None, page.section_id, None)
    assert not SearchEntry.objects.filter(kind="file").exists()
    for person, status in ((cast.alice, 200), (cast.aaro, 404), (cast.bob, 404)):
        assert sign_in(client, person).get(answer.json()["url"]).status_code == status


MAY_ADD = {"alice", "aaro"}


def people(cast: Cast) -> dict[str, Any]:
    names = "alice aaro bob ines matti arja saara greta tuula stina yrjo eero dana"
    return {name: getattr(cast, name) for name in names.split()}


def test_exactly_editors_add_files_to_a_section_and_authors_to_their_memo(cast: Cast) -> None:
    Editor.objects.create(account=cast.pankki, person=cast.ines, named_by=cast.alice)
    Editor.objects.create(account=cast.pankki, person=cast.charlie, named_by=cast.alice)  # does not see it
    memo = a_page(cast, "memos", actor=cast.bob)
    page = a_page(cast, actor=cast.alice)

    def who(**fields: Any) -> set[str]:
        found = set()
        for name, person in (people(cast) | {"charlie": cast.charlie}).items():
            answer = post(sign_in(Client(), person), cast, ("a.txt", TEXT), script=True, **fields)
            assert answer.status_code in (201, 404), answer.status_code
            found |= {name} if answer.status_code == 201 else set()
        return found

    assert who() == {"alice", "aaro", "ines"}
    assert who(page=page.pk) == {"alice", "aaro", "ines"}
    assert who(page=memo.pk) == {"alice", "aaro", "ines", "bob"}
    # Whoever may write a memo puts pictures into it before it is saved.
    sees = set(people(cast)) - {"yrjo", "eero", "dana"}
    assert who(section=section_id("memos"), attach="") == sees
    assert who(attach="") == {"alice", "aaro", "ines"}


@pytest.mark.parametrize(
    "fields",
    [
        {"section": 10**9},
        {"section": ""},
        {"section": "x"},
        {"page": 10**9},
        {"contract": 10**9},
    ],
)
def test_upload_to_no_place_is_missing(cast: Cast, client: Client, fields: dict[str, Any]) -> None:
    assert post(sign_in(client, cast.alice), cast, ("a.txt", TEXT), **fields).status_code == 404
    assert not File.objects.exists()


def test_upload_to_another_accounts_page_or_local_section_is_missing(cast: Cast, client: Client) -> None:
    theirs = create_page(
        actor=cast.kerttu, account=cast.koulut, section_id=section_id(), title="Koulu", body="<p>a</p>"
    )
    local = Section.objects.create(kind="pages", account=cast.koulut, local_name="Oma", local_place=1)
    sign_in(client, cast.alice)
    for fields in ({"page": theirs.pk}, {"section": local.pk}, {"contract": cast.koulut.contracts.get().pk}):
        assert post(client, cast, ("a.txt", TEXT), **fields).status_code == 404


def test_file_of_a_contract_is_added_where_its_section_is_read(cast: Cast, client: Client) -> None:
    contract = cast.pankki.contracts.get()
    section = section_id("contracts")
    url = reverse("section", args=[cast.pankki.customer_number, section])
    assert f'<option value="{contract.pk}">' in page_of(client, cast.alice, url).content.decode()
    post(client, cast, ("sopimus.txt", TEXT), section=section, contract=contract.pk)
    assert File.objects.get().contract == contract
    assert 'name="contract"' not in page_of(client, cast.bob, url).content.decode()


def test_removed_files_are_listed_to_editors_where_they_were(cast: Cast, client: Client) -> None:
    memo, page, gone = a_page(cast, "memos"), a_page(cast), a_page(cast)
    of_pages = {"of_memo": ("memos", memo), "of_page": ("working", page), "of_gone": ("working", gone)}
    made = {
        name: make_file(cast.pankki, cast.alice, TEXT, name=f"{name}.txt", section_id=section_id(key), page=of)
        for name, (key, of) in of_pages.items()
    }
    made["directors"] = make_file(cast.pankki, cast.alice, TEXT, name="directors.txt", page=a_page(cast, limit=[]))
    make_file(cast.pankki, cast.alice, TEXT, name="standing.txt")
    for file in made.values():
        remove_file(actor=cast.alice, file=file)
    remove_page(actor=cast.alice, page=gone)
    Editor.objects.create(account=cast.pankki, person=cast.ines, named_by=cast.alice)

    def listed_to(person: Person, key: str) -> set[str]:
        account = account_for(person, cast.pankki.customer_number)
        return {file.name for file in removed_files(account, section_id(key))}

    assert listed_to(cast.alice, "working") == {"of_page.txt", "directors.txt"}
    assert listed_to(cast.ines, "working") == {"of_page.txt"}
    assert listed_to(cast.alice, "memos") == {"of_memo.txt"}
    number = cast.pankki.customer_number
    for url in (reverse("section", args=[number, section_id()]), reverse("memos", args=[number])):
        assert "1 removed file" in text_of(page_of(client, cast.ines, url))
        assert "removed file" not in text_of(page_of(client, cast.bob, url))
    assert client.get(reverse("file_page", args=[number, made["of_page"].pk])).status_code == 404


def test_page_of_a_file_shows_versions_to_everybody_and_buttons_to_editors(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, TEXT)
    url = reverse("file_page", args=[cast.pankki.customer_number, file.pk])
    new = reverse("file_new_version", args=[cast.pankki.customer_number, file.pk])
    sign_in(client, cast.aaro)
    answer = client.post(new, {"file": SimpleUploadedFile("avaimet2.txt", TEXT * 2)}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    shown = text_of(page_of(client, cast.bob, url))
    assert "avaimet2.txt" in shown
    assert "Aaro Ahola" in shown
    assert "Versions 2" in shown
    assert "Remove the file" not in shown
    assert "Make this the latest" not in shown
    shown = text_of(page_of(client, cast.alice, url))
    assert "Remove the file" in shown
    assert client.post(new, {"number": 1}).status_code == 302
    assert FileVersion.objects.filter(file=file).count() == 3
    assert client.post(new, {"number": 3}).status_code == 422
    refused = client.post(new, {"file": SimpleUploadedFile("x.txt", b"<html>")}, headers={"Accept-Language": "en"})
    assert refused.status_code == 422
    assert "Web pages, SVG drawings" in text_of(refused)
    assert client.post(new, {}).status_code == 422


def test_removing_hides_a_file_from_everybody_but_editors(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, TEXT)
    args = [cast.pankki.customer_number, file.pk]
    page_of(client, cast.alice, reverse("file_page", args=args))
    client.post(reverse("file_remove", args=args))
    for name in ("file", "file_page"):
        assert page_of(client, cast.bob, reverse(name, args=args)).status_code == 404
        assert page_of(client, cast.aaro, reverse(name, args=args)).status_code == 200
    assert "This file has been removed." in text_of(page_of(client, cast.aaro, reverse("file_page", args=args)))
    client.post(reverse("file_remove", args=args), {"back": "1"})
    assert page_of(client, cast.bob, reverse("file", args=args)).status_code == 200


def test_changing_a_file_is_missing_for_everybody_but_editors(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, TEXT)
    for name, person in people(cast).items():
        for route in ("file_new_version", "file_remove"):
            answer = sign_in(client, person).post(reverse(route, args=[cast.pankki.customer_number, file.pk]))
            assert (answer.status_code != 404) is (name in MAY_ADD), (name, route)


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


@pytest.mark.parametrize(("more", "route"), [(0, "file"), (30, "file"), (0, "file_page"), (30, "file_page")])
def test_query_count_stays_however_many_versions(
    cast: Cast, client: Client, more: int, route: str, django_assert_num_queries: Any
) -> None:
    file = make_file(cast.pankki, cast.alice)
    for number in range(more):
        make_file(cast.pankki, cast.alice, name=f"{number}.txt")
        if number < 5:
            add_version(actor=cast.alice, file=file, content=ContentFile(TEXT), name="a.txt")
    sign_in(client, cast.bob)
    url = reverse(route, args=[cast.pankki.customer_number, file.pk])
    client.get(url)
    with django_assert_num_queries({"file": 6, "file_page": 9}[route]):
        client.get(url)


def test_json_is_json(cast: Cast, client: Client) -> None:
    answer = post(sign_in(client, cast.alice), cast, ("a.txt", TEXT), script=True)
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)["is_picture"] is False


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
