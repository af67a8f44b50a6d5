"""A year of messages in the channels of the demo: announced, acknowledged, asked and answered, through the actions.

What has long been said has reached people: who opened and acknowledged it when follows from numbers, so that it is the
same each time; the ladders are climbed at their own times, and no mail of before leaves any more.
"""

import datetime as dt
import random
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import Account, Delivery, Person
from accounts.second_eyes import approve, who_decides
from channels_app.actions.escalation import run_due_steps
from channels_app.actions.feedback import write_feedback
from channels_app.actions.messages import Words, pin_message, write_message
from channels_app.actions.pages import cleaned
from channels_app.actions.questions import ask_question, mark_right, turn_into_page
from channels_app.actions.replies import write_reply
from channels_app.aims import Aim
from channels_app.models import EscalationStep, Message, MessageKind, Section
from kam.demo_people import Team
from kam.demo_texts import Text, as_html, filled, helsinki, moment, read_all, working_day
from kam.lib.dates import ONE_DAY, today

TEXTS = Path(settings.BASE_DIR) / "demo" / "channel" / "viestit"
EYES_AFTER = dt.timedelta(minutes=25)
# Of a hundred recipients so many have opened, and acknowledged, what is so many days old (the first line that fits).
OPENED = [(200, 100), (30, 96), (7, 82), (1, 64), (0, 35)]
ACKNOWLEDGED_OF_LATE = 55


def fill_messages(pilot: Team | None, others: list[Team]) -> int:
    """Write the messages of all these accounts, those that have one already excepted; return how many."""
    before = Message.objects.count()
    started = set(Message.objects.values_list("account_id", flat=True).distinct())
    own, shared = read_all(TEXTS / "pilot"), read_all(TEXTS / "yhteiset")
    if pilot is not None and pilot.account.pk not in started:
        _Writer(pilot).write(own)
    for team in others:
        if team.account.pk not in started:
            _Writer(team).write(shared)
    _let_people_open()
    _climb_ladders()
    sent = {"state": Delivery.State.SENT, "sent_at": F("created_at")}
    Delivery.objects.filter(notice__isnull=False, state=Delivery.State.WAITING).update(**sent)
    return Message.objects.count() - before


class _Writer:
    """Writes one account's messages in the order in which they were said."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.account: Account = team.account
        self.choose = random.Random(f"messages {self.account.customer_number}")  # noqa: S311  variety, not secrecy

    def write(self, texts: list[Text]) -> None:
        told = [filled(text, self.team.facts(), self.account.customer_number) for text in texts if self._comes(text)]
        for text in sorted(told, key=lambda text: -int(text.one("written"))):
            self._say(text)

    def _comes(self, text: Text) -> bool:
        return self.choose.randrange(100) < int(text.one("chance", "100"))

    def _say(self, text: Text) -> None:
        author, when = self.team.who(text.one("by")), self._moment(text.one("written"), 0, text.name)
        if text.one("kind") == MessageKind.FEEDBACK:
            message = write_feedback(actor=author, account=self.account, text=text.one("text"), now=when)
        elif text.one("kind") == MessageKind.QUESTION:
            message = ask_question(
                actor=author, account=self.account, title=text.one("subject"), body=self._html(text.body), now=when
            )
        else:
            message = self._announce(text, author, when)
        for order, (key, line) in enumerate(self._replies(text), 1):
            self._reply(message, key, line, order, text)

    def _announce(self, text: Text, author: Person, when: dt.datetime) -> Message:
        words = Words(
            kind=text.one("kind"),
            subject=text.one("subject"),
            body=self._html(text.body),
            aim=Aim(roles=tuple(text.one("roles").split()), own_people=bool(text.one("own_people"))),
            limit=text.one("limit").split() or None,
            acknowledge_by=self._deadline(text.one("acknowledge")),
        )
        asked = bool(text.one("ask_eyes"))
        message = write_message(
            actor=author, account=self.account, words=words, ask_eyes=asked, eyes_note=text.one("eyes_note"), now=when
        )
        if message.published_at is None and not asked:
            message = self._approved(message, author, when + EYES_AFTER)
        if days := text.one("pinned"):
            message = pin_message(actor=author, message=message, until=today() + int(days) * ONE_DAY)
        return message

    def _approved(self, message: Message, author: Person, when: dt.datetime) -> Message:
        approval = message.account.approvals.get(thing="message", object_id=message.pk, verdict="")
        other = Person.objects.get(pk=who_decides(message.account, author)[0])
        approve(actor=other, approval=approval, fingerprint=approval.fingerprint, now=when)
        return Message.objects.select_related("account", "author").get(pk=message.pk)

    def _reply(self, message: Message, key: str, line: str, order: int, text: Text) -> None:
        days, who, words = line.split(" | ", 2)
        when = self._moment(days, order, text.name)
        reply = write_reply(actor=self.team.who(who), message=message, body=self._html(words), now=when)
        if key != "reply!":
            return
        director = self.team.who("director")
        mark_right(actor=director, question=message, reply=reply, now=when + dt.timedelta(hours=1))
        if section := text.one("page"):
            kept = Section.objects.get(key=section)
            message.refresh_from_db()
            turn_into_page(actor=director, question=message, section_id=kept.pk, now=when + dt.timedelta(hours=2))

    def _replies(self, text: Text) -> list[tuple[str, str]]:
        return [(key, value) for key, value in text.head if key in ("reply", "reply!")]

    def _html(self, markdown: str) -> str:
        return cleaned(self.account, as_html(markdown))

    def _moment(self, days: str, order: int, salt: str) -> dt.datetime:
        """Return a time of that working day, of today a while ago: nothing has been said yet to come."""
        return min(moment(int(days), order, salt), timezone.now() - dt.timedelta(minutes=5 * (12 - order)))

    def _deadline(self, words: str) -> dt.datetime | None:
        """Return "1 12:00" as noon of yesterday's working day, "-1 12:00" as noon of the next but at least tomorrow."""
        if not words:
            return None
        days, clock = words.split()
        hour, minute = clock.split(":")
        day = working_day(-int(days)) if int(days) > 0 else today() - int(days) * ONE_DAY
        return helsinki(day, int(hour), int(minute))


