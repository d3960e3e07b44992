"""Roster and attendance of one class as a grid: people down, sessions across, one key a mark."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import ValidationError
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Static

from store.errors import DuijieError
from store.schemas.trainee import ResultDraft
from store.services import attendance, reference, results, roster
from store.services.attendance import Grid, Lesson, Line, Mark
from store.services.results import Result
from store.services.roster import Seated
from tui import trainee_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import field_causes, sentence
from tui.roster_reading import read_people
from tui.safe import fit, plain, titled
from tui.screens.base import BaseDialog
from tui.screens.pick import PickDialog
from tui.screens.record import ReasonDialog
from tui.widgets.key_bar import KeyBar
from tui.words import value_word

_DAY = 5  # cells of a day
_NAME, _HOURS, _RESULT = "name", "hours", "result"
_KEYS = (("1", "present"), ("2", "absent"), ("3", "late"), ("4", "leave"), ("0", ""))
_RESULTS = ("passed", "failed", "absent")


class RosterDialog(BaseDialog[None]):
    """Marks are saved as they are typed; names may be pasted from a spreadsheet."""

    CSS_PATH = "paste.tcss"
    PURPOSE = mark(
        "Who is in the class and who was at which session. 1 present, 2 absent, 3 late, 4 on leave, "
        "0 takes a mark away; a marks everybody of the session present who has no mark. Names copied from "
        "a spreadsheet (name, telephone, number) are put on the roster when they are pasted."
    )
    AUTO_FOCUS = "#grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"mark('{said}')", mark("Mark"), show=False, id=f"roster.mark_{key}")
            for key, said in _KEYS
        ),
        Binding("a", "all_present", mark("All present"), id="roster.all"),
        Binding("n", "add", mark("Add"), id="roster.add"),
        Binding("w", "swap", mark("Swap"), id="roster.swap"),
        Binding("delete,x", "drop", mark("Take off"), id="roster.drop"),
        Binding("t", "result", mark("Result"), id="roster.result"),
        Binding("c", "complete", mark("Course done"), id="roster.complete"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="roster.reload"),
    ]

    def __init__(self, gateway: Gateway, code: str) -> None:
        super().__init__()
        self._gateway = gateway
        self._code = code
        self._class: Grid | None = None
        self._pending: dict[tuple[str, attendance.Key], Mark] = {}
        self._said: dict[tuple[str, attendance.Key], str | None] = {}  # until they have been read
        self._seen: Coordinate | None = None
        self._first = 2  # the column of the first session
        self._saving = asyncio.Lock()  # one write after another, in the order of the keys

    def compose(self) -> ComposeResult:
        """The grid, what is told, the keys."""
        with Vertical(id="paste"):
            yield DataTable[object](id="grid", cursor_type="cell", fixed_columns=2)
            yield Static(id="told")
            yield KeyBar()

    def on_mount(self) -> None:
        """Read the class."""
        self.query_one("#paste").border_title = titled(self._code)
        self._load()

    @property
    def _table(self) -> DataTable[object]:
        return self.query_one("#grid", DataTable)

    @property
    def _person(self) -> str | None:
        row = self._table.cursor_coordinate.row
        lines = self._class.lines if self._class else ()
        return lines[row].seat.trainee if row < len(lines) else None

    @property
    def _lesson(self) -> Lesson | None:
        at = self._table.cursor_coordinate.column - self._first
        lessons = self._class.lessons if self._class else ()
        return lessons[at] if 0 <= at < len(lessons) else None

    @work(exclusive=True, group="list")
    async def _load(self, told: str = "") -> None:
        try:
            found = await self._gateway.read(attendance.grid, self._code, by=self._gateway.by)
        except DuijieError as error:
            self.tell(sentence(error))
            return
        if self.is_gone:
            return
        self._class = found
        stored = {line.seat.trainee: line.marks for line in found.lines}
        self._said = {
            (person, key): said
            for (person, key), said in self._said.items()
            if person in stored and stored[person].get(key) != said
        }
        self._redraw(found)
        none = _("Nobody is on the roster yet: paste names, or n adds somebody.")
        self.tell(told or (trainee_text.short_ones(found.lines) if found.lines else none))

    def _redraw(self, found: Grid) -> None:
        """The whole grid anew; the cursor stays, at first on the last session that has come."""
        table, today = self._table, self._gateway.today
        at = table.cursor_coordinate
        is_new = not table.columns
        table.clear(columns=True)
        has_results = any(line.result for line in found.lines)
        told = {_NAME: _("Name"), _HOURS: _("Class hours")}
        if has_results:
            told[_RESULT] = _("Result")
        first, self._first = self._first, len(told)
        table.fixed_columns = self._first
        rows = [list(map(plain, _cells(line)[: len(told)])) for line in found.lines]
        for at_column, (key, heading) in enumerate(told.items()):
            shown = [plain(heading), *(row[at_column] for row in rows)]
            table.add_column(shown[0], key=key, width=max(cell.cell_len for cell in shown))
        for index, lesson in enumerate(found.lessons):
            table.add_column(plain(f"{lesson.day:%m-%d}"), key=str(index), width=_DAY)
        for line, cells in zip(found.lines, rows, strict=True):
            signs = [
                plain(trainee_text.mark_sign(line.marks.get(lesson.key)))
                for lesson in found.lessons
            ]
            table.add_row(*cells, *signs, key=line.seat.trainee)
        past = sum(lesson.day <= today for lesson in found.lessons)
        column = self._first + max(0, past - 1) if is_new else at.column + self._first - first
        self._seen = Coordinate(min(at.row, max(0, len(found.lines) - 1)), column)
        table.move_cursor(row=at.row, column=column)
        self.query_one("#paste").border_title = titled(f"{found.code} {found.title}")

    @on(DataTable.CellHighlighted)
    def _moved(self) -> None:
        """Who and which session the cursor is on, once somebody moves it: what was told stays till then."""
        found, lesson = self._class, self._lesson
        row = self._table.cursor_coordinate.row
        if found is None or row >= len(found.lines) or self._table.cursor_coordinate == self._seen:
            return
        self._seen = None
        line = found.lines[row]
        where = trainee_text.lesson_word(lesson) if lesson else line.seat.enterprise
        told = trainee_text.standing_line(line.standing)
        self.tell(f"{line.seat.trainee} {line.seat.name}  {where}  {told}")

    def action_mark(self, said: str) -> None:
        """Mark the person at the session, and go on to the next person."""
        person, lesson = self._person, self._lesson
        if person is None or lesson is None:
            self.tell(_("Move to a session with → first."))
            return
        self._put(person, lesson, said)
        self._table.action_cursor_down()
        self._flush()

    def action_all_present(self) -> None:
        """Everybody at this session who has no mark yet is present."""
        lesson = self._lesson
        if lesson is None or self._class is None:
            return
        for line in self._class.lines:
            key = (line.seat.trainee, lesson.key)
            if self._said.get(key, line.marks.get(lesson.key)) is None:
                self._put(line.seat.trainee, lesson, "present")
        self._flush()

    def _put(self, person: str, lesson: Lesson, said: str) -> None:
        """Draw a mark at once and keep it to be saved."""
        assert self._class is not None
        row = [one.seat.trainee for one in self._class.lines].index(person)
        column = self._first + self._class.lessons.index(lesson)
        sign = plain(trainee_text.mark_sign(said or None))
        self._table.update_cell_at(Coordinate(row, column), sign)
        one = Mark(person, lesson.day, lesson.start, said or None)  # type: ignore[arg-type]
        self._pending[person, lesson.key] = one
        self._said[person, lesson.key] = one.mark

    @work(group="save")
    async def _flush(self) -> None:
        """Save what is kept, in order, one write after another; read again what came of it."""
        async with self._saving:
            marks, self._pending = tuple(self._pending.values()), {}
            if not marks:
                return
            try:
                now = await self._gateway.read(reference.now)
                await self._gateway.write(
                    attendance.mark, self._code, marks, by=self._gateway.by, now=now
                )
            except DuijieError as error:
                self._said.clear()
                self._load(sentence(error))
                return
        self._load()

    def action_leave(self) -> None:
        """Close once every mark is saved."""
        self._leave()

    @work(group="save")
    async def _leave(self) -> None:
        await self._flush().wait()
        self.dismiss(None)

    def on_paste(self, event: events.Paste) -> None:
        """Names from a spreadsheet."""
        event.stop()
        self._paste(event.text)

    @work(group="save")
    async def _paste(self, text: str) -> None:
        try:
            people = read_people(text)
        except DuijieError as error:
            self.tell(sentence(error))
            return
        if people:
            await self._write(roster.paste, people)

    @work(exclusive=True, group="dialog")
    async def action_add(self) -> None:
        """Somebody by the code of their file, or by name, telephone and number."""
        question = _("Who comes? A code like H000001, or name, telephone, number.")
        text = await self.app.push_screen_wait(ReasonDialog(question, _("Commas between.")))
        if text is None:
            return
        word = text.upper()
        if word.startswith("H") and word[1:].isdigit():
            await self._write(roster.add, word)
        else:
            self._paste(text)

    @work(exclusive=True, group="dialog")
    async def action_drop(self) -> None:
        """Take the person off the roster."""
        person = self._person
        if person is None:
            return
        question = _("Take {code} off the roster?").format(code=person)
        reason = await self.app.push_screen_wait(ReasonDialog(question, _("Say why.")))
        if reason is not None:
            await self._write(roster.drop, person, is_timed=False, reason=reason)

    @work(exclusive=True, group="dialog")
    async def action_swap(self) -> None:
        """Somebody else on the place: the code of their file, and why where entry has closed."""
        person = self._person
        if person is None:
            return
        question = _("Who comes for {code}? A code, then why where entry has closed.")
        text = await self.app.push_screen_wait(
            ReasonDialog(question.format(code=person), _("Like H000007 changed shift."))
        )
        if text is not None:
            coming, _blank, reason = text.partition(" ")
            await self._write(roster.swap, person, coming.upper(), reason=reason)

    @work(exclusive=True, group="dialog")
    async def action_result(self) -> None:
        """What the person's assessment came to, and a certificate where they passed.

        The first attempt is of the day that the class is assessed on, once that has come; others of today.
        """
        found, row = self._class, self._table.cursor_coordinate.row
        if found is None or row >= len(found.lines):
            return
        line = found.lines[row]
        person = line.seat.trainee
        day = found.day_of_result(person, self._gateway.today)
        parts = [(one, value_word(one)) for one in _RESULTS]
        question = f"{person} {line.seat.name}  {day}"
        outcome = await self.app.push_screen_wait(PickDialog(question, parts))
        if outcome is None:
            return
        fields = {"outcome": outcome, "day": day}
        if outcome == "passed":
            question = _("Number of the certificate? It may be left out.")
            hint = f"{person} {line.seat.name}"
            certificate = await self.app.push_screen_wait(ReasonDialog(question, hint=hint))
            if certificate is None:
                return
            fields["certificate"] = certificate
        try:
            draft = ResultDraft.model_validate(fields)
        except ValidationError as error:
            self.tell("; ".join(field_causes(error).values()))
            return
        await self._write(results.record, person, draft)

    @work(exclusive=True, group="dialog")
    async def action_complete(self) -> None:
        """Whoever has the hours of a finished class has completed it."""
        await self._write(attendance.complete)

    async def _write(
        self, service: Callable[..., Any], *args: Any, is_timed: bool = True, **more: Any
    ) -> None:
        try:
            if is_timed:
                more["now"] = await self._gateway.read(reference.now)
            made = await self._gateway.write(
                service, self._code, *args, by=self._gateway.by, **more
            )
        except DuijieError as error:
            self.tell(sentence(error))
            return
        self._load(_told(made))

    def action_reload(self) -> None:
        """Read again."""
        self._load()


def _cells(line: Line) -> tuple[str, str, str]:
    """Who, their class hours, and what the newest attempt came to."""
    stands = line.standing
    sign = "✕" if stands.is_lost else "!" if trainee_text.short_word(stands) else ""
    hours = f"{stands.attended}/{stands.needed}{sign}"
    return fit(line.seat.name, 10), hours, value_word(line.result) if line.result else ""


def _told(made: object) -> str:
    """What is to be looked at about those who were put on a roster, or who passed."""
    if isinstance(made, Result) and made.short:
        return "! " + trainee_text.passed_short(made)
    seated = made if isinstance(made, tuple) else (made,)
    told = [
        f"{one.trainee}: {trainee_text.caution_line(caution)}"
        for one in seated
        if isinstance(one, Seated)
        for caution in one.cautions
    ]
    return "! " + "; ".join(told) if told else _("✓ Done.")
