"""The rules of signing in, without a database: who may, and what an administrator still has to do."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts.access import has_left
from accounts.models import User

# Set by the demo's one-click sign-in; believed only while the system runs as a demo.
DEMO_SESSION = "demo_sign_in"
# Names under which company directories send the employee number, besides the standard's own claims.
NUMBER_CLAIMS = ("employee_number", "employeeNumber", "employeeID", "employee_id")


def may_sign_in(user: User, day: dt.date | None = None) -> bool:
    """Say whether the login is open and belongs to somebody who is with the company on `day` (today unless given)."""
    return user.is_active and user.person is not None and not has_left(user.person, day)


class SecondStep(StrEnum):
    """Where an administrator stands with the second step of signing in."""

    DONE = "done"
    CONFIRM = "confirm"  # it is set up, but was not used in this session
    SET_UP = "set_up"


def second_step(*, required: bool, used: bool, has: bool) -> SecondStep:
    """Return what is left to do: `used` in this session, `has` one set up."""
    if not required or used:
        return SecondStep.DONE
    return SecondStep.CONFIRM if has else SecondStep.SET_UP


def used_second_step(records: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether allauth's record of a session holds an app's code, a passkey or a recovery code."""
    return any(record.get("method") == "mfa" for record in records)


@dataclass(frozen=True)
class Claims:
    """What the company's own sign-in says about somebody. The address is empty unless the provider verified it."""

    employee_number: str
    email: str


def read_claims(data: Mapping[str, Any]) -> Claims:
    """Read the claims of an OpenID Connect answer: `userinfo` where it is given, else the token's own."""
    said = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})} or dict(data)
    numbers = (str(said[name]).strip() for name in NUMBER_CLAIMS if said.get(name))
    email = said.get("email") if said.get("email_verified") is True else ""
    return Claims(employee_number=next(numbers, ""), email=str(email or "").strip().lower())
