"""Inviting, renewing and ending: the actions' rules, access and ledger, and the director's page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Action, may
from accounts.actions.invitations import end_invitation, invite_person, renew_invitation
from accounts.actions.refusal import Refusal
from accounts.models import Invitation, LedgerEntry
from kam.lib.dates import last_day, months_later
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast

pytestmark = pytest.mark.django_db


def invite_one(cast: Cast, **changes: Any) -> Invitation:
    values = {
        "actor": cast.alice,
        "account": cast.pankki,
        "person": cast.charlie,
        "last_day": cast.day + 30 * ONE_DAY,
        "reason": " trains the new team ",
    }
    return invite_person(**(values | changes))


def test_invite_person_gives_access_at_once_and_writes_the_ledger(cast: Cast) -> None:
    invitation = invite_one(cast)
    assert (invitation.invited_by, invitation.reason) == (cast.alice, "trains the new team")
    assert may(cast.charlie, Action.SEE, cast.pankki)
    entry = LedgerEntry.objects.get(event=LedgerEntry.Event.INVITED)
    assert (entry.actor, entry.account, entry.person) == (cast.alice, cast.pankki, cast.charlie)
    assert entry.cause["what"] == "invited"
    assert entry.cause["last_day"] == str(cast.day + 30 * ONE_DAY)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("self", lambda cast: {"person": cast.alice}),
        ("left", lambda cast: {"person": cast.leena}),
        ("no_reason", lambda cast: {"reason": "  "}),
        ("past", lambda cast: {"last_day": cast.day - ONE_DAY}),
        ("too_long", lambda cast: {"last_day": months_later(cast.day, 12) + ONE_DAY}),
        ("overlap", lambda cast: {"person": cast.tuula}),
    ],
)
def test_invite_person_refuses_and_writes_nothing(cast: Cast, code: str, changes: Any) -> None:
    with pytest.raises(Refusal) as refused:
        invite_one(cast, **changes(cast))
    assert refused.value.code == code
    assert Invitation.objects.count() == 2
    assert not LedgerEntry.objects.filter(event=LedgerEntry.Event.INVITED).exists()


def test_invite_person_from_the_other_side_is_taken_calmly_and_blocked(cast: Cast) -> None:
    invite_one(cast, person=cast.ville)
    assert not may(cast.ville, Action.SEE, cast.pankki)
    assert cast.pankki.grants.filter(person=cast.ville, kind="invited", blocked=True).exists()


def test_renew_invitation_moves_its_end_at_most_twelve_months_from_today(cast: Cast) -> None:
    invitation = Invitation.objects.get(person=cast.tuula)
    renew_invitation(actor=cast.aaro, invitation=invitation, last_day=months_later(cast.day, 12))
    invitation.refresh_from_db()
    assert last_day(invitation.period) == months_later(cast.day, 12)
    with pytest.raises(Refusal) as refused:
        renew_invitation(actor=cast.aaro, invitation=invitation, last_day=months_later(cast.day, 12) + ONE_DAY)
    assert refused.value.code == "too_long"


def test_renew_and_end_refuse_an_invitation_that_is_over(cast: Cast) -> None:
    over = Invitation.objects.get(person=cast.yrjo)
    with pytest.raises(Refusal):
        renew_invitation(actor=cast.alice, invitation=over, last_day=cast.day + ONE_DAY)
    with pytest.raises(Refusal):
        end_invitation(actor=cast.alice, invitation=over)
    assert not may(cast.yrjo, Action.SEE, cast.pankki)


def test_end_invitation_ends_access_at_once_and_takes_back_one_that_began_today(cast: Cast) -> None:
    running = Invitation.objects.get(person=cast.tuula)
    renew_invitation(actor=cast.alice, invitation=running, last_day=cast.day + 5 * ONE_DAY)
    end_invitation(actor=cast.alice, invitation=running)
    running.refresh_from_db()
    assert last_day(running.period) == cast.day - ONE_DAY
    assert not may(cast.tuula, Action.SEE, cast.pankki)
    fresh = invite_one(cast)
    end_invitation(actor=cast.alice, invitation=fresh)
    fresh.refresh_from_db()
    assert fresh.period.isempty
    assert not may(cast.charlie, Action.SEE, cast.pankki)


# --- the page -------------------------------------------------------------------------------------------------------
def url(cast: Cast, name: str = "invitations", *args: int) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def test_page_lists_running_and_past(cast: Cast, client: Client) -> None:
    response = page_of(client, cast.alice, url(cast))
    lists = response.context["lists"]
    assert [one.person for one in lists.running] == [cast.tuula]
    assert [one.person for one in lists.past] == [cast.yrjo]
    assert "invited by Alice Alanen" in text_of(response)


def test_page_invites_and_looks_the_same_for_somebody_behind_a_barrier(cast: Cast, client: Client) -> None:
    seen = []
    for person in (cast.charlie, cast.ville):
        page_of(client, cast.alice, url(cast))
        values = {"person": person.employee_number, "reason": "billing", "last_day": str(cast.day + ONE_DAY)}
        response = client.post(url(cast), values, follow=True, headers={"Accept-Language": "en"})
        text = text_of(response)
        assert f"{person.name} has been invited." in text
        line = text[text.index(person.name, text.index("In force")) :]
        seen.append(line[: line.index("Renew or end")].replace(person.name, "N").replace(person.title, "T"))
    assert seen[0] == seen[1]


def test_page_says_why_it_refuses(cast: Cast, client: Client) -> None:
    page_of(client, cast.alice, url(cast))
    values = {"person": "toivonen", "reason": "again", "last_day": str(cast.day + ONE_DAY)}
    response = client.post(url(cast), values, headers={"Accept-Language": "en"})
    assert response.status_code == 422
    assert "Tuula Toivonen is already invited: renew that invitation." in text_of(response)


def test_page_renews_and_ends(cast: Cast, client: Client) -> None:
    running = Invitation.objects.get(person=cast.tuula)
    page_of(client, cast.aaro, url(cast))
    client.post(url(cast, "invitation_renew", running.pk), {"last_day": str(cast.day + 9 * ONE_DAY)})
    running.refresh_from_db()
    assert last_day(running.period) == cast.day + 9 * ONE_DAY
    client.post(url(cast, "invitation_renew", running.pk), {"last_day": "nonsense"})
    client.post(url(cast, "invitation_end", running.pk))
    running.refresh_from_db()
    assert last_day(running.period) == cast.day - ONE_DAY
    account = reverse("account", args=[cast.pankki.customer_number])
    assert page_of(client, cast.tuula, account).status_code == 404


def test_invitations_of_another_account_are_missing(cast: Cast, client: Client) -> None:
    running = Invitation.objects.get(person=cast.tuula)
    page_of(client, cast.kerttu, reverse("accounts"))
    other = reverse("invitation_end", args=[cast.koulut.customer_number, running.pk])
    assert client.post(other).status_code == 404
    assert client.post(url(cast, "invitation_end", running.pk)).status_code == 404
    assert client.get(url(cast, "invitation_people") + "?person=bob").status_code == 404


def test_people_are_searched_as_the_director_types(cast: Cast, client: Client) -> None:
    response = page_of(client, cast.alice, url(cast, "invitation_people") + "?person=bac")
    assert "Bob Backman esimies" in text_of(response)
    assert cast.bob.email not in response.content.decode()
    assert text_of(page_of(client, cast.alice, url(cast, "invitation_people") + "?person=b")) == ""
