"""Pooling and allocation by commands: JSON out, exit codes, rights, and what people read."""

from __future__ import annotations

import importlib
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from matching.packing import Packing
from matching.pooling import PriceStep
from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Role
from store.services import allocation, pools, reference
from store.services.allocation import Loser, Outlook, Why
from tests.commands import duijie
from tests.conftest import DAY
from tui import allocation_text, cli, i18n, pool_text
from tui.words import state_word, value_word

LATHE = ("C002", "N000016", "N000017", "N000037", "N000068")
LENSES = ("C082", "N000024", "N000043", "N000069", "N000074")


def said(path: Path, *words: str, code: int = 0) -> Any:
    """What a command answers as JSON, and that it left with a code."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as talk:
        left = cli.run(["--db", str(path), "--lang", "en", *words, "--json"])
    assert left == code, talk.getvalue()
    return json.loads(out.getvalue() or "null")


def told(path: Path, *words: str, lang: str = "en") -> str:
    """What a command writes for people."""
    done = duijie("--db", str(path), *words, lang=lang)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture
def staffed(demo_path: Path, stocked: Store) -> Path:
    """The demo with a colleague of another centre, an institution's teacher and a supervisor."""
    for login, name, role, organisation in (
        ("liqiang", "李强", Role.OPERATOR, "C-HG"),
        ("teacher", "老师", Role.INSTITUTION, "T01"),
        ("boss", "周主管", Role.SUPERVISOR, "BUREAU"),
    ):
        if stocked.read(reference.actor, login) is None:
            stocked.write(reference.add_user, login, name, role, organisation)
    return demo_path


def test_the_radar_is_data_and_sentences(demo_path: Path) -> None:
    found = said(demo_path, "pool", "--top", "5")
    assert [one["rank"] for one in found["pools"]] == [1, 2, 3, 4, 5]
    heads = [one["heads"] for one in found["pools"]]
    assert heads == sorted(heads, reverse=True)
    for one in found["pools"]:
        assert one["heads"] == sum(member["heads"] for member in one["members"])
        assert one["bundle"]["course"]["code"]
        assert one["steps"]
    lenses = next(one for one in found["pools"] if one["bundle"]["course"]["code"] == LENSES[0])
    assert {member["need"] for member in lenses["members"]} == set(LENSES[1:])
    (only,) = said(demo_path, "pool", "--course", "c082")["pools"]
    assert only["members"] == lenses["members"]
    short = next(one for one in found["pools"] if one["missing"])
    assert short["tipping"]
    grown = said(demo_path, "pool", "--exact-needs", "2", "--most-share", "0.6")
    assert not all(one["exact"] for one in grown["pools"])
    assert "most_share=0.6" in grown["pooling"]["version"]
    said(demo_path, "pool", "--course", "C999999", code=3)
    english, chinese = (told(demo_path, "pool", lang=lang) for lang in ("en", "zh"))
    assert "10 heads ¥1,980 · 11 heads ¥1,800" in english
    assert "10人 ¥1,980 · 11人 ¥1,800" in chinese
    assert "above the budget (¥1,180 a head, budget ¥1,000)" in english
    assert "离最低开班人数还差2人" in chinese


def test_a_pooled_class_from_its_hold_to_its_end(demo_path: Path) -> None:
    before = said(demo_path, "proposal", "list", "--all")
    tried = said(demo_path, "pool", "hold", *LATHE, "--dry-run")
    assert [one["status"] for one in tried["proposals"]] == ["draft"] * 4
    assert said(demo_path, "proposal", "list", "--all") == before
    made = said(demo_path, "pool", "hold", *(word.lower() for word in LATHE), "--request", "r1")
    again = said(demo_path, "pool", "hold", *LATHE, "--request", "r1")
    assert again == made
    assert made["heads"] == 13
    code = made["pool"]
    sent = said(demo_path, "pool", "send", code)
    assert {one["status"] for one in sent["proposals"]} == {"sent"}
    said(demo_path, "pool", "send", code, code=4)
    said(demo_path, "pool", "reveal", code, "E004", "--to", "E005", code=4)  # no consent yet
    said(demo_path, "pool", "reveal", code, "E004", "--to", "E004", code=1)
    said(demo_path, "pool", "reveal", code, "E004", "--to", "E099", code=3)
    first = made["proposals"][0]["code"]
    said(demo_path, "proposal", "accept", first, "--party", "E004")
    named = said(demo_path, "pool", "reveal", code, "E004", "--to", "E005")
    assert named["name"] in told(demo_path, "proposal", "show", made["proposals"][1]["code"])
    assert [entry["act"] for entry in said(demo_path, "pool", "history", code)] == [
        "pool",
        "reveal",
    ]
    assert "E004，告诉了E005" in told(demo_path, "pool", "history", code, lang="zh")
    gone = said(demo_path, "pool", "withdraw", code, "--reason", "停产")
    assert {one["status"] for one in gone["proposals"]} == {"withdrawn"}
    said(demo_path, "pool", "send", "G999999", code=3)
    assert said(demo_path, "store", "check")["ok"]


