"""Each constraint of the database refuses what it must, by name; a new one without a case fails the last test."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.range import DateRange

from accounts.models import (
    AccessGrant,
    Approval,
    Barrier,
    BarrierDecision,
    BarrierMember,
    BarrierSide,
    Contract,
    DataVersion,
    Editor,
    EmailConflict,
    ForecastLine,
    Invitation,
    Job,
    ManagementMembership,
    Notice,
    NotifyChoice,
    Person,
    RosterImport,
    SearchEntry,
    Stay,
    Substitution,
    Topic,
    User,
    Way,
)
from kam.lib.dates import period
from tests.cast import (
    assign,
    decide,
    direct,
    invite,
    join_management,
    make_account,
    make_login,
    make_person,
    make_site,
    place,
    raise_barrier,
    stand_in,
)

pytestmark = pytest.mark.django_db

REFUSED: dict[str, Callable[[], Any]] = {}


def nov(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def case(name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register what the constraint `name` must refuse, whatever else the function does before."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        REFUSED[name] = function
        return function

    return register


def execute_now(function: Callable[[], Any]) -> None:
    """Run the function with constraints checked at once, as they are at the end of a transaction."""
    with transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        function()


# --- accounts ------------------------------------------------------------------------------------------------------
@case("one_contract_a_number")
def same_contract_twice() -> None:
    account = make_account()
    for day in (1, 10):
        Contract.objects.create(account=account, number="S-1", period=period(nov(day), nov(day)))


@case("contract_has_days")
def contract_of_no_days() -> None:
    Contract.objects.create(account=make_account(), number="S-1", period=DateRange(empty=True))


@case("one_person_a_post_at_a_time")
def two_directors_at_once() -> None:
    account = make_account()
    direct(make_person(), account, first=nov(1), last=nov(10))
    direct(make_person(), account, first=nov(10))


# --- barriers ------------------------------------------------------------------------------------------------------
@case("one_side_a_name")
def two_sides_of_one_name() -> None:
    barrier = Barrier.objects.create(name="Rahoitus")
    for _ in range(2):
        BarrierSide.objects.create(barrier=barrier, name="Pohjoinen")


@case("one_side_an_account")
def an_account_on_two_sides() -> None:
    account = make_account()
    _, side = raise_barrier([account], [make_account()])
    BarrierMember.objects.create(barrier=side.barrier, side=side, account=account)


@case("one_decision_at_a_time")
def two_decisions_on_one_day() -> None:
    person = make_person()
    first, second = raise_barrier([make_account()], [make_account()])
    decide(person, first, first=nov(1), last=nov(10))
    decide(person, second, first=nov(10))


def side_of_another_barrier() -> tuple[Barrier, BarrierSide]:
    """Make two barriers and return the first with a side of the second."""
    raise_barrier([make_account()], [make_account()], name="Energia")
    side, _ = raise_barrier([make_account()], [make_account()], name="Rahoitus")
    return Barrier.objects.get(name="Energia"), side


def account_on_a_side_of_another_barrier() -> None:
    barrier, side = side_of_another_barrier()
    BarrierMember.objects.create(barrier=barrier, side=side, account=make_account())


def member_moved_to_a_side_of_another_barrier() -> None:
    barrier, side = side_of_another_barrier()
    BarrierMember.objects.filter(barrier=barrier).update(side=side)


def person_on_a_side_of_another_barrier() -> None:
    barrier, side = side_of_another_barrier()
    BarrierDecision.objects.create(
        barrier=barrier, person=make_person(), side=side, period=period(nov(1), None), reason="moved"
    )


def side_moved_to_another_barrier() -> None:
    barrier, side = side_of_another_barrier()
    BarrierSide.objects.filter(pk=side.pk).update(barrier=barrier, name="Kolmas")


@case("clearing_has_an_end")
def cleared_until_further_notice() -> None:
    barrier = Barrier.objects.create(name="Rahoitus")
    BarrierDecision.objects.create(barrier=barrier, person=make_person(), period=period(nov(1), None), reason="both")


# --- words of people -----------------------------------------------------------------------------------------------
@case("one_membership_at_a_time")
def a_member_twice() -> None:
    person = make_person()
    join_management(person, last=nov(10))
    join_management(person, first=nov(10))


@case("one_invitation_at_a_time")
def invited_twice_for_a_day() -> None:
    person, account = make_person(), make_account()
    invite(person, account, first=nov(1), last=nov(10))
    invite(person, account, first=nov(10), last=nov(20))


@case("invitation_ends")
def invited_until_further_notice() -> None:
    Invitation.objects.create(
        account=make_account(), person=make_person(), period=period(nov(1), None), reason="always"
    )


@case("one_substitution_a_pair_at_a_time")
def the_same_substitute_twice_for_a_day() -> None:
    stina, bob = make_person(), make_person()
    stand_in(stina, bob, first=nov(1), last=nov(10))
    stand_in(stina, bob, first=nov(10), last=nov(20))


@case("nobody_their_own_substitute")
def standing_in_for_oneself() -> None:
    bob = make_person()
    stand_in(bob, bob, first=nov(1), last=nov(10))


@case("substitution_has_both_dates")
def standing_in_for_ever() -> None:
    Substitution.objects.create(absent=make_person(), substitute=make_person(), period=period(nov(1), None))


# --- grants --------------------------------------------------------------------------------------------------------
def grant(**changed: Any) -> AccessGrant:
    """Make the row of a director's grant with something in it changed."""
    person, account = make_person(), make_account()
    fields = {"kind": "director", "acts_as": "director", "starts": nov(1), "ends": nov(2), "since": nov(1)}
    fields |= {"directorship": direct(person, account), **changed}
    return AccessGrant.objects.create(person=person, account=account, **fields)


