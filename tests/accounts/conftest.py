"""The cast, for every test of the accounts app."""

from tests.cast import cast

__all__ = ["cast"]
