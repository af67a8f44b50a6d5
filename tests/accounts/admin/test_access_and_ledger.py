"""Who could see what on a day in both readings, and the ledger: filters, pages, exports."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.derivation import derive_access
from accounts.models import LedgerEntry
from accounts.queries.admin.access import Reading, access_on, differences

pytestmark = pytest.mark.django_db


def names(lines, *, blocked=False):
    return {line.name for line in lines if line.blocked == blocked}


@pytest.mark.parametrize("reading", list(Reading))
def test_both_readings_agree_while_nothing_was_corrected(cast, reading):
    lines = access_on(cast.pankki, cast.day, reading)
    seeing = ("alice", "aaro", "bob", "ines", "matti", "arja", "saara", "greta", "tuula", "stina")
    assert names(lines) == {getattr(cast, key).name for key in seeing}
    assert names(lines, blocked=True) == {cast.eero.name}
    assert all(line.because and all(line.because) for line in lines)


def test_readings_differ_by_a_later_correction(cast):
    three_days_ago = cast.day - dt.timedelta(days=3)
    assert access_on(cast.bob, three_days_ago, Reading.THEN) == [], "nothing was recorded yet"
    assert names(access_on(cast.bob, three_days_ago, Reading.NOW)) == {"Pankki Oyj"}


def test_withdrawn_grant_is_gone_from_the_ledgers_reading(cast):
    cast.ines.assignments.update(period="empty")
    derive_access()
    assert cast.ines.name not in names(access_on(cast.pankki, cast.day, Reading.THEN))


def test_differences_between_two_days(cast):
    yesterday = cast.day - dt.timedelta(days=1)
    came, went = differences(
        access_on(cast.pankki, yesterday, Reading.NOW), access_on(cast.pankki, cast.day, Reading.NOW)
    )
    assert names(came) == set()
    assert {line.name for line in went} == {cast.yrjo.name, cast.leena.name} or {line.name for line in went} == {
        cast.yrjo.name
    }


def test_page_answers_for_account_and_person(dana, cast):
    page = dana.get("/admin/access/", {"account": cast.pankki.customer_number, "on": cast.day.isoformat()})
    assert "Bob Backman" in page.content.decode()
    page = dana.get("/admin/access/", {"person": "Backman", "reading": "then"})
    assert "Pankki Oyj" in page.content.decode()
    assert dana.get("/admin/access/", {"on": cast.day.isoformat()}).status_code == 422


def test_access_export_is_recorded(dana, cast):
    form = {"account": cast.pankki.customer_number, "on": cast.day.isoformat(), "reading": "now"}
    body = b"".join(dana.post("/admin/access/export/", form).streaming_content).decode("utf-8-sig")
    assert "Bob Backman" in body
    entry = LedgerEntry.objects.get(event="exported")
    assert (entry.actor, entry.account, entry.cause["what"]) == (cast.dana, cast.pankki, "access on a day")


def test_ledger_is_filtered(dana, cast):
    asked = {"account": cast.pankki.customer_number, "person": cast.eero.employee_number, "event": "blocked"}
    rows = dana.get("/admin/ledger/", asked).context["rows"]
    assert {(row.account, row.person, row.event) for row in rows} == {(cast.pankki, cast.eero, "blocked")}
    future = (cast.day + dt.timedelta(days=1)).isoformat()
    assert dana.get("/admin/ledger/", {"first_day": future}).context["rows"] == []
    assert dana.get("/admin/ledger/", {"first_day": "x"}).status_code == 422


def test_ledger_is_read_backwards_in_the_same_queries(dana, cast):
    with CaptureQueriesContext(connection) as few:
        dana.get("/admin/ledger/")
    for n in range(250):
        audit.record("edited", actor=cast.dana, person=cast.bob, cause={"what": "person", "n": n})
    seen, before = [], None
    for _page in range(10):
        with CaptureQueriesContext(connection) as many:
            page = dana.get("/admin/ledger/", {"before": before} if before else {})
        assert len(many) == len(few)
        seen += [row.pk for row in page.context["rows"]]
        before = page.context["more"]
        if before is None:
            break
    assert seen == list(LedgerEntry.objects.order_by("-id").values_list("pk", flat=True))


def test_ledger_export_holds_what_was_asked_for(dana, cast):
    asked = {"person": cast.eero.employee_number, "event": "blocked"}
    lines = b"".join(dana.post("/admin/ledger/export/", asked).streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + LedgerEntry.objects.filter(person=cast.eero, event="blocked").count()
    assert LedgerEntry.objects.filter(event="exported", person=cast.eero).count() == 1
