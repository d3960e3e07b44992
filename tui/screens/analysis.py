"""供需分析: the gap board, one line of it taken apart, and heads and seats week by week."""

from __future__ import annotations

import asyncio
import time
from datetime import date
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.services import analysis, drilling, flow
from store.services.analysis import Board, Line
from store.services.drilling import Drilled
from store.tables import write_csv
from tui import analysis_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.progress import Progress, StoppedError
from tui.safe import clean, plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog, pick_area
from tui.settings import export_file
from tui.widgets.columns import Columns, Pair
from tui.widgets.record_list import RecordList, Row

_PAUSE = 0.15  # seconds on a line before it is taken apart
_WEEKS, _AHEAD = 8, 4


class AnalysisScreen(BaseScreen[None]):
    """The lines, worst first; beside or below them why the one under the cursor is short; the weeks."""

    CSS_PATH = "analysis.tcss"
    AUTO_FOCUS = "#lines"
    TITLE_WORD = "analysis"
    PURPOSE = mark(
        "Which trades are short, by heads, and why: ✕ past the warning rule, ! short, ○ enough."
    )
    KINDS_SHOWN = frozenset(
        {"need", "proposal", "course", "run", "slot", "venue", "instructor", "institution"}
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7,comma", "month(-1)", mark("Month −"), id="analysis.month_before"),
        Binding("f8,full_stop", "month(1)", mark("Month +"), id="analysis.month_next"),
        Binding("f", "area", mark("Area"), id="analysis.area"),
        Binding("g", "view", mark("Weeks"), id="analysis.view"),
        Binding("p", "app.go('figures')", mark("Figures"), id="analysis.figures"),
        Binding("s", "app.go('what_if')", mark("What if"), id="analysis.what_if"),
        Binding("f9,x", "export", mark("Export"), id="analysis.export"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="analysis.reload"),
        Binding("escape", "app.back", mark("Back"), id="analysis.back"),
    ]

    lines = getters.query_one("#lines", RecordList)
    told = getters.query_one("#drill-text", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._board: Board | None = None
        self._drilled: Drilled | None = None
        self._progress = Progress()
        self._month: date | None = None

    def body(self) -> ComposeResult:
        """The board with what is behind a line, and the weeks."""
        with Horizontal(id="board"):
            yield RecordList(
                [_("Trade"), _("Lvl"), _("Need"), _("Have"), _("Gap"), _("8 weeks"), _("Lacks")],
                [20, 4, 4, 4, 5, 8],
                id="lines",
            )
            with VerticalScroll(id="drill", classes="panel", can_focus=False):
                yield Static(id="drill-text")
        with Vertical(id="flow", classes="panel"):
            yield Columns(id="columns")
            yield Static(id="table")

    def on_mount(self) -> None:
        """Read everything."""
        super().on_mount()
        self.query_one("#flow").border_title = titled(
            _("A week: █ heads registered  ▒ seats offered")
        )
        self._load()

    def on_unmount(self) -> None:
        """Nobody waits for the line that is being taken apart any more."""
        self._progress.stop()

    # The board and the weeks.

    @work(exclusive=True, group="list")
    async def _load(self) -> None:
        began = time.perf_counter()
        try:
            async with self.reading:
                await self.reread(self.KINDS_SHOWN)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone or self._board is None:
            return
        took = _("{ms:.0f} ms").format(ms=1000 * (time.perf_counter() - began))
        rule = text.rule_word(self._board.rule)
        found = f"{text.board_word(self._board)}  {rule} ({took})"
        self.tell(found if self._board.lines else self._nothing())

    async def reread(self, kinds: frozenset[str]) -> None:
        """The board, the weeks and the line under the cursor as they are now."""
        asked = (self.gateway.area, self._month)
        found = await self.gateway.read(analysis.shortages, **self._asked())
        weeks = await self.gateway.read(
            flow.weekly,
            by=self.gateway.by,
            today=self.gateway.today,
            weeks=_WEEKS,
            ahead=_AHEAD,
            area=self.gateway.area[0] if self.gateway.area else None,
        )
        if self.is_gone or asked != (self.gateway.area, self._month):
            return
        self._board = found
        self.lines.update([Row(_code(n), text.line_cells(n)) for n in found.lines])
        pairs = [Pair(text.week_word(w.first), w.heads, w.seats) for w in weeks]
        self.query_one(Columns).show(pairs)
        self.query_one("#table", Static).update(
            plain("\n".join(text.week_table(weeks, self.gateway.today)))
        )
        self._draw()
        self._drill()

    def _asked(self) -> dict[str, Any]:
        return {
            "by": self.gateway.by,
            "today": self.gateway.today,
            "area": self.gateway.area[0] if self.gateway.area else None,
            "month": self._month,
        }

    def _nothing(self) -> str:
        if self.gateway.area or self._month:
            return _("Nothing open is asked for there: f another area, F7/F8 another month.")
        return _("No open need yet: 2, then F2 registers one.")

    # What is behind a line.

    @property
    def _line(self) -> Line | None:
        if self._board is None:
            return None
        return next((n for n in self._board.lines if _code(n) == self.lines.code), None)

    @on(RecordList.Moved, "#lines")
    def _moved(self) -> None:
        if self.is_gone:
            return
        self._draw()
        self._drill()

    @work(exclusive=True, group="drill")
    async def _drill(self) -> None:
        self._progress.stop()  # cancelling does not end the thread of the line before
        self._progress = progress = Progress()
        await asyncio.sleep(_PAUSE)
        await self._read_drill(progress)

    async def _read_drill(self, progress: Progress) -> Drilled | None:
        """Take the line under the cursor apart, and draw it if the cursor is still there."""
        line, asked = self._line, self._asked()
        if line is None:
            return None
        try:
            found = await self.gateway.read(
                drilling.drill, line.occupation, line.level, **asked, progress=progress
            )
        except StoppedError:
            return None
        except DuijieError as error:
            self.tell_failure(error)
            return None
        if self.is_gone or _code(line) != self.lines.code or asked != self._asked():
            return None
        self._drilled = found
        self._draw()
        return found

    def _draw(self) -> None:
        """The line under the cursor, with the reasons once they are known."""
        line, board = self._line, self._board
        panel = self.query_one("#drill", VerticalScroll)
        where = self.gateway.area[1] if self.gateway.area else _("everywhere")
        panel.border_title = titled(f"{text.month_word(self._month)} · {where}")
        if line is None or board is None:
            self.told.update(plain(""))
            return
        told = list(text.head_lines(line, board))
        drilled = self._drilled
        if drilled is not None and _code(drilled.line) == _code(line):
            told += text.cause_lines(drilled)
            told += [_("↵ opens these needs, s tries what to add.")]
        else:
            told += ["…"]
        self.told.update(plain("\n".join(told)))

    @on(RecordList.Chosen, "#lines")
    def _chosen(self) -> None:
        self._open()

    @work(exclusive=True, group="dialog")
    async def _open(self) -> None:
        """One of the needs behind the line, matched."""
        drilled, line = self._drilled, self._line
        if line is None:
            return
        if (
            drilled is None
            or drilled.line.needs != line.needs
            or _code(drilled.line) != _code(line)
        ):
            drilled = await self._read_drill(Progress())  # which a moving cursor does not stop
        if drilled is None:
            return
        parts = [(need.code, text.behind_line(need)) for need in drilled.needs]
        question = " ".join(filter(None, (text.line_name(line), text.gap_word(line))))
        chosen = await self.app.push_screen_wait(PickDialog(question, parts))
        if chosen is not None:
            await self.run_action(f"app.match({chosen!r})")

    # What is looked at.

    def action_month(self, step: int) -> None:
        """The needs of a month, from the present one on; before that every month's."""
        this = self.gateway.today.replace(day=1)
        if self._month is None:
            self._month = this if step > 0 else None
        else:
            at = self._month.year * 12 + self._month.month - 1 + step
            month = date(at // 12, at % 12 + 1, 1)
            self._month = month if month >= this else None
        self._load()

    def action_area(self) -> None:
        """Only the needs of an area."""
        self._pick_area()

    @work(exclusive=True, group="dialog")
    async def _pick_area(self) -> None:
        before = self.gateway.area
        self.gateway.area = await pick_area(self, before)
        if self.gateway.area != before:
            self._load()

    def action_view(self) -> None:
        """The weeks as a chart, as a table, and in a small window not at all."""
        if self.has_class("-narrow") and not self.has_class("-flow"):
            self.add_class("-flow")
        elif not self.has_class("-table"):
            self.add_class("-table")
        else:
            self.remove_class("-flow", "-table")

    def action_reload(self) -> None:
        """Read again."""
        self._load()

    def action_export(self) -> None:
        """The board as CSV in a file of this person's."""
        if self._board is not None:
            self._export(self._board)

    @work(group="save")
    async def _export(self, board: Board) -> None:
        area = self.gateway.area[0] if self.gateway.area else ""
        month = f"{self._month:%Y-%m}" if self._month else ""
        name = "-".join(filter(None, ("analysis", board.day.isoformat(), month, area)))
        path = export_file(f"{name}.csv")
        rows = "".join(map(clean, write_csv(text.CSV_COLUMNS, text.csv_rows(board))))

        def save() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rows, encoding="utf-8-sig")

        try:
            await asyncio.to_thread(save)
        except OSError as error:
            self.tell_unwritten(error, path)
            return
        count = len(board.lines)
        self.tell(_("✓ {count} lines written to {path}.").format(count=count, path=path))


def _code(line: Line) -> str:
    """What a line is known by in the list."""
    return f"{line.occupation or '?'}/{line.level or 0}"
