"""The import commands: what they change, what they print, and the exit status that tells a script how it ended."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, Assignment, Delivery, LedgerEntry, Person, RosterImport
from accounts.notify.composing import compose
from tests.accounts.roster.exports import account, assignments, placements, row, text
from tests.accounts.roster.files import (
    ACCOUNTS_HEADER,
    ACCOUNTS_ROW,
    PEOPLE_HEADER,
    PEOPLE_ROW,
    csv_text,
)
from tests.cast import make_login, make_person

pytestmark = pytest.mark.django_db
KEYS = [
    "import", "kind", "file", "date", "state", "rows", "rows_with_errors", "figures", "guard", "error", "problems",
    "changes",
]  # fmt: skip
MANY = [row(f"{site:05}", f"{site:07}") for site in range(1, 11)]
Write = Callable[[str, bytes], str]


@pytest.fixture(autouse=True)
def _kept_apart(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    account()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return write_file


def run(*arguments: str) -> tuple[int, str, str]:
    """Return (exit status, what went to stdout, what went to stderr)."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, out.getvalue(), err.getvalue()


def rows() -> list[int]:
    return [model.objects.count() for model in (Account, Assignment, LedgerEntry, Person)]


def test_roster_is_applied_and_a_second_time_there_is_nothing_to_do(write: Write) -> None:
    file = write("vienti.csv", text(row()))
    status, out, _ = run("import_roster", file, "--date", "2026-10-01")
    assert (status, assignments() != set()) == (0, True)
    assert out.startswith("vienti.csv of 2026-10-01: applied\n1 rows read, 0 with errors\n")
    before = rows()
    assert run("import_roster", file, "--date", "2026-10-01")[0] == 0
    assert RosterImport.objects.latest("pk").state == RosterImport.State.UNCHANGED
    assert rows() == before


def test_forecast_says_what_would_change_and_changes_nothing(write: Write) -> None:
    run("import_roster", write("1.csv", text(*MANY)), "--date", "2026-10-01")
    before = rows()
    file = write("2.csv", text(*MANY[:5]))
    status, out, _ = run("import_roster", file, "--date", "2026-11-16", "--forecast", "--json")
    told = json.loads(out)
    assert (status, told["state"], told["figures"]["access_lost"]) == (0, "forecast", 5)
    assert told["guard"] == ["ends_many", "closes_many"]
    assert {change["employee"] for change in told["changes"] if change["section"] == "access_lost"} == {
        f"{number:07}" for number in range(6, 11)
    }
    assert rows() == before
    assert RosterImport.objects.get(pk=told["import"]).state == RosterImport.State.DISCARDED


def test_guard_refuses_with_2_until_told_yes(write: Write) -> None:
    run("import_roster", write("1.csv", text(*MANY)), "--date", "2026-10-01")
    before = rows()
    file = write("2.csv", text(*MANY[:5]))
    status, _, err = run("import_roster", file, "--date", "2026-11-16")
    assert status == 2
    assert "Stopped by the guard (ends_many, closes_many): 5 people would lose access." in err
    assert rows() == before
    assert run("import_roster", file, "--date", "2026-11-16", "--yes")[0] == 0
    assert RosterImport.objects.latest("pk").state == RosterImport.State.APPLIED


@pytest.mark.parametrize("forecast", [[], ["--forecast"]])
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 100, text(), text(row(Alkaa="mañana"))])
def test_file_beyond_use_ends_with_1_and_says_why(write: Write, content: bytes, forecast: list[str]) -> None:
    before = rows()
    status, _, err = run("import_roster", write("vienti.csv", content), *forecast)
    assert status == 1
    assert err.strip().endswith(".")
    assert "can't be used (" not in err, "a sentence of its own, not a code"
    assert rows() == before


@pytest.mark.parametrize("content", [text(row()), b""])
@pytest.mark.parametrize("forecast", [[], ["--forecast"]])
def test_json_has_the_same_keys_whatever_became_of_it(write: Write, content: bytes, forecast: list[str]) -> None:
    _, out, err = run("import_roster", write("vienti.csv", content), "--json", "--date", "2026-10-01", *forecast)
    told = json.loads(out)
    assert list(told) == KEYS
    assert (told["kind"], told["file"], told["date"], err) == ("roster", "vienti.csv", "2026-10-01", "")


