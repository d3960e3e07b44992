"""Who acts: a person with one role in one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; `SYSTEM` is the program itself loading reference and demo data."""

    OPERATOR = "operator"
    INSTITUTION = "institution"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    ENTERPRISE = "enterprise"
    EVALUATOR = "evaluator"
    SYSTEM = "system"


# Whose reads and whose writes a database itself looks over, where it can: see `store.wall`.
TENANTS = (Role.INSTITUTION, Role.ENTERPRISE, Role.EVALUATOR)
WALLED = (*TENANTS, Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a call, as the store's own user table says."""

    login: str
    name: str
    role: Role
    organisation: str


class Ending(StrEnum):
    """How a session ended: left, the line broke, no key for long, closed from outside, nobody knows."""

    LEFT = "left"
    HANG_UP = "hang_up"
    IDLE = "idle"
    CLOSED = "closed"
    LOST = "lost"


SYSTEM = Actor("system", "system", Role.SYSTEM, "BUREAU")
