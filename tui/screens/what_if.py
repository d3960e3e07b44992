"""补什么: what one more of each scarce thing would serve, what holds needs up, what a policy term costs."""

from __future__ import annotations

from collections.abc import Iterable

from store.services import what_if
from store.services.what_if import WhatIf
from tui import what_if_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.progress import Progress
from tui.screens.planning import PlanningScreen
from tui.widgets.record_list import RecordList, Row


class WhatIfScreen(PlanningScreen):
    """Bottlenecks (!), additions (+) and terms (=), most heads first in each."""

    TITLE_WORD = "what_if"
    PURPOSE = mark(
        "What one more teacher, slot or seat would serve, and where each unmet need is stuck."
    )
    NAME = mark("What to add")

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._found: WhatIf | None = None

    def headings(self) -> tuple[list[str], list[int]]:
        """Heads and what."""
        return [_("Heads"), _("What to change")], [6]

    async def compute(self, progress: Progress) -> str:
        """Try everything."""
        self._found = found = await self.gateway.read(
            what_if.look, by=self.gateway.by, today=self.gateway.today, progress=progress
        )
        return _("{count} additions tried, {useful} would serve somebody").format(
            count=len(found.effects), useful=sum(bool(e.needs) for e in found.effects)
        )

    def rows(self) -> list[Row]:
        """A line for each."""
        found = self._found
        if found is None:
            return []
        names = found.names
        return [
            *(
                Row(f"!{n}", (f"!{b.heads}", what_if_text.bottleneck_word(b)))
                for n, b in enumerate(found.bottlenecks)
            ),
            *(
                Row(f"+{n}", (f"+{e.heads}", what_if_text.addition_line(e.addition, names)))
                for n, e in enumerate(found.effects)
            ),
            *(
                Row(f"={n}", (f"={t.heads:+d}", what_if_text.term_line(t)))
                for n, t in enumerate(found.terms)
            ),
        ]

    def lines(self, code: str) -> Iterable[str]:
        """All about one of them."""
        assert self._found is not None
        found, number = self._found, int(code[1:])
        if code.startswith("!"):
            bottleneck = found.bottlenecks[number]
            return [what_if_text.bottleneck_word(bottleneck), "", *self._needs(bottleneck.needs)]
        if code.startswith("+"):
            effect = found.effects[number]
            return [what_if_text.effect_line(effect, found.names), "", *self._needs(effect.needs)]
        term = found.terms[number]
        told = [what_if_text.term_line(term)]
        if term.gains:
            told += ["", _("Would get something then:"), *self._needs(term.gains)]
        if term.loses:
            told += ["", _("Would lose it:"), *self._needs(term.loses)]
        return told

    def _needs(self, codes: Iterable[str]) -> Iterable[str]:
        assert self._found is not None
        for code in codes:
            one = self._found.outlook.needs[code]
            yield f"{code} {one.need.heads} {one.firm}"
            yield f"  {one.view.text}"

    def on_record_list_chosen(self, event: RecordList.Chosen) -> None:
        """The match screen of the first need it is about."""
        assert self._found is not None
        sort, number = event.code[0], int(event.code[1:])
        if sort == "!":
            needs = self._found.bottlenecks[number].needs
        elif sort == "+":
            needs = self._found.effects[number].needs
        else:
            needs = (*self._found.terms[number].gains, *self._found.terms[number].loses)
        if needs:
            self.app.run_worker(self.run_action(f"app.match({needs[0]!r})"))
