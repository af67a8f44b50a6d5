"""Writing messages: who is reached and told, what waits for second eyes, mending, withdrawing, limits, repeating."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import Notice, Person, SearchEntry
from channels_app.actions.indexing import index_section, reindex
from channels_app.actions.messages import (
    limit_message,
    pin_message,
    publish_wording,
    repeat_message,
    withdraw_message,
)
from channels_app.aims import Aim
from channels_app.models import Message, MessageKind, MessageRecipient, Wording
from tests.cast import ONE_DAY, SEES, Cast, invite, make_person
from tests.channels_app.message_hands import (
    SALES_ONLY,
    EditConflict,
    change,
    recipients,
    told,
    write,
    write_announcement,
    write_discussion,
)
from tests.channels_app.page_hands import limit_section

pytestmark = pytest.mark.django_db
# By night nobody is told of what is urgent: its first step waits for the morning.
NOON = timezone.now().replace(hour=10, minute=0)


def everybody_but(cast: Cast, *left_out: Person) -> set[Person]:
    """Return all whom a message at Pankki asks today: who sees it, but for the management group and those named."""
    seeing = {getattr(cast, name) for name, accounts in SEES.items() if "pankki" in accounts}
    return seeing - {cast.greta, *left_out}


def found(kind: str = "message") -> set[str]:
    return set(SearchEntry.objects.filter(kind=kind).values_list("title", flat=True))


# --- writing --------------------------------------------------------------------------------------------------------
def test_an_announcement_reaches_everybody_who_sees_the_account_but_its_author(cast: Cast) -> None:
    message = write_announcement(cast)
    assert (message.number, message.is_published, message.section.key) == (1, True, "announcements")
    assert recipients(message) == everybody_but(cast, cast.alice)
    assert told(message) == {"announcement": everybody_but(cast, cast.alice)}
    assert found() == {"Avaimet vaihtuvat"}
    assert list(message.wordings.values_list("number", "published_at")) == [(1, message.published_at)]


def test_an_aim_asks_some_and_hides_nothing(cast: Cast) -> None:
    message = write_announcement(cast, aim=Aim(roles=("supervisor",)))
    assert recipients(message) == {cast.bob, cast.stina}
    assert set(Message.objects.visible_to(cast.saara)) == {message}
    assert not Message.objects.visible_to(cast.eero).exists()


def test_a_limit_hides(cast: Cast) -> None:
    message = write_announcement(cast, limit=SALES_ONLY)
    assert recipients(message) == {cast.saara, cast.aaro}
    assert not Message.objects.visible_to(cast.bob).exists()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_subject", {"subject": "  "}),
        ("no_time", {"kind": "urgent", "acknowledge_by": None}),
        ("too_late", {"kind": "urgent", "acknowledge_by": timezone.now() - ONE_DAY}),
    ],
)
def test_what_may_not_be_written_so_is_refused_and_nothing_written(cast: Cast, code: str, changes: dict) -> None:
    with pytest.raises(Refusal) as refused:
        write(cast.alice, cast.pankki, **changes)
    assert refused.value.code == code
    assert not Message.objects.exists()


def test_a_superior_announces_to_their_own_people_only(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        write_announcement(cast, cast.matti)
    assert refused.value.code == "reach"
    message = write_announcement(cast, cast.matti, aim=Aim(own_people=True))
    assert recipients(message) == {cast.bob, cast.ines}
    with pytest.raises(Refusal):
        write_announcement(cast, cast.ines, aim=Aim(own_people=True))


def test_anybody_begins_a_discussion_with_everybody(cast: Cast) -> None:
    message = write_discussion(cast, cast.ines)
    assert told(message) == {"discussion": everybody_but(cast, cast.ines)}


def test_the_same_form_sent_twice_is_one_message(cast: Cast) -> None:
    first = write_announcement(cast)
    assert write_announcement(cast) == first
    assert write_announcement(cast, limit=SALES_ONLY) != first
    assert write_announcement(cast, aim=Aim(roles=("sales",))) != first
    assert write_announcement(cast, cast.aaro) != first
    later = timezone.now() + dt.timedelta(minutes=11)
    assert write_announcement(cast, now=later) != first


# --- second eyes ----------------------------------------------------------------------------------------------------
def test_what_asks_for_second_eyes_waits_unseen_and_untold(cast: Cast) -> None:
    message = write_announcement(cast, ask_eyes=True)
    assert (message.number, message.published_at) == (0, None)
    assert recipients(message) == set()
    assert told(message) == {"eyes_asked": {cast.aaro}}
    assert found() == set()


def test_an_urgent_message_to_everybody_always_waits(cast: Cast) -> None:
    assert write(cast.alice, cast.pankki, MessageKind.URGENT).published_at is None


# --- mending --------------------------------------------------------------------------------------------------------
def test_mending_keeps_the_text_of_before_and_tells_nobody_again(cast: Cast) -> None:
    message = write_announcement(cast)
    before = told(message)
    changed = change(message, cast.alice, body="<p>Vasta tiistaina.</p>")
    assert (changed.number, changed.body, changed.published_at) == (2, "<p>Vasta tiistaina.</p>", message.published_at)
    assert list(changed.wordings.order_by("number").values_list("body", flat=True)) == [message.body, changed.body]
    assert told(message) == before
    assert change(changed, cast.alice).number == 2


def test_whoever_comes_second_is_asked(cast: Cast) -> None:
    message = write_announcement(cast)
    change(message, cast.aaro, body="<p>Aaron.</p>")
    with pytest.raises(EditConflict) as conflict:
        change(message, cast.alice, body="<p>Alicen.</p>", based_on=1)
    assert conflict.value.latest.author == cast.aaro
    message.refresh_from_db()
    assert message.body == "<p>Aaron.</p>"


def test_an_edit_of_what_needed_eyes_leaves_the_earlier_text_until_approved(cast: Cast) -> None:
    message = write_announcement(cast)
    changed = change(message, cast.alice, body="<p>Toisin.</p>", ask_eyes=True)
    assert (changed.number, changed.body) == (1, message.body)
    assert Wording.objects.get(message=message, number=2).published_at is None


# --- afterwards -----------------------------------------------------------------------------------------------------
def test_a_withdrawn_message_is_in_no_list_and_no_search(cast: Cast) -> None:
    message = write_announcement(cast)
    withdraw_message(actor=cast.alice, message=message, because="Väärä päivä")
    withdraw_message(actor=cast.aaro, message=message)
    message.refresh_from_db()
    assert (message.withdrawn_by, message.withdrawn_because) == (cast.alice, "Väärä päivä")
    assert found() == set()
    assert not Message.objects.published().exists()
    with pytest.raises(Refusal):
        change(message, cast.alice, body="<p>Uusi.</p>")


def test_a_limit_set_later_takes_out_of_the_count_and_brings_back(cast: Cast) -> None:
    message = write_announcement(cast)
    limit_message(actor=cast.alice, message=message, limit=SALES_ONLY)
    assert recipients(message) == {cast.saara, cast.aaro}
    limit_message(actor=cast.alice, message=message, limit=None)
    assert recipients(message) == everybody_but(cast, cast.alice)
    assert MessageRecipient.objects.filter(message=message).count() == 8


def test_repeating_tells_whoever_has_not_opened_it_once_an_hour(cast: Cast) -> None:
    message = write_announcement(cast)
    MessageRecipient.objects.filter(message=message).exclude(person=cast.bob).update(opened_at=timezone.now())
    repeat = repeat_message(actor=cast.alice, message=message)
    assert (repeat.number, repeat.people, told(message, "repeat")) == (1, 1, {cast.bob})
    with pytest.raises(Refusal) as refused:
        repeat_message(actor=cast.alice, message=message)
    assert refused.value.code == "too_soon"
    MessageRecipient.objects.filter(message=message).update(opened_at=timezone.now())
    with pytest.raises(Refusal) as refused:
        repeat_message(actor=cast.alice, message=message, now=timezone.now() + dt.timedelta(hours=2))
    assert refused.value.code == "nobody"


def test_pinning_makes_a_message_standing_until_its_day(cast: Cast) -> None:
    message = write_announcement(cast)
    assert not Message.objects.standing().exists()
    pin_message(actor=cast.alice, message=message, until=cast.day)
    assert set(Message.objects.standing()) == {message}
    assert not Message.objects.standing(cast.day + ONE_DAY).exists()


# --- the search -----------------------------------------------------------------------------------------------------
def test_reindexing_finds_the_same_and_forgets_the_rest(cast: Cast) -> None:
    write_announcement(cast)
    write(cast.bob, cast.pankki, MessageKind.QUESTION, subject="Missä avaimet?")
    write(cast.bob, cast.pankki, MessageKind.FEEDBACK, subject="Kiire", limit=["director", "management"])
    write_announcement(cast, subject="Odottaa", ask_eyes=True)
    before = set(SearchEntry.objects.values_list("kind", "title", "text"))
    assert {(kind, title) for kind, title, _text in before} == {
        ("message", "Avaimet vaihtuvat"),
        ("question", "Missä avaimet?"),
    }
    SearchEntry.objects.all().delete()
    assert reindex(cast.pankki.pk) == 2
    assert set(SearchEntry.objects.values_list("kind", "title", "text")) == before


def test_a_section_limited_later_hides_its_messages_everywhere(cast: Cast) -> None:
    message = write_announcement(cast)
    limit_section(cast.pankki, message.section.key, SALES_ONLY)
    index_section(cast.pankki.pk, message.section_id)
    message.refresh_from_db()
    assert set(message.audience) == {"director", "management", "sales"}
    assert not Message.objects.visible_to(cast.bob).exists()
    assert set(Notice.objects.visible_to(cast.bob)) == set()
    assert set(SearchEntry.objects.get(kind="message").audience) == {"director", "management", "sales"}


# --- asking again behind second eyes, and what publishing costs -------------------------------------------------------
def test_a_new_time_to_acknowledge_by_counts_once_it_is_approved(cast: Cast) -> None:
    message = write(cast.alice, cast.pankki, MessageKind.URGENT, now=NOON)
    publish_wording(actor=cast.aaro, message=message, number=1, now=NOON)
    message.refresh_from_db()
    later = message.acknowledge_by + ONE_DAY
    change(message, cast.alice, body="<p>Tunnin myöhemmin.</p>", ask_again=True, acknowledge_by=later, now=NOON)
    message.refresh_from_db()
    assert (message.number, message.asked_number, message.acknowledge_by) == (1, 1, later - ONE_DAY)
    publish_wording(actor=cast.aaro, message=message, number=2, now=NOON)
    publish_wording(actor=cast.aaro, message=message, number=2, now=NOON)
    message.refresh_from_db()
    assert (message.number, message.asked_number, message.acknowledge_by) == (2, 2, later)
    assert Notice.objects.filter(kind="urgent", person=cast.ines).count() == 2


def test_what_waited_past_its_time_is_not_published(cast: Cast) -> None:
    message = write(cast.alice, cast.pankki, MessageKind.URGENT)
    with pytest.raises(Refusal) as refused:
        publish_wording(actor=cast.aaro, message=message, number=1, now=timezone.now() + 3 * ONE_DAY)
    assert refused.value.code == "too_late"
    assert recipients(message) == set()


@pytest.mark.parametrize("kind", [MessageKind.ANNOUNCEMENT, MessageKind.URGENT])
def test_publishing_costs_as_many_statements_for_many_people_as_for_few(cast: Cast, kind: str) -> None:
    def statements(subject: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            aim = Aim(roles=("supervisor", "instructor", "specialist"))
            write(cast.alice, cast.pankki, kind, subject=subject, aim=aim, body="<p>@Ines Ilola</p>", now=NOON)
        return len(queries)

    statements("Lämmittely")
    few = statements("Harvoille")
    for number in range(30):
        person = make_person("Uusi", f"Tulokas{number}", title="toimihenkilö")
        invite(person, cast.pankki, first=cast.day, last=cast.day, by=cast.alice)
    derive_access()
    assert statements("Monelle") == few
    assert len(recipients(Message.objects.get(subject="Monelle"))) >= 30
