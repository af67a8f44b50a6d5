"""The addresses of the administration, all under /admin/; one line a topic."""

from django.urls import URLPattern, include, path

from accounts.views.admin import (
    access,
    accounts,
    barriers,
    conflicts,
    import_downloads,
    imports,
    ledger,
    overview,
    people,
    titles,
)

TOPICS: list[URLPattern] = [
    *overview.urlpatterns,
    *imports.urlpatterns,
    *import_downloads.urlpatterns,
    *conflicts.urlpatterns,
    *barriers.urlpatterns,
    *people.urlpatterns,
    *titles.urlpatterns,
    *accounts.urlpatterns,
    *access.urlpatterns,
    *ledger.urlpatterns,
]
urlpatterns = [path("admin/", include(TOPICS))]
