"""Questions: the list, asking, one with its answers, the right one, keeping it as a page, what is unanswered."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, account_for, directs_some, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account
from accounts.views.parts import Request, render_page, text_in
from channels_app.actions.questions import ask_question, mark_right, turn_into_page, unmark_right
from channels_app.forms.questions import KeepForm, QuestionForm
from channels_app.forms.replies import ReplyForm
from channels_app.models import Message, MessageKind, Reply, SectionKind
from channels_app.queries.contents import Contents, Line, contents_of
from channels_app.queries.messages import is_withdrawn_for, section_of
from channels_app.queries.questions import (
    FILTERS,
    Alike,
    alike,
    may_keep,
    may_mark,
    may_unmark,
    page_sections,
    question_of,
    questions_listed,
    unanswered_of,
    waited,
)
from channels_app.views.messages import note_opened, shown
from channels_app.views.parts import channel_page, section_in

A_PAGE = 25


def questions_section(account: Account) -> tuple[Contents, Line | None]:
    """Return the contents and the section of questions, None when it was removed; Http404 when it is limited."""
    contents = contents_of(account, account.standing)
    line = contents.of_kind(SectionKind.QUESTIONS)
    return contents, line and section_in(contents, line.section_id)


@require_safe
@signed_in
def questions(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = questions_section(account)
    words, which = text_in(request, "q"), request.GET.get("which", "")
    which = which if which in FILTERS else ""
    page = Paginator(questions_listed(account, request.person, which, words), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, waited(one)) for one in page],
        "words": words,
        "which": which,
        "line": section,
    }
    return channel_page(
        request, "channel/questions.html", account, context, section=section, contents=contents, part="question-list"
    )


# --- asking ---------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def question_new(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.WRITE)
    contents, section = questions_section(account)
    form = QuestionForm(
        request.POST or None,
        request.FILES or None,
        account=account,
        person=request.person,
        section_id=section_of(MessageKind.QUESTION).pk,
        search=reverse("question_similar", args=[customer_number]),
        initial={"title": text_in(request, "title")},
    )
    similar = alike(account, request.person, form.data.get("title", "") or text_in(request, "title"))
    status = 200
    if request.method == "POST":
        asked = _asked(request, account, form, similar)
        if asked:
            messages.success(request, _("Your question has been asked. You hear when somebody answers."))
            return redirect("question", customer_number, asked.pk)
        status = 422 if form.errors else 200
    context = {"form": form, "similar": similar, "not_shown": request.method == "POST" and not form.errors}
    return channel_page(
        request, "channel/question_new.html", account, context, section=section, contents=contents, status=status
    )


def _asked(request: Request, account: Account, form: QuestionForm, similar: list[Alike]) -> Message | None:
    """Ask, unless something is wrong, or what looks alike has not been shown yet: its asker sees that first."""
    if not form.is_valid():
        return None
    try:
        form.take_files()
        if {one.question.pk for one in similar} - form.shown:
            return None
        data = form.cleaned_data
        return ask_question(
            actor=request.person, account=account, title=data["title"], body=data["body"], files=form.file_ids
        )
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None


@require_safe
@signed_in
def question_similar(request: Request, customer_number: str) -> HttpResponse:
    """Answer with the answered questions that look like what is being typed: the inside of an element of the form."""
    account = account_for(request.person, customer_number, Action.WRITE)
    questions_section(account)
    context = {"account": account, "similar": alike(account, request.person, text_in(request, "title"))}
    return render_page(request, "channel/_questions_similar.html", context)


# --- one question ---------------------------------------------------------------------------------------------------
@require_safe
@signed_in
def question(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    found = question_of(account, request.person, pk)
    if request.method == "GET":
        note_opened(request, account, found)
    return question_page(request, account, found)


def question_page(
    request: Request, account: Account, found: Message, *, form: ReplyForm | None = None, status: int = 200
) -> HttpResponse:
    """Draw the question with its answers, the right one first; `form` is an answer that could not be taken as sent."""
    person, contents = request.person, contents_of(account, account.standing)
    if is_withdrawn_for(person, account, found):
        context: dict[str, Any] = {"message": found}
        return channel_page(request, "channel/message_withdrawn.html", account, context, section=found.section_id)
    context = shown(request, account, found)
    for row in context["replies"]:
        row["is_right"] = row["reply"].pk == found.right_reply_id
        row["may_mark"] = not row["is_right"] and may_mark(person, account, found, row["reply"])
    context["replies"].sort(key=lambda row: not row["is_right"])
    keeps = may_keep(person, account, found)
    form = form or ReplyForm(account=account, person=person, message=found)
    form.fields["body"].label = _("Your answer")
    context |= {
        "form": form,
        "may_unmark": may_unmark(person, account, found),
        "keep": KeepForm(sections=page_sections(contents)) if keeps else None,
        "kept_as": found.page if found.page and found.page.removed_at is None and _reads(account, found) else None,
        "waited": waited(found),
    }
    return channel_page(
        request, "channel/question.html", account, context, section=found.section_id, contents=contents, status=status
    )


def _reads(account: Account, found: Message) -> bool:
    return found.page is not None and account.standing.within(found.page.audience)


@require_POST
@signed_in
def answer_right(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Mark the answer `reply` as the right one, or take the mark away when there is no `reply`."""
    account = account_for(request.person, customer_number, Action.WRITE)
    found = question_of(account, request.person, pk)
    named = request.POST.get("reply", "")
    try:
        if not named:
            _unmark(request, account, found)
        else:
            _mark(request, account, found, named)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("question", customer_number, pk)


