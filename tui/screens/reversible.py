"""What is done to one record or to many at once, and taking it back."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from textual import work
from textual.binding import Binding, BindingType

from store.errors import DuijieError
from store.services import reference, undoing
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.screens.base import BaseScreen
from tui.screens.record import CountDialog

_MANY = 20  # from here on the number must be typed before all are withdrawn


class ReversibleScreen(BaseScreen[None]):
    """Withdraws without a question, since `u` takes it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", mark("Undo"), id="app.undo_last"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._acts: list[tuple[str, tuple[str, ...]]] = []  # kind and codes, the last at the end

    def changed(self, code: str) -> None:
        """Read the list anew, with the cursor on a record."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what was done can be taken back."""
        if action == "undo":
            return bool(self._acts)
        return super().check_action(action, parameters)

    def can_undo(self, kind: str, codes: tuple[str, ...]) -> None:
        """Remember what was just done."""
        self._acts.append((kind, codes))
        self.refresh_bindings()

    @work(exclusive=True, group="dialog")
    async def withdraw(self, kind: str, codes: tuple[str, ...]) -> None:
        """Take records out of use, all or none; many only after their number was typed."""
        done: tuple[str, ...] = ()
        try:
            if len(codes) > _MANY and not await self.app.push_screen_wait(CountDialog(len(codes))):
                return
            done = await self.gateway.write(undoing.withdraw_many, kind, codes, by=self.gateway.by)
        except DuijieError as error:
            told = _("Nothing was withdrawn. {why}") if len(codes) > 1 else "{why}"
            self.tell(told.format(why=sentence(error)), is_failure=True)
            return
        self.can_undo(kind, done)
        self.tell(_("{codes}: withdrawn. u takes it back.").format(codes=_few(done)))
        self.changed(done[0])

    def action_undo(self) -> None:
        """Take back what was last registered or withdrawn here."""
        if self._acts:
            self._undo(*self._acts.pop())
            self.refresh_bindings()

    @work(group="save")
    async def _undo(self, kind: str, codes: tuple[str, ...]) -> None:
        try:
            now = await self.gateway.read(reference.now)
            acts = await self.gateway.write(
                undoing.undo, kind, codes, by=self.gateway.by, now=now, request=uuid4().hex
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        told = (
            _("↶ {codes}: no longer registered.")
            if acts[0] == "register"
            else _("↶ {codes}: in use again.")
        )
        self.tell(told.format(codes=_few(codes)))
        self.changed(codes[0])


def _few(codes: tuple[str, ...]) -> str:
    """Some codes and how many more there are."""
    shown = "、".join(codes[:3])
    if len(codes) <= 3:
        return shown
    return _("{codes} and {more} more").format(codes=shown, more=len(codes) - 3)
