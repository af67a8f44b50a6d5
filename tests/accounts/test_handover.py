"""Who comes gets a letter, who leaves a farewell, and what they leave behind is listed until it is taken over."""

import datetime as dt
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.derivation import derive_access
from accounts.handover import arrivals_at, letter_for, open_and_close_stays, unread_letters
from accounts.jobs import run_due
from accounts.leftovers import left_by
from accounts.models import Account, Assignment, Delivery, Person, RosterImport, Stay
from kam import handover as pages
from kam.lib.dates import ONE_DAY, period
from tests.cast import (
    Cast,
    assign,
    direct,
    invite,
    make_account,
    make_login,
    make_person,
    make_site,
    raise_barrier,
)
from tests.conftest import Mailbox
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def apply_first_roster() -> None:
    """Take the system into use: whatever access there is now is nobody's news."""
    RosterImport.objects.create(
        kind="roster", state="applied", exported_on=timezone.localdate(), applied_at=timezone.now()
    )


@pytest.fixture
def company(cast: Cast) -> Cast:
    apply_first_roster()
    open_and_close_stays()
    return cast


def stays_of(person: Person) -> list[tuple[str, bool, dt.date | None]]:
    return list(Stay.objects.filter(person=person).order_by("id").values_list("account__name", "announced", "ended_on"))


def mails(smtp: Mailbox) -> dict[str, Any]:
    """The mails by their receivers, each of whom got one at most."""
    found = [message_from_bytes(envelope.content, policy=default) for envelope in smtp.messages]
    assert len({mail["To"] for mail in found}) == len(found)
    return {mail["To"]: mail for mail in found}


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def end_assignments(person: Person, last: dt.date) -> None:
    Assignment.objects.filter(person=person).update(period=period(dt.date(2024, 1, 1), last))
    derive_access()


# --- stays ----------------------------------------------------------------------------------------------------------
def test_nobody_is_written_to_about_access_that_was_there_at_take_up(company: Cast) -> None:
    assert Stay.objects.filter(ended_on=None, announced=False).count() == Stay.objects.count() > 10
    assert not Delivery.objects.exists()
    assert stays_of(company.bob) == [("Pankki Oyj", False, None)]
    for outside in (company.yrjo, company.niilo, company.leena, company.dana):
        assert stays_of(outside) == []
    assert stays_of(company.eero) == [("Vakuutus Oyj", False, None)]  # the other side of the barrier


def test_doing_it_again_changes_nothing(company: Cast) -> None:
    before = list(Stay.objects.order_by("id").values())
    changes = open_and_close_stays()
    assert (changes.opened, changes.closed) == (0, 0)
    assert list(Stay.objects.order_by("id").values()) == before


def test_take_up_and_first_news_are_told_apart_however_late_it_runs(cast: Cast) -> None:
    apply_first_roster()
    assign(cast.charlie, cast.branch)
    derive_access()
    open_and_close_stays()  # for both at once
    assert stays_of(cast.bob) == [("Pankki Oyj", False, None)]
    assert sorted(stays_of(cast.charlie)) == [("Koulut Oy", False, None), ("Pankki Oyj", True, None)]


def test_future_access_is_welcomed_on_its_first_day(company: Cast) -> None:
    with time_machine.travel(dt.datetime.combine(company.day + ONE_DAY, dt.time(6, 5)), tick=False):
        open_and_close_stays()
    assert stays_of(company.niilo) == [("Pankki Oyj", True, None)]
    assert Delivery.objects.filter(person=company.niilo, key__startswith="handover:").exists()


def test_somebody_new_gets_one_letter_with_what_they_need(company: Cast, smtp: Mailbox) -> None:
    newcomer = make_person("Uuno", "Uusi")
    make_login(newcomer, language="en")
    assign(newcomer, company.branch, first=company.day)
    derive_access()
    open_and_close_stays()
    open_and_close_stays()
    run_due()
    mail = mails(smtp)[newcomer.email]
    text = text_of(mail)
    assert "Pankki Oyj" in mail["Subject"]
    assert "Alice Alanen" in text
    assert "Keskustan konttori" in text
    assert reverse("handover", args=[company.pankki.customer_number]) in text
    assert len(smtp.messages) == 1


def test_letter_is_dropped_when_access_is_gone_before_it_is_sent(company: Cast, smtp: Mailbox) -> None:
    newcomer = make_person("Uuno", "Uusi")
    assign(newcomer, company.branch, first=company.day)
    derive_access()
    open_and_close_stays()
    end_assignments(newcomer, company.day - ONE_DAY)
    run_due()
    assert smtp.messages == []


def test_many_new_accounts_at_once_come_in_one_mail(company: Cast, smtp: Mailbox) -> None:
    newcomer = make_person("Uuno", "Uusi")
    names = [f"Ketju {number}" for number in range(6)]
    for name in names:
        direct(newcomer, make_account(name))
    derive_access()
    open_and_close_stays()
    run_due()
    text = text_of(mails(smtp)[newcomer.email])
    assert all(name in text for name in names)


