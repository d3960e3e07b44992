"""The desk: which screens there are, the theme, and the keys that work everywhere."""

from __future__ import annotations

import asyncio
import gc
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, work
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.worker import WorkerFailed, get_current_worker

from store.errors import NotAllowedError, StoreError
from tui import themes
from tui.i18n import _, mark
from tui.leaving import LeavingApp
from tui.safe import plain
from tui.screens.base import BaseDialog, BaseScreen
from tui.screens.reachable import READS, home, may_open
from tui.screens.too_small import TooSmallScreen, is_too_small
from tui.settings import Settings, log_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from store.services.repair import Trouble
    from tui.gateway import Gateway
    from tui.screens.needs import NeedsScreen

_log = logging.getLogger(__name__)


class DuijieApp(LeavingApp):
    """The full-screen interface; it knows no business rule."""

    CSS_PATH = "styles/app.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared by the framework
        (0, "-narrow"),
        (100, "-normal"),
        (140, "-wide"),
    ]
    # Priority, so that keys typed ahead of the focus land in the field they were meant for.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "app.focus_next", mark("Next field"), priority=True, show=False, id="focus.next"
        ),
        Binding(
            "shift+tab",
            "app.focus_previous",
            mark("Field before"),
            priority=True,
            show=False,
            id="focus.back",
        ),
    ]

    _gateway: Gateway

    def __init__(self, source: Gateway | Callable[[], Gateway], settings: Settings) -> None:
        super().__init__(settings)
        self._source = source
        self._settings = settings
        self._trail: list[tuple[str, str]] = []  # screens that were left, and where on them
        self.title = _("duijie")

    async def on_mount(self) -> None:
        """Open the first screen; people's own keys go over the built-in ones."""
        self._own_task = asyncio.current_task()
        self.heed_signals()
        self.set_keymap(self._settings.keys)
        if callable(self._source):
            self.open_with(self._source, self._settings.start)
        else:
            await self.begin(self._source)

    async def begin(self, gateway: Gateway) -> None:
        """The first screen, and what goes on behind every screen."""
        from tui.changes import keep_time

        self._gateway = gateway
        start = self._settings.start
        kept = gateway.remembered.get("theme")
        if self._settings.theme == "auto" and isinstance(kept, str):
            themes.wear(self, kept)
        name = start if may_open(gateway.by, start) else home(gateway.by)
        first = self._needs if name == "needs" else _screen(name, gateway)
        await (self.switch_screen(first) if callable(self._source) else self.push_screen(first))
        self.run_worker(self.stay_welcome(gateway, self._settings.idle_seconds), group="watch")
        self.run_worker(keep_time(gateway), group="watch")
        gateway.tell_aside(self._tell_aside)
        self.run_worker(self.tell_cut_off(gateway), group="opening")
        self.run_worker(self._ask_terms(gateway), group="dialog")
        gc.freeze()  # what was imported stays; going over it once would take a third of the start
        self.call_after_refresh(_collect_again)

    @property
    def _needs(self) -> NeedsScreen:
        """The list of needs, made when it is first asked for and kept, with what stands in its form."""
        if not self.is_screen_installed("needs"):
            from tui.screens.needs import NeedsScreen

            self.install_screen(NeedsScreen(self._gateway), "needs")
        return cast("NeedsScreen", self.get_screen("needs"))

    async def _ask_terms(self, gateway: Gateway) -> None:
        """Have the terms of use accepted, once a version; the desk is left by who does not."""
        from store.errors import DuijieError
        from store.services import usage_terms
        from tui.screens.usage import UsageTermsDialog

        about: dict[str, Any] = {"by": gateway.by, "today": gateway.today}
        try:
            if not await gateway.read(usage_terms.is_wanted, **about):
                return
            found = await gateway.read(usage_terms.in_force, **about)
            assert found is not None
            if not await self.push_screen_wait(UsageTermsDialog(found)):
                await self.leave()
                return
            await gateway.write(usage_terms.accept, found.version, **about)
        except DuijieError as error:  # asked again when they come next
            _log.warning("the terms of use were not accepted: %s", error.code)

    @work(exclusive=True, group="dialog")
    async def action_terms(self) -> None:
        """The terms of use in force, to be read again."""
        from store.services import usage_terms
        from tui.screens.reading import ReadingDialog
        from tui.usage_text import terms_lines

        by, today = self._gateway.by, self._gateway.today
        found = await self._gateway.read(usage_terms.in_force, by=by, today=today)
        lines = [_("No terms of use have been set.")] if found is None else terms_lines(found)
        await self.push_screen_wait(ReadingDialog(lines))

    def _handle_exception(self, error: Exception) -> None:
        """What a worker misses on a screen that was left is no bug; all else ends the desk."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, NoMatches):
            here = get_current_worker().node
            if isinstance(here, BaseScreen | BaseDialog) and here.is_gone:
                return
        super()._handle_exception(error)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key asks for; one that comes to a screen with nothing on it any more, or yet, is late."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except NoMatches:
            here = default_namespace
            if isinstance(here, BaseScreen | BaseDialog) and here.is_gone:
                return False
            raise

    def _fatal_error(self) -> None:
        """A bug: what happened goes into the log, without anybody's data; the person reads one sentence.

        The framework would print every variable on the screen; overriding this is the one way to stop that.
        """
        _log.critical("the desk failed", exc_info=self._exception)
        came_in = self._gateway.entered if hasattr(self, "_gateway") else None
        path = log_file(came_in.by.login if came_in else None)
        told = _("duijie failed and has closed; what you typed is kept. Please pass on {path}.")
        self._exit_renderables.append(plain(told.format(path=path)))
        self._close_messages_no_wait()

    def on_resize(self, event: events.Resize) -> None:
        """Cover everything while the window is too small."""
        top = self.screen
        if isinstance(top, TooSmallScreen):
            if is_too_small(event.size):
                top.tell(event.size)
            else:
                top.dismiss()
        elif is_too_small(event.size):
            self.push_screen(TooSmallScreen())

    def _may(self, where: str) -> bool:
        """Whether the person may open a screen; where not, they are told why."""
        by, here = self._gateway.by, self.screen
        if may_open(by, where):
            return True
        if isinstance(here, BaseScreen):
            refused = NotAllowedError("read", READS[where])
            refused.by = by
            here.tell_failure(refused)
        return False

    def on_garbled(self) -> None:
        """The terminal sends bytes that are no text to us."""
        told = _(
            "The terminal does not send UTF-8: what was typed is lost. Set its encoding to UTF-8."
        )
        self._tell(told)

    def on_flooded(self) -> None:
        """More was sent than anybody types."""
        self._tell(_("Too much came at once from the terminal: the rest of it was left out."))

    def _tell_aside(self, error: StoreError) -> None:
        from tui.messages import sentence

        self._tell(sentence(error))

    def action_help_quit(self) -> None:
        """Ctrl+C leaves nothing; say what does."""
        self._tell(_("Ctrl+Q leaves."))

    def _tell(self, text: str) -> None:
        here = self.screen
        if isinstance(here, BaseScreen | BaseDialog):
            here.tell(text, is_failure=True)

    async def action_go(self, where: str, line: str = "") -> None:
        """Another screen in place of this one, at a line; matching begins with the need under the cursor."""
        here = self.screen
        if not isinstance(here, BaseScreen) or where == here.TITLE_WORD:
            return
        if any(w.node is here and w.group == "dialog" and w.is_running for w in self.workers):
            return  # a key typed ahead of a dialog that is about to open is not a wish to leave
        if not self._may(where):
            return
        if here.TITLE_WORD in SCREENS or here.TITLE_WORD == "needs":
            left = (here.TITLE_WORD, here.line_kept)
            self._trail = [*self._trail[-_STEPS_BACK:], left]
        if where == "needs":
            self._needs.keep = here.need_code or self._needs.keep
            await self._show("needs")
        elif where == "match":
            from tui.screens.match import MatchScreen

            await self._show(MatchScreen(self._gateway, here.need_code))
        else:
            screen = _screen(where, self._gateway)
            screen.keep = line or None  # type: ignore[attr-defined]
            await self._show(screen)

    async def action_back(self) -> None:
        """The screen that this one was opened from, in the end the needs."""
        here = getattr(self.screen, "TITLE_WORD", "")
        while self._trail and self._trail[-1][0] == here:  # left for a match, and come back already
            del self._trail[-1]
        before, self._trail = self._trail[-1:], self._trail[:-1]
        kept = self._trail
        await self.action_go(*(before[0] if before else (home(self._gateway.by), "")))
        self._trail = kept

    async def _show(self, screen: BaseScreen[None] | str) -> None:
        """Put a screen in place of this one, wholly before the next key where a key of the app asked for it.

        Elsewhere, such as in a handler of the screen that goes, waiting for its end would never end.
        """
        switching = self.switch_screen(screen)
        if asyncio.current_task() is self._own_task:
            await switching

    def action_match(self, need: str) -> None:
        """The match screen for a need; Escape goes back to the list that it was opened from."""
        from tui.screens.match import MatchScreen

        if not self._may("match"):
            return
        here = self.screen
        kept = getattr(here, "line_kept", "")
        line = kept or getattr(getattr(here, "listed", None), "code", None) or ""
        origin = (getattr(here, "TITLE_WORD", ""), line)
        is_known = origin[0] in SCREENS
        self.switch_screen(MatchScreen(self._gateway, need, origin if is_known else ("needs", "")))

    def action_open_record(self, code: str) -> None:
        """The screen of a proposal, a class or a need."""
        if not self._may("proposals"):
            return
        if code.startswith("P"):
            from tui.screens.proposals import ProposalsScreen

            self.switch_screen(ProposalsScreen(self._gateway, code))
        elif code.startswith("DD"):
            self.call_later(self.run_action, f"app.go('supervision', {code!r})")
        elif code.startswith("B"):
            from tui.screens.classes import ClassesScreen

            self.switch_screen(ClassesScreen(self._gateway, code))
        else:
            self.action_match(code)

    async def action_register(self) -> None:
        """To the registration form."""
        if not self._may("needs"):
            return
        await self.action_go("needs")
        self._needs.action_register()

    async def action_show_needs(self, codes: tuple[str, ...], label: str) -> None:
        """The list of needs, only these in it."""
        if not self._may("needs"):
            return
        await self.action_go("needs")
        self._needs.call_after_refresh(self._needs.narrow_to, codes, label)

    @work(exclusive=True, group="dialog")
    async def action_tour(self) -> None:
        """The desk in a minute and a half, screen by screen."""
        from tui.screens.tour import STEPS, TourDialog

        at = 0
        while 0 <= at < len(STEPS):
            await self.action_go(STEPS[at][0])
            turned = await self.push_screen_wait(TourDialog(at))
            if turned is None:
                return
            at = max(0, at + turned)

    def action_wear(self, theme: str) -> None:
        """Another theme, from now on."""
        themes.wear(self, theme)
        self.run_worker(self._keep_theme(theme), group="keep")

    async def _keep_theme(self, theme: str) -> None:
        await asyncio.to_thread(self._gateway.remembered.put, "theme", theme)

    async def action_line(self, verb: str, rest: str, cells: tuple[tuple[str, str], ...]) -> None:
        """Carry out a line that was typed."""
        here = self.screen
        if not isinstance(here, BaseScreen) or (verb in ("n", "f") and not self._may("needs")):
            return
        if verb == "n":
            await self.action_go("needs")
            self._needs.call_after_refresh(self._needs.register_line, dict(cells))
        elif verb == "f":
            await self.action_go("needs")
            self._needs.call_after_refresh(self._needs.narrow, rest)
        elif verb == "s":
            here.call_later(here.find, rest)
        elif verb == "a":
            here.take_number(int(rest))
        else:
            self.action_open_record(rest)

    def open_repair(self, trouble: Trouble) -> None:
        """What to do about somebody or something that cannot be had."""
        from tui.screens.repair import RepairScreen

        self.switch_screen(RepairScreen(self._gateway, trouble))

    def keep_typed(self) -> None:
        """What stands in the registration form, which is there once the store is."""
        if self.is_screen_installed("needs") and self._needs.is_mounted:
            self._needs.keep_draft()

    async def action_quit(self) -> None:
        """Leave once what is being saved is saved."""
        await self.leave()


def _collect_again() -> None:
    """Asked for the signature of `gc.enable` itself, Python would go through every module that is loaded."""
    gc.enable()


_STEPS_BACK = 20
SCREENS = {
    "dashboard": "DashboardScreen",
    "offerings": "OfferingsScreen",
    "board": "BoardScreen",
    "proposals": "ProposalsScreen",
    "classes": "ClassesScreen",
    "calls": "CallsScreen",
    "pools": "PoolsScreen",
    "allocation": "AllocationScreen",
    "what_if": "WhatIfScreen",
    "analysis": "AnalysisScreen",
    "people": "PeopleScreen",
    "audit": "AuditScreen",
    "batches": "BatchesScreen",
    "cycle": "CycleScreen",
    "figures": "FiguresScreen",
    "warnings": "WarningsScreen",
    "trainees": "TraineesScreen",
    "bulletins": "BulletinsScreen",
    "policy": "PolicyScreen",
    "early": "EarlyScreen",
    "support": "SupportScreen",
    "supervision": "SupervisionScreen",
    "evaluation": "EvaluationScreen",
    "ratings": "RatingsScreen",
    "occupations": "OccupationsScreen",
    "surveys": "SurveysScreen",
    "vacancies": "VacanciesScreen",
    "costs": "CostsScreen",
    "story": "StoryScreen",
}


def _screen(name: str, gateway: Gateway) -> BaseScreen[None]:
    """A screen by its name, imported when it is first asked for."""
    made: BaseScreen[None] = getattr(import_module(f"tui.screens.{name}"), SCREENS[name])(gateway)
    return made
