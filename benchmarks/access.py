"""Deciding access with a long history: one query, from an index alone, below a millisecond in the database."""

import json
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.access import Standing, running, seen_accounts, standing
from accounts.models import AccessGrant
from accounts.queries.reach import exported_grants
from benchmarks.measure import Figure
from benchmarks.place import empty_database
from kam.lib.dates import today

GRANTS, PEOPLE, ACCOUNTS = 1_000_000, 10_000, 500
FILL = """
INSERT INTO accounts_account (customer_number, name, industry, listed)
SELECT lpad(n::text, 6, '0'), 'Asiakas ' || n, '', TRUE FROM generate_series(1, %(accounts)s) n;
INSERT INTO accounts_person (employee_number, last_name, first_name, email, phone, title, in_people_file,
                             is_administrator)
SELECT lpad(n::text, 7, '0'), 'Suku' || n, 'Etu', '', '', '', TRUE, FALSE FROM generate_series(1, %(people)s) n;
INSERT INTO accounts_invitation (account_id, person_id, period, reason, invited_at)
SELECT min(a.id), min(p.id), daterange('2020-01-01', '2020-12-31'), '', now()
FROM accounts_account a, accounts_person p;
INSERT INTO accounts_accessgrant (account_id, person_id, kind, acts_as, starts, ends, since, blocked, invitation_id)
SELECT (SELECT min(id) FROM accounts_account) + n %% %(accounts)s,
       (SELECT min(id) FROM accounts_person) + (n / 7) %% %(people)s, 'invited', 'invited',
       d, CASE WHEN n %% 20 = 0 THEN DATE '9999-12-31' ELSE d + 60 END, d, n %% 50 = 0,
       (SELECT min(id) FROM accounts_invitation)
FROM generate_series(1, %(grants)s) n CROSS JOIN LATERAL (SELECT DATE '2018-01-01' + n %% 3000 AS d) days;
"""


def figures() -> Iterator[Figure]:
    """Yield the figures of the access check and of the filter."""
    empty_database()
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"grants": GRANTS, "people": PEOPLE, "accounts": ACCOUNTS})
        cursor.execute("VACUUM ANALYZE accounts_accessgrant")
    grant = AccessGrant.objects.filter(running()).select_related("person", "account").order_by("id")[GRANTS // 100]
    person, account = grant.person, grant.account
    with Statements() as asked:
        found: Standing = standing(person, account)
    assert found.kinds
    yield Figure("queries of one access check", len(asked.statements), 1, "queries")
    yield from _explained("the access check of one page", asked.statements[0])
    begun = time.perf_counter()
    written = sum(1 for _line in exported_grants(today()))
    assert written
    yield Figure("the access export of today", time.perf_counter() - begun, 10, "s")
    visible: QuerySet[Any] = seen_accounts(person)
    with Statements() as asked:
        list(visible)
    yield from _explained("the visible-accounts filter", asked.statements[0])


class Statements:
    """Keeps the SQL that runs inside the block, with its parameters filled in."""

    def __enter__(self) -> "Statements":
        self.statements: list[str] = []
        self._wrapped = connection.execute_wrapper(self._keep)
        self._wrapped.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wrapped.__exit__(kind, error, trace)

    def _keep(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        self.statements.append(connection.ops.last_executed_query(context["cursor"], sql, params))
        return result


def _explained(name: str, statement: str) -> Iterator[Figure]:
    """Yield the statement's time in the database (the median of 21), and whether an index alone answered."""
    times, plan = [], {}
    with connection.cursor() as cursor:
        for _round in range(21):
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
            value = cursor.fetchone()[0]
            plan = (json.loads(value) if isinstance(value, str) else value)[0]
            times.append(plan["Execution Time"])
    scans = [node for node in _nodes(plan["Plan"]) if "Scan" in node["Node Type"]]
    alone = all(node["Node Type"] == "Index Only Scan" for node in scans)
    yield Figure(f"{name}, in the database", sorted(times)[10], 1, "ms")
    yield Figure(f"{name}: answered from an index alone", float(alone), 1, "(1 is yes)", at_least=True)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)
