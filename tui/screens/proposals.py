"""Proposals: what was offered to whom, who has yet to answer, and the next step; both sides work here."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError, StaleEditError
from store.schemas.actor import Role
from store.schemas.terms import CounterDraft, TermsDraft
from store.services import answers, inbox, pools, proposals, reducing, reference, subsidies
from store.services.dealing import Outcome
from store.services.inbox import Answer, Line, Proposal
from store.services.rights import Act, reach
from store.services.subsidies import Net
from tui import deal_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.render import violation_line
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog
from tui.screens.record import ReasonDialog
from tui.screens.terms import PartyDialog, TermsDialog
from tui.typed import typed_number
from tui.widgets.record_list import RecordList, Row
from tui.words import day_word, value_word

Put = Callable[[TermsDraft, Proposal], Awaitable[Outcome]]
_PANELS = ("terms", "sessions", "history")


class ProposalsScreen(BaseScreen[None]):
    """Left the proposals, the clock that ends first on top; right the one under the cursor."""

    CSS_PATH = "proposals.tcss"
    AUTO_FOCUS = "#proposals"
    TITLE_WORD = "proposals"
    PURPOSE = mark("Plans that were offered: who has to answer, by when, and the next step.")
    KINDS_SHOWN = frozenset({"proposal", "class"})
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        **dict.fromkeys(
            ("accept", "decline", "counter", "give_up", "reduce", "undo"), (Act.ANSWER, "proposal")
        ),
        **dict.fromkeys(("edit", "send", "confirm"), (Act.EDIT, "proposal")),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", mark("Accept"), id="proposals.accept"),
        Binding("d", "decline", mark("Decline"), id="proposals.decline"),
        Binding("o", "counter", mark("Counter"), id="proposals.counter"),
        Binding("enter,e", "edit", mark("Edit"), show=False, id="proposals.edit"),
        Binding("s", "send", mark("Send"), id="proposals.send"),
        Binding("c", "confirm", mark("Confirm"), id="proposals.confirm"),
        Binding("delete,x", "give_up", mark("Withdraw/cancel"), id="proposals.give_up"),
        Binding("minus,h", "reduce", mark("Fewer heads"), show=False, id="proposals.reduce"),
        Binding("u", "undo", mark("Take back"), id="proposals.undo"),
        Binding("v", "panel", mark("Next view"), id="proposals.panel"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="proposals.reload"),
        Binding("escape", "app.back", mark("Back"), show=False, id="proposals.back"),
    ]

    listed = getters.query_one("#proposals", RecordList)
    detail = getters.query_one("#deal-text", Static)

    def __init__(self, gateway: Gateway, keep: str | None = None) -> None:
        super().__init__(gateway)
        self.keep = keep
        self._found: Proposal | None = None
        self._net: Net | None = None
        self._panel = _PANELS[0]

    def body(self) -> ComposeResult:
        """The list, and one proposal."""
        with Horizontal(id="columns"):
            yield RecordList(
                [_("Code"), _("State"), _("Clock"), _("Enterprise")],
                [9, 9, 7],
                id="proposals",
            )
            with VerticalScroll(id="deal", classes="panel", can_focus=False):
                yield Static(id="deal-text")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self._load()

    @property
    def need_code(self) -> str | None:
        """The need of the proposal under the cursor."""
        return self._found.need if self._found else None

    @work(exclusive=True, group="list")
    async def _load(self, told: str = "") -> None:
        try:
            async with self.reading:
                found = await self._read()
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        waits = sum(line.is_mine for line in found)
        self.tell(
            told
            or _("Proposals: {count}. ! marks those that wait for you: {waits}.").format(
                count=len(found), waits=waits
            )
            if found
            else _("No proposal yet: p on the match screen holds a bundle.")
        )

    async def reread(self, kinds: frozenset[str]) -> None:
        """The list and the proposal under the cursor as they are now."""
        await self._read()

    async def _read(self) -> tuple[Line, ...]:
        now = await self.gateway.read(reference.now)
        found = await self.gateway.read(inbox.proposals, by=self.gateway.by)
        if not self.is_gone:
            keep, self.keep = self.keep, None
            self.listed.update([_row(line, now) for line in found], keep=keep)
            self._look()
        return found

    @on(RecordList.Moved, "#proposals")
    def _moved(self) -> None:
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        code = self.listed.code
        if code is None:
            self._found = None
            self.detail.update("")
            return
        try:
            now = await self.gateway.read(reference.now)
            found = await self.gateway.read(inbox.proposal, code, by=self.gateway.by)
            net = None
            if reach(self.gateway.by, Act.READ, "match"):
                net = await self.gateway.read(subsidies.deal_net, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone:
            self._found, self._net = found, net
            self._draw(now)

    def _draw(self, now: datetime) -> None:
        found = self._found
        if found is None:
            return
        lines = {
            "terms": deal_text.proposal_lines(found, now, self._net),
            "sessions": deal_text.session_lines(found.plan.sessions, found.names),
            "history": deal_text.history_lines(found),
        }[self._panel]
        titles = {"terms": found.code, "sessions": _("Sessions"), "history": _("History")}
        panel = self.query_one("#deal", VerticalScroll)
        panel.border_title = titled(titles[self._panel])
        self.detail.update(plain("\n".join(lines)))
        panel.scroll_home(animate=False)

    def action_panel(self) -> None:
        """Terms, sessions, history, and round again."""
        self._panel = _PANELS[(_PANELS.index(self._panel) + 1) % len(_PANELS)]
        self._look()

    def action_reload(self) -> None:
        """Read again."""
        self._load()

    def action_send(self) -> None:
        """Offer a draft to everyone it concerns; of a pooled class every draft, all or none."""
        self._send(self.listed.code)

    @work(group="save")
    async def _send(self, code: str | None) -> None:
        found = await self._under_cursor(code)
        if found is None:
            return
        if found.pool is None or found.status != "draft":
            more = {"version": found.version, "request": uuid4().hex}
            await self._carry_out(proposals.send, found.code, more)
            return
        try:
            now = await self.gateway.read(reference.now)
            made = await self.gateway.write(pools.send, found.pool, by=self.gateway.by, now=now)
        except DuijieError as error:
            self.tell_failure(error)
            return
        told = _("✓ {pool}: {count} proposals sent, the class is offered to all its firms.")
        self._load(told.format(pool=found.pool, count=len(made)))

    def action_confirm(self) -> None:
        """Book everything that is held."""
        self._step(proposals.confirm, request=uuid4().hex)

    def action_undo(self) -> None:
        """Take one's last step back."""
        self._step(answers.undo, request=uuid4().hex)

    def _step(self, service: Callable[..., Outcome], **more: Any) -> None:
        if self.listed.code is not None:
            self._do(service, self.listed.code, more)

    @work(group="save")
    async def _do(self, service: Callable[..., Outcome], code: str, more: dict[str, Any]) -> None:
        found = await self._under_cursor(code)
        if found is not None:
            await self._carry_out(service, code, {**more, "version": found.version})

    async def _under_cursor(self, code: str | None) -> Proposal | None:
        """The proposal that the cursor stood on when a key was pressed, read where it is not shown yet."""
        if code is None or (self._found is not None and self._found.code == code):
            return self._found if code is not None else None
        try:
            return await self.gateway.read(inbox.proposal, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return None

    async def _carry_out(
        self, service: Callable[..., Outcome], code: str, more: dict[str, Any]
    ) -> None:
        """One step in one write, then what it came to."""
        try:
            now = await self.gateway.read(reference.now)
            made = await self.gateway.write(service, code, by=self.gateway.by, now=now, **more)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._tell_made(made)

    def _tell_made(self, made: Outcome) -> None:
        told = f"✓ {made.code}: {value_word(made.status)}"
        if made.until:
            told += " · " + _("until {moment}").format(moment=deal_text.moment(made.until))
        found = self._found
        names = found.names if found is not None else {}
        for warning in made.warnings:
            told += f" · ! {violation_line(warning, names)}"
        self._found = None  # a key typed ahead of the reload is about the proposal as it is now
        self._load(told)

    def action_accept(self) -> None:
        """Agree, for one's own organisation or for the one that said so."""
        self._answer("accept", self.listed.code)

    def action_decline(self) -> None:
        """Say no, and why."""
        self._answer("decline", self.listed.code)

    def action_counter(self) -> None:
        """Put other terms forward."""
        self._answer("counter", self.listed.code)

    @work(exclusive=True, group="dialog")
    async def _answer(self, act: str, code: str | None) -> None:
        found = await self._under_cursor(code)
        if found is None:
            return
        party = await self._party(found)
        if party is None:
            return
        more: dict[str, Any] = {"party": party.party, "version": found.version}
        if self.gateway.by.role is Role.INSTITUTION:
            more["party"] = None
        if act == "accept":
            await self._carry_out(answers.accept, found.code, more)
        elif act == "decline":
            question = _("{name} declines {code}?").format(name=party.name, code=found.code)
            reason = await self.app.push_screen_wait(
                ReasonDialog(question, _("Why? The reason goes into the record."))
            )
            if reason is not None:
                await self._carry_out(answers.decline, found.code, {**more, "reason": reason})
        else:
            await self._counter(found, party, more)

    async def _party(self, found: Proposal) -> Answer | None:
        """For whom: one's own organisation, the only one that is asked, or the one that is picked."""
        asked = list(found.answers)
        if self.gateway.by.role is Role.INSTITUTION:
            asked = [a for a in asked if a.party == self.gateway.by.organisation]
        if found.status == "sent":
            asked = [a for a in asked if a.status == "pending"] or asked
        if not asked:
            self.tell(_("{code} has not been sent to anybody.").format(code=found.code))
            return None
        if len(asked) == 1:
            return asked[0]
        return await self.app.push_screen_wait(PartyDialog(asked, found.names))

    async def _counter(self, found: Proposal, party: Answer, more: dict[str, Any]) -> None:
        async def put(said: TermsDraft, found: Proposal) -> Outcome:
            now, by = await self.gateway.read(reference.now), self.gateway.by
            plan = None
            assert isinstance(said, CounterDraft)
            if said.heads is not None or said.not_before is not None:
                plan = await self.gateway.read(
                    answers.replan,
                    found.code,
                    by=by,
                    now=now,
                    heads=said.heads,
                    not_before=said.not_before,
                )
            every = {**more, "changes": said, "plan": plan, "version": found.version}
            return await self.gateway.write(answers.counter, found.code, by=by, now=now, **every)

        title = _("{name} puts other terms forward").format(name=party.name)
        await self._negotiate(title, found, CounterDraft, put)

    async def _negotiate(
        self, title: str, found: Proposal, draft: type[TermsDraft], put: Put
    ) -> None:
        """Ask for terms until they are stored or given up; what was typed stays, theirs beside it."""
        typed: dict[str, str] = {}
        told = ""
        while True:
            form = TermsDialog(title, found, draft, typed, told)
            said = await self.app.push_screen_wait(form)
            if said is None:
                return
            typed = form.typed
            try:
                made = await put(said, found)
            except StaleEditError:
                theirs = await self.gateway.read(inbox.proposal, found.code, by=self.gateway.by)
                told = deal_text.yours_and_theirs(typed, found.terms, theirs.terms)
                found = theirs
            except DuijieError as error:
                told = sentence(error)
            else:
                self._tell_made(made)
                return

    def action_edit(self) -> None:
        """Change the terms of a draft."""
        self._edit(self.listed.code)

    @work(exclusive=True, group="dialog")
    async def _edit(self, code: str | None) -> None:
        found = await self._under_cursor(code)
        if found is None or found.status != "draft":
            return

        async def put(said: TermsDraft, found: Proposal) -> Outcome:
            now, by = await self.gateway.read(reference.now), self.gateway.by
            return await self.gateway.write(
                proposals.revise, found.code, said, version=found.version, by=by, now=now
            )

        title = _("Terms of {code}").format(code=found.code)
        await self._negotiate(title, found, TermsDraft, put)

    def action_reduce(self) -> None:
        """Go on with fewer heads of what is confirmed, with the cost said first."""
        self._reduce(self.listed.code)

    @work(exclusive=True, group="dialog")
    async def _reduce(self, code: str | None) -> None:
        found = await self._under_cursor(code)
        if found is None:
            return
        question = _("{code} has {heads} heads. How many still come?")
        text = await self.app.push_screen_wait(
            ReasonDialog(
                question.format(code=found.code, heads=found.heads), _("A number."), typed_number
            )
        )
        if text is None:
            return
        try:
            now = await self.gateway.read(reference.now)
            cost = await self.gateway.read(
                reducing.look, found.code, typed_number(text), by=self.gateway.by, now=now
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        told = "\n".join(deal_text.reduction_lines(cost))
        wanted = await self.app.push_screen_wait(
            PickDialog(
                told + "\n" + _("And the {count} others?").format(count=cost.before - cost.after),
                [
                    ("", _("do not need it any more")),
                    ("+", _("still want a course: back to match")),
                ],
            )
        )
        if wanted is None:
            return
        needed = _("Say why; another amount stands before it: =500 as agreed by telephone.")
        reason = await self.app.push_screen_wait(ReasonDialog(told, needed))
        if reason is None:
            return
        fewer = reducing.Fewer(cost.after, wanted == "+", request=uuid4().hex)
        more = {"fewer": fewer, "version": found.version}
        await self._carry_out(reducing.reduce, found.code, {**more, **_reason_and_fee(reason)})

    def action_give_up(self) -> None:
        """Withdraw what is not confirmed yet; cancel what is, with the cost said first."""
        self._give_up(self.listed.code)

    @work(exclusive=True, group="dialog")
    async def _give_up(self, code: str | None) -> None:
        found = await self._under_cursor(code)
        if found is None:
            return
        try:
            now = await self.gateway.read(reference.now)
            if found.status == "confirmed":
                cost = await self.gateway.read(
                    proposals.cancel_cost, found.code, by=self.gateway.by, now=now
                )
                question = _("Cancel {code}?").format(code=found.code)
                needed = (
                    deal_text.cost_line(cost)
                    + " "
                    + _("Say why; another amount stands before it: =500 as agreed by telephone.")
                )
                service: Callable[..., Outcome] = proposals.cancel
            else:
                question = _("Withdraw {code}? What is held goes back.").format(code=found.code)
                needed, service = "", proposals.withdraw
        except DuijieError as error:
            self.tell_failure(error)
            return
        reason = await self.app.push_screen_wait(ReasonDialog(question, needed))
        if reason is None:
            return
        more: dict[str, Any] = {"reason": reason, "version": found.version}
        if found.status == "confirmed":
            more |= _reason_and_fee(reason)
        await self._carry_out(service, found.code, more)


def _reason_and_fee(text: str) -> dict[str, Any]:
    """A reason, with another amount where one stands before it."""
    amount = re.match(r"[=＝]\s*(\d+(?:\.\d{1,2})?)\s*", text)
    if amount is None:
        return {"reason": text}
    return {"reason": text[amount.end() :], "fee_fen": round(100 * float(amount[1]))}


def _row(line: Line, now: datetime) -> Row:
    sign = "!" if line.is_mine else " "
    firm = f"{line.enterprise} {line.heads} · {day_word(line.first_day)} {line.title}"
    return Row(
        line.code,
        (sign + line.code, value_word(line.status), deal_text.time_left(line.until, now), firm),
    )