def test_json_tells_each_problem_and_each_change(write: Write) -> None:
    file = write("vienti.csv", text(row(), row("00002", Alkaa="31.2.2026")))
    status, out, _ = run("import_roster", file, "--json", "--date", "2026-10-01")
    told = json.loads(out)
    assert (status, told["rows"], told["rows_with_errors"]) == (0, 2, 1)
    (problem,) = told["problems"]
    assert list(problem) == ["row", "column", "value", "severity", "code", "text"]
    assert (problem["row"], problem["value"]) == (3, "31.2.2026")
    keys = ["section", "account", "employee", "person", "site", "day", "row", "data"]
    assert all(list(change) == keys for change in told["changes"])
    assert "access_gained" in {change["section"] for change in told["changes"]}


def test_unknown_customers_are_created_when_asked_for(write: Write) -> None:
    file = write("vienti.csv", text(row(), row("00002", Asiakasnro="030009", Asiakas="Uusi Oy")))
    assert run("import_roster", file, "--date", "2026-10-01", "--create-accounts")[0] == 0
    assert {number for number, *_ in placements("00002")} == {"030009"}


def test_forecast_creates_no_unknown_customer(write: Write) -> None:
    file = write("vienti.csv", text(row(), row("00002", Asiakasnro="030009", Asiakas="Uusi Oy")))
    before = rows()
    assert run("import_roster", file, "--date", "2026-10-01", "--create-accounts", "--forecast")[0] == 0
    assert rows() == before


@pytest.mark.parametrize(
    ("command", "header", "line", "kind"),
    [
        ("import_people", PEOPLE_HEADER, PEOPLE_ROW, "people"),
        ("import_accounts", ACCOUNTS_HEADER, ACCOUNTS_ROW, "accounts"),
    ],
)
def test_people_and_accounts_are_imported_likewise(
    write: Write, command: str, header: list[str], line: list[Any], kind: str
) -> None:
    file = write("tiedosto.csv", csv_text([header, line]).encode())
    before = rows()
    assert run(command, file, "--forecast")[0] == 0
    assert rows() == before
    status, out, _ = run(command, file, "--json")
    assert (status, json.loads(out)["state"], json.loads(out)["kind"]) == (0, "applied", kind)
    assert rows() != before
    assert run(command, write("tyhja.csv", b""))[0] == 1


@pytest.mark.parametrize("command", ["import_roster", "import_people", "import_accounts"])
def test_missing_file_is_named_with_status_1(command: str) -> None:
    with pytest.raises(CommandError, match=r"poissa\.csv can't be opened: No such file or directory\.") as refused:
        run(command, "poissa.csv")
    assert refused.value.returncode == 1


@pytest.mark.parametrize("day", ["16.11.2026", "2026-02-30", "20261116", "2026-W47-1"])
def test_bad_day_is_refused_with_the_right_form(write: Write, day: str) -> None:
    with pytest.raises(CommandError, match=f"'{day}' is not a day: write it like 2026-11-24") as refused:
        run("import_roster", write("vienti.csv", text(row())), "--date", day)
    assert refused.value.returncode == 1, "2 would say that the guard stopped it"
    assert not RosterImport.objects.exists()


def test_undo_brings_back_the_import_before_and_then_has_nothing(write: Write) -> None:
    run("import_roster", write("1.csv", text(row())), "--date", "2026-10-01")
    before = assignments()
    run("import_roster", write("2.csv", text(row(person="0000003"))), "--date", "2026-11-16", "--yes")
    applied = RosterImport.objects.latest("pk")
    status, out, _ = run("undo_import", "--json")
    told = json.loads(out)
    assert (status, told["undone"], told["file"], list(told)) == (0, applied.pk, "2.csv", ["undone", "file", "figures"])
    assert assignments() == before
    status, out, _ = run("undo_import")
    assert (status, out) == (0, "1.csv of 2026-10-01 is undone: 1 grants changed.\n")
    assert assignments() == set()
    assert run("undo_import")[:2] == (0, "There is no applied roster import to undo.\n")
    assert json.loads(run("undo_import", "--json")[1]) == {"undone": None}


# --- the pick-up folder ---------------------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "nouto"
    path.mkdir()
    return path


def put(folder: Path, **files: bytes) -> None:
    for name, content in files.items():
        (folder / f"{name.replace('_', '-')}.csv").write_bytes(content)


def aside(folder: Path, where: str) -> list[str]:
    """The names in `where` without the moment each was moved."""
    return sorted(path.name.partition("-")[2] for path in (folder / where).glob("*"))


def report_in(folder: Path, where: str) -> dict[str, Any]:
    (path,) = (folder / where).glob("*.report.json")
    return dict(json.loads(path.read_text()))


