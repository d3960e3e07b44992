"""A whole installation on this machine with a real sshd on loopback, made for tests and removed again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from store import open_store
from tests.e2e.door import ROOT, Door, Person
from tests.e2e.emulator import Emulator
from tui.server.install import install
from tui.server.layout import Layout
from tui.server.plan import plan
from tui.server.programs import program, run
from tui.server.scripts import front_door
from tui.server.sshd import file as sshd_file

PYTHON = Path("/usr/bin/python3")
_NEEDED = ("sshd", "sudo", "visudo", "useradd", "runuser")
# What only those need who work on the program; the rest of the libraries is copied.
_LEFT_OUT = (
    "mypy*",
    "*mypyc*",
    "babel*",
    "hypothesis*",
    "grimp*",
    "_pytest*",
    "ruff*",
    "pip*",
    "ast_*",
)
_PRODUCT = ("tui", "store", "matching", "seed")


def why_not() -> str:
    """What this machine lacks for it, nothing when it lacks nothing."""
    if os.geteuid() != 0:
        return "needs root, to make accounts"
    missing = [name for name in _NEEDED if not program(name)]
    if missing:
        return f"needs {', '.join(missing)}"
    if not PYTHON.exists() or _version(PYTHON) != sys.version_info[:2]:
        return (
            "needs the system's Python in the same version: another account cannot reach this one"
        )
    return ""


def _version(python: Path) -> tuple[int, ...]:
    told = subprocess.run(
        [python, "-c", "import sys; print(*sys.version_info[:2])"],
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(int(word) for word in told.stdout.split())


class Front(Door):
    """The installation, people with keys and without, its sshd and its session host."""

    def __init__(self, layout: Layout, folder: Path, demo: Path, count: int) -> None:
        self.layout, self._folder, self._host = layout, folder, None
        shutil.copy(demo, layout.store)
        self.store = open_store(layout.store)
        self.people = [self.person() for _ in range(count)]
        for path in (layout.home, *layout.home.rglob("*")):
            shutil.chown(path, layout.account, layout.account)
        self.port = _free_port()

    def begin(self, stack: ExitStack, *, is_quick: bool) -> None:
        """Start sshd and the session host; the stack ends them. A quick one asks clients every second."""
        key = self._folder / "host_key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        config = self._folder / "sshd_config"
        asking = (
            f"Match User {self.layout.account}\n    ClientAliveInterval 1\n    ClientAliveCountMax 2\n"
            "Match all\n"
        )
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {key}\nPidFile none\nUsePAM yes\n"
            f"{asking if is_quick else ''}Include {sshd_file(self.layout)}\n"
        )
        told = (self._folder / "sshd.log").open("w")
        stack.callback(told.close)
        self._start(stack, ["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], told.fileno())
        self.layout.runtime.mkdir(mode=0o700)
        stack.callback(shutil.rmtree, self.layout.runtime)
        shutil.chown(self.layout.runtime, self.layout.account, self.layout.account)
        command = f"exec {front_door(self.layout, 'host')}"
        who = ["runuser", "-u", self.layout.account, "--", "/bin/sh", "-c", command]
        self._start(stack, who, told.fileno())
        self.wait((self.layout.runtime / "host.sock").exists, 60)
        self.wait(self._listens, 20)

    def _start(self, stack: ExitStack, command: Sequence[str], told: int) -> None:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
        stack.callback(process.wait)
        stack.callback(process.terminate)

    def _listens(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0

    def ssh(self, who: Person | None, *words: str, options: Sequence[str] = ()) -> list[str]:
        """The command of a client, with a person's key or with one that nobody knows."""
        file = who.file if who else self._folder / "host_key"
        known = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
        said = [
            one for name in (*known, "IdentitiesOnly=yes", "BatchMode=yes") for one in ("-o", name)
        ]
        where = f"{self.layout.account}@127.0.0.1"
        return [
            "ssh",
            "-F",
            "none",
            "-i",
            str(file),
            "-p",
            str(self.port),
            *said,
            *options,
            where,
            *words,
        ]

    def desk(self, who: Person, **more: str) -> Emulator:
        """A terminal on which somebody comes in over SSH; the client tries to send these variables."""
        send = [word for name in more for word in ("-o", f"SendEnv={name}")]
        return Emulator(program=self.ssh(who, options=("-tt", *send)), **more)  # type: ignore[arg-type]

    def call(
        self, who: Person | None, *words: str, options: Sequence[str] = (), typed: bytes = b""
    ) -> tuple[int, str, str]:
        """Exit status, output and talk of a client without a terminal."""
        done = subprocess.run(
            self.ssh(who, *words, options=options),
            check=False,
            input=typed,
            capture_output=True,
            timeout=60,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def installed(
    folder: Path, demo: Path, count: int = 12, *, is_quick: bool = True
) -> Iterator[Front]:
    """The installation with its sshd and its host; nothing of it is left afterwards."""
    name = f"duijie-s{os.getpid()}"
    prefix = Path("/opt") / name
    layout = Layout(account=name, prefix=prefix, python=PYTHON, code=prefix / "src")
    os.umask(0o022)
    _copy_program(layout.code)
    try:
        Path("/run/sshd").mkdir(exist_ok=True)  # what systemd does where sshd is a service
        install(layout)
        with ExitStack() as stack:
            front = Front(layout, folder, demo, count)
            stack.callback(front.store.close)
            front.begin(stack, is_quick=is_quick)
            yield front
    finally:
        run("pkill", "-KILL", "-u", name)
        for item in plan(layout):
            if item.content is not None:
                item.path.unlink(missing_ok=True)
        for left in (prefix, Path("/etc") / name, layout.home, layout.metrics):
            shutil.rmtree(left, ignore_errors=True)
        until = time.monotonic() + 10
        while run("userdel", name).code and time.monotonic() < until:
            time.sleep(0.2)  # until the system has forgotten the last process of the account
        run("groupdel", layout.people)


def _copy_program(code: Path) -> None:
    """The program and its libraries where another account can read them."""
    site = next(Path(one) for one in sys.path if one.endswith("site-packages"))
    shutil.copytree(site, code, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    for package in _PRODUCT:
        shutil.copytree(ROOT / package, code / package, dirs_exist_ok=True)
    run("chmod", "-R", "go+rX,go-w", str(code))
