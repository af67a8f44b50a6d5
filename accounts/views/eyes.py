"""What waits for my eyes, and deciding about one of them: publish exactly this text, or give it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import signed_in
from accounts.actions.refusal import Refusal
from accounts.forms.eyes import DecideForm
from accounts.models import Approval, Person
from accounts.second_eyes import approve, asked_by, exact_text, give_back, may_decide, waiting_for
from accounts.views.parts import Request, render_page


@require_safe
@signed_in
def eyes(request: Request) -> HttpResponse:
    context = {"waiting": list(waiting_for(request.person)), "own": list(asked_by(request.person))}
    return render_page(request, "accounts/eyes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def eyes_decide(request: Request, pk: int) -> HttpResponse:
    approval = _asked(request.person, pk)
    if approval.author_id == request.person.pk:
        return HttpResponseRedirect(approval.path)
    if request.method != "POST":
        return _shown(request, approval, DecideForm())
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _shown(request, approval, form, status=422)
    try:
        _decide(request, approval, form)
    except Refusal as refusal:
        if refusal.code == "changed" and (latest := _latest(request.person, approval)):
            form.add_error(None, refusal.message)
            return _shown(request, latest, form, status=422)
        if refusal.code == "no_comment":
            form.add_error("comment", refusal.message)
            return _shown(request, approval, form, status=422)
        messages.error(request, refusal.message)
        # There it says what has become of it; whoever may not decide any more finds nothing there.
        return redirect("eyes") if refusal.code == "no_right" else redirect("eyes_decide", pk)
    return redirect("eyes")


def _decide(request: Request, approval: Approval, form: DecideForm) -> None:
    if request.POST.get("decision") == "approve":
        approve(actor=request.person, approval=approval, fingerprint=form.cleaned_data["fingerprint"])
        messages.success(request, _("Approved and published: %(title)s") % {"title": approval.title})
        return
    give_back(actor=request.person, approval=approval, comment=form.cleaned_data["comment"])
    name = approval.author.name
    messages.success(request, _("Given back to %(name)s, who reads what should change.") % {"name": name})


def _asked(person: Person, pk: int) -> Approval:
    """Fetch what was asked about, for its author and whoever may decide about it; Http404 for anybody else."""
    seen = Approval.objects.visible_to(person).select_related("account", "author", "decided_by")
    approval: Approval | None = seen.filter(pk=pk).first()
    if approval is None or not (approval.author_id == person.pk or may_decide(person, approval)):
        raise Http404
    return approval


def _latest(person: Person, approval: Approval) -> Approval | None:
    """Return the asking that now waits about the same thing."""
    return waiting_for(person).filter(thing=approval.thing, object_id=approval.object_id).first()


def _shown(request: Request, approval: Approval, form: DecideForm, status: int = 200) -> HttpResponse:
    if approval.verdict == Approval.Verdict.REPLACED and (latest := _latest(request.person, approval)):
        messages.info(request, _("The text has changed since you were asked. This is how it reads now."))
        return redirect("eyes_decide", latest.pk)
    exact = None if approval.verdict else exact_text(approval, request.person)
    if exact and request.method == "GET":
        exact.opened()
    # The name is that of what is shown here, whatever the form had that came before.
    context = {"approval": approval, "exact": exact, "form": form, **(exact.context if exact else {})}
    return render_page(request, "accounts/eyes_decide.html", context, status=status)


urlpatterns = [
    path("eyes/", eyes, name="eyes"),
    path("eyes/<int:pk>/", eyes_decide, name="eyes_decide"),
]
