"""Second eyes: who decides, exactly which text, and what becomes of two who decide at once."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from accounts import second_eyes
from accounts.actions.invitations import end_invitation
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import ABOVE_LIMITS, Approval, Directorship, Notice, Person
from accounts.second_eyes import (
    Exact,
    approve,
    ask_for_eyes,
    fingerprint,
    give_back,
    may_decide,
    stop_asking,
    waiting_for,
    who_decides,
)
from kam.lib.dates import NEVER
from tests.cast import ONE_DAY, SEES, Cast, build_cast, stand_in

pytestmark = pytest.mark.django_db

LETTER = "letter"
TEXTS = ("Portit kiinni", "<p>Portit suljetaan kello 16.</p>")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """A kind of thing that writes down who published it."""
    done: list[tuple[int, str]] = []

    def publish(approval: Approval, actor: Person, now: dt.datetime) -> None:
        done.append((approval.object_id, actor.first_name))

    monkeypatch.setitem(second_eyes._when_approved, LETTER, publish)
    return done


def ask(cast: Cast, actor: Person | None = None, texts: tuple[str, ...] = TEXTS, **given: Any) -> Approval:
    """Alice asks for eyes on a letter, unless told otherwise."""
    values: dict[str, Any] = {
        "account": cast.pankki,
        "thing": LETTER,
        "object_id": 7,
        "title": texts[0],
        "path": "/letters/7/",
        "audience": None,
    }
    return ask_for_eyes(actor=actor or cast.alice, texts=texts, **(values | given))


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__first_name", flat=True))


def refused(do: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        do()
    return refusal.value.code


def test_fingerprint_is_of_each_text_in_its_place() -> None:
    assert fingerprint("a", "b") == fingerprint("a", "b")
    different = {fingerprint("a", "b"), fingerprint("b", "a"), fingerprint("ab"), fingerprint("ab", ""), fingerprint()}
    assert len(different) == 5
    assert all(len(one) == 64 for one in different)


def test_asking_tells_the_other_directors_and_their_substitutes(cast: Cast) -> None:
    stand_in(cast.ines, cast.aaro, first=cast.day, last=cast.day + ONE_DAY)
    derive_access()
    approval = ask(cast, note="Onko kellonaika oikein?")
    assert told("eyes_asked") == {"Aaro", "Ines"}
    notice = Notice.objects.filter(kind="eyes_asked").first()
    assert notice
    assert (notice.path, notice.who, notice.thing, notice.object_id) == (
        f"/eyes/{approval.pk}/",
        cast.alice,
        *(LETTER, 7),
    )


def test_asking_tells_the_management_group_where_the_author_directs_alone(cast: Cast) -> None:
    ask(cast, cast.ville, account=cast.vakuutus)
    assert told("eyes_asked") == {"Greta"}
    assert who_decides(cast.vakuutus, cast.greta) == [cast.ville.pk]


def test_asking_where_nobody_else_may_decide_is_refused(cast: Cast) -> None:
    Directorship.objects.filter(account=cast.pankki, person=cast.aaro).update(period=NEVER)
    cast.greta.memberships.update(period=NEVER)
    derive_access()
    assert refused(lambda: ask(cast)) == "nobody"
    assert not Approval.objects.exists()


def test_who_may_decide(cast: Cast) -> None:
    approval = ask(cast)
    assert {name for name in SEES if may_decide(getattr(cast, name), approval)} == {"aaro", "greta"}
    assert {name for name in SEES if waiting_for(getattr(cast, name)).exists()} == {"aaro", "greta"}
    assert not may_decide(None, approval)
    assert not waiting_for(None).exists()


def test_limited_thing_waits_for_the_same_people(cast: Cast) -> None:
    approval = ask(cast, audience=["sales", *ABOVE_LIMITS])
    assert list(waiting_for(cast.aaro)) == [approval]
    assert not waiting_for(cast.saara).exists()


def test_a_barrier_keeps_the_queue_closed(cast: Cast) -> None:
    ask(cast)
    ask(cast, cast.greta, account=cast.vakuutus, object_id=8)
    assert {one.object_id for one in waiting_for(cast.ville)} == {8}
    assert {one.object_id for one in waiting_for(cast.aaro)} == {7}
    assert {one.object_id for one in waiting_for(cast.greta)} == {7}


def test_approving_publishes_and_tells_the_author(cast: Cast, published: list[tuple[int, str]]) -> None:
    approval = approve(actor=cast.aaro, approval=ask(cast), fingerprint=fingerprint(*TEXTS))
    assert published == [(7, "Aaro")]
    approval.refresh_from_db()
    assert (approval.verdict, approval.decided_by) == ("approved", cast.aaro)
    assert approval.decided_at is not None
    assert told("eyes_approved") == {"Alice"}
    assert not waiting_for(cast.greta).exists()
    assert not Notice.objects.unread().filter(kind="eyes_asked").exists()


def test_giving_back_says_what_should_change_and_publishes_nothing(
    cast: Cast, published: list[tuple[int, str]]
) -> None:
    approval = ask(cast)
    assert refused(lambda: give_back(actor=cast.aaro, approval=approval, comment=" ")) == "no_comment"
    give_back(actor=cast.aaro, approval=approval, comment="Kello 15.")
    approval.refresh_from_db()
    assert (approval.verdict, approval.comment, published) == ("returned", "Kello 15.", [])
    assert told("eyes_returned") == {"Alice"}


def test_the_author_approves_nothing_of_their_own(cast: Cast, published: list[tuple[int, str]]) -> None:
    approval = ask(cast)
    assert refused(lambda: approve(actor=cast.alice, approval=approval, fingerprint=approval.fingerprint)) == "no_right"
    assert refused(lambda: give_back(actor=cast.alice, approval=approval, comment="Ei")) == "no_right"
    assert published == []


def test_a_substitute_of_the_author_is_another_person(cast: Cast, published: list[tuple[int, str]]) -> None:
    stand_in(cast.ines, cast.alice, first=cast.day, last=cast.day)
    derive_access()
    approval = ask(cast)
    assert told("eyes_asked") == {"Aaro", "Ines"}
    approve(actor=cast.ines, approval=approval, fingerprint=approval.fingerprint)
    assert published == [(7, "Ines")]


def test_whoever_lost_the_right_after_opening_decides_nothing(cast: Cast, published: list[tuple[int, str]]) -> None:
    approval = ask(cast)
    assert may_decide(cast.aaro, approval)
    Directorship.objects.filter(account=cast.pankki, person=cast.aaro).update(period=NEVER)
    derive_access()
    assert refused(lambda: approve(actor=cast.aaro, approval=approval, fingerprint=approval.fingerprint)) == "no_right"
    assert published == []


def test_an_edit_replaces_the_asking_and_what_was_read_is_not_approved(
    cast: Cast, published: list[tuple[int, str]]
) -> None:
    first = ask(cast)
    second = ask(cast, texts=("Portit kiinni", "<p>Portit suljetaan kello 15.</p>"))
    first.refresh_from_db()
    assert first.verdict == "replaced"
    assert list(waiting_for(cast.aaro)) == [second]
    for approval in (first, second):
        read = fingerprint(*TEXTS)
        assert refused(partial(approve, actor=cast.aaro, approval=approval, fingerprint=read)) == "changed"
    assert refused(lambda: give_back(actor=cast.aaro, approval=first, comment="Ei")) == "changed"
    assert published == []


def test_asking_again_with_the_same_text_stays_one_asking(cast: Cast) -> None:
    assert ask(cast) == ask(cast)
    assert Notice.objects.filter(kind="eyes_asked").count() == 1
    # Another author's same words are theirs: Alice may read them, Aaro may not any more.
    again = ask(cast, cast.aaro)
    assert list(waiting_for(cast.alice)) == [again]
    assert not waiting_for(cast.aaro).exists()


def test_text_that_changed_without_asking_anew_is_approved_as_it_was_shown(
    cast: Cast, published: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = ask(cast)
    now_named = fingerprint("Muuta")
    monkeypatch.setitem(second_eyes._shows, LETTER, lambda approval, person: Exact(now_named, "x.html"))
    read = approval.fingerprint
    assert refused(partial(approve, actor=cast.aaro, approval=approval, fingerprint=read)) == "changed"
    assert approve(actor=cast.aaro, approval=approval, fingerprint=now_named).fingerprint == now_named
    assert published == [(7, "Aaro")]


def test_what_is_not_there_any_more_is_not_approved(
    cast: Cast, published: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = ask(cast)
    monkeypatch.setitem(second_eyes._shows, LETTER, lambda approval, person: None)
    for read in (approval.fingerprint, ""):
        assert refused(partial(approve, actor=cast.aaro, approval=approval, fingerprint=read)) == "changed"
    assert published == []


def test_what_is_withdrawn_waits_for_nobody(cast: Cast) -> None:
    ask(cast)
    other = ask(cast, object_id=8)
    stop_asking(thing=LETTER, object_id=7)
    assert list(waiting_for(cast.aaro)) == [other]


def test_when_publishing_fails_nothing_is_approved(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def publish(approval: Approval, actor: Person, now: dt.datetime) -> None:
        raise Refusal("withdrawn", "…")

    monkeypatch.setitem(second_eyes._when_approved, LETTER, publish)
    approval = ask(cast)
    assert refused(lambda: approve(actor=cast.aaro, approval=approval, fingerprint=approval.fingerprint)) == "withdrawn"
    approval.refresh_from_db()
    assert approval.verdict == ""
    assert told("eyes_approved") == set()


def test_an_author_who_left_the_account_is_not_told(cast: Cast, published: list[tuple[int, str]]) -> None:
    """Tuula wrote while invited; her text is published all the same, and she hears nothing of the account."""
    approval = ask(cast, cast.tuula)
    end_invitation(actor=cast.alice, invitation=cast.tuula.invitations.get())
    approve(actor=cast.aaro, approval=approval, fingerprint=approval.fingerprint)
    assert published == [(7, "Aaro")]
    assert told("eyes_approved") == set()


# --- at once --------------------------------------------------------------------------------------------------------
def at_once(*jobs: Callable[[], Any]) -> list[str]:
    """Do all of them at the same time; return how each ended: "done" or the refusal's code."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str:
        try:
            connections["default"].ensure_connection()
            start.wait(30)
            job()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(published: list[tuple[int, str]]) -> None:
    cast = build_cast()
    for attempt in range(5):
        approval = ask(cast, object_id=attempt)
        read = approval.fingerprint
        outcomes = at_once(
            partial(approve, actor=cast.aaro, approval=approval, fingerprint=read),
            partial(approve, actor=cast.greta, approval=approval, fingerprint=read),
            partial(give_back, actor=cast.greta, approval=approval, comment="Ei näin"),
        )
        assert sorted(outcomes) == ["decided", "decided", "done"]
        approval.refresh_from_db()
        assert sum(number == attempt for number, _ in published) == (approval.verdict == "approved")


@pytest.mark.django_db(transaction=True)
def test_an_edit_while_somebody_approves_comes_before_or_after(published: list[tuple[int, str]]) -> None:
    """Either the text that was read is published and the edit is asked about, or nothing is."""
    cast = build_cast()
    for attempt in range(8):
        approval = ask(cast, object_id=attempt)
        read = approval.fingerprint
        edited = (f"Portit auki {attempt}",)
        outcomes = at_once(
            partial(approve, actor=cast.aaro, approval=approval, fingerprint=read),
            partial(ask, cast, texts=edited, object_id=attempt),
        )
        assert outcomes[1] == "done"
        approval.refresh_from_db()
        assert (outcomes[0], approval.verdict) in {("done", "approved"), ("changed", "replaced")}
        waiting = waiting_for(cast.aaro).get(object_id=attempt)
        assert waiting.fingerprint == fingerprint(*edited)
