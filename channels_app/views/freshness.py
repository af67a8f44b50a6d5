"""What a person has to check: the pages of all accounts they direct or edit, the overdue first."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from accounts.views.parts import Request, render_page
from channels_app.queries.freshness import to_check
from kam.lib.dates import today


@require_safe
@signed_in
def freshness(request: Request) -> HttpResponse:
    accounts = to_check(request.person)
    context = {
        "accounts": accounts,
        "overdue": sum(one.overdue_count for one in accounts),
        "soon": sum(one.soon_count for one in accounts),
        "pages": sum(one.pages for one in accounts),
        "today": today(),
    }
    return render_page(request, "channel/freshness.html", context)


urlpatterns = [path("freshness/", freshness, name="freshness")]
