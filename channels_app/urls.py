"""Addresses of the channel: each topic's views end with their own list; here is one line a topic."""

from django.urls import URLPattern, URLResolver

from channels_app.views import home, sections

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *sections.urlpatterns,
]
