"""The import's stages: what each leaves behind, what may be repeated, what refuses, what comes back."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection

from accounts.models import (
    AccessGrant,
    Assignment,
    EmailConflict,
    LedgerEntry,
    Person,
    RosterImport,
    User,
)  # fmt: skip
from accounts.roster import pipeline, work
from tests.accounts.roster.exports import (
    NOVEMBER,
    OCTOBER,
    account,
    assignments,
    forecast,
    imported,
    lines,
    person,
    placements,
    quiet,
    received,
    row,
    sample,
    text,
    who_sees,
)  # fmt: skip

pytestmark = pytest.mark.django_db
TABLES = ["accessgrant", "account", "assignment", "person", "placement", "site"]


def everything() -> dict[str, set[tuple]]:
    """All rows of what an import may change, whatever their ids say of how often they were made."""
    with connection.cursor() as cursor:
        rows = {}
        for table in TABLES:
            cursor.execute(f"SELECT * FROM accounts_{table}")
            rows[table] = {tuple(map(str, values)) for values in cursor.fetchall()}
    return rows


@pytest.fixture(autouse=True)
def pankki():
    return account()


def test_forecast_changes_nothing():
    imported(text(row()), OCTOBER)
    before, ledger = everything(), LedgerEntry.objects.count()
    made = forecast(text(row(person="0000003")), NOVEMBER)
    assert made.state == "forecast"
    assert everything() == before
    assert LedgerEntry.objects.count() == ledger


def test_forecast_is_what_apply_does_to_the_row():
    imported(sample("henkilot-2026-10.csv").read_bytes(), OCTOBER, kind="people")
    imported(sample("asiakkuudet.csv").read_bytes(), OCTOBER, kind="accounts")
    imported(sample("kohdevastuut-2026-10.csv").read_bytes(), OCTOBER)
    made = forecast(sample("kohdevastuut-2026-11.csv").read_bytes(), NOVEMBER)
    fields = ("section", "account_number", "employee_number", "site_number", "day", "row", "data")
    foretold = [tuple(map(str, values)) for values in made.lines.values_list(*fields)]
    pipeline.confirm(made, actor=None)
    pipeline.apply(made)
    made.refresh_from_db()
    assert made.state == "applied"
    assert [tuple(map(str, values)) for values in made.lines.values_list(*fields)] == foretold
    gained = {(x.account_number, x.employee_number) for x in lines(made, "access_gained")}
    lost = {(x.account_number, x.employee_number) for x in lines(made, "access_lost")}
    assert gained
    assert lost
    for number, employee in gained:
        assert employee in {who for who, _ in who_sees(NOVEMBER, number)} or _starts_later(number, employee)
    for number, employee in lost:
        assert employee not in {who for who, _ in who_sees(NOVEMBER, number)}


def _starts_later(number: str, employee: str) -> bool:
    return AccessGrant.objects.filter(
        account__customer_number=number, person__employee_number=employee, starts__gt=NOVEMBER, blocked=False
    ).exists()


def test_sample_workbook_says_the_same_as_the_csv():
    imported(sample("henkilot-2026-10.csv").read_bytes(), OCTOBER, kind="people")
    imported(sample("asiakkuudet.csv").read_bytes(), OCTOBER, kind="accounts")
    imported(sample("kohdevastuut-2026-11.csv").read_bytes(), NOVEMBER)
    again = imported(sample("kohdevastuut-2026-11.xlsx").read_bytes(), NOVEMBER)
    assert again.state == "unchanged"
    assert again.rows_bad == 0


def test_same_file_again_changes_nothing_and_says_so():
    content = text(row())
    imported(content, OCTOBER)
    before, ledger = everything(), LedgerEntry.objects.count()
    assert imported(content, OCTOBER).state == "unchanged"
    assert imported(content, NOVEMBER).state == "unchanged", "on a later day, too"
    assert everything() == before
    assert LedgerEntry.objects.count() == ledger


def test_apply_refuses_when_the_data_changed_since_the_forecast():
    imported(text(row(), row(person="0000003")), OCTOBER)
    first = forecast(text(row()), NOVEMBER)
    second = forecast(text(row(person="0000003")), NOVEMBER)
    for each in (first, second):
        pipeline.confirm(each, actor=None, typed=each.figures.get("access_lost", 0))
        pipeline.apply(each)
        each.refresh_from_db()
    assert (first.state, second.state) == ("applied", "stale")
    assert who_sees(NOVEMBER) == {("0000001", "responsible")}
    pipeline.renew(second, actor=None)
    second.refresh_from_db()
    pipeline.read(second, quiet)
    second.refresh_from_db()
    assert second.state == "forecast"


def test_apply_twice_applies_once():
    made = forecast(text(row()), OCTOBER)
    pipeline.confirm(made, actor=None)
    pipeline.apply(made)
    ledger = LedgerEntry.objects.count()
    pipeline.apply(made)
    assert LedgerEntry.objects.count() == ledger
    assert Assignment.objects.count() == 1


def test_nothing_is_applied_before_somebody_confirms():
    made = forecast(text(row()), OCTOBER)
    pipeline.apply(made)
    assert not Assignment.objects.exists()
    pipeline.discard(made, actor=None)
    pipeline.confirm(made, actor=None)
    pipeline.apply(made)
    assert not Assignment.objects.exists()


MANY = [row(f"{site:05}", f"{site:07}") for site in range(1, 11)]


@pytest.mark.parametrize(
    ("rows", "date", "reasons"),
    [
        (MANY[:9], NOVEMBER, []),
        (MANY[:8], NOVEMBER, ["closes_many"]),
        (MANY[:7], NOVEMBER, ["ends_many", "closes_many"]),
        (MANY, dt.date(2026, 9, 1), ["older"]),
    ],
)
def test_guard_asks_beyond_its_shares_and_for_an_older_file(rows, date, reasons):
    imported(text(*MANY), OCTOBER)
    changed = [*rows[:-1], rows[-1] | {"Puhelin": "+358 40 99"}]
    assert forecast(text(*changed), date).guard == reasons


def test_guard_wants_the_number_of_people_who_lose_access():
    imported(text(*MANY), OCTOBER)
    made = forecast(text(*MANY[:5]), NOVEMBER)
    assert made.figures["access_lost"] == 5
    for typed in (None, 0, 4, 6):
        with pytest.raises(pipeline.GuardRefused) as refused:
            pipeline.confirm(made, actor=None, typed=typed)
        assert refused.value.needed == 5
    pipeline.confirm(made, actor=None, typed=5)
    pipeline.apply(made)
    assert len(who_sees(NOVEMBER)) == 5


def test_undo_brings_back_the_assignments_as_they_were():
    imported(text(row(), row(person="0000003"), row("00002")), OCTOBER)
    rows = assignments(), assignments("00002"), placements("00002")
    seen = {day: who_sees(day) for day in (OCTOBER, NOVEMBER)}
    ledger = LedgerEntry.objects.count()
    imported(text(row(Esihenkilönro="3", Päättyy="31.12.2026"), row("00003", "0000003")), NOVEMBER)
    assert {day: who_sees(day) for day in (OCTOBER, NOVEMBER)} != seen
    undoing = pipeline.undo(actor=None)
    assert undoing is not None
    assert (assignments(), assignments("00002"), placements("00002")) == rows
    assert placements("00003") == set()
    assert {day: who_sees(day) for day in (OCTOBER, NOVEMBER)} == seen
    assert LedgerEntry.objects.count() > ledger, "the ledger keeps what was done and that it was undone"
    assert person("0000001").superior is None


def test_undo_goes_one_import_back_at_a_time_and_then_has_nothing():
    imported(text(row()), OCTOBER)
    imported(text(row(), row("00002")), NOVEMBER)
    pipeline.undo(actor=None)
    assert placements("00002") == set()
    pipeline.undo(actor=None)
    assert who_sees(NOVEMBER) == set()
    assert pipeline.undo(actor=None) is None


def test_undone_file_can_be_imported_again():
    imported(text(row()), OCTOBER)
    content = text(row(), row("00002"))
    imported(content, NOVEMBER)
    pipeline.undo(actor=None)
    assert imported(content, NOVEMBER).state == "applied"
    assert placements("00002") == {("030001", dt.date(2026, 1, 1), None)}


def login(number: str) -> User:
    bearer = person(number)
    return User.objects.create_user(bearer.email, person=bearer)


def test_email_that_moves_to_another_person_shuts_the_login_and_gives_nothing():
    imported(text(row(), row("00002", "0000003")), OCTOBER)
    user = login("0000001")
    address = user.email
    done = imported(text(row("00002", "0000003", Sähköposti=address), row()), NOVEMBER)
    assert [line.employee_number for line in lines(done, "email_conflicts")] == ["0000003"]
    both = imported(
        text(row(Sähköposti="bob.uusi@yritysx.example"), row("00002", "0000003", Sähköposti=address)), NOVEMBER
    )
    assert both.state == "applied"
    user.refresh_from_db()
    assert not user.is_active
    assert person("0000001").email == "bob.uusi@yritysx.example"
    assert person("0000003").email != address
    assert EmailConflict.objects.filter(email=address, resolved_at=None).count() == 1


def test_email_that_two_new_people_claim_is_nobodys():
    imported(text(row(Sähköposti="a@b.example"), row("00002", "0000003", Sähköposti="A@B.EXAMPLE")), OCTOBER)
    assert set(Person.objects.values_list("email", flat=True)) == {""}
    assert EmailConflict.objects.count() == 1


def test_email_that_changes_without_conflict_follows_to_the_login():
    imported(text(row()), OCTOBER)
    user = login("0000001")
    imported(text(row(Sähköposti="bob.uusi@yritysx.example")), NOVEMBER)
    user.refresh_from_db()
    assert user.email == "bob.uusi@yritysx.example"


def test_unreadable_file_fails_with_its_reason_and_can_be_started_again():
    made = forecast(b"%PDF-1.7 not an export", OCTOBER)
    assert made.state == "failed"
    assert made.error_code
    pipeline.renew(made, actor=None)
    made.refresh_from_db()
    assert made.state == "uploaded"


def test_file_without_one_good_row_fails():
    assert forecast(text(row(Alkaa="joskus")), OCTOBER).error_code == "no_good_rows"


def test_kind_is_found_from_the_header():
    for name, kind in (
        ("henkilot-2026-10.csv", "people"),
        ("asiakkuudet.csv", "accounts"),
        ("kohdevastuut-2026-11.csv", "roster"),
    ):
        assert forecast(sample(name).read_bytes(), OCTOBER, kind=None).kind == kind


def test_reading_again_after_a_break_starts_from_clean():
    made = received(text(row(), row("00002")), OCTOBER)
    RosterImport.objects.filter(pk=made.pk).update(state="reading", rows_read=1)
    made.refresh_from_db()
    pipeline.read(made, quiet)
    made.refresh_from_db()
    assert (made.state, made.rows_read, made.staged.count()) == ("forecast", 2, 2)


def test_source_remembers_its_columns_and_scope():
    done = imported(text(row()), OCTOBER, source_name="Laskutus")
    assert done.source.mapping["roster"]["site_number"] == "Kohdenro"


def test_other_sheet_of_the_workbook_becomes_an_import_of_its_own():
    imported(sample("asiakkuudet.csv").read_bytes(), OCTOBER, kind="accounts")
    made = forecast(sample("kohdevastuut-2026-11.xlsx").read_bytes(), NOVEMBER)
    assert made.reading["other_sheets"] == {"people": "Henkilöt"}
    people = pipeline.receive_sheet(made, "people", actor=None)
    pipeline.read(people, quiet)
    people.refresh_from_db()
    assert (people.state, people.kind, people.rows_read) == ("forecast", "people", 722)


def constraints() -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
            " WHERE conrelid IN ('accounts_assignment'::regclass, 'accounts_placement'::regclass)"
        )
        return set(cursor.fetchall())


def test_taking_into_use_leaves_every_constraint_in_place(monkeypatch):
    monkeypatch.setattr(work, "MANY_NEW_ROWS", 1)
    before = constraints()
    made = forecast(text(row(), row("00002", "0000003")), OCTOBER)
    assert constraints() == before
    pipeline.confirm(made, actor=None)
    pipeline.apply(made)
    assert constraints() == before
    assert who_sees(OCTOBER) == {("0000001", "responsible"), ("0000003", "responsible")}
    first = Assignment.objects.first()
    Assignment.objects.create(person=first.person, site=first.site, role=first.role, period=first.period)
    with pytest.raises(IntegrityError):
        connection.check_constraints()
