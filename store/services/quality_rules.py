"""What makes a record whole and what makes it doubtful: fields by criterion, and rules with their numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy.orm import Session

from matching.policy import DEFAULT_POLICY
from matching.types import Criterion
from store.errors import InvalidError
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.rights import Act, require

_META = "quality_rules"
# The columns that matching reads of each kind, with the criterion that each feeds: it weighs as much as that.
FIELDS: Mapping[str, Mapping[str, Criterion]] = {
    "course": {
        "level": Criterion.LEVEL,
        "theory_hours": Criterion.SCHEDULE,
        "practice_hours": Criterion.SCHEDULE,
        "price_fen": Criterion.PRICE,
        "min_heads": Criterion.CAPACITY,
        "max_heads": Criterion.CAPACITY,
        "mode": Criterion.TRAVEL,
        "filed_on": Criterion.FRESHNESS,
    },
    "run": {
        "seats": Criterion.CAPACITY,
        "instructor": Criterion.INSTRUCTOR,
        "venue": Criterion.TRAVEL,
    },
    "instructor": {"weekly": Criterion.SCHEDULE, "day_rate_fen": Criterion.PRICE},
    "venue": {"lat": Criterion.TRAVEL, "lng": Criterion.TRAVEL},
    "slot": {"price_fen": Criterion.PRICE},
    "assessment": {"level": Criterion.LEVEL},
}
# Parts without which a record says nothing to a criterion.
PARTS: Mapping[str, tuple[str, Criterion]] = {
    "course": ("occupations", Criterion.TOPIC),
    "instructor": ("qualifications", Criterion.INSTRUCTOR),
    "venue": ("workstations", Criterion.CAPACITY),
}
WEIGHTS = DEFAULT_POLICY.weights


@dataclass(frozen=True, slots=True)
class QualityRules:
    """Numbers of the rules; those named as rules: how much a hit takes off its record, in percent.

    A price is far when it is `price_times` above or below the median of its trade and level, where at
    least `price_least` prices are known. Hours are class hours, for level 5 and below and for those above.
    """

    price_far: int = 100
    price_times: int = 3
    price_least: int = 3
    hours_low: int = 100
    hours_junior: int = 40
    hours_above: int = 56
    seats_over: int = 100
    certificate: int = 100
    days_odd: int = 100
    telephone: int = 100


RULES = ("price_far", "hours_low", "seats_over", "certificate", "days_odd", "telephone")
_MOST = 1000


def rules(session: Session) -> QualityRules:
    """The rules of this store."""
    said = reference.meta(session, _META)
    return replace(QualityRules(), **json.loads(said)) if said else QualityRules()


def set_rules(session: Session, changes: Mapping[str, int], *, by: Actor) -> QualityRules:
    """Change some of the numbers; a supervisor's act."""
    require(by, Act.EDIT, "quality_rules", None)
    known = [one.name for one in fields(QualityRules)]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        most = 100 if name in RULES else _MOST
        if not 0 <= value <= most:
            raise InvalidError("quality_range", name=name, value=value, most=most)
    before = rules(session)
    after = replace(before, **changes)
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    audit.note(session, by, "edit", "quality_rules", [("QUALITY", asdict(before), asdict(after))])
    return after
