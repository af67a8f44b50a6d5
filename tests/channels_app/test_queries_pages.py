"""A page as it is read, with all that belongs to it, by whoever is within its limits; an unsaved draft of it."""

from contextlib import suppress
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.access import account_for, standing
from accounts.models import Account, Contract
from channels_app.models import Page, Section, SectionKind
from channels_app.queries.freshness import in_contents
from channels_app.queries.pages import draft_saved_at, is_memo, page_of
from kam.lib.dates import period
from tests.cast import LONG_AGO, Cast
from tests.channels_app.things import PRICES, make_draft, make_memo, make_page

pytestmark = pytest.mark.django_db
BESIDE = ("section", "contract", "memo", "author", "changed_by", "checked_by", "removed_by")


def parts_of(page: Page) -> dict[str, Any]:
    """Return the values of the page's own columns and of those of what is beside it, by their names."""
    things = {"page": page} | {name: getattr(page, name, None) for name in BESIDE}
    return {
        name: thing and {field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields}
        for name, thing in things.items()
    }


def test_a_page_is_read_with_what_is_beside_it_in_two_queries(cast: Cast, django_assert_num_queries) -> None:
    account = account_for(cast.alice, cast.pankki.customer_number)
    contract = Contract.objects.create(account=account, number="S-9", period=period(LONG_AGO, None))
    plain = make_page(cast.pankki, cast.alice)
    full = make_memo(cast.pankki, cast.bob, contract=contract, limit=PRICES, review_days=30).page
    Page.objects.filter(pk=full.pk).update(removed_at=timezone.now(), removed_by=cast.aaro, checked_by=cast.ines)
    for pk, has_memo in ((plain.pk, False), (full.pk, True)):
        with django_assert_num_queries(2):
            page = page_of(account, pk, edits=True)
            parts = parts_of(page)
            assert is_memo(page) is has_memo
        assert parts == parts_of(Page.objects.get(pk=pk))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alice", {"open", "limited"}),
        ("saara", {"open", "limited"}),
        ("bob", {"open"}),
        ("eero", set()),
        ("yrjo", set()),
    ],
)
def test_a_page_is_read_by_whoever_is_within_its_limits(cast: Cast, name: str, expected: set[str]) -> None:
    pages = {
        "open": make_page(cast.pankki, cast.alice),
        "limited": make_page(cast.pankki, cast.alice, "Hinnat", limit=PRICES),
        "removed": make_page(cast.pankki, cast.alice, "Poistettu", removed_at=timezone.now()),
        "another account's": make_page(cast.koulut, cast.kerttu, "Koululla"),
    }
    account = Account.objects.get(pk=cast.pankki.pk)
    account.standing = standing(getattr(cast, name), account)
    seen = set()
    for what, page in pages.items():
        with suppress(Http404):
            assert page_of(account, page.pk) == page
            seen.add(what)
    assert seen == expected


def test_a_page_s_section_stands_in_the_contents_as_elsewhere(cast: Cast) -> None:
    account = account_for(cast.alice, cast.pankki.customer_number)
    own = {"account": account, "kind": SectionKind.PAGES, "local_name": "Oma"}
    sections = {
        Section.objects.get(key="working"): True,
        Section.objects.create(kind=SectionKind.PAGES): False,
        Section.objects.create(**own, local_place=1): True,
        Section.objects.create(**own, removed_at=timezone.now()): False,
    }
    for section, stands in sections.items():
        page = make_page(cast.pankki, cast.alice, section=section)
        assert page_of(account, page.pk).in_contents is stands
        assert Page.objects.filter(in_contents(), pk=page.pk).exists() is stands


def test_an_unsaved_draft_of_the_page_is_its_writer_s(cast: Cast) -> None:
    page, other = make_page(cast.pankki, cast.alice), make_page(cast.pankki, cast.alice, "Toinen")
    draft = make_draft(cast.pankki, cast.alice, page=page)
    make_draft(cast.pankki, cast.alice)
    assert draft_saved_at(cast.alice, page) == draft.saved_at
    assert draft_saved_at(cast.bob, page) is None
    assert draft_saved_at(cast.alice, other) is None
