"""Quick registration: a form beside a live check, in which nothing typed is ever lost."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import uuid4

from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from store.errors import DuijieError
from store.schemas.fields import LADDER
from store.schemas.records import NeedView
from store.services import filing, learning, needs, records
from store.services.kinds import kind_named
from store.services.needs import LiveCheck
from store.services.rights import Act, reach
from store.services.sentences import ReadField
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.need_reading import ReadNeed, UnclearError, cell_cause, read_need
from tui.safe import plain, titled
from tui.screens.reversible import ReversibleScreen
from tui.widgets.choices import Choice, Choices
from tui.widgets.form_input import FormInput, FormLabel
from tui.widgets.record_list import RecordList
from tui.words import cell_word, field_word, level_word

TYPING_PAUSE = 0.15
ROWS = (
    (("enterprise", 60),),
    (("text", 500),),
    (("heads", 20), ("level", 20), ("certificate", 4)),
    (("earliest", 20), ("latest", 20)),
    (("weekly", 120),),
    (("area", 40), ("max_travel_km", 20)),
    (("budget", 20), ("min_practice_hours", 20)),
    (("mode", 20), ("can_split", 4)),
)
FIELDS = tuple(name for row in ROWS for name, _ in row)
_SAVING = ("budget", FIELDS[-1])  # Enter saves here; Tab goes on to what is seldom said
_SIGNS = ("certificate", "can_split")  # typed as 0 or 1, which is quicker than a word
_STICKY = ("earliest", "area", "max_travel_km")


@dataclass
class _Typed:
    """A form as it was when it was to be saved; `causes` says what is wrong with which field."""

    cells: dict[str, str]
    occupation: str | None
    request: str
    seconds: float = 0
    unwritten: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    causes: dict[str, str] = field(default_factory=dict)


class RegisteringScreen(ReversibleScreen):
    """A screen with the registration form; what is saved goes to `registered`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Keys that move the focus are handled before the next key is sent on: see docs/decisions/0004.
        Binding(
            "f2",
            "register",
            mark("Register"),
            priority=True,
            tooltip=mark("Register a need"),
            id="needs.register",
        ),
        Binding("n", "register", mark("Register"), show=False, id="needs.register_letter"),
        Binding(
            "f3",
            "duplicate",
            mark("Repeat"),
            priority=True,
            tooltip=mark("Repeat the last need in the form"),
            id="needs.duplicate",
        ),
        Binding("d", "duplicate", mark("Repeat"), show=False, id="needs.duplicate_letter"),
        Binding("ctrl+r", "repeat_field", mark("Field again"), priority=True, id="form.repeat"),
        Binding(
            "f4,ctrl+b",
            "recall",
            mark("Bring back"),
            priority=True,
            show=False,
            id="form.recall",
        ),
        Binding("ctrl+s", "save", mark("Save"), priority=True, id="needs.save"),
        Binding("enter", "advance", mark("Next field"), priority=True, show=False, id="form.next"),
        Binding("down", "choose(1)", mark("Candidates"), priority=True, show=False, id="form.down"),
        Binding("up", "choose(-1)", mark("Candidates"), priority=True, show=False, id="form.up"),
        Binding("escape", "leave_form", mark("List"), priority=True, id="form.leave"),
    ]

    needs = getters.query_one("#needs", RecordList)
    choices = getters.query_one("#choices", Choices)
    live = getters.query_one("#live", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.may_register = reach(gateway.by, Act.REGISTER, "need") is not None
        self._held: _Typed | None = None
        self._confirmed_text = ""
        self._saving = asyncio.Lock()
        self._pending = 0  # records taken from the form whose saving has not ended
        self._kept: dict[str, str] | None = None
        self._began = 0.0
        self._seconds: list[float] = []
        self._saved = 0
        self._request = uuid4().hex
        self._check: LiveCheck | None = None
        self._checked = ""
        self._occupation: str | None = None
        self._last: NeedView | None = None
        self._here: Widget | None = None

    def registered(self, view: NeedView) -> None:
        """A need was stored."""

    def desk(self) -> ComposeResult:
        """The form, and what is found while it is filled in."""
        with Horizontal(id="desk"):
            with Vertical(id="form", classes="panel"):
                for row in ROWS:
                    with Horizontal(classes="form-row"):
                        for name, longest in row:
                            yield FormLabel(name)
                            yield FormInput(name, longest=longest, takes_rows=True)
            with Vertical(id="check", classes="panel"):
                yield Choices(id="choices")
                yield Static(id="live")

    def on_mount(self) -> None:
        """Titles, sticky defaults, and what a lost session left in the form."""
        super().on_mount()
        self.query_one("#desk").display = self.may_register
        self.query_one("#form").border_title = titled(_("Quick registration"))
        self.query_one("#check").border_title = titled(_("Live check"))
        self._field("earliest").begin(self.gateway.today.isoformat())
        for name in _SIGNS:
            self._field(name).placeholder = "0/1"
        self._bring_draft()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Form keys act only inside the form."""
        if action in ("register", "duplicate") and not self.may_register:
            return False
        in_form = isinstance(self.focused, FormInput)
        if action in ("advance", "leave_form", "save", "repeat_field"):
            return in_form
        if action == "choose":
            return in_form and bool(self.choices.items)
        return super().check_action(action, parameters)

    def _field(self, name: str) -> FormInput:
        return self.query_one(f"#{name}", FormInput)

    def _cells(self) -> dict[str, str]:
        return {name: self._field(name).value for name in FIELDS}

    def action_register(self) -> None:
        """Into the form, to its first empty field."""
        self.set_focus(self._field("enterprise"))

    def action_leave_form(self) -> None:
        """Back to the list; what was typed stays."""
        self.set_focus(self.needs)

    def action_advance(self) -> None:
        """Take the candidate under the cursor, then the next field; the last ones save."""
        field = self.focused
        if not isinstance(field, FormInput):
            return
        chosen = self.choices.taken()
        if chosen is not None:
            self._adopt(field, chosen)
        if field.field in _SAVING:
            self.action_save()
        else:
            self._step(field)

    def _step(self, field: FormInput) -> None:
        following = FIELDS[(FIELDS.index(field.field) + 1) % len(FIELDS)]
        self.set_focus(self._field(following))

    def action_choose(self, step: int) -> None:
        """Move among the candidates of the field."""
        self.choices.move(step)

    def _adopt(self, field: FormInput, choice: Choice) -> None:
        if field.field == "enterprise":
            field.value = choice.code
        elif field.field == "text":
            self._occupation = choice.code
            self._confirmed_text = field.value.strip()
            self.tell(_("Occupation confirmed: {name}").format(name=choice.title))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        field = event.input
        if not isinstance(field, FormInput):
            return
        if not self._began and not field.is_read and field.value:
            self._began = time.monotonic()
        field.remove_class("-wrong")
        field.set_class(field.is_read, "-read")
        self.query_one(f"#label-{field.field}", FormLabel).mark(is_read=field.is_read)
        if field.field in ("enterprise", "text"):
            if field.field == "text" and field.value.strip() != self._confirmed_text:
                self._occupation = None
            self.choices.add_class("-stale")
            self._look()

    def on_descendant_focus(self) -> None:
        """Candidates belong to the focused field; what stands in the fields is kept for a lost connection."""
        left, self._here = self._here, self.focused
        if isinstance(left, FormInput):
            left.call_later(self._check_left, left)  # behind the keys that are on their way to it
        self._show_choices()
        self.refresh_bindings()
        self.keep_draft()

    def _check_left(self, field: FormInput) -> None:
        """Say at once what is wrong with a field that was left; it can be mended at any time."""
        why = cell_cause(field.field, field.value, self.gateway.today)
        if why and not self.is_gone:
            field.add_class("-wrong")
            self.tell(f"{field_word(field.field)}: {why}", is_failure=True)

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        """Each key cancels the look-up before it, so an old answer is never shown."""
        await asyncio.sleep(TYPING_PAUSE)
        text = self._field("text").value
        try:
            self._check = await self.gateway.read(
                needs.check,
                self._field("enterprise").value,
                text,
                by=self.gateway.by,
                today=self.gateway.today,
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        self._prefill(text, self._check.read)
        self._checked = text
        self._take_number()
        self.choices.remove_class("-stale")
        self._show_choices()

    def _take_number(self) -> None:
        """`rpjm2`: the second firm that these letters found."""
        firm = self._field("enterprise")
        number = needs.numbered(firm.value)[1]
        found = self._check.enterprises if self._check else ()
        if number is not None and number <= len(found):
            firm.value = found[number - 1].code

    def _prefill(self, text: str, read: Sequence[ReadField]) -> None:
        """Fields that the sentence states, where the person has not written and is not writing."""
        if self._field("text").value != text:
            return
        stated = {item.field: item for item in read if item.cell}
        for name in FIELDS:
            field = self._field(name)
            if name != "text" and field is not self.focused:
                field.fill(_shown(name, stated[name].cell) if name in stated else None)

    def _show_choices(self) -> None:
        focused = self.focused
        check = self._check
        items: list[Choice] = []
        if check is not None and isinstance(focused, FormInput):
            if focused.field == "enterprise":
                items = [Choice(h.code, h.title, h.score) for h in check.enterprises]
            elif check.resolution is not None:
                items = [Choice(m.code, m.name, m.score) for m in check.resolution.matches]
        self.choices.show(items, chosen=self._occupation)
        self.live.update(self._live_text())

    def _live_text(self) -> Text:
        check = self._check
        if check is None:
            return plain("")
        lines = [f"= {check.spelled.text}"] if check.spelled and check.spelled.text else []
        firm = needs.sure_enterprise(check.enterprises)
        if firm is not None and not self._is_in("enterprise"):
            lines.insert(0, f"{firm.code} {firm.title}")
        level = next((one.cell for one in check.read if one.field == "level"), "")
        if level:
            lines.append(_("Level read: {level}").format(level=level_word(LADDER.index(level) + 1)))
        if check.resolution is not None and check.resolution.is_ambiguous and not self._occupation:
            lines.append(_("? Several occupations are possible: ↓ and Enter choose."))
        for same in check.duplicates[:2]:
            lines.append(
                _("! Perhaps the same: {code} {heads} heads, {by} {day:%m-%d}").format(
                    code=same.code, heads=same.heads, by=same.by, day=same.at
                )
            )
        return plain("\n".join(lines))

    def _is_in(self, name: str) -> bool:
        """Whether the focus is in that field, whose candidates are shown above."""
        return isinstance(self.focused, FormInput) and self.focused.field == name

    def action_duplicate(self) -> None:
        """The last registered need, or the one under the cursor, once more in the form."""
        self._fill_from_cursor()

    @work(exclusive=True, group="fill")
    async def _fill_from_cursor(self) -> None:
        if self._is_begun():
            self.tell(_("The form is not empty: save it first, or clear it."), is_failure=True)
            return
        cells = await self._cells_of_last()
        if cells is None:
            return
        for name in FIELDS:
            self._field(name).value = cells[name]
        self.set_focus(self._field("text"))

    async def _cells_of_last(self) -> dict[str, str] | None:
        """The last registered need, or the one under the cursor, as cells of the form."""
        code = self._last.code if self._last else self.needs.code
        if code is None:
            return None
        try:
            view = await self.gateway.read(records.fetch, "need", code, by=self.gateway.by)
            cells = filing.named_cells(kind_named("need"), view)
            areas = await self.gateway.read(needs.find_area, cells["area"])
        except DuijieError as error:
            self.tell_failure(error)
            return None
        for name in _SIGNS:
            cells[name] = "1" if cells[name] == "1" else ""  # not said comes back as not said
        cells["area"] = areas[0][1] if len(areas) == 1 else cells["area"]
        return {name: _shown(name, cells[name]) for name in FIELDS}

    def action_repeat_field(self) -> None:
        """What the last need has in this field, then the next field."""
        if isinstance(self.focused, FormInput):
            self._repeat(self.focused)
            self._step(self.focused)

    @work(group="fill")
    async def _repeat(self, field: FormInput) -> None:
        cells = await self._cells_of_last()
        if cells is not None and not field.value.strip():
            field.value = cells[field.field]

    def action_save(self) -> None:
        """Take the form as typed up to this key; keys typed after it are already the next record's."""
        typed = _Typed({}, self._occupation, self._request)
        checked = self._checked.strip()  # what its sentence states stands in the fields already
        typed.seconds = time.monotonic() - self._began if self._began else 0
        self._occupation, self._request, self._check = None, uuid4().hex, None
        self._pending += 1

        def take(field: FormInput) -> None:
            self._began = 0.0
            text = typed.cells.get("text", self._field("text").value)
            if field.is_unwritten and (text.strip() != checked or field.field == "heads"):
                typed.unwritten.add(field.field)
            if field.is_read:
                typed.read.add(field.field)
            typed.cells[field.field] = field.take(is_sticky=field.field in _STICKY)
            field.remove_class("-wrong")

        for name in FIELDS:
            self._field(name).call_later(take, self._field(name))
        self.set_focus(self._field("enterprise"))
        self._save(typed, time.perf_counter())

    def register_line(self, cells: Mapping[str, str]) -> None:
        """Register what a typed line says; what is wrong with it comes into the form."""
        typed = _Typed({name: cells.get(name, "") for name in FIELDS}, None, uuid4().hex)
        typed.cells["earliest"] = typed.cells["earliest"] or self.gateway.today.isoformat()
        typed.unwritten = {name for name in FIELDS if not cells.get(name)}
        self._pending += 1
        self._save(typed, time.perf_counter())

    @work(group="save")
    async def _save(self, typed: _Typed, started: float) -> None:
        while len(typed.cells) < len(FIELDS):
            await asyncio.sleep(0)
        try:
            async with self._saving:  # one after another, in the order of the keys
                found = await read_need(
                    self.gateway,
                    typed.cells,
                    unwritten=typed.unwritten,
                    occupation=typed.occupation,
                )
                view = await self.gateway.write(
                    records.register, found.draft, by=self.gateway.by, request=typed.request
                )
        except UnclearError as error:
            typed.causes.update(error.causes)
            if error.parts:  # what was read of the whole is not to stay as if it had been written
                typed.cells |= dict.fromkeys(typed.read - {"enterprise"}, "")
            name, why = next(iter(typed.causes.items()))
            self._give_back(typed, f"{field_word(name)}: {why}")
            if error.parts and typed is not self._held:
                said = [name for name in FIELDS if name not in typed.read - {"enterprise"}]
                rows = [{**typed.cells, **part} for part in error.parts]
                table = [said, *([row[name] for name in said] for row in rows)]
                pasted = "\n".join(map("\t".join, table))
                self.post_message(FormInput.RowsPasted(pasted, is_form=True))
        except DuijieError as error:
            self._give_back(typed, sentence(error))
        else:
            taught = await self._taught(view.code) if typed.occupation else ""
            self._done(view, typed, found, taught, started)
        finally:
            self._pending -= 1
            self.keep_draft()

    def _is_begun(self) -> bool:
        """Whether something other than the sticky fields stands in the form."""
        return any(self._field(name).value.strip() for name in FIELDS if name not in _STICKY)

    def _give_back(self, typed: _Typed, told: str) -> None:
        """Put what could not be stored back into the form, or hold it while the next is being typed."""
        if self.is_gone:
            return
        if self._is_begun():
            self._held = typed
            self.tell(_("Not saved: {why} F4 brings it back.").format(why=told), is_failure=True)
            return
        for name in FIELDS:
            self._field(name).value = typed.cells[name]
            self._field(name).set_class(name in typed.causes, "-wrong")
        self._occupation = typed.occupation
        self._confirmed_text = typed.cells["text"]
        self._request = typed.request
        first = next((name for name in FIELDS if name in typed.causes), "enterprise")
        self.set_focus(self._field(first))
        self.tell(told, is_failure=True)

    def clear_form(self) -> None:
        """Begin a new record: what stood here is registered otherwise."""
        for name in FIELDS:
            self._field(name).begin(self.gateway.today.isoformat() if name == "earliest" else "")

    def action_recall(self) -> None:
        """What could not be saved, and what stands in the form, change places."""
        if self._held is None:
            return
        held, cells = self._held, {name: self._field(name).value for name in FIELDS}
        begun = self._is_begun()
        self._held = _Typed(cells, self._occupation, self._request) if begun else None
        for name in FIELDS:
            self._field(name).begin("")
        self._give_back(held, _("This was not saved yet."))

    async def _taught(self, code: str) -> str:
        """The words that a confirmed occupation added to the dictionary."""
        found = await self.gateway.read(learning.confirmations, by=self.gateway.by, record=code)
        told = _(" “{words}” is remembered as {name}.")
        return "".join(told.format(words=item.words, name=item.name) for item in found)

    def _done(
        self, view: NeedView, typed: _Typed, found: ReadNeed, taught: str, started: float
    ) -> None:
        if self.is_gone:
            return
        self._last = view
        if typed.seconds:
            self._seconds.append(typed.seconds)
        told = _("✓ {code} saved in {ms:.0f} ms.").format(
            code=view.code, ms=1000 * (time.perf_counter() - started)
        )
        unseen = {name: cell for name, cell in found.read.items() if cell != typed.cells[name]}
        read = _told_cells(
            {"text": view.text, **unseen} if view.text != typed.cells["text"] else unseen
        )
        if read:
            told += _(" Read from your words: {fields}.").format(fields=read)
        self._saved += 1
        if self._saved > 1:
            told += _(" Record {count} at this desk, {seconds:.0f} s in the middle.").format(
                count=self._saved, seconds=statistics.median(self._seconds or [0])
            )
        self.tell(told + taught)
        self.registered(view)

    # What is kept for a lost connection.

    def keep_draft(self) -> None:
        """Write what stands in the form, or that nothing does once all is saved."""
        if self.is_gone:
            return
        cells = self._cells() if self._is_begun() else None
        if cells == self._kept or (cells is None and self._pending):
            return
        self._kept = cells
        self._write_draft(cells)

    @work(group="draft")
    async def _write_draft(self, cells: dict[str, str] | None) -> None:
        await asyncio.to_thread(self.gateway.remembered.put_draft, "need", cells)

    @work(group="draft")
    async def _bring_draft(self) -> None:
        cells = await asyncio.to_thread(self.gateway.remembered.left_draft, "need")
        if cells is None or self.is_gone or self._is_begun():
            return
        for name in FIELDS:
            if name in cells:
                self._field(name).value = cells[name]
        self._kept = self._cells()
        self.tell(_("The form holds what was typed before the connection was lost: F2 goes on."))


def _shown(name: str, cell: str) -> str:
    """A cell as the form has it."""
    return cell if name in _SIGNS else cell_word(name, cell)


def _told_cells(cells: Mapping[str, str]) -> str:
    return "、".join(f"{field_word(name)} {cell_word(name, cell)}" for name, cell in cells.items())
