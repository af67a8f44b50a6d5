"""Memos as one reader of one account sees them, and the decisions that were announced from them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404
from django.urls import reverse

from accounts.access import Standing
from accounts.models import Account, Person
from accounts.queries.within import rows_within
from channels_app.models import Decision, Memo, MemoParticipant, Section, Task
from channels_app.queries.finding import found_in
from kam.lib.dates import today
from kam.lib.finnish_words import query_words

SECTION_KEY = "memos"
SEARCH_KIND = "memo"  # as the search knows memos
MOST_TOPICS = 200


def memo_section() -> Section:
    return Section.objects.get(key=SECTION_KEY)


def memos_in(account: Account, standing: Standing) -> QuerySet[Memo]:
    """Return the memos that the reader may see there, the latest meeting first."""
    return Memo.objects.within(account, standing.kinds).filter(page__removed_at=None)


def memo_of(account: Account, standing: Standing, pk: int) -> Memo:
    """Return a memo with all that its page shows; raises Http404 unless the reader may see it."""
    people = Prefetch(
        "participants", MemoParticipant.objects.select_related("person").order_by("person__name_key", "person")
    )
    decisions = Prefetch("decisions", Decision.objects.select_related("announced_by"))
    memos = memos_in(account, standing).select_related("page", "page__author", "page__changed_by")
    memo: Memo | None = memos.prefetch_related(people, decisions).filter(pk=pk).first()
    if memo is None:
        raise Http404
    memo.page.account = account
    return memo


def listed(account: Account, standing: Standing, *, words: str = "", meeting: str = "") -> QuerySet[Memo]:
    """Return the memos of the list with their numbers of decisions and open tasks.

    Each of `words` is looked for in whatever the search knows of a memo: topic, text, decisions, who was there, in
    any form of the word, the last one by its beginning.
    """
    memos = memos_in(account, standing).select_related("page", "page__author")
    if meeting:
        memos = memos.filter(meeting=meeting)
    if asked := query_words(words):
        memos = memos.filter(pk__in=found_in(account, standing, asked, SEARCH_KIND))
    open_tasks = Task.objects.within(account, standing.kinds).open_ones().filter(memo=OuterRef("pk"))
    return memos.annotate(
        decision_count=_counted(Decision.objects.filter(memo=OuterRef("pk"))), task_count=_counted(open_tasks)
    )


def _counted(rows: QuerySet[Decision] | QuerySet[Task]) -> Subquery:
    return Subquery(rows.order_by().values("memo").annotate(number=Count("pk")).values("number"))


def topics_of(account: Account, standing: Standing) -> list[str]:
    """Return the topics of the memos that the reader sees, in Finnish order: suggestions for the next one."""
    titles = memos_in(account, standing).order_by("page__title_key").values_list("page__title", flat=True)
    return list(dict.fromkeys(titles.distinct()[:MOST_TOPICS]))


@dataclass(frozen=True)
class Announced:
    """A decision that was announced: shown to whoever sees its memo, and to nobody else."""

    decision_id: int
    account_id: int
    text: str
    topic: str
    held_on: dt.date
    url: str
    who: str
    who_id: int | None
    at: dt.datetime


def announced_decisions(account: Account, standing: Standing, count: int) -> list[Announced]:
    """Return the latest announced decisions of the account that the reader may see; one query."""
    return [
        Announced(pk, account.pk, text, topic, held_on, _address(account, memo_id), who, who_id, at)
        for pk, text, topic, held_on, memo_id, who, who_id, at in rows_within(
            _ANNOUNCED_SQL, account, standing, count=count
        )
    ]


_ANNOUNCED_SQL = """
SELECT d.id, d.text, p.title, m.held_on, d.memo_id, coalesce(btrim(who.first_name || ' ' || who.last_name), ''),
    who.id, d.announced_at
FROM channels_app_decision d
JOIN channels_app_memo m ON m.page_id = d.memo_id
JOIN channels_app_page p ON p.id = m.page_id
LEFT JOIN accounts_person who ON who.id = d.announced_by_id
WHERE p.account_id = %(account)s AND (p.audience IS NULL OR p.audience && %(kinds)s::varchar[])
    AND p.removed_at IS NULL AND d.announced_at IS NOT NULL
ORDER BY d.announced_at DESC, d.id DESC LIMIT %(count)s"""


def announced_to(person: Person, since: dt.datetime, count: int) -> list[Announced]:
    """Return what was announced after `since` in all accounts that `person` sees, the latest first; one query."""
    memos = Memo.objects.visible_to(person, today()).filter(page__removed_at=None)
    decisions = Decision.objects.filter(memo__in=memos, announced_at__gt=since)
    decisions = decisions.select_related("memo__page__account", "announced_by").order_by("-announced_at", "-pk")
    return [
        Announced(
            decision_id=decision.pk,
            account_id=decision.memo.page.account_id,
            text=decision.text,
            topic=decision.memo.page.title,
            held_on=decision.memo.held_on,
            url=_address(decision.memo.page.account, decision.memo_id),
            who=decision.announced_by.name if decision.announced_by else "",
            who_id=decision.announced_by_id,
            at=decision.announced_at,
        )
        for decision in decisions[:count]
        if decision.announced_at is not None
    ]


def _address(account: Account, memo_id: int) -> str:
    return reverse("memo", args=[account.customer_number, memo_id])


def by_topic(memos: QuerySet[Memo]) -> QuerySet[Memo]:
    """Order memos for the list by topic: topics in Finnish order, in each the latest meeting first."""
    return memos.order_by(F("page__title_key"), "-held_on", "-pk")
