from django.apps import AppConfig


class KamConfig(AppConfig):
    name = "kam"

    def ready(self) -> None:
        """Make the Celery application known wherever tasks are handed out, and its folders with it."""
        from kam import checks, logs  # noqa: F401  checks register themselves
        from kam.celery import make_broker_folders

        logs.connect()
        make_broker_folders()
