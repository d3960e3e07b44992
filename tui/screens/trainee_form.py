"""Forms for a person's file, and for an identity number, which is typed without being shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from matching.subsidy.facts import CATEGORIES
from store.errors import DuijieError
from store.schemas.trainee import TraineeDraft, TraineeView
from store.services import identity_numbers, trainees
from store.services.filing import Column
from tui.gateway import Gateway
from tui.i18n import _
from tui.messages import sentence
from tui.safe import plain
from tui.screens.base import LineDialog
from tui.screens.form import FormDialog
from tui.widgets.form_input import FormInput


class TraineeDialog(FormDialog):
    """A new file, or what can be changed of one; a masked name or telephone stays as it is."""

    def __init__(self, gateway: Gateway, view: TraineeView | None = None) -> None:
        self._request = uuid4().hex
        super().__init__(gateway, view, {} if view is None else self.cells_of(view))

    def columns(self) -> Sequence[Column]:
        """Every field."""
        allowed = {"category": CATEGORIES}
        return [
            Column(name, field.is_required(), allowed.get(name, ()))
            for name, field in TraineeDraft.model_fields.items()
        ]

    def title_words(self) -> str:
        """Whose file it is."""
        return _("New file") if self._view is None else str(self._view.code)

    def name_of(self, view: Any) -> str:
        """Its code."""
        return str(view.code)

    def read(self, typed: Mapping[str, str]) -> TraineeDraft:
        """Codes of firms are capital letters, however they are typed."""
        return TraineeDraft.model_validate({**typed, "employer": typed["employer"].upper()})

    def cells_of(self, value: Any) -> dict[str, str]:
        """As they are typed."""
        return {name: getattr(value, name) or "" for name in TraineeDraft.model_fields}

    async def store(self, draft: Any) -> Any:
        """Register it, or change what is there."""
        by, view = self.gateway.by, self._view
        if view is None:
            return await self.gateway.write(trainees.register, draft, by=by, request=self._request)
        return await self.gateway.write(
            trainees.edit, view.code, draft, version=view.version, by=by
        )

    async def fetch(self) -> tuple[str, Any]:
        """The file as it is now, and who saved it."""
        view = await self.gateway.read(trainees.shown, self._view.code, by=self.gateway.by)
        return view.changed_by, view


class IdentityDialog(LineDialog[str]):
    """Answers with what may be shown of the number that was kept."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#identity"

    def __init__(self, gateway: Gateway, code: str) -> None:
        super().__init__()
        self._gateway = gateway
        self._code = code

    def compose(self) -> ComposeResult:
        """What is asked for, and room for it."""
        told = _("Identity number of {code}; it is not shown. Nothing takes it away.")
        with Vertical(id="confirm"):
            yield Static(plain(told.format(code=self._code)))
            yield Static(id="needed")
            yield FormInput("identity", longest=20, password=True)
            yield Static(plain(_("Enter: done   Esc: cancel")), classes="keys")

    async def choose(self) -> None:
        """Keep it; where it is wrong, say so and stay."""
        number = self.query_one("#identity", FormInput).value
        try:
            shown = await self._gateway.write(
                identity_numbers.put, self._code, number, by=self._gateway.by
            )
        except DuijieError as error:
            self.query_one("#needed", Static).update(plain(sentence(error), "bold"))
            return
        await self.dismiss(shown)
