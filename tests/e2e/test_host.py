"""Sessions behind the front door, on real terminals: through the session host and without one."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from store.schemas.actor import SYSTEM
from store.services import audit, keys, sessions, users
from tests.e2e.door import Door
from tui.cli.doctor_store import session_host
from tui.server.request import host_socket

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
_HOSTILE = {"LD_PRELOAD": "/tmp/x.so", "PYTHONINSPECT": "1", "TEXTUAL_DRIVER": "os:system"}


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Door]:
    """A front door with a session host, for people who are new in each test."""
    folder = tmp_path_factory.mktemp("door")
    made = Door(folder, Path(shutil.copy(demo_file, folder / "demo.db")))
    made.start_host()
    yield made
    made.close()


@pytest.fixture
def lonely(tmp_path: Path, demo_path: Path) -> Iterator[Door]:
    """A front door without a host, at which nobody may rest for long."""
    made = Door(tmp_path, demo_path, idle_seconds=4)
    yield made
    made.close()


def _at_desk(shown: str) -> bool:
    return "N0000" in shown


def _in_form(shown: str) -> bool:
    return "^S" in shown


def _is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # the second: gone between opening and reading
        return False


def test_a_key_opens_the_desk_of_its_person_on_their_own_terminal(hosted: Door) -> None:
    who = hosted.person()
    desk = hosted.desk(who)
    try:
        desk.wait(_at_desk)
        (session,) = hosted.sessions(who)
        assert (session.key, session.term, session.ended_at) == (who.key, "xterm-256color", None)
        assert session.pid != desk.pid
        desk.resize(30, 100)
        wide = desk.wait(lambda now: len(now.splitlines()[1]) > 80)
        assert wide.count("\n") == 29
        assert who.login in wide
        desk.type(b"\x11")
        assert desk.end() == 0
        assert hosted.sessions(who)[0].ending == "left"
    finally:
        desk.close()


def test_without_a_host_the_launcher_becomes_the_session_and_closes_without_a_key(
    lonely: Door,
) -> None:
    who = lonely.person()
    desk = lonely.desk(who, **_HOSTILE)
    try:
        desk.wait(_at_desk)
        assert lonely.sessions(who)[0].pid == desk.pid
        theirs = Path(f"/proc/{desk.pid}/environ").read_bytes()
        assert not any(name.encode() in theirs for name in _HOSTILE)
        desk.type(b"n")
        desk.wait(_in_form)
        desk.type("钳工两个人".encode())
        desk.wait(lambda shown: "钳工两个人" in shown)
        begun = time.monotonic()
        assert desk.end() == 0
        assert 3 < time.monotonic() - begun < 9
        assert lonely.sessions(who)[0].ending == "idle"
        assert "min" in desk.sent.decode() or "分钟" in desk.sent.decode()
        again = lonely.desk(who)
        again.wait(lambda shown: "钳工两个人" in shown)
        again.close()
    finally:
        desk.close()


def test_a_line_that_breaks_ends_the_session_keeps_the_draft_and_is_told_next_time(
    hosted: Door,
) -> None:
    who = hosted.person()
    desk = hosted.desk(who)
    desk.wait(_at_desk)
    desk.type(b"n")
    desk.wait(_in_form)
    desk.type("电工上岗证三个人".encode())
    desk.wait(lambda shown: "电工上岗证三个人" in shown)
    (session,) = hosted.sessions(who)
    desk.hang_up()
    assert hosted.wait(lambda: not _is_running(session.pid)) < 2
    assert hosted.sessions(who)[0].ending == "hang_up"
    again = hosted.desk(who)
    try:
        again.wait(lambda shown: "电工上岗证三个人" in shown)
    finally:
        again.close()


def test_a_session_that_was_drawing_when_the_line_broke_is_gone_too(hosted: Door) -> None:
    """What draws waits for ever once the terminal is gone, and the loop with it."""
    who = hosted.person()
    desk = hosted.desk(who)
    desk.wait(_at_desk)
    desk.type(b"n\t\t")
    desk.wait(_in_form)
    (session,) = hosted.sessions(who)
    desk.type((b"x" * 150 + b"\x1b[D") * 30)  # once the field is full each rings the bell
    desk.wait(lambda _: desk.sent.count(b"\x07") > 3)
    desk.hang_up()
    assert hosted.wait(lambda: not _is_running(session.pid), 20) < 10


def test_a_session_that_is_killed_touches_no_other(hosted: Door) -> None:
    victim, other = hosted.person(), hosted.person("institution", "T01")
    first, second = hosted.desk(victim), hosted.desk(other)
    try:
        first.wait(_at_desk)
        second.wait(lambda shown: "＊＊＊" in shown)
        os.kill(hosted.sessions(victim)[0].pid, signal.SIGKILL)
        assert first.end() == 1
        assert b"\x1b[?1049l" in first.sent  # the launcher gave the terminal back
        second.type(b"?")
        second.wait(lambda shown: "F9 ^Y" in shown)
        third = hosted.desk(victim)
        third.wait(_at_desk)
        third.close()
    finally:
        first.close()
        second.close()


def test_the_host_has_no_store_open_and_one_thread(hosted: Door) -> None:
    who = hosted.person()
    desk = hosted.desk(who)
    try:
        desk.wait(_at_desk)
        child = hosted.sessions(who)[0].pid
        host = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
        assert not any("demo.db" in name for name in _opened(host))
        assert any("demo.db" in name for name in _opened(child))
        assert len(list(Path(f"/proc/{host}/task").iterdir())) == 1
        account = pwd.getpwuid(os.getuid()).pw_name
        door = Path(host_socket(hosted.environ))
        assert session_host(door, account).state == "fine"
    finally:
        desk.close()


def test_sessions_let_the_kernel_merge_their_pages(hosted: Door) -> None:
    if not Path("/sys/kernel/mm/ksm").exists() or _release() < (6, 4):
        pytest.skip("the kernel cannot be asked")
    who = hosted.person()
    desk = hosted.desk(who)
    try:
        desk.wait(_at_desk)
        flags = re.findall(
            "VmFlags:(.*)", Path(f"/proc/{hosted.sessions(who)[0].pid}/smaps").read_text()
        )
        assert any("mg" in one.split() for one in flags)
    finally:
        desk.close()


def _release() -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])


def _opened(pid: int) -> list[str]:
    """What a process has open; a file that it closes meanwhile is not."""
    found = []
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(one.readlink()))
    return found


@pytest.mark.parametrize("how", ["revoke", "suspend", "close"])
def test_whoever_may_not_be_in_any_more_is_out_at_once(hosted: Door, how: str) -> None:
    who = hosted.person()
    desk = hosted.desk(who)
    try:
        desk.wait(_at_desk)
        (session,) = hosted.sessions(who)
        if how == "revoke":
            hosted.store.write(keys.revoke, who.key, by=SYSTEM)
        elif how == "suspend":
            hosted.store.write(users.suspend, who.login, by=SYSTEM)
        else:
            hosted.store.write(sessions.close, session.id, by=SYSTEM)
        assert hosted.wait(lambda: not _is_running(session.pid)) < 10
        assert desk.end() == 5
        assert hosted.sessions(who)[0].ending == "closed"
        assert hosted.ask(who, "today")[0] == (0 if how == "close" else 5)
    finally:
        desk.close()


def test_only_what_is_allowed_can_be_asked_for_over_ssh(hosted: Door) -> None:
    who = hosted.person("institution", "T01")
    status, exported, _ = hosted.ask(who, "export course")
    assert status == 0
    assert exported.lstrip("\ufeff").startswith("code,")
    for refused in (
        "export course; id",
        "export course --output /tmp/x",
        "export $(id)",
        "export 'course",
        "import course /etc/passwd",
        "batch begin course /etc/passwd",
        "--db /etc/passwd export course",
        "export course --user keeper",
        "store backup",
        "sh -c id",
        "plain; id",
        "\n",
    ):
        status, told, said = hosted.ask(who, refused)
        assert (status, told) == (2, ""), refused
        assert said
    assert hosted.ask(who, "import course --dry-run", exported.encode())[0] == 0


def test_what_stands_in_one_request_cannot_pass_for_another(hosted: Door, lonely: Door) -> None:
    for door in (hosted, lonely):
        who, other = door.person(), door.person()
        for command in (f"today\nkey={other.key}", f"today\x1fkey={other.key}", "today\n"):
            door.ask(who, command)
        assert door.ask(who, "today")[0] == 0
        assert not door.sessions(other)


def test_terminals_that_cannot_draw_are_refused_with_a_sentence(hosted: Door) -> None:
    who = hosted.person()
    for term in ("dumb", "unknown", "$(id);../../etc", "x" * 500):
        desk = hosted.desk(who, TERM=term)
        assert desk.end() == 1
        assert b"\x1b[?1049h" not in desk.sent
        assert b"TERM" in desk.sent
        desk.close()


def test_nobody_has_more_desks_than_they_may(hosted: Door) -> None:
    who = hosted.person()
    view = hosted.store.read(users.shown, who.login, by=SYSTEM)
    fewer = users.draft_of(view).model_copy(update={"most_sessions": 1})
    hosted.store.write(users.change, who.login, fewer, by=SYSTEM)
    desk = hosted.desk(who)
    try:
        desk.wait(_at_desk)
        assert hosted.desk(who).end() == 5
        refused = hosted.store.read(audit.entries, "refusal", "")
        assert who.login in [one.login for one in refused]
        assert hosted.ask(who, "today")[0] == 0
    finally:
        desk.close()


def test_a_session_has_limits_and_an_environment_of_its_own(hosted: Door) -> None:
    who = hosted.person()
    desk = hosted.desk(who, **_HOSTILE)
    try:
        desk.wait(_at_desk)
        theirs = Path(f"/proc/{hosted.sessions(who)[0].pid}/environ").read_bytes()
        assert not any(name.encode() in theirs for name in _HOSTILE)
        limits = Path(f"/proc/{hosted.sessions(who)[0].pid}/limits").read_text().splitlines()
        most = {line[:26].strip(): line[26:].split()[:2] for line in limits}
        assert most["Max address space"] == [str(700 * 1024 * 1024)] * 2
        assert most["Max core file size"] == ["0", "0"]
    finally:
        desk.close()
