"""The pages of memos, as a browser without scripts uses them."""

import datetime as dt
from typing import Any

import icalendar
import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.invitations import end_invitation
from accounts.models import Invitation, LedgerEntry, Person
from channels_app.actions.decisions import announce_decision
from channels_app.models import Draft, Memo, Page, Task
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memos import SALES_ONLY, change_memo, minutes, task_line, write_memo

pytestmark = pytest.mark.django_db


def url(cast: Cast, name: str, *args: int) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def sent(cast: Cast, **changes: Any) -> dict[str, Any]:
    """Return the form as a browser sends it: two empty lines of each sort."""
    values = {
        "title": "Viikkopalaveri",
        "held_on": str(cast.day),
        "meeting": "team",
        "place": "Pasila",
        "participants": [cast.alice.pk, cast.bob.pk],
        "others": "Maija Asiakas",
        "body": "<p>Käytiin läpi avaimet.</p>",
        "based_on": "0",
        "decisions-TOTAL_FORMS": "2",
        "decisions-INITIAL_FORMS": "0",
        "decisions-0-text": "Avaimet palautetaan perjantaisin.",
        "tasks-TOTAL_FORMS": "2",
        "tasks-INITIAL_FORMS": "0",
        "tasks-0-title": "Tilaa avaimet",
        "tasks-0-person": "ines",
        "tasks-0-due_on": str(cast.day + ONE_DAY),
        "next_day": "2026-12-01",
        "next_time": "09:00",
        "next_place": "Kamppi",
    }
    return values | changes


def post(client: Client, address: str, values: dict[str, Any]) -> Any:
    return client.post(address, values, headers={"Accept-Language": "en"})


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


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


# --- reading --------------------------------------------------------------------------------------------------------
def test_lists_by_date_and_by_topic(cast: Cast, client: Client) -> None:
    write_memo(cast, topic="Öljyt", held_on=dt.date(2025, 12, 31))
    write_memo(cast, topic="Avaimet", held_on=dt.date(2026, 1, 1))
    write_memo(cast, topic="Avaimet", held_on=dt.date(2026, 2, 1))
    text = text_of(page_of(client, cast.bob, url(cast, "memos")))
    assert text.index("2026") < text.index("Sun 1 Feb") < text.index("Thu 1 Jan") < text.index("Wed 31 Dec")
    text = text_of(page_of(client, cast.bob, url(cast, "memos") + "?by=topic"))
    assert text.index("Avaimet") < text.index("1 Feb 2026") < text.index("1 Jan 2026") < text.index("Öljyt")


@pytest.mark.parametrize(("name", "args", "number"), [("memos", (), 9), ("memo", (1,), 13), ("memo_edit", (1,), 18)])
def test_pages_ask_the_same_number_of_questions_however_many_memos(
    name: str, args: tuple[int, ...], number: int, cast: Cast, client: Client
) -> None:
    few = write_memo(cast, tasks=(task_line(person=cast.bob),))
    address = url(cast, name, *[few.pk for _ in args])
    page_of(client, cast.bob, address)
    assert queries_of(client, address) == number
    for each in range(6):
        write_memo(cast, topic=f"Aihe {each}", tasks=(task_line(person=cast.ines), task_line("b")))
    many = write_memo(
        cast, topic="Iso", tasks=tuple(task_line(f"t{n}", person=cast.bob) for n in range(5)),
        participants=frozenset({cast.bob.pk, cast.ines.pk, cast.matti.pk}),
    )  # fmt: skip
    assert queries_of(client, url(cast, name, *[many.pk for _ in args])) == number


SEES_LIMITED = {"alice", "aaro", "saara", "greta"}


@pytest.mark.parametrize("name", ["memo", "memo_print", "memo_next"])
def test_a_limited_memo_is_missing_for_everybody_else_and_noted_for_those_it_is_open_to(
    name: str, cast: Cast, client: Client
) -> None:
    memo = write_memo(cast, author=cast.alice, topic="Hinnat", limit=SALES_ONLY, next_at=timezone.now() + ONE_DAY)
    people = {"alice", "aaro", "saara", "greta", "bob", "ines", "matti", "arja", "tuula", "stina", "eero", "charlie"}
    inside = {who for who in people if page_of(client, getattr(cast, who), url(cast, name, memo.pk)).status_code == 200}
    assert inside == SEES_LIMITED
    noted = LedgerEntry.objects.filter(event=LedgerEntry.Event.OPENED).values_list("actor", "cause__what")
    assert set(noted) == {(getattr(cast, who).pk, "memo") for who in SEES_LIMITED}


