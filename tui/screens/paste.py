"""What was pasted, as a grid of needs: wrong cells are mended, what is right is stored at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import uuid4

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Input, Static

from store.errors import DuijieError
from store.schemas.records import NeedDraft
from store.services import needs, records
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.need_reading import UnclearError, read_need
from tui.pasted import COLUMNS, read_rows
from tui.safe import fit, plain
from tui.screens.base import BaseDialog, caught_up
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_input import LineInput
from tui.words import cell_word, field_word

_WIDEST = 24
_MOST = 200


@dataclass
class _Line:
    """A pasted need: what stands in its cells, the draft or what is wrong, and what it may repeat."""

    cells: dict[str, str]
    draft: NeedDraft | None = None
    causes: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    alike: str = ""


class PasteDialog(BaseDialog[tuple[str, ...]]):
    """Answers with the codes of the needs that were stored."""

    CSS_PATH = "paste.tcss"
    PURPOSE = mark(
        "What was pasted, a need a line. ‹ was read from the words, ✕ is to be mended with Enter, "
        "? may be registered already."
    )
    AUTO_FOCUS = "#grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", mark("Mend cell"), priority=True, id="paste.edit"),
        Binding("x,delete", "drop", mark("Leave out"), id="paste.drop"),
        Binding("j", "join", mark("Join to line above"), id="paste.join"),
        Binding("n", "next_wrong", mark("Next fault"), id="paste.next_wrong"),
        Binding("ctrl+s", "store", mark("Store"), priority=True, id="paste.store"),
        Binding("escape", "leave", mark("Back"), priority=True, id="paste.leave"),
    ]

    def __init__(self, gateway: Gateway, text: str) -> None:
        super().__init__()
        self._gateway = gateway
        rows = read_rows(text)
        self._lines = [_Line(cells) for cells in rows[:_MOST]]
        self._left_out = len(rows) - len(self._lines)
        self._is_leaving = False
        self._stored: list[str] = []
        self._request = uuid4().hex

    def compose(self) -> ComposeResult:
        """The grid, the cell being mended, what is wrong with it."""
        with Vertical(id="paste"):
            yield DataTable[object](id="grid", cursor_type="cell", zebra_stripes=False)
            yield LineInput(id="cell", max_length=500, compact=True, disabled=True)
            yield Static(id="told")
            yield KeyBar()

    def on_mount(self) -> None:
        """Headings, the lines as they came, then what they mean."""
        grid = self._grid
        for name in COLUMNS:
            grid.add_column(field_word(name), key=name)
        self._redraw()
        self._check(list(self._lines))

    @property
    def _grid(self) -> DataTable[object]:
        return self.query_one("#grid", DataTable)

    @work(exclusive=True, group="check")
    async def _check(self, lines: list[_Line]) -> None:
        """Read and check lines one after another; a grid that is left stops it."""
        for done, line in enumerate(lines, 1):
            try:
                await self._check_line(line)
            except DuijieError as error:
                self._tell(sentence(error))
                return
            if not self.is_attached:
                return
            if line in self._lines:
                self._draw_line(self._lines.index(line))
            if not self._is_leaving:
                self._tell(_("Checking {done} of {of} …").format(done=done, of=len(lines)))
        if not self._is_leaving:
            self._tell_state()

    async def _check_line(self, line: _Line) -> None:
        typed = {name: line.cells.get(name, "") for name in COLUMNS}
        typed["earliest"] = typed["earliest"] or self._gateway.today.isoformat()
        unwritten = {name for name in COLUMNS if not line.cells.get(name)} - {"text"}
        line.draft, line.causes, line.alike = None, {}, ""
        try:
            found = await read_need(self._gateway, typed, unwritten=unwritten)
        except UnclearError as error:
            line.causes = dict(error.causes)
            if error.parts and line in self._lines:
                await self._part(line, error.parts)
            return
        line.draft, line.read = found.draft, dict(found.read)
        check = await self._gateway.read(
            needs.check,
            found.draft.enterprise,
            found.draft.text,
            by=self._gateway.by,
            today=self._gateway.today,
        )
        line.alike = check.duplicates[0].code if check.duplicates else ""

    async def _part(self, line: _Line, parts: Sequence[Mapping[str, str]]) -> None:
        """Lines of one trade each in place of one that names several."""
        at = self._lines.index(line)
        made = [_Line({**line.cells, **part}) for part in parts]
        self._lines[at : at + 1] = made
        self._redraw()
        for one in made:
            await self._check_line(one)
            if one in self._lines:
                self._draw_line(self._lines.index(one))

    # Drawing.

    def _redraw(self) -> None:
        grid = self._grid
        at = grid.cursor_coordinate
        grid.clear()
        for _line in self._lines:
            grid.add_row(*("" for _name in COLUMNS))
        for row in range(len(self._lines)):
            self._draw_line(row)
        if self._lines:
            grid.move_cursor(row=min(at.row, len(self._lines) - 1), column=at.column)

    def _draw_line(self, row: int) -> None:
        line = self._lines[row]
        for column, name in enumerate(COLUMNS):
            written = line.cells.get(name, "")
            cell = written or line.read.get(name, "")
            shown = fit(cell_word(name, cell), _WIDEST)
            style = ""
            if name in line.causes:
                shown, style = f"✕{shown}", "bold reverse"
            elif cell and not written:
                shown, style = f"‹{shown}", "italic"
            elif name == "text" and line.alike:
                shown = f"?{shown}"
            value = plain(shown, style)
            self._grid.update_cell_at(Coordinate(row, column), value, update_width=True)

    def _tell_state(self) -> None:
        wrong = sum(bool(line.causes) for line in self._lines)
        good = sum(line.draft is not None for line in self._lines)
        told = _("{good} can be stored with ^S, {wrong} need mending.").format(
            good=good, wrong=wrong
        )
        if self._left_out:
            more = _(" {count} more lines were left out: `duijie intake FILE` takes any number.")
            told += more.format(count=self._left_out)
        self._tell(told)

    @on(DataTable.CellHighlighted)
    def _moved(self) -> None:
        found = self._here()
        if found is None:
            return
        line, name = found
        if name in line.causes:
            self._tell(f"✕ {field_word(name)}: {line.causes[name]}")
        elif line.causes:
            other, why = next(iter(line.causes.items()))
            self._tell(f"✕ {field_word(other)}: {why}")
        elif line.alike:
            self._tell(_("? Perhaps the same as {code}: x leaves it out.").format(code=line.alike))

    def _here(self) -> tuple[_Line, str] | None:
        at = self._grid.cursor_coordinate
        if at.row < len(self._lines):
            return self._lines[at.row], COLUMNS[at.column]
        return None

    # Mending.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text while a cell is being mended."""
        if action in ("drop", "join", "next_wrong"):
            return self.query_one("#cell", Input).disabled
        return True

    async def action_edit(self) -> None:
        """Take the cell into the line below; a second Enter puts it back and checks it."""
        self._is_leaving = False
        field = self.query_one("#cell", Input)
        await caught_up(field)
        found = self._here()
        if found is None:
            return
        line, name = found
        if field.disabled:
            field.disabled = False
            field.value = line.cells.get(name, "") or line.read.get(name, "")
            field.focus()
        else:
            line.cells[name] = field.value.strip()
            self._end_edit()
            self._check([line])
        self.refresh_bindings()

    def _end_edit(self) -> None:
        field = self.query_one("#cell", Input)
        field.value, field.disabled = "", True
        self._grid.focus()

    def action_drop(self) -> None:
        """Leave the line out."""
        found = self._here()
        if found is not None:
            self._lines.remove(found[0])
            self._redraw()
            self._tell_state()

    def action_join(self) -> None:
        """Put the words of this line behind those of the line above: one message in two lines."""
        row = self._grid.cursor_coordinate.row
        if 0 < row < len(self._lines):
            joined = self._lines.pop(row)
            above = self._lines[row - 1]
            words = (above.cells.get("text", ""), joined.cells.get("text", ""))
            above.cells = {**joined.cells, **above.cells, "text": "，".join(filter(None, words))}
            self._redraw()
            self._grid.move_cursor(row=row - 1)
            self._check([above])

    def action_next_wrong(self) -> None:
        """To the next cell that needs mending."""
        at = self._grid.cursor_coordinate
        faults = [
            (row, COLUMNS.index(name))
            for row, line in enumerate(self._lines)
            for name in line.causes
            if name in COLUMNS
        ]
        following = [fault for fault in sorted(faults) if fault > (at.row, at.column)] or faults
        if following:
            self._grid.move_cursor(row=following[0][0], column=following[0][1])

    def action_store(self) -> None:
        """Store every line that is right, all or none of them; the others stay here."""
        if self.query_one("#cell", Input).disabled:
            self._store()

    @work(group="save")
    async def _store(self) -> None:
        good = [line for line in self._lines if line.draft is not None]
        drafts = [line.draft for line in good if line.draft is not None]
        if not drafts:
            self._tell_state()
            return
        try:
            codes = await self._gateway.write(
                records.register_many, drafts, by=self._gateway.by, request=self._request
            )
        except DuijieError as error:
            self._tell(sentence(error))
            return
        self._request = uuid4().hex
        self._stored += codes
        self._lines = [line for line in self._lines if line not in good]
        if not self._lines:
            self.dismiss(tuple(self._stored))
            return
        self._redraw()
        self._tell(_("✓ {count} stored.").format(count=len(codes)))

    def action_leave(self) -> None:
        """Out of the cell, else out of the grid; what was stored stays stored."""
        if not self.query_one("#cell", Input).disabled:
            self._end_edit()
        elif self._lines and not self._is_leaving:
            self._is_leaving = True
            told = _(
                "{count} lines are not stored: Esc again throws them away, ^S stores what is right."
            )
            self._tell(told.format(count=len(self._lines)))
        else:
            self.dismiss(tuple(self._stored))

    def _tell(self, words: str) -> None:
        for told in self.query("#told").results(Static):
            told.update(plain(words))
