"""What a bulletin tells of supply: institutions, courses with their capacity, places for practice."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import (
    AreaRow,
    CourseOccupationRow,
    CourseRow,
    EquipmentRow,
    OccupationRow,
    OrganisationRow,
    RunRow,
    SlotRow,
    VenueRow,
    WorkstationRow,
)
from store.schemas.publication import Cells, Figures
from store.services.figure_scope import Scope

_AHEAD = timedelta(weeks=4)


def institutions(session: Session, scope: Scope) -> Figures:
    """Active institutions by name: sort, area, until when they are qualified, published courses."""
    offered = (
        select(CourseRow.institution, func.count().label("courses"))
        .where(CourseRow.status == "published")
        .group_by(CourseRow.institution)
        .subquery()
    )
    found = session.execute(
        select(
            OrganisationRow.name, OrganisationRow.sort, AreaRow.name,
            OrganisationRow.qualified_to, func.coalesce(offered.c.courses, 0),
        )
        .outerjoin(AreaRow, AreaRow.code == OrganisationRow.area)
        .outerjoin(offered, offered.c.institution == OrganisationRow.code)
        .where(OrganisationRow.kind == "institution", OrganisationRow.status == "active")
        .where(scope.within(OrganisationRow.area))
        .order_by(OrganisationRow.code)
    ).all()  # fmt: skip
    rows: list[Cells] = [
        (name, sort, area, until.isoformat() if until else None, courses)
        for name, sort, area, until, courses in found
    ]
    total = (None, None, None, None, sum(row[4] for row in found))
    return scope.figures(
        "figures_supply.institutions", "institution sort area qualified_to courses", rows, total
    )


def courses(session: Session, scope: Scope) -> Figures:
    """Published courses by trade and level, with the runs to come, their seats and those left."""
    runs = (
        select(
            RunRow.course,
            func.count().label("runs"),
            func.sum(RunRow.seats).label("seats"),
            func.sum(RunRow.seats_left).label("seats_left"),
        )
        .where(RunRow.status == "published", RunRow.first_day >= scope.as_of)
        .group_by(RunRow.course)
        .subquery()
    )
    found = session.execute(
        select(
            OccupationRow.name, CourseRow.level,
            func.count(func.distinct(CourseRow.institution)), func.count(),
            func.coalesce(func.sum(runs.c.runs), 0), func.coalesce(func.sum(runs.c.seats), 0),
            func.coalesce(func.sum(runs.c.seats_left), 0),
        )
        .join(CourseOccupationRow, CourseOccupationRow.course == CourseRow.code)
        .join(OccupationRow, OccupationRow.code == CourseOccupationRow.code)
        .join(OrganisationRow, OrganisationRow.code == CourseRow.institution)
        .outerjoin(runs, runs.c.course == CourseRow.code)
        .where(CourseRow.status == "published", CourseOccupationRow.position == 0)
        .where(scope.within(OrganisationRow.area))
        .group_by(OccupationRow.code, OccupationRow.name, CourseRow.level)
        .order_by(OccupationRow.code, CourseRow.level)
    ).all()  # fmt: skip
    rows: list[Cells] = [(row[0], row[1], *map(int, row[2:])) for row in found]
    sums = (sum(int(row[at]) for row in found) for at in range(3, 7))
    return scope.figures(
        "figures_supply.courses",
        "trade level institutions courses runs seats seats_left",
        rows,
        (None, None, None, *sums),
    )


def places(session: Session, scope: Scope) -> Figures:
    """Open venues and their workstations by type, and how much of the next four weeks is taken.

    Offered and taken are hours of one workstation; both are of the slots that are published.
    """
    stations: dict[str, Counter[str]] = defaultdict(Counter)
    for equipment, venues, count in session.execute(
        select(WorkstationRow.equipment, func.count(), func.sum(WorkstationRow.count))
        .join(VenueRow, VenueRow.code == WorkstationRow.venue)
        .where(VenueRow.status == "active", VenueRow.is_open, scope.within(VenueRow.area))
        .group_by(WorkstationRow.equipment)
    ):
        stations[equipment].update(venues=venues, stations=count)
    length = SlotRow.end - SlotRow.start
    for equipment, offered, free in session.execute(
        select(
            SlotRow.equipment,
            func.sum(SlotRow.stations * length),
            func.sum(SlotRow.stations_free * length),
        )
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .where(VenueRow.status == "active", VenueRow.is_open, scope.within(VenueRow.area))
        .where(SlotRow.status == "published")
        .where(SlotRow.day >= scope.as_of, SlotRow.day < scope.as_of + _AHEAD)
        .group_by(SlotRow.equipment)
    ):
        stations[equipment].update(offered=offered, taken=offered - free)
    names = dict(session.execute(select(EquipmentRow.code, EquipmentRow.name)).all())
    rows = [
        (names[code], one["venues"], one["stations"], *_use(one["offered"], one["taken"]))
        for code, one in sorted(stations.items())
    ]
    whole = sum(stations.values(), Counter[str]())
    total = (None, None, whole["stations"], *_use(whole["offered"], whole["taken"]))
    return scope.figures(
        "figures_supply.places", "equipment venues stations offered taken use", rows, total
    )


def _use(offered: int, taken: int) -> tuple[int, int, int | None]:
    """Minutes as whole hours, and the share in percent."""
    return offered // 60, taken // 60, 100 * taken // offered if offered else None
