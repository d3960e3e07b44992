"""A front door in a folder: a store, settings, keys of two people, a launcher, a host where one is wanted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from store import Store, open_store
from store.schemas.access import KeyDraft, SessionView
from store.schemas.actor import SYSTEM
from store.services import keys, sessions
from tests.e2e.emulator import Emulator

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "tui" / "server" / "__main__.py"
PEOPLE = {"wangfang": 1, "heling": 2}  # an operator and somebody of an institution, with their keys


class Door:
    """What an installed server has, for the account that runs the tests."""

    def __init__(self, folder: Path, store: Path, *, idle_minutes: int = 0) -> None:
        self.store: Store = open_store(str(store))
        self.path = store
        (folder / "duijie").mkdir()
        config = folder / "duijie" / "config.toml"
        config.write_text(f'db = "{store}"\nidle_minutes = {idle_minutes}\nstart = "needs"\n')
        self.socket = folder / "host.sock"
        self.environ = {
            "HOME": str(folder),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "DUIJIE_HOST": str(self.socket),
        }
        self._host: subprocess.Popen[bytes] | None = None
        for login, id in PEOPLE.items():
            file = folder / login
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", login, "-f", str(file)]
            subprocess.run(command, check=True)
            draft = KeyDraft(name="laptop", line=file.with_suffix(".pub").read_text())
            assert self.store.write(keys.add, login, draft, by=SYSTEM).id == id

    def start_host(self) -> int:
        """The number of a host that is ready."""
        self._host = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(MAIN), "host"],
            env=self.environ,
            stderr=subprocess.PIPE,
        )
        assert self._host.stderr is not None
        assert self._host.stderr.readline() == b"ready\n"
        return self._host.pid

    def launcher(self, login: str = "wangfang", *, is_quick: bool = True) -> list[str]:
        """The command of a login by the key of a person."""
        site = ["-S"] if is_quick else []
        words = [sys.executable, "-I", *site, "-X", "utf8", str(MAIN), "enter"]
        return [*words, "--key", str(PEOPLE[login])]

    def desk(self, login: str = "wangfang", **more: str) -> Emulator:
        """A terminal on which somebody comes in, with these variables as well."""
        environ = {**self.environ, **more}
        words = [f"{name}={value}" for name, value in environ.items()]
        return Emulator(program=["/usr/bin/env", "-i", *words, *self.launcher(login)])

    def ask(
        self, command: str, login: str = "wangfang", typed: bytes = b""
    ) -> tuple[int, str, str]:
        """Exit status, output and talk of a command that is given over SSH."""
        done = subprocess.run(
            self.launcher(login),
            check=False,
            env={**self.environ, "SSH_ORIGINAL_COMMAND": command},
            input=typed,
            capture_output=True,
            timeout=30,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def newest(self) -> SessionView:
        """The session that began last, open or not."""
        both = (self.store.read(sessions.listed, by=SYSTEM, ended=which) for which in (False, True))
        return max((one for found in both for one in found), key=lambda one: one.id)

    def wait(self, is_so: Callable[[], bool], seconds: float = 10) -> float:
        """How long it took until something was so."""
        begun = time.monotonic()
        while not is_so():
            assert time.monotonic() - begun < seconds
            time.sleep(0.02)
        return time.monotonic() - begun

    def end_host(self) -> None:
        """No host from now on."""
        if self._host is not None:
            self._host.send_signal(signal.SIGTERM)
            self._host.wait(10)
            assert self._host.stderr is not None
            self._host.stderr.close()
            self._host = None

    def close(self) -> None:
        """End the host and every session."""
        self.end_host()
        for one in self.store.read(sessions.listed, by=SYSTEM):
            os.kill(one.pid, signal.SIGKILL)
        self.store.close()
