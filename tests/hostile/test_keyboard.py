"""What is typed and pasted: no byte ends a session, no flood fills the memory, nothing is dropped unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.bytes_typed import strings
from tests.hostile.session import Desk, desk
from tui.keyboard import LONGEST_TYPED, MOST_PASTED, MOST_TYPED, Pastes

FROM, TO = "\x1b[200~", "\x1b[201~"
LEFT_OUT = b"characters were left out"
TOO_MUCH = b"Too much came at once"


def throw(opened: Desk, thrown: list[bytes]) -> None:
    """Byte strings one after another, no faster than somebody could."""
    for at in range(0, len(thrown), 40):
        for one in thrown[at : at + 40]:
            opened.type(one + TO.encode())
        opened.settle()
        assert opened.is_running(), thrown[at : at + 40]


def test_no_bytes_end_a_session(demo_path: Path) -> None:
    """Threat 6, check 25; ten thousand of them in `make soak`."""
    with desk(demo_path) as opened:
        throw(opened, strings(60, seed=1))
        opened.type(b"\x1bOQ")
        throw(opened, strings(20, seed=2))
        assert opened.leave() == 0


def test_gbk_is_told_and_what_was_typed_in_utf_8_stays(demo_path: Path) -> None:
    with desk(demo_path) as opened:
        opened.type(b"\x1bOQrpjm\t" + "焊工".encode() + "车工".encode("gbk"))
        opened.wait(b"does not send UTF-8")
        opened.settle()
        opened.type(b"x")
        opened.wait("焊工x".encode())


@pytest.mark.parametrize(
    ("flood", "told"),
    [
        (b"x" * 200_000, TOO_MUCH),
        (FROM.encode() + b"y" * 1_000_000 + TO.encode(), LEFT_OUT),
    ],
    ids=["letters", "paste"],
)
def test_a_flood_is_cut_and_told(demo_path: Path, flood: bytes, told: bytes) -> None:
    """Threat 7: 200 KB typed at once took 843 MB of the framework's own reader."""
    with desk(demo_path) as opened:
        opened.type(b"\x1bOQ")
        opened.settle()
        opened.type(flood)
        opened.wait(told)
        assert opened.memory() < 250
        assert opened.leave() == 0


def test_a_paste_in_a_dialog_that_is_too_long_is_told(demo_path: Path) -> None:
    with desk(demo_path) as opened:
        opened.type(b"/" + FROM.encode() + b"z" * 300 + TO.encode())
        opened.wait(b"left out")


def strained(*parts: str) -> str:
    pastes = Pastes()
    return "".join(map(pastes.strained, parts))


def test_escape_sequences_in_a_paste_are_text() -> None:
    inside = "a\x1b]52;c;eA==\x07b\x1b[31mc\x9bd\x00e\x7f"
    assert strained(FROM + inside + TO + "k") == FROM + "a]52;c;eA==b[31mcde" + TO + "k"


def test_marks_of_a_paste_may_come_in_pieces() -> None:
    whole = f"k{FROM}a\tb\nc{TO}\x1b[A{FROM}d{TO}q"
    for at in range(1, len(whole)):
        assert strained(whole[:at], whole[at:]) == whole
    assert strained(*whole) == whole
    assert strained("\x1b") == "\x1b"  # the key itself never waits


def test_a_paste_is_cut_and_one_that_never_ends_is_ended() -> None:
    pastes = Pastes()
    assert len(pastes.strained(FROM + "x" * (2 * MOST_PASTED))) == len(FROM) + MOST_PASTED
    assert pastes.strained("y") == ""
    assert pastes.is_open
    assert pastes.end() == TO
    assert pastes.strained("y") == "y"


def test_long_runs_are_pastes_and_floods_are_left_out() -> None:
    run = "工" * LONGEST_TYPED
    assert strained(run) == FROM + run + TO
    assert strained(run[1:]) == run[1:]
    pastes = Pastes()
    assert pastes.strained("k\r" * (MOST_TYPED // 2)) != ""
    assert pastes.strained("k") == ""
    assert pastes.strained(f"k{FROM}a{TO}") == f"{FROM}a{TO}"
    pastes.typed = 0
    assert pastes.strained("k") == "k"
