"""Whom a message asks something of: every aim against the whole cast, and who comes, goes and comes back."""

import datetime as dt
from collections.abc import Collection

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.derivation import derive_access
from accounts.handover import open_and_close_stays
from accounts.models import Delivery, Invitation, Notice, Person, TitleRole
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.escalation import lay_ladder
from channels_app.actions.recipients import address, follow_access, open_message
from channels_app.aims import Aim
from channels_app.models import Message, MessageKind
from channels_app.queries.recipients import aimed_at, count
from kam.lib.dates import ONE_DAY, period
from tests.cast import Cast, assign, invite, make_area, make_person, make_site
from tests.channels_app.things import PRICES
from tests.channels_app.urgent import a_monday as a_monday
from tests.channels_app.urgent import make_message, make_urgent, on, recipient, recipients

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
LONG_AGO_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ABOVE = ["director", "management"]
# But for the management group, which is asked only by what is for it alone.
EVERYBODY = {"alice", "aaro", "bob", "ines", "matti", "arja", "saara", "tuula", "stina"}


def names(cast: Cast, people: Collection[int]) -> set[str]:
    """Return the cast's names of person ids; a stranger among them fails."""
    by_id = {person.pk: key for key, person in vars(cast).items() if isinstance(person, Person)}
    return {by_id[pk] for pk in people}


def aimed(cast: Cast, aim: Aim, *, audience: list[str] | None = None, author: str = "alice") -> set[str]:
    found = aimed_at(cast.pankki, aim, audience, getattr(cast, author).pk)
    assert count(cast.pankki, aim, audience, getattr(cast, author).pk) == len(found)
    return names(cast, found)


# --- aims -----------------------------------------------------------------------------------------------------------
def test_everybody_who_sees_the_account_but_the_author(cast: Cast) -> None:
    """Not who left, starts tomorrow, was invited until yesterday, or stands on the barrier's other side."""
    assert aimed(cast, Aim()) == EVERYBODY - {"alice"}
    assert aimed(cast, Aim(), author="bob") == EVERYBODY - {"bob"}


def test_a_limit_leaves_out_whom_it_hides_the_message_from(cast: Cast) -> None:
    assert aimed(cast, Aim(), audience=ABOVE) == {"aaro", "greta"}
    assert aimed(cast, Aim(), audience=[*ABOVE, *PRICES]) == {"aaro", "saara"}
    # Stina stands in for Bob, and so acts as responsible; Eero's blocked grant is of that kind too.
    assert aimed(cast, Aim(), audience=[*ABOVE, "responsible"]) == {"aaro", "bob", "ines", "stina"}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (("supervisor",), {"bob", "stina"}),  # Bob by assignment, Stina by her title
        (("instructor",), {"ines"}),
        (("manager",), {"matti"}),
        (("area_director",), {"arja"}),
        (("sales",), {"saara"}),
        (("account_director",), {"aaro"}),
        (("supervisor", "instructor"), {"bob", "stina", "ines"}),
        (("business_director",), set()),
    ],
)
def test_roles_by_assignment_and_by_title(cast: Cast, roles: tuple[str, ...], expected: set[str]) -> None:
    for title, role in {
        "esimies": "supervisor", "päällikkö": "manager", "aluejohtaja": "area_director",
        "myyntipäällikkö": "sales", "asiakkuusjohtaja": "account_director",
    }.items():  # fmt: skip
        TitleRole.objects.update_or_create(title=title, defaults={"role": role})
    Person.objects.filter(pk=cast.bob.pk).update(title="")
    Person.objects.filter(pk=cast.stina.pk).update(title="  Esimies ")
    assert aimed(cast, Aim(roles=roles)) == expected


def test_a_role_counts_where_and_while_it_is_held(cast: Cast) -> None:
    """Bob instructs elsewhere, and did here until yesterday: neither makes him one of Pankki's instructors."""
    assign(cast.bob, make_site(cast.koulut, "Koulu"), "instructor")
    assign(cast.bob, make_site(cast.pankki, "Kassa"), "instructor", last=cast.day - ONE_DAY)
    assert aimed(cast, Aim(roles=("instructor",))) == {"ines"}
    assign(cast.bob, make_site(cast.pankki, "Holvi"), "instructor", first=cast.day, last=cast.day)
    assert aimed(cast, Aim(roles=("instructor",))) == {"ines", "bob"}


