"""axe finds nothing on the pages of memos and tasks: empty, full, with mistakes, a draft, somebody's save between."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page as BrowserPage

from accounts.actions.invitations import end_invitation
from accounts.models import Invitation
from channels_app.actions.decisions import announce_decision
from channels_app.actions.drafts import keep_draft
from channels_app.actions.removed_pages import remove_page
from channels_app.actions.tasks import add_task, finish_task
from channels_app.models import Memo, Task
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memos import SALES_ONLY, change_memo, minutes, task_line, write_memo
from tests.e2e.desk import Desk, mistakes

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "form.memo-form"


def fill(company: Cast) -> Memo:
    """Write an open memo with all there is in one, a limited and a removed one, and tasks of every state."""
    tasks = (
        task_line("Tilaa avaimet", company.bob, company.day - ONE_DAY),
        task_line("Sovi ikkunanpesun päivä"),
        task_line("Opasta uusi työntekijä", company.tuula, company.day + ONE_DAY),
    )
    memo = write_memo(company, tasks=tasks, next_at=timezone.now() + ONE_DAY, next_place="Kamppi")
    change_memo(memo, company.bob, minutes(company, body="<h2>Avaimet</h2><ul><li>kolme kateissa</li></ul>",
                                           next_at=timezone.now() + ONE_DAY))  # fmt: skip
    announce_decision(actor=company.alice, decision=memo.decisions.get())
    write_memo(company, author=company.alice, topic="Hinnat", limit=SALES_ONLY)
    remove_page(actor=company.alice, page=write_memo(company, topic="Vanha").page)
    add_task(actor=company.bob, account=company.pankki, title="Oma", person=company.bob)
    finish_task(actor=company.bob, task=Task.objects.get(title="Sovi ikkunanpesun päivä"))
    end_invitation(actor=company.alice, invitation=Invitation.objects.get(person=company.tuula))
    return Memo.objects.get(pk=memo.pk)


def finds_somebody(page: BrowserPage) -> None:
    page.fill("#id_find", "ilola")
    page.locator("#participants label", has_text="Ines Ilola").wait_for()


def adds_lines(page: BrowserPage) -> None:
    for prefix in ("decisions", "tasks"):
        page.click(f"[data-adds={prefix}]")
    page.fill("#id_tasks-1-person", "ahola")
    page.locator("#tasks-1-person-choices label").first.wait_for()


def test_with_nothing_in_it(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    desk.look(company.bob, "memos", pankki)
    desk.look(company.bob, "memos", pankki, query="?by=topic&q=zzz")
    desk.look(company.bob, "tasks", pankki)
    desk.look(company.bob, "tasks", pankki, query="?show=mine")
    desk.look(company.bob, "tasks", pankki, query="?show=done")
    assert desk.found == []


def test_reading(desk: Desk, company: Cast) -> None:
    pankki, memo = company.pankki.customer_number, fill(company)
    limited = Memo.objects.get(page__title="Hinnat")
    desk.look(company.alice, "memos", pankki)
    desk.look(company.bob, "memos", pankki, query="?by=topic")
    for who in (company.alice, company.bob, company.greta):
        desk.look(who, "memo", pankki, memo.pk)
    desk.look(company.saara, "memo", pankki, limited.pk)
    desk.look(company.bob, "memo_print", pankki, memo.pk)
    desk.look(company.alice, "tasks", pankki)
    desk.look(company.bob, "tasks", pankki, query="?show=done")
    assert desk.found == []


def test_writing(desk: Desk, company: Cast) -> None:
    pankki, memo = company.pankki.customer_number, fill(company)
    desk.look(company.alice, "memo_new", pankki)
    # What is typed is kept as a draft, which is offered the next time: with the query it goes on.
    desk.look(company.bob, "memo_new", pankki, query="?draft=1", then=finds_somebody)
    desk.look(company.bob, "memo_new", pankki, query="?draft=1", then=adds_lines)
    desk.look(company.bob, "memo_new", pankki, query="?draft=1", then=mistakes(FORM))
    desk.look(company.bob, "memo_edit", pankki, memo.pk)
    keep_draft(person=company.alice, account=company.pankki, section_id=memo.page.section_id, page=memo.page,
               title="Viikkopalaveri", body="<p>Toisin.</p>", based_on=1)  # fmt: skip
    desk.look(company.alice, "memo_edit", pankki, memo.pk)
    desk.look(company.alice, "memo_edit", pankki, memo.pk, query="?draft=1")
    assert desk.found == []


def test_writing_tasks(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    fill(company)
    late = Task.objects.get(title="Tilaa avaimet")
    desk.look(company.bob, "task_new", pankki)
    desk.look(company.alice, "task_new", pankki, then=mistakes())
    desk.look(company.alice, "task_edit", pankki, late.pk)
    assert desk.found == []
