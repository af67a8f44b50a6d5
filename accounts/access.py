"""The one place that decides who may see and do what. Everything else asks here (design: access.md).

`may` answers one question, `seen_accounts` is the filter behind every `visible_to`, `account_for` fetches and
authorises in one call. No access looks like a missing page: what may not be known about answers 404.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import ABOVE_LIMITS, AccessGrant, Account, BarrierMember, Editor, Kind, Person
from kam.lib.dates import today


class Action(StrEnum):
    """What somebody may want to do with an account; the rows of the capability table."""

    SEE = "see"
    WRITE = "write"
    ANNOUNCE = "announce"
    EDIT = "edit"
    SEE_LIMITED = "see_limited"
    SEE_REACH = "see_reach"
    WRITE_CARD = "write_card"
    READ_CARD = "read_card"
    COMMENT_CARD = "comment_card"
    MANAGE = "manage"


class Extent(StrEnum):
    """How far a capability goes. Anything but ALL and NONE is decided by the thing at hand, by its app."""

    NONE = "none"
    LISTED = "listed"
    OWN = "own"
    OWN_PEOPLE = "own_people"
    AS_INVITED = "as_invited"
    IF_ALLOWED = "if_allowed"
    ALL = "all"


D, R, S, M, I, SALES = (  # noqa: E741  one letter a column keeps the table readable
    Kind.DIRECTOR,
    Kind.RESPONSIBLE,
    Kind.SUPERIOR,
    Kind.MANAGEMENT,
    Kind.INVITED,
    Kind.SALES,
)
EVERYBODY = dict.fromkeys((D, R, S, SALES, M, I), Extent.ALL)
# access.md, "What each kind may do". A substitute acts as the kind of the grant that is mirrored.
CAPABILITIES: dict[Action, dict[Kind, Extent]] = {
    Action.SEE: EVERYBODY,
    Action.WRITE: EVERYBODY,
    Action.ANNOUNCE: {D: Extent.ALL, S: Extent.OWN_PEOPLE, M: Extent.ALL},
    Action.EDIT: {D: Extent.ALL, R: Extent.OWN, S: Extent.OWN, SALES: Extent.OWN, M: Extent.OWN, I: Extent.AS_INVITED},
    Action.SEE_LIMITED: {
        D: Extent.ALL, R: Extent.LISTED, S: Extent.LISTED, SALES: Extent.LISTED, M: Extent.ALL, I: Extent.LISTED,
    },
    Action.SEE_REACH: {D: Extent.ALL, S: Extent.OWN_PEOPLE, M: Extent.ALL},
    Action.WRITE_CARD: {D: Extent.ALL},
    Action.READ_CARD: {D: Extent.ALL, S: Extent.IF_ALLOWED, M: Extent.ALL},
    Action.COMMENT_CARD: {M: Extent.ALL},
    Action.MANAGE: {D: Extent.ALL},
}  # fmt: skip
_WIDTH = list(Extent)


@dataclass(frozen=True)
class Standing:
    """What a person is to an account on a day: the kinds they may act as, none when they may not see it."""

    kinds: frozenset[Kind]

    def extent(self, action: Action) -> Extent:
        """Return how far `action` goes for the widest of the kinds."""
        extents = [CAPABILITIES[action].get(kind, Extent.NONE) for kind in self.kinds]
        return max(extents, key=_WIDTH.index, default=Extent.NONE)

    def may(self, action: Action) -> bool:
        """Say whether `action` is allowed at all, be it only for one's own people or things."""
        return self.extent(action) is not Extent.NONE

    def within(self, limit: Collection[str] | None) -> bool:
        """Say whether what is limited to the kinds `limit` is open; None is no limit, for whoever sees the account."""
        return bool(self.kinds) and (limit is None or bool(self.kinds & {*limit, *ABOVE_LIMITS}))


def running(day: dt.date | None = None) -> Q:
    """Return the condition that a grant runs on `day` (today unless given) and no barrier blocks it."""
    day = day or today()
    return Q(starts__lte=day, ends__gte=day, blocked=False)


def seen_accounts(person: Person | None, day: dt.date | None = None) -> QuerySet[AccessGrant, int]:
    """Return the ids of the accounts that `person` may see on `day`, as a subquery."""
    if person is None:
        return AccessGrant.objects.none().values_list("account_id", flat=True)
    return AccessGrant.objects.filter(running(day), person=person).values_list("account_id", flat=True)


def standing(person: Person | None, account: Account, day: dt.date | None = None) -> Standing:
    """Return what `person` is to `account` on `day`: one query, answered from an index alone."""
    if person is None:
        return Standing(frozenset())
    kinds = AccessGrant.objects.filter(running(day), person=person, account=account).values_list("acts_as", flat=True)
    return Standing(frozenset(Kind(kind) for kind in kinds.distinct()))


