"""Writing memos, announcing decisions, and what each reader of an account sees of them."""

import threading
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.access import standing
from accounts.actions.invitations import end_invitation
from accounts.actions.refusal import Refusal
from accounts.models import Invitation, Person, SearchEntry
from channels_app.actions.decisions import announce_decision, take_back_announcement
from channels_app.actions.memos import DecisionLine, may_change_memo, minutes_of
from channels_app.actions.pages import Conflict
from channels_app.models import Decision, Memo, Page, Task
from channels_app.queries.memos import announced_decisions, announced_to, listed, memos_in, topics_of
from channels_app.queries.people import people_at, recent_people
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memos import SALES_ONLY, change_memo, minutes, task_line, write_memo

pytestmark = pytest.mark.django_db


def seen_by(person: Person, cast: Cast) -> set[str]:
    found = memos_in(cast.pankki, standing(person, cast.pankki))
    return set(found.values_list("page__title", flat=True))


def test_create_memo_writes_page_people_decisions_and_tasks_at_once(cast: Cast) -> None:
    memo = write_memo(cast, tasks=(task_line(person=cast.ines, due_on=cast.day + ONE_DAY),))
    memo.refresh_from_db()
    assert minutes_of(memo) == replace(
        minutes(cast), decisions=(DecisionLine("Avaimet palautetaan perjantaisin.", memo.decisions.get().pk),)
    )
    assert (memo.page.number, memo.page.author, memo.page.section.key) == (1, cast.bob, "memos")
    task = Task.objects.get()
    assert (task.memo, task.person, task.due_on) == (memo, cast.ines, cast.day + ONE_DAY)
    kinds = {kind for kind, _ in SearchEntry.objects.values_list("kind", "object_id")}
    assert kinds == {"memo", "task"}
    assert "perjantaisin" in SearchEntry.objects.get(kind="memo").text


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_title", lambda cast: {"topic": "  "}),
        ("stranger", lambda cast: {"participants": frozenset({cast.charlie.pk})}),
        ("stranger", lambda cast: {"participants": frozenset({cast.eero.pk})}),
        ("out_of_reach", lambda cast: {"tasks": (task_line(person=cast.charlie),)}),
        ("no_title", lambda cast: {"tasks": (task_line(" "),)}),
    ],
)
def test_create_memo_refuses_and_writes_nothing(cast: Cast, code: str, changes: Any) -> None:
    with pytest.raises(Refusal) as refused:
        write_memo(cast, **changes(cast))
    assert refused.value.code == code
    assert not Page.objects.exists()
    assert not SearchEntry.objects.exists()


def test_the_same_form_sent_twice_writes_one_memo(cast: Cast) -> None:
    line = task_line(person=cast.bob)
    first = write_memo(cast, tasks=(line,))
    assert write_memo(cast, tasks=(line,)) == first
    assert write_memo(cast, author=cast.ines, tasks=(line,)) != first
    assert write_memo(cast, place="Muualla") != first
    assert Memo.objects.count() == 3
    assert Task.objects.count() == 2


def test_the_same_words_limited_otherwise_are_a_memo_of_its_own(cast: Cast) -> None:
    everybodys = write_memo(cast, author=cast.alice)
    limited = write_memo(cast, author=cast.alice, limit=SALES_ONLY)
    assert limited != everybodys
    assert (limited.page.limit, Memo.objects.count()) == (SALES_ONLY, 2)
    assert write_memo(cast, author=cast.alice, limit=SALES_ONLY) == limited


def test_save_memo_is_a_revision_and_changes_each_part(cast: Cast) -> None:
    memo = write_memo(cast)
    decision = memo.decisions.get()
    decisions = (DecisionLine("Uusi."), DecisionLine("Avaimet maanantaisin.", decision.pk))
    written = minutes(cast, decisions=decisions, participants=frozenset({cast.ines.pk}), meeting="site")
    change_memo(memo, cast.alice, written)
    memo.refresh_from_db()
    assert (memo.page.number, memo.page.changed_by, memo.meeting) == (2, cast.alice, "site")
    assert [one.text for one in memo.decisions.all()] == ["Uusi.", "Avaimet maanantaisin."]
    assert memo.decisions.get(text="Avaimet maanantaisin.").pk == decision.pk
    assert [one.person for one in memo.participants.all()] == [cast.ines]
    assert "maanantaisin" in SearchEntry.objects.get(kind="memo").text


def test_save_over_somebody_elses_save_is_a_conflict_and_changes_nothing(cast: Cast) -> None:
    memo = write_memo(cast)
    change_memo(memo, cast.alice, minutes(cast, place="Kamppi"))
    with pytest.raises(Conflict) as conflict:
        change_memo(memo, cast.bob, minutes(cast, place="Leppävaara", decisions=()), based_on=1)
    assert conflict.value.latest.author == cast.alice
    memo.refresh_from_db()
    assert (memo.place, memo.decisions.count(), memo.page.revisions.count()) == ("Kamppi", 1, 2)


