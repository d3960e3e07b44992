"""What the slot board shows: rows by days and parts, the cell under the cursor, the week in sum."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.services import board, board_additions, board_cell
from store.services.board import Board, Cell, Row, View
from store.services.board_additions import Additions
from store.services.board_cell import CellDetail, Place
from store.services.board_slots import NO_FILTER, PARTS, WEEK_DAYS, choices, monday
from tui import board_text as words
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.progress import Progress, StoppedError
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog
from tui.widgets.heat_board import Heat, HeatBoard, HeatDay, HeatRow
from tui.words import day_word

_VIEWS = tuple(View)
_ZOOMS = ("week", "day", "month")
_PARTS = len(PARTS)
_PAUSE = 0.15  # seconds the cursor rests before a cell is read
_LONGER = 0.25  # and then until its needs are ranked
_ALL = "–"


class BoardView(BaseScreen[None]):
    """Above the board, below the cell under the cursor and the week in sum."""

    CSS_PATH = "board.tcss"
    AUTO_FOCUS = "#heat"
    TITLE_WORD = "board"
    PURPOSE = mark("How full workshops, people and institutions are, by day and part of the day.")
    KINDS_SHOWN = frozenset(
        {"slot", "venue", "institution", "instructor", "course", "run", "proposal", "class", "need"}
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7,comma,pageup", "step(-1)", mark("Prev"), id="board.before"),
        Binding("f8,full_stop,pagedown", "step(1)", mark("Next"), id="board.after"),
        Binding("t", "this_week", mark("Today"), id="board.this_week"),
        Binding("v", "next_view", mark("View"), id="board.view"),
        Binding("z", "zoom", mark("Zoom"), id="board.zoom"),
        Binding("f", "filter", mark("Filter"), id="board.filter"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="board.reload"),
    ]

    heat = getters.query_one("#heat", HeatBoard)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.view = View.WORKSTATIONS
        self.zoom = _ZOOMS[0]
        self.day = gateway.today
        self.only = NO_FILTER
        self.only_names: dict[str, str] = {}
        self.found: Board | None = None
        self._part = 0  # of the day, where the cursor is
        self._detail: CellDetail | None = None
        self._additions: tuple[Place, Additions] | None = None
        self._ranking: Progress | None = None

    def body(self) -> ComposeResult:
        """The board with its legend, and two panels about what is under the cursor."""
        with Vertical(id="board", classes="panel"):
            yield HeatBoard(id="heat")
            yield Static(id="legend")
        with Horizontal(id="below"):
            with VerticalScroll(id="cell", classes="panel", can_focus=False):
                yield Static(id="cell-text")
            with VerticalScroll(id="week", classes="panel", can_focus=False):
                yield Static(id="week-text")

    def on_mount(self) -> None:
        """The legend, and this week."""
        super().on_mount()
        self.query_one("#legend", Static).update(plain(words.legend()))
        self.load()

    @work(exclusive=True, group="board")
    async def load(self, told: str = "", at: tuple[str, date, str] | None = None) -> None:
        """Read what is asked for now and show it, the cursor on a row, day and part where they are given."""
        try:
            async with self.reading:
                await self._read(at)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone and self.found is not None:
            self.tell(told or self._state_of_it(self.found))

    async def reread(self, kinds: frozenset[str]) -> None:
        """The board as it is now; the cursor stays."""
        self._detail = self._additions = None
        await self._read(None)

    async def _read(self, at: tuple[str, date, str] | None) -> None:
        asked = (self.view, self.zoom, self.day, self.only)
        by = self.gateway.by
        if self.zoom == "month":
            found = await self.gateway.read(board.month, self.day, by=by, only=self.only)
        else:
            found = await self.gateway.read(
                board.week, self.day, by=by, view=self.view, only=self.only
            )
        if self.is_gone or asked != (self.view, self.zoom, self.day, self.only):
            return
        self.found = found
        self._show(found, at)

    def _state_of_it(self, found: Board) -> str:
        if not found.rows:
            return _("Nothing to show: venues with workstations are filed with 4. f shows all.")
        if self.view is not View.INSTRUCTORS and not any(
            cell.total or cell.closed for row in found.rows for cell in row.cells
        ):
            return _("No slot in these days: F8 goes on, 4 files slots.")
        if self.view is View.INSTRUCTORS:
            return _("{count} instructors").format(count=len(found.rows))
        return _("{count} rows").format(count=len(found.rows))

    def _show(self, found: Board, at: tuple[str, date, str] | None) -> None:
        key, day, part = at or (self.heat.key or "", self.day, PARTS[self._part].name)
        if self.zoom == "month" and at is None:
            key = f"{day:%G-W%V}"
        self.day = day
        days = self._days(found)
        at_day = day.weekday() if self.zoom == "month" else (day - days[0]).days
        column = at_day * _PARTS + [one.name for one in PARTS].index(part)
        heads = words.part_heads()
        shown = [
            HeatDay(
                words.day_head(one) if self.zoom != "month" else words.weekday_head(one),
                heads if self.zoom != "day" else tuple(words.part_word(p.name) for p in PARTS),
                one == self.gateway.today and self.zoom != "month",
            )
            for one in days
        ]
        loads = {one.code: one for one in found.people} if self.view is View.INSTRUCTORS else {}
        rows = [
            HeatRow(row.key, words.row_label(row, loads.get(row.key)), self._heats(row))
            for row in found.rows
        ]
        self.heat.show(shown, rows, (key, column))
        panel = self.query_one("#board")
        panel.border_title = titled(f"{words.view_word(self.view)}  {self._span(found)}")
        panel.border_subtitle = titled("  ".join(self.only_names.values()) or _("all (f filters)"))
        self._show_week(found)

    def _span(self, found: Board) -> str:
        if self.zoom == "month":
            return f"{self.day:%Y-%m}"
        return day_word(self.day) if self.zoom == "day" else words.week_title(found)

    def _days(self, found: Board) -> list[date]:
        """The days of the columns; those of the first week where each row is another one."""
        if self.zoom == "day":
            return [self.day]
        return [found.first_day + timedelta(days=at) for at in range(WEEK_DAYS)]

    def _cells(self, row: Row) -> tuple[Cell, ...]:
        """The cells of a row that are shown."""
        if self.zoom == "day":
            return tuple(cell for cell in row.cells if cell.day == self.day)
        return row.cells

    def _heats(self, row: Row) -> tuple[Heat, ...]:
        return tuple(self._heat(cell) for cell in self._cells(row))

    def _heat(self, cell: Cell) -> Heat:
        name = words.heat(cell)
        glyph = words.GLYPHS[name]
        if self.zoom != "day" or not cell.total:
            return Heat(glyph, name)
        unit = words.hours if self.view is View.INSTRUCTORS else str
        return Heat(f"{glyph} {unit(cell.taken)}/{unit(cell.total)}", name)

    def _show_week(self, found: Board) -> None:
        lines = [words.use_line(found)]
        if self.zoom != "month":
            lines += words.clash_lines(found.clashes)
            lines += words.load_lines(found.people)
        title = _("Month") if self.zoom == "month" else _("Week")
        self.query_one("#week", VerticalScroll).border_title = titled(title)
        self.query_one("#week-text", Static).update(plain("\n".join(lines)))

    @property
    def here(self) -> tuple[Row, Cell] | None:
        """The row and the cell under the cursor."""
        if self.found is None or not self.heat.rows or self.heat.key is None:
            return None
        row = next((one for one in self.found.rows if one.key == self.heat.key), None)
        if row is None:
            return None
        cells = self._cells(row)
        return (row, cells[self.heat.column]) if self.heat.column < len(cells) else None

    @property
    def place(self) -> Place | None:
        """Where the cursor is; none in a month, whose cells are sums of everything."""
        here = self.here
        if here is None or self.zoom == "month":
            return None
        return Place(self.view, here[0].key, here[1].day, here[1].part)

    @on(HeatBoard.Moved, "#heat")
    def _moved(self) -> None:
        here = self.here
        if here is not None:
            self._part = self.heat.column % _PARTS
            if self.zoom != "day":
                self.day = here[1].day
        self.cursor_moved()

    def cursor_moved(self) -> None:
        """Show the cell under the cursor."""
        self._show_cell()

    @work(exclusive=True, group="cell")
    async def _show_cell(self) -> None:
        if self._ranking is not None:
            self._ranking.stop()  # of the cell that the cursor has left
        place, here = self.place, self.here
        self._draw_cell()
        if place is None or here is None or not (here[1].total or here[1].closed):
            return
        await asyncio.sleep(_PAUSE)
        try:
            await self.detail_of(place)
            self._draw_cell()
            if here[1].free and place.day > self.gateway.today and self.may_match:
                await asyncio.sleep(_LONGER)
                await self.additions_of(place)
                self._draw_cell()
        except StoppedError:
            return
        except DuijieError as error:
            self.tell_failure(error)

    @property
    def may_match(self) -> bool:
        """Whether needs are ranked for this person."""
        return board_additions.may(self.gateway.by)

    async def detail_of(self, place: Place) -> CellDetail:
        """What is under a cell, read once while the cursor is there."""
        if self._detail is None or self._detail.place != place:
            self._detail = await self.gateway.read(board_cell.cell, place, by=self.gateway.by)
        return self._detail

    async def additions_of(self, place: Place) -> Additions:
        """Needs that could be added to a cell, ranked once while the cursor is there."""
        if self._additions is None or self._additions[0] != place:
            self._ranking = progress = Progress()
            found = await self.gateway.read(
                board_additions.additions,
                place,
                by=self.gateway.by,
                today=self.gateway.today,
                progress=progress,
            )
            self._additions = (place, found)
        return self._additions[1]

    def _draw_cell(self) -> None:
        """All that is known of the cell under the cursor by now."""
        here = self.here
        if self.is_gone or here is None:
            return
        row, cell = here
        panel = self.query_one("#cell", VerticalScroll)
        what = row.name if row.equipment is None else f"{row.equipment_name} {row.venue}"
        panel.border_title = titled(f"{what} · {day_word(cell.day)} {words.part_word(cell.part)}")
        lines = [words.amount_line(cell, self.view), *self._more(row, cell)]
        self.query_one("#cell-text", Static).update(plain("\n".join(filter(None, lines))))
        panel.scroll_home(animate=False)

    def _more(self, row: Row, cell: Cell) -> Iterable[str]:
        place = self.place
        if place is None:
            return
        if self._additions is not None and self._additions[0] == place:
            yield words.additions_line(self._additions[1])
        if self._detail is not None and self._detail.place == place:
            yield from words.detail_lines(self._detail)
        if row.equipment is not None:
            yield f"{row.name} · {row.institution_name} · {row.count}"

    def action_step(self, step: int) -> None:
        """The day, week or month before or after."""
        if self.zoom == "day":
            self.day += timedelta(days=step)
        elif self.zoom == "week":
            self.day += timedelta(days=WEEK_DAYS * step)
        else:
            first = self.day.replace(day=1)
            self.day = first - timedelta(days=1) if step < 0 else first + timedelta(days=31)
            self.day = self.day.replace(day=1)
        self.load()

    def action_this_week(self) -> None:
        """The week of today."""
        self.day = self.gateway.today
        if self.zoom == "month":
            self.zoom = _ZOOMS[0]
        self.load()

    def action_next_view(self) -> None:
        """Workstations, instructors, institutions, and round again."""
        self.view = _VIEWS[(_VIEWS.index(self.view) + 1) % len(_VIEWS)]
        if self.zoom == "month":
            self.zoom = _ZOOMS[0]
        self.load()

    def action_zoom(self) -> None:
        """A week, a day with numbers, a month week by week, and round again."""
        self.zoom = _ZOOMS[(_ZOOMS.index(self.zoom) + 1) % len(_ZOOMS)]
        self.load()

    def action_reload(self) -> None:
        """Read again."""
        self._detail = self._additions = None
        self.load()

    def action_filter(self) -> None:
        """Only one institution, one type of workstations, or an area with those in it."""
        self._filter()

    @work(exclusive=True, group="dialog")
    async def _filter(self) -> None:
        try:
            found = await self.gateway.read(choices, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        names = {code: (kind, name) for kind, code, name in found}
        parts = [(_ALL, _("everything")), *((code, name) for _kind, code, name in found)]
        chosen = await self.app.push_screen_wait(PickDialog(_("Show only what?"), parts))
        if chosen is None:
            return
        if chosen == _ALL:
            self.only, self.only_names = NO_FILTER, {}
        else:
            kind, name = names[chosen]
            self.only = replace(self.only, **{kind: chosen})
            self.only_names[kind] = name
        self.load()

    def narrow(self, institution: str, name: str) -> None:
        """The workstations of one institution."""
        self.view, self.only = View.WORKSTATIONS, replace(self.only, institution=institution)
        self.only_names["institution"] = name
        self.load()

    @property
    def first_day(self) -> date:
        """The Monday of the week that is shown."""
        return monday(self.day)
