"""How whole and how plausible the records of each institution are, with the records behind every number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from statistics import median
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from matching.policy import DEFAULT_POLICY
from store.models import (
    AssessmentRow,
    CourseOccupationRow,
    CourseRow,
    InstructorRow,
    OrganisationRow,
    QualificationRow,
    RunRow,
    SlotRow,
    VenueRow,
    WorkstationRow,
)
from store.schemas.actor import Actor
from store.services.filing_cycle import in_use
from store.services.quality_rules import FIELDS, PARTS, WEIGHTS, QualityRules, rules
from store.services.records import PHONE
from store.services.rights import Act, Reach, reach, require, require_some

_ROWS: Mapping[str, type[Any]] = {
    "course": CourseRow,
    "run": RunRow,
    "instructor": InstructorRow,
    "venue": VenueRow,
    "slot": SlotRow,
    "assessment": AssessmentRow,
}
_PARTS: Mapping[str, Any] = {
    "course": CourseOccupationRow.course,
    "instructor": QualificationRow.instructor,
    "venue": WorkstationRow.venue,
}
_NAMES = {"course": "title", "instructor": "name", "venue": "name"}
_DOUBTED = ("course", "run", "instructor", "venue")  # kinds that rules look at
_JUNIOR = 2  # level 5 by its rank
Prices = dict[tuple[str, int | None, str], list[int]]


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that is not filled in records of a kind: which they are, and how much that weighs."""

    kind: str
    field: str
    weight: float
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that a rule doubts: what it says, and what that was held against."""

    rule: str
    kind: str
    code: str
    name: str
    value: str
    against: str


@dataclass(frozen=True, slots=True)
class Score:
    """An institution: `complete` and `plausible` from 0 to 100, with what is missing and what is doubted."""

    institution: str
    name: str
    records: int
    complete: float
    plausible: float
    gaps: tuple[Gap, ...]
    hits: tuple[Hit, ...]


def scores(
    session: Session, *, by: Actor, today: date, institution: str | None = None
) -> tuple[Score, ...]:
    """Institutions that the actor may see, or one: the least plausible first, then the least complete."""
    require_some(by, Act.READ, "quality", institution or "")
    if reach(by, Act.READ, "quality") is Reach.OWN:
        institution = institution or by.organisation
    if institution is not None:
        require(by, Act.READ, "quality", institution, institution)
    said = rules(session)
    found = {kind: _load(session, kind, today, institution) for kind in _ROWS}
    doubts: dict[str, list[Hit]] = defaultdict(list)
    for owner, hit in _hits(session, found, said):
        doubts[owner].append(hit)
    filled = {kind: _with_parts(session, kind) for kind in PARTS}
    query = select(OrganisationRow.code, OrganisationRow.name).where(
        OrganisationRow.kind == "institution", OrganisationRow.status != "withdrawn"
    )
    if institution is not None:
        query = query.where(OrganisationRow.code == institution)
    made = [
        _score(code, name, _of(found, code), filled, doubts[code], said)
        for code, name in session.execute(query.order_by(OrganisationRow.code))
    ]
    return tuple(sorted(made, key=lambda one: (one.plausible, one.complete, one.institution)))


def _load(session: Session, kind: str, today: date, owner: str | None) -> Sequence[Row[Any]]:
    """The columns of the records in use that scores rest on."""
    row = _ROWS[kind]
    query = select(row.__table__).where(in_use(kind, today)).order_by(row.code)
    return session.execute(query if owner is None else query.where(row.owner == owner)).all()


def _of(found: Mapping[str, Sequence[Row[Any]]], owner: str) -> dict[str, list[Row[Any]]]:
    return {kind: [row for row in rows if row.owner == owner] for kind, rows in found.items()}


def _with_parts(session: Session, kind: str) -> frozenset[str]:
    return frozenset(session.scalars(select(_PARTS[kind]).distinct()))


def _score(
    code: str,
    name: str,
    found: Mapping[str, Sequence[Row[Any]]],
    filled: Mapping[str, frozenset[str]],
    hits: Sequence[Hit],
    said: QualityRules,
) -> Score:
    gaps, wanted, missing = [], 0.0, 0.0
    for kind, rows in found.items():
        for field, weight in _fields(kind):
            empty = tuple(row.code for row in rows if _is_empty(row, kind, field, filled))
            wanted += weight * len(rows)
            missing += weight * len(empty)
            if empty:
                gaps.append(Gap(kind, field, weight * len(empty), empty))
    records = sum(map(len, found.values()))
    looked_at = sum(len(found[kind]) for kind in _DOUBTED)
    off: dict[str, float] = defaultdict(float)
    for hit in hits:
        off[hit.code] = min(100.0, off[hit.code] + getattr(said, hit.rule))
    gaps.sort(key=lambda gap: (-gap.weight, gap.kind, gap.field))
    return Score(
        code,
        name,
        records,
        round(100 * (1 - missing / wanted), 1) if wanted else 100.0,
        round(100 - fsum(off.values()) / looked_at, 1) if looked_at else 100.0,
        tuple(gaps),
        tuple(hits),
    )


def _fields(kind: str) -> Iterator[tuple[str, float]]:
    for field, criterion in FIELDS[kind].items():
        yield field, WEIGHTS[criterion]
    if kind in PARTS:
        field, criterion = PARTS[kind]
        yield field, WEIGHTS[criterion]


def _is_empty(row: Row[Any], kind: str, field: str, filled: Mapping[str, frozenset[str]]) -> bool:
    if kind in PARTS and field == PARTS[kind][0]:
        return row.code not in filled[kind]
    return getattr(row, field) is None


def _hits(
    session: Session, found: Mapping[str, Sequence[Row[Any]]], said: QualityRules
) -> Iterator[tuple[str, Hit]]:
    """Every doubt with whose it is; a rule that takes nothing off is not asked."""
    asked: dict[str, Callable[[], Iterator[tuple[str, Hit]]]] = {
        "price_far": lambda: _prices(session, found["course"], said),
        "hours_low": lambda: _hours(found["course"], said),
        "seats_over": lambda: _seats(session, found["run"]),
        "certificate": lambda: _certificates(session, found["run"]),
        "days_odd": lambda: _days(session, found["run"]),
        "telephone": lambda: _telephones(found),
    }
    for rule, look in asked.items():
        if getattr(said, rule):
            yield from look()


def _hit(rule: str, kind: str, row: Row[Any], value: object, against: object) -> tuple[str, Hit]:
    name = str(getattr(row, _NAMES.get(kind, ""), "") or "")
    return row.owner, Hit(rule, kind, row.code, name, str(value), str(against))


def _prices(
    session: Session, courses: Sequence[Row[Any]], said: QualityRules
) -> Iterator[tuple[str, Hit]]:
    """Far from the median of what others ask for the same trade and level, in fen."""
    trades: dict[str, str] = {}
    prices: Prices = defaultdict(list)
    for code, trade, level, per, fen in session.execute(
        select(
            CourseRow.code, CourseOccupationRow.code, CourseRow.level, CourseRow.price_per,
            CourseRow.price_fen,
        )
        .join(CourseOccupationRow, CourseOccupationRow.course == CourseRow.code)
        .where(CourseOccupationRow.position == 0, CourseRow.price_fen.is_not(None))
        .where(CourseRow.status != "withdrawn")
    ):  # fmt: skip
        trades[code] = trade
        prices[trade, level, per].append(int(fen or 0))
    for row in courses:
        known = prices.get((trades.get(row.code, ""), row.level, row.price_per), [])
        if row.price_fen is None or len(known) < said.price_least:
            continue
        middle = median(known)
        low, high = sorted((row.price_fen, middle))
        if high > said.price_times * low:
            yield _hit("price_far", "course", row, f"{row.price_fen / 100:g}", f"{middle / 100:g}")


def _hours(courses: Sequence[Row[Any]], said: QualityRules) -> Iterator[tuple[str, Hit]]:
    for row in courses:
        if row.level is None or row.theory_hours is None or row.practice_hours is None:
            continue
        hours = row.theory_hours + row.practice_hours
        least = said.hours_junior if row.level <= _JUNIOR else said.hours_above
        if hours < least:
            yield _hit("hours_low", "course", row, hours, least)


def _seats(session: Session, runs: Sequence[Row[Any]]) -> Iterator[tuple[str, Hit]]:
    """More seats than the venue's stations can take in as many rotations as the policy allows."""
    counts = {
        (venue, equipment): count
        for venue, equipment, count in session.execute(
            select(WorkstationRow.venue, WorkstationRow.equipment, WorkstationRow.count)
        )
    }
    courses = _courses(session)
    for row in runs:
        course = courses[row.course]
        if row.seats is None or row.venue is None or course.equipment is None:
            continue
        stations = counts.get((row.venue, course.equipment), 0)
        most = stations * course.heads_per_station * DEFAULT_POLICY.max_rotations
        if row.seats > most:
            yield _hit("seats_over", "run", row, row.seats, most)


