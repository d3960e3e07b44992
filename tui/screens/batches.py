"""Tables that were handed in and are mended: every batch of the organisation, by whom, how far."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from store.errors import ConflictError, DuijieError, InvalidError, RefusedFileError
from store.services import batch_apply, batches
from store.services.batches import BatchView
from store.services.filing import Problem
from store.services.kinds import KINDS
from store.services.rights import Act, reach
from store.tables import read_table, refuse_size
from tui import batch_text
from tui.bar import RowsDone, on_screen, rows_of
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import problem_sentence, sentence
from tui.progress import StoppedError
from tui.safe import plain
from tui.screens.base import BaseScreen
from tui.screens.batch import BatchDialog
from tui.screens.pick import PickDialog
from tui.screens.reading import ReadingDialog
from tui.screens.record import ReasonDialog
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row
from tui.words import kind_word

_CHANGING = ("begin", "undo", "drop")


class BatchesScreen(BaseScreen[None]):
    """The batches, and beneath them all about the one under the cursor."""

    CSS_PATH = "batches.tcss"
    AUTO_FOCUS = "#batches"
    TITLE_WORD = "batches"
    PURPOSE = mark(
        "Tables on their way into the records. n begins with a file, pasted rows begin one; Enter opens it."
    )
    KINDS_SHOWN = frozenset({"batch"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "begin", mark("Begin with a file"), priority=True, id="batches.begin"),
        Binding("u", "undo", mark("Take back"), priority=True, id="batches.undo"),
        Binding("delete,x", "drop", mark("Throw away"), priority=True, id="batches.drop"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="batches.reload"),
        Binding("escape", "stop", mark("Back"), id="batches.back"),
    ]

    listed = getters.query_one("#batches", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._views: dict[str, BatchView] = {}

    def body(self) -> ComposeResult:
        """The list, and what there is to know about one."""
        headings = [_("Code"), _("State"), _("Kind"), _("Rows"), _("Worked on"), _("File")]
        yield RecordList(headings, [8, 12, 10, 14, 20], id="batches")
        with VerticalScroll(id="about", classes="panel"):
            yield Static(id="about-text")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whoever only reads changes nothing."""
        if action in _CHANGING and reach(self.gateway.by, Act.EDIT, "batch") is None:
            return False
        return super().check_action(action, parameters)

    def summary(self) -> str:
        """What is shown, in one sentence."""
        counted = _("Batches: {count}. Paste rows here, or n begins with a file.")
        return counted.format(count=len(self._views))

    async def reread(self, kinds: frozenset[str]) -> None:
        """The batches as they are now."""
        found = await self.gateway.read(batches.listed, by=self.gateway.by)
        if self.is_gone:
            return
        self._views = {view.code: view for view in found}
        lines = batch_text.table_lines(found)
        keep, self.keep = self.keep, None
        self.listed.update([Row(cells[0], tuple(cells)) for cells in lines], keep=keep)
        self._draw_about()

    @on(RecordList.Moved)
    def _draw_about(self) -> None:
        view = self._views.get(self.listed.code or "")
        told = "\n".join(batch_text.batch_lines(view)) if view else ""
        self.query_one("#about-text", Static).update(plain(told))

    @on(RecordList.Chosen)
    def _chosen(self, event: RecordList.Chosen) -> None:
        self.call_later(self._open_batch, event.code)

    async def _open_batch(self, code: str) -> None:
        await self.app.push_screen(BatchDialog(self.gateway, code), self._left)

    def _left(self, _answer: None) -> None:
        self.read_all()

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    # Beginning.

    async def action_begin(self) -> None:
        """A file, of a kind that is asked for first."""
        if self.gateway.entered is not None:
            self.tell_failure(InvalidError("file_over_ssh"))
            return
        await self.app.push_screen(self._kinds(), self._ask_path)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted rows begin a batch."""
        event.stop()
        if reach(self.gateway.by, Act.EDIT, "batch") is not None and event.text.strip():
            self.app.push_screen(self._kinds(), partial(self._begin_text, event.text))

    def _kinds(self) -> PickDialog:
        by = self.gateway.by
        kinds = [
            (kind, kind_word(kind))
            for kind in KINDS
            if reach(by, Act.REGISTER, kind) and reach(by, Act.EDIT, kind)
        ]
        return PickDialog(_("What does the table hold?"), kinds, has_codes=False)

    async def _ask_path(self, kind: str | None) -> None:
        if kind is None:
            return
        question = _("Which file? CSV, TSV, XLSX, XLS or ODS.")
        needed = _("Write where it is, such as {path}").format(path="~/a.xlsx")
        dialog = ReasonDialog(question, needed, _refuse_path)
        await self._open(dialog, partial(self._begin_file, kind))

    async def _open(self, dialog: ModalScreen[str], answered: Callable[[str | None], Any]) -> None:
        """Open a dialog and put the focus into its field before the next key is handled."""
        await self.app.push_screen(dialog, answered)
        dialog.set_focus(dialog.query(FormInput).first())

    def _begin_file(self, kind: str, path: str | None) -> None:
        if path is not None:
            self._begin(kind, _place(path), Path(path).name)

    def _begin_text(self, text: str, kind: str | None) -> None:
        if kind is not None:
            self._begin(kind, text.encode(), _("pasted"))

    @work(group="save")
    async def _begin(self, kind: str, source: Path | bytes, name: str) -> None:
        what, progress = _("Reading {name} …").format(name=name), RowsDone()
        self.tell(what)
        try:
            data = await asyncio.to_thread(_bytes, source)
            table = await asyncio.to_thread(read_table, data, name)
            progress.total = rows_of(table)
            with on_screen(self, what, progress):
                view = await self.gateway.write(
                    batches.begin,
                    kind,
                    table.headings,
                    table.rows,
                    by=self.gateway.by,
                    file=name,
                    digest=sha256(data).hexdigest(),
                    progress=progress,
                )
        except StoppedError:
            self.tell(_("Stopped: nothing was kept."))
            return
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.keep = view.code
        self.call_later(self._open_batch, view.code)

    # Ending.

    async def action_undo(self) -> None:
        """Take back what a batch has done, once that is confirmed."""
        view = self._views.get(self.listed.code or "")
        if view is not None and not view.counts.get("applied"):
            self.tell_failure(ConflictError("batch_not_applied", id=view.code))
        elif view is not None:
            asked = batch_text.undoing(view)
            await self._open(ReasonDialog(asked), partial(self._undo, view))

    def _undo(self, view: BatchView, answer: str | None) -> None:
        if answer is not None:
            self.working = RowsDone(view.counts.get("applied", 0))
            self._take_back(view.code, answer, self.working)

    @work(group="save")
    async def _take_back(self, code: str, reason: str, progress: RowsDone) -> None:
        by = self.gateway.by
        try:
            with on_screen(self, _("Taking back …"), progress):
                await self.gateway.write(
                    batch_apply.undo, code, by=by, reason=reason, progress=progress
                )
        except StoppedError:
            self.tell(_("Stopped: nothing was taken back."))
        except RefusedFileError as error:
            lines = [problem_sentence(one) for one in error.problems if isinstance(one, Problem)]
            self.app.push_screen(ReadingDialog([sentence(error), "", *lines]))
        except DuijieError as error:
            self.tell_failure(error)
        else:
            self.read_all(_("{code} is taken back.").format(code=code))

    async def action_drop(self) -> None:
        """Throw a batch away, once that is confirmed."""
        view = self._views.get(self.listed.code or "")
        if view is not None:
            asked = _("Throw {code} away, with all that was mended in it?").format(code=view.code)
            await self._open(ReasonDialog(asked), partial(self._drop, view.code))

    def _drop(self, code: str, answer: str | None) -> None:
        if answer is not None:
            self._throw_away(code, answer)

    @work(group="save")
    async def _throw_away(self, code: str, reason: str) -> None:
        try:
            await self.gateway.write(batches.drop, code, by=self.gateway.by, reason=reason)
        except DuijieError as error:
            self.tell_failure(error)
        else:
            self.read_all(_("{code} is thrown away.").format(code=code))

    def action_stop(self) -> None:
        """Stop what is read or taken back; where nothing is, back."""
        if not self.stop_working():
            self.app.run_worker(self.run_action("app.back"))


def _place(path: str) -> Path:
    """Where a file is, of a path as it was typed."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - unlike a Path's it takes ~nobody as it is


def _refuse_path(path: str) -> None:
    """Refuse a path where no file is that can be read, or one that is too large."""
    place = _place(path)
    try:
        is_there = place.is_file() and os.access(place, os.R_OK)
    except OSError:  # such as a name longer than any file's
        is_there = False
    if not is_there:
        raise InvalidError("file_not_found", path=path)
    refuse_size(place.stat().st_size)


def _bytes(source: Path | bytes) -> bytes:
    """What a file holds; one that is too large is refused before it is read."""
    if isinstance(source, bytes):
        return source
    try:
        refuse_size(source.stat().st_size)
        return source.read_bytes()
    except OSError as error:
        raise InvalidError("file_not_found", path=str(source)) from error
