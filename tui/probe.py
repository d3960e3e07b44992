"""How wide this terminal draws ambiguous characters: it is asked, and may leave the question unanswered."""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Two ambiguous characters from the first column, where is the cursor now, and away with them.
QUESTION = "\r─●\x1b[6n\r\x1b[K"
_NARROW = 2
# Kinds of terminal that are known to draw full screens, by their name up to the first - + or .
_ABLE = re.compile(
    "alacritty|ansi|contour|cygwin|eterm|foot|ghostty|gnome|iterm2?|kitty|konsole|linux|ms|mintty|putty|rio|"
    "rxvt|screen|st|sun|teraterm|tmux|vt(100|102|220|320|340|420)|vte|wezterm|xterm"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,40}")
_REPORT = re.compile(rb"\x1b\[\d+;(\d+)R")
TIMEOUT = 0.15


def is_able(term: str) -> bool:
    """Whether a terminal of this kind draws full screens; the word comes from outside and may be anything."""
    family = re.split("[-+.]", term.lower())[0]
    return bool(_NAME.fullmatch(term) and _ABLE.fullmatch(family))


def is_wide(column: int) -> bool:
    """Whether a cursor at this column, counted from 0, tells of ambiguous characters two cells wide."""
    return column > _NARROW


@contextmanager
def asking() -> Iterator[bool]:
    """Ask; whoever reads the keyboard inside gets the answer, and every key typed before and after it.

    The answer is not echoed. Yields whether a terminal was there to be asked.
    """
    keyboard, screen = sys.__stdin__, sys.__stderr__
    is_asked = is_able(os.environ.get("TERM", ""))
    if not (is_asked and keyboard and screen and keyboard.isatty() and screen.isatty()):
        yield False
        return
    with _silent(keyboard.fileno()):
        os.write(screen.fileno(), QUESTION.encode())
        yield True


@contextmanager
def _silent(keyboard: int) -> Iterator[None]:
    """No echo, no waiting for the end of a line; nothing that was typed is thrown away."""
    before = termios.tcgetattr(keyboard)
    changed = termios.tcgetattr(keyboard)
    changed[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(keyboard, termios.TCSANOW, changed)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def measure(timeout: float = TIMEOUT) -> int | None:
    """The column after two ambiguous characters, None without an answer or with keys typed already."""
    keyboard = sys.__stdin__
    if keyboard is None or not keyboard.isatty() or _waits(keyboard.fileno(), 0):
        return None
    with asking() as is_asked:
        return _answer(keyboard.fileno(), time.monotonic() + timeout) if is_asked else None


def _answer(keyboard: int, until: float) -> int | None:
    """What the terminal answers, read byte by byte so that nothing behind it is taken."""
    heard = b""
    while _waits(keyboard, until - time.monotonic()):
        heard += os.read(keyboard, 1)
        if found := _REPORT.search(heard):
            return int(found[1]) - 1
    return None


def _waits(keyboard: int, seconds: float) -> bool:
    return bool(select.select([keyboard], [], [], max(0.0, seconds))[0])
