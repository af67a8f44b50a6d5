"""Every address of the system."""

from django.conf import settings
from django.urls import include, path

from kam import health, views, views_demo

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("", include("accounts.urls")),
    path("", include("channels_app.urls")),
    path("", include("kam.handover")),
    path("", include("kam.home")),
    path("", include("kam.search")),
    path("login/", include("accounts.signin.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", views_demo.demo_signin, name="demo_signin"))

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
