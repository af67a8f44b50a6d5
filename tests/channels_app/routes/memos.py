"""Who gets in at the addresses of memos and tasks."""

from typing import Any

from django.utils import timezone

from channels_app.actions.tasks import add_task
from channels_app.models import Memo
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memos import write_memo
from tests.matrix import DIRECTORS, SEE_PANKKI, Route, pankki

ANNOUNCE = DIRECTORS | {"management"}
# Of what Bob wrote: he and the account's editors. A substitute reads like him and writes in their own name.
CHANGES_BOBS = DIRECTORS | {"supervisor"}


def a_memo(cast: Cast) -> dict[str, Any]:
    """Bob's memo at Pankki, with a decision and a next meeting."""
    memo = Memo.objects.first() or write_memo(cast, next_at=timezone.now() + ONE_DAY)
    return pankki(cast) | {"pk": memo.pk}


def a_decision(cast: Cast) -> dict[str, Any]:
    memo = Memo.objects.get(pk=a_memo(cast)["pk"])
    return pankki(cast) | {"pk": memo.decisions.first().pk}


def bobs_task(cast: Cast) -> dict[str, Any]:
    task = add_task(actor=cast.bob, account=cast.pankki, title="Tilaa avaimet", person=cast.bob)
    return pankki(cast) | {"pk": task.pk}


ROUTES: dict[str, Route] = {
    "memos": Route(SEE_PANKKI, pankki),
    "memo_new": Route(SEE_PANKKI, pankki),
    "memo_draft": Route(SEE_PANKKI, pankki, "post"),
    "memo_draft_drop": Route(SEE_PANKKI, pankki, "post"),
    "memo_people": Route(SEE_PANKKI, pankki),
    "memo": Route(SEE_PANKKI, a_memo),
    "memo_print": Route(SEE_PANKKI, a_memo),
    "memo_next": Route(SEE_PANKKI, a_memo),
    "memo_edit": Route(CHANGES_BOBS, a_memo),
    "decision_announce": Route(ANNOUNCE, a_decision, "post"),
    "decision_take_back": Route(DIRECTORS, a_decision, "post"),
    "tasks": Route(SEE_PANKKI, pankki),
    "task_new": Route(SEE_PANKKI, pankki),
    "task_people": Route(SEE_PANKKI, pankki),
    "task": Route(SEE_PANKKI, bobs_task),
    "task_edit": Route(CHANGES_BOBS, bobs_task),
    "task_done": Route(CHANGES_BOBS, bobs_task, "post"),
    "task_reopen": Route(CHANGES_BOBS, bobs_task, "post"),
    "task_remove": Route(CHANGES_BOBS, bobs_task, "post"),
}
