"""Surveys on screen and by commands: planned, questionnaire written, answers taken."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.services import surveys
from store.tables import read_table
from tests.tui.driving import frame, press, running
from tui import cli
from tui.settings import export_file


async def test_a_survey_with_keys(stocked: Store) -> None:
    async with running(stocked, by=OPERATOR, size=(120, 40)) as pilot:
        words = "lathe work; E001,E002; 6-18-01-01; 11-02..11-09; 11-25"
        await press(pilot, "Q", "n", *words, "enter")
        made, _ = stocked.read(surveys.listed, by=OPERATOR)  # and that of the demo
        assert (made.title, made.missing, str(made.due)) == (
            "lathe work", ("E001", "E002"), "2026-11-25",
        )  # fmt: skip
        await press(pilot, "r", "home", "o")
        assert "2 files written to" in frame(pilot)
        for form in ("xlsx", "csv"):
            data = export_file(f"{made.code}.{form}").read_bytes()
            assert len(list(read_table(data, form).rows)) == 4
        await press(pilot, "i", *"call; E001 6-18-01-01 11-09 4", "enter")
        half, _ = stocked.read(surveys.listed, by=OPERATOR)
        assert (half.answered, half.heads) == (("E001",), 4)
        await press(pilot, "r")
        assert "Surveys: 2, of which wait for answers: 2" in frame(pilot)
        assert "1/2" in frame(pilot)
        await press(pilot, "x", *"enough", "enter")
        assert stocked.read(surveys.shown, made.code, by=OPERATOR).status == "withdrawn"
    async with running(stocked, by=_SUPERVISOR, size=(120, 40)) as pilot:
        await press(pilot, "Q", "n", "x")  # a supervisor looks
        assert "lathe work" in frame(pilot)
        assert len(stocked.read(surveys.listed, by=_SUPERVISOR)) == 2


def test_by_commands(demo_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str, user: str = "wangfang", code: int = 0) -> str:
        capsys.readouterr()
        assert cli.run(["--db", str(demo_path), "--user", user, *words]) == code
        return capsys.readouterr().out

    about = ("--firms", "E001,E002", "--trades", "6-18-01-01", "--due", "2026-11-25")
    weeks = ("--first", "2026-11-02", "--last", "2026-11-09")
    run(
        "survey",
        "plan",
        "先行调查",
        *about,
        "--first",
        "2026-11-03",
        "--last",
        "2026-11-09",
        code=1,
    )
    made = json.loads(run("survey", "plan", "先行调查", *about, *weeks, "--json"))
    assert made["missing"] == ["E001", "E002"]
    file = tmp_path / "q.csv"
    told = json.loads(run("survey", "questionnaire", made["code"], "--output", str(file), "--json"))
    assert told["rows"] == 4
    run("survey", "questionnaire", made["code"], "--output", str(file), code=4)
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    for row in rows[1:]:
        row[6] = "5" if row[1] == "E001" else ""
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    take = ("survey", "take", made["code"], str(file), "--source", "回函")
    run(*take, user="supervisor", code=5)
    done = json.loads(run(*take, "--json"))
    assert (done["answered"], done["missing"], done["heads"]) == (["E001"], ["E002"], 10)
    assert "先行调查" in run("survey", "list")
    assert "1/2" in run("survey", "list")
    sources = json.loads(run("analysis", "forecast", "--json"))["sources"]
    assert f"{made['code']} 先行调查" in sources
    (line,) = [
        one for one in json.loads(run("today", "--json"))["waiting"] if one["what"] == "surveys"
    ]
    assert line["records"] == [made["code"]]
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    run(*take, code=1)
    assert json.loads(run("survey", "withdraw", made["code"], "--json"))["status"] == "withdrawn"
