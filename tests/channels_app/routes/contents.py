"""Who gets in at the addresses of the table of contents, the channel's home, sections and what is local."""

from typing import Any

from accounts.models import Editor
from channels_app.models import Section
from tests.cast import Cast
from tests.matrix import DIRECTORS, SEE_PANKKI, Route, pankki


def a_section(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"section_id": Section.objects.get(key="working").pk}


def a_local_section(cast: Cast) -> dict[str, Any]:
    facts = {"account": cast.pankki, "kind": "pages", "local_name": "Turvaluokat", "local_place": 1}
    made, _ = Section.objects.get_or_create(**facts)
    return pankki(cast) | {"section_id": made.pk}


def an_editor(cast: Cast) -> dict[str, Any]:
    facts = {"account": cast.pankki, "person": cast.bob, "named_by": cast.alice}
    made, _ = Editor.objects.get_or_create(**facts, ended_at=None)
    return pankki(cast) | {"pk": made.pk}


def number_one(cast: Cast) -> dict[str, Any]:
    return {"number": 1}


ROUTES: dict[str, Route] = {
    "account": Route(SEE_PANKKI, pankki),
    "section": Route(SEE_PANKKI, a_section),
    "removed_sections": Route(SEE_PANKKI, pankki),
    "section_setting": Route(DIRECTORS, a_section),
    "local_section_new": Route(DIRECTORS, pankki),
    "local_section": Route(DIRECTORS, a_local_section),
    "editors": Route(DIRECTORS, pankki),
    "editor_people": Route(DIRECTORS, pankki),
    "editor_end": Route(DIRECTORS, an_editor, "post"),
    # the definition, which whoever directs some account keeps
    "contents": Route(DIRECTORS),
    "contents_edit": Route(DIRECTORS),
    "contents_preview": Route(DIRECTORS),
    "contents_publish": Route(DIRECTORS, method="post"),
    "contents_discard": Route(DIRECTORS, method="post"),
    "contents_version": Route(DIRECTORS, number_one),
}
