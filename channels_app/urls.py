"""Addresses of the channel: each topic's views end with their own list; here is one line a topic."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
