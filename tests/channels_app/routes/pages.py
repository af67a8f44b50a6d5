"""Who gets in at the addresses of pages, their revisions, drafts and essentials."""

from typing import Any

from channels_app.actions.essentials import write_essential
from channels_app.models import Page
from tests.cast import Cast
from tests.channels_app.page_hands import change, section, write
from tests.matrix import DIRECTORS, SEE_PANKKI, SIGNED_IN, Route, pankki

# The substitute stands in for somebody who is a superior as well.
SUPERIORS = {"supervisor", "manager", "area_director", "substitute"}
TITLE = "Avaimet"


def a_page(cast: Cast) -> dict[str, Any]:
    """A page that everybody who sees the account sees, with two revisions."""
    page = Page.objects.filter(account=cast.pankki, title=TITLE).first()
    if page is None:
        page = write(cast.alice, cast.pankki, TITLE)
        change(cast.aaro, page, "<p>Toimistosta.</p>")
        write_essential(actor=cast.matti, page=page, text="Avaimet toimistosta.", number=2)
    return pankki(cast) | {"pk": page.pk}


def first_revision(cast: Cast) -> dict[str, Any]:
    return a_page(cast) | {"number": 1}


def a_section(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"section_id": section().pk}


def here(cast: Cast) -> dict[str, Any]:
    return {"section": section().pk, "title": "x"}


ROUTES: dict[str, Route] = {
    "page": Route(SEE_PANKKI, a_page),
    "page_history": Route(SEE_PANKKI, a_page),
    "page_revision": Route(SEE_PANKKI, first_revision),
    "page_differences": Route(SEE_PANKKI, a_page, posts={"from": "1", "to": "2"}),
    "page_print": Route(SEE_PANKKI, a_page),
    "section_print": Route(SEE_PANKKI, a_section),
    "channel_print": Route(SEE_PANKKI, pankki),
    "page_new": Route(DIRECTORS, pankki, posts=here),
    "page_new_draft": Route(DIRECTORS, pankki, "post", here),
    "page_new_draft_drop": Route(DIRECTORS, pankki, "post", here),
    "page_edit": Route(DIRECTORS, a_page),
    "page_draft": Route(DIRECTORS, a_page, "post", {"title": "x", "based_on": "2"}),
    "page_draft_drop": Route(DIRECTORS, a_page, "post"),
    "page_checked": Route(DIRECTORS, a_page, "post"),
    "page_restore": Route(DIRECTORS, first_revision, "post"),
    "page_remove": Route(DIRECTORS, a_page, "post"),
    "page_bring_back": Route(DIRECTORS, a_page, "post"),
    "page_limit": Route(DIRECTORS, a_page),
    "page_essential": Route(SUPERIORS, a_page),
    "pages_export": Route(DIRECTORS, pankki),
    "freshness": Route(SIGNED_IN),
}
