"""A person's stay on an account: from the first day of access to the last, with its letter and its farewell."""

from django.db import models
from django.db.models import Q


class Stay(models.Model):
    """Opened when somebody's access starts to run, closed when the last of it has ended; a return opens another."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="stays")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="stays")
    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    # Nobody is written to about access that was there when the system was taken into use.
    announced = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    roster_import = models.ForeignKey("accounts.RosterImport", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-began_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"], condition=Q(ended_on=None), name="one_open_stay_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.account_id} {self.began_on}"
