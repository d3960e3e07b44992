"""Ranked bundles, four lines each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from matching.types import Bundle
from tui.render import bar, dates, money, people
from tui.safe import fit, plain


class BundleList(OptionList):
    """The best bundle first."""

    DEFAULT_CSS = "BundleList { background: $surface; }"

    @dataclass
    class Moved(Message):
        """The cursor stands on another bundle."""

        sender: BundleList

    def __init__(self, id: str, classes: str = "") -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._bundles: tuple[Bundle, ...] = ()

    def show(self, bundles: Sequence[Bundle]) -> None:
        """Replace the bundles, the best under the cursor."""
        self._bundles = tuple(bundles)
        self._draw()
        self.highlighted = 0 if bundles else None

    def on_resize(self) -> None:
        """Lines are cut to the width, so they are made anew for another one."""
        here = self.highlighted
        self._draw()
        self.highlighted = here

    def _draw(self) -> None:
        width = max(10, self.scrollable_content_region.width - 4)
        self.clear_options()
        for at, bundle in enumerate(self._bundles, 1):
            self.add_option(Option(_lines(at, bundle, width)))

    @property
    def bundle(self) -> Bundle | None:
        """The bundle under the cursor."""
        if self.highlighted is None or self.highlighted >= len(self._bundles):
            return None
        return self._bundles[self.highlighted]

    def on_option_list_option_highlighted(self) -> None:
        """Say so in the list's own words."""
        self.post_message(self.Moved(self))


def _lines(at: int, bundle: Bundle, width: int) -> Text:
    warning = " !" if bundle.warnings else ""
    score = f"{100 * bundle.score:3.0f} {bar(bundle.score, 8)} {money(bundle.price_fen)}{warning}"
    told = (score, f"{bundle.institution.name} {people(bundle)}", dates(bundle))
    text = plain(fit(f"{at} {bundle.course.title}", width), "bold")
    for line, style in zip(told, ("", "dim", "dim"), strict=True):
        text.append_text(plain("\n" + fit(f"  {line}", width), style))
    return text
