"""Deciding whose a contested e-mail address is (roster-import.md: an e-mail that moves is for an administrator)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import EmailConflict, LedgerEntry, Person
from accounts.signin.logins import follow_emails, reopen_login


@transaction.atomic
def decide_email(*, actor: Person, conflict: EmailConflict, bearer: Person) -> None:
    """Give the address to `bearer`: the earlier one gets it and their login back, or the claimant gets it alone.

    Then the earlier one's login stays shut. Raises Refusal when it is decided already, when `bearer` is neither of
    the two, or when a third person has got the address meanwhile.
    """
    conflict = EmailConflict.objects.select_for_update(of=("self",)).select_related("earlier", "claimant").get(
        pk=conflict.pk
    )  # fmt: skip
    if conflict.resolved_at is not None:
        raise Refusal("decided", _("This has already been decided."))
    if bearer.pk not in (conflict.earlier_id, conflict.claimant_id):
        raise Refusal("stranger", _("Choose one of the two people."))
    if Person.objects.filter(email=conflict.email).exclude(pk=bearer.pk).exists():
        raise Refusal("taken", _("A third person has this e-mail address now. Change theirs first."))
    # Whoever else claims the same address has lost it too.
    same = EmailConflict.objects.filter(email=conflict.email, resolved_at=None)
    same.update(resolved_at=timezone.now(), resolved_by=actor, bearer=bearer)
    Person.objects.filter(pk=bearer.pk).update(email=conflict.email)
    bearer.email = conflict.email
    follow_emails()
    if bearer.pk == conflict.earlier_id:
        reopen_login(bearer)
    for person in (conflict.earlier, conflict.claimant):
        audit.record(
            LedgerEntry.Event.DECIDED,
            actor=actor,
            person=person,
            cause={"what": "e-mail", "email": conflict.email, "bearer": bearer.name, "number": bearer.employee_number},
        )
    derive_access(actor=actor, people=[conflict.earlier_id, conflict.claimant_id])
