"""The formula of scores by version: weights of parts and indicators; an old quarter keeps its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError
from store.models import FormulaRow
from store.schemas.actor import Actor
from store.services import audit, draws
from store.services.clocks import day_of
from store.services.rights import Act, require

PARTS: Mapping[str, tuple[str, ...]] = {
    "outcome": ("pass_rate", "employment"),
    "process": ("attendance", "findings", "filing", "substitutions", "cancellations"),
    "satisfaction": ("trainee", "instructor", "enterprise", "agency"),
}
_WHOLE = 100
_NUMBERS = {"min_count": (1, 100), "years": (1, 10)}


def _built_in() -> dict[str, int]:
    return {
        "outcome": 50, "pass_rate": 60, "employment": 40,
        "process": 30, "attendance": 40, "findings": 20, "filing": 20, "substitutions": 10,
        "cancellations": 10,
        "satisfaction": 20, "trainee": 40, "instructor": 10, "enterprise": 40, "agency": 10,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Formula:
    """Weights in percent: of the three parts, and of each indicator within its part.

    `min_count` is the least number of opinions for a score and of people for its results to count, `years`
    how far back it looks; in force for quarters from `valid_from` on.
    """

    version: int = 1
    valid_from: date = date(2000, 1, 1)
    weights: Mapping[str, int] = field(default_factory=_built_in)
    min_count: int = 5
    years: int = 5


BUILT_IN = Formula()


def formulas(session: Session) -> tuple[Formula, ...]:
    """Every version, the oldest first."""
    rows = session.scalars(select(FormulaRow).order_by(FormulaRow.version))
    made = [Formula(row.version, row.valid_from, **json.loads(row.body)) for row in rows]
    return (BUILT_IN, *made)


def formula(session: Session, period: date) -> Formula:
    """The newest version that is in force for a quarter."""
    return [one for one in formulas(session) if one.valid_from <= period][-1]


def change(
    session: Session,
    changes: Mapping[str, int],
    valid_from: date,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> Formula:
    """A new version from a quarter on that has not ended; quarters before it keep their formula."""
    require(by, Act.EDIT, "evaluation", by.organisation, "formula")
    known = formulas(session)[-1]
    first = draws.quarter(valid_from)[0]
    if first < max(draws.quarter(day_of(now))[0], known.valid_from):
        raise ConflictError("formula_past", day=valid_from.isoformat())
    if not reason.strip():
        raise InvalidError("formula_reason")
    numbers = {"min_count": known.min_count, "years": known.years}
    weights = dict(known.weights)
    for name, value in changes.items():
        _set(name, value, weights, numbers)
    for names in (PARTS, *PARTS.values()):
        if sum(weights[name] for name in names) != _WHOLE:
            raise InvalidError("formula_sum", names=", ".join(names), whole=_WHOLE)
    made = replace(
        known, version=known.version + 1, valid_from=first, weights=weights,
        min_count=numbers["min_count"], years=numbers["years"],
    )  # fmt: skip
    told = {
        name: value for name, value in asdict(made).items() if name not in ("version", "valid_from")
    }
    session.add(
        FormulaRow(
            version=made.version, valid_from=first, body=json.dumps(told), reason=reason.strip(),
            login=by.login, at=now,
        )
    )  # fmt: skip
    session.flush()
    audit.note(
        session, by, "edit", "formula",
        [(f"V{made.version}", dict(known.weights), {**weights, **numbers})],
        reason=reason.strip(), at=now,
    )  # fmt: skip
    return made


def _set(name: str, value: int, weights: dict[str, int], numbers: dict[str, int]) -> None:
    least, most = _NUMBERS.get(name, (0, _WHOLE))
    if name not in weights and name not in numbers:
        raise InvalidError("field_unknown", name=name, known=", ".join([*weights, *numbers]))
    if not least <= value <= most:
        raise InvalidError("rule_range", name=name, value=value, least=least, most=most)
    (numbers if name in numbers else weights)[name] = value
