"""Search as you type over everything: needs, firms, institutions, courses, people, venues, occupations."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from store.errors import DuijieError
from store.services import needs, search
from store.services.search import Hit
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.safe import plain, titled
from tui.screens.base import LineDialog
from tui.widgets.line_input import LineInput
from tui.widgets.record_list import RecordList, Row
from tui.words import kind_word

_MOST = 40


class FindDialog(LineDialog[Hit]):
    """Answers with the record that was chosen."""

    CSS_PATH = "find.tcss"
    AUTO_FOCUS = "#find-text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", mark("down"), priority=True, show=False, id="find.down"),
        Binding("up", "move(-1)", mark("up"), priority=True, show=False, id="find.up"),
    ]

    def __init__(self, gateway: Gateway, words: str = "") -> None:
        super().__init__()
        self._gateway = gateway
        self._words = words
        self._meant = ""
        self._warned = ""  # of a paste that was cut: it stays beside what was found
        self._hits: tuple[Hit, ...] = ()

    def compose(self) -> ComposeResult:
        """What is looked for, and what was found."""
        with Vertical(id="find"):
            yield LineInput(self._words, id="find-text", max_length=100, compact=True)
            yield RecordList([_("Kind"), _("Code"), _("Title")], [8, 12], id="found")
            yield Static(id="told")

    def on_mount(self) -> None:
        """Say what can be typed."""
        self.query_one("#find").border_title = titled(_("Search everything"))
        self._look(self._words)
        self._tell(_("Words, codes, pinyin or its initials, such as skcg. Enter opens."))

    @on(Input.Changed)
    def _typed(self) -> None:
        text = self.query_one("#find-text", Input)
        if len(text.value) < (text.max_length or 0):
            self._warned = ""
        self._look(text.value)

    @work(exclusive=True, group="look")
    async def _look(self, text: str) -> None:
        """Each key cancels the search before it; records are shown before occupations are worked out."""
        self._hits, by = (), self._gateway.by
        for kinds in (search.KINDS, ("occupation",)) if text.strip() else ():
            try:
                self._meant = await self._in_words(text)
                found = await self._gateway.read(
                    search.search, self._meant or text, by=by, kinds=kinds, limit=_MOST
                )
            except DuijieError as error:
                self._tell(sentence(error))
                return
            if not self.is_attached:
                return
            self._hits = (*self._hits, *found)
            self._draw()
        if not text.strip():
            self._draw()
        if text.strip() and not self._hits:
            self._tell(_("Nothing found. Try other words, or a part of them."))

    async def _in_words(self, text: str) -> str:
        """A line of letters such as `skcg 4 bl sat` in words, where it is one."""
        if not (text.isascii() and " " in text.strip()):
            return ""
        gateway = self._gateway
        spelled = await gateway.read(needs.spell, text, by=gateway.by, today=gateway.today)
        return spelled.text if spelled is not None else ""

    def _draw(self) -> None:
        rows = [Row(f"{h.kind} {h.code}", (kind_word(h.kind), h.code, h.title)) for h in self._hits]
        self.query_one("#found", RecordList).update(rows, keep=rows[0].code if rows else None)
        told = _("{count} found").format(count=len(rows)) if rows else ""
        self._tell(f"= {self._meant}  {told}" if self._meant else told)

    def action_move(self, step: int) -> None:
        """Another line of the list, without leaving the words."""
        self.query_one("#found", RecordList).action_move(step)

    async def choose(self) -> None:
        """Answer with the record under the cursor."""
        key = self.query_one("#found", RecordList).code
        chosen = next((h for h in self._hits if f"{h.kind} {h.code}" == key), None)
        if chosen is not None and chosen.kind != "occupation":
            await self.dismiss(chosen)

    def tell(self, text: str, *, is_failure: bool = False) -> None:
        """A warning, which stays while the words are as long as they may be."""
        self._warned = f"{text} "
        self._tell("")

    def _tell(self, words: str) -> None:
        for told in self.query("#told").results(Static):
            told.update(plain(self._warned + words))
