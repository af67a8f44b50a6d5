"""What the search finds: one row a thing, written by accounts/finding.py in the transaction that changes the thing."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from accounts.models.limited import KindsField, LimitedQuerySet, no_widening


class SearchEntry(models.Model):
    """A thing of an account with its words.

    `words` holds what title and text are found by, each behind the scope it may be found in (see accounts/finding.py),
    so that a search touches no row, not even in the index, of what the reader may not see. Text and words are kept
    beside the table (migration 0010), so that reading through many entries reads little.
    """

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    path = models.CharField(max_length=200)  # where it is read
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    audience = KindsField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    words = SearchVectorField()

    objects = LimitedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="one_search_entry_a_thing"),
            no_widening("search_entry_keeps_those_above_limits"),
        ]
        indexes = [
            # Without the list of pending entries, whose length would make the time of a search differ.
            GinIndex(fields=["words"], fastupdate=False, name="search_words"),
            models.Index(fields=["account", "-changed_at"], name="search_account_latest"),
        ]

    def __str__(self) -> str:
        return self.title
