"""Sections at an account: what they show to whom, limits, "not used here", local ones, removed ones."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.access import standing
from accounts.actions.refusal import Refusal
from accounts.models import Account, Contract, LedgerEntry, Person, SearchEntry
from channels_app.actions import sections as actions
from channels_app.actions.contents import publish_draft, save_draft, token_of
from channels_app.actions.indexing import index_pages
from channels_app.models import Section, SectionSetting
from channels_app.queries.contents import contents_of
from channels_app.queries.definition import draft_version, lines_of, published_versions
from channels_app.queries.sections import losing_sight, removed_sections
from kam.lib.dates import period
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, build_cast
from tests.channels_app.things import make_page

pytestmark = pytest.mark.django_db
SEE = {"alice", "aaro", "bob", "ines", "matti", "arja", "saara", "greta", "tuula", "stina"}
ABOVE = {"alice", "aaro", "greta"}


# --- hands ----------------------------------------------------------------------------------------------------------
def section(key: str) -> Section:
    return Section.objects.get(key=key)


def url(cast: Cast, name: str, *args: Any) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def limit(cast: Cast, key: str, kinds: list[str] | None, because: str = "") -> SectionSetting:
    return actions.set_section(
        actor=cast.alice, account=cast.pankki, section=section(key), limit=kinds, unused_because=because
    )


def add(cast: Cast, name: str, account: Account | None = None) -> Section:
    return actions.add_local_section(actor=cast.alice, account=account or cast.pankki, name=name)


def local_names(account: Account) -> list[str]:
    return [one.local_name for one in actions.local_sections(account)]


def unpublish(actor: Person, key: str) -> None:
    """Remove a shared section from the contents of all accounts."""
    lines = [line for line in lines_of(published_versions()[0]) if line.section_id != section(key).pk]
    save_draft(actor=actor, token=token_of(None, published_versions()[0]), lines=lines, note="")
    publish_draft(actor=actor, token=token_of(draft_version(), published_versions()[0]))


def who_opens(cast: Cast, client: Client, address: str) -> set[str]:
    people = {who: one for who, one in vars(cast).items() if isinstance(one, Person)}
    return {who for who, one in people.items() if page_of(client, one, address).status_code == 200}


# --- what a section shows -------------------------------------------------------------------------------------------
def test_every_section_is_there_for_whoever_sees_the_account(cast: Cast, client: Client):
    for one in Section.objects.filter(account=None):
        page_of(client, cast.bob, "/")
        answer = client.get(url(cast, "section", one.pk), follow=True)
        assert answer.status_code == 200, one.key
        assert page_of(client, cast.charlie, url(cast, "section", one.pk)).status_code == 404


def test_an_empty_section_says_what_belongs_there_and_only_editors_are_offered_to_write(cast: Cast, client: Client):
    address, new = url(cast, "section", section("working").pk), url(cast, "page_new")
    answer = page_of(client, cast.bob, address)
    assert "Nothing here yet. Keys, access, clothing, safety, hygiene, extra work and invoicing." in text_of(answer)
    assert new not in answer.content.decode()
    assert f"{new}?section={section('working').pk}" in page_of(client, cast.alice, address).content.decode()
    clock = text_of(page_of(client, cast.alice, url(cast, "section", section("clock").pk)))
    assert "Nothing here yet. The events of the account's year." in clock
    assert "New page" not in clock


def test_pages_are_listed_with_their_state_by_the_reader_s_limits(cast: Cast, client: Client):
    make_page(cast.pankki, cast.alice, "Avaimet")
    make_page(cast.pankki, cast.alice, "Hygienia", checked_on=cast.day - 90 * ONE_DAY)
    make_page(cast.pankki, cast.alice, "Hinnat", limit=["sales"])
    make_page(cast.pankki, cast.alice, "Poistettu", removed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    make_page(cast.koulut, cast.kerttu, "Koulujen avaimet")
    address = url(cast, "section", section("working").pk)
    text = text_of(page_of(client, cast.bob, address))
    assert "Avaimet checked by Alice Alanen on" in text
    assert "Hygienia checked by Alice Alanen on" in text
    assert text.count("to be checked") == 3  # twice in the contents, for desk and phone
    for hidden in ("Hinnat", "Poistettu", "Koulujen"):
        assert hidden not in text
    assert "Hinnat" in text_of(page_of(client, cast.saara, address))


def test_a_single_page_is_led_to_and_shown_in_its_section_to_whoever_edits(cast: Cast, client: Client):
    address = url(cast, "section", section("brief").pk)
    assert page_of(client, cast.bob, address).status_code == 200  # nothing there yet
    page = make_page(cast.pankki, cast.alice, "Asiakkuus lyhyesti", key="brief")
    answer = page_of(client, cast.bob, address)
    assert (answer.status_code, answer["Location"]) == (302, url(cast, "page", page.pk))
    assert page_of(client, cast.alice, address).status_code == 200


def test_contracts_stay_apart_each_with_its_period_and_pages(cast: Cast, client: Client):
    running = cast.pankki.contracts.get()
    for number, first, last in (("V-1", -800, -400), ("U-1", 40, 400)):
        days = period(cast.day + first * ONE_DAY, cast.day + last * ONE_DAY)
        Contract.objects.create(account=cast.pankki, number=number, name=f"Sopimus {number}", period=days)
    make_page(cast.pankki, cast.alice, "Palvelukuvaus", key="contracts", contract=running)
    make_page(cast.pankki, cast.alice, "Yleistä", key="contracts")
    text = text_of(page_of(client, cast.bob, url(cast, "section", section("contracts").pk)))
    order = ["in force", "Palvelukuvaus", "Sopimus U-1 to come", "Nothing has been written about this contract yet.",
             "Sopimus V-1 over", "Pages of no contract", "Yleistä"]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "Write its page" not in text
    alices = page_of(client, cast.alice, url(cast, "section", section("contracts").pk)).content.decode()
    assert f"?section={section('contracts').pk}&amp;contract={Contract.objects.get(number='V-1').pk}" in alices


@pytest.mark.parametrize("more", [1, 40])
def test_a_section_takes_the_same_queries_with_few_and_many_pages(
    cast: Cast, client: Client, more: int, django_assert_num_queries: Any
):
    for number in range(more):
        make_page(cast.pankki, cast.alice, f"Sivu {number}", key="contracts")
        days = period(cast.day, cast.day + ONE_DAY)
        Contract.objects.create(account=cast.pankki, number=f"M-{number}", period=days)
    address = url(cast, "section", section("contracts").pk)
    page_of(client, cast.bob, address)
    # session, login with person, rail, account, standing, contents, superiors, pages, files, editor, contracts
    with django_assert_num_queries(11):
        assert client.get(address).status_code == 200


# --- limits ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kinds", "who"),
    [
        (None, SEE),
        ([], ABOVE),
        (["sales"], ABOVE | {"saara"}),
        # Stina stands in for Bob, who answers for a site; Bob is the superior of Ines too.
        (["superior"], ABOVE | {"bob", "matti", "arja", "stina"}),
        (["responsible"], ABOVE | {"bob", "ines", "stina"}),
        (["invited", "responsible"], ABOVE | {"bob", "ines", "stina", "tuula"}),
    ],
)
def test_a_limited_section_opens_to_whom_it_is_limited_and_to_those_above_limits(
    cast: Cast, client: Client, kinds: list[str] | None, who: set[str]
):
    limit(cast, "working", kinds)
    assert who_opens(cast, client, url(cast, "section", section("working").pk)) == who
    for name in SEE - who:
        text = text_of(page_of(client, getattr(cast, name), url(cast, "account")))
        assert "Working at the sites · limited to some" in text.replace("limited to some", "· limited to some")


def test_opening_a_limited_section_is_written_to_the_ledger(cast: Cast, client: Client):
    address = url(cast, "section", section("working").pk)
    page_of(client, cast.saara, address)
    assert not LedgerEntry.objects.filter(event="opened").exists()
    limit(cast, "working", ["sales"])
    page_of(client, cast.saara, address)
    page_of(client, cast.bob, address)  # finds nothing there
    make_page(cast.pankki, cast.alice, "Avaimet")
    unpublish(cast.alice, "working")
    assert page_of(client, cast.bob, address).status_code == 404
    page_of(client, cast.saara, address)
    entry, again = LedgerEntry.objects.filter(event="opened").order_by("pk")
    assert again.cause == entry.cause
    assert (entry.actor, entry.account, entry.cause["id"]) == (cast.saara, cast.pankki, section("working").pk)


def test_limiting_tells_who_loses_sight_before_anything_is_saved(cast: Cast, client: Client):
    address = url(cast, "section_setting", section("working").pk)
    form = {"sees": "some", "kinds": ["superior", "responsible"], "unused_because": ""}
    page_of(client, cast.alice, address)
    text = text_of(client.post(address, form))
    assert "2 people who see this section today will not see it any more." in text
    assert "Saara Salo sales" in text
    assert "Tuula Toivonen invited" in text
    assert not SectionSetting.objects.exists()
    assert client.post(address, form | {"confirmed": "1"}).status_code == 302
    assert SectionSetting.objects.get().limit == ["responsible", "superior"]
    # Widening takes nobody's sight: it is saved at once.
    assert client.post(address, {"sees": "everybody", "unused_because": ""}).status_code == 302
    assert SectionSetting.objects.get().limit is None
    entries = LedgerEntry.objects.filter(event="edited", account=cast.pankki)
    assert {(entry.actor, entry.cause["what"]) for entry in entries} == {(cast.alice, "section")}


def test_choosing_all_kinds_is_no_limit(cast: Cast, client: Client):
    address = url(cast, "section_setting", section("working").pk)
    page_of(client, cast.alice, address)
    kinds = ["responsible", "superior", "sales", "invited"]
    client.post(address, {"sees": "some", "kinds": kinds, "unused_because": ""})
    assert SectionSetting.objects.get().limit is None


def test_losing_sight_is_measured_by_what_people_may_act_as(cast: Cast):
    def losing(before: list[str] | None, after: list[str] | None) -> set[str]:
        return {person.first_name for person, _ in losing_sight(cast.pankki, before, after)}

    assert losing(None, []) == {"Bob", "Ines", "Matti", "Arja", "Saara", "Tuula", "Stina"}
    assert losing(["sales"], ["invited"]) == {"Saara"}
    assert losing([], None) == losing(None, None) == set()


def test_sites_and_tasks_cannot_be_limited_nor_limits_be_made_up(cast: Cast, client: Client):
    for key in ("sites", "tasks"):
        with pytest.raises(Refusal):
            limit(cast, key, ["sales"])
        page_of(client, cast.alice, url(cast, "section_setting", section(key).pk))
        client.post(url(cast, "section_setting", section(key).pk), {"sees": "some", "kinds": ["sales"]})
    with pytest.raises(Refusal):
        limit(cast, "working", ["substitute"])
    own = add(cast, "Oma")
    with pytest.raises(Refusal):
        actions.set_section(actor=cast.kerttu, account=cast.koulut, section=own, limit=[], unused_because="")
    assert not SectionSetting.objects.filter(limit__isnull=False).exists()


def test_what_the_search_knows_follows_the_limit(cast: Cast):
    page = make_page(cast.pankki, cast.alice, "Avaimet")
    index_pages([page.pk])
    limit(cast, "working", ["sales"])
    assert SearchEntry.objects.get(kind="page").audience == ["director", "management", "sales"]
    limit(cast, "working", None)
    assert SearchEntry.objects.get(kind="page").audience is None


def test_a_section_that_is_not_used_says_why_and_stays_open(cast: Cast, client: Client):
    page_of(client, cast.alice, url(cast, "account"))
    form = {"sees": "everybody", "unused_because": "asiakas pitää omat webinaarinsa"}
    client.post(url(cast, "section_setting", section("webinars").pk), form)
    text = text_of(page_of(client, cast.bob, url(cast, "section", section("webinars").pk)))
    assert "Not used here Because: asiakas pitää omat webinaarinsa" in text
    assert "Webinars not used here" in text
    other = reverse("section", args=[cast.koulut.customer_number, section("webinars").pk])
    assert "Not used here" not in text_of(page_of(client, cast.charlie, other))


# --- local sections -------------------------------------------------------------------------------------------------
def test_an_account_has_at_most_three_sections_of_its_own(cast: Cast):
    for name in ("Yksi", "Kaksi", "Kolme"):
        add(cast, name)
    with pytest.raises(Refusal) as refused:
        add(cast, "Neljä")
    assert refused.value.code == "three"
    assert local_names(cast.pankki) == ["Yksi", "Kaksi", "Kolme"]
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the action
        Section.objects.create(account=cast.pankki, kind="pages", local_name="Neljä", local_place=4)
    add(cast, "Yksi", cast.koulut)  # other accounts have their own three
    names = [line.name for line in contents_of(cast.koulut, standing(cast.charlie, cast.koulut)).lines if line.local]
    assert names == ["Yksi"]


@pytest.mark.django_db(transaction=True)
def test_of_many_added_at_once_three_are_taken():
    cast = build_cast()
    start, outcome = threading.Barrier(6), []

    def run(number: int) -> None:
        start.wait()
        try:
            outcome.append(add(cast, f"Osio {number}").local_place)
        except Refusal as refusal:
            outcome.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcome)) == ["1", "2", "3", "three", "three", "three"]


def test_local_sections_are_renamed_moved_removed_and_brought_back(cast: Cast, client: Client):
    page_of(client, cast.alice, url(cast, "account"))
    for name in ("Yksi", "Kaksi", "Kolme"):
        assert client.post(url(cast, "local_section_new"), {"name": name}).status_code == 302
    assert client.post(url(cast, "local_section_new"), {"name": "Neljä"}).status_code == 422
    one, two, three = (Section.objects.get(local_name=name) for name in ("Yksi", "Kaksi", "Kolme"))

    def does(section: Section, what: str, **more: str) -> int:
        return int(client.post(url(cast, "local_section", section.pk), {"does": what} | more).status_code)

    assert does(three, "up") == does(one, "down") == 302
    assert local_names(cast.pankki) == ["Kolme", "Yksi", "Kaksi"]
    does(three, "up")  # it stands first already
    does(two, "rename", name="Kakkonen")
    assert does(one, "rename", name="kakkonen") == does(one, "rename", name=" ") == 422
    does(three, "remove")
    assert local_names(cast.pankki) == ["Yksi", "Kakkonen"]
    add(cast, "Uusi")
    does(three, "bring back")  # no room
    assert local_names(cast.pankki) == ["Yksi", "Kakkonen", "Uusi"]
    does(one, "remove")
    does(three, "bring back")
    assert local_names(cast.pankki) == ["Kakkonen", "Uusi", "Kolme"]
    deeds = LedgerEntry.objects.filter(event="edited", account=cast.pankki).values_list("cause__what", flat=True)
    assert set(deeds) == {"local section added", "local section removed", "local section brought back"}


def test_a_removed_section_does_not_come_back_beside_one_of_its_name(cast: Cast):
    old = add(cast, "Turvaluokat")
    actions.remove_local_section(actor=cast.alice, section=old)
    add(cast, "turvaluokat")
    with pytest.raises(Refusal) as refused:
        actions.bring_back_local_section(actor=cast.alice, section=old)
    assert refused.value.code == "same_name"
    assert local_names(cast.pankki) == ["turvaluokat"]


def test_a_local_section_stands_last_and_is_marked(cast: Cast, client: Client):
    own = add(cast, "Turvaluokat")
    text = text_of(page_of(client, cast.bob, url(cast, "section", own.pk)))
    assert "14 Feedback and surveys Turvaluokat local" in text
    assert page_of(client, cast.charlie, url(cast, "section", own.pk)).status_code == 404
    for account in (cast.koulut, cast.vakuutus):
        for who in (cast.kerttu, cast.ville):
            answer = page_of(client, who, reverse("section", args=[account.customer_number, own.pk]))
            assert answer.status_code == 404


def test_another_account_s_local_section_is_not_the_director_s_to_change(cast: Cast, client: Client):
    own = add(cast, "Turvaluokat")
    page_of(client, cast.kerttu, "/")
    foreign = reverse("local_section", args=[cast.koulut.customer_number, own.pk])
    assert client.post(foreign, {"does": "remove"}).status_code == 404
    with pytest.raises(Refusal):
        actions.remove_local_section(actor=cast.alice, section=section("working"))
    assert local_names(cast.pankki) == ["Turvaluokat"]


# --- removed sections -----------------------------------------------------------------------------------------------
def test_removed_sections_stay_readable_by_the_reader_s_limits_and_take_nothing_new(cast: Cast, client: Client):
    page = make_page(cast.pankki, cast.alice, "Muistilista", key="induction")
    make_page(cast.pankki, cast.alice, "Hinnat", key="induction", limit=["sales"])
    own = add(cast, "Turvaluokat")
    make_page(cast.pankki, cast.alice, "Luokat", section=own, limit=["sales"])
    unpublish(cast.alice, "induction")
    actions.remove_local_section(actor=cast.alice, section=own)
    removed = url(cast, "removed_sections")
    assert "Induction and training 1 page" in text_of(page_of(client, cast.bob, removed))
    assert "Turvaluokat" not in text_of(page_of(client, cast.bob, removed))
    sales = text_of(page_of(client, cast.saara, removed))
    assert "Induction and training 2 pages" in sales
    assert "Turvaluokat local 1 page" in sales
    address = url(cast, "section", section("induction").pk)
    for who in ("bob", "alice"):
        text = text_of(page_of(client, getattr(cast, who), address))
        assert "This section has been removed from the table of contents." in text
        assert "Muistilista" in text
        assert "New page" not in text
    assert page_of(client, cast.alice, f"{url(cast, 'page_new')}?section={section('induction').pk}").status_code == 404
    assert page_of(client, cast.bob, url(cast, "section", own.pk)).status_code == 404
    assert "Muistilista" in text_of(page_of(client, cast.bob, url(cast, "page", page.pk)))
    page_of(client, cast.alice, url(cast, "page_edit", page.pk))
    client.post(url(cast, "page_edit", page.pk), {"title": "Uusi", "body": "<p>Uusi</p>", "based_on": page.number})
    page.refresh_from_db()
    assert (page.title, page.number) == ("Muistilista", 1)
    # Where nothing was written, there is nothing to list.
    account = cast.koulut
    account.standing = standing(cast.kerttu, account)
    assert removed_sections(account, contents_of(account, account.standing)) == []


def test_an_empty_removed_local_section_is_there_for_the_director_to_bring_back(cast: Cast, client: Client):
    actions.remove_local_section(actor=cast.alice, section=add(cast, "Turvaluokat"))
    assert "Turvaluokat" not in text_of(page_of(client, cast.bob, url(cast, "removed_sections")))
    assert "Turvaluokat" in text_of(page_of(client, cast.alice, url(cast, "removed_sections")))
    assert "Removed local sections Turvaluokat" in text_of(page_of(client, cast.alice, url(cast, "local_section_new")))


@pytest.mark.parametrize("keys", [["induction"], ["induction", "brief", "working"]])
def test_removed_sections_take_the_same_queries_with_few_and_many(
    cast: Cast, client: Client, keys: list[str], django_assert_num_queries: Any
):
    for key in keys:
        make_page(cast.pankki, cast.alice, "Muistilista", key=key)
        unpublish(cast.alice, key)
    page_of(client, cast.bob, url(cast, "removed_sections"))
    # session, login with person, rail, account, standing, contents, versions, their lines, local ones, pages, files,
    # limits
    with django_assert_num_queries(12):
        assert client.get(url(cast, "removed_sections")).status_code == 200
