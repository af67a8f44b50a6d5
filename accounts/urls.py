"""Addresses of the accounts app: each topic's views end with their own list; here is one line a topic."""

from django.urls import URLPattern, URLResolver

from accounts.views import (
    accounts,
    eyes,
    invitations,
    jobs,
    me,
    notices,
    notify_choices,
    preferences,
    push,
    sites,
    substitutions,
    unsubscribe,
    why,
)
from accounts.views.admin import urls as administration

urlpatterns: list[URLPattern | URLResolver] = [
    *accounts.urlpatterns,
    *sites.urlpatterns,
    *why.urlpatterns,
    *eyes.urlpatterns,
    *invitations.urlpatterns,
    *substitutions.urlpatterns,
    *jobs.urlpatterns,
    *me.urlpatterns,
    *notices.urlpatterns,
    *notify_choices.urlpatterns,
    *unsubscribe.urlpatterns,
    *preferences.urlpatterns,
    *push.urlpatterns,
    *administration.urlpatterns,
]
