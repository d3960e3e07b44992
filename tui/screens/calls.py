"""The call desk: whom to ring next and why, two sentences to say, and the outcome in one key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.schemas.actor import Role
from store.services import clocks, desk, records, reference
from store.services.clocks import Clocks
from store.services.desk import Reply
from store.services.reminders import Call
from store.services.rights import Act
from tui import clock_text, deal_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog
from tui.screens.record import ReasonDialog
from tui.typed import typed_number
from tui.widgets.record_list import RecordList, Row


class CallsScreen(BaseScreen[None]):
    """Left the queue, most urgent on top; right why, what to say, and how this party usually answers."""

    CSS_PATH = "calls.tcss"
    AUTO_FOCUS = "#calls"
    TITLE_WORD = "calls"
    PURPOSE = mark("Whom to ring next and what to say; one key notes what came of it.")
    KINDS_SHOWN = frozenset({"proposal", "need", "class", "waiting", "contact"})
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        "outcome": (Act.REGISTER, "contact"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "outcome('accepted')", mark("Said yes"), id="calls.yes"),
        Binding("d", "outcome('declined')", mark("Said no"), id="calls.no"),
        Binding("n", "outcome('no_answer')", mark("No answer"), id="calls.nobody"),
        Binding("l", "outcome('later')", mark("Later"), id="calls.later"),
        Binding("t", "outcome('talked')", mark("Talked"), id="calls.talked"),
        Binding("enter", "open", mark("Open"), id="calls.open"),
        Binding("v", "ledger", mark("Next view"), id="calls.ledger"),
        Binding("c", "clocks", mark("Time limits"), show=False, id="calls.clocks"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="calls.reload"),
        Binding("escape", "app.back", mark("Back"), id="calls.back"),
    ]

    listed = getters.query_one("#calls", RecordList)
    detail = getters.query_one("#call-text", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._calls: dict[str, Call] = {}
        self._replies: dict[str, Reply] = {}
        self._centre = ""
        self._shows_ledger = False

    def body(self) -> ComposeResult:
        """The queue, and one call."""
        with Horizontal(id="columns"):
            yield RecordList(["", _("Clock"), _("Whom"), _("Why")], [1, 7, 18], id="calls")
            with VerticalScroll(id="call", classes="panel", can_focus=False):
                yield Static(id="call-text")

    def on_mount(self) -> None:
        """Read the queue."""
        super().on_mount()
        self._load()

    @work(exclusive=True, group="list")
    async def _load(self, told: str = "") -> None:
        try:
            async with self.reading:
                await self.reread(self.KINDS_SHOWN)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone:
            count = len(self._calls)
            rest = _("{count} calls to make").format(count=count) if count else _("Nobody to ring.")
            self.tell(f"{told} · {rest}" if told else rest)

    async def reread(self, kinds: frozenset[str]) -> None:
        """The queue as it is now."""
        by = self.gateway.by
        now = await self.gateway.read(reference.now)
        found = await self.gateway.read(desk.queue, by=by, now=now)
        if by.role is Role.OPERATOR:
            self._replies = {r.party: r for r in await self.gateway.read(desk.ledger, by=by)}
            centre = await self.gateway.read(records.fetch, "centre", by.organisation, by=by)
            self._centre = centre.name
        if self.is_gone:
            return
        self._calls = {f"{call.record} {call.party}": call for call in found}
        self.listed.update([_row(call, now) for call in found], keep=self.keep)
        self.keep = None
        self._draw()

    @on(RecordList.Moved, "#calls")
    def _moved(self) -> None:
        if self.is_gone:
            return
        self._draw()

    def action_ledger(self) -> None:
        """How long each party takes to answer, and back."""
        self._shows_ledger = not self._shows_ledger
        self._draw()

    def _draw(self) -> None:
        if self._shows_ledger:
            self.query_one("#call").border_title = titled(_("How fast parties answer"))
            lines = [f"{r.name}  {deal_text.reply_line(r)}" for r in self._replies.values()]
            self.detail.update(plain("\n".join(lines)))
            return
        call = self._calls.get(self.listed.code or "")
        if call is None:
            self.detail.update("")
            return
        first, second = deal_text.sentences(call, self._centre or self.gateway.by.name)
        lines = [
            call.name,
            f"{call.record} · {deal_text.why_line(call)}",
            _("Until {moment}").format(moment=deal_text.moment(call.due)),
            "",
            f"“{first}" if deal_text.is_spoken(call) else first,
            f"  {second}”" if deal_text.is_spoken(call) else second,
            "",
            deal_text.reply_line(self._replies.get(call.party)),
        ]
        if call.again is not None:
            lines.append(_("Again {moment}").format(moment=deal_text.moment(call.again)))
        self.query_one("#call").border_title = titled(call.record)
        self.detail.update(plain("\n".join(lines)))

    def action_reload(self) -> None:
        """Read again."""
        self._load()

    @on(RecordList.Chosen, "#calls")
    def action_open(self) -> None:
        """The proposal, class, need or filing that the call is about."""
        call = self._calls.get(self.listed.code or "")
        if call is not None and call.why == desk.FILING:
            self.call_later(self.run_action, "app.go('cycle')")
        elif call is not None:
            self.call_later(self.run_action, f"app.open_record({call.record!r})")

    def action_clocks(self) -> None:
        """How long each step may take; a supervisor changes them."""
        self._clocks()

    @work(exclusive=True, group="dialog")
    async def _clocks(self) -> None:
        by = self.gateway.by
        try:
            found = await self.gateway.read(clocks.clocks)
            name = await self.app.push_screen_wait(ClockDialog(found))
            if name is None:
                return
            if by.role is not Role.SUPERVISOR:
                self.tell(_("The district's supervisor changes time limits."))
                return
            before = clock_text.value_told(name, getattr(found, name))
            question = f"{clock_text.clock_word(name)}: {before}"
            text = await self.app.push_screen_wait(
                ReasonDialog(question, _("A number."), typed_number)
            )
            if text is None:
                return
            after = await self.gateway.write(clocks.set_clocks, {name: typed_number(text)}, by=by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        told = clock_text.value_told(name, getattr(after, name))
        self._load(f"✓ {clock_text.clock_word(name)}: {before} → {told}")

    def action_outcome(self, came: str) -> None:
        """Keep what a call came to."""
        call = self._calls.get(self.listed.code or "")
        if call is not None:
            self._keep(call, came)

    @work(exclusive=True, group="dialog")
    async def _keep(self, call: Call, came: str) -> None:
        note = ""
        if came in ("accepted", "declined") and not call.why.startswith(("answer", "counter")):
            self.tell(_("There is nothing to answer here: t notes that you talked."))
            return
        if came == "declined":
            question = _("{name} declines {code}?").format(name=call.name, code=call.record)
            reason = await self.app.push_screen_wait(
                ReasonDialog(question, _("Why? The reason goes into the record."))
            )
            if reason is None:
                return
            note = reason
        try:
            now = await self.gateway.read(reference.now)
            again = await self.gateway.write(
                desk.outcome,
                call.record,
                call.party,
                came,
                by=self.gateway.by,
                now=now,
                note=note,
                request=uuid4().hex,
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        told = "✓ " + call.name
        if again is not None:
            told += " · " + _("Again {moment}").format(moment=deal_text.moment(again))
        self._load(told)


class ClockDialog(PickDialog):
    """The time limits of the steps; Enter picks one to be changed, Esc leaves."""

    def __init__(self, found: Clocks) -> None:
        parts = [(name, f"{value}  {about}") for name, value, about in clock_text.rows(found)]
        super().__init__(_("Time limits"), parts, has_codes=False)


def _row(call: Call, now: datetime) -> Row:
    sign = "!" if call.is_overdue(now) else "·" if call.again and call.again > now else " "
    left = deal_text.time_left(call.due, now)
    return Row(f"{call.record} {call.party}", (sign, left, call.name, deal_text.why_line(call)))
