"""What the channel's views share: the frame with the account's head and contents, and finding a section in it."""

from typing import Any

from django.http import Http404, HttpResponse

from accounts.models import Account
from accounts.views.parts import Request, render_page
from channels_app.queries.contents import Contents, Line, contents_of


def channel_page(
    request: Request,
    template: str,
    account: Account,
    context: dict[str, Any],
    *,
    section: Line | int | None = None,
    contents: Contents | None = None,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of a channel: `templates/channel/base.html` draws the contents, `section` is marked in them.

    `account` comes from `account_for`, which sets the standing.
    """
    contents = contents or contents_of(account, account.standing)
    current = section.section_id if isinstance(section, Line) else section
    frame = {"account": account, "contents": contents, "current_section": current}
    return render_page(request, template, frame | context, part=part, status=status)


def section_in(contents: Contents, section_id: int) -> Line:
    """Return the section, open to the reader; raises Http404 otherwise, also for a limited one."""
    line = contents.line(section_id)
    if line is None or not line.open:
        raise Http404
    return line
