"""The invitations to an account: who was invited by whom, why, and until when."""

from dataclasses import dataclass

from django.http import Http404

from accounts.models import Account, Invitation
from kam.lib.dates import today


@dataclass(frozen=True)
class InvitationList:
    """Those that run, the first to end on top, and those that are over, the last on top."""

    running: list[Invitation]
    past: list[Invitation]


def invitations_to(account: Account) -> InvitationList:
    """Return the account's invitations, but for those taken back before they ran; one query."""
    found = list(
        account.invitations.filter(period__isempty=False)
        .select_related("person", "person__area", "invited_by")
        .order_by("period__endswith", "person__name_key")
    )
    day = today()
    over = [invitation for invitation in found if invitation.period.upper <= day]
    return InvitationList(running=[one for one in found if one.period.upper > day], past=over[::-1])


def invitation_of(account: Account, pk: int) -> Invitation:
    """Fetch an invitation to this very account, which the caller is authorised for; else Http404."""
    invitation = account.invitations.select_related("person").filter(pk=pk).first()
    if invitation is None:
        raise Http404
    return invitation
