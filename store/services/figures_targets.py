"""What a bulletin tells of targets, unit by unit, and of what was published before."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import BulletinRow, PublicationRow
from store.schemas.periods import Period
from store.schemas.publication import Cells, Figures, Mark, TargetView
from store.services import reached, targets
from store.services.clocks import day_of
from store.services.figure_scope import Scope, withheld
from store.services.small_counts import held_back


def against(session: Session, scope: Scope) -> Figures:
    """Targets of the period and what was reached of each up to the day of the data.

    What of an indicator is not of any listed unit counts as one more line, which nobody is shown: with it
    the district's sum gives no small number away.
    """
    groups: dict[object, list[TargetView]] = defaultdict(list)
    for one in targets.overlapping(session, scope.period, by=scope.by, today=scope.as_of):
        groups[one.indicator, one.period, one.unit_kind].append(one)
    rows = [cells for group in groups.values() for cells in _told(session, scope, group)]
    return scope.figures(
        "figures_targets.against",
        "unit indicator period target reached share due pace",
        rows,
        more=scope.days,
    )


def _told(session: Session, scope: Scope, group: list[TargetView]) -> list[Cells]:
    """The rows of targets for the same indicator and period."""
    first = group[0]
    rest = reached.parts(session, first.indicator, first.period, scope.as_of)
    counts = []
    for one in group:
        belongs = reached.belongs(session, one.unit, one.unit_kind)
        counts.append(reached.count(one.indicator, filter(belongs, rest)))
    for one in group:
        belongs = reached.belongs(session, one.unit, one.unit_kind)
        rest = tuple(part for part in rest if not belongs(part))
    counts.append(reached.count(first.indicator, rest))
    marks = held_back(scope.threshold, counts).rows
    rows = []
    for one, mark in zip(group, marks, strict=False):
        told: Cells = (one.actual, one.share, one.due, one.pace)
        cells = told if mark is Mark.SHOWN else withheld(mark, told)
        rows.append((one.unit_name, one.indicator.value, str(one.period), one.value, *cells))
    return rows


def log(session: Session, scope: Scope) -> Figures:
    """What was published and withdrawn up to the day of the data, the latest first."""
    found = session.execute(
        select(PublicationRow, BulletinRow)
        .join(BulletinRow, BulletinRow.code == PublicationRow.bulletin)
        .order_by(PublicationRow.id.desc())
    )
    rows: list[Cells] = [
        (
            day_of(line.at).isoformat(),
            line.act,
            line.bulletin,
            str(Period(about.first, about.last)),
            about.as_of.isoformat(),
            line.digest[:12],
        )
        for line, about in found
        if day_of(line.at) <= scope.as_of
    ]
    return scope.figures("figures_targets.log", "day act bulletin period data digest", rows)
