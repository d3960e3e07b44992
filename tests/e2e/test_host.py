"""Sessions behind the front door, on real terminals: through the session host and without one."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.schemas.actor import SYSTEM
from store.services import audit, keys, sessions, users
from tests.e2e.door import Door
from tests.e2e.emulator import Emulator

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")


@pytest.fixture
def door(tmp_path: Path, demo_path: Path) -> Iterator[Door]:
    """A front door without a host."""
    made = Door(tmp_path, demo_path)
    yield made
    made.close()


@pytest.fixture
def hosted(door: Door) -> Door:
    """A front door with a session host."""
    door.start_host()
    return door


def _desk(door: Door, login: str = "wangfang") -> Emulator:
    return door.desk(login)


def _at_desk(shown: str) -> bool:
    return "N0000" in shown


def _is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text()


@pytest.mark.parametrize("has_host", [True, False])
def test_a_key_opens_the_desk_of_its_person_and_nobody_elses(door: Door, has_host: bool) -> None:
    host = door.start_host() if has_host else 0
    desk = _desk(door)
    try:
        desk.wait(_at_desk)
        session = door.newest()
        assert (session.login, session.key, session.ended_at) == ("wangfang", 1, None)
        assert (session.pid == desk.pid) is not has_host
        desk.resize(30, 100)
        wide = desk.wait(lambda now: len(now.splitlines()[1]) > 80)
        assert wide.count("\n") == 29
        desk.type(b"\x11")
        assert desk.end() == 0
        assert door.newest().ending == "left"
        assert host == 0 or _is_running(host)
    finally:
        desk.close()


def test_a_line_that_breaks_ends_the_session_keeps_the_draft_and_is_told_next_time(
    hosted: Door,
) -> None:
    desk = _desk(hosted)
    desk.wait(_at_desk)
    desk.type(b"n")
    desk.wait(lambda shown: "^S" in shown)
    desk.type("电工上岗证三个人".encode())
    desk.wait(lambda shown: "电工上岗证三个人" in shown)
    session = hosted.newest()
    desk.hang_up()
    assert hosted.wait(lambda: not _is_running(session.pid)) < 2
    assert hosted.newest().ending == "hang_up"
    again = _desk(hosted)
    try:
        again.wait(lambda shown: "电工上岗证三个人" in shown)
    finally:
        again.close()


def test_a_session_that_is_killed_touches_no_other(hosted: Door) -> None:
    first, second = _desk(hosted), _desk(hosted, "heling")
    try:
        first.wait(_at_desk)
        second.wait(lambda shown: "＊＊＊" in shown)
        open_now = hosted.store.read(sessions.listed, by=SYSTEM)
        killed = next(one for one in open_now if one.login == "wangfang")
        os.kill(killed.pid, signal.SIGKILL)
        assert first.end() == 1
        assert b"\x1b[?1049l" in first.sent
        second.type(b"?")
        second.wait(lambda shown: "Esc" in shown or "F1" in shown)
        assert _is_running(next(one.pid for one in open_now if one.login == "heling"))
        third = _desk(hosted)
        third.wait(_at_desk)
        third.close()
    finally:
        first.close()
        second.close()


def test_the_host_has_no_store_open_and_one_thread(hosted: Door) -> None:
    desk = _desk(hosted)
    try:
        desk.wait(_at_desk)
        child = hosted.newest().pid
        host = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
        opened = [str(one.readlink()) for one in Path(f"/proc/{host}/fd").iterdir()]
        assert not any("demo.db" in name for name in opened)
        assert len(list(Path(f"/proc/{host}/task").iterdir())) == 1
        theirs = [str(one.readlink()) for one in Path(f"/proc/{child}/fd").iterdir()]
        assert any("demo.db" in name for name in theirs)
    finally:
        desk.close()


@pytest.mark.parametrize("how", ["revoke", "suspend", "close"])
def test_whoever_may_not_be_in_any_more_is_out_at_once(hosted: Door, how: str) -> None:
    desk = _desk(hosted)
    try:
        desk.wait(_at_desk)
        session = hosted.newest()
        if how == "revoke":
            hosted.store.write(keys.revoke, 1, by=SYSTEM)
        elif how == "suspend":
            hosted.store.write(users.suspend, "wangfang", by=SYSTEM)
        else:
            hosted.store.write(sessions.close, session.id, by=SYSTEM)
        assert hosted.wait(lambda: not _is_running(session.pid)) < 10
        assert desk.end() == 5
        assert hosted.newest().ending == "closed"
        assert hosted.ask("today")[0] == (0 if how == "close" else 5)
    finally:
        desk.close()


def test_only_what_is_allowed_can_be_asked_for_over_ssh(hosted: Door) -> None:
    status, exported, _ = hosted.ask("export course", "heling")
    assert status == 0
    assert exported.splitlines()[0].lstrip("\ufeff").startswith("code,")
    assert all(",T01," in line for line in exported.splitlines()[1:] if line.startswith("K"))
    for refused in (
        "export course; id",
        "export course --output /tmp/x",
        "export $(id)",
        "export 'course",
        "import course /etc/passwd",
        "--db /etc/passwd export course",
        "export course --user keeper",
        "store backup",
        "sh -c id",
        "plain; id",
        "",
    ):
        status, told, said = hosted.ask(refused or "\n")
        assert (status, told) == (2, ""), refused
        assert said
    status, _, said = hosted.ask("import course --dry-run", "heling", exported.encode())
    assert status == 0, said


def test_what_stands_in_one_request_cannot_pass_for_another(hosted: Door) -> None:
    for _ in range(2):
        for command in ("today\nkey=2", "today\x1fkey=2", "today\n"):
            hosted.ask(command)
        hosted.end_host()
    hosted.ask("today")
    every = hosted.store.read(sessions.listed, by=SYSTEM, ended=True)
    assert {one.login for one in every} == {"wangfang"}


def test_terminals_that_cannot_draw_are_refused_with_a_sentence(hosted: Door) -> None:
    for term in ("dumb", "unknown", "$(id);../../etc", "x" * 500):
        desk = hosted.desk(TERM=term)
        assert desk.end() == 1
        assert b"\x1b[?1049h" not in desk.sent
        assert b"TERM" in desk.sent
        desk.close()


def test_nobody_has_more_sessions_than_they_may(hosted: Door) -> None:
    desks = []
    for _ in range(3):
        desks.append(_desk(hosted))
        desks[-1].wait(_at_desk)
    try:
        one_more = _desk(hosted)
        assert one_more.end() == 5
        refused = hosted.store.read(audit.entries, "refusal", "")
        assert [one.login for one in refused] == ["wangfang"]
        assert hosted.ask("today")[0] == 0
    finally:
        for desk in desks:
            desk.close()


def test_the_environment_of_a_session_is_a_list_of_its_own(hosted: Door) -> None:
    hostile = {"LD_PRELOAD": "/tmp/x.so", "PYTHONINSPECT": "1", "TEXTUAL_DRIVER": "os:system"}
    desk = hosted.desk(**hostile)
    try:
        desk.wait(_at_desk)
        theirs = Path(f"/proc/{hosted.newest().pid}/environ").read_bytes()
        assert not any(name.encode() in theirs for name in hostile)
    finally:
        desk.close()
