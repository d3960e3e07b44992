"""What is to be filed, how good it is, what waits to be verified, what looks alike: a view each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.services import duplicates, filing_cycle, merges, quality, verification
from store.services.rights import Act, reach
from tui import cycle_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.record import ConfirmDialog, ReasonDialog
from tui.widgets.record_list import RecordList, Row

_WORDS = {
    "due": mark("To file"),
    "quality": mark("Quality"),
    "verify": mark("To verify"),
    "alike": mark("Alike"),
}
_READS = {"due": "filing", "quality": "quality", "verify": "verification", "alike": "duplicate"}
_BACK = mark("u takes it back.")
_ACTS = {
    "same": ("due", Act.REGISTER, "filing"),
    "same_all": ("due", Act.REGISTER, "filing"),
    "check": ("verify", Act.EDIT, "verification"),
    "publish": ("verify", Act.EDIT, "verification"),
    "send_back": ("verify", Act.EDIT, "verification"),
    "merge": ("alike", Act.EDIT, "duplicate"),
    "apart": ("alike", Act.EDIT, "duplicate"),
    "unmerge": ("alike", Act.EDIT, "duplicate"),
}


class CycleScreen(BaseScreen[None]):
    """Left one of four lists, right all about the line under the cursor."""

    CSS_PATH = "cycle.tcss"
    AUTO_FOCUS = "#cycle-list"
    TITLE_WORD = "cycle"
    PURPOSE = mark(
        "What institutions have to file, how whole and plausible their records are, what waits to be "
        "verified, and what looks alike. v goes to the next of the four."
    )
    KINDS_SHOWN = frozenset(
        {"filing", "course", "run", "instructor", "venue", "slot", "assessment", "duplicate"}
        | {"institution", "enterprise", "verification", "contact"}
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "same", mark("Same as last time"), id="cycle.same"),
        Binding("S", "same_all", mark("All the same"), id="cycle.same_all"),
        Binding("c", "check", mark("Checked"), id="cycle.check"),
        Binding("p", "publish", mark("Publish"), id="cycle.publish"),
        Binding("delete,x", "send_back", mark("Send back"), id="cycle.send_back"),
        Binding("m", "merge", mark("Merge"), id="cycle.merge"),
        Binding("n", "apart", mark("Not the same"), id="cycle.apart"),
        Binding("u", "unmerge", mark("Undo"), id="cycle.unmerge"),
        Binding("v", "turn", mark("Next view"), id="cycle.turn"),
        Binding("enter", "open", mark("Open"), show=False, id="cycle.open"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="cycle.reload"),
        Binding("escape", "app.back", mark("Back"), id="cycle.back"),
    ]

    listed = getters.query_one("#cycle-list", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._apart: tuple[str, str, str] | None = (
            None  # kind and codes that were kept apart here, last
        )
        self._next: str | None = None  # the line to go to once what is saved is read again
        self._views = [
            name for name, kind in _READS.items() if reach(gateway.by, Act.READ, kind) is not None
        ]
        self._view = "due"
        self._found: dict[str, Any] = {}

    def body(self) -> ComposeResult:
        """The four words, a list, what it says of one line."""
        yield Static(id="cycle-views")
        with Horizontal(id="columns"):
            yield Vertical(id="cycle-place")
            with VerticalScroll(id="cycle-detail", classes="panel", can_focus=False):
                yield Static(id="cycle-text")

    async def on_mount(self) -> None:  # type: ignore[override]
        """Show the first view, or the one that was asked for."""
        super().on_mount()
        if self.keep in self._views:
            self._view = str(self.keep)
        await self._build()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the view, and with who asks."""
        if action in _ACTS:
            view, act, kind = _ACTS[action]
            return self._view == view and reach(self.gateway.by, act, kind) is not None
        return super().check_action(action, parameters)

    async def action_turn(self) -> None:
        """The next of the views."""
        at = self._views.index(self._view) + 1
        self._view = self._views[at % len(self._views)]
        await self._build()

    async def _build(self) -> None:
        """A list with the columns of the view, and its lines."""
        shown = plain("")
        for name in self._views:
            is_here = name == self._view
            shown.append_text(plain(f" {_(_WORDS[name])} ", "reverse bold" if is_here else ""))
        self.query_one("#cycle-views", Static).update(shown)
        place = self.query_one("#cycle-place", Vertical)
        await place.remove_children()
        headings, widths = _columns(self._view)
        can_mark = self._view == "verify"
        await place.mount(RecordList(headings, widths, id="cycle-list", can_mark=can_mark))
        self.set_focus(self.listed)
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
            count = _("{count} lines").format(count=len(self._found))
            self.tell(f"{told} · {count}" if told else count)
            self.refresh_bindings()

    async def reread(self, kinds: frozenset[str]) -> None:
        """The lines of the view as they are now."""
        view = self._view
        rows, found = await _READERS[view](self.gateway)
        if self.is_gone or view != self._view:
            return
        self._found = found
        self.listed.update(rows, keep=self._next)
        self._next = None
        self._draw()

    @on(RecordList.Moved, "#cycle-list")
    def _moved(self) -> None:
        self._draw()

    @work(exclusive=True, group="look")
    async def _draw(self) -> None:
        one = self._found.get(self.listed.code or "")
        try:
            lines = await self._lines(one)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone:
            self.query_one("#cycle-detail").border_title = titled(_(_WORDS[self._view]))
            self.query_one("#cycle-text", Static).update(plain("\n".join(lines)))

    async def _lines(self, one: Any) -> list[str]:
        if one is None:
            return [_("Nothing here.")]
        if isinstance(one, duplicates.Pair | duplicates.Double):
            codes = (_kind(one), one.one, one.other)
            sides = await self.gateway.read(duplicates.compared, *codes, by=self.gateway.by)
            return list(cycle_text.pair_lines(one, sides))
        return _TEXTS[type(one)](one)

    def action_reload(self) -> None:
        """Read again."""
        self._load()

    @on(RecordList.Chosen, "#cycle-list")
    def action_open(self) -> None:
        """The record of the line, in its form."""
        one = self._found.get(self.listed.code or "")
        if isinstance(one, verification.Submission):
            self.show_record(one.kind, one.code)
        elif isinstance(one, duplicates.Pair):
            self.show_record(one.kind, one.one)
        elif isinstance(one, duplicates.Double):
            self.show_record("need", one.one)
        elif one is not None and not isinstance(one, merges.Merged):
            self.show_record("institution", one.institution)

    @property
    def _one(self) -> Any:
        return self._found.get(self.listed.code or "")

    def action_same(self) -> None:
        """All records of this kind are as they were."""
        if self._one is not None:
            self._file(self._one, (self._one.kind,))

    def action_same_all(self) -> None:
        """All records of the institution are as they were."""
        if self._one is not None:
            self._file(self._one, ())

    def _file(self, one: filing_cycle.Due, kinds: Sequence[str]) -> None:
        service = partial(filing_cycle.same, today=self.gateway.today)
        self._next = self._overdue_after(one, is_whole=not kinds)
        self._save(
            service,
            (one.institution, kinds),
            lambda made: one.name + " " + "; ".join(map(cycle_text.filed_line, made)),
        )

    def _overdue_after(self, one: filing_cycle.Due, *, is_whole: bool) -> str | None:
        """The next line that is overdue, from the top again after the last; of another institution."""
        lines = list(self._found.items())
        at = [line for _code, line in lines].index(one)
        for code, line in lines[at + 1 :] + lines[:at]:
            is_other = line.institution != one.institution
            if line.state == filing_cycle.OVERDUE and (is_other or not is_whole):
                return code
        return None

    def action_check(self) -> None:
        """The marked records, else the one under the cursor, were looked at."""
        self._step(verification.check, _("{count} checked"))

    def action_publish(self) -> None:
        """They are matched from now on."""
        self._step(verification.publish, _("{count} published"))

    @property
    def _chosen(self) -> list[tuple[str, str]]:
        found = [self._found[code] for code in self.listed.chosen if code in self._found]
        return [(one.kind, one.code) for one in found]

    def _step(self, service: Callable[..., Any], told: str, *more: str) -> None:
        what = self._chosen
        if what:
            self._save(service, (what, *more), lambda count: told.format(count=count))

    async def action_send_back(self) -> None:
        """They are drafts again, with what is wrong."""
        what = self._chosen
        if not what:
            return
        question = _("Send back {codes}?").format(codes=", ".join(code for _kind, code in what))
        dialog = ReasonDialog(question, _("Say why: whoever has submitted it reads this."))

        def answered(reason: str | None) -> None:
            if reason:
                self._step(verification.send_back, _("{count} sent back"), reason)

        await self.open_line(dialog, answered)

    @work(exclusive=True, group="dialog")
    async def action_merge(self) -> None:
        """The second of a pair becomes part of the first, once that was confirmed."""
        one = self._one
        if isinstance(one, duplicates.Pair):
            told = _(
                "{other} {other_name} becomes part of {one} {one_name}, with all that refers to it?"
            )
            question = told.format(
                one=one.one, one_name=one.one_name, other=one.other, other_name=one.other_name
            )
        elif isinstance(one, duplicates.Double):
            told = _("{other} ({other_heads} heads) ends, {one} ({heads} heads) goes on for both?")
            question = told.format(
                one=one.one, heads=one.heads[0], other=one.other, other_heads=one.heads[1]
            )
        else:
            return
        if await self.app.push_screen_wait(ConfirmDialog(question)):
            self._save(merges.merge, (_kind(one), one.one, one.other), cycle_text.merged_line)

    def action_apart(self) -> None:
        """The two are not the same; they are not shown again."""
        one = self._one
        if isinstance(one, duplicates.Pair | duplicates.Double):
            self._apart = (_kind(one), one.one, one.other)
            told = cycle_text.apart_line(one.one, one.other, is_undone=False)
            self._save(duplicates.apart, self._apart, lambda _made: f"{told} {_(_BACK)}")

    def action_unmerge(self) -> None:
        """The merge under the cursor is undone, else what was kept apart here last."""
        one = self._one
        if isinstance(one, merges.Merged) and not one.is_undone:
            self._save(merges.undo, (one.kind, one.lost), cycle_text.merged_line)
        elif self._apart is not None:
            kind, *codes = self._apart
            self._apart = None
            told = cycle_text.apart_line(*codes, is_undone=True)
            self._save(duplicates.undo_apart, (kind, *codes), lambda _made: told)

    @work(group="save")
    async def _save(
        self, service: Callable[..., Any], what: Sequence[Any], told: Callable[[Any], str]
    ) -> None:
        try:
            made = await self.gateway.write(service, *what, by=self.gateway.by)
        except DuijieError as error:
            self._next = None
            self.tell_failure(error)
            return
        if not self.is_gone:
            self.listed.unmark()
            self._load("✓ " + told(made))


