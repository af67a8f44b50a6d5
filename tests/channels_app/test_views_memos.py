"""The pages of memos, as a browser without scripts uses them."""

import datetime as dt

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
from channels_app.models import Memo, Task
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memo_pages import post, sent, url
from tests.channels_app.memos import SALES_ONLY, change_memo, minutes, task_line, write_memo

pytestmark = pytest.mark.django_db


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


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
