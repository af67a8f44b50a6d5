"""The pilot account's channel, complete, written through the actions that everybody's writing goes through.

The texts are demo/channel/pilot/*.md (see kam/demo_texts.py for their form), their files demo/channel/files. What an
action dates now is dated back afterwards, so that the channel looks as if it had been kept for a year.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from django.core.files.base import File as Content
from django.db import transaction
from django.urls import reverse

from accounts.access import sees
from accounts.models import Account, Editor, Person
from channels_app.actions.decisions import announce_decision
from channels_app.actions.drafts import keep_draft
from channels_app.actions.editors import name_editor
from channels_app.actions.essentials import write_essential
from channels_app.actions.files import add_file, add_version
from channels_app.actions.indexing import index_files, index_tasks
from channels_app.actions.memos import DecisionLine, Minutes, create_memo, minutes_of, save_memo
from channels_app.actions.pages import cleaned, create_page, save_page
from channels_app.actions.sections import add_local_section, set_section
from channels_app.actions.tasks import add_task, finish_task
from channels_app.models import Draft, Essential, File, FileVersion, Memo, Page, Section, SectionSetting, Task
from kam.demo_people import Team
from kam.demo_texts import Text, filled, helsinki, moment, month, working_day
from kam.lib.dates import today

FILES = Path(__file__).resolve().parent.parent / "demo" / "channel" / "files"
UNUSED = "customer", "Asiakas kirjaa viestinsä omaan huoltokirjaansa; sieltä tulevat työt viedään tehtäviin."
# Files that stand in a section by themselves: section, file, who added it, how many days ago.
SECTION_FILES = [
    ("working", "siivouskeskuksen-juliste.pdf", "editor1", 88),
    ("induction", "selkokielinen-muistilista.pdf", "editor2", 140),
]
EDITORS = [("editor1", 370), ("editor2", 330)]


@dataclass
class Pilot:
    """The account while it is being filled; `files` and `tasks` are to be told to the search when all is dated."""

    team: Team
    sections: dict[str, Section]
    files: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)

    @property
    def account(self) -> Account:
        return self.team.account

    def section(self, key: str) -> Section:
        """Return the section of that key; "local A name" is the account's own, made when first asked for."""
        if key not in self.sections:
            name, director = key.removeprefix("local "), self.team.who("director")
            self.sections[key] = add_local_section(actor=director, account=self.account, name=name)
        return self.sections[key]


def fill_pilot(team: Team, texts: list[Text]) -> None:
    """Write all of `texts` into the account's channel, with everything that belongs to them."""
    pilot = Pilot(team, {section.key: section for section in Section.objects.all() if section.key})
    facts = team.facts()
    with transaction.atomic():
        _name_editors(pilot)
        _leave_a_section_unused(pilot)
        for text in texts:
            if text.one("memo"):
                held = working_day(-int(text.one("held")))
                _write_memo(pilot, filled(text, facts | {"month": month(held)}, team.account.customer_number))
            else:
                _write_page(pilot, filled(text, facts, team.account.customer_number))
        for key, name, who, days in SECTION_FILES:
            _add_file(pilot, name, team.who(who), pilot.section(key), moment(days, 1, name))
        index_files(pilot.files)
        index_tasks(pilot.tasks)


def _name_editors(pilot: Pilot) -> None:
    director = pilot.team.who("director")
    for who, days in EDITORS:
        editor = name_editor(actor=director, account=pilot.account, person=pilot.team.who(who))
        Editor.objects.filter(pk=editor.pk).update(named_at=moment(days, 0, who))


def _leave_a_section_unused(pilot: Pilot) -> None:
    key, why = UNUSED
    setting = set_section(
        actor=pilot.team.who("director"),
        account=pilot.account,
        section=pilot.section(key),
        limit=None,
        unused_because=why,
    )
    SectionSetting.objects.filter(pk=setting.pk).update(set_at=moment(300, 0, key))


# --- pages -----------------------------------------------------------------------------------------------------------
def _write_page(pilot: Pilot, text: Text) -> None:
    section, author = pilot.section(text.one("section")), pilot.team.who(text.one("by"))
    written = moment(int(text.one("written")), 1, text.name)
    urls: dict[str, str] = {}
    _put_in_files(pilot, text, 1, author, section, written, urls)
    contract = next((one for one in pilot.team.contracts if one.number == text.one("contract")), None)
    page = create_page(
        actor=author,
        account=pilot.account,
        section_id=section.pk,
        title=text.one("title"),
        body=text.html(1, urls.__getitem__),
        contract=contract,
        limit=text.one("limit").split() or None,
        review_days=int(text.one("review", "0")) or None,
        now=written,
    )
    for number, (days, who, note) in enumerate(_revisions(text), 2):
        actor, now = pilot.team.who(who), moment(days, number, text.name)
        _put_in_files(pilot, text, number, actor, section, now, urls)
        page = save_page(
            actor=actor,
            page=page,
            title=page.title,
            body=text.html(number, urls.__getitem__),
            based_on=page.number,
            note=note,
            now=now,
        )
    _attach(pilot, text, page)
    _check(pilot, text, page)
    _write_essentials(pilot, text, page)
    if who := text.one("draft"):
        body = cleaned(pilot.account, text.html(page.number + 1, urls.__getitem__))
        keep = partial(keep_draft, person=pilot.team.who(who), account=pilot.account, section_id=section.pk, page=page)
        draft = keep(title=page.title, body=body, based_on=page.number)
        Draft.objects.filter(pk=draft.pk).update(saved_at=moment(4, 9, text.name))


