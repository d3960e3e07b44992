"""Needs: the list above, quick registration below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from store.errors import DuijieError
from store.schemas.records import NeedView
from store.schemas.support import EndorsementDraft
from store.services import dealing, endorsements, filters, records, reference
from store.services.filters import NeedFilter
from store.services.rights import Act, Reach, reach
from tui import watching
from tui.gateway import Gateway
from tui.i18n import _, language, mark
from tui.safe import titled
from tui.screens.confirmed import ConfirmedDialog
from tui.screens.filtering import FilterDialog
from tui.screens.paste import PasteDialog
from tui.screens.record import RecordDialog
from tui.screens.registering import RegisteringScreen
from tui.typed import read_filter
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row
from tui.words import field_word, level_short, urgent_mark, value_word, weekly_word

_PAGE = 200
_KNOWN = 4  # associations that are named where one is asked for


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
        Binding("f", "filter", mark("Filter"), priority=True, id="needs.filter"),
        Binding("a", "confirmed", mark("Confirmed words"), show=False, id="needs.confirmed"),
        Binding("delete,x", "withdraw", mark("Withdraw"), id="needs.withdraw"),
        Binding("o", "move", mark("Open or close"), show=False, id="needs.move"),
        Binding("b", "endorse", mark("Endorse"), show=False, priority=True, id="needs.endorse"),
        Binding("l", "story", mark("Whole story"), show=False, id="needs.story"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._coming: str | None = None  # saved, but not read into the list yet
        self._after = ""
        self._total = 0
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
                [7, 6, 4, 4, 16] if language() == "zh" else [7, 9, 5, 5, 16],
                id="needs",
                can_mark=True,
            )
        yield from self.desk()

    def on_screen_resume(self) -> None:
        """Back from another screen: the list as it is now, the form as it was."""
        self._load(self.keep or self.needs.code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """List keys act only outside the form."""
        in_form = isinstance(self.focused, FormInput)
        if action in ("edit", "withdraw", "confirmed", "move"):
            return self.may_register and not in_form
        if action == "endorse":
            return reach(self.gateway.by, Act.EDIT, "association") is not None and not in_form
        if action == "filter":
            return not in_form
        if action == "leave_form":
            return in_form or bool(self.needs.marked or self._words)
        if action == "undo" and isinstance(self.focused, FormInput):
            return False
        return super().check_action(action, parameters)

    def registered(self, view: NeedView) -> None:
        """Show the new need, which can be taken back."""
        self._coming = view.code
        self.can_undo("need", (view.code,))
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
        wanted, coming = self._wanted, self._coming
        page = await self.gateway.read(
            filters.page, wanted, by=self.gateway.by, limit=self.needs.room(_PAGE)
        )
        if self.is_gone or wanted != self._wanted:
            return
        self._after = page.after
        rows = [_row(view) for view in page.items]
        self.needs.update(rows, is_complete=not page.after, keep=self._coming or keep)
        if (
            coming is not None and coming == self._coming
        ):  # a reading begun before it does not have it
            self._coming = None
            if coming not in {row.code for row in rows}:
                self.tell(
                    _("✓ {code} is saved, but the filter hides it: Esc shows all.").format(
                        code=coming
                    )
                )
        self._total = page.total
        self._title()

    @on(RecordList.Marked)
    def _title(self) -> None:
        if self.is_gone:
            return
        title = _("Needs {total}").format(total=self._total)
        if self._words:
            title += " " + _("filter: {words}").format(words=self._words)
        if self.needs.marked:
            title += " " + _("marked: {count}").format(count=len(self.needs.marked))
        panel = self.query_one("#list-panel")
        if panel.border_title != title:
            panel.border_title = titled(title)

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

    async def action_filter(self) -> None:
        """Only some of the needs, while words for them are typed; filters can be kept."""
        before = (self._words, self._wanted)
        begun = "" if self._wanted.codes else self._words

        def answered(words: str | None) -> None:
            if words is None:
                self._words, self._wanted = before
                self._load(self.needs.code)
            else:
                self.narrow(words)
                self._visit(words)

        await self.open_line(FilterDialog(self.gateway, begun, self.narrow), answered)

    @work(group="keep")
    async def _visit(self, words: str) -> None:
        await watching.visit(self.gateway, words)

    def action_leave_form(self) -> None:
        """Out of the form; in the list no marks any more, and without marks no filter any more.

        Where another screen asked for just some needs, that is the way back to it.
        """
        if isinstance(self.focused, FormInput):
            super().action_leave_form()
        elif self.needs.marked:
            self.needs.unmark()
        elif self._words:
            is_lent = bool(self._wanted.codes)
            self.narrow("")
            if is_lent:
                self.call_later(self.run_action, "app.back")

    def narrow(self, words: str) -> None:
        """Show the needs that words describe; empty words show all."""
        self._words, self._wanted = words.strip(), read_filter(words)
        self._load(self.needs.code)

    def narrow_to(self, codes: tuple[str, ...], label: str) -> None:
        """Show just these needs, under a label."""
        self._words, self._wanted = label, NeedFilter(codes=codes)
        self._load(max(codes, default=None))
        self.tell(_("Only these needs: Esc goes back."))

    @on(FormInput.RowsPasted)
    @work(exclusive=True, group="dialog")
    async def _paste(self, event: FormInput.RowsPasted) -> None:
        stored = await self.app.push_screen_wait(PasteDialog(self.gateway, event.text))
        if stored and event.is_form:
            self.clear_form()
        if stored:
            self.can_undo("need", stored)
            self.tell(_("✓ {count} needs registered. u takes them back.").format(count=len(stored)))
            self._load(stored[-1])

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
            self.withdraw("need", self.needs.chosen)

    def changed(self, code: str) -> None:
        """Read the list anew, with the cursor on a need."""
        self.needs.unmark()
        self._load(code)

    def action_story(self) -> None:
        """Everything that came of the need under the cursor."""
        if self.needs.code:
            self.call_later(self.run_action, f"app.go('story', {self.needs.code!r})")

    async def action_endorse(self) -> None:
        """Let an association of one's own stand behind the need under the cursor."""
        need, by = self.needs.code, self.gateway.by
        if need is None:
            return
        is_any = reach(by, Act.EDIT, "association") is Reach.ANY
        where = {} if is_any else {"owner": by.organisation}
        page = await self.gateway.read(records.page, "association", by=by, where=where)
        own = [one for one in page.items if one.status != "withdrawn"]
        if not own:
            told = _("Your centre keeps no association that could stand behind {code}.")
            self.tell(told.format(code=need), is_failure=True)
            return

        def made(words: str) -> partial[Any]:
            return partial(endorsements.endorse, need=need, draft=read_endorsement(words))

        question = _("Who stands behind {code}?").format(code=need)
        needed = _("The code of an association, then why: {known}").format(
            known=_(", ").join(f"{one.code} {one.name}" for one in own[:_KNOWN])
        )
        await self.ask(question, made, needed, f"{own[0].code} " if len(own) == 1 else "")

    async def perform(self, service: Callable[..., Any]) -> None:
        """Endorse, and say so."""
        now = await self.gateway.read(reference.now)
        found = await self.gateway.write(service, by=self.gateway.by, now=now)
        self.tell(_("✓ {code}: endorsed.").format(code=found[0].need))

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


def read_endorsement(words: str) -> EndorsementDraft:
    """`ASSOCIATION[ why]`."""
    from tui.cli.people import checked

    code, _space, why = words.strip().partition(" ")
    draft: EndorsementDraft = checked(
        EndorsementDraft, {"association": code.upper(), "note": why.strip() or None}
    )
    return draft


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
            f"{urgent_mark(view.shortage)}{view.text}  {times}",
        ),
    )
