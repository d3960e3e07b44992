"""Associations, marks and shares: on the offerings screen by keys, and by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seed.demo import OPERATOR
from store import Store
from store.services import associations
from tests.commands import duijie
from tests.conftest import DAY
from tests.tui.driving import frame, press, running, settle
from tui.screens.offerings import KINDS
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList
from tui.words import kind_word


async def test_an_association_is_listed_added_and_looked_into(stocked: Store) -> None:
    async with running(stocked, size=(140, 40)) as pilot:
        await pilot.press("4")
        await settle(pilot)
        await pilot.press("enter", "left")  # the last kind is the one before the first
        await settle(pilot)
        assert "龙岗区职业技能" in frame(pilot)
        assert "training al" in frame(pilot)
        await pilot.press("o")
        await settle(pilot)
        assert "instructors for 起重工: 平沃培训 without" in frame(pilot)
        looked = stocked.read(associations.lacks, "XZ000001", by=OPERATOR, today=DAY)
        assert len(looked.members) < len(looked.association.members)  # one has left
        assert f"{len(looked.members)} members" in frame(pilot)
        await pilot.press("escape", "f2")
        await settle(pilot)
        form = pilot.app.screen
        assert form.query_one("#members", FormInput).value == "T01"
        form.query_one("#name", FormInput).value = "智能制造联盟"
        form.query_one("#sort", FormInput).value = "training_alliance"
        await pilot.press("ctrl+s")
        await settle(pilot)
    found = stocked.read(associations.page, "T01", by=OPERATOR)
    made = next(view for view in found.items if view.name == "智能制造联盟")
    assert made.owner == OPERATOR.organisation


async def test_a_list_is_narrowed_to_a_mark_and_wide_again(stocked: Store) -> None:
    async with running(stocked, size=(140, 40)) as pilot:
        await pilot.press("4")
        await settle(pilot)
        await pilot.press("enter", "v", "3")  # apprenticeship
        await settle(pilot)
        assert "C002" in frame(pilot)
        assert "C001" not in frame(pilot)
        assert "apprenticeship" in frame(pilot)
        await pilot.press("v", "6")  # degree track, of which this school has none
        await settle(pilot)
        assert "v shows all again" in frame(pilot)
        await pilot.press("v", "1")
        await settle(pilot)
        assert "C001" in frame(pilot)
        await pilot.press("tab", "v", "2")  # institutions by their sort
        await settle(pilot)
        assert "榕盛职校" in frame(pilot)
        assert "铸朗培训" not in frame(pilot)


async def test_instructors_are_looked_into_against_the_rules(stocked: Store) -> None:
    async with running(stocked, size=(140, 40)) as pilot:
        await pilot.press("4")
        await settle(pilot)
        await pilot.press("enter", "l", "l", "o")
        await settle(pilot)
        assert "at least 90 %" in frame(pilot)
        assert "full-timers: 8, at most 12" in frame(pilot)


async def test_thresholds_and_firms_below_the_floor_stand_beside_their_lists(
    stocked: Store,
) -> None:
    async with running(stocked, size=(140, 40)) as pilot:
        await pilot.press("T")
        await settle(pilot)
        await pilot.press("h")
        await settle(pilot)
        assert "award: 1 people" in frame(pilot)
        await pilot.press("G")
        await settle(pilot)
        await pilot.press("v", "v", "s")
        await settle(pilot)
        assert "0 firms spent less" in frame(pilot)


def test_associations_are_kept_and_compared_by_command(demo_path: Path) -> None:
    db = ("--db", str(demo_path))
    fields = ("name=焊接联盟", "sort=training_alliance", "members=T12; T03 2026-01-01..")
    made = json.loads(duijie(*db, "add", "association", *fields, "--json").stdout)
    code = made["code"]
    assert made["members"][1]["first_day"] == "2026-01-01"
    course = ("institution=T12", "title=焊工", "occupations=6-18-02-04")
    assert duijie(*db, "add", "course", *course).returncode == 0
    found = json.loads(duijie(*db, "association", "lacks", code, "--json").stdout)
    lack = next(one for one in found["items"] if one["subject"] == "6-18-02-04")
    assert (lack["lacking"][0][0], lack["holders"][0]["code"]) == ("T12", "T03")
    assert "焊接联盟" in duijie(*db, "association", "of", "T12").stdout.decode()
    within = json.loads(duijie(*db, "match", "N000049", "--within", "XZ000001", "--json").stdout)
    members = {"T01", "T02", "T03", "T04", "T11", "T12"}
    assert {one["course"]["institution"] for one in within["bundles"]} <= members
    assert duijie(*db, "match", "--all", "--within", code).returncode == 2


def test_records_are_listed_by_what_they_say(demo_path: Path) -> None:
    db = ("--db", str(demo_path))
    told = json.loads(duijie(*db, "list", "course", "--where", "programme=degree", "--json").stdout)
    assert [one["code"] for one in told["items"]] == ["C122"]
    said = duijie(*db, "list", "course", "--where", "modules=x")
    assert said.returncode != 0
    assert "cannot look for modules" in said.stderr.decode()
    short = duijie(*db, "fund", "short", "--year", "2025", "--json")
    assert json.loads(short.stdout) == []
    reached = json.loads(duijie(*db, "credit", "list", "award", "--json").stdout)
    assert [one["threshold"] for one in reached] == ["award"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_kind_has_its_tab_and_codes_are_whole_in_a_small_window(
    stocked: Store, language: str
) -> None:
    async with running(stocked, language, (80, 24)) as pilot:
        await press(pilot, "4", "enter")
        for _kind in KINDS:
            for word in map(kind_word, KINDS):
                assert f" {word} " in frame(pilot)
            codes = [row.code for row in pilot.app.screen.query_one("#records", RecordList).rows]
            assert all(f" {code} " in frame(pilot) for code in codes[:3])
            await press(pilot, "right")
