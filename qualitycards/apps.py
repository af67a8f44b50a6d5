from django.apps import AppConfig


class QualitycardsConfig(AppConfig):
    name = "qualitycards"
