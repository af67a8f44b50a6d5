"""Whom a message is aimed at: of whom it asks something. It hides nothing (docs/decisions/0012)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channels_app.models import Message


@dataclass(frozen=True)
class Aim:
    """Roles (of accounts.models.Role, any when empty), ids of areas and sites (anywhere when both are empty).

    `own_people` keeps those below the author in the chain of superiors: all that a superior may announce to.
    """

    roles: tuple[str, ...] = ()
    areas: tuple[int, ...] = ()
    sites: tuple[int, ...] = ()
    own_people: bool = False

    @classmethod
    def of(cls, message: "Message") -> "Aim":
        return cls(tuple(message.aim_roles), tuple(message.aim_areas), tuple(message.aim_sites), message.aim_own_people)

    @property
    def to_everybody(self) -> bool:
        return self == Aim()
