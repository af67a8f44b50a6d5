"""Every address of the system."""

from django.urls import include, path

from kam import health, views

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("", include("accounts.urls")),
    path("login/", include("allauth.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
