"""Tasks: the actions' rules, the list as each reader gets it, done with one tap."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import Standing, standing
from accounts.actions.invitations import end_invitation
from accounts.actions.refusal import Refusal
from accounts.models import Invitation, Person, SearchEntry
from channels_app.actions.tasks import add_task, change_task, finish_task, remove_task, reopen_task
from channels_app.models import Page, Task
from channels_app.queries.people import out_of_reach
from channels_app.queries.tasks import done_tasks, open_tasks, own_tasks
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memos import SALES_ONLY, task_line, write_memo
from tests.channels_app.things import make_task

pytestmark = pytest.mark.django_db


def add(cast: Cast, title: str = "Tilaa avaimet", person: Person | None = None, **more: Any) -> Task:
    return add_task(actor=more.pop("actor", cast.bob), account=cast.pankki, title=title, person=person, **more)


def url(cast: Cast, name: str, *args: int) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def post(client: Client, address: str, values: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(address, values or {}, headers={"Accept-Language": "en", **headers})


# --- actions --------------------------------------------------------------------------------------------------------
def test_add_task_is_found_at_once_and_once(cast: Cast) -> None:
    task = add(cast, "  Tilaa   avaimet ", cast.ines, due_on=cast.day)
    assert (task.title, task.person, task.created_by, task.audience) == ("Tilaa avaimet", cast.ines, cast.bob, None)
    assert SearchEntry.objects.get(kind="task").object_id == task.pk
    assert add(cast, "Tilaa avaimet", cast.ines, due_on=cast.day) == task
    assert add(cast, "Tilaa avaimet", cast.ines, due_on=cast.day, actor=cast.alice) != task


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_title", lambda cast: {"title": " "}),
        ("out_of_reach", lambda cast: {"person": cast.charlie}),
        ("out_of_reach", lambda cast: {"person": cast.eero}),
        ("out_of_reach", lambda cast: {"person": cast.yrjo}),
    ],
)
def test_add_task_refuses_and_writes_nothing(cast: Cast, code: str, changes: Any) -> None:
    with pytest.raises(Refusal) as refused:
        add(cast, **changes(cast))
    assert refused.value.code == code
    assert not Task.objects.exists()
    assert not SearchEntry.objects.exists()


def test_a_limited_memos_task_is_given_only_to_those_who_see_the_memo(cast: Cast) -> None:
    memo = write_memo(cast, author=cast.alice, limit=SALES_ONLY)
    with pytest.raises(Refusal):
        add(cast, person=cast.bob, memo=memo, actor=cast.alice)
    assert add(cast, person=cast.saara, memo=memo, actor=cast.alice).audience == ["director", "management", "sales"]


def test_change_task_keeps_whoever_has_it_and_refuses_a_new_one_without_sight(cast: Cast) -> None:
    task = add(cast, person=cast.tuula)
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    changed = change_task(task=task, title="Toisin", person=cast.tuula, due_on=cast.day)
    assert (changed.title, changed.person) == ("Toisin", cast.tuula)
    with pytest.raises(Refusal):
        change_task(task=task, title="Toisin", person=cast.charlie, due_on=None)
    assert change_task(task=task, title="Toisin", person=None, due_on=None).person is None


def test_finish_and_reopen_are_safe_twice(cast: Cast) -> None:
    task = add(cast, person=cast.bob)
    done = finish_task(actor=cast.bob, task=task)
    again = finish_task(actor=cast.alice, task=task)
    assert (again.done_at, again.done_by) == (done.done_at, cast.bob)
    reopen_task(task=task)
    assert reopen_task(task=task).done_at is None


def test_remove_task_takes_it_off_lists_and_out_of_the_search(cast: Cast) -> None:
    task = add(cast)
    remove_task(task=task)
    remove_task(task=task)
    assert not open_tasks(cast.pankki, standing(cast.bob, cast.pankki), cast.bob)
    assert not SearchEntry.objects.exists()
    with pytest.raises(Refusal):
        finish_task(actor=cast.bob, task=task)


# --- the list -------------------------------------------------------------------------------------------------------
def test_own_tasks_come_first_then_by_day(cast: Cast) -> None:
    add(cast, "muut", cast.ines, due_on=cast.day)
    add(cast, "ilman päivää")
    add(cast, "oma myöhemmin", cast.bob, due_on=cast.day + ONE_DAY)
    add(cast, "oma", cast.bob, due_on=cast.day)
    finish_task(actor=cast.bob, task=add(cast, "tehty", cast.bob))
    at = standing(cast.bob, cast.pankki)
    assert [task.title for task in open_tasks(cast.pankki, at, cast.bob)] == [
        "oma", "oma myöhemmin", "muut", "ilman päivää",
    ]  # fmt: skip
    assert [task.title for task in done_tasks(cast.pankki, at)] == ["tehty"]


def test_a_task_of_a_limited_memo_is_there_for_those_who_see_the_memo(cast: Cast) -> None:
    write_memo(cast, author=cast.alice, limit=SALES_ONLY, tasks=(task_line("Laske", cast.saara),))
    add(cast, "Avoin")
    expected = {"alice": {"Avoin", "Laske"}, "saara": {"Avoin", "Laske"}, "greta": {"Avoin", "Laske"},
                "bob": {"Avoin"}, "tuula": {"Avoin"}, "eero": set(), "charlie": set(), "yrjo": set()}  # fmt: skip
    found = {}
    for name in expected:
        person = getattr(cast, name)
        found[name] = {task.title for task in open_tasks(cast.pankki, standing(person, cast.pankki), person)}
    assert found == expected


def test_own_tasks_are_the_first_open_ones_that_the_person_may_see(cast: Cast) -> None:
    add(cast, "ilman päivää", cast.bob)
    add(cast, "toinen", cast.bob, due_on=cast.day + ONE_DAY)
    add(cast, "ensin", cast.bob, due_on=cast.day)
    add(cast, "muiden", cast.ines)
    add(cast, "ei kenenkään")
    finish_task(actor=cast.bob, task=add(cast, "tehty", cast.bob))
    remove_task(task=add(cast, "poistettu", cast.bob))
    make_task(cast.koulut, cast.kerttu, "koulujen", person=cast.bob)
    memo = write_memo(cast, tasks=(task_line("palaverista", cast.bob),))
    limited = write_memo(cast, author=cast.alice, tasks=(task_line("rajattu", cast.bob),))
    Page.objects.filter(pk=limited.pk).update(limit=["sales"])
    at = standing(cast.bob, cast.pankki)
    assert [task.title for task in own_tasks(cast.pankki, at, cast.bob, 9)] == [
        "ensin", "toinen", "ilman päivää", "palaverista",
    ]  # fmt: skip
    assert [task.title for task in own_tasks(cast.pankki, at, cast.bob, 1)] == ["ensin"]
    assert own_tasks(cast.pankki, Standing(frozenset()), cast.bob, 9) == []
    Page.objects.filter(pk=memo.pk).update(removed_at=timezone.now())
    assert "palaverista" not in {task.title for task in own_tasks(cast.pankki, at, cast.bob, 9)}


def test_tasks_of_a_removed_memo_go_with_it(cast: Cast) -> None:
    memo = write_memo(cast, tasks=(task_line("Laske"),))
    Page.objects.filter(pk=memo.pk).update(removed_at=timezone.now())
    at = standing(cast.bob, cast.pankki)
    assert not open_tasks(cast.pankki, at, cast.bob).exists()
    assert not Task.objects.open_ones().exists()


def test_out_of_reach_knows_ended_access_and_limits(cast: Cast) -> None:
    memo = write_memo(cast, tasks=(task_line("a", cast.bob), task_line("b", cast.saara)))
    add(cast, "c", cast.tuula)
    add(cast, "d")
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    Page.objects.filter(pk=memo.pk).update(limit=SALES_ONLY)
    tasks = list(Task.objects.all())
    lost = out_of_reach(cast.pankki, tasks)
    assert {task.title for task in tasks if task.pk in lost} == {"a", "c"}


def test_late_ownerless_and_left_tasks_stand_out_by_word(cast: Cast, client: Client) -> None:
    add(cast, "Myöhässä", cast.ines, due_on=cast.day - ONE_DAY)
    add(cast, "Tänään", cast.ines, due_on=cast.day)
    add(cast, "Kenen", due_on=cast.day)
    add(cast, "Jäänyt", cast.tuula)
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    text = text_of(page_of(client, cast.alice, url(cast, "tasks")))
    assert text.count("late:") == 1
    assert text.count("nobody has it") == 1
    assert "answered for by Tuula Toivonen, who no longer sees this" in text
    text = text_of(page_of(client, cast.bob, url(cast, "tasks")))
    assert "Tuula Toivonen" in text
    assert "no longer sees" not in text


def test_tabs_show_mine_and_done(cast: Cast, client: Client) -> None:
    add(cast, "Oma", cast.bob)
    add(cast, "Inekselle", cast.ines)
    finish_task(actor=cast.bob, task=add(cast, "Valmis", cast.bob))
    shown = {}
    for show in ("", "mine", "done", "zzz"):
        text = text_of(page_of(client, cast.bob, url(cast, "tasks") + f"?show={show}"))
        shown[show] = {title for title in ("Oma", "Inekselle", "Valmis") if title in text}
    assert shown == {"": {"Oma", "Inekselle"}, "mine": {"Oma"}, "done": {"Valmis"}, "zzz": {"Oma", "Inekselle"}}


def test_list_asks_the_same_number_of_questions_however_many_tasks(cast: Cast, client: Client) -> None:
    add(cast, "Yksi", cast.bob)
    numbers = []
    for _ in range(2):
        page_of(client, cast.alice, url(cast, "tasks"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(cast, "tasks")).status_code == 200
        numbers.append(len(asked))
        write_memo(cast, tasks=tuple(task_line(f"t{n}", person=cast.ines) for n in range(6)))
    assert numbers == [9, 9]


# --- by buttons -----------------------------------------------------------------------------------------------------
def test_done_and_open_again_by_whose_it_is_and_by_editors(cast: Cast, client: Client) -> None:
    task = add(cast, person=cast.ines)
    may = set()
    for name in ("alice", "aaro", "bob", "ines", "matti", "greta", "saara", "stina"):
        page_of(client, getattr(cast, name), url(cast, "tasks"))
        if post(client, url(cast, "task_done", task.pk)).status_code == 302:
            may.add(name)
            post(client, url(cast, "task_reopen", task.pk))
    assert may == {"alice", "aaro", "ines"}


def test_one_tap_answers_with_the_line_and_without_scripts_with_the_list(cast: Cast, client: Client) -> None:
    task = add(cast, person=cast.bob)
    page_of(client, cast.bob, url(cast, "tasks"))
    response = post(client, url(cast, "task_done", task.pk), **{"HX-Request": "true", "HX-Target": f"task-{task.pk}"})
    assert response.content.decode().strip().startswith(f'<li id="task-{task.pk}"')
    assert "Open again" in text_of(response)
    response = post(client, url(cast, "task_reopen", task.pk))
    assert response["Location"] == url(cast, "tasks")
    memo = write_memo(cast, tasks=(task_line("Muistiosta", cast.bob),))
    of_memo = Task.objects.get(memo=memo)
    response = post(client, url(cast, "task_done", of_memo.pk), {"from": "memo"})
    assert response["Location"] == url(cast, "memo", memo.pk)


def test_anybody_adds_their_own_and_editors_anybodys(cast: Cast, client: Client) -> None:
    page_of(client, cast.bob, url(cast, "task_new"))
    post(client, url(cast, "task_new"), {"title": "Omani", "person": "ines", "due_on": "24.12.2026"})
    assert Task.objects.get(title="Omani").person == cast.bob
    page_of(client, cast.alice, url(cast, "task_new"))
    post(client, url(cast, "task_new"), {"title": "Inekselle", "person": "ines"})
    assert Task.objects.get(title="Inekselle").person == cast.ines
    response = post(client, url(cast, "task_new"), {"title": "Eerolle", "person": "eskola"})
    assert response.status_code == 422
    assert "Nobody of this name was found." in text_of(response)
    assert not Task.objects.filter(title="Eerolle").exists()


def test_change_and_remove_by_whoever_made_it_and_editors(cast: Cast, client: Client) -> None:
    task = add(cast, person=cast.ines)
    page_of(client, cast.ines, url(cast, "tasks"))
    for name in ("task_edit", "task_remove"):
        assert post(client, url(cast, name, task.pk), {"title": "x"}).status_code == 404
    page_of(client, cast.bob, url(cast, "tasks"))
    post(client, url(cast, "task_edit", task.pk), {"title": "Tilaa lukot", "person": "alice", "due_on": ""})
    task.refresh_from_db()
    assert (task.title, task.person) == ("Tilaa lukot", cast.ines)
    page_of(client, cast.alice, url(cast, "tasks"))
    post(client, url(cast, "task_edit", task.pk), {"title": "Tilaa lukot", "person": "matti", "due_on": ""})
    task.refresh_from_db()
    assert task.person == cast.matti
    post(client, url(cast, "task_remove", task.pk))
    task.refresh_from_db()
    assert task.removed_at


def test_the_memos_author_gives_its_tasks_to_whoever_sees_the_memo(cast: Cast, client: Client) -> None:
    write_memo(cast, tasks=(task_line("Muistiosta"),))
    task = Task.objects.get()
    page_of(client, cast.bob, url(cast, "task_edit", task.pk))
    post(client, url(cast, "task_edit", task.pk), {"title": "Muistiosta", "person": "ines"})
    task.refresh_from_db()
    assert task.person == cast.ines


def test_tasks_of_another_account_or_a_limited_memo_are_missing(cast: Cast, client: Client) -> None:
    write_memo(cast, author=cast.alice, limit=SALES_ONLY, tasks=(task_line("Laske", cast.saara),))
    task = Task.objects.get()
    for person, number in ((cast.bob, cast.pankki), (cast.charlie, cast.koulut), (cast.kerttu, cast.koulut)):
        page_of(client, person, reverse("accounts"))
        for name in ("task_done", "task_reopen", "task_remove", "task_edit"):
            address = reverse(name, args=[number.customer_number, task.pk])
            assert post(client, address).status_code == 404
    task.refresh_from_db()
    assert task.done_at is None
    assert task.removed_at is None


def test_search_for_whose_it_is_knows_only_who_sees_the_account(cast: Cast, client: Client) -> None:
    address = url(cast, "task_people") + "?field=tasks-0-person&tasks-0-person="
    html = page_of(client, cast.bob, address + "ines").content.decode()
    assert 'name="tasks-0-person_id"' in html
    assert "Nobody of this name was found." in text_of(page_of(client, cast.bob, address + "eskola"))
    odd = url(cast, "task_people") + '?field="><script>'
    assert page_of(client, cast.bob, odd).status_code == 404


def test_a_tasks_own_address_leads_to_its_tab_and_page(cast: Cast, client: Client) -> None:
    done = finish_task(actor=cast.bob, task=add(cast, "Valmis", cast.bob))
    last = add(cast, "Viimeinen", due_on=cast.day + ONE_DAY)
    add(cast, "Ilman päivää")
    page_of(client, cast.ines, url(cast, "tasks"))
    tasks = url(cast, "tasks")
    assert client.get(url(cast, "task", done.pk))["Location"] == f"{tasks}?show=done#task-{done.pk}"
    assert client.get(url(cast, "task", last.pk))["Location"] == f"{tasks}#task-{last.pk}"
    for number in range(50):
        add(cast, f"Ennen {number}", due_on=cast.day)
    assert client.get(url(cast, "task", last.pk))["Location"] == f"{tasks}?page=2#task-{last.pk}"
    assert f'id="task-{last.pk}"' in client.get(f"{tasks}?page=2").content.decode()


@pytest.mark.parametrize("odd", ["\0", "9" * 40, "²", "-1", "<script>"])
def test_odd_forms_of_tasks_are_answered_and_write_nothing(odd: str, cast: Cast, client: Client) -> None:
    page_of(client, cast.alice, url(cast, "tasks"))
    forms = [{}, {"title": odd, "person": odd, "person_id": odd, "due_on": odd}, {"title": "", "person_id": odd}]
    assert {post(client, url(cast, "task_new"), values).status_code for values in forms} == {422}
    assert not Task.objects.exists()
