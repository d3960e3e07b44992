"""Candidates for the focused field: numbered, with a cursor that is moved from the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from tui.safe import fit, plain


@dataclass(frozen=True, slots=True)
class Choice:
    """One candidate: code, title, how well it fits."""

    code: str
    title: str
    score: float


class Choices(Widget):
    """A few lines; no focus of its own."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.items: tuple[Choice, ...] = ()
        self.cursor: int | None = None
        self._chosen: str | None = None

    def show(self, items: Sequence[Choice], chosen: str | None = None) -> None:
        """Replace the candidates; none is under the cursor until it is moved."""
        self.items = tuple(items)
        self.cursor = None
        self._chosen = chosen
        self.refresh()

    def move(self, step: int) -> None:
        """Put the cursor on the next or the previous candidate."""
        if not self.items:
            return
        self.cursor = (
            0 if self.cursor is None else max(0, min(self.cursor + step, len(self.items) - 1))
        )
        self.refresh()

    def taken(self) -> Choice | None:
        """The candidate under the cursor, which then leaves it."""
        if self.cursor is None:
            return None
        choice = self.items[self.cursor]
        self.cursor = None
        self._chosen = choice.code
        self.refresh()
        return choice

    def render(self) -> RenderResult:
        """`▸ 0.97 车工 6-18-01-01`, the confirmed one ticked."""
        lines = Text(no_wrap=True)
        for at, item in enumerate(self.items[: max(1, self.size.height)]):
            sign = "▸" if at == self.cursor else "✓" if item.code == self._chosen else " "
            told = fit(f"{sign} {item.score:.2f} {item.title} {item.code}", self.size.width)
            lines.append_text(plain(told + "\n", "reverse" if at == self.cursor else ""))
        return lines
