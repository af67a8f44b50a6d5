"""Second eyes: another person reads exactly this text before it is published (channel.md, "Messages").

An app asks with `ask_for_eyes` in the transaction that writes the text, and registers what happens when it is approved
(`when_approved`), how its thing is locked before (`locked_by`) and how it is shown to whoever decides (`shown_by`).
What was approved is named by a fingerprint of all that would be published: an edit in between is asked about anew.

Who decides: whoever may announce to the whole channel of the account, by themselves or standing in for somebody who
may, and never the author. A substitute of the author is another person, and may.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import CAPABILITIES, Action, Extent, running, sees, standing
from accounts.actions.refusal import Refusal
from accounts.models import AccessGrant, Account, Approval, Kind, Notice, Person
from accounts.models.approval import ApprovalQuerySet
from accounts.notify import News, tell

Verdict = Approval.Verdict
DECIDING = tuple(kind for kind, extent in CAPABILITIES[Action.ANNOUNCE].items() if extent is Extent.ALL)


@dataclass(frozen=True)
class Exact:
    """A thing as it would be published: `template` draws it with `context`; `fingerprint` is that of its text now.

    `opened` writes down that somebody reads it, where its app keeps a record of that.
    """

    fingerprint: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    opened: Callable[[], None] = lambda: None


WhenApproved = Callable[[Approval, Person, dt.datetime], None]
Lock = Callable[[int], None]
Show = Callable[[Approval, Person], Exact | None]
_when_approved: dict[str, WhenApproved] = {}
_locks: dict[str, Lock] = {}
_shows: dict[str, Show] = {}


def when_approved(thing: str) -> Callable[[WhenApproved], WhenApproved]:
    """Register what publishes a `thing`: called with the approval, who gave it and when, in the same transaction."""

    def register(publish: WhenApproved) -> WhenApproved:
        _when_approved[thing] = publish
        return publish

    return register


def locked_by(thing: str) -> Callable[[Lock], Lock]:
    """Register what locks a `thing` by its id before the approval is locked.

    Whoever edits the thing has locked it before it asks anew: both in one order never wait for each other in a circle.
    """

    def register(lock: Lock) -> Lock:
        _locks[thing] = lock
        return lock

    return register


def shown_by(thing: str) -> Callable[[Show], Show]:
    """Register how a `thing` is shown to whoever decides; None when it is not there any more."""

    def register(show: Show) -> Show:
        _shows[thing] = show
        return show

    return register


def fingerprint(*texts: str) -> str:
    """Return the name of exactly these texts, in this order (SHA-256, 64 hexadecimal digits)."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


# --- who decides ----------------------------------------------------------------------------------------------------
def may_decide(person: Person | None, approval: Approval) -> bool:
    """Say whether `person` may approve it or give it back today."""
    if person is None or person.pk == approval.author_id:
        return False
    found = standing(person, approval.account)
    return found.extent(Action.ANNOUNCE) is Extent.ALL and found.within(approval.audience)


def waiting_for(person: Person | None) -> ApprovalQuerySet:
    """Return what waits for the eyes of `person`, the longest waiting first."""
    if person is None:
        return Approval.objects.none()
    deciding = AccessGrant.objects.filter(running(), person=person, account=OuterRef("account"), acts_as__in=DECIDING)
    found = Approval.objects.visible_to(person).waiting().filter(Exists(deciding)).exclude(author=person)
    return found.select_related("account", "author")


def asked_by(person: Person) -> ApprovalQuerySet:
    """Return what `person` asked others to read and nobody has decided about yet."""
    return Approval.objects.visible_to(person).waiting().filter(author=person).select_related("account")


def who_decides(account: Account, author: Person) -> list[int]:
    """Return the ids of those who are asked: the account's directors besides the author, the management group if none.

    The management group may decide about any account and sees all that waits, but is not written to about each of a
    hundred accounts while somebody there can do it.
    """
    grants = AccessGrant.objects.filter(running(), account=account, acts_as__in=DECIDING).exclude(person=author)
    found = set(grants.values_list("person_id", "acts_as"))
    directors = {person for person, kind in found if kind == Kind.DIRECTOR}
    return sorted(directors or {person for person, _kind in found})


# --- asking and deciding --------------------------------------------------------------------------------------------
@transaction.atomic
def ask_for_eyes(
    *,
    actor: Person,
    account: Account,
    thing: str,
    object_id: int,
    texts: Sequence[str],
    title: str,
    path: str,
    audience: Collection[str] | None,
    note: str = "",
    now: dt.datetime | None = None,
) -> Approval:
    """Ask others to read `texts`, all that would be published, and tell those who may decide.

    `path` is the thing's own page. An open asking of other texts is replaced; of the same texts by the same author it
    stays as it is. The caller has locked the thing. Raises Refusal when nobody could decide.
    """
    now = now or timezone.now()
    named = fingerprint(*texts)
    before = Approval.objects.waiting().select_for_update().filter(thing=thing, object_id=object_id).first()
    if before and (before.fingerprint, before.author_id) == (named, actor.pk):
        return before
    asked = who_decides(account, actor)
    if not asked:
        raise Refusal("nobody", _("Nobody else may approve this here. Ask the account's director for a deputy."))
    if before:
        _close(before, Verdict.REPLACED, now)
    kinds: Any = audience if audience is None else sorted(audience)
    approval = Approval.objects.create(
        account=account, thing=thing, object_id=object_id, title=title[:300], path=path, fingerprint=named,
        audience=kinds, author=actor, asked_at=now, note=note.strip()[:300],
    )  # fmt: skip
    tell(_news(approval, "eyes_asked", actor, reverse("eyes_decide", args=[approval.pk])), asked, now)
    return approval


