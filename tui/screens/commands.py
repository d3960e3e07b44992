"""The command line of the desk: every command by its words in either language or their initials.

A line such as `n rpjm/skcg/5/12-31` is carried out as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from store.errors import DuijieError
from store.services import search
from tui import themes
from tui.command_lines import read_line
from tui.i18n import _, in_chinese, mark
from tui.messages import sentence
from tui.safe import plain, titled
from tui.screens.base import Command, LineDialog
from tui.widgets.line_input import LineInput
from tui.widgets.record_list import RecordList, Row

LINES = (
    ("n", mark("n FIRM/TRADE/HEADS/LATEST   register a need: n rpjm/skcg 4/5/12-31")),
    ("m", mark("m NEED   match a need: m 12")),
    ("a", mark("a NUMBER   propose that bundle of the match screen")),
    ("p", mark("p NUMBER   open a proposal")),
    ("b", mark("b NUMBER   open a class")),
    ("f", mark("f WORDS   filter the needs")),
    ("s", mark("s WORDS   search everything")),
)


EVERYWHERE = (
    Command("app.tour", mark("Tour of the desk"), ""),
    Command("app.terms", mark("Terms of use"), ""),
    *(Command(f"app.wear({name!r})", words, "") for name, words in themes.WORDS.items()),
)


class CommandDialog(LineDialog[None]):
    """Closes, then does what was chosen on the screen beneath."""

    CSS_PATH = "find.tcss"
    AUTO_FOCUS = "#find-text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", mark("down"), priority=True, show=False, id="commands.down"),
        Binding("up", "move(-1)", mark("up"), priority=True, show=False, id="commands.up"),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._forms = [_forms(command) for command in commands]

    def compose(self) -> ComposeResult:
        """The line, the commands that fit, what can be typed."""
        with Vertical(id="find"):
            yield LineInput(id="find-text", max_length=200, compact=True)
            yield RecordList([_("Key"), _("Command")], [14], id="found")
            yield Static(id="told")

    def on_mount(self) -> None:
        """Every command."""
        self.query_one("#find").border_title = titled(_("Commands"))
        self._fit("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fit(event.value)

    def _fit(self, text: str) -> None:
        typed = text.strip().lower()
        ranked = sorted(
            (rank, at)
            for at, forms in enumerate(self._forms)
            if (rank := _rank(typed, forms)) is not None
        )
        rows = [
            Row(self._commands[at].action, (self._commands[at].keys, _(self._commands[at].words)))
            for _rank_, at in ranked
        ]
        self.query_one("#found", RecordList).show(rows)
        verb = typed.partition(" ")[0]
        hint = next((_(words) for name, words in LINES if name == verb and text.strip()), "")
        told = hint or _("Words, their initials, or a line: n m a p b f s, then what it is about.")
        self.query_one("#told", Static).update(plain(told))

    def action_move(self, step: int) -> None:
        """Another command, without leaving the line."""
        self.query_one("#found", RecordList).action_move(step)

    async def choose(self) -> None:
        """Carry out a line with a verb, else the command under the cursor, before the next key is handled."""
        text = self.query_one("#find-text", Input).value.strip()
        verb, _blank, rest = text.partition(" ")
        code = self.query_one("#found", RecordList).code
        if rest and verb.lower() in dict(LINES):
            await self._carry_out_line(text)
        elif code is not None:
            await self.dismiss(None)
            await self.app.screen.run_action(code)

    async def _carry_out_line(self, text: str) -> None:
        try:
            line = read_line(text)
        except DuijieError as error:
            self.query_one("#told", Static).update(plain(sentence(error)))
            return
        await self.dismiss(None)
        await self.app.run_action(f"app.line({line.verb!r}, {line.rest!r}, {line.cells!r})")


def _forms(command: Command) -> tuple[str, ...]:
    """What a command may be called: English, Chinese, the initials of both."""
    english, chinese = command.words.lower(), in_chinese(command.words)
    first = "".join(word[0] for word in english.split())
    return (english, chinese, search.initials(chinese), first, command.keys.lower())


def _rank(typed: str, forms: Sequence[str]) -> int | None:
    """0 for the beginning of a form, 1 for a part of one, None for neither."""
    if any(form.startswith(typed) for form in forms):
        return 0
    return 1 if any(typed in form for form in forms) else None