def _kind(one: duplicates.Pair | duplicates.Double) -> str:
    return one.kind if isinstance(one, duplicates.Pair) else "need"


def _columns(view: str) -> tuple[list[str], list[int]]:
    if view == "due":
        return ["", _("Kind"), _("Period"), _("Clock"), _("Institution")], [1, 10, 8, 12]
    if view == "quality":
        return ["", _("Complete"), _("Plausible"), _("Doubts"), _("Institution")], [1, 8, 9, 6]
    if view == "verify":
        return [_("Code"), _("State"), _("Since"), _("Title")], [8, 10, 11]
    return [_("Score"), _("Kind"), _("Records")], [5, 8]


Read = tuple[list[Row], dict[str, Any]]


def _made(found: Iterable[tuple[str, Any, tuple[str, ...]]]) -> Read:
    every = list(found)
    return [Row(key, cells) for key, _one, cells in every], {key: one for key, one, _cells in every}


async def _due(gateway: Gateway) -> Read:
    found = await gateway.read(filing_cycle.due, by=gateway.by, today=gateway.today)
    return _made((f"{one.institution} {one.kind}", one, cycle_text.due_cells(one)) for one in found)


async def _quality(gateway: Gateway) -> Read:
    found = await gateway.read(quality.scores, by=gateway.by, today=gateway.today)
    return _made((one.institution, one, cycle_text.score_cells(one)) for one in found)


