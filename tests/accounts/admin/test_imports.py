"""The pages of imports: upload to applied and undone, the guard, downloads, constant queries."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.jobs import run_due
from accounts.models import LedgerEntry, RosterImport
from tests.accounts.roster.exports import OCTOBER, account, row, text

pytestmark = pytest.mark.django_db


def upload(client, content, **fields):
    file = SimpleUploadedFile("vienti.csv", content)
    day = fields.pop("exported_on", OCTOBER.isoformat())
    return client.post("/admin/imports/", {"file": file, "exported_on": day, **fields})


def test_upload_to_applied_and_undone(dana, cast):
    account()
    response = upload(dana, text(row()))
    made = RosterImport.objects.latest("id")
    assert response.url == f"/admin/imports/{made.pk}/"
    assert b"hx-get" in dana.get(response.url).content, "the page asks how far the job is"
    run_due()
    page = dana.get(response.url)
    assert page.context["import"].state == "forecast"
    figures = page.context["import"].figures
    assert figures["access_gained"] > 0
    assert f"Apply: {figures['access_gained']} gain, {figures['access_lost']} lose" in page.content.decode()
    # The file covers the whole company and names one site: the guard asks.
    dana.post(f"{response.url}confirm/", {"typed": figures["access_lost"]})
    run_due()
    made.refresh_from_db()
    assert (made.state, made.applied_by) == ("applied", cast.dana)
    assert dana.get(f"{response.url}undo/").status_code == 200
    undone = dana.post(f"{response.url}undo/")
    made.refresh_from_db()
    assert made.state == "undone"
    assert dana.get(undone.url).status_code == 200


def test_unknown_customer_is_created_when_chosen(dana):
    response = upload(dana, text(row(Asiakasnro="030777", Asiakas="Uusi Oy"), row(site="00002")))
    run_due()
    assert "030777" in dana.get(response.url).content.decode()
    dana.post(f"{response.url}renew/", {"choosing": "1", "create": ["030777"]})
    run_due()
    made = RosterImport.objects.latest("id")
    assert (made.state, made.create_accounts) == ("forecast", ["030777"])
    assert made.figures["access_gained"] == 2, "the supervisor, and Greta of the management group"


@pytest.mark.parametrize("fields", [{"exported_on": "2999-01-01"}, {"exported_on": "x"}, {"scope": "customers"}])
def test_upload_refuses_with_a_reason_at_the_field(dana, fields):
    response = upload(dana, b"x", **fields)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert not RosterImport.objects.exists()


def test_unreadable_file_says_how_to_mend_it(dana):
    response = upload(dana, b"")
    assert response.status_code == 422  # an empty file is refused before it is kept
    response = upload(dana, b"<html></html>")
    run_due()
    assert "could not be used" in dana.get(response.url).content.decode()


def test_guard_wants_the_number_of_people_who_lose_access(dana, make_forecast):
    made = make_forecast(guard=["ends_many"])
    for typed in ("", "7", "x"):
        refused = dana.post(f"/admin/imports/{made.pk}/confirm/", {"typed": typed})
        assert refused.status_code == 422
        assert refused.context["form"].errors["typed"]
    dana.post(f"/admin/imports/{made.pk}/confirm/", {"typed": "1"})
    made.refresh_from_db()
    assert made.state == "applying"


@pytest.mark.parametrize("state", RosterImport.State.values)
def test_every_state_has_its_page(dana, make_forecast, state):
    made = make_forecast(state=state, error_code="empty" if state == "failed" else "", applied_at=None)
    page = dana.get(f"/admin/imports/{made.pk}/")
    assert page.status_code == 200
    stopped = "The work stopped before it was done" in page.content.decode()
    assert stopped == (state in ("uploaded", "reading", "applying")), "no job is under way here"


def test_forecast_takes_the_same_queries_with_two_lines_and_with_5000(dana, make_forecast):
    few, many = make_forecast(2), make_forecast(5000)
    counts = []
    for made in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = dana.get(f"/admin/imports/{made.pk}/")
        counts.append(len(queries))
        assert len(page.content) < 250_000
    assert counts == [11, 11]


def test_lines_are_narrowed_by_name(dana, make_forecast):
    made = make_forecast(200)
    page = dana.get(f"/admin/imports/{made.pk}/", {"q": "nimi 199"})
    assert [line.person_name for line in page.context["lines"]] == ["Nimi 199"]
    assert dana.get(f"/admin/imports/{made.pk}/", {"q": "pankki", "page": "2"}).context["page"].number == 2


def test_forecast_downloads_are_safe_to_open_and_recorded(dana, make_forecast, cast):
    made = make_forecast()
    csv = b"".join(dana.post(f"/admin/imports/{made.pk}/forecast.csv").streaming_content).decode("utf-8-sig")
    assert ";'=Palokka 3;" in csv
    book = load_workbook(io.BytesIO(b"".join(dana.post(f"/admin/imports/{made.pk}/forecast.xlsx").streaming_content)))
    cells = [cell for line in book.active.iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert "'=Palokka 3" in [cell.value for cell in cells]
    recorded = LedgerEntry.objects.filter(event="exported", actor=cast.dana, roster_import=made)
    assert recorded.count() == 2


def test_original_file_comes_back_and_is_recorded(dana):
    response = upload(dana, b"Asiakasnro;x")
    handed = dana.post(f"{response.url}file/")
    assert b"".join(handed.streaming_content) == b"Asiakasnro;x"
    assert "attachment" in handed["Content-Disposition"]
    assert LedgerEntry.objects.filter(event="exported").count() == 1


def test_problems_are_listed_with_their_sentence(dana, make_forecast):
    made = make_forecast()
    page = dana.get(f"/admin/imports/{made.pk}/problems/").content.decode()
    assert "There is no such day" in page
    assert "No problems" in dana.get(f"/admin/imports/{made.pk}/problems/?severity=warning").content.decode()


def test_discarded_import_stays_in_the_history(dana, make_forecast):
    made = make_forecast()
    dana.post(f"/admin/imports/{made.pk}/discard/")
    made.refresh_from_db()
    assert made.state == "discarded"
    assert "vienti.csv" in dana.get("/admin/imports/").content.decode()


def test_only_the_latest_applied_roster_can_be_undone(dana, make_forecast):
    old = make_forecast(state="applied", applied_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    make_forecast(state="applied", applied_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    assert dana.post(f"/admin/imports/{old.pk}/undo/").status_code == 302
    old.refresh_from_db()
    assert old.state == "applied"
