"""The desk in a minute and a half: one thing a screen, over the screen itself."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.i18n import _, mark
from tui.safe import plain
from tui.screens.base import BaseDialog

# Where each step is shown, and what it says.
STEPS = (
    (
        "dashboard",
        mark("What waits, what is short and how the week goes. Enter opens what a line counts."),
    ),
    (
        "needs",
        mark(
            "A firm rings: F2, then its name or the initials (rpjm), then what it said. Heads, level, "
            "dates and place are read out of the words. ^S saves."
        ),
    ),
    (
        "needs",
        mark(
            "Without an input method: rpjm1 takes the first firm, skcg 4 5p bl eve is five people for "
            "数控车工 四级 in 宝龙 in the evenings. F3 repeats the last need, ^R one field. "
            "Rows pasted from a chat or a spreadsheet open a grid."
        ),
    ),
    (
        "match",
        mark(
            "F6 or 3 matches: every plan keeps to all dates, people and stations, and says why it "
            "scores what it scores. Space marks, = compares, y says what would open more, p holds."
        ),
    ),
    (
        "proposals",
        mark(
            "A held plan is sent, answered, countered and confirmed here; clocks run in working days."
        ),
    ),
    (
        "calls",
        mark("Whom to ring next and two sentences to say; a d n l note what came of it."),
    ),
    (
        "pools",
        mark(
            "Small needs share a class; v goes on to one plan for all, and to what is worth adding."
        ),
    ),
    (
        "board",
        mark(
            "Workshops and people by the week. m moves a class and says at once what that breaks."
        ),
    ),
    (
        "needs",
        mark(
            "Every command by its words or initials: ^P. Everything there is: /. What a key does: F1. "
            "What you did last is taken back with u. That is all."
        ),
    ),
)


class TourDialog(BaseDialog[int]):
    """One step; answers with 1 for the next, -1 for the one before, nothing to leave."""

    CSS_PATH = "tour.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right,space", "turn(1)", mark("Next"), id="tour.next"),
        Binding("left,backspace", "turn(-1)", mark("Back"), id="tour.before"),
    ]

    def __init__(self, step: int) -> None:
        super().__init__()
        self._step = step

    def compose(self) -> ComposeResult:
        """Which step, what it says, the keys."""
        with Vertical(id="tour"):
            yield Static(plain(_(STEPS[self._step][1])))
            keys = _("{step}/{of}   Enter next   ← back   Esc leave")
            yield Static(plain(keys.format(step=self._step + 1, of=len(STEPS))), classes="label")

    def action_turn(self, step: int) -> None:
        """Go on or back."""
        self.dismiss(step)
