"""How far a long table has come: a bar on a terminal and on the screen, nothing anywhere else."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from textual import events

from seed.demo import OPERATOR
from store import Store, open_store
from store.services import batch_apply, batches, changes
from store.tables import Table, read_table
from tests.tui.driving import frame, press, running, settle
from tui import cli
from tui.bar import RowsDone, bar, rows_of
from tui.gateway import Gateway

HEAD = "name,area\n"


def test_a_bar_fills_from_none_to_all() -> None:
    told = [bar(RowsDone(1000, done)) for done in (0, 250, 1000, 1001)]
    assert [line.count("█") for line in told] == [0, 6, 24, 24]
    assert [len(line.split()[0]) for line in told] == [24] * 4
    assert "250" in told[1]
    assert "25" in told[1]
    assert told[2] == told[3]
    assert "█" not in bar(RowsDone(0, 12))
    assert "12" in bar(RowsDone(0, 12))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_rows_are_counted_before_they_are_read(encoding: str) -> None:
    table = read_table("培训企业登记\nname,area\n甲厂上,仁\n\n乙厂,仁".encode(encoding))
    assert rows_of(table) == 3
    assert [number for number, _ in table.rows][-1] == table.last_row
    assert rows_of(Table(("name",), iter(()))) == 0


def test_every_part_is_told(stocked: Store) -> None:
    heard: list[int] = []
    rows = ((at, [f"第{at}厂", "没有"]) for at in range(2, 622))
    stocked.rehearse(
        batches.begin,
        "enterprise",
        ("name", "area"),
        rows,
        by=OPERATOR,
        file="a",
        progress=heard.append,
    )
    assert heard == [500, 620]


def test_a_terminal_sees_the_bar_and_a_file_does_not(
    demo_path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("institution,title\nT01,甲课\nT01,乙课\n")
    words = ["--db", str(demo_path), "import", "course", str(file), "--dry-run"]
    assert cli.run(words) == 0
    assert "\r" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert cli.run(words) == 0
    drawn, _, rest = capsys.readouterr().err.rpartition("\r\x1b[K")
    assert "█" * 24 in drawn
    assert "█" not in rest


async def test_the_screen_draws_the_bar_while_rows_are_read(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = asyncio.Event()
    write = Gateway.write

    async def held(self: Gateway, service: Any, *words: Any, **more: Any) -> Any:
        more["progress"](1)
        await seen.wait()
        return await write(self, service, *words, **more)

    async with running(stocked) as pilot:
        await press(pilot, "I")
        monkeypatch.setattr(Gateway, "write", held)
        pilot.app.screen.post_message(events.Paste("机构\t课程名称\nT01\t甲课\nT01\t乙课"))
        await settle(pilot)
        kinds = pilot.app.screen.query_one("#picks")
        at = [row.code for row in kinds.rows].index("course")  # type: ignore[attr-defined]
        await pilot.press(str(at + 1))
        while "█" not in frame(pilot):
            await pilot.pause(0.05)
        assert "50 %" in frame(pilot)
        seen.set()
        await settle(pilot)
        assert "█" not in frame(pilot).splitlines()[-2]


def taken_over(store: Store, count: int = 3) -> str:
    rows = [(at, ["T01", f"甲课{at}"]) for at in range(2, count + 2)]
    head = ("institution", "title")
    view = store.write(batches.begin, "course", head, rows, by=OPERATOR, file="a")
    store.write(batch_apply.apply, view.code, by=OPERATOR)
    return view.code


def counts(store: Store, code: str) -> dict[str, int]:
    return dict(store.read(batches.shown, code, by=OPERATOR).counts)


async def stopped_by_escape(store: Store, monkeypatch: pytest.MonkeyPatch, *keys: str) -> str:
    """The screen after Esc came while the last of the keys was at work on its rows."""
    write, is_begun = Gateway.write, asyncio.Event()

    async def held(self: Gateway, service: Any, *words: Any, **more: Any) -> Any:
        progress = more["progress"]
        progress(1)
        is_begun.set()
        while not progress.is_stopped:
            await asyncio.sleep(0.01)
        return await write(self, service, *words, **more)

    async with running(store, "en") as pilot:
        await press(pilot, "I", *keys[:-1])
        monkeypatch.setattr(Gateway, "write", held)
        await pilot.press(keys[-1])
        await asyncio.wait_for(is_begun.wait(), 20)
        while "█" not in frame(pilot):
            await pilot.pause(0.05)
        before = pilot.app.screen
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is before
        return frame(pilot)


async def test_escape_stops_taking_back_and_nothing_is_taken_back(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = taken_over(stocked)
    told = await stopped_by_escape(stocked, monkeypatch, "u", "enter")
    assert "Stopped: nothing was taken back." in told
    assert counts(stocked, code) == {"applied": 3}
    assert stocked.read(batches.shown, code, by=OPERATOR).status == "applied"


async def test_escape_stops_checking_again_and_every_row_stays(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = stocked.read(batches.listed, by=OPERATOR)[0].code
    before = stocked.read(batches.shown, code, by=OPERATOR)
    told = await stopped_by_escape(stocked, monkeypatch, "enter", "r")
    assert "Stopped: every row is as it was." in told
    assert stocked.read(batches.shown, code, by=OPERATOR) == before


@pytest.mark.parametrize("act", ["check", "undo"])
def test_an_interrupted_command_leaves_no_half_state(
    demo_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    act: str,
) -> None:
    def interrupted(self: RowsDone, done: int) -> None:
        drawn.append((self.total, done))
        raise KeyboardInterrupt

    drawn: list[tuple[int, int]] = []
    store = open_store(str(demo_path))
    code = taken_over(store) if act == "undo" else "L000001"
    before = store.read(batches.shown, code, by=OPERATOR), store.read(changes.newest)
    monkeypatch.setattr(RowsDone, "__call__", interrupted)
    assert cli.run(["--db", str(demo_path), "batch", act, code]) == 130
    assert drawn == ([(3, 3)] if act == "undo" else [(6, 6)])
    assert (store.read(batches.shown, code, by=OPERATOR), store.read(changes.newest)) == before
    monkeypatch.undo()
    assert cli.run(["--db", str(demo_path), "batch", act, code]) == 0
