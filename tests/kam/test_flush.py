"""The ground of the transactional tests: they leave an empty ledger and the rows that migrations made."""

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import DataVersion, LedgerEntry, TitleRole


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_transactional_test_starts_clean_and_keeps_the_first_rows(turn: int) -> None:
    assert not LedgerEntry.objects.exists()
    assert DataVersion.objects.get().id == 1
    assert TitleRole.objects.filter(role="supervisor").exists()
    LedgerEntry.objects.create(at=timezone.now(), event="opened")


@pytest.mark.django_db(transaction=True)
def test_ledger_guard_stands_again_after_a_flush() -> None:
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_ledgerentry CASCADE")
