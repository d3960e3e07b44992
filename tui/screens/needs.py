"""Needs: the list, and quick registration with a live check beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import uuid4

from pydantic import ValidationError
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from store.errors import DuijieError
from store.schemas.records import NeedDraft, NeedView, OccupationPart
from store.services import dealing, filing, learning, needs, records, reference
from store.services.kinds import kind_named
from store.services.needs import LiveCheck
from store.services.sentences import ReadField
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import field_causes, sentence
from tui.safe import plain
from tui.screens.base import BaseScreen
from tui.screens.confirmed import ConfirmedDialog
from tui.screens.record import ConfirmDialog, RecordDialog
from tui.typed import read_day, read_weekly
from tui.widgets.choices import Choice, Choices
from tui.widgets.form_input import FormInput, FormLabel
from tui.widgets.record_list import RecordList, Row
from tui.words import cell_word, field_word, level_short, level_word, value_word, weekly_word

TYPING_PAUSE = 0.15
_PAGE = 200
_ROWS = (
    (("enterprise", 60),),
    (("text", 500),),
    (("heads", 4), ("level", 8), ("certificate", 2)),
    (("earliest", 12), ("latest", 12)),
    (("weekly", 120),),
    (("area", 40), ("max_travel_km", 6)),
    (("budget", 10), ("min_practice_hours", 4)),
    (("mode", 8), ("can_split", 2)),
)
_FIELDS = tuple(name for row in _ROWS for name, _ in row)
_SAVING = ("budget", _FIELDS[-1])  # Enter saves here; Tab goes on to what is seldom said
_STICKY = ("earliest", "area", "max_travel_km")


class _UnclearError(Exception):
    """A word in the form fits several records, or none."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(field)
        self.field = field
        self.why = why


@dataclass
class _Typed:
    """A form as it was when it was to be saved; `causes` says what is wrong with which field."""

    cells: dict[str, str]
    occupation: str | None
    request: str
    causes: dict[str, str] = field(default_factory=dict)


