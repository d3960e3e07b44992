"""Agencies asked to rate: the screen of evaluators and supervisors, and the commands."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from seed.demo import _SUPERVISOR
from store import Store, open_store
from store.models import TrainingClassRow
from store.schemas.actor import Actor, Role
from store.services import ratings
from tests.tui.driving import frame, press, running
from tui import cli
from tui.screens.ratings import RatingsScreen

EVALUATOR = Actor("tangping", "唐萍", Role.EVALUATOR, "A02")
MARKS = ("4", "5", "3")


async def test_an_evaluator_begins_where_they_are_asked_and_sees_nothing_else(
    stocked: Store,
) -> None:
    async with running(stocked, by=EVALUATOR, size=(120, 40)) as pilot:
        assert isinstance(pilot.app.screen, RatingsScreen)
        assert "B000001" in frame(pilot)
        assert "1 asked, 1 without marks" in frame(pilot)
        assert "RAsked to rate KPeople" in frame(pilot)
        for key in ("1", "2", "4", "8", "E", "S", "T"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, RatingsScreen), key
        await press(pilot, "x")  # supervisors only
        assert isinstance(pilot.app.screen, RatingsScreen)
        await press(pilot, "n", *"4 5", "enter", "escape")  # a mark is missing: nothing is kept
        assert not stocked.read(ratings.listed, by=EVALUATOR)[0].is_given


async def test_a_supervisor_asks_and_asks_no_more(stocked: Store) -> None:
    async with running(stocked, by=_SUPERVISOR, size=(120, 40)) as pilot:
        await press(pilot, "R", "n", *"b000000 a01 12-10", "enter")
        made = {one.agency: one for one in stocked.read(ratings.listed, by=_SUPERVISOR)}["A01"]
        assert (made.training_class, made.due) == ("B000000", date(2026, 12, 10))
        await press(pilot, "r", "home")
        assert "2 asked, 2 without marks" in frame(pilot)
        await press(pilot, "x", *"B999999", "enter", "escape")  # another class than the one there
        assert len(stocked.read(ratings.listed, by=_SUPERVISOR)) == 2
        await press(pilot, "x", *made.training_class, "enter")
        (left,) = stocked.read(ratings.listed, by=_SUPERVISOR)
        assert left.agency == "A02"


async def test_marks_are_given_with_keys(stocked: Store) -> None:
    def begin(session: Session) -> None:
        session.get_one(TrainingClassRow, "B000001").first_day = date(2026, 11, 10)

    stocked.write(begin)
    async with running(stocked, by=EVALUATOR, size=(120, 40)) as pilot:
        await press(pilot, "n", *"4 5 3 fine", "enter")
        (one,) = stocked.read(ratings.listed, by=EVALUATOR)
        assert (*one.scores.values(), one.note) == (4, 5, 3, "fine")
        await press(pilot, "r")
        assert "1 asked, 0 without marks" in frame(pilot)
        assert "4 5 3" in frame(pilot)


def test_by_commands(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(user: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert cli.run(["--db", str(demo_path), "--user", user, *words]) == code
        return capsys.readouterr().out

    boss, judge = "supervisor", "tangping"
    (one,) = json.loads(run(judge, "evaluate", "asked", "--json"))
    assert (one["training_class"], one["agency"]) == ("B000001", "A02")
    made = json.loads(
        run(boss, "evaluate", "ask", "b000000", "a01", "--until", "2026-12-31", "--json")
    )
    assert (made["training_class"], made["due"]) == ("B000000", "2026-12-31")
    run(judge, "evaluate", "give", made["code"], *MARKS, code=5)  # of another agency
    run(judge, "evaluate", "ask", "b000000", "a02", code=5)
    run(judge, "evaluate", "give", one["code"], "4", "5", code=1)
    run(boss, "evaluate", "unask", made["code"])
    store = open_store(str(demo_path))
    assert len(store.read(ratings.listed, by=_SUPERVISOR)) == 1
    store.close()
