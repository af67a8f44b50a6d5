"""What the search finds of a channel: its pages, memos, tasks and names of files, kept up by whoever writes them."""

from collections.abc import Callable, Collection, Sequence

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.finding import Findable, forget, index
from accounts.models import SearchEntry
from channels_app.models import File, Memo, MemoParticipant, Message, MessageKind, Page, Reply, Task
from channels_app.models.locks import hold_limits
from kam.lib.html import text_of

PAGE, MEMO, FILE, TASK = "page", "memo", "file", "task"
MESSAGE, QUESTION = "message", "question"
_KINDS = (PAGE, MEMO, FILE, TASK, MESSAGE, QUESTION)
_AT_ONCE = 200


def index_pages(page_ids: Collection[int]) -> None:
    """Store how the pages and memos are found; removed ones are forgotten. In the transaction that changed them."""
    pages = list(Page.objects.standing_ones().filter(pk__in=page_ids).select_related("account", "contract"))
    memos = _memos(page_ids)
    _replace(
        {PAGE: page_ids, MEMO: page_ids},
        [_memo(page, memos[page.pk]) if page.pk in memos else _page(page) for page in pages],
    )


def index_files(file_ids: Collection[int]) -> None:
    """Store how the files are found, by their names; removed, unattached and a removed page's ones are forgotten."""
    files = File.objects.standing_ones().filter(pk__in=file_ids, attached_at__isnull=False, number__gt=0)
    files = files.exclude(page__removed_at__isnull=False).exclude(reply__removed_at__isnull=False)
    files = files.filter(Q(message=None) | Q(message__in=_findable_messages()))
    _replace({FILE: file_ids}, [_file(file) for file in files.select_related("account", "contract")])


def index_tasks(task_ids: Collection[int]) -> None:
    """Store how the tasks are found; removed ones are forgotten."""
    tasks = Task.objects.standing_ones().filter(pk__in=task_ids).select_related("account", "person")
    _replace({TASK: task_ids}, [_task(task) for task in tasks])


def index_messages(message_ids: Collection[int]) -> None:
    """Store how messages and questions are found, their replies' words with them. In the changing transaction.

    Unpublished and withdrawn ones are forgotten; feedback, which its author sees beyond its limit, is not found at all.
    """
    replies = Prefetch("replies", Reply.objects.filter(removed_at=None).only("message_id", "body"))
    found = _findable_messages().filter(pk__in=message_ids).select_related("account").prefetch_related(replies)
    _replace({MESSAGE: message_ids, QUESTION: message_ids}, [_message(message) for message in found])


def _findable_messages() -> QuerySet[Message]:
    return Message.objects.published().exclude(kind=MessageKind.FEEDBACK)


@transaction.atomic
def index_section(account_id: int, section_id: int) -> None:
    """Store anew how all of a section at an account is found: its limit has changed."""
    hold_limits(account_id)
    here = {"account_id": account_id, "section_id": section_id}
    pages = list(Page.objects.filter(**here).values_list("pk", flat=True))
    index_pages(pages)
    index_files(list(File.objects.filter(**here).values_list("pk", flat=True)))
    index_tasks(list(Task.objects.filter(memo__in=pages).values_list("pk", flat=True)))
    index_messages(list(Message.objects.filter(**here).values_list("pk", flat=True)))


def reindex(account_id: int) -> int:
    """Store anew how everything of an account's channel is found, while people write; return how many things there are.

    Each batch is a transaction of its own that holds its rows, so that whoever changes one of them comes before, and is
    seen, or after, and stores it again.
    """
    tables: dict[str, type[Model]] = {
        PAGE: Page, MEMO: Page, FILE: File, TASK: Task, MESSAGE: Message, QUESTION: Message,
    }  # fmt: skip
    for kind, table in tables.items():
        standing = table._default_manager.filter(pk=OuterRef("object_id"), account=OuterRef("account"))
        SearchEntry.objects.filter(~Exists(standing), account=account_id, kind=kind).delete()
    steps: tuple[tuple[type[Model], Callable[[Collection[int]], None]], ...] = (
        (Page, index_pages),
        (File, index_files),
        (Task, index_tasks),
        (Message, index_messages),
    )
    for rows, store in steps:
        ids = list(rows._default_manager.filter(account=account_id).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _AT_ONCE):
            _reindex_rows(account_id, rows, ids[start : start + _AT_ONCE], store)
    return SearchEntry.objects.filter(account=account_id, kind__in=_KINDS).count()


@transaction.atomic
def _reindex_rows(
    account_id: int, rows: type[Model], ids: Sequence[int], store: Callable[[Collection[int]], None]
) -> None:
    hold_limits(account_id)
    locked = rows._default_manager.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    store([row.pk for row in locked.only("pk")])


def _replace(asked: dict[str, Collection[int]], things: list[Findable]) -> None:
    for kind, ids in asked.items():
        standing = {thing.object_id for thing in things if thing.kind == kind}
        if gone := set(ids) - standing:
            forget(kind, gone)
    index(things)


def _memos(page_ids: Collection[int]) -> dict[int, Memo]:
    people = Prefetch("participants", MemoParticipant.objects.select_related("person"))
    found = Memo.objects.filter(pk__in=page_ids).prefetch_related("decisions", people)
    return {memo.pk: memo for memo in found}


def _page(page: Page) -> Findable:
    contract = [page.contract.number, page.contract.name] if page.contract else []
    return _of_page(page, PAGE, "page", [text_of(page.body), *contract])


def _memo(page: Page, memo: Memo) -> Findable:
    decisions = [decision.text for decision in memo.decisions.all()]
    present = [*(one.person.name for one in memo.participants.all()), memo.others]
    return _of_page(page, MEMO, "memo", [text_of(page.body), *decisions, ", ".join(filter(None, present)), memo.place])


def _of_page(page: Page, kind: str, url_name: str, lines: list[str]) -> Findable:
    return Findable(
        kind=kind,
        object_id=page.pk,
        account_id=page.account_id,
        path=reverse(url_name, args=[page.account.customer_number, page.pk]),
        title=page.title,
        text="\n".join(filter(None, lines)),
        audience=page.audience,
        changed_at=page.changed_at,
        changed_by_id=page.changed_by_id,
    )


def _file(file: File) -> Findable:
    return Findable(
        kind=FILE,
        object_id=file.pk,
        account_id=file.account_id,
        path=reverse("file_page", args=[file.account.customer_number, file.pk]),
        title=file.name,
        text=file.contract.number if file.contract else "",
        audience=file.audience,
        changed_at=file.added_at,
        changed_by_id=file.added_by_id,
    )


def _task(task: Task) -> Findable:
    return Findable(
        kind=TASK,
        object_id=task.pk,
        account_id=task.account_id,
        path=reverse("task", args=[task.account.customer_number, task.pk]),
        title=task.title,
        text=task.person.name if task.person else "",
        audience=task.audience,
        changed_at=task.done_at or task.created_at,
        changed_by_id=task.done_by_id or task.created_by_id,
    )


def _message(message: Message) -> Findable:
    kind = QUESTION if message.kind == MessageKind.QUESTION else MESSAGE
    words = [text_of(message.body), *(text_of(reply.body) for reply in message.replies.all())]
    return Findable(
        kind=kind,
        object_id=message.pk,
        account_id=message.account_id,
        path=reverse(kind, args=[message.account.customer_number, message.pk]),
        title=message.subject,
        text="\n".join(filter(None, words)),
        audience=message.audience,
        changed_at=message.changed_at,
        changed_by_id=message.author_id,
    )
