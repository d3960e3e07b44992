"""The deal by commands: JSON out, exit codes, and the sentences for whoever comes second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from store import open_store
from tests.commands import duijie
from tests.store.test_combining import of_runs


def said(demo_path: Path, *words: str, code: int = 0) -> Any:
    """What a command answers as JSON, and that it left with a code."""
    done = duijie("--db", str(demo_path), *words, "--json")
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout)


def test_from_a_need_to_a_booked_class_and_back(demo_path: Path) -> None:
    tried = said(demo_path, "propose", "N000001", "C003", "--dry-run")
    assert tried["status"] == "draft"
    made = said(demo_path, "propose", "N000001", "C003", "--send", "--request", "r1")
    code = made["code"]
    assert made["status"] == "sent"
    found = said(demo_path, "proposal", "show", code)
    parties = [answer["party"] for answer in found["answers"]]
    assert len(parties) == 2
    said(demo_path, "proposal", "accept", code, code=1)  # which party?
    changed = said(demo_path, "proposal", "counter", code, "price=900", "--party", parties[0])
    assert changed["status"] == "sent"
    for party in parties:
        changed = said(demo_path, "proposal", "accept", code, "--party", party)
    assert changed["status"] == "accepted"
    assert said(demo_path, "proposal", "confirm", code)["status"] == "confirmed"
    cost = said(demo_path, "proposal", "cancel", code, "--dry-run")
    assert cost["total_fen"] == 2 * 90000
    said(demo_path, "proposal", "cancel", code, "--reason", "x", code=4)  # nobody said yes
    gone = said(demo_path, "proposal", "cancel", code, "--reason", "停产", "--yes")
    assert gone["status"] == "cancelled"
    assert said(demo_path, "proposal", "undo", code)["status"] == "confirmed"
    group = said(demo_path, "proposal", "show", code)["training_class"]
    sheet = said(demo_path, "class", "show", group)
    assert [member["proposal"] for member in sheet["members"]] == [code]
    impact = said(demo_path, "class", "postpone", group, "2026-12-01", "--dry-run")
    assert [one["proposal"] for one in impact["affected"]] == [code]
    assert said(demo_path, "store", "check")["ok"]


def test_lists_clocks_and_calls_speak_json(demo_path: Path) -> None:
    lines = said(demo_path, "proposal", "list", "--all")
    assert {line["status"] for line in lines} == {
        "sent",
        "accepted",
        "confirmed",
        "declined",
        "delivered",
    }
    calls = said(demo_path, "calls", "list")
    assert all(len(call["sentences"]) == 2 for call in calls)
    assert said(demo_path, "calls", "replies")
    first = calls[0]
    kept = said(demo_path, "calls", "log", first["record"], first["party"], "no_answer")
    assert kept["again"]
    assert said(demo_path, "clocks", "show")["institution_days"] == 2
    said(demo_path, "clocks", "set", "institution_days=3", code=5)
    assert said(demo_path, "clocks", "run", "--dry-run")["lapsed"] == []
    assert said(demo_path, "waiting", "list") == []
    said(demo_path, "need", "close", "N000001", code=4)
    said(demo_path, "proposal", "show", "P999999", code=3)


def test_a_store_that_cannot_be_looked_at_is_told_apart(tmp_path: Path) -> None:
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"no database" * 500)
    noise.chmod(0o600)
    assert duijie("--db", str(noise), "store", "check").returncode == 2


def test_classes_are_merged_reduced_and_taken_back_by_command(demo_path: Path) -> None:
    store = open_store(str(demo_path))
    early, late = of_runs(store)
    store.close()
    (way,) = said(demo_path, "class", "merge")
    assert (way["kept"], way["ended"], way["obstacles"]) == (late, early, [])
    tried = said(demo_path, "class", "merge", late, early, "--dry-run")
    assert tried["done"] is None
    said(demo_path, "class", "merge", late, early, code=1)  # no reason
    asked: tuple[str, ...] = (
        "class",
        "merge",
        late,
        early,
        "--reason",
        "人数不足",
        "--request",
        "m1",
    )
    made = said(demo_path, *asked)
    done = made["done"]
    assert (done["kept"], done["heads"]) == (late, 4)
    assert len(made["said"]) == 4  # two firms, the institution, who taught the class that ended
    assert said(demo_path, *asked) == {"done": done}
    said(demo_path, "class", "merge", late, early, "--reason", "x", code=4)
    (moved,) = done["moved"]
    assert moved in {c["record"] for c in said(demo_path, "calls", "list") if c["why"] == "moved"}
    assert said(demo_path, "undo", early) == {early: "combine"}
    cost = said(demo_path, "proposal", "reduce", moved, "1", "--dry-run")
    assert (cost["before"], cost["after"]) == (2, 1)
    asked = ("proposal", "reduce", moved, "1", "--reason", "离职", "--yes", "--request", "r1")
    gone = said(demo_path, *asked)
    assert gone["status"] == "confirmed"
    assert said(demo_path, *asked) == gone
    assert said(demo_path, "undo", moved) == {moved: "reduce"}
    postponed = said(demo_path, "class", "postpone", late, "2026-12-21", "--reason", "检修")
    assert postponed["held"] == []
    assert said(demo_path, "class", "undo", late)["act"] == "postpone"
    assert said(demo_path, "store", "check")["ok"]