def test_return_opens_another_stay_and_is_welcomed_again(company: Cast) -> None:
    end_assignments(company.ines, company.day - ONE_DAY)
    open_and_close_stays()
    assign(company.ines, company.branch, "supervisor", first=company.day)
    derive_access()
    open_and_close_stays()
    assert stays_of(company.ines) == [
        ("Pankki Oyj", False, company.day - ONE_DAY),
        ("Pankki Oyj", True, None),
    ]


# --- farewells ------------------------------------------------------------------------------------------------------
def test_who_loses_access_gets_a_farewell_without_content(company: Cast, smtp: Mailbox) -> None:
    end_assignments(company.charlie, company.day - ONE_DAY)
    open_and_close_stays()
    open_and_close_stays()
    run_due()
    text = text_of(mails(smtp)[company.charlie.email])
    assert stays_of(company.charlie) == [("Koulut Oy", False, company.day - ONE_DAY)]
    assert "Koulut Oy" in text
    assert "Kerttu Koskinen" in text  # whom to ask
    assert "Mäntymäen koulu" not in text


def test_farewell_does_not_name_an_account_behind_a_barrier(company: Cast, smtp: Mailbox) -> None:
    end_assignments(company.eero, company.day - ONE_DAY)
    open_and_close_stays()
    run_due()
    text = text_of(mails(smtp)[company.eero.email])
    assert "Vakuutus" not in text
    assert "Ville" not in text


def test_block_by_a_new_barrier_ends_the_stay(company: Cast, smtp: Mailbox) -> None:
    raise_barrier([company.koulut], [company.piilo])
    derive_access()
    open_and_close_stays()
    run_due()
    assert [each for each in stays_of(company.kerttu) if each[2] is None] == []
    assert {envelope.rcpt_tos[0] for envelope in smtp.messages} == {company.kerttu.email}
    for envelope in smtp.messages:
        text = text_of(message_from_bytes(envelope.content, policy=default))
        assert "Koulut" not in text
        assert "Piilo" not in text


def test_farewell_is_dropped_when_access_came_back(company: Cast, smtp: Mailbox) -> None:
    end_assignments(company.charlie, company.day - ONE_DAY)
    open_and_close_stays()
    invite(company.charlie, company.koulut, first=company.day, last=company.day)
    derive_access()
    run_due()
    assert smtp.messages == []


def test_access_that_goes_on_for_another_reason_is_one_stay(company: Cast) -> None:
    invite(company.ines, company.pankki, first=company.day, last=company.day + ONE_DAY)
    end_assignments(company.ines, company.day - ONE_DAY)
    assert open_and_close_stays().closed == 0


# --- the letter's page ----------------------------------------------------------------------------------------------
def test_letter_names_who_had_the_site_before(cast: Cast) -> None:
    earlier, latest = make_person("Eino", "Entinen"), make_person("Vilho", "Viimeinen")
    assign(earlier, cast.branch, first=dt.date(2023, 1, 1), last=cast.day - 40 * ONE_DAY)
    assign(latest, cast.branch, first=dt.date(2023, 1, 1), last=cast.day - 20 * ONE_DAY)
    letter = letter_for(cast.bob, cast.pankki)
    (site,) = letter.sites
    assert (site.site.name, site.before, site.until) == (
        "Keskustan konttori",
        "Vilho Viimeinen",
        cast.day - 20 * ONE_DAY,
    )
    assert [each.name for each in letter.directors] == ["Alice Alanen", "Aaro Ahola"]
    assert letter_for(cast.matti, cast.pankki).sites == []


def test_letters_cost_the_same_with_many_sites(cast: Cast, django_assert_num_queries: Any) -> None:
    for number in range(30):
        assign(cast.bob, make_site(cast.pankki, f"Kohde {number}"))
    with django_assert_num_queries(4):
        assert len(letter_for(cast.bob, cast.pankki).sites) == 31


def test_reading_the_letter_is_set_down_once(company: Cast, client: Client) -> None:
    sign_in(client, company.charlie)
    assign(company.charlie, company.branch, first=company.day)
    derive_access()
    open_and_close_stays()
    assert [stay.account for stay in unread_letters(company.charlie)] == [company.pankki]
    url = reverse("handover", args=[company.pankki.customer_number])
    assert client.head(url).status_code == 200
    assert unread_letters(company.charlie).exists()
    page = client.get(url)
    assert "Alice Alanen" in page.content.decode()
    first = Stay.objects.get(person=company.charlie, account=company.pankki).read_at
    assert first
    client.get(url)
    assert Stay.objects.get(person=company.charlie, account=company.pankki).read_at == first
    assert not unread_letters(company.charlie).exists()


def test_letter_is_for_those_who_see_the_account(company: Cast, client: Client) -> None:
    url = reverse("handover", args=[company.pankki.customer_number])
    assert client.get(url).status_code == 302
    for person in (company.eero, company.niilo, company.leena, company.yrjo, company.dana, company.ville):
        sign_in(client, person)
        assert client.get(url).status_code == (302 if person == company.leena else 404), person


