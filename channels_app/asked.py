"""What messages, questions and feedback ask of one person, for their first page (channels_app/todo.py)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.queries.explain import local_clock, local_day
from accounts.todo import Todo
from channels_app.models import Message
from channels_app.queries.acknowledging import Waiting, waiting_acknowledgements
from channels_app.queries.feedback import unanswered_feedback_of
from channels_app.queries.questions import unanswered_of, waited
from kam.lib.dates import today

# From so many working days on, an unanswered question is what stands out.
LONG = 3


def asked_of(person: Person) -> list[Todo]:
    """Return what is to be acknowledged and answered, the acknowledgements first; three queries."""
    return [
        *(_acknowledge(one) for one in waiting_acknowledgements(person)),
        *_questions(unanswered_of(person)),
        *_feedback(unanswered_feedback_of(person)),
    ]


def _acknowledge(one: Waiting) -> Todo:
    message = one.message
    by = message.acknowledge_by
    assert by is not None  # noqa: S101  a constraint says so of every urgent message
    until = localtime(by, get_default_timezone())
    over = by <= timezone.now()
    clock = local_clock(until)
    when = clock if until.date() == today() else f"{local_day(until.date())} {clock}"
    note = _("was due %(when)s") if over else _("by %(when)s")
    text = _("Acknowledge for %(name)s: %(subject)s") if one.for_person else _("Acknowledge: %(subject)s")
    return Todo(
        text=text % {"name": one.for_person and one.for_person.name, "subject": message.subject},
        url=reverse("acknowledge", args=[message.account.customer_number, message.pk]),
        note=" · ".join([message.account.name, note % {"when": when}]),
        state="bad" if over else "warn",
        due=until.date(),
        time=until.time(),
        account=message.account.customer_number,
    )


def _questions(unanswered: Iterable[Message]) -> Iterator[Todo]:
    """Yield a line: whoever directs many accounts answers them on one page."""
    waiting = list(unanswered)
    if not waiting:
        return
    days = waited(waiting[0])
    text = ngettext("%(number)s question to answer", "%(number)s questions to answer", len(waiting))
    age = ngettext("the oldest since %(days)s working day", "the oldest since %(days)s working days", days)
    several = Counter(one.account.customer_number for one in waiting)
    yield Todo(
        text % {"number": len(waiting)},
        reverse("unanswered"),
        age % {"days": days} if days else _("asked today"),
        "warn" if days >= LONG else "run",
        several=tuple(several.items()),
    )


def _feedback(unanswered: Iterable[Message]) -> Iterator[Todo]:
    """Yield a line an account: feedback is answered where it was given."""
    numbers = Counter((one.account.customer_number, one.account.name) for one in unanswered)
    for (customer_number, name), number in numbers.items():
        text = ngettext(
            "%(name)s: %(number)s message to the director without an answer",
            "%(name)s: %(number)s messages to the director without an answer",
            number,
        )
        yield Todo(
            text % {"name": name, "number": number},
            f"{reverse('feedback', args=[customer_number])}?which=open",
            account=customer_number,
            number=number,
        )
