"""Addresses of the accounts app: each topic's views end with their own list; here is one line a topic."""

from django.urls import URLPattern

from accounts.views import accounts, jobs, me, preferences, sites

urlpatterns: list[URLPattern] = [
    *accounts.urlpatterns,
    *sites.urlpatterns,
    *jobs.urlpatterns,
    *me.urlpatterns,
    *preferences.urlpatterns,
]
