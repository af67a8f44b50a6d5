"""Signing in as anybody of the demo company with one press. Exists only while the system runs as a demo."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.signin.logins import known_people, login_for_email
from accounts.signin.rules import DEMO_SESSION
from kam import demo


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_signin(request: HttpRequest) -> HttpResponse:
    """List one person a role; POST `employee_number` signs in as them, second step included."""
    if not settings.DEMO:
        raise Http404
    if request.method != "POST":
        return render(request, "demo/signin.html", {"cast": demo.cast()})
    person = get_object_or_404(known_people(), employee_number=request.POST.get("employee_number", "")[:20])
    login = login_for_email(person.email)
    if login is None:
        raise Http404
    logout(request)
    response = perform_login(request, login, email_verification="none", redirect_url="/")
    if request.user.is_authenticated:
        request.session[DEMO_SESSION] = True
    return response
