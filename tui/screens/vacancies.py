"""岗位: what firms look for, which needs train for it, who was referred and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Static

from store.errors import DuijieError
from store.schemas.vacancy import Referral, Vacancy
from store.services import vacancies
from store.services.rights import Act, reach
from tui import vacancy_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain
from tui.screens.side_by_side import SideBySideScreen
from tui.sheets import Sheet
from tui.widgets.record_list import RecordList

_TYPED = mark(
    "FIRM; TITLE; HEADS; LAST DAY; OCCUPATION; LEVEL, such as: E001; CNC lathe hand; 5; 12-31; "
    "6-18-01-01; 四级"
)
_ACTS = {
    "add": Act.REGISTER,
    "edit": Act.EDIT,
    "link": Act.EDIT,
    "refer": Act.EDIT,
    "answer": Act.EDIT,
    "withdraw": Act.WITHDRAW,
    "undo": Act.WITHDRAW,
}


class VacanciesScreen(SideBySideScreen):
    """Left vacancies; right the one under the cursor with the people referred to it."""

    CSS_PATH = "vacancies.tcss"
    TAKES_MOMENT = True
    TITLE_WORD = "vacancies"
    PURPOSE = mark(
        "Vacancies: posts that firms want to fill, needs that train for them beforehand, certificate "
        "holders referred to them and what came of it."
    )
    KINDS_SHOWN = frozenset({"vacancy", "need", "trainee", "class"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", mark("Add a vacancy"), priority=True, id="vacancies.add"),
        Binding("e", "edit", mark("Edit"), priority=True, id="vacancies.edit"),
        Binding("l", "link", mark("Link a need"), priority=True, id="vacancies.link"),
        Binding("t", "refer", mark("Refer somebody"), priority=True, id="vacancies.refer"),
        Binding("a", "answer", mark("What came of it"), priority=True, id="vacancies.answer"),
        Binding("delete,x", "withdraw", mark("Withdraw"), priority=True, id="vacancies.withdraw"),
        Binding("u", "undo", mark("Take back"), id="vacancies.undo"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="vacancies.reload"),
        Binding("escape", "app.back", mark("Back"), id="vacancies.back"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._found: dict[str, Vacancy] = {}
        self._withdrawn: str | None = None  # here, last

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only centres enter vacancies and refer people."""
        if action == "undo" and self._withdrawn is None:
            return False
        if action in _ACTS:
            return reach(self.gateway.by, _ACTS[action], "vacancy") is not None
        return super().check_action(action, parameters)

    async def fetch(self) -> None:
        """The list as it is now."""
        found = await self.gateway.read(vacancies.listed, by=self.gateway.by)
        self._found = {one.code: one for one in found}

    def sheet(self) -> Sheet:
        """All of them."""
        return text.sheet(tuple(self._found.values()))

    def about(self, code: str) -> Iterable[str]:
        """Everything about a line; who was referred is read with it."""
        self._look(code)
        return text.lines(self._found[code])

    @work(exclusive=True, group="look")
    async def _look(self, code: str) -> None:
        try:
            one = await self.gateway.read(vacancies.shown, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone and self.lines.code == code:
            self.query_one("#about-text", Static).update(plain("\n".join(text.lines(one))))

    @on(RecordList.Chosen, "#lines")
    def _needs(self) -> None:
        one = self._here
        if one is not None and one.needs:
            self.call_later(self.run_action, f"app.show_needs({one.needs!r}, {one.code!r})")

    @property
    def _here(self) -> Vacancy | None:
        return self._found.get(self.lines.code or "")

    # What is done.

    async def action_add(self) -> None:
        """A new vacancy."""
        await self.ask(
            _("Which post is to be filled?"),
            lambda words: partial(
                vacancies.register, draft=text.read_vacancy(words, self.gateway.today)
            ),
            _(_TYPED),
        )

    async def action_edit(self) -> None:
        """Other words, heads or another day."""
        one = self._here
        if one is not None:
            await self.ask(
                _("{code}: what is to be changed?").format(code=one.code),
                lambda words: partial(
                    vacancies.edit,
                    code=one.code,
                    draft=text.read_vacancy(words, self.gateway.today, one.note),
                ),
                _(_TYPED),
                text.typed_line(one),
            )

    async def action_link(self) -> None:
        """A need that trains for the vacancy."""
        await self._about(
            _("Which need trains for {code}?"),
            lambda code, words: partial(vacancies.link, code=code, need=words.strip().upper()),
            _("The code of a need of the same firm: before the post, order or directed."),
        )

    async def action_refer(self) -> None:
        """Somebody with a certificate."""
        await self._about(
            _("Who is referred to {code}?"),
            lambda code, words: partial(vacancies.refer, code=code, trainee=words.strip().upper()),
            _("The code of a trainee who holds a certificate."),
        )

    async def action_answer(self) -> None:
        """What the firm or the person said."""
        today = self.gateway.today

        def made(code: str, words: str) -> partial[Any]:
            trainee, draft = text.read_answer(words, today)
            return partial(vacancies.answer, code=code, trainee=trainee, draft=draft)

        await self._about(
            _("What came of a referral to {code}?"),
            made,
            _("TRAINEE and hired, declined or refused, then what was said: H000003 hired"),
        )

    async def action_withdraw(self) -> None:
        """Look for nobody any more, once it is said whom that meets."""
        code = self.lines.code
        if code is None:
            return
        try:
            one = await self.gateway.read(vacancies.shown, code, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        await self.ask(
            "\n".join(text.withdrawal_lines(one)),
            lambda words: partial(vacancies.withdraw, code=code, reason=words),
            _("It goes into the record."),
        )

    def action_undo(self) -> None:
        """Look again for what was withdrawn here last."""
        if self._withdrawn is not None:
            self.save(partial(vacancies.reinstate, code=self._withdrawn))

    def done_word(self, found: Any) -> str:
        """What was done; what was withdrawn can be taken back."""
        if isinstance(found, Referral):
            return f"✓ {text.referral_line(found)}"
        is_over = found.status == "withdrawn"
        self._withdrawn = found.code if is_over else None
        if is_over:
            return _("{codes}: withdrawn. u takes it back.").format(codes=found.code)
        return super().done_word(found)

    async def _about(self, question: str, made: Any, needed: str) -> None:
        one = self._here
        if one is not None:
            await self.ask(question.format(code=one.code), partial(made, one.code), needed)
