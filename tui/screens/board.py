"""工位日历: the slot board and what is done from it: open, add a need, move a class, report an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from store.errors import DuijieError
from store.services import classes, moving, reference
from store.services.board import View
from store.services.board_cell import CellDetail
from store.services.classes import TrainingClass
from store.services.moving import Postponement
from store.services.repair import Trouble
from store.services.rights import Act
from tui import board_text as words
from tui import deal_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.progress import StoppedError
from tui.screens.board_view import BoardView
from tui.screens.pick import PickDialog
from tui.screens.record import ReasonDialog
from tui.typed import typed_days
from tui.widgets.heat_board import HeatBoard
from tui.words import day_word

_NOT_IN_A_MOVE = {
    "next_view", "zoom", "filter", "reload", "add", "move", "incident", "clash",
}  # fmt: skip


@dataclass
class _Move:
    """A class on its way to another first day; `found` is what the day under the cursor means for it."""

    training_class: TrainingClass
    row: str
    since: date
    found: Postponement | None = None

    def first_day(self, target: date) -> date:
        """The first day of the class when the day it was taken by becomes the target."""
        return self.training_class.first_day + (target - self.since)


class BoardScreen(BoardView):
    """Enter opens, a adds a need, m moves a class to a later day, i reports an incident, c shows a clash."""

    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        "add": (Act.READ, "match"),
        "move": (Act.ANSWER, "class"),
        "incident": (Act.EDIT, "class"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", mark("Add"), id="board.add"),
        Binding("m", "move", mark("Move"), id="board.move"),
        Binding("i", "incident", mark("Incident"), id="board.incident"),
        Binding("c", "clash", mark("Clash"), id="board.clash"),
        Binding("escape", "leave", mark("Back"), id="board.leave"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._move: _Move | None = None
        self._clash = -1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a class is being moved only moving goes on."""
        if getattr(self, "_move", None) is not None and action in _NOT_IN_A_MOVE:
            return False
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Stop moving; else back from a day or a month to the week; else to the needs."""
        if self._move is not None:
            self._put_down(_("Not moved."))
        elif self.zoom != "week":
            self.zoom = "week"
            self.load()
        else:
            self.app.run_worker(self.run_action("app.back"))

    @on(HeatBoard.Chosen, "#heat")
    def _chosen(self) -> None:
        here = self.here
        if here is None:
            return
        if self._move is not None:
            self._drop()
        elif self.zoom == "month":
            self.zoom = "week"
            self.load()
        elif self.view is View.INSTITUTIONS:
            self.narrow(here[0].key, here[0].name)
        else:
            self._open()

    @work(exclusive=True, group="dialog")
    async def _open(self) -> None:
        detail = await self._detail_here()
        if detail is None:
            return
        records = _records(detail)
        if not records:
            self.tell(_("No class or proposal of yours is here."))
            return
        code = await self._pick(_("Open which?"), records)
        if code is not None:
            await self.run_action(f"app.open_record({code!r})")

    async def _detail_here(self) -> CellDetail | None:
        place = self.place
        if place is None:
            self.tell(_("In a month Enter opens the week."))
            return None
        try:
            return await self.detail_of(place)
        except DuijieError as error:
            self.tell_failure(error)
            return None

    async def _pick(self, question: str, parts: list[tuple[str, str]]) -> str | None:
        """The one there is, or the one that is picked."""
        if len(parts) == 1:
            return parts[0][0]
        return await self.app.push_screen_wait(PickDialog(question, parts))

    def action_add(self) -> None:
        """The match screen of a need that a plan with this cell would serve."""
        self._add()

    @work(exclusive=True, group="dialog")
    async def _add(self) -> None:
        place, here = self.place, self.here
        if place is None or here is None or not here[1].free:
            self.tell(_("Nothing is free here."))
            return
        self.tell(_("Looking for needs that fit …"))
        try:
            found = await self.additions_of(place)
        except StoppedError:  # the cursor went on
            self.tell("")
            return
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not found.needs:
            told = _("No open need would use it ({count} looked at).")
            self.tell(told.format(count=found.looked))
            return
        parts = [
            (one.need, f"{100 * one.score:.0f} {one.firm} {one.heads} · {one.title}")
            for one in found.needs
        ]
        code = await self.app.push_screen_wait(PickDialog(_("Match which need?"), parts))
        if code is not None:
            await self.run_action(f"app.match({code!r})")

    def action_clash(self) -> None:
        """The cursor on the next thing that cannot be as it stands."""
        found = self.found.clashes if self.found is not None else ()
        if not found:
            self.tell(_("No clash."))
            return
        self._clash = (self._clash + 1) % len(found)
        one = found[self._clash]
        is_person = one.kind.startswith("person")
        self.view = View.INSTRUCTORS if is_person else View.WORKSTATIONS
        self.zoom = "week"
        part = words.part_of(one.start, one.end)
        self.load(words.clash_line(one), (one.row, one.day, part))

    def action_incident(self) -> None:
        """Whoever or whatever is in this row cannot be had: what to do about every class it reaches."""
        self._incident()

    @work(exclusive=True, group="dialog")
    async def _incident(self) -> None:
        here = self.here
        if here is None or self.zoom == "month" or self.view is View.INSTITUTIONS:
            self.tell(_("Choose a workshop or an instructor: v changes the view."))
            return
        row, cell = here
        kind, code = ("venue", row.venue) if row.venue else ("instructor", row.key)
        text = await self.app.push_screen_wait(
            ReasonDialog(
                _("From when to when can {name} not be had?").format(name=row.name),
                _("Two days, like 12-05 12-09; one day alone is enough."),
                lambda typed: typed_days(typed, self.gateway.today),
                given=cell.day.isoformat(),
            )
        )
        if text is None:
            return
        days = typed_days(text, self.gateway.today)
        self.app.open_repair(Trouble(kind, str(code), *days))  # type: ignore[attr-defined]

    def action_move(self) -> None:
        """Take a class of this cell up; the arrows then choose its new day."""
        self._take_up()

    @work(exclusive=True, group="dialog")
    async def _take_up(self) -> None:
        here = self.here
        detail = await self._detail_here()
        if detail is None or here is None:
            return
        found = {code: told for code, told in _records(detail) if code.startswith("B")}
        if not found:
            self.tell(_("No class is here: only classes are moved, proposals are not yet."))
            return
        code = await self._pick(_("Move which class?"), list(found.items()))
        if code is None:
            return
        try:
            sheet = await self.gateway.read(classes.sheet, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._move = _Move(sheet, here[0].key, here[1].day)
        self.zoom = "week"
        self.heat.step, self.heat.holds_row = (
            len(words.part_heads()),
            True,
        )  # only the day is chosen
        self.set_class(True, "-moving")
        self.refresh_bindings()
        told = _("{code}: ← → its new day, F7 F8 the week, Enter moves it, Esc leaves.")
        self.load(told.format(code=sheet.code))

    def cursor_moved(self) -> None:
        """Show the cell; while a class is being moved, what this day would mean for it."""
        super().cursor_moved()
        if self._move is not None:
            self._move.found = None  # what was said of another day
            self._weigh(self._move, self.day)

    @work(exclusive=True, group="weigh")
    async def _weigh(self, move: _Move, target: date) -> None:
        self.heat.mark_cells(())
        if target == move.since:
            return
        self.tell(_("Looking what it means for each firm …"))
        try:
            found = await self._impact(move, target)
        except DuijieError as error:
            self.tell(sentence(error), is_failure=True)
            return
        if self.is_gone or self._move is not move or self.day != target:
            return
        move.found = found
        self._mark(found)
        self.tell(words.weigh_line(found), is_failure=any(a.is_displaced for a in found.affected))

    async def _impact(self, move: _Move, target: date) -> Postponement:
        now = await self.gateway.read(reference.now)
        code, first = move.training_class.code, move.first_day(target)
        return await self.gateway.read(moving.impact, code, first, by=self.gateway.by, now=now)

    def _mark(self, found: Postponement) -> None:
        """Draw the sessions that the class would have in the days that are shown."""
        columns = {
            (one.day - self.first_day).days * len(words.part_heads()) + words.part_number(one.start)
            for one in found.plan.sessions
            if one.start is not None and 0 <= (one.day - self.first_day).days < 7
        }
        self.heat.mark_cells([(self.heat.row, column) for column in columns])

    @work(exclusive=True, group="dialog")
    async def _drop(self) -> None:
        """Ask, with what comes of it, and move the class."""
        move = self._move
        if move is None:
            return
        target = self.day
        if target == move.since:
            self.tell(_("That is the day it is on."))
            return
        try:
            found = move.found or await self._impact(move, target)
        except DuijieError as error:
            self.tell_failure(error)
            return
        question = _("{code} begins on {day} instead of {before}?").format(
            code=found.training_class,
            day=day_word(found.plan.days[0]),
            before=day_word(move.training_class.first_day),
        )
        told = "\n".join([question, *deal_text.impact_lines(found, move.training_class.names)])
        reason = await self.app.push_screen_wait(ReasonDialog(told, _("Say why.")))
        if reason is None:
            return
        try:
            now = await self.gateway.read(reference.now)
            held = await self.gateway.write(
                moving.postpone, found, reason=reason, by=self.gateway.by, now=now
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._detail = self._additions = None
        self.day = found.plan.days[0]
        code = ", ".join(held)
        self._put_down(_("Held instead: {code}.").format(code=code) if held else _("✓ Done."))

    def _put_down(self, told: str) -> None:
        self._move = None
        self.heat.step, self.heat.holds_row = 1, False
        self.heat.mark_cells(())
        self.set_class(False, "-moving")
        self.refresh_bindings()
        self.load(told)


def _records(detail: CellDetail) -> list[tuple[str, str]]:
    """Classes and proposals in a cell that may be opened, each once."""
    found: dict[str, str] = {}
    for one in detail.holdings:
        code = one.training_class or one.proposal
        if code:
            firm = one.firms[0] if one.firms else ""
            found.setdefault(code, f"{one.title} {firm}".strip())
    for run in detail.runs:
        if run.training_class is not None:
            found.setdefault(run.training_class, run.title)
    return list(found.items())
