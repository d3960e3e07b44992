"""One plan: written once, seen by the dry run, and every way in which it can go wrong is told."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from store.errors import InvalidError
from tui.cli import run
from tui.findings import WRONG
from tui.server import sshd
from tui.server.check import check, sshd_rules
from tui.server.install import install, work
from tui.server.layout import Layout
from tui.server.plan import UNITS, plan
from tui.server.programs import program
from tui.server.scripts import scripts
from tui.server.units import units

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask sshd")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An installation below a folder that stands for the whole machine."""
    return Layout(root=tmp_path)


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_second_run_changes_nothing(layout: Layout) -> None:
    done = install(layout)
    assert [change.item.path for change in done.changes] == [item.path for item in plan(layout)]
    before = everything(layout.root)
    again = install(layout)
    assert (again.commands, again.changes) == ((), ())
    assert everything(layout.root) == before
    assert not [name for name in before if ".new" in name]
    assert all(finding.state != WRONG for finding in check(layout))


def test_a_dry_run_shows_everything_and_writes_nothing(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["server", "install", "--dry-run", "--root", str(layout.root)]) == 0
    told = capsys.readouterr().out
    assert "+    AuthorizedKeysFile none" in told
    assert "duijie-nightly.timer  root:root 0644" in told
    assert not list(layout.root.iterdir())


def test_only_what_differs_is_shown_and_mended(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    install(layout)
    part = layout.real(sshd.file(layout))
    part.write_text(part.read_text().replace("MaxSessions 1", "MaxSessions 9"))
    assert run(["server", "install", "--dry-run", "--json", "--root", str(layout.root)]) == 0
    (told,) = json.loads(capsys.readouterr().out)["changes"]
    assert told["path"] == str(part)
    assert told["points"] == ["content"]
    assert "-    MaxSessions 9\n+    MaxSessions 1" in told["diff"]
    install(layout)
    assert "MaxSessions 1" in part.read_text()


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILED: dict[str, Callable[[Path], object]] = {
    "bin/duijie-keys": lambda path: path.chmod(0o777),
    "bin/duijie-session": lambda path: path.write_text("#!/bin/sh\n"),
    "bin/duijie-shell": lambda path: path.unlink(),
    "bin/duijie-sudo": folder_instead,
    "bin": lambda path: path.chmod(0o775),
}


@pytest.mark.parametrize("name", SPOILED)
def test_whatever_is_spoiled_is_told_with_what_to_do(
    layout: Layout, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    install(layout)
    path = layout.prefix / name
    SPOILED[name](layout.real(path))
    assert run(["server", "check", "--json", "--root", str(layout.root)]) == 1
    told = json.loads(capsys.readouterr().out)
    (wrong,) = [one for one in told["findings"] if one["state"] == "wrong"]
    assert wrong["name"] == str(path)
    assert wrong["value"]
    assert "chmod" in wrong["advice"] or "duijie server install" in wrong["advice"]
    assert run(["server", "install", "--check", "--root", str(layout.root)]) == 1


def test_settings_are_the_administrators_own(layout: Layout) -> None:
    install(layout)
    settings = layout.real(layout.settings)
    settings.write_text('db = "/elsewhere.db"\nlang = "en"\n')
    assert work(layout).changes == ()
    other = Layout(root=layout.root, db="/another.db")
    assert "names another store" in " ".join(f.value for f in check(other) if f.state == WRONG)
    settings.write_text("db = \n")
    assert [f.name for f in check(layout) if f.state == WRONG] == ["settings"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"account": "root"}, "account_name"),
        ({"account": "a.b"}, "account_name"),
        ({"account": "Wang"}, "account_name"),
        ({"prefix": Path("/opt/two words")}, "path_awkward"),
        ({"prefix": Path("opt")}, "path_awkward"),
        ({"prefix": Path("/opt/$(id)")}, "path_awkward"),
        ({"python": Path("/usr/bin/../python3")}, "path_awkward"),
    ],
)
def test_names_that_a_shell_would_read_otherwise_are_refused(
    more: dict[str, object], code: str
) -> None:
    with pytest.raises(InvalidError, match=code):
        Layout(**more)  # type: ignore[arg-type]


