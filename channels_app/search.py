"""What channels have to offer to the search: pages, memos, tasks and files, all in its index."""

from django.utils.translation import gettext_lazy as _

from accounts.queries.finding import Source
from channels_app.actions.indexing import FILE, MEMO, MESSAGE, PAGE, QUESTION, TASK, reindex

sources = (
    Source(PAGE, _("Pages"), "file-earmark-text", 20),
    Source(MESSAGE, _("Messages"), "megaphone", 22),
    Source(QUESTION, _("Questions and answers"), "question-circle", 24),
    Source(MEMO, _("Memos"), "journal-text", 30),
    Source(TASK, _("Tasks"), "list-check", 40),
    Source(FILE, _("Files"), "paperclip", 50),
)

__all__ = ["reindex", "sources"]
