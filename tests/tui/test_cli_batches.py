"""`duijie batch`: begun, mended, compared, applied and taken back on the command line, as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui import cli

TABLE = "机构,课程名称,价格\n榕盛技,甲课,100\nT02,乙课,很贵\n"


def test_a_batch_from_its_beginning_to_its_end(
    demo_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "表.csv"
    file.write_text(TABLE, encoding="gb18030")

    def run(*words: str, code: int = 0) -> Any:
        assert cli.run(["--db", str(demo_path), "--json", "batch", *words]) == code
        return json.loads(capsys.readouterr().out)

    assert run("begin", "course", str(file), "--dry-run")["dry_run"] is True
    made = run("begin", "course", str(file))["code"]
    assert [one["code"] for one in run("list")] == [made, "L000001"]
    wrong = run("problems", made, code=1)
    assert [(row["number"], row["problems"][0]["column"]) for row in wrong] == [
        (2, "institution"),
        (3, "price"),
    ]
    assert wrong[0]["problems"][0]["message"]
    assert run("fill", made, "机构", "榕盛技=T02")["counts"] == {"good": 1, "wrong": 1}
    assert run("apply", made, code=1)["error"] == "file_refused"
    assert run("map", made, "价格=")["counts"] == {"good": 2}
    assert run("map", made, "3=price")["counts"] == {"good": 1, "wrong": 1}
    assert run("fix", made, "3", "价格=90", "课程名称=丙课")["status"] == "ready"
    assert run("leave", made, "2")["counts"] == {"good": 1, "left_out": 1}
    assert run("leave", made, "2", "--back")["counts"] == {"good": 2}
    assert run("diff", made)["new"] == 2
    assert len(run("apply", made, "--dry-run")["created"]) == 2
    assert len(run("apply", made)["created"]) == 2
    assert run("show", made)["status"] == "applied"
    assert len(run("undo", made)["created"]) == 2
    assert run("drop", made, code=4)["error"] == "no_such_step"
    assert run("drop", "L000001")["status"] == "dropped"
    assert run("fix", made, "3", "price", code=2)["error"] == "cell_words"


def test_lines_for_people(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["show", "L000001"], ["diff", "L000001"], ["check", "L000001"]):
        assert cli.run(["--db", str(demo_path), "batch", *words]) == 0
    told = capsys.readouterr().out
    assert "✓3 ✕3" in told
    assert "备案日期 → Filed on" in told
    assert "Row 3: new 数控车床编程与操作" in told
