"""预警与急需目录: what the rules find and who sees to it; the versions of the shortage list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import UsageError
from store.schemas.actor import Role
from store.services import shortage, warned, warning
from store.services.shortage import Changes, ShortageList
from store.services.warned import Warned
from store.services.warning import Rule
from tui import sheets
from tui import warning_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog
from tui.screens.record import ConfirmDialog
from tui.sheets import Sheet
from tui.typed import typed_day, typed_days
from tui.widgets.record_list import RecordList, Row

WARNINGS, RULES, LISTS = range(3)
_DEED = {"acknowledge": WARNINGS, "change": RULES, "draft": LISTS}
_OF_LIST = ("edit", "sign", "revoke")
_SHOWN = 4  # columns of a list; the rest stands beside it
_MOST_PICKED = 200


class WarningsScreen(BaseScreen[None]):
    """Left warnings, rules or versions of the list; right everything about the one under the cursor."""

    CSS_PATH = "warnings.tcss"
    AUTO_FOCUS = "#lines"
    TITLE_WORD = "warnings"
    PURPOSE = mark(
        "What the rules find today and who sees to it; g shows the rules, then the list of trades in urgent "
        "need, which a supervisor drafts, edits and signs. Enter opens the records behind a warning."
    )
    KINDS_SHOWN = frozenset(
        {"need", "proposal", "course", "run", "slot", "instructor", "institution", "warning"}
        | {"warning_rule", "shortage"}
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "view", mark("Next view"), id="warnings.view"),
        Binding("a", "acknowledge", mark("See to it"), priority=True, id="warnings.acknowledge"),
        Binding("e", "change", mark("Change"), priority=True, id="warnings.change"),
        Binding("n", "draft", mark("Draft"), id="warnings.draft"),
        Binding("e", "edit", mark("Change"), priority=True, id="warnings.edit"),
        Binding("s", "sign", mark("Sign"), id="warnings.sign"),
        Binding("delete,x", "revoke", mark("Revoke"), priority=True, id="warnings.revoke"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="warnings.reload"),
        Binding("escape", "app.back", mark("Back"), id="warnings.back"),
    ]

    lines = getters.query_one("#lines", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._view = WARNINGS
        self._warned: dict[str, Warned] = {}
        self._rules: dict[str, Rule] = {}
        self._lists: dict[str, ShortageList] = {}
        self._is_supervisor = gateway.by.role is Role.SUPERVISOR

    def body(self) -> ComposeResult:
        """A list and what stands beside it."""
        with Horizontal(id="warned"):
            yield RecordList([""], [], id="lines")
            with VerticalScroll(id="about", classes="panel", can_focus=False):
                yield Static(id="about-text")

    def on_mount(self) -> None:
        """Read the warnings."""
        super().on_mount()
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the view, and with who asks."""
        if action in _DEED:
            return self._view == _DEED[action] and (action == "acknowledge" or self._is_supervisor)
        if action in _OF_LIST:
            return self._view == LISTS and self._is_supervisor
        return super().check_action(action, parameters)

    def summary(self) -> str:
        """What is shown, in one sentence."""
        return text.warned_word(tuple(self._warned.values()))

    async def reread(self, kinds: frozenset[str]) -> None:
        """Everything as it is now."""
        by, today = self.gateway.by, self.gateway.today
        found = await self.gateway.read(warned.warnings, by=by, today=today)
        rules = await self.gateway.read(warning.rules)
        lists = await self.gateway.read(shortage.lists, by=by)
        if self.is_gone:
            return
        self._warned = {one.key: one for one in found}
        self._rules = {one.code: one for one in rules}
        self._lists = {one.code: one for one in lists}
        self._draw()

    def _sheet(self) -> Sheet:
        if self._view == WARNINGS:
            return text.warning_sheet(tuple(self._warned.values()))
        if self._view == RULES:
            return text.rule_sheet(tuple(self._rules.values()))
        return text.lists_sheet(tuple(self._lists.values()))

    def _draw(self) -> None:
        sheet = self._sheet()
        columns = sheet.columns[:_SHOWN]
        self.lines.headings = tuple(column.heading for column in columns)
        self.lines.widths = tuple(column.width for column in columns[:-1])
        rows = [
            Row(line.code, tuple(sheets.shown(value) for value in line.values[:_SHOWN]))
            for line in sheet.lines
        ]
        self.lines.update(rows)
        self.lines.refresh()
        self.query_one("#about", VerticalScroll).border_title = titled(sheet.title)
        self.refresh_bindings()
        self._draw_about()

    @on(RecordList.Moved, "#lines")
    def _moved(self) -> None:
        if not self.is_gone:
            self._draw_about()

    def _draw_about(self) -> None:
        told = "\n".join(self._about(self.lines.code or ""))
        self.query_one("#about-text", Static).update(plain(told))

    def _about(self, code: str) -> list[str]:
        if self._view == WARNINGS and code in self._warned:
            return list(text.behind_lines(self._warned[code]))
        if self._view == RULES and code in self._rules:
            rule = self._rules[code]
            return [rule.code, text.kind_word(rule), text.limit_word(rule)]
        if self._view == LISTS and code in self._lists:
            return list(text.list_lines(self._lists[code]))
        return [_("Nothing to be told here.")]

    @on(RecordList.Chosen, "#lines")
    def _chosen(self) -> None:
        self._open()

    @work(exclusive=True, group="dialog")
    async def _open(self) -> None:
        """One of the records that a warning was reckoned from."""
        one = self._warned.get(self.lines.code or "") if self._view == WARNINGS else None
        if one is None:
            return
        kinds = {code: kind for kind, code in one.records if kind != "demand_history"}
        if not kinds:
            self.tell(_("It was reckoned from imported history; there is no record to open."))
            return
        parts = [(code, text.subject_word(one)) for code in list(kinds)[:_MOST_PICKED]]
        chosen = await self.app.push_screen_wait(PickDialog(text.reason_line(one), parts))
        if chosen is not None:
            self.show_record(kinds[chosen], chosen)

    # What is done.

    def action_view(self) -> None:
        """Warnings, rules, versions of the list."""
        self._view = (self._view + 1) % 3
        self._draw()

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    async def action_acknowledge(self) -> None:
        """Say who sees to the warning under the cursor and until when."""
        key = self.lines.code
        if key is None:
            return
        until = self.gateway.today + timedelta(days=7)
        question = _("See to it until which day? @LOGIN and a note may follow it.")
        await self.ask(
            question,
            partial(self._said, key),
            _("Such as: 12-05 @chenjie rung up"),
            f"{until:%m-%d}",
        )

    def _said(self, key: str, words: str) -> Callable[..., Any]:
        day, *rest = words.split(maxsplit=1)
        until = typed_day(day, self.gateway.today)
        note = rest[0] if rest else ""
        who, *more = note.split(maxsplit=1) or [""]
        is_login = who.startswith("@")
        return partial(
            warned.acknowledge,
            key=key,
            until=until,
            assignee=who[1:] if is_login else "",
            note=(more[0] if more else "") if is_login else note,
            today=self.gateway.today,
        )

    async def action_change(self) -> None:
        """Other limits for the rule under the cursor."""
        code = self.lines.code
        if code is not None:
            rule = self._rules[code]
            given = " ".join(
                f"{name}={value}"
                for name in ("heads", "days", "percent")
                if (value := getattr(rule, name)) is not None
            )
            given += f" severity={rule.severity} on={int(rule.is_on)}"
            await self.ask(
                _("The limits of {code}").format(code=code),
                partial(self._changed, code),
                given=given,
            )

    def _changed(self, code: str, words: str) -> Callable[..., Any]:
        from tui.cli.warnings import rule_change

        return partial(
            warning.change_rule, code=code, changes=dict(map(rule_change, words.split()))
        )

    def action_draft(self) -> None:
        """A new draft from today's figures."""
        self.save(partial(shortage.draft, today=self.gateway.today))

    async def action_edit(self) -> None:
        """Trades added or left out, notes, the days in force."""
        found = self._lists.get(self.lines.code or "")
        if found is not None:
            question = _("{code}: what is to be changed?").format(code=found.code)
            needed = _("+CODE adds a trade, -CODE leaves it out, CODE=note, FIRST..LAST its days")
            await self.ask(question, partial(self._edited, found), needed)

    def _edited(self, found: ShortageList, words: str) -> Callable[..., Any]:
        changes = read_changes(words, self.gateway.today)
        return partial(
            shortage.edit, code=found.code, changes=changes, version=found.version,
            today=self.gateway.today,
        )  # fmt: skip

    def action_sign(self) -> None:
        """Put the draft under the cursor in force, once that is confirmed."""
        self._sign()

    @work(exclusive=True, group="dialog")
    async def _sign(self) -> None:
        found = self._lists.get(self.lines.code or "")
        if found is None:
            return
        question = _("Sign {list}? Its {count} trades get priority in allocations.").format(
            list=text.list_word(found), count=len(found.entries)
        )
        if await self.app.push_screen_wait(ConfirmDialog(question)):
            self.save(
                partial(
                    shortage.sign, code=found.code, version=found.version, today=self.gateway.today
                )
            )

    async def action_revoke(self) -> None:
        """Take a list out of force, or a draft out of use, with a reason."""
        code = self.lines.code
        if code is not None:
            await self.ask(
                _("Take {code} out of force?").format(code=code),
                lambda why: partial(shortage.revoke, code=code, reason=why),
                _("A reason is needed."),
            )

    async def perform(self, service: Callable[..., Any]) -> None:
        """Do something, say so, read again."""
        await self.gateway.write(service, by=self.gateway.by)
        self.read_all(_("✓ Saved."))


def read_changes(words: str, today: date) -> Changes:
    """`+6-18-01-01 -6-05-01-03 6-31-01-03=note 12-01..5-31` as changes of a draft."""
    add: list[str] = []
    drop: list[str] = []
    notes: dict[str, str] = {}
    days: tuple[date | None, date | None] = (None, None)
    for word in words.split():
        code, equals, note = word.partition("=")
        if word[0] == "+":
            add.append(word[1:])
        elif word[0] == "-":
            drop.append(word[1:])
        elif equals:
            notes[code] = note
        elif ".." in word:
            days = typed_days(word, today)
        else:
            raise UsageError("list_change", text=word)
    return Changes(tuple(add), tuple(drop), notes, *days)
