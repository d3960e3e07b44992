"""Words that people confirmed: who said what they mean, from which text, and taking it back."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from store.errors import DuijieError
from store.services import learning
from store.services.learning import Confirmation
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.safe import plain, titled
from tui.screens.base import BaseDialog
from tui.widgets.record_list import RecordList, Row


class ConfirmedDialog(BaseDialog[None]):
    """Contested words first; Escape closes."""

    CSS_PATH = "confirmed.tcss"
    AUTO_FOCUS = "#confirmed"
    KINDS_SHOWN = frozenset({"alias"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,x,u", "undo", mark("Undo"), id="confirmed.undo"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self._gateway = gateway
        self._shown: dict[str, Confirmation] = {}

    def compose(self) -> ComposeResult:
        """The list, and what was done."""
        with Vertical(id="confirmed-panel"):
            yield RecordList(
                ["", _("Words"), _("Occupation"), _("By"), _("Day"), _("Said")],
                [1, 12, 16, 10, 5],
                id="confirmed",
            )
            yield Static(id="told")

    def on_mount(self) -> None:
        """Read the list."""
        self.query_one("#confirmed-panel").border_title = titled(_("Confirmed words"))
        self._load()

    @work(exclusive=True, group="list")
    async def _load(self, told: str = "") -> None:
        try:
            async with self.reading:
                await self.reread(self.KINDS_SHOWN)
        except DuijieError as error:
            self._tell(sentence(error))
            return
        found = self._shown.values()
        contested = sum(item.is_contested for item in found)
        if contested and not told:
            told = _("! marks words that people confirmed differently: {count}. x takes one back.")
            told = told.format(count=contested)
        self._tell(told or (_("x takes a confirmation back.") if found else _("None yet.")))

    async def reread(self, kinds: frozenset[str]) -> None:
        """The list as it is now."""
        found = await self._gateway.read(learning.confirmations, by=self._gateway.by)
        self._shown = {str(item.id): item for item in found}
        for listing in self.query("#confirmed").results(RecordList):
            listing.update([_row(item) for item in found])

    def action_undo(self) -> None:
        """Take back the confirmation under the cursor."""
        item = self._shown.get(self.query_one("#confirmed", RecordList).code or "")
        if item is not None:
            self._undo(item)

    @work(exclusive=True, group="save")
    async def _undo(self, item: Confirmation) -> None:
        try:
            await self._gateway.write(learning.undo, item.id, by=self._gateway.by)
        except DuijieError as error:
            self._tell(sentence(error))
            return
        told = _("“{words}” no longer means {name}.")
        self._load(told.format(words=item.words, name=item.name))

    def _tell(self, text: str) -> None:
        for told in self.query("#told").results(Static):
            told.update(plain(text))


def _row(item: Confirmation) -> Row:
    sign = "!" if item.is_contested else ""
    cells = (sign, item.words, item.name, item.login, f"{item.at:%m-%d}", item.said)
    return Row(str(item.id), cells)
