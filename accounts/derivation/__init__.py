"""Derives every access grant from what is known: set-based SQL, one transaction, the ledger written with it."""

from accounts.derivation.derive import ACCESS_LOCK, Derived, derive_access

__all__ = ["ACCESS_LOCK", "Derived", "derive_access"]
