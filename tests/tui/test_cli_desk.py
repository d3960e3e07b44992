"""`today`, `intake`, `undo`, `filter` and `list --filter`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.commands import duijie


def told(db: Path, *arguments: str, stdin: str = "") -> tuple[int, Any]:
    done = duijie("--db", str(db), "--json", *arguments, stdin=stdin.encode())
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def test_today_says_what_waits(demo_path: Path) -> None:
    found = told(demo_path, "today")[1]
    assert {"to_match", "answer"} <= {line["what"] for line in found["waiting"]}
    assert "待匹配需求" in duijie("--db", str(demo_path), "today", lang="zh").stdout.decode()


def test_pasted_lines_are_registered_all_or_none(demo_path: Path) -> None:
    pasted = "企业\t工种\t人数\nrpjm\t数控车工四级\t5\nE002\t焊工\t很多\n"
    code, found = told(demo_path, "intake", "-", stdin=pasted)
    assert (code, found["registered"]) == (1, [])
    assert [(one["row"], one["field"]) for one in found["problems"]] == [(2, "heads")]
    (need,) = told(demo_path, "intake", "--partial", stdin=pasted)[1]["registered"]
    assert told(demo_path, "show", "need", need)[1]["heads"] == 5
    assert told(demo_path, "undo", need)[0] == 0
    assert told(demo_path, "show", "need", need)[1]["status"] == "withdrawn"
    assert told(demo_path, "undo", need)[0] == 0  # what was taken back is taken back in turn
    assert told(demo_path, "show", "need", need)[1]["status"] == "open"


def test_a_line_of_two_trades_becomes_two_needs(demo_path: Path) -> None:
    said = "锐坪精密车工3人、电工5人，12月10日前\n没有的厂 焊工2人"
    code, found = told(demo_path, "--dry-run", "intake", "--partial", stdin=said)
    assert [(one["text"], one["heads"]) for one in found["needs"]] == [
        ("锐坪精密车工3人，12月10日前", 3),
        ("电工5人，12月10日前", 5),
    ]
    assert (code, {one["row"] for one in found["problems"]}) == (1, {2})


def test_a_need_whose_days_are_over_is_not_registered_silently(demo_path: Path) -> None:
    code, found = told(
        demo_path,
        "intake",
        stdin="企业\t需求\t人数\t最早\t最晚\nE001\t电工\t5\t2026-11-01\t2026-11-10",
    )
    assert (code, found["registered"]) == (1, [])
    assert [one["field"] for one in found["problems"]] == ["latest"]


def test_a_dry_run_registers_nothing(demo_path: Path) -> None:
    before = told(demo_path, "list", "need")[1]["total"]
    found = told(demo_path, "--dry-run", "intake", stdin="rpjm\t焊工四级\t5")[1]
    assert found["needs"][0]["heads"] == 5
    assert told(demo_path, "list", "need")[1]["total"] == before


def test_needs_are_filtered_and_filters_kept(demo_path: Path) -> None:
    found = told(demo_path, "list", "need", "--filter", "四级 skcg")[1]
    assert 0 < found["total"] < 20
    assert all(item["level"] == 3 for item in found["items"])
    assert told(demo_path, "list", "course", "--filter", "x")[0] == 2
    kept = told(demo_path, "filter", "四级", "skcg")[1]
    assert kept == [{"words": "四级 skcg", "total": found["total"], "new": 0}]
    assert told(demo_path, "filter", "--drop", "四级", "skcg")[1] == []
