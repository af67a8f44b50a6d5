"""What the director decides about the sections of an account: limits, "not used here", local sections."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action, account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account
from accounts.views.parts import Request
from channels_app.actions import sections as actions
from channels_app.forms.sections import EVERYBODY, SOME, LocalSectionForm, SectionSettingForm
from channels_app.models import Section
from channels_app.models.contents import MOST_LOCAL_SECTIONS
from channels_app.queries.contents import Line, contents_of
from channels_app.queries.sections import losing_sight
from channels_app.views.parts import channel_page, section_in


# --- a section at the account ---------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def setting(request: Request, customer_number: str, section_id: int) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    contents = contents_of(account, account.standing)
    line = section_in(contents, section_id)
    limited = line.kind not in actions.UNLIMITED_KINDS
    form = SectionSettingForm(request.POST or None, limited=limited, initial=_as_it_is(line))
    losing: list[Any] = []
    if request.method == "POST" and form.is_valid():
        losing = losing_sight(account, line.limit, form.limit)
        if (not losing or "confirmed" in request.POST) and _set(request, account, line, form):
            return redirect(line.url)
    context = {"line": line, "form": form, "losing": losing}
    status = 422 if form.errors else 200
    return channel_page(
        request, "channel/section_setting.html", account, context, section=line, contents=contents, status=status
    )


def _as_it_is(line: Line) -> dict[str, Any]:
    return {
        "sees": EVERYBODY if line.limit is None else SOME,
        "kinds": line.limit or (),
        "unused_because": line.unused_because,
    }


def _set(request: Request, account: Account, line: Line, form: SectionSettingForm) -> bool:
    section = Section.objects.get(pk=line.section_id)
    because = form.cleaned_data["unused_because"]
    try:
        actions.set_section(
            actor=request.person, account=account, section=section, limit=form.limit, unused_because=because
        )
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, _("Saved. It holds from now on."))
    return True


# --- the account's own ----------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def local_new(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    form = LocalSectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            section = actions.add_local_section(actor=request.person, account=account, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The section has been added."))
            return redirect("section", customer_number, section.pk)
    return _local_page(request, account, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def local(request: Request, customer_number: str, section_id: int) -> HttpResponse:
    """One of the account's own sections: `does` says what is to be done with it."""
    account = account_for(request.person, customer_number, Action.MANAGE)
    section = Section.objects.filter(account=account, pk=section_id).first()
    if section is None:
        raise Http404
    form = LocalSectionForm(request.POST if request.POST.get("does") == "rename" else None)
    if request.method == "POST" and _done(request, section, form):
        return redirect("local_section_new", customer_number)
    if not form.is_bound:
        form = LocalSectionForm(initial={"name": section.local_name})
    return _local_page(request, account, form, section)


def _done(request: Request, section: Section, form: LocalSectionForm) -> bool:
    does = request.POST.get("does", "")
    if does == "rename" and not form.is_valid():
        return False
    deeds: dict[str, Callable[[], Any]] = {
        "rename": lambda: actions.rename_local_section(actor=request.person, section=section, **form.cleaned_data),
        "up": lambda: actions.move_local_section(actor=request.person, section=section, up=True),
        "down": lambda: actions.move_local_section(actor=request.person, section=section, up=False),
        "remove": lambda: actions.remove_local_section(actor=request.person, section=section),
        "bring back": lambda: actions.bring_back_local_section(actor=request.person, section=section),
    }
    told = {
        "rename": _("The section has a new name."),
        "remove": _("The section has been removed. What is in it stays readable among the removed sections."),
        "bring back": _("The section is in the contents again."),
    }
    if does not in deeds:
        return True
    try:
        deeds[does]()
    except Refusal as refusal:
        if does != "rename":
            messages.error(request, refusal.message)
            return True
        form.add_error(None, refusal.message)
        return False
    if does in told:
        messages.success(request, told[does])
    return True


def _local_page(
    request: Request, account: Account, form: LocalSectionForm, section: Section | None = None
) -> HttpResponse:
    contents = contents_of(account, account.standing)
    own = list(actions.local_sections(account))
    context = {
        "form": form,
        "renamed": section,
        "own": own,
        "full": len(own) >= MOST_LOCAL_SECTIONS,
        "shared": [line for line in contents.lines if not line.local],
        "removed": list(Section.objects.filter(account=account, removed_at__isnull=False).order_by("-removed_at")),
    }
    status = 422 if form.errors else 200
    return channel_page(request, "channel/local_sections.html", account, context, contents=contents, status=status)


urlpatterns = [
    path("accounts/<str:customer_number>/sections/<int:section_id>/setting/", setting, name="section_setting"),
    path("accounts/<str:customer_number>/local-sections/", local_new, name="local_section_new"),
    path("accounts/<str:customer_number>/local-sections/<int:section_id>/", local, name="local_section"),
]