def test_the_same_change_sent_twice_is_one_revision(cast: Cast) -> None:
    memo = write_memo(cast)
    written = minutes(cast, place="Kamppi", tasks=(task_line(),))
    change_memo(memo, cast.bob, written, based_on=1)
    change_memo(memo, cast.bob, written, based_on=1)
    assert Page.objects.get().number == 2
    assert Task.objects.count() == 1


def test_a_person_who_lost_the_account_stays_named_and_gets_nothing(cast: Cast) -> None:
    memo = write_memo(cast, author=cast.alice, participants=frozenset({cast.tuula.pk}))
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    assert seen_by(cast.tuula, cast) == set()
    change_memo(memo, cast.alice, minutes(cast, participants=frozenset({cast.tuula.pk, cast.bob.pk})))
    assert {one.person for one in memo.participants.all()} == {cast.tuula, cast.bob}
    assert cast.tuula not in people_at(cast.pankki)
    assert cast.tuula not in recent_people(cast.pankki, standing(cast.alice, cast.pankki))


def test_who_changes_a_memo(cast: Cast) -> None:
    memo = write_memo(cast)
    may = {name for name in ("alice", "aaro", "bob", "ines", "matti", "greta", "saara", "stina")
           if may_change_memo(getattr(cast, name), cast.pankki, memo)}  # fmt: skip
    assert may == {"alice", "aaro", "bob"}


def test_next_meeting_moved_counts_up_and_never_down(cast: Cast) -> None:
    soon = timezone.now() + ONE_DAY
    memo = write_memo(cast, next_at=soon)
    assert memo.next_sequence == 0
    found = []
    later = soon + ONE_DAY
    for changes in (
        {"next_at": soon, "place": "x"},
        {"next_at": later},
        {"next_at": later, "next_place": "Kamppi"},
        {},
        {"next_at": soon},
    ):
        memo = change_memo(Memo.objects.get(), cast.bob, minutes(cast, **changes))
        found.append(memo.next_sequence)
    assert found == [0, 1, 2, 3, 3]


# --- decisions ------------------------------------------------------------------------------------------------------
def test_announce_decision_once_and_take_it_back(cast: Cast) -> None:
    decision = write_memo(cast).decisions.get()
    announced = announce_decision(actor=cast.alice, decision=decision)
    again = announce_decision(actor=cast.greta, decision=decision)
    assert (again.announced_at, again.announced_by) == (announced.announced_at, cast.alice)
    take_back_announcement(decision=decision)
    assert take_back_announcement(decision=decision).announced_at is None


def test_an_announced_decision_is_neither_changed_nor_dropped(cast: Cast) -> None:
    memo = write_memo(cast)
    decision = announce_decision(actor=cast.alice, decision=memo.decisions.get())
    for decisions in ((), (DecisionLine("Toista.", decision.pk),)):
        with pytest.raises(Refusal) as refused:
            change_memo(memo, cast.bob, minutes(cast, decisions=decisions))
        assert refused.value.code == "announced"
    memo.page.refresh_from_db()
    assert memo.page.number == 1
    same = DecisionLine(decision.text, decision.pk)
    change_memo(memo, cast.bob, minutes(cast, decisions=(DecisionLine("Ensin tämä."), same)))
    decision.refresh_from_db()
    assert (decision.position, decision.announced_by) == (2, cast.alice)


def test_announce_refuses_what_is_gone(cast: Cast) -> None:
    memo = write_memo(cast)
    decision = memo.decisions.get()
    change_memo(memo, cast.bob, minutes(cast, decisions=()))
    with pytest.raises(Refusal) as refused:
        announce_decision(actor=cast.alice, decision=decision)
    assert refused.value.code == "gone"


# --- who sees what --------------------------------------------------------------------------------------------------
@pytest.fixture
def three(cast: Cast) -> dict[str, Memo]:
    """An open memo, one limited to sales, one of another account; a decision announced and a task in each."""
    made = {
        "open": write_memo(cast, topic="Avoin"),
        "limited": write_memo(cast, author=cast.alice, topic="Hinnat", limit=SALES_ONLY),
        "elsewhere": write_memo(
            cast, author=cast.charlie, account=cast.koulut, topic="Koulut", participants=frozenset({cast.charlie.pk})
        ),
    }
    for memo in made.values():
        announce_decision(actor=memo.page.author, decision=memo.decisions.get())
    return made


SEES_LIMITED = {"alice", "aaro", "saara", "greta"}
SEES_OPEN = SEES_LIMITED | {"bob", "ines", "matti", "arja", "tuula", "stina"}


