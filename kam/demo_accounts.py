"""Every other account's channel: texts for its industry with its own facts, chosen by its customer number.

Nearly a thousand pages are written at once and told to the search afterwards; each is what `create_page` would have
made. The texts are demo/channel/toimialat/<industry>/ and demo/channel/yhteiset/.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from accounts.models import Account, Contract, Person
from channels_app.actions.indexing import index_pages, index_tasks
from channels_app.actions.pages import cleaned
from channels_app.models import Decision, Memo, MemoParticipant, Page, Revision, Section, Task
from channels_app.models.locks import hold_limits
from kam.demo_people import Team, contract_facts
from kam.demo_texts import Text, filled, moment, read_all, working_day
from kam.lib.dates import today

CONTENT = Path(__file__).resolve().parent.parent / "demo" / "channel"
FOLDERS = {
    "Pankki": "pankki",
    "Koulut": "koulut",
    "Palvelutalot": "hoiva",
    "Hoivakodit": "hoiva",
    "Ravintolat": "ravintolat",
    "Energia": "energia",
    "Teollisuus": "teollisuus",
    "Logistiikka": "logistiikka",
    "Terveys": "terveys",
    "Kiinteistöt": "kiinteistot",
    "Fastigheter": "kiinteistot",
    "Kauppa": "kauppa",
}
SHARED_WORKING_PAGES = 2
# Days within which a page was checked, when it is fresh and when it is overdue: working pages, all others.
FRESH, OVERDUE = {True: (3, 80), False: (3, 170)}, {True: (91, 170), False: (181, 300)}


@dataclass
class Rows:
    """What is to be written of all accounts; a memo and what belongs to it come after its page has its number."""

    pages: list[Page] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    participants: list[MemoParticipant] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


def fill_accounts(teams: list[Team]) -> int:
    """Fill the channels of all these accounts and return how many pages and memos they got."""
    sections = {section.key: section for section in Section.objects.all() if section.key}
    library = {folder: read_all(CONTENT / "toimialat" / folder) for folder in set(FOLDERS.values())}
    shared = read_all(CONTENT / "yhteiset")
    rows = Rows()
    for team in teams:
        _Writer(team, sections, rows).write(library[FOLDERS[team.account.industry]], shared)
    with transaction.atomic():
        for team in sorted(teams, key=lambda team: team.account.pk):
            hold_limits(team.account.pk)
        _store(rows)
    return len(rows.pages)


def _store(rows: Rows) -> None:
    Page.objects.bulk_create(rows.pages, batch_size=500)
    Revision.objects.bulk_create(map(_first_revision, rows.pages), batch_size=500)
    Memo.objects.bulk_create(rows.memos)
    MemoParticipant.objects.bulk_create(rows.participants)
    Decision.objects.bulk_create(rows.decisions)
    Task.objects.bulk_create(rows.tasks)
    index_pages([page.pk for page in rows.pages])
    index_tasks([task.pk for task in rows.tasks])


def _first_revision(page: Page) -> Revision:
    return Revision(page=page, number=1, title=page.title, body=page.body, author=page.author, saved_at=page.changed_at)


class _Writer:
    """Writes one account's pages and memos; every choice follows from the account's number."""

    def __init__(self, team: Team, sections: dict[str, Section], rows: Rows) -> None:
        self.team, self.sections, self.rows = team, sections, rows
        self.account: Account = team.account
        self.choose = random.Random(f"channel {self.account.customer_number}")  # noqa: S311  variety, not secrecy
        self.facts = team.facts()

    def write(self, own: list[Text], shared: list[Text]) -> None:
        working = [text for text in own if text.one("section") == "working"]
        extra = [text for text in shared if text.one("section") == "working"]
        working += self.choose.sample(extra, SHARED_WORKING_PAGES)
        titles = self.choose.sample([text.one("title") for text in working], 2)
        self.facts |= {"working1": titles[0], "working2": titles[1]}
        contract_page = next(text for text in own if text.one("section") == "contracts")
        brief = next(text for text in own if text.one("section") == "brief")
        for text in [brief, *working, *(one for one in shared if one.one("section") == "induction")]:
            self._page(text)
        for contract in self.team.contracts:
            self._page(contract_page, contract)
        self._memo(next(text for text in own if text.one("memo")), self.choose.randint(18, 75))
        team_memos = [text for text in shared if text.one("memo")]
        self._memo(self.choose.choice(team_memos), self.choose.randint(6, 45))

    def _page(self, text: Text, contract: Contract | None = None) -> Page:
        facts = self.facts | (contract_facts(contract) if contract else {})
        text = filled(text, facts, f"{self.account.customer_number} {contract or ''}")
        working = text.one("section") == "working"
        overdue = self.choose.random() < 0.18
        checked = self.choose.randint(*(OVERDUE if overdue else FRESH)[working])
        written = moment(checked + self.choose.choice([0, 0, 60, 200]), 1 + self.choose.randrange(8), text.name)
        page = self._new(text, text.one("section"), self._author(), written, contract)
        page.checked_by, page.checked_on = self.team.who("director"), working_day(-checked)
        return page

    def _author(self) -> Person:
        return self.team.who(self.choose.choice(["director", "director", "deputy"]))

    def _new(
        self, text: Text, section: str, author: Person, when: dt.datetime, contract: Contract | None = None
    ) -> Page:
        page = Page(
            account=self.account,
            section=self.sections[section],
            contract=contract,
            title=text.one("title"),
            body=cleaned(self.account, text.html(1)),
            number=1,
            author=author,
            created_at=when,
            changed_by=author,
            changed_at=when,
            checked_by=author,
            checked_on=when.date(),
        )
        self.rows.pages.append(page)
        return page

    # --- memos -------------------------------------------------------------------------------------------------------
    def _memo(self, text: Text, days: int) -> None:
        text = filled(text, self.facts, self.account.customer_number)
        author = self.team.who("director" if text.one("memo") == Memo.Meeting.CUSTOMER else "manager")
        page = self._new(text, "memos", author, moment(days, 8, text.name))
        place = self.choose.choice(["Teams", "Teams", "asiakkaan toimisto", "aluetoimisto"])
        memo = Memo(
            page=page, held_on=working_day(-days), meeting=text.one("memo"), place=place, others=text.one("others")
        )
        self.rows.memos.append(memo)
        present = {self.team.who(name) for name in ("director", "manager", "supervisor1", "supervisor2")} | {author}
        people = sorted(present, key=lambda person: person.employee_number)
        self.rows.participants += [MemoParticipant(memo=memo, person=person) for person in people]
        for position, words in enumerate(text.all("decision"), 1):
            self.rows.decisions.append(Decision(memo=memo, position=position, text=words))
        for line in text.all("task"):
            self._task(memo, author, line)

    def _task(self, memo: Memo, author: Person, line: str) -> None:
        """Note a task; of those late, or nobody's, in the texts most are done, or somebody's, at most accounts."""
        who, due, _, title = line.split(" | ")
        supervisor = f"supervisor{self.choose.randint(1, 9)}"
        if who == "-" and self.choose.random() < 0.8:
            who = "responsible"
        person = None if who == "-" else self.team.who(supervisor if who == "responsible" else who)
        task = Task(account=self.account, memo=memo, title=title, person=person, created_by=author)
        task.due_on, task.created_at = today() + dt.timedelta(days=int(due)), memo.page.created_at
        if int(due) < 0 and self.choose.random() < 0.6:
            task.done_by, task.done_at = person or author, moment(1 - int(due), 6, title)
        self.rows.tasks.append(task)
