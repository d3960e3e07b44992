"""One batch as a grid to be mended with the keys alone; each change is stored as it is made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Input, Static
from textual.worker import WorkerCancelled

from store.errors import DuijieError
from store.services import batch_mend, batches
from store.services.batch_choices import Choice
from store.services.batches import BatchView, RowView
from store.services.rights import Act, reach
from tui import batch_grid, batch_text
from tui.bar import RowsDone, on_screen
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import cause, sentence
from tui.progress import StoppedError
from tui.safe import plain, titled
from tui.screens.base import BaseDialog, caught_up
from tui.screens.batch_views import DiffDialog, HeadingsDialog
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_input import LineInput
from tui.words import field_word, kind_word

_WINDOW = 50
_CHANGING = ("edit", "fill", "leave_out", "take", "headings", "check")


class RowsGrid(DataTable[object]):
    """A grid whose cursor stays off the first column, the numbers of the rows: nothing is mended there."""

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """The place nearest to where the cursor is sent."""
        row, column = super().validate_cursor_coordinate(value)
        return Coordinate(row, max(column, min(1, len(self.columns) - 1)))


class BatchDialog(BaseDialog[None]):
    """A window of the rows, wrong ones first; beneath it what is wrong and what may be meant."""

    CSS_PATH = "batch.tcss"
    PURPOSE = mark(
        "Rows to be mended: ✕ is wrong, ‹ was mended, = is as before. 1 to 9 take what is offered; every "
        "change is kept at once, so the work can be left at any time."
    )
    AUTO_FOCUS = "#grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", mark("Mend cell"), priority=True, id="batch.edit"),
        Binding("n", "next_wrong", mark("Next fault"), priority=True, id="batch.next_wrong"),
        Binding("v,ctrl+s", "differences", mark("Compare and apply"), priority=True, id="batch.differences"),
        Binding("f", "fill", mark("Same everywhere"), priority=True, id="batch.fill"),
        Binding("x,delete", "leave_out", mark("Leave out"), priority=True, id="batch.leave_out"),
        Binding("h", "headings", mark("Headings"), priority=True, id="batch.headings"),
        Binding("r", "check", mark("Check again"), priority=True, show=False, id="batch.check"),
        Binding("pagedown", "page(1)", mark("page down"), priority=True, show=False, id="batch.page_down"),
        Binding("pageup", "page(-1)", mark("page up"), priority=True, show=False, id="batch.page_up"),
        Binding("escape", "leave", mark("Back"), priority=True, id="batch.leave"),
        *(
            Binding(str(n), f"take({n})", mark("Take"), priority=True, show=False, id=f"batch.take{n}")
            for n in range(1, 10)
        ),
    ]  # fmt: skip

    def __init__(self, gateway: Gateway, code: str) -> None:
        super().__init__()
        self._gateway = gateway
        self._code = code
        self._view: BatchView | None = None
        self._rows: tuple[RowView, ...] = ()
        self._columns: list[
            tuple[int, str]
        ] = []  # where in the cells each column stands that is kept
        self._at = 0  # the first row of the window
        self._choices: tuple[Choice, ...] = ()
        self._shown: Coordinate | None = None  # the place that was told last
        self._looked: tuple[int, str, str] | None = None  # what the choices are for
        self._last: tuple[str, str, str] | None = None  # column, old and new text mended last
        self._is_filling = False
        self._may_edit = reach(gateway.by, Act.EDIT, "batch") is not None

    def compose(self) -> ComposeResult:
        """The batch, the grid, the cell being mended, what is wrong with it, what it may mean."""
        with Vertical(id="batch", classes="batch"):
            yield Static(id="sum")
            yield RowsGrid(id="grid", cursor_type="cell", fixed_columns=1)
            yield LineInput(id="cell", max_length=500, compact=True, disabled=True)
            yield Static(id="told")
            yield Static(id="choices")
            yield KeyBar()

    def on_mount(self) -> None:
        """Read the first window."""
        self._load(first=True)

    @property
    def _grid(self) -> RowsGrid:
        return self.query_one("#grid", RowsGrid)

    @property
    def _cell(self) -> Input:
        return self.query_one("#cell", Input)

    # Reading and drawing.

    @work(group="load")
    async def _load(self, *, first: bool = False) -> None:
        await self._reload()
        if first and self._rows and not self.is_gone:
            self._go_to_fault(-1, 0)

    async def _reload(self) -> None:
        by = self._gateway.by
        try:
            self._view = await self._gateway.read(batches.shown, self._code, by=by)
            self._rows = await self._gateway.read(
                batches.rows, self._code, by=by, at=self._at, limit=_WINDOW
            )
        except DuijieError as error:
            self.tell(sentence(error))
            return
        if not self.is_gone:
            self._draw(self._view)

    def _draw(self, view: BatchView) -> None:
        """The window; the cursor stays in its place."""
        columns = [*(one.column for one in view.headings), *view.missing]
        self._columns = [(place, column) for place, column in enumerate(columns) if column]
        guessed = {one.column for one in view.headings if one.is_guessed}
        labels = batch_grid.labels(self._columns, guessed)
        drawn = [batch_grid.row_cells(row, self._columns) for row in self._rows]
        widths = [
            max(cell.cell_len for cell in cells) for cells in zip(labels, *drawn, strict=True)
        ]
        grid, at = self._grid, self._grid.cursor_coordinate
        grid.clear(columns=True)
        for label, width in zip(labels, widths, strict=True):
            grid.add_column(label, width=width)
        for cells in drawn:
            grid.add_row(*cells)
        if self._rows:
            grid.move_cursor(row=min(at.row, len(self._rows) - 1), column=at.column)
        state = batch_text.batch_state(view)
        about = f"{kind_word(view.kind)}  {view.file}  {state}  {batch_text.counted(view)}"
        self.query_one("#sum", Static).update(plain(about))
        self.query_one("#batch").border_title = titled(view.code)
        self._show_place()

    @on(DataTable.CellHighlighted)
    def _moved(self) -> None:
        if (
            self._grid.cursor_coordinate != self._shown
        ):  # else it is told already, or something else is
            self._show_place()

    def on_resize(self) -> None:
        """What is offered goes into as many columns as fit."""
        if self._rows:
            self._show_place()

    def _here(self) -> tuple[RowView, str, str] | None:
        """The row under the cursor, the column and what stands in the cell."""
        at = self._grid.cursor_coordinate
        if at.row >= len(self._rows) or not 0 < at.column <= len(self._columns):
            return None
        row = self._rows[at.row]
        place, column = self._columns[at.column - 1]
        return row, column, row.cells[place] if place < len(row.cells) else ""

    def _show_place(self) -> None:
        """What is wrong here, else elsewhere in the row, else what was mended."""
        self._shown = self._grid.cursor_coordinate
        at = self._shown.row
        self.query_one("#choices", Static).update("")
        if not self._rows or at >= len(self._rows):
            self.tell(_("There are no rows here."))
            return
        row, here = self._rows[at], self._here()
        column = here[1] if here else ""
        problems = sorted(row.problems, key=lambda one: one.column != column)
        if problems:
            field = field_word(problems[0].column) or _("Row")
            told = f"✕ {field}: {cause(problems[0].code, problems[0].params)}"
            if problems[0].column == column and self._may_edit:
                self._look()
        elif column in row.mended and here:
            told = f"‹ {here[2]} → {row.mended[column][0]}"
        elif self._view and self._view.status == "reading":
            told = batch_text.missing_line(self._view)
        else:
            told = _("n: next fault   ^S: compare and apply")
        self.tell(told)

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        await self._look_here()

    async def _look_here(self) -> None:
        """What the cell under the cursor may mean, looked up once."""
        here = self._here()
        place = (here[0].number, here[1], here[2]) if here else None
        if here is None or place is None:
            return
        if place != self._looked:
            try:
                found = await self._gateway.read(
                    batch_mend.choices, self._code, here[0].number, here[1], by=self._gateway.by
                )
            except DuijieError as error:
                self.tell(sentence(error))
                return
            self._choices, self._looked = found, place
        if not self.is_gone:
            self._show_choices()

    def _show_choices(self) -> None:
        told = batch_grid.choice_lines(self._choices, self.size.width - 6)
        self.query_one("#choices", Static).update(plain(told))

    # Moving.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters and digits are text while a cell is being mended; whoever only reads mends nothing."""
        if action in _CHANGING and not self._may_edit:
            return False
        if not self.is_mounted or action in ("edit", "leave"):
            return True
        return self._cell.disabled

    async def _settled(self) -> None:
        """Wait for what is being stored or read, so that keys typed ahead meet what came of it."""
        for worker in [
            one for one in self.workers if one.node is self and one.group in ("save", "load")
        ]:
            with suppress(WorkerCancelled):
                await worker.wait()

    async def action_next_wrong(self) -> None:
        """To the next cell that needs mending."""
        await self._settled()
        at = self._grid.cursor_coordinate
        if self._go_to_fault(at.row, at.column):
            return
        wrong = self._view.counts.get("wrong", 0) if self._view else 0
        self._at = self._at + _WINDOW if self._at + _WINDOW < wrong else 0
        await self._reload()
        if not self._go_to_fault(-1, 0):
            self.tell(_("Nothing is wrong any more: ^S compares and applies."))

    def _go_to_fault(self, row: int, column: int) -> bool:
        places = {column: at for at, (_place, column) in enumerate(self._columns, 1)}
        faults = sorted(
            (at, places.get(problem.column, 1))
            for at, one in enumerate(self._rows)
            for problem in one.problems
            if one.state == "wrong"
        )
        following = [fault for fault in faults if fault > (row, column)]
        if following:
            self._grid.move_cursor(row=following[0][0], column=following[0][1])
            self._show_place()
        return bool(following)

    async def action_page(self, pages: int) -> None:
        """The next window, or the one before."""
        await self._settled()
        total = sum(self._view.counts.values()) if self._view else 0
        at = max(0, self._at + pages * _WINDOW)
        if at < total and at != self._at:
            self._at = at
            await self._reload()
            self._grid.move_cursor(row=0)
        else:
            self._grid.move_cursor(row=0 if pages < 0 else len(self._rows) - 1)

    # Mending.

    async def action_edit(self) -> None:
        """Take the cell into the line below; a second Enter stores it."""
        await caught_up(self._cell)
        await self._settled()
        if self._cell.disabled:
            self._is_filling = False
            self._begin_edit()
            return
        here, text = self._here(), self._cell.value.strip()
        self._end_edit()
        if here is not None:
            self._mend(here, text, everywhere=self._is_filling)

    def _begin_edit(self) -> None:
        here = self._here()
        if here is None or not self._may_change(here[0]):
            return
        self._cell.disabled = False
        self._cell.value = here[2]
        self.set_focus(self._cell)
        self.refresh_bindings()

    def _may_change(self, row: RowView) -> bool:
        if row.state in ("applied", "left_out"):
            self.tell(_("This row is applied or left out; nothing in it is mended."))
            return False
        return True

    def _end_edit(self) -> None:
        self._cell.value, self._cell.disabled = "", True
        self.set_focus(self._grid)
        self.refresh_bindings()

    async def action_take(self, number: int) -> None:
        """Write what is offered under a number into the cell."""
        await self._settled()
        await self._look_here()
        here = self._here()
        if here is not None and number <= len(self._choices):
            self._mend(here, self._choices[number - 1].value, everywhere=False)

    async def action_fill(self) -> None:
        """What was mended last, wherever the same text stands; elsewhere what is typed next."""
        await self._settled()
        here = self._here()
        if here is None:
            return
        if self._last is not None and self._last[:2] == here[1:]:
            self._mend(here, self._last[2], everywhere=True)
            return
        self._is_filling = True
        self._begin_edit()
        told = _("What you write goes into every row that says “{text}” here.")
        self.tell(told.format(text=here[2]))

    def _mend(self, here: tuple[RowView, str, str], text: str, *, everywhere: bool) -> None:
        row, column, old = here
        self._last = (column, old, text)
        if everywhere:
            self._save(batch_mend.fill, column, old, text)
        else:
            self._save(batch_mend.fix, row.number, column, text)

    async def action_leave_out(self) -> None:
        """Leave the row out, or take it in again."""
        await self._settled()
        here = self._rows[self._grid.cursor_coordinate.row] if self._rows else None
        if here is not None and here.state != "applied":
            self._save(batch_mend.leave, [here.number], back=here.state == "left_out")

    async def action_check(self) -> None:
        """Check every row again, with the records as they are now."""
        await self._settled()
        counts = self._view.counts if self._view else {}
        self.working = RowsDone(sum(counts.get(state, 0) for state in batches.CHECKABLE))
        self._recheck(self.working)

    @work(group="save")
    async def _recheck(self, progress: RowsDone) -> None:
        by = self._gateway.by
        try:
            with on_screen(self, _("Checking …"), progress):
                await self._gateway.write(batch_mend.recheck, self._code, by=by, progress=progress)
        except StoppedError:
            self.tell(_("Stopped: every row is as it was."))
            return
        except DuijieError as error:
            self.tell(sentence(error))
            return
        self._looked = None
        if not self.is_gone:
            await self._reload()

    @work(group="save")
    async def _save(self, service: Callable[..., BatchView], *words: Any, **more: Any) -> None:
        try:
            await self._gateway.write(service, self._code, *words, by=self._gateway.by, **more)
        except DuijieError as error:
            self.tell(sentence(error))
            return
        self._looked = None
        if not self.is_gone:
            await self._reload()

    # Other views.

    async def action_headings(self) -> None:
        """What each heading was taken for."""
        await self._settled()
        if self._view is not None:
            dialog = HeadingsDialog(self._gateway, self._view)
            await self.app.push_screen(dialog, self._mapped)

    def _mapped(self, _answer: None) -> None:
        self._load(first=True)

    async def action_differences(self) -> None:
        """What applying would do; there it is applied."""
        await self._settled()
        dialog = DiffDialog(self._gateway, self._code)
        await self.app.push_screen(dialog, self._compared)

    def _compared(self, told: str | None) -> None:
        self._load(first=not told)
        if told:
            self.call_later(self._tell_last, told)

    async def _tell_last(self, told: str) -> None:
        await self._settled()
        self.tell(told)

    def action_leave(self) -> None:
        """Out of the cell; else stop the checking; else out of the batch, where all is stored already."""
        if not self._cell.disabled:
            self._end_edit()
            self._show_place()
        elif not self.stop_working():
            self.dismiss(None)

    def tell(self, text: str, *, is_failure: bool = False) -> None:
        """One sentence beneath the grid."""
        for told in self.query("#told").results(Static):
            told.update(plain(text))
