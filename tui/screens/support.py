"""专家与开发: what to open next, calls for courses, consultations, experts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from store.errors import UsageError
from store.schemas.support import BidDraft, CaseView, CourseCallView, ExpertView
from store.services import call_views, cases, course_calls, experts, open_next
from store.services.open_next import Wish
from store.services.rights import Act, reach
from tui import support_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.screens.side_by_side import SideBySideScreen
from tui.sheets import Sheet
from tui.widgets.record_list import RecordList

NEXT, CALLS, CASES, OVER, EXPERTS = "next", "calls", "cases", "over", "experts"
_READS = {NEXT: "course", CALLS: "course_call", CASES: "case", OVER: "case", EXPERTS: "expert"}
_DEED: dict[str, tuple[str, str, Act]] = {
    "bid": (CALLS, course_calls.BID, Act.REGISTER),
    "choose": (CALLS, course_calls.KIND, Act.EDIT),
    "cancel": (CALLS, course_calls.KIND, Act.WITHDRAW),
    "assign": (CASES, cases.KIND, Act.EDIT),
    "note": (CASES, cases.KIND, Act.EDIT),
    "close": (CASES, cases.KIND, Act.EDIT),
    "consult": (CASES, cases.KIND, Act.REGISTER),
}


class SupportScreen(SideBySideScreen):
    """One view after another, those that the person may read."""

    CSS_PATH = "support.tcss"
    TITLE_WORD = "support"
    PURPOSE = mark(
        "What institutions could open next, calls for courses that nobody offers with sealed bids, "
        "consultations on needs that no offering fits, and the experts who may be asked."
    )
    KINDS_SHOWN = frozenset({"course_call", "course_bid", "case", "expert", "need", "proposal"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "view", mark("Next view"), id="support.view"),
        Binding("b", "bid", mark("Bid"), priority=True, id="support.bid"),
        Binding("c", "choose", mark("Choose"), priority=True, id="support.choose"),
        Binding("x,delete", "cancel", mark("Give up"), priority=True, id="support.cancel"),
        Binding("n", "consult", mark("Consult"), priority=True, id="support.consult"),
        Binding("a", "assign", mark("Assign"), priority=True, id="support.assign"),
        Binding("e", "note", mark("Note"), priority=True, id="support.note"),
        Binding("o", "close", mark("End it"), priority=True, id="support.close"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="support.reload"),
        Binding("escape", "app.back", mark("Back"), id="support.back"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        by = gateway.by
        self._views = [one for one, kind in _READS.items() if reach(by, Act.READ, kind)]
        self._view = self._views[0]
        self._wishes: dict[str, Wish] = {}
        self._calls: dict[str, CourseCallView] = {}
        self._cases: dict[str, CaseView] = {}
        self._over: dict[str, CaseView] = {}  # consultations that have ended
        self._experts: dict[str, ExpertView] = {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the view, and with who asks."""
        if action in _DEED:
            view, kind, act = _DEED[action]
            is_there = self._view == view or (action, self._view) == ("consult", OVER)
            return is_there and reach(self.gateway.by, act, kind) is not None
        return super().check_action(action, parameters)

    async def fetch(self) -> None:
        """Every view that may be read, as it is now."""
        by, today, read = self.gateway.by, self.gateway.today, self.gateway.read
        if NEXT in self._views:
            wishes = text.wish_sheet(found := await read(open_next.board, by=by, today=today))
            self._wishes = dict(zip((n.code for n in wishes.lines), found, strict=True))
        self._calls = {one.code: one for one in await read(call_views.listed, by=by)}
        if CASES in self._views:
            self._cases = {one.code: one for one in await read(cases.listed, by=by)}
            over = await read(cases.listed, "closed", by=by)
            self._over = {one.code: one for one in over}
        if EXPERTS in self._views:
            people = await read(experts.listed, by=by, today=today)
            self._experts = {one.code: one for one in people}
        for view, known in ((CASES, self._cases), (OVER, self._over), (CALLS, self._calls)):
            if self.keep in known:
                self._view = view

    def sheet(self) -> Sheet:
        """The view that is shown."""
        if self._view == NEXT:
            return text.wish_sheet(tuple(self._wishes.values()))
        if self._view == CALLS:
            return text.call_sheet(tuple(self._calls.values()))
        if self._view == CASES:
            return text.case_sheet(tuple(self._cases.values()))
        if self._view == OVER:
            return text.ended_sheet(tuple(self._over.values()))
        return text.expert_sheet(tuple(self._experts.values()))

    def about(self, code: str) -> Iterable[str]:
        """Everything about a line."""
        if self._view == NEXT:
            return text.wish_lines(self._wishes[code])
        if self._view == CALLS:
            return text.call_lines(self._calls[code])
        if self._view == CASES:
            return text.case_lines(self._cases[code])
        if self._view == OVER:
            return text.case_lines(self._over[code])
        return text.expert_lines(self._experts[code])

    @on(RecordList.Chosen, "#lines")
    def _chosen(self, event: RecordList.Chosen) -> None:
        found: dict[str, Any] = {**self._calls, **self._cases, **self._over}
        one = found.get(event.code)
        if one is not None and one.need:
            self.show_record("need", one.need)

    # What is done.

    def action_view(self) -> None:
        """What to open next, calls, consultations, those that have ended, experts."""
        self._view = self._views[(self._views.index(self._view) + 1) % len(self._views)]
        self.draw()
        self.tell(self.summary())

    async def action_bid(self) -> None:
        """One's own bid on the call under the cursor."""
        call = self._calls.get(self.lines.code or "")
        if call is not None:
            people = " ".join(f"+{code} {name}" for code, name in call.able[:3])
            await self.ask(
                _("Bid on {title}: PRICE, then how; +CODE names who teaches").format(
                    title=call.title
                ),
                partial(self._bid, call.code),
                _("It is sealed until the end of {day}.").format(day=call.deadline) + f" {people}",
            )

    def _bid(self, code: str, words: str) -> Callable[..., Any]:
        return partial(course_calls.bid, code=code, draft=read_bid(words), today=self.gateway.today)

    async def action_choose(self) -> None:
        """Choose a bid of the call under the cursor."""
        call = self._calls.get(self.lines.code or "")
        if call is not None:
            known = " ".join(f"{one.institution} ¥{one.price:.0f}" for one in call.bids)
            await self.ask(
                _("Choose for {title}: INSTITUTION, then why").format(title=call.title),
                partial(self._choose, call.code),
                known or _("Nobody has bid."),
            )

    def _choose(self, code: str, words: str) -> Callable[..., Any]:
        school, _sign, why = words.strip().partition(" ")
        return partial(course_calls.choose, code=code, institution=school.upper(), reason=why)

    async def action_cancel(self) -> None:
        """Give the call under the cursor up."""
        if (code := self.lines.code) is not None:
            await self.ask(
                _("Give {code} up?").format(code=code),
                lambda why: partial(course_calls.cancel, code=code, reason=why),
                _("A reason is needed."),
            )

    async def action_consult(self) -> None:
        """A consultation on a need."""
        await self.ask(
            _("A consultation: NEED, then the question; ! before it though plans fit"),
            self._consult,
            _("Such as: N000012 which of the modules can be taught at night"),
        )

    def _consult(self, words: str) -> Callable[..., Any]:
        need, _sign, asked = words.strip().partition(" ")
        return partial(
            cases.begin, need=need.lstrip("!").upper(), question=asked,
            despite=need.startswith("!"), today=self.gateway.today,
        )  # fmt: skip

    async def action_assign(self) -> None:
        """The case under the cursor to an expert."""
        if (code := self.lines.code) is not None:
            await self.ask(
                _("Whom shall {code} go to?").format(code=code),
                lambda who: partial(
                    cases.assign, code=code, expert=who.strip().upper() or None,
                    today=self.gateway.today,
                ),
                _("An expert's code; empty for the one suggested first."),
            )  # fmt: skip

    async def action_note(self) -> None:
        """What was said about the case under the cursor."""
        if (code := self.lines.code) is not None:
            await self.ask(
                _("A note on {code}").format(code=code),
                lambda said: partial(cases.note, code=code, text=said, today=self.gateway.today),
                _("It is kept as it is and not changed any more."),
            )

    async def action_close(self) -> None:
        """End the case under the cursor."""
        if (code := self.lines.code) is not None:
            await self.ask(
                _("How does {code} end? advice, course or none, then what it came to").format(
                    code=code
                ),
                partial(self._close, code),
                _("With course the need waits until one is made for it."),
            )

    def _close(self, code: str, words: str) -> Callable[..., Any]:
        outcome, _sign, said = words.strip().partition(" ")
        return partial(cases.close, code=code, outcome=outcome, text=said)


def read_bid(words: str) -> BidDraft:
    """`1800 four weeks at weekends +J001;J002` as a bid."""
    from tui.cli.people import checked

    people = [word[1:] for word in words.split() if word.startswith("+")]
    price, *how = [word for word in words.split() if not word.startswith("+")] or [""]
    if not how:
        raise UsageError("bid_words", text=words[:60])
    fields = {"price": price, "plan": " ".join(how), "instructors": ";".join(people)}
    draft: BidDraft = checked(BidDraft, fields)
    return draft
