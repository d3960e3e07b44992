"""督导: visits with their findings, risk flags, and draws that anyone can make again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError, UsageError
from store.schemas.actor import Role
from store.services import charges, classes, draws, reference, risks, supervision_rules, visits
from store.services.charges import Charge
from store.services.draws import Coverage, Draw
from store.services.risks import Flag
from store.services.supervision_rules import Checklist, Item
from store.services.visits import Finding, Visit, Wish
from tui import sheets
from tui import supervision_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog
from tui.sheets import Sheet
from tui.typed import typed_day
from tui.widgets.record_list import RecordList, Row
from tui.words import kind_word

VISITS, FLAGS, DRAWS = range(3)
_OF_VIEW = {
    "plan": VISITS, "record": VISITS, "answer": VISITS, "close_visit": VISITS, "call_off": VISITS,
    "charge": VISITS, "confirm": FLAGS, "set_aside": FLAGS, "draw": DRAWS, "prove": DRAWS,
}  # fmt: skip
_SUPERVISORS = (
    "plan",
    "record",
    "close_visit",
    "call_off",
    "confirm",
    "set_aside",
    "draw",
    "charge",
)
_SHOWN = 5  # columns of a list; the rest stands beside it
_MOST_PICKED = 200
_UNANNOUNCED = ("unannounced", "突击")
_NA = ("na", "不适用")


class SupervisionScreen(BaseScreen[None]):
    """Left visits, flags or draws; right everything about the one under the cursor."""

    CSS_PATH = "supervision.tcss"
    AUTO_FOCUS = "#lines"
    TITLE_WORD = "supervision"
    PURPOSE = mark(
        "Visits to classes with what was found; g shows what looks wrong, then draws by lot. What was found "
        "is answered by the institution and closed by who visited; Enter opens the records behind a line."
    )
    KINDS_SHOWN = frozenset({"visit", "draw", "risk", "class"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "view", mark("Next view"), id="supervision.view"),
        Binding("n", "plan", mark("Plan a visit"), priority=True, id="supervision.plan"),
        Binding("e", "record", mark("Record"), priority=True, id="supervision.record"),
        Binding("a", "answer", mark("Answer"), priority=True, id="supervision.answer"),
        Binding("c", "close_visit", mark("End the visit"), priority=True, id="supervision.close"),
        Binding("delete,x", "call_off", mark("Call it off"), id="supervision.call_off"),
        Binding("o", "charge", mark("Who answers"), priority=True, id="supervision.charge"),
        Binding("y", "confirm", mark("Confirm"), priority=True, id="supervision.confirm"),
        Binding("delete,x", "set_aside", mark("Dismiss"), priority=True, id="supervision.dismiss"),
        Binding("n", "draw", mark("Draw"), priority=True, id="supervision.draw"),
        Binding("v", "prove", mark("Draw again"), id="supervision.prove"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="supervision.reload"),
        Binding("escape", "app.back", mark("Back"), id="supervision.back"),
    ]

    lines = getters.query_one("#lines", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._view = VISITS
        self._visits: dict[str, Visit] = {}
        self._flags: dict[str, Flag] = {}
        self._draws: dict[str, Draw] = {}
        self._coverage: Coverage | None = None
        self._checklists: dict[int, Checklist] = {}
        self._charges: dict[str, tuple[Charge, ...]] = {}

    def body(self) -> ComposeResult:
        """A list and what stands beside it."""
        with Horizontal(id="watched"):
            yield RecordList([""], [], id="lines")
            with VerticalScroll(id="about", classes="panel", can_focus=False):
                yield Static(id="about-text")

    def on_mount(self) -> None:
        """Read everything."""
        super().on_mount()
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the view, and with who asks."""
        role = self.gateway.by.role
        if action not in _OF_VIEW:
            return super().check_action(action, parameters)
        if self._view != _OF_VIEW[action]:
            return False
        if action == "answer":
            return role is Role.INSTITUTION
        return action not in _SUPERVISORS or role is Role.SUPERVISOR

    def summary(self) -> str:
        """What is shown, in one sentence."""
        return self._sheet().told

    async def reread(self, kinds: frozenset[str]) -> None:
        """Everything as it is now."""
        by, today = self.gateway.by, self.gateway.today
        found = await self.gateway.read(visits.listed, by=by)
        flags: Sequence[Flag] = ()
        if by.role is not Role.INSTITUTION:
            flags = await self.gateway.read(risks.flags, by=by, today=today)
        drawn = await self.gateway.read(draws.listed, by=by)
        self._coverage = await self.gateway.read(draws.coverage, of=today, by=by)
        known = await self.gateway.read(supervision_rules.checklists)
        held = await self.gateway.read(classes.list_classes, by=by)
        if self.is_gone:
            return
        self._visits = {one.code: one for one in found}
        self._flags = {one.key: one for one in flags}
        self._draws = {one.code: one for one in drawn}
        self._checklists = {one.version: one for one in known}
        self._charges = {one.code: one.charges for one in held}
        self._draw()

    def _sheet(self) -> Sheet:
        if self._view == VISITS:
            return text.visit_sheet(tuple(self._visits.values()), self.gateway.today)
        if self._view == FLAGS:
            return text.flag_sheet(tuple(self._flags.values()))
        told = text.coverage_line(self._coverage) if self._coverage else ""
        return text.draw_sheet(tuple(self._draws.values()), told)

    def _draw(self) -> None:
        sheet = self._sheet()
        columns = sheet.columns[:_SHOWN]
        self.lines.headings = tuple(column.heading for column in columns)
        self.lines.widths = tuple(column.width for column in columns[:-1])
        rows = [
            Row(line.code, tuple(sheets.shown(value) for value in line.values[:_SHOWN]))
            for line in sheet.lines
        ]
        keep, self.keep = self.keep, None
        self.lines.update(rows, keep=keep)
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
        if self._view == VISITS and code in self._visits:
            one = self._visits[code]
            held = self._charges.get(one.training_class, ())
            return list(
                text.visit_lines(one, self._checklists[one.checklist], held, self.gateway.today)
            )
        if self._view == FLAGS and code in self._flags:
            return list(text.flag_lines(self._flags[code]))
        if self._view == DRAWS and code in self._draws:
            return list(text.draw_lines(self._draws[code]))
        return [_("Nothing to be told here.")]

    @on(RecordList.Chosen, "#lines")
    def _chosen(self) -> None:
        self._open()

    @work(exclusive=True, group="dialog")
    async def _open(self) -> None:
        """One of the records behind a line."""
        line = next((one for one in self._sheet().lines if one.code == self.lines.code), None)
        records = dict((code, kind) for kind, code in self._sheet().records(line)) if line else {}
        if not records:
            return
        chosen = next(iter(records))
        if len(records) > 1:
            parts = [(code, kind_word(records[code])) for code in list(records)[:_MOST_PICKED]]
            picked = await self.app.push_screen_wait(PickDialog(_("Which record?"), parts))
            if picked is None:
                return
            chosen = picked
        self.show_record(records[chosen], chosen)

    # What is done.

    def action_view(self) -> None:
        """Visits, flags, draws."""
        views = (
            (VISITS, DRAWS) if self.gateway.by.role is Role.INSTITUTION else (VISITS, FLAGS, DRAWS)
        )
        self._view = views[(views.index(self._view) + 1) % len(views)]
        self._draw()
        self.tell(self._sheet().told)

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    async def action_plan(self) -> None:
        """A visit to a class on a day."""
        needed = _(
            "Such as: B000001 12-05 18:30 unannounced. Time and the last word may be left out."
        )
        await self.ask(
            _("Which class is to be visited, when?"),
            partial(read_wish, self.gateway.today),
            needed,
        )

    async def action_record(self) -> None:
        """What was seen at the visit under the cursor."""
        one = self._visits.get(self.lines.code or "")
        if one is None:
            return
        items = self._checklists[one.checklist].items
        told = "  ".join(f"{at} {text.item_word(item)}" for at, item in enumerate(items, 1))
        needed = _("NUMBER minor|major|grave WORDS; NUMBER na; ok where all is in order. {items}")
        await self.ask(
            _("{code}: what is not in order?").format(code=one.code),
            lambda words: partial(visits.record, code=one.code, **read_record(words, items)),
            needed.format(items=told),
            "ok",
        )

    async def action_answer(self) -> None:
        """What the institution says."""
        await self._of_visit(visits.answer, "words", _("What do you say of the findings?"))

    async def action_close_visit(self) -> None:
        """End the visit under the cursor."""
        await self._of_visit(visits.close, "words", _("Close {code}?"), needed=False)

    async def action_call_off(self) -> None:
        """Call a planned visit off."""
        await self._of_visit(visits.withdraw, "reason", _("Call {code} off?"))

    async def _of_visit(
        self, service: Callable[..., Any], field: str, question: str, *, needed: bool = True
    ) -> None:
        code = self.lines.code
        if code in self._visits:
            await self.ask(
                question.format(code=code),
                lambda words: partial(service, code=code, **{field: words}),
                _("It goes into the record.") if needed else "",
            )

    async def action_charge(self) -> None:
        """Name who supervises the class of the visit under the cursor."""
        one = self._visits.get(self.lines.code or "")
        if one is not None:
            await self.ask(
                _("Who answers for the supervision of {code}?").format(code=one.training_class),
                lambda words: partial(
                    charges.put,
                    code=one.training_class,
                    part="supervises",
                    organisation=self.gateway.by.organisation,
                    person=words,
                ),
                given=self.gateway.by.name,
            )

    async def action_confirm(self) -> None:
        """Say that the flag under the cursor is right."""
        await self._decide("confirmed", _("This flag is right. Why?"))

    async def action_set_aside(self) -> None:
        """Say that the flag under the cursor means nothing."""
        await self._decide("dismissed", _("This flag means nothing. Why?"))

    async def _decide(self, decision: str, question: str) -> None:
        key = self.lines.code
        if key in self._flags:
            await self.ask(
                question,
                lambda words: partial(
                    risks.decide, key=key, decision=decision, reason=words, today=self.gateway.today
                ),
                _("A reason is needed."),
            )

    async def action_draw(self) -> None:
        """Draw among the classes of this quarter."""
        await self.ask(
            _("The seed? By risk, if the word risk stands before it."),
            read_draw,
            _(
                "Something public that nobody here could choose, such as a lottery's numbers of that day."
            ),
        )

    @work(exclusive=True, group="look")
    async def action_prove(self) -> None:
        """Draw again from what is stored, and say whether the same comes out."""
        code = self.lines.code
        if code not in self._draws:
            return
        try:
            found = await self.gateway.read(draws.verify, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone:
            self.tell(" ".join(text.proof_lines(found)), is_failure=not found.is_proven)

    async def perform(self, service: Callable[..., Any]) -> None:
        """Do something, say so, read again, with the cursor on what is new."""
        now = await self.gateway.read(reference.now)
        made = await self.gateway.write(service, by=self.gateway.by, now=now)
        self.keep = made.code if isinstance(made, Visit | Draw) else self.lines.code
        self.read_all(_("✓ Saved."))


def read_wish(today: date, words: str) -> partial[Any]:
    """`B000001 12-05 18:30 unannounced` as a visit to be planned."""
    from tui.cli.supervision import typed_clock

    code, *rest = words.split()
    kind = "unplanned" if rest and rest[-1].lower() in _UNANNOUNCED else "planned"
    rest = rest[:-1] if kind == "unplanned" else rest
    if not 1 <= len(rest) <= 2:
        raise UsageError("wish_words", text=words)
    lesson = typed_clock(rest[1]) if len(rest) > 1 else None
    wish = Wish(code.upper(), typed_day(rest[0], today), lesson, "", kind)
    return partial(visits.plan, wish=wish)


def read_record(words: str, items: Sequence[Item]) -> dict[str, Any]:
    """`8 grave no guard; 7 na` as answers and findings: what is not named is in order."""
    answers = {item.code: "yes" for item in items}
    findings: list[Finding] = []
    for part in words.replace("；", ";").split(";"):
        number, *rest = part.split(maxsplit=2) or [""]
        if not number:
            continue
        if number.lower() == "ok" and not rest:
            continue
        item = _item(number, items)
        if rest and rest[0].lower() in _NA:
            answers[item] = "na"
        elif len(rest) == 2:
            answers[item] = "no"
            findings.append(Finding(item, rest[0], rest[1]))
        else:
            raise UsageError("finding_words", text=part.strip())
    return {"answers": answers, "findings": tuple(findings)}


def _item(number: str, items: Sequence[Item]) -> str:
    if number.isdecimal() and 1 <= int(number) <= len(items):
        return items[int(number) - 1].code
    return number


def read_draw(words: str) -> partial[Any]:
    """A seed, with `risk` or 风险 before it where tickets go by risk."""
    first, _space, rest = words.strip().partition(" ")
    if first.lower() in ("risk", "风险") and rest:
        return partial(draws.make, seed=rest, weighing="risk")
    return partial(draws.make, seed=words)
