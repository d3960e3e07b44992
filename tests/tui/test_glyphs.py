"""Signs in ASCII: each has one, no line changes its width, and letters two cells wide stay."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual._border import BORDER_CHARS
from textual.events import CursorPosition
from textual.keys import KEY_DISPLAY_ALIASES
from textual.scrollbar import ScrollBarRender

from store import Store
from tests.tui.driving import frame, press, running, settle
from tui import glyphs
from tui.glyphs import MEANINGS, drawn, is_mapped, to_ascii
from tui.safe import clean

TUI = Path(__file__).parents[2] / "tui"


def is_wide_letter(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def literals() -> set[str]:
    """Every character in the strings of the front end, but not in what only says what code promises."""
    found: set[str] = set()
    for path in TUI.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(node.value) if id(node) not in told else set()
    for path in TUI.rglob("*.tcss"):
        found |= set(path.read_text(encoding="utf-8"))
    catalogue = TUI / "locale" / "zh_CN" / "LC_MESSAGES" / "duijie.po"
    return found | set(catalogue.read_text(encoding="utf-8"))


def framework() -> set[str]:
    """What the framework draws around and beside our words."""
    borders = {sign for box in BORDER_CHARS.values() for row in box for sign in "".join(row)}
    keys = set("".join(KEY_DISPLAY_ALIASES.values()))
    return borders | keys | set("".join(ScrollBarRender.VERTICAL_BARS))


def test_every_sign_that_is_drawn_has_one_in_ascii() -> None:
    drawn_signs = {
        sign
        for sign in literals() | framework()
        if not sign.isascii()
        and not is_wide_letter(sign)
        and clean(sign) == sign
        and cell_len(sign)
    }
    assert not {sign for sign in drawn_signs if not is_mapped(sign)}


@pytest.mark.parametrize("name", ["state", "shade", "level"])
def test_signs_of_one_kind_stay_apart(name: str) -> None:
    line = MEANINGS[name]
    assert len(set(line[1::2])) == len(line[::2])


@given(st.text())
def test_no_text_changes_its_width_or_keeps_what_may_be_two_cells(text: str) -> None:
    shown = clean(text)
    plain = to_ascii(shown)
    assert cell_len(plain) == cell_len(shown)
    assert not [c for c in plain if unicodedata.east_asian_width(c) == "A" and cell_len(c)]


def test_text_stays_as_readable_as_it_can() -> None:
    told = "“数控车工”（Ⅳ级）…①é℃α，¥980·⚠️"
    assert to_ascii(told) == '"数控车工"（4级）~1eC?，Y980.! '
    assert to_ascii("한국어 ｶﾅ ñ") == "한국어 ｶﾅ ñ"


def test_lines_of_commands_take_the_signs_of_the_session() -> None:
    assert drawn("✓ N1 → N2") == "✓ N1 → N2"
    glyphs.use("ascii")
    try:
        assert drawn("✓ N1 → N2") == "+ N1 > N2"
    finally:
        glyphs.use("unicode")


KEYS = {
    "needs": (),
    "form": ("f2", *"rpjm", "tab", *"招5个数控车工四级", "down"),
    "match": ("3", "f8"),
    "offerings": ("4", "enter", "e"),
    "proposals": ("7", "down"),
    "classes": ("8",),
    "plan": ("0", "v"),
    "help": ("f1",),
}


@pytest.mark.parametrize("name", sorted(KEYS))
async def test_a_wide_terminal_gets_every_screen_in_ascii(stocked: Store, name: str) -> None:
    """The terminal answers late: what was drawn is drawn anew, in the same cells."""
    async with running(stocked, "zh") as pilot:
        await press(pilot, *KEYS[name])
        before = frame(pilot)
        pilot.app.post_message(CursorPosition(4, 0))
        await settle(pilot)
        after = frame(pilot)
    assert before != after
    assert [cell_len(line) for line in after.splitlines()] == [
        cell_len(line) for line in before.splitlines()
    ]
    assert not {sign for sign in after if not sign.isascii() and not is_wide_letter(sign)}


async def test_a_narrow_terminal_keeps_its_signs(stocked: Store) -> None:
    async with running(stocked, "zh") as pilot:
        before = frame(pilot)
        pilot.app.post_message(CursorPosition(2, 0))
        await settle(pilot)
        assert frame(pilot) == before
