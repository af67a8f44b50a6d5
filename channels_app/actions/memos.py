"""Writing memos: text, who was there, decisions, tasks and the next meeting are saved together or not at all.

The text is a page (actions/pages.py), and every save of a memo is a revision of it, also one that changed a decision
alone: whoever saves over a later revision is asked. Who may write (anybody who sees the account) and who may change a
memo (`may_change_memo`) is settled by the view.

An announced decision has been read by people who will not read it again: its text is not changed and it is not
dropped. Whoever has to change it takes the announcement back first, and says so by announcing anew.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import edits
from accounts.actions.refusal import Refusal
from accounts.models import Account, Person
from channels_app.actions.indexing import index_pages
from channels_app.actions.page_limits import stored_limit
from channels_app.actions.pages import cleaned, create_page, save_page
from channels_app.actions.tasks import add_task
from channels_app.models import Decision, Memo, MemoParticipant, Page
from channels_app.models.locks import hold_limits
from channels_app.queries.memos import memo_section
from channels_app.queries.people import people_at

# A memo of the same words by the same person within this time is the same form sent twice.
SENT_TWICE = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class DecisionLine:
    """A decision as written: `pk` names the one that it changes, None is a new one."""

    text: str
    pk: int | None = None


@dataclass(frozen=True)
class TaskLine:
    """A task that the memo agrees on. Those that it has already are changed one by one (actions/tasks.py)."""

    title: str
    person: Person | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Minutes:
    """What somebody wrote of a meeting. `next_at` is aware; `participants` are ids of people."""

    topic: str
    body: str
    held_on: dt.date
    meeting: str
    place: str = ""
    others: str = ""
    participants: frozenset[int] = frozenset()
    decisions: tuple[DecisionLine, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    next_at: dt.datetime | None = None
    next_place: str = ""


def may_change_memo(person: Person, account: Account, memo: Memo) -> bool:
    """Say whether `person`, who sees the memo, changes it: its author, and the account's editors."""
    return memo.page.author_id == person.pk or edits(person, account)


def minutes_of(memo: Memo) -> Minutes:
    """Return the memo as it stands, without its tasks."""
    return Minutes(
        topic=memo.page.title,
        body=memo.page.body,
        held_on=memo.held_on,
        meeting=memo.meeting,
        place=memo.place,
        others=memo.others,
        participants=frozenset(one.person_id for one in memo.participants.all()),
        decisions=tuple(DecisionLine(decision.text, decision.pk) for decision in memo.decisions.all()),
        next_at=memo.next_at,
        next_place=memo.next_place,
    )


@transaction.atomic
def create_memo(
    *,
    actor: Person,
    account: Account,
    minutes: Minutes,
    limit: Collection[str] | None = None,
    now: dt.datetime | None = None,
) -> Memo:
    """Write a new memo. The same one sent again within ten minutes is the one that was written.

    The same words limited otherwise are another memo: whoever limits them must not be left with the open one.

    Raises Refusal without a topic, and for a task or participant whom the account does not know.
    """
    _one_at_a_time(actor, account)
    now = now or timezone.now()
    before = Memo.objects.filter(page__account=account, page__author=actor, page__created_at__gt=now - SENT_TWICE)
    for memo in before.filter(page__number=1, page__removed_at=None).select_related("page"):
        if _same(memo, minutes) and memo.page.limit == stored_limit(limit):
            return memo
    page = create_page(
        actor=actor, account=account, section_id=memo_section().pk, title=minutes.topic, body=minutes.body,
        limit=limit, now=now,
    )  # fmt: skip
    memo = Memo.objects.create(page=page, held_on=minutes.held_on, meeting=minutes.meeting)
    return _put(memo, actor, minutes)


