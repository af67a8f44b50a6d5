"""Accounts, their contracts and directors, changed by hand by an administrator."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.derivation.derive import bump_data_version
from accounts.models import Account, Contract, Directorship, LedgerEntry, Person, Site
from kam.lib import dates
from kam.lib.dates import NEVER, ONE_DAY, period

FIELDS = ("customer_number", "name", "industry", "listed")


@transaction.atomic
def save_account(*, actor: Person, account: Account | None, **fields: Any) -> Account:
    """Create an account or change its FIELDS; Refusal for a customer number that another account has."""
    taken = Account.objects.filter(customer_number=fields["customer_number"]).exclude(pk=account.pk if account else 0)
    if taken.exists():
        raise Refusal("taken", _("Another account has this customer number."))
    before = {name: getattr(account, name, "") if account else "" for name in FIELDS}
    account = account or Account()
    for name in FIELDS:
        setattr(account, name, fields[name])
    after = {name: fields[name] for name in FIELDS}
    if before == after:
        return account
    account.save()
    changed = [name for name in FIELDS if before[name] != after[name]]
    _edited(actor, account, "account", {name: before[name] for name in changed}, {n: after[n] for n in changed})
    bump_data_version()  # an import's forecast may have taken the customer for unknown
    return account


@transaction.atomic
def save_contract(
    *,
    actor: Person,
    account: Account,
    contract: Contract | None,
    number: str,
    name: str,
    first_day: dt.date | None,
    last_day: dt.date | None,
    sites: Iterable[Site],
) -> Contract:
    """Add a contract to the account or change one: number, name, period and sites.

    Raises Refusal: a number that another contract of the account has, days the wrong way round, a site elsewhere.
    """
    if first_day and last_day and last_day < first_day:
        raise Refusal("wrong_way", _("The last day is before the first."))
    if account.contracts.filter(number=number).exclude(pk=contract.pk if contract else 0).exists():
        raise Refusal("taken", _("The account has another contract of this number."))
    sites = list(sites)
    own = set(Site.objects.filter(placements__account=account).values_list("pk", flat=True))
    if any(site.pk not in own for site in sites):
        raise Refusal("elsewhere", _("One of these sites has never been the account's."))
    before = _contract_words(contract)
    contract = contract or Contract(account=account)
    contract.number, contract.name, contract.period = number, name, period(first_day, last_day)
    contract.save()
    contract.sites.set(sites)
    after = _contract_words(contract)
    if before != after:
        _edited(actor, account, "contract", before, after)
        derive_access(actor=actor, people=_directors(account))  # their days may hang on the first contract's
    return contract


def _contract_words(contract: Contract | None) -> dict[str, Any]:
    if contract is None:
        return {"number": "", "name": "", "period": "", "sites": []}
    numbers = sorted(contract.sites.values_list("number", flat=True))
    return {"number": contract.number, "name": contract.name, "period": _days(contract.period), "sites": numbers}


def _directors(account: Account) -> list[int]:
    return list(account.directorships.values_list("person_id", flat=True))


@transaction.atomic
def set_director(
    *, actor: Person, account: Account, post: str, person: Person, first_day: dt.date, last_day: dt.date | None
) -> Directorship:
    """Let `person` direct the account, or deputise, from the first day to the last.

    Whoever has the post on these days gives way: their time ends the day before, or never was when it would begin
    later. Raises Refusal for days the wrong way round and for somebody who has left by then.
    """
    if last_day and last_day < first_day:
        raise Refusal("wrong_way", _("The last day is before the first."))
    if person.left_on is not None and person.left_on < first_day:
        raise Refusal("left", _("%(name)s no longer works here.") % {"name": person.name})
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    days = period(first_day, last_day)
    touched = {person.pk}
    for earlier in account.directorships.filter(post=post, period__overlap=days).select_related("person"):
        touched.add(earlier.person_id)
        begins = dates.first_day(earlier.period)
        _cut(actor, earlier, period(begins, first_day - ONE_DAY) if begins is None or begins < first_day else NEVER)
    directorship = Directorship.objects.create(account=account, person=person, post=post, period=days)
    _edited(actor, account, post, {"period": ""}, {"period": _days(days)}, person)
    derive_access(actor=actor, people=sorted(touched))
    return directorship


@transaction.atomic
def end_directorship(*, actor: Person, directorship: Directorship, last_day: dt.date) -> None:
    """Let the post end with `last_day`, or never have been when that is before its first day."""
    begins = dates.first_day(directorship.period)
    _cut(actor, directorship, period(begins, last_day) if begins is None or begins <= last_day else NEVER)
    derive_access(actor=actor, people=[directorship.person_id])


def _cut(actor: Person, directorship: Directorship, days: Any) -> None:
    before = _days(directorship.period)
    directorship.period = days
    directorship.save(update_fields=["period"])
    _edited(
        actor, directorship.account, directorship.post, {"period": before}, {"period": _days(days)}, directorship.person
    )


def _edited(
    actor: Person,
    account: Account,
    what: str,
    before: dict[str, Any],
    after: dict[str, Any],
    person: Person | None = None,
) -> None:
    audit.record(
        LedgerEntry.Event.EDITED,
        actor=actor,
        account=account,
        person=person,
        cause={"what": what, "before": before, "after": after},
    )


def _days(days: Any) -> str:
    if days.isempty:
        return ""
    return f"{dates.first_day(days) or ''}–{dates.last_day(days) or ''}"
