from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class ChannelsAppConfig(AppConfig):
    name = "channels_app"

    def ready(self) -> None:
        # What second eyes decide about is registered there.
        from channels_app.actions import eyes  # noqa: F401

        # Django refuses to take uploads, and its checks to pass, when the folder is not there.
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
