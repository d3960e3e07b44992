"""The front door as people meet it: OpenSSH's own client and server on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.schemas.access import UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import keys, users
from tests.e2e.door import agree
from tests.e2e.emulator import Emulator
from tests.e2e.front import Front, installed, why_not
from tests.e2e.test_host import _is_running
from tui.server.programs import run

pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "-"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Iterator[Front]:
    """An installation of its own."""
    with installed(tmp_path_factory.mktemp("front"), demo_file) as made:
        yield made


def test_a_login_opens_the_desk_and_ends_with_its_exit_status(front: Front) -> None:
    who = front.people[0]
    desk = front.desk(who, LC_ALL="zh_CN.GB18030", PYTHONINSPECT="1", LD_PRELOAD="/x.so")
    try:
        desk.wait(lambda shown: "待匹配需求" in shown)
        (session,) = front.sessions(who)
        assert (session.origin, session.key) == ("127.0.0.1", who.key)
        environ = Path(f"/proc/{session.pid}/environ").read_bytes().decode().split("\0")
        names = {one.partition("=")[0] for one in environ if one}
        assert names <= {name for name, _ in front.layout.environment}
        desk.resize(30, 100)
        desk.wait(lambda shown: shown.count("\n") == 29 and len(shown.splitlines()[1]) > 80)
        desk.type(b"\x11")
        assert desk.end() == 0
        assert front.sessions(who)[0].ending == "left"
    finally:
        desk.close()


def test_nobody_gets_a_shell_a_file_or_a_tunnel(front: Front, tmp_path: Path) -> None:
    who = front.people[1]
    assert front.call(None)[0] == 255
    assert "Permission denied" in front.call(None)[2]
    for words in (("; id",), ("id",), ("export need; id",), ("$(id)",), ("sh",), ("export 'need",)):
        status, told, said = front.call(who, *words)
        assert (status, told) == (2, ""), words
        assert "uid=" not in said
    status, told, said = front.call(who)
    assert (status, told) == (2, "")
    assert said
    for client in ("sftp", "scp"):
        ssh = front.ssh(who)
        given = [*ssh[1 : ssh.index("-p")], "-P", str(front.port), *ssh[ssh.index("-p") + 2 : -1]]
        where = f"{front.layout.account}@127.0.0.1:duijie.db"
        last = [str(tmp_path)] if client == "scp" else []
        done = subprocess.run(
            [client, *given, where, *last],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        assert done.returncode != 0
    assert not list(tmp_path.iterdir())
    tunnel = front.ssh(
        who, options=("-N", "-L", "0:127.0.0.1:22", "-o", "ExitOnForwardFailure=yes")
    )
    refused = front.ssh(who, "today", options=("-W", "127.0.0.1:22"))
    assert subprocess.run(refused, check=False, capture_output=True, timeout=30).returncode == 255
    backward = [*tunnel[:-1], "-R", "0:127.0.0.1:22", tunnel[-1]]
    done = subprocess.run(backward, check=False, capture_output=True, timeout=30)
    assert done.returncode == 255


def test_records_go_out_and_come_in_over_ssh(front: Front) -> None:
    who = front.people[2]
    status, table, _ = front.call(who, "export", "enterprise")
    assert status == 0
    assert table.count("\n") > 10
    assert front.call(who, "import", "enterprise", "--dry-run", typed=table.encode())[0] == 0


def test_a_client_that_is_killed_is_gone_at_once(front: Front) -> None:
    who = front.people[3]
    desk = front.desk(who)
    desk.wait(lambda shown: "待匹配需求" in shown)
    (session,) = front.sessions(who)
    os.kill(desk.pid, signal.SIGKILL)
    assert front.wait(lambda: not _is_running(session.pid)) < 2
    assert front.sessions(who)[0].ending == "hang_up"
    desk.close()


def test_a_frozen_client_is_let_go_and_told_about_it_next_time(front: Front) -> None:
    """The server asks every second here and every half minute in earnest, three times then."""
    who = front.people[4]
    desk = front.desk(who)
    desk.wait(lambda shown: "待匹配需求" in shown)
    (session,) = front.sessions(who)
    os.kill(desk.pid, signal.SIGSTOP)
    assert front.wait(lambda: not _is_running(session.pid), 20) < 15
    assert front.sessions(who)[0].ending == "hang_up"
    os.kill(desk.pid, signal.SIGKILL)
    again = front.desk(who)
    try:
        again.wait(lambda shown: "中断" in shown or "cut off" in shown)
    finally:
        again.close()
        desk.close()


def test_a_revoked_key_ends_the_session_and_opens_nothing(front: Front) -> None:
    who = front.people[5]
    desk = front.desk(who)
    try:
        desk.wait(lambda shown: "待匹配需求" in shown)
        front.store.write(keys.revoke, who.key, by=SYSTEM)
        assert desk.end() == 5
        assert front.call(who, "today")[0] == 255
    finally:
        desk.close()


def test_people_with_an_account_of_their_own_come_in_by_sudo(front: Front) -> None:
    login = f"duijie-o{os.getpid()}"
    program = str(front.layout.script("duijie-sudo"))
    way = ["sudo", "-n", "-u", front.layout.account, program]
    run("useradd", "-M", "-s", "/bin/sh", "-G", front.layout.people, login)
    try:
        draft = UserDraft(name="本机人", role="operator", organisation="C-BL")
        front.store.write(users.invite, login, draft, by=SYSTEM)
        agree(front.store, Actor(login, draft.name, Role.OPERATOR, "C-BL"))
        desk = Emulator(program=["runuser", "-u", login, "--", *way], SUDO_USER="keeper")
        desk.wait(lambda shown: "待匹配需求" in shown)
        assert front.sessions_of(login)[0].ending is None
        desk.type(b"\x11")
        assert desk.end() == 0
        desk.close()
        for more in (["--key", "1"], ["-c", "id"]):
            words = ["runuser", "-u", login, "--", *way, *more]
            done = subprocess.run(words, check=False, capture_output=True)
            assert done.returncode != 0
            assert b"uid=" not in done.stdout
    finally:
        run("userdel", login)


def test_the_store_is_out_of_reach_of_other_accounts(front: Front) -> None:
    done = run("runuser", "-u", "nobody", "--", "cat", front.layout.store)
    assert done.code != 0
