"""The way to a program, against a real sshd: whatever sshd refuses, the check has told before."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.server.chain import weaknesses
from tui.server.programs import program

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or program("sshd") is None or shutil.which("ssh") is None,
    reason="needs root, sshd and ssh",
)


@dataclass
class Door:
    """A real sshd on loopback that asks a program in a folder of its own for keys."""

    folder: Path
    program: Path
    port: int
    log: Path

    def opens(self) -> bool:
        """Whether a key gets in."""
        done = subprocess.run(
            ["ssh", "-F", "none", "-i", str(self.log.with_name("key")), "-p", str(self.port),
             "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
             "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "root@127.0.0.1"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
        return done.stdout == "in\n"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Below /opt, since sshd trusts nothing below /tmp."""
    folder = Path(tempfile.mkdtemp(prefix="duijie-test-", dir="/opt"))
    here = tmp_path_factory.mktemp("sshd")
    folder.chmod(0o755)
    (folder / "bin").mkdir(mode=0o755)
    for name in ("host", "key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(here / name)], check=True
        )
    keys = folder / "bin/keys"
    line = f'restrict,command="echo in" {(here / "key.pub").read_text().strip()}'
    keys.write_text(f"#!/bin/sh\necho '{line}'\n")
    keys.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = here / "sshd_config"
    settings.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {here / 'host'}\nPidFile none\nUsePAM yes\n"
        "PermitRootLogin yes\nPasswordAuthentication no\nAuthorizedKeysFile none\n"
        f"AuthorizedKeysCommand {keys} %u %t %k\nAuthorizedKeysCommandUser nobody\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    log = here / "log"
    server = subprocess.Popen([str(program("sshd")), "-D", "-f", str(settings), "-E", str(log)])
    try:
        while not log.exists() or "listening on" not in log.read_text():
            assert server.poll() is None, log.read_text()
        yield Door(folder, keys, port, log)
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder)


def test_a_sound_way_opens(door: Door) -> None:
    assert list(weaknesses(door.program)) == []
    assert door.opens()


@pytest.mark.parametrize(
    ("name", "mode", "owner", "is_stricter"),
    [
        ("bin/keys", 0o757, 0, False),
        ("bin/keys", 0o755, 65534, False),
        ("bin", 0o757, 0, False),
        ("bin", 0o755, 65534, False),
        ("", 0o757, 0, False),
        ("", 0o755, 65534, False),
        ("bin", 0o1777, 0, False),
        ("bin/keys", 0o775, 0, True),  # Debian's sshd lets root's own group write
        ("bin", 0o775, 0, True),
    ],
)
def test_what_sshd_refuses_was_told(
    door: Door, name: str, mode: int, owner: int, is_stricter: bool
) -> None:
    path = door.folder / name
    try:
        path.chmod(mode)
        os.chown(path, owner, 0)
        told = list(weaknesses(door.program))
        assert [one.path for one in told] == [path]
        assert "{path}" in told[0].fix
        assert door.opens() is is_stricter
        if not is_stricter:
            assert "Unsafe AuthorizedKeysCommand" in door.log.read_text()
    finally:
        os.chown(path, 0, 0)
        path.chmod(0o755)
    assert list(weaknesses(door.program)) == []


def test_a_link_on_the_way_is_followed(door: Door) -> None:
    """A name under /opt that leads to a folder where anybody can write is no better than that folder."""
    link = door.folder / "link"
    with tempfile.TemporaryDirectory(dir="/tmp") as open_folder:
        link.symlink_to(open_folder)
        told = {str(one.path) for one in weaknesses(link)}
        link.unlink()
    assert "/tmp" in told
