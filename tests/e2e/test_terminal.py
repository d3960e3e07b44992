"""The desk in a real terminal: tmux types, the screen is read back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import open_store
from store.models import SlotRow
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft
from store.services import health, matchmaking, records
from tests.conftest import DAY

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """One tmux pane with the desk in it."""

    def __init__(
        self, db: Path, size: str = "80x24", lang: str = "zh", user: str = "wangfang"
    ) -> None:
        self.socket = f"duijie-{uuid.uuid4().hex[:8]}"
        width, height = size.split("x")
        command = (
            f"{sys.executable} -m tui --db {db} --lang {lang} --user {user}; echo LEFT $?; sleep 60"
        )
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            "DUIJIE_START": "needs",
        }
        subprocess.run(
            [
                "tmux",
                "-L",
                self.socket,
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                width,
                "-y",
                height,
                command,
            ],
            check=True,
            cwd=ROOT,
            env=environment,
        )

    def keys(self, *keys: str) -> None:
        """Send keys in one burst, without waiting between them."""
        subprocess.run(["tmux", "-L", self.socket, "send-keys", *keys], check=True)

    def screen(self) -> str:
        """What is on the screen."""
        done = subprocess.run(
            ["tmux", "-L", self.socket, "capture-pane", "-p"],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def wait(self, is_there: Callable[[str], bool], seconds: float = 20) -> str:
        """The screen once something is on it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            shown = self.screen()
            if is_there(shown):
                return shown
            time.sleep(0.1)
        raise AssertionError(self.screen())

    def close(self) -> None:
        """End the pane."""
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], check=False)


@pytest.fixture
def terminal(demo_path: Path) -> Iterator[Terminal]:
    opened = Terminal(demo_path)
    yield opened
    opened.close()


def newest(db: Path, count: int) -> list[dict[str, object]]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tui",
            "--db",
            str(db),
            "--json",
            "list",
            "need",
            "--after",
            "N000080",
        ],
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    items: list[dict[str, object]] = json.loads(done.stdout)["items"]
    assert len(items) == count
    return items


_THIRD = {
    "enterprise": "E043",
    "text": "缝纫工",
    "heads": 9,
    "level": 2,
    "certificate": True,
    "earliest": "2026-12-01",
    "latest": "2026-12-21",
    "weekly": "Sat all day",
    "area": "440307017",
    "max_travel_km": 12,
    "budget": 800,
    "min_practice_hours": 16,
    "mode": "centre",
    "can_split": True,
}


def test_a_burst_of_keys_lands_in_the_right_fields(terminal: Terminal, demo_path: Path) -> None:
    """Trap 1: three whole records typed without one pause; every field is right, the seldom ones too."""
    terminal.wait(lambda shown: "需求 81" in shown)
    first = [
        "F2",
        "锐坪精密",
        "Tab",
        "招5个数控车工，考中级证",
        "Tab",
        "5",
        "Tab",
        "Tab",
        "1",
        "Tab",
        "Tab",
    ]
    rest = ["12-31", "Tab", "晚+周末", "Tab", "Tab", "15", "Tab", "2000", "Enter"]
    second = ["E002", "Enter", "打氩弧焊的", "Enter", "4", "C-s"]
    third = ["深圳市盛禾电梯工程有限公司", "Tab", "缝纫工", "Tab", "9", "Tab", "五级", "Tab"]
    third += [
        "1",
        "Tab",
        "12-1",
        "Tab",
        "+30",
        "Tab",
        "周六",
        "Tab",
        "横岗街道",
        "Tab",
        "12",
        "Tab",
    ]
    third += ["800", "Tab", "16", "Tab", "线下", "Tab", "1", "C-s"]
    terminal.keys(*first, *rest, *second, *third)
    terminal.wait(lambda shown: "已登记 3 条" in shown)
    one, two, three = newest(demo_path, 3)
    assert one["enterprise"] == "E001"
    assert one["text"] == "招5个数控车工，考中级证"
    assert (one["heads"], one["level"], one["certificate"]) == (5, 3, True)
    assert (one["latest"], one["weekly"]) == ("2026-12-31", "Mon-Fri 18:30-21:30; Sat,Sun all day")
    assert (one["max_travel_km"], one["budget"]) == (15, 2000)
    assert (two["enterprise"], two["text"], two["heads"]) == ("E002", "打氩弧焊的", 4)
    assert (two["max_travel_km"], two["latest"], two["budget"]) == (
        15,
        None,
        None,
    )  # as said before
    assert {name: three[name] for name in _THIRD} == _THIRD


def test_what_is_typed_ahead_of_a_dialog_lands_in_it(terminal: Terminal) -> None:
    """Search, command line and filter open before the next key of a burst is handled."""
    terminal.wait(lambda shown: "需求 81" in shown)
    terminal.keys("/", "skcg")
    terminal.wait(lambda shown: "skcg" in shown and "车工" in shown)
    terminal.keys("Escape")
    terminal.wait(lambda shown: "需求 81" in shown)
    terminal.keys(":", "djxq")
    terminal.wait(lambda shown: "djxq" in shown and "登记需求" in shown)
    terminal.keys("Escape")
    terminal.wait(lambda shown: "需求 81" in shown)
    terminal.keys("f", "bl skcg", "Enter")
    terminal.wait(lambda shown: "筛选：bl skcg" in shown)
    terminal.keys(":", "n rpjm/skcg 4/5/12-31", "Enter", ":", "f", " 开放", "Enter")
    terminal.wait(lambda shown: "N000081" in shown and "筛选：开放" in shown)
    terminal.keys(":", "m 81", "Enter")
    terminal.wait(lambda shown: "把握" in shown and "N000081" in shown)


