"""Where the administration starts: what needs somebody's eyes, and the ways on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import administrator_required
from accounts.queries.admin.imports import history
from accounts.queries.admin.overview import overview
from accounts.views.parts import Request


@require_safe
@administrator_required
def administration(request: Request) -> HttpResponse:
    context = {"waiting": overview(), "latest": history()[:5]}
    return render(request, "accounts/admin/administration.html", context)


urlpatterns = [path("", administration, name="administration")]
