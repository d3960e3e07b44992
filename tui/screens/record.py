"""Forms for a whole record of any kind, and the question before something is withdrawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.schemas.records import Draft
from store.services import filing, records, verification
from store.services.filing import Column
from store.services.kinds import kind_named
from store.services.rights import Act, reach
from store.standard.days import read_day
from tui.cycle_text import standing_line
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.safe import plain
from tui.screens.base import BaseDialog, LineDialog
from tui.screens.form import FormDialog
from tui.typed import read_weekly
from tui.widgets.form_input import FormInput
from tui.words import kind_word, urgent_told

_DAYS = {
    "earliest",
    "latest",
    "valid_from",
    "valid_to",
    "filed_on",
    "first_day",
    "last_day",
    "signup_closes",
    "day",
    "qualified_to",
}


class RecordDialog(FormDialog):
    """Every field of a record of some kind."""

    def __init__(
        self,
        gateway: Gateway,
        kind_name: str,
        view: Any = None,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self._kind = kind_named(kind_name)
        self._request = uuid4().hex
        cells = {} if view is None else self.cells_of(view)
        super().__init__(gateway, view, {**cells, **(given or {})})

    def columns(self) -> Sequence[Column]:
        """All but the code."""
        return [one for one in filing.columns(self._kind.name) if one.name != "code"]

    def title_words(self) -> str:
        """Kind and code."""
        code = self._view.code if self._view is not None else _("new")
        mark = urgent_told(getattr(self._view, "shortage", ""))
        return f"{kind_word(self._kind.name)} {code} {mark}".rstrip()

    def name_of(self, view: Any) -> str:
        """Its code."""
        return str(view.code)

    def read(self, typed: Mapping[str, str]) -> Draft:
        """Days and times may be typed in short."""
        cells = dict(typed)
        for name in _DAYS & cells.keys():
            cells[name] = read_day(cells[name], self.gateway.today)
        if "weekly" in cells:
            cells["weekly"] = read_weekly(cells["weekly"])
        return self._kind.draft.model_validate(cells)

    def cells_of(self, value: Any) -> dict[str, str]:
        """As in a table."""
        return filing.named_cells(self._kind, value)

    def on_mount(self) -> None:
        """Title and first field, and how far it has come if it is looked at first."""
        super().on_mount()
        is_seen = reach(self.gateway.by, Act.READ, "verification") is not None
        if self._view is not None and self._kind.name in verification.KINDS and is_seen:
            self._look()

    @work(group="standing")
    async def _look(self) -> None:
        try:
            found = await self.gateway.read(
                verification.standing, self._kind.name, self._view.code, by=self.gateway.by
            )
        except DuijieError as error:
            self._tell(sentence(error))
            return
        told = self.query_one("#told", Static)
        if found is not None and not str(told.content):  # what is wrong with the form comes first
            told.update(plain(standing_line(found)))

    async def store(self, draft: Any) -> Any:
        """Register it, or edit what is there."""
        by, view = self.gateway.by, self._view
        if view is None:
            return await self.gateway.write(records.register, draft, by=by, request=self._request)
        return await self.gateway.write(records.edit, view.code, draft, version=view.version, by=by)

    async def fetch(self) -> tuple[str, Any]:
        """The record as it is now."""
        kind, code = self._kind.name, self._view.code
        view = await self.gateway.read(records.fetch, kind, code, by=self.gateway.by)
        return view.changed_by, view


class ConfirmDialog(BaseDialog[bool]):
    """One question; Enter keeps things as they are, y goes ahead."""

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", mark("Yes"), id="confirm.yes"),
        Binding("enter,n", "answer(False)", mark("No"), id="confirm.no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and its two keys."""
        with Vertical(id="confirm"):
            yield Static(plain(self._question))
            yield Static(plain(_("y yes   Enter no")), classes="label")

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)


class CountDialog(LineDialog[bool]):
    """Goes ahead only when the number of records that an act is about is typed."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#count"

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def compose(self) -> ComposeResult:
        """What is about to happen, and room for the number."""
        with Vertical(id="confirm"):
            told = _("This withdraws {count} records at once. Type {count} to go ahead.")
            yield Static(plain(told.format(count=self._count)))
            yield FormInput("count", longest=6)
            yield Static(plain(_("Enter: go ahead   Esc: leave as they are")), classes="keys")

    async def choose(self) -> None:
        """Answer, where the number is right."""
        await self.dismiss(self.query_one("#count", FormInput).value.strip() == str(self._count))


class ReasonDialog(LineDialog[str]):
    """A question with room for a reason; answers with the reason, empty where none is needed.

    `check` raises for a reason that will not do: the dialog stays, with what was typed. `hint` stands
    there where the answer may be empty and is no reason.
    """

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#reason"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "read_on(1)", mark("Read on"), show=False, id="reason.down"),
        Binding("pageup", "read_on(-1)", mark("Read back"), show=False, id="reason.up"),
    ]

    def __init__(
        self,
        question: str,
        needed: str = "",
        check: Callable[[str], object] | None = None,
        *,
        given: str = "",
        hint: str = "",
    ) -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._needed = needed
        self._given = given
        self._check = check

    def compose(self) -> ComposeResult:
        """The question, what is needed, the reason, and the keys."""
        with Vertical(id="confirm"):
            with VerticalScroll(id="question", can_focus=False):
                yield Static(plain(self._question))
            yield Static(
                plain(self._needed or self._hint or _("A reason may be written.")), id="needed"
            )
            yield FormInput("reason", value=self._given, longest=500)
            yield Static(plain(self._keys()), classes="keys")

    def _keys(self) -> str:
        return _("Enter: done   Esc: cancel") if self._needed else _("Enter: yes   Esc: no")

    def on_mount(self) -> None:
        """Say how to read on where the question is longer than its place."""
        self.call_after_refresh(self._tell_length)

    def _tell_length(self) -> None:
        for question in self.query("#question").results(VerticalScroll):
            if question.max_scroll_y:
                told = self._keys() + "   " + _("PgDn: read on")
                self.query_one(".keys", Static).update(plain(told))

    def action_read_on(self, pages: int) -> None:
        """Show another part of a long question."""
        question = self.query_one("#question", VerticalScroll)
        question.scroll_relative(y=pages * question.size.height, animate=False)

    async def choose(self) -> None:
        """Answer, once there is a reason where one is needed and it passes; else say why and stay."""
        reason = self.query_one("#reason", FormInput).value.strip()
        if not reason and self._needed:
            return
        try:
            await self.settle(reason)
        except DuijieError as error:
            self.query_one("#needed", Static).update(plain(sentence(error), "bold"))
            return
        await self.dismiss(reason)

    async def settle(self, reason: str) -> None:
        """What has to pass before the dialog closes."""
        if self._check is not None:
            self._check(reason)


class ActDialog(ReasonDialog):
    """A line that is acted on while the dialog stands: where that is refused, the line is still there."""

    def __init__(
        self,
        question: str,
        needed: str,
        made: Callable[[str], Callable[..., Any]],
        perform: Callable[[Callable[..., Any]], Awaitable[None]],
        *,
        given: str = "",
    ) -> None:
        super().__init__(question, needed, given=given)
        self._made = made
        self._perform = perform

    async def settle(self, reason: str) -> None:
        """Do what the line says."""
        await self._perform(self._made(reason))
