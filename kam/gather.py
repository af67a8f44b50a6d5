"""Collects what every app offers in a small module of the same name (say `handover.py: letter_parts`)."""

from functools import cache
from importlib import import_module
from typing import Any

from django.utils.module_loading import module_has_submodule

# From the ground up: what accounts has to say comes first.
APPS = ("accounts", "channels_app", "annualclock", "qualitycards", "webinars")


@cache
def from_apps(module: str, name: str) -> tuple[Any, ...]:
    """Return `<app>.<module>.<name>` of every app that has it."""
    with_module = [app for app in APPS if module_has_submodule(import_module(app), module)]
    found = [getattr(import_module(f"{app}.{module}"), name, None) for app in with_module]
    return tuple(each for each in found if each)