def test_pooled_and_sent_in_one_go(demo_path: Path) -> None:
    shown = told(demo_path, "pool", "hold", *LENSES, "--send")
    assert shown.startswith("G000001: 11 heads in C082")
    assert shown.count("  sent  until ") == 4
    found = told(demo_path, "proposal", "show", "P000006", lang="zh")
    assert "拼班 G000001，同班的有：" in found


def test_a_repeat_sends_what_the_first_time_only_held(demo_path: Path) -> None:
    made = said(demo_path, "pool", "hold", *LENSES, "--request", "r2")
    sent = said(demo_path, "pool", "hold", *LENSES, "--send", "--request", "r2")
    assert [one["code"] for one in sent["proposals"]] == [one["code"] for one in made["proposals"]]
    assert {one["status"] for one in sent["proposals"]} == {"sent"}
    assert said(demo_path, "pool", "hold", *LENSES, "--send", "--request", "r2") == {
        **sent,
        "proposals": [{**one, "warnings": []} for one in sent["proposals"]],
    }
    said(demo_path, "pool", "withdraw", sent["pool"])
    over = said(demo_path, "pool", "hold", *LENSES, "--request", "r2")
    assert {one["status"] for one in over["proposals"]} == {"withdrawn"}
    assert said(demo_path, "pool", "history", sent["pool"])


def test_what_cannot_be_pooled_is_said(demo_path: Path) -> None:
    found = said(demo_path, "pool", "hold", "C002", "N000016", "N000024", code=4)
    assert found["error"] == "pool_infeasible"
    assert "N000024" in found["message"]
    said(demo_path, "pool", "hold", "C999999", "N000016", "N000017", code=3)
    said(demo_path, "pool", "hold", "C002", "N999999", "N000017", code=3)
    assert duijie("--db", str(demo_path), "pool", "--most-share", "2").returncode == 2


