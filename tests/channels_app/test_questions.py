"""Asking, finding what was asked before, the right answer, keeping a question as a page, what waits for an answer."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access import standing
from accounts.actions.refusal import Refusal
from accounts.models import Account, Editor, Notice, Person, SearchEntry
from channels_app.actions.drafts import keep_draft
from channels_app.actions.messages import withdraw_message
from channels_app.actions.questions import ask_question, mark_right, turn_into_page, unmark_right
from channels_app.actions.replies import remove_reply
from channels_app.models import Draft, Message, MessageKind, Page, Reply, Section
from channels_app.queries.contents import contents_of
from channels_app.queries.questions import (
    alike,
    may_keep,
    may_mark,
    may_unmark,
    origin_of,
    page_sections,
    questions_listed,
    unanswered_of,
    waited,
)
from tests.cast import ONE_DAY, SEES, Cast
from tests.channels_app.page_hands import limit_section
from tests.channels_app.question_hands import KEYS, answer, answered, ask
from tests.channels_app.routes.files import section_id

pytestmark = pytest.mark.django_db

SALES = ["sales"]


def at(account: Account, person: Person) -> Account:
    """Return the account as `account_for` hands it to `person`."""
    found = Account.objects.get(pk=account.pk)
    found.standing = standing(person, account)
    return found


def subjects(cast: Cast, person: Person, *args: Any) -> list[str]:
    return [one.subject for one in questions_listed(at(cast.pankki, person), person, *args)]


def alike_to(cast: Cast, person: Person, title: str) -> list[Message]:
    return [one.question for one in alike(at(cast.pankki, person), person, title)]


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__first_name", flat=True))


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as refusal:
        yield
    assert refusal.value.code == code


def url(name: str, cast: Cast, *args: Any) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


# --- asking ---------------------------------------------------------------------------------------------------------
def test_a_question_is_told_to_the_directors_and_found(cast: Cast) -> None:
    question = ask(cast, body="<p>Viikonloppuna ei ole vartijaa.</p>")
    assert (question.kind, question.subject, question.section.key) == (MessageKind.QUESTION, KEYS, "questions")
    assert question.is_published
    assert told("question") == {"Alice", "Aaro"}
    assert SearchEntry.objects.get(kind="question").object_id == question.pk


def test_the_same_question_sent_twice_is_asked_once(cast: Cast) -> None:
    assert ask(cast) == ask(cast)


def test_a_question_without_words_is_refused(cast: Cast) -> None:
    with refused("no_subject"):
        ask(cast, title="  ")
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Mihin avain palautetaan", True),  # another form of the words
        ("avainten palautus", True),
        ("Minne vien avaimen?", True),
        ("avainkaappi", True),  # it stands in the answer
        ("avai", True),  # still being typed
        ("Mihin", False),  # says nothing
        ("Missä ja miten?", False),
        ("Kuka tilaa lumityöt?", False),
        ("", False),
        ("?!", False),
    ],
)
def test_what_looks_alike_is_found_in_any_form_of_its_words(cast: Cast, typed: str, found: bool) -> None:
    question = answered(cast)
    assert alike_to(cast, cast.stina, typed) == ([question] if found else [])


def test_the_most_alike_comes_first_and_unanswered_ones_not_at_all(cast: Cast) -> None:
    ask(cast, title="Mihin avaimet palautetaan viikonloppuna?")
    other = answered(cast, title="Kuka teettää avaimet?", body="<p>Vartija.</p>")
    best = answered(cast, title="Palautetaanko avaimet lauantaina?", body="<p>Ei.</p>")
    assert alike_to(cast, cast.bob, "Avaimet lauantaina, miten palautan") == [best]
    assert alike_to(cast, cast.bob, "avaimet") == [best, other]
    assert [one.words for one in alike(at(cast.pankki, cast.bob), cast.bob, "avaimet")] == ["Ei.", "Vartija."]


def test_nothing_alike_comes_from_a_limit_another_account_or_a_withdrawn_question(cast: Cast) -> None:
    question = answered(cast)
    elsewhere = ask_question(actor=cast.kerttu, account=cast.koulut, title=KEYS, body="")
    answer(elsewhere, cast.charlie)
    asked = cast, cast.bob, KEYS
    assert alike_to(*asked) == [question]
    limit_section(cast.pankki, "questions", SALES)
    assert alike_to(*asked) == []
    assert alike_to(cast, cast.saara, KEYS) == [question]
    limit_section(cast.pankki, "questions", None)
    withdraw_message(actor=cast.bob, message=question)
    assert alike_to(*asked) == []


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_list_has_unanswered_ones_first_the_oldest_at_the_top(cast: Cast) -> None:
    now = timezone.now()
    for title, days in (("Uusi vanha", 1), ("Vanhin", 9), ("Vanha", 5)):
        ask(cast, title=title, now=now - dt.timedelta(days=days))
    for title, days in (("Vastattu kauan sitten", 20), ("Vastattu hiljan", 2)):
        answered(cast, title=title, now=now - dt.timedelta(days=days))
    ask(cast, cast.ines, title="Ineksen")
    assert subjects(cast, cast.bob) == [
        "Vanhin", "Vanha", "Uusi vanha", "Ineksen", "Vastattu hiljan", "Vastattu kauan sitten",
    ]  # fmt: skip
    assert subjects(cast, cast.bob, "unanswered") == ["Vanhin", "Vanha", "Uusi vanha", "Ineksen"]
    assert subjects(cast, cast.bob, "answered") == ["Vastattu hiljan", "Vastattu kauan sitten"]
    assert subjects(cast, cast.ines, "mine") == ["Ineksen"]
    assert subjects(cast, cast.bob, "", "vastatut hiljan") == ["Vastattu hiljan"]
    assert subjects(cast, cast.bob, "", "avainkaapista") == ["Vastattu hiljan", "Vastattu kauan sitten"]


def test_an_answer_of_whoever_asked_is_none_until_it_is_marked(cast: Cast) -> None:
    question = ask(cast)
    own = answer(question, cast.bob, "<p>Tarkennus: pääkonttorilla.</p>")
    assert subjects(cast, cast.bob, "unanswered") == [KEYS]
    mark_right(actor=cast.bob, question=question, reply=own)
    assert subjects(cast, cast.bob, "unanswered") == []


def test_a_removed_answer_leaves_the_question_unanswered(cast: Cast) -> None:
    question = ask(cast)
    remove_reply(actor=cast.matti, reply=answer(question, cast.matti))
    assert subjects(cast, cast.bob, "unanswered") == [KEYS]


def test_everybody_sees_the_questions_of_their_accounts_alone(cast: Cast) -> None:
    ask(cast)
    ask_question(actor=cast.kerttu, account=cast.koulut, title="Koulun kysymys", body="")
    for name, accounts in SEES.items():
        person = getattr(cast, name)
        expected = {KEYS} if "pankki" in accounts else set()
        expected |= {"Koulun kysymys"} if "koulut" in accounts else set()
        assert set(Message.objects.visible_to(person).values_list("subject", flat=True)) == expected, name


# --- the right answer -----------------------------------------------------------------------------------------------
def test_a_right_answer_is_told_to_whoever_asked_and_whoever_answered(cast: Cast) -> None:
    question = ask(cast)
    right = answer(question, cast.ines)
    mark_right(actor=cast.alice, question=question, reply=right)
    again = mark_right(actor=cast.alice, question=question, reply=right)
    assert (again.right_reply, again.right_by) == (right, cast.alice)
    assert again.right_at is not None
    assert told("right_answer") == {"Bob", "Ines"}
    assert unmark_right(actor=cast.alice, question=question).right_reply is None


def test_who_marks_an_answer(cast: Cast) -> None:
    question = ask(cast)
    reply = answer(question, cast.ines)
    names = {name for name, seen in SEES.items() if "pankki" in seen}
    able = {n for n in names if may_mark(p := getattr(cast, n), at(cast.pankki, p), question, reply)}
    assert able == names - {"ines"}
    own = answer(question, cast.alice, "<p>Tiskille.</p>")
    assert may_mark(cast.alice, at(cast.pankki, cast.alice), question, own)
    # Once Tuula has marked one, she, whoever asked and the directors change it.
    question = mark_right(actor=cast.tuula, question=question, reply=reply)
    for may in (
        lambda person: may_mark(person, at(cast.pankki, person), question, own),
        lambda person: may_unmark(person, at(cast.pankki, person), question),
    ):
        assert {n for n in names if may(getattr(cast, n))} == {"alice", "aaro", "bob", "tuula"}


def test_marking_is_refused_for_what_is_not_there(cast: Cast) -> None:
    question, other = ask(cast), ask(cast, title="Muu kysymys?")
    removed = answer(question, cast.matti)
    remove_reply(actor=cast.matti, reply=removed)
    for reply in (removed, answer(other, cast.matti)):
        with refused("removed"):
            mark_right(actor=cast.alice, question=question, reply=reply)


def test_of_two_who_mark_at_once_the_second_is_told(cast: Cast) -> None:
    question = ask(cast)
    one, other = answer(question, cast.ines), answer(question, cast.matti, "<p>Tiskille.</p>")
    stale = Message.objects.get(pk=question.pk)
    mark_right(actor=cast.alice, question=question, reply=one)
    with refused("marked"):
        mark_right(actor=cast.tuula, question=stale, reply=other)
    question.refresh_from_db()
    assert question.right_reply == one


def test_the_right_answer_is_not_removed_under_its_question(cast: Cast) -> None:
    question = answered(cast)
    with pytest.raises(Refusal):
        remove_reply(actor=cast.ines, reply=Reply.objects.get(message=question))


# --- a page of it ---------------------------------------------------------------------------------------------------
def keep(cast: Cast, question: Message, actor: Person | None = None) -> Page:
    return turn_into_page(actor=actor or cast.alice, question=question, section_id=section_id())


def test_a_question_becomes_a_page_once(cast: Cast) -> None:
    question = answered(cast, title="Mihin avaimet?")
    Message.objects.filter(pk=question.pk).update(body="<p>Viikonloppuna.</p>")
    page = keep(cast, question)
    assert (page.title, page.section.key, page.author) == ("Mihin avaimet?", "working", cast.alice)
    assert "Viikonloppuna" in page.body
    assert "Avainkaappiin" in page.body
    assert page.checked_on == cast.day
    question.refresh_from_db()
    assert question.page == page == keep(cast, question)
    origin = origin_of(at(cast.pankki, cast.stina), page.pk)
    assert origin
    assert (origin.pk, origin.asked_by) == (question.pk, cast.bob.name)


def test_a_page_of_a_limited_question_opens_nothing(cast: Cast) -> None:
    limit_section(cast.pankki, "questions", SALES)
    question = answered(cast)
    page = keep(cast, question)
    assert page.audience is not None
    assert set(page.audience) == {"sales", "director", "management"}
    assert set(Page.objects.visible_to(cast.saara)) == {page}
    assert not Page.objects.visible_to(cast.stina).exists()


def test_a_page_made_of_a_question_leaves_an_unfinished_page_alone(cast: Cast) -> None:
    question = answered(cast)
    kept: dict[str, Any] = {"title": "Kesken", "body": "<p>Kesken</p>", "based_on": 0, "fields": {}}
    keep_draft(person=cast.alice, account=cast.pankki, section_id=section_id(), page=None, **kept)
    keep(cast, question)
    assert Draft.objects.get().title == "Kesken"


def test_making_a_page_is_refused_without_an_answer_and_in_a_section_of_something_else(cast: Cast) -> None:
    with refused("no_answer"):
        keep(cast, ask(cast, title="Vielä auki?"))
    question = answered(cast)
    local = Section.objects.create(kind="pages", account=cast.koulut, local_name="Omat", local_place=1)
    for number in (section_id("memos"), section_id("brief"), local.pk, 0):
        with refused("no_section"):
            turn_into_page(actor=cast.alice, question=question, section_id=number)
    assert not Page.objects.exists()


def test_who_makes_a_page_of_a_question(cast: Cast) -> None:
    Editor.objects.create(account=cast.pankki, person=cast.ines, named_by=cast.alice)
    question = answered(cast)
    names = {name for name, seen in SEES.items() if "pankki" in seen}
    able = {n for n in names if may_keep(p := getattr(cast, n), at(cast.pankki, p), question)}
    assert able == {"alice", "aaro", "ines"}
    contents = contents_of(cast.pankki, standing(cast.ines, cast.pankki))
    assert {line.key for line in page_sections(contents)} == {"working", "induction"}


# --- what waits -----------------------------------------------------------------------------------------------------
def test_a_director_sees_what_waits_in_all_their_accounts(cast: Cast) -> None:
    now = timezone.now()
    older = ask_question(actor=cast.charlie, account=cast.koulut, title="Vanha", body="", now=now - 9 * ONE_DAY)
    newer = ask_question(actor=cast.kerttu, account=cast.piilo, title="Uusi", body="", now=now)
    ask(cast)
    answer(ask_question(actor=cast.charlie, account=cast.koulut, title="Vastattu", body=""), cast.kerttu)
    assert list(unanswered_of(cast.kerttu)) == [older, newer]
    assert [one.subject for one in unanswered_of(cast.aaro)] == [KEYS]
    # Whoever sees, or stands above, without directing answers for nothing.
    assert not any(unanswered_of(person).exists() for person in (cast.greta, cast.bob, cast.eero, cast.ville))


def test_a_question_waits_in_working_days(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    question = ask(cast)
    friday = dt.datetime(2026, 11, 20, 21, 30, tzinfo=dt.UTC)  # 23:30 in Helsinki
    question.published_at = friday
    for day, days in ((20, 0), (21, 0), (22, 0), (23, 1), (24, 2)):
        monkeypatch.setattr("channels_app.queries.questions.today", lambda day=day: dt.date(2026, 11, day))
        assert waited(question) == days, day
    question.published_at = friday - dt.timedelta(days=4000)
    assert 260 < waited(question) < 300