def test_sites_take_along_everybody_above(cast: Cast) -> None:
    assert aimed(cast, Aim(sites=(cast.branch.pk,))) == {"bob", "ines", "matti", "arja"}
    other = make_site(cast.pankki, "Toinen konttori")
    assert aimed(cast, Aim(sites=(other.pk,))) == set()
    assign(cast.matti, other)
    assert aimed(cast, Aim(sites=(other.pk,))) == {"matti", "arja"}


def test_sites_of_another_account_or_of_before_reach_nobody(cast: Cast) -> None:
    """Somebody who answers for it there may see this account too, and is not meant."""
    school = make_site(cast.koulut, "Koulu")
    assign(cast.bob, school)
    assert aimed(cast, Aim(sites=(school.pk,))) == set()
    gone = make_site(cast.pankki, "Suljettu", last=cast.day - ONE_DAY)
    assign(cast.bob, gone)
    assert aimed(cast, Aim(sites=(gone.pk,))) == set()


def test_areas_are_people_s_own(cast: Cast) -> None:
    assert aimed(cast, Aim(areas=(cast.area.pk,))) == {"saara"}
    assert aimed(cast, Aim(areas=(make_area("Turku").pk,))) == set()


def test_areas_or_sites_and_of_them_the_roles(cast: Cast) -> None:
    aim = Aim(areas=(cast.area.pk,), sites=(cast.branch.pk,))
    assert aimed(cast, aim) == {"saara", "bob", "ines", "matti", "arja"}
    assert aimed(cast, Aim(roles=("instructor",), areas=aim.areas, sites=aim.sites)) == {"ines"}


def test_a_superior_s_own_people(cast: Cast) -> None:
    assert aimed(cast, Aim(own_people=True), author="arja") == {"matti", "bob", "ines"}
    assert aimed(cast, Aim(own_people=True), author="matti") == {"bob", "ines"}  # Niilo starts tomorrow
    assert aimed(cast, Aim(own_people=True), author="ines") == set()
    assert aimed(cast, Aim(own_people=True, roles=("instructor",)), author="arja") == {"ines"}


def test_a_circle_of_superiors_ends(cast: Cast) -> None:
    Person.objects.filter(pk=cast.arja.pk).update(superior=cast.ines)
    assert aimed(cast, Aim(own_people=True), author="matti") == {"bob", "ines", "arja"}
    assert aimed(cast, Aim(sites=(cast.branch.pk,))) == {"bob", "ines", "matti", "arja"}


# --- publishing -----------------------------------------------------------------------------------------------------
def test_addressing_a_message_is_one_statement_and_twice_is_once(cast: Cast) -> None:
    message = make_urgent(cast.pankki, cast.alice)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert names(cast, address(message)) == EVERYBODY - {"alice"}
    assert len(asked) == 1
    assert address(message) == []
    assert len(recipients(message)) == 8


def test_feedback_and_questions_are_the_directors(cast: Cast) -> None:
    """Substitutes of a director among them; the management group reads feedback and is not asked."""
    feedback = make_message(cast.pankki, cast.bob, kind=MessageKind.FEEDBACK, limit=ABOVE)
    question = make_message(cast.pankki, cast.bob, kind=MessageKind.QUESTION)
    address(feedback)
    address(question)
    assert recipients(feedback) == recipients(question) == {cast.alice, cast.aaro}


def test_opening_counts_once_and_reads_what_was_told(cast: Cast) -> None:
    message, other = make_urgent(cast.pankki, cast.alice), make_urgent(cast.pankki, cast.alice)
    address(message)
    for person, of in ((cast.bob, message), (cast.bob, other), (cast.ines, message)):
        Notice.objects.create(
            key=f"{person.pk}{of.pk}", person=person, account=cast.pankki, kind="urgent", thing="message",
            object_id=of.pk, path="/",
        )  # fmt: skip
    assert open_message(person=cast.bob, message=message)
    first = recipient(message, cast.bob).opened_at
    assert first is not None
    assert not open_message(person=cast.bob, message=message)
    assert recipient(message, cast.bob).opened_at == first
    unread = Notice.objects.filter(read_at=None).values_list("person", "object_id")
    assert set(unread) == {(cast.bob.pk, other.pk), (cast.ines.pk, message.pk)}
    assert not open_message(person=cast.charlie, message=message)  # no recipient: nothing to set down


