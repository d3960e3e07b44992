"""What every screen shares: the gateway, translated keys, header and status lines, a floor for size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

from textual import events, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from store.errors import DuijieError
from tui.command_lines import read_line
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain
from tui.screens.live import LiveScreen
from tui.widgets.key_bar import KeyBar, key_name

R = TypeVar("R")
SMALLEST = (80, 24)
_MOVING = ("list.", "focus.", "form.", "find.", "commands.", "filter.", "app.read", "app.help")


@dataclass(frozen=True, slots=True)
class Command:
    """What can be done: the action, its words as they are marked, its keys as they are printed."""

    action: str
    words: str
    keys: str
    is_moving: bool = False


class _Translated(LiveScreen[R], Generic[R]):
    """Key hints in the session's language, wherever the framework shows them, and help on them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", mark("Help"), id="app.help"),
        Binding("question_mark", "help", mark("Help"), show=False, id="app.help_letter"),
    ]

    PURPOSE = ""

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
            words = binding.tooltip or binding.description
            found[binding.action] = Command(binding.action, words, " ".join(keys), is_moving)
        return sorted(found.values(), key=lambda command: command.is_moving)

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


class BaseScreen(_Translated[R], Generic[R]):
    """A full screen: header, body, status, keys."""

    AUTO_FOCUS = ""
    TITLE_WORD = ""
    TAB = ""  # the one of the header, where that is not the screen's own
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "app.go('dashboard')", mark("Today"), show=False, id="go.dashboard"),
        Binding("2", "app.go('needs')", mark("Needs"), show=False, id="go.needs"),
        Binding("3", "app.go('match')", mark("Match"), show=False, id="go.match"),
        Binding("4", "app.go('offerings')", mark("Offerings"), show=False, id="go.offerings"),
        Binding("5", "app.go('board')", mark("Slots"), show=False, id="go.board"),
        Binding("6", "app.go('analysis')", mark("Stats"), show=False, id="go.analysis"),
        Binding("7", "app.go('proposals')", mark("Proposals"), show=False, id="go.proposals"),
        Binding("8", "app.go('classes')", mark("Classes"), show=False, id="go.classes"),
        Binding("9", "app.go('calls')", mark("Calls"), show=False, id="go.calls"),
        Binding("0", "app.go('pools')", mark("Plan"), show=False, id="go.plan"),
        Binding("space", "read_on(1)", mark("Read on"), show=False, id="app.read_on"),
        Binding("backspace", "read_on(-1)", mark("Read back"), show=False, id="app.read_back"),
        Binding("slash", "find", mark("Search"), show=False, id="app.find"),
        Binding(
            "ctrl+p", "commands", mark("Commands"), show=False, priority=True, id="app.commands"
        ),
        Binding("colon", "commands", mark("Commands"), show=False, id="app.commands_letter"),
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

    def action_commands(self) -> None:
        """Every command by its words, and one-line commands."""
        self._command()

    @work(exclusive=True, group="dialog")
    async def _command(self) -> None:
        from tui.screens.commands import EVERYWHERE, CommandDialog

        here = [one for one in self.commands() if one.action != "commands" and not one.is_moving]
        chosen = await self.app.push_screen_wait(CommandDialog([*here, *EVERYWHERE]))
        if chosen is None:
            return
        if not chosen.startswith(":"):
            self.call_later(self.run_action, chosen)
            return
        try:
            line = read_line(chosen[1:])
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.call_later(self.run_action, f"app.line({line.verb!r}, {line.rest!r}, {line.cells!r})")

    def action_find(self) -> None:
        """Search everything; a need is matched, any other record is opened."""
        self.find()

    @work(exclusive=True, group="dialog")
    async def find(self, words: str = "") -> None:
        """The search over everything, with words already in it."""
        from tui.screens.find import FindDialog

        chosen = await self.app.push_screen_wait(FindDialog(self.gateway, words))
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

    def compose(self) -> ComposeResult:
        """Header, what the screen is for, status, keys."""
        yield Static(id="head")
        with Container(id="body"):
            yield from self.body()
        yield Static(id="status")
        yield KeyBar()
        yield Static(id="too-small")

    def body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def on_mount(self) -> None:
        """Fill the header."""
        self._draw_head()

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

    def _ends(self) -> tuple[str, tuple[str, ...]]:
        """What stands at the left end of the header, and at the right one, there the longest first."""
        left = _("[DEMO]") if self.gateway.is_demo else _("duijie")
        who = f"{self.gateway.by.name}@{self.gateway.by.organisation}"
        day = f"{self.gateway.today:%m-%d} "
        return left, (f"{who} {day}", day)

    def on_resize(self, event: events.Resize) -> None:
        """Below the smallest size the screen says what it needs, and comes back when it gets it."""
        width, height = event.size
        is_small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(is_small, "-too-small")
        if is_small:
            told = _("The window has {width}x{height}; at least {w}x{h} are needed.").format(
                width=width, height=height, w=SMALLEST[0], h=SMALLEST[1]
            )
            self.query_one("#too-small", Static).update(plain(told))
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
