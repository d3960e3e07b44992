"""Targets of centres and areas, set or imported by a supervisor, beside what was reached of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import ValidationError
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from store.errors import DuijieError, InvalidError, RefusedFileError, StaleEditError
from store.models import AreaRow, OrganisationRow, TargetRow
from store.schemas.actor import Actor
from store.schemas.periods import Period, read_any_period
from store.schemas.publication import Indicator, TargetDraft, TargetView
from store.services import audit, reached
from store.services.filing import Problem
from store.services.rights import Act, Reach, reach, require

COLUMNS = ("unit", "indicator", "period", "value")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows of a file: how many targets are new, changed, and as they were."""

    new: int
    changed: int
    unchanged: int


def listed(
    session: Session, *, by: Actor, today: date, period: Period | None = None
) -> tuple[TargetView, ...]:
    """Targets with what was reached of each up to a day; a centre sees its own.

    Those of a period are all that lie within it; the latest come first.
    """
    require(by, Act.READ, "target", by.organisation)
    query = select(TargetRow).order_by(
        TargetRow.last.desc(), TargetRow.first, TargetRow.unit_kind, TargetRow.unit, TargetRow.id
    )
    if reach(by, Act.READ, "target") is Reach.OWN:
        query = query.where(TargetRow.unit == by.organisation)
    if period is not None:
        query = query.where(TargetRow.first >= period.first, TargetRow.last <= period.last)
    return tuple(_view(session, row, today) for row in session.scalars(query).all())


def overlapping(session: Session, period: Period, *, by: Actor, today: date) -> list[TargetView]:
    """Targets whose period begins no later than this one ends, and ends no earlier than it begins."""
    require(by, Act.READ, "target", None)
    rows = session.scalars(
        select(TargetRow)
        .where(TargetRow.first <= period.last, TargetRow.last >= period.first)
        .order_by(TargetRow.indicator, TargetRow.first, TargetRow.unit_kind, TargetRow.unit)
    ).all()
    return [_view(session, row, today) for row in rows]


def put(
    session: Session, draft: TargetDraft, *, by: Actor, today: date, seen: int | None = None
) -> TargetView:
    """Set a target; one for the same unit, indicator and period is replaced.

    With `seen`, the number that somebody had before them, it is refused where it is another one by now.
    """
    require(by, Act.REGISTER, "target", None)
    before = session.scalars(_same(draft).with_for_update()).first()
    if seen is not None and before is not None and before.value not in (seen, draft.value):
        raise StaleEditError("target", draft.unit, before.value)
    _put(session, draft, by)
    row = session.scalars(_same(draft)).one()
    return _view(session, row, today)


def take(
    session: Session,
    headings: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    by: Actor,
) -> Taken:
    """Set targets by the rows of a table, all or none; every wrong cell is told."""
    require(by, Act.REGISTER, "target", None)
    missing = [name for name in COLUMNS if name not in headings]
    if missing:
        raise InvalidError("targets_columns", missing=", ".join(missing), known=", ".join(COLUMNS))
    problems: list[Problem] = []
    kinds = []
    for number, cells in rows:
        named = dict(zip(headings, cells, strict=False))
        try:
            kinds.append(_put(session, read_draft(named), by))
        except ValidationError as error:
            problems += [_problem(number, named, one) for one in error.errors()]
        except DuijieError as error:
            column = str(error.params.get("column", "period"))
            problems.append(
                Problem(number, column, named.get(column, ""), error.code, error.params)
            )
    if problems:
        raise RefusedFileError(problems)
    return Taken(*(kinds.count(kind) for kind in ("new", "changed", "unchanged")))


def read_draft(cells: dict[str, str]) -> TargetDraft:
    """A target as people type it: unit, indicator, period such as 2026-Q4, value."""
    period = read_any_period(cells.get("period", ""))
    known = {name: cells.get(name, "") for name in ("unit", "indicator", "value")}
    return TargetDraft.model_validate({**known, "first": period.first, "last": period.last})


def _problem(number: int, cells: dict[str, str], detail: object) -> Problem:
    assert isinstance(detail, dict)
    column = str(detail["loc"][0]) if detail["loc"] else ""
    params = {name: value for name, value in detail.get("ctx", {}).items() if name != "error"}
    return Problem(number, column, cells.get(column, ""), detail["type"], params)


def _put(session: Session, draft: TargetDraft, by: Actor) -> str:
    """New, changed or unchanged."""
    kind = _unit_kind(session, draft.unit)
    if draft.indicator is Indicator.SPECIALTIES and kind != "area":
        raise InvalidError("target_of_area", unit=draft.unit)
    row = session.scalars(_same(draft).with_for_update()).first()
    if row is not None and row.value == draft.value:
        return "unchanged"
    is_new = row is None
    before = None if row is None else {**draft.model_dump(mode="json"), "value": row.value}
    if row is None:
        row = TargetRow(unit_kind=kind, **draft.model_dump())
        session.add(row)
    row.value, row.changed_by, row.changed_at = draft.value, by.login, datetime.now(UTC)
    session.flush()
    audit.note(
        session, by, "register" if is_new else "edit", "target",
        [(draft.unit, before, draft.model_dump(mode="json"))],
    )  # fmt: skip
    return "new" if is_new else "changed"


def _same(draft: TargetDraft) -> Select[TargetRow]:
    return select(TargetRow).where(
        TargetRow.unit == draft.unit,
        TargetRow.indicator == draft.indicator.value,
        TargetRow.first == draft.first,
        TargetRow.last == draft.last,
    )


def _unit_kind(session: Session, unit: str) -> str:
    """Centre or area, whichever the code is of."""
    home = session.get(OrganisationRow, unit)
    if home is not None and home.kind == "centre":
        return "centre"
    if session.get(AreaRow, unit) is not None:
        return "area"
    raise InvalidError("target_unit", column="unit", value=unit)


def _view(session: Session, row: TargetRow, today: date) -> TargetView:
    period = Period(row.first, row.last)
    indicator = Indicator(row.indicator)
    belongs = reached.belongs(session, row.unit, row.unit_kind)
    found = reached.parts(session, indicator, period, today)
    actual = reached.count(indicator, filter(belongs, found)).heads
    passed = max(0, (min(today, period.last) - period.first).days + 1)
    name = session.scalar(
        select(OrganisationRow.name).where(OrganisationRow.code == row.unit)
        if row.unit_kind == "centre"
        else select(AreaRow.name).where(AreaRow.code == row.unit)
    )
    return TargetView(
        row.unit, row.unit_kind, name or row.unit, indicator, period, row.value, actual,
        100 * actual // row.value, 100 * passed // period.days, row.changed_by,
    )  # fmt: skip
