"""People, titles and accounts by hand: what is saved and refused, what follows for access and in the ledger."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import standing
from accounts.models import Account, Contract, Directorship, LedgerEntry, TitleRole
from tests.cast import make_account, make_person

pytestmark = pytest.mark.django_db


def sees(person, account):
    return bool(standing(person, account).kinds)


def data_of(person, **changes):
    return {
        "first_name": person.first_name, "last_name": person.last_name, "email": person.email, "phone": person.phone,
        "title": person.title, "area": person.area_id or "",
        "superior": person.superior.employee_number if person.superior else "", "left_on": person.left_on or "",
    } | changes  # fmt: skip


def edit(client, person, **changes):
    return client.post(f"/admin/people/{person.employee_number}/edit/", data_of(person, **changes))


@pytest.mark.parametrize("words", ["backm", "BOB back", "{number}", "{email}"])
def test_people_are_found(dana, cast, words):
    asked = words.format(number=cast.bob.employee_number, email=cast.bob.email)
    assert [one.pk for one in dana.get("/admin/people/", {"q": asked}).context["page"]] == [cast.bob.pk]


def test_people_stand_in_finnish_order(dana, cast):
    wanted = ["Zorn", "Åberg", "Äijälä", "Öhman"]
    for name in reversed(wanted):
        make_person("A", name)
    names = [one.last_name for one in dana.get("/admin/people/").context["page"]]
    assert [name for name in names if name in ("Zorn", "Åberg", "Äijälä", "Öhman")] == [
        "Zorn",
        "Åberg",
        "Äijälä",
        "Öhman",
    ]


def test_person_page_shows_access_without_content(dana, cast):
    page = dana.get(f"/admin/people/{cast.eero.employee_number}/").content.decode()
    assert "Vakuutus Oyj" in page
    assert "blocked" in page


def test_edit_moves_access_of_those_above(dana, cast):
    assert sees(cast.matti, cast.pankki)
    edit(dana, cast.bob, superior=cast.charlie.employee_number)
    edit(dana, cast.ines, superior="")
    assert sees(cast.charlie, cast.pankki)
    entry = LedgerEntry.objects.filter(event="edited", person=cast.bob).get()
    assert entry.cause["before"] == {"superior": cast.matti.name}
    assert entry.cause["after"] == {"superior": cast.charlie.name}
    assert entry.actor == cast.dana


def test_edit_refuses_a_circle_and_a_taken_email(dana, cast):
    cast.matti.refresh_from_db()
    assert edit(dana, cast.matti, superior=cast.bob.employee_number).context["form"].errors["superior"]
    assert edit(dana, cast.bob, email=cast.alice.email.upper()).context["form"].errors["email"]
    assert not LedgerEntry.objects.filter(event="edited").exists()


def test_edited_email_is_the_logins_too(dana, cast):
    edit(dana, cast.bob, email="Uusi@yritysx.example")
    cast.bob.login.refresh_from_db()
    assert cast.bob.login.email == "uusi@yritysx.example"


def test_last_administrator_stays(dana, cast):
    url = f"/admin/people/{cast.dana.employee_number}/administrator/"
    assert "name another administrator first" in dana.post(url, {"administrator": "0"}, follow=True).content.decode()
    dana.post(f"/admin/people/{cast.bob.employee_number}/administrator/", {"administrator": "1"})
    dana.post(url, {"administrator": "0"})
    cast.dana.refresh_from_db()
    assert not cast.dana.is_administrator
    assert dana.get("/admin/").status_code == 404


def test_management_membership_gives_and_takes(dana, cast):
    url = f"/admin/people/{cast.charlie.employee_number}/management/"
    yesterday = (cast.day - dt.timedelta(days=1)).isoformat()
    dana.post(url, {"first_day": yesterday})
    assert sees(cast.charlie, cast.piilo)
    assert dana.post(url, {"first_day": yesterday}).status_code == 422
    membership = cast.charlie.memberships.get()
    dana.post(f"/admin/people/memberships/{membership.pk}/end/")
    membership.refresh_from_db()
    assert membership.period.upper == cast.day
    assert not sees(cast.charlie, cast.piilo)


def test_login_is_shut_and_opened(dana, cast):
    url = f"/admin/people/{cast.bob.employee_number}/login/"
    dana.post(url, {"reason": "kadonnut puhelin"})
    cast.bob.login.refresh_from_db()
    assert not cast.bob.login.is_active
    assert LedgerEntry.objects.get(event="login_shut").cause["reason"] == "kadonnut puhelin"
    dana.post(url, {"open": "1"})
    cast.bob.login.refresh_from_db()
    assert cast.bob.login.is_active
    own = dana.post(f"/admin/people/{cast.dana.employee_number}/login/", follow=True)
    assert "your own login" in own.content.decode()


def test_title_makes_and_unmakes_sales(dana, cast):
    cast.charlie.area, cast.charlie.title = cast.area, "Myyjä"
    cast.charlie.save()
    assert ("myyjä", 1) in dana.get("/admin/titles/").context["unknown"]
    dana.post("/admin/titles/", {"title": " Myyjä ", "role": "sales"})
    assert sees(cast.charlie, cast.piilo)
    dana.post(f"/admin/titles/{TitleRole.objects.get(title='myyjä').pk}/remove/")
    assert not sees(cast.charlie, cast.piilo)


def test_director_gives_way_to_the_next(dana, cast):
    form = {"post": "director", "person": cast.charlie.employee_number, "first_day": cast.day.isoformat()}
    dana.post(f"/admin/accounts/{cast.pankki.customer_number}/directors/", form)
    assert sees(cast.charlie, cast.pankki)
    assert not sees(cast.alice, cast.pankki)
    assert Directorship.objects.get(person=cast.alice).period.upper == cast.day
    made = Directorship.objects.get(person=cast.charlie)
    before = (cast.day - dt.timedelta(days=1)).isoformat()
    dana.post(f"/admin/accounts/{cast.pankki.customer_number}/directors/{made.pk}/end/", {"last_day": before})
    assert not sees(cast.charlie, cast.pankki)


def test_account_and_several_contracts_by_hand(dana, cast):
    form = {"name": "Uusi Oy", "customer_number": cast.pankki.customer_number, "industry": "", "listed": "on"}
    assert dana.post("/admin/accounts/new", form).status_code == 422
    dana.post("/admin/accounts/new", form | {"customer_number": "099999"})
    account = Account.objects.get(customer_number="099999")
    url = "/admin/accounts/099999/contracts/"
    dana.post(f"{url}new", {"number": "S-1", "first_day": "2026-01-01", "last_day": "2026-12-31"})
    dana.post(f"{url}new", {"number": "S-2", "first_day": "2026-06-01"})
    assert dana.post(f"{url}new", {"number": "S-2"}).status_code == 422
    wrong = {"number": "S-3", "first_day": "2026-06-01", "last_day": "2026-05-01"}
    assert dana.post(f"{url}new", wrong).status_code == 422
    assert set(account.contracts.values_list("number", flat=True)) == {"S-1", "S-2"}
    assert LedgerEntry.objects.filter(account=account, event="edited").count() == 3


def test_contract_takes_only_sites_of_the_account(dana, cast):
    contract = Contract.objects.get(account=cast.pankki)
    url = f"/admin/accounts/{cast.pankki.customer_number}/contracts/{contract.pk}/"
    strange = cast.vakuutus.placements.get().site
    form = {"number": contract.number, "sites": [strange.pk]}
    assert dana.post(url, form).status_code == 422
    assert dana.post(url, form | {"sites": [cast.branch.pk]}).status_code == 302
    assert list(contract.sites.all()) == [cast.branch]


@pytest.mark.parametrize(
    "url", ["/admin/people/", "/admin/accounts/", "/admin/titles/", "/admin/", "/admin/imports/", "/admin/barriers/"]
)
def test_lists_take_the_same_queries_with_few_and_many(dana, cast, url):
    with CaptureQueriesContext(connection) as few:
        dana.get(url)
    for n in range(20):
        make_person("Nimi", f"N{n}", title=f"titteli {n}")
        make_account(f"Asiakas {n}")
    with CaptureQueriesContext(connection) as many:
        dana.get(url)
    assert len(few) == len(many) <= 12