def test_letter_takes_in_what_the_apps_add(company: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def parts(person: Person, account: Account) -> list[pages.LetterPart]:
        from accounts.handover import LetterItem, LetterPart

        return [
            LetterPart("Read first", (LetterItem("Keys and alarms", "/somewhere/"),)),
            LetterPart("Empty", ()),
        ]

    monkeypatch.setattr(pages, "from_apps", lambda module, name: (parts,))
    sign_in(client, company.bob)
    page = client.get(reverse("handover", args=[company.pankki.customer_number])).content.decode()
    assert "Keys and alarms" in page
    assert "Empty" not in page


# --- who came and who left ------------------------------------------------------------------------------------------
def test_director_sees_who_came_has_read_and_left(company: Cast, client: Client) -> None:
    newcomer = make_person("Uuno", "Uusi")
    assign(newcomer, company.branch, first=company.day)
    end_assignments(company.ines, company.day - ONE_DAY)
    open_and_close_stays()
    arrivals = arrivals_at(company.pankki)
    assert [stay.person for stay in arrivals.came] == [newcomer]
    assert [stay.person for stay in arrivals.left] == [company.ines]
    sign_in(client, company.alice)
    page = client.get(reverse("arrivals", args=[company.pankki.customer_number])).content.decode()
    assert "Uuno Uusi" in page
    assert "Ines Ilola" in page


def test_superior_sees_their_own_people_alone(company: Cast, client: Client) -> None:
    own, other = make_person("Oma", "Alainen", superior=company.bob), make_person("Muun", "Alainen")
    for person in (own, other):
        assign(person, company.branch, first=company.day)
    derive_access()
    open_and_close_stays()
    sign_in(client, company.matti)
    page = client.get(reverse("arrivals", args=[company.pankki.customer_number])).content.decode()
    assert "Oma Alainen" in page
    assert "Muun Alainen" not in page


def test_who_may_not_see_reach_gets_no_page_of_arrivals(company: Cast, client: Client) -> None:
    url = reverse("arrivals", args=[company.pankki.customer_number])
    for person in (company.ines, company.saara, company.tuula, company.eero, company.dana):
        sign_in(client, person)
        assert client.get(url).status_code == 404, person


# --- what they leave behind -----------------------------------------------------------------------------------------
def test_site_nobody_answers_for_is_listed_until_somebody_does(company: Cast) -> None:
    assert left_by([company.koulut]) == []
    end_assignments(company.charlie, company.day - ONE_DAY)
    (leftover,) = left_by([company.koulut])
    assert leftover.person_name == "Charlie Collin"
    assert "Mäntymäen koulu" in leftover.what
    assert leftover.since == company.day
    school = company.charlie.assignments.get().site
    assign(make_person(), school, first=company.day + ONE_DAY)
    assert left_by([company.koulut])  # not before their first day
    assign(make_person(), school, first=company.day)
    assert left_by([company.koulut]) == []


def test_site_whose_supervisor_left_the_company_is_listed(company: Cast) -> None:
    Person.objects.filter(pk=company.charlie.pk).update(left_on=company.day - 3 * ONE_DAY)
    (leftover,) = left_by([company.koulut])
    assert (leftover.person_name, leftover.since) == ("Charlie Collin", company.day - 2 * ONE_DAY)


def test_closed_site_is_left_behind_by_nobody(company: Cast) -> None:
    school = company.charlie.assignments.get().site
    end_assignments(company.charlie, company.day - ONE_DAY)
    school.placements.update(period=period(dt.date(2024, 1, 1), company.day - ONE_DAY))
    assert left_by([company.koulut]) == []


def test_post_of_a_director_who_left_is_listed(company: Cast) -> None:
    Person.objects.filter(pk=company.aaro.pk).update(left_on=company.day - ONE_DAY)
    (leftover,) = left_by([company.pankki])
    assert (leftover.person_name, leftover.since) == ("Aaro Ahola", company.day)


def test_superior_has_only_their_own_peoples_leftovers_to_see_to(company: Cast, client: Client) -> None:
    Person.objects.filter(pk=company.charlie.pk).update(superior=company.matti)
    office = make_site(company.pankki, "Sivukonttori")
    gone, foreign = make_person("Oma", "Mennyt", superior=company.bob), make_person("Vieras", "Mennyt")
    assign(gone, office, last=company.day - ONE_DAY)
    assign(foreign, make_site(company.pankki, "Muu konttori"), last=company.day - ONE_DAY)
    url = reverse("arrivals", args=[company.pankki.customer_number])
    sign_in(client, company.matti)
    page = client.get(url).content.decode()
    assert "Sivukonttori" in page
    assert "Muu konttori" not in page
    sign_in(client, company.alice)
    page = client.get(url).content.decode()
    assert "Sivukonttori" in page
    assert "Muu konttori" in page
