"""The form for a target: what a centre or an area is to reach of something in a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from store.schemas.publication import TargetDraft, TargetView
from store.services import targets
from store.services.filing import Column
from tui.bulletins.words import INDICATORS, indicator_word
from tui.gateway import Gateway
from tui.i18n import _
from tui.screens.form import FormDialog


class TargetDialog(FormDialog):
    """A new target, or another number for one that there is; answers with it as it is stored."""

    def __init__(self, gateway: Gateway, view: TargetView | None = None) -> None:
        super().__init__(gateway, view, {} if view is None else self.cells_of(view))

    def columns(self) -> Sequence[Column]:
        """What can be counted is shown in words; of a target that there is only the number changes."""
        if self._view is not None:
            return [Column("value", True, ())]
        known = {"indicator": tuple(map(indicator_word, INDICATORS))}
        return [Column(name, True, known.get(name, ())) for name in targets.COLUMNS]

    def title_words(self) -> str:
        """Which target."""
        return _("A new target") if self._view is None else self.name_of(self._view)

    def name_of(self, view: TargetView) -> str:
        """Unit, what is counted, and the period."""
        return f"{view.unit_name}  {indicator_word(view.indicator)}  {view.period}"

    def read(self, typed: Mapping[str, str]) -> TargetDraft:
        """Words of what is counted for their codes, codes of units as capital letters."""
        cells = {**self._cells, **typed}
        codes = {indicator_word(code): code for code in INDICATORS}
        cells["indicator"] = codes.get(cells["indicator"], cells["indicator"])
        return targets.read_draft({**cells, "unit": cells["unit"].upper()})

    def cells_of(self, value: Any) -> dict[str, str]:
        """As they are typed."""
        return {
            "unit": value.unit,
            "indicator": value.indicator.value,
            "period": str(value.period),
            "value": str(value.value),
        }

    async def store(self, draft: Any) -> Any:
        """Set it, unless somebody else changed the number meanwhile."""
        seen = None if self._view is None else self._view.value
        return await self.gateway.write(
            targets.put, draft, by=self.gateway.by, today=self.gateway.today, seen=seen
        )

    async def fetch(self) -> tuple[str, Any]:
        """The target as it is now, and who changed it."""
        found = await self.gateway.read(
            targets.listed, by=self.gateway.by, today=self.gateway.today, period=self._view.period
        )
        same = (self._view.unit, self._view.indicator, self._view.period)
        view = next(one for one in found if (one.unit, one.indicator, one.period) == same)
        return view.changed_by, view
