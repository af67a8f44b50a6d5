"""One number that grows with every change to what access derives from."""

from django.db import models
from django.db.models import Q


class DataVersion(models.Model):
    """The single row's number tells an import's forecast whether the data it was made from still stands."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_data_version")]

    def __str__(self) -> str:
        return str(self.number)
