"""Warnings and the shortage list on each database: what the rules find, who may do what, what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, StaleEditError
from store.models import AuditRow
from store.schemas.actor import Actor, Role
from store.services import (
    allocation_policy,
    analysis,
    matchmaking,
    records,
    shortage,
    unmet,
    warned,
    warning,
)
from store.services.shortage import Changes, ShortageList
from store.services.warned import Warned
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")


def found(store: Store, by: Actor = SUPERVISOR) -> dict[str, Warned]:
    return {one.key: one for one in store.read(warned.warnings, by=by, today=DAY)}


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    return store.read(lambda session: [tuple(row) for row in session.execute(text(query))])


def test_each_kind_of_rule_finds_what_sql_finds(store: Store) -> None:
    for code, changes in (
        ("GAP", {"heads": 5, "days": 2}),
        ("WAITING", {"heads": 1, "days": 4}),
        ("USE", {"percent": 1}),
        ("TREND", {"heads": 1, "percent": 0}),
    ):
        store.write(warning.change_rule, code, changes, by=SUPERVISOR)
    told = found(store)
    by_kind: dict[str, list[Warned]] = {}
    for one in told.values():
        by_kind.setdefault(one.rule.kind, []).append(one)
    assert set(by_kind) == {"gap", "trend", "certificate", "filing", "use", "waiting"}
    assert {(w.subject, w.figures["count"]) for w in by_kind["certificate"]} == set(
        rows(
            store,
            f"""SELECT i.institution, count(DISTINCT i.code) FROM instructor i JOIN qualification q
            ON q.instructor = i.code WHERE i.status = 'active'
            AND q.valid_to <= '{DAY + timedelta(days=60)}' GROUP BY 1""",
        )
    )
    assert {(w.subject, w.figures["count"]) for w in by_kind["filing"]} == set(
        rows(
            store,
            f"""SELECT institution, count(*) FROM course WHERE status = 'published'
            AND filed_on < '{DAY - timedelta(days=365)}' GROUP BY 1""",
        )
    )
    board = store.read(analysis.shortages, by=SUPERVISOR, today=DAY)
    assert {(w.subject, w.level, w.figures["gap"]) for w in by_kind["gap"]} == {
        (n.occupation or "", n.level, n.gap) for n in board.lines if n.gap > 5 and n.waits_most > 2
    }
    last = DAY - timedelta(days=DAY.weekday() + 7)
    sums = rows(
        store,
        f"""SELECT occupation, sum(CASE WHEN week > '{last - timedelta(weeks=4)}' THEN heads ELSE 0 END),
          sum(CASE WHEN week <= '{last - timedelta(weeks=4)}' THEN heads ELSE 0 END)
        FROM demand_history WHERE week > '{last - timedelta(weeks=8)}' GROUP BY 1""",
    )
    assert {(w.subject, w.figures["heads"], w.figures["before"]) for w in by_kind["trend"]} == {
        row for row in sums if row[1] >= 1 and row[1] > row[2]
    }
    waiting = sum(w.figures["needs"] for w in by_kind["waiting"])
    assert waiting == sum(len(w.records) for w in by_kind["waiting"]) > 0
    assert all(one.records for one in told.values())


def test_a_rule_that_is_off_finds_nothing_and_only_a_supervisor_turns_it(store: Store) -> None:
    assert any(one.rule.code == "FILING" for one in found(store).values())
    store.write(warning.change_rule, "FILING", {"is_on": False}, by=SUPERVISOR)
    assert not any(one.rule.code == "FILING" for one in found(store).values())
    for by in (OPERATOR, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.write(warning.change_rule, "FILING", {"is_on": True}, by=by)
    with pytest.raises(NotFoundError):
        store.write(warning.change_rule, "NONE", {"heads": 1}, by=SUPERVISOR)
    for wrong in ({"heads": 1001}, {"percent": 5}, {"is_on": "x"}):
        with pytest.raises(InvalidError):
            store.write(warning.change_rule, "GAP", wrong, by=SUPERVISOR)
    assert store.write(warning.set_rule, {"heads": 7}, by=SUPERVISOR).heads == 7
    assert store.read(warning.rule).heads == 7


def test_what_one_organisation_sees_to_another_does_not_see(store: Store) -> None:
    key = "CERTIFICATE/T01"
    assert {one.subject for one in found(store, SCHOOL).values() if one.rule.kind != "gap"} <= {
        "T01", *(one.subject for one in found(store, SCHOOL).values() if one.rule.kind == "trend"),
    }  # fmt: skip
    until = DAY + timedelta(days=3)
    store.write(
        warned.acknowledge, key, until=until, assignee="liqiang", note="已联系", by=OTHER, today=DAY
    )
    handled = found(store, OTHER)[key].handled
    assert handled is not None
    assert (handled.assignee, handled.until, handled.note) == ("liqiang", until, "已联系")
    assert found(store, OPERATOR)[key].handled is None
    later = store.read(warned.warnings, by=OTHER, today=until + timedelta(days=1))
    assert next(one.handled for one in later if one.key == key) is None  # it is open again
    with pytest.raises(NotFoundError):
        store.write(warned.acknowledge, key, until=until, assignee="wangfang", by=OTHER, today=DAY)
    with pytest.raises(InvalidError):
        store.write(warned.acknowledge, key, until=DAY - timedelta(days=1), by=OTHER, today=DAY)
    acts = rows(store, "SELECT login, code FROM audit WHERE act = 'acknowledge' ORDER BY id")
    assert acts[-1] == ("liqiang", key)


def signed(store: Store, *trades: str, starts: int = 0) -> ShortageList:
    begins = DAY + timedelta(days=starts)
    made = store.write(shortage.draft, by=SUPERVISOR, today=DAY, top=0, valid_from=begins)
    changes = Changes(add=trades)
    store.write(shortage.edit, made.code, changes, by=SUPERVISOR, today=DAY)
    return store.write(shortage.sign, made.code, by=SUPERVISOR, today=DAY)


def test_only_the_signed_list_in_force_gives_priority_and_what_was_signed_stays(
    store: Store,
) -> None:
    assert store.read(allocation_policy.policy).version.endswith("+JQ000001")
    made = store.write(shortage.draft, by=SUPERVISOR, today=DAY, top=3)
    assert len(made.entries) == 3
    assert "+JQ000001" in store.read(allocation_policy.policy).version
    new = signed(store, "6-05-01-03", "6-18-01-07")
    policy = store.read(allocation_policy.policy)
    assert policy.short == ("6-05-01-03", "6-18-01-07")
    assert store.read(analysis.shortages, by=OPERATOR, today=DAY).listed == policy.short
    before = store.read(shortage.show, "JQ000001", by=OPERATOR)
    assert before.status == "superseded"
    assert [entry.note for entry in before.entries] != [None] * 4  # nothing of it was rewritten
    with pytest.raises(ConflictError):
        store.write(
            shortage.edit, new.code, Changes(drop=("6-05-01-03",)), by=SUPERVISOR, today=DAY
        )
    with pytest.raises(ConflictError):
        store.write(shortage.sign, new.code, by=SUPERVISOR, today=DAY)
    store.write(shortage.revoke, new.code, reason="数字有误", by=SUPERVISOR)
    assert store.read(shortage.current, DAY) is None
    assert store.read(allocation_policy.policy).short == ()
    assert store.read(shortage.show, new.code, by=OPERATOR).reason == "数字有误"
    acts = rows(store, f"SELECT act FROM audit WHERE code = '{new.code}' ORDER BY id")
    assert [act for (act,) in acts] == ["register", "edit", "sign", "revoke"]


def test_a_list_that_begins_later_leaves_the_one_before_until_then(store: Store) -> None:
    new = signed(store, "6-05-01-03", starts=10)
    for days, code in ((0, "JQ000001"), (9, "JQ000001"), (10, new.code), (400, None)):
        current = store.read(shortage.current, DAY + timedelta(days=days))
        assert (current.code if current else None) == code


def test_drafts_are_the_supervisors_and_stale_or_wrong_ones_are_not_signed(store: Store) -> None:
    drafts = [one for one in store.read(shortage.lists, by=SUPERVISOR) if one.status == "draft"]
    assert drafts
    assert not [one for one in store.read(shortage.lists, by=OPERATOR) if one.status == "draft"]
    with pytest.raises(NotFoundError):
        store.read(shortage.show, drafts[0].code, by=SCHOOL)
    for by in (OPERATOR, OTHER, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.write(shortage.sign, drafts[0].code, by=by, today=DAY)
        with pytest.raises(NotAllowedError):
            store.write(shortage.draft, by=by, today=DAY)
    with pytest.raises(StaleEditError):
        store.write(shortage.sign, drafts[0].code, version=9, by=SUPERVISOR, today=DAY)
    late = drafts[0].valid_from + timedelta(days=1)
    with pytest.raises(ConflictError, match="shortage_past"):
        store.write(shortage.sign, drafts[0].code, by=SUPERVISOR, today=late)
    empty = store.write(shortage.draft, by=SUPERVISOR, today=DAY, top=0)
    with pytest.raises(ConflictError, match="shortage_empty"):
        store.write(shortage.sign, empty.code, by=SUPERVISOR, today=DAY)
    with pytest.raises(NotFoundError):
        store.write(shortage.edit, empty.code, Changes(add=("9-99",)), by=SUPERVISOR, today=DAY)
    days = Changes(valid_to=DAY - timedelta(days=1))
    with pytest.raises(InvalidError, match="shortage_days"):
        store.write(shortage.edit, empty.code, days, by=SUPERVISOR, today=DAY)
    dropped = store.write(shortage.revoke, empty.code, reason="不用了", by=SUPERVISOR)
    assert dropped.status == "withdrawn"


def test_figures_of_a_draft_are_those_of_the_board_and_the_forecast(stocked: Store) -> None:
    board = stocked.read(analysis.shortages, by=SUPERVISOR, today=DAY)
    made = stocked.write(shortage.draft, by=SUPERVISOR, today=DAY, top=100)
    for entry in made.entries:
        lines = [n for n in board.lines if n.occupation == entry.occupation]
        assert (entry.needed, entry.gap) == (
            sum(n.needed for n in lines),
            sum(n.gap for n in lines),
        )
        assert ("gap" in entry.grounds) is (entry.gap > 0)

    def last(session: Session) -> str | None:
        return session.scalar(select(AuditRow.after).order_by(AuditRow.id.desc()).limit(1))

    assert made.entries[0].occupation in str(stocked.read(last))


def test_a_need_says_which_signed_list_names_its_trade(store: Store) -> None:
    kept = store.read(shortage.current, DAY)
    assert kept is not None
    trades = {one.occupation for one in kept.entries}
    page = store.read(records.page, "need", by=OPERATOR, limit=200)
    named = {one.code for one in page.items if one.shortage == kept.code}
    assert {one.shortage for one in page.items} == {kept.code, ""}
    sure = [one for one in page.items if one.occupations and one.occupations[0].confirmed_by]
    assert {one.code for one in sure if one.occupations[0].code in trades} <= named
    assert all(
        one.occupations[0].code in trades for one in page.items if one.code in named
    )  # a trade that is not settled is not urgent
    some = sorted(named)[0]
    assert store.read(records.fetch, "need", some, by=SCHOOL).shortage == kept.code
    ranked = store.read(matchmaking.rank_bundles, some, by=OPERATOR, today=DAY, top=1)
    assert ranked.need.shortage == kept.code
    left = store.read(unmet.unmet, by=OPERATOR)
    assert {one.view.code for one in left if one.view.shortage} <= named
    store.write(shortage.revoke, kept.code, reason="重审", by=SUPERVISOR)
    assert not store.read(records.fetch, "need", some, by=OPERATOR).shortage
