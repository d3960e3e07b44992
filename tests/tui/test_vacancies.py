"""Vacancies, endorsements and shared costs on screen and by commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.services import costs, endorsements, vacancies
from tests.conftest import DAY
from tests.tui.driving import frame, press, running
from tui import cli, i18n
from tui.vacancy_text import read_answer


async def test_a_vacancy_with_keys(stocked: Store) -> None:
    async with running(stocked, by=OPERATOR, size=(120, 40)) as pilot:
        words = "E059; 缝纫工; 2; 12-10; 6-05-01-03; 五级"
        await press(pilot, "J", "n", *words, "enter")
        made = next(
            one
            for one in stocked.read(vacancies.listed, by=OPERATOR)
            if (one.enterprise, one.heads) == ("E059", 2)
        )
        assert (made.occupation, made.level, str(made.until)) == ("6-05-01-03", 2, "2026-12-10")
        await press(pilot, "r", "home", "l", *"N000015", "enter")  # its last day is the first
        assert stocked.read(vacancies.shown, made.code, by=OPERATOR).needs == ("N000015",)
        await press(pilot, "t", *"H000003", "enter", "a", *"H000003 hired 试用", "enter", "r")
        shown = stocked.read(vacancies.shown, made.code, by=OPERATOR)
        assert (shown.filled, shown.referrals[0].note) == (1, "试用")
        assert "hired" in frame(pilot)
        assert "1/2" in frame(pilot)
        await press(pilot, "enter")
        assert "N000015" in frame(pilot)
        await press(pilot, "J", "t", *"H000003", "enter")  # refused: the line stands to be mended
        assert "was referred to" in frame(pilot)
        await press(pilot, "backspace", "4", "enter")
        assert "H000004" in frame(pilot)
        await press(pilot, "e", "home", *["right"] * 12, "backspace", *"8", "enter")
        assert stocked.read(vacancies.shown, made.code, by=OPERATOR).heads == 8
        await press(pilot, "x")
        assert "H000004" in frame(pilot)  # whom it meets
        await press(pilot, *"enough", "enter")
        assert stocked.read(vacancies.shown, made.code, by=OPERATOR).status == "withdrawn"
        await press(pilot, "u")
        assert stocked.read(vacancies.shown, made.code, by=OPERATOR).status == "active"
    async with running(stocked, by=_SUPERVISOR, size=(120, 40)) as pilot:
        await press(pilot, "J", "n", "x", "t")  # a supervisor looks
        assert "缝纫工" in frame(pilot)


async def test_a_need_endorsed_and_a_room_shared_with_keys(stocked: Store) -> None:
    async with running(stocked, by=_SUPERVISOR, size=(120, 40)) as pilot:
        await press(pilot, "2", "home", "b", *"XZ000002 缺人", "enter")
        assert "endorsed" in frame(pilot)
        (need,) = [
            one.code
            for one in pilot.app.screen.needs.rows  # type: ignore[attr-defined]
            if any(
                said.association == "XZ000002"
                for said in stocked.read(endorsements.of_need, one.code, by=OPERATOR)
            )
        ]
        assert need in frame(pilot)
    async with running(stocked, by=OPERATOR, size=(120, 40)) as pilot:
        await press(pilot, "M", "n", *"V03; 3; 2026-11-01..2026-12-31; T01 70, T02 30", "enter")
        one = next(one for one in stocked.read(costs.listed, by=OPERATOR) if one.venue == "V03")
        assert [part.percent for part in one.parts] == [70, 30]
        await press(pilot, "end")
        assert "70 %" in frame(pilot)
        await press(pilot, "g")
        assert "Shared costs by institution" in frame(pilot)
        await press(pilot, "g", "end", "x", *"wrong", "enter")
        assert "V03" not in {one.venue for one in stocked.read(costs.listed, by=OPERATOR)}


def test_by_commands(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str, user: str = "wangfang", code: int = 0) -> str:
        capsys.readouterr()
        assert cli.run(["--db", str(demo_path), "--user", user, *words]) == code
        return capsys.readouterr().out

    fields = ("enterprise=E059", "title=缝纫工", "heads=8", "until=12-31")
    assert json.loads(run("vacancy", "add", *fields, "--dry-run", "--json"))["left"] == 8
    made = json.loads(run("vacancy", "add", *fields, "--json"))["code"]
    run("vacancy", "add", *fields, user="supervisor", code=5)
    run("vacancy", "add", "enterprise=E059", code=1)
    assert "N000015" in run("vacancy", "link", made, "N000015")
    run("vacancy", "link", made, "N000001", code=4)
    assert json.loads(run("vacancy", "refer", made, "H000003", "--json"))["result"] == "open"
    assert "试用" in run("vacancy", "answer", made, "H000003", "hired", "--note", "试用")
    assert "1/8" in run("vacancy", "list", "--enterprise", "e059")
    assert json.loads(run("vacancy", "show", made, "--json"))["filled"] == 1
    told = json.loads(run("outcome", "set", "H000003", "new_job", "--vacancy", made, "--json"))
    assert told["vacancy"] == made
    assert made in run("trainee", "show", "H000003")
    assert json.loads(run("vacancy", "unlink", "N000015", "--json"))["needs"] == []
    run("vacancy", "withdraw", made, "--reason", "招满")
    run("endorse", "N000058", "XZ000002", code=5)
    found = json.loads(run("endorse", "N000058", "XZ000002", "--json", user="supervisor"))
    assert "XZ000002" in [one["association"] for one in found]
    run("endorse", "N000058", "XZ000002", "--undo", user="supervisor")
    assert "XZ000002" not in run("endorse", "N000058")
    days = ("--first", "2026-11-01", "--last", "2026-12-31")
    run("shared-cost", "add", "V03", "--hour", "3", *days, "--shares", "T01=70,T02=31", code=1)
    run("shared-cost", "add", "V03", "--hour", "3", *days, "--shares", "T01", code=2)
    one = json.loads(
        run(
            "shared-cost", "add", "V03", "--hour", "3", *days, "--shares", "T01=70,T02=30", "--json"
        )
    )
    assert [part["percent"] for part in one["parts"]] == [70, 30]
    assert "T01" in run("shared-cost", "sums")
    assert "FT000001" in run("class", "show", "B000001")
    run("shared-cost", "end", one["code"], "--reason", "误录")
    assert one["code"] not in run("shared-cost", "list")


@pytest.mark.parametrize(("language", "word"), [("zh", "录用"), ("zh", "hired"), ("en", "hired")])
def test_what_came_of_a_referral_is_typed_in_ones_own_words(language: str, word: str) -> None:
    i18n.use(language)
    who, draft = read_answer(f"h000003 {word} 周一上岗", DAY)
    assert (who, draft.result, draft.note) == ("H000003", "hired", "周一上岗")
