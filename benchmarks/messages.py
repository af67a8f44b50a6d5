"""Reaching 5,000 people: mails handed to a real server, the bell's poll, an urgent message."""

import datetime as dt
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils import timezone

from accounts.access import signed_in
from accounts.models import Account, Delivery, Notice, Person
from accounts.notify import News, tell
from accounts.notify.composing import compose_all
from accounts.notify.sending import send_open
from accounts.views.parts import Request
from benchmarks import messages_reach as reach
from benchmarks.bare import signed_in as client_of
from benchmarks.measure import Figure, paired, seconds
from benchmarks.place import empty_database
from channels_app.actions.messages import Words, write_message
from channels_app.aims import Aim

PEOPLE, ACCOUNTS = 5_000, 100
AT_A_TIME = 2_500
FILL = """
INSERT INTO accounts_account (customer_number, name, industry, listed)
SELECT lpad(n::text, 6, '0'), 'Asiakas ' || n || ' Oy', '', TRUE FROM generate_series(1, %(accounts)s) n;
INSERT INTO accounts_person (employee_number, last_name, first_name, email, phone, title, in_people_file,
    is_administrator)
SELECT lpad(n::text, 7, '0'), 'Sukunimi' || n, 'Etunimi', 'p' || n || '@yritysx.example', '', 'esimies', TRUE, FALSE
FROM generate_series(1, %(people)s) n;
INSERT INTO accounts_user (password, is_superuser, email, is_active, language, theme, date_joined, person_id)
SELECT '', FALSE, email, TRUE, CASE WHEN id %% 10 = 0 THEN 'en' ELSE '' END, 'auto', now(), id FROM accounts_person;
INSERT INTO accounts_invitation (account_id, person_id, period, reason, invited_at)
SELECT min(a.id), min(p.id), daterange('2020-01-01', '2020-12-31'), '', now()
FROM accounts_account a, accounts_person p;
INSERT INTO accounts_accessgrant (account_id, person_id, kind, acts_as, starts, ends, since, blocked, invitation_id)
SELECT a.id, p.id, 'invited', 'invited', DATE '2024-01-01', DATE '9999-12-31', DATE '2024-01-01', FALSE,
       (SELECT min(id) FROM accounts_invitation)
FROM accounts_person p CROSS JOIN LATERAL (
    SELECT id FROM accounts_account WHERE id <= (SELECT min(id) FROM accounts_account) + p.id %% 10) a;
"""


def figures() -> Iterator[Figure]:
    """Yield the figures of messages."""
    empty_database()
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"people": PEOPLE, "accounts": ACCOUNTS})
        cursor.execute("VACUUM ANALYZE")
    yield from mails()
    yield poll()
    yield from urgent()


# --- mails ----------------------------------------------------------------------------------------------------------
def mails() -> Iterator[Figure]:
    """Yield how fast 5,000 mails leave, against a loop of smtplib over one connection with the same mails, ready."""
    people, account = list(Person.objects.values_list("pk", flat=True)), Account.objects.all()[0]
    who = Person.objects.all()[0]
    times = []
    with smtp_server() as port, override_settings(**_mailing(port)):
        for number, own in enumerate([people[:AT_A_TIME], *batched(people)]):  # the first makes everything warm
            news = News(f"round:{number}", "urgent", account, "Vesikatko keskiviikkona", "/", who=who)
            tell(news, own)
            times.append((seconds(partial(_loop, port, _written(news.key))), seconds(_send_all)))
        sent = Delivery.objects.filter(state=Delivery.State.SENT).count()
    assert sent == PEOPLE + AT_A_TIME
    bare, ours = (sum(column) for column in zip(*times[1:], strict=True))
    note = f"{PEOPLE / ours:.0f} / {PEOPLE / bare:.0f} mails a second"
    yield Figure(f"{PEOPLE} mails: a bare loop's time / ours", bare / ours, 0.5, "times", at_least=True, note=note)


