"""Statements that stay planned, and objects made of what they read."""

import pytest
from django.db import connection
from django.db.utils import DataError
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Area
from kam.lib.sql import built, columns_of, planned_rows

pytestmark = pytest.mark.django_db

ADDS = "SELECT %(a)s::int + %(b)s::int AS added"


def planned(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{text}%"])
        return cursor.fetchone()[0]


def test_a_statement_is_planned_once_whatever_its_values() -> None:
    assert [planned_rows(ADDS, {"a": a, "b": 2}) for a in range(9)] == [[(a + 2,)] for a in range(9)]
    assert planned("AS added") == 1


def test_no_other_statement_stays_planned_however_often_it_comes() -> None:
    for _time in range(9):
        assert not Account.objects.filter(customer_number="1").exists()
    assert planned("accounts_account") == 0


def test_behind_a_pooler_none_stays_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    assert planned_rows(ADDS.replace("added", "pooled"), {"a": 1, "b": 2}) == [(3,)]
    assert planned("AS pooled") == 0


def test_values_are_values_and_never_part_of_the_text() -> None:
    name = "'; DROP TABLE accounts_account; --"
    assert planned_rows("SELECT %(name)s::text", {"name": name}) == [(name,)]


def test_errors_are_those_of_django_and_queries_are_counted() -> None:
    with CaptureQueriesContext(connection) as queries, pytest.raises(DataError):
        planned_rows("SELECT 1 / %(none)s::int", {"none": 0})
    assert len(queries) == 1


def test_objects_are_built_of_their_columns_one_after_the_other() -> None:
    area = Area.objects.create(code="U", name="Uusimaa")
    account = Account.objects.create(customer_number="1", name="Pankki")
    sql = f"""SELECT {columns_of(Account, "a")}, {columns_of(Area, "r")}, {columns_of(Area, "n")}, 7
        FROM accounts_account a JOIN accounts_area r ON r.id = %(area)s
        LEFT JOIN accounts_area n ON n.id = 0 WHERE a.id = %(account)s"""
    (row,) = planned_rows(sql, {"area": area.pk, "account": account.pk})
    values = iter(row)
    assert (built(Account, values), built(Area, values), built(Area, values), *values) == (account, area, None, 7)
    again = built(Account, iter(row))
    assert again is not None
    again.name = "Pankki Oy"
    again.save()
    assert Account.objects.get().name == "Pankki Oy"
