"""When a shortage is a warning: two numbers, kept as data, which a supervisor sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy.orm import Session

from store.errors import InvalidError, NotAllowedError
from store.schemas.actor import Actor, Role
from store.services import audit, reference

_META = "warning_rule"


@dataclass(frozen=True, slots=True)
class WarningRule:
    """A line is a warning when its gap is above `heads` and the 90th percentile of waiting above `days`."""

    heads: int = 30
    days: int = 10

    def is_broken(self, gap: int, waits: int) -> bool:
        """Whether a gap of so many heads, with so many days at the 90th percentile, is a warning."""
        return gap > self.heads and waits > self.days


def rule(session: Session) -> WarningRule:
    """The rule of this store."""
    said = reference.meta(session, _META)
    return replace(WarningRule(), **json.loads(said)) if said else WarningRule()


def set_rule(session: Session, changes: Mapping[str, int], *, by: Actor) -> WarningRule:
    """Change its numbers; a supervisor's act."""
    if by.role not in (Role.SUPERVISOR, Role.SYSTEM):
        raise NotAllowedError("edit", "warning_rule")
    known = [field.name for field in fields(WarningRule)]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        if not 0 <= value <= 1000:
            raise InvalidError("warning_range", name=name, value=value)
    before = rule(session)
    after = replace(before, **changes)
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    audit.note(session, by, "edit", "warning_rule", [("WARNING", asdict(before), asdict(after))])
    return after