@transaction.atomic
def save_memo(
    *,
    actor: Person,
    memo: Memo,
    minutes: Minutes,
    based_on: int,
    note: str = "",
    began_from: int | None = None,
    now: dt.datetime | None = None,
) -> Memo:
    """Save what `actor` wrote over revision `based_on` of the memo's page. The same words sent again change nothing.

    Raises pages.Conflict when somebody saved in between (the view keeps what was written as a draft), Refusal as for a
    new one, when the memo has been removed, and when an announced decision would be changed or dropped.
    """
    account = memo.page.account
    hold_limits(account.pk)
    page = Page.objects.select_for_update(of=("self",)).get(pk=memo.pk)
    memo = Memo.objects.select_related("page__account").get(pk=memo.pk)
    if page.number != based_on and page.changed_by_id == actor.pk and _same(memo, minutes):
        return memo
    memo.page = save_page(
        actor=actor, page=memo.page, title=minutes.topic, body=minutes.body, based_on=based_on, note=note,
        began_from=began_from, now=now,
    )  # fmt: skip
    return _put(memo, actor, minutes)


def _put(memo: Memo, actor: Person, minutes: Minutes) -> Memo:
    account = memo.page.account
    if (minutes.next_at, minutes.next_place) != (memo.next_at, memo.next_place) and memo.next_at is not None:
        memo.next_sequence += 1
    for name in ("held_on", "meeting", "place", "others", "next_at", "next_place"):
        setattr(memo, name, getattr(minutes, name))
    memo.save()
    _put_participants(memo, minutes.participants)
    _put_decisions(memo, minutes.decisions)
    for line in minutes.tasks:
        add_task(actor=actor, account=account, memo=memo, title=line.title, person=line.person, due_on=line.due_on)
    index_pages([memo.pk])  # again: the page alone was told before its decisions were there
    return memo


def _put_participants(memo: Memo, wanted: frozenset[int]) -> None:
    """Name who was there. Whoever is named stays so when they lose sight of the account; new ones have to see it."""
    named = set(memo.participants.values_list("person_id", flat=True))
    new = wanted - named
    if new and people_at(memo.page.account).filter(pk__in=new).count() != len(new):
        raise Refusal("stranger", _("Choose those present from the account's people; write others by name."))
    memo.participants.filter(person__in=named - wanted).delete()
    MemoParticipant.objects.bulk_create(MemoParticipant(memo=memo, person_id=person_id) for person_id in sorted(new))


def _put_decisions(memo: Memo, lines: tuple[DecisionLine, ...]) -> None:
    there = {decision.pk: decision for decision in memo.decisions.select_for_update()}
    kept = {line.pk for line in lines if line.pk in there}
    for pk, decision in there.items():
        changed = next((line.text for line in lines if line.pk == pk), None) != decision.text
        if changed and decision.announced_at is not None:
            text = decision.text if len(decision.text) < 60 else f"{decision.text[:59]}…"
            raise Refusal(
                "announced",
                _("“%(decision)s” has been announced: take the announcement back before changing it.")
                % {"decision": text},
            )
    memo.decisions.exclude(pk__in=kept).delete()
    for position, line in enumerate(lines, 1):
        decision = there[line.pk] if line.pk in kept else Decision(memo=memo)
        decision.position, decision.text = position, line.text
        decision.save()


def _same(memo: Memo, minutes: Minutes) -> bool:
    """Say whether the memo stands as `minutes` would make it, tasks included."""

    def bare(each: Minutes) -> Minutes:
        texts = tuple(DecisionLine(line.text) for line in each.decisions)
        return replace(each, decisions=texts, tasks=(), topic=" ".join(each.topic.split()))

    written = replace(minutes, body=cleaned(memo.page.account, minutes.body))
    agreed = {(task.title, task.person_id, task.due_on) for task in memo.tasks.filter(removed_at=None)}
    tasks = {(" ".join(line.title.split()), line.person and line.person.pk, line.due_on) for line in minutes.tasks}
    return bare(written) == bare(minutes_of(memo)) and tasks <= agreed


def _one_at_a_time(actor: Person, account: Account) -> None:
    """Hold other forms of the same person at the account until this one is written: the second finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"memo {account.pk} {actor.pk}"])
