"""Forms for a whole record of any kind, and the question before something is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from pydantic import ValidationError
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.services import filing, records
from store.services.kinds import kind_named
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import field_causes, sentence
from tui.safe import plain
from tui.screens.base import BaseDialog
from tui.typed import read_day, read_weekly
from tui.widgets.form_input import FormInput
from tui.widgets.key_bar import KeyBar
from tui.words import field_word, kind_word

_DAYS = {
    "earliest",
    "latest",
    "valid_from",
    "valid_to",
    "filed_on",
    "first_day",
    "last_day",
    "signup_closes",
    "day",
    "qualified_to",
}


class RecordDialog(BaseDialog[Any]):
    """Every field of a record as text; answers with the stored view, or None when left."""

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", mark("Save"), priority=True, id="dialog.save"),
        Binding(
            "enter", "advance", mark("Next field"), priority=True, show=False, id="dialog.next"
        ),
    ]

    def __init__(
        self,
        gateway: Gateway,
        kind_name: str,
        view: Any = None,
        given: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.gateway = gateway
        self._kind = kind_named(kind_name)
        self._view = view
        self._request = uuid4().hex
        names = list(self._kind.draft.model_fields)
        cells = filing.cells(self._kind, view) if view is not None else [""] * len(names)
        self._cells = {**dict(zip(names, cells, strict=True)), **(given or {})}

    def compose(self) -> ComposeResult:
        """A label and an input for each field."""
        with Vertical(id="record"):
            with VerticalScroll(can_focus=False):
                for column in filing.columns(self._kind.name):
                    if column.name == "code":
                        continue
                    with Horizontal(classes="record-row"):
                        star = " *" if column.is_required else ""
                        yield Static(plain(field_word(column.name) + star), classes="record-label")
                        yield FormInput(
                            column.name,
                            value=self._cells[column.name],
                            longest=500,
                            placeholder=" | ".join(column.allowed),
                        )
            yield Static(id="told")
        yield KeyBar()

    def on_mount(self) -> None:
        """Title, and the first field."""
        code = self._view.code if self._view is not None else _("new")
        self.query_one("#record").border_title = f"{kind_word(self._kind.name)} {code}"
        self.set_focus(self.query(FormInput).first())

    def action_advance(self) -> None:
        """The next field; the last one saves."""
        fields = list(self.query(FormInput))
        focused = self.focused
        if isinstance(focused, FormInput) and focused is not fields[-1]:
            self.set_focus(fields[fields.index(focused) + 1])
        else:
            self.action_save()

    def action_save(self) -> None:
        """Store the record; what is wrong is told beside the field it is about."""
        self._save({field.field: field.value.strip() for field in self.query(FormInput)})

    @work(group="save")
    async def _save(self, cells: dict[str, str]) -> None:
        for name in _DAYS & cells.keys():
            cells[name] = read_day(cells[name], self.gateway.today)
        if "weekly" in cells:
            cells["weekly"] = read_weekly(cells["weekly"])
        try:
            draft = self._kind.draft.model_validate(cells)
            if self._view is None:
                saved = await self.gateway.write(
                    records.register, draft, by=self.gateway.by, request=self._request
                )
            else:
                saved = await self.gateway.write(
                    records.edit,
                    self._view.code,
                    draft,
                    version=self._view.version,
                    by=self.gateway.by,
                )
        except ValidationError as error:
            self._show_causes(field_causes(error))
        except DuijieError as error:
            self._tell(sentence(error))
        else:
            self.dismiss(saved)

    def _show_causes(self, causes: dict[str, str]) -> None:
        for field in self.query(FormInput):
            field.set_class(field.field in causes, "-wrong")
        name, why = next(iter(causes.items()))
        self._tell(f"{field_word(name)}: {why}" if name else why)
        if name:
            self.set_focus(self.query_one(f"#{name}", FormInput))

    def _tell(self, text: str) -> None:
        self.query_one("#told", Static).update(plain(text))


class ConfirmDialog(BaseDialog[bool]):
    """One question; Enter keeps things as they are, y goes ahead."""

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", mark("Yes"), id="confirm.yes"),
        Binding("enter,n", "answer(False)", mark("No"), id="confirm.no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and its two keys."""
        with Vertical(id="confirm"):
            yield Static(plain(self._question))
            yield Static(plain(_("y yes   Enter no")), classes="label")

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)


class ReasonDialog(BaseDialog[str]):
    """A question with room for a reason; answers with the reason, empty where none is needed."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#reason"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "yes", mark("Yes"), priority=True, id="reason.yes"),
    ]

    def __init__(self, question: str, needed: str = "") -> None:
        super().__init__()
        self._question = question
        self._needed = needed

    def compose(self) -> ComposeResult:
        """The question, what is needed, the reason, and the keys."""
        with Vertical(id="confirm"):
            yield Static(plain(self._question))
            yield Static(plain(self._needed or _("A reason may be written.")), id="needed")
            yield FormInput("reason", longest=500)
            yield Static(plain(_("Enter: yes   Esc: no")), classes="keys")

    def action_yes(self) -> None:
        """Answer, once there is a reason where one is needed."""
        reason = self.query_one("#reason", FormInput).value.strip()
        if reason or not self._needed:
            self.dismiss(reason)