def test_a_store_of_its_own_place_is_made_room_for(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path, db="/srv/market/duijie.db")
    install(layout)
    assert layout.real(Path("/srv/market")).stat().st_mode & 0o777 == 0o700
    assert "ReadWritePaths=/srv/market /var/lib/duijie" in units(layout)["duijie-host.service"]
    server = Layout(db="postgresql://duijie@db/duijie")
    assert server.store_folder is None
    assert "ConditionPathExists" not in units(server)["duijie-host.service"]


def test_what_the_settings_name_is_the_store(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check needs no --db, whichever store the administrator has chosen."""
    install(layout)
    layout.real(layout.settings).write_text('db = "postgresql:///duijie"\n')
    assert run(["server", "install", "--root", str(layout.root)]) == 0
    assert "ConditionPathExists" not in layout.real(UNITS / "duijie-host.service").read_text()
    assert run(["server", "check", "--root", str(layout.root)]) == 0


def test_another_port_is_listened_on_beside_the_old_one(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path, port=2222)
    assert sshd.sshd_part(layout).startswith("Port 22\nPort 2222\nMaxStartups")
    install(layout)
    assert work(layout).changes == ()
    other = layout.real(sshd.file(layout)).with_name("10-own.conf")
    other.write_text("Port 2022\n")
    assert sshd.sshd_part(layout).startswith("Port 2222\nMaxStartups")


@pytest.mark.skipif(program("systemd-analyze") is None, reason="no systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """With the programs in place that they start; what is not known to it is told on standard error."""
    layout = Layout(prefix=tmp_path / "opt")
    (tmp_path / "opt/bin").mkdir(parents=True)
    for name, text in scripts(layout).items():
        layout.script(name).write_text(text)
        layout.script(name).chmod(0o755)
    for name, text in units(layout).items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            "--man=no",
            *(str(tmp_path / name) for name in units(layout)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "/duijie-" in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.skipif(program("visudo") is None, reason="no sudo")
def test_sudo_accepts_its_part(tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_text(sshd.sudo_part(Layout()))
    part.chmod(0o440)
    done = subprocess.run(["visudo", "-c", "-f", str(part)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def sshd_settings(tmp_path: Path) -> Callable[[str], Path]:
    """Settings of sshd that read our part after some lines of others."""
    if program("sshd") is None:
        pytest.skip("no sshd")
    Path("/run/sshd").mkdir(exist_ok=True)
    part = tmp_path / "part.conf"
    part.write_text(sshd.sshd_part(Layout()))
    key = tmp_path / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)

    def settings(before: str) -> Path:
        path = tmp_path / "sshd_config"
        path.write_text(f"HostKey {key}\n{before}\nMatch all\nInclude {part}\n")
        return path

    return settings


@as_root
def test_sshd_holds_every_rule_for_the_account(sshd_settings: Callable[[str], Path]) -> None:
    found = [one.state for one in sshd_rules(Layout(), sshd_settings("PasswordAuthentication yes"))]
    assert found == ["fine"]


@as_root
@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("Match User d*\n  PasswordAuthentication yes", "PasswordAuthentication yes, not no"),
        ("Match all\n  AuthorizedKeysFile .ssh/authorized_keys", "AuthorizedKeysFile .ssh"),
        ("Match all\n  AllowTcpForwarding yes", "AllowTcpForwarding yes, not no"),
        ("NoSuchKeyword 1", "NoSuchKeyword"),
    ],
)
def test_a_rule_that_others_undo_is_told(
    sshd_settings: Callable[[str], Path], before: str, told: str
) -> None:
    wrong = [one for one in sshd_rules(Layout(), sshd_settings(before)) if one.state == WRONG]
    assert any(told in one.value for one in wrong), wrong
    assert all(one.advice for one in wrong)
