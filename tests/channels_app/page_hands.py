"""Hands that write pages for the cast, and limit them."""

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import Account, Editor, Person
from channels_app.actions.pages import create_page, save_page
from channels_app.actions.removed_pages import remove_page
from channels_app.models import Page, Section, SectionSetting
from tests.cast import Cast

PRICES = ["sales", "superior"]


def section(key: str = "working") -> Section:
    return Section.objects.get(key=key)


def write(
    author: Person, account: Account, title: str = "Avaimet", body: str = "<p>Vahtimestarilta.</p>", **fields: Any
) -> Page:
    """Write a page, in the section "working" unless `key` says which."""
    where = section(fields.pop("key", "working")).pk
    return create_page(actor=author, account=account, section_id=where, title=title, body=body, **fields)


def change(actor: Person, page: Page, body: str, **fields: Any) -> Page:
    """Save `body` over the latest revision."""
    page.refresh_from_db()
    values = {"title": page.title, "based_on": page.number} | fields
    return save_page(actor=actor, page=page, body=body, **values)


def limit_section(account: Account, key: str, kinds: list[str] | None) -> None:
    SectionSetting.objects.update_or_create(account=account, section=section(key), defaults={"limit": kinds})


def checked_on(page: Page, day: dt.date) -> Page:
    """Let the page have been checked last on `day`."""
    Page.objects.filter(pk=page.pk).update(checked_on=day)
    page.refresh_from_db()
    return page


def url(name: str, page: Page, *args: Any) -> str:
    return reverse(name, args=[page.account.customer_number, page.pk, *args])


def new_url(account: Account, key: str = "working") -> str:
    return f"{reverse('page_new', args=[account.customer_number])}?section={section(key).pk}"


def name_editor(person: Person, account: Account, by: Person) -> None:
    Editor.objects.create(person=person, account=account, named_by=by)


def some_pages(cast: Cast) -> dict[str, Page]:
    """Pages of all sorts that could leak: plain, limited, in a limited section, removed, of others' accounts."""
    limit_section(cast.pankki, "contracts", PRICES)
    made = {
        "plain": write(cast.alice, cast.pankki, "Avaimet"),
        "limited": write(cast.alice, cast.pankki, "Hinnat", "<p>12 €/h</p>", limit=PRICES),
        "in_limited_section": write(cast.alice, cast.pankki, "Sopimus", key="contracts"),
        "directors_only": write(cast.alice, cast.pankki, "Kate", limit=[]),
        "removed": write(cast.alice, cast.pankki, "Vanha"),
        "other_account": write(cast.kerttu, cast.koulut, "Koulun avaimet"),
        "other_side": write(cast.ville, cast.vakuutus, "Vakuutuksen avaimet"),
    }
    remove_page(actor=cast.alice, page=made["removed"])
    return made
