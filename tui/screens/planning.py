"""What the screens of planning share: work that takes a while, a list of what came of it, one explained."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from store.errors import DuijieError
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.progress import Progress, StoppedError
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.widgets.record_list import RecordList, Row

_VIEWS = ("pools", "allocation", "what_if")
_TELL_AFTER = 0.3  # seconds between two words about how far it is


class PlanningScreen(BaseScreen[None]):
    """Left what was found, right the line under the cursor; Esc stops the work, then goes back."""

    CSS_PATH = "planning.tcss"
    AUTO_FOCUS = "#plans"
    TAB = "planning"
    NAME = ""  # of the page, over its list
    BACK = "needs"  # where Escape goes
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "next_view", mark("Next view"), id="planning.view"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="planning.reload"),
        Binding("escape", "stop", mark("Back"), show=False, id="planning.stop"),
    ]

    listed = getters.query_one("#plans", RecordList)
    detail = getters.query_one("#plan-text", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None  # the line to begin with
        self._progress: Progress | None = None
        self._ticker: Timer | None = None

    def headings(self) -> tuple[list[str], list[int]]:
        """The list's headings and the widths of all but the last."""
        raise NotImplementedError

    async def compute(self, progress: Progress) -> str:
        """Do the work off the event loop; what it came to, in a sentence."""
        raise NotImplementedError

    def rows(self) -> list[Row]:
        """What was found, line by line."""
        raise NotImplementedError

    def lines(self, code: str) -> Iterable[str]:
        """All about one line."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """The list, and one line of it."""
        with Horizontal(id="columns"):
            yield RecordList(*self.headings(), id="plans")
            with VerticalScroll(id="plan", classes="panel", can_focus=False):
                yield Static(id="plan-text")

    def on_mount(self) -> None:
        """Begin."""
        super().on_mount()
        self.listed.border_title = titled(self.page_name)
        self._ticker = self.set_interval(_TELL_AFTER, self._tick)
        self.begin()

    @property
    def page_name(self) -> str:
        """What the page is, over its list."""
        return _(self.NAME)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no next view where the page is none of the round."""
        if action == "next_view":
            return self.TITLE_WORD in _VIEWS
        return super().check_action(action, parameters)

    def begin(self, told: str = "") -> None:
        """Work it out, anew."""
        if self._progress is not None:
            self._progress.stop()
        self._progress = Progress()
        self._work(self._progress, told)

    @work(exclusive=True, group="plan")
    async def _work(self, progress: Progress, told: str) -> None:
        began = time.perf_counter()
        try:
            found = await self.compute(progress)
        except StoppedError:
            if progress is self._progress:
                self._progress = None
                self.tell(_("Stopped. r begins again."))
            return
        except DuijieError as error:
            self._progress = None
            self.tell_failure(error)
            return
        if self.is_gone or progress is not self._progress:
            return
        self._progress = None
        keep, self.keep = self.keep, None
        self.listed.update(self.rows(), keep=keep)
        self._draw()
        took = _("{ms:.0f} ms").format(ms=1000 * (time.perf_counter() - began))
        self.tell(told or f"{found} ({took})")

    def _tick(self) -> None:
        """How far it is, while it lasts."""
        progress = self._progress
        if progress is not None and progress.of:
            told = _("Working: {done} of {of}. Esc stops it.")
            self.tell(told.format(done=progress.done, of=progress.of))

    @on(RecordList.Moved, "#plans")
    def _moved(self) -> None:
        if self.is_gone:
            return
        self._draw()

    def _draw(self) -> None:
        code = self.listed.code
        panel = self.query_one("#plan", VerticalScroll)
        panel.border_title = titled(self.title_of(code) if code else "")
        self.detail.update(plain("\n".join(self.lines(code)) if code else ""))
        panel.scroll_home(animate=False)

    def title_of(self, code: str) -> str:
        """What stands over the detail of a line."""
        row = next((row for row in self.listed.rows if row.code == code), None)
        return row.cells[-1] if row else ""

    def action_reload(self) -> None:
        """Once more, as things are now."""
        self.begin()

    def action_stop(self) -> None:
        """Stop the work; where there is none, back."""
        if self._progress is not None:
            self._progress.stop()
        else:
            self.app.run_worker(self.run_action(f"app.go({self.BACK!r})"))

    def action_next_view(self) -> None:
        """Pools, allocation, what to change, and round again."""
        if self.TITLE_WORD in _VIEWS:
            following = _VIEWS[(_VIEWS.index(self.TITLE_WORD) + 1) % len(_VIEWS)]
            self.app.run_worker(self.run_action(f"app.go({following!r})"))