def test_what_is_typed_ahead_of_another_screen_lands_there(terminal: Terminal) -> None:
    """F2 on the dashboard and a whole record in one burst: the form is there before the next key."""
    terminal.wait(lambda shown: "需求 81" in shown)
    terminal.keys("1")
    terminal.wait(lambda shown: "本周进度" in shown)
    terminal.keys("F2", "rpjm", "Tab", "skcg 4 5p eve", "C-s")
    terminal.wait(lambda shown: "已保存 N000081" in shown)
    terminal.keys("Escape")
    terminal.wait(lambda shown: "u撤销" in shown)


def test_the_main_job_from_call_to_reasons(terminal: Terminal) -> None:
    terminal.wait(lambda shown: "需求 81" in shown)
    terminal.keys("F2", "rpjm", "Tab", "招5个数控车工，考中级证", "Tab", "5", "C-s")
    terminal.wait(lambda shown: "已保存 N000081" in shown)
    terminal.keys("F6")
    shown = terminal.wait(lambda shown: "把握" in shown)
    assert "数控车工（四级）技能提升班" in shown
    assert "为何" in shown
    terminal.keys("C-q")
    terminal.wait(lambda shown: "LEFT 0" in shown)


def test_what_one_desk_registers_appears_on_the_other(terminal: Terminal, demo_path: Path) -> None:
    other = Terminal(demo_path, size="120x40")
    try:
        for desk in (terminal, other):
            desk.wait(lambda shown: "需求 81" in shown)
        other.keys("F2", "rpjm", "Tab", "招5个焊")  # in the middle of a record of one's own
        other.wait(lambda shown: "招5个焊" in shown)
        terminal.keys("F2", "E002", "Tab", "打氩弧焊的", "Tab", "4", "C-s")
        terminal.wait(lambda shown: "已保存 N000081" in shown)
        other.wait(lambda shown: "需求 82" in shown and "打氩弧焊的" in shown, seconds=2)
        other.keys("工", "Tab", "5", "C-s")
        terminal.wait(lambda shown: "需求 83" in shown and "招5个焊工" in shown, seconds=4)
    finally:
        other.close()


def rivals(db: Path) -> str:
    """Two needs that want the same workstations, one at each centre, and stations for one of them."""
    store = open_store(str(db))
    view = store.read(records.fetch, "need", "N000012", by=OPERATOR)
    values = {name: getattr(view, name) for name in NeedDraft.model_fields}
    draft = NeedDraft.model_validate(values)
    for by in (OPERATOR, Actor("liqiang", "李强", Role.OPERATOR, "C-HG")):
        store.write(records.register, draft, by=by)
    found = store.read(matchmaking.rank_bundles, "N000081", by=OPERATOR, today=DAY)
    best = found.ranking.bundles[0]
    venue = best.venue.id if best.venue else ""
    heads = max(meeting.heads or 0 for meeting in best.sessions)
    wanted = -(-heads // best.course.heads_per_station)

    def leave_enough_for_one(session: Session) -> None:
        session.execute(
            update(SlotRow)
            .where(SlotRow.venue == venue, SlotRow.equipment == best.course.equipment)
            .where(SlotRow.stations_free > wanted)
            .values(stations_free=wanted)
        )

    store.write(leave_enough_for_one)
    store.close()
    return venue


def test_two_desks_fight_for_the_last_workstations(demo_path: Path) -> None:
    """One wins, the other is told by whom and takes the next best with one key."""
    rivals(demo_path)
    one, two = Terminal(demo_path), Terminal(demo_path, user="liqiang")
    try:
        for desk, moves in ((one, ("Down", "3")), (two, ("3",))):
            desk.wait(lambda shown: "需求 83" in shown)
            desk.keys(*moves)
            desk.wait(lambda shown: "把握" in shown)
        one.keys("p")
        two.keys("p")
        screens = [
            desk.wait(lambda shown: "草稿" in shown or "下一个最佳方案" in shown)
            for desk in (one, two)
        ]
        (lost,) = [at for at, shown in enumerate(screens) if "下一个最佳方案" in shown]
        if folder := os.environ.get("DUIJIE_SCREENS"):
            for name, shown in zip(("one", "two"), screens, strict=True):
                Path(folder, f"{name}.txt").write_text(shown, encoding="utf-8")
        assert "只剩0个" in screens[lost].replace("\n", "")
        assert "P000006" in screens[lost]  # who was faster
        (one, two)[lost].keys("Enter")
        after = (one, two)[lost].wait(lambda shown: "草稿" in shown)
        if folder:
            Path(folder, "after.txt").write_text(after, encoding="utf-8")
        assert open_store(str(demo_path)).read(health.check) == ()
    finally:
        one.close()
        two.close()


def test_control_characters_never_reach_the_terminal(demo_path: Path) -> None:
    """A title written behind the program's back is drawn without its escape sequence."""
    import sqlite3

    with sqlite3.connect(demo_path) as behind:
        text = "'A' || char(27) || ']0;PWNED' || char(7) || 'B'"
        behind.execute(f"UPDATE need SET text = {text} WHERE code = 'N000080'")
    terminal = Terminal(demo_path)
    try:
        terminal.wait(lambda shown: "需求 81" in shown and "PWNED" in shown)
        title = subprocess.run(
            ["tmux", "-L", terminal.socket, "display-message", "-p", "#{pane_title}"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert "PWNED" not in title
    finally:
        terminal.close()
