"""The terms of use at the desk, line by line and by command."""

from __future__ import annotations

import json
from pathlib import Path

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.services import usage_terms
from tests.commands import duijie
from tests.conftest import DAY
from tests.tui.driving import frame, press, running, settle

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
ZH, EN = (
    "新的一版使用条款：数据只用于培训对接，账号不得转借。",
    "New terms of use: lend your login to nobody.",
)


def publish(store: Store) -> None:
    store.write(usage_terms.publish, ZH, EN, day=DAY, by=SUPERVISOR, today=DAY)


async def test_a_new_version_is_accepted_at_the_first_desk(stocked: Store) -> None:
    publish(stocked)
    async with running(stocked) as pilot:
        await settle(pilot)
        assert "lend your login to nobody" in frame(pilot)
        await press(pilot, "y")
        assert "lend your login" not in frame(pilot)
        for worker in [one for one in pilot.app.workers if one.group == "dialog"]:
            await worker.wait()
    assert not stocked.read(usage_terms.is_wanted, by=OPERATOR, today=DAY)
    async with running(stocked) as pilot:
        assert "lend your login" not in frame(pilot)
        await pilot.app.run_action("app.terms")
        await settle(pilot)
        assert "You accepted them on" in frame(pilot)


async def test_whoever_does_not_accept_leaves(stocked: Store) -> None:
    publish(stocked)
    async with running(stocked, "zh") as pilot:
        await settle(pilot)
        assert "账号不得转借" in frame(pilot)
        await press(pilot, "escape")
        assert not pilot.app.is_running or pilot.app._exit
    assert stocked.read(usage_terms.is_wanted, by=OPERATOR, today=DAY)


def test_terms_by_command(demo_path: Path, tmp_path: Path) -> None:
    def said(user: str, *words: str) -> str:
        done = duijie("--db", str(demo_path), "--user", user, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    shown = json.loads(said("wangfang", "terms", "--json"))
    assert (shown["version"], bool(shown["accepted_at"])) == (1, True)
    for name, text in (("zh", ZH), ("en", EN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = ("--zh", str(tmp_path / "zh"), "--en", str(tmp_path / "en"))
    assert duijie(
        "--db", str(demo_path), "--user", "wangfang", "terms", "publish", *files
    ).returncode
    made = json.loads(said("supervisor", "terms", "publish", *files, "--json"))
    assert (made["version"], made["text_en"]) == (2, EN)
    people = json.loads(said("keeper", "terms", "people", "--json"))
    assert all(one["accepted_at"] is None for one in people)
    assert "You accepted them on" in said("wangfang", "terms", "--accept")
    plain = duijie(
        "--db", str(demo_path), "--user", "liqiang", "--plain", stdin=b"n\n"
    ).stdout.decode()
    assert "lend your login to nobody" in plain
    assert "register a need" not in plain
    plain = duijie(
        "--db", str(demo_path), "--user", "liqiang", "--plain", stdin=b"y\nq\n"
    ).stdout.decode()
    assert "register a need" in plain
    assert len(json.loads(said("liqiang", "terms", "versions", "--json"))) == 2
