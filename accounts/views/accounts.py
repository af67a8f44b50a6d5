"""The list of accounts from A to Ö, and an account's own page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
