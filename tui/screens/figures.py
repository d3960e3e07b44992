"""供需数字: pivot, bottlenecks, waiting, use and forecast as tables with the records behind them."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from store.errors import DuijieError
from store.services import behind, bottlenecks, forecast, pivot, use, waits
from store.services.pivot import Axis
from store.services.use import UseShare
from store.services.waits import Share
from tui import figures_text as text
from tui import sheets
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog, pick_area
from tui.settings import export_file
from tui.sheets import Line, Records, Sheet
from tui.widgets.record_list import RecordList, Row

VIEWS = ("pivot", "bottlenecks", "waits", "use", "forecast")
_MOST_PICKED = 200


class FiguresScreen(BaseScreen[None]):
    """One table at a time; Enter opens what is behind a line, or behind one of its numbers."""

    CSS_PATH = "figures.tcss"
    AUTO_FOCUS = "#lines"
    TITLE_WORD = "figures"
    TAB = "analysis"
    PURPOSE = mark(
        "Demand, supply and gap by any two of trade, level, area and week; what holds heads up; waiting; "
        "use of capacity; forecast. Enter opens the records behind a number."
    )
    KINDS_SHOWN = frozenset(
        {"need", "proposal", "course", "run", "slot", "venue", "instructor", "institution"}
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "view", mark("Next view"), id="figures.view"),
        Binding("t", "axes", mark("By what"), id="figures.axes"),
        Binding("m", "measure", mark("Measure"), id="figures.measure"),
        Binding("f", "area", mark("Area"), id="figures.area"),
        Binding("f7,comma", "turn(-1)", mark("Columns −"), id="figures.columns_before"),
        Binding("f8,full_stop", "turn(1)", mark("Columns +"), id="figures.columns_next"),
        Binding("f9,x", "export", mark("Export"), id="figures.export"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="figures.reload"),
        Binding("escape", "app.back", mark("Back"), id="figures.back"),
    ]

    lines = getters.query_one("#lines", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._view = 0
        self._axes: tuple[str, str] = (Axis.OCCUPATION, Axis.WEEK)
        self._shares: dict[str, str] = {"waits": Share.OCCUPATION, "use": UseShare.INSTITUTION}
        self._measure = "gap"
        self._first = 1  # column that stands beside the names
        self._sheet: Sheet | None = None

    def body(self) -> ComposeResult:
        """A title over a table."""
        with Vertical(id="figures"):
            yield Static(id="title")
            yield RecordList([""], [], id="lines")

    def on_mount(self) -> None:
        """Read the first view."""
        super().on_mount()
        self.read_all()

    def summary(self) -> str:
        """What is shown, in one sentence."""
        return self._sheet.told if self._sheet is not None else ""

    async def reread(self, kinds: frozenset[str]) -> None:
        """The view as it is now."""
        name = VIEWS[self._view]
        found = await getattr(self, f"_read_{name}")()
        if not self.is_gone and VIEWS[self._view] == name:
            self._sheet = found
            self._draw()

    async def _read(self, service: Any, *words: Any, **more: Any) -> Any:
        by, today = self.gateway.by, self.gateway.today
        return await self.gateway.read(service, *words, by=by, today=today, **more)

    def _where(self) -> str | None:
        return self.gateway.area[0] if self.gateway.area else None

    async def _read_pivot(self) -> Sheet:
        only = {"area": self.gateway.area[0]} if self.gateway.area else None
        found = await self._read(pivot.pivot, *self._axes, only)
        return text.pivot_sheet(found, self._measure)

    async def _read_bottlenecks(self) -> Sheet:
        found = await self._read(bottlenecks.bottlenecks, area=self._where())
        return text.bottleneck_sheet(found)

    async def _read_waits(self) -> Sheet:
        share = self._shares["waits"]
        return text.waits_sheet(await self._read(waits.waits, share, area=self._where()), share)

    async def _read_use(self) -> Sheet:
        share = self._shares["use"]
        return text.use_sheet(await self._read(use.use, share, area=self._where()), share)

    async def _read_forecast(self) -> Sheet:
        return text.forecast_sheet(await self._read(forecast.forecast, area=self._where()))

    def _draw(self) -> None:
        """The columns that have room, from the one that was turned to."""
        sheet = self._sheet
        if sheet is None:
            return
        listed = self.lines
        shown = sheet.columns[self._first :]
        listed.headings = (
            sheet.columns[0].heading,
            *(
                f"{one.heading:>{one.width}}" if one.heading.isascii() else one.heading
                for one in shown
            ),
        )
        listed.widths = (sheet.columns[0].width, *(one.width for one in shown[:-1]))
        rows = [
            Row(one.code, sheets.cells(sheet.columns, one, first=self._first))
            for one in sheet.lines
        ]
        listed.update(rows)
        listed.refresh()
        where = self.gateway.area[1] if self.gateway.area else _("everywhere")
        at = f"{self._view + 1}/{len(VIEWS)}"
        self.query_one("#title", Static).update(plain(f"{at} {sheet.title} · {where}", "bold"))

    # What is behind a number.

    @on(RecordList.Chosen, "#lines")
    def _chosen(self) -> None:
        self._open()

    @work(exclusive=True, group="dialog")
    async def _open(self) -> None:
        """One of the records behind the line, or behind one of its numbers where they differ."""
        sheet = self._sheet
        line = (
            next((one for one in sheet.lines if one.code == self.lines.code), None)
            if sheet
            else None
        )
        if sheet is None or line is None:
            return
        records = await self._records(sheet, line)
        if records is None:
            return
        if not records:
            self.tell(_("Nothing is behind that number."))
            return
        shown = records[:_MOST_PICKED]
        told = await self.gateway.read(behind.told, shown, by=self.gateway.by)
        parts = [(one[1], text.record_line(one[0], told.get(one))) for one in shown]
        chosen = await self.app.push_screen_wait(PickDialog(sheets.shown(line.values[0]), parts))
        if chosen is not None:
            kind = next(kind for kind, code in records if code == chosen)
            self.show_record(kind, chosen)

    async def _records(self, sheet: Sheet, line: Line) -> Records | None:
        if sheet.name == "use":
            sort, _slash, value = line.code.partition("/")
            share = self._shares["use"]
            found: Records = await self._read(use.behind, sort, share, value, area=self._where())
            return found
        if len(set(line.behind.values())) < 2:
            return sheet.records(line)
        heads = {column.name: column.heading for column in sheet.columns}
        at = {column.name: place for place, column in enumerate(sheet.columns)}
        parts = [
            (name, f"{heads[name]}: {sheets.shown(line.values[at[name]])}")
            for name, some in line.behind.items()
            if some
        ]
        column = await self.app.push_screen_wait(PickDialog(_("Which number?"), parts))
        return None if column is None else line.behind[column]

    # What is looked at.

    def action_view(self) -> None:
        """The next table."""
        self._view = (self._view + 1) % len(VIEWS)
        self._first = 1
        self.read_all()

    def action_turn(self, step: int) -> None:
        """Other columns beside the names."""
        if self._sheet is not None:
            self._first = max(1, min(self._first + 4 * step, len(self._sheet.columns) - 1))
            self._draw()

    def action_axes(self) -> None:
        """By what the numbers are told apart."""
        self._pick_axes()

    @work(exclusive=True, group="dialog")
    async def _pick_axes(self) -> None:
        view = VIEWS[self._view]
        if view == "pivot":
            pairs = [(a, b) for a in Axis for b in Axis if a is not b]
            parts = [(f"{a}/{b}", f"{_(text.AXES[a])} × {_(text.AXES[b])}") for a, b in pairs]
        elif view in self._shares:
            shares = list(Share) if view == "waits" else list(UseShare)
            parts = [(share, _(text.AXES[share])) for share in shares]
        else:
            self.tell(_("This table has one form only."))
            return
        chosen = await self.app.push_screen_wait(PickDialog(_("By what?"), parts))
        if chosen is None:
            return
        if view == "pivot":
            rows, _slash, columns = chosen.partition("/")
            self._axes = (rows, columns)
        else:
            self._shares[view] = chosen
        self._first = 1
        self.read_all()

    def action_measure(self) -> None:
        """Which number the pivot shows."""
        self._pick_measure()

    @work(exclusive=True, group="dialog")
    async def _pick_measure(self) -> None:
        parts = [(name, _(word)) for name, word in text.MEASURES.items()]
        chosen = await self.app.push_screen_wait(PickDialog(_("Which number?"), parts))
        if chosen is not None:
            self._measure = chosen
            self._view = 0
            self.read_all()

    def action_area(self) -> None:
        """Only the needs of an area."""
        self._pick_area()

    @work(exclusive=True, group="dialog")
    async def _pick_area(self) -> None:
        before = self.gateway.area
        self.gateway.area = await pick_area(self, before)
        if self.gateway.area != before:
            self.read_all()

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    def action_export(self) -> None:
        """The table as a workbook in a file of this person's."""
        if self._sheet is not None:
            self._export(self._sheet)

    @work(group="save")
    async def _export(self, sheet: Sheet) -> None:
        path = export_file(f"{sheet.name}-{self.gateway.today.isoformat()}.xlsx")

        def save() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            sheets.write_workbook(sheet, path)

        try:
            await asyncio.to_thread(save)
        except DuijieError as error:
            self.tell_failure(error)
            return
        except OSError as error:
            self.tell_unwritten(error, path)
            return
        told = _("✓ {count} lines written to {path}.")
        self.tell(told.format(count=len(sheet.lines), path=path))
