"""On paper and as a table: exactly what the reader may see, and the ledger has what was limited."""

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Account, Editor, LedgerEntry, Person
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast
from tests.channels_app.page_hands import checked_on, section, some_pages, write
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def whole(account: Account) -> str:
    return reverse("channel_print", args=[account.customer_number])


def of_section(account: Account, key: str) -> str:
    return reverse("section_print", args=[account.customer_number, section(key).pk])


def printed(person: Person, address: str) -> set[str]:
    """Return the titles of what is printed."""
    response = sign_in(Client(), person).get(address)
    return {page.title for chapter in response.context["chapters"] for page in chapter.pages}


PANKKI = {"Avaimet", "Hinnat", "Sopimus", "Kate"}


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("alice", PANKKI),
        ("greta", PANKKI),
        ("matti", {"Avaimet", "Hinnat", "Sopimus"}),
        ("saara", {"Avaimet", "Hinnat", "Sopimus"}),
        ("ines", {"Avaimet"}),
        ("tuula", {"Avaimet"}),
    ],
)
def test_the_whole_channel_is_printed_as_far_as_one_may_see_it(cast: Cast, name: str, titles: set[str]) -> None:
    some_pages(cast)
    person = getattr(cast, name)
    assert printed(person, whole(cast.pankki)) == titles
    assert printed(person, of_section(cast.pankki, "working")) == titles - {"Sopimus"}
    text = sign_in(Client(), person).get(whole(cast.pankki)).content.decode()
    assert {title for title in PANKKI | {"Vanha", "Koulun avaimet", "Vakuutuksen avaimet"} if title in text} == titles
    opens_section = "Sopimus" in titles
    response = sign_in(Client(), person).get(of_section(cast.pankki, "contracts"))
    assert response.status_code == (200 if opens_section else 404)


def test_printing_what_is_limited_is_one_row_in_the_ledger(cast: Cast) -> None:
    pages = some_pages(cast)
    opened = LedgerEntry.objects.filter(event="opened")
    sign_in(Client(), cast.ines).get(whole(cast.pankki))
    assert not opened.exists()
    sign_in(Client(), cast.matti).get(whole(cast.pankki))
    entry = opened.get()
    assert (entry.actor, entry.account, entry.cause["what"]) == (cast.matti, cast.pankki, "channel printed")
    assert set(entry.cause["ids"]) == {pages["limited"].pk, pages["in_limited_section"].pk}


def test_sections_come_in_the_order_of_the_contents(cast: Cast, client: Client) -> None:
    for key in ("induction", "brief", "working"):
        write(cast.alice, cast.pankki, key, key=key)
    response = page_of(client, cast.bob, whole(cast.pankki))
    assert [(chapter.number, chapter.name) for chapter in response.context["chapters"]] == [
        (3, "The account in brief"), (6, "Working at the sites"), (7, "Induction and training"),
    ]  # fmt: skip
    assert text_of(response).index("Table of contents") < text_of(response).index("3 The account in brief")


def test_a_section_that_left_the_contents_is_printed_last_under_its_last_name(cast: Cast, client: Client) -> None:
    write(cast.alice, cast.pankki, "Avaimet")
    write(cast.alice, cast.pankki, "Opas", key="induction")
    gone = section("working").lines.get()
    number = gone.version.number
    new = gone.version
    new.pk, new.number = None, number + 1
    new.save()
    for line in gone.version.__class__.objects.get(number=number).lines.exclude(pk=gone.pk):
        line.pk, line.version = None, new
        line.save()
    response = page_of(client, cast.bob, whole(cast.pankki))
    names = [chapter.name for chapter in response.context["chapters"]]
    assert names == ["Induction and training", "Working at the sites"]


def test_prints_cost_the_same_with_few_and_many_pages(cast: Cast) -> None:
    write(cast.alice, cast.pankki, "Avaimet")
    write(cast.alice, cast.pankki, "Hinnat", limit=["sales"])
    client = sign_in(Client(), cast.alice)
    addresses = [whole(cast.pankki), of_section(cast.pankki, "working"), export(cast.pankki)]

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            response = client.get(address)
            assert response.status_code == 200
            b"".join(response) if response.streaming else response.content
        return len(found)

    [queries(address) for address in addresses]
    few = [queries(address) for address in addresses]
    for number in range(10):
        write(cast.alice, cast.pankki, f"Sivu {number}", limit=["sales"])
    assert [queries(address) for address in addresses] == few == [8, 8, 7]


# --- the table ------------------------------------------------------------------------------------------------------
def export(account: Account) -> str:
    return reverse("pages_export", args=[account.customer_number])


def table(client: Client, person: Person, account: Account) -> list[dict[str, Any]]:
    response = page_of(client, person, export(account))
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_export_has_what_the_editor_may_see_and_no_texts(cast: Cast, client: Client) -> None:
    pages = some_pages(cast)
    checked_on(pages["plain"], cast.day - 10 * ONE_DAY)
    rows = {row["Heading"]: row for row in table(client, cast.alice, cast.pankki)}
    assert set(rows) == PANKKI
    plain, limited = rows["Avaimet"], rows["Hinnat"]
    assert (plain["Section"], plain["Checked by"], plain["Checked on"].date(), plain["To be checked by"].date()) == (
        "Working at the sites", "Alice Alanen", cast.day - 10 * ONE_DAY, cast.day + 80 * ONE_DAY,
    )  # fmt: skip
    assert (plain["Limited to"], limited["Limited to"]) == (None, "sales, superior")
    assert plain["Address"].endswith(f"/accounts/{cast.pankki.customer_number}/pages/{pages['plain'].pk}/")
    assert "Vahtimestarilta" not in str(rows)
    entry = LedgerEntry.objects.get(event="exported")
    assert (entry.actor, entry.account, entry.cause["pages"]) == (cast.alice, cast.pankki, 4)
    assert len(entry.cause["limited"]) == 3


def test_export_is_the_editors_and_keeps_limits_from_them_too(cast: Cast, client: Client) -> None:
    some_pages(cast)
    for person in (cast.bob, cast.greta, cast.saara):
        assert page_of(client, person, export(cast.pankki)).status_code == 404
    assert not LedgerEntry.objects.filter(event="exported").exists()
    Editor.objects.create(account=cast.pankki, person=cast.ines, named_by=cast.alice)
    assert [row["Heading"] for row in table(client, cast.ines, cast.pankki)] == ["Avaimet"]


@pytest.mark.parametrize("title", ["=1+1", "+358", "-2", "@x", '=HYPERLINK("http://x.example")'])
def test_export_runs_nothing_as_a_formula(cast: Cast, client: Client, title: str) -> None:
    write(cast.alice, cast.pankki, title)
    response = page_of(client, cast.alice, export(cast.pankki))
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    cell = sheet["B2"]
    assert (cell.data_type, cell.value) == ("s", f"'{title}")
