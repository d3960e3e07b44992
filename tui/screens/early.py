"""提前需求: needs before they are asked for, the plans they are drawn from, the rules by which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from store.errors import UsageError
from store.schemas.actor import Role
from store.schemas.early import PlanDraft, PlanView, SuggestionView
from store.services import early, early_rules, training_plans
from store.services.early_rules import EarlyRules
from store.services.rights import Act, reach
from tui import early_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.screens.side_by_side import SideBySideScreen
from tui.sheets import Sheet
from tui.widgets.record_list import RecordList

SUGGESTIONS, PLANS, RULES = range(3)
_DEED = {"run": SUGGESTIONS, "accept": SUGGESTIONS, "turn_down": SUGGESTIONS, "drop": PLANS}
_DEED |= {"add": PLANS, "change": RULES}


class EarlyScreen(SideBySideScreen):
    """Left suggestions, plans or rules; right what speaks for the one under the cursor."""

    CSS_PATH = "early.tcss"
    TITLE_WORD = "early"
    CAN_MARK = True
    PURPOSE = mark(
        "Needs that nobody has asked for yet, with what speaks for them: certificates that end, terms, "
        "plans, workers without a course. Space marks; a makes needs of them, x dismisses them with a reason."
    )
    KINDS_SHOWN = frozenset({"suggestion", "training_plan", "early_rules", "need"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "view", mark("Next view"), id="early.view"),
        Binding("a", "accept", mark("Make needs"), id="early.accept"),
        Binding("x,delete", "turn_down", mark("Dismiss"), priority=True, id="early.dismiss"),
        Binding("n", "run", mark("Look now"), priority=True, id="early.run"),
        Binding("n", "add", mark("Add a line"), priority=True, id="early.add"),
        Binding("x,delete", "drop", mark("Take out"), priority=True, id="early.drop"),
        Binding("e", "change", mark("Change"), priority=True, id="early.change"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="early.reload"),
        Binding("escape", "app.back", mark("Back"), id="early.back"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._view = SUGGESTIONS
        self._suggestions: dict[str, SuggestionView] = {}
        self._plans: dict[str, PlanView] = {}
        self._rules = EarlyRules()
        self._may_edit = reach(gateway.by, Act.EDIT, early.KIND) is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the view, and with who asks."""
        if action in _DEED:
            is_mine = self._may_edit
            if action == "change":
                is_mine = self.gateway.by.role is Role.SUPERVISOR
            return self._view == _DEED[action] and is_mine
        return super().check_action(action, parameters)

    async def fetch(self) -> None:
        """Suggestions, plans and rules as they are now."""
        by = self.gateway.by
        found = await self.gateway.read(early.listed, by=by)
        if self.keep and self.keep not in {one.code for one in found}:  # one that became a need
            every = await self.gateway.read(early.listed, None, by=by)
            found = (*found, *(one for one in every if one.code == self.keep))
        plans = await self.gateway.read(training_plans.listed, by=by)
        self._rules = await self.gateway.read(early_rules.rules)
        self._suggestions = {one.code: one for one in found}
        self._plans = {one.code: one for one in plans}

    def sheet(self) -> Sheet:
        """The view that is shown."""
        if self._view == SUGGESTIONS:
            return text.suggestion_sheet(tuple(self._suggestions.values()))
        if self._view == PLANS:
            return text.plan_sheet(tuple(self._plans.values()))
        return text.rule_sheet(self._rules)

    def summary(self) -> str:
        """How many wait, and how many of them for too long."""
        if self._view != SUGGESTIONS:
            return super().summary()
        today = self.gateway.today
        late = sum(one.until.date() < today for one in self._suggestions.values())
        told = _("{count} needs suggested, {late} of them overdue.")
        return told.format(count=len(self._suggestions), late=late)

    def about(self, code: str) -> Iterable[str]:
        """What speaks for a suggestion; a line of a plan; a rule."""
        if self._view == SUGGESTIONS and code in self._suggestions:
            return text.suggestion_lines(self._suggestions[code], self.gateway.today)
        if self._view == PLANS and code in self._plans:
            return text.plan_lines(self._plans[code])
        return (_(text.RULES[code]),) if code in text.RULES else ()

    @on(RecordList.Chosen, "#lines")
    def _chosen(self, event: RecordList.Chosen) -> None:
        one = self._suggestions.get(event.code)
        if self._view == SUGGESTIONS and one is not None:
            self.show_record("enterprise", one.enterprise)

    # What is done.

    def action_view(self) -> None:
        """Suggestions, plans, rules."""
        self._view = (self._view + 1) % 3
        self.lines.unmark()
        self.draw()
        self.tell(self.summary())

    def action_run(self) -> None:
        """Look now."""
        self.save(partial(early.run, today=self.gateway.today))

    def action_accept(self) -> None:
        """Needs of the marked suggestions, else of the one under the cursor."""
        codes = self.lines.chosen
        if codes:
            self.save(partial(early.accept, codes=codes, today=self.gateway.today))

    def done_word(self, found: Any) -> str:
        """What a look came to, or what suggestions became."""
        if isinstance(found, early.Looked):
            return text.looked_word(found)
        return (
            text.accepted_word(found)
            if isinstance(found, early.Accepted)
            else super().done_word(found)
        )

    async def action_turn_down(self) -> None:
        """Dismiss the marked suggestions, with a reason."""
        codes = self.lines.chosen
        if codes:
            question = _("Dismiss {codes}?").format(codes=" ".join(codes[:6]))
            await self.ask(
                question,
                lambda why: partial(early.dismiss, codes=codes, reason=why),
                _("Say why: the same is not suggested again until it changes."),
            )

    async def action_add(self) -> None:
        """A line of a plan."""
        await self.ask(
            _("A line of a plan: FIRM YEARQUARTER OCCUPATION HEADS, then FIELD=VALUE"),
            self._planned,
            _("Such as: E023 2027Q1 6-31-01-03 12 level=四级"),
        )

    def _planned(self, words: str) -> Callable[..., Any]:
        return partial(training_plans.add, drafts=[read_plan(words)])

    def action_drop(self) -> None:
        """Take the line under the cursor out of its plan."""
        if self.lines.code is not None:
            self.save(partial(training_plans.withdraw, code=self.lines.code))

    async def action_change(self) -> None:
        """Another number for the rule under the cursor."""
        name = self.lines.code
        if name is not None:
            given = str(asdict(self._rules)[name])
            await self.ask(name, partial(self._changed, name), _(text.RULES[name]), given)

    def _changed(self, name: str, words: str) -> Callable[..., Any]:
        if not words.strip().isdecimal():
            raise UsageError("rule_number", text=words[:40])
        return partial(early_rules.set_rules, changes={name: int(words)})


def read_plan(words: str) -> PlanDraft:
    """`E023 2027Q1 6-31-01-03 12 level=四级` as a line of a plan."""
    from tui.cli.people import checked
    from tui.cli.trainees import fields_of

    plain = [word for word in words.split() if "=" not in word]
    if len(plain) != 4 or "Q" not in plain[1].upper():
        raise UsageError("plan_words", text=words[:60])
    firm, quarter, occupation, heads = plain
    year, _sign, number = quarter.upper().partition("Q")
    known = ("level", "programme", "months", "type", "note", "category")
    rest = fields_of([word for word in words.split() if "=" in word], known)
    fields = {"enterprise": firm.upper(), "year": year, "quarter": number, "heads": heads}
    draft: PlanDraft = checked(PlanDraft, {**fields, "occupation": occupation, **rest})
    return draft
