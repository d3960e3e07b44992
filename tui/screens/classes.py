"""Classes: what is taught when, by whom, to which firms, for how much; and what to do when it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from matching.substitution import StandIn
from matching.types import Session
from store.errors import DuijieError
from store.services import classes, combining, labels, moving, records, reference, taking_back
from store.services.classes import TrainingClass
from store.services.repair import Trouble
from store.services.rights import Act
from tui import combining_text, deal_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.render import bundle_names, money, named, session_span, violation_line
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog
from tui.screens.record import ReasonDialog
from tui.typed import typed_day, typed_days, typed_number
from tui.widgets.record_list import RecordList, Row
from tui.words import day_word, value_word

_PANELS = ("sheet", "sessions", "history")


class ClassesScreen(BaseScreen[None]):
    """Left the classes, soonest first; right the sheet of the one under the cursor."""

    CSS_PATH = "classes.tcss"
    AUTO_FOCUS = "#classes"
    TITLE_WORD = "classes"
    PURPOSE = mark(
        "Classes that are booked: dates, people, who comes; changes, and what to do when somebody is ill."
    )
    KINDS_SHOWN = frozenset({"class", "proposal"})
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        **dict.fromkeys(
            ("substitute", "postpone", "call_off", "merge", "undo"), (Act.ANSWER, "class")
        ),
        **dict.fromkeys(("close", "incident"), (Act.EDIT, "class")),
        "no_show": (Act.EDIT, "proposal"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "substitute", mark("Substitute"), id="classes.substitute"),
        Binding("p", "postpone", mark("Postpone"), id="classes.postpone"),
        Binding("w", "no_show", mark("No-show"), id="classes.no_show"),
        Binding("c", "close", mark("Close"), show=False, id="classes.close"),
        Binding("u", "undo", mark("Take back"), id="classes.undo"),
        Binding("delete,x", "call_off", mark("Call off"), id="classes.call_off"),
        Binding("i", "incident", mark("Incident"), id="classes.incident"),
        Binding("m", "merge", mark("Merge"), id="classes.merge"),
        Binding("l", "story", mark("Whole story"), show=False, id="classes.story"),
        Binding("g", "roster", mark("Roster"), id="classes.roster"),
        Binding("v", "panel", mark("Next view"), id="classes.panel"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="classes.reload"),
        Binding("escape", "app.back", mark("Back"), id="classes.back"),
    ]

    listed = getters.query_one("#classes", RecordList)
    sheet = getters.query_one("#sheet-text", Static)

    def __init__(self, gateway: Gateway, keep: str | None = None) -> None:
        super().__init__(gateway)
        self.keep = keep
        self._found: dict[str, TrainingClass] = {}
        self._panel = _PANELS[0]

    def body(self) -> ComposeResult:
        """The list, and one class."""
        with Horizontal(id="columns"):
            yield RecordList(
                [_("Code"), _("State"), _("First day"), _("Course")],
                [7, 7, 6],
                id="classes",
            )
            with VerticalScroll(id="sheet", classes="panel", can_focus=False):
                yield Static(id="sheet-text")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.read_all()

    @property
    def _here(self) -> TrainingClass | None:
        return self._found.get(self.listed.code or "")

    def summary(self) -> str:
        """What is shown, in one sentence."""
        count = len(self._found)
        none = _("No class yet: a confirmed proposal makes one.")
        return _("{count} classes").format(count=count) if count else none

    async def reread(self, kinds: frozenset[str]) -> None:
        """The classes as they are now."""
        found = await self.gateway.read(classes.list_classes, by=self.gateway.by)
        if self.is_gone:
            return
        self._found = {one.code: one for one in found}
        keep, self.keep = self.keep, None
        self.listed.update([_row(one) for one in found], keep=keep)
        self._draw()

    @on(RecordList.Moved, "#classes")
    def _moved(self) -> None:
        self._draw()

    @work(exclusive=True, group="look")
    async def _draw(self) -> None:
        found = self._here
        if found is None:
            self.sheet.update("")
            return
        title = found.code
        if self._panel == "history":
            title = _("History")
            try:
                entries = await self.gateway.read(classes.history, found.code, by=self.gateway.by)
            except DuijieError as error:
                self.tell_failure(error)
                return
            lines = list(deal_text.entry_lines(entries))
        elif self._panel == "sessions":
            title, lines = _("Sessions"), deal_text.session_lines(found.sessions, found.names)
        else:
            lines = list(deal_text.class_lines(found))
        if self.is_gone:
            return
        panel = self.query_one("#sheet", VerticalScroll)
        panel.border_title = titled(title)
        self.sheet.update(plain("\n".join(lines)))
        panel.scroll_home(animate=False)

    def action_roster(self) -> None:
        """Who is in the class, and who was at which session."""
        if self._here is not None:
            from tui.screens.roster import RosterDialog

            self.app.push_screen(RosterDialog(self.gateway, self._here.code))

    @work(exclusive=True, group="dialog")
    async def action_story(self) -> None:
        """Everything that came of a need of the class; of several firms' one is picked."""
        if self._here is None:
            return
        parts = [(one.need, one.enterprise) for one in self._here.members]
        need = parts[0][0] if len(parts) == 1 else await self._pick(_("Which need?"), parts)
        if need is not None:
            self.call_later(self.run_action, f"app.go('story', {need!r})")

    def action_panel(self) -> None:
        """The sheet, its sessions, its history, and round again."""
        self._panel = _PANELS[(_PANELS.index(self._panel) + 1) % len(_PANELS)]
        self._draw()

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    def action_substitute(self) -> None:
        """Somebody or something else for a part of the class."""
        if self._here is not None:
            self._substitute(self._here)

    @work(exclusive=True, group="dialog")
    async def _substitute(self, found: TrainingClass) -> None:
        today = self.gateway.today
        names = found.names
        parts = [(code, names.get(code) or _("instructor")) for code in found.instructors]
        parts += [
            (s.slot, f"{_when(s)}  {names.get(s.slot, '')}")
            for s in found.sessions
            if s.slot and s.day >= today
        ]
        leaving = await self._pick(_("Which part cannot be had?"), parts)
        if leaving is None:
            return
        try:
            now = await self.gateway.read(reference.now)
            able = await self.gateway.read(
                moving.stand_ins, found.code, leaving, by=self.gateway.by, now=now
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not able:
            self.tell(_("Nobody and nothing passes every rule."), is_failure=True)
            return
        coming = await self._pick(
            _("Who or what stands in?"), [(one.code, _stand_in_words(one)) for one in able]
        )
        if coming is None:
            return
        names = {**found.names, **{n: v for one in able for n, v in bundle_names(one.plan).items()}}
        question = _("{coming} for {leaving}?").format(
            coming=named(coming, names), leaving=named(leaving, names)
        )
        reason = await self.app.push_screen_wait(ReasonDialog(question, _("Say why.")))
        if reason is not None:
            args = (found.code, leaving, coming)
            await self._write(moving.substitute, args, reason, version=found.version)

    def action_incident(self) -> None:
        """Somebody ill, a workshop closed: what to do about every class that it reaches."""
        if self._here is not None:
            self._incident(self._here)

    @work(exclusive=True, group="dialog")
    async def _incident(self, found: TrainingClass) -> None:
        kinds = [("instructor", code) for code in found.instructors]
        kinds += [("venue", found.venue)] if found.venue else []
        by = self.gateway.by
        try:
            views = [await self.gateway.read(records.fetch, k, c, by=by) for k, c in kinds]
        except DuijieError as error:
            self.tell_failure(error)
            return
        names = {view.code: view.name for view in views}
        code = await self._pick(_("Who or what cannot be had?"), list(names.items()))
        if code is None:
            return
        text = await self.app.push_screen_wait(
            ReasonDialog(
                _("From when to when can {name} not be had?").format(name=names[code]),
                _("Two days, like 12-05 12-09; one day alone is enough."),
                lambda typed: typed_days(typed, self.gateway.today),
            )
        )
        if text is None:
            return
        kind = "venue" if code == found.venue else "instructor"
        trouble = Trouble(kind, code, *typed_days(text, self.gateway.today))
        self.app.open_repair(trouble)  # type: ignore[attr-defined]

    async def _pick(self, question: str, parts: list[tuple[str, str]]) -> str | None:
        if not parts:
            return None
        return await self.app.push_screen_wait(PickDialog(question, parts))

    async def _write(
        self, service: Callable[..., Any], args: tuple[Any, ...], reason: str, **more: Any
    ) -> None:
        try:
            now = await self.gateway.read(reference.now)
            made = await self.gateway.write(
                service, *args, reason=reason, by=self.gateway.by, now=now, **more
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        if isinstance(made, combining.Combined):
            self.read_all("✓ " + combining_text.combined_line(made))
            return
        held = ", ".join(made) if isinstance(made, tuple) else ""
        self.read_all(_("Held instead: {code}.").format(code=held) if held else _("✓ Done."))

    def action_postpone(self) -> None:
        """Begin later: what that means is shown first."""
        if self._here is not None:
            self._postpone(self._here)

    @work(exclusive=True, group="dialog")
    async def _postpone(self, found: TrainingClass) -> None:
        text = await self.app.push_screen_wait(
            ReasonDialog(
                _("{code} begins on {day}. Begin on which day?").format(
                    code=found.code, day=day_word(found.first_day)
                ),
                _("A day, like 12-05."),
                lambda typed: typed_day(typed, self.gateway.today),
            )
        )
        if text is None:
            return
        day = typed_day(text, self.gateway.today)
        self.tell(_("Looking what it means for each firm …"))
        try:
            now = await self.gateway.read(reference.now)
            impact = await self.gateway.read(
                moving.impact, found.code, day, by=self.gateway.by, now=now
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        told = "\n".join(deal_text.impact_lines(impact, found.names))
        reason = await self.app.push_screen_wait(ReasonDialog(told, _("Say why.")))
        if reason is not None:
            await self._write(moving.postpone, (impact,), reason)

    def action_merge(self) -> None:
        """Make one class of this one and another below its minimum; what that means is shown first."""
        if self._here is not None:
            self._merge(self._here)

    @work(exclusive=True, group="dialog")
    async def _merge(self, found: TrainingClass) -> None:
        by = self.gateway.by
        try:
            now = await self.gateway.read(reference.now)
            ways = await self.gateway.read(combining.candidates, by=by, now=now)
            here = [way for way in ways if found.code in (way.kept.code, way.ended.code)]
            if not here:
                told = _("{code} and another class of its course are not both below their minimum.")
                self.tell(told.format(code=found.code))
                return
            parts = [(f"{w.kept.code} {w.ended.code}", combining_text.way_line(w)) for w in here]
            chosen = await self._pick(_("Which classes become one?"), parts)
            if chosen is None:
                return
            way = await self.gateway.read(combining.look, *chosen.split(), by=by, now=now)
            broken = [v for one in way.affected for v in one.violations]
            names = await self.gateway.read(labels.of_violations, broken, by=by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not way.is_possible:
            self.tell(combining_text.way_line(way), is_failure=True)
            return
        lines = (*combining_text.way_lines(way, names), *combining_text.said_lines(way))
        reason = await self.app.push_screen_wait(ReasonDialog("\n".join(lines), _("Say why.")))
        if reason is not None:
            said = combining_text.said(way)
            await self._write(combining.combine, (way,), reason, request=uuid4().hex, said=said)

    def action_close(self) -> None:
        """Close a finished class."""
        self._step(moving.close)

    def action_undo(self) -> None:
        """Take one's last act on the class, or on a firm in it, back."""
        self._step(taking_back.undo, request=uuid4().hex)

    @work(group="save")
    async def _step(self, service: Callable[..., Any], **more: Any) -> None:
        found = self._here
        if found is None:
            return
        try:
            now = await self.gateway.read(reference.now)
            made = await self.gateway.write(
                service, found.code, by=self.gateway.by, now=now, **more
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        is_undone = isinstance(made, taking_back.Undone)
        self.read_all("↶ " + deal_text.undone_line(made) if is_undone else _("✓ Done."))

    def action_call_off(self) -> None:
        """Cancel the class: nobody in it owes anything."""
        if self._here is not None:
            self._call_off(self._here)

    @work(exclusive=True, group="dialog")
    async def _call_off(self, found: TrainingClass) -> None:
        question = _("Call {code} off? {count} firms are told, nobody owes anything.").format(
            code=found.code, count=len(found.members)
        )
        reason = await self.app.push_screen_wait(ReasonDialog(question, _("Say why.")))
        if reason is not None:
            await self._write(moving.call_off, (found.code,), reason)

    def action_no_show(self) -> None:
        """Note heads that did not come."""
        found = self._here
        if found is None or not found.members:
            return
        if found.first_day > self.gateway.today:
            told = _("{code} begins on {day}; no-shows are noted from then on.")
            self.tell(told.format(code=found.code, day=day_word(found.first_day)))
            return
        self._no_show(found)

    @work(exclusive=True, group="dialog")
    async def _no_show(self, found: TrainingClass) -> None:
        parts = [(member.proposal, member.enterprise) for member in found.members]
        code = parts[0][0] if len(parts) == 1 else await self._pick(_("Whose people?"), parts)
        if code is None:
            return
        question = _("How many of {code} did not come?").format(code=code)
        text = await self.app.push_screen_wait(ReasonDialog(question, _("A number."), typed_number))
        if text is None:
            return
        heads = typed_number(text)
        try:
            now = await self.gateway.read(reference.now)
            fee = await self.gateway.write(
                classes.no_show, code, heads, by=self.gateway.by, now=now, request=uuid4().hex
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.read_all(_("Owed for {heads} no-shows: {fee}.").format(heads=heads, fee=money(fee)))


def _stand_in_words(one: StandIn) -> str:
    """Who it is, or when the slot is; how well that fits; what only warns."""
    of_plan = bundle_names(one.plan)
    names = [person.name for person in one.plan.instructors if person.id == one.code]
    names += [_when(meeting) for meeting in one.plan.sessions if meeting.slot == one.code]
    fit = _("fits {score:.0f} %").format(score=100 * one.score)
    told = [violation_line(found, of_plan, one.plan.sessions) for found in one.warnings]
    return "  ".join([*names[:1], fit, *told])


def _when(meeting: Session) -> str:
    return f"{day_word(meeting.day)} {session_span(meeting)}"


def _row(one: TrainingClass) -> Row:
    told = f"{one.heads}/{one.min_heads or 1} {one.title}"
    cells = (one.code, value_word(one.status), f"{one.first_day:%m-%d}", told)
    return Row(one.code, cells)
