"""Addresses of the channel: each topic's views end with their own list; here is one line a topic."""

from django.urls import URLPattern, URLResolver

from channels_app.views import (
    activity,
    contents,
    editors,
    exports,
    files,
    freshness,
    home,
    local_sections,
    memos,
    memos_edit,
    messages,
    pages,
    pages_edit,
    pages_essential,
    pages_limit,
    print,
    reach,
    revisions,
    sections,
    tasks,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *files.urlpatterns,
    *sections.urlpatterns,
    *local_sections.urlpatterns,
    *editors.urlpatterns,
    *contents.urlpatterns,
    *pages.urlpatterns,
    *pages_edit.urlpatterns,
    *pages_limit.urlpatterns,
    *pages_essential.urlpatterns,
    *revisions.urlpatterns,
    *freshness.urlpatterns,
    *print.urlpatterns,
    *reach.urlpatterns,
    *activity.urlpatterns,
    *exports.urlpatterns,
    *memos.urlpatterns,
    *memos_edit.urlpatterns,
    *messages.urlpatterns,
    *tasks.urlpatterns,
]
