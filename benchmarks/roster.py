"""The import: 100,000 rows against a bare reading and COPY, 2,500 against django-import-export, memory, repeats."""

import csv
import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.db import connection, transaction
from openpyxl import Workbook
from python_calamine import load_workbook

from accounts.models import Assignment, Person, RosterImport, Site
from accounts.roster import pipeline
from accounts.roster.read import open_table
from accounts.roster.rows import Kind
from benchmarks import rival
from benchmarks.company import FULL, ROSTER_HEADER, SMALL, Size, write_accounts, write_people, write_roster
from benchmarks.measure import Figure, paired, seconds
from benchmarks.place import database_url, empty_database

DAY = dt.date(2026, 11, 16)


def figures() -> Iterator[Figure]:
    """Yield every figure of the import."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _full(Path(folder))
        yield from _against_rival(Path(folder))
        yield from _workbook(Path(folder))
        yield _memory(Path(folder))


def bare(path: Path) -> None:
    """Read the file with the csv module and copy its rows by a bare COPY: the least that an import can be.

    Into an ordinary table, committed, as an import's rows are: temporary ones are not made safe against a crash.
    """
    with transaction.atomic(), connection.cursor() as cursor, path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=";")
        next(reader)
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in reader:
                copy.write_row(row)


def make_bare_table() -> None:
    """Make the table for `bare` anew: columns of text and nothing else."""
    columns = ", ".join(f'"{name}" text' for name in ROSTER_HEADER)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(f"CREATE TABLE bare ({columns})")


def bring(kind: Kind, path: Path) -> RosterImport:
    """Import the file whole, as the command does."""
    with path.open("rb") as content:
        roster_import = pipeline.receive(
            kind=kind, content=content, file_name=path.name, exported_on=DAY, actor=None, background=False
        )
    pipeline.import_now(roster_import, past_guard=True, progress=lambda stage, done, total: None)
    roster_import.refresh_from_db()
    return roster_import


def prepare(folder: Path, size: Size) -> Path:
    """Empty the database, import the staff and accounts of `size`, and return its billing export, not yet imported."""
    empty_database()
    bring(Kind.PEOPLE, write_people(folder / "people.csv", size))
    bring(Kind.ACCOUNTS, write_accounts(folder / "accounts.csv", size))
    return write_roster(folder / f"roster-{size.rows}.csv", size)


def _full(folder: Path) -> Iterator[Figure]:
    first, base, again = [], [], []
    for _round in range(3):
        path = prepare(folder, FULL)
        make_bare_table()
        base.append(seconds(partial(bare, path)))
        first.append(seconds(partial(bring, Kind.ROSTER, path)))
        base.append(seconds(partial(bare, path)))
        again.append(seconds(partial(bring, Kind.ROSTER, path)))
    best, middle = sorted(first)[1], sorted(base)[len(base) // 2]
    yield Figure(
        "import of 100,000 rows / csv and bare COPY", best / middle, 30, "times", note=f"{best:.1f} s / {middle:.2f} s"
    )
    repeat = sorted(again)[1]
    yield Figure("the same file again / the first time", repeat / best, 1 / 3, "times", note=f"{repeat:.2f} s")
    resaved = folder / "resaved.csv"
    resaved.write_bytes(path.read_bytes() + b"\r\n")
    before = _rows()
    slow = seconds(lambda: bring(Kind.ROSTER, resaved))
    yield Figure("the same rows in another file / the first time", slow / best, 1, "times", note=f"{slow:.2f} s")
    yield Figure("rows written for them", abs(_rows() - before), 0, "rows")


def _rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE relname IN ('accounts_assignment', 'accounts_site', 'accounts_person')"
        )
        count = cursor.fetchone()[0] or 0
    return int(count) + Assignment.objects.count() + Site.objects.count() + Person.objects.count()


def _against_rival(folder: Path) -> Iterator[Figure]:
    path = prepare(folder, SMALL)
    ours = seconds(lambda: bring(Kind.ROSTER, path))
    prepare(folder, SMALL)
    theirs = seconds(lambda: rival.bring(path))
    yield Figure(
        "2,500 rows: django-import-export / ours", theirs / ours, 15, "times", at_least=True,
        note=f"{theirs:.2f} s / {ours:.2f} s",
    )  # fmt: skip


def _workbook(folder: Path) -> Iterator[Figure]:
    source, path = write_roster(folder / "rows.csv", FULL), folder / "rows.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kohdevastuut")
    with source.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            sheet.append(row)
    book.save(path)

    def alone() -> None:
        for _row in load_workbook(path).get_sheet_by_index(0).iter_rows():
            pass

    def ours() -> None:
        for _row in open_table(path, Kind.ROSTER).rows():
            pass

    mine, theirs = paired(ours, alone, rounds=5)
    yield Figure(
        "reading an XLSX of 100,000 rows / python-calamine", mine / theirs, 1.3, "times",
        note=f"{mine:.2f} s / {theirs:.2f} s",
    )  # fmt: skip


def _memory(folder: Path) -> Figure:
    path = prepare(folder, FULL)
    subprocess.run(
        [sys.executable, "manage.py", "import_roster", str(path), "--date", str(DAY), "--yes"],
        env=os.environ | {"DATABASE_URL": database_url()},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Figure("memory of the importing process", peak, 400, "MB")
