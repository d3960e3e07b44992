"""What every screen shares: the gateway, translated keys, header and status lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.css.query import NoMatches
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import WorkerCancelled

from store.errors import DuijieError
from store.services.rights import Act, reach
from store.tables import guarded
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import clean, plain
from tui.screens.live import LiveScreen
from tui.screens.reachable import may_do, may_open
from tui.widgets.key_bar import KeyBar, key_name
from tui.widgets.line_input import LineInput
from tui.widgets.record_list import RecordList

if TYPE_CHECKING:
    from pathlib import Path

    from store.services.search import Hit
    from tui.bar import RowsDone

R = TypeVar("R")
A = TypeVar("A")
_SELF = ("commands", "command_line")
_MOVING = ("list.", "focus.", "form.", "find.", "commands.", "filter.", "app.read", "app.help")


@dataclass(frozen=True, slots=True)
class Command:
    """What can be done: the action, its words as they are marked, its keys as they are printed."""

    action: str
    words: str
    keys: str
    is_moving: bool = False


async def caught_up(*pumps: MessagePump) -> None:
    """Wait until keys that were sent on to widgets have been handled there, one widget after another.

    For actions of priority keys only: the app handles those while earlier keys may still be on their way.
    """
    for pump in pumps:
        handled = asyncio.Event()
        pump.call_later(handled.set)
        await handled.wait()


class _Translated(LiveScreen[R], Generic[R]):
    """Key hints in the session's language, wherever the framework shows them, and help on them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", mark("Help"), id="app.help"),
        Binding("question_mark", "help", mark("Help"), show=False, id="app.help_letter"),
    ]

    PURPOSE = ""
    working: RowsDone | None = None  # what goes on here and can be stopped

    def stop_working(self) -> bool:
        """End the long work that goes on here, nothing of it kept; whether there was any."""
        if self.working is None:
            return False
        self.working.stop()
        return True

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The framework's bindings with their words translated."""
        return {
            key: active._replace(
                binding=replace(
                    active.binding, description=_(active.binding.description or " ").strip()
                )
            )
            for key, active in super().active_bindings.items()
        }

    def commands(self) -> list[Command]:
        """Everything that can be done here now, each with all of its keys."""
        found: dict[str, Command] = {}
        for key, active in super().active_bindings.items():
            binding = active.binding
            if not binding.id or not active.enabled:  # the framework's own have no id
                continue
            known = found.get(binding.action)
            keys = [known.keys] if known else []
            keys.append(key_name(binding.key_display or key))
            is_moving = binding.id.startswith(_MOVING)
            words = binding.tooltip or (known.words if known else binding.description)
            found[binding.action] = Command(binding.action, words, " ".join(keys), is_moving)
        return sorted(
            found.values(), key=lambda one: (one.is_moving, one.action.startswith("app.go("))
        )

    def action_help(self) -> None:
        """What this is for, what the focused field wants, and every key that works here."""
        from tui.screens.help import HelpScreen

        told = [str(status.content) for status in self.query("#status").results(Static)]
        help_screen = HelpScreen(
            _(self.PURPOSE) if self.PURPOSE else "",
            self.commands(),
            getattr(self.focused, "field", ""),
            "".join(told),
        )
        self.app.push_screen(help_screen)

    @property
    def is_gone(self) -> bool:
        """Whether the screen was left while something was awaited; nothing may be drawn on it then."""
        return not self.query("*")

    async def _dispatch_message(self, message: Message) -> None:
        """Handle a message; one that comes to a screen that keys typed ahead have left already is late."""
        try:
            await super()._dispatch_message(message)
        except NoMatches:
            if not self.is_gone:
                raise

    def tell(self, text: str, *, is_failure: bool = False) -> None:
        """One sentence where a dialog tells things."""
        for told in self.query("#told, #needed").results(Static):
            told.update(plain(text))

    @on(LineInput.Cut)
    def _told_cut(self, event: LineInput.Cut) -> None:
        told = _("The pasted text is too long: {count} characters were left out.")
        self.tell(told.format(count=event.left_out), is_failure=True)


