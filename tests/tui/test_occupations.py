"""Local occupations on screen and by commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.services import occupations
from tests.tui.driving import frame, press, running
from tui import cli


async def test_a_supervisor_adds_and_maps_with_keys_others_look(stocked: Store) -> None:
    async with running(stocked, by=_SUPERVISOR, size=(120, 40)) as pilot:
        await press(
            pilot, "O", "n", *"brain fitter; 6-31-01-03; notice 12; ; neuro fitter", "enter"
        )
        (one,) = stocked.read(occupations.listed, by=_SUPERVISOR)
        assert (one.code, one.name, one.also) == ("L001-2026", "brain fitter", ("neuro fitter",))
        await press(pilot, "r", "home")
        assert "1 local occupations, 1 of them without a national code" in frame(pilot)
        assert "notice 12" in frame(pilot)
        await press(pilot, "m", *"6-18-01-01 standard", "enter")
        (one,) = stocked.read(occupations.listed, by=_SUPERVISOR)
        assert one.mapped_to == "6-18-01-01"
    async with running(stocked, by=OPERATOR, size=(120, 40)) as pilot:
        await press(pilot, "O")
        assert "L001-2026" in frame(pilot)
        await press(pilot, "n", "m")
        assert len(stocked.read(occupations.listed, by=OPERATOR)) == 1


def test_by_commands(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(user: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert cli.run(["--db", str(demo_path), "--user", user, *words]) == code
        return capsys.readouterr().out

    words = ("occupation", "add", "脑机接口调试员", "--near", "6-31-01-03", "--source", "备案12号")
    assert run("wangfang", *words, code=5) == ""
    run("supervisor", *words, "--levels", "三级-五级", code=1)
    tried = run("supervisor", *words, "--dry-run", "--json")
    assert json.loads(tried)["code"] == "L001-2026"
    assert json.loads(run("wangfang", "occupation", "list", "--json")) == []
    made = json.loads(
        run("supervisor", *words, "--levels", "五级-三级", "--also", "甲工,乙工", "--json")
    )
    assert (made["also"], made["lowest"], made["highest"]) == (["甲工", "乙工"], 2, 4)
    found = json.loads(run("wangfang", "resolve", "脑机接口调试员", "--json"))
    assert "L001-2026" in json.dumps(found)
    done = json.loads(run("supervisor", "occupation", "map", "l001-2026", "6-18-01-01", "--json"))
    assert done["mapped_to"] == "6-18-01-01"
    assert "6-18-01-01" in run("wangfang", "occupation", "list")
