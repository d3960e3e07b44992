"""Bulletins: which there are and which are due, what stands in one, targets, and the publication log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError
from store.schemas.periods import PeriodKind as Kind
from store.schemas.periods import before, kind_of, period_with, read_any_period
from store.schemas.publication import Bulletin, BulletinDraft, BulletinView, TargetView
from store.services import bulletins, packs, reference, targets
from store.services.rights import Act, reach
from tui import bulletin_text as text
from tui.bulletins import documents, words
from tui.gateway import Gateway
from tui.i18n import LANGUAGES, _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.record import ReasonDialog
from tui.screens.target import TargetDialog
from tui.settings import export_file
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row

_VIEWS = ("bulletins", "due", "targets", "log")
_TITLES = {
    "bulletins": mark("Bulletins"),
    "due": mark("Reports due"),
    "targets": mark("Targets"),
    "log": mark("Publication log"),
}
_WIDTHS = {
    "bulletins": [1, 9, 9, 12, 11],
    "due": [1, 9, 12, 11, 10],
    "targets": [1, 18, 16, 7, 8, 11],
    "log": [10, 8, 9, 10, 10, 12],
}
_HEADINGS = {
    "bulletins": ("", mark("Code"), mark("Kind"), mark("Period"), mark("State"), mark("Title")),
    "due": ("", mark("Kind"), mark("Period"), mark("State"), mark("Until"), mark("Bulletin")),
    "targets": (
        "", mark("Unit"), mark("What is counted"), mark("Period"), mark("Reached"), mark("Share"),
        mark("Pace"),
    ),
    "log": (
        mark("Day"), mark("Act"), mark("Bulletin"), mark("Who"), mark("Data of"), mark("Digest"),
        mark("Period"),
    ),
}  # fmt: skip
_MAKING = ("make", "check", "publish", "withdraw")
_STEPS = {"check": "draft", "publish": "checked"}


class BulletinsScreen(BaseScreen[None]):
    """A list on the left, one view of four; on the right what stands in the bulletin under the cursor."""

    CSS_PATH = "bulletins.tcss"
    AUTO_FOCUS = "#listed"
    TITLE_WORD = "bulletins"
    PURPOSE = mark(
        "What is told to the public: made once, checked, published, and the same for ever. v shows reports "
        "due, targets and the log."
    )
    KINDS_SHOWN = frozenset({"bulletin", "target"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "make", mark("Make"), priority=True, id="bulletins.make"),
        Binding("c", "check", mark("Check"), id="bulletins.check"),
        Binding("p", "publish", mark("Publish"), id="bulletins.publish"),
        Binding("x", "withdraw", mark("Withdraw"), priority=True, id="bulletins.withdraw"),
        Binding("o", "export", mark("Files"), id="bulletins.export"),
        Binding("y", "verify", mark("Verify"), id="bulletins.verify"),
        Binding("v", "view", mark("Next view"), id="bulletins.view"),
        Binding("t", "target", mark("New target"), priority=True, id="bulletins.target"),
        Binding("e", "change", mark("Change target"), priority=True, id="bulletins.change"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="bulletins.reload"),
        Binding("escape", "app.back", mark("Back"), id="bulletins.back"),
    ]

    listed = getters.query_one("#listed", RecordList)
    detail = getters.query_one("#bulletin-text", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._makes = reach(gateway.by, Act.REGISTER, "bulletin") is not None
        self._sets = reach(gateway.by, Act.REGISTER, "target") is not None
        self._views = [view for view in _VIEWS if self._sees(view)]
        self._view = self._views[0]
        self._known: dict[str, BulletinView] = {}
        self._targets: dict[str, TargetView] = {}

    def _sees(self, view: str) -> bool:
        if view == "due":
            return self._makes
        return view != "targets" or reach(self.gateway.by, Act.READ, "target") is not None

    def body(self) -> ComposeResult:
        """The list, and what stands in one bulletin."""
        with Horizontal(id="columns"):
            yield RecordList([], [], id="listed")
            with VerticalScroll(id="bulletin", classes="panel", can_focus=False):
                yield Static(id="bulletin-text")

    def on_mount(self) -> None:
        """Read the list, in the view that is asked for: `due 2026-10` is that period of the reports due."""
        super().on_mount()
        view, _sign, period = (self.keep or "").partition(" ")
        if period and view in self._views:
            self._view, self.keep = view, period
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with what is under the cursor, its state, and with who asks."""
        if action in ("target", "change"):
            is_there = self._view == "targets" and (action == "target" or self._target is not None)
            return is_there and self._sets
        if action in _MAKING and not self._makes:
            return False
        one = self._one if self.is_mounted else None
        if action in _STEPS:
            return one is not None and one.status == _STEPS[action]
        if action in ("withdraw", "export", "verify"):
            return one is not None and (action != "withdraw" or one.status != "withdrawn")
        return super().check_action(action, parameters)

    @property
    def _one(self) -> BulletinView | None:
        return self._known.get(self.listed.code or "")

    @property
    def _target(self) -> TargetView | None:
        is_shown = self.is_mounted and self._view == "targets"
        return self._targets.get(self.listed.code or "") if is_shown else None

    def summary(self) -> str:
        """What is shown, in one sentence."""
        return _("{title}. v: next view.").format(title=_(_TITLES[self._view]))

    async def reread(self, kinds: frozenset[str]) -> None:
        """The present view as it is now."""
        found = await self.gateway.read(bulletins.listed, by=self.gateway.by)
        rows = await self._rows(found)
        if self.is_gone:
            return
        self._known = {one.code: one for one in found}
        keep, self.keep = self.keep, None
        self.listed.headings = tuple(_(word) if word else "" for word in _HEADINGS[self._view])
        self.listed.widths = tuple(_WIDTHS[self._view])
        self.listed.update(rows or [Row("", ("", _("Nothing here yet.")))], keep=keep)
        self.set_class(self._view in ("targets", "log"), "-wide-list")
        self.refresh_bindings()
        self._draw()

    async def _rows(self, found: tuple[BulletinView, ...]) -> list[Row]:
        by, today = self.gateway.by, self.gateway.today
        if self._view == "bulletins":
            return [Row(one.code, text.bulletin_cells(one)) for one in found]
        if self._view == "due":
            due = await self.gateway.read(packs.packs, by=by, today=today)
            codes = {str(one.period): one.bulletin or str(one.period) for one in due}
            self.keep = codes.get(self.keep or "", self.keep)
            return [Row(codes[str(one.period)], text.pack_cells(one, today)) for one in due]
        if self._view == "targets":
            some = await self.gateway.read(targets.listed, by=by, today=today)
            self._targets = {text.target_key(one): one for one in some}
            return [Row(key, text.target_cells(one)) for key, one in self._targets.items()]
        log = await self.gateway.read(bulletins.log, by=by)
        return [Row(one.bulletin, text.publication_cells(one)) for one in log]

    @on(RecordList.Moved, "#listed")
    def _moved(self) -> None:
        self.refresh_bindings()
        self._draw()

    @work(exclusive=True, group="look")
    async def _draw(self) -> None:
        """What stands in the bulletin under the cursor, none of it drawn where there is none."""
        one, panel = self._one, self.query_one("#bulletin", VerticalScroll)
        if one is None:
            panel.border_title = ""
            self.detail.update("")
            return
        found = await self._shown(one.code)
        if found is None or self.is_gone:
            return
        panel.border_title = titled(f"{one.code} {words.title(one)}")
        room = max(40, panel.size.width - 4)
        self.detail.update(plain("\n".join(text.lines(found, room))))
        panel.scroll_home(animate=False)

    async def _shown(self, code: str) -> Bulletin | None:
        try:
            return await self.gateway.read(bulletins.shown, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return None

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    def action_view(self) -> None:
        """Bulletins, reports due, targets, the log, and round again."""
        self._view = self._views[(self._views.index(self._view) + 1) % len(self._views)]
        self.listed.show([])  # the cursor begins anew
        self.read_all()

    async def action_make(self) -> None:
        """A draft of a period, by default the one under the cursor or the month that ended last."""
        here = self.listed.code or ""
        last = before(Kind.MONTHLY, period_with(Kind.MONTHLY, self.gateway.today))
        given = here if self._view == "due" and here not in self._known else str(last)

        def answered(typed: str | None) -> None:
            if typed:
                period = read_any_period(typed)
                draft = BulletinDraft(kind=kind_of(period), first=period.first, last=period.last)
                self._save(partial(bulletins.make, today=self.gateway.today), draft)

        await self.open_line(
            ReasonDialog(
                _("Make a bulletin of which period?"),
                _("2026-10, 2026-Q4, 2026, or 2026-10-01..2026-10-15"),
                read_any_period,
                given=given,
            ),
            answered,
        )

    async def action_target(self) -> None:
        """Set a target for a unit, something that is counted and a period."""
        await self._set(TargetDialog(self.gateway))

    async def action_change(self) -> None:
        """Another number for the target under the cursor."""
        if self._target is not None:
            await self._set(TargetDialog(self.gateway, self._target))

    async def _set(self, dialog: TargetDialog) -> None:
        """Open the form with the focus in its first field before the next key is handled."""
        await self.app.push_screen(dialog, self._is_set)
        dialog.set_focus(dialog.query(FormInput).first())

    def _is_set(self, made: TargetView | None) -> None:
        if made is not None:
            self.keep = text.target_key(made)
            told = _("✓ {unit}, {indicator}, {period}: target {value}, {actual} reached.")
            self.read_all(
                told.format(
                    unit=made.unit_name, indicator=words.indicator_word(made.indicator),
                    period=made.period, value=made.value, actual=made.actual,
                )
            )  # fmt: skip

    def action_check(self) -> None:
        """The figures were looked through."""
        self._step(bulletins.check)

    @work(group="save")
    async def action_publish(self) -> None:
        """Publish, with the digests of the documents as they are drawn now."""
        one = self._one
        found = await self._shown(one.code) if one else None
        if one is None or found is None:
            return
        now = await self.gateway.read(reference.now)
        service = partial(bulletins.publish, documents=documents.digests(found), now=now)
        is_ready = one.status == "checked"
        other = await self._near(one.code) if is_ready else None
        if other is None:
            await self._do(service, one.code)
            return

        def answered(reason: str | None) -> None:
            if reason:
                self._save(partial(service, reason=reason), one.code)

        needed = _("Say why it is published all the same: it is kept in the log.")
        await self.open_line(ReasonDialog(text.near_line(one.code, other), needed), answered)

    async def _near(self, code: str) -> str | None:
        try:
            found: str | None = await self.gateway.read(bulletins.near, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return None
        return found

    async def action_withdraw(self) -> None:
        """Take it back, and say why."""
        one = self._one
        if one is None:
            return

        def answered(reason: str | None) -> None:
            if reason:
                self._withdraw(one.code, reason)

        question = _("Withdraw {code}, {title}?").format(code=one.code, title=words.title(one))
        await self.open_line(ReasonDialog(question, _("Say why: it is kept in the log.")), answered)

    @work(group="save")
    async def _withdraw(self, code: str, reason: str) -> None:
        now = await self.gateway.read(reference.now)
        await self._do(partial(bulletins.withdraw, now=now, reason=reason), code)

    def _step(self, service: Callable[..., Any]) -> None:
        if self._one is not None:
            self._save(service, self._one.code)

    @work(group="save")
    async def _save(self, service: Callable[..., Any], about: BulletinDraft | str) -> None:
        await self._do(service, about)

    async def _do(self, service: Callable[..., Any], about: BulletinDraft | str) -> None:
        """Carry a step out and show the bulletin that it was about."""
        try:
            made = await self.gateway.write(service, about, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        view = made.view if isinstance(made, Bulletin) else made
        self._view, self.keep = "bulletins", view.code
        told = _("✓ {code}: {state}.").format(code=view.code, state=text.state(view))
        if view.status == "checked" and (other := await self._near(view.code)) is not None:
            told = f"{told} {text.near_line(view.code, other)}"
        self.read_all(told)

    @work(group="save")
    async def action_export(self) -> None:
        """Every document in both languages, as files of one's own."""
        one = self._one
        found = await self._shown(one.code) if one else None
        if one is None or found is None:
            return
        files = {
            name: data
            for language in LANGUAGES
            for form in documents.FORMS
            for name, data in documents.documents(
                found, form, language, is_final=one.status == "published"
            ).items()
        }
        folder = export_file(one.code)
        try:
            await asyncio.to_thread(_write, folder, files)
        except OSError as error:
            self.tell_unwritten(error, folder)
            return
        self.tell(_("{count} files written to {path}.").format(count=len(files), path=folder))

    @work(group="look")
    async def action_verify(self) -> None:
        """Whether figures and documents are as they were published."""
        one = self._one
        found = await self._shown(one.code) if one else None
        if one is None or found is None:
            return
        drawn = documents.digests(found)
        told = await self.gateway.read(bulletins.verify, one.code, drawn, by=self.gateway.by)
        self.tell(" ".join(text.verification_lines(told)), is_failure=not told.is_same)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
