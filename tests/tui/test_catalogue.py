"""培训超市 by keys and by command: a line of words over all institutions, a shortlist of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from seed.demo import OPERATOR
from store import Store
from store.services import shelves
from tests.tui.driving import frame, press, running
from tests.tui.test_cli_people import Caller
from tui.typed import read_shelf
from tui.widgets.record_list import RecordList


async def test_courses_are_picked_kept_and_let_go_by_keys(stocked: Store) -> None:
    wanted = stocked.read(shelves.page, read_shelf("online <1000"), by=OPERATOR)
    async with running(stocked, size=(120, 40)) as pilot:
        await press(pilot, "4", "f", *"online <1000", "enter")
        listed = pilot.app.screen.query_one("#records", RecordList)
        codes = [row.code for row in listed.rows]
        assert codes == [one.code for one in wanted.items]
        assert not pilot.app.screen.query_one("#left").display
        assert "/head" in frame(pilot)
        await press(pilot, "b")
        assert "★ 1 on your shortlist" in frame(pilot)
        await press(pilot, "f", *["backspace"] * 12, *"kept", "enter")
        listed = pilot.app.screen.query_one("#records", RecordList)
        assert [row.code for row in listed.rows] == codes[:1]
        assert listed.rows[0].cells[-1].startswith("★")
        await press(pilot, "b")
        assert "Nothing fits" in frame(pilot) or "off your shortlist" in frame(pilot)
        await press(pilot, "escape")
        assert "filter" not in frame(pilot)
        assert pilot.app.screen.query_one("#left").display


async def test_words_that_mean_nothing_are_said_and_prices_say_of_what(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await press(pilot, "4", "f", *"焊工 便宜点吧", "enter")
        wanted = stocked.read(shelves.page, read_shelf("焊工"), by=OPERATOR)
        listed = pilot.app.screen.query_one("#records", RecordList)
        assert [row.code for row in listed.rows] == [one.code for one in wanted.items]
        assert (
            frame(pilot).count("ot understood: 便宜点吧") == 2
        )  # over the list and on the status line
        await press(pilot, "escape", "f", *"<300", "enter")
        assert "A price of the filter is one a head" in frame(pilot)
        assert "/class (from ¥" in frame(pilot)


def test_the_catalogue_by_command(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = Caller(str(demo_path), capsys)
    found = said("--user", "wangfang", "catalogue", "online", "<1000")
    assert found["items"]
    assert {one["mode"] for one in found["items"]} == {"online"}
    assert found["unread"] == []
    odd = said("--user", "wangfang", "catalogue", "online", "<1000", "便宜点吧")
    assert odd["unread"] == ["便宜点吧"]
    assert odd["items"] == found["items"]
    kept = said("--user", "wangfang", "catalogue", "--keep", "c001", "--keep", "C002")["kept"]
    assert kept == ["C001", "C002"]
    assert said("--user", "wangfang", "catalogue", "--drop", "C001")["kept"] == ["C002"]
    said("--user", "wangfang", "catalogue", "--keep", "C999999", code=3)