def test_opening_a_limited_memo_to_change_it_is_noted_too(cast: Cast, client: Client) -> None:
    memo = write_memo(cast, author=cast.alice, topic="Hinnat", limit=SALES_ONLY)
    page_of(client, cast.aaro, url(cast, "memo_edit", memo.pk))
    entry = LedgerEntry.objects.get(event=LedgerEntry.Event.OPENED)
    assert (entry.actor, entry.cause["what"], entry.cause["id"]) == (cast.aaro, "memo", memo.pk)


def test_nothing_of_a_limited_memo_shows_to_others(cast: Cast, client: Client) -> None:
    memo = write_memo(
        cast, author=cast.alice, topic="Hinnat", limit=SALES_ONLY, tasks=(task_line("Laske", person=cast.saara),),
        participants=frozenset({cast.saara.pk}),
    )  # fmt: skip
    announce_decision(actor=cast.alice, decision=memo.decisions.get())
    empty = {"memos": "No memos yet", "tasks": "No open tasks"}
    for name in ("memos", "tasks", "memo_new"):
        html = page_of(client, cast.bob, url(cast, name)).content.decode()
        assert not any(word in html for word in ("Hinnat", "Laske", "Saara", "perjantaisin")), name
        assert empty.get(name, "") in html
    assert "Laske" in page_of(client, cast.saara, url(cast, "tasks")).content.decode()


def test_a_revoked_persons_open_tab_loses_the_memo_at_the_next_request(cast: Cast, client: Client) -> None:
    memo = write_memo(cast, author=cast.tuula, participants=frozenset({cast.tuula.pk}))
    assert page_of(client, cast.tuula, url(cast, "memo_edit", memo.pk)).status_code == 200
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    for name, args in (("memos", ()), ("memo", (memo.pk,)), ("memo_print", (memo.pk,)), ("memo_edit", (memo.pk,)),
                       ("memo_people", ()), ("tasks", ()), ("task_people", ())):  # fmt: skip
        assert client.get(url(cast, name, *args)).status_code == 404, name
    assert post(client, url(cast, "memo_edit", memo.pk), sent(cast, based_on="1")).status_code == 404
    assert post(client, url(cast, "memo_draft"), sent(cast)).status_code == 404
    assert "Tuula Toivonen" in text_of(page_of(client, cast.bob, url(cast, "memo", memo.pk)))
    assert "Tuula" not in page_of(client, cast.bob, url(cast, "memo_people") + "?find=tuula").content.decode()


def test_people_are_found_among_those_who_see_the_account_today(cast: Cast, client: Client) -> None:
    def found(reader: Person, text: str) -> str:
        return text_of(page_of(client, reader, f"{url(cast, 'memo_people')}?find={text}&participants={cast.ines.pk}"))

    assert found(cast.bob, "salo") == "Ines Ilola ohjaaja Saara Salo myyntipäällikkö"
    for stranger in ("eskola", "collin", "ylinen", "niemi", "laine"):
        assert found(cast.bob, stranger) == "Ines Ilola ohjaaja Nobody of this name was found."


# --- announcing, calendar -------------------------------------------------------------------------------------------
def test_announce_and_take_back_by_buttons_that_say_to_whom(cast: Cast, client: Client) -> None:
    memo = write_memo(cast)
    decision = memo.decisions.get()
    assert "Announce to the whole channel" in text_of(page_of(client, cast.alice, url(cast, "memo", memo.pk)))
    post(client, url(cast, "decision_announce", decision.pk), {})
    text = text_of(page_of(client, cast.alice, url(cast, "memo", memo.pk)))
    assert "announced Alice Alanen" in text
    assert "Take the announcement back" in text
    assert "Take the announcement back" not in text_of(page_of(client, cast.bob, url(cast, "memo", memo.pk)))
    page_of(client, cast.alice, url(cast, "memo", memo.pk))
    post(client, url(cast, "decision_take_back", decision.pk), {})
    decision.refresh_from_db()
    assert decision.announced_at is None
    limited = write_memo(cast, author=cast.alice, topic="Hinnat", limit=SALES_ONLY)
    text = text_of(page_of(client, cast.alice, url(cast, "memo", limited.pk)))
    assert "Announce to those who see this memo" in text


