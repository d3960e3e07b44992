"""Forms for a whole record of any kind, and the question before something is withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import uuid4

from pydantic import ValidationError
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Static

from store.errors import DuijieError, StaleEditError
from store.schemas.records import Draft
from store.services import filing, records
from store.services.kinds import kind_named
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.merging import merge
from tui.messages import field_causes, sentence
from tui.safe import plain, titled
from tui.screens.base import BaseDialog, LineDialog, caught_up
from tui.screens.stale import SIGNS, Versions, notice
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
    """Every field of a record as text; answers with the stored view, or None when left.

    Where somebody else saved first, their changes come into the form and fields both changed are asked about.
    """

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", mark("Save"), priority=True, id="dialog.save"),
        Binding(
            "enter", "advance", mark("Next field"), priority=True, show=False, id="dialog.next"
        ),
        Binding("ctrl+t", "take", mark("Yours or theirs"), priority=True, id="dialog.take"),
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
        self._versions: dict[str, Versions] = {}
        self._cells = dict.fromkeys(self._kind.draft.model_fields, "")
        if view is not None:
            self._cells = filing.named_cells(self._kind, view)
        self._cells.update(given or {})

    def compose(self) -> ComposeResult:
        """A label and an input for each field."""
        with Vertical(id="record"):
            with VerticalScroll(can_focus=False):
                for column in filing.columns(self._kind.name):
                    if column.name == "code":
                        continue
                    with Horizontal(classes="record-row"):
                        star = " *" if column.is_required else ""
                        yield Static(
                            plain(field_word(column.name) + star),
                            id=f"label-{column.name}",
                            classes="record-label",
                        )
                        yield FormInput(
                            column.name,
                            value=self._cells[column.name],
                            longest=500,
                            placeholder=" | ".join(column.allowed),
                        )
            yield Static(id="saved-by")
            yield Static(id="stale")
            yield Static(id="told")
        yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to take only in fields that somebody else changed."""
        return action != "take" or getattr(self.focused, "field", "") in self._versions

    def on_mount(self) -> None:
        """Title, and the first field."""
        code = self._view.code if self._view is not None else _("new")
        self.query_one("#record").border_title = titled(f"{kind_word(self._kind.name)} {code}")
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
        """Store the record; what is wrong is told beside the field it is about."""
        await caught_up(*self.query(FormInput))
        self._save(self._values())

    def _values(self) -> dict[str, str]:
        return {field.field: field.value.strip() for field in self.query(FormInput)}

    @work(group="save")
    async def _save(self, typed: dict[str, str]) -> None:
        cells = dict(typed)
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
        except StaleEditError:
            await self._take_in(draft, typed)
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

    async def _take_in(self, draft: Draft, typed: Mapping[str, str]) -> None:
        """Their version into the form, which goes on from there; what both changed stays as it was typed."""
        try:
            view = await self.gateway.read(
                records.fetch, self._kind.name, self._view.code, by=self.gateway.by
            )
        except DuijieError as error:
            self._tell(sentence(error))
            return
        theirs = filing.named_cells(self._kind, view)
        found = merge(self._cells, filing.named_cells(self._kind, draft), theirs)
        self._view, self._cells = view, theirs
        both = dict(found.both)
        for name, (was, other) in found.theirs.items():
            field = self.query_one(f"#{name}", FormInput)
            if field.value.strip() != typed[name]:  # written while it was being saved
                both[name] = (field.value, other)
                continue
            self._versions[name] = Versions(SIGNS["theirs"], was, other)
            field.value = other
        asked = {n: Versions(SIGNS["both"], mine, other) for n, (mine, other) in both.items()}
        self._versions = {**asked, **{n: v for n, v in self._versions.items() if n not in asked}}
        told = _("{who} has saved {code} meanwhile. Yours | theirs:")
        told = told.format(who=view.changed_by, code=view.code)
        self.query_one("#saved-by", Static).update(plain(told))
        if both:
            self.set_focus(self.query_one(f"#{next(iter(both))}", FormInput))
            self._tell(_("Both of you changed fields marked ≠. ^T takes theirs, Ctrl+S saves."))
        else:
            self._tell(_("You changed different fields: Ctrl+S saves both changes."))
        self._draw_versions()

    def action_take(self) -> None:
        """The other version of the focused field: theirs, or yours again."""
        field = self.focused
        if isinstance(field, FormInput) and field.field in self._versions:
            field.value = self._versions[field.field].other(field.value)

    @on(Input.Changed)
    def _draw_versions(self) -> None:
        if not self._versions:
            return
        self.query_one("#record").add_class("-stale")
        for name, held in self._versions.items():
            label = plain(f"{field_word(name)} {held.sign}", "bold")
            self.query_one(f"#label-{name}", Static).update(label)
        focused = getattr(self.focused, "field", "")
        width = self.query_one("#told").size.width
        told = notice(self._versions, self._values(), focused, width)
        self.query_one("#stale", Static).update(told)
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        """Which keys there are, and which fields are shown apart, depends on the field."""
        self._draw_versions()

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


class CountDialog(LineDialog[bool]):
    """Goes ahead only when the number of records that an act is about is typed."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#count"

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def compose(self) -> ComposeResult:
        """What is about to happen, and room for the number."""
        with Vertical(id="confirm"):
            told = _("This withdraws {count} records at once. Type {count} to go ahead.")
            yield Static(plain(told.format(count=self._count)))
            yield FormInput("count", longest=6)
            yield Static(plain(_("Enter: go ahead   Esc: leave as they are")), classes="keys")

    async def choose(self) -> None:
        """Answer, where the number is right."""
        await self.dismiss(self.query_one("#count", FormInput).value.strip() == str(self._count))


class ReasonDialog(LineDialog[str]):
    """A question with room for a reason; answers with the reason, empty where none is needed.

    `check` raises for a reason that will not do: the dialog stays, with what was typed.
    """

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#reason"

    def __init__(
        self,
        question: str,
        needed: str = "",
        check: Callable[[str], object] | None = None,
        *,
        given: str = "",
    ) -> None:
        super().__init__()
        self._question = question
        self._needed = needed
        self._given = given
        self._check = check

    def compose(self) -> ComposeResult:
        """The question, what is needed, the reason, and the keys."""
        with Vertical(id="confirm"):
            yield Static(plain(self._question))
            yield Static(plain(self._needed or _("A reason may be written.")), id="needed")
            yield FormInput("reason", value=self._given, longest=500)
            yield Static(plain(_("Enter: yes   Esc: no")), classes="keys")

    async def choose(self) -> None:
        """Answer, once there is a reason where one is needed and it passes; else say why and stay."""
        reason = self.query_one("#reason", FormInput).value.strip()
        if not reason and self._needed:
            return
        try:
            if self._check is not None:
                self._check(reason)
        except DuijieError as error:
            self.query_one("#needed", Static).update(plain(sentence(error), "bold"))
            return
        await self.dismiss(reason)