@transaction.atomic
def stop_asking(*, thing: str, object_id: int, now: dt.datetime | None = None) -> None:
    """Ask no more about a thing that its author withdrew; nothing when nobody was asked. The thing is locked."""
    for open_one in Approval.objects.waiting().select_for_update().filter(thing=thing, object_id=object_id):
        _close(open_one, Verdict.REPLACED, now or timezone.now())


@transaction.atomic
def approve(*, actor: Person, approval: Approval, fingerprint: str, now: dt.datetime | None = None) -> Approval:
    """Publish what `actor` has read, named by the fingerprint that `exact_text` gave them, and tell the author.

    Raises Refusal: "changed" when the text is another one by now, "decided" when somebody was faster, "no_right" for
    the author and for whoever may not decide (any more).
    """
    now = now or timezone.now()
    approval = _held(approval, actor)
    if not fingerprint or fingerprint != _named_now(approval, actor):
        raise _changed()
    approval.fingerprint = fingerprint
    _close(approval, Verdict.APPROVED, now, actor)
    if publish := _when_approved.get(approval.thing):
        publish(approval, actor, now)
    _tell_author(approval, "eyes_approved", actor, now)
    return approval


@transaction.atomic
def give_back(*, actor: Person, approval: Approval, comment: str, now: dt.datetime | None = None) -> Approval:
    """Return the text to its author with what should change; nothing is published.

    Raises Refusal as `approve` does, and without a comment.
    """
    now = now or timezone.now()
    approval = _held(approval, actor)
    if not comment.strip():
        raise Refusal("no_comment", _("Say what should change."))
    _close(approval, Verdict.RETURNED, now, actor, comment.strip()[:1000])
    _tell_author(approval, "eyes_returned", actor, now)
    return approval


def exact_text(approval: Approval, person: Person) -> Exact | None:
    """Return the thing as `person`, who may decide, is to read it; None when it is not there any more."""
    show = _shows.get(approval.thing)
    return show(approval, person) if show else None


def _held(approval: Approval, actor: Person) -> Approval:
    """Return the asking locked, still open and `actor`'s to decide; the thing is locked before it."""
    if lock := _locks.get(approval.thing):
        lock(approval.object_id)
    fresh = Approval.objects.select_for_update(of=("self",)).select_related("account", "author", "decided_by")
    approval = fresh.get(pk=approval.pk)
    if not may_decide(actor, approval):
        raise Refusal("no_right", _("Only somebody else who may announce to the whole channel can decide about this."))
    if approval.verdict == Verdict.REPLACED:
        raise _changed()
    if approval.verdict:
        name = approval.decided_by.name if approval.decided_by else ""
        if approval.verdict == Verdict.APPROVED:
            raise Refusal("decided", _("%(name)s has approved this already.") % {"name": name})
        raise Refusal("decided", _("%(name)s has given this back already.") % {"name": name})
    return approval


def _named_now(approval: Approval, actor: Person) -> str:
    """Return the fingerprint of the thing as it reads now, empty when nothing of it waits any more.

    It is not that of the asking when something else than an edit has changed it since, say its limit: whoever decides
    approves what they were shown.
    """
    if approval.thing not in _shows:
        return approval.fingerprint
    exact = exact_text(approval, actor)
    return exact.fingerprint if exact else ""


def _changed() -> Refusal:
    return Refusal("changed", _("The text has changed since you opened it. Read it as it is now."))


def _close(
    approval: Approval, verdict: Approval.Verdict, now: dt.datetime, by: Person | None = None, comment: str = ""
) -> None:
    """Settle the asking; what told of it has nothing to say any more."""
    approval.verdict, approval.decided_by, approval.decided_at, approval.comment = verdict, by, now, comment
    approval.save(update_fields=["fingerprint", "verdict", "decided_by", "decided_at", "comment"])
    told = Notice.objects.unread().filter(thing=approval.thing, object_id=approval.object_id)
    told.filter(kind="eyes_asked", key__startswith=f"eyes:{approval.pk}:").update(read_at=now)


def _tell_author(approval: Approval, kind: str, who: Person, now: dt.datetime) -> None:
    tell(_news(approval, kind, who, approval.path), sees([approval.author_id], approval.account), now)


def _news(approval: Approval, kind: str, who: Person, path: str) -> News:
    return News(
        key=f"eyes:{approval.pk}:{kind}",
        kind=kind,
        account=approval.account,
        title=approval.title,
        path=path,
        thing=approval.thing,
        object_id=approval.object_id,
        audience=approval.audience,
        who=who,
    )
