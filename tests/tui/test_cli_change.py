"""`what-if` and `repair` on the command line: data, words in both languages, rights, nothing half done."""

from __future__ import annotations

from pathlib import Path

from seed.demo import OPERATOR
from store import open_store
from store.services import classes, health
from tests.store.test_repair import WELD, book
from tests.tui.test_cli_pools import said, told


def test_what_one_more_would_serve_is_data_and_words(demo_path: Path) -> None:
    found = said(demo_path, "what-if")
    assert found["additions"][0]["heads"] >= found["additions"][-1]["heads"] == 0
    assert {one["heads"] for one in found["bottlenecks"]} >= {45}
    assert {one["term"] for one in found["terms"]} >= {"urgency", "shortage"}
    assert all(one["text"] for one in found["additions"])
    shown = told(demo_path, "what-if", lang="zh")
    assert "卡在哪里" in shown
    assert "多开一场" in shown


def test_an_illness_is_shown_rehearsed_and_repaired(demo_path: Path) -> None:
    store = open_store(str(demo_path))
    welding = book(store, WELD)
    (ill,) = welding.instructors
    days = ("2026-11-23", "2026-11-29")
    found = said(demo_path, "repair", "instructor", ill, *days)
    one = next(c for c in found["classes"] if c["code"] == welding.code)
    assert one["chosen"]["remedy"] == "stand_in"
    assert {m["to"] for m in one["messages"]}
    assert found["done"] is None
    assert "换人代课" in told(demo_path, "repair", "instructor", ill, *days, lang="zh")
    apply = ("--apply", "--reason", "发烧")
    said(demo_path, "repair", "instructor", ill, *days, *apply, "--dry-run")
    assert store.read(classes.sheet, welding.code, by=OPERATOR).instructors == (ill,)
    said(demo_path, "repair", "instructor", ill, *days, "--apply", code=1)  # no reason
    done = said(demo_path, "repair", "instructor", ill, *days, *apply)["done"]
    assert done["changed"] == [welding.code]
    assert said(demo_path, "repair", "instructor", ill, *days)["classes"] == []
    assert store.read(health.check) == ()
    store.close()


def test_nonsense_and_strangers_are_refused(demo_path: Path) -> None:
    said(demo_path, "repair", "instructor", "I999", "12-01", code=3)
    said(demo_path, "repair", "instructor", "I030", "someday", code=2)
    said(demo_path, "repair", "venue", "V01", "2020-01-01", code=1)
    said(demo_path, "what-if", "--user", "heling", code=5)
    said(demo_path, "repair", "instructor", "I030", "12-01", "--user", "heling", code=5)