def batched(people: list[int]) -> list[list[int]]:
    """Return `people` in portions: the two are timed in turn, so that a machine that drifts hits both."""
    return [people[at : at + AT_A_TIME] for at in range(0, len(people), AT_A_TIME)]


def _send_all() -> None:
    """Send as the workers do, as many at a time as the settings say."""
    connections.close_all()  # no process may use another's
    sending = get_context("fork")
    workers = [sending.Process(target=send_open, kwargs={"alone": False}) for _one in range(settings.EMAIL_CONNECTIONS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _written(key: str) -> list[tuple[str, bytes]]:
    """Return the same mails ready for the wire, with their addresses."""
    named = ("person__login", "account", "notice__account", "notice__who")
    rows = Delivery.objects.filter(key__startswith=f"mail:{key}:").select_related(*named)
    written: list[Any] = list(compose_all(rows).values())
    return [(each.to[0], each.message().as_bytes(linesep="\r\n")) for each in written]


def _loop(port: int, ready: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for address, content in ready:
            server.sendmail("kanava@yritysx.example", [address], content)


def _mailing(port: int) -> dict[str, object]:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    return {"EMAIL_BACKEND": backend, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}


@contextmanager
def smtp_server() -> Iterator[int]:
    """Run a real SMTP server that throws everything away, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _try in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


# --- the bell -------------------------------------------------------------------------------------------------------
@signed_in
def empty(request: Request) -> HttpResponse:
    """Answer nothing to somebody signed in: what every request costs before its view begins."""
    return HttpResponse(status=204)


def _empty(request: HttpRequest) -> HttpResponse:
    return empty(request)  # type: ignore[return-value]


urlpatterns = [path("empty/", _empty), path("", include("kam.urls"))]


def poll() -> Figure:
    """Return how many times the time of an empty view the poll of an open page takes, with 40 unread among 2,000."""
    person, account = Person.objects.all()[9], Account.objects.all()[0]
    Notice.objects.bulk_create(
        Notice(key=f"old:{n}", person=person, account=account, kind="announcement", title="Vanha", path="/")
        for n in range(2_000)
    )
    Notice.objects.filter(person=person).update(read_at="2026-01-01T00:00Z")
    Notice.objects.filter(pk__in=list(Notice.objects.filter(person=person).values_list("pk", flat=True)[:40])).update(
        read_at=None
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_notice")
    client = client_of(person)
    with override_settings(ROOT_URLCONF=__name__):
        assert client.get("/notices/unread/?shown=40").status_code == 204
        ours, base = paired(
            lambda: client.get("/notices/unread/?shown=40"), lambda: client.get("/empty/"), rounds=300, warm=20
        )
    note = f"{ours * 1000:.2f} ms / {base * 1000:.2f} ms"
    return Figure("the bell's poll / an empty view", ours / base, 1.3, "times", note=note)


# --- an urgent message ----------------------------------------------------------------------------------------------
def urgent() -> Iterator[Figure]:
    """Yield how long an urgent message takes until 5,000 people see it, and whether more cost more statements."""
    few, _seconds = _posted(50)
    many, took = _posted(PEOPLE)
    yield Figure(f"an urgent message to {PEOPLE} people is there for all", took, 2, "s")
    yield Figure("statements of one, to 5,000 / to 50", many - few, 0, "more", note=f"{few}")


def _posted(people: int) -> tuple[int, float]:
    """Post an urgent message to so many; return its statements, and the seconds until its notices are there."""
    director = reach.filled(people)
    account = Account.objects.get()
    words = Words(
        kind="urgent", subject="Vesi on poikki", body="<p>Huomenna klo 8.</p>", aim=Aim(roles=("supervisor",)),
        acknowledge_by=timezone.now() + dt.timedelta(days=2),
    )  # fmt: skip
    before = Notice.objects.count()
    with CaptureQueriesContext(connection) as asked:
        took = seconds(lambda: write_message(actor=director, account=account, words=words))
    assert Notice.objects.count() - before >= people
    return len(asked), took
