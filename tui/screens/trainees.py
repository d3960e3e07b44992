"""People who are trained: their files, what is missing in them, whom to ring after a certificate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.schemas.trainee import OutcomeDraft, TraineeView
from store.services import credits as ledger
from store.services import (
    identity_numbers,
    outcomes,
    reference,
    trainee_files,
    trainee_merges,
    trainees,
)
from store.services.outcomes import Due
from store.services.reference import CHINA
from store.services.rights import Act, reach
from tui import papers, trainee_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog
from tui.screens.record import ReasonDialog
from tui.screens.trainee_form import IdentityDialog, TraineeDialog
from tui.settings import export_file
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row
from tui.words import value_word

_CHANGES = ("add", "change", "merge", "identity", "outcome")
_OUTCOMES = ("same_post", "promoted", "new_job", "self_employed", "unemployed", "not_reached")


class TraineesScreen(BaseScreen[None]):
    """Left the files, names masked; right the one under the cursor."""

    CSS_PATH = "trainees.tcss"
    AUTO_FOCUS = "#trainees"
    TITLE_WORD = "trainees"
    PURPOSE = mark(
        "One file for one person: classes, hours, results, credits, what became of them. Names are masked; "
        "s shows somebody in clear, with a reason that is kept."
    )
    KINDS_SHOWN = frozenset({"trainee", "class", "credit"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", mark("New file"), id="trainees.add"),
        Binding("e", "change", mark("Change"), id="trainees.change"),
        Binding("f", "narrow", mark("Filter"), priority=True, id="trainees.narrow"),
        Binding("g", "roster", mark("Roster"), id="trainees.roster"),
        Binding("v", "due", mark("Next view"), id="trainees.due"),
        Binding("o", "outcome", mark("Outcome"), id="trainees.outcome"),
        Binding("s", "reveal", mark("In clear"), id="trainees.reveal"),
        Binding("b", "credits", mark("Credits"), id="trainees.credits"),
        Binding("p", "print", mark("Print the file"), id="trainees.print"),
        Binding("c", "counts", mark("Certificates"), show=False, id="trainees.counts"),
        Binding("h", "reached", mark("Thresholds"), show=False, id="trainees.reached"),
        Binding("m", "merge", mark("Merge"), show=False, id="trainees.merge"),
        Binding("i", "identity", mark("Identity number"), show=False, id="trainees.identity"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="trainees.reload"),
        Binding("escape", "app.back", mark("Back"), id="trainees.back"),
    ]

    listed = getters.query_one("#trainees", RecordList)
    sheet = getters.query_one("#file-text", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._found: dict[str, TraineeView] = {}
        self._due: dict[str, Due] = {}
        self._shows_due = False
        self._words = ""
        self._class_codes: tuple[str, ...] = ()
        self._may_change = reach(gateway.by, Act.EDIT, trainees.KIND) is not None
        self._may_see_clear = reach(gateway.by, Act.ANSWER, identity_numbers.KIND) is not None

    def body(self) -> ComposeResult:
        """The list, and one file."""
        with Horizontal(id="columns"):
            yield RecordList(
                [_("Code"), _("Name"), _("Category"), _("Employer")], [7, 8, 10], id="trainees"
            )
            with VerticalScroll(id="file", classes="panel", can_focus=False):
                yield Static(id="file-text")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only who keeps files changes them."""
        if action in _CHANGES and not self._may_change:
            return False
        if action in ("reveal", "print") and not self._may_see_clear:
            return False
        return super().check_action(action, parameters)

    def summary(self) -> str:
        """What is shown, in one sentence."""
        counted = _("{count} files. {due} to be rung about what became of them: v.")
        return counted.format(count=len(self._found), due=len(self._due))

    async def reread(self, kinds: frozenset[str]) -> None:
        """Files and calls that are due, as they are now."""
        by, today = self.gateway.by, self.gateway.today
        found = await self.gateway.read(trainees.listed, self._words, by=by)
        due = await self.gateway.read(outcomes.due, by=by, today=today)
        if self.is_gone:
            return
        self._found = {one.code: one for one in found}
        self._due = {one.trainee: one for one in due}
        rows = [_row(one) for one in found if not self._shows_due or one.code in self._due]
        keep, self.keep = self.keep, None
        self.listed.update(rows, keep=keep)
        self._draw()

    @on(RecordList.Moved, "#trainees")
    def _moved(self) -> None:
        self._draw()

    @work(exclusive=True, group="look")
    async def _draw(self) -> None:
        code = self.listed.code
        if code is None:
            self.sheet.update("")
            return
        try:
            found = await self.gateway.read(
                trainee_files.file, code, by=self.gateway.by, today=self.gateway.today
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        if self.is_gone:
            return
        self._class_codes = tuple(one.training_class for one in found.trainings)
        lines = list(trainee_text.file_lines(found))
        if code in self._due:
            lines[1:1] = ["! " + trainee_text.due_line(self._due[code])]
        panel = self.query_one("#file", VerticalScroll)
        panel.border_title = titled(code)
        self.sheet.update(plain("\n".join(lines)))
        panel.scroll_home(animate=False)

    @work(exclusive=True, group="look")
    async def action_counts(self) -> None:
        """How many people hold which certificates, beside the list; the next file puts it away."""
        try:
            found = await self.gateway.read(
                trainee_files.workforce, by=self.gateway.by, today=self.gateway.today
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._beside(_("Certificates by trade and level"), trainee_text.workforce_lines(found))

    @work(exclusive=True, group="counts")
    async def action_reached(self) -> None:
        """Who reaches which threshold of credits, beside the list; the next file puts it away."""
        try:
            found = await self.gateway.read(
                ledger.reached, by=self.gateway.by, day=self.gateway.today
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._beside(_("Thresholds of credits"), trainee_text.reached_lines(found))

    def _beside(self, title: str, lines: Iterable[str]) -> None:
        if self.is_gone:
            return
        panel = self.query_one("#file", VerticalScroll)
        panel.border_title = titled(title)
        self.sheet.update(plain("\n".join(lines)))
        panel.scroll_home(animate=False)

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    def action_due(self) -> None:
        """Only those to be rung, and everybody again."""
        self._shows_due = not self._shows_due
        self.read_all()

    async def action_narrow(self) -> None:
        """Only files with these words: a part of a name, a code, a number, a whole telephone."""
        question = _("Which files? A part of the name, a code or a number; nothing for all.")
        hint = _("Names are found though they are masked.")
        await self.open_line(ReasonDialog(question, given=self._words, hint=hint), self._narrowed)

    def _narrowed(self, words: str | None) -> None:
        if words is not None:
            self._words = words
            self.read_all()

    async def action_add(self) -> None:
        """A new file."""
        await self._open_form(None)

    @work(exclusive=True, group="dialog")
    async def action_change(self) -> None:
        """Change the file under the cursor."""
        code = self.listed.code
        if code is None:
            return
        try:
            view = await self.gateway.read(trainees.shown, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.call_later(self._open_form, view)

    async def _open_form(self, view: TraineeView | None) -> None:
        dialog = TraineeDialog(self.gateway, view)
        await self.app.push_screen(dialog, self._saved)
        dialog.set_focus(dialog.query(FormInput).first())

    def _saved(self, made: TraineeView | None) -> None:
        if made is not None:
            self.keep = made.code
            self.read_all(_("✓ Saved: {login}.").format(login=made.code))

    @work(exclusive=True, group="dialog")
    async def action_roster(self) -> None:
        """The roster of the newest class of the person."""
        from tui.screens.roster import RosterDialog

        if not self._class_codes:
            self.tell(_("No class yet: g on the classes screen (8) puts people on a roster."))
            return
        await self.app.push_screen_wait(RosterDialog(self.gateway, self._class_codes[-1]))
        self.read_all()

    @work(exclusive=True, group="dialog")
    async def action_credits(self) -> None:
        """The ledger of the person under the cursor."""
        from tui.screens.credits import CreditsDialog

        code = self.listed.code
        if code is not None:
            await self.app.push_screen_wait(CreditsDialog(self.gateway, code))
            self.read_all()

    async def action_print(self) -> None:
        """The whole file of the person under the cursor as a page, in clear, with a reason that is kept."""
        code = self.listed.code
        if code is None:
            return
        question = _("Print the whole file of {code} in clear? That and why is kept.")
        dialog = ReasonDialog(question.format(code=code), _("Say why."))

        def answered(reason: str | None) -> None:
            if reason is not None:
                self._print(code, reason)

        await self.open_line(dialog, answered)

    @work(group="save")
    async def _print(self, code: str, reason: str) -> None:
        by, today = self.gateway.by, self.gateway.today
        now = await self.gateway.read(reference.now)
        path = export_file(f"{code}-{now.astimezone(CHINA):%Y%m%d-%H%M%S}.html")
        try:
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(papers.require_new, path)
            clear = await self.gateway.write(identity_numbers.reveal, code, reason, by=by)
            found = await self.gateway.read(trainee_files.file, code, by=by, today=today)
            title = _("Training file {code}").format(code=code)
            page = papers.person_page(title, list(trainee_text.file_lines(found, clear)))
            await asyncio.to_thread(papers.write_private, path, page)
        except DuijieError as error:
            self.tell_failure(error)
            return
        except OSError as error:
            self.tell_unwritten(error, path)
            return
        self.tell(_("✓ The file was written to {path}.").format(path=path))

    @work(exclusive=True, group="dialog")
    async def action_reveal(self) -> None:
        """Name, telephone and number in clear on the status line, with a reason that is kept."""
        code = self.listed.code
        if code is None:
            return
        question = _("Show {code} in clear? That and why is kept.").format(code=code)
        reason = await self.app.push_screen_wait(ReasonDialog(question, _("Say why.")))
        if reason is None:
            return
        try:
            found = await self.gateway.write(
                identity_numbers.reveal, code, reason, by=self.gateway.by
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.tell("  ".join(trainee_text.clear_lines(found)))

    async def action_merge(self) -> None:
        """Let this file go on as another one of the same person."""
        code = self.listed.code
        if code is None:
            return

        def made(words: str) -> partial[Any]:
            into, _space, why = words.partition(" ")
            return partial(trainee_merges.merge, code=code, into=into.upper(), reason=why)

        question = _("{code} goes on as which file? Its history stays and can be parted again.")
        needed = _("A code, like H000001; why, where something shows two people.")
        await self.ask(question.format(code=code), made, needed)

    @work(exclusive=True, group="dialog")
    async def action_identity(self) -> None:
        """The identity number, typed without being shown."""
        code = self.listed.code
        if code is not None:
            shown = await self.app.push_screen_wait(IdentityDialog(self.gateway, code))
            if shown is not None:
                self.read_all(_("Kept: {shown}").format(shown=shown or "–"))

    @work(exclusive=True, group="dialog")
    async def action_outcome(self) -> None:
        """What somebody does after their certificate."""
        code = self.listed.code
        if code is None:
            return
        parts = [(kind, value_word(kind)) for kind in _OUTCOMES]
        question = _("What became of {code}?").format(code=code)
        kind = await self.app.push_screen_wait(PickDialog(question, parts))
        if kind is None:
            return
        draft = OutcomeDraft.model_validate({"kind": kind, "day": self.gateway.today})
        self.save(
            partial(
                outcomes.put, trainee=code, draft=draft, now=await self.gateway.read(reference.now)
            )
        )

    async def perform(self, service: Callable[..., Any]) -> None:
        """Do something, say so, read again."""
        await self.gateway.write(service, by=self.gateway.by)
        self.read_all(_("✓ Done."))


def _row(one: TraineeView) -> Row:
    firm = one.employer_name or ""
    return Row(one.code, (one.code, one.name, value_word(one.category), firm))
