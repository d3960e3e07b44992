"""A filter for the list of needs, seen at work while it is typed; filters that are kept say what is new."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from store.errors import DuijieError
from tui import watching
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.safe import plain, titled
from tui.screens.base import LineDialog, caught_up
from tui.widgets.line_input import LineInput
from tui.widgets.record_list import RecordList, Row


class FilterDialog(LineDialog[str]):
    """Answers with the words of the filter; Escape keeps what was shown before."""

    CSS_PATH = "filtering.tcss"
    PURPOSE = mark(
        "Shows some of the needs while you type; ^S keeps the words, ^X forgets them, ↓ takes kept ones."
    )
    AUTO_FOCUS = "#filter-words"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down", "move(1)", mark("Kept filters"), priority=True, show=False, id="filter.down"
        ),
        Binding("up", "move(-1)", mark("Kept filters"), priority=True, show=False, id="filter.up"),
        Binding("ctrl+s", "keep", mark("Keep"), priority=True, id="filter.keep"),
        Binding("ctrl+x", "drop", mark("Drop"), priority=True, id="filter.drop"),
    ]

    def __init__(self, gateway: Gateway, words: str, preview: Callable[[str], None]) -> None:
        super().__init__()
        self._gateway = gateway
        self._before = words
        self._preview = preview

    def compose(self) -> ComposeResult:
        """The words, and the filters that were kept."""
        with Vertical(id="filter"):
            yield LineInput(self._before, id="filter-words", max_length=100, compact=True)
            yield RecordList([_("New"), _("All"), _("Kept filters")], [4, 5], id="kept")
            yield Static(id="told")

    def on_mount(self) -> None:
        """Say what can be typed, and count what is new."""
        self.query_one("#filter").border_title = titled(_("Filter"))
        self._tell(
            _("State, level, place, firm, trade, by words or letters: open bl skcg. ^S keeps it.")
        )
        self._count()

    @work(exclusive=True, group="count")
    async def _count(self) -> None:
        try:
            kept = await watching.kept(self._gateway)
        except DuijieError as error:
            self._tell(sentence(error))
            return
        rows = [Row(one.words, (str(one.new), str(one.total), one.words)) for one in kept]
        for listed in self.query("#kept").results(RecordList):
            listed.show(rows)
            listed.cursor = -1
            listed.refresh()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._preview(event.value)

    @property
    def _words(self) -> str:
        return self.query_one("#filter-words", Input).value.strip()

    def action_move(self, step: int) -> None:
        """Take a kept filter into the line."""
        listed = self.query_one("#kept", RecordList)
        if listed.rows:
            listed.cursor = max(0, min(listed.cursor + step, len(listed.rows) - 1))
            listed.refresh()
            self.query_one("#filter-words", Input).value = listed.rows[listed.cursor].code

    async def choose(self) -> None:
        """Show what the words describe."""
        await self.dismiss(self._words)

    async def action_keep(self) -> None:
        """Keep the words as a filter."""
        await caught_up(self.query_one("#filter-words"))
        if self._words:
            self._keep(self._words, is_kept=True)

    async def action_drop(self) -> None:
        """Forget the filter in the line."""
        await caught_up(self.query_one("#filter-words"))
        self._keep(self._words, is_kept=False)

    @work(group="keep")
    async def _keep(self, words: str, *, is_kept: bool) -> None:
        if not await watching.keep(self._gateway, words, is_kept=is_kept):
            self._tell(
                _("That could not be kept: `duijie paths` names the folder, look at its rights.")
            )
            return
        self._tell(_("Kept.") if is_kept else _("No longer kept."))
        self._count()

    def _tell(self, words: str) -> None:
        for told in self.query("#told").results(Static):
            told.update(plain(words))
