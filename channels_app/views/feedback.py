"""The feedback box: writing to the director from any page, one's own feedback, and all of it for those it is for."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account
from accounts.views.parts import Request
from channels_app.actions.feedback import ask_everybody, write_feedback
from channels_app.forms.questions import ToDirectorForm
from channels_app.models import SectionKind
from channels_app.queries.contents import Contents, Line, contents_of
from channels_app.queries.feedback import FILTERS, feedback_listed, reads_all, summary_of, waited
from channels_app.views.parts import channel_page, section_in

A_PAGE = 25


def feedback_section(account: Account) -> tuple[Contents, Line | None]:
    """Return the contents and the section of feedback, None when it was removed; Http404 when it is limited."""
    contents = contents_of(account, account.standing)
    line = contents.of_kind(SectionKind.FEEDBACK)
    return contents, line and section_in(contents, line.section_id)


@require_safe
@signed_in
def feedback(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = feedback_section(account)
    which = request.GET.get("which", "")
    which = which if which in FILTERS else ""
    page = Paginator(feedback_listed(account, request.person, which), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, waited(one)) for one in page],
        "which": which,
        "reads_all": reads_all(account),
        "summary": summary_of(account),
        "form": ToDirectorForm(),
        "back": reverse("feedback", args=[customer_number]),
        "line": section,
    }
    return channel_page(request, "channel/feedback.html", account, context, section=section, contents=contents)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def write_to_director(request: Request, customer_number: str) -> HttpResponse:
    """Take what was written in the field at the end of any page, and lead back there."""
    account = account_for(request.person, customer_number, Action.WRITE)
    back = _back(request, account)
    form = ToDirectorForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _sent(request, account, form):
        said = (
            _("Your question has been asked: it stands among the questions, and everybody may answer.")
            if form.cleaned_data["everybody"]
            else _("Sent to the account's director. You hear when they answer.")
        )
        messages.success(request, said)
        return HttpResponseRedirect(back)
    context: dict[str, Any] = {"form": form, "back": back}
    return channel_page(
        request, "channel/to_director.html", account, context, status=422 if request.method == "POST" else 200
    )


def _sent(request: Request, account: Account, form: ToDirectorForm) -> bool:
    send = ask_everybody if form.cleaned_data["everybody"] else write_feedback
    try:
        send(actor=request.person, account=account, text=form.cleaned_data["text"])
    except Refusal as refusal:
        form.add_error("text", refusal.message)
        return False
    return True


def _back(request: Request, account: Account) -> str:
    """Return the account's page that the field was on, its channel's home when that is not known."""
    home = reverse("account", args=[account.customer_number])
    back = request.POST.get("back", "") or request.GET.get("back", "")
    return back if back.startswith(home) and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else home


_HERE = "accounts/<str:customer_number>/"
urlpatterns = [
    path(f"{_HERE}feedback/", feedback, name="feedback"),
    path(f"{_HERE}to-director/", write_to_director, name="write_to_director"),
]
