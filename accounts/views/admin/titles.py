"""The table that says which role a title of the billing system means."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import administrator_required
from accounts.actions.refusal import Refusal
from accounts.actions.titles import remove_title, set_title
from accounts.forms.admin.titles import TitleForm
from accounts.models import Role, TitleRole
from accounts.queries.admin.titles import bearers, title_lines, unknown_titles
from accounts.views.parts import Request, text_in


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def titles(request: Request) -> HttpResponse:
    """The table; the form posted here adds a title or changes what it means."""
    form = TitleForm(request.POST or None, initial={"title": text_in(request, "title")})
    if form.is_valid():
        try:
            row = set_title(actor=request.person, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("title", refusal.message)
        else:
            words = {"title": row.title, "role": row.get_role_display()}
            messages.success(request, _("“%(title)s” means %(role)s now.") % words)
            return redirect("titles")
    counts = bearers()
    context = {
        "form": form,
        "lines": title_lines(counts),
        "unknown": unknown_titles(counts),
        "roles": Role.choices,
    }
    return render(request, "accounts/admin/titles.html", context, status=422 if form.is_bound else 200)


@require_POST
@administrator_required
def title_remove(request: Request, pk: int) -> HttpResponse:
    title = get_object_or_404(TitleRole, pk=pk)
    remove_title(actor=request.person, title=title)
    messages.success(request, _("“%(title)s” means nothing any more.") % {"title": title.title})
    return redirect("titles")


urlpatterns = [
    path("titles/", titles, name="titles"),
    path("titles/<int:pk>/remove/", title_remove, name="title_remove"),
]
