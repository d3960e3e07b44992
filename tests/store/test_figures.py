"""Every figure of the analysis against SQL written by hand, asked of the store's file by another driver."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import InvalidError, NotAllowedError, NotFoundError
from store.models import CourseRow, InstructorRow, NeedRow
from store.schemas.actor import Actor, Role
from store.services import behind, bottlenecks, coverage, flow, forecast, pivot, use, waits
from store.services.coverage import Lack
from store.services.forecast import Past
from store.services.records import MASKED
from store.services.use import Sort, Use, UseShare
from store.services.wanted import wanted
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
MONDAY = DAY - timedelta(days=DAY.weekday())
MONTH = MONDAY + timedelta(weeks=4)
# The trade that counts as settled: confirmed by somebody, or clearly the best of what the words mean.
SETTLED = """
    CASE WHEN one.confirmed_by IS NOT NULL OR (one.confidence >= 0.5
      AND NOT (two.code IS NOT NULL AND one.confidence - two.confidence < 0.03))
    THEN one.code ELSE '' END"""
MEANING = """
    LEFT JOIN need_occupation one ON one.need = n.code AND one.position = 0
    LEFT JOIN need_occupation two ON two.need = n.code AND two.position = 1"""
IN_CHINA = "date(n.created_at, '+8 hours')"


class Asked:
    """A store's file, read by another driver."""

    def __init__(self, store: Store) -> None:
        self._path = str(store.url.database)

    def __call__(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()


@pytest.fixture
def sql(stocked: Store) -> Asked:
    return Asked(stocked)


def weekday(column: str) -> str:
    """SQL for the Monday of a day."""
    return f"date({column}, '-' || ((strftime('%w', {column}) + 6) % 7) || ' days')"


DEMAND = {
    "occupation": SETTLED,
    "level": f"CASE WHEN {SETTLED} = '' THEN '' ELSE COALESCE(n.level, '') END",
    "area": "COALESCE(n.area, '')",
    "week": weekday(f"max(n.earliest, date('{DAY}', '+2 days'))"),
}
SUPPLY = {
    "occupation": "COALESCE(share.code, '')",
    "level": "CASE WHEN share.code IS NULL THEN '' ELSE COALESCE(c.level, '') END",
    "area": "COALESCE(v.area, home.area, '')",
    "week": weekday("r.first_day"),
}


def test_every_cell_of_every_pivot_is_what_sql_says(stocked: Store, sql: Asked) -> None:
    for by, whose in ((OPERATOR, "n.owner = 'C-BL'"), (SUPERVISOR, "1 = 1")):
        for rows in pivot.Axis:
            for columns in set(pivot.Axis) - {rows}:
                found = stocked.read(pivot.pivot, rows, columns, by=by, today=DAY)
                heads = {
                    (str(row), str(column)): (heads, needs)
                    for row, column, heads, needs in sql(
                        f"""SELECT {DEMAND[rows]}, {DEMAND[columns]}, sum(n.heads), count(*)
                        FROM need n {MEANING} WHERE n.status IN ('open', 'matched') AND {whose}
                        GROUP BY 1, 2"""
                    )
                }
                seats = {
                    (str(row), str(column)): (seats, runs)
                    for row, column, seats, runs in sql(
                        f"""SELECT {SUPPLY[rows]}, {SUPPLY[columns]}, sum(r.seats_left), count(*)
                        FROM run r JOIN course c ON c.code = r.course
                        JOIN organisation home ON home.code = c.institution
                        LEFT JOIN venue v ON v.code = r.venue
                        LEFT JOIN course_occupation share
                          ON share.course = c.code AND share.position = 0
                        WHERE r.status = 'published' AND c.status = 'published'
                          AND home.status = 'active' AND r.seats_left > 0 AND r.first_day > ?
                          AND (r.signup_closes IS NULL OR r.signup_closes >= ?)
                        GROUP BY 1, 2""",
                        str(DAY),
                        str(DAY),
                    )
                }
                cells = found.cells
                assert {k: (c.heads, len(c.needs)) for k, c in cells.items() if c.needs} == heads
                assert {k: (c.seats, len(c.runs)) for k, c in cells.items() if c.runs} == seats
                assert found.cell().heads == sum(count for count, _ in heads.values())


def test_served_and_gap_are_first_come_first_served_sums_in_sql(stocked: Store, sql: Asked) -> None:
    """Where only runs serve and every window is open, what is served is a running sum cut at the seats."""

    def simplify(session: Session) -> None:
        session.execute(update(NeedRow).values(earliest=DAY, latest=None, level=None))
        session.execute(update(CourseRow).values(delivery="runs", valid_to=None, valid_from=None))

    stocked.write(simplify)
    found = stocked.read(pivot.pivot, "occupation", "week", by=SUPERVISOR, today=DAY)
    until = DAY + timedelta(days=2 + 60)
    rows = sql(
        f"""
        WITH held AS (
          SELECT need, sum(heads) AS heads FROM proposal
          WHERE status IN ('sent', 'accepted', 'confirmed', 'delivered') GROUP BY need),
        asked AS (
          SELECT n.code, n.created_at, {SETTLED} AS trade, n.heads,
            min(n.heads, COALESCE(held.heads, 0)) AS covered
          FROM need n {MEANING} LEFT JOIN held ON held.need = n.code
          WHERE n.status IN ('open', 'matched')),
        line AS (
          SELECT asked.*, heads - covered AS wanted,
            sum(heads - covered) OVER (PARTITION BY trade ORDER BY created_at, code) AS upto
          FROM asked),
        seats AS (
          SELECT share.code AS trade, sum(r.seats_left) AS seats FROM run r
          JOIN course c ON c.code = r.course JOIN course_occupation share ON share.course = c.code
          JOIN organisation home ON home.code = c.institution
          WHERE r.status = 'published' AND c.status = 'published' AND home.status = 'active'
            AND r.first_day BETWEEN date('{DAY}', '+2 days') AND '{until}'
            AND (r.signup_closes IS NULL OR r.signup_closes >= '{DAY}')
            AND (home.qualified_to IS NULL OR home.qualified_to >= date('{DAY}', '+2 days'))
          GROUP BY 1)
        SELECT line.trade, sum(heads), sum(covered), sum(covered + CASE WHEN line.trade = '' THEN 0
          ELSE max(0, min(wanted, COALESCE(seats, 0) - (upto - wanted))) END)
        FROM line LEFT JOIN seats ON seats.trade = line.trade GROUP BY 1"""
    )
    cells = {value: found.cell(value) for value in found.row_values if found.cell(value).needs}
    assert {(v, c.heads, c.covered, c.served) for v, c in cells.items()} == set(rows)
    short = stocked.read(bottlenecks.bottlenecks, by=SUPERVISOR, today=DAY)
    assert sum(b.short for b in short) == sum(c.gap for c in cells.values()) > 0


def test_bottlenecks_add_up_to_the_gap_and_name_the_way_price_and_hours(stocked: Store) -> None:
    found = stocked.read(bottlenecks.bottlenecks, by=SUPERVISOR, today=DAY)
    whole = stocked.read(pivot.pivot, "occupation", "level", by=SUPERVISOR, today=DAY)
    assert sum(b.short for b in found) == whole.cell().gap
    shown = stocked.read(wanted, by=SUPERVISOR, today=DAY)
    rough = stocked.read(coverage.coverage, shown, by=SUPERVISOR, today=DAY)
    assert sum(b.held for b in found) == sum(rough.served[code] for code in rough.held)

    def press(session: Session) -> None:
        session.execute(update(NeedRow).values(budget_fen=1))

    stocked.write(press)
    dear = stocked.read(bottlenecks.bottlenecks, by=SUPERVISOR, today=DAY)
    by_lack = {lack: sum(b.held for b in dear if b.lack is lack) for lack in Lack}
    assert by_lack[Lack.PRICE] > 100
    assert by_lack[Lack.TRAVEL] == sum(b.held for b in found if b.lack is Lack.TRAVEL)


def test_use_is_what_sql_says(stocked: Store, sql: Asked) -> None:
    def first(share: str, sort: Sort) -> dict[str, tuple[int, ...]]:
        found = stocked.read(use.use, share, by=SUPERVISOR, today=DAY)
        return {
            u.value: (u.offered, u.held, u.booked, u.elsewhere) for u in found if u.sort is sort
        }

    taken = """(SELECT COALESCE(sum(b.quantity), 0) FROM booking b WHERE b.kind = '{kind}'
        AND b.resource = {code} AND b.status = '{status}')"""
    span = (str(MONDAY), str(MONTH))
    for share, value in (
        (UseShare.INSTITUTION, "c.institution"),
        (UseShare.WEEK, weekday("r.first_day")),
    ):
        held, booked = (
            taken.format(kind="run", code="r.code", status=s) for s in ("held", "booked")
        )
        rows = sql(
            f"""SELECT {value}, sum(r.seats), sum({held}), sum({booked}),
              sum(r.seats - r.seats_left - r.claimed)
            FROM run r JOIN course c ON c.code = r.course
            WHERE r.status = 'published' AND r.first_day >= ? AND r.first_day < ? GROUP BY 1""",
            *span,
        )
        assert first(share, Sort.SEATS) == {row[0]: row[1:] for row in rows}
    for share, value in (
        (UseShare.INSTITUTION, "v.institution"),
        (UseShare.EQUIPMENT, "s.equipment"),
        (UseShare.WEEK, weekday("s.day")),
    ):
        held, booked = (
            taken.format(kind="slot", code="s.code", status=s) for s in ("held", "booked")
        )
        rows = sql(
            f"""SELECT {value}, sum(s.stations * (s."end" - s.start)),
              sum({held} * (s."end" - s.start)), sum({booked} * (s."end" - s.start)),
              sum((s.stations - s.stations_free - s.claimed) * (s."end" - s.start))
            FROM slot s JOIN venue v ON v.code = s.venue
            WHERE s.status = 'published' AND s.day >= ? AND s.day < ? GROUP BY 1""",
            *span,
        )
        assert first(share, Sort.STATIONS) == {row[0]: row[1:] for row in rows}
    rows = sql(
        """SELECT i.institution, sum((b."end" - b.start) * (b.status = 'held')),
          sum((b."end" - b.start) * (b.status = 'booked'))
        FROM booking b JOIN instructor i ON i.code = b.resource
        WHERE b.kind = 'instructor' AND b.status IN ('held', 'booked') AND b.day >= ? AND b.day < ?
        GROUP BY 1""",
        *span,
    )
    people = first(UseShare.INSTITUTION, Sort.INSTRUCTORS)
    assert {v: n[1:3] for v, n in people.items() if any(n[1:3])} == {r[0]: r[1:] for r in rows}
    assert rows


def test_hours_offered_by_instructors_follow_their_pattern_and_absence(stocked: Store) -> None:
    def of_one(session: Session) -> None:
        session.execute(update(InstructorRow).values(status="withdrawn"))
        session.execute(text("DELETE FROM blackout"))
        code = session.query(InstructorRow.code).order_by(InstructorRow.code).first()
        assert code is not None
        one = update(InstructorRow).where(InstructorRow.code == code[0])
        session.execute(one.values(status="active", weekly="Mon-Fri 18:00-20:00; Sat 09:00-12:00"))
        session.execute(
            text("INSERT INTO blackout (instructor, first_day, last_day) VALUES (:code, :a, :b)"),
            {"code": code[0], "a": "2026-11-24", "b": "2026-11-25"},
        )

    stocked.write(of_one)
    found = stocked.read(use.use, "week", by=SUPERVISOR, today=DAY)
    hours = [u.offered for u in found if u.sort is Sort.INSTRUCTORS]
    assert hours == [13 * 60, 9 * 60, 13 * 60, 13 * 60]


def test_what_is_behind_a_line_of_use(stocked: Store, sql: Asked) -> None:
    found = stocked.read(use.use, "equipment", by=SUPERVISOR, today=DAY)
    line: Use = found[0]
    records = stocked.read(use.behind, line.sort, "equipment", line.value, by=SUPERVISOR, today=DAY)
    rows = sql(
        "SELECT 'slot', code FROM slot WHERE status = 'published' AND equipment = ? AND day >= ? "
        "AND day < ? ORDER BY code",
        line.value,
        str(MONDAY),
        str(MONTH),
    )
    assert list(records) == rows
    own = stocked.read(use.use, "institution", by=SCHOOL, today=DAY)
    assert {one.value for one in own} == {"T01"}
    taken = line.held + line.booked + line.elsewhere
    assert line.percent == round(100 * taken / line.offered)


STEPS = f"""
    WITH asked AS (
      SELECT p.code, p.need, p.status, p.first_day,
        date(min(a.asked_at), '+8 hours') AS proposed,
        CASE WHEN count(*) = sum(a.status = 'accepted')
          THEN date(max(a.answered_at), '+8 hours') END AS accepted,
        (SELECT date(max(x.at), '+8 hours') FROM audit x WHERE x.kind = 'proposal'
          AND x.act = 'confirm' AND x.code = p.code) AS confirmed
      FROM proposal p JOIN answer a ON a.proposal = p.code GROUP BY p.code),
    need_steps AS (
      SELECT n.code, {{group}} AS value, {IN_CHINA} AS registered, min(proposed) AS proposed,
        min(accepted) AS accepted,
        min(CASE WHEN asked.status IN ('confirmed', 'delivered') THEN confirmed END) AS confirmed,
        min(CASE WHEN asked.status IN ('confirmed', 'delivered') AND confirmed IS NOT NULL
          THEN first_day END) AS start
      FROM need n {MEANING} LEFT JOIN asked ON asked.need = n.code
      WHERE n.status <> 'draft' AND {IN_CHINA} >= date('{MONDAY}', '-175 days') AND n.owner = 'C-BL'
      GROUP BY n.code)"""


def nth(ordered: list[int], percent: int) -> int:
    """The value at so many percent, counted up."""
    return next((n for at, n in enumerate(ordered, 1) if 100 * at >= percent * len(ordered)), 0)


def test_waiting_is_what_sql_says(stocked: Store, sql: Asked) -> None:
    for share, group in (("area", "COALESCE(n.area, '')"), ("occupation", SETTLED)):
        found = stocked.read(waits.waits, share, by=OPERATOR, today=DAY)
        told = {(w.value, s.name): (s.half, s.most, len(s.needs)) for w in found for s in w.stages}
        expected: dict[tuple[str, str], tuple[int, int, int]] = {}
        before = "registered"
        for stage in waits.STAGES:
            rows = sql(
                f"""{STEPS.format(group=group)} SELECT value, {stage} IS NOT NULL,
                  max(0, CAST(julianday({stage}) - julianday({before}) AS INTEGER))
                FROM need_steps ORDER BY 1, 3"""
            )
            for value in {row[0] for row in rows}:
                days = [row[2] for row in rows if row[0] == value and row[1]]
                expected[value, stage] = (nth(days, 50), nth(days, 90), len(days))
            before = stage
        assert told == expected
        assert any(count for _h, _m, count in told.values())
    homes = stocked.read(waits.waits, "institution", by=OPERATOR, today=DAY)
    rows = sql(
        "SELECT c.institution, count(DISTINCT p.need) FROM proposal p JOIN course c "
        "ON c.code = p.course JOIN need n ON n.code = p.need WHERE n.owner = 'C-BL' "
        f"AND {IN_CHINA} >= date('{MONDAY}', '-175 days') GROUP BY 1"
    )
    assert {w.value: len(w.needs) for w in homes} == dict(rows)


def test_the_series_is_history_and_then_the_stores_own_needs(stocked: Store, sql: Asked) -> None:
    """A week that was imported is not counted again from needs; the weeks after it are."""
    later = DAY + timedelta(weeks=2)
    found = stocked.read(forecast.series, by=OPERATOR, today=later)
    rows = sql(
        f"""SELECT occupation, week, sum(heads) FROM (
          SELECT occupation, week, heads FROM demand_history WHERE owner = 'C-BL'
          UNION ALL
          SELECT {SETTLED}, {weekday(IN_CHINA)}, n.heads FROM need n {MEANING}
          WHERE n.owner = 'C-BL' AND n.status <> 'draft' AND {SETTLED} <> ''
            AND {weekday(IN_CHINA)} NOT IN (SELECT week FROM demand_history WHERE owner = 'C-BL'))
        WHERE week < ? GROUP BY 1, 2""",
        str(MONDAY + timedelta(weeks=2)),
    )
    told = {
        (trade, week.isoformat(), heads)
        for trade, counts in found.heads.items()
        for week, heads in zip(found.weeks, counts, strict=True)
        if heads
    }
    assert told == {row for row in rows if row[2]}
    assert MONDAY in found.weeks
    assert MONDAY not in found.imported
    assert len(found.imported) == 44
    counted = sum(len(codes) for codes in found.needs.values())
    assert (
        counted
        == sql(
            f"""SELECT count(*) FROM need n {MEANING} WHERE n.owner = 'C-BL' AND n.status <> 'draft'
        AND {SETTLED} <> '' AND {weekday(IN_CHINA)} = ?""",
            str(MONDAY),
        )[0][0]
    )
    outlook = stocked.read(forecast.forecast, by=OPERATOR, today=later, occupations=["6-18-01-01"])
    assert outlook.lines[1].past == found.heads["6-18-01-01"]
    assert outlook.lines[0].past[-1] == sum(counts[-1] for counts in found.heads.values())


def test_history_is_a_centres_own_and_replaces_what_it_said_before(store: Store) -> None:
    rows = [Past(MONDAY - timedelta(weeks=at), "6-18-01-01", 7) for at in (1, 2)]
    assert store.write(forecast.take_history, rows, "登记簿", by=OPERATOR) == 2
    found = store.read(forecast.series, by=OPERATOR, today=DAY)
    assert found.heads["6-18-01-01"][-2:] == (7, 7)
    assert "登记簿" in found.sources
    assert "登记簿" not in store.read(forecast.series, by=OTHER, today=DAY).sources
    everybody = store.read(forecast.series, by=SUPERVISOR, today=DAY)
    assert everybody.heads["6-18-01-01"][-2] == 7
    for by in (SUPERVISOR, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.write(forecast.take_history, rows, "登记簿", by=by)
    for wrong, code in (
        (Past(DAY, "6-18-01-01", 1), "history_week"),
        (Past(MONDAY, "9-99", 1), "history_trade"),
        (Past(MONDAY, "6-18-01-01", -1), "history_heads"),
    ):
        with pytest.raises(InvalidError, match=code):
            store.write(forecast.take_history, [wrong], "登记簿", by=OPERATOR)


def test_the_same_figures_on_both_databases(store: Store) -> None:
    """A spot check: sums that the demo has on SQLite are those on PostgreSQL."""
    whole = store.read(pivot.pivot, "area", "level", by=OPERATOR, today=DAY)
    assert (whole.cell().heads, whole.cell().gap, whole.cell().seats) == (350, 106, 760)
    lines = store.read(use.use, "week", by=OPERATOR, today=DAY)
    assert [u.offered for u in lines if u.sort is Sort.SEATS] == [318, 282, 382]
    told = store.read(waits.waits, "institution", by=OPERATOR, today=DAY)
    assert sum(len(one.needs) for one in told) == 5
    assert len(store.read(bottlenecks.bottlenecks, by=OPERATOR, today=DAY)) > 5
    with pytest.raises(InvalidError, match="same_axis"):
        store.read(pivot.pivot, "area", "area", by=OPERATOR, today=DAY)
    with pytest.raises(InvalidError, match="axis_unknown"):
        store.read(waits.waits, "colour", by=OPERATOR, today=DAY)
    with pytest.raises(NotFoundError):
        store.read(pivot.pivot, "level", "week", {"area": "X"}, by=OPERATOR, today=DAY)


def test_an_area_keeps_those_within_it(stocked: Store, sql: Asked) -> None:
    found = stocked.read(
        pivot.pivot, "occupation", "week", {"area": "440307"}, by=SUPERVISOR, today=DAY
    )
    inside = """WITH RECURSIVE within(code) AS (SELECT '440307' UNION
        SELECT area.code FROM area JOIN within ON area.parent = within.code)"""
    rows = sql(
        f"""{inside} SELECT sum(heads) FROM need WHERE status IN ('open', 'matched')
        AND area IN (SELECT code FROM within)"""
    )
    assert found.cell().heads == rows[0][0]
    assert date.fromisoformat(found.column_values[0]) >= MONDAY


def test_use_is_the_same_whichever_way_it_is_told_apart(store: Store) -> None:
    told = {
        share: store.read(use.use, share, by=SUPERVISOR, today=DAY)
        for share in ("week", "institution")
    }
    for sort in use.Sort:
        sums = [
            [
                sum(getattr(one, name) for one in found if one.sort is sort)
                for name in ("offered", "held", "booked", "elsewhere")
            ]
            for found in told.values()
        ]
        assert sums[0] == sums[1]
        assert sums[0][0] > 0
        only = store.read(use.use, "institution", by=SUPERVISOR, today=DAY, sorts=(sort,))
        assert list(only) == [one for one in told["institution"] if one.sort is sort]


INSIDE = """WITH RECURSIVE inside(code) AS (SELECT '440307006' UNION
    SELECT area.code FROM area JOIN inside ON area.parent = inside.code)"""
HELD_THERE = """(v.code IN (SELECT v.code FROM venue v JOIN organisation h ON h.code = v.institution
    WHERE COALESCE(v.area, h.area) IN inside)
    OR (v.code IS NULL AND home.area IN (SELECT code FROM inside)))"""


def test_weeks_and_steps_of_an_area_are_what_sql_says(stocked: Store, sql: Asked) -> None:
    area = "440307006"
    weeks = stocked.read(flow.weekly, by=SUPERVISOR, today=DAY, ahead=8, area=area)
    heads = sql(
        f"""{INSIDE} SELECT {weekday(IN_CHINA)}, sum(heads) FROM need n
        WHERE status <> 'draft' AND area IN inside GROUP BY 1"""
    )
    assert {str(one.first): one.heads for one in weeks if one.heads} == dict(heads)
    runs = sql(
        f"""{INSIDE} SELECT {weekday("r.first_day")}, sum(r.seats) FROM run r
        JOIN course c ON c.code = r.course JOIN organisation home ON home.code = c.institution
        LEFT JOIN venue v ON v.code = r.venue
        WHERE r.status = 'published' AND r.first_day >= ? AND r.first_day < ? AND {HELD_THERE}
        GROUP BY 1""",
        str(weeks[0].first),
        str(weeks[-1].first + timedelta(weeks=1)),
    )
    classes = sql(
        f"""{INSIDE} SELECT {weekday("p.first_day")}, sum(p.heads) FROM proposal p
        JOIN course c ON c.code = p.course JOIN organisation home ON home.code = c.institution
        LEFT JOIN venue v ON v.code = p.venue
        WHERE p.status IN ('confirmed', 'delivered') AND p.run IS NULL AND {HELD_THERE} GROUP BY 1"""
    )
    seats = Counter(dict(runs)) + Counter(dict(classes))
    assert {str(one.first): one.seats for one in weeks if one.seats} == dict(seats)
    everywhere = stocked.read(flow.weekly, by=SUPERVISOR, today=DAY, ahead=8)
    assert 0 < sum(w.seats for w in weeks) < sum(w.seats for w in everywhere)
    steps = stocked.read(flow.funnel, by=SUPERVISOR, week=DAY, area=area).steps
    needs = sql(
        f"{INSIDE} SELECT code FROM need n WHERE status <> 'draft' AND area IN inside "
        f"AND {weekday(IN_CHINA)} = ?",
        str(MONDAY),
    )
    assert {(code,) for code in steps[0].needs} == set(needs)
    whole = stocked.read(flow.funnel, by=SUPERVISOR, week=DAY).steps
    for mine, all_ in zip(steps, whole, strict=True):
        assert set(mine.needs) == set(all_.needs) & set(steps[0].needs)


def test_waiting_use_and_forecast_of_an_area_are_what_sql_says(stocked: Store, sql: Asked) -> None:
    area = "440307006"
    found = stocked.read(waits.waits, by=SUPERVISOR, today=DAY, area=area)
    rows = sql(
        f"""{INSIDE} SELECT n.code FROM need n WHERE status <> 'draft' AND area IN inside
        AND {IN_CHINA} >= date('{MONDAY}', '-175 days')"""
    )
    needs = {need for one in found for need in one.needs}
    assert {(need,) for need in needs} == set(rows)
    lines = stocked.read(use.use, "week", by=SUPERVISOR, today=DAY, area=area)
    offered = {(one.sort, one.value): one.offered for one in lines}
    span = (str(MONDAY), str(MONTH))
    stations = sql(
        f"""{INSIDE} SELECT {weekday("s.day")}, sum(s.stations * (s."end" - s.start)) FROM slot s
        JOIN venue v ON v.code = s.venue JOIN organisation h ON h.code = v.institution
        WHERE s.status = 'published' AND s.day >= ? AND s.day < ?
          AND COALESCE(v.area, h.area) IN inside GROUP BY 1""",
        *span,
    )
    assert {k: n for k, n in offered.items() if k[0] is Sort.STATIONS} == {
        (Sort.STATIONS, week): minutes for week, minutes in stations
    }
    runs = sql(
        f"""{INSIDE} SELECT {weekday("r.first_day")}, sum(r.seats) FROM run r
        JOIN course c ON c.code = r.course JOIN organisation home ON home.code = c.institution
        LEFT JOIN venue v ON v.code = r.venue
        WHERE r.status = 'published' AND r.first_day >= ? AND r.first_day < ?
          AND r.seats_left IS NOT NULL AND {HELD_THERE} GROUP BY 1""",
        *span,
    )
    assert runs
    assert {k: n for k, n in offered.items() if k[0] is Sort.SEATS} == {
        (Sort.SEATS, week): seats for week, seats in runs
    }
    people = sql(
        f"""{INSIDE} SELECT DISTINCT i.institution FROM instructor i
        JOIN organisation h ON h.code = i.institution WHERE h.area IN inside"""
    )
    homes = stocked.read(use.use, by=SUPERVISOR, today=DAY, area=area)
    assert {(one.value,) for one in homes if one.sort is Sort.INSTRUCTORS} <= set(people)
    seats = next(one for one in homes if one.sort is Sort.SEATS)
    records = stocked.read(
        use.behind, "seats", "institution", seats.value, by=SUPERVISOR, today=DAY, area=area
    )
    marks = ",".join("?" * len(records))
    codes = [code for _kind, code in records]
    assert sql(f"SELECT sum(seats) FROM run WHERE code IN ({marks})", *codes) == [(seats.offered,)]
    outlook = stocked.read(
        forecast.forecast, by=SUPERVISOR, today=DAY + timedelta(weeks=1), area=area
    )
    asked = sql(
        f"""{INSIDE} SELECT sum(n.heads) FROM need n {MEANING}
        WHERE n.status <> 'draft' AND n.area IN inside AND {SETTLED} <> ''"""
    )
    assert [(sum(outlook.lines[0].past),)] == asked
    for read in (use.use, waits.waits, forecast.forecast, flow.weekly):
        with pytest.raises(NotFoundError):
            stocked.read(read, by=SUPERVISOR, today=DAY, area="NOSUCH")
    with pytest.raises(NotFoundError):
        stocked.read(flow.funnel, by=SUPERVISOR, week=DAY, area="NOSUCH")


def test_every_record_behind_a_number_says_what_it_is(stocked: Store) -> None:
    records = [("need", "N000001"), ("run", "R001"), ("slot", "S0001")]
    records += stocked.read(
        use.behind, "instructors", "institution", "T01", by=SUPERVISOR, today=DAY
    )
    found = stocked.read(behind.told, records, by=SUPERVISOR)
    need = found["need", "N000001"]
    assert need.text
    assert need.whose != need.text
    assert need.count
    assert found[records[-1]].text
    hidden = stocked.read(behind.told, [("need", "N000001")], by=SCHOOL)["need", "N000001"]
    assert hidden.whose == MASKED