class BaseScreen(_Translated[R], Generic[R]):
    """A full screen: header, body, status, keys."""

    AUTO_FOCUS = ""
    TITLE_WORD = ""
    TAB = ""  # the one of the header, where that is not the screen's own
    # Actions that some roles have no right to over any record: their keys are not there for these people.
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1",
            "app.go('dashboard')",
            mark("Today"),
            show=False,
            id="go.dashboard",
        ),
        Binding("2", "app.go('needs')", mark("Needs"), show=False, id="go.needs"),
        Binding("3", "app.go('match')", mark("Match"), show=False, id="go.match"),
        Binding(
            "4",
            "app.go('offerings')",
            mark("Offerings"),
            show=False,
            id="go.offerings",
        ),
        Binding("5", "app.go('board')", mark("Slots"), show=False, id="go.board"),
        Binding("6", "app.go('analysis')", mark("Stats"), show=False, id="go.analysis"),
        Binding(
            "7",
            "app.go('proposals')",
            mark("Proposals"),
            show=False,
            id="go.proposals",
        ),
        Binding("8", "app.go('classes')", mark("Classes"), show=False, id="go.classes"),
        Binding("9", "app.go('calls')", mark("Calls"), show=False, id="go.calls"),
        Binding("0", "app.go('pools')", mark("Plan"), show=False, id="go.plan"),
        Binding("K", "app.go('people')", mark("People and keys"), show=False, id="go.people"),
        Binding("F", "app.go('cycle')", mark("Filing and verification"), show=False, id="go.cycle"),
        Binding("T", "app.go('trainees')", mark("Trainees"), show=False, id="go.trainees"),
        Binding("A", "app.go('audit')", mark("Audit trail"), show=False, id="go.audit"),
        Binding("I", "app.go('batches')", mark("Import batches"), show=False, id="go.batches"),
        Binding("W", "app.go('warnings')", mark("Early warning"), show=False, id="go.warnings"),
        Binding("B", "app.go('bulletins')", mark("Bulletins"), show=False, id="go.bulletins"),
        Binding("G", "app.go('policy')", mark("Subsidy rules"), show=False, id="go.policy"),
        Binding("Y", "app.go('early')", mark("Needs ahead"), show=False, id="go.early"),
        Binding("X", "app.go('support')", mark("Experts, courses"), show=False, id="go.support"),
        Binding("S", "app.go('supervision')", mark("Supervision"), show=False, id="go.supervision"),
        Binding("E", "app.go('evaluation')", mark("Evaluation"), show=False, id="go.evaluation"),
        Binding("O", "app.go('occupations')", mark("Local occupations"), show=False, id="go.local"),
        Binding("Q", "app.go('surveys')", mark("Surveys"), show=False, id="go.surveys"),
        Binding("J", "app.go('vacancies')", mark("Vacancies"), show=False, id="go.vacancies"),
        Binding("M", "app.go('costs')", mark("Shared costs"), show=False, id="go.costs"),
        Binding("R", "app.go('ratings')", mark("Asked to rate"), show=False, id="go.ratings"),
        Binding("space", "read_on(1)", mark("Read on"), show=False, id="app.read_on"),
        Binding("backspace", "read_on(-1)", mark("Read back"), show=False, id="app.read_back"),
        Binding("f9,ctrl+y", "copy", mark("Copy"), show=False, id="app.copy"),
        Binding("slash", "find", mark("Search"), show=False, priority=True, id="app.find"),
        Binding(
            "ctrl+p", "commands", mark("Commands"), show=False, priority=True, id="app.commands"
        ),
        Binding(
            "colon",
            "command_line",
            mark("Commands"),
            show=False,
            priority=True,
            id="app.commands_letter",
        ),
        Binding("ctrl+q", "app.quit", mark("Quit"), id="app.quit"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self.gateway = gateway

    def action_read_on(self, pages: int) -> None:
        """The next or the last page of what stands beside a list."""
        for panel in self.query("VerticalScroll.panel").results(VerticalScroll):
            scroll = panel.scroll_page_down if pages > 0 else panel.scroll_page_up
            scroll(animate=False)

    def action_copy(self) -> None:
        """The marked lines, else the line under the cursor with what stands beside it, to the clipboard."""
        listed = self.focused
        lines: list[str] = []
        if isinstance(listed, RecordList):
            chosen = set(listed.chosen)
            rows = [row.cells for row in listed.rows if row.code in chosen]
            lines = ["\t".join(guarded(clean(cell)) for cell in cells) for cells in rows]
        if len(lines) < 2:
            panels = self.query("VerticalScroll.panel Static").results(Static)
            told = "\n".join(clean(str(one.content)) for one in panels)
            lines += map(guarded, told.split("\n"))  # pasted into a spreadsheet, each is a cell
        self._copy("\n".join(lines).strip())

    @work(group="save")
    async def _copy(self, text: str) -> None:
        if not text:
            self.tell(_("There is nothing to copy here."))
            return
        self.app.copy_to_clipboard(text)  # many terminals take it, some do not
        path = await asyncio.to_thread(self.gateway.remembered.put_text, "clip", text)
        self.tell(_("Copied, and written to {path}.").format(path=path) if path else _("Copied."))

    def commands(self) -> list[Command]:
        """No screens that the person may not open."""
        return [one for one in super().commands() if self.leads(one.action)]

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """None that lead to screens that the person may not open."""
        return {
            key: active
            for key, active in super().active_bindings.items()
            if self.leads(active.binding.action)
        }

    def leads(self, action: str) -> bool:
        """Whether a key leads anywhere for this person."""
        return may_do(self.gateway.by, action)

    # Dialogs with a line to type in are opened by priority keys and before the next key is handled,
    # so that what is typed ahead of them lands in them.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a field these signs are text; what a person's role never does has no key."""
        needed = self.RIGHTS.get(action)
        if needed is not None and reach(self.gateway.by, *needed) is None:
            return False
        if action in ("find", "command_line"):
            return not isinstance(self.focused, Input)
        return True

    async def open_line(
        self, dialog: LineDialog[A], answered: Callable[[A | None], None] | None = None
    ) -> None:
        """Open a dialog and put the focus into its line before the next key is handled."""
        await self.app.push_screen(dialog, answered)
        dialog.set_focus(dialog.query_one(str(dialog.AUTO_FOCUS)))

    async def ask(
        self,
        question: str,
        made: Callable[[str], Callable[..., Any]],
        needed: str = "",
        given: str = "",
    ) -> None:
        """A line that says what to do; the dialog closes once that is done."""
        from tui.screens.record import ActDialog

        await self.open_line(ActDialog(question, needed, made, self.perform, given=given))

    async def perform(self, service: Callable[..., Any]) -> None:
        """Do something as the person at the desk, say so, read again; what refuses it is raised."""
        raise NotImplementedError

    @work(group="save")
    async def save(self, service: Callable[..., Any]) -> None:
        """Do something that needed no line."""
        try:
            await self.perform(service)
        except DuijieError as error:
            self.tell_failure(error)

    async def action_command_line(self) -> None:
        """The commands, by a sign instead of a control key."""
        await self.action_commands()

    async def action_commands(self) -> None:
        """Every command by its words, and one-line commands."""
        from tui.screens.commands import EVERYWHERE, CommandDialog

        here = [one for one in self.commands() if one.action not in _SELF and not one.is_moving]
        there = [one for one in EVERYWHERE if may_do(self.gateway.by, one.action)]
        await self.open_line(CommandDialog([*here, *there]))

    async def action_find(self) -> None:
        """Search everything; a need is matched, any other record is opened."""
        await self.find()

    async def find(self, words: str = "") -> None:
        """The search over everything, with words already in it."""
        from tui.screens.find import FindDialog

        await self.open_line(FindDialog(self.gateway, words), self._searched)

    def _searched(self, chosen: Hit | None) -> None:
        if chosen is not None:
            self.show_record(chosen.kind, chosen.code)

    @work(exclusive=True, group="dialog")
    async def show_record(self, kind: str, code: str) -> None:
        """Open a record where it is worked on, else in a form of all its fields."""
        from store.services import records
        from tui.screens.record import RecordDialog

        if kind in ("need", "proposal", "class"):
            self.call_later(self.run_action, f"app.open_record({code!r})")
            return
        if kind == "allocation":
            self.call_later(self.run_action, "app.go('allocation')")
            return
        if kind in ("trainee", "vacancy"):
            where = "trainees" if kind == "trainee" else "vacancies"
            self.call_later(self.run_action, f"app.go({where!r}, {code!r})")
            return
        try:
            view = await self.gateway.read(records.fetch, kind, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        await self.app.push_screen_wait(RecordDialog(self.gateway, kind, view))

    def take_number(self, number: int) -> None:
        """Propose the bundle of that number, where bundles are shown."""
        self.tell(_("Numbers are taken on the match screen: 3 opens it."), is_failure=True)

    @property
    def need_code(self) -> str | None:
        """The need this screen is about, None when it is about none."""
        return None

    @property
    def line_kept(self) -> str:
        """Where on this screen the way back leads, empty for wherever it begins."""
        return ""

    def compose(self) -> ComposeResult:
        """Header, what the screen is for, status, keys."""
        yield Static(id="head")
        with Container(id="body"):
            yield from self.body()
        yield Static(id="status")
        yield KeyBar()

    def body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def on_mount(self) -> None:
        """Fill the header."""
        self._draw_head()

    @work(exclusive=True, group="list")
    async def read_all(self, told: str = "") -> None:
        """Read everything that is shown, then say what is to be told, else what there is."""
        try:
            async with self.reading:
                await self.reread(self.KINDS_SHOWN)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        summary = told or self.summary()
        if summary:
            self.tell(summary)

    def summary(self) -> str:
        """What is shown, in one sentence; empty where there is nothing to say."""
        return ""

    def _draw_head(self) -> None:
        tabs = [
            ("1", "dashboard", _("Today")),
            ("2", "needs", _("Needs")),
            ("3", "match", _("Match")),
            ("4", "offerings", _("Offers")),
            ("5", "board", _("Slots")),
            ("6", "analysis", _("Stats")),
            ("7", "proposals", _("Deals")),
            ("8", "classes", _("Classes")),
            ("9", "calls", _("Calls")),
            ("0", "planning", _("Plan")),
        ]
        if not self.offers("needs"):  # who keeps a server has these instead
            tabs += [("R", "ratings", _("Asked to rate"))]
            tabs += [("K", "people", _("People")), ("A", "audit", _("Audit"))]
        tabs = [tab for tab in tabs if self.offers(tab[1])]
        left, rights = self._ends()
        line = plain(left + "│", "bold")
        for key, name, word in tabs:
            is_here = name in (self.TITLE_WORD, self.TAB)
            line.append_text(plain(f"{key}{word}", "reverse bold" if is_here else ""))
            line.append(" ")
        room = self.size.width - line.cell_len
        right = next((text for text in rights if plain(text).cell_len < room), "")
        room -= plain(right).cell_len
        line.append(" " * max(1, room))
        line.append_text(plain(right))
        self.query_one("#head", Static).update(line)

    def offers(self, screen: str) -> bool:
        """Whether a screen is one of those that this person works with."""
        return may_open(self.gateway.by, screen)

    def _ends(self) -> tuple[str, tuple[str, ...]]:
        """What stands at the left end of the header, and at the right one, there the longest first."""
        left = _("[DEMO]") if self.gateway.is_demo else _("duijie")
        who = f"{self.gateway.by.name}@{self.gateway.by.organisation}"
        day = f"{self.gateway.today:%m-%d} "
        return left, (f"{who} {day}", day)

    def on_resize(self) -> None:
        """The header has more room, or less."""
        self._draw_head()

    @property
    def is_gone(self) -> bool:
        """Whether the screen was left while something was awaited; nothing may be drawn on it then."""
        return not self.query("#status")

    def tell(self, text: str, *, is_failure: bool = False) -> None:
        """One sentence on the status line."""
        for status in self.query("#status").results(Static):
            status.set_class(is_failure, "-failure")
            status.update(plain(text))

    def tell_failure(self, error: DuijieError) -> None:
        """An expected failure on the status line."""
        from tui.messages import sentence

        self.tell(sentence(error), is_failure=True)

    def tell_unwritten(self, error: OSError, path: Path) -> None:
        """On the status line why a file was not written."""
        from tui.messages import file_failure

        self.tell(file_failure(error, path), is_failure=True)


class BaseDialog(_Translated[R], ModalScreen[R], Generic[R]):
    """A dialog over a screen; Escape leaves it without an answer."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", mark("Back"), id="dialog.leave")
    ]

    _is_answered = False

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Answer, once: a key typed ahead must not answer again and close the screen beneath."""
        if self._is_answered:
            return AwaitComplete()
        self._is_answered = True
        return super().dismiss(result)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class LineDialog(BaseDialog[R], Generic[R]):
    """A dialog with a line to type in: Enter acts on all that was typed before it.

    Enter and Escape have priority, so they are handled by the app, which may wait: for the keys that
    are still on their way to the line, and until this screen is gone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", mark("Back"), priority=True, id="line.leave"),
        Binding("enter", "choose", mark("Do it"), priority=True, id="line.choose"),
    ]

    async def action_close(self) -> None:
        """Close without an answer."""
        await self.dismiss(None)

    async def action_choose(self) -> None:
        """Once the line has every key, and what depends on it has been told, choose."""
        await caught_up(self.query_one(str(self.AUTO_FOCUS)), self)
        for worker in [one for one in self.workers if one.group == "look" and one.node is self]:
            with suppress(WorkerCancelled):
                await worker.wait()
        await self.choose()

    async def choose(self) -> None:
        """Close with the answer."""
