"""供需分析: the trades and levels whose heads present capacity would not serve."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from sqlalchemy.orm import Session

from store.schemas.actor import Actor
from store.services import listed, naming, warning
from store.services.coverage import Coverage, Lack, coverage
from store.services.wanted import Wanted, days_waited, is_wanted_in, monday, wanted
from store.services.warning import WarningRule

TREND_WEEKS = 8


class State(StrEnum):
    """How a line stands."""

    ALARM = "alarm"
    SHORT = "short"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Line:
    """One trade and level: the heads asked for, and those that are or could be served.

    `needed` are heads of open needs, `covered` those of them in live proposals, `served` these and what
    `coverage` finds for the rest, `spare` seats of coming runs that nobody on the board would take. The
    trade is None where it is not settled, the level where the needs name none. Waiting days are those of
    all its needs; the trend is heads registered in each week, this one last; `lack` is what most lack.
    """

    occupation: str | None
    name: str
    level: int | None
    needed: int
    covered: int
    served: int
    spare: int
    firms: int
    waits_half: int
    waits_most: int
    trend: tuple[int, ...]
    lack: Lack | None
    state: State
    needs: tuple[str, ...]

    @property
    def gap(self) -> int:
        """Heads that present capacity would not serve."""
        return self.needed - self.served


@dataclass(frozen=True, slots=True)
class Board:
    """Every line, worst first, the rule by which some are warnings, and the Mondays of the trend.

    `listed` are the trades of the shortage list in force.
    """

    day: date
    rule: WarningRule
    weeks: tuple[date, ...]
    lines: tuple[Line, ...]
    listed: tuple[str, ...] = ()

    @property
    def gap(self) -> int:
        """Heads of all lines that present capacity would not serve."""
        return sum(line.gap for line in self.lines)


def shortages(
    session: Session,
    *,
    by: Actor,
    today: date,
    area: str | None = None,
    month: date | None = None,
) -> Board:
    """Open needs by trade and level against what present capacity would serve.

    A centre sees its own needs, an institution everybody's against its own offers, a supervisor all.
    Capacity is all that is offered to whoever is shown, also where only one area or month is looked at: the
    gap of a part is the least that it can be. A need is of the month of its earliest day.
    """
    return board(look(session, by, today, area, month))


@dataclass(frozen=True)
class Look:
    """What a board is made of: one reading of needs and of capacity."""

    today: date
    open: tuple[Wanted, ...]
    registered: tuple[Wanted, ...]
    coverage: Coverage
    rule: WarningRule
    names: Mapping[str, str]
    listed: tuple[str, ...]


def look(session: Session, by: Actor, today: date, area: str | None, month: date | None) -> Look:
    """Read needs, capacity, the rule and names: a fixed number of statements."""
    since = monday(today) - timedelta(weeks=TREND_WEEKS - 1)
    found = wanted(session, by=by, today=today, since=since, area=area)
    shown = tuple(one for one in found if one.is_open and is_wanted_in(one, month, today))
    return Look(
        today,
        shown,
        tuple(one for one in found if one.registered >= since),
        coverage(session, shown, by=by, today=today),
        warning.rule(session),
        naming.occupation_names(session, {one.occupation for one in shown if one.occupation}),
        listed.short(session, today)[1],
    )


def board(look: Look) -> Board:
    """The lines of what was read."""
    groups: dict[tuple[str | None, int | None], list[Wanted]] = defaultdict(list)
    for one in look.open:
        groups[key_of(one)].append(one)
    trends = _trends(look)
    lines = [_line(look, key, some, trends[key]) for key, some in groups.items()]
    lines.sort(key=lambda n: (list(State).index(n.state), -n.gap, -n.needed, n.name, n.level or 0))
    return Board(look.today, look.rule, _weeks(look.today), tuple(lines), look.listed)


def key_of(one: Wanted) -> tuple[str | None, int | None]:
    """Which line a need is of; where the trade is not settled its level says nothing."""
    return (one.occupation, one.level) if one.occupation else (None, None)


def _weeks(today: date) -> tuple[date, ...]:
    this = monday(today)
    return tuple(this - timedelta(weeks=back) for back in range(TREND_WEEKS - 1, -1, -1))


def _trends(look: Look) -> Mapping[tuple[str | None, int | None], tuple[int, ...]]:
    heads: Counter[tuple[tuple[str | None, int | None], date]] = Counter()
    for one in look.registered:
        heads[key_of(one), monday(one.registered)] += one.heads
    weeks = _weeks(look.today)
    return {key: tuple(heads[key, week] for week in weeks) for key in map(key_of, look.open)}


def _line(
    look: Look, key: tuple[str | None, int | None], needs: Sequence[Wanted], trend: tuple[int, ...]
) -> Line:
    occupation, level = key
    needed = sum(one.heads for one in needs)
    covered = sum(one.covered for one in needs)
    served = covered + sum(look.coverage.served[one.code] for one in needs)
    waits = sorted(days_waited(one, look.today) for one in needs)
    most = percentile(waits, 90)
    gap = needed - served
    state = State.ENOUGH if not gap else State.SHORT
    if look.rule.is_broken(gap, most):
        state = State.ALARM
    return Line(
        occupation,
        look.names.get(occupation, occupation) if occupation else "",
        level,
        needed,
        covered,
        served,
        look.coverage.spare.get((occupation, level), 0) if occupation else 0,
        len({one.enterprise for one in needs}),
        percentile(waits, 50),
        most,
        trend,
        _most_lacked(look.coverage, needs),
        state,
        tuple(one.code for one in needs),
    )


def _most_lacked(found: Coverage, needs: Iterable[Wanted]) -> Lack | None:
    heads: Counter[Lack] = Counter()
    for one in needs:
        if one.code in found.lacks:
            heads[found.lacks[one.code]] += one.left - found.served[one.code]
    return min(heads, key=lambda lack: (-heads[lack], lack), default=None)


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The smallest of some ordered numbers that so many percent of them do not exceed; 0 of none."""
    return ordered[ceil(len(ordered) * percent / 100) - 1] if ordered else 0