def may(person: Person | None, action: Action, account: Account) -> bool:
    """Say whether `person` may do `action` with `account` today."""
    return standing(person, account).may(action)


def edits(person: Person | None, account: Account) -> bool:
    """Say whether `person` edits the account's pages, clock, board and webinars, whoever wrote them.

    The director does, and the editors that the director named, for as long as they may see the account.
    """
    found = account.standing if hasattr(account, "standing") else standing(person, account)
    if found.extent(Action.EDIT) is Extent.ALL:
        return True
    named = Editor.objects.filter(account=account, person=person, ended_at=None)
    return bool(found.kinds) and named.exists()


def edited_by(person: Person) -> QuerySet[Account]:
    """Return the accounts that `person` directs, or sees and was named an editor of: where `edits` says yes."""
    running_ones = AccessGrant.objects.filter(running(), person=person, account=OuterRef("pk"))
    named = Editor.objects.filter(account=OuterRef("pk"), person=person, ended_at=None)
    directs = Exists(running_ones.filter(acts_as=Kind.DIRECTOR))
    return Account.objects.filter(directs | (Exists(running_ones) & Exists(named)))


def account_for(person: Person | None, customer_number: str, action: Action = Action.SEE) -> Account:
    """Fetch the account for somebody who may do `action` with it.

    Raises Http404 alike when there is no such account, when the person may not see it, and when they may not do
    this with it. The account carries the person's `standing`.
    """
    if "\0" in customer_number:  # PostgreSQL could not even compare it
        raise Http404
    account: Account | None = Account.objects.filter(customer_number=customer_number).first()
    if account is None:
        raise Http404
    found = standing(person, account)
    if not found.may(action):
        raise Http404
    account.standing = found
    return account


def sees(people: Collection[int], account: Account | int, day: dt.date | None = None) -> set[int]:
    """Return those of the person ids `people` who may see `account` on `day`: for whoever is about to reach them."""
    found = AccessGrant.objects.filter(running(day), account=account, person__in=people)
    return set(found.values_list("person_id", flat=True))


def listed_to(person: Person | None, day: dt.date | None = None) -> QuerySet[Account]:
    """Return the accounts of the A–Ö list: one's own, and the listed ones of everybody else.

    An account behind a barrier is listed only to its own side: to whoever sees an account on the same side.
    """
    own = seen_accounts(person, day)
    own_sides = BarrierMember.objects.filter(account__in=own).values("side")
    behind = BarrierMember.objects.filter(account=OuterRef("pk"))
    hidden = behind.exclude(side__in=own_sides)
    # Behind two barriers, an account is listed only to whoever is on its side of both.
    return Account.objects.filter(Q(pk__in=own) | (Q(listed=True) & ~Exists(hidden)))


def directs_some(person: Person | None) -> bool:
    """Say whether `person` acts as director of some account today: also as its deputy, or standing in for one.

    Those keep the table of contents of all accounts together (channel.md).
    """
    grants = AccessGrant.objects.filter(running(), person=person, acts_as=Kind.DIRECTOR)
    return person is not None and grants.exists()


def overseen_by(person: Person) -> QuerySet[Account]:
    """Return the accounts that `person` directs today, or sees as one of the management group."""
    above = AccessGrant.objects.filter(running(), person=person, acts_as__in=ABOVE_LIMITS)
    return Account.objects.filter(pk__in=above.values("account"))


def is_administrator(person: Person | None) -> bool:
    """Say whether `person` runs the system. It gives no sight of any account's content."""
    return person is not None and person.is_administrator and not has_left(person)


def has_left(person: Person, day: dt.date | None = None) -> bool:
    """Say whether the person's last day with the company is over."""
    return person.left_on is not None and person.left_on < (day or today())


View = Callable[..., HttpResponseBase]


def person_of(request: HttpRequest) -> Person | None:
    """Return who is signed in, None for nobody, a shut login, and somebody who has left."""
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    person: Person | None = getattr(user, "person", None)
    return None if person is None or has_left(person) else person


def signed_in(view: View) -> View:
    """Let known people through with `request.person`, send everybody else to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        if person is None:
            return redirect_to_login(request.get_full_path())
        _remember(request, person)
        return view(request, *args, **kwargs)

    return guarded


def administrator_required(view: View) -> View:
    """Let administrators through with `request.person`; anybody else who is signed in gets 404."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_administrator(person_of(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def _remember(request: Any, person: Person) -> None:
    request.person = person
