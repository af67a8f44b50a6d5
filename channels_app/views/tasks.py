"""The account's tasks: the list, adding and changing one, done with one tap."""

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import account_for, edits, signed_in
from accounts.actions.refusal import Refusal
from accounts.forms.people import choices_among
from accounts.models import Account, Person
from accounts.views.parts import Request, text_in
from channels_app.actions.tasks import (
    add_task,
    change_task,
    finish_task,
    may_change,
    may_finish,
    remove_task,
    reopen_task,
)
from channels_app.forms.tasks import TaskForm
from channels_app.models import SectionKind, Task
from channels_app.queries.contents import Contents, Line, contents_of
from channels_app.queries.people import people_at
from channels_app.queries.tasks import done_tasks, open_tasks, task_of
from channels_app.views.parts import channel_page, section_in
from channels_app.views.task_rows import rows_of

A_PAGE = 50
_FIELD = re.compile(r"[a-z0-9_-]{1,40}")  # a name of a form's field, which comes back in the answer


def tasks_section(account: Account) -> tuple[Contents, Line | None]:
    """Return the contents and the section of tasks, None where it is no longer in use; Http404 when it is limited."""
    contents = contents_of(account, account.standing)
    line = contents.of_kind(SectionKind.BOARD)
    return contents, line and section_in(contents, line.section_id)


@require_safe
@signed_in
def tasks(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = tasks_section(account)
    show = request.GET.get("show", "")
    found = open_tasks(account, account.standing, request.person)
    if show == "done":
        found = done_tasks(account, account.standing)
    elif show == "mine":
        found = found.filter(person=request.person)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(account, request.person, list(page), editor=edits(request.person, account))
    context = {"page": page, "rows": rows, "show": show if show in ("done", "mine") else "", "line": section}
    return channel_page(request, "channel/tasks.html", account, context, section=section, contents=contents)


@require_safe
@signed_in
def task(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Lead to where the task stands in the list, on whichever tab and page."""
    account = account_for(request.person, customer_number)
    found = task_of(account, account.standing, pk)
    tab = (
        done_tasks(account, account.standing)
        if found.done_at
        else open_tasks(account, account.standing, request.person)
    )
    place = list(tab.values_list("pk", flat=True)).index(pk)
    asked = {"show": "done"} if found.done_at else {}
    asked |= {"page": str(place // A_PAGE + 1)} if place >= A_PAGE else {}
    address = reverse("tasks", args=[customer_number])
    return redirect(f"{address}{'?' if asked else ''}{urlencode(asked)}#task-{pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def task_new(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = tasks_section(account)
    form = _form(request, account, None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = data.get("person") if "person" in form.fields else request.person
        try:
            add_task(actor=request.person, account=account, title=data["title"], person=person, due_on=data["due_on"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The task has been added."))
            return redirect("tasks", customer_number)
    context = {"form": form}
    return channel_page(
        request, "channel/task_form.html", account, context, section=section, contents=contents,
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def task_edit(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    task = _changeable(request.person, account, pk)
    form = _form(request, account, task)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = data.get("person") if "person" in form.fields else task.person
        try:
            change_task(task=task, title=data["title"], person=person, due_on=data["due_on"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The task has been changed."))
            return _back(request, account, task)
    context = {"form": form, "task": task, "from": request.POST.get("from", request.GET.get("from", ""))}
    return channel_page(request, "channel/task_form.html", account, context, status=422 if form.errors else 200)


@require_POST
@signed_in
def task_done(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    task = task_of(account, account.standing, pk)
    if not may_finish(request.person, account, task):
        raise Http404
    try:
        finish_task(actor=request.person, task=task)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _back(request, account, task)
    return _row(request, account, pk) or _told(request, account, task, _("Done: %(task)s") % {"task": task.title})


@require_POST
@signed_in
def task_reopen(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    task = task_of(account, account.standing, pk)
    if not may_finish(request.person, account, task):
        raise Http404
    try:
        reopen_task(task=task)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _back(request, account, task)
    return _row(request, account, pk) or _told(request, account, task, _("Open again: %(task)s") % {"task": task.title})


@require_POST
@signed_in
def task_remove(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    task = _changeable(request.person, account, pk)
    remove_task(task=task)
    return _told(request, account, task, _("Removed: %(task)s") % {"task": task.title})


@require_safe
@signed_in
def task_people(request: Request, customer_number: str) -> HttpResponse:
    """Answer the search for whose a task is, as one types: colleagues who see the account and fit."""
    account = account_for(request.person, customer_number)
    field = text_in(request, "field") or "person"
    if not _FIELD.fullmatch(field):
        raise Http404
    text = text_in(request, field)
    context = {"field": field, "choices": choices_among(people_at(account), text), "asked": True, "text": text}
    return render(request, "accounts/_people.html", context)


def _changeable(person: Person, account: Account, pk: int) -> Task:
    task = task_of(account, account.standing, pk)
    if not may_change(person, account, task):
        raise Http404
    return task


def _form(request: Request, account: Account, task: Task | None) -> TaskForm:
    """Return the form; whose the task is may be chosen by editors, and by the memo's author for the memo's tasks."""
    of_own_memo = task is not None and task.memo is not None and task.memo.page.author_id == request.person.pk
    may_give = edits(request.person, account) or of_own_memo
    people = people_at(account, task.audience if task else None) if may_give else None
    if people is not None and task is not None and task.person_id is not None:
        people = people | Person.objects.filter(pk=task.person_id).select_related("area")
    initial = {"title": task.title, "person": task.person or "", "due_on": task.due_on} if task else None
    search = reverse("task_people", args=[account.customer_number])
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, people=people, search=search, initial=initial)
    if data is None and task is not None and task.person is not None:
        form.choices = {"person": [task.person]}  # ticked, so that a namesake is no question
    return form


def _row(request: Request, account: Account, pk: int) -> HttpResponse | None:
    """Return the changed line of the list for HTMX, None when a whole page was asked for."""
    if not request.htmx:
        return None
    task = task_of(account, account.standing, pk)
    [row] = rows_of(account, request.person, [task], editor=edits(request.person, account))
    of_memo = request.POST.get("from") == "memo"
    return render(request, "channel/_task.html", {"row": row, "account": account, "of_memo": of_memo})


def _told(request: Request, account: Account, task: Task, what: str) -> HttpResponse:
    messages.success(request, what)
    return _back(request, account, task)


def _back(request: Request, account: Account, task: Task) -> HttpResponse:
    """Lead to where the form stood: the memo that agreed the task, or the list."""
    if request.POST.get("from") == "memo" and task.memo_id:
        return redirect("memo", account.customer_number, task.memo_id)
    return redirect("tasks", account.customer_number)


urlpatterns = [
    path("accounts/<str:customer_number>/tasks/", tasks, name="tasks"),
    path("accounts/<str:customer_number>/tasks/new/", task_new, name="task_new"),
    path("accounts/<str:customer_number>/tasks/people/", task_people, name="task_people"),
    path("accounts/<str:customer_number>/tasks/<int:pk>/", task, name="task"),
    path("accounts/<str:customer_number>/tasks/<int:pk>/edit/", task_edit, name="task_edit"),
    path("accounts/<str:customer_number>/tasks/<int:pk>/done/", task_done, name="task_done"),
    path("accounts/<str:customer_number>/tasks/<int:pk>/reopen/", task_reopen, name="task_reopen"),
    path("accounts/<str:customer_number>/tasks/<int:pk>/remove/", task_remove, name="task_remove"),
]
