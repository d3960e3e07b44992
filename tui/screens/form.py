"""A form over a screen: a field a line, what is wrong beside it, two people's changes brought together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import ValidationError
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Static

from store.errors import DuijieError, StaleEditError
from store.schemas.records import Draft
from store.services.filing import Column
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.merging import merge
from tui.messages import field_causes, sentence
from tui.safe import plain, titled
from tui.screens.base import BaseDialog, caught_up
from tui.screens.stale import SIGNS, Versions, notice
from tui.widgets.form_input import FormInput
from tui.widgets.key_bar import KeyBar
from tui.words import cell_word, field_word, stored_cell


class FormDialog(BaseDialog[Any]):
    """Every field of something as text; answers with the stored view, or None when left.

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

    LONGEST = 500

    def __init__(self, gateway: Gateway, view: Any, cells: Mapping[str, str]) -> None:
        super().__init__()
        self.gateway = gateway
        self._view = view
        self._versions: dict[str, Versions] = {}
        self._cells = dict(cells)

    def columns(self) -> Sequence[Column]:
        """The fields, in order."""
        raise NotImplementedError

    def title_words(self) -> str:
        """What is being filled in, over the form."""
        raise NotImplementedError

    def name_of(self, view: Any) -> str:
        """What people call the thing by: a code, a login."""
        raise NotImplementedError

    def read(self, typed: Mapping[str, str]) -> Any:
        """What was typed, checked: a draft."""
        raise NotImplementedError

    def cells_of(self, value: Any) -> dict[str, str]:
        """A draft or a view as cells, each under the name of its field."""
        raise NotImplementedError

    def shown(self, name: str, cell: str) -> str:
        """A cell in the words that people use; what is shown is read back."""
        return cell_word(name, cell)

    async def store(self, draft: Any) -> Any:
        """Save a draft; the view of what was stored."""
        raise NotImplementedError

    async def fetch(self) -> tuple[str, Any]:
        """Whoever saved last, and what is stored now."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """A label and an input for each field."""
        with Vertical(id="record"):
            with VerticalScroll(can_focus=False):
                for column in self.columns():
                    with Horizontal(classes="record-row"):
                        star = " *" if column.is_required else ""
                        yield Static(
                            plain(field_word(column.name) + star),
                            id=f"label-{column.name}",
                            classes="record-label",
                        )
                        yield FormInput(
                            column.name,
                            value=self.shown(column.name, self._cells.get(column.name, "")),
                            longest=self.LONGEST,
                            placeholder=" | ".join(
                                self.shown(column.name, word) for word in column.allowed
                            ),
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
        self.query_one("#record").border_title = titled(self.title_words())
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

    def _stored(self, typed: Mapping[str, str]) -> dict[str, str]:
        """What was typed, words that `shown` has for what is stored taken for that."""
        found = dict(typed)
        for column in self.columns():
            text, name = found[column.name], column.name
            words = {self.shown(name, word).casefold(): word for word in column.allowed}
            found[name] = words.get(text.casefold()) or stored_cell(name, text)
        return found

    @work(group="save")
    async def _save(self, typed: dict[str, str]) -> None:
        try:
            draft = self.read(self._stored(typed))
            saved = await self.store(draft)
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
            who, view = await self.fetch()
        except DuijieError as error:
            self._tell(sentence(error))
            return
        theirs = self.cells_of(view)
        found = merge(self._cells, self.cells_of(draft), theirs)
        self._view, self._cells = view, theirs
        both = dict(found.both)
        for name, (was, other) in found.theirs.items():
            field = self.query_one(f"#{name}", FormInput)
            if field.value.strip() != typed[name]:  # written while it was being saved
                both[name] = (field.value, other)
                continue
            versions = Versions(SIGNS["theirs"], self.shown(name, was), self.shown(name, other))
            self._versions[name] = versions
            field.value = versions.theirs
        asked = {
            name: Versions(SIGNS["both"], self.shown(name, mine), self.shown(name, other))
            for name, (mine, other) in both.items()
        }
        self._versions = {**asked, **{n: v for n, v in self._versions.items() if n not in asked}}
        told = _("{who} has saved {code} meanwhile. Yours | theirs:")
        told = told.format(who=who, code=self.name_of(view))
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
