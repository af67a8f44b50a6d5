"""An account's channel: its table of contents, pages, memos, tasks and files."""

from channels_app.models.contents import ContentsLine, ContentsVersion, Section, SectionKind, SectionSetting
from channels_app.models.files import File, FileVersion
from channels_app.models.memos import Decision, Memo, MemoParticipant
from channels_app.models.pages import Draft, Essential, Page, Revision
from channels_app.models.tasks import Task

__all__ = [
    "ContentsLine",
    "ContentsVersion",
    "Decision",
    "Draft",
    "Essential",
    "File",
    "FileVersion",
    "Memo",
    "MemoParticipant",
    "Page",
    "Revision",
    "Section",
    "SectionKind",
    "SectionSetting",
    "Task",
]
