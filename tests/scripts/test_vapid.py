"""The key that is made for waking telephones is one."""

from kam.lib.webpush import public_key
from scripts.vapid import new_key


def test_a_new_key_has_a_public_half_and_is_like_no_other() -> None:
    first, second = new_key(), new_key()
    assert len(public_key(first)) == 87
    assert first != second
