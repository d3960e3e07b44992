"""When something is a warning: rules as data, each of one kind with its limits, which a supervisor sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import InvalidError, NotFoundError
from store.models import SEVERITIES, WARNING_KINDS, WarningRuleRow
from store.schemas.actor import Actor
from store.services import audit
from store.services.rights import Act, require

_LONGEST_CODE = 20
_LIMITS: Mapping[str, tuple[str, ...]] = {
    "gap": ("heads", "days"),
    "trend": ("heads", "percent"),
    "certificate": ("days",),
    "filing": ("days",),
    "use": ("percent",),
    "waiting": ("heads", "days"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its kind, how bad it is, whether it is asked, and its limits; a kind uses some of them.

    gap: heads unmet above `heads` while the 90th percentile of waiting is above `days`. trend: heads of
    four weeks at least `heads` and by `percent` above the four before. certificate: a qualification that
    ends within `days`. filing: a course filed more than `days` ago. use: `percent` of a week's seats,
    stations or hours taken. waiting: `heads` of needs that waited more than `days` with nothing arranged.
    """

    code: str
    kind: str
    severity: str
    is_on: bool = True
    heads: int | None = None
    days: int | None = None
    percent: int | None = None


BUILT_IN = (
    Rule("GAP", "gap", "alarm", heads=30, days=10),
    Rule("TREND", "trend", "warning", heads=20, percent=50),
    Rule("CERTIFICATE", "certificate", "warning", days=60),
    Rule("FILING", "filing", "notice", days=365),
    Rule("USE", "use", "warning", percent=85),
    Rule("WAITING", "waiting", "warning", heads=10, days=7),
)


@dataclass(frozen=True, slots=True)
class WarningRule:
    """A line is a warning when its gap is above `heads` and the 90th percentile of waiting above `days`."""

    heads: int = 30
    days: int = 10

    def is_broken(self, gap: int, waits: int) -> bool:
        """Whether a gap of so many heads, with so many days at the 90th percentile, is a warning."""
        return gap > self.heads and waits > self.days


def rules(session: Session) -> tuple[Rule, ...]:
    """Every rule of this store: the built-in ones as they were changed, then those that were added."""
    changed = {
        row.code: Rule(
            row.code, row.kind, row.severity, row.is_on, row.heads, row.days, row.percent
        )
        for row in session.scalars(select(WarningRuleRow).order_by(WarningRuleRow.code))
    }
    known = tuple(changed.pop(rule.code, rule) for rule in BUILT_IN)
    return known + tuple(changed.values())


def rule(session: Session) -> WarningRule:
    """The rule by which lines of the gap board are warnings."""
    found = next(one for one in rules(session) if one.code == "GAP")
    return WarningRule(found.heads or 0, found.days or 0)


def set_rule(session: Session, changes: Mapping[str, int], *, by: Actor) -> WarningRule:
    """Change the numbers of the rule of the gap board; a supervisor's act."""
    change_rule(session, "GAP", changes, by=by)
    return rule(session)


def change_rule(session: Session, code: str, changes: Mapping[str, object], *, by: Actor) -> Rule:
    """Change a rule, or add one under a new code with its kind; a supervisor's act.

    `changes` has `heads`, `days`, `percent` as far as the kind uses them, `severity`, `is_on`, and for a
    new rule `kind`.
    """
    require(by, Act.EDIT, "warning_rule", None)
    code = code.strip().upper()
    before = next((one for one in rules(session) if one.code == code), None)
    after = _changed(code, before, changes)
    row = session.get(WarningRuleRow, code, with_for_update=True)
    if row is None:
        row = WarningRuleRow(code=code, version=0)
        session.add(row)
    for name, value in asdict(after).items():
        setattr(row, name, value)
    row.version += 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    told = (code, asdict(before) if before else None, asdict(after))
    audit.note(session, by, "edit", "warning_rule", [told])
    return after


def _changed(code: str, before: Rule | None, changes: Mapping[str, object]) -> Rule:
    kind = str(changes.get("kind", before.kind if before else ""))
    if before is None and "kind" not in changes:
        raise NotFoundError("warning_rule", code)
    if kind not in WARNING_KINDS:
        raise InvalidError("warning_kind", value=kind, known=", ".join(WARNING_KINDS))
    if before is None and not (0 < len(code) <= _LONGEST_CODE and code.isidentifier()):
        raise InvalidError("warning_code", value=code[:_LONGEST_CODE], most=_LONGEST_CODE)
    if before is not None and kind != before.kind:
        raise InvalidError("warning_kind_fixed", rule=code, kind=before.kind)
    known = ("severity", "is_on", *_LIMITS[kind])
    base = before or Rule(code, kind, "warning")
    if before is None:
        base = replace(base, **dict.fromkeys(_LIMITS[kind], 0))  # type: ignore[arg-type]
    wanted = {name: value for name, value in changes.items() if name != "kind"}
    for name, value in wanted.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        _check(name, value)
    return replace(base, **wanted)  # type: ignore[arg-type]


def _check(name: str, value: object) -> None:
    if name == "severity" and value not in SEVERITIES:
        raise InvalidError("warning_severity", value=str(value), known=", ".join(SEVERITIES))
    if name == "is_on" and not isinstance(value, bool):
        raise InvalidError("warning_switch", value=str(value))
    if name in ("heads", "days", "percent") and not (isinstance(value, int) and 0 <= value <= 1000):
        raise InvalidError("warning_range", name=name, value=str(value))
