"""The register of instructors at the desk and by command."""

from __future__ import annotations

import json
from pathlib import Path

from store import Store
from store.schemas.actor import Actor, Role
from store.services import instructor_register
from tests.commands import duijie
from tests.conftest import DAY
from tests.tui.driving import frame, press, running, settle

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")


async def test_a_supervisor_strikes_off_with_a_reason_and_files_again(stocked: Store) -> None:
    async with running(stocked, size=(140, 40), by=SUPERVISOR, start="dashboard") as pilot:
        await press(pilot, "4", "enter", "l", "l")
        await settle(pilot)
        assert "on register" in frame(pilot)
        await press(pilot, "g", "3")
        await press(pilot, *"fraud", "enter")
        assert "struck off" in frame(pilot)
        (found,) = stocked.read(
            instructor_register.listed, by=SUPERVISOR, today=DAY, state="struck_off"
        )
        assert (found.institution, found.reason) == ("T01", "fraud")
        await press(pilot, "g", "1")
        assert f"✓ {found.code}" in frame(pilot)
    assert not stocked.read(
        instructor_register.listed, by=SUPERVISOR, today=DAY, state="struck_off"
    )


async def test_an_operator_is_not_offered_the_key(stocked: Store) -> None:
    async with running(stocked, size=(140, 40)) as pilot:
        await press(pilot, "4", "enter", "l", "l", "g")
        assert "put on the register" not in frame(pilot)


def test_the_register_by_command(demo_path: Path) -> None:
    db = ("--db", str(demo_path), "--user", "supervisor")
    listed = json.loads(
        duijie(*db, "instructor-register", "list", "--state", "unfiled", "--json").stdout
    )
    code = listed[0]["code"]
    made = json.loads(duijie(*db, "instructor-register", "file", code, "--json").stdout)
    assert made["state"] == "filed"
    assert made["number"].startswith("JS")
    failed = duijie(*db, "instructor-register", "strike-off", code)
    assert failed.returncode != 0
    told = duijie(*db, "instructor-register", "strike-off", code, "--reason", "资格被吊销")
    assert "struck off" in told.stdout.decode()
    shown = json.loads(duijie(*db, "show", "instructor", code, "--json").stdout)
    assert shown["register_number"] == made["number"]
