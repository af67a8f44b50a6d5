"""What a channel adds to the handover letter: what must be acknowledged and what is pinned, one's own questions that
nobody has answered, the pages to read first, the open tasks, the last memos.
"""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Standing, standing
from accounts.handover import LetterItem, LetterPart
from accounts.models import Account, Person
from accounts.queries.explain import local_day
from channels_app.models import Essential, Memo, Message, MessageKind, Page, Revision, Task
from channels_app.queries.essentials import superiors_of
from kam.lib.dates import today

# channel.md: the account in brief, working at the sites, induction. In this order.
READ_FIRST = ("brief", "working", "induction")
MOST_MESSAGES, MOST_OF_SECTION, MOST_TASKS, MOST_MEMOS = 15, 6, 15, 2
MOST_OF_ESSENTIAL = 300


def letter_parts(person: Person, account: Account) -> list[LetterPart]:
    """Return what somebody new on `account` reads first there, each part empty when there is nothing; nine queries."""
    seen = standing(person, account)
    messages = Message.objects.seen_in(account, seen.kinds, person).published().select_related("author")
    return [
        LetterPart(_("To be acknowledged"), tuple(_to_acknowledge(person, account, messages))),
        LetterPart(_("Pinned"), tuple(_pinned(account, messages))),
        LetterPart(_("Your questions that nobody has answered"), tuple(_questions(person, account, messages))),
        LetterPart(_("Pages to read first"), tuple(_pages(person, account, seen))),
        LetterPart(_("Open tasks, yours and nobody's"), tuple(_tasks(person, account, seen))),
        LetterPart(_("The latest memos"), tuple(_memos(account, seen))),
    ]


def _to_acknowledge(person: Person, account: Account, messages: QuerySet[Message]) -> Iterator[LetterItem]:
    """Yield the urgent messages that are for the person and that they have not acknowledged as they read now."""
    asked = Q(recipients__person=person, recipients__acknowledged_number__lt=F("asked_number"))
    for message in messages.filter(asked, kind=MessageKind.URGENT)[:MOST_MESSAGES]:
        by = timezone.localtime(message.acknowledge_by)
        note = _("by %(day)s") % {"day": f"{local_day(by)} {by:%H:%M}"}
        yield LetterItem(message.subject, _address("message", account, message), note)


def _pinned(account: Account, messages: QuerySet[Message]) -> Iterator[LetterItem]:
    pinned = messages.filter(pinned_until__gte=today()).exclude(kind=MessageKind.URGENT)
    for message in pinned[:MOST_MESSAGES]:
        note = f"{message.author.name}, {local_day(timezone.localtime(message.published_at))}"
        name = "question" if message.kind == MessageKind.QUESTION else "message"
        yield LetterItem(message.subject, _address(name, account, message), note)


def _questions(person: Person, account: Account, messages: QuerySet[Message]) -> Iterator[LetterItem]:
    """Yield the person's own questions without an answer: somebody who comes back may have left some."""
    own = messages.filter(kind=MessageKind.QUESTION, author=person, answered_at=None, right_reply=None)
    for message in own[:MOST_MESSAGES]:
        yield LetterItem(message.subject, _address("question", account, message))


def _address(name: str, account: Account, message: Message) -> str:
    return reverse(name, args=[account.customer_number, message.pk])


def _pages(person: Person, account: Account, seen: Standing) -> Iterator[LetterItem]:
    """Yield the first pages of each section, and how many more it has."""
    standing_ones = Page.objects.within(account, seen.kinds).standing_ones()
    of_sections: dict[str, list[Page]] = {key: [] for key in READ_FIRST}
    for page in standing_ones.filter(section__key__in=READ_FIRST, memo=None).select_related("section").defer("body"):
        of_sections[page.section.key].append(page)
    named = [page for pages in of_sections.values() for page in pages[:MOST_OF_SECTION]]
    essentials = _essentials(person, account, seen, named)
    for pages in of_sections.values():
        for page in pages[:MOST_OF_SECTION]:
            address = reverse("page", args=[account.customer_number, page.pk])
            yield LetterItem(page.title, address, essentials.get(page.pk, ""))
        if more := len(pages[MOST_OF_SECTION:]):
            text = ngettext("%(number)s more page in the section", "%(number)s more pages in the section", more)
            address = reverse("section", args=[account.customer_number, pages[0].section_id])
            yield LetterItem(text % {"number": more}, address)


def _essentials(person: Person, account: Account, seen: Standing, pages: list[Page]) -> dict[int, str]:
    """Return by page what the nearest superior of `person` wrote above it, in short, with their name; two queries.

    As on the page itself, not of a revision that the reader may not see.
    """
    steps = superiors_of(person)
    revisions = Revision.objects.within(account, seen.kinds)
    readable = Exists(revisions.filter(page=OuterRef("page"), number=OuterRef("page_number")))
    written = Essential.objects.filter(readable, page__in=pages, author__in=steps).select_related("author")
    farthest_first = sorted(written, key=lambda one: steps[one.author_id], reverse=True)
    return {one.page_id: f"{one.author.name}: {Truncator(one.text).chars(MOST_OF_ESSENTIAL)}" for one in farthest_first}


def _tasks(person: Person, account: Account, seen: Standing) -> Iterator[LetterItem]:
    theirs = Q(person=person) | Q(person=None)
    for task in Task.objects.within(account, seen.kinds).open_ones().filter(theirs)[:MOST_TASKS]:
        by = _("by %(day)s") % {"day": local_day(task.due_on)} if task.due_on else ""
        whose = "" if task.person_id else _("nobody's")
        url = f"{reverse('tasks', args=[account.customer_number])}#task-{task.pk}"
        yield LetterItem(task.title, url, ", ".join(filter(None, [by, whose])))


def _memos(account: Account, seen: Standing) -> Iterator[LetterItem]:
    held = Memo.objects.within(account, seen.kinds).filter(page__removed_at=None).select_related("page")
    for memo in held[:MOST_MEMOS]:
        yield LetterItem(
            memo.page.title, reverse("memo", args=[account.customer_number, memo.pk]), local_day(memo.held_on)
        )
