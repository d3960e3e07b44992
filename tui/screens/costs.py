"""共建共享: what institutions agreed on the costs of shared rooms, and what each bears this year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from store.schemas.cost import Borne, Cost
from store.services import costs
from store.services.rights import Act, reach
from tui import cost_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.screens.side_by_side import SideBySideScreen
from tui.sheets import Sheet

_ACTS = {"add": Act.REGISTER, "end": Act.WITHDRAW}


class CostsScreen(SideBySideScreen):
    """Left agreements, or what institutions bear; right the one under the cursor."""

    CSS_PATH = "costs.tcss"
    TAKES_MOMENT = True
    TITLE_WORD = "shared costs"
    PURPOSE = mark(
        "Shared costs: what a station's hour costs in a room that institutions share, and who bears how "
        "much; charged from the stations that classes have booked."
    )
    KINDS_SHOWN = frozenset({"shared_cost", "class"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", mark("Agree"), priority=True, id="costs.add"),
        Binding("g", "turn", mark("Next view"), id="costs.turn"),
        Binding("delete,x", "end", mark("Withdraw"), priority=True, id="costs.end"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="costs.reload"),
        Binding("escape", "app.back", mark("Back"), id="costs.back"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._found: dict[str, Cost] = {}
        self._borne: tuple[Borne, ...] = ()
        self._sums = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only centres and the bureau agree."""
        if action == "end" and self._sums:
            return False
        if action in _ACTS:
            return reach(self.gateway.by, _ACTS[action], "shared_cost") is not None
        return super().check_action(action, parameters)

    async def fetch(self) -> None:
        """Both views as they are now."""
        by = self.gateway.by
        found = await self.gateway.read(costs.listed, by=by)
        self._borne = await self.gateway.read(costs.borne, *self._year, by=by)
        self._found = {one.code: one for one in found}

    @property
    def _year(self) -> tuple[date, date]:
        year = self.gateway.today.year
        return date(year, 1, 1), date(year, 12, 31)

    def sheet(self) -> Sheet:
        """The view that is shown."""
        if self._sums:
            return text.sums(self._borne, *self._year)
        return text.sheet(tuple(self._found.values()))

    def about(self, code: str) -> Iterable[str]:
        """Everything about an agreement, or what an institution bears part by part."""
        if self._sums:
            return text.borne_lines(code, tuple(self._found.values()))
        return text.lines(self._found[code])

    def action_turn(self) -> None:
        """The other view."""
        self._sums = not self._sums
        self.read_all()

    async def action_add(self) -> None:
        """A new agreement, seen in the list of them."""
        if self._sums:
            self.action_turn()
        today = self.gateway.today
        await self.ask(
            _("Which room is shared, and who bears how much?"),
            lambda words: partial(costs.agree, draft=text.read_cost(words, today)),
            _(
                "VENUE; YUAN AN HOUR; FIRST..LAST DAY; SHARES; EQUIPMENT, such as: V01; 2.5; "
                "2026-11-01..2026-12-31; T01 60, T02 40"
            ),
        )

    async def action_end(self) -> None:
        """Nothing is charged by it any more."""
        one = self._found.get(self.lines.code or "")
        if one is not None:
            await self.ask(
                _("Why is {code} withdrawn?").format(code=one.code),
                lambda words: partial(costs.end, code=one.code, reason=words),
                _("It goes into the record."),
            )