def test_a_limited_memo_is_in_no_list_count_or_suggestion_of_others(cast: Cast, three: dict[str, Memo]) -> None:
    for name in [*SEES_OPEN, "eero", "charlie", "yrjo", "niilo", "leena", "dana"]:
        at = standing(getattr(cast, name), cast.pankki)
        expected = (["Avoin"] if name in SEES_OPEN else []) + (["Hinnat"] if name in SEES_LIMITED else [])
        assert topics_of(cast.pankki, at) == expected, name
        assert {one.page.title for one in listed(cast.pankki, at)} == set(expected), name
        assert {one.topic for one in announced_decisions(cast.pankki, at, 10)} == set(expected), name
        assert {one.page.title for one in listed(cast.pankki, at, words="perjantaisin")} == set(expected), name


def test_announced_to_a_person_is_what_they_see_of_all_accounts(cast: Cast, three: dict[str, Memo]) -> None:
    hour_ago = timezone.now() - ONE_DAY / 24
    expected = {"bob": {"Avoin"}, "saara": {"Avoin", "Hinnat"}, "charlie": {"Koulut"}, "eero": set(), "dana": set(),
                "greta": {"Avoin", "Hinnat", "Koulut"}}  # fmt: skip
    found = {name: {one.topic for one in announced_to(getattr(cast, name), hour_ago, 10)} for name in expected}
    assert found == expected
    assert announced_to(cast.greta, timezone.now(), 10) == []


def test_a_removed_memo_is_announced_no_more(cast: Cast, three: dict[str, Memo]) -> None:
    Page.objects.filter(pk=three["open"].pk).update(removed_at=timezone.now())
    at = standing(cast.alice, cast.pankki)
    assert {one.topic for one in announced_decisions(cast.pankki, at, 10)} == {"Hinnat"}


def test_words_and_kind_filter_the_list(cast: Cast) -> None:
    write_memo(cast, topic="Viikko", body="<p>ikkunanpesu</p>")
    write_memo(cast, topic="Katselmus", meeting="site", decisions=(DecisionLine("Lattiat vahataan."),))
    at = standing(cast.bob, cast.pankki)

    def titles(**asked: str) -> list[str]:
        return [memo.page.title for memo in listed(cast.pankki, at, **asked)]

    assert titles(words="IKKUNAN") == titles(words="ikku") == titles(words="ikkunoita") == ["Viikko"]
    assert titles(words="%") == titles(words="' | !") == ["Viikko", "Katselmus"][::-1]
    assert titles(words="vahataan lattiat") == ["Katselmus"]
    assert titles(words="lattiat ikkunanpesu") == []
    assert titles(meeting="site") == ["Katselmus"]


def test_numbers_in_the_list_are_those_of_decisions_and_open_tasks(cast: Cast) -> None:
    memo = write_memo(cast, tasks=(task_line("a"), task_line("b")))
    Task.objects.filter(title="b").update(done_at=timezone.now(), done_by=cast.bob)
    [one] = listed(cast.pankki, standing(cast.bob, cast.pankki)).filter(pk=memo.pk)
    assert (one.decision_count, one.task_count) == (1, 1)


def test_recent_people_are_those_of_memos_that_the_reader_sees(cast: Cast) -> None:
    write_memo(cast, participants=frozenset({cast.bob.pk, cast.ines.pk}))
    write_memo(cast, topic="Toinen", participants=frozenset({cast.bob.pk}))
    write_memo(cast, author=cast.alice, topic="Hinnat", limit=SALES_ONLY, participants=frozenset({cast.saara.pk}))
    assert recent_people(cast.pankki, standing(cast.bob, cast.pankki)) == [cast.bob, cast.ines]
    assert set(recent_people(cast.pankki, standing(cast.alice, cast.pankki))) == {cast.bob, cast.ines, cast.saara}


def test_midnight_in_helsinki_turns_the_day(cast: Cast) -> None:
    with time_machine.travel("2026-11-24T22:30:00Z", tick=False):
        memo = write_memo(cast)
        assert str(memo.page.checked_on) == "2026-11-25"


@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_keep_both_words(cast: Cast) -> None:
    """Of two people who save over the same revision, one is asked; nothing is mixed."""
    memo = write_memo(cast)
    outcomes: list[str] = []

    def save(person: Person, place: str) -> None:
        try:
            written = minutes(cast, place=place, decisions=(DecisionLine(place),))
            change_memo(Memo.objects.select_related("page__account").get(), person, written, based_on=1)
            outcomes.append(place)
        except Conflict:
            outcomes.append("asked")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=args) for args in ((cast.alice, "Kamppi"), (cast.bob, "Pasila 2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    memo.refresh_from_db()
    assert sorted(outcomes) == sorted([memo.place, "asked"])
    assert [decision.text for decision in Decision.objects.all()] == [memo.place]


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_once_writes_one_memo(cast: Cast) -> None:
    def send() -> None:
        write_memo(cast, tasks=(task_line(),))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Memo.objects.count(), Decision.objects.count(), Task.objects.count()) == (1, 1, 1)
