"""Match review: one need, its ranked bundles, why each scores what it scores, and what was ruled out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from matching.policy import DEFAULT_POLICY
from matching.types import Bundle
from matching.weekly import Calendar
from store.errors import ConflictError, DuijieError, InfeasibleError, TakenError
from store.schemas.records import NeedView
from store.services import (
    changes,
    class_lines,
    decisions,
    labels,
    matchmaking,
    proposals,
    records,
    reference,
    run_lines,
    slot_lines,
    subsidies,
    undoing,
    waiting,
)
from store.services.dealing import Outcome
from store.services.matchmaking import Matched
from store.services.rights import Act
from tui import compare_text, deal_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.render import concession_line
from tui.safe import plain, titled
from tui.screens import match_text as texts
from tui.screens.base import BaseScreen
from tui.screens.compare import CompareDialog
from tui.screens.pick import WaitDialog
from tui.screens.record import ReasonDialog
from tui.screens.taken import TakenDialog
from tui.screens.weights import WeightsDialog
from tui.widgets.bundle_list import BundleList

_TOP = 9
_RECEIPTS = 5
_OFFERS = ("institution", "course", "run", "instructor", "venue", "slot", "assessment", "proposal")
_PANELS = {"why_not": mark("Why not more"), "decisions": mark("Decisions")}


class Reasons(Static):
    """Lines that are set for their width; says so when that is another one."""

    class Resized(Message):
        """The lines have another width."""

    def on_resize(self) -> None:
        """Tell the screen."""
        self.post_message(self.Resized())


class MatchScreen(BaseScreen[None]):
    """What fits, in order, and why."""

    CSS_PATH = "match.tcss"
    AUTO_FOCUS = "#bundles"
    TITLE_WORD = "match"
    PURPOSE = mark(
        "One need, its ranked plans and why. p holds a plan for it, y says what would open more."
    )
    KINDS_SHOWN = frozenset({"need", *_OFFERS})
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        "propose": (Act.REGISTER, "proposal"),
        "choose": (Act.REGISTER, "decision"),
        **dict.fromkeys(("wait", "undo_wait"), (Act.REGISTER, "waiting")),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7,comma", "step(-1)", mark("Prev need"), id="match.previous"),
        Binding("f8,full_stop", "step(1)", mark("Next need"), id="match.next"),
        Binding("equals_sign", "compare", mark("Compare"), id="match.compare"),
        Binding("x", "ruled_out", mark("Ruled out"), id="match.ruled_out"),
        Binding("s", "sessions", mark("Sessions"), id="match.sessions"),
        Binding("y", "why_not", mark("Why not"), id="match.why_not"),
        Binding("w", "weights", mark("Weights"), id="match.weights"),
        Binding("c", "choose", mark("Choose"), id="match.choose"),
        Binding("p", "propose", mark("Propose"), id="match.propose"),
        Binding("f6,f5,r", "rank", mark("Rank again"), id="match.rank"),
        Binding("h", "wait", mark("Waiting line"), show=False, id="match.wait"),
        Binding("u", "undo_wait", mark("Take back"), show=False, id="match.undo_wait"),
        Binding("d", "decisions", mark("Decisions"), show=False, id="match.decisions"),
        Binding("n", "read_on(1)", mark("Read on"), show=False, id="match.read_on"),
        Binding("escape", "back", mark("Back"), id="match.back"),
    ]

    bundles = getters.query_one("#bundles", BundleList)
    need_text = getters.query_one("#need-text", Static)
    why = getters.query_one("#why-text", Static)

    def __init__(
        self,
        gateway: Gateway,
        need: str | None = None,
        origin: tuple[str, str] = ("needs", ""),
    ) -> None:
        super().__init__(gateway)
        self._origin = origin  # the screen and the line that Escape goes back to
        self._need = need
        self._codes: tuple[str, ...] = ()
        self._matched: Matched | None = None
        self._ranked_at = 0  # the newest change before the ranking
        self._shows = "why"
        self._nets: Sequence[subsidies.Net] = ()  # of the ranking's bundles, in order
        self._calendar = Calendar()
        self._names: Mapping[str, str] = {}  # of codes in what was ruled out
        self._policy = DEFAULT_POLICY
        self._panel = plain("")
        self._waited: tuple[str, ...] = ()  # who joined or left a line here last

    @property
    def need_code(self) -> str | None:
        """The need that is ranked."""
        return self._need

    def body(self) -> ComposeResult:
        """Need, bundles and reasons side by side, or the need on top where it is narrow."""
        with Horizontal(id="columns"):
            with VerticalScroll(id="need", classes="panel", can_focus=False):
                yield Static(id="need-text")
            yield BundleList(id="bundles", classes="panel")
            with VerticalScroll(id="why", classes="panel"):
                yield Reasons(id="why-text")

    def on_mount(self) -> None:
        """Titles, then the first ranking."""
        super().on_mount()
        self.query_one("#why").border_title = titled(_("Why"))
        self._open()

    @on(Reasons.Resized)
    def _resized(self) -> None:
        self._draw()

    @work(exclusive=True, group="rank")
    async def _open(self) -> None:
        try:
            self._codes = await self.gateway.read(matchmaking.open_needs, by=self.gateway.by)
            self._calendar = await self.gateway.read(reference.calendar)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        if self.need_code is None and self._codes:
            self._need = self._codes[0]
        if self.need_code is None:
            self.tell(_("No open need: register one with F2 on the needs screen."))
            return
        await self._rank()

    def action_rank(self) -> None:
        """Rank the need again on what is offered now."""
        self._open()

    async def reread(self, kinds: frozenset[str]) -> None:
        """Say that what was ranked is no longer so; nothing moves under a person's hands."""
        if self._matched is None:
            return
        since = await self.gateway.read(changes.since, self._ranked_at, by=self.gateway.by)
        if self.is_gone:
            return
        if since.kinds.intersection(_OFFERS):
            self.bundles.border_subtitle = titled(_("Offers changed: r ranks again"))
            return
        need = self._matched.need
        now = await self.gateway.read(records.fetch, "need", need.code, by=self.gateway.by)
        if now.version != need.version and not self.is_gone:
            self.bundles.border_subtitle = titled(_("Need changed: r ranks again"))

    def action_step(self, step: int) -> None:
        """The open need before or after this one."""
        if not self._codes:
            return
        at = self._codes.index(self.need_code) if self.need_code in self._codes else 0
        self._need = self._codes[(at + step) % len(self._codes)]
        self._open()

    async def _rank(self) -> None:
        self.bundles.add_class("-stale")
        self.bundles.border_subtitle = ""
        started = time.perf_counter()
        try:
            self._ranked_at = await self.gateway.read(changes.newest)
            before = self._matched
            matched = await self.gateway.read(
                matchmaking.rank_bundles,
                self.need_code or "",
                by=self.gateway.by,
                today=self.gateway.today,
                top=_TOP,
                policy=self._policy,
            )
            nets = await self.gateway.read(subsidies.nets, matched, by=self.gateway.by)
            self._matched, self._nets = matched, nets
            told = [v for one in self._matched.ranking.rejections for v in one.violations]
            self._names = await self.gateway.read(labels.of_violations, told, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        self.bundles.remove_class("-stale")
        self._shows = "why"
        ranking = self._matched.ranking
        same_need = before is not None and before.need.code == self._matched.need.code
        place = f"{self._codes.index(self.need_code) + 1}/" if self.need_code in self._codes else ""
        self.query_one("#need").border_title = titled(
            _("Need {place}{total}").format(place=place, total=len(self._codes))
        )
        self.need_text.update(texts.need_text(self._matched.need))
        self.bundles.show(ranking.bundles, keeps_marks=same_need)
        self.bundles.border_title = titled(
            _("Bundles {shown}, considered {considered}").format(
                shown=len(ranking.bundles), considered=ranking.considered
            )
        )
        self._draw()
        words = texts.told(ranking, time.perf_counter() - started)
        if self._policy.version != DEFAULT_POLICY.version:
            words = _("Weights {name} · ").format(name=self._policy.version) + words
        self.tell(words)

    def action_back(self) -> None:
        """From a panel to the reasons, from there to where the need was opened."""
        if self._shows == "why":
            where, line = self._origin
            self.call_later(self.run_action, f"app.go({where!r}, {line!r})")
        else:
            self._shows = "why"
            self._draw()

    def action_why_not(self) -> None:
        """What the firm could give up, and what that would open; and back."""
        if self._shows == "why_not":
            self._shows = "why"
            self._draw()
        elif self.need_code:
            self._look_why_not(self.need_code)

    @work(exclusive=True, group="look")
    async def _look_why_not(self, need: str) -> None:
        self.tell(_("Looking what would open more …"))
        try:
            found = await self.gateway.read(
                matchmaking.why_not, need, by=self.gateway.by, today=self.gateway.today
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone or need != self.need_code:
            return
        lines = [f"→ {concession_line(item)}" for item in found.concessions]
        self._panel = plain("\n".join(lines) or _("No wish of the firm alone would open more."))
        self._shows = "why_not"
        self.tell(_("Smallest concessions, those that open most first. y goes back."))
        self._draw()

    def action_weights(self) -> None:
        """Try other weights."""
        if self.need_code:
            self._weigh(self.need_code)

    @work(exclusive=True, group="dialog")
    async def _weigh(self, need: str) -> None:
        chosen = await self.app.push_screen_wait(WeightsDialog(self.gateway, need, self._policy))
        if chosen is not None and not self.is_gone:
            self._policy = chosen
            self._open()

    def action_compare(self) -> None:
        """The marked bundles side by side, or the first three."""
        if self._matched is None:
            return
        places = compare_text.chosen(self.bundles.marked, len(self._matched.ranking.bundles))
        if len(places) < compare_text.FEWEST:
            self.tell(_("There are no two bundles to compare."))
            return
        self._compare(self._matched, places)

    @work(exclusive=True, group="dialog")
    async def _compare(self, matched: Matched, places: Sequence[int]) -> None:
        dialog = CompareDialog(matched.ranking.bundles, places, matched.need.heads)
        taken = await self.app.push_screen_wait(dialog)
        if taken is None or self.is_gone or self._matched is not matched:
            return
        self.bundles.highlighted = taken
        title = matched.ranking.bundles[taken].course.title
        self.tell(_("{title}: p proposes it, c chooses it.").format(title=title))

    @on(BundleList.Marked)
    def _marked(self, event: BundleList.Marked) -> None:
        if self.is_gone:
            return
        count = len(self.bundles.marked)
        if event.is_full:
            self.tell(_("Four at most are compared: Space takes a mark away."))
        elif count:
            self.tell(_("{count} marked: = compares them.").format(count=count))
        else:
            self.tell(_("Nothing marked: = compares the first three."))

    def action_choose(self) -> None:
        """Take the bundle under the cursor."""
        bundle = self.bundles.bundle
        if self._matched is not None and bundle is not None:
            self._choose(self._matched, bundle)

    @work(exclusive=True, group="dialog")
    async def _choose(self, matched: Matched, bundle: Bundle) -> None:
        first = matched.ranking.bundles[0].course
        is_first = first.id == bundle.course.id
        reason = await self.app.push_screen_wait(
            ReasonDialog(
                _("Choose {title} for {need}?").format(
                    title=bundle.course.title, need=matched.need.code
                ),
                ""
                if is_first
                else _("It is not the first ({first}): say why.").format(first=first.title),
            )
        )
        if reason is None:
            return
        try:
            made = await self.gateway.write(
                decisions.decide,
                matched.need.code,
                bundle.course.id,
                by=self.gateway.by,
                today=self.gateway.today,
                top=_TOP,
                policy=self._policy,
                reason=reason,
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.tell(_("✓ {code}: chosen, with a receipt (d shows it).").format(code=made.code))

    def action_wait(self) -> None:
        """Join the line for a full run or for workstations, or leave one."""
        if self._matched is not None:
            self._wait(self._matched)

    @work(exclusive=True, group="dialog")
    async def _wait(self, matched: Matched) -> None:
        by, need = self.gateway.by, matched.need.code
        try:
            lines = await self.gateway.read(waiting.lines, by=by)
            now = await self.gateway.read(reference.now)
            runs = await self.gateway.read(run_lines.full_runs, need, by=by, now=now)
            slots = await self.gateway.read(slot_lines.full_slots, need, by=by, now=now)
            groups = await self.gateway.read(class_lines.full_classes, need, by=by, now=now)
            parts = texts.lines_to_join_or_leave(need, lines, runs, slots, groups)
            if not parts:
                self.tell(_("Nothing is full here: there is no line to join."))
                return
            question = _("Wait for which? All {heads} heads wait until there is room for all.")
            question = question.format(heads=matched.need.heads)
            chosen = await self.app.push_screen_wait(WaitDialog(question, parts))
            if chosen is None:
                return
            if chosen == need:
                found = await self.gateway.write(class_lines.leave, need, by=by, now=now)
            elif any(group.code == chosen for group in groups):
                found = await self.gateway.write(class_lines.join, need, chosen, by=by, now=now)
            elif any(line.code == chosen for line in lines):
                found = (await self.gateway.write(waiting.leave, chosen, by=by, now=now),)
            else:
                kind = "slot" if any(slot.code == chosen for slot in slots) else "run"
                made = await self.gateway.write(waiting.join, need, kind, chosen, by=by, now=now)
                found = (made,)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._waited = tuple(one.code for one in found)
        told = deal_text.waiting_line(found[0])
        if len(found) > 1:
            told = deal_text.waiting_lines(found)
        self.tell(told + " " + _("u takes it back."))

    def action_undo_wait(self) -> None:
        """Take back what was done to a waiting line here last."""
        if not self._waited:
            self.tell(
                _("Nobody joined or left a waiting line here: there is nothing to take back.")
            )
            return
        self._undo_wait(self._waited)

    @work(group="save")
    async def _undo_wait(self, codes: tuple[str, ...]) -> None:
        by = self.gateway.by
        try:
            now = await self.gateway.read(reference.now)
            await self.gateway.write(
                undoing.undo, "waiting", codes, by=by, now=now, request=uuid4().hex
            )
            found = await self.gateway.read(waiting.waiting, codes[0], by=by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._waited = ()
        self.tell("↶ " + deal_text.waiting_line(found))

    def take_number(self, number: int) -> None:
        """Propose the bundle of that number."""
        if self._matched is None or not 1 <= number <= len(self._matched.ranking.bundles):
            self.tell(_("There is no bundle {number} here.").format(number=number), is_failure=True)
            return
        self.bundles.highlighted = number - 1
        self._propose(self._matched, self._matched.ranking.bundles[number - 1])

    def action_propose(self) -> None:
        """Hold the bundle under the cursor at once, and go on to its proposal."""
        bundle = self.bundles.bundle
        if self._matched is not None and bundle is not None:
            self._propose(self._matched, bundle)

    @work(exclusive=True, group="dialog")
    async def _propose(self, matched: Matched, bundle: Bundle) -> None:
        first = matched.ranking.bundles[0].course
        reason: str | None = ""
        if first.id != bundle.course.id:
            question = _("Propose {title} for {need}?").format(
                title=bundle.course.title, need=matched.need.code
            )
            needed = _("It is not the first ({first}): say why.").format(first=first.title)
            reason = await self.app.push_screen_wait(ReasonDialog(question, needed))
        while reason is not None:
            made = await self._hold(matched.need, bundle, reason)
            if isinstance(made, Outcome):
                self.call_later(self.run_action, f"app.open_record({made.code!r})")
                return
            following = await self._next_best(matched.need, made)
            if following is None:
                return
            bundle, reason = following, ""

    async def _hold(self, need: NeedView, bundle: Bundle, reason: str) -> Outcome | ConflictError:
        """One bundle held, or who was faster."""
        by = self.gateway.by
        try:
            await self.gateway.read(
                proposals.look, need.code, need.heads, bundle, by=self.gateway.by
            )
            choice = await self.gateway.read(
                decisions.prepare,
                need.code,
                bundle.course.id,
                by=by,
                today=self.gateway.today,
                top=_TOP,
                policy=self._policy,
                reason=reason,
            )
            now = await self.gateway.read(reference.now)
            return await self.gateway.write(
                proposals.draft, choice, by=by, now=now, request=uuid4().hex
            )
        except ConflictError as error:
            return error
        except DuijieError as error:
            return ConflictError(error.code, **error.params)

    async def _next_best(self, need: NeedView, error: ConflictError) -> Bundle | None:
        """Say who was faster, and take what comes next with one key."""
        self.tell_failure(error)
        if not isinstance(error, TakenError | InfeasibleError):
            return None
        try:
            found = await self.gateway.read(
                matchmaking.rank_bundles,
                need.code,
                by=self.gateway.by,
                today=self.gateway.today,
                top=1,
                policy=self._policy,
            )
        except DuijieError as failure:
            self.tell_failure(failure)
            return None
        following = found.ranking.bundles[0] if found.ranking.bundles else None
        answer = await self.app.push_screen_wait(TakenDialog(sentence(error), following))
        if answer is None:
            self._open()
        return answer

    def action_decisions(self) -> None:
        """What was chosen for this need and whether the same is ranked today; and back."""
        if self._shows == "decisions":
            self._shows = "why"
            self._draw()
        elif self.need_code:
            self._look_decisions(self.need_code)

    @work(exclusive=True, group="look")
    async def _look_decisions(self, need: str) -> None:
        try:
            made = await self.gateway.read(decisions.decisions, need, by=self.gateway.by)
            again = [
                await self.gateway.read(decisions.replay, item.code, by=self.gateway.by)
                for item in made[:_RECEIPTS]
            ]
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone or need != self.need_code:
            return
        text = plain("" if again else _("Nothing was chosen for this need yet: c chooses."))
        for found in again:
            text.append_text(texts.receipt_text(found))
        self._panel, self._shows = text, "decisions"
        self._draw()

    @on(BundleList.Moved)
    def _moved(self) -> None:
        if self.is_gone:
            return
        if self._shows != "sessions":
            self._shows = "why"
        self._draw()

    def action_ruled_out(self) -> None:
        """What was ruled out by which rule, and back."""
        self._shows = "why" if self._shows == "ruled_out" else "ruled_out"
        self._draw()

    def action_sessions(self) -> None:
        """The dates of the bundle under the cursor, and back."""
        self._shows = "why" if self._shows == "sessions" else "sessions"
        self._draw()

    def _draw(self) -> None:
        if self._matched is None or self.is_gone:
            return
        bundle = self.bundles.bundle
        panel = self.query_one("#why", VerticalScroll)
        if self._shows in _PANELS:
            panel.border_title = titled(_(_PANELS[self._shows]))
            self.why.update(self._panel)
        elif self._shows == "ruled_out" or bundle is None:
            panel.border_title = titled(
                _("Ruled out {count}").format(count=len(self._matched.ranking.rejections))
            )
            self.why.update(texts.ruled_out_text(self._matched.ranking, self._names))
        elif self._shows == "sessions":
            panel.border_title = titled(_("Sessions {count}").format(count=len(bundle.sessions)))
            width = self.why.size.width or 60
            self.why.update(texts.sessions_text(bundle, self._calendar, width))
        else:
            panel.border_title = titled(
                _("Why {score:.0f} points").format(score=100 * bundle.score)
            )
            at = self.bundles.highlighted or 0
            net = self._nets[at] if at < len(self._nets) else subsidies.without_rules(bundle)
            self.why.update(texts.why_text(bundle, net, self.why.size.width or 60))
        panel.scroll_home(animate=False)
