"""What kinds of notices there are: the words of each, the topic whose way its reader chose, and what must reach them.

Other apps say what their things have to tell at the moment of sending, with `about`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from accounts.models import Notice, Topic, Way

# channel.md, "Home and notifications": at once for what is urgent, once a day for the rest.
DEFAULT_WAYS = {
    Topic.URGENT: Way.AT_ONCE,
    Topic.DUTIES: Way.AT_ONCE,
    Topic.ANNOUNCEMENTS: Way.DAILY,
    Topic.QUESTIONS: Way.DAILY,
    Topic.DISCUSSIONS: Way.DAILY,
}
# What nobody can turn off: it has to be acknowledged, or somebody answers for somebody else's having done so.
MANDATORY = frozenset({Topic.URGENT})


@dataclass(frozen=True)
class NoticeKind:
    """`phrase` stands before the title and may name %(who)s; `wakes` telephones that were allowed to be.

    `answer` is what lies below the notice's path where one press answers it: a telephone leads there.
    """

    topic: Topic
    phrase: str | Promise
    icon: str
    wakes: bool = False
    answer: str = ""

    @property
    def mandatory(self) -> bool:
        return self.topic in MANDATORY


KINDS: dict[str, NoticeKind] = {
    "urgent": NoticeKind(Topic.URGENT, _("Urgent, to be acknowledged"), "exclamation-diamond", True, "acknowledge/"),
    "urgent_reminder": NoticeKind(Topic.URGENT, _("Not acknowledged yet"), "exclamation-diamond", True, "acknowledge/"),
    "urgent_about": NoticeKind(Topic.URGENT, _("%(who)s has not acknowledged"), "person-exclamation", True),
    "urgent_some": NoticeKind(Topic.URGENT, _("Some of your people have not acknowledged"), "people", True),
    "urgent_over": NoticeKind(Topic.URGENT, _("Time is up, some have not acknowledged"), "alarm"),
    "announcement": NoticeKind(Topic.ANNOUNCEMENTS, _("Announcement from %(who)s"), "megaphone"),
    "repeat": NoticeKind(Topic.ANNOUNCEMENTS, _("Not opened yet, from %(who)s"), "megaphone"),
    "discussion": NoticeKind(Topic.DISCUSSIONS, _("Discussion begun by %(who)s"), "chat-text"),
    "reply": NoticeKind(Topic.DISCUSSIONS, _("%(who)s replied"), "reply"),
    "mention": NoticeKind(Topic.DISCUSSIONS, _("%(who)s mentioned you"), "at"),
    "question": NoticeKind(Topic.QUESTIONS, _("Question from %(who)s"), "question-circle"),
    "answer": NoticeKind(Topic.QUESTIONS, _("%(who)s answered"), "chat-left-text"),
    "right_answer": NoticeKind(Topic.QUESTIONS, _("The right answer was found"), "check-circle"),
    "feedback": NoticeKind(Topic.QUESTIONS, _("Feedback from %(who)s"), "inbox"),
    "eyes_asked": NoticeKind(Topic.DUTIES, _("%(who)s asks for your eyes"), "eye"),
    "eyes_approved": NoticeKind(Topic.DUTIES, _("Approved by %(who)s and published"), "check-circle"),
    "eyes_returned": NoticeKind(Topic.DUTIES, _("Given back by %(who)s"), "arrow-return-left"),
    "bounced": NoticeKind(Topic.DUTIES, _("Mail to %(who)s comes back"), "envelope-exclamation"),
}


def phrase_of(notice: Notice) -> str:
    """Say in the active language what a notice is; whose deed it was is loaded."""
    return str(KINDS[notice.kind].phrase) % {"who": notice.who.name if notice.who else ""}


@dataclass(frozen=True)
class About:
    """What a notice's thing has to say when it is sent: its content as plain text, and what the link's button says."""

    text: str
    button: str


# From notices to what they still have to tell, by the notice's id. One that is left out is not sent any more.
AboutMany = Callable[[Iterable[Notice]], dict[int, About]]
_about: dict[str, AboutMany] = {}


def about(thing: str) -> Callable[[AboutMany], AboutMany]:
    """Register what tells of `thing`: asked in the reader's language just before sending, in few queries for many."""

    def register(tells: AboutMany) -> AboutMany:
        _about[thing] = tells
        return tells

    return register


@cache
def _load_tellers() -> None:
    """Commands and pages ask too; only Celery's worker loads the tasks modules, which bring the tellers, by itself."""
    autodiscover_modules("tasks")


def teller_of(thing: str) -> AboutMany | None:
    _load_tellers()
    return _about.get(thing)