# --- what became of it -----------------------------------------------------------------------------------------------
# A number between 0 and 99 that message and person always share, and from which the hour follows too.
OPEN = """
WITH aged AS (
    SELECT r.id, m.id AS message_id, r.person_id, m.kind, m.published_at, m.acknowledge_by, m.asked_number,
        mod(abs(hashint8(m.id * 7919 + r.person_id)::bigint), 100) AS chance,
        least(coalesce(m.acknowledge_by, m.published_at + interval '4 days'), %(now)s) - m.published_at AS span,
        CASE {opened} END AS opened
    FROM channels_app_messagerecipient r JOIN channels_app_message m ON m.id = r.message_id
    WHERE r.opened_at IS NULL AND m.published_at < %(now)s
), opened AS (
    UPDATE channels_app_messagerecipient r SET opened_at = a.published_at + a.span * (a.chance + 1) / 105
    FROM aged a
    WHERE a.id = r.id AND a.chance < CASE WHEN a.kind = 'urgent' THEN greatest(a.opened, 70) ELSE a.opened END
    RETURNING r.id
), acknowledged AS (
    SELECT a.id, a.published_at + a.span * (a.chance + 2) / 105 AS at, a.asked_number FROM aged a
    WHERE a.kind = 'urgent' AND a.chance < CASE WHEN a.acknowledge_by < %(now)s THEN 100 ELSE %(late)s END
)
SELECT id, at, asked_number FROM acknowledged
"""
ACKNOWLEDGE = """
UPDATE channels_app_messagerecipient r
SET opened_at = coalesce(r.opened_at, said.at), acknowledged_at = said.at, acknowledged_number = said.number
FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[]) AS said(id, at, number) WHERE r.id = said.id
"""
READ = """
UPDATE accounts_notice n SET read_at = coalesce(r.opened_at, n.created_at)
FROM channels_app_messagerecipient r
WHERE n.thing = 'message' AND r.message_id = n.object_id AND r.person_id = n.person_id AND n.read_at IS NULL
    AND (r.opened_at IS NOT NULL OR n.created_at < %(long_ago)s)
"""
READ_LONG_AGO = "UPDATE accounts_notice SET read_at = created_at WHERE read_at IS NULL AND created_at < %(long_ago)s"


def _let_people_open() -> None:
    """Let the recipients open what was said, the older the more of them, and acknowledge what is urgent."""
    now = timezone.now()
    cases = " ".join(f"WHEN m.published_at <= %(now)s - interval '{days} days' THEN {share}" for days, share in OPENED)
    with connection.cursor() as cursor:
        cursor.execute(OPEN.format(opened=cases), {"now": now, "late": ACKNOWLEDGED_OF_LATE})
        if said := cursor.fetchall():
            cursor.execute(ACKNOWLEDGE, [list(column) for column in zip(*said, strict=True)])
        for statement in (READ, READ_LONG_AGO):
            cursor.execute(statement, {"long_ago": now - 30 * ONE_DAY})


def _climb_ladders() -> None:
    """Take each step that is due by now at its own time, the earliest first."""
    due = EscalationStep.objects.filter(done_at=None, due_at__lte=timezone.now())
    while moment_due := due.order_by("due_at").values_list("due_at", flat=True).first():
        run_due_steps(moment_due)
        if due.filter(due_at=moment_due).exists():  # in the quiet hours of that night
            run_due_steps(moment_due.replace(hour=12))
