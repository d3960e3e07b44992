"""What screens share that show one sheet after another, with everything about the line under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.services import reference
from tui import sheets
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.sheets import Sheet
from tui.widgets.record_list import RecordList, Row


class SideBySideScreen(BaseScreen[None]):
    """Left the lines of a sheet, right the one under the cursor; a subclass reads and says what they are."""

    AUTO_FOCUS = "#lines"
    CAN_MARK = False
    TAKES_MOMENT = False  # whether what is saved is asked for the moment, too
    NONE_YET = mark("Nothing here yet.")  # what stands beside an empty list
    SHOWN = 5  # columns of a list; the rest stands beside it

    lines = getters.query_one("#lines", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None

    def body(self) -> ComposeResult:
        """A list and what stands beside it."""
        with Horizontal(id="columns"):
            yield RecordList([""], [], id="lines", can_mark=self.CAN_MARK)
            with VerticalScroll(id="about", classes="panel", can_focus=False):
                yield Static(id="about-text")

    def on_mount(self) -> None:
        """Read for the first time."""
        super().on_mount()
        self.read_all()

    async def reread(self, kinds: frozenset[str]) -> None:
        """Read what is shown and draw it."""
        await self.fetch()
        if not self.is_gone:
            self.draw()

    async def fetch(self) -> None:
        """Read what is shown."""
        raise NotImplementedError

    def sheet(self) -> Sheet:
        """The sheet that is shown."""
        raise NotImplementedError

    def about(self, code: str) -> Iterable[str]:
        """Everything about a line."""
        raise NotImplementedError

    def summary(self) -> str:
        """How much there is."""
        return self.sheet().told or _("{count} lines.").format(count=len(self.lines.rows))

    def draw(self) -> None:
        """The sheet as it is now."""
        sheet = self.sheet()
        columns = sheet.columns[: self.SHOWN]
        self.lines.headings = tuple(column.heading for column in columns)
        self.lines.widths = tuple(column.width for column in columns[:-1])
        keep, self.keep = self.keep, None
        rows = [
            Row(line.code, tuple(sheets.shown(value) for value in line.values[: self.SHOWN]))
            for line in sheet.lines
        ]
        self.lines.update(rows, keep=keep)
        self.lines.refresh()
        self.query_one("#about", VerticalScroll).border_title = titled(sheet.title)
        self.refresh_bindings()
        self._draw_about()

    @on(RecordList.Moved, "#lines")
    def _moved(self) -> None:
        if not self.is_gone:
            self._draw_about()

    def _draw_about(self) -> None:
        code = self.lines.code
        told = "\n".join(self.about(code)) if code else _(self.NONE_YET)
        self.query_one("#about-text", Static).update(plain(told))

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    async def perform(self, service: Callable[..., Any]) -> None:
        """Do something, with the cursor on what came of it."""
        more = {"now": await self.gateway.read(reference.now)} if self.TAKES_MOMENT else {}
        found = await self.gateway.write(service, by=self.gateway.by, **more)
        if not self.is_gone:
            self.lines.unmark()
            self.keep = getattr(found, "code", None)
            self.read_all(self.done_word(found))

    def done_word(self, found: Any) -> str:
        """What is said of what was saved."""
        code = getattr(found, "code", "")
        if getattr(found, "status", "") == "withdrawn":
            return _("✓ {code} withdrawn.").format(code=code)
        return _("✓ {code} saved.").format(code=code) if code else _("✓ Saved.")