class NeedsScreen(BaseScreen[None]):
    """Where an operator spends the morning: a firm's call becomes a need."""

    CSS_PATH = "needs.tcss"
    AUTO_FOCUS = "#needs"
    TITLE_WORD = "needs"
    KINDS_SHOWN = frozenset({"need", "enterprise"})
    BINDINGS: ClassVar[list[BindingType]] = [
        # Keys that move the focus are handled before the next key is sent on: see docs/decisions/0004.
        Binding("f2", "register", mark("Register"), priority=True, id="needs.register"),
        Binding("n", "register", mark("Register"), show=False, id="needs.register_letter"),
        Binding("f3", "duplicate", mark("Repeat"), priority=True, id="needs.duplicate"),
        Binding("d", "duplicate", mark("Repeat"), show=False, id="needs.duplicate_letter"),
        Binding("f5,r", "reload", mark("Reload"), id="needs.reload"),
        Binding("f6,m", "app.go('match')", mark("Match"), id="needs.match"),
        Binding("e", "edit", mark("Edit"), id="needs.edit"),
        Binding("a", "confirmed", mark("Confirmed words"), show=False, id="needs.confirmed"),
        Binding("delete,x", "withdraw", mark("Withdraw"), id="needs.withdraw"),
        Binding("o", "move", mark("Open or close"), show=False, id="needs.move"),
        Binding("f4", "recall", mark("Bring back"), priority=True, show=False, id="form.recall"),
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
        self.keep: str | None = None
        self._coming: str | None = None  # saved, but not read into the list yet
        self._held: _Typed | None = None
        self._confirmed_text = ""
        self._saving = asyncio.Lock()
        self._after = ""
        self._saved = 0
        self._request = uuid4().hex
        self._check: LiveCheck | None = None
        self._occupation: str | None = None
        self._last: NeedView | None = None

    @property
    def need_code(self) -> str | None:
        """The need that was just saved, else the one under the cursor."""
        return self._coming or self.needs.code

    def body(self) -> ComposeResult:
        """List above, form and live check below."""
        with Vertical(id="list-panel", classes="panel"):
            yield RecordList(
                [
                    _("Code"),
                    _("State"),
                    _("Heads"),
                    field_word("level"),
                    _("Enterprise"),
                    field_word("text"),
                ],
                [7, 6, 4, 4, 16],
                id="needs",
            )
        with Horizontal(id="desk"):
            with Vertical(id="form", classes="panel"):
                for row in _ROWS:
                    with Horizontal(classes="form-row"):
                        for name, longest in row:
                            yield FormLabel(name)
                            yield FormInput(name, longest=longest)
            with Vertical(id="check", classes="panel"):
                yield Choices(id="choices")
                yield Static(id="live")

    def on_mount(self) -> None:
        """Titles, sticky defaults, and the list."""
        super().on_mount()
        self.query_one("#form").border_title = _("Quick registration")
        self.query_one("#check").border_title = _("Live check")
        self._field("earliest").begin(self.gateway.today.isoformat())
        for name in ("certificate", "can_split"):
            self._field(name).placeholder = "0/1"

    def on_screen_resume(self) -> None:
        """Back from another screen: the list as it is now, the form as it was."""
        self._load(self.keep or self.needs.code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Form keys act only inside the form, list keys only outside."""
        in_form = isinstance(self.focused, FormInput)
        if action in ("advance", "leave_form", "save"):
            return in_form
        if action == "choose":
            return in_form and bool(self.choices.items)
        if action in ("edit", "withdraw", "confirmed"):
            return not in_form
        return True

    def _field(self, name: str) -> FormInput:
        return self.query_one(f"#{name}", FormInput)

    # The list.

    @work(exclusive=True, group="list")
    async def _load(self, keep: str | None = None) -> None:
        try:
            async with self.reading:
                await self._read(keep)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone and not self.needs.rows:
            self.tell(_("No need yet: F2 registers the first."))

    async def reread(self, kinds: frozenset[str]) -> None:
        """The list as it is now."""
        await self._read()

    async def _read(self, keep: str | None = None) -> None:
        page = await self.gateway.read(
            records.page,
            "need",
            by=self.gateway.by,
            limit=self.needs.room(_PAGE),
            newest_first=True,
        )
        if self.is_gone:
            return
        self._after = page.after
        rows = [_row(view) for view in page.items]
        self.needs.update(rows, is_complete=not page.after, keep=self._coming or keep)
        if self._coming in {row.code for row in rows}:  # an older reading does not have it yet
            self._coming = None
        title = _("Needs {total}").format(total=page.total)
        if self.query_one("#list-panel").border_title != title:
            self.query_one("#list-panel").border_title = title

    @on(RecordList.MoreWanted)
    @work(exclusive=True, group="more")
    async def _load_more(self) -> None:
        try:
            async with self.reading:
                await self._read_more()
        except DuijieError as error:
            self.tell_failure(error)

    async def _read_more(self) -> None:
        if not self._after:  # a reading in between has come to the end
            return
        page = await self.gateway.read(
            records.page,
            "need",
            by=self.gateway.by,
            after=self._after,
            limit=_PAGE,
            newest_first=True,
        )
        self._after = page.after
        self.needs.append([_row(view) for view in page.items], is_complete=not page.after)

    @on(RecordList.Chosen, "#needs")
    def _open(self) -> None:
        self.call_later(self.run_action, "app.go('match')")

    def action_reload(self) -> None:
        """Read the list again, keep the cursor."""
        self._load(self.needs.code)

    # The form.

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
            self.set_focus(self._field(_FIELDS[_FIELDS.index(field.field) + 1]))

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
        field.set_class(field.is_read, "-read")
        self.query_one(f"#label-{field.field}", FormLabel).mark(is_read=field.is_read)
        if field.field in ("enterprise", "text"):
            field.remove_class("-wrong")
            if field.field == "text" and field.value.strip() != self._confirmed_text:
                self._occupation = None
            self.choices.add_class("-stale")
            self._look()

    @on(FormInput.Cut)
    def _cut(self, event: FormInput.Cut) -> None:
        self.tell(
            _("The pasted text is too long: {count} characters were left out.").format(
                count=event.left_out
            ),
            is_failure=True,
        )

    def on_descendant_focus(self) -> None:
        """Candidates belong to the focused field."""
        self._show_choices()
        self.refresh_bindings()

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
        self.choices.remove_class("-stale")
        self._show_choices()

    def _prefill(self, text: str, read: Sequence[ReadField]) -> None:
        """Fields that the sentence states, where the person has not written and is not writing."""
        if self._field("text").value != text:
            return
        stated = {item.field: item for item in read if item.cell}
        for name in _FIELDS:
            field = self._field(name)
            if name != "text" and field is not self.focused:
                field.fill(cell_word(name, stated[name].cell) if name in stated else None)

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
        lines = []
        if check.resolution is not None and check.resolution.level:
            lines.append(_("Level read: {level}").format(level=level_word(check.resolution.level)))
        if check.resolution is not None and check.resolution.is_ambiguous and not self._occupation:
            lines.append(_("? Several occupations are possible: ↓ and Enter choose."))
        for same in check.duplicates[:2]:
            lines.append(
                _("! Perhaps the same: {code} {heads} heads, {by} {day:%m-%d}").format(
                    code=same.code, heads=same.heads, by=same.by, day=same.at
                )
            )
        return plain("\n".join(lines))

    def action_duplicate(self) -> None:
        """The last registered need, or the one under the cursor, once more in the form."""
        self._fill_from_cursor()

    @work(exclusive=True, group="fill")
    async def _fill_from_cursor(self) -> None:
        code = self._last.code if self._last else self.needs.code
        if code is None:
            return
        if self._is_begun():
            self.tell(_("The form is not empty: save it first, or clear it."), is_failure=True)
            return
        try:
            view = await self.gateway.read(records.fetch, "need", code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        cells = filing.named_cells(kind_named("need"), view)
        for name in ("certificate", "can_split"):
            cells[name] = "1" if cells[name] == "1" else ""  # not said comes back as not said
        if cells["area"]:
            areas = await self.gateway.read(needs.find_area, cells["area"])
            cells["area"] = areas[0][1] if len(areas) == 1 else cells["area"]
        for name in _FIELDS:
            self._field(name).value = cell_word(name, cells[name])
        self.set_focus(self._field("text"))

    def action_save(self) -> None:
        """Take the form as typed up to this key; keys typed after it are already the next record's."""
        typed = _Typed({}, self._occupation, self._request)
        self._occupation, self._request, self._check = None, uuid4().hex, None

        def take(field: FormInput) -> None:
            typed.cells[field.field] = field.take(is_sticky=field.field in _STICKY)
            field.remove_class("-wrong")

        for name in _FIELDS:
            self._field(name).call_later(take, self._field(name))
        self.set_focus(self._field("enterprise"))
        self._save(typed, time.perf_counter())

    @work(group="save")
    async def _save(self, typed: _Typed, started: float) -> None:
        while len(typed.cells) < len(_FIELDS):
            await asyncio.sleep(0)
        try:
            async with self._saving:  # one after another, in the order of the keys
                draft = await self._draft(typed.cells, typed.occupation)
                view = await self.gateway.write(
                    records.register, draft, by=self.gateway.by, request=typed.request
                )
        except _UnclearError as error:
            typed.causes[error.field] = error.why
        except ValidationError as error:
            typed.causes.update(field_causes(error))
        except DuijieError as error:
            self._give_back(typed, sentence(error))
            return
        else:
            taught = await self._taught(view.code) if typed.occupation else ""
            self._done(view, started, taught)
            return
        name, why = next(iter(typed.causes.items()))
        self._give_back(typed, f"{field_word(name)}: {why}")

    def _is_begun(self) -> bool:
        """Whether something other than the sticky fields stands in the form."""
        return any(self._field(name).value.strip() for name in _FIELDS if name not in _STICKY)

    def _give_back(self, typed: _Typed, told: str) -> None:
        """Put what could not be stored back into the form, or hold it while the next is being typed."""
        if self.is_gone:
            return
        if self._is_begun():
            self._held = typed
            self.tell(_("Not saved: {why} F4 brings it back.").format(why=told), is_failure=True)
            return
        for name in _FIELDS:
            self._field(name).value = typed.cells[name]
            self._field(name).set_class(name in typed.causes, "-wrong")
        self._occupation = typed.occupation
        self._confirmed_text = typed.cells["text"]
        self._request = typed.request
        first = next((name for name in _FIELDS if name in typed.causes), "enterprise")
        self.set_focus(self._field(first))
        self.tell(told, is_failure=True)

    def action_recall(self) -> None:
        """What could not be saved, and what stands in the form, change places."""
        if self._held is None:
            return
        held, cells = self._held, {name: self._field(name).value for name in _FIELDS}
        begun = self._is_begun()
        self._held = _Typed(cells, self._occupation, self._request) if begun else None
        for name in _FIELDS:
            self._field(name).begin("")
        self._give_back(held, _("This was not saved yet."))

    async def _draft(self, typed: dict[str, str], occupation: str | None) -> NeedDraft:
        """The typed words as a draft; firm and place must be clear."""
        cells: dict[str, object] = dict(typed)
        today = self.gateway.today
        cells["earliest"] = read_day(typed["earliest"], today)
        cells["latest"] = read_day(typed["latest"], today)
        cells["weekly"] = read_weekly(typed["weekly"])
        if typed["enterprise"]:
            hits = await self.gateway.read(
                needs.find_enterprises, typed["enterprise"], by=self.gateway.by
            )
            firm = needs.sure_enterprise(hits)
            if firm is None:
                why = _("several firms or none fit: choose with ↓ and Enter")
                raise _UnclearError("enterprise", why)
            cells["enterprise"] = firm.code
            if not typed["area"]:
                cells["area"] = await self.gateway.read(needs.area_of, firm.code)
        if typed["area"]:
            areas = await self.gateway.read(needs.find_area, typed["area"])
            if len(areas) != 1:
                names = "、".join(name for _code, name in areas[:5])
                raise _UnclearError(
                    "area", _("not one place of that name: {names}").format(names=names)
                )
            cells["area"] = areas[0][0]
        if occupation:
            cells["occupations"] = (
                OccupationPart(code=occupation, confirmed_by=self.gateway.by.login),
            )
        return NeedDraft.model_validate(cells)

    async def _taught(self, code: str) -> str:
        """The words that a confirmed occupation added to the dictionary."""
        found = await self.gateway.read(learning.confirmations, by=self.gateway.by, record=code)
        told = _(" “{words}” is remembered as {name}.")
        return "".join(told.format(words=item.words, name=item.name) for item in found)

    def _done(self, view: NeedView, started: float, taught: str) -> None:
        if self.is_gone:
            return
        self._saved += 1
        self._last = view
        self.tell(
            _("✓ {code} saved in {ms:.0f} ms. Registered in this session: {count}").format(
                code=view.code, ms=1000 * (time.perf_counter() - started), count=self._saved
            )
            + taught
        )
        self._coming = view.code
        self._load()

    def action_confirmed(self) -> None:
        """Words that people confirmed, to look at and take back."""
        self.app.push_screen(ConfirmedDialog(self.gateway))

    # Edit and withdraw.

    def action_edit(self) -> None:
        """The need under the cursor in a form of all its fields."""
        if self.needs.code:
            self._edit(self.needs.code)

    @work(exclusive=True, group="dialog")
    async def _edit(self, code: str) -> None:
        try:
            view = await self.gateway.read(records.fetch, "need", code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        saved = await self.app.push_screen_wait(RecordDialog(self.gateway, "need", view))
        if saved is not None:
            self.tell(_("✓ {code} saved.").format(code=saved.code))
            self._load(saved.code)

    def action_withdraw(self) -> None:
        """Take the need under the cursor out of use, after asking."""
        if self.needs.code:
            self._withdraw(self.needs.code)

    def action_move(self) -> None:
        """Open the need under the cursor again when it has expired, close it when it is delivered."""
        if self.needs.code:
            self._move_need(self.needs.code)

    @work(group="save")
    async def _move_need(self, code: str) -> None:
        by = self.gateway.by
        try:
            view = await self.gateway.read(records.fetch, "need", code, by=by)
            act = "close" if view.status == "delivered" else "open"
            now = await self.gateway.read(reference.now)
            status = await self.gateway.write(dealing.move_need, code, act, by=by, now=now)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.tell(f"✓ {code}: {value_word(status)}")
        self._load(code)

    @work(exclusive=True, group="dialog")
    async def _withdraw(self, code: str) -> None:
        question = _("Withdraw {code}? It stays readable, but is no longer matched.")
        try:
            view = await self.gateway.read(records.fetch, "need", code, by=self.gateway.by)
            if not await self.app.push_screen_wait(ConfirmDialog(question.format(code=code))):
                return
            await self.gateway.write(
                records.withdraw,
                "need",
                code,
                version=view.version,
                by=self.gateway.by,
                reason="",
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.tell(_("{code} withdrawn.").format(code=code))
        self._load(code)


def _row(view: NeedView) -> Row:
    times = weekly_word(view.weekly)
    return Row(
        view.code,
        (
            view.code,
            value_word(view.status),
            str(view.heads),
            level_short(view.level),
            view.enterprise_name,
            f"{view.text}  {times}",
        ),
    )