def test_one_plan_for_all_is_shown_held_and_undone(demo_path: Path) -> None:
    before = said(demo_path, "proposal", "list", "--all")
    found = said(demo_path, "allocate", "--dry-run")
    assert found["applied"] is None
    assert found["before"]["value"] <= found["value"] <= found["bound"]
    assert found["before"]["heads"] < found["heads"] == sum(a["heads"] for a in found["awards"])
    assert len(found["awards"]) + len(found["losers"]) == found["needs"] == 76
    assert {one["why"] for one in found["losers"]} <= {"nothing_fits", "rivals", "policy"}
    assert all(one["words"] for one in found["losers"])
    pooled = next(award for award in found["awards"] if award["pool"])
    assert pooled["need"] in pooled["pool"]
    assert any(award["different"] for award in found["awards"])
    tried = said(demo_path, "allocate", "--apply", "--dry-run")
    assert len(tried["applied"]["proposals"]) == len(found["awards"])
    refused = said(demo_path, "allocate", "--apply", code=4)  # nobody said yes
    assert refused["error"] == "allocation_not_confirmed"
    assert said(demo_path, "proposal", "list", "--all") == before
    made = said(demo_path, "allocate", "--apply", "--yes", "--request", "noon")["applied"]
    again = said(demo_path, "allocate", "--apply", "--yes", "--request", "noon")
    assert again["applied"] == made
    said(demo_path, "allocate", "--apply", "--yes", code=4)  # nothing is left to give
    assert [one["code"] for one in said(demo_path, "allocate", "list")] == [made["code"]]
    assert said(demo_path, "allocate", "show", made["code"])["proposals"] == made["proposals"]
    shown = told(demo_path, "allocate", "show", made["code"].lower(), lang="zh")
    assert shown.startswith(
        f"{made['code']}：已执行，{len(made['proposals'])} 张撮合单，已发出 0 张"
    )
    undone = said(demo_path, "allocate", "undo", made["code"])
    assert undone["status"] == "undone"
    listed = said(demo_path, "proposal", "list", "--all", "--top", "200")
    live = [one for one in listed if one["status"] != "withdrawn"]
    assert {p["code"] for p in live} == {p["code"] for p in before}
    said(demo_path, "allocate", "undo", made["code"], code=4)
    said(demo_path, "allocate", "show", "A999999", code=3)
    assert said(demo_path, "store", "check")["ok"]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_says_how_far_it_is_and_asks(
    demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    talk = Terminal()
    monkeypatch.setattr("sys.stderr", talk)
    with redirect_stdout(io.StringIO()):
        assert cli.run(["--db", str(demo_path), "--lang", "zh", "allocate", "--apply"]) == 4
    assert "76 / 76\n" in talk.getvalue()
    assert "条需求占用？[y/N] 未作任何改动" in talk.getvalue()


def test_a_plan_that_is_held_is_sent_after_a_yes(demo_path: Path) -> None:
    said(demo_path, "allocate", "--send", code=2)  # --send goes with --apply
    made = said(demo_path, "allocate", "--apply", "--yes")["applied"]
    assert made["sent"] == []
    said(demo_path, "allocate", "send", made["code"], code=4)  # nobody said yes
    sent = said(demo_path, "allocate", "send", made["code"], "--yes")
    assert sent["sent"] == made["proposals"]
    refused = said(demo_path, "allocate", "undo", made["code"], code=4)
    assert refused["error"] == "allocation_sent"


def test_the_plan_in_both_languages(demo_path: Path) -> None:
    english, chinese = (told(demo_path, "allocate", lang=lang) for lang in ("en", "zh"))
    before = said(demo_path, "allocate")["before"]["heads"]
    assert f"First come, first served: {before} heads" in english
    assert f"先到先得：{before}人" in chinese
    assert "nobody offers a course like it" in english
    assert "没有机构开这样的课程" in chinese
    assert "turn by turn: nothing" in english
    assert "与 N000043 N000069 N000074 拼班" in chinese
    assert "may be left to gain" in english or "Proven" in english


def test_rights(staffed: Path) -> None:
    for words in (("pool",), ("allocate",), ("allocate", "list")):
        said(staffed, *words, "--user", "teacher", code=5)
    assert said(staffed, "pool", "--user", "boss")["pools"]
    said(staffed, "allocate", "--apply", "--yes", "--user", "boss", code=5)
    code = said(staffed, "pool", "hold", *LATHE)["pool"]
    for act in ("send", "withdraw", "history"):
        said(staffed, "pool", act, code, "--user", "liqiang", code=5)
    made = said(staffed, "allocate", "--apply", "--yes")["applied"]["code"]
    for act in ("send", "undo", "show"):
        said(staffed, "allocate", act, made, "--yes", "--user", "liqiang", code=5)
    assert said(staffed, "allocate", "list", "--user", "liqiang") == []


def test_the_policy_is_the_supervisors(staffed: Path) -> None:
    before = said(staffed, "allocate", "policy")
    assert before["urgency"] == 0.3
    said(staffed, "allocate", "policy", "set", "urgency=0.4", code=5)
    boss = ("allocate", "policy", "set", "--user", "boss")
    tried = said(staffed, *boss, "urgency=0.4", "--dry-run")
    assert tried["urgency"] == 0.4
    assert tried["version"] != before["version"]
    assert said(staffed, "allocate", "policy") == before
    after = said(staffed, *boss, "urgency=0.4", "short=4-14-03-04", "firm_heads=20")
    assert after["short"] == [*before["short"], "4-14-03-04"]  # behind those of the signed list
    assert after["firm_heads"] == 20
    assert after["version"] == tried["version"]  # what was tried is not counted
    assert said(staffed, "allocate")["policy"] == after
    assert said(staffed, *boss, "firm_heads=", "short=")["firm_heads"] is None
    for wrong in ("urgency=often", "urgency=-1", "least_score=2", "urgent_days=0.5"):
        assert said(staffed, *boss, wrong, code=1)["error"] == "policy_term"
    assert said(staffed, *boss, "speed=1", code=1)["error"] == "field_unknown"
    said(staffed, *boss, "urgency", code=2)
    shown = told(staffed, "allocate", "policy", lang="zh")
    assert shown.startswith("版本 v")
    assert "\nurgency=0.4 " in shown


def test_the_optimiser_is_asked_for_or_said_to_be_missing(
    demo_path: Path,
) -> None:
    try:
        is_there = importlib.import_module("matching.exact").is_available()
    except ImportError:
        is_there = False
    found = said(demo_path, "allocate", "--prove", code=0 if is_there else 1)
    if is_there:
        assert found["method"] == "optimal"
    else:
        assert found["error"] == "solver_missing"


def test_the_optimiser_gets_the_problem_and_its_time(
    demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def prove(choices: object, capacity: object, start: Packing, seconds: float) -> Packing:
        given.append(seconds)
        return replace(start, bound=start.value, method="optimal")

    exact = ModuleType("matching.exact")
    vars(exact).update(prove=prove, is_available=lambda: True)
    monkeypatch.setitem(sys.modules, "matching.exact", exact)
    found = said(demo_path, "allocate", "--prove", "--seconds", "3")
    assert given
    assert set(given) == {3.0}
    assert (found["method"], found["gap"]) == ("optimal", 0.0)


@pytest.fixture
def outlook(stocked: Store) -> Outlook:
    return stocked.read(allocation.outlook, by=OPERATOR, today=DAY)


def test_scarce_things_have_names_that_people_know(outlook: Outlook) -> None:
    pooled = next(a for a in outlook.awards if a.pool and a.bundle.instructors)
    session = next(s for s in pooled.bundle.sessions if s.slot)
    person = pooled.bundle.instructors[0]
    venue = pooled.bundle.venue
    assert venue is not None
    firm = outlook.needs[pooled.need]
    for resource, words in (
        (f"slot:{session.slot}", venue.name),
        (f"who:{person.id}:11+12", f"hours of {person.name}"),
        ("who:I999:1", "hours of an instructor (I999)"),
        (f"need:{pooled.need}", firm.firm),
        (f"firm:{firm.view.enterprise}", firm.firm),
        ("run:R999", "seats in run R999"),
        ("slot:S999", "workstations of slot S999"),
        ("assessment:AS99", "assessment seats of AS99"),
        ("moon:M1", "moon M1"),
    ):
        assert words in allocation_text.scarce_word(resource, outlook)
    for award in outlook.awards:
        if award.bundle.run is not None:
            told = allocation_text.scarce_word(f"run:{award.bundle.run.id}", outlook)
            assert award.bundle.course.title in told
        if award.bundle.assessment is not None:
            told = allocation_text.scarce_word(f"assessment:{award.bundle.assessment.id}", outlook)
            assert told.startswith("assessment seats on ")


def test_why_somebody_goes_without_is_said(outlook: Outlook) -> None:
    need = outlook.awards[0].need
    rivals = tuple(award.need for award in outlook.awards[1:9])
    for loser, words in (
        (Loser(need, 2, Why.POLICY), "nothing for it scores 40 or more"),
        (Loser(need, 2, Why.RIVALS), "others are worth more under the policy"),
        (Loser(need, 2, Why.RIVALS, (), "run:R9"), "others wait in line for it"),
        (Loser(need, 9, Why.RIVALS, (), "firm:E001"), "it asks for more by itself"),
        (Loser(need, 2, Why.RIVALS, (), "run:R9", rivals), f"{rivals[5]} … have it"),
    ):
        assert words in allocation_text.loser_line(loser, outlook)
    bare = replace(outlook, awards=(), losers=(), before={}, before_value=0.0, method="optimal")
    assert "Proven best" in "\n".join(allocation_text.outlook_lines(bare))


def test_words_of_a_cluster(stocked: Store) -> None:
    found = stocked.read(pools.radar, by=OPERATOR, today=DAY)
    one = found.pools[0]
    member = one.members[0]
    assert "/" not in pool_text.member_word(member, found.needs)
    fewer = replace(member, heads=1)
    assert pool_text.member_word(fewer, found.needs).endswith(f"1/{member.heads} heads")
    assert pool_text.member_word(fewer, {}) == f"{member.id} 1 head"
    assert pool_text.steps_word((PriceStep(8, None), PriceStep(12, 123750))) == (
        "8 heads price unknown · 12 heads ¥1,238"
    )
    alone = replace(one, missing=3, tipping=(), outsiders=(), is_exact=False)
    lines = "\n".join(pool_text.pool_lines(alone, found.needs))
    assert "No one or two others" in lines
    assert "there may be a better one" in lines
    i18n.use("zh")
    assert "还差3人" in "\n".join(pool_text.pool_lines(alone, found.needs))


def test_a_state_has_the_word_of_its_kind() -> None:
    assert state_word("allocation", "applied") == "carried out"
    assert state_word("institution", "applied") == value_word("applied") == "applied"
