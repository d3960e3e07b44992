"""Subsidy rules, claims, funds and instructor rules by commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tui import cli

RULES = """
[set]
code = "LG-XX"
name = "虚构试点"
area = "440307"
source = "虚构"
valid_from = 2027-01-01
lists = "short=6-18-01-01"

[[rules]]
code = "A"
clause = "第一条"
kind = "training"
when = "class.level in 五级,四级"
amount = "800"
uplift = "20% @short"

[[rules]]
code = "B"
clause = "第二条"
kind = "training"
when = "class.level in 四级,三级"
amount = "900"
"""


class Caller:
    """Commands in this process, on a copy of the demo district."""

    def __init__(self, db: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.db = db
        self.capsys = capsys

    def __call__(self, *words: str, user: str = "wangfang", code: int = 0) -> Any:
        """What a command answers as JSON."""
        assert cli.run(["--db", self.db, "--user", user, *words, "--json"]) == code
        return json.loads(self.capsys.readouterr().out)

    def told(self, *words: str, user: str = "wangfang", code: int = 0) -> str:
        """What a command writes for people, and what it says beside."""
        assert cli.run(["--db", self.db, "--user", user, *words]) == code
        out, err = self.capsys.readouterr()
        return out + err


@pytest.fixture
def said(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    """Commands on a copy of the demo district."""
    return Caller(str(demo_path), capsys)


def test_a_rule_set_from_a_file_to_its_publication(said: Caller, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    tried = said("policy", "add", str(file), "--dry-run", user="supervisor")
    assert tried["rules"]["rules"][0]["when"]["op"] == "in"
    assert "LG-XX" not in said.told("policy", "list")
    said("policy", "add", str(file), user="supervisor")
    assert said("policy", "add", str(file), code=5)["error"] == "not_allowed"
    found = said("policy", "check", "lg-xx", code=1)
    assert [one["code"] for one in found] == ["contradiction"]
    assert found[0]["facts"]["class.level"] == "四级"
    assert "contradict each other: ¥" in said.told("policy", "check", "LG-XX", code=1)
    refused = said("policy", "publish", "LG-XX", user="supervisor", code=4)
    assert refused["error"] == "policy_stopped"
    wrong = said.told(
        "policy",
        "edit",
        "LG-XX",
        "--rule",
        "B",
        "--set",
        "when=class.level",
        user="supervisor",
        code=1,
    )
    assert "is no condition" in wrong
    said(
        "policy",
        "edit",
        "LG-XX",
        "--rule",
        "B",
        "--set",
        "when=class.level = 三级",
        user="supervisor",
    )
    said("policy", "edit", "LG-XX", "--set", "budget=5000", user="supervisor")
    assert "Nothing is wrong with it." in said.told("policy", "check", "LG-XX")
    assert "issued" in said.told("policy", "publish", "LG-XX", user="supervisor")
    held = said("policy", "list", "--as-of", "2027-05-05")
    assert [(one["rules"]["code"], one["status"]) for one in held] == [
        ("LG-JN", "published"),
        ("LG-XX", "published"),
    ]
    shown = said.told("policy", "show", "LG-XX")
    assert "+20 %" in shown
    assert "▇" in shown
    file.write_text("[set", encoding="utf-8")
    assert "is no rule set" in said.told("policy", "add", str(file), user="supervisor", code=1)


def test_what_a_need_is_given_by_commands(said: Caller) -> None:
    found = said(
        "policy", "ask", "n000016", "--with", "class.occupation=6-18-01-01", "--as-of", "2026-11-21"
    )
    (training,) = [one for one in found["items"] if one["kind"] == "training"]
    assert (training["standing"], training["fen"], training["clause"]) == (
        "allowed",
        120000,
        "第三条",
    )
    told = said.told(
        "policy", "ask", "N000016", "--with", "person.category=disabled", "--person", "h000009"
    )
    assert "1 of 3 used this year" in told
    assert "Missing: class hours" in told
    assert "is no value of" in said.told(
        "policy", "ask", "N000016", "--with", "person.age=old", code=1
    )
    assert "is no FIELD=VALUE" in said.told("policy", "ask", "N000016", "--with", "old", code=2)
    assert "is not a day" in said.told("policy", "ask", "N000016", "--as-of", "heute", code=2)
    (best, *_rest) = said("match", "N000016")["bundles"]
    assert best["subsidy"]["net_price"] == best["price_per_head"] - best["subsidy"]["amount"]
    assert "− subsidy ¥1,200 = ¥" in said.told("match", "N000016")
    deals = said("proposal", "list")
    assert "subsidy" in said("proposal", "show", deals[0]["code"])


def test_a_whole_class_is_claimed_for_by_a_command(said: Caller) -> None:
    made = said("claim", "class", "b000000", "lg-jn", "t1", "--papers", "certificate, roster")
    assert {one["training_class"] for one in made["made"]} == {"B000000"}
    assert {tuple(one["missing"]) for one in made["made"]} == {("invoice", "bank_account")}
    assert not made["left"]
    again = said("claim", "class", "B000000", "LG-JN", "T1")
    assert [one["error"] for one in again["left"]] == ["claim_cap_once"] * len(made["made"])
    assert said("claim", "class", "B000001", "LG-JN", "T1", code=4)["error"] == "claim_nobody"
    assert said("claim", "class", "B999999", "LG-JN", "T1", code=3)["error"] == "not_found"


def test_a_claim_and_its_pack_by_commands(said: Caller, tmp_path: Path) -> None:
    fields = (
        "person=h000005", "enterprise=E001", "institution=T01", "policy=LG-JN", "rule=T1",
        "day=2026-10-12", "occupation=6-31-01-03", "level=四级", "certificate_day=2026-11-02",
        "papers=roster",
    )  # fmt: skip
    made = said("claim", "new", *fields)
    assert (made["amount_fen"], made["missing"]) == (
        120000,
        ["certificate", "invoice", "bank_account"],
    )
    assert said("claim", "new", *fields, code=4)["error"] == "claim_cap_once"
    folder = str(tmp_path)
    assert said("claim", "pack", made["code"], "--output", folder)["missing"][0] == (
        "copy of the certificate"
    )
    assert "There is already a file" in said.told(
        "claim", "pack", made["code"], "--output", folder, code=1
    )
    sheet = load_workbook(tmp_path / f"{made['code']}.xlsx").active
    assert sheet is not None
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "H000005" in cells
    assert "copy of the certificate" in cells
    page = (tmp_path / f"{made['code']}.html").read_text(encoding="utf-8")
    assert "H000005" in page
    assert "第三条" in page
    code = made["code"]
    assert "lacks: copy of the certificate (certificate)" in said.told(
        "claim", "submit", code, code=4
    )
    papers = ("--papers", "certificate,invoice,bank_account")
    assert said("claim", "submit", code, *papers)["status"] == "submitted"
    assert said("claim", "decide", code, "approve", code=5)["error"] == "not_allowed"
    told = said.told("claim", "decide", code, "return", "--reason", "发票不清", user="supervisor")
    assert "Reason: 发票不清" in told
    assert said("claim", "withdraw", code)["status"] == "withdrawn"
    assert code in said.told("claim", "list", "--status", "withdrawn")
    (taught,) = said("class", "list")[:1]
    opened = said("claim", "pack", taught["code"], "--output", folder)
    assert opened["missing"] == []
    page = (tmp_path / f"{taught['code']}.html").read_text(encoding="utf-8")
    assert taught["title"] in page
    assert "<td>H000005 周戊</td>" in page


def test_funds_and_instructor_rules_by_commands(said: Caller) -> None:
    told = said.told("fund", "E001")
    assert "✕ front line: 51.2 % (at least 60 %)" in told
    assert "brought ¥74,000" in told
    assert said("fund", "E001", code=5, user="liqiang")["error"] == "not_allowed"
    kept = said("fund", "E001", "--year", "2026", "--set", "payroll=10000000", "spent=100000")
    assert kept["results"][-1]["is_short"] is True
    assert kept["results"][-1]["missing"] == ["front"]
    assert "Say which year" in said.told("fund", "E001", "--set", "payroll=1", code=2)
    rules = said.told("instructor-rules", "T01")
    assert "✓ full-time: 8 of 14, at least 1/3" in rules
    assert "2 of 3 institutions in 365 days" in rules
    logged = said("instructor-log", "I003", "refresher", "2026-11-02")
    assert logged["refreshed"] == "2026-11-02"
