"""请评: classes that agencies are asked to rate; supervisors ask, evaluators give their marks."""

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
from store.services import ratings, reference
from store.services.ratings import Rating
from store.services.rights import Act, reach
from tui import rating_text as text
from tui import sheets
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.record import ReasonDialog
from tui.typed import typed_day
from tui.widgets.record_list import RecordList, Row

_SHOWN = 4  # columns of the list; the rest stands beside it
_ACTS = {"ask": Act.REGISTER, "give": Act.ANSWER, "call_off": Act.WITHDRAW}


class RatingsScreen(BaseScreen[None]):
    """Left what was asked; right everything about the class under the cursor, with the questions."""

    CSS_PATH = "ratings.tcss"
    AUTO_FOCUS = "#lines"
    TITLE_WORD = "ratings"
    PURPOSE = mark(
        "Classes that assessment bodies and other agencies are asked to rate. Evaluators see those that "
        "their own agency is asked about, and nothing else."
    )
    KINDS_SHOWN = frozenset({"rating", "evaluation"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "ask", mark("Ask an agency"), priority=True, id="ratings.ask"),
        Binding("n,e", "give", mark("Give marks"), priority=True, id="ratings.give"),
        Binding("delete,x", "call_off", mark("Ask no more"), priority=True, id="ratings.call_off"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="ratings.reload"),
        Binding("escape", "app.back", mark("Back"), id="ratings.back"),
    ]

    lines = getters.query_one("#lines", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._found: dict[str, Rating] = {}

    def body(self) -> ComposeResult:
        """A list and what stands beside it."""
        with Horizontal(id="asked"):
            yield RecordList([""], [], id="lines")
            with VerticalScroll(id="about", classes="panel", can_focus=False):
                yield Static(id="about-text")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who asks does not rate, and the other way round."""
        if action in _ACTS:
            return reach(self.gateway.by, _ACTS[action], "rating") is not None
        return super().check_action(action, parameters)

    @work(exclusive=True, group="list")
    async def _load(self, told: str = "") -> None:
        try:
            async with self.reading:
                await self.reread(self.KINDS_SHOWN)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone:
            self.tell(told or text.sheet(tuple(self._found.values())).told)

    async def reread(self, kinds: frozenset[str]) -> None:
        """The list as it is now."""
        found = await self.gateway.read(ratings.listed, by=self.gateway.by)
        if self.is_gone:
            return
        self._found = {one.code: one for one in found}
        sheet = text.sheet(found)
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
        self._draw_about()

    @on(RecordList.Moved, "#lines")
    def _moved(self) -> None:
        if not self.is_gone:
            self._draw_about()

    def _draw_about(self) -> None:
        one = self._found.get(self.lines.code or "")
        told = list(text.lines(one)) if one else [_("Nothing to be told here.")]
        self.query_one("#about-text", Static).update(plain("\n".join(told)))

    # What is done.

    def action_reload(self) -> None:
        """Read again."""
        self._load()

    async def action_ask(self) -> None:
        """Ask an agency about a class."""
        await self._ask(
            _("Which agency is to rate which class?"),
            partial(read_asking, self.gateway.today),
            _("CLASS AGENCY [LAST_DAY], such as: B000000 A01 12-10"),
        )

    async def action_give(self) -> None:
        """Marks for the class under the cursor."""
        one = self._found.get(self.lines.code or "")
        if one is not None:
            await self._ask(
                _("Your marks for {code}?").format(code=one.training_class),
                partial(read_giving, one.code, self.gateway.today),
                _(
                    "A mark from 1 to 5 for each question, then what you say of it: {questions}"
                ).format(questions=text.questions()),
            )

    async def action_call_off(self) -> None:
        """Ask no more about the class under the cursor."""
        code = self.lines.code
        if code in self._found:
            await self._ask(
                _("Ask {agency} no more about {code}? Type the class.").format(
                    agency=self._found[code].agency, code=self._found[code].training_class
                ),
                partial(read_calling_off, self._found[code]),
                _("Marks that were given stay."),
            )

    async def _ask(
        self, question: str, made: Callable[[str], Callable[..., Any]], needed: str
    ) -> None:
        def answered(words: str | None) -> None:
            if words is not None:
                self._save(made(words))

        await self.open_line(ReasonDialog(question, needed, made), answered)

    @work(group="save")
    async def _save(self, service: Callable[..., Any]) -> None:
        try:
            now = await self.gateway.read(reference.now)
            await self.gateway.write(service, by=self.gateway.by, now=now)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._load(_("✓ Saved."))


def read_asking(today: date, words: str) -> partial[Any]:
    """`B000000 A01 12-10` as a question to an agency."""
    parts = words.upper().split()
    if not 2 <= len(parts) <= 3:
        raise UsageError("line_words", text=words)
    due = typed_day(parts[2], today) if len(parts) == 3 else None
    return partial(ratings.ask, training_class=parts[0], agency=parts[1], due=due)


def read_giving(code: str, today: date, words: str) -> partial[Any]:
    """`4 5 4 words` as marks of today."""
    count = len(text.QUESTIONS)
    parts = words.split(maxsplit=count)
    note = parts[count] if len(parts) > count else ""
    return partial(
        ratings.give, code=code, scores=text.read_marks(parts[:count]), day=today, note=note
    )


def read_calling_off(one: Rating, words: str) -> partial[Any]:
    """The class typed once more."""
    if words.strip().upper() != one.training_class:
        raise UsageError("line_words", text=words)
    return partial(ratings.withdraw, code=one.code)
