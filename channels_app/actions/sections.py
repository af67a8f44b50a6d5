"""What an account's director decides about its sections: limits, "not used here", and local sections of its own.

Who may (Action.MANAGE) is settled by the view. Every action locks the account's row first (models/locks.py).
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.models import ABOVE_LIMITS, Account, Kind, LedgerEntry, Person
from channels_app.actions.indexing import index_section
from channels_app.models import Section, SectionKind, SectionSetting
from channels_app.models.contents import MOST_LOCAL_SECTIONS

# What these show does not hang on a page or file of theirs, so that a limit would only seem to hold.
UNLIMITED_KINDS = (SectionKind.ROSTER, SectionKind.BOARD)
# The kinds of access that a section may be limited to; those above limits always see it.
LIMIT_KINDS = (Kind.RESPONSIBLE, Kind.SUPERIOR, Kind.SALES, Kind.INVITED)


@transaction.atomic
def set_section(
    *, actor: Person, account: Account, section: Section, limit: Collection[str] | None, unused_because: str
) -> SectionSetting:
    """Limit the section to some kinds of access (None: everybody who sees the account), and say why it is not used.

    A trigger passes the limit on to the section's pages and files; what the search finds follows here. Raises Refusal
    for a kind that cannot be named, for a section whose content knows no limits, and for another account's section.
    """
    _held(account)
    if section.account_id not in (None, account.pk):
        raise Refusal("other", _("This section is not this account's."))
    if limit is not None and section.kind in UNLIMITED_KINDS:
        raise Refusal("unlimited", _("This section cannot be limited: everybody who sees the account needs it."))
    if not set(limit or ()) <= {*LIMIT_KINDS, *ABOVE_LIMITS}:
        raise Refusal("kinds", _("Choose among the kinds of access."))
    setting = SectionSetting.objects.filter(account=account, section=section).first()
    setting = setting or SectionSetting(account=account, section=section)
    before = _words(setting)
    narrowed: Any = None if limit is None else sorted(str(kind) for kind in {*limit} - {*ABOVE_LIMITS})
    changed = setting.limit != narrowed
    setting.limit, setting.unused_because, setting.set_by = narrowed, unused_because.strip(), actor
    setting.save()
    if changed:
        index_section(account.pk, section.pk)
    cause = {"what": "section", "section": section.pk, "before": before, "after": _words(setting)}
    audit.record(LedgerEntry.Event.EDITED, actor=actor, account=account, cause=cause)
    return setting


@transaction.atomic
def add_local_section(*, actor: Person, account: Account, name: str) -> Section:
    """Give the account a section of its own, after its others. Raises Refusal without a name and past three."""
    _held(account)
    section = Section(
        account=account, kind=SectionKind.PAGES, local_name=_named(account, name), local_place=_free_place(account)
    )
    section.save()
    _written(actor, section, "local section added")
    return section


@transaction.atomic
def rename_local_section(*, actor: Person, section: Section, name: str) -> None:
    """Rename the account's own section. Raises Refusal without a name, and for one that was removed."""
    section = _locked(section)
    section.local_name = _named(_owner(section), name, but=section)
    section.save(update_fields=["local_name"])


@transaction.atomic
def move_local_section(*, actor: Person, section: Section, up: bool) -> None:
    """Let the section change places with the one before (`up`) or after it; nothing happens at the end."""
    section = _locked(section)
    order = list(local_sections(_owner(section)))
    here = next(place for place, one in enumerate(order) if one.pk == section.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        _place(order)


@transaction.atomic
def remove_local_section(*, actor: Person, section: Section) -> None:
    """Take the section out of the contents; what is in it stays readable among the removed sections."""
    section = _locked(section)
    section.removed_at, section.local_place = timezone.now(), None
    section.save(update_fields=["removed_at", "local_place"])
    _place(list(local_sections(_owner(section))))
    _written(actor, section, "local section removed")


@transaction.atomic
def bring_back_local_section(*, actor: Person, section: Section) -> None:
    """Put a removed section back, after the others.

    Raises Refusal when there are three, it is there already, or one that was added since has its name.
    """
    account = _owner(section)
    _held(account)
    section.refresh_from_db()
    if section.removed_at is None:
        raise Refusal("there", _("The section is in the contents already."))
    _named(account, section.local_name)
    section.local_place, section.removed_at = _free_place(account), None
    section.save(update_fields=["local_place", "removed_at"])
    _written(actor, section, "local section brought back")


def local_sections(account: Account) -> QuerySet[Section]:
    """Return the account's own sections as they stand in the contents."""
    return Section.objects.filter(account=account, removed_at=None).order_by("local_place")


def _held(account: Account) -> None:
    Account.objects.select_for_update().get(pk=account.pk)


def _owner(section: Section) -> Account:
    if section.account is None:
        raise Refusal("shared", _("This section is shared by all accounts: the directors keep it together."))
    return section.account


def _locked(section: Section) -> Section:
    _held(_owner(section))
    fresh = Section.objects.select_related("account").get(pk=section.pk)
    if fresh.removed_at is not None:
        raise Refusal("removed", _("The section has been removed. Bring it back before changing it."))
    return fresh


def _named(account: Account, name: str, but: Section | None = None) -> str:
    name = " ".join(name.split())[:60]
    if not name:
        raise Refusal("no_name", _("Give the section a name."))
    same = local_sections(account).filter(local_name__iexact=name)
    if any(section != but for section in same):
        raise Refusal("same_name", _("The account has a section of this name."))
    return name


def _free_place(account: Account) -> int:
    taken = local_sections(account).count()
    if taken >= MOST_LOCAL_SECTIONS:
        raise Refusal(
            "three",
            _("An account can have three sections of its own, and this one has them. Remove one, or write in another."),
        )
    return taken + 1


def _place(sections: list[Section]) -> None:
    """Number the sections from 1 on in this order; two may change places, the constraint looks at the end."""
    for place, section in enumerate(sections, 1):
        Section.objects.filter(pk=section.pk).update(local_place=place)


def _words(setting: SectionSetting) -> dict[str, object]:
    limit = setting.limit
    return {
        "limited_to": ""
        if limit is None
        else [str(Kind(kind)) for kind in limit] or [str(one) for one in ABOVE_LIMITS],
        "used": not setting.unused_because,
    }


def _written(actor: Person, section: Section, what: str) -> None:
    cause = {"what": what, "section": section.pk}
    audit.record(LedgerEntry.Event.EDITED, actor=actor, account=section.account, cause=cause)
