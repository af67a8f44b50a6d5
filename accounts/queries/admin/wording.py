"""Says in words what a line of a forecast, or an entry of the ledger, tells. Pure: takes values, returns sentences."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Directorship, ForecastLine, Kind, LedgerEntry, Role
from accounts.queries.explain import Cause, because_they, local_day

FIELDS = {
    "name": gettext_lazy("name"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("surname"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("telephone"),
    "title": gettext_lazy("title"),
    "superior": gettext_lazy("superior"),
    "area": gettext_lazy("area"),
    "left_on": gettext_lazy("last day"),
    "industry": gettext_lazy("industry"),
    "listed": gettext_lazy("listed"),
    "street_address": gettext_lazy("street address"),
    "postal_code": gettext_lazy("postal code"),
    "city": gettext_lazy("city"),
    "role": gettext_lazy("role"),
    "administrator": gettext_lazy("administrator"),
    "period": gettext_lazy("period"),
    "sites": gettext_lazy("sites"),
    "number": gettext_lazy("number"),
    "customer_number": gettext_lazy("customer number"),
    "reason": gettext_lazy("reason"),
    "accounts": gettext_lazy("accounts"),
    "side": gettext_lazy("side"),
    "login": gettext_lazy("login"),
    "limited_to": gettext_lazy("limited to"),
    "used": gettext_lazy("used"),
    "content_in_mail": gettext_lazy("e-mails carry the content"),
    "since": gettext_lazy("since"),
}


def cause_of(kind: str, acts_as: str, data: Mapping[str, Any], site: str = "") -> Cause:
    """Return the cause that the ledger's or a forecast line's data tells, without its days."""
    via, responsible = data.get("via_name", ""), data.get("responsible_name", "")
    return Cause(
        kind=kind,
        acts_as=acts_as or kind,
        role=data.get("role", ""),
        site=data.get("site_name", "") or site,
        responsible=responsible,
        via=via,
        direct=via == responsible,
        post=data.get("post", "") or Directorship.Post.DIRECTOR,
        area=data.get("area_name", ""),
        invited_by=data.get("invited_by", ""),
        reason=data.get("reason", ""),
        absent=data.get("absent_name", "") or _("a colleague"),
    )


def because(kind: str, acts_as: str, data: Mapping[str, Any], site: str = "") -> str:
    """Return the clause "answers as supervisor for the site ...", empty for a kind that is not known."""
    return because_they(cause_of(kind, acts_as, data, site)) if kind in Kind.values else ""


def what_changes(line: ForecastLine) -> str:
    """Return in words what the line says besides its account, person, site, day and row."""
    return _SAYINGS.get(line.section, _nothing_more)(line)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return "telephone: 040 1 → 040 2; title: …" for the fields that differ."""
    parts = []
    for name, new in after.items():
        old = before.get(name)
        if (old or "") != (new or ""):
            parts.append(f"{FIELDS.get(name, name)}: {_value(old)} → {_value(new)}")
    return "; ".join(parts)


def what_happened(entry: LedgerEntry) -> str:
    """Return in words what an entry tells besides its time, event, account, person and actor."""
    cause = entry.cause
    if entry.kind:
        return because(entry.kind, entry.acts_as, cause)
    if "before" in cause and "after" in cause:
        said = changes_between(cause["before"], cause["after"])
        return f"{_deed(cause)}: {said}" if cause.get("what") else said
    words = [_deed(cause), cause.get("file", ""), cause.get("barrier", ""), cause.get("side", "")]
    words += [cause.get("email", ""), cause.get("absent_name", ""), cause.get("reason", "")]
    days = [_day(cause[name]) for name in ("on", "first_day", "last_day", "exported_on") if cause.get(name)]
    return ", ".join(str(word) for word in [*words, "–".join(days)] if word)


def _deed(cause: Mapping[str, Any]) -> str:
    what = str(cause.get("what", ""))
    return str(DEEDS.get(what, what))


# What the actions of the system write under "what", in words.
DEEDS = {
    "invited": gettext_lazy("invited"),
    "renewed": gettext_lazy("invitation renewed"),
    "ended": gettext_lazy("ended"),
    "taken back": gettext_lazy("taken back"),
    "set": gettext_lazy("substitution set"),
    "who sees the account": gettext_lazy("list of who sees the account"),
    "import file": gettext_lazy("file of an import"),
    "forecast": gettext_lazy("forecast of an import"),
    "access on a day": gettext_lazy("list of who could see what"),
    "ledger": gettext_lazy("ledger"),
    "person": gettext_lazy("person's data"),
    "administrator": gettext_lazy("administrator"),
    "membership": gettext_lazy("management group"),
    "login reopened": gettext_lazy("login opened again"),
    "login shut": gettext_lazy("login shut"),
    "title": gettext_lazy("title and role"),
    "account": gettext_lazy("account's data"),
    "contract": gettext_lazy("contract"),
    "contract removed": gettext_lazy("contract removed"),
    "director": gettext_lazy("key account director"),
    "deputy": gettext_lazy("deputy director"),
    "barrier": gettext_lazy("barrier"),
    "barrier removed": gettext_lazy("barrier removed"),
    "sides": gettext_lazy("sides of a barrier"),
    "side decided": gettext_lazy("put on a side"),
    "cleared": gettext_lazy("cleared for all sides"),
    "decision ended": gettext_lazy("decision ended"),
    "e-mail": gettext_lazy("bearer of an e-mail address decided"),
    "section": gettext_lazy("section of the contents"),
    "local section added": gettext_lazy("local section added"),
    "local section removed": gettext_lazy("local section removed"),
    "local section brought back": gettext_lazy("local section brought back"),
    "editor named": gettext_lazy("editor named"),
    "editor ended": gettext_lazy("editor ended"),
    "table of contents": gettext_lazy("table of contents published"),
    "reach": gettext_lazy("reach of a message"),
    "content in mail": gettext_lazy("what e-mails about the account carry"),
    "mail fails": gettext_lazy("mail counts as arriving again"),
}


