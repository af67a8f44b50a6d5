"""axe finds nothing on any page: both languages, both themes, phone and desk, empty, full, and with mistakes in forms.

Every address is listed here: a new one without a case, or without a word on why it renders no page, fails.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, Response

from accounts.jobs import enqueue
from accounts.models import (
    AccessGrant,
    Barrier,
    Contract,
    EmailConflict,
    ImportProblem,
    Job,
    LedgerEntry,
    Person,
    RosterImport,
)
from accounts.roster import pipeline
from tests.accounts.roster.exports import NOVEMBER, OCTOBER, forecast, imported, received, row, text
from tests.accounts.signin.conftest import code_in
from tests.cast import Cast, make_login, make_person
from tests.e2e.axe import faults
from tests.e2e.desk import LANGUAGES, Desk, menus, mistakes
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

# Addresses that render no page of their own, and why.
NO_PAGE = {
    "answers with data": {"manifest", "service_worker", "push_subscribe", "health_live", "health_ready"},
    "a part of a page": {
        "invitation_people", "substitution_people", "person_choices", "job_progress", "editor_people", "memo_people",
        "notices_unread", "task_people", "message_people", "message_reach_preview",
        "question_similar",
    },
    "is sent a form, then leads to a page": {
        "file_upload", "file_new_version", "file_remove",
        "page_new_draft", "page_new_draft_drop", "page_draft", "page_draft_drop", "page_checked", "page_restore",
        "page_remove", "page_bring_back",
        "memo_draft", "memo_draft_drop", "decision_announce", "decision_take_back", "task_done", "task_reopen",
        "task_remove",
        "message_draft", "message_draft_drop", "message_repeat", "reply_new", "reply_remove",
        "answer_right", "question_to_page",
        "notices_read_all", "person_mail", "push_forget", "push_test",
        "editor_end", "contents_publish", "contents_discard",
        "activity_choice", "preferences", "invitation_renew", "invitation_end", "substitution_end", "job_retry",
        "import_renew",
        "import_confirm", "import_discard", "import_sheet", "barrier_place", "barrier_side_new", "barrier_side_remove",
        "barrier_whom",
        "barrier_decision_end", "membership_end", "membership_new", "person_administrator", "person_login",
        "title_remove", "admin_director", "admin_director_end", "email_decision", "mfa_login_webauthn",
    },
    "hands out a file": {
        "file", "file_version", "file_preview",
        "pages_export", "message_reach_export",
        "memo_next",
        "who_sees_export", "import_file", "import_forecast_csv", "import_forecast_xlsx", "who_could_see_export",
        "ledger_export", "mfa_download_recovery_codes",
    },
    "leads elsewhere": {
        "task", "notice",
        "account_signup", "account_email", "account_email_verification_sent", "socialaccount_connections",
        "openid_connect_callback", "account_request_login_code",
    },
}  # fmt: skip


# --- pages ----------------------------------------------------------------------------------------------------------
def test_readers(desk: Desk, company: Cast) -> None:
    pankki, koulut = company.pankki.customer_number, company.koulut.customer_number
    desk.look(company.bob, "home")
    desk.look(company.bob, "home", then=menus)
    desk.look(company.alice, "home")
    desk.look(company.yrjo, "home")
    desk.look(company.bob, "accounts")
    desk.look(company.yrjo, "accounts")
    desk.look(company.bob, "accounts", query="?q=zzz")
    desk.look(company.bob, "account_sites", pankki)
    desk.look(company.alice, "account_sites", pankki, query="?q=zzz")
    desk.look(company.charlie, "account_sites", koulut)
    desk.look(company.charlie, "account", pankki, status=404)
    desk.look(company.bob, "account_sites_print", pankki)
    desk.look(company.bob, "why", pankki)
    desk.look(company.alice, "who_sees", pankki)
    desk.look(company.alice, "who_sees", pankki, query="?q=zzz")
    desk.look(company.bob, "handover", pankki)
    desk.look(company.alice, "arrivals", pankki)
    desk.look(company.kerttu, "arrivals", koulut)
    desk.look(company.bob, "me")
    assert desk.found == []


def test_forms_of_readers(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    desk.look(company.alice, "invitations", pankki)
    desk.look(company.alice, "invitations", pankki, then=mistakes())
    desk.look(company.bob, "substitutions")
    desk.look(company.matti, "substitutions", then=mistakes())
    desk.look(company.charlie, "substitutions")
    assert desk.found == []


def test_administration_with_nothing_in_it(desk: Desk, transactional_db: None) -> None:
    dana = make_person("Dana", "Dahl", is_administrator=True)
    make_login(dana)
    for name in ("administration", "imports", "conflicts", "barriers", "people", "admin_accounts", "jobs", "ledger"):
        desk.look(dana, name)
    desk.look(dana, "people", query="?q=zzz")
    desk.look(dana, "home", then=menus)
    assert desk.found == []


def test_administration(desk: Desk, company: Cast) -> None:
    dana, bob, pankki = company.dana, company.bob, company.pankki.customer_number
    EmailConflict.objects.create(email="x@y.example", earlier=bob, claimant=company.ines)
    barrier, contract = Barrier.objects.get(), Contract.objects.get(account=company.pankki)
    desk.look(dana, "administration")
    desk.look(dana, "conflicts")
    desk.look(dana, "barriers")
    desk.look(dana, "barriers", then=mistakes())
    desk.look(dana, "barrier", barrier.pk)
    desk.look(dana, "barrier", barrier.pk, then=puts_an_account_on_a_side(company))
    desk.look(dana, "barrier_decide", barrier.pk, company.eero.employee_number)
    desk.look(dana, "barrier_decide", barrier.pk, company.eero.employee_number, then=mistakes())
    desk.look(dana, "titles")
    desk.look(dana, "ledger")
    desk.look(dana, "ledger", query="?event=started&roster_import=0", status=422)
    desk.look(dana, "who_could_see")
    desk.look(dana, "who_could_see", query=f"?account={pankki}&compared_with=2026-01-01")
    desk.look(dana, "who_could_see", query=f"?person={bob.employee_number}")
    desk.look(dana, "who_could_see", query="?person=zzz", status=422)
    desk.look(dana, "admin_contract_new", pankki, then=mistakes())
    desk.look(dana, "admin_contract", pankki, contract.pk)
    assert AccessGrant.objects.filter(blocked=True).exists()
    assert desk.found == []


def puts_an_account_on_a_side(company: Cast) -> Callable[[Page], None]:
    def would_block(page: Page) -> None:
        page.select_option("select[name=account]", str(company.koulut.pk))
        page.select_option("select[name=side]", index=1)
        with page.expect_navigation():
            page.locator("form:has(select[name=side])").evaluate("form => form.requestSubmit()")
        assert page.url.endswith("/accounts/")

    return would_block


def test_people_and_accounts(desk: Desk, company: Cast) -> None:
    dana, bob, pankki = company.dana, company.bob, company.pankki.customer_number
    desk.look(dana, "people")
    desk.look(dana, "person", bob.employee_number)
    desk.look(dana, "person", company.leena.employee_number)
    desk.look(dana, "person", company.greta.employee_number)
    desk.look(dana, "person_edit", bob.employee_number)
    desk.look(dana, "person_edit", bob.employee_number, then=mistakes())
    desk.look(dana, "admin_accounts")
    desk.look(dana, "admin_account_new")
    desk.look(dana, "admin_account_new", then=mistakes())
    desk.look(dana, "admin_account", pankki)
    desk.look(dana, "admin_account", pankki, then=mistakes("form[action$='/directors/']"))
    assert desk.found == []


def test_jobs(desk: Desk, company: Cast) -> None:
    jobs = [enqueue("letters", f"letters {state}", {}) for state in Job.State.values]
    now = timezone.now()
    for job, state in zip(jobs, Job.State.values, strict=True):
        error = "Traceback (most recent call last):\nValueError: the mail server refused" * (state == "failed")
        Job.objects.filter(pk=job.pk).update(state=state, started_at=now, done=3, total=9, error=error)
        desk.look(company.dana, "job", job.pk)
    desk.look(company.dana, "jobs")
    desk.look(company.dana, "jobs", query="?state=failed")
    assert desk.found == []


# --- an import, in each of its states -------------------------------------------------------------------------------
def roster(*, sites: int, of: str, faulty: bool = False) -> bytes:
    rows = [row(f"{number:05}", f"{number % 150 + 500:07}", Asiakasnro=of) for number in range(1, sites + 1)]
    if faulty:
        rows[0]["Alkaa"] = "45.13.2026"
        rows += [row("90001", "0000900", Asiakasnro="099999", Asiakas="Outo Oy")]
    return text(*rows)


def test_import_and_its_forecast(desk: Desk, company: Cast) -> None:
    """Waiting, being read, told, asked about by the guard, applied, and what undoing it would bring back."""
    dana, of = company.dana, company.pankki.customer_number
    waiting = received(roster(sites=10, of=of), OCTOBER, queued=True)
    desk.look(dana, "import", waiting.pk, languages=("fi",))
    Job.objects.update(state="running", stage="reading", done=1204, total=5446)
    RosterImport.objects.filter(pk=waiting.pk).update(state="reading")
    desk.look(dana, "import", waiting.pk)
    Job.objects.update(state="failed", error="x")
    desk.look(dana, "import", waiting.pk, languages=("en",))
    RosterImport.objects.filter(pk=waiting.pk).update(state="failed", error_code="no_good_rows")
    desk.look(dana, "import", waiting.pk, languages=("fi",))

    first = imported(roster(sites=400, of=of), OCTOBER)
    told = forecast(roster(sites=250, of=of, faulty=True), NOVEMBER)
    assert told.guard
    assert told.lines.count() > 300
    told.reading |= {"other_sheets": {"people": "Henkilöt"}}
    told.save(update_fields=["reading"])
    desk.look(dana, "import", told.pk)
    desk.look(dana, "import", told.pk, query="?section=assignments_ended")
    desk.look(dana, "import", told.pk, query="?q=zzz", languages=("fi",))
    desk.look(dana, "import", told.pk, then=mistakes("#apply"))
    assert ImportProblem.objects.filter(roster_import=told).exists()
    desk.look(dana, "import_problems", told.pk)
    desk.look(dana, "import_undo", first.pk)
    desk.look(dana, "imports", then=mistakes())
    assert desk.found == []


def test_import_afterwards(desk: Desk, company: Cast) -> None:
    """Applied, without anything to apply, being applied, out of date, discarded, undone; the history of all that."""
    dana, of = company.dana, company.pankki.customer_number
    applied = imported(roster(sites=30, of=of), OCTOBER)
    desk.look(dana, "import", applied.pk)
    unchanged = forecast(roster(sites=30, of=of), OCTOBER)
    assert unchanged.state == "unchanged"
    desk.look(dana, "import", unchanged.pk, languages=("fi",))
    stale = forecast(roster(sites=20, of=of), NOVEMBER)
    pipeline.confirm(stale, actor=dana, typed=stale.figures.get("access_lost", 0))
    desk.look(dana, "import", stale.pk, languages=("en",))
    RosterImport.objects.filter(pk=stale.pk).update(state="stale")
    desk.look(dana, "import", stale.pk)
    RosterImport.objects.filter(pk=stale.pk).update(state="discarded")
    desk.look(dana, "import", stale.pk, languages=("fi",))
    undoing = pipeline.undo(actor=dana)
    assert undoing
    desk.look(dana, "import", undoing.pk)
    desk.look(dana, "import", applied.pk, languages=("en",))
    desk.look(dana, "imports")
    assert LedgerEntry.objects.count() > 30
    desk.look(dana, "ledger")
    assert desk.found == []


# --- signing in, and what went wrong --------------------------------------------------------------------------------
COMPANY = {"provider_id": "company", "name": "OpenID Connect", "client_id": "x", "secret": "x", "settings": {}}


def test_signed_out(desk: Desk, company: Cast, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [COMPANY]}}
    desk.look(None, "openid_connect_login", "company")
    for name in (
        "account_login", "account_inactive", "account_reset_password", "account_password_reset_completed",
        "socialaccount_login_cancelled",
    ):  # fmt: skip
        desk.look(None, name)
    desk.look(None, "socialaccount_login_error", status=401)
    desk.look(None, "account_login", then=wrong_password)
    for language in LANGUAGES:  # a code may be asked for so often
        address = {"fi": company.bob.email, "en": company.ines.email}[language]
        by_code(desk, language, address)
        by_reset(desk, language, address)
    second_step(desk, company.matti)
    assert desk.found == []


def wrong_password(page: Page) -> None:
    page.fill("#email", "nobody@yritysx.example")
    page.click("button[formaction]")
    page.fill("[name=password]", "wrong")
    page.click("main .btn-primary")


def by_code(desk: Desk, language: str, address: str) -> None:
    """Ask for a code and type a wrong one."""
    page = desk.page(None, language)
    page.goto(f"{desk.address}/login/")
    page.fill("#email", address)
    page.click("main .btn-primary")
    page.wait_for_url(desk.address + reverse("account_confirm_login_code"))
    desk.found += faults(page)
    page.fill("[name=code]", "WRONG")
    page.click("main form .btn-primary")
    desk.found += faults(page, "wrong code")
    page.context.clear_cookies()


def by_reset(desk: Desk, language: str, address: str) -> None:
    """Forget the password: the code from the mail, then a new password that is too short."""
    page = desk.page(None, language)
    page.goto(desk.address + reverse("account_reset_password"))
    page.fill("[name=email]", address)
    page.click("main form .btn-primary")
    page.wait_for_url(desk.address + reverse("account_confirm_password_reset_code"))
    desk.found += faults(page)
    page.fill("[name=code]", code_in(str(mail.outbox[-1].body)))
    page.click("main form .btn-primary")
    page.wait_for_url(desk.address + reverse("account_complete_password_reset"))
    desk.found += faults(page)
    page.fill("[name=password1]", "short")
    page.fill("[name=password2]", "short")
    page.click("main form .btn-primary")
    desk.found += faults(page, "too short")
    page.context.clear_cookies()


def second_step(desk: Desk, person: Person) -> None:
    """Sign in by code as somebody who is asked for the app's code next."""
    TOTP.activate(person.login, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    page = desk.page(None, "fi")
    page.goto(f"{desk.address}/login/")
    page.fill("#email", person.email)
    page.click("main .btn-primary")
    page.fill("[name=code]", code_in(str(mail.outbox[-1].body)))
    page.click("main form .btn-primary")
    page.wait_for_url(desk.address + reverse("mfa_authenticate"))
    desk.found += faults(page)
    page.fill("[name=code]", "000000")
    page.click("main form .btn-primary")
    desk.found += faults(page, "wrong code")


def test_own_ways_of_signing_in(desk: Desk, company: Cast) -> None:
    bob, greta = company.bob, company.greta
    for name in ("account_logout", "account_set_password", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn"):
        desk.look(bob, name)
    desk.look(bob, "account_set_password", then=mistakes())
    desk.look(bob, "mfa_activate_totp", then=mistakes())
    desk.look(bob, "mfa_list_webauthn")
    desk.look(bob, "usersessions_list")
    greta.login.set_password("a long enough password")
    greta.login.save()
    TOTP.activate(greta.login, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(greta.login)
    data = {"name": "Puhelin", "credential": {}}
    key = Authenticator.objects.create(user=greta.login, type="webauthn", data=data)
    for name in (
        "account_change_password", "mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes", "mfa_list_webauthn", "me",
    ):  # fmt: skip
        desk.look(greta, name)
    desk.look(greta, "mfa_edit_webauthn", key.pk)
    desk.look(greta, "mfa_remove_webauthn", key.pk)
    desk.look(greta, "account_change_password", then=mistakes())
    desk.look(greta, "account_reauthenticate")
    key.delete()
    desk.look(greta, "mfa_reauthenticate")
    desk.look(greta, "mfa_reauthenticate_webauthn")
    assert desk.found == []


def test_what_went_wrong(desk: Desk, company: Cast, settings: Any) -> None:
    settings.ROOT_URLCONF, settings.DEMO = "tests.e2e.broken_urls", True
    for person in (company.bob, None):
        for language in LANGUAGES:
            page = desk.page(person, language)
            for how, status in {"400": 400, "403": 403, "csrf": 403, "429": 429, "500": 500, "of/none": 404}.items():
                answer = page.goto(f"{desk.address}/broken/{how}/")
                assert answer
                assert answer.status == status
                desk.found += faults(page)
    desk.look(None, "demo_signin")
    assert desk.found == []


# --- nothing forgotten ----------------------------------------------------------------------------------------------
def routes(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from routes(pattern.url_patterns)


def test_every_address_has_a_case() -> None:
    """Each address is named in a test that looks at its page, or among those that render none."""
    cases = "".join(path.read_text() for path in Path(__file__).parent.glob("test_axe*.py"))
    named = set(re.findall(r'"(\w+)"', cases))
    assert {str(one.name) for one in routes(get_resolver().url_patterns)} - named == set()


def test_what_is_said_to_render_no_page_renders_none(company: Cast, client: Client) -> None:
    sign_in(client, company.alice)
    company.alice.is_administrator = True
    company.alice.save()
    without = set().union(*NO_PAGE.values())
    values = {"customer_number": company.pankki.customer_number, "employee_number": company.bob.employee_number}
    for one in routes(get_resolver().url_patterns):
        if one.name in without:
            names = one.pattern.converters
            given = {name: values.get(name, "person" if name in ("field", "provider_id") else 1) for name in names}
            answer = client.get(reverse(one.name, kwargs=given))
            page = answer.status_code == 200 and b"<html" in answer.getvalue()
            assert not page, one.name


# --- weight ---------------------------------------------------------------------------------------------------------
def test_first_visit_weighs_less_than_150_kb(browser: Browser, live_server: Any, company: Cast) -> None:
    """Everything that the page of an account's 130 sites loads, as compressed as production sends it."""
    imported(roster(sites=130, of=company.pankki.customer_number), OCTOBER)
    desk = Desk(browser, live_server.url)
    page = desk.page(company.alice, "fi")
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: weight(answer)}))
    page.goto(desk.address + reverse("account_sites", args=[company.pankki.customer_number]), wait_until="networkidle")
    assert page.locator("#site-lines li").count() >= 130
    desk.close()
    assert sum(sizes.values()) < 150_000, sizes


def weight(answer: Response) -> int:
    """Return how many bytes go over the wire: text is compressed, fonts and pictures are already."""
    body = answer.body()
    packed = answer.headers.get("content-type", "").split("/")[0] in {"font", "image"} and b"<svg" not in body[:200]
    return len(body) if packed else len(gzip.compress(body))
