"""The notices of a person: what is in the list, what the bell counts, where a notice leads, what is marked as read."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.derivation import derive_access
from accounts.models import ABOVE_LIMITS, Account, Notice, Person
from accounts.notify import News, tell
from accounts.queries.notices import notices_of, unread_count
from kam.lib.dates import period, today
from tests.cast import Cast
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def told(person: Person, account: Account | None, key: str = "a", **fields: Any) -> Notice:
    title = fields.pop("title", "Vesikatko")
    tell(
        News(key, fields.pop("kind", "announcement"), account, title, fields.pop("path", "/me/"), **fields), [person.pk]
    )
    return Notice.objects.get(key=f"{key}:{person.pk}")


def end_access(person: Person) -> None:
    person.assignments.update(period=period(dt.date(2024, 1, 1), today() - dt.timedelta(days=1)))
    derive_access()


@pytest.fixture
def bobs(cast: Cast, client: Client) -> Client:
    return sign_in(client, cast.bob)


def keys(person: Person) -> set[str]:
    return {notice.key.rsplit(":", 1)[0] for notice in Notice.objects.visible_to(person)}


# --- what somebody sees ---------------------------------------------------------------------------------------------
def test_list_count_and_way_keep_to_what_is_seen_today(cast: Cast) -> None:
    """Exact sets beside what could leak: a limited thing, another account, the other side, somebody else's line."""
    told(cast.bob, cast.pankki, "open")
    told(cast.bob, None, "system")
    hidden = [
        told(cast.bob, cast.pankki, "limited", audience=ABOVE_LIMITS),
        told(cast.bob, cast.koulut, "left"),
        told(cast.bob, cast.vakuutus, "other-side"),
        told(cast.alice, cast.pankki, "hers"),
    ]
    told(cast.alice, cast.pankki, "above", audience=ABOVE_LIMITS)
    assert keys(cast.bob) == {"open", "system"}
    assert keys(cast.alice) == {"hers", "above"}
    assert unread_count(cast.bob) == 2
    assert [len(lines) for _day, lines in notices_of(cast.bob).days] == [2]
    client = sign_in(Client(), cast.bob)
    assert [client.get(f"/notices/{notice.pk}/").status_code for notice in hidden] == [404] * 4
    assert not Notice.objects.filter(pk__in=[one.pk for one in hidden]).exclude(read_at=None).exists()


def test_notices_of_an_account_go_with_its_access(cast: Cast, client: Client) -> None:
    notice = told(cast.ines, cast.pankki)
    assert unread_count(cast.ines) == 1
    end_access(cast.ines)
    assert (unread_count(cast.ines), keys(cast.ines)) == (0, set())
    sign_in(client, cast.ines)
    assert client.get(f"/notices/{notice.pk}/").status_code == 404
    assert "Vesikatko" not in client.get("/notices/").content.decode()


def test_nobody_has_no_notices(cast: Cast) -> None:
    told(cast.bob, cast.pankki)
    assert not Notice.objects.visible_to(None).exists()


# --- the way to the thing -------------------------------------------------------------------------------------------
def test_notice_leads_to_its_thing_and_is_read_from_then_on(cast: Cast, bobs: Client) -> None:
    notice = told(cast.bob, cast.pankki, path="/me/#there")
    assert bobs.head(f"/notices/{notice.pk}/").status_code == 302
    assert unread_count(cast.bob) == 1
    assert bobs.get(f"/notices/{notice.pk}/")["Location"] == "/me/#there"
    notice.refresh_from_db()
    first = notice.read_at
    assert first
    bobs.get(f"/notices/{notice.pk}/")
    notice.refresh_from_db()
    assert notice.read_at == first


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1", ""])
def test_notice_leads_to_no_other_site(cast: Cast, bobs: Client, path: str) -> None:
    notice = told(cast.bob, cast.pankki, path=path)
    assert bobs.get(f"/notices/{notice.pk}/").status_code == 404


# --- the list -------------------------------------------------------------------------------------------------------
def test_list_is_by_day_newest_first_and_says_what_is_unread(cast: Cast, bobs: Client) -> None:
    old, new = told(cast.bob, cast.pankki, "old", title="Vanha"), told(cast.bob, cast.pankki, "new", title="Uusi")
    Notice.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=1), read_at=timezone.now())
    (today_, (line,)), (yesterday, (earlier,)) = notices_of(cast.bob).days
    assert (today_ - yesterday).days == 1
    assert (line.pk, line.unread, earlier.title, earlier.unread) == (new.pk, True, "Vanha", False)
    assert bobs.get("/notices/").content.decode().count('<li class="unread">') == 1


