"""One person's credits: the balance, every entry, points recognised from elsewhere, entries taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from store.errors import DuijieError, UsageError
from store.services import credits, reference, trainees
from store.services.credits import Account
from store.services.rights import Act, reach
from tui import trainee_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.safe import plain, titled
from tui.screens.base import BaseDialog
from tui.screens.record import ActDialog
from tui.widgets.key_bar import KeyBar
from tui.widgets.record_list import RecordList, Row


class CreditsDialog(BaseDialog[None]):
    """The balance on top, the ledger below it; entries are never changed, only taken back."""

    CSS_PATH = "credits.tcss"
    PURPOSE = mark(
        "Credits of one person on the present day: what counts, what it reached, every entry. n recognises "
        "points earned elsewhere, x takes an entry back; both need a reason."
    )
    AUTO_FOCUS = "#entries"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "give", mark("Recognise"), priority=True, id="credits.give"),
        Binding("x,delete", "reverse", mark("Take back"), priority=True, id="credits.reverse"),
    ]

    def __init__(self, gateway: Gateway, code: str) -> None:
        super().__init__()
        self._gateway = gateway
        self._code = code
        self._notes: dict[str, str] = {}
        self._may_change = reach(gateway.by, Act.EDIT, trainees.KIND) is not None

    def compose(self) -> ComposeResult:
        """The balance, the entries, what is told, the keys."""
        with Vertical(id="credits"):
            yield Static(id="balance")
            headings = [_("Entry"), _("Points"), _("Day"), _("Source"), _("Expires"), _("Reason")]
            yield RecordList(headings, [5, 6, 10, 14, 10], id="entries")
            yield Static(id="told")
            yield KeyBar()

    def on_mount(self) -> None:
        """Read the ledger."""
        self.query_one("#credits").border_title = titled(
            _("Credits of {code}").format(code=self._code)
        )
        self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only who keeps files changes the ledger."""
        if action in ("give", "reverse") and not self._may_change:
            return False
        return super().check_action(action, parameters)

    @property
    def _entries(self) -> RecordList:
        return self.query_one("#entries", RecordList)

    @work(exclusive=True, group="list")
    async def _load(self, told: str = "", keep: str | None = None) -> None:
        by, day = self._gateway.by, self._gateway.today
        try:
            found = await self._gateway.read(credits.account, self._code, by=by, day=day)
        except DuijieError as error:
            self.tell(sentence(error))
            return
        if self.is_gone:
            return
        self.query_one("#balance", Static).update(plain(trainee_text.balance_line(found)))
        rows = _rows(found)
        self._notes = {row.code: row.cells[-1] for row in rows}
        self._entries.update(rows, keep=keep)
        self.tell(told or self._note())

    @on(RecordList.Moved, "#entries")
    def _moved(self) -> None:
        self.tell(self._note())

    def _note(self) -> str:
        """Why there is the entry under the cursor, which the list may cut off."""
        code = self._entries.code
        return self._notes[code] if code in self._notes else _("No entry yet.")

    async def action_give(self) -> None:
        """Points that another body gave."""
        await self._ask(
            _("Recognise for {code}: POINTS, then where they come from").format(code=self._code),
            _("Such as: 12 上海市学分银行 2026-088"),
            self._given,
        )

    def _given(self, words: str) -> Callable[..., Any]:
        points, _sign, reason = words.partition(" ")
        if not points.isdecimal():
            raise UsageError("credit_words", text=words[:60])
        return partial(credits.give, trainee=self._code, points=int(points), reason=reason)

    async def action_reverse(self) -> None:
        """The entry under the cursor by one of the other sign."""
        entry = self._entries.code
        if entry is not None:
            await self._ask(
                _("Take back entry {id}?").format(id=entry),
                _("Say why: it stays in the ledger beside what takes it back."),
                lambda why: partial(
                    credits.reverse, trainee=self._code, entry=int(entry), reason=why
                ),
            )

    async def _ask(
        self, question: str, needed: str, made: Callable[[str], Callable[..., Any]]
    ) -> None:
        dialog = ActDialog(question, needed, made, self._write)
        await self.app.push_screen(dialog)
        dialog.set_focus(dialog.query_one(str(dialog.AUTO_FOCUS)))

    async def _write(self, service: Callable[..., Any]) -> None:
        now = await self._gateway.read(reference.now)
        made = await self._gateway.write(service, by=self._gateway.by, now=now)
        if not self.is_gone:
            told = _("✓ Entry {id}: {points} points.")
            self._load(told.format(id=made.id, points=f"{made.points:+d}"), str(made.id))


def _rows(found: Account) -> list[Row]:
    """Entries, the newest first; what was taken back says so."""
    back = {one.reverses: one.id for one in found.entries if one.reverses}
    return [
        Row(
            str(one.id),
            (
                str(one.id),
                f"{one.points:+d}",
                str(one.day),
                trainee_text.entry_source(one),
                str(one.expires or "–"),
                trainee_text.entry_note(one, back.get(one.id)),
            ),
        )
        for one in reversed(found.entries)
    ]
