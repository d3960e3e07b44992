"""Ranked bundles, four lines each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from matching.types import Bundle
from tui.compare_text import MOST
from tui.i18n import mark
from tui.render import bar, dates, head_price, people
from tui.safe import fit, plain


class BundleList(OptionList):
    """The best bundle first; some may be marked, to be compared."""

    DEFAULT_CSS = "BundleList { background: $surface; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", mark("Mark"), show=False, id="bundles.mark"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another bundle."""

        sender: BundleList

    @dataclass
    class Marked(Message):
        """A mark was set or taken away; `is_full` where there are too many already."""

        sender: BundleList
        is_full: bool = False

    def __init__(self, id: str, classes: str = "") -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._bundles: tuple[Bundle, ...] = ()
        self._marked: set[str] = set()

    def show(self, bundles: Sequence[Bundle], *, keeps_marks: bool = False) -> None:
        """Replace the bundles, the best under the cursor; marks are kept where it is the same need."""
        self._bundles = tuple(bundles)
        self._marked &= {one.course.id for one in bundles} if keeps_marks else set()
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
            self.add_option(Option(_lines(at, bundle, width, bundle.course.id in self._marked)))

    @property
    def marked(self) -> tuple[int, ...]:
        """Places of the marked bundles, best first."""
        found = enumerate(self._bundles)
        return tuple(at for at, bundle in found if bundle.course.id in self._marked)

    def action_mark(self) -> None:
        """Mark the bundle under the cursor, or take its mark away."""
        bundle, here = self.bundle, self.highlighted
        if bundle is None or here is None:
            return
        is_full = bundle.course.id not in self._marked and len(self._marked) == MOST
        if not is_full:
            self._marked ^= {bundle.course.id}
            width = max(10, self.scrollable_content_region.width - 4)
            is_marked = bundle.course.id in self._marked
            self.replace_option_prompt_at_index(here, _lines(here + 1, bundle, width, is_marked))
        self.post_message(self.Marked(self, is_full))

    @property
    def bundle(self) -> Bundle | None:
        """The bundle under the cursor."""
        if self.highlighted is None or self.highlighted >= len(self._bundles):
            return None
        return self._bundles[self.highlighted]

    def on_option_list_option_highlighted(self) -> None:
        """Say so in the list's own words."""
        self.post_message(self.Moved(self))


def _lines(at: int, bundle: Bundle, width: int, is_marked: bool) -> Text:
    warning = " !" if bundle.warnings else ""
    score = (
        f"{100 * bundle.score:3.0f} {bar(bundle.score, 8)} {head_price(bundle.price_fen)}{warning}"
    )
    told = (score, f"{bundle.institution.name} {people(bundle)}", dates(bundle))
    sign = "●" if is_marked else " "
    text = plain(fit(f"{at}{sign}{bundle.course.title}", width), "bold")
    for line, style in zip(told, ("", "dim", "dim"), strict=True):
        text.append_text(plain("\n" + fit(f"  {line}", width), style))
    return text