def _certificates(session: Session, runs: Sequence[Row[Any]]) -> Iterator[tuple[str, Hit]]:
    """Somebody teaches a trade or level that no certificate of theirs covers on the first day."""
    held: dict[str, list[Any]] = defaultdict(list)
    for one in session.execute(
        select(
            QualificationRow.instructor, QualificationRow.occupation, QualificationRow.level,
            QualificationRow.valid_to,
        )
    ):  # fmt: skip
        held[one.instructor].append(one)
    taught: dict[str, set[str]] = defaultdict(set)
    for course, code in session.execute(
        select(CourseOccupationRow.course, CourseOccupationRow.code)
    ):
        taught[course].add(code)
    courses = _courses(session)
    for row in runs:
        if row.instructor is None or not taught[row.course]:
            continue
        level = courses[row.course].level or 0
        if not any(
            one.occupation in taught[row.course]
            and (one.level is None or one.level >= level)
            and (one.valid_to is None or one.valid_to >= row.first_day)
            for one in held[row.instructor]
        ):
            yield _hit("certificate", "run", row, row.instructor, row.course)


def _days(session: Session, runs: Sequence[Row[Any]]) -> Iterator[tuple[str, Hit]]:
    """Sign-up that ends after the first day, or a run that begins when its course is over."""
    courses = _courses(session)
    for row in runs:
        ends = courses[row.course].valid_to
        if row.signup_closes is not None and row.signup_closes > row.first_day:
            yield _hit("days_odd", "run", row, row.signup_closes, row.first_day)
        elif ends is not None and ends < row.first_day:
            yield _hit("days_odd", "run", row, row.first_day, ends)


def _telephones(found: Mapping[str, Sequence[Row[Any]]]) -> Iterator[tuple[str, Hit]]:
    for kind, field in _NAMES.items():
        for row in found[kind]:
            told = PHONE.search(getattr(row, field))
            if told:
                yield _hit("telephone", kind, row, told[0], field)


def _courses(session: Session) -> dict[str, Any]:
    return {
        row.code: row
        for row in session.execute(
            select(
                CourseRow.code, CourseRow.level, CourseRow.equipment, CourseRow.heads_per_station,
                CourseRow.valid_to,
            )
        )
    }  # fmt: skip