@case("grant_has_days")
def grant_that_ends_before_it_starts() -> None:
    grant(starts=nov(3))


@case("grant_acts_as_itself_or_mirrors")
def grant_that_acts_as_more_without_a_substitution() -> None:
    grant(kind="substitute")


@case("grant_keeps_its_cause")
def grant_without_its_cause() -> None:
    grant(directorship=None)


# --- people --------------------------------------------------------------------------------------------------------
@case("one_person_an_email")
def two_people_with_one_address() -> None:
    for _ in range(2):
        make_person(email="same@yritysx.example")


@case("nobody_their_own_superior")
def superior_to_oneself() -> None:
    bob = make_person()
    Person.objects.filter(pk=bob.pk).update(superior=bob)


@case("one_open_conflict_an_email")
def the_same_conflict_twice() -> None:
    earlier, claimant = make_person(), make_person()
    for _ in range(2):
        EmailConflict.objects.create(email="same@yritysx.example", earlier=earlier, claimant=claimant)


@case("login_email_in_small_letters")
def login_in_capitals() -> None:
    User.objects.create(email="Bob@yritysx.example")


# --- sites ---------------------------------------------------------------------------------------------------------
@case("one_account_a_site_at_a_time")
def a_site_at_two_accounts() -> None:
    place(make_site(make_account(), last=nov(10)), make_account(), first=nov(10))


@case("one_assignment_at_a_time")
def the_same_assignment_twice_for_a_day() -> None:
    bob, site = make_person(), make_site(make_account())
    assign(bob, site, first=nov(1), last=nov(10))
    assign(bob, site, first=nov(10))


@case("assignment_role_known")
def a_role_nobody_knows() -> None:
    assign(make_person(), make_site(make_account()), "janitor")


# --- channels ------------------------------------------------------------------------------------------------------
@case("an_editor_is_named_once")
def two_editorships_at_once() -> None:
    account, alice, bob = make_account(), make_person(), make_person()
    for _ in range(2):
        Editor.objects.create(account=account, person=bob, named_by=alice)


def search_entry(**fields: Any) -> None:
    given = {"kind": "page", "object_id": 1, "title": "Avaimet", "changed_at": timezone.now(), "words": ""}
    SearchEntry.objects.create(account=make_account(), **given | fields)


@case("one_search_entry_a_thing")
def two_search_entries_of_one_page() -> None:
    for _ in range(2):
        search_entry()


@case("search_entry_keeps_those_above_limits")
def a_search_entry_that_the_director_may_not_find() -> None:
    search_entry(audience=["management", "sales"])


# --- notices and second eyes ---------------------------------------------------------------------------------------
def notice(**fields: Any) -> None:
    given = {"key": "message:1:urgent:7", "kind": "urgent", "path": "/"}
    Notice.objects.create(person=make_person(), account=make_account(), **given | fields)


@case("notice_keeps_those_above_limits")
def a_notice_that_a_director_may_not_read() -> None:
    notice(audience=["sales"])


@case("one_choice_a_topic_and_account")
def two_choices_for_all_accounts() -> None:
    person = make_person()
    for way in (Way.DAILY, Way.NONE):
        NotifyChoice.objects.create(person=person, topic=Topic.QUESTIONS, way=way)


def approval(**fields: Any) -> None:
    author = make_person()
    given: dict[str, Any] = {"thing": "message", "object_id": 1, "title": "Avaimet", "path": "/", "author": author}
    if fields.pop("by_author", False):
        fields["decided_by"] = author
    Approval.objects.create(account=make_account(), fingerprint="0" * 64, **given | fields)


