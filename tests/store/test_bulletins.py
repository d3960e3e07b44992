"""Bulletins on both databases: figures that come again and equal other SQL, steps, log, targets, tenants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    RefusedFileError,
    StaleEditError,
)
from store.schemas.actor import Actor, Role
from store.schemas.periods import Period, PeriodKind, before, kind_of, period_with, read_period
from store.schemas.publication import (
    Bulletin,
    BulletinDraft,
    Indicator,
    Mark,
    TargetDraft,
    Withheld,
    read_snapshot,
)
from store.services import audit, bulletins, owed, packs, reached, shortage, targets, today
from tests.conftest import DAY
from tui import bulletin_text

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
KEEPER = Actor("keeper", "系统管理员", Role.ADMIN, "BUREAU")


def draft(**more: Any) -> BulletinDraft:
    return BulletinDraft(
        **{"kind": "monthly", "first": NOVEMBER.first, "last": NOVEMBER.last, **more}
    )


def make(store: Store, **more: Any) -> Bulletin:
    return store.write(bulletins.make, draft(**more), by=_SUPERVISOR, today=DAY)


def ask(store: Store, query: str, **values: Any) -> list[tuple[Any, ...]]:
    def look(session: Session) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.execute(sql(query), values)]

    return store.read(look)


def test_the_same_store_gives_the_same_bulletin_and_a_later_change_does_not_touch_it(
    store: Store,
) -> None:
    first = make(store)
    again = store.read(bulletins.figure_out, draft(), by=_SUPERVISOR, today=DAY)
    assert again == first.snapshot
    assert read_snapshot(first.snapshot.text()) == first.snapshot
    store.write(lambda s: s.execute(sql("UPDATE need SET heads = heads + 7")))
    kept = store.read(bulletins.shown, first.view.code, by=_SUPERVISOR)
    assert kept == first
    assert store.read(bulletins.figure_out, draft(), by=_SUPERVISOR, today=DAY) != again
    told = store.read(bulletins.verify, first.view.code, {}, by=_SUPERVISOR)
    assert told.is_same
    store.write(lambda s: s.execute(sql("UPDATE bulletin SET snapshot = snapshot || ' '")))
    assert not store.read(bulletins.verify, first.view.code, {}, by=_SUPERVISOR).is_whole


def test_every_number_is_what_sql_of_its_own_says(store: Store) -> None:
    made = make(store).snapshot
    period = {line[0]: line[1] for line in made.table("in_period").rows}
    (row,) = ask(
        store,
        "SELECT count(*), sum(heads) FROM need WHERE status <> 'draft' "
        "AND created_at >= :first AND created_at < :end",
        first=datetime(2026, 10, 31, 16, tzinfo=UTC),
        end=datetime(2026, 11, 21, 16, tzinfo=UTC),
    )
    assert (period["needs_registered"], period["heads_registered"]) == row
    short = made.table("shortages")
    (needed,) = ask(store, "SELECT sum(heads) FROM need WHERE status IN ('open', 'matched')")
    assert short.total is not None
    assert (short.total[1],) == needed
    trades = {
        name: (heads, firms)
        for name, heads, firms in ask(
            store,
            """SELECT o.name, sum(n.heads), count(DISTINCT n.enterprise) FROM need n
               JOIN need_occupation x ON x.need = n.code AND x.position = 0 AND x.confirmed_by IS NOT NULL
               JOIN occupation o ON o.code = x.code
               WHERE n.status IN ('open', 'matched') GROUP BY o.name""",
        )
    }
    for row in short.rows:
        if isinstance(row[1], int) and row[0] is not None:
            assert row[1] >= trades.get(str(row[0]), (0, 0))[0]
            assert row[3] == row[1] - int(str(row[2]))
    seats = ask(
        store,
        "SELECT count(*), sum(seats), sum(seats_left) FROM run "
        "WHERE status = 'published' AND first_day >= :day",
        day=DAY.isoformat() if store.url.get_backend_name() == "sqlite" else DAY,
    )
    courses = made.table("courses")
    assert courses.total is not None
    assert courses.total[4:] == seats[0]
    (count,) = ask(store, "SELECT count(*) FROM course WHERE status = 'published'")
    assert (courses.total[3],) == count
    listed = ask(
        store, "SELECT name FROM organisation WHERE kind = 'institution' AND status = 'active'"
    )
    assert {(row[0],) for row in made.table("institutions").rows} == set(listed)
    stations = ask(
        store,
        """SELECT e.name, count(*), sum(w.count) FROM workstation w JOIN venue v ON v.code = w.venue
           JOIN equipment e ON e.code = w.equipment WHERE v.status = 'active' AND v.is_open
           GROUP BY e.name""",
    )
    assert {row[:3] for row in made.table("places").rows} == set(stations)
    became, weeks = made.table("became"), made.table("weeks")
    assert became.total is not None
    assert became.total[1] == period["heads_registered"] == sum(int(str(r[1])) for r in weeks.rows)


def test_nobody_is_named_and_small_counts_are_held_back(store: Store) -> None:
    text = make(store).snapshot.text()
    for (name,) in ask(store, "SELECT name FROM organisation WHERE kind = 'enterprise'"):
        assert name not in text
    for (name,) in ask(store, "SELECT name FROM instructor"):
        assert f'"{name}"' not in text
    short = make(store).snapshot.table("shortages")
    small = [row for row in short.rows if isinstance(row[1], Withheld)]
    shown = [row for row in short.rows if not isinstance(row[1], Withheld)]
    assert short.rows[: len(shown)] == tuple(shown)  # the order of the others tells nothing
    assert [row[0] for row in small] == sorted(str(row[0]) for row in small)
    assert {Mark.FEW, Mark.HELD} == {
        c.mark for row in small for c in row if isinstance(c, Withheld)
    }
    firms = dict(
        ask(
            store,
            """SELECT o.name, count(DISTINCT n.enterprise) FROM need n
               JOIN need_occupation x ON x.need = n.code AND x.position = 0
               JOIN occupation o ON o.code = x.code
               WHERE n.status IN ('open', 'matched') GROUP BY o.name""",
        )
    )
    assert all(firms[str(row[0])] >= 3 and int(str(row[1])) >= 5 for row in shown if row[0])


def test_what_may_come_and_where_it_is_short_tells_no_small_number(store: Store) -> None:
    made = make(store).snapshot
    weeks = made.table("coming_weeks")
    counted = [row for row in weeks.rows if row[1] is not None]
    assert [len(counted), len(weeks.rows)] == [13, 19]
    past = ask(
        store,
        "SELECT sum(heads) FROM demand_history WHERE week = :week",
        week="2026-11-09" if store.url.get_backend_name() == "sqlite" else date(2026, 11, 9),
    )
    others = ask(
        store,
        """SELECT coalesce(sum(n.heads), 0) FROM need n JOIN need_occupation x
           ON x.need = n.code AND x.position = 0 AND x.confirmed_by IS NOT NULL
           WHERE n.owner <> 'C-BL' AND n.status <> 'draft'
           AND n.created_at >= '2026-11-08 16:00' AND n.created_at < '2026-11-15 16:00'""",
    )
    assert int(str(counted[-1][1])) >= past[0][0] + others[0][0]
    for row in weeks.rows[13:]:
        low, point, high = row[3], row[2], row[4]
        assert int(str(low)) <= int(str(point)) <= int(str(high))
    trades = made.table("coming_trades").rows
    assert len(trades) == 10
    assert not any(c.mark is Mark.FEW for row in trades for c in row if isinstance(c, Withheld))
    streets = made.table("areas")
    short = made.table("shortages")
    assert streets.total is not None
    assert short.total is not None
    assert streets.total[1:4] == short.total[1:4]
    firms = ask(
        store,
        """SELECT coalesce(s.name, a.name), count(DISTINCT n.enterprise), sum(n.heads) FROM need n
           JOIN area a ON a.code = n.area
           LEFT JOIN area s ON s.code = a.parent AND a.kind = 'park'
           WHERE n.status IN ('open', 'matched') GROUP BY 1""",
    )
    told = {row[0]: row[1] for row in streets.rows}
    assert set(told) == {name for name, _, _ in firms}
    for name, count, heads in firms:
        assert isinstance(told[name], Withheld) or (told[name] == heads and count >= 3)
    kept = store.read(shortage.current, DAY)
    listed = made.table("listed")
    assert kept is not None
    assert [row[0] for row in listed.rows] == [one.name for one in kept.entries]
    assert listed.parameters["list"] == kept.code
    of_trade = {row[0]: row[1:4] for row in short.rows}
    assert all(row[2:5] == of_trade.get(row[0], (0, 0, 0)) for row in listed.rows)
    store.write(shortage.revoke, kept.code, by=_SUPERVISOR, reason="重审")
    assert make(store).snapshot.table("listed").rows == ()


def test_a_trend_is_what_published_bulletins_told(store: Store) -> None:
    first = make(store)
    before = first.snapshot.table("shortages").total
    assert before is not None
    store.write(bulletins.check, first.view.code, by=_SUPERVISOR)
    month = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}
    late = date(2026, 12, 5)

    def trend(**more: Any) -> list[tuple[Any, ...]]:
        asked = draft(**month, **more)
        told = store.read(bulletins.figure_out, asked, by=_SUPERVISOR, today=late)
        return list(told.table("gap_trend").rows)

    assert [row[1] for row in trend()] == [None, "GB000002", "GB000001"]
    store.write(bulletins.publish, first.view.code, {}, by=_SUPERVISOR, now=NOW)
    assert trend()[1] == (DAY.isoformat(), first.view.code, *before[1:4])
    assert len(trend(area="440307")) == 1
    streets = first.snapshot.table("areas")
    again = store.read(bulletins.figure_out, draft(**month), by=_SUPERVISOR, today=late)
    gaps = {row[0]: row[3] for row in streets.rows}
    assert {row[0]: row[4] for row in again.table("areas").rows} == gaps
    store.write(bulletins.withdraw, first.view.code, by=_SUPERVISOR, now=NOW, reason="数据有误")
    assert [row[1] for row in trend()] == [None, "GB000002", "GB000001"]


def test_an_area_has_only_what_lies_in_it(store: Store) -> None:
    part = make(store, area="440307019").snapshot
    assert part.area_name == "宝龙街道"
    first = date(2026, 11, 16)
    (seats,) = ask(
        store,
        """SELECT sum(r.seats) FROM run r JOIN course c ON c.code = r.course
           JOIN organisation home ON home.code = c.institution
           LEFT JOIN venue v ON v.code = r.venue
           WHERE r.status = 'published' AND r.first_day BETWEEN :first AND :last
             AND coalesce(v.area, home.area) LIKE '440307019%'""",
        first=first if store.url.get_backend_name() != "sqlite" else str(first),
        last=date(2026, 11, 22) if store.url.get_backend_name() != "sqlite" else "2026-11-22",
    )
    (week,) = (row for row in part.table("weeks").rows if row[0] == str(first))
    assert (week[2] or None,) == seats
    whole = make(store).snapshot
    assert len(part.table("institutions").rows) < len(whole.table("institutions").rows)
    with pytest.raises(InvalidError):
        make(store, area="999")


def test_two_bulletins_that_tell_a_small_count_together_want_a_reason(store: Store) -> None:
    def checked(**more: Any) -> str:
        code = make(store, **more).view.code
        store.write(bulletins.check, code, by=_SUPERVISOR)
        return code

    first = checked()
    assert store.read(bulletins.near, first, by=_SUPERVISOR) is None
    store.write(bulletins.publish, first, {}, by=_SUPERVISOR, now=NOW)
    same = checked(kind="quarterly", first=date(2026, 10, 1), last=date(2026, 12, 31))
    assert store.read(bulletins.near, same, by=_SUPERVISOR) is None  # nothing differs
    store.write(bulletins.withdraw, first, by=_SUPERVISOR, now=NOW, reason="数据有误")
    (need,) = ask(
        store, "SELECT code, heads FROM need WHERE status = 'open' AND heads <= 4 LIMIT 1"
    )
    store.write(lambda s: s.execute(sql("UPDATE need SET heads = heads + 2 WHERE code = :code"),
                                    {"code": need[0]}))  # fmt: skip
    more = checked()
    assert store.read(bulletins.near, more, by=_SUPERVISOR) == first
    with pytest.raises(ConflictError, match="bulletin_near") as refused:
        store.write(bulletins.publish, more, {}, by=_SUPERVISOR, now=NOW)
    assert refused.value.params["other"] == first
    area = checked(area="440307")
    assert store.read(bulletins.near, area, by=_SUPERVISOR) is None
    store.write(bulletins.publish, more, {}, by=_SUPERVISOR, now=NOW, reason="更正")
    assert store.read(bulletins.log, by=_SUPERVISOR)[0].reason == "更正"
    store.write(lambda s: s.execute(sql("UPDATE need SET heads = heads + 20 WHERE code = :code"),
                                    {"code": need[0]}))  # fmt: skip
    store.write(bulletins.publish, checked(kind="quarterly", first=date(2026, 10, 1),
                last=date(2026, 12, 31)), {}, by=_SUPERVISOR, now=NOW)  # fmt: skip


def test_a_bulletin_of_a_day_before_the_end_leaves_its_report_due(store: Store) -> None:
    code = make(store).view.code
    store.write(bulletins.check, code, by=_SUPERVISOR)
    store.write(bulletins.publish, code, {}, by=_SUPERVISOR, now=NOW)

    def november(day: date) -> packs.Pack:
        found = store.read(packs.packs, by=_SUPERVISOR, today=day)
        return next(one for one in found if one.period == NOVEMBER)

    early = november(date(2026, 12, 2))
    assert (early.bulletin, early.is_early, early.state(date(2026, 12, 2))) == (code, True, "due")
    assert "before its end" in bulletin_text.pack_cells(early, date(2026, 12, 2))[-1]
    assert november(date(2026, 12, 30)).state(date(2026, 12, 30)) == "overdue"
    store.write(lambda s: s.execute(sql("UPDATE bulletin SET as_of = :day WHERE code = :code"),
                                    {"day": "2026-12-01", "code": code}))  # fmt: skip
    assert november(date(2026, 12, 30)).state(date(2026, 12, 30)) == "done"


def test_from_a_draft_to_the_log(store: Store) -> None:
    code = make(store).view.code
    documents = {"a.html": "0" * 64}
    with pytest.raises(ConflictError):
        store.write(bulletins.publish, code, documents, by=_SUPERVISOR, now=NOW)
    for who in (OPERATOR, SCHOOL):  # to them it does not exist before it is published
        with pytest.raises(NotFoundError):
            store.read(bulletins.shown, code, by=who)
        assert code not in [one.code for one in store.read(bulletins.listed, by=who)]
    store.write(bulletins.check, code, by=_SUPERVISOR)
    store.write(bulletins.publish, code, documents, by=_SUPERVISOR, now=NOW)
    for who in (OPERATOR, SCHOOL):
        assert store.read(bulletins.shown, code, by=who).view.status == "published"
    other = make(store).view.code
    store.write(bulletins.check, other, by=_SUPERVISOR)
    with pytest.raises(ConflictError) as refused:
        store.write(bulletins.publish, other, {}, by=_SUPERVISOR, now=NOW)
    assert refused.value.params["id"] == code
    same = store.read(bulletins.verify, code, documents, by=OPERATOR)
    assert (same.is_same, same.compared) == (True, 1)
    assert store.read(bulletins.verify, code, {}, by=OPERATOR).changed == ("a.html",)
    with pytest.raises(InvalidError):
        store.write(bulletins.withdraw, code, by=_SUPERVISOR, now=NOW, reason=" ")
    store.write(bulletins.withdraw, code, by=_SUPERVISOR, now=NOW, reason="数据有误")
    with pytest.raises(NotFoundError):
        store.read(bulletins.shown, code, by=OPERATOR)
    store.write(bulletins.publish, other, {}, by=_SUPERVISOR, now=NOW)
    log = store.read(bulletins.log, by=SCHOOL)
    assert [(one.act, one.bulletin) for one in log[:3]] == [
        ("publish", other), ("withdraw", code), ("publish", code)
    ]  # fmt: skip
    assert log[1].reason == "数据有误"
    assert log[2].documents == documents
    acts = [one.act for one in store.read(audit.entries, "bulletin", code)]
    assert acts == ["register", "check", "publish", "withdraw"]
    earlier = make(store, kind="one_off", first=date(2026, 11, 2), last=date(2026, 11, 8)).snapshot
    assert [row[1] for row in earlier.table("log").rows][:3] == ["publish", "withdraw", "publish"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"last": date(2026, 11, 29)}, "not_a_period"),
        ({"first": date(2026, 12, 1), "last": date(2026, 12, 31)}, "period_not_begun"),
    ],
)
def test_what_is_no_period_is_refused(stocked: Store, more: Mapping[str, date], code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        make(stocked, **more)
    assert refused.value.code == code


def test_identity_numbers_and_backward_days_are_refused() -> None:
    for wrong in ({"title": "张三 110101199003070011"}, {"last": date(2026, 10, 1)}):
        with pytest.raises(ValidationError):
            draft(**wrong)


def test_periods_are_read_as_they_are_written() -> None:
    for kind, typed, first, last in (
        (PeriodKind.MONTHLY, "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        (PeriodKind.QUARTERLY, "2026q4", date(2026, 10, 1), date(2026, 12, 31)),
        (PeriodKind.YEARLY, "2026", date(2026, 1, 1), date(2026, 12, 31)),
        (PeriodKind.ONE_OFF, "2026-10-01..2026-10-15", date(2026, 10, 1), date(2026, 10, 15)),
    ):
        found = read_period(kind, typed)
        assert (found, kind_of(found)) == (Period(first, last), kind)
        assert read_period(kind, str(found)) == found
        assert before(kind, found).last < first
    for kind, typed in (
        (PeriodKind.MONTHLY, "2026-13"),
        (PeriodKind.ONE_OFF, "2026-10-15..2026-10-01"),
    ):
        with pytest.raises(InvalidError):
            read_period(kind, typed)
    assert before(
        PeriodKind.MONTHLY, period_with(PeriodKind.MONTHLY, date(2026, 1, 9))
    ).first == date(2025, 12, 1)


def test_reports_fall_due_and_wait_on_the_dashboard(store: Store) -> None:
    def waiting(now: datetime) -> list[owed.Waiting]:
        found = store.read(today.queue, by=_SUPERVISOR, now=now)
        return [line for line in found if line.what == today.REPORTS]

    old = ("2025", "2026-Q3")  # the demo's past class is of 2025
    (before,) = waiting(NOW)  # October is published, November is not over
    assert (before.records, before.overdue) == (old, 2)
    (due,) = waiting(datetime(2026, 12, 2, 2, tzinfo=UTC))
    assert (due.records, due.overdue) == ((*old, "2026-11"), 2)
    late = date(2026, 12, 30)
    (overdue,) = waiting(datetime(2026, 12, 30, 2, tzinfo=UTC))
    assert overdue.overdue == 3
    states = {
        str(p.period): p.state(late) for p in store.read(packs.packs, by=_SUPERVISOR, today=late)
    }
    assert states["2026-11"] == "overdue"
    assert states["2026"] == states["2026-Q4"] == states["2026-12"] == "to_come"


def target(unit: str, indicator: Indicator, value: int, **more: Any) -> TargetDraft:
    days = {"first": date(2026, 1, 1), "last": date(2026, 12, 31), **more}
    return TargetDraft(unit=unit, indicator=indicator, value=value, **days)


def test_targets_are_reached_by_what_their_unit_did(store: Store) -> None:
    found = store.read(targets.listed, by=_SUPERVISOR, today=DAY)
    by_key = {(one.unit, one.indicator): one for one in found}
    mine = by_key["C-BL", Indicator.HEADS]
    ((heads,),) = ask(
        store,
        "SELECT sum(heads) FROM need WHERE owner = 'C-BL' AND status <> 'draft'"
        " AND created_at >= '2026-01-01'",
    )
    assert (mine.actual, mine.share, mine.due) == (heads, 100 * heads // 420, 100 * 325 // 365)
    inside = store.read(reached.areas_inside, "440307019")
    rows = ask(store, "SELECT area, heads FROM need WHERE created_at >= '2026-01-01'")
    street = by_key["440307019", Indicator.HEADS]
    assert street.actual == sum(heads for area, heads in rows if area in inside)
    assert {one.pace for one in found} == {"reached", "behind", "on_pace"}
    again = store.write(
        targets.put, target("C-BL", Indicator.HEADS, 300), by=_SUPERVISOR, today=DAY
    )
    assert (again.value, again.pace) == (300, "reached")
    with pytest.raises(StaleEditError):
        store.write(
            targets.put, target("C-BL", Indicator.HEADS, 310), by=_SUPERVISOR, today=DAY, seen=420
        )
    acts = [one.act for one in store.read(audit.entries, "target", "C-BL")]
    assert acts == ["register", "register", "edit"]
    assert len(store.read(targets.listed, by=_SUPERVISOR, today=DAY)) == len(found)
    assert {one.unit for one in store.read(targets.listed, by=OPERATOR, today=DAY)} == {"C-BL"}
    quarter = Period(date(2026, 10, 1), date(2026, 12, 31))
    some = store.read(targets.listed, by=_SUPERVISOR, today=DAY, period=quarter)
    assert {str(one.period) for one in some} == {"2026-Q4"}
    told = make(store, kind="yearly", first=date(2026, 1, 1), last=date(2026, 12, 31)).snapshot
    lines = {(row[0], row[1], row[2]): row for row in told.table("against").rows}
    assert lines["宝龙街道职业培训服务中心", "heads_registered", "2026"][3] == 300


def test_specialties_of_towns_are_counted_where_they_are(store: Store) -> None:
    ((count,),) = ask(
        store,
        "SELECT count(*) FROM course WHERE specialty LIKE '440307%' AND status = 'published'",
    )
    made = store.write(
        targets.put, target("440307", Indicator.SPECIALTIES, 60), by=_SUPERVISOR, today=DAY
    )
    assert (made.actual, count > 0) == (count, True)
    with pytest.raises(InvalidError) as refused:
        store.write(
            targets.put, target("C-BL", Indicator.SPECIALTIES, 6), by=_SUPERVISOR, today=DAY
        )
    assert refused.value.code == "target_of_area"


def test_a_file_of_targets_is_taken_whole_or_not_at_all(store: Store) -> None:
    headings = ["unit", "indicator", "period", "value"]
    good = [
        (2, ["C-HG", "heads_trained", "2026-Q4", "40"]),
        (3, ["440307", "firms_served", "2026", "9"]),
    ]
    taken = store.write(targets.take, headings, good, by=_SUPERVISOR)
    assert (taken.new, taken.changed, taken.unchanged) == (2, 0, 0)
    assert store.write(targets.take, headings, good, by=_SUPERVISOR).unchanged == 2
    wrong = [
        (2, ["C-HG", "heads_trained", "2026-Q4", "41"]),
        (3, ["C-XX", "heads_trained", "2026-Q4", "40"]),
        (4, ["C-HG", "smiles", "2026-Q4", "0"]),
        (5, ["C-HG", "heads_trained", "soon", "40"]),
    ]
    with pytest.raises(RefusedFileError) as refused:
        store.write(targets.take, headings, wrong, by=_SUPERVISOR)
    cells = [(one.row, one.column) for one in refused.value.problems]  # type: ignore[attr-defined]
    assert cells == [(3, "unit"), (4, "indicator"), (4, "value"), (5, "period")]
    assert store.write(targets.take, headings, good, by=_SUPERVISOR).unchanged == 2
    with pytest.raises(InvalidError):
        store.write(targets.take, ["unit"], [], by=_SUPERVISOR)
