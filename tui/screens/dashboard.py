"""What waits today, where the shortages are, how far the week has come, what was done last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from store.errors import DuijieError
from store.schemas.actor import Role
from store.services import analysis, flow, owed, reference, today, warned
from store.services.owed import Waiting
from store.services.rights import Act, reach
from tui import dashboard_text as texts
from tui import watching
from tui.changes import PAUSE, RecordsChanged
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import titled
from tui.screens.base import BaseScreen
from tui.widgets.record_list import RecordList, Row

_PANELS = {
    "queue": mark("Today"),
    "shortages": mark("Short of"),
    "funnel": mark("This week"),
    "activity": mark("Done last"),
    "trend": mark("Heads a week"),
    "kept": mark("Kept filters"),
}
_WEEKS = 12
_WARNED_BY = frozenset(
    {"need", "proposal", "class", "run", "slot", "course", "instructor", "institution", "assessment",
     "warning", "warning_rule"}
)  # fmt: skip
_REST = 30.0  # seconds at least between two countings of the warnings
_SHARE = 20  # and so many times as long as the last one took, so that a large store costs no more
# The screen on which a step is taken, at the record that is most urgent.
_TAKEN_ON = {
    today.TO_VERIFY: "cycle",
    today.REPORTS: "bulletins",
    owed.SUGGESTED: "early",
    owed.CASES: "support",
    owed.CHOOSE: "support",
    owed.DECIDE_CLAIMS: "policy",
    owed.HAND_IN: "policy",
    owed.VISITS: "supervision",
    owed.AFTERWARDS: "trainees",
    owed.SURVEYS: "surveys",
}
_AT = {today.TO_VERIFY: "verify", today.REPORTS: "due {first}"}


class DashboardScreen(BaseScreen[None]):
    """The first thing in the morning; Enter opens what stands behind a number."""

    CSS_PATH = "dashboard.tcss"
    AUTO_FOCUS = "#queue"
    TITLE_WORD = "dashboard"
    PURPOSE = mark(
        "Everything with a clock, the shortages and the week. Enter opens what a line counts."
    )
    KINDS_SHOWN = frozenset(
        {"need", "proposal", "class", "waiting", "contact", "run", "course"}
        | {"suggestion", "case", "course_call", "claim", "visit", "trainee"}
    )
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        "register": (Act.REGISTER, "need"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", mark("Open"), id="dashboard.open"),
        Binding(
            "f2",
            "register",
            mark("Register"),
            priority=True,  # what is typed after it belongs into the form
            tooltip=mark("Register a need"),
            id="dashboard.register",
        ),
        Binding("n", "register", mark("Register"), show=False, id="dashboard.register_letter"),
        Binding("f5,r", "reload", mark("Reload"), id="dashboard.reload"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._waiting: dict[str, Waiting] = {}
        self._needs: dict[str, tuple[str, ...]] = {}
        self._records: list[tuple[str, str]] = []
        self._rested_at = 0.0  # when the warnings may be counted again, by the monotonic clock
        self._recount: Timer | None = None

    def body(self) -> ComposeResult:
        """Six panels, four of them where the window is small."""
        for names in (("queue", "shortages"), ("funnel", "activity"), ("trend", "kept")):
            with Horizontal(id=f"row-{names[0]}"):
                for name in names:
                    with Vertical(id=f"{name}-panel", classes="panel"):
                        yield RecordList(*texts.HEADINGS[name], id=name, has_heading=False)

    def on_mount(self) -> None:
        """Titles, then each panel as it is found."""
        super().on_mount()
        for name, word in _PANELS.items():
            self.query_one(f"#{name}-panel").border_title = titled(_(word))
        self._load()

    def _list(self, name: str) -> RecordList:
        return self.query_one(f"#{name}", RecordList)

    @work(exclusive=True, group="list")
    async def _load(self) -> None:
        try:
            async with self.reading:
                await self.reread(self.KINDS_SHOWN)
            self._count_warnings()
        except DuijieError as error:
            self.tell_failure(error)

    async def reread(self, kinds: frozenset[str]) -> None:
        """Every panel as it is now, what is most urgent first."""
        by = self.gateway.by
        now = await self.gateway.read(reference.now)
        await self._read_queue(now)
        activity = await self.gateway.read(today.activity, by=by)
        self._fill("activity", [texts.done_row(at, one) for at, one in enumerate(activity)])
        self._records = [(one.kind, one.code) for one in activity]
        week = await self.gateway.read(flow.funnel, by=by, week=self.gateway.today)
        self._needs.update({f"step {step.name}": step.needs for step in week.steps})
        self._fill("funnel", texts.funnel_rows(week))
        day = self.gateway.today
        past = await self.gateway.read(flow.weekly, by=by, today=day, weeks=_WEEKS)
        coming = await self.gateway.read(flow.weekly, by=by, today=day, weeks=1, ahead=_WEEKS - 1)
        self._fill("trend", texts.trend_rows(past, coming))
        board = await self.gateway.read(analysis.shortages, by=by, today=self.gateway.today)
        short = [line for line in board.lines if line.gap > 0]
        self._needs.update({texts.line_key(line): line.needs for line in short})
        self._fill("shortages", texts.shortage_rows(short))
        if self._is_quiet():
            told = _("Nothing is short and nothing waits: F2 registers a need.")
            registers = reach(by, Act.REGISTER, "need") is not None
            self.tell(told if registers else _("Nothing is short and nothing waits."))

    def on_records_changed(self, event: RecordsChanged) -> None:
        """Count the warnings again soon where what was saved may make or end one."""
        if event.kinds & _WARNED_BY and self._recount is None:
            rest = max(PAUSE, self._rested_at - monotonic())
            self._recount = self.set_timer(rest, self._recounted)

    def _recounted(self) -> None:
        """After the rest: at once if a person sees it, else when the screen is seen again."""
        if self.is_current:
            self._recount = None
            self._count_warnings()

    def on_screen_resume(self) -> None:
        """What became due while another screen was in front."""
        if self._recount is not None and monotonic() >= self._rested_at:
            self._recount.stop()
            self._recounted()

    @work(exclusive=True, group="warnings")
    async def _count_warnings(self) -> None:
        """How many warnings nobody sees to, over the shortages; every rule is looked at for it."""
        began = monotonic()
        try:
            found = await self.gateway.read(
                warned.warnings, by=self.gateway.by, today=self.gateway.today
            )
        except DuijieError:  # a store that answers the other panels is asked again without a word
            self._recount = self.set_timer(_REST, self._recounted)
            return
        ended = monotonic()
        self._rested_at = ended + max(_REST, _SHARE * (ended - began))
        if not self.is_gone:
            count = sum(one.handled is None for one in found)
            title = _("Short of · W {count} warnings").format(count=count)
            self.query_one("#shortages-panel").border_title = titled(title)

    async def _read_queue(self, now: datetime) -> None:
        waiting = await self.gateway.read(today.queue, by=self.gateway.by, now=now)
        kept = await watching.kept(self.gateway)
        count = await self.gateway.read(
            today.registered, by=self.gateway.by, today=self.gateway.today
        )
        self._waiting = {line.what: line for line in waiting}
        self._fill("queue", [texts.queue_row(line, now) for line in waiting])
        self._fill("kept", [texts.kept_row(one) for one in kept])
        if not self.is_gone and self.gateway.by.role is Role.OPERATOR:
            title = _("Today: {count} registered by you").format(count=count)
            self.query_one("#queue-panel").border_title = titled(title)

    def _fill(self, name: str, rows: list[Row]) -> None:
        if not self.is_gone:
            self._list(name).update(rows or [Row("", texts.EMPTY[name]())])

    def _is_quiet(self) -> bool:
        return not self.is_gone and not self._waiting and not self._list("shortages").code

    def action_reload(self) -> None:
        """Count again."""
        self._load()

    async def action_register(self) -> None:
        """To the registration form."""
        await self.run_action("app.register")

    @on(RecordList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """What the line under the cursor counts."""
        listed = self.focused
        if not isinstance(listed, RecordList) or not listed.code:
            return
        name, code = listed.id or "", listed.code
        if name == "queue":
            self._open_waiting(self._waiting[code])
        elif name == "activity":
            self.show_record(*self._records[int(code)])
        elif name == "kept":
            self._go(f"app.line('f', {code!r}, ())")
        elif self._needs.get(code):
            cells = listed.rows[listed.cursor].cells
            label = cells[0] if name == "funnel" else cells[-1]
            self._go(f"app.show_needs({self._needs[code]!r}, {label.strip()!r})")

    def _open_waiting(self, line: Waiting) -> None:
        first = line.records[0]
        if line.what == today.TO_MATCH:
            self._go(f"app.show_needs({line.records!r}, {texts.waiting_word(line.what)!r})")
        elif line.what == today.STARTS:
            self._go(f"app.open_record({first!r})")
        elif line.what in _TAKEN_ON:
            at = _AT.get(line.what, "{first}").format(first=first)
            self._go(f"app.go({_TAKEN_ON[line.what]!r}, {at!r})")
        else:
            self._go(f"app.go('calls', {f'{first} {line.parties[0]}'!r})")

    def _go(self, action: str) -> None:
        self.call_later(self.run_action, action)
