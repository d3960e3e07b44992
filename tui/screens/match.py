"""Match review: one need, its ranked bundles, why each scores what it scores, and what was ruled out."""

from __future__ import annotations

import time
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from matching.policy import DEFAULT_POLICY
from matching.types import Bundle, Ranking, Rule, Severity
from store.errors import DuijieError
from store.schemas.records import NeedView
from store.services import decisions, matchmaking
from store.services.decisions import Replay
from store.services.matchmaking import Matched
from tui import render
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.render import concession_line
from tui.safe import pad, plain
from tui.screens.base import BaseScreen
from tui.screens.record import ReasonDialog
from tui.screens.weights import WeightsDialog
from tui.widgets.bundle_list import BundleList
from tui.words import (
    CRITERIA,
    GRADES,
    RULES,
    day_word,
    field_word,
    level_word,
    value_word,
    weekly_word,
)

_TOP = 9
_RECEIPTS = 5
_PANELS = {"why_not": mark("Why not more"), "decisions": mark("Decisions")}


class MatchScreen(BaseScreen[None]):
    """What fits, in order, and why."""

    CSS_PATH = "match.tcss"
    AUTO_FOCUS = "#bundles"
    TITLE_WORD = "match"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7,comma", "step(-1)", mark("Prev need"), id="match.previous"),
        Binding("f8,full_stop", "step(1)", mark("Next need"), id="match.next"),
        Binding("f6,f5,r", "rank", mark("Rank again"), id="match.rank"),
        Binding("x", "ruled_out", mark("Ruled out"), id="match.ruled_out"),
        Binding("s", "sessions", mark("Sessions"), id="match.sessions"),
        Binding("y", "why_not", mark("Why not"), id="match.why_not"),
        Binding("w", "weights", mark("Weights"), id="match.weights"),
        Binding("c", "choose", mark("Choose"), id="match.choose"),
        Binding("d", "decisions", mark("Decisions"), show=False, id="match.decisions"),
        Binding("escape", "app.go('needs')", mark("Needs"), id="match.back"),
    ]

    bundles = getters.query_one("#bundles", BundleList)
    need_text = getters.query_one("#need-text", Static)
    why = getters.query_one("#why-text", Static)

    def __init__(self, gateway: Gateway, need: str | None = None) -> None:
        super().__init__(gateway)
        self._need = need
        self._codes: tuple[str, ...] = ()
        self._matched: Matched | None = None
        self._shows = "why"
        self._policy = DEFAULT_POLICY
        self._panel = plain("")

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
                yield Static(id="why-text")

    def on_mount(self) -> None:
        """Titles, then the first ranking."""
        super().on_mount()
        self.query_one("#why").border_title = _("Why")
        self._open()

    @work(exclusive=True, group="rank")
    async def _open(self) -> None:
        try:
            self._codes = await self.gateway.read(matchmaking.open_needs, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
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

    def action_step(self, step: int) -> None:
        """The open need before or after this one."""
        if not self._codes:
            return
        at = self._codes.index(self.need_code) if self.need_code in self._codes else 0
        self._need = self._codes[(at + step) % len(self._codes)]
        self._open()

    async def _rank(self) -> None:
        self.bundles.add_class("-stale")
        started = time.perf_counter()
        try:
            self._matched = await self.gateway.read(
                matchmaking.rank_bundles,
                self.need_code or "",
                by=self.gateway.by,
                today=self.gateway.today,
                top=_TOP,
                policy=self._policy,
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        self.bundles.remove_class("-stale")
        self._shows = "why"
        ranking = self._matched.ranking
        place = f"{self._codes.index(self.need_code) + 1}/" if self.need_code in self._codes else ""
        self.query_one("#need").border_title = _("Need {place}{total}").format(
            place=place, total=len(self._codes)
        )
        self.need_text.update(_need_text(self._matched.need))
        self.bundles.show(ranking.bundles)
        self.bundles.border_title = _("Bundles {shown}, considered {considered}").format(
            shown=len(ranking.bundles), considered=ranking.considered
        )
        self._draw()
        told = _told(ranking, time.perf_counter() - started)
        if self._policy.version != DEFAULT_POLICY.version:
            told = _("Weights {name} · ").format(name=self._policy.version) + told
        self.tell(told)

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
            text.append_text(_receipt_text(found))
        self._panel, self._shows = text, "decisions"
        self._draw()

    @on(BundleList.Moved)
    def _moved(self) -> None:
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
        if self._matched is None:
            return
        bundle = self.bundles.bundle
        panel = self.query_one("#why", VerticalScroll)
        if self._shows in _PANELS:
            panel.border_title = _(_PANELS[self._shows])
            self.why.update(self._panel)
        elif self._shows == "ruled_out" or bundle is None:
            panel.border_title = _("Ruled out {count}").format(
                count=len(self._matched.ranking.rejections)
            )
            self.why.update(_ruled_out_text(self._matched.ranking))
        elif self._shows == "sessions":
            panel.border_title = _("Sessions {count}").format(count=len(bundle.sessions))
            self.why.update(_sessions_text(bundle))
        else:
            panel.border_title = _("Why {score:.0f} points").format(score=100 * bundle.score)
            self.why.update(_why_text(bundle, self.why.size.width or 60))
        panel.scroll_home(animate=False)


def _told(ranking: Ranking, seconds: float) -> str:
    told = _("Grade: {grade}").format(grade=_(GRADES[ranking.grade]))
    if ranking.is_close:
        told += _(", the first two are close: choose with the firm")
    if ranking.rejections:
        told += _(" · ruled out {count} (x)").format(count=len(ranking.rejections))
    return told + _(" · {ms:.0f} ms").format(ms=1000 * seconds)


def _need_text(need: NeedView) -> Text:
    text = plain(f"{need.code} {need.enterprise_name}\n", "bold")
    text.append_text(plain(f"{need.text}\n"))
    known = (
        ("heads", str(need.heads)),
        ("level", level_word(need.level)),
        ("earliest", f"{need.earliest}" + (f" – {need.latest}" if need.latest else "")),
        ("weekly", weekly_word(need.weekly)),
        ("max_travel_km", f"{need.max_travel_km:g}" if need.max_travel_km else ""),
        ("budget", f"¥{need.budget:g}" if need.budget is not None else ""),
        ("mode", value_word(need.mode) if need.mode else ""),
        ("certificate", _("wanted") if need.certificate else ""),
    )
    told = " · ".join(f"{field_word(name)} {value}" for name, value in known if value)
    text.append_text(plain(told, "dim"))
    return text


def _why_text(bundle: Bundle, width: int) -> Text:
    text = plain(bundle.course.title + "\n", "bold")
    for line in (
        bundle.institution.name,
        f"{render.people(bundle)} · {render.place(bundle)}",
        f"{render.dates(bundle)} · {render.money(bundle.price_fen)}",
    ):
        text.append_text(plain(line + "\n"))
    if bundle.assessment is not None:
        text.append_text(
            plain(_("Assessment {day}").format(day=day_word(bundle.assessment.day)) + "\n")
        )
    text.append("\n")
    for reason in bundle.explanation.reasons:
        style = "" if reason.known else "dim"
        share = render.bar(reason.score, 8)
        head = f"{pad(_(CRITERIA[reason.criterion]), 10)} {share} {render.points(reason):>5} "
        told = render.evidence(reason)
        if cell_len(head) + cell_len(told) > width:
            told = "\n  " + told
        text.append_text(plain(head, style))
        text.append_text(plain(told + "\n", "dim"))
    for warning in bundle.warnings:
        text.append_text(plain(f"! {render.violation_line(warning)}\n", "bold"))
    return text


def _receipt_text(found: Replay) -> Text:
    made = found.decision
    text = plain(f"{made.code} {made.day:%m-%d} {made.login} {made.policy}\n", "bold")
    for at, seen in enumerate(made.seen, 1):
        sign = "✓" if seen.course == made.course else " "
        text.append_text(plain(f"{sign}{at} {100 * seen.score:3.0f} {seen.title}\n"))
    if made.reason:
        text.append_text(plain(_("Reason: {reason}").format(reason=made.reason) + "\n"))
    told = (
        _("Replayed: the same ranking, point by point.")
        if found.is_same
        else _("Replayed: different now, {count} inputs changed.").format(count=len(found.changes))
    )
    text.append_text(plain(told + "\n\n", "dim"))
    return text


def _sessions_text(bundle: Bundle) -> Text:
    text = plain("")
    for session in bundle.sessions:
        what = _("practice") if session.practice else _("theory")
        heads = f" ×{session.heads}" if session.heads else ""
        line = f"{day_word(session.day)} {render.session_span(session)} {what}{heads}"
        text.append_text(plain(line + "\n"))
    return text


def _ruled_out_text(ranking: Ranking) -> Text:
    counts: dict[Rule, int] = {}
    for rejection in ranking.rejections:
        for rule in {v.rule for v in rejection.violations if v.severity is Severity.BLOCK}:
            counts[rule] = counts.get(rule, 0) + 1
    text = plain("")
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        text.append_text(plain(f"✕ {_(RULES[rule])} {count}\n", "bold"))
    for rejection in ranking.rejections:
        text.append_text(plain(f"\n{rejection.course.id} {rejection.course.title}\n"))
        for violation in rejection.violations[:4]:
            sign = "✕" if violation.severity is Severity.BLOCK else "!"
            text.append_text(plain(f"  {sign} {render.violation_line(violation)}\n", "dim"))
    if not ranking.rejections and not ranking.bundles:
        text.append_text(plain(_("No course on offer is about this trade.")))
    return text