def _revisions(text: Text) -> list[tuple[int, str, str]]:
    """Return for each revision after the first: days ago, who, what changed."""
    found = (line.split(" ", 2) for line in text.all("revision"))
    return [(int(days), who, note) for days, who, note in found]


def _check(pilot: Pilot, text: Text, page: Page) -> None:
    days, who = text.one("checked").split()
    Page.objects.filter(pk=page.pk).update(checked_by=pilot.team.who(who), checked_on=working_day(-int(days)))


def _write_essentials(pilot: Pilot, text: Text, page: Page) -> None:
    for line in text.all("essential"):
        who, _, words = line.partition(" ")
        essential = write_essential(actor=pilot.team.who(who), page=page, text=words, number=page.number)
        since = page.changed_at + dt.timedelta(hours=3)
        Essential.objects.filter(pk=essential.pk).update(written_at=since)


# --- files -----------------------------------------------------------------------------------------------------------
def _put_in_files(
    pilot: Pilot, text: Text, number: int, actor: Person, section: Section, when: dt.datetime, urls: dict[str, str]
) -> None:
    """Add what stands in revision `number` and is not among `urls` yet, as somebody does while writing."""
    for name in text.files_named(number):
        if name not in urls:
            file = _add_file(pilot, name, actor, section, when, attached=False)
            urls[name] = reverse("file", args=[pilot.account.customer_number, file.pk])


def _attach(pilot: Pilot, text: Text, page: Page) -> None:
    """Add the files that belong to the page without standing in its text; the later version came with its last save."""
    author = pilot.team.who(text.one("by"))
    for name in filter(None, text.one("files").split(", ")):
        file = _add_file(pilot, name, author, page.section, page.created_at, page=page)
        later = FILES / f"{Path(name).stem}.2{Path(name).suffix}"
        if later.exists():
            with later.open("rb") as content:
                version = add_version(actor=page.changed_by, file=file, content=Content(content), name=name)
            FileVersion.objects.filter(pk=version.pk).update(added_at=page.changed_at)


def _add_file(
    pilot: Pilot,
    name: str,
    author: Person,
    section: Section,
    when: dt.datetime,
    page: Page | None = None,
    attached: bool = True,
) -> File:
    with (FILES / name).open("rb") as content:
        file = add_file(
            actor=author,
            account=pilot.account,
            section_id=section.pk,
            page=page,
            contract=page.contract if page else None,
            content=Content(content),
            name=name,
            attached=attached,
        )
    dates = {"added_at": when} | ({"attached_at": when} if attached else {})
    File.objects.filter(pk=file.pk).update(**dates)
    FileVersion.objects.filter(file=file).update(added_at=when)
    pilot.files.append(file.pk)
    return file


# --- memos -----------------------------------------------------------------------------------------------------------
def _write_memo(pilot: Pilot, text: Text) -> None:
    author, days = pilot.team.who(text.one("by")), int(text.one("held"))
    memo = create_memo(
        actor=author,
        account=pilot.account,
        minutes=_minutes(pilot, text),
        limit=text.one("limit").split() or None,
        now=moment(days, 8, text.name),
    )
    for number, (since, who, note) in enumerate(_revisions(text), 2):
        minutes = replace(minutes_of(memo), body=text.html(number))
        actor, now = pilot.team.who(who), moment(since, number, text.name)
        memo = save_memo(actor=actor, memo=memo, minutes=minutes, based_on=memo.page.number, note=note, now=now)
    _announce(pilot, text, memo)
    for line in text.all("task"):
        _write_task(pilot, memo, author, line)


def _minutes(pilot: Pilot, text: Text) -> Minutes:
    people = {pilot.team.who(name).pk for name in text.one("with").split()}
    decisions = tuple(DecisionLine(words) for key, words in text.head if key in ("decision", "decision!"))
    next_at, next_place = _next(text.one("next"))
    return Minutes(
        topic=text.one("title"),
        body=text.html(1),
        held_on=working_day(-int(text.one("held"))),
        meeting=text.one("memo"),
        place=text.one("place"),
        others=text.one("others"),
        participants=frozenset(sees(people, pilot.account)),
        decisions=decisions,
        next_at=next_at,
        next_place=next_place,
    )


def _next(line: str) -> tuple[dt.datetime | None, str]:
    """Read "15 9:00 | the place": so many days from today, at that time in Finland, where."""
    if not line:
        return None, ""
    when, _, place = line.partition(" | ")
    days, clock = when.split()
    hour, minute = map(int, clock.split(":"))
    return helsinki(working_day(int(days)), hour, minute), place


def _announce(pilot: Pilot, text: Text, memo: Memo) -> None:
    announced = text.all("decision!")
    for decision in memo.decisions.filter(text__in=announced):
        now = memo.page.changed_at + dt.timedelta(hours=1)
        announce_decision(actor=pilot.team.who("director"), decision=decision, now=now)


def _write_task(pilot: Pilot, memo: Memo, author: Person, line: str) -> None:
    """Write "who | due in days | open, or done and when | what": negative days are past, "-" is nobody."""
    who, due, state, title = line.split(" | ")
    person = None if who == "-" else pilot.team.who(who)
    due_on = today() + dt.timedelta(days=int(due))
    task = add_task(actor=author, account=pilot.account, memo=memo, title=title, person=person, due_on=due_on)
    Task.objects.filter(pk=task.pk).update(created_at=memo.page.created_at)
    if state != "open":
        done = moment(-int(state.removeprefix("done ")), 6, title)
        finish_task(actor=person or author, task=task, now=done)
    pilot.tasks.append(task.pk)
