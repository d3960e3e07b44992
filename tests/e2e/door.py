"""A front door in a folder: a store, settings, people with keys, a launcher, a host where one is wanted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from store import Store, open_store
from store.schemas.access import KeyDraft, SessionView, UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import keys, reference, sessions, usage_terms, users
from tests.e2e.emulator import Emulator

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "tui" / "server" / "__main__.py"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a key: their login, the key's number, and the file of its private part."""

    login: str
    key: int
    file: Path


class Door:
    """What an installed server has, for the account that runs the tests."""

    def __init__(self, folder: Path, store: Path, *, idle_seconds: int = 0) -> None:
        self.store: Store = open_store(str(store))
        self._folder = folder
        (folder / "duijie").mkdir()
        config = folder / "duijie" / "config.toml"
        config.write_text(f'db = "{store}"\nidle_seconds = {idle_seconds}\nstart = "needs"\n')
        self.environ = {
            "HOME": str(folder),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_RUNTIME_DIR": str(folder),
        }
        self._host: subprocess.Popen[bytes] | None = None

    def person(self, role: str = "operator", organisation: str = "C-BL") -> Person:
        """Somebody new, with a key."""
        login = f"p{uuid.uuid4().hex[:8]}"
        draft = UserDraft.model_validate(
            {"name": login, "role": role, "organisation": organisation}
        )
        self.store.write(users.invite, login, draft, by=SYSTEM)
        agree(self.store, Actor(login, login, Role(role), organisation))
        file = self._folder / login
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", login, "-f", str(file)]
        subprocess.run(command, check=True)
        line = KeyDraft(name="laptop", line=file.with_suffix(".pub").read_text())
        return Person(login, self.store.write(keys.add, login, line, by=SYSTEM).id, file)

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

    def launcher(self, who: Person) -> list[str]:
        """The command of a login by the key of a person."""
        words = [sys.executable, "-I", "-S", "-X", "utf8", str(MAIN), "enter"]
        return [*words, "--key", str(who.key)]

    def desk(self, who: Person, **more: str) -> Emulator:
        """A terminal on which somebody comes in, with these variables as well."""
        environ = {**self.environ, **more}
        words = [f"{name}={value}" for name, value in environ.items()]
        return Emulator(program=["/usr/bin/env", "-i", *words, *self.launcher(who)])

    def ask(self, who: Person, command: str, typed: bytes = b"") -> tuple[int, str, str]:
        """Exit status, output and talk of a command that is given over SSH."""
        done = subprocess.run(
            self.launcher(who),
            check=False,
            env={**self.environ, "SSH_ORIGINAL_COMMAND": command},
            input=typed,
            capture_output=True,
            timeout=30,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def sessions(self, who: Person) -> list[SessionView]:
        """Their sessions, the newest first, open or not."""
        return self.sessions_of(who.login)

    def sessions_of(self, login: str) -> list[SessionView]:
        """The sessions of a login, the newest first, open or not."""
        both = (self.store.read(sessions.listed, by=SYSTEM, ended=which) for which in (False, True))
        theirs = (one for found in both for one in found if one.login == login)
        return sorted(theirs, key=lambda one: -one.id)

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


def agree(store: Store, by: Actor) -> None:
    """Accept the terms of use, which somebody new would be asked for first."""
    today = store.read(reference.today)
    found = store.read(usage_terms.in_force, by=by, today=today)
    if found is not None:
        store.write(usage_terms.accept, found.version, by=by, today=today)