def _mark(request: Request, account: Account, found: Message, named: str) -> None:
    number = int(named) if named.isascii() and named.isdecimal() and len(named) < 18 else 0
    reply = Reply.objects.filter(message=found, pk=number).first()
    if reply is None or not may_mark(request.person, account, found, reply):
        raise Http404
    mark_right(actor=request.person, question=found, reply=reply)
    messages.success(request, _("Marked as the right answer."))


def _unmark(request: Request, account: Account, found: Message) -> None:
    if found.right_reply_id is None:
        return
    if not may_unmark(request.person, account, found):
        raise Http404
    unmark_right(actor=request.person, question=found)
    messages.success(request, _("The mark has been taken away."))


@require_POST
@signed_in
def question_to_page(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    found = question_of(account, request.person, pk)
    if found.page is not None:
        return redirect("page", customer_number, found.page.pk)
    if not may_keep(request.person, account, found):
        raise Http404
    form = KeepForm(request.POST, sections=page_sections(contents_of(account, account.standing)))
    if not form.is_valid():
        messages.error(request, _("Choose a section that holds pages."))
        return redirect("question", customer_number, pk)
    try:
        page = turn_into_page(actor=request.person, question=found, section_id=form.cleaned_data["section"])
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("question", customer_number, pk)
    messages.success(request, _("The question is a page now, to be checked like any other. Read it through once."))
    return redirect("page", customer_number, page.pk)


# --- all accounts ---------------------------------------------------------------------------------------------------
@require_safe
@signed_in
def unanswered(request: Request) -> HttpResponse:
    """List what nobody has answered in the accounts that one directs, with how long it has waited."""
    if not directs_some(request.person):
        raise Http404
    page = Paginator(unanswered_of(request.person), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [(one, waited(one)) for one in page]}
    return render_page(request, "channel/unanswered.html", context)


_HERE = "accounts/<str:customer_number>/questions/"
urlpatterns = [
    path(_HERE, questions, name="questions"),
    path(f"{_HERE}new/", question_new, name="question_new"),
    path(f"{_HERE}similar/", question_similar, name="question_similar"),
    path(f"{_HERE}<int:pk>/", question, name="question"),
    path(f"{_HERE}<int:pk>/right/", answer_right, name="answer_right"),
    path(f"{_HERE}<int:pk>/page/", question_to_page, name="question_to_page"),
    path("unanswered/", unanswered, name="unanswered"),
]
