"""All addresses, with some more that break on purpose, so that the pages of what went wrong can be looked at."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.csrf import csrf_failure

from kam import urls
from kam.urls import handler400 as handler400
from kam.urls import handler403 as handler403
from kam.urls import handler404 as handler404
from kam.urls import handler500 as handler500
from kam.views_demo import demo_signin

FAULTS = {"400": SuspiciousOperation, "403": PermissionDenied, "500": RuntimeError}


def broken(request: HttpRequest, how: str) -> HttpResponse:
    if how == "429":
        return render(request, "429.html", status=429)
    if how == "csrf":
        return csrf_failure(request, "no token")
    raise FAULTS[how]


urlpatterns = [*urls.urlpatterns, path("broken/<str:how>/", broken), path("demo/", demo_signin, name="demo_signin")]
