"""The scripts, run for real with an interpreter that tells what reached it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tui.server.layout import Layout
from tui.server.scripts import scripts

TELLER = """#!/usr/bin/python3 -I
import json, os, sys
mask = os.umask(0)
print(json.dumps({"argv": sys.argv[1:], "env": dict(os.environ), "umask": mask}))
"""
HOSTILE = {
    "LD_PRELOAD": "",
    "PYTHONPATH": "/tmp/evil",
    "PYTHONINSPECT": "1",
    "TEXTUAL_DRIVER": "evil:Driver",
    "TEXTUAL_LOG": "/tmp/log",
    "HOME": "/root",
    "PATH": os.environ["PATH"],
    "LC_ALL": "zh_CN.GB18030",
    "SSH_TTY": "/dev/pts/9",
    "SUDO_USER": "root",
    "BASH_ENV": "/tmp/evil",
    "ENV": "/tmp/evil",
}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Scripts in a folder of their own, with the teller as their interpreter."""
    layout = Layout(prefix=tmp_path / "opt", python=tmp_path / "teller")
    layout.python.write_text(TELLER)
    layout.python.chmod(0o755)
    layout.script("").mkdir(parents=True)
    for name, text in scripts(layout).items():
        layout.script(name).write_text(text)
        layout.script(name).chmod(0o755)
    return layout


def call(layout: Layout, name: str, *arguments: str, **more: str) -> tuple[int, Any, str]:
    done = subprocess.run(
        [layout.script(name), *arguments],
        env={**HOSTILE, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def test_a_session_finds_what_it_needs_and_nothing_else(layout: Layout) -> None:
    term = "$(id);../../etc/passwd\n'\""
    code, told, _ = call(
        layout, "duijie-session", "--key", "17",
        TERM=term, SSH_CONNECTION="192.0.2.1 5 192.0.2.2 22", SSH_ORIGINAL_COMMAND="export need; id",
    )  # fmt: skip
    assert code == 0
    assert told["argv"][-3:] == ["enter", "--key", "17"]
    assert told["argv"][:4] == ["-I", "-S", "-X", "utf8"]
    expected = {
        **dict(layout.environment),
        "TERM": term,
        "SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22",
        "SSH_ORIGINAL_COMMAND": "export need; id",
    }
    assert {name: told["env"].get(name) for name in expected} == expected
    assert set(told["env"]) - set(expected) <= {"LC_CTYPE"}  # which Python sets for itself
    assert told["umask"] == 0o077


def test_what_was_not_said_is_not_made_up(layout: Layout) -> None:
    _, told, _ = call(layout, "duijie-session", "--key", "17")
    assert not {"TERM", "SSH_ORIGINAL_COMMAND", "SSH_CONNECTION"} & set(told["env"])


def test_the_shell_takes_its_one_sentence(layout: Layout) -> None:
    sentence = f"{layout.script('duijie-session')} --key 17"
    code, told, _ = call(layout, "duijie-shell", "-c", sentence)
    assert code == 0
    assert told["argv"][-3:] == ["enter", "--key", "17"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-c",),
        ("-i",),
        ("-c", ""),
        ("-c", "17"),
        ("-c", "id"),
        ("-l", "{session} --key 17"),
        ("-c", "{session} --key "),
        ("-c", "{session} --key 17; id"),
        ("-c", "{session} --key 17\nid"),
        ("-c", "{session} --key $(id)"),
        ("-c", "{session} --key -1"),
        ("-c", "{session} --key 1 2"),
        ("-c", " {session} --key 17"),
        ("-c", "{session}  --key 17"),
        ("-c", "{session} --sudo"),
        ("-c", "{session} --key 17", "more"),
        ("-c", "{session} --key {session} --key 17"),
        ("-c", "/bin/sh"),
        ("-c", "/usr/lib/openssh/sftp-server"),
    ],
)
def test_the_shell_refuses_all_else(layout: Layout, arguments: tuple[str, ...]) -> None:
    session = str(layout.script("duijie-session"))
    code, told, errors = call(
        layout, "duijie-shell", *(word.replace("{session}", session) for word in arguments)
    )
    assert (code, told) == (1, None)
    assert "没有命令行" in errors
    assert "id" not in errors.split()


def test_keys_hands_on_what_sshd_asks(layout: Layout) -> None:
    asked = ("duijie", "ssh-ed25519", "AAAA; id")
    _, told, _ = call(layout, "duijie-keys", *asked)
    assert told["argv"][-5:] == ["keys", str(layout.script("duijie-session")), *asked]
    assert not set(told["env"]) - set(dict(layout.environment)) - {"LC_CTYPE"}


def test_sudo_takes_no_arguments_and_says_who_it_is(layout: Layout) -> None:
    assert call(layout, "duijie-sudo", "--key", "1")[:2] == (2, None)
    code, told, _ = call(layout, "duijie-sudo", TERM="xterm", SUDO_UID="1000")
    assert code == 0
    assert told["argv"][-2:] == ["enter", "--sudo"]
    assert told["env"]["SUDO_UID"] == "1000"
    assert "SUDO_USER" not in told["env"]