def test_calendar_file_moves_the_same_meeting(cast: Cast, client: Client) -> None:
    first = dt.datetime(2027, 3, 29, 6, tzinfo=dt.UTC)
    memo = write_memo(cast, next_at=first, next_place="Kamppi; 2. kerros")
    read = []
    for at in (first, first + 7 * ONE_DAY):
        change_memo(memo, cast.bob, minutes(cast, next_at=at, next_place="Kamppi; 2. kerros"))
        memo = Memo.objects.select_related("page__account").get()
        response = page_of(client, cast.ines, url(cast, "memo_next", memo.pk))
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        [event] = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
        second = vobject.readOne(response.content.decode()).vevent
        assert second.dtstart.value.astimezone(dt.UTC) == event["dtstart"].dt.astimezone(dt.UTC) == at
        assert second.location.value == str(event["location"]) == "Kamppi; 2. kerros"
        assert str(event["summary"]) == "Viikkopalaveri (Pankki Oyj)"
        assert str(event["url"]).endswith(url(cast, "memo", memo.pk))
        read.append((str(event["uid"]), int(event["sequence"])))
    assert read[0][0] == read[1][0]
    assert [sequence for _, sequence in read] == [0, 1]


def test_there_is_no_calendar_file_without_a_next_meeting(cast: Cast, client: Client) -> None:
    assert page_of(client, cast.bob, url(cast, "memo_next", write_memo(cast).pk)).status_code == 404


def test_what_pages_have_memos_have_at_the_pages_addresses(cast: Cast, client: Client) -> None:
    memo = write_memo(cast)
    change_memo(memo, cast.bob, minutes(cast, body="<p>Toisin.</p>"))
    for name in ("page", "page_edit", "page_print"):
        response = page_of(client, cast.alice, url(cast, name, memo.pk))
        assert response.status_code in (200, 302), name
        if response.status_code == 302:
            assert response["Location"].startswith(url(cast, "memo", memo.pk)), name
    for person, name in ((cast.alice, "page_history"), (cast.alice, "page_limit"), (cast.matti, "page_essential")):
        response = page_of(client, person, url(cast, name, memo.pk))
        assert response.status_code == 200, name
        assert url(cast, "memo", memo.pk) in response.content.decode(), name


def test_limiting_a_memo_takes_its_tasks_and_announcement_along(cast: Cast, client: Client) -> None:
    memo = write_memo(cast, tasks=(task_line("Laske", person=cast.bob),))
    announce_decision(actor=cast.alice, decision=memo.decisions.get())
    page_of(client, cast.alice, url(cast, "page_limit", memo.pk))
    post(client, url(cast, "page_limit", memo.pk), {"who": "chosen", "kinds": ["sales"]})
    assert Task.objects.get().audience == ["director", "management", "sales"]
    home = reverse("account", args=[cast.pankki.customer_number])
    for address in (url(cast, "memos"), url(cast, "tasks"), home, reverse("home")):
        html = page_of(client, cast.bob, address).content.decode()
        assert "perjantaisin" not in html, address
        assert "Laske" not in html, address
    assert "perjantaisin" in page_of(client, cast.saara, home).content.decode()


def test_a_removed_memo_goes_with_all_of_it_and_comes_back(cast: Cast, client: Client) -> None:
    memo = write_memo(cast, tasks=(task_line("Laske", person=cast.bob),), next_at=timezone.now() + ONE_DAY)
    page_of(client, cast.bob, url(cast, "memo", memo.pk))
    post(client, url(cast, "page_remove", memo.pk), {})
    for name in ("memo", "memo_print", "memo_next", "memo_edit"):
        assert client.get(url(cast, name, memo.pk)).status_code == 404, name
    assert "Laske" not in client.get(url(cast, "tasks")).content.decode()
    assert "Removed memos" not in text_of(page_of(client, cast.bob, url(cast, "memos")))
    assert "Removed memos" in text_of(page_of(client, cast.alice, url(cast, "memos")))
    post(client, url(cast, "page_bring_back", memo.pk), {})
    assert client.get(url(cast, "memo", memo.pk)).status_code == 200
    assert "Laske" in client.get(url(cast, "tasks")).content.decode()
