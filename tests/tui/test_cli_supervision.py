"""Supervision, evaluation and the standing of institutions by commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from seed.demo import OPERATOR
from tests.tui.test_cli_people import Caller
from tui import cli

AS = ("--user", OPERATOR.login)
BOSS = ("--user", "supervisor")


@pytest.fixture
def said(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    """Commands on a copy of the demo district."""
    return Caller(str(demo_path), capsys)


def test_a_visit_by_commands(said: Caller) -> None:
    found = said("visit", "list", *BOSS)
    assert [one["code"] for one in found] == ["DD000002", "DD000001"]
    assert "clos" in said.told(*BOSS, "visit", "list")[0]
    assert said(*AS, "visit", "plan", "B000001", "2026-11-28", code=5)["error"] == "not_allowed"
    wrong = said(*BOSS, "visit", "plan", "B000001", "2026-11-23", code=1)
    assert wrong["error"] == "visit_no_session"
    words = ("visit", "plan", "b000001", "2026-11-28", "--lesson", "8h")
    assert said(*BOSS, *words, code=2)["error"] == "not_a_clock"
    tried = said(*BOSS, "visit", "plan", "B000001", "2026-11-28", "--dry-run")
    assert tried["status"] == "planned"
    assert len(said(*BOSS, "visit", "list")) == 2
    made = said(*BOSS, "visit", "plan", "B000001", "2026-11-28", "--unannounced", "--visitor", "吴")
    assert made["code"] not in [one["code"] for one in said(*AS, "visit", "list")]
    early = ("visit", "record", made["code"], "--rest", "yes")
    assert said(*BOSS, *early, code=4)["error"] == "visit_ahead"
    bad = ("visit", "record", made["code"], "safety", "--rest", "yes")
    assert said(*BOSS, *bad, code=2)["error"] == "answer_words"
    assert said(*BOSS, *early, "--finding", "safety", code=2)["error"] == "finding_words"
    gone = said(*BOSS, "visit", "withdraw", made["code"], "--reason", "改期")
    assert gone["status"] == "withdrawn"
    shown, _ = said.told(*BOSS, "visit", "show", "DD000001")
    assert "吴科员" in shown
    assert "head_count" not in shown  # items are told in words
    assert said(*AS, "visit", "answer", "DD000001", "x", code=5)["error"] == "not_allowed"
    assert said(*BOSS, "visit", "close", "DD000001", code=4)["error"] == "no_such_step"
    items = said(*BOSS, "visit", "checklist", "sign_in", "fire=灭火器")["items"]
    assert [one["code"] for one in items] == ["sign_in", "fire"]
    assert said("visit", "checklist")["version"] == 2
    assert said(*BOSS, "visit", "rules", "coverage=40")["coverage"] == 40
    assert said(*AS, "visit", "rules", "coverage=40", code=5)
    assert said(*BOSS, "visit", "rules", "coverage=x", code=2)["error"] == "not_a_number"
    named = said(*AS, "class", "charge", "B000001", "organises", "C-BL", "陈杰")
    assert named[0]["person"] == "陈杰"
    assert "陈杰" in said.told(*AS, "class", "show", "B000001")[0]


def test_draws_and_flags_by_commands(said: Caller) -> None:
    made = said(*BOSS, "draw", "make", "--seed", "公开数 0311", "--by-risk", "--percent", "100")
    assert said(*AS, "draw", "verify", made["code"])["is_proven"]
    assert "✓" in said.told(*AS, "draw", "verify", made["code"])[0]
    listed = said(*AS, "draw", "list")
    assert listed["coverage"]["classes"] == len(made["population"])
    assert listed["draws"][0]["nth"] == 2
    assert made["digest"] in said.told("draw", "show", made["code"])[0]
    assert said(*AS, "draw", "make", "--seed", "公开数", code=5)
    assert said(*BOSS, "draw", "show", "CQ9", code=3)["error"] == "not_found"
    (flag,) = said(*BOSS, "risk", "list", "--kind", "hours_short")
    assert flag["decision"]["decision"] == "confirmed"
    assert ["trainee", "H000002"] in flag["records"]
    behind = said(*BOSS, "risk", "list", "--behind", flag["key"])
    assert {"kind": "class", "code": "B000000"} in behind
    assert said(*BOSS, "risk", "dismiss", flag["key"], code=1)["error"] == "risk_reason"
    done = said(*BOSS, "risk", "dismiss", flag["key"], "--reason", "补课")
    assert done["decision"] == "dismissed"
    assert said(*BOSS, "risk", "confirm", flag["key"], "--reason", "x")["decision"] == "confirmed"
    assert cli.run(["--db", said.db, *AS, "risk", "confirm", flag["key"], "--reason", "x"]) == 5


def test_opinions_and_scores_by_commands(said: Caller, tmp_path: Path) -> None:
    page = tmp_path / "form.html"
    said.told(*AS, "evaluate", "sheet", "B000000", "--output", str(page))
    assert page.read_text(encoding="utf-8").count("<section>") == 4
    form, _ = said.told(*AS, "evaluate", "sheet", "B000000", "--group", "agency")
    assert form.count("□5") == 3
    before = said(*AS, "evaluate", "list", "B000000")
    add = ("evaluate", "add", "B000000", "trainee", "H000001")
    assert said(*AS, *add, "5", "4", code=1)["error"] == "opinion_marks"
    made = said(*AS, *add, "5", "4", "5", "4", "5", "--day", "2025-12-29", "--note", "好")
    assert made["scores"]["teaching"] == 4
    file = tmp_path / "marks.csv"
    heads = "class,group,rater,day,compliance,records,quality,note\n"
    file.write_text(f"{heads}B000000,agency,C-HG,2025-12-29,5,5,4,\n", encoding="utf-8")
    assert said(*AS, "evaluate", "import", str(file)) == {"rows": 1}
    assert (
        len(said(*AS, "evaluate", "list", "B000000")) == len(before) + 1
    )  # one took another's place
    file.write_text(f"{heads}B000000,agency,C-HG,2025-12-29,5,,4,\n", encoding="utf-8")
    assert said(*AS, "evaluate", "import", str(file), code=1)["params"]["row"] == 2
    file.write_text("class,rater\n", encoding="utf-8")
    assert said(*AS, "evaluate", "import", str(file), code=1)["error"] == "opinion_columns"
    listed = said(*AS, "evaluate", "show")
    best = listed[0]
    assert best["published"] is not None
    shown, _ = said.told(*AS, "evaluate", "show", "institution", best["code"])
    assert "60 %" in shown
    one = said(*AS, "evaluate", "show", "institution", best["code"])
    assert one["score"]["score"] == best["score"]
    assert said(*BOSS, "evaluate", "publish", "2025-12-01", code=4)["error"] == "score_published"
    tried = said(*BOSS, "evaluate", "publish", "2026-09-30", "--dry-run")
    assert tried
    assert said(*AS, "evaluate", "show")[0]["period"] == best["period"]
    assert said("evaluate", "weights")[0]["weights"]["outcome"] == 50
    words = ("evaluate", "weights", "outcome=40", "process=40", "--reason", "试行")
    assert said(*AS, *words, code=5)["error"] == "not_allowed"
    assert said(*BOSS, *words)[0]["version"] == 2
    assert said(*BOSS, "evaluate", "weights", "outcome=x", code=2)["error"] == "not_a_number"


def test_files_of_institutions_by_commands(said: Caller) -> None:
    sanction = ("institution", "sanction", "T01", "suspended", "--to", "2027-01-31")
    assert said(*BOSS, *sanction, "--reason", "x", code=1)["error"] == "sanction_not_confirmed"
    out, met = said.told(*BOSS, *sanction, "--reason", "消防整改", "--yes")
    assert "#" in out
    assert met.count(":") >= 3  # what it meets was said before
    entry = said(*AS, "institution", "history", "T01")
    assert entry["barred_by"] == ["suspended"]
    number = str(entry["entries"][0]["id"])
    lifted = said(*BOSS, "institution", "lift", number, "--reason", "整改合格")
    assert lifted["barred_by"] == []
    assert "reward" in [one["entry"] for one in lifted["entries"]]
    said(*BOSS, "institution", "inspect", "T01", "failed", "--reason", "不合格")
    assert said(*AS, "institution", "inspect", "T01", "failed", "--reason", "x", code=5)
    admit = ("institution", "admit", "T01", "--number", "07号", "--until", "2028-01-01")
    assert said(*BOSS, *admit, "--checked", "licence", code=1)["error"] == "admission_items"
    done = said(*BOSS, *admit, "--all", "--scope", "6-18,6-31")
    assert done["scope"] == ["6-18", "6-31"]
    assert said(*BOSS, "institution", "reward", "T01", "示范")["entries"][0]["entry"] == "reward"
    gone = said(*BOSS, "institution", "leave", "T01", "--reason", "停办", "--yes")
    assert gone["status"] == "exited"
    assert any(one["institution"] == "T02" for one in said(*AS, "institution", "history"))
