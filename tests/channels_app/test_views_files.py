"""The addresses at which files are added, looked at, changed and removed."""

import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.access import account_for
from accounts.models import Editor, Person, SearchEntry
from channels_app.actions.files import (
    add_version,
    remove_file,
)
from channels_app.actions.pages import create_page
from channels_app.actions.removed_pages import remove_page
from channels_app.models import File, FileVersion, Section
from channels_app.queries.removed_files import removed_files
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast
from tests.channels_app.disguised import picture
from tests.channels_app.file_hands import TEXT, a_page, post
from tests.channels_app.message_hands import write_announcement
from tests.channels_app.routes.files import make_file, section_id
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


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
    made["of_message"] = make_file(cast.pankki, cast.alice, TEXT, name="of_message.txt")
    File.objects.filter(pk=made["of_message"].pk).update(message=write_announcement(cast))
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
