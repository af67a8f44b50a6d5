"""Handing out: who gets a file at the moment of asking, ranges, conditions, names, and what the ledger says of it."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.invitations import end_invitation
from accounts.models import Invitation, LedgerEntry
from channels_app.actions.files import add_version
from channels_app.actions.pages import create_page
from channels_app.actions.removed_pages import remove_page
from channels_app.models import File, FileVersion, Page, SectionSetting
from tests.cast import Cast
from tests.channels_app.disguised import picture
from tests.channels_app.routes.files import make_file, section_id
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
LETTERS = bytes(range(97, 123)) * 1000  # 26,000 bytes


def url(cast: Cast, file: File, name: str = "file", *more: int) -> str:
    return reverse(name, args=[cast.pankki.customer_number, file.pk, *more])


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def limit_section(cast: Cast, *kinds: str) -> None:
    SectionSetting.objects.create(account=cast.pankki, section_id=section_id(), limit=list(kinds))


def who(cast: Cast, address: str) -> set[str]:
    """Return those of the cast who get in at the address; everybody else finds it missing or is sent to sign in."""
    found = set()
    for role, person in cast.roles.items():
        client = Client() if person is None else sign_in(Client(), person)
        response = client.get(address)
        assert response.status_code in (200, 302, 404)
        found |= {role} if response.status_code == 200 else set()
    return found


ALL = {
    "director", "deputy", "supervisor", "instructor", "manager", "area_director", "sales", "management",
    "invited_until_today", "substitute",
}  # fmt: skip


# --- who ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("route", "more"), [("file", []), ("file_version", [1]), ("file_page", [])])
def test_limits_decide_who_gets_a_file_at_each_request(cast: Cast, route: str, more: list[int]) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    address = url(cast, file, route, *more)
    assert who(cast, address) == ALL
    limit_section(cast, "sales")
    assert who(cast, address) == {"director", "deputy", "management", "sales"}
    SectionSetting.objects.update(limit=["superior"])
    superiors = {"supervisor", "substitute", "manager", "area_director"}
    assert who(cast, address) == {"director", "deputy", "management"} | superiors


def test_file_of_a_limited_page_is_its_readers_alone(cast: Cast) -> None:
    page = create_page(
        actor=cast.alice, account=cast.pankki, section_id=section_id(), title="Hinnat", body="<p>a</p>", limit=["sales"]
    )
    page.refresh_from_db()
    file = make_file(cast.pankki, cast.alice, LETTERS, page=page)
    assert who(cast, url(cast, file)) == {"director", "deputy", "management", "sales"}
    Page.objects.filter(pk=page.pk).update(limit=None)
    assert who(cast, url(cast, file)) == ALL


def test_files_address_of_another_account_leads_nowhere(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    theirs = make_file(cast.koulut, cast.kerttu, LETTERS)
    sign_in(client, cast.greta)
    for account, one, status in (
        (cast.pankki, file, 200),
        (cast.koulut, file, 404),
        (cast.pankki, theirs, 404),
        (cast.koulut, theirs, 200),
    ):
        assert client.get(reverse("file", args=[account.customer_number, one.pk])).status_code == status


def test_whoever_lost_access_gets_no_further_piece(cast: Cast, client: Client) -> None:
    """A download under way asks for its next piece with the mark of the first one: the rule is asked again."""
    file = make_file(cast.pankki, cast.alice, LETTERS)
    sign_in(client, cast.tuula)
    first = client.get(url(cast, file), headers={"Range": "bytes=0-99"})
    assert first.status_code == 206
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    goes_on = {"Range": "bytes=100-199", "If-Range": first["ETag"]}
    kept = {"If-None-Match": first["ETag"]}
    for headers in (goes_on, kept, {}):
        assert client.get(url(cast, file), headers=headers).status_code == 404


def test_narrowed_limit_is_felt_by_a_copy_kept_in_the_browser(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    sign_in(client, cast.bob)
    mark = client.get(url(cast, file))["ETag"]
    assert client.get(url(cast, file), headers={"If-None-Match": mark}).status_code == 304
    limit_section(cast, "sales")
    assert client.get(url(cast, file), headers={"If-None-Match": mark}).status_code == 404


def test_file_of_a_removed_page_is_its_editors_alone(cast: Cast) -> None:
    page = create_page(actor=cast.alice, account=cast.pankki, section_id=section_id(), title="A", body="<p>a</p>")
    page.refresh_from_db()
    file = make_file(cast.pankki, cast.alice, LETTERS, page=page)
    remove_page(actor=cast.alice, page=page)
    assert who(cast, url(cast, file)) == {"director", "deputy"}


def test_download_of_a_limited_file_is_in_the_ledger_once(cast: Cast, client: Client) -> None:
    free = make_file(cast.pankki, cast.alice, LETTERS)
    sign_in(client, cast.saara)
    client.get(url(cast, free))
    limit_section(cast, "sales")
    client.get(url(cast, free), headers={"Range": "bytes=0-"})
    client.get(url(cast, free), headers={"Range": "bytes=500-"})
    client.head(url(cast, free))
    entry = LedgerEntry.objects.get(event=LedgerEntry.Event.OPENED)
    assert (entry.actor, entry.account) == (cast.saara, cast.pankki)
    assert entry.cause["what"] == "file"
    assert entry.cause["id"] == free.pk


# --- ranges: RFC 9110, 14 -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "status", "first", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=25990-", 206, 25_990, 26_000),
        ("bytes=25990-99999", 206, 25_990, 26_000),
        ("bytes=-10", 206, 25_990, 26_000),
        ("bytes=-99999", 206, 0, 26_000),
        ("bytes=0-9, 20-29", 200, 0, 26_000),
        ("bytes=9-0", 200, 0, 26_000),
        ("lines=0-9", 200, 0, 26_000),
        ("bytes=a-b", 200, 0, 26_000),
        ("bytes=", 200, 0, 26_000),
        ("bytes=0-" + "9" * 300, 200, 0, 26_000),
        ("BYTES = 5-6", 206, 5, 7),
    ],
)
def test_range_gives_exactly_what_was_asked(
    cast: Cast, client: Client, asked: str, status: int, first: int, end: int
) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    response = sign_in(client, cast.bob).get(url(cast, file), headers={"Range": asked})
    assert response.status_code == status
    assert body(response) == LETTERS[first:end]
    assert response["Content-Length"] == str(end - first)
    assert response["Accept-Ranges"] == "bytes"
    assert response.headers.get("Content-Range") == (f"bytes {first}-{end - 1}/26000" if status == 206 else None)


@pytest.mark.parametrize("asked", ["bytes=26000-", "bytes=99999-100000", "bytes=-0"])
def test_range_behind_the_end_is_answered_with_the_size(cast: Cast, client: Client, asked: str) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    response = sign_in(client, cast.bob).get(url(cast, file), headers={"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */26000")
    assert body(response) == b""
    assert response["X-Content-Type-Options"] == "nosniff"


def test_range_goes_on_only_with_what_has_not_changed(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    sign_in(client, cast.bob)
    whole = client.get(url(cast, file))
    asked = {"Range": "bytes=5-9"}
    for condition, status in (
        (whole["ETag"], 206),
        (whole["Last-Modified"], 206),
        (f"W/{whole['ETag']}", 200),
        ('"another"', 200),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 200),
    ):
        assert client.get(url(cast, file), headers=asked | {"If-Range": condition}).status_code == status, condition
    add_version(actor=cast.alice, file=file, content=ContentFile(LETTERS + b"!"), name="a.txt")
    goes_on = client.get(url(cast, file), headers=asked | {"If-Range": whole["ETag"]})
    assert goes_on.status_code == 200
    assert body(goes_on) == LETTERS + b"!"


def test_head_tells_everything_and_sends_nothing(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    response = sign_in(client, cast.bob).head(url(cast, file), headers={"Range": "bytes=0-9"})
    assert (response.status_code, response["Content-Length"], body(response)) == (200, "26000", b"")
    assert response["Accept-Ranges"] == "bytes"
    assert client.post(url(cast, file)).status_code == 405


def test_conditions_answer_not_modified_with_the_headers_that_keep_it_safe(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    sign_in(client, cast.bob)
    whole = client.get(url(cast, file))
    assert body(whole) == LETTERS
    later = (timezone.now() + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for headers, status in (
        ({"If-None-Match": whole["ETag"]}, 304),
        ({"If-None-Match": f'"x", {whole["ETag"]}'}, 304),
        ({"If-None-Match": '"x"'}, 200),
        ({"If-Modified-Since": later}, 304),
        ({"If-None-Match": '"x"', "If-Modified-Since": later}, 200),
        ({"If-Match": '"x"'}, 412),
    ):
        response = client.get(url(cast, file), headers=headers)
        assert response.status_code == status, headers
        assert response["Cache-Control"] == "private, no-cache"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


# --- names, versions ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["Käyttöohje.txt", 'a"b;c.txt', "ohje ja lasku.txt", "安全.txt", "a\r\nSet-Cookie: x=1.txt"]
)
def test_name_goes_with_the_content_in_one_line(cast: Cast, client: Client, name: str) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS, name)
    response = sign_in(client, cast.bob).get(url(cast, file))
    told = response["Content-Disposition"]
    assert told.startswith("attachment; filename")
    assert "\r" not in told
    assert "\n" not in told
    assert "Set-Cookie" not in response.headers
    assert quote(file.name) in told or f'filename="{file.name}"' in told


def test_earlier_version_is_given_by_its_number_and_a_number_without_one_is_missing(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    add_version(actor=cast.alice, file=file, content=ContentFile(picture()), name="a.png")
    sign_in(client, cast.bob)
    assert body(client.get(url(cast, file, "file_version", 1))) == LETTERS
    assert client.get(url(cast, file))["Content-Type"] == "image/png"
    for number in (0, 3, 10**12):
        assert client.get(url(cast, file, "file_version", number)).status_code == 404


def test_picture_is_shown_and_saved_when_asked(cast: Cast, client: Client) -> None:
    sign_in(client, cast.bob)
    file = make_file(cast.pankki, cast.alice, picture(), "a.png")
    assert client.get(url(cast, file))["Content-Disposition"].startswith("inline")
    assert client.get(url(cast, file) + "?save")["Content-Disposition"].startswith("attachment")


def test_content_that_the_store_lost_is_an_error_of_ours(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice, LETTERS)
    FileVersion.objects.get(file=file).content.storage.delete(FileVersion.objects.get(file=file).content.name)
    client = sign_in(Client(raise_request_exception=False), cast.bob)
    assert client.get(url(cast, file)).status_code == 500
