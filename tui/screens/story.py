"""一条龙: one page for one need, every step from the warning before it to the work after it."""

from __future__ import annotations

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from store.services import story
from store.services.story import Step, Story
from tui import sheets, story_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.widgets.record_list import RecordList, Row

# The screen on which a step is worked on; the others are opened as records are.
_ON = {
    "shortage": "warnings",
    "suggestion": "early",
    "vacancy": "vacancies",
    "case": "support",
    "course_call": "support",
    "proposal": "proposals",
    "class": "classes",
    "visit": "supervision",
    "claim": "policy",
    "opinion": "evaluation",
}
_SHOWN = (0, 1, 2, 3, 4, 6)  # columns of the sheet; who it was stands below


class StoryScreen(BaseScreen[None]):
    """On top the need and its stage, below it a line a step; Enter opens what the line is about."""

    CSS_PATH = "story.tcss"
    AUTO_FOCUS = "#steps"
    TITLE_WORD = "story"
    TAB = "needs"
    PURPOSE = mark(
        "One need from the warning before it to the work after it: what it came from, proposals, class, "
        "people, hours, visits, certificates, claims, evaluation. Enter opens the step under the cursor."
    )
    KINDS_SHOWN = frozenset(
        {
            "need",
            "suggestion",
            "case",
            "course_call",
            "proposal",
            "class",
            "trainee",
            "visit",
            "claim",
        }
        | {"evaluation", "shortage"}
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", mark("Open"), id="story.open"),
        Binding("m", "match", mark("Match"), id="story.match"),
        Binding("f5,r", "reload", mark("Reload"), id="story.reload"),
        Binding("escape", "app.back", mark("Back"), id="story.back"),
    ]

    steps = getters.query_one("#steps", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None  # the need it is about
        self._found: Story | None = None

    @property
    def need_code(self) -> str | None:
        """The need that the page is about."""
        return self.keep

    @property
    def line_kept(self) -> str:
        """The need, for the way back to this page."""
        return self.keep or ""

    def body(self) -> ComposeResult:
        """The need, its steps, the one under the cursor in full."""
        with Vertical(id="story", classes="panel"):
            yield Static(id="story-head")
            yield RecordList([], [], id="steps")
            yield Static(id="story-step")

    def on_mount(self) -> None:
        """Read the page."""
        super().on_mount()
        self.read_all()

    def summary(self) -> str:
        """What is shown, in one sentence."""
        if self._found is None:
            return ""
        stage = story_text.stage_word(self._found.stage)
        told = _("{count} steps, come as far as: {stage}.")
        return told.format(count=len(self._found.steps), stage=stage)

    async def reread(self, kinds: frozenset[str]) -> None:
        """The steps as they are now."""
        if self.keep is None:
            return
        by, today = self.gateway.by, self.gateway.today
        found = await self.gateway.read(story.of_need, self.keep, by=by, today=today)
        if self.is_gone:
            return
        self._found = found
        sheet = story_text.story_sheet(found)
        self.query_one("#story").border_title = titled(sheet.title)
        self.query_one("#story-head", Static).update(plain("\n".join(story_text.head_lines(found))))
        self.steps.headings = tuple(sheet.columns[at].heading for at in _SHOWN)
        self.steps.widths = tuple(sheet.columns[at].width for at in _SHOWN[:-1])
        rows = [
            Row(one.code, tuple(sheets.shown(one.values[at]) for at in _SHOWN))
            for one in sheet.lines
        ]
        self.steps.update(rows, keep=self.steps.code)
        self._draw()

    @on(RecordList.Moved, "#steps")
    def _moved(self) -> None:
        self._draw()

    @property
    def _here(self) -> Step | None:
        code = self.steps.code
        return self._found.steps[int(code)] if self._found is not None and code else None

    def _draw(self) -> None:
        one = self._here
        if one is not None and not self.is_gone:
            words = (story_text.step_word(one), one.code, one.who, story_text.told(one))
            text = "  ".join(word for word in words if word)
            self.query_one("#story-step", Static).update(plain(text))

    @on(RecordList.Chosen, "#steps")
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """What the line under the cursor is about, on its own screen."""
        one = self._here
        if one is None:
            return
        if one.step in ("roster", "attendance", "result", "outcome"):
            from tui.screens.roster import RosterDialog

            self.app.push_screen(RosterDialog(self.gateway, one.code))
        elif one.step == "need":
            self.call_later(self.run_action, f"app.show_needs(({one.code!r},), {one.code!r})")
        elif one.step in _ON:
            self.call_later(self.run_action, f"app.go({_ON[one.step]!r}, {one.code!r})")

    def action_match(self) -> None:
        """Bundles for the need; Escape comes back here."""
        if self.keep is not None:
            self.call_later(self.run_action, f"app.match({self.keep!r})")

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()
