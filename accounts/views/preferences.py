"""Language and colours, chosen with one press on any page: kept with the login, and in this browser besides."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.middleware import THEME_COOKIE
from accounts.models import User

A_YEAR = 365 * 24 * 3600
CHOICES = {"language": {code for code, _name in settings.LANGUAGES}, "theme": set(User.Theme.values)}
COOKIES = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": THEME_COOKIE}


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back; a value that is not offered changes nothing."""
    chosen = {name: request.POST[name] for name in CHOICES if request.POST.get(name) in CHOICES[name]}
    if chosen and request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**chosen)
    response = redirect(_back(request))
    for name, value in chosen.items():
        response.set_cookie(
            COOKIES[name], value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else "/"


urlpatterns = [path("preferences/", preferences, name="preferences")]
