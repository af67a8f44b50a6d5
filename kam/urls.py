"""Every address of the system."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("login/", include("allauth.urls")),
]
