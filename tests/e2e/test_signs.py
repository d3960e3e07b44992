"""The desk asks the terminal how wide it draws ambiguous characters, and takes its signs from the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.emulator import Emulator

WIDE, NARROW = b"\x1b[7;5R", b"\x1b[7;3R"
SGR = re.compile(rb"\x1b\[([0-9;:]*)m")
STYLES = {0, 1, 2, 3, 4, 7, 9, 22, 23, 24, 27, 29, 39, 49}


@contextmanager
def desk(db: Path, *more: str, **about: object) -> Iterator[Emulator]:
    opened = Emulator("--db", str(db), "--lang", "zh", "--user", "wangfang", *more, **about)  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        opened.close()


def test_a_wide_terminal_gets_ascii_and_no_key_is_lost(demo_path: Path) -> None:
    with desk(demo_path, answer=WIDE, typed=b"\x1bOQrpjm\tabc") as opened:
        shown = opened.wait(lambda shown: "abc" in shown and "+--" in shown)
        assert "rpjm" in shown
        assert not set(shown) & set("│─╭▸▔▁…·")


@pytest.mark.parametrize("answer", [NARROW, b""], ids=["narrow", "silent"])
def test_others_keep_their_frames(demo_path: Path, answer: bytes) -> None:
    with desk(demo_path, answer=answer) as opened:
        shown = opened.wait(lambda shown: "需求 81" in shown and "N000073" in shown)
        opened.type(b"/")
        shown = opened.wait(lambda shown: "搜索" in shown)
        assert "│" in shown
        assert "+-" not in shown
        assert opened.sent.count(b"\x1b[6n") == 1


def test_who_chose_is_not_asked(demo_path: Path) -> None:
    with desk(demo_path, "--glyphs", "ascii") as opened:
        opened.wait(lambda shown: "N000073" in shown and "+-" in shown)
        assert b"\x1b[6n" not in opened.sent
        assert "╭".encode() not in opened.sent


def test_the_terminal_is_left_as_it_was(demo_path: Path) -> None:
    """The answer is never echoed, neither before the desk opens nor after it closes."""
    with desk(demo_path, answer=NARROW) as opened:
        opened.wait(lambda shown: "N000073" in shown)
        opened.type(b"\x11")
        assert opened.end() == 0
        assert b"3R" not in opened.sent


def test_no_colour_is_sent_where_none_is_wanted(demo_path: Path) -> None:
    with desk(demo_path, NO_COLOR="1", COLORTERM="truecolor") as opened:
        opened.wait(lambda shown: "N000073" in shown)
        opened.type(b"3")
        opened.wait(lambda shown: "把握" in shown)
        codes = {
            int(code)
            for found in SGR.findall(opened.sent)
            for code in re.split(rb"[;:]", found)
            if code
        }
        assert codes <= STYLES
        assert 7 in codes  # what has the focus is still told
