"""Typed cells of a need into a draft: firm and place by name or letters, short dates, letters for a trade."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from store.schemas.records import NeedDraft, OccupationPart
from store.services import needs, sentences
from tui.gateway import Gateway
from tui.i18n import _
from tui.messages import field_causes
from tui.typed import read_day, read_weekly


class UnclearError(Exception):
    """A word in a cell fits several records, or none."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(field)
        self.field = field
        self.why = why


@dataclass(frozen=True, slots=True)
class ReadNeed:
    """A draft, and the cells that were read out of its words because nobody had written there."""

    draft: NeedDraft
    read: Mapping[str, str]


async def read_need(
    gateway: Gateway,
    typed: Mapping[str, str],
    *,
    unwritten: Collection[str] = (),
    occupation: str | None = None,
) -> ReadNeed:
    """The draft that cells mean; fields in `unwritten` are filled with what the words state.

    Raises UnclearError for a firm, a place or a trade that must be chosen, ValidationError for wrong cells.
    """
    by, today = gateway.by, gateway.today
    cells: dict[str, object] = dict(typed)
    read: dict[str, str] = {}
    if typed.get("text") and unwritten:
        for item in await gateway.read(sentences.read_sentence, typed["text"], by=by, today=today):
            if item.cell and item.field in unwritten:
                cells[item.field] = read[item.field] = item.cell
    if typed.get("text"):
        spelled = await gateway.read(needs.spell, typed["text"], by=by, today=today)
        if spelled is not None and not spelled.text:
            raise UnclearError(
                "text", _("these letters fit several trades or none: ↓ or a number chooses")
            )
        if spelled is not None:
            cells["text"] = spelled.text
            occupation = occupation or spelled.occupation
    for name in ("earliest", "latest"):
        cells[name] = read_day(str(cells.get(name) or ""), today)
    cells["weekly"] = read_weekly(str(cells.get("weekly") or ""))
    await _place_firm(gateway, cells)
    if occupation:
        cells["occupations"] = (OccupationPart(code=occupation, confirmed_by=by.login),)
    return ReadNeed(NeedDraft.model_validate(cells), read)


async def _place_firm(gateway: Gateway, cells: dict[str, object]) -> None:
    """Names of firm and place into codes; a firm's own place where none is given."""
    named = str(cells.get("enterprise") or "")
    if named:
        firm = await gateway.read(needs.firm_meant, named, by=gateway.by)
        if firm is None:
            why = _("several firms or none fit: choose with ↓ and Enter")
            raise UnclearError("enterprise", why)
        cells["enterprise"] = firm.code
        if not cells.get("area"):
            cells["area"] = await gateway.read(needs.area_of, firm.code)
            return
    if cells.get("area"):
        areas = await gateway.read(needs.find_area, str(cells["area"]))
        if len(areas) != 1:
            names = "、".join(name for _code, name in areas[:5])
            raise UnclearError("area", _("not one place of that name: {names}").format(names=names))
        cells["area"] = areas[0][0]


def causes(error: UnclearError | ValidationError) -> dict[str, str]:
    """What is wrong with which field."""
    return {error.field: error.why} if isinstance(error, UnclearError) else field_causes(error)
