from django.apps import AppConfig


class AnnualclockConfig(AppConfig):
    name = "annualclock"
