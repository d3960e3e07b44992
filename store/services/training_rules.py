"""Numbers that training is judged by, kept as data, which a supervisor sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy.orm import Session

from store.errors import InvalidError
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.rights import Act, require

_META = "training_rules"


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """Least attendance in percent by who pays, and the other numbers.

    `late_loses` is in class hours, `sheet_days` working days after a class for its sign-in sheets,
    `overlap_blocks` 1 or 0, `outcome_days` from a certificate to the call,
    `retention_years` without activity until a file is anonymised, `funded_a_year` courses paid by government.
    """

    attendance_firm: int = 75
    attendance_government: int = 75
    attendance_trainee: int = 75
    late_loses: int = 1
    sheet_days: int = 3
    overlap_blocks: int = 1
    funded_a_year: int = 3
    outcome_days: int = 90
    retention_years: int = 3

    def least(self, funding: str) -> int:
        """The percent of hours that somebody paid for by this must attend."""
        return int(getattr(self, f"attendance_{funding}"))


_MOST = {
    "overlap_blocks": 1,
    "late_loses": 8,
    "sheet_days": 60,
    "outcome_days": 730,
    "retention_years": 30,
}
_PERCENT = 100


def rules(session: Session) -> TrainingRules:
    """The rules of this store."""
    said = reference.meta(session, _META)
    return replace(TrainingRules(), **json.loads(said)) if said else TrainingRules()


def set_rules(session: Session, changes: Mapping[str, int], *, by: Actor) -> TrainingRules:
    """Change some numbers; a supervisor's act."""
    require(by, Act.EDIT, "training_rules", None)
    known = [field.name for field in fields(TrainingRules)]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        least = 1 if name == "retention_years" else 0
        most = _MOST.get(name, _PERCENT)
        if not least <= value <= most:
            raise InvalidError("rule_range", name=name, value=value, least=least, most=most)
    before = rules(session)
    after = replace(before, **changes)
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    told = ("TRAINING", asdict(before), asdict(after))
    audit.note(session, by, "edit", "training_rules", [told])
    return after
