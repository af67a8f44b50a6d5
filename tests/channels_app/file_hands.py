"""Hands that send files as a form or a script does, and write pages that files belong to."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from channels_app.actions.pages import create_page
from channels_app.models import Page
from tests.cast import Cast
from tests.channels_app.routes.files import section_id

TEXT = b"Avaimet saa vartijalta."


def post(client: Client, cast: Cast, *files: tuple[str, bytes], script: bool = False, **fields: Any) -> Any:
    """Post the files to Pankki as a form does, or as a script does."""
    fields.setdefault("section", section_id())
    fields.setdefault("attach", "1")
    headers = {"Accept-Language": "en"} | ({"X-Requested-With": "XMLHttpRequest"} if script else {})
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(
        reverse("file_upload", args=[cast.pankki.customer_number]), {**fields, "file": sent}, headers=headers
    )


def a_page(cast: Cast, section: str = "working", **fields: Any) -> Page:
    fields = {"actor": cast.alice, "section_id": section_id(section), "title": "Avaimet", "body": "<p>a</p>"} | fields
    page = create_page(account=cast.pankki, **fields)
    page.refresh_from_db()
    return page
