"""评价与准入: scores of institutions, courses and instructors, and the files of institutions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError, UsageError
from store.schemas.actor import Role
from store.services import formulas, opinions, reference, scores, standing
from store.services.formulas import Formula
from store.services.scores import Score
from store.services.standing import ADMISSION_ITEMS, Admission, File
from tui import evaluation_text as text
from tui import sheets
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.record import ConfirmDialog, ReasonDialog
from tui.sheets import Sheet
from tui.typed import typed_day, typed_days
from tui.widgets.record_list import RecordList, Row

KINDS = ("institution", "course", "instructor")
FILES = len(KINDS)
_OF_FILES = ("admit", "inspect", "sanction", "lift", "reward")
_SHOWN = 4  # columns of a list; the rest stands beside it
_ENTERERS = (Role.OPERATOR, Role.SUPERVISOR)


class EvaluationScreen(BaseScreen[None]):
    """Left scores or institutions; right every number behind the one under the cursor, or its file."""

    CSS_PATH = "evaluation.tcss"
    AUTO_FOCUS = "#lines"
    TITLE_WORD = "evaluation"
    PURPOSE = mark(
        "Scores with their formula and counts; g shows courses, instructors, then the files of institutions: "
        "admission, inspection, sanctions, rewards. Scores break ties when matching and hide nobody."
    )
    KINDS_SHOWN = frozenset({"evaluation", "score", "formula", "standing", "institution"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "view", mark("Next view"), id="evaluation.view"),
        Binding("n", "rate", mark("Enter marks"), priority=True, id="evaluation.rate"),
        Binding("p", "publish", mark("Publish"), priority=True, id="evaluation.publish"),
        Binding("a", "admit", mark("Admit"), priority=True, id="evaluation.admit"),
        Binding("i", "inspect", mark("Inspection"), priority=True, id="evaluation.inspect"),
        Binding("s", "sanction", mark("Sanction"), priority=True, id="evaluation.sanction"),
        Binding("l", "lift", mark("Lift"), priority=True, id="evaluation.lift"),
        Binding("w", "reward", mark("Reward"), priority=True, id="evaluation.reward"),
        Binding("enter", "open", mark("Open"), show=False, id="evaluation.open"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="evaluation.reload"),
        Binding("escape", "app.back", mark("Back"), id="evaluation.back"),
    ]

    lines = getters.query_one("#lines", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._view = 0
        self._scores: dict[str, tuple[Score, ...]] = {kind: () for kind in KINDS}
        self._files: dict[str, File] = {}
        self._formulas: tuple[Formula, ...] = ()

    def body(self) -> ComposeResult:
        """A list and what stands beside it."""
        with Horizontal(id="judged"):
            yield RecordList([""], [], id="lines")
            with VerticalScroll(id="about", classes="panel", can_focus=False):
                yield Static(id="about-text")

    def on_mount(self) -> None:
        """Read everything."""
        super().on_mount()
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the view, and with who asks."""
        role = self.gateway.by.role
        if action == "rate":
            return self._view != FILES and role in _ENTERERS
        if action == "publish":
            return self._view != FILES and role is Role.SUPERVISOR
        if action in _OF_FILES:
            return self._view == FILES and role is Role.SUPERVISOR
        return super().check_action(action, parameters)

    def summary(self) -> str:
        """What is shown, in one sentence."""
        return self._sheet().told

    async def reread(self, kinds: frozenset[str]) -> None:
        """Everything as it is now."""
        by, today = self.gateway.by, self.gateway.today
        found = {
            kind: await self.gateway.read(scores.board, kind, by=by, today=today) for kind in KINDS
        }
        files = await self.gateway.read(standing.files, by=by, today=today)
        known = await self.gateway.read(formulas.formulas)
        if self.is_gone:
            return
        self._scores = found
        self._files = {one.institution: one for one in files}
        self._formulas = known
        self._draw()

    def _sheet(self) -> Sheet:
        if self._view == FILES:
            return text.file_sheet(tuple(self._files.values()))
        kind = KINDS[self._view]
        return text.score_sheet(self._scores[kind], kind)

    def _draw(self) -> None:
        sheet = self._sheet()
        columns = sheet.columns[:_SHOWN]
        self.lines.headings = tuple(column.heading for column in columns)
        self.lines.widths = tuple(column.width for column in columns[:-1])
        rows = [
            Row(line.code, tuple(sheets.shown(value) for value in line.values[:_SHOWN]))
            for line in sheet.lines
        ]
        keep, self.keep = self.keep, None
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
        told = "\n".join(self._about(self.lines.code or ""))
        self.query_one("#about-text", Static).update(plain(told))

    def _about(self, code: str) -> list[str]:
        if self._view == FILES:
            found = self._files.get(code)
            return list(text.file_lines(found)) if found else [_("Nothing to be told here.")]
        for one in self._scores[KINDS[self._view]]:
            if one.code == code:
                formula = next(f for f in self._formulas if f.version == one.formula)
                return list(text.score_lines(one, formula))
        return list(text.formula_lines(self._formulas[-1])) if self._formulas else []

    @on(RecordList.Chosen, "#lines")
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The record that a line is about."""
        line = next((one for one in self._sheet().lines if one.code == self.lines.code), None)
        if line is not None:
            self.show_record(*self._sheet().records(line)[0])

    # What is done.

    def action_view(self) -> None:
        """Institutions, courses, instructors, files."""
        self._view = (self._view + 1) % (FILES + 1)
        self._draw()
        self.tell(self._sheet().told)

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    async def action_rate(self) -> None:
        """Marks of one rater for a class."""
        await self.ask(
            _("Who says what of which class?"),
            partial(read_marks, self.gateway.today),
            _("CLASS GROUP RATER [DAY] MARKS, such as: B000000 enterprise E006 11-20 5 4 5"),
        )

    async def action_publish(self) -> None:
        """Publish the scores of a quarter."""
        await self.ask(
            _("Publish the scores of which quarter? They stay as they are for good."),
            lambda words: partial(scores.publish, of=typed_day(words, self.gateway.today)),
            _("Any day of it, such as 2026-09-30."),
        )

    async def action_admit(self) -> None:
        """Let the institution under the cursor in."""
        code = self.lines.code or ""
        items = ", ".join(_(words) for words in text.ADMISSION_WORDS.values())
        await self.ask(
            _("Admit {code}? All of this was found in order: {items}").format(
                code=code, items=items
            ),
            partial(read_admission, self.gateway.today, code),
            _("LAST_DAY SCOPE NUMBER; SCOPE is all, or codes such as 6-18,6-31"),
        )

    async def action_inspect(self) -> None:
        """The result of an annual inspection."""
        code = self.lines.code or ""
        await self.ask(
            _("Annual inspection of {code}?").format(code=code),
            partial(read_inspection, self.gateway.today, code),
            _("passed|conditional LAST_DAY WORDS, or failed WORDS"),
        )

    def action_sanction(self) -> None:
        """Impose a sanction; what it meets is said before."""
        if self.lines.code:
            self._sanction(self.lines.code)

    @work(exclusive=True, group="dialog")
    async def _sanction(self, code: str) -> None:
        today = self.gateway.today
        question = _("Which sanction on {code}?").format(code=code)
        needed = _(
            "notice|suspended|delisted|unfunded FIRST..LAST WHY; without ..LAST until lifted"
        )
        dialog = ReasonDialog(question, needed, partial(read_sanction, today))
        words = await self.app.push_screen_wait(dialog)
        if words is None:
            return
        kind, days, why = read_sanction(today, words)
        by = self.gateway.by
        try:
            met = await self.gateway.read(standing.impact, code, *days, by=by, today=today)
        except DuijieError as error:
            self.tell_failure(error)
            return
        told = "\n".join((*text.impact_lines(met), _("Impose it?")))
        if await self.app.push_screen_wait(ConfirmDialog(told)):
            self.save(
                partial(standing.sanction, institution=code, kind=kind, days=days, reason=why)
            )

    async def action_lift(self) -> None:
        """Lift a sanction of the institution under the cursor, by its number."""
        await self.ask(
            _("Lift which sanction?"), read_lift, _("Its number and why, such as: 3 mended")
        )

    async def action_reward(self) -> None:
        """Write a reward into the file."""
        code = self.lines.code or ""
        await self.ask(
            _("Which reward for {code}?").format(code=code),
            lambda words: partial(standing.reward, institution=code, words=words),
            _("It goes into the record."),
        )

    async def perform(self, service: Callable[..., Any]) -> None:
        """Do something, say so, read again."""
        now = await self.gateway.read(reference.now)
        await self.gateway.write(service, by=self.gateway.by, now=now)
        self.read_all(_("✓ Saved."))


def read_marks(today: date, words: str) -> partial[Any]:
    """`B000000 enterprise E006 5 4 5` as an answer of today, or of the day before the marks."""
    from tui.cli.evaluation import read_opinion

    parts = words.split()
    if len(parts) < 4:
        raise UsageError("line_words", text=words)
    code, group, rater, *marks = parts
    day = today
    if "-" in marks[0]:
        day, marks = typed_day(marks[0], today), marks[1:]
    return partial(opinions.add, one=read_opinion(code, group, rater, day, marks))


def read_admission(today: date, code: str, words: str) -> partial[Any]:
    """`2027-12-31 6-18,6-31 NUMBER` as an admission with the whole list checked."""
    parts = words.split(maxsplit=2)
    if len(parts) < 3:
        raise UsageError("line_words", text=words)
    scope = () if parts[1].lower() == "all" else tuple(parts[1].replace("，", ",").split(","))
    given = Admission(parts[2], scope, typed_day(parts[0], today), ADMISSION_ITEMS)
    return partial(standing.admit, institution=code, given=given)


def read_inspection(today: date, code: str, words: str) -> partial[Any]:
    """`passed 2027-12-31 words`, or `failed words`."""
    result, _space, rest = words.partition(" ")
    until = None
    if result != "failed":
        day, _space, rest = rest.strip().partition(" ")
        until = typed_day(day, today)
    return partial(standing.inspect, institution=code, result=result, until=until, reason=rest)


def read_sanction(today: date, words: str) -> tuple[str, tuple[date, date | None], str]:
    """`suspended 11-25..12-25 why` as a sanction; one day alone is its first."""
    parts = words.split(maxsplit=2)
    if len(parts) < 3:
        raise UsageError("line_words", text=words)
    if ".." in parts[1]:
        return parts[0], typed_days(parts[1], today), parts[2]
    return parts[0], (typed_day(parts[1], today), None), parts[2]


def read_lift(words: str) -> partial[Any]:
    """`3 mended`."""
    number, _space, why = words.strip().lstrip("#").partition(" ")
    if not number.isdecimal():
        raise UsageError("not_a_number", text=number)
    return partial(standing.lift, entry=int(number), reason=why)
