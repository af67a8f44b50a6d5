"""An account's channel: its table of contents, pages, memos, tasks and files."""

from channels_app.models.contents import ContentsLine, ContentsVersion, Section, SectionKind, SectionSetting
from channels_app.models.files import File, FileVersion
from channels_app.models.memos import Decision, Memo, MemoParticipant
from channels_app.models.messages import (
    EscalationStep,
    Mention,
    Message,
    MessageKind,
    MessageRecipient,
    Reminder,
    Repeat,
    Reply,
    Wording,
)
from channels_app.models.pages import Draft, Essential, Page, PageCheck, Revision
from channels_app.models.tasks import Task

__all__ = [
    "ContentsLine",
    "ContentsVersion",
    "Decision",
    "Draft",
    "EscalationStep",
    "Essential",
    "File",
    "FileVersion",
    "Memo",
    "MemoParticipant",
    "Mention",
    "Message",
    "MessageKind",
    "MessageRecipient",
    "Page",
    "PageCheck",
    "Reminder",
    "Repeat",
    "Reply",
    "Revision",
    "Section",
    "SectionKind",
    "SectionSetting",
    "Task",
    "Wording",
]
