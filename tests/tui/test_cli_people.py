"""People, keys, sessions and the audit trail by commands, as whoever keeps a server calls them."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import sys
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from seed.demo.people import KEEPER
from store import Store
from store.errors import NotAllowedError, UsageError
from store.services import sessions, trail
from store.services.trail import Wanted
from tests.commands import duijie
from tui import cli, identity
from tui.trail_words import past_day, read_wanted

LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDFuGZ/cxesRIcOlSA5koecp6z6m2WKHKFSrVlpyQHzr"
TODAY = date(2026, 11, 22)
HERE = sessions.Visit("10.6.1.12", "xterm", os.getpid(), "elsewhere")


@dataclass
class Caller:
    """The command in this very process, which is what most of these tests can do with."""

    db: str
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str, code: int = 0) -> Any:
        """What a command answers as JSON, and that it left with a code."""
        assert cli.run(["--db", self.db, *words, "--json"]) == code
        return json.loads(self.capsys.readouterr().out)

    def told(self, *words: str) -> tuple[str, str]:
        """What a command writes for people, and what it says beside."""
        assert cli.run(["--db", self.db, *words]) == 0
        out, err = self.capsys.readouterr()
        return out, err


@pytest.fixture
def said(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    """Commands on a copy of the demo district."""
    return Caller(str(demo_path), capsys)


def test_from_an_invitation_to_a_revoked_key(said: Caller, demo_path: Path, tmp_path: Path) -> None:
    db = str(demo_path)
    file = tmp_path / "linchen.pub"
    file.write_text(f"{LINE} lin@desk\n")
    words = ("user", "invite", "linchen", "--name", "林晨", "--role", "operator", "--organisation")
    said(*words, "T01", code=1)
    tried = said(*words, "C-BL", "--key", str(file), "--dry-run")
    assert tried["keys"] == 1
    said("user", "show", "linchen", code=3)  # it was a dry run
    said(*words, "C-BL", "--key", str(tmp_path / "none.pub"), code=3)
    made = said(*words, "C-BL", "--key", str(file), "--key-name", "台式机")
    assert (made["keys"], made["lang"]) == (1, None)
    said(*words, "C-BL", code=4)
    kind, blob = LINE.split()
    (key,) = said("key", "list", "linchen")
    done = duijie("--db", db, "authorized-keys", kind, blob)
    command = f"/opt/duijie/bin/duijie-session --key {key['id']}"
    assert done.stdout.decode() == f'restrict,pty,command="{command}" {LINE}\n'
    assert said.told("authorized-keys")[0].count("restrict,pty,") == 8
    changed = said("user", "set", "linchen", "most_sessions=5", "lang=")
    assert (changed["most_sessions"], changed["lang"], changed["version"]) == (5, None, 2)
    said("user", "set", "linchen", "name=x", "--version", "1", code=4)
    said("user", "set", "linchen", "login=x", code=2)
    _shown, told = said.told("user", "suspend", "linchen", "--reason", "休假")
    assert "no key opens the desk" in told
    assert said.told("authorized-keys", kind, blob) == ("", "")
    said("user", "suspend", "linchen", code=4)
    assert said("user", "reinstate", "linchen")["is_active"]
    gone = said("key", "revoke", str(key["id"]), "--reason", "丢失")
    assert gone["revoked_at"]
    assert said.told("authorized-keys", kind, blob) == ("", "")
    done = duijie("--db", db, "key", "add", "linchen", "-", "--name", "x", stdin=LINE.encode())
    assert done.returncode == 4
    assert "never taken again" in done.stderr.decode()
    newest = said("audit", "list", "--kind", "key", "--top", "1")["entries"][0]
    assert (newest["act"], newest["reason"]) == ("revoke", "丢失")


def test_others_than_keepers_are_refused_and_that_is_kept(said: Caller) -> None:
    for words in (
        ("user", "list"),
        ("user", "show", "keeper"),
        ("key", "list", "keeper"),
        ("key", "revoke", "7"),
        ("session", "close", "1"),
        ("authorized-keys",),
        ("audit", "list"),
        ("audit", "check"),
    ):
        found = said("--user", "wangfang", *words, code=5)
        assert found["error"] == "not_allowed", words
    assert said("--user", "supervisor", "audit", "check")["ok"]
    rows = said("audit", "list", "--refused", "--login", "wangfang")["entries"]
    assert [row["wanted"] for row in rows][-1] == ["read", "user"]
    assert len(rows) == 8
    shown = said("audit", "show", str(rows[0]["id"]))
    assert {"field": "kind", "before": None, "after": "audit"} in shown["changes"]
    assert {key["login"] for key in said("--user", "wangfang", "key", "list")} == {"wangfang"}


def test_sessions_are_listed_and_closed(said: Caller, stocked: Store) -> None:
    entered = stocked.write(sessions.begin_by_key, 1, HERE)
    (one,) = said("session", "list")
    assert (one["login"], one["key"], one["origin"]) == ("wangfang", 1, "10.6.1.12")
    assert len(said("session", "list", "--ended", "--top", "3")) == 3
    assert said("session", "close", str(entered.id), "--dry-run")["ended_at"]
    assert said("session", "list")
    assert said("session", "close", str(entered.id))["ending"] == "closed"
    said("session", "close", str(entered.id), code=4)
    said("session", "close", "4711", code=3)


def test_a_broken_chain_is_told_with_its_rows(said: Caller, demo_path: Path) -> None:
    with sqlite3.connect(demo_path) as connection:
        connection.execute("DROP TRIGGER audit_unchanged")
        connection.execute("UPDATE audit SET reason = 'x' WHERE id = 40")
    connection.close()
    found = said("audit", "check", code=1)
    assert (found["ok"], found["broken"]) == (False, [40])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Wanted()),
        ("wangfang", Wanted(login="wangfang")),
        ("key revoke", Wanted(kind="key", act="revoke")),
        ("培训机构", Wanted(kind="institution")),
        ("refused", Wanted(refused=True)),
        ("N000012 edit", Wanted(code="N000012", act="edit")),
        ("C-BL", Wanted(code="C-BL")),
        ("17", Wanted(code="17")),
        ("11-20", Wanted(since=date(2026, 11, 20), until=date(2026, 11, 20))),
        ("12-30..1-2", Wanted(since=date(2025, 12, 30), until=date(2026, 1, 2))),
    ],
)
def test_words_of_the_filter_say_what_is_looked_for(text: str, wanted: Wanted) -> None:
    assert read_wanted(text, TODAY) == wanted


@pytest.mark.parametrize(
    ("text", "code"), [("11-45", "not_a_day"), ("11-1..x", "trail_word"), ("王芳!", "trail_word")]
)
def test_a_word_that_means_nothing_is_told(text: str, code: str) -> None:
    with pytest.raises(UsageError) as found:
        read_wanted(text, TODAY)
    assert found.value.code == code


def test_a_day_without_a_year_is_the_last_of_its_name() -> None:
    assert past_day("11-22", TODAY) == TODAY
    assert past_day("11-23", TODAY) == date(2025, 11, 23)


def test_whoever_came_in_through_the_door_keeps_nothing_and_acts_for_nobody_else(
    stocked: Store, demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = stocked.write(sessions.begin_by_key, 1, HERE)
    monkeypatch.setattr(identity, "_through_the_door", [entered])
    assert identity.keeper(stocked, str(demo_path)) == entered.by  # though the file is theirs
    for refused in (
        partial(identity.who, stocked, "keeper"),
        partial(identity.keeper, stocked, str(demo_path), "keeper"),
        partial(identity.require_keeper, str(demo_path), "restore", None),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    rows = stocked.read(trail.page, Wanted(refused=True), by=KEEPER).entries
    assert [row.wanted for row in rows] == [("restore", "store"), *[("act_as", "user")] * 2]


class Terminal(io.StringIO):
    """Standard input at which somebody sits."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_on_a_terminal_what_cannot_be_taken_back_is_asked_about(
    said: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert said("key", "revoke", "1", code=4)["error"] == "revocation_not_confirmed"
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert said("key", "revoke", "1")["revoked_by"]
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert said("key", "revoke", "3", "--yes")["revoked_by"]
