"""What training is worth in credits, kept as data, which a supervisor sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from sqlalchemy.orm import Session

from store.errors import InvalidError
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.rights import Act, require

_META = "credit_rules"
_MOST = 1000
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class CreditRules:
    """Points and limits, by version.

    `hours` are the class hours of a completed course that make a point, `certificates` points by level
    (rank), `recognised` the percent of its points that a body's training counts, 100 where not named,
    `thresholds` points to the name of what they open, `years` until points expire, 0 for never.
    """

    version: int = 1
    hours: int = 10
    years: int = 5
    certificates: Mapping[str, int] = field(
        default_factory=lambda: {
            "1": 2, "2": 5, "3": 10, "4": 20, "5": 30, "6": 40, "7": 50, "8": 60
        }
    )  # fmt: skip
    recognised: Mapping[str, int] = field(default_factory=dict)
    thresholds: Mapping[str, str] = field(
        default_factory=lambda: {"20": "award", "50": "study", "100": "honour"}
    )

    def for_hours(self, hours: int, body: str) -> int:
        """Points for the attended class hours of a course of a body."""
        return self._share(hours // self.hours if self.hours else 0, body)

    def for_certificate(self, level: int | None, body: str) -> int:
        """Points for a certificate of a level."""
        return self._share(self.certificates.get(str(level), 0), body)

    def reached(self, points: int) -> str | None:
        """The highest threshold that so many points reach."""
        found = [(int(least), name) for least, name in self.thresholds.items()]
        return max(((n, name) for n, name in found if n <= points), default=(0, None))[1]

    def _share(self, points: int, body: str) -> int:
        return points * self.recognised.get(body, _PERCENT) // _PERCENT


def rules(session: Session) -> CreditRules:
    """The rules of this store."""
    said = reference.meta(session, _META)
    return replace(CreditRules(), **json.loads(said)) if said else CreditRules()


def set_rules(session: Session, changes: Mapping[str, str], *, by: Actor) -> CreditRules:
    """Change some rules; a supervisor's act.

    Names are `hours`, `years`, `certificate.LEVEL`, `recognised.BODY` in percent, and `threshold.POINTS`
    with the name of what is opened; an empty value takes an entry away.
    """
    require(by, Act.EDIT, "credit_rules", None)
    before = rules(session)
    after = replace(_changed(before, changes), version=before.version + 1)
    reference.set_meta(session, _META, json.dumps(asdict(after), ensure_ascii=False))
    audit.note(session, by, "edit", "credit_rules", [("CREDITS", asdict(before), asdict(after))])
    return after


def _changed(before: CreditRules, changes: Mapping[str, str]) -> CreditRules:
    tables = {
        "certificate": dict(before.certificates),
        "recognised": dict(before.recognised),
    }
    thresholds = dict(before.thresholds)
    numbers = {"hours": before.hours, "years": before.years}
    for name, value in changes.items():
        table, _, key = name.partition(".")
        if table in numbers and not key:
            numbers[table] = _number(name, value, int(table == "hours"))
        elif table == "threshold" and key.isdigit():
            thresholds.pop(key, None)
            if value:
                thresholds[key] = value[:40]
        elif table in tables and key:
            tables[table].pop(key, None)
            if value:
                tables[table][key] = _number(name, value, 0)
        else:
            known = "hours, years, certificate.LEVEL, recognised.BODY, threshold.POINTS"
            raise InvalidError("field_unknown", name=name, known=known)
    return replace(
        before,
        **numbers,
        certificates=tables["certificate"],
        recognised=tables["recognised"],
        thresholds=thresholds,
    )


def _number(name: str, value: str, least: int) -> int:
    if not value.isdigit() or not least <= int(value) <= _MOST:
        raise InvalidError("rule_range", name=name, value=value, least=least, most=_MOST)
    return int(value)