# --- who comes, goes and comes back ---------------------------------------------------------------------------------
@pytest.fixture
def company(cast: Cast) -> Cast:
    open_and_close_stays()
    return cast


def told(message: Message) -> set[Person]:
    return {one.person for one in Notice.objects.filter(object_id=message.pk).select_related("person")}


def test_whoever_comes_is_asked_what_still_stands(company: Cast) -> None:
    """Pinned today, or urgent; not what was pinned until yesterday, is withdrawn, or was only announced."""
    pinned = make_message(company.pankki, company.alice, "Tärkeä", pinned_until=company.day)
    kept_from = [
        make_message(company.pankki, company.alice, "Ennen", pinned_until=company.day - ONE_DAY),
        make_message(company.pankki, company.alice, "Tiedote"),
        make_message(company.pankki, company.alice, "Peruttu", pinned_until=company.day, withdrawn_at=LONG_AGO_AT),
        make_message(company.pankki, company.alice, "Odottaa", pinned_until=company.day, published_at=None),
        make_message(company.pankki, company.alice, "Hinnat", pinned_until=company.day, limit=[*ABOVE, *PRICES]),
        make_message(company.pankki, company.alice, "Omat", pinned_until=company.day, aim_own_people=True),
        make_message(company.koulut, company.kerttu, "Toinen asiakas", pinned_until=company.day),
    ]
    urgent = make_urgent(company.pankki, company.alice)
    late = make_urgent(company.pankki, company.alice, "Vanha", deadline=on(-3), published_at=on(-5))
    lay_ladder(urgent)
    lay_ladder(late, on(-5))
    newcomer = make_person("Uuno", "Uusi")
    assign(newcomer, company.branch)
    derive_access()
    open_and_close_stays()
    for message in (pinned, urgent, late):
        assert recipients(message) == told(message) == {newcomer}
        assert recipient(message, newcomer).came_later
    for message in kept_from:
        assert recipients(message) == told(message) == set()
    kinds = Notice.objects.filter(person=newcomer).values_list("kind", flat=True)
    assert sorted(kinds) == ["announcement", "urgent", "urgent"]
    # what was to be acknowledged long ago waits in the letter and on the first page, and sends no mail of its own
    mailed = Delivery.objects.filter(person=newcomer, notice__kind="urgent").values_list("notice__object_id", flat=True)
    assert list(mailed) == [urgent.pk]
    follow_access([(0, company.pankki.pk, newcomer.pk)], [])
    assert Notice.objects.filter(person=newcomer).count() == 3


def test_whoever_leaves_is_no_longer_counted_and_comes_back_with_what_they_had(company: Cast) -> None:
    message, elsewhere = make_urgent(company.pankki, company.alice), make_urgent(company.koulut, company.kerttu)
    address(message)
    address(elsewhere)
    lay_ladder(message)
    assert recipients(elsewhere) == {company.charlie}
    acknowledge_message(actor=company.tuula, message=message)
    Invitation.objects.filter(person=company.tuula).update(
        period=period(company.day - 5 * ONE_DAY, company.day - ONE_DAY)
    )
    derive_access()
    open_and_close_stays()
    gone = recipient(message, company.tuula)
    assert gone.left_at is not None
    assert gone.acknowledged_number == 1
    assert company.tuula not in recipients(message)
    assert len(recipients(message)) == 7
    assert recipients(elsewhere) == {company.charlie}
    before = Notice.objects.filter(person=company.tuula).count()
    invite(company.tuula, company.pankki, first=company.day, last=company.day)
    derive_access()
    open_and_close_stays()
    back = recipient(message, company.tuula)
    assert back.left_at is None
    assert back.acknowledged_number == 1
    assert not back.came_later
    assert Notice.objects.filter(person=company.tuula).count() == before


@pytest.mark.parametrize("many", [1, 40])
def test_following_is_the_same_few_statements_for_any_number(company: Cast, many: int) -> None:
    make_message(company.pankki, company.alice, "Tärkeä", pinned_until=company.day)
    newcomers = [make_person(f"Uusi{number}") for number in range(many)]
    for person in newcomers:
        assign(person, company.branch)
    derive_access()
    stays = [(0, company.pankki.pk, person.pk) for person in newcomers]
    with CaptureQueriesContext(connection) as asked:
        follow_access(stays, [])
        follow_access([], stays)
    # what stands, the recipients, the notices; then the leaving
    assert len(asked) == 4
