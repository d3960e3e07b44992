"""Rules of subsidies, what they give to whom, claims under them, and firms' training funds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from matching.subsidy.checks import findings
from matching.subsidy.facts import WordingError
from store.errors import DuijieError, InvalidError, UsageError
from store.schemas.policy import facts_of
from store.services import (
    attendance,
    claims,
    class_claims,
    funds,
    policies,
    reference,
    subsidies,
)
from store.services.claims import ClaimView
from store.services.class_claims import ClassClaims
from store.services.policies import Edition
from store.services.rights import Act, reach
from tui import claim_pack, policy_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.policy_words import status_word, subsidy_word
from tui.render import money
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.policy_forms import ClaimDialog, RuleDialog, SetDialog, YearDialog
from tui.screens.record import ReasonDialog
from tui.settings import export_file
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row

_VIEWS = ("rules", "claims", "funds")
_TITLES = {
    "rules": mark("Rule sets and rules"),
    "claims": mark("Subsidy claims"),
    "funds": mark("Training funds"),
}
_READS = {"rules": "policy_set", "claims": "claim", "funds": "fund"}
# Which right each action needs, and in which view it is there.
_NEEDS: dict[str, tuple[str, Act, str]] = {
    "new_set": ("policy_set", Act.REGISTER, "rules"),
    "new_rule": ("policy_set", Act.EDIT, "rules"),
    "edit": ("policy_set", Act.EDIT, "rules"),
    "drop": ("policy_set", Act.WITHDRAW, "rules"),
    "publish": ("policy_set", Act.EDIT, "rules"),
    "ask": ("match", Act.READ, "rules"),
    "claim": ("claim", Act.REGISTER, "claims"),
    "claim_class": ("claim", Act.REGISTER, "claims"),
    "pack": ("claim", Act.READ, "claims"),
    "submit": ("claim", Act.EDIT, "claims"),
    "take_back": ("claim", Act.WITHDRAW, "claims"),
    "decide": ("claim", Act.ANSWER, "claims"),
    "say_year": ("fund", Act.EDIT, "funds"),
    "below": ("fund", Act.READ, "funds"),
}


_HEADINGS = {
    "rules": (mark("Code"), mark("State"), mark("Name")),
    "claims": (mark("Code"), mark("State"), mark("Person, amount and firm")),
    "funds": (mark("Code"), mark("Years"), mark("Enterprise")),
}


class PolicyScreen(BaseScreen[None]):
    """Left the rules, claims or firms; right the one under the cursor, or an answer."""

    CSS_PATH = "policy.tcss"
    AUTO_FOCUS = "#policies"
    TITLE_WORD = "policy"
    PURPOSE = mark(
        "Rules of subsidies and what is wrong with them; a asks what a firm, need or proposal is given. "
        "v goes on to claims and training funds."
    )
    KINDS_SHOWN = frozenset({"policy_set", "claim", "fund"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "next_view", mark("Next view"), id="policy.view"),
        Binding("a", "ask", mark("Ask"), id="policy.ask"),
        Binding("e", "edit", mark("Change"), id="policy.edit"),
        Binding("n", "new_rule", mark("New rule"), id="policy.rule"),
        Binding("s", "new_set", mark("New set"), id="policy.set"),
        Binding("p", "publish", mark("Publish"), id="policy.publish"),
        Binding("delete,x", "drop", mark("Leave out"), id="policy.drop"),
        Binding("n", "claim", mark("New claim"), id="policy.claim"),
        Binding("c", "claim_class", mark("Of a class"), priority=True, id="policy.claim_class"),
        Binding("o", "pack", mark("Papers"), id="policy.pack"),
        Binding("i", "submit", mark("Hand in"), id="policy.submit"),
        Binding("delete,x", "take_back", mark("Withdraw"), id="policy.take_back"),
        Binding("y", "decide('approve')", mark("Approve"), id="policy.approve"),
        Binding("b", "decide('return')", mark("Return"), id="policy.return"),
        Binding("d", "decide('refuse')", mark("Refuse"), id="policy.refuse"),
        Binding("p", "decide('pay')", mark("Paid"), id="policy.pay"),
        Binding("s", "below", mark("Below the floor"), id="policy.below"),
        Binding("n", "say_year", mark("A year"), id="policy.year"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="policy.reload"),
        Binding("escape", "app.back", mark("Back"), id="policy.back"),
    ]

    listed = getters.query_one("#policies", RecordList)
    detail = getters.query_one("#policy-text", Static)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self.view = _VIEWS[0]
        self._drawn = ""  # the view that the list shows
        self._views = [v for v in _VIEWS if reach(gateway.by, Act.READ, _READS[v]) is not None]
        self._editions: dict[str, Edition] = {}
        self._claims: dict[str, ClaimView] = {}

    def body(self) -> ComposeResult:
        """A list and what is under its cursor."""
        with Horizontal(id="columns"):
            yield RecordList(["", "", ""], [14, 10], id="policies")
            with VerticalScroll(id="policy", classes="panel"):
                yield Static(id="policy-text")

    def on_mount(self) -> None:
        """Read the list, that of claims where one of them is asked for."""
        super().on_mount()
        if (self.keep or "").startswith(claims.PREFIX) and "claims" in self._views:
            self.view = "claims"
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the view and with who asks."""
        if action in _NEEDS:
            kind, act, view = _NEEDS[action]
            return self.view == view and reach(self.gateway.by, act, kind) is not None
        return super().check_action(action, parameters)

    def summary(self) -> str:
        """What is shown, in one sentence."""
        return _("v: rules, claims, training funds. F1 helps.")

    async def reread(self, kinds: frozenset[str]) -> None:
        """The view's list as it is now."""
        by = self.gateway.by
        if self.view == "rules":
            found = await self.gateway.read(policies.listed, by=by)
            self._editions = {f"{e.rules.code}/{e.rules.number}": e for e in found}
            rows = [row for key, one in self._editions.items() for row in _edition_rows(key, one)]
        elif self.view == "claims":
            asked = await self.gateway.read(claims.listed, by=by)
            self._claims = {one.code: one for one in asked}
            rows = [_claim_row(one) for one in asked]
        else:
            firms = await self.gateway.read(funds.firms, by=by)
            rows = [
                Row(code, (code, f"{years[0]}–{years[-1]}", name)) for code, name, years in firms
            ]
        if self.is_gone:
            return
        keep, self.keep = self.keep, None
        if self._drawn != self.view and rows:
            keep = keep or rows[0].code
            self.listed.unmark()
        self._drawn = self.view
        self.listed.headings = tuple(map(_, _HEADINGS[self.view]))
        self.listed.can_mark = self.view == "claims"
        self.listed.update(rows, keep=keep)
        self.listed.border_title = titled(_(_TITLES[self.view]))
        self._look()

    @on(RecordList.Moved, "#policies")
    def _moved(self) -> None:
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        code = self.listed.code
        if code is None:
            self._show([_("Nothing here yet.")])
        elif self.view == "rules":
            self._show(self._rule_lines(code))
        elif self.view == "claims":
            self._show(list(policy_text.claim_lines(self._claims[code])))
        else:
            try:
                found = await self.gateway.read(funds.look, code, by=self.gateway.by)
            except DuijieError as error:
                self.tell_failure(error)
                return
            self._show(list(policy_text.fund_lines(found)))

    @work(exclusive=True, group="look")
    async def action_below(self) -> None:
        """Firms that spent too little last year, beside the list; the next firm puts it away."""
        year = self.gateway.today.year - 1
        try:
            found = await self.gateway.read(funds.short, by=self.gateway.by, year=year)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._show(list(policy_text.short_lines(found, year)))

    def _rule_lines(self, code: str) -> list[str]:
        key, rule = _parts(code)
        view = self._editions[key]
        if rule is None:
            found = findings(view.rules, self.gateway.today)
            told = [policy_text.finding_line(one) for one in found]
            return [*told, *([""] if told else []), *policy_text.edition_lines(view)]
        one = next(one for one in view.rules.rules if one.code == rule)
        return list(policy_text.rule_lines(view.rules, one))

    def _show(self, lines: Sequence[str]) -> None:
        if not self.is_gone:
            self.detail.update(plain("\n".join(lines)))
            self.query_one("#policy", VerticalScroll).scroll_home(animate=False)

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    def action_next_view(self) -> None:
        """Rules, claims, training funds; those that the person may read."""
        self.view = self._views[(self._views.index(self.view) + 1) % len(self._views)]
        self.refresh_bindings()
        self.read_all()

    @on(RecordList.Chosen, "#policies")
    def _chosen(self) -> None:
        if self.check_action("edit", ()):
            self.call_later(self.run_action, "edit")

    async def action_new_set(self) -> None:
        """A new rule set, as a draft without rules."""
        await self._open(SetDialog(self.gateway), self._edited)

    async def action_new_rule(self) -> None:
        """One more rule in the set under the cursor."""
        view = self._newest()
        if view is not None:
            await self._open(RuleDialog(self.gateway, view), self._edited)

    async def action_edit(self) -> None:
        """The set or the rule under the cursor, in its draft."""
        view = self._newest()
        if view is None:
            return
        rule = _parts(self.listed.code or "")[1]
        if rule is None:
            await self._open(SetDialog(self.gateway, view), self._edited)
        else:
            await self._open(RuleDialog(self.gateway, view, rule), self._edited)

    def action_drop(self) -> None:
        """Leave the rule under the cursor out of the draft."""
        key, rule = _parts(self.listed.code or "")
        if rule is None:
            self.tell(_("Put the cursor on a rule."), is_failure=True)
            return
        code = self._editions[key].rules.code
        service = partial(policies.drop_rule, today=self.gateway.today)
        self._save(service, (code, rule), _("{rule} is left out.").format(rule=rule))

    def action_publish(self) -> None:
        """Let the draft under the cursor hold."""
        view = self._newest()
        if view is not None:
            service = partial(policies.publish, today=self.gateway.today)
            told = _("{code} is published.").format(code=view.rules.code)
            self._save(service, (view.rules.code,), told)

    def _newest(self) -> Edition | None:
        """The newest edition of the set under the cursor: the one that can be changed."""
        if self.listed.code is None:
            return None
        code = self._editions[_parts(self.listed.code)[0]].rules.code
        return [one for one in self._editions.values() if one.rules.code == code][-1]

    async def action_ask(self) -> None:
        """What a firm, need, proposal, class or trainee is given."""
        question = _(
            "What is asked about? A code of a firm, need, proposal, class or trainee, then facts:"
        )
        needed = _("Like N000016 class.occupation=6-18-01-01 person.category=disabled")
        await self._open(ReasonDialog(question, needed), self._asked)

    def _asked(self, line: str | None) -> None:
        if line:
            record, _blank, rest = line.strip().partition(" ")
            self._ask(record.upper(), rest)

    @work(exclusive=True, group="look")
    async def _ask(self, record: str, rest: str) -> None:
        try:
            found = await self.gateway.read(
                subsidies.ask,
                record,
                by=self.gateway.by,
                more=_read(rest),
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._show(list(policy_text.answered_lines(found)))
        self.tell(_("What the rules give to {record}.").format(record=record))

    async def action_claim(self) -> None:
        """A new claim, begun like the one under the cursor."""
        like = self._claims.get(self.listed.code or "")
        cells = {"policy": like.policy, "rule": like.rule} if like else {}
        await self._open(ClaimDialog(self.gateway, cells), self._claimed)

    async def action_claim_class(self) -> None:
        """Claims for everybody of a class who passed, under one rule."""
        question = _("Claims for everybody of which class who passed?")
        needed = _("CLASS SET RULE PAPERS, such as: B000002 LG-JN T1 certificate,roster")
        dialog = ReasonDialog(question, needed, read_class_claims)
        await self.open_line(dialog, self._claim_class)

    def _claim_class(self, words: str | None) -> None:
        if words is not None:
            self._make_claims(read_class_claims(words))

    @work(group="save")
    async def _make_claims(self, service: Callable[..., ClassClaims]) -> None:
        try:
            found = await self.gateway.write(service, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.keep = found.made[-1].code if found.made else None
        told = _("✓ {count} claims, together {amount}.").format(
            count=len(found.made), amount=money(sum(one.amount_fen for one in found.made))
        )
        left = [f"{person}: {sentence(error)}" for person, error in found.left]
        self.read_all(" ".join((told, *left)))

    def action_pack(self) -> None:
        """The papers of the claim under the cursor as files of this person's."""
        view = self._claims.get(self.listed.code or "")
        if view is not None:
            self._pack(view)

    @work(group="save")
    async def _pack(self, view: ClaimView) -> None:
        try:
            taught = view.training_class
            grid = (
                await self.gateway.read(attendance.grid, taught, by=self.gateway.by)
                if taught
                else None
            )
            path = export_file(f"{view.code}.xlsx")
            made = claim_pack.of_claim(view, grid)
            await asyncio.to_thread(claim_pack.write_files, made, path)
        except DuijieError as error:
            self.tell_failure(error)
            return
        except OSError as error:
            self.tell_unwritten(error, path)
            return
        missing = (
            _("Missing: {facts}").format(facts=", ".join(made.missing)) if made.missing else ""
        )
        self.tell(" ".join((_("✓ Papers written to {path}.").format(path=path), missing)).strip())

    def action_submit(self) -> None:
        """Hand the marked claims in, or the one under the cursor."""
        self._step(claims.submit, _("{code} is handed in."))

    def action_take_back(self) -> None:
        """Withdraw the marked claims, or the one under the cursor."""
        self._step(claims.withdraw, _("{code} is withdrawn."))

    async def action_decide(self, act: str) -> None:
        """Approve, return, refuse or pay; a reason where whoever asked has to be told one."""
        code = self.listed.code
        if code is None:
            return
        if act in ("approve", "pay"):
            self._step(partial(_decided, act=act), _("{code} is decided."))
            return

        def answered(reason: str | None) -> None:
            if reason is not None:
                service = partial(_decided, act=act, reason=reason)
                self._step(service, _("{code} is decided."))

        await self._open(ReasonDialog(code, _("Say why.")), answered)

    def _step(self, service: Callable[..., Any], told: str) -> None:
        """One step of the marked claims, all or none."""
        codes = self.listed.chosen
        if codes:
            named = codes[0] if len(codes) == 1 else f"{min(codes)}–{max(codes)} ({len(codes)})"
            self.listed.unmark()
            self._save(
                partial(_each, service=service), (codes,), told.format(code=named), has_clock=True
            )

    async def action_say_year(self) -> None:
        """Say what a firm paid and spent in a year."""
        cells = {"enterprise": self.listed.code or "", "year": str(self.gateway.today.year - 1)}
        await self._open(YearDialog(self.gateway, cells), self._said)

    async def _open(self, dialog: ModalScreen[Any], answered: Callable[[Any], None]) -> None:
        """Open a dialog and put the focus into its first field before the next key is handled."""
        await self.app.push_screen(dialog, answered)
        dialog.set_focus(dialog.query(FormInput).first())

    def _edited(self, made: Edition | None) -> None:
        if made is not None:
            self._saved(f"{made.rules.code}/{made.rules.number}")

    def _claimed(self, made: ClaimView | None) -> None:
        if made is not None:
            self._saved(made.code)

    def _said(self, made: funds.FundView | None) -> None:
        if made is not None:
            self._saved(made.enterprise)

    def _saved(self, code: str) -> None:
        self.keep = code
        self.read_all(_("✓ Saved: {code}.").format(code=code))

    @work(group="save")
    async def _save(
        self,
        service: Callable[..., Any],
        which: tuple[Any, ...],
        told: str,
        *,
        has_clock: bool = False,
    ) -> None:
        more: dict[str, Any] = {}
        try:
            if has_clock:
                more["now"] = await self.gateway.read(reference.now)
            await self.gateway.write(service, *which, by=self.gateway.by, **more)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.read_all(told)


def _decided(session: Any, code: str, *, act: str, reason: str = "", **more: Any) -> ClaimView:
    return claims.decide(session, code, act, reason=reason, **more)


def _each(session: Any, codes: Sequence[str], *, service: Callable[..., Any], **more: Any) -> None:
    for code in codes:
        service(session, code, **more)


def read_class_claims(words: str) -> partial[ClassClaims]:
    """`B000002 LG-JN T1 certificate,roster` as claims of a class; papers may be left out."""
    parts = words.replace("，", ",").split(maxsplit=3)
    if len(parts) < 3:
        raise UsageError("line_words", text=words)
    code, policy, rule, *rest = parts
    papers = [paper.strip() for paper in "".join(rest).split(",") if paper.strip()]
    return partial(
        class_claims.claim,
        code=code.upper(),
        policy=policy.upper(),
        rule=rule.upper(),
        papers=papers,
    )


def _read(text: str) -> dict[str, str]:
    try:
        return dict(facts_of(text))
    except WordingError as error:
        raise InvalidError("fact_wanted", text=error.text) from error


def _parts(code: str) -> tuple[str, str | None]:
    """The edition that a line is about, and the rule where it is one."""
    name, number, *rule = code.split("/")
    return f"{name}/{number}", rule[0] if rule else None


def _edition_rows(key: str, view: Edition) -> list[Row]:
    one = view.rules
    rules = [
        Row(f"{key}/{rule.code}", (f"  {rule.code}", rule.clause, subsidy_word(rule.kind)))
        for rule in one.rules
    ]
    return [Row(key, (key, status_word(view.status), one.name)), *rules]


def _claim_row(one: ClaimView) -> Row:
    told = f"{one.person} {money(one.amount_fen)} {one.enterprise_name}"
    return Row(one.code, (one.code, status_word(one.status), told))
