"""Dialogs of a proposal: its terms as a form, and which party is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from pydantic import ValidationError
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from store.schemas.terms import TermsDraft, write_scale
from store.services.inbox import Answer, Proposal
from store.standard.days import read_day
from tui import deal_text
from tui.i18n import _, mark
from tui.messages import field_causes
from tui.safe import plain, titled
from tui.screens.base import BaseDialog, caught_up
from tui.widgets.form_input import FormInput
from tui.widgets.key_bar import KeyBar
from tui.widgets.record_list import RecordList, Row
from tui.words import field_word


class TermsDialog(BaseDialog[TermsDraft]):
    """The terms that may be changed, as they stand; answers with what was changed."""

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", mark("Save"), priority=True, id="dialog.save"),
        Binding(
            "enter", "advance", mark("Next field"), priority=True, show=False, id="dialog.next"
        ),
    ]

    def __init__(
        self,
        title: str,
        found: Proposal,
        draft: type[TermsDraft],
        typed: Mapping[str, str] | None = None,
        told: str = "",
    ) -> None:
        super().__init__()
        self.typed = dict(typed or {})  # what was typed before, and what is typed in the end
        self._told = told
        self._title = title
        self._found = found
        self._draft = draft
        said = found.terms
        stands = {
            "price": "" if said.price_fen is None else f"{Decimal(said.price_fen) / 100:f}",
            "scale": write_scale(said.scale),
            "no_show_percent": str(said.no_show_percent),
            "includes": said.includes,
            "note": said.note,
            "heads": str(said.heads),
            "not_before": "",
        }
        self._stands = {name: stands[name] for name in draft.model_fields}

    def compose(self) -> ComposeResult:
        """A label and an input for each term."""
        with Vertical(id="record"):
            for name, value in self._stands.items():
                with Horizontal(classes="record-row"):
                    yield Static(plain(field_word(name)), classes="record-label")
                    yield FormInput(name, value=self.typed.get(name, value), longest=500)
            yield Static(plain(self._told), id="told")
        yield KeyBar()

    def on_mount(self) -> None:
        """Title, and the first field."""
        self.query_one("#record").border_title = titled(self._title)
        self.set_focus(self.query(FormInput).first())

    async def action_advance(self) -> None:
        """The next field; the last one saves."""
        fields = list(self.query(FormInput))
        focused = self.focused
        if isinstance(focused, FormInput) and focused is not fields[-1]:
            self.set_focus(fields[fields.index(focused) + 1])
        else:
            await self.action_save()

    async def action_save(self) -> None:
        """Answer with the terms that differ; what is wrong is told beside its field."""
        await caught_up(*self.query(FormInput))
        cells = {field.field: field.value.strip() for field in self.query(FormInput)}
        changed = {name: cell for name, cell in cells.items() if cell != self._stands[name]}
        if "not_before" in changed:
            changed["not_before"] = read_day(changed["not_before"], self._found.first_day)
        try:
            said = self._draft.model_validate(changed)
        except ValidationError as error:
            causes = field_causes(error)
            for field in self.query(FormInput):
                field.set_class(field.field in causes, "-wrong")
            name, why = next(iter(causes.items()))
            self.query_one("#told", Static).update(plain(f"{field_word(name)}: {why}"))
            return
        if changed:
            self.typed = {name: cells[name] for name in changed}
            self.dismiss(said)
        else:
            self.query_one("#told", Static).update(plain(_("Nothing was changed. Esc leaves.")))


class PartyDialog(BaseDialog[Answer]):
    """Which party is meant; its number or Enter picks it."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#parties"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"pick({number})", mark("Pick"), show=False, id=f"party.{number}")
        for number in range(1, 10)
    ]

    def __init__(self, asked: Sequence[Answer], names: Mapping[str, str]) -> None:
        super().__init__()
        self._asked = list(asked)
        self._names = names

    def compose(self) -> ComposeResult:
        """One line a party."""
        with Vertical(id="confirm"):
            yield Static(plain(_("For whom?")))
            yield RecordList(["", _("Party")], [2], id="parties")

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#parties", RecordList).show(
            [
                Row(answer.party, (str(at), deal_text.answer_line(answer, self._names)))
                for at, answer in enumerate(self._asked, 1)
            ]
        )

    def on_record_list_chosen(self, event: RecordList.Chosen) -> None:
        """Enter picks the party under the cursor."""
        self.dismiss(next(a for a in self._asked if a.party == event.code))

    def action_pick(self, number: int) -> None:
        """Its number picks a party."""
        if number <= len(self._asked):
            self.dismiss(self._asked[number - 1])
