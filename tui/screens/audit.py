"""The audit trail: who did what and what was refused, each with its diff, and whether the chain is whole."""

from __future__ import annotations

from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.services import reference, trail
from store.services.trail import ALL, Page, Wanted
from tui import people_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.progress import Progress, StoppedError
from tui.safe import plain, titled
from tui.screens.base import BaseScreen, LineDialog
from tui.trail_words import read_wanted
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row

_PAGE = 100
_TELL_AFTER = 0.3  # seconds between two words about how far the check is


class AuditScreen(BaseScreen[None]):
    """Left the rows, the newest first; right what the one under the cursor changed."""

    CSS_PATH = "audit.tcss"
    AUTO_FOCUS = "#rows"
    TITLE_WORD = "audit"
    PURPOSE = mark(
        "Who did what and what was refused, each with the fields it changed; c checks the chain of digests."
    )
    KINDS_SHOWN = frozenset({"user", "key", "session", "refusal"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", mark("Filter"), priority=True, id="audit.filter"),
        Binding("c", "check", mark("Check the chain"), id="audit.check"),
        Binding("f5,r", "reload", mark("Reload"), id="audit.reload"),
        Binding("escape", "leave", mark("Back"), id="audit.back"),
    ]

    listed = getters.query_one("#rows", RecordList)
    detail = getters.query_one("#row-text", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._after: int | None = None
        self._words = ""
        self._wanted: Wanted = ALL
        self._progress: Progress | None = None

    def body(self) -> ComposeResult:
        """The rows, and one of them."""
        with Horizontal(id="columns"):
            yield RecordList([_("When"), _("Who"), _("Act"), _("On what")], [11, 10, 10], id="rows")
            with VerticalScroll(id="row", classes="panel", can_focus=False):
                yield Static(id="row-text")

    def on_mount(self) -> None:
        """Read the newest rows."""
        super().on_mount()
        self.set_interval(_TELL_AFTER, self._tick)
        self.read_all()

    def summary(self) -> str:
        """What is shown, in one sentence."""
        if self._words:
            told = _("Filtered by “{words}”; f and an empty line show all rows.")
            return told.format(words=self._words)
        return _("The newest first. f filters, c checks the chain.")

    async def reread(self, kinds: frozenset[str]) -> None:
        """As many rows as are shown, the newest of them new."""
        found = await self._page(self.listed.room(_PAGE))
        if not self.is_gone:
            keep, self.keep = self.keep, None
            self._after = found.after
            self.listed.update(_rows(found), is_complete=found.after is None, keep=keep)
            self._draw()

    async def _page(self, limit: int, after: int | None = None) -> Page:
        by = self.gateway.by
        return await self.gateway.read(trail.page, self._wanted, by=by, after=after, limit=limit)

    @on(RecordList.MoreWanted)
    @work(exclusive=True, group="more")
    async def _load_more(self) -> None:
        try:
            async with self.reading:
                if self._after is None:  # a reading in between has come to the end
                    return
                found = await self._page(_PAGE, self._after)
                self._after = found.after
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone:
            self.listed.append(_rows(found), is_complete=found.after is None)

    @on(RecordList.Moved, "#rows")
    def _moved(self) -> None:
        self._draw()

    @work(exclusive=True, group="look")
    async def _draw(self) -> None:
        code = self.listed.code
        panel = self.query_one("#row", VerticalScroll)
        if code is None:
            panel.border_title = ""
            self.detail.update("")
            return
        try:
            found = await self.gateway.read(trail.shown, int(code), by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        panel.border_title = titled(_("Row {id}").format(id=code))
        self.detail.update(plain("\n".join(people_text.detail_lines(found))))
        panel.scroll_home(animate=False)

    async def action_filter(self) -> None:
        """Only some of the rows."""

        def answered(words: str | None) -> None:
            if words is not None:
                self._words = words
                self._wanted = read_wanted(words, reference.today_in_china())
                self.read_all()

        await self.open_line(TrailDialog(self._words), answered)

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    def action_check(self) -> None:
        """Reckon the whole chain anew."""
        if self._progress is None:
            self._progress = Progress()
            self._check(self._progress)

    @work(exclusive=True, group="check")
    async def _check(self, progress: Progress) -> None:
        try:
            found = await self.gateway.read(trail.check, by=self.gateway.by, progress=progress)
        except StoppedError:
            self.tell(_("Stopped. c begins again."))
        except DuijieError as error:
            self.tell_failure(error)
        else:
            self.tell(people_text.chain_line(found), is_failure=bool(found.broken))
        self._progress = None

    def _tick(self) -> None:
        """How far the check is, while it lasts."""
        if self._progress is not None and self._progress.of:
            told = _("Working: {done} of {of}. Esc stops it.")
            self.tell(told.format(done=self._progress.done, of=self._progress.of))

    def action_leave(self) -> None:
        """Stop the check; where there is none, back."""
        if self._progress is not None:
            self._progress.stop()
        else:
            self.call_later(self.run_action, "app.back")


class TrailDialog(LineDialog[str]):
    """Words to look for in the trail; an empty line shows every row."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#words"

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """What can be typed, and the line for it."""
        with Vertical(id="confirm"):
            told = _("People, acts, kinds, codes, days, “refused”: wangfang revoke 11-01..11-20")
            yield Static(plain(told), id="needed")
            yield FormInput("words", value=self._words, longest=100)
            yield Static(plain(_("Enter: show them   Esc: as it was")), classes="keys")

    async def choose(self) -> None:
        """Answer with words that mean something; else say which do not, and stay."""
        words = self.query_one("#words", FormInput).value.strip()
        try:
            read_wanted(words, reference.today_in_china())
        except DuijieError as error:
            self.query_one("#needed", Static).update(plain(sentence(error), "bold"))
            return
        await self.dismiss(words)


def _rows(found: Page) -> list[Row]:
    rows = []
    for entry in found.entries:
        when, who, act, what, why = people_text.entry_cells(entry)
        rows.append(Row(str(entry.id), (when, who, act, f"{what}  {why}".strip())))
    return rows
