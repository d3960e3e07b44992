"""The whole story of the guide, from a call in March to work in June, by keys in a terminal of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from docs.guide import story
from seed.demo import OPERATOR
from store import Store, open_store
from store.models import OutcomeRow
from store.schemas.actor import SYSTEM
from store.services import (
    attendance,
    audit,
    claims,
    inbox,
    opinions,
    outcomes,
    reference,
    results,
    roster,
    scores,
    visits,
)
from store.services.classes import sheet
from tests.conftest import kept_demo

FIRM, SCHOOL, GROUP = "E001", "T01", "B000002"
PEOPLE = [f"H0000{at}" for at in range(14, 24)]


@pytest.fixture
def district(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path / "story.db"
    shutil.copy(kept_demo(story.FIRST, tmp_path_factory), path)
    return path


@pytest.mark.timeout(300)
def test_a_call_in_march_is_work_in_june(district: Path, tmp_path: Path) -> None:
    """Every step shows what it should, or playing it fails; what is stored is looked at afterwards."""
    for sitting in story.SITTINGS:
        for _step, _desk in story.sit(sitting, district, tmp_path / sitting.login, "zh"):
            pass
    store = open_store(str(district))
    try:
        _taught(store)
        _claimed(store)
        _judged(store)
        _kept(store)
    finally:
        store.close()
    pack = load_workbook(tmp_path / "wangfang/DATA/duijie/exports/SQ000012.xlsx").active
    assert pack is not None
    told = [[cell.value for cell in row] for row in pack.iter_rows()]
    assert ["H000014 韩一", "深圳市锐坪精密五金有限公司", "79/84", "通过"] in told
    assert len([row for row in told if str(row[0]).startswith("H0000")]) == len(PEOPLE)


def _taught(store: Store) -> None:
    """Agreed, booked, taught, visited, assessed."""
    deal = store.read(inbox.proposal, "P000006", by=OPERATOR)
    assert (deal.status, deal.heads, deal.training_class) == ("delivered", 10, GROUP)
    assert [(one.status, one.answered_by) for one in deal.answers if one.party == SCHOOL] == [
        ("accepted", "heling")
    ]
    assert store.read(sheet, GROUP, by=OPERATOR).status == "finished"
    seats = store.read(roster.listed, GROUP, by=OPERATOR)
    assert [(one.trainee, one.status) for one in seats] == [(one, "completed") for one in PEOPLE]
    grid = store.read(attendance.grid, GROUP, by=OPERATOR)
    assert [line.standing.attended for line in grid.lines] == [79, *[84] * 9]
    (visit,) = [one for one in store.read(visits.listed, by=SYSTEM) if one.training_class == GROUP]
    assert (visit.status, visit.kind, len(visit.findings)) == ("closed", "unplanned", 1)
    found = store.read(results.listed, GROUP, by=OPERATOR)
    assert [one.outcome for one in found] == [*["passed"] * 9, "failed"]
    assert {one.day.isoformat() for one in found} == {"2026-03-28"}
    assert found[0].certificate == "CG26030001"


def _claimed(store: Store) -> None:
    """Nine claims under clause 3, paid."""
    asked = [one for one in store.read(claims.listed, by=OPERATOR) if one.training_class == GROUP]
    assert sorted(one.person for one in asked) == PEOPLE[:9]
    told = {(one.status, one.clause, one.amount_fen, one.enterprise) for one in asked}
    assert told == {("paid", "第三条", 96_000, FIRM)}


def _judged(store: Store) -> None:
    """Marks, the school's score of the quarter, and what became of everybody."""
    said = store.read(opinions.listed, GROUP, by=OPERATOR)
    assert [one.group for one in said].count("trainee") == 4
    (score,) = [
        one
        for one in store.read(
            scores.board, "institution", by=OPERATOR, today=story.SITTINGS[-1].day
        )
        if one.code == SCHOOL
    ]
    assert score.score is not None
    assert not [one for one in store.read(outcomes.due, by=OPERATOR, today=story.SITTINGS[-1].day)
                if one.trainee in PEOPLE]  # fmt: skip
    kinds = store.read(
        lambda session: [row.kind for row in session.query(OutcomeRow).order_by(OutcomeRow.result)]
    )
    assert kinds[-9:] == ["promoted", *["same_post"] * 8]


def _kept(store: Store) -> None:
    """Who did what on which day stands in the trail, by the demo's own days."""
    days = {sitting.day.isoformat() for sitting in story.SITTINGS}

    def entries(kind: str, *codes: str) -> list[tuple[str, str, str]]:
        found = store.read(audit.entries, kind, *codes)
        return [
            (one.at.astimezone(reference.CHINA).date().isoformat(), one.login, one.act)
            for one in found
        ]

    assert entries("need", "N000081")[0] == ("2026-03-02", "wangfang", "register")
    assert ("2026-03-03", "heling", "accept") in entries("proposal", "P000006")
    assert [one[2] for one in entries("claim", "SQ000012")] == [
        "register",
        "submit",
        "approve",
        "pay",
    ]
    assert entries("claim", "SQ000012")[-1][:2] == ("2026-04-29", "supervisor")
    assert ("2026-06-29", "wangfang", "follow_up") in entries("trainee", "H000014")
    moved = store.read(audit.entries, "store", "demo_day")
    assert {json.loads(one.after or "")["day"] for one in moved} == days - {story.FIRST.isoformat()}
