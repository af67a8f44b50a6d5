"""Every address of the system."""

from django.urls import include, path

from kam import health

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("", include("accounts.urls")),
    path("login/", include("allauth.urls")),
]