async def _verify(gateway: Gateway) -> Read:
    waiting = await gateway.read(verification.queue, by=gateway.by)
    returned = await gateway.read(verification.queue, by=gateway.by, returned=True)
    found = [*waiting, *returned]
    return _made((f"{one.kind} {one.code}", one, cycle_text.submission_cells(one)) for one in found)


async def _alike(gateway: Gateway) -> Read:
    pairs = await gateway.read(duplicates.listed, by=gateway.by)
    doubles = await gateway.read(duplicates.doubles, by=gateway.by)
    merged = await gateway.read(merges.listed, by=gateway.by)
    found: list[tuple[str, Any, tuple[str, ...]]] = [
        (f"{one.kind} {one.one} {one.other}", one, cycle_text.pair_cells(one)) for one in pairs
    ]
    found += [(f"need {one.one} {one.other}", one, cycle_text.double_cells(one)) for one in doubles]
    found += [(f"merge {one.id}", one, cycle_text.merged_cells(one)) for one in merged]
    return _made(found)


_READERS = {"due": _due, "quality": _quality, "verify": _verify, "alike": _alike}
_TEXTS: dict[type, Callable[[Any], list[str]]] = {
    filing_cycle.Due: lambda one: list(cycle_text.due_lines(one)),
    quality.Score: lambda one: list(cycle_text.score_lines(one)),
    verification.Submission: lambda one: list(cycle_text.submission_lines(one)),
    merges.Merged: lambda one: [cycle_text.merged_line(one)],
}
