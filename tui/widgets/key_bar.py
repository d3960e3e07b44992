"""The keys that work right now, as many as the width holds."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

_NAMES = {
    "escape": "Esc",
    "enter": "↵",
    "space": "␣",
    "question_mark": "?",
    "delete": "Del",
    "slash": "/",
    "equals_sign": "=",
}


class KeyBar(Widget):
    """One line of key hints; changes with the focus."""

    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; background: $panel; color: $foreground; }"

    def on_mount(self) -> None:
        """Redraw whenever the active bindings change."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        """Keys and words, whole ones only."""
        line = Text(no_wrap=True)
        room = self.size.width
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            key = _key_name(binding.key_display or binding.key)
            needed = cell_len(key) + cell_len(binding.description) + 2
            if needed > room:
                continue
            room -= needed
            line.append(f" {key}", style="bold")
            line.append(f"{binding.description} ")
        return line


def _key_name(key: str) -> str:
    first = key.split(",", maxsplit=1)[0]
    if first.startswith("ctrl+"):
        return "^" + first.removeprefix("ctrl+").upper()
    return _NAMES.get(
        first, first.upper() if first.startswith("f") and first[1:].isdigit() else first
    )
