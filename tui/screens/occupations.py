"""本地职业: trades without a national code; supervisors add them and map them on national ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from store.errors import UsageError
from store.schemas.occupation import LocalOccupation, LocalOccupationDraft
from store.services import occupations
from store.services.rights import Act, reach
from tui import occupation_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.screens.side_by_side import SideBySideScreen
from tui.sheets import Sheet

_ACTS = {"add": Act.REGISTER, "map": Act.EDIT}


class OccupationsScreen(SideBySideScreen):
    """Left local occupations; right everything about the one under the cursor."""

    CSS_PATH = "occupations.tcss"
    TAKES_MOMENT = True
    TITLE_WORD = "occupations"
    PURPOSE = mark(
        "Trades that the national classification does not have yet: a local code counts at once for needs, "
        "courses and matching; once there is a national one, everything follows to it."
    )
    KINDS_SHOWN = frozenset({"occupation", "need", "course"})
    NONE_YET = mark("No local occupations yet: supervisors add one with n.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", mark("Add a code"), priority=True, id="occupations.add"),
        Binding("m", "map", mark("National code"), priority=True, id="occupations.map"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="occupations.reload"),
        Binding("escape", "app.back", mark("Back"), id="occupations.back"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._found: dict[str, LocalOccupation] = {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only supervisors change codes."""
        if action in _ACTS:
            return reach(self.gateway.by, _ACTS[action], "occupation") is not None
        return super().check_action(action, parameters)

    async def fetch(self) -> None:
        """The list as it is now."""
        found = await self.gateway.read(occupations.listed, by=self.gateway.by)
        self._found = {one.code: one for one in found}

    def sheet(self) -> Sheet:
        """All of them."""
        return text.sheet(tuple(self._found.values()))

    def about(self, code: str) -> Iterable[str]:
        """Everything about a line."""
        return text.lines(self._found[code])

    # What is done.

    async def action_add(self) -> None:
        """A new local occupation."""
        await self.ask(
            _("Which trade has no national code yet?"),
            partial(read_adding, self.gateway.today),
            _(
                "NAME; NEAREST NATIONAL CODE; SOURCE; LEVELS; OTHER NAMES, such as: "
                "brain interface fitter; 6-31-01-03; notice 12; 五级-三级"
            ),
        )

    async def action_map(self) -> None:
        """A national code for the local one under the cursor."""
        one = self._found.get(self.lines.code or "")
        if one is not None and one.mapped_to is None:
            await self.ask(
                _("Which national code has {name} now? Needs and courses follow.").format(
                    name=one.name
                ),
                partial(read_mapping, one.code),
                _("CODE WHY, such as: 4-04-05-07 standard of 2027"),
            )


def read_adding(today: date, words: str) -> partial[Any]:
    """A line as a draft; what is wrong is told field by field."""
    from tui.cli.people import checked

    draft = checked(LocalOccupationDraft, text.read_fields(words, today))
    return partial(occupations.add, draft=draft)


def read_mapping(code: str, words: str) -> partial[Any]:
    """`4-04-05-07 why`."""
    national, _space, why = words.strip().partition(" ")
    if not national:
        raise UsageError("line_words", text=words)
    return partial(occupations.map_to, code=code, national=national.upper(), reason=why)
