"""A whole installation on this very machine, under names of its own, and everything of it removed again."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.errors import ConflictError
from tui.findings import WRONG
from tui.server.check import check
from tui.server.install import install
from tui.server.layout import Layout
from tui.server.plan import plan
from tui.server.programs import program, run

PYTHON = Path("/usr/bin/python3")
INCLUDES = Path("/etc/ssh/sshd_config")
NAME = f"duijie-t{os.getpid()}"
SILENT, LOUD = "import sys\n", "import sys\nsys.exit('no such table')\n"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0
    or not all(program(name) for name in ("sshd", "visudo", "useradd", "runuser"))
    or not PYTHON.exists()
    or "\nInclude /etc/ssh/sshd_config.d/*.conf" not in INCLUDES.read_text(),
    reason="needs root, OpenSSH's server, sudo and the system's Python",
)


@pytest.fixture(scope="module")
def layout() -> Iterator[Layout]:
    """Installed, with a program of one line that knows no key."""
    Path("/run/sshd").mkdir(exist_ok=True)
    prefix = Path("/opt") / NAME
    layout = Layout(account=NAME, prefix=prefix, python=PYTHON, code=prefix / "src")
    entry = layout.code / "tui/server/__main__.py"
    os.umask(0o022)
    entry.parent.mkdir(parents=True)
    entry.write_text(SILENT)
    try:
        install(layout)
        yield layout
    finally:
        for item in plan(layout):
            if item.content is not None:
                item.path.unlink(missing_ok=True)
        for folder in (prefix, Path("/etc") / NAME, layout.home, layout.metrics):
            shutil.rmtree(folder, ignore_errors=True)
        run("userdel", NAME)
        run("groupdel", layout.people)


def wrong(layout: Layout) -> set[str]:
    found = [one for one in check(layout) if one.state == WRONG]
    assert all(one.value and one.advice for one in found)
    return {one.name for one in found} - {f"{NAME}-{unit}" for unit in UNITS_OFF}


UNITS_OFF = ("host.service", "nightly.timer", "clocks.timer")  # nobody enables them here


def test_an_installation_is_sound_and_a_second_run_does_nothing(layout: Layout) -> None:
    assert wrong(layout) == set()
    again = install(layout)
    assert (again.commands, again.changes) == ((), ())
    assert run("sshd", "-t").code == 0
    assert run("visudo", "-c", "-q").code == 0


def entry(layout: Layout) -> Path:
    return layout.code / "tui/server/__main__.py"


SPOILED: dict[str, tuple[Callable[[Layout], object], Callable[[Layout], str]]] = {
    "locked": (lambda at: run("usermod", "-p", "!", at.account), lambda at: "account"),
    "shell": (
        lambda at: run("usermod", "-s", "/usr/sbin/nologin", at.account),
        lambda at: "account",
    ),
    "group": (lambda at: run("groupdel", at.people), lambda at: "account"),
    "folder": (lambda at: at.script("").chmod(0o775), lambda at: str(at.script(""))),
    "owner": (
        lambda at: shutil.chown(at.script("duijie-keys"), at.account),
        lambda at: str(at.script("duijie-keys")),
    ),
    "home": (lambda at: at.home.chmod(0o755), lambda at: str(at.home)),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_spoiled_is_told_and_mended_by_another_run(layout: Layout, name: str) -> None:
    spoil, named = SPOILED[name]
    spoil(layout)
    assert wrong(layout) == {named(layout)}
    install(layout)
    assert wrong(layout) == set()


def test_code_that_others_could_change_is_told(layout: Layout) -> None:
    """sshd does not look at it, yet it runs with every key in its hands."""
    entry(layout).chmod(0o666)
    assert wrong(layout) == {str(entry(layout))}
    entry(layout).chmod(0o600)
    assert wrong(layout) == {str(entry(layout)), "keys"}
    entry(layout).chmod(0o644)
    assert wrong(layout) == set()


def test_a_look_up_of_keys_that_fails_is_told_with_its_cause(layout: Layout) -> None:
    entry(layout).write_text(LOUD)
    (found,) = [one for one in check(layout) if one.name == "keys"]
    assert found.state == WRONG
    assert "no such table" in found.value
    entry(layout).write_text(SILENT)
    assert wrong(layout) == set()


def test_an_account_that_is_somebodys_is_left_alone(layout: Layout) -> None:
    run("usermod", "-s", "/bin/bash", layout.account)
    with pytest.raises(ConflictError, match="account_taken"):
        install(layout)
    assert "/bin/bash" in subprocess.check_output(["getent", "passwd", NAME], text=True)
    run("usermod", "-s", str(layout.script("duijie-shell")), layout.account)
    assert wrong(layout) == set()


def test_a_part_that_its_program_refuses_is_not_put_in_place(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store.errors import InvalidError
    from tui.server import sshd

    before = sshd.file(layout).read_text()
    monkeypatch.setattr(sshd, "sshd_part", lambda _layout: "NoSuchKeyword yes\n")
    with pytest.raises(InvalidError, match="NoSuchKeyword"):
        install(layout)
    assert sshd.file(layout).read_text() == before
    assert not list(sshd.file(layout).parent.glob(".*"))


def test_the_keepers_command_acts_as_the_account_in_its_home(layout: Layout) -> None:
    """Only installing and checking this very installation stays with root."""
    teller = layout.code / "tui/__main__.py"
    teller.write_text("import os, sys\nprint(os.getuid(), os.getcwd(), *sys.argv[1:])\n")
    teller.with_name("__init__.py").touch()
    for words, told in (
        (("store", "check"), f"{{uid}} {layout.home} store check"),
        (("server", "nightly"), f"{{uid}} {layout.home} server nightly"),
        (
            ("--json", "server", "check"),
            f"0 {layout.home} --json server check --prefix {layout.prefix} --account {NAME}",
        ),
    ):
        said = subprocess.check_output([layout.script("duijie"), *words], text=True).strip()
        assert said == told.format(uid=pwd.getpwnam(NAME).pw_uid)
