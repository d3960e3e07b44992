"""The line mode through a pipe and in a terminal that can do nothing: the main job from end to end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from seed.demo import OPERATOR
from store import Store, open_store
from store.services import decisions, health, inbox, proposals, records, reference
from tests.conftest import DAY
from tests.e2e.test_terminal import rivals

ROOT = Path(__file__).parents[2]
WORKS = {"register": "1", "list": "2", "match": "3", "proposals": "4", "calls": "5", "help": "6"}


def plain(db: Path, *typed: str, lang: str = "en") -> tuple[str, Callable[[], Store]]:
    """What a whole session says, and the store after it."""
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--db", str(db), "--lang", lang, "--plain"],
        input="".join(f"{line}\n" for line in typed).encode(),
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"\x1b" not in done.stdout
    return done.stdout.decode(), lambda: open_store(str(db))


@pytest.mark.parametrize(
    ("lang", "firm", "text", "sent"),
    [
        ("en", "rpjm", "招5个数控车工，考中级证", "P000006: sent"),
        ("zh", "锐坪精密", "招5个数控车工，考中级证", "P000006: 待答复"),
    ],
)
def test_from_registration_to_a_sent_proposal(
    demo_path: Path, lang: str, firm: str, text: str, sent: str
) -> None:
    rest = ("", "", "1", "", "12-31", "晚+周末", "", "15", "2000", "", "", "")
    told, opened = plain(
        demo_path, WORKS["register"], firm, text, *rest, "", "", "1", "p", "", "q", lang=lang
    )
    assert sent in told
    assert re.search(r" \d+/30 ", told)  # a reason with its points
    store = opened()
    need = store.read(records.fetch, "need", "N000081", by=OPERATOR)
    assert (need.enterprise, need.text, need.heads, need.level) == ("E001", text, 5, 3)
    assert (str(need.earliest), str(need.latest)) == ("2026-11-21", "2026-12-31")
    assert need.weekly == "Mon-Fri 18:30-21:30; Sat,Sun all day"
    assert (need.max_travel_km, need.budget, need.certificate) == (15, 2000, True)
    found = store.read(inbox.proposal, "P000006", by=OPERATOR)
    assert (found.need, found.status) == ("N000081", "sent")
    assert store.read(health.check) == ()


def test_nothing_typed_is_lost(demo_path: Path) -> None:
    """A wrong number is asked again; what was given up goes on; a field is changed before saving."""
    told, opened = plain(
        demo_path,
        *(WORKS["register"], "E001", "打氩弧焊的", "many", "4", "", "", "12-1", ".."),
        *(WORKS["help"], WORKS["register"], *[""] * 7, "11-30", "."),
        *("7", "12-20", "n", "3", "6", "", "n", "q"),
    )
    assert "whole number" in told
    assert "is before the first day" in told
    assert "go on with it?" in told.lower()
    need = opened().read(records.fetch, "need", "N000081", by=OPERATOR)
    assert (need.text, need.heads) == ("打氩弧焊的", 6)
    assert str(need.latest) == "2026-12-20"


def test_words_that_fit_several_are_picked_by_number(demo_path: Path) -> None:
    told, opened = plain(
        demo_path, WORKS["register"], "深圳市", "2", "x1", "招3个叉车工", "3", ".", "", "n", "q"
    )
    second = next(line for line in told.splitlines() if line.startswith("2. ") and ", E" in line)
    need = opened().read(records.fetch, "need", "N000081", by=OPERATOR)
    assert need.enterprise == second.rpartition(", ")[2]


def test_calls_are_kept_and_what_is_agreed_is_confirmed(demo_path: Path) -> None:
    told, opened = plain(
        demo_path, WORKS["proposals"], "1", "c", "", "", WORKS["calls"], "1", "n", "", "", "q"
    )
    assert "P000003: confirmed" in told
    assert "Kept: " in told
    store = opened()
    assert store.read(inbox.proposal, "P000003", by=OPERATOR).status == "confirmed"
    assert store.read(health.check) == ()


def test_every_need_can_be_walked_through(demo_path: Path) -> None:
    told, _opened = plain(demo_path, WORKS["list"], "", "1", "x", "y", "", "..", "q")
    assert told.count("N0000") > 20
    assert "Grade: " in told


def test_a_wrong_answer_is_explained_and_asked_again(demo_path: Path) -> None:
    told, _opened = plain(demo_path, "9", "?", "３", "n999", "q")
    assert "Write a number from 1 to 6" in told
    assert "There is no need “N000999”".replace("“", '"').replace("”", '"') in told


def test_the_end_of_the_input_is_the_end(demo_path: Path) -> None:
    told, _opened = plain(demo_path, WORKS["register"], "E001")
    assert told.rstrip().endswith("End of input.")


def test_who_was_slower_is_told_and_sees_what_is_left(demo_path: Path) -> None:
    rivals(demo_path)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tui", "--db", str(demo_path), "--lang", "en", "--plain"],
        cwd=str(ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        timeout=20,
        encoding="utf-8",
    )
    try:
        child.sendline(WORKS["match"])
        child.sendline("82")
        child.expect("gives the reasons")
        child.sendline("1")
        child.expect("Propose it")
        _hold_for_a_rival(demo_path)
        child.sendline("p")
        child.expect("P000006")
        child.expect("gives the reasons")
        child.sendline("")
        child.sendline("q")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)


def _hold_for_a_rival(db: Path) -> None:
    store = open_store(str(db))
    now = store.read(reference.now)
    best = store.read(decisions.prepare_best, "N000081", by=OPERATOR, today=DAY)
    store.write(proposals.draft, best, by=OPERATOR, now=now)
    store.close()


def test_a_poor_terminal_is_told_of_the_line_mode(demo_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tui", "--db", str(demo_path), "--lang", "en"],
        cwd=str(ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        timeout=20,
        encoding="utf-8",
    )
    child.expect("duijie --plain")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1


def test_an_interrupt_goes_back_and_loses_nothing(demo_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tui", "--db", str(demo_path), "--lang", "en", "--plain"],
        cwd=str(ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        timeout=20,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # xdist ignores it
    )
    try:
        child.expect("What next")
        child.sendline(WORKS["register"])
        child.expect("Enterprise:")
        child.sendline("E001")
        child.expect("Need:")
        child.sendintr()
        child.expect("Back.")
        child.sendline(WORKS["register"])
        child.expect("Go on with it")
        child.sendline("")
        child.expect(r"Enterprise \[E001\]:")
        child.sendintr()
        child.expect("What next")
        child.sendintr()
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    assert child.exitstatus == 0