def test_picked_up_file_is_applied_as_of_the_day_in_its_name(folder: Path) -> None:
    put(folder, kohdevastuut_2026_10_01=text(row()))
    assert run("pick_up_imports", str(folder)) == (0, "kohdevastuut-2026-10-01.csv: applied\n", "")
    assert aside(folder, "done") == ["kohdevastuut-2026-10-01.csv", "kohdevastuut-2026-10-01.csv.report.json"]
    told = report_in(folder, "done")
    assert list(told) == KEYS
    assert (told["state"], told["date"], told["kind"]) == ("applied", "2026-10-01", "roster")
    assert [path.name for path in folder.iterdir()] == ["done"]
    assert not Delivery.objects.exists()


def test_given_day_goes_before_the_one_in_the_name(folder: Path) -> None:
    put(folder, vienti_2026_10_01=text(row()))
    run("pick_up_imports", str(folder), "--date", "2026-11-16")
    assert report_in(folder, "done")["date"] == "2026-11-16"


def test_older_names_come_first(folder: Path) -> None:
    put(folder, v_2026_11_16=text(row(), row("00002")), v_2026_10_01=text(row()))
    assert run("pick_up_imports", str(folder))[0] == 0
    assert [str(each.exported_on) for each in RosterImport.objects.order_by("pk")] == ["2026-10-01", "2026-11-16"]


def test_what_can_not_be_used_moves_aside_and_administrators_are_told(folder: Path, administrator: Person) -> None:
    put(folder, v_2026_11_16=b"")
    assert run("pick_up_imports", str(folder))[0] == 1
    assert aside(folder, "failed") == ["v-2026-11-16.csv", "v-2026-11-16.csv.report.json"]
    told = report_in(folder, "failed")
    assert told["error"] == "The file is empty. Export it again and check that it has rows."
    delivery = Delivery.objects.get()
    assert (delivery.person, delivery.key) == (administrator, f"import_stopped:{told['import']}:{administrator.pk}")
    subject, mail, page = mail_of(delivery)
    assert subject == "The file v-2026-11-16.csv can't be imported"
    for part in (mail, page):
        assert told["error"] in part
        assert f"https://kanava.example/admin/imports/{told['import']}/" in part


def test_what_the_guard_stops_moves_aside_and_waits_for_an_administrator(folder: Path, administrator: Person) -> None:
    put(folder, a_2026_10_01=text(*MANY))
    run("pick_up_imports", str(folder))
    put(folder, b_2026_11_16=text(*MANY[:5]))
    assert run("pick_up_imports", str(folder))[0] == 2
    told = report_in(folder, "failed")
    assert (told["state"], told["guard"]) == ("forecast", ["ends_many", "closes_many"])
    delivery = Delivery.objects.get()
    subject, mail, page = mail_of(delivery)
    assert subject == "The file b-2026-11-16.csv waits for you"
    for part in (mail, page):
        assert "More than a fifth of what runs now would end." in part
        assert "5 people would lose access." in part
        assert f"https://kanava.example/admin/imports/{told['import']}/" in part
    RosterImport.objects.filter(pk=told["import"]).update(state=RosterImport.State.APPLIED)
    assert compose(delivery) is None, "somebody has seen to it by now"


def test_worst_status_of_a_run_counts_and_the_sound_files_are_applied(folder: Path) -> None:
    put(folder, a_2026_10_01=text(*MANY), b_2026_10_02=b"", c_2026_11_16=text(*MANY[:5]))
    assert run("pick_up_imports", str(folder))[0] == 2
    assert (len(aside(folder, "done")), len(aside(folder, "failed"))) == (2, 4)


def test_file_still_being_written_stays_and_an_empty_folder_is_in_order(folder: Path) -> None:
    for name in (".hidden.csv", "vienti.csv.part", "vienti.tmp"):
        (folder / name).write_bytes(text(row()))
    assert run("pick_up_imports", str(folder))[:2] == (0, f"Nothing to pick up in {folder}.\n")
    assert len(list(folder.iterdir())) == 3


def test_missing_folder_is_named_with_status_1(folder: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder") as refused:
        run("pick_up_imports", str(folder / "poissa"))
    assert refused.value.returncode == 1


@pytest.fixture
def administrator(settings: Any) -> Person:
    settings.SITE_URL = "https://kanava.example/"
    person = make_person(is_administrator=True)
    make_login(person, language="en")
    return person


def mail_of(delivery: Delivery) -> tuple[str, str, str]:
    """Return (subject, text, HTML) of the mail as it would leave now."""
    mail = compose(delivery)
    assert mail
    return str(mail.subject), str(mail.body), str(mail.alternatives[0][0])