def _value(value: Any) -> str:
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return _day(value) if value else "–"


def _day(value: Any) -> str:
    try:
        return local_day(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return str(value)


def _nothing_more(line: ForecastLine) -> str:
    return ""


def _access(line: ForecastLine) -> str:
    clause = because(line.data.get("kind", ""), line.data.get("acts_as", ""), line.data, line.site_name)
    if line.data.get("blocked"):
        return _("a barrier blocks what would remain: %(because)s") % {"because": clause}
    if line.section == "access_lost":
        return _("this ends: %(because)s") % {"because": clause} if clause else _("nothing gives access any more")
    return clause


def _access_changed(line: ForecastLine) -> str:
    days = _days(line.data.get("from"), line.data.get("until"))
    return _("now %(days)s: %(because)s") % {"days": days, "because": _access(line)}


def _conflict(line: ForecastLine) -> str:
    data = line.data
    words = {
        "barrier": data.get("barrier", ""),
        "because": because(data.get("kind", ""), "", data, line.site_name) or _kind(data.get("kind", "")),
        "other_account": data.get("other_account", "–"),
        "other_kind": _kind(data.get("other_kind", "")),
    }
    if data.get("other_blocked"):
        return (
            _("“%(barrier)s” blocks both sides until you decide; the other: %(other_account)s, as %(other_kind)s")
            % words
        )
    return _("“%(barrier)s” blocks it because of %(other_account)s, as %(other_kind)s") % words


def _kind(kind: str) -> str:
    return str(Kind(kind).label) if kind in Kind.values else kind


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


def _edited(line: ForecastLine) -> str:
    return changes_between(line.data.get("before", {}), line.data.get("after", {}))


def _assignment(line: ForecastLine) -> str:
    data = line.data
    now = _days(data.get("from"), data.get("until"))
    if "before_from" not in data and "before_until" not in data:
        return f"{_role(data.get('role', ''))}, {now}"
    before = _days(data.get("before_from"), data.get("before_until"))
    return f"{_role(data.get('role', ''))}, {before} → {now}"


def _days(first: str | None, last: str | None) -> str:
    if first and last:
        return f"{_day(first)}–{_day(last)}"
    if first:
        return _("from %(day)s") % {"day": _day(first)}
    return _("until %(day)s") % {"day": _day(last)} if last else _("never")


def _moved(line: ForecastLine) -> str:
    data = line.data
    parts = [f"{data.get(f'from_{name}') or '–'} → {data.get(f'to_{name}') or '–'}"
             for name in ("account", "area") if data.get(f"from_{name}") != data.get(f"to_{name}")]  # fmt: skip
    return "; ".join(parts)


def _unknown_customer(line: ForecastLine) -> str:
    return _("%(number)s %(name)s, %(sites)s sites") % {
        "number": line.data.get("customer_number", ""),
        "name": line.data.get("customer_name", ""),
        "sites": line.data.get("sites", ""),
    }


def _frozen(line: ForecastLine) -> str:
    return _("site %(site)s stays as it was because a row of it is faulty") % {"site": line.data.get("site", "")}


def _email_conflict(line: ForecastLine) -> str:
    return _("%(email)s belonged to %(earlier)s, whose login is shut until you decide") % {
        "email": line.data.get("email", ""),
        "earlier": line.data.get("earlier_name", "") or line.data.get("earlier", ""),
    }


def _circle(line: ForecastLine) -> str:
    return _("above them stands %(superior)s, and so on until it comes back to them") % {
        "superior": line.data.get("superior_name", "") or line.data.get("superior", "")
    }


def _unknown_superior(line: ForecastLine) -> str:
    return _("the superior's number %(number)s is not known") % {"number": line.data.get("superior", "")}


def _contract(line: ForecastLine) -> str:
    data = line.data
    return f"{data.get('contract', '')}, {_days(data.get('from'), data.get('until'))}"


def _director(line: ForecastLine) -> str:
    post = line.data.get("post", "")
    label = str(Directorship.Post(post).label) if post in Directorship.Post.values else post
    extra = line.data.get("employee_number") or line.data.get("before")
    if line.section == "directors_unknown":
        return _("%(post)s: number %(number)s is not known") % {"post": label, "number": extra}
    return _("%(post)s, before %(name)s") % {"post": label, "name": extra} if extra else label


def _barrier(line: ForecastLine) -> str:
    return f"{line.data.get('barrier', '')}: {line.data.get('side', '')}"


_SAYINGS = {
    "access_gained": _access,
    "access_lost": _access,
    "access_changed": _access_changed,
    "conflicts": _conflict,
    "people_changed": _edited,
    "sites_changed": _edited,
    "accounts_changed": _edited,
    "sites_moved": _moved,
    "assignments_started": _assignment,
    "assignments_ended": _assignment,
    "assignments_changed": _assignment,
    "unknown_customers": _unknown_customer,
    "frozen_sites": _frozen,
    "email_conflicts": _email_conflict,
    "circles": _circle,
    "superiors_unknown": _unknown_superior,
    "contracts_new": _contract,
    "contracts_changed": _contract,
    "directors_changed": _director,
    "directors_unknown": _director,
    "barriers_changed": _barrier,
}
