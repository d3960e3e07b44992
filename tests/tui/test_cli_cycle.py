"""`filing`, `quality`, `verify` and `duplicates` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui.cli import run


@pytest.fixture
def ask(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """A command on the demo, its exit code and what it says; JSON read where that was asked for."""

    def asked(*words: str, user: str = "wangfang") -> tuple[int, Any]:
        code = run([*words, "--db", str(demo_path), "--user", user])
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in words else said.out + said.err

    return asked


def test_what_is_due_is_filed_and_told(ask: Any) -> None:
    code, found = ask("filing", "due", "--overdue", "--json")
    assert code == 0
    assert {one["institution"] for one in found} == {"T06", "T09"}
    assert ask("filing", "same", "T06", "--dry-run")[0] == 0
    assert ask("filing", "due", "T06", "--overdue", "--json")[1]
    code, made = ask("filing", "same", "t06", "--json")
    assert {one["status"] for one in made} == {"late"}
    assert ask("filing", "due", "T06", "--overdue", "--json")[1] == []
    assert "slot" in ask("filing", "status", "T06")[1]
    assert "confirmed 0 days ago, fresh" in ask("show", "course", "C090")[1]
    code, told = ask("filing", "calendar", "course.due=0", user="supervisor")
    assert (code, "write a number from 1" in told) == (1, True)
    assert ask("filing", "calendar", "course.due=6")[0] == 5
    assert "weekly" in ask("filing", "calendar", "course.every=week", user="supervisor")[1]


def test_scores_name_the_records_behind_them(ask: Any) -> None:
    found = ask("quality", "--json")[1]
    assert len(found) == 15
    assert "C069" in ask("quality", "T04")[1]
    assert "! " in ask("quality")[1]
    assert "hours_low = 0" in ask("quality-rules", "hours_low=0", user="supervisor")[1]
    assert ask("quality-rules", "hours_low=much", user="supervisor")[0] == 2


def test_submitted_courses_are_checked_published_and_sent_back(ask: Any) -> None:
    found = ask("verify", "list", "--json")[1]
    codes = [one["code"] for one in found]
    assert len(codes) == 4
    assert ask("verify", "check", *codes, user="zhaoyi")[0] == 5
    assert ask("verify", "publish", codes[0])[0] == 4
    assert ask("verify", "check", *codes[:2])[0] == 0
    assert ask("verify", "publish", codes[0], "--json")[1]["count"] == 1
    assert ask("verify", "return", codes[1], "--reason", "缺备案")[0] == 0
    (back,) = ask("verify", "list", "--returned", "--json")[1]
    assert (back["code"], back["reason"]) == (codes[1], "缺备案")
    assert "缺备案" in ask("show", "course", codes[1])[1]
    said = ("add", "course", "institution=T03", "title=新课", "price=980")
    assert "once it is checked and published" in ask(*said, user="zhaoyi")[1]
    assert ask("verify", "kinds", "course", "slot", "--json", user="supervisor")[1] == [
        "course",
        "slot",
    ]


def test_a_pair_is_merged_undone_and_kept_apart(ask: Any) -> None:
    found = ask("duplicates", "list", "--kind", "enterprise", "--json")[1]
    assert [one["other"] for one in found["pairs"]] == ["E000001"]
    assert ask("duplicates", "merge", "enterprise", "E033", "E000001", "--dry-run")[0] == 0
    assert ask("duplicates", "merge", "enterprise", "E033", "E000001")[0] == 0
    assert ask("show", "enterprise", "E000001", "--json")[1]["code"] == "E033"
    assert "can be undone" in ask("duplicates", "list")[1]
    assert ask("duplicates", "undo", "enterprise", "E000001")[0] == 0
    assert ask("duplicates", "undo", "enterprise", "E000001")[0] == 3
    assert ask("duplicates", "apart", "enterprise", "E033", "E000001")[0] == 0
    assert ask("duplicates", "list", "--kind", "enterprise", "--json")[1]["pairs"] == []
    assert ask("duplicates", "apart", "enterprise", "E033", "E033")[0] == 1
    told = ask("duplicates", "apart", "enterprise", "E000001", "E033", "--undo", "--json")[1]
    assert told == {"kind": "enterprise", "together": ["E000001", "E033"]}
    assert len(ask("duplicates", "list", "--kind", "enterprise", "--json")[1]["pairs"]) == 1
    assert ask("duplicates", "apart", "enterprise", "E000001", "E033", "--undo")[0] == 4
