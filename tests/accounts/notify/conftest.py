"""For all tests of reaching people: the borrowed template is filled by each test itself."""

import pytest

from accounts.notify import composing
from tests.accounts.notify.hands import TEMPLATE


@pytest.fixture(autouse=True)
def _plain_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """Borrow a real template with a context of our own."""
    import accounts.handover  # noqa: F401  registers what fills it

    monkeypatch.delitem(composing._contents, TEMPLATE)
