"""请评: classes that agencies are asked to rate; supervisors ask, evaluators give their marks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from store.errors import UsageError
from store.services import ratings
from store.services.ratings import Rating
from store.services.rights import Act, reach
from tui import rating_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.screens.side_by_side import SideBySideScreen
from tui.sheets import Sheet
from tui.typed import typed_day

_ACTS = {"ask": Act.REGISTER, "give": Act.ANSWER, "call_off": Act.WITHDRAW}


class RatingsScreen(SideBySideScreen):
    """Left what was asked; right everything about the class under the cursor, with the questions."""

    CSS_PATH = "ratings.tcss"
    SHOWN = 4
    TAKES_MOMENT = True
    NONE_YET = mark("No agency was asked yet: supervisors ask one with n.")
    TITLE_WORD = "ratings"
    PURPOSE = mark(
        "Classes that assessment bodies and other agencies are asked to rate. Evaluators see those that "
        "their own agency is asked about, and nothing else."
    )
    KINDS_SHOWN = frozenset({"rating", "evaluation"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "ask", mark("Ask an agency"), priority=True, id="ratings.ask"),
        Binding("n,e", "give", mark("Give marks"), priority=True, id="ratings.give"),
        Binding("delete,x", "call_off", mark("Ask no more"), priority=True, id="ratings.call_off"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="ratings.reload"),
        Binding("escape", "app.back", mark("Back"), id="ratings.back"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._found: dict[str, Rating] = {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Who asks does not rate, and the other way round."""
        if action in _ACTS:
            return reach(self.gateway.by, _ACTS[action], "rating") is not None
        return super().check_action(action, parameters)

    async def fetch(self) -> None:
        """The list as it is now."""
        found = await self.gateway.read(ratings.listed, by=self.gateway.by)
        self._found = {one.code: one for one in found}

    def sheet(self) -> Sheet:
        """All of them."""
        return text.sheet(tuple(self._found.values()))

    def about(self, code: str) -> Iterable[str]:
        """Everything about a line."""
        return text.lines(self._found[code])

    # What is done.

    async def action_ask(self) -> None:
        """Ask an agency about a class."""
        await self.ask(
            _("Which agency is to rate which class?"),
            partial(read_asking, self.gateway.today),
            _("CLASS AGENCY [LAST_DAY], such as: B000000 A01 12-10"),
        )

    async def action_give(self) -> None:
        """Marks for the class under the cursor."""
        one = self._found.get(self.lines.code or "")
        if one is not None:
            await self.ask(
                _("Your marks for {code}?").format(code=one.training_class),
                partial(read_giving, one.code, self.gateway.today),
                _(
                    "A mark from 1 to 5 for each question, then what you say of it: {questions}"
                ).format(questions=text.questions()),
            )

    async def action_call_off(self) -> None:
        """Ask no more about the class under the cursor."""
        code = self.lines.code
        if code in self._found:
            await self.ask(
                _("Ask {agency} no more about {code}? Type the class.").format(
                    agency=self._found[code].agency, code=self._found[code].training_class
                ),
                partial(read_calling_off, self._found[code]),
                _("Marks that were given stay."),
            )


def read_asking(today: date, words: str) -> partial[Any]:
    """`B000000 A01 12-10` as a question to an agency."""
    parts = words.upper().split()
    if not 2 <= len(parts) <= 3:
        raise UsageError("line_words", text=words)
    due = typed_day(parts[2], today) if len(parts) == 3 else None
    return partial(ratings.ask, training_class=parts[0], agency=parts[1], due=due)


def read_giving(code: str, today: date, words: str) -> partial[Any]:
    """`4 5 4 words` as marks of today."""
    count = len(text.QUESTIONS)
    parts = words.split(maxsplit=count)
    note = parts[count] if len(parts) > count else ""
    return partial(
        ratings.give, code=code, scores=text.read_marks(parts[:count]), day=today, note=note
    )


def read_calling_off(one: Rating, words: str) -> partial[Any]:
    """The class typed once more."""
    if words.strip().upper() != one.training_class:
        raise UsageError("line_words", text=words)
    return partial(ratings.withdraw, code=one.code)
