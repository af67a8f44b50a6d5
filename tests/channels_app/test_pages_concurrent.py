"""A hundred people save the same page at the same time, each over the revision they know: no text is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import connection, connections

from accounts.models import Person
from channels_app.actions.page_limits import limit_page
from channels_app.actions.pages import Conflict, restore_revision, save_page
from channels_app.models import Draft, Page
from tests.cast import build_cast, make_person
from tests.channels_app.page_hands import PRICES, limit_section, write

pytestmark = pytest.mark.django_db(transaction=True)

SAVERS, AT_ONCE = 100, 25


@contextmanager
def own_connection() -> Iterator[None]:
    """Let a thread work on a connection of its own, closed at its end so that the database can be emptied."""
    try:
        yield
    finally:
        connections.close_all()


def everybody_at_once(jobs: list[tuple]) -> list[str]:
    """Run `job(*values)` of each, so many at once as there are threads; return what each came to."""
    start = Barrier(AT_ONCE)

    def run(number: int, job: tuple) -> str:
        with own_connection():
            connection.ensure_connection()
            if number < AT_ONCE:
                start.wait(30)
            try:
                job[0](*job[1:])
            except Conflict:
                return "conflict"
            return "won"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(len(jobs)), jobs))


def text_of(number: int) -> str:
    return f"<p>Teksti {number}{', jotakin' * 20}</p>"


def test_of_100_at_once_over_one_revision_one_wins_and_99_keep_theirs_as_drafts() -> None:
    cast = build_cast()
    page = write(cast.alice, cast.pankki)
    people = [make_person("Kirjoittaja", f"Numero{number}") for number in range(SAVERS)]

    def save(number: int, person: Person) -> None:
        save_page(actor=person, page=Page.objects.get(pk=page.pk), title="Avaimet", body=text_of(number), based_on=1)

    outcomes = everybody_at_once([(save, number, person) for number, person in enumerate(people)])
    assert (outcomes.count("won"), outcomes.count("conflict")) == (1, SAVERS - 1)
    assert_nothing_lost(page, people, outcomes)


def test_of_100_at_once_each_over_the_latest_they_saw_every_win_is_a_revision() -> None:
    """Each reads the page, then saves: whoever was overtaken between the two keeps a draft."""
    cast = build_cast()
    page = write(cast.alice, cast.pankki)
    people = [make_person("Kirjoittaja", f"Numero{number}") for number in range(SAVERS)]

    def save(number: int, person: Person) -> None:
        seen = Page.objects.get(pk=page.pk)
        save_page(actor=person, page=seen, title="Avaimet", body=text_of(number), based_on=seen.number)

    outcomes = everybody_at_once([(save, number, person) for number, person in enumerate(people)])
    assert outcomes.count("won") > 1
    assert_nothing_lost(page, people, outcomes)


def assert_nothing_lost(page: Page, people: list[Person], outcomes: list[str]) -> None:
    """Each text is a revision or its author's draft, numbers have no gaps, the page reads as the last that won."""
    wins = outcomes.count("won")
    page.refresh_from_db()
    revisions = list(page.revisions.order_by("number"))
    assert [one.number for one in revisions] == list(range(1, wins + 2))
    assert (page.number, page.body, page.changed_by_id) == (wins + 1, revisions[-1].body, revisions[-1].author_id)
    saved = {one.author_id: one.body for one in revisions[1:]}
    drafts = {draft.person_id: draft.body for draft in Draft.objects.filter(page=page)}
    for number, (person, outcome) in enumerate(zip(people, outcomes, strict=True)):
        kept, other = (saved, drafts) if outcome == "won" else (drafts, saved)
        assert kept[person.pk] == text_of(number)
        assert person.pk not in other


def test_saving_restoring_limiting_and_limiting_the_section_at_once_do_not_stand_in_each_others_way() -> None:
    """Locks are taken in one order: nothing waits for ever, and what is stored is by the limits of the end."""
    cast = build_cast()
    pages = [write(cast.alice, cast.pankki, f"Sivu {number}") for number in range(5)]
    for page in pages:
        save_page(actor=cast.alice, page=page, title=page.title, body="<p>b</p>", based_on=1)

    def save(page: Page) -> None:
        seen = Page.objects.get(pk=page.pk)
        save_page(actor=cast.aaro, page=seen, title="x", body="<p>c</p>", based_on=seen.number)

    def restore(page: Page) -> None:
        restore_revision(actor=cast.alice, page=page, revision=page.revisions.get(number=1))

    def limit(page: Page) -> None:
        limit_page(actor=cast.alice, page=page, limit=PRICES)

    jobs: list[tuple] = []
    for number, page in enumerate(pages):
        jobs += [(save, page), (limit, page), (restore, page), (save, page)]
        jobs.append((limit_section, cast.pankki, "working", ["superior"] if number % 2 == 0 else ["superior", "sales"]))
    everybody_at_once(jobs)
    limit_section(cast.pankki, "working", ["superior"])
    for page in pages:
        page.refresh_from_db()
        numbers = list(page.revisions.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, page.number + 1))
        assert page.audience == ["director", "management", "superior"]
        assert page.revisions.get(number=page.number).audience == page.audience
