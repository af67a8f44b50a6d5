"""Questions as one reader of one account sees them, and what is unanswered in all accounts that somebody directs."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.text import Truncator

from accounts.access import Action, Extent, edits, running
from accounts.models import AccessGrant, Account, Kind, Person
from accounts.queries.within import rows_within
from channels_app.models import Message, MessageKind, Reply, SectionKind
from channels_app.queries.contents import Contents, Line
from channels_app.queries.finding import alike_in, found_in
from kam.lib.dates import today
from kam.lib.finnish_words import query_words
from kam.lib.html import text_of
from kam.lib.workdays import HELSINKI, workdays_between

SEARCH_KIND = "question"  # as the search knows questions
UNANSWERED, ANSWERED, MINE = "unanswered", "answered", "mine"
FILTERS = (UNANSWERED, ANSWERED, MINE)
MOST_ALIKE = 5
LONGEST_BEGINNING = 160
# Nobody but the asker has said anything, and nothing is marked right.
OPEN = Q(answered_at=None, right_reply=None)
# Older than this, a question is not counted to the day any more: over a year.
MOST_DAYS = 400


def questions_in(account: Account, person: Person) -> QuerySet[Message]:
    """Return the published questions that `person`, whose standing the account carries, sees there."""
    seen = Message.objects.seen_in(account, account.standing.kinds, person)
    return seen.published().filter(kind=MessageKind.QUESTION)


def questions_listed(account: Account, person: Person, which: str = "", words: str = "") -> QuerySet[Message]:
    """Return the questions of the list: unanswered ones first, the longest waiting at the top, then the newest.

    `which` is one of FILTERS or empty for all. Each of `words` is looked for in the question and its answers, in any
    form. Each has `open` and `answer_count`.
    """
    found = _counted(questions_in(account, person))
    if which == UNANSWERED:
        found = found.filter(OPEN)
    elif which == ANSWERED:
        found = found.exclude(OPEN)
    elif which == MINE:
        found = found.filter(author=person)
    if asked := query_words(words):
        found = found.filter(pk__in=found_in(account, account.standing, asked, SEARCH_KIND))
    waiting = Case(When(OPEN, then=F("published_at")))
    return found.order_by(waiting.asc(nulls_last=True), "-published_at", "-pk")


@dataclass(frozen=True)
class Alike:
    """A question that looks like another, and the beginning of its right answer, empty while none is marked."""

    question: Message
    words: str


def alike(account: Account, person: Person, title: str) -> list[Alike]:
    """Return the answered questions most like `title` that the reader sees, the most alike first; two queries."""
    ids = alike_in(account, account.standing, title, SEARCH_KIND, 2 * MOST_ALIKE)
    if not ids:
        return []
    found = questions_in(account, person).filter(pk__in=ids).exclude(OPEN).select_related("right_reply", "page")
    place = {pk: number for number, pk in enumerate(ids)}
    best = sorted(found, key=lambda question: place[question.pk])[:MOST_ALIKE]
    return [Alike(question, _beginning(question.right_reply)) for question in best]


def _beginning(answer: Reply | None) -> str:
    words = " ".join(text_of(answer.body).split()) if answer else ""
    return Truncator(words).chars(LONGEST_BEGINNING)


def question_of(account: Account, person: Person, pk: int) -> Message:
    """Fetch a question for its reader with its right answer and page; raises Http404 unless they see it."""
    seen = Message.objects.seen_in(account, account.standing.kinds, person).filter(kind=MessageKind.QUESTION)
    related = ("author", "right_reply__author", "right_by", "page", "section", "withdrawn_by")
    question: Message | None = seen.select_related(*related).filter(pk=pk).first()
    if question is None or question.published_at is None:
        raise Http404
    question.account = account
    return question


def unanswered_of(person: Person) -> QuerySet[Message]:
    """Return what is unanswered in the accounts that `person` acts as director of, the longest waiting first."""
    directed = AccessGrant.objects.filter(running(), person=person, acts_as=Kind.DIRECTOR).values("account_id")
    seen = Message.objects.visible_to(person).published().filter(OPEN, kind=MessageKind.QUESTION)
    return seen.filter(account__in=directed).select_related("account", "author").order_by("published_at", "pk")


def waited(question: Message) -> int:
    """Return for how many working days the question has waited, at most MOST_DAYS of the calendar."""
    asked = (question.published_at or question.created_at).astimezone(HELSINKI).date()
    return workdays_between(max(asked, today() - dt.timedelta(days=MOST_DAYS)), today())


# --- who may --------------------------------------------------------------------------------------------------------
def may_mark(person: Person, account: Account, question: Message, reply: Reply) -> bool:
    """Say whether `person`, who sees the question, marks this answer as the right one.

    Anybody who may write does so first (channel.md), though not of their own answer, but for whoever asked, who knows,
    and directors, whose word it is. A mark is changed by those two and by whoever made it.
    """
    if not account.standing.may(Action.WRITE) or question.withdrawn_at is not None or reply.removed_at is not None:
        return False
    decides = question.author_id == person.pk or account.standing.extent(Action.EDIT) is Extent.ALL
    if question.right_reply_id is not None:
        return decides or question.right_by_id == person.pk
    return decides or reply.author_id != person.pk


def may_unmark(person: Person, account: Account, question: Message) -> bool:
    decides = question.author_id == person.pk or account.standing.extent(Action.EDIT) is Extent.ALL
    return question.right_reply_id is not None and (decides or question.right_by_id == person.pk)


def may_keep(person: Person, account: Account, question: Message) -> bool:
    """Say whether `person` turns the question into a page: editors, once it has a right answer."""
    ready = question.is_published and question.right_reply_id is not None and question.page_id is None
    return ready and edits(person, account)


def page_sections(contents: Contents) -> list[Line]:
    """Return the sections that a question may become a page of: those that hold several, open to the reader."""
    return [line for line in contents.lines if line.open and line.kind == SectionKind.PAGES and not line.unused_because]


# --- of a page ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Origin:
    """The question that a page began as."""

    pk: int
    subject: str
    asked_by: str
    at: dt.datetime


def origin_of(account: Account, page_id: int) -> Origin | None:
    """Return the question that the page began as, if it was one that the reader sees; one query."""
    rows = rows_within(_ORIGIN_SQL, account, account.standing, page=page_id)
    return next((Origin(*row) for row in rows), None)


# Read with every page. Of what questions_in gives: what `seen_in` adds to `within` is feedback alone.
_ORIGIN_SQL = f"""
SELECT m.id, m.subject, btrim(who.first_name || ' ' || who.last_name), m.published_at
FROM channels_app_message m JOIN accounts_person who ON who.id = m.author_id
WHERE m.account_id = %(account)s AND (m.audience IS NULL OR m.audience && %(kinds)s::varchar[])
    AND m.kind = '{MessageKind.QUESTION}' AND m.published_at IS NOT NULL AND m.withdrawn_at IS NULL
    AND m.page_id = %(page)s
ORDER BY m.published_at DESC, m.id DESC LIMIT 1"""  # noqa: S608  a constant


def _counted(questions: QuerySet[Message]) -> QuerySet[Message]:
    answers = Reply.objects.filter(message=OuterRef("pk"), removed_at=None).order_by()
    number = answers.values("message").annotate(number=Count("pk")).values("number")
    return questions.select_related("author", "page").annotate(
        open=ExpressionWrapper(OPEN, BooleanField()), answer_count=Coalesce(Subquery(number), 0)
    )
