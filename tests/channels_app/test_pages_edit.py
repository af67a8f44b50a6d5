"""Writing pages through their addresses: new ones, mistakes, drafts, two at once."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from channels_app.actions.removed_pages import remove_page
from channels_app.models import Draft, Memo, Page
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast
from tests.channels_app.page_hands import PRICES, change, name_editor, new_url, section, url, write
from tests.channels_app.things import make_draft
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


# --- writing --------------------------------------------------------------------------------------------------------
def test_page_new_writes_a_limited_page_of_a_contract(cast: Cast, client: Client) -> None:
    contract = cast.pankki.contracts.get()
    page_of(client, cast.alice, new_url(cast.pankki, "contracts"))
    posts = {
        "title": "Hinnat",
        "body": "<p>12 <b>€/h</b></p><script>alert(1)</script>",
        "contract": contract.pk,
        "review_days": "60",
        "who": "prices",
        "based_on": "0",
    }
    response = client.post(new_url(cast.pankki, "contracts"), posts)
    page = Page.objects.get()
    assert response["Location"] == url("page", page)
    assert (page.contract, page.review_days, page.limit) == (contract, 60, PRICES)
    assert page.body == "<p>12 <strong>€/h</strong></p>"


def test_page_new_offers_limits_to_directors_alone_and_takes_none_from_others(cast: Cast, client: Client) -> None:
    name_editor(cast.ines, cast.pankki, cast.alice)
    assert 'name="who"' in page_of(client, cast.alice, new_url(cast.pankki)).content.decode()
    assert 'name="who"' not in page_of(client, cast.ines, new_url(cast.pankki)).content.decode()
    posts = {"title": "Oma", "body": "<p>x</p>", "who": "chosen", "kinds": ["sales"], "based_on": "0"}
    client.post(new_url(cast.pankki), posts)
    assert Page.objects.get().limit is None


@pytest.mark.parametrize("key", ["memos", "sites", "tasks", "quality"])
def test_page_new_is_missing_where_no_pages_are_written(cast: Cast, client: Client, key: str) -> None:
    assert page_of(client, cast.alice, new_url(cast.pankki, key)).status_code == 404


def test_page_new_in_a_section_of_one_page_edits_the_one_that_is_there(cast: Cast, client: Client) -> None:
    assert page_of(client, cast.alice, new_url(cast.pankki, "brief")).status_code == 200
    page = write(cast.alice, cast.pankki, key="brief")
    assert page_of(client, cast.alice, new_url(cast.pankki, "brief"))["Location"] == url("page_edit", page)


def test_what_was_typed_for_the_one_page_of_a_section_is_kept_when_somebody_was_faster(
    cast: Cast, client: Client
) -> None:
    page_of(client, cast.aaro, new_url(cast.pankki, "brief"))
    page = write(cast.alice, cast.pankki, body="<p>Alicen</p>", key="brief")
    posts = {"title": "Lyhyesti", "body": "<p>Aaron pitkä teksti</p>", "based_on": "0"}
    assert client.post(new_url(cast.pankki, "brief"), posts)["Location"] == url("page_edit", page)
    page.refresh_from_db()
    assert (page.body, page.number) == ("<p>Alicen</p>", 1)
    both = client.get(url("page_edit", page) + "?draft=continue").content.decode()
    assert "Alicen" in both
    assert "Aaron pitkä teksti" in both


def test_draft_of_a_new_page_becomes_one_of_the_page_that_somebody_wrote_first(cast: Cast, client: Client) -> None:
    make_draft(cast.pankki, cast.aaro, key="brief", body="<p>kesken</p>")
    page = write(cast.alice, cast.pankki, key="brief")
    page_of(client, cast.aaro, new_url(cast.pankki, "brief"))
    assert Draft.objects.get().page == page


def test_page_new_comes_with_the_contract_whose_page_it_is_to_be(cast: Cast, client: Client) -> None:
    mine, theirs = (account.contracts.get() for account in (cast.pankki, cast.koulut))
    address = new_url(cast.pankki, "contracts")
    html = page_of(client, cast.alice, f"{address}&contract={mine.pk}").content.decode()
    assert f'value="{mine.pk}" selected' in html
    assert f'value="{theirs.pk}"' not in client.get(f"{address}&contract={theirs.pk}").content.decode()


def test_mistakes_keep_what_was_typed(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    page_of(client, cast.alice, url("page_edit", page))
    posts = {"title": " ", "body": "<p>Pitkä teksti</p>", "note": "syy", "based_on": "1"}
    response = client.post(url("page_edit", page), posts)
    assert response.status_code == 422
    assert "Pitkä teksti" in response.content.decode()
    assert 'value="syy"' in response.content.decode()
    assert page.revisions.count() == 1


@pytest.mark.parametrize("field", ["based_on", "began_from"])
def test_a_revision_that_no_page_has_is_a_mistake(cast: Cast, client: Client, field: str) -> None:
    page = write(cast.alice, cast.pankki)
    page_of(client, cast.alice, url("page_edit", page))
    posts = {"title": "Avaimet", "body": "<p>a</p>", "based_on": "1", field: str(10**12)}
    assert client.post(url("page_edit", page), posts).status_code == 422
    assert not Draft.objects.exists()


def test_page_edit_saves_and_says_so(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    page_of(client, cast.alice, url("page_edit", page))
    posts = {"title": "Avaimet", "body": "<p>Uusi</p>", "note": "syy", "based_on": "1", "review_days": "30"}
    response = client.post(url("page_edit", page), posts, follow=True, headers={"Accept-Language": "en"})
    assert "The page has been saved." in text_of(response)
    page.refresh_from_db()
    assert (page.body, page.review_days, page.revisions.get(number=2).note) == ("<p>Uusi</p>", 30, "syy")


def test_a_page_removed_while_it_was_edited_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    page_of(client, cast.alice, url("page_edit", page))
    remove_page(actor=cast.aaro, page=page)
    posts = {"title": "Avaimet", "body": "<p>Pitkä teksti</p>", "based_on": "1"}
    response = client.post(url("page_edit", page), posts, headers={"Accept-Language": "en"})
    assert response.status_code == 422
    assert "Bring it back before changing it." in text_of(response)
    assert "Pitkä teksti" in response.content.decode()
    assert page_of(client, cast.alice, url("page_edit", page))["Location"] == url("page", page)


def test_a_memos_text_has_its_history_for_its_author_to_restore(cast: Cast, client: Client) -> None:
    """A memo is read and written at its own addresses; what all pages have, it has here."""
    page = write(cast.bob, cast.pankki, "Palaveri", key="memos")
    Memo.objects.create(page=page, held_on=cast.day, meeting="team")
    change(cast.bob, page, "<p>b</p>")
    assert page_of(client, cast.ines, url("page", page))["Location"] == url("memo", page)
    assert page_of(client, cast.ines, url("page_history", page)).status_code == 200
    assert client.post(url("page_restore", page, 1)).status_code == 404
    assert page_of(client, cast.bob, url("page_edit", page))["Location"] == url("memo_edit", page)
    assert client.post(url("page_restore", page, 1))["Location"] == url("memo", page)
    page.refresh_from_db()
    assert page.number == 3


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_a_draft_is_kept_as_it_is_typed_and_offered_when_one_comes_back(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    page_of(client, cast.alice, url("page_edit", page))
    posts = {"title": "", "body": "<p>kesken</p><script>x</script>", "note": "n", "based_on": "1", "review_days": "60"}
    answer = client.post(url("page_draft", page), posts)
    assert set(json.loads(answer.content)) == {"saved_at"}
    draft = Draft.objects.get()
    assert (draft.person, draft.page, draft.body, draft.based_on) == (cast.alice, page, "<p>kesken</p>", 1)
    again = page_of(Client(), cast.alice, url("page_edit", page))
    assert "You have an unsaved draft from" in text_of(again)
    assert "<textarea" not in again.content.decode()
    going_on = page_of(Client(), cast.alice, url("page_edit", page) + "?draft=continue").content.decode()
    assert "kesken" in going_on
    assert 'value="n"' in going_on
    assert 'value="60" selected' in going_on
    assert "You have an unsaved draft" in text_of(page_of(client, cast.alice, url("page", page)))
    assert "You have an unsaved draft" not in text_of(page_of(client, cast.aaro, url("page", page)))


def test_a_draft_of_a_new_page_is_of_its_section(cast: Cast, client: Client) -> None:
    page_of(client, cast.alice, new_url(cast.pankki))
    query = f"?section={section().pk}"
    number = [cast.pankki.customer_number]
    posts = {"title": "Uusi", "body": "<p>kesken</p>", "who": "chosen", "kinds": ["sales", "invited"], "based_on": "0"}
    assert client.post(reverse("page_new_draft", args=number) + query, posts).status_code == 200
    assert "Continue the draft" in text_of(page_of(client, cast.alice, new_url(cast.pankki)))
    form = page_of(client, cast.alice, new_url(cast.pankki) + "&draft=continue").context["form"]
    assert form.initial["kinds"] == ["sales", "invited"]
    assert "Continue the draft" not in text_of(page_of(client, cast.alice, new_url(cast.pankki, "induction")))
    assert "Continue the draft" not in text_of(page_of(client, cast.aaro, new_url(cast.pankki)))
    sign_in(client, cast.alice)
    client.post(reverse("page_new_draft_drop", args=number) + query)
    assert not Draft.objects.exists()


def test_a_draft_is_thrown_away_by_its_author_alone(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    for person in (cast.alice, cast.aaro):
        sign_in(client, person)
        client.post(url("page_draft", page), {"title": "x", "body": "<p>x</p>", "based_on": "1"})
    client.post(url("page_draft_drop", page))
    assert Draft.objects.get().person == cast.alice


def test_a_draft_over_a_page_that_was_saved_meanwhile_is_kept_and_says_so(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    change(cast.aaro, page, "<p>Aaron</p>")
    sign_in(client, cast.alice)
    answer = client.post(url("page_draft", page), {"title": "x", "body": "<p>Alicen</p>", "based_on": "1"})
    assert (answer.status_code, json.loads(answer.content)) == (409, {"conflict": True})
    assert Draft.objects.get().body == "<p>Alicen</p>"
    both = page_of(client, cast.alice, url("page_edit", page) + "?draft=continue")
    assert "Saved by somebody else meanwhile" in text_of(both)
    assert (both.context["form"].initial["based_on"], both.context["form"].initial["began_from"]) == (2, 1)


def test_a_draft_holds_no_characters_that_the_database_refuses(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    sign_in(client, cast.alice)
    posts = {"title": "a\0b", "body": "<p>c\0d</p>", "note": "e\0f", "kinds": ["g\0h"], "based_on": "1\0"}
    assert client.post(url("page_draft", page), posts).status_code == 409
    draft = Draft.objects.get()
    assert (draft.title, draft.body, draft.fields["note"], draft.fields["kinds"]) == ("ab", "<p>cd</p>", "ef", ["gh"])


def test_a_draft_too_long_to_keep_is_refused_in_words(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    sign_in(client, cast.alice)
    answer = client.post(url("page_draft", page), {"title": "x", "body": "a" * 600_000, "based_on": "1"})
    assert answer.status_code == 422
    assert "error" in json.loads(answer.content)


# --- two at once ----------------------------------------------------------------------------------------------------
def conflict(cast: Cast, client: Client) -> tuple[Page, Any]:
    page = write(cast.alice, cast.pankki, "Avaimet", "<p>Alku.</p>")
    change(cast.aaro, page, "<p>Alku. Aaron lause.</p>")
    page_of(client, cast.alice, url("page", page))
    posts = {"title": "Avaimet", "body": "<p>Alku. Alicen lause.</p>", "note": "oma", "based_on": "1"}
    return page, client.post(url("page_edit", page), posts, headers={"Accept-Language": "en"})


def test_the_second_to_save_sees_both_and_nothing_is_overwritten(cast: Cast, client: Client) -> None:
    page, response = conflict(cast, client)
    assert response.status_code == 409
    text = text_of(response)
    assert "Aaro Ahola saved the page" in text
    assert "Aaron lause" in text
    assert "Alicen" in text
    initial = response.context["form"].initial
    assert (initial["based_on"], initial["began_from"], initial["note"]) == (2, 1, "oma")
    page.refresh_from_db()
    assert page.body == "<p>Alku. Aaron lause.</p>"
    assert Draft.objects.get().body == "<p>Alku. Alicen lause.</p>"


def test_the_second_keeps_theirs_over_the_other_which_stays_in_the_history(cast: Cast, client: Client) -> None:
    page, response = conflict(cast, client)
    posts = {name: value for name, value in response.context["form"].initial.items() if value is not None}
    client.post(url("page_edit", page), posts)
    assert list(page.revisions.values_list("number", "body", "author")) == [
        (3, "<p>Alku. Alicen lause.</p>", cast.alice.pk),
        (2, "<p>Alku. Aaron lause.</p>", cast.aaro.pk),
        (1, "<p>Alku.</p>", cast.alice.pk),
    ]
    assert not Draft.objects.exists()


def test_the_second_throws_their_own_away(cast: Cast, client: Client) -> None:
    page, _response = conflict(cast, client)
    client.post(url("page_draft_drop", page))
    page.refresh_from_db()
    assert (page.number, Draft.objects.exists()) == (2, False)


def test_a_third_save_while_deciding_conflicts_again(cast: Cast, client: Client) -> None:
    page, response = conflict(cast, client)
    change(cast.aaro, page, "<p>Kolmas.</p>")
    posts = {name: value for name, value in response.context["form"].initial.items() if value is not None}
    again = client.post(url("page_edit", page), posts)
    assert again.status_code == 409
    assert again.context["form"].initial["based_on"] == 3
    page.refresh_from_db()
    assert page.body == "<p>Kolmas.</p>"
    posts = {name: value for name, value in again.context["form"].initial.items() if value is not None}
    client.post(url("page_edit", page), posts)
    page.refresh_from_db()
    assert (page.number, page.body, Draft.objects.exists()) == (4, "<p>Alku. Alicen lause.</p>", False)


def test_what_the_form_held_beside_the_text_outlives_a_conflict(cast: Cast, client: Client) -> None:
    contract = cast.pankki.contracts.get()
    page = write(cast.alice, cast.pankki, key="contracts")
    change(cast.aaro, page, "<p>Aaron</p>")
    page_of(client, cast.alice, url("page", page))
    posts = {
        "title": "x",
        "body": "<p>x</p>",
        "note": "n",
        "based_on": "1",
        "contract": contract.pk,
        "review_days": "60",
    }
    assert client.post(url("page_edit", page), posts).status_code == 409
    going_on = page_of(client, cast.alice, url("page_edit", page) + "?draft=continue").content.decode()
    for kept in ('value="n"', 'value="60" selected', f'value="{contract.pk}" selected'):
        assert kept in going_on