@case("approval_keeps_those_above_limits")
def an_approval_that_a_director_may_not_see() -> None:
    approval(audience=["sales"])


@case("one_open_approval_a_thing")
def two_open_approvals_of_one_thing() -> None:
    for _ in range(2):
        approval()


@case("nobody_approves_their_own")
def an_approval_by_the_author() -> None:
    approval(verdict="approved", by_author=True)


# --- machinery -----------------------------------------------------------------------------------------------------
@case("one_open_stay_a_person")
def two_open_stays() -> None:
    account, person = make_account(), make_person()
    for day in (1, 2):
        Stay.objects.create(account=account, person=person, began_on=nov(day))


@case("one_open_job_a_key")
def two_open_jobs_for_one_thing() -> None:
    for state in ("running", "waiting"):
        Job.objects.create(name="read", key="import:1", state=state, run_after=timezone.now())


@case("forecast_line_once")
def a_line_of_a_forecast_twice() -> None:
    roster_import = RosterImport.objects.create(kind="roster", exported_on=nov(1))
    for _ in range(2):
        ForecastLine.objects.create(roster_import=roster_import, section="sites_opened", position=1)


@case("one_data_version")
def a_second_data_version() -> None:
    DataVersion.objects.create(id=2)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_the_database_refuses(name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        execute_now(REFUSED[name])


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (account_on_a_side_of_another_barrier, "member_on_a_side_of_its_barrier"),
        (member_moved_to_a_side_of_another_barrier, "member_on_a_side_of_its_barrier"),
        (person_on_a_side_of_another_barrier, "decision_on_a_side_of_its_barrier"),
        (side_moved_to_another_barrier, "member_on_a_side_of_its_barrier"),
    ],
)
def test_a_side_belongs_to_the_barrier_that_is_named_beside_it(make: Callable[[], Any], name: str) -> None:
    """The database's own foreign keys over two columns, which models cannot declare."""
    with pytest.raises(IntegrityError, match=name):
        execute_now(make)


def test_every_constraint_has_a_case() -> None:
    models = apps.get_app_config("accounts").get_models()
    assert set(REFUSED) == {constraint.name for model in models for constraint in model._meta.constraints}


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: make_account(customer_number="000001"), "customer_number"),
        (lambda: make_person(employee_number="0000001"), "employee_number"),
        (lambda: Barrier.objects.create(name="Rahoitus"), "name"),
    ],
)
def test_numbers_and_names_are_given_once(make: Callable[[], Any], field: str) -> None:
    make()
    with pytest.raises(IntegrityError, match=field), transaction.atomic():
        make()


def test_a_person_has_at_most_one_login() -> None:
    bob = make_person()
    make_login(bob)
    with pytest.raises(IntegrityError, match="person_id"), transaction.atomic():
        User.objects.create(email="other@yritysx.example", person=bob)


# --- what stands beside each refusal: the same, allowed ------------------------------------------------------------
def test_periods_that_only_touch_are_allowed() -> None:
    account, bob, alice = make_account(), make_person(), make_person()
    site = make_site(account, last=nov(9))

    def fill() -> None:
        for first, last in ((nov(1), nov(9)), (nov(10), nov(20))):
            direct(alice, account, first=first, last=last)
            invite(bob, account, first=first, last=last)
            assign(bob, site, first=first, last=last)
            join_management(bob, first=first, last=last)
            stand_in(bob, alice, first=first, last=last)
        place(site, make_account(), first=nov(10))

    execute_now(fill)


def test_withdrawn_periods_stand_beside_any_other() -> None:
    account, bob, alice, never = make_account(), make_person(), make_person(), DateRange(empty=True)

    def fill() -> None:
        for days in (never, never, period(nov(1), nov(9))):
            Invitation.objects.create(account=account, person=bob, period=days, reason="asked")
            Substitution.objects.create(absent=alice, substitute=bob, period=days)
            ManagementMembership.objects.create(person=bob, period=days)

    execute_now(fill)


def test_a_withdrawn_clearing_is_allowed() -> None:
    """A clearing taken back before its first day never ran."""
    barrier = Barrier.objects.create(name="Rahoitus")
    BarrierDecision.objects.create(
        barrier=barrier, person=make_person(), period=DateRange(empty=True), reason="taken back"
    )


def test_people_without_an_address_are_many() -> None:
    for _ in range(2):
        make_person(email="")


def test_overlaps_may_pass_within_a_transaction() -> None:
    """A set-based import swaps periods row by row; only what stands at the end is judged."""
    bob, site = make_person(), make_site(make_account())
    first = assign(bob, site, first=nov(1))
    assign(bob, site, first=nov(10))
    first.period = period(nov(1), nov(9))
    first.save()
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
