"""Writing memos and their drafts, as a browser without scripts does it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.invitations import end_invitation
from accounts.models import Invitation
from channels_app.actions.decisions import announce_decision
from channels_app.models import Draft, Memo, Page, Task
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memo_pages import post, sent, url
from tests.channels_app.memos import change_memo, minutes, write_memo

pytestmark = pytest.mark.django_db


# --- writing --------------------------------------------------------------------------------------------------------
def test_form_writes_a_memo_with_everything_in_it(cast: Cast, client: Client) -> None:
    page = page_of(client, cast.bob, url(cast, "memo_new"))
    assert page.context["form"].ticked == {cast.bob.pk}
    with_next = {"next_day": str(cast.day + ONE_DAY)}
    response = post(client, url(cast, "memo_new"), sent(cast, **with_next))
    memo = Memo.objects.get()
    assert response["Location"] == url(cast, "memo", memo.pk)
    text = text_of(client.get(response["Location"], headers={"Accept-Language": "en"}))
    for words in ("Viikkopalaveri", "The account's team", "written by Bob Backman", "Alice Alanen", "Maija Asiakas",
                  "Käytiin läpi avaimet.", "Avaimet palautetaan perjantaisin.", "Tilaa avaimet", "Ines Ilola",
                  "Next meeting", "09:00, Kamppi"):  # fmt: skip
        assert words in text, words
    assert timezone.localtime(memo.next_at).time() == dt.time(9)


def test_form_sent_twice_writes_one_memo(cast: Cast, client: Client) -> None:
    page_of(client, cast.bob, url(cast, "memo_new"))
    places = {post(client, url(cast, "memo_new"), sent(cast))["Location"] for _ in range(2)}
    assert len(places) == Memo.objects.count() == Task.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "This field is required."),
        ({"held_on": "0026-11-24"}, "Check the year of the date."),
        ({"next_time": ""}, "Give both the day and the time."),
        ({"next_day": "", "next_time": ""}, "Give the day and the time as well."),
        ({"next_day": "2020-01-01"}, "The next meeting cannot be before this one."),
        ({"next_day": "2027-03-28", "next_time": "03:30"}, "the clocks are put forward"),
        ({"tasks-0-person": "charlie"}, "Nobody of this name was found."),
        ({"tasks-0-person": "a"}, "Nobody of this name was found."),
        ({"tasks-1-due_on": "2026-12-01"}, "Say what is to be done."),
        ({"find": "saa"}, "Tick the person you mean, or empty this field."),
    ],
)
def test_form_says_what_to_put_right_and_keeps_what_was_typed(
    cast: Cast, client: Client, changes: dict[str, str], said: str
) -> None:
    page_of(client, cast.bob, url(cast, "memo_new"))
    response = post(client, url(cast, "memo_new"), sent(cast, **changes))
    assert response.status_code == 422
    assert said in text_of(response)
    assert "Avaimet palautetaan perjantaisin." in text_of(response)
    assert not Page.objects.exists()


def test_strangers_posted_by_hand_are_not_taken(cast: Cast, client: Client) -> None:
    page_of(client, cast.bob, url(cast, "memo_new"))
    for stranger in (cast.eero, cast.charlie, cast.yrjo):
        response = post(client, url(cast, "memo_new"), sent(cast, participants=[cast.bob.pk, stranger.pk]))
        assert response.status_code == 422
        assert stranger.last_name not in response.content.decode()
    assert not Memo.objects.exists()


@pytest.mark.parametrize("name", ["memo_new", "memo_draft", "memo_edit"])
def test_odd_forms_are_answered_and_write_nothing(name: str, cast: Cast, client: Client) -> None:
    memo = write_memo(cast, author=cast.alice)
    page_of(client, cast.alice, url(cast, "memos"))
    address = url(cast, name, memo.pk) if name == "memo_edit" else url(cast, name)
    odd = ["\0", "\0" * 3, "9" * 40, "²", "-1", "<script>"]
    forms: list[dict[str, Any]] = [{}, {"decisions-TOTAL_FORMS": "100000", "tasks-TOTAL_FORMS": "x"}]
    forms += [dict.fromkeys(sent(cast), one) | {"more": "1"} for one in odd]
    forms += [dict.fromkeys([*sent(cast), "tasks-0-person_id", "decisions-0-pk", "find"], one) for one in odd]
    forms += [sent(cast, title="", find=one, **{"decisions-0-pk": one, "tasks-0-person_id": one}) for one in odd]
    assert {post(client, address, values).status_code for values in forms} <= {200, 409, 422}
    assert Memo.objects.count() == 1
    assert Page.objects.get().number == 1
    assert not Task.objects.exists()
    assert client.get(url(cast, "memo_new") + "?draft=1").status_code == 200


def test_whoever_lost_the_account_stays_ticked_in_the_form(cast: Cast, client: Client) -> None:
    memo = write_memo(cast, participants=frozenset({cast.tuula.pk}))
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    form = page_of(client, cast.bob, url(cast, "memo_edit", memo.pk)).context["form"]
    assert [person.name for person in form.offered] == ["Tuula Toivonen"]
    values = sent(cast, participants=[cast.tuula.pk, cast.bob.pk], based_on="1", **{"tasks-0-person": ""})
    assert post(client, url(cast, "memo_edit", memo.pk), values).status_code == 302
    assert {one.person for one in memo.participants.all()} == {cast.tuula, cast.bob}


def test_more_lines_and_people_are_asked_for_without_scripts(cast: Cast, client: Client) -> None:
    page_of(client, cast.bob, url(cast, "memo_new"))
    values = sent(cast, **{"decisions-1-text": "Toinen.", "more": "decisions", "find": "salo", "title": ""})
    response = post(client, url(cast, "memo_new"), values)
    assert response.status_code == 200
    form = response.context["form"]
    assert [line["text"].value() for line in form.decisions.forms] == [
        "Avaimet palautetaan perjantaisin.", "Toinen.", None, None,
    ]  # fmt: skip
    assert [person.pk for person in form.offered] == [cast.alice.pk, cast.bob.pk, cast.saara.pk]
    assert form.ticked == {cast.alice.pk, cast.bob.pk}
    assert "This field is required." not in text_of(response)
    assert not Page.objects.exists()


def test_only_the_director_decides_whom_a_new_memo_is_limited_to(cast: Cast, client: Client) -> None:
    limit = {"who": "chosen", "kinds": ["sales"]}
    for person, audience in ((cast.alice, ["director", "management", "sales"]), (cast.bob, None)):
        page_of(client, person, url(cast, "memo_new"))
        post(client, url(cast, "memo_new"), sent(cast, title=person.name, **{"tasks-0-person": ""}, **limit))
        assert Page.objects.get(title=person.name).audience == audience


def test_changing_keeps_the_same_decision_and_refuses_an_announced_one(cast: Cast, client: Client) -> None:
    memo = write_memo(cast)
    decision = memo.decisions.get()
    page = page_of(client, cast.bob, url(cast, "memo_edit", memo.pk))
    assert page.context["form"].decisions.forms[0]["pk"].value() == decision.pk
    change = {"decisions-INITIAL_FORMS": "1", "decisions-0-pk": str(decision.pk), "tasks-0-title": "",
              "tasks-0-person": "", "tasks-0-due_on": "", "based_on": "1"}  # fmt: skip
    assert post(client, url(cast, "memo_edit", memo.pk), sent(cast, **change)).status_code == 302
    assert memo.decisions.get() == decision
    announce_decision(actor=cast.alice, decision=decision)
    change |= {"based_on": "2", "decisions-0-text": "Toista."}
    response = post(client, url(cast, "memo_edit", memo.pk), sent(cast, **change))
    assert response.status_code == 422
    assert "take the announcement back before changing it" in text_of(response)
    assert Page.objects.get().number == 2


def test_whoever_saves_second_sees_both_and_decides(cast: Cast, client: Client) -> None:
    memo = write_memo(cast)
    page_of(client, cast.bob, url(cast, "memo_edit", memo.pk))
    change_memo(memo, cast.alice, minutes(cast, place="Kamppi", body="<p>Puhuttiin lukoista.</p>", decisions=()))
    mine = sent(cast, based_on="1", body="<p>Puhuttiin ovista.</p>")
    response = post(client, url(cast, "memo_edit", memo.pk), mine)
    assert response.status_code == 409
    text = text_of(response)
    assert "Alice Alanen saved it" in text
    for words in ("Kamppi", "lukoista", "ovista", "Avaimet palautetaan perjantaisin.", "Save mine over it"):
        assert words in text, words
    draft = Draft.objects.get()
    assert (draft.person, draft.based_on, draft.body) == (cast.bob, 1, "<p>Puhuttiin ovista.</p>")
    assert Page.objects.get().body == "<p>Puhuttiin lukoista.</p>"
    again = sent(cast, based_on="2", began_from="1", body="<p>Puhuttiin ovista.</p>")
    assert post(client, url(cast, "memo_edit", memo.pk), again).status_code == 302
    assert Page.objects.get().body == "<p>Puhuttiin ovista.</p>"
    assert not Draft.objects.exists()


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_a_draft_keeps_every_field_and_is_offered(cast: Cast, client: Client) -> None:
    page_of(client, cast.bob, url(cast, "memo_new"))
    answer = post(client, url(cast, "memo_draft"), sent(cast, title="", body="<p>Kesken<script>x</script></p>"))
    assert answer.status_code == 200
    assert answer.json().keys() == {"saved_at"}
    assert "You have an unsaved draft" in text_of(page_of(client, cast.bob, url(cast, "memo_new")))
    form = page_of(client, cast.bob, url(cast, "memo_new") + "?draft=1").context["form"]
    assert form.initial["body"] == "<p>Kesken</p>"
    assert form.ticked == {cast.alice.pk, cast.bob.pk}
    assert form.tasks.forms[0]["person"].value() == "ines"
    assert form["next_place"].value() == "Kamppi"
    post(client, url(cast, "memo_draft_drop"), {})
    assert not Draft.objects.exists()


def test_a_draft_of_a_memo_that_somebody_saved_answers_conflict(cast: Cast, client: Client) -> None:
    memo = write_memo(cast)
    page_of(client, cast.bob, url(cast, "memo_edit", memo.pk))
    change_memo(memo, cast.alice, minutes(cast, place="Kamppi"))
    answer = post(client, url(cast, "memo_draft") + f"?memo={memo.pk}", sent(cast, based_on="1"))
    assert (answer.status_code, answer.json()) == (409, {"conflict": True})
    page = page_of(client, cast.bob, url(cast, "memo_edit", memo.pk) + "?draft=1")
    assert "Somebody saved this memo while you were writing" in text_of(page)
    assert page.context["form"].initial["based_on"] == 2


def test_a_draft_of_somebody_elses_memo_is_not_kept(cast: Cast, client: Client) -> None:
    memo = write_memo(cast)
    page_of(client, cast.ines, url(cast, "memos"))
    assert post(client, url(cast, "memo_draft") + f"?memo={memo.pk}", sent(cast)).status_code == 404
    assert not Draft.objects.exists()
