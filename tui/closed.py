"""An app that begins no program, opens no address and writes no file, whatever asks it to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from store.sensitive import masked

if TYPE_CHECKING:
    from textual.driver import Driver

# Of the framework's own actions, those that keys of the desk use.
_USED = frozenset(("focus_next", "focus_previous", "help_quit", "bell"))


class ClosedApp(App[None]):
    """The framework's ways out of the terminal, shut: there is no shell and no file behind this program."""

    ENABLE_COMMAND_PALETTE = False

    def get_driver_class(self) -> type[Driver]:
        """Our own keyboard, whatever the environment names."""
        from tui.keyboard import Keyboard

        return Keyboard

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action is the desk's own, or one of the few of the framework that it uses."""
        own = getattr(type(self), f"action_{action}", None)
        return action in _USED or own is not getattr(ClosedApp, f"action_{action}", None)

    def copy_to_clipboard(self, text: str) -> None:
        """To the terminal's clipboard, personal numbers masked."""
        super().copy_to_clipboard(masked(text))

    def action_suspend_process(self) -> None:
        """There is no shell behind this program."""

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """No key writes a file."""

    def save_screenshot(self, *_arguments: Any, **_more: Any) -> str:
        """No picture is written."""
        return ""

    def deliver_text(self, *_arguments: Any, **_more: Any) -> None:
        """No file is written."""

    def deliver_binary(self, *_arguments: Any, **_more: Any) -> None:
        """No file is written."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """No browser is begun."""
