"""Feedback to the directors: read by its author, the account's directors and the management group, nobody else."""

import datetime as dt

from django.utils.html import linebreaks
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import ABOVE_LIMITS, Account, Person
from channels_app.actions.messages import Words, write_message
from channels_app.actions.questions import ask_question
from channels_app.models import Message, MessageKind

LONGEST_SUBJECT = 80


def write_feedback(*, actor: Person, account: Account, text: str, now: dt.datetime | None = None) -> Message:
    """Send plain `text` to the account's directors, who are told. The same text sent twice is sent once.

    Raises Refusal without words.
    """
    subject, body = _parted(text)
    words = Words(kind=MessageKind.FEEDBACK, subject=subject, body=body, limit=[str(kind) for kind in ABOVE_LIMITS])
    return write_message(actor=actor, account=account, words=words, now=now)


def ask_everybody(*, actor: Person, account: Account, text: str, now: dt.datetime | None = None) -> Message:
    """Ask plain `text` as a question that everybody may read; raises Refusal without words."""
    subject, body = _parted(text)
    return ask_question(actor=actor, account=account, title=subject, body=body, now=now)


def _parted(text: str) -> tuple[str, str]:
    """Return the first line, shortened, as a subject, and what it does not say as HTML; Refusal without words."""
    text = text.replace("\0", "").strip()
    if not text:
        raise Refusal("no_words", _("Write something first."))
    first, _newline, rest = text.partition("\n")
    first = " ".join(first.split())
    subject = Truncator(first).chars(LONGEST_SUBJECT)
    return subject, linebreaks(text if subject != first else rest.strip(), autoescape=True)
