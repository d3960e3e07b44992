"""Somebody else was faster: who, and the next best bundle, which one key takes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from matching.types import Bundle
from tui.i18n import _, mark
from tui.render import dates, head_price, people, place
from tui.safe import plain
from tui.screens.base import BaseDialog


class TakenDialog(BaseDialog[Bundle]):
    """Answers with the next best bundle, or None."""

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,n,1", "take", mark("Take it"), id="taken.take"),
    ]

    def __init__(self, told: str, following: Bundle | None) -> None:
        super().__init__()
        self._told = told
        self._following = following

    def compose(self) -> ComposeResult:
        """What happened, what comes next, and the keys."""
        with Vertical(id="confirm"):
            yield Static(plain(self._told))
            found = self._following
            if found is None:
                yield Static(plain(_("Nothing else fits now: y says what would open more.")))
                yield Static(plain(_("Esc: back")), classes="label")
                return
            lines = [
                _("Next best, {score:.0f} points:").format(score=100 * found.score),
                f"{found.course.title} · {found.institution.name}",
                f"{people(found)} · {place(found)}",
                f"{dates(found)} · {head_price(found.price_fen)}",
            ]
            yield Static(plain("\n".join(lines)), id="needed")
            yield Static(plain(_("Enter: take it   Esc: back")), classes="label")

    def action_take(self) -> None:
        """The next best bundle it is."""
        if self._following is not None:
            self.dismiss(self._following)
