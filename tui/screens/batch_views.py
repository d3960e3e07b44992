"""Beside the rows of a batch: what its headings were taken for, and what applying it would do."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from store.errors import ConflictError, DuijieError, RefusedFileError
from store.services import batch_apply, batch_mend, naming
from store.services.batch_apply import Diff
from store.services.batch_reading import columns_of
from store.services.batches import BatchView
from tui import batch_text
from tui.bar import RowsDone, on_screen
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import problem_sentence, sentence
from tui.progress import StoppedError
from tui.safe import plain, titled
from tui.screens.base import BaseDialog
from tui.screens.pick import PickDialog
from tui.widgets.key_bar import KeyBar
from tui.widgets.record_list import RecordList, Row
from tui.words import field_word

_NONE = "–"


class HeadingsDialog(BaseDialog[None]):
    """The headings of a table; Enter chooses another column for one."""

    CSS_PATH = "batch.tcss"
    AUTO_FOCUS = "#headings"
    PURPOSE = mark("What each heading of the table was taken for. Enter chooses another column.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", mark("Back"), priority=True, id="headings.leave"),
    ]

    def __init__(self, gateway: Gateway, view: BatchView) -> None:
        super().__init__()
        self._gateway = gateway
        self._view = view

    def compose(self) -> ComposeResult:
        """The list, and what is missing."""
        with Vertical(id="batch", classes="batch"):
            yield RecordList(["", _("Heading"), _("Column"), ""], [3, 24, 18], id="headings")
            yield Static(id="told")
            yield KeyBar()

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#batch").border_title = titled(_("Headings"))
        self._draw()

    def _draw(self) -> None:
        rows = []
        for at, one in enumerate(self._view.headings, 1):
            column = field_word(one.column) if one.column else _NONE
            how = batch_text.how_word(one)
            rows.append(Row(str(at), (str(at), one.heading or _NONE, column, how)))
        self.query_one("#headings", RecordList).update(rows)
        is_open = self._view.status == "reading"
        self.tell(batch_text.missing_line(self._view) if is_open else "")

    @on(RecordList.Chosen)
    def _chosen(self, event: RecordList.Chosen) -> None:
        columns = [(name, field_word(name)) for name in columns_of(self._view.kind)]
        free = [one for one in columns if one[0] not in {h.column for h in self._view.headings}]
        question = _("What is “{heading}”?").format(
            heading=self._view.headings[int(event.code) - 1].heading
        )
        choices = [*free, (_NONE, _("nothing that is kept"))]
        dialog = PickDialog(question, choices, has_codes=False)
        self.app.push_screen(dialog, partial(self._picked, event.code))

    def _picked(self, number: str, column: str | None) -> None:
        if column is not None:
            self._save(number, "" if column == _NONE else column)

    @work(group="save")
    async def _save(self, number: str, column: str) -> None:
        try:
            view = await self._gateway.write(
                batch_mend.remap, self._view.code, number, column, by=self._gateway.by
            )
        except DuijieError as error:
            self.tell(sentence(error))
            return
        self._view = view
        if not self.is_gone:
            self._draw()


class DiffDialog(BaseDialog[str]):
    """What applying a batch would do now, field by field; answers with what was done."""

    CSS_PATH = "batch.tcss"
    AUTO_FOCUS = "#differences"
    PURPOSE = mark(
        "What would be new and what would change. ^S applies it, u takes it all back later."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "apply", mark("Apply"), priority=True, id="differences.apply"),
        Binding("escape", "leave", mark("Back"), priority=True, id="differences.leave"),
    ]

    def __init__(self, gateway: Gateway, code: str) -> None:
        super().__init__()
        self._gateway = gateway
        self._code = code
        self._found: Diff | None = None
        self._is_asked = False

    def compose(self) -> ComposeResult:
        """The sum, the differences."""
        with Vertical(id="batch", classes="batch"):
            yield Static(id="sum")
            with VerticalScroll(id="differences"):
                yield Static(id="lines")
            yield Static(id="told")
            yield KeyBar()

    def on_mount(self) -> None:
        """Compare."""
        self.query_one("#batch").border_title = titled(
            _("{code}: differences").format(code=self._code)
        )
        self._compare()

    @work(exclusive=True, group="load")
    async def _compare(self) -> None:
        try:
            found = await self._gateway.read(batch_apply.diff, self._code, by=self._gateway.by)
        except DuijieError as error:
            self.tell(sentence(error))
            return
        if self.is_gone:
            return
        self._found = found
        self.query_one("#sum", Static).update(plain(batch_text.diff_line(found)))
        lines = "\n".join(batch_text.diff_lines(found))
        self.query_one("#lines", Static).update(plain(lines))

    async def action_apply(self) -> None:
        """Apply all; where rows cannot be, say so, and a second time apply the others."""
        for worker in [one for one in self.workers if one.node is self and one.group == "load"]:
            await worker.wait()
        if self._found is None or self.working is not None:
            return
        if not self._found.new + self._found.changed:
            self.tell(sentence(ConflictError("nothing_to_take", id=self._code)))
            return
        wrong = len({problem.row for problem in self._found.problems})
        if wrong and not self._is_asked:
            self._is_asked = True
            told = _("Rows that stay behind, to be mended: {count}. ^S again applies the others.")
            self.tell(told.format(count=wrong))
            return
        self._apply(partial=bool(wrong))

    def action_leave(self) -> None:
        """Stop applying; where nothing is applied, back."""
        if not self.stop_working():
            super().action_leave()

    @work(group="save")
    async def _apply(self, *, partial: bool) -> None:
        found = self._found or Diff()
        progress = RowsDone(found.new + found.changed)
        by = self._gateway.by
        try:
            asked = await self._gateway.read(batch_apply.titles_of, self._code, by=by)
            names = RowsDone(len(asked.texts))
            with on_screen(self, _("Names"), names):
                understood = await asyncio.to_thread(asked.understand, names)
            with on_screen(self, _("Applying …"), progress):
                done = await self._gateway.write(
                    naming.using(understood, batch_apply.apply),
                    self._code,
                    by=by,
                    partial=partial,
                    progress=progress,
                )
        except StoppedError:
            self.tell(_("Stopped: nothing was taken over."))
            return
        except RefusedFileError as error:
            first = problem_sentence(error.problems[0])  # type: ignore[arg-type]
            self.tell(f"{sentence(error)} {first}")
            self._compare()
            return
        except DuijieError as error:
            self.tell(sentence(error))
            return
        told = _("✓ {made} new, {changed} changed. In the list of batches u takes all of it back.")
        self.dismiss(told.format(made=len(done.created), changed=len(done.changed)))
