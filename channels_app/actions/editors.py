"""Naming whom the director lets edit an account's pages, and ending it. Who may is settled by the view."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import sees
from accounts.actions.refusal import Refusal
from accounts.models import Account, Editor, LedgerEntry, Person


@transaction.atomic
def name_editor(*, actor: Person, account: Account, person: Person) -> Editor:
    """Let `person` edit the account's pages, clock, board and webinars for as long as they see the account.

    Raises Refusal for somebody who does not see it, and for an editor.
    """
    # One at a time for each account: two requests at once cannot both find the person unnamed.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not sees([person.pk], account):
        raise Refusal("no_sight", _("%(name)s does not see this account.") % {"name": person.name})
    if Editor.objects.filter(account=account, person=person, ended_at=None).exists():
        raise Refusal("named", _("%(name)s is an editor already.") % {"name": person.name})
    editor = Editor.objects.create(account=account, person=person, named_by=actor)
    _written(editor, actor, "editor named")
    return editor


@transaction.atomic
def end_editor(*, actor: Person, editor: Editor) -> None:
    """End it at once. Raises Refusal when it has ended already."""
    locked = Editor.objects.select_for_update(of=("self",)).select_related("account", "person").get(pk=editor.pk)
    if locked.ended_at is not None:
        raise Refusal("ended", _("%(name)s is not an editor any more.") % {"name": locked.person.name})
    locked.ended_at = timezone.now()
    locked.save(update_fields=["ended_at"])
    _written(locked, actor, "editor ended")


def _written(editor: Editor, actor: Person, what: str) -> None:
    audit.record(
        LedgerEntry.Event.EDITED, actor=actor, account=editor.account, person=editor.person, cause={"what": what}
    )
