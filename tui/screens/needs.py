"""Needs: the list above, quick registration below."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from store.errors import DuijieError
from store.schemas.records import NeedView
from store.services import dealing, filters, records, reference, undoing
from store.services.filters import NeedFilter
from tui import watching
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import clean
from tui.screens.confirmed import ConfirmedDialog
from tui.screens.filtering import FilterDialog
from tui.screens.paste import PasteDialog
from tui.screens.record import CountDialog, RecordDialog
from tui.screens.registering import RegisteringScreen
from tui.typed import read_filter
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row
from tui.words import field_word, level_short, value_word, weekly_word

_PAGE = 200
_MANY = 20  # from here on the number must be typed before all are withdrawn


class NeedsScreen(RegisteringScreen):
    """Where an operator spends the morning: a firm's call becomes a need."""

    CSS_PATH = "needs.tcss"
    AUTO_FOCUS = "#needs"
    TITLE_WORD = "needs"
    PURPOSE = mark(
        "Needs: register what firms ask for, then match. Letters, sentences and pasted tables are all read."
    )
    KINDS_SHOWN = frozenset({"need", "enterprise"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,r", "reload", mark("Reload"), id="needs.reload"),
        Binding("f6,m", "app.go('match')", mark("Match"), id="needs.match"),
        Binding("e", "edit", mark("Edit"), id="needs.edit"),
        Binding("f", "filter", mark("Filter"), id="needs.filter"),
        Binding("a", "confirmed", mark("Confirmed words"), show=False, id="needs.confirmed"),
        Binding("delete,x", "withdraw", mark("Withdraw"), id="needs.withdraw"),
        Binding("o", "move", mark("Open or close"), show=False, id="needs.move"),
        Binding("u", "undo", mark("Undo"), id="needs.undo"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._coming: str | None = None  # saved, but not read into the list yet
        self._after = ""
        self._total = 0
        self._done_last: tuple[str, ...] = ()  # what `u` takes back
        self._words = ""
        self._wanted = NeedFilter()

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
                can_mark=True,
            )
        yield from self.desk()

    def on_screen_resume(self) -> None:
        """Back from another screen: the list as it is now, the form as it was."""
        self._load(self.keep or self.needs.code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """List keys act only outside the form."""
        if action in ("edit", "withdraw", "confirmed", "filter"):
            return not isinstance(self.focused, FormInput)
        if action == "undo":
            return bool(self._done_last) and not isinstance(self.focused, FormInput)
        return super().check_action(action, parameters)

    def registered(self, view: NeedView) -> None:
        """Show the new need, which can be taken back."""
        self._coming = view.code
        self._can_undo((view.code,))
        self._load()

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
            told = _("No need yet: F2 registers the first, demo data come with `duijie demo`.")
            self.tell(_("Nothing fits the filter: f changes it.") if self._words else told)

    async def reread(self, kinds: frozenset[str]) -> None:
        """The list as it is now."""
        await self._read()

    async def _read(self, keep: str | None = None) -> None:
        wanted = self._wanted
        page = await self.gateway.read(
            filters.page, wanted, by=self.gateway.by, limit=self.needs.room(_PAGE)
        )
        if self.is_gone or wanted != self._wanted:
            return
        self._after = page.after
        rows = [_row(view) for view in page.items]
        self.needs.update(rows, is_complete=not page.after, keep=self._coming or keep)
        if self._coming in {row.code for row in rows}:  # an older reading does not have it yet
            self._coming = None
        self._total = page.total
        self._title()

    @on(RecordList.Marked)
    def _title(self) -> None:
        title = _("Needs {total}").format(total=self._total)
        if self._words:
            title += " " + _("filter: {words}").format(words=self._words)
        if self.needs.marked:
            title += " " + _("marked: {count}").format(count=len(self.needs.marked))
        panel = self.query_one("#list-panel")
        if panel.border_title != title:
            panel.border_title = clean(title)

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
            filters.page, self._wanted, by=self.gateway.by, after=self._after, limit=_PAGE
        )
        self._after = page.after
        self.needs.append([_row(view) for view in page.items], is_complete=not page.after)

    @on(RecordList.Chosen, "#needs")
    def _open(self) -> None:
        self.call_later(self.run_action, "app.go('match')")

    def action_reload(self) -> None:
        """Read the list again, keep the cursor."""
        self._load(self.needs.code)

    def action_filter(self) -> None:
        """Only some of the needs, while words for them are typed; filters can be kept."""
        self._filter()

    @work(exclusive=True, group="dialog")
    async def _filter(self) -> None:
        words = "" if self._wanted.codes else self._words
        dialog = FilterDialog(self.gateway, words, self.narrow)
        words = await self.app.push_screen_wait(dialog)
        if words is not None:
            self.narrow(words)
            await watching.visit(self.gateway, words)

    def narrow(self, words: str) -> None:
        """Show the needs that words describe; empty words show all."""
        self._words, self._wanted = words.strip(), read_filter(words)
        self._load(self.needs.code)

    def narrow_to(self, codes: tuple[str, ...], label: str) -> None:
        """Show just these needs, under a label."""
        self._words, self._wanted = label, NeedFilter(codes=codes)
        self._load(codes[0] if codes else None)

    @on(FormInput.RowsPasted)
    @work(exclusive=True, group="dialog")
    async def _paste(self, event: FormInput.RowsPasted) -> None:
        stored = await self.app.push_screen_wait(PasteDialog(self.gateway, event.text))
        if stored:
            self._can_undo(stored)
            self.tell(_("✓ {count} needs registered. u takes them back.").format(count=len(stored)))
            self._load(stored[-1])

    # What is done to many, and taking it back.

    def _can_undo(self, codes: tuple[str, ...]) -> None:
        self._done_last = codes
        self.refresh_bindings()

    def action_undo(self) -> None:
        """Take back what was last registered or withdrawn here."""
        self._undo(self._done_last)

    @work(group="save")
    async def _undo(self, codes: tuple[str, ...]) -> None:
        self._can_undo(())
        try:
            now = await self.gateway.read(reference.now)
            acts = await self.gateway.write(
                undoing.undo, "need", codes, by=self.gateway.by, now=now
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
        self._load(codes[0])

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
        """Take the marked needs, else the one under the cursor, out of use; `u` takes it back."""
        if self.needs.chosen:
            self._withdraw(self.needs.chosen)

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
    async def _withdraw(self, codes: tuple[str, ...]) -> None:
        try:
            if len(codes) > _MANY and not await self.app.push_screen_wait(CountDialog(len(codes))):
                return
            await self.gateway.write(
                undoing.withdraw_many, "need", codes, by=self.gateway.by, reason=""
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.needs.unmark()
        self._can_undo(codes)
        self.tell(_("{codes}: withdrawn. u takes it back.").format(codes=_few(codes)))
        self._load(codes[0])


def _few(codes: tuple[str, ...]) -> str:
    """Some codes and how many more there are."""
    shown = "、".join(codes[:3])
    return (
        shown
        if len(codes) <= 3
        else _("{codes} and {more} more").format(codes=shown, more=len(codes) - 3)
    )


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