def test_list_is_narrowed_to_an_account_that_is_seen(cast: Cast, client: Client) -> None:
    told(cast.greta, cast.pankki, "p", title="Pankin")
    told(cast.greta, cast.koulut, "k", title="Koulun")
    sign_in(client, cast.greta)
    page = client.get("/notices/", {"account": cast.koulut.customer_number}).content.decode()
    assert "Koulun" in page
    assert "Pankin" not in page
    for number in (cast.pankki.customer_number, "zzz", "a\0"):
        answer = sign_in(Client(), cast.charlie).get("/notices/", {"account": number})
        assert answer.status_code == (404 if number != "" else 200)


def test_list_takes_the_same_queries_with_many(cast: Cast, bobs: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            bobs.get("/notices/")
        return len(asked)

    told(cast.bob, cast.pankki)
    bobs.get("/notices/")
    few = queries()
    for n in range(120):
        told(cast.bob, cast.pankki, f"many{n}", who=cast.alice)
    assert queries() == few == 6


# --- all read -------------------------------------------------------------------------------------------------------
def test_all_that_was_listed_is_marked_and_nothing_else(cast: Cast, bobs: Client) -> None:
    told(cast.bob, cast.pankki, "seen")
    until = told(cast.bob, None, "last").pk
    limited = told(cast.bob, cast.pankki, "limited", audience=ABOVE_LIMITS)
    told(cast.bob, cast.pankki, "after")
    told(cast.alice, cast.pankki, "hers")
    bobs.post("/notices/read/", {"until": until})
    unread = set(Notice.objects.unread().values_list("key", flat=True))
    assert unread == {limited.key, f"after:{cast.bob.pk}", f"hers:{cast.alice.pk}"}


def test_all_of_one_account_is_marked(cast: Cast, client: Client) -> None:
    told(cast.greta, cast.pankki, "p")
    until = told(cast.greta, cast.koulut, "k").pk
    sign_in(client, cast.greta)
    answer = client.post("/notices/read/", {"until": until, "account": cast.koulut.customer_number})
    assert answer["Location"].endswith(f"?account={cast.koulut.customer_number}")
    assert set(Notice.objects.unread().values_list("key", flat=True)) == {f"p:{cast.greta.pk}"}


@pytest.mark.parametrize("until", ["", "x", "9" * 30, "-1"])
def test_odd_number_marks_nothing(cast: Cast, bobs: Client, until: str) -> None:
    told(cast.bob, cast.pankki)
    assert bobs.post("/notices/read/", {"until": until}).status_code == 302
    assert unread_count(cast.bob) == 1


# --- the bell -------------------------------------------------------------------------------------------------------
def test_bell_is_sent_only_when_its_number_changed(cast: Cast, bobs: Client) -> None:
    assert bobs.get("/notices/unread/?shown=0").status_code == 204
    told(cast.bob, cast.pankki)
    answer = bobs.get("/notices/unread/?shown=0")
    assert 'data-unread="1"' in answer.content.decode()
    assert "shown=1" in answer.content.decode()
    assert bobs.get("/notices/unread/?shown=1").status_code == 204
    assert bobs.get("/notices/unread/?shown=zzz").status_code == 200


def test_poll_costs_one_query_more_than_signing_in_and_is_no_visit(cast: Cast, bobs: Client) -> None:
    bobs.get("/notices/unread/?shown=0")
    cast.bob.login.refresh_from_db()
    assert cast.bob.login.last_seen_at is None
    with CaptureQueriesContext(connection) as asked:
        bobs.get("/notices/unread/?shown=0")
    assert len(asked) == 3


def test_pages_show_the_number_without_a_query_of_their_own(cast: Cast, bobs: Client) -> None:
    bobs.get("/accounts/")
    with CaptureQueriesContext(connection) as before:
        page = bobs.get("/accounts/").content.decode()
    assert 'data-unread="0"' in page
    told(cast.bob, cast.pankki)
    with CaptureQueriesContext(connection) as after:
        page = bobs.get("/accounts/").content.decode()
    assert 'data-unread="1"' in page
    assert "<title>(1) " in page
    assert len(after) == len(before)


def test_no_more_than_a_hundred_are_counted(cast: Cast, bobs: Client) -> None:
    for n in range(105):
        told(cast.bob, None, f"n{n}")
    assert unread_count(cast.bob) == 100
    assert "99+" in bobs.get("/notices/unread/").content.decode()
