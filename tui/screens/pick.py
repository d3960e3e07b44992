"""One of a few things, picked with Enter or by its number."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from store.errors import DuijieError
from store.services import wanted
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseDialog, BaseScreen
from tui.widgets.record_list import RecordList, Row

_NUMBERED = 9
_EVERYWHERE = "–"
_MOST_SHOWN = 15  # what fits into the smallest window


class PickDialog(BaseDialog[str]):
    """One of a few; Enter or 1 to 9 pick it, Esc leaves."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#picks"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"pick({number})", mark("Pick"), show=False, id=f"pick.{number}")
        for number in range(1, _NUMBERED + 1)
    ]

    def __init__(
        self, question: str, parts: list[tuple[str, str]], *, has_codes: bool = True
    ) -> None:
        """Parts are codes with what is told of them; without `has_codes` only that is shown."""
        super().__init__()
        self._question = question
        self._parts = parts
        self._has_codes = has_codes

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(id="confirm"):
            yield Static(plain(self._question))
            widths = [1, 9] if self._has_codes else [1, 0]
            yield RecordList(["", "", ""], widths, id="picks", has_heading=False)

    def on_mount(self) -> None:
        """Fill the list, which is as long as what it holds where that can be."""
        picks = self.query_one("#picks", RecordList)
        picks.styles.height = min(len(self._parts), _MOST_SHOWN)
        picks.show(
            [
                Row(code, (str(at) if at <= _NUMBERED else "", code * self._has_codes, told))
                for at, (code, told) in enumerate(self._parts, 1)
            ]
        )

    def on_resize(self) -> None:
        """More of the list is seen, or less."""
        self.call_after_refresh(self._tell_rest)

    @on(RecordList.Moved)
    def _tell_rest(self) -> None:
        """How many there are above and below what is seen."""
        if self.is_gone:
            return
        picks = self.query_one("#picks", RecordList)
        above, below = picks.hidden
        told = [_("{count} more ↑").format(count=above)] if above else []
        told += [_("{count} more ↓").format(count=below)] if below else []
        self.query_one("#confirm").border_subtitle = titled("  ".join(told))

    def action_pick(self, number: int) -> None:
        """Answer with the row of a number."""
        if number <= len(self._parts):
            self.dismiss(self._parts[number - 1][0])

    def on_record_list_chosen(self, event: RecordList.Chosen) -> None:
        """Answer with what stands under the cursor."""
        self.dismiss(event.code)


class WaitDialog(PickDialog):
    """One of the lines that a need could wait in, as wide as the screen allows."""


async def pick_area(
    screen: BaseScreen[Any], before: tuple[str, str] | None
) -> tuple[str, str] | None:
    """The area (code, name) of which needs are to be shown, None for everywhere; unpicked, that of before."""
    try:
        areas = await screen.gateway.read(wanted.areas_asked, by=screen.gateway.by)
    except DuijieError as error:
        screen.tell_failure(error)
        return before
    parts = [(_EVERYWHERE, _("everywhere")), *areas]
    chosen = await screen.app.push_screen_wait(PickDialog(_("Needs of which area?"), parts))
    if chosen is None:
        return before
    return None if chosen == _EVERYWHERE else (chosen, dict(areas)[chosen])
