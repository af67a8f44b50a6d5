"""Says in words why somebody sees an account. Pure: takes causes, returns sentences in the active language.

The same cause is told to the person it is about ("you answer as supervisor for ...") and to others ("answers as
supervisor for ..."). What the causes are is found by accounts/queries/causes.py.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from accounts.models import Kind

SayDay = Callable[[dt.date], str]


@dataclass(frozen=True)
class Cause:
    """Why a person sees an account, in names and days. Days without end are None; unused texts are empty.

    A superior is above `responsible`, through `via`, who is the same person when the superior is the direct one.
    """

    kind: str
    acts_as: str
    since: dt.date | None = None
    until: dt.date | None = None
    role: str = ""
    site: str = ""
    exported_on: dt.date | None = None
    responsible: str = ""
    via: str = ""
    direct: bool = False
    post: str = ""
    area: str = ""
    invited_by: str = ""
    reason: str = ""
    absent: str = ""


def local_day(day: dt.date) -> str:
    """Return the day as people of the active language write it."""
    return date_format(day, "j.n.Y" if _is_finnish() else "j M Y", use_l10n=False)


def local_clock(time: dt.datetime | dt.time) -> str:
    """Return the time of day as people of the active language write it."""
    return time_format(time, r"\k\l\o G.i" if _is_finnish() else "H:i", use_l10n=False)


def _is_finnish() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("fi")


def tell_me(cause: Cause, say_day: SayDay = local_day) -> str:
    """Return the whole sentence for the person it is about."""
    return _("You see this account because %(because)s.") % {"because": because_you(cause, say_day)}


def because_you(cause: Cause, say_day: SayDay = local_day) -> str:
    """Return the clause for the person it is about: "you answer as supervisor for ... (since ...)"."""
    if cause.kind == Kind.SUBSTITUTE:
        clause = _("you stand in for %(absent)s, who %(because)s") % {
            "absent": cause.absent,
            "because": _clause(cause, _OTHERS),
        }
    else:
        clause = _clause(cause, _YOU)
    return clause + _details(cause, say_day)


def because_they(cause: Cause, say_day: SayDay = local_day) -> str:
    """Return the clause about somebody else, beginning with a verb: "answers as supervisor for ... (since ...)"."""
    clause = _clause(cause, _OTHERS)
    if cause.kind == Kind.SUBSTITUTE:
        clause = _("stands in for %(absent)s, who %(because)s") % {"absent": cause.absent, "because": clause}
    return clause + _details(cause, say_day)


def sentence(clause: str) -> str:
    """Return the clause with a capital first letter."""
    return clause[:1].upper() + clause[1:]


_YOU = {
    "director": gettext_noop("you are the account's key account director"),
    "deputy": gettext_noop("you are the account's deputy director"),
    Kind.RESPONSIBLE: gettext_noop("you answer %(as_role)s for the site %(site)s"),
    "direct": gettext_noop("you are the superior of %(responsible)s, who answers %(as_role)s for the site %(site)s"),
    "above": gettext_noop(
        "you are above %(responsible)s (through %(via)s), who answers %(as_role)s for the site %(site)s"
    ),
    Kind.SALES: gettext_noop("you work in sales in the area %(area)s, where the account has the site %(site)s"),
    Kind.MANAGEMENT: gettext_noop("you are a member of the management group"),
    Kind.INVITED: gettext_noop("%(invited_by)s invited you: %(reason)s"),
    "by_nobody": gettext_noop("you were invited: %(reason)s"),
}
_OTHERS = {
    "director": gettext_noop("is the account's key account director"),
    "deputy": gettext_noop("is the account's deputy director"),
    Kind.RESPONSIBLE: gettext_noop("answers %(as_role)s for the site %(site)s"),
    "direct": gettext_noop("is the superior of %(responsible)s, who answers %(as_role)s for the site %(site)s"),
    "above": gettext_noop("is above %(responsible)s (through %(via)s), who answers %(as_role)s for the site %(site)s"),
    Kind.SALES: gettext_noop("works in sales in the area %(area)s, where the account has the site %(site)s"),
    Kind.MANAGEMENT: gettext_noop("is a member of the management group"),
    Kind.INVITED: gettext_noop("was invited by %(invited_by)s: %(reason)s"),
    "by_nobody": gettext_noop("was invited: %(reason)s"),
}
_AS_ROLE = {
    "supervisor": gettext_noop("as supervisor"),
    "instructor": gettext_noop("as instructor"),
    "manager": gettext_noop("as manager"),
    "area_director": gettext_noop("as area director"),
    "business_director": gettext_noop("as business director"),
    "account_director": gettext_noop("as key account director"),
    "sales": gettext_noop("as salesperson"),
    "specialist": gettext_noop("as specialist"),
}


def _clause(cause: Cause, words: dict[str, str]) -> str:
    return _(words[_wording(cause)]) % {
        "as_role": _(_AS_ROLE[cause.role]) if cause.role else "",
        "site": cause.site,
        "responsible": cause.responsible,
        "via": cause.via,
        "area": cause.area,
        "invited_by": cause.invited_by,
        "reason": cause.reason,
    }


def _wording(cause: Cause) -> str:
    if cause.acts_as == Kind.DIRECTOR:
        return cause.post
    if cause.acts_as == Kind.SUPERIOR:
        return "direct" if cause.direct else "above"
    if cause.acts_as == Kind.INVITED and not cause.invited_by:
        return "by_nobody"
    return cause.acts_as


def _details(cause: Cause, say_day: SayDay) -> str:
    """Return " (since ..., until ..., billing export of ...)" with what is known of it."""
    known = []
    if cause.since and cause.until:
        known.append(_("from %(since)s to %(until)s") % {"since": say_day(cause.since), "until": say_day(cause.until)})
    elif cause.since:
        known.append(_("since %(since)s") % {"since": say_day(cause.since)})
    elif cause.until:
        known.append(_("until %(until)s") % {"until": say_day(cause.until)})
    if cause.exported_on:
        known.append(_("billing export of %(exported_on)s") % {"exported_on": say_day(cause.exported_on)})
    return f" ({', '.join(known)})" if known else ""
