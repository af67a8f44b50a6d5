"""Editors: named by the director among those who see the account, for as long as they see it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import edits
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import Editor, Invitation, LedgerEntry, Person
from channels_app.actions.editors import end_editor, name_editor
from kam.lib.dates import NEVER
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def url(cast: Cast, name: str = "editors", *args: int) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def who_edits(cast: Cast) -> set[str]:
    people = {who: one for who, one in vars(cast).items() if isinstance(one, Person)}
    return {who for who, one in people.items() if edits(one, cast.pankki)}


def test_a_named_editor_edits_until_it_is_ended(cast: Cast, client: Client):
    assert who_edits(cast) == {"alice", "aaro"}
    page_of(client, cast.alice, url(cast))
    assert client.post(url(cast), {"person": "Backman"}).status_code == 302
    assert who_edits(cast) == {"alice", "aaro", "bob"}
    text = text_of(client.get(url(cast)))
    assert "Bob Backman esimies named by Alice Alanen on" in text
    client.post(url(cast, "editor_end", Editor.objects.get().pk))
    assert who_edits(cast) == {"alice", "aaro"}
    deeds = LedgerEntry.objects.filter(event="edited").order_by("pk").values_list("cause__what", "person", "actor")
    assert list(deeds) == [("editor named", cast.bob.pk, cast.alice.pk), ("editor ended", cast.bob.pk, cast.alice.pk)]


def test_only_those_who_see_the_account_can_be_named_and_found(cast: Cast, client: Client):
    for who in ("charlie", "eero", "leena", "yrjo"):
        with pytest.raises(Refusal) as refused:
            name_editor(actor=cast.alice, account=cast.pankki, person=getattr(cast, who))
        assert refused.value.code == "no_sight"
        page_of(client, cast.alice, url(cast))
        assert client.post(url(cast), {"person": getattr(cast, who).last_name}).status_code == 422
        found = client.get(url(cast, "editor_people"), {"person": getattr(cast, who).last_name})
        assert getattr(cast, who).last_name not in text_of(found)
    # Directors edit without being named.
    assert client.post(url(cast), {"person": "Ahola"}).status_code == 422
    assert "Bob Backman" in text_of(client.get(url(cast, "editor_people"), {"person": "back"}))
    assert not Editor.objects.exists()


def test_nobody_is_named_twice_nor_ended_twice(cast: Cast):
    editor = name_editor(actor=cast.alice, account=cast.pankki, person=cast.bob)
    with pytest.raises(Refusal):
        name_editor(actor=cast.aaro, account=cast.pankki, person=cast.bob)
    end_editor(actor=cast.aaro, editor=editor)
    with pytest.raises(Refusal):
        end_editor(actor=cast.alice, editor=editor)
    name_editor(actor=cast.alice, account=cast.pankki, person=cast.bob)
    assert who_edits(cast) == {"alice", "aaro", "bob"}


def test_an_editor_without_sight_edits_nothing(cast: Cast, client: Client):
    name_editor(actor=cast.alice, account=cast.pankki, person=cast.tuula)
    assert "tuula" in who_edits(cast)
    Invitation.objects.filter(person=cast.tuula).update(period=NEVER)
    derive_access()
    assert who_edits(cast) == {"alice", "aaro"}
    assert "does not see the account now: edits nothing" in text_of(page_of(client, cast.alice, url(cast)))


def test_editors_of_another_account_are_missing(cast: Cast, client: Client):
    editor = name_editor(actor=cast.alice, account=cast.pankki, person=cast.bob)
    page_of(client, cast.kerttu, "/")
    assert client.post(reverse("editor_end", args=[cast.koulut.customer_number, editor.pk])).status_code == 404
    assert who_edits(cast) == {"alice", "aaro", "bob"}
