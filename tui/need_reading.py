"""Typed cells of a need into a draft: firm and place by name or letters, short dates, letters for a trade."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from store.schemas.records import NeedDraft, OccupationPart
from store.services import needs, sentences
from store.standard.days import read_day
from tui.gateway import Gateway
from tui.i18n import _
from tui.messages import field_causes
from tui.typed import read_weekly

_NAMED = 3  # firms or places that are named where one must be chosen
_LIKELY = 0.5  # a firm that is less alike is not meant
_SOME_FIRM = "E000000"  # stands for a firm that is not clear while the other cells are checked


class UnclearError(Exception):
    """Cells that are wrong, or that fit several records or none, each with what to do about it.

    `parts` are cells to be registered in place of a sentence that names several trades, each of one.
    """

    def __init__(self, causes: Mapping[str, str], parts: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(", ".join(causes))
        self.causes = causes
        self.parts = parts


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

    Raises UnclearError with every cell that is wrong or must be chosen.
    """
    by, today = gateway.by, gateway.today
    cells: dict[str, object] = dict(typed)
    causes: dict[str, str] = {}
    read = await _stated(gateway, typed, unwritten)
    if not occupation and "heads" in unwritten:
        await _refuse_several(gateway, typed, read)
    cells.update(read)
    if typed.get("text"):
        spelled = await gateway.read(needs.spell, typed["text"], by=by, today=today)
        if spelled is not None and not spelled.text:
            told = _("these letters fit several trades or none: ↓ or a number chooses")
            causes["text"] = told
        elif spelled is not None:
            cells["text"] = spelled.text
            occupation = occupation or spelled.occupation
    for name in ("earliest", "latest", "weekly", "budget"):
        cells[name] = _plain_cell(name, str(cells.get(name) or ""), today)
    await _place_firm(gateway, cells, causes)
    if occupation:
        cells["occupations"] = (OccupationPart(code=occupation, confirmed_by=by.login),)
    try:
        draft = NeedDraft.model_validate(cells)
    except ValidationError as error:
        raise UnclearError({**causes, **field_causes(error)}) from error
    if draft.latest is not None and draft.latest < today:
        causes["latest"] = _("{day} is over: nothing can be found for it").format(day=draft.latest)
    if causes:
        raise UnclearError(causes)
    return ReadNeed(draft, read)


def cell_cause(name: str, cell: str, today: date) -> str:
    """What is wrong with one cell by itself, empty when nothing is or only the store knows."""
    if not cell.strip() or name in ("enterprise", "text", "area"):
        return ""
    cells = {"enterprise": _SOME_FIRM, "text": "-", "heads": "1", "earliest": today.isoformat()}
    cells[name] = _plain_cell(name, cell, today)
    try:
        NeedDraft.model_validate(cells)
    except ValidationError as error:
        return field_causes(error).get(name, "")
    return ""


def _plain_cell(name: str, cell: str, today: date) -> str:
    """A cell as it is stored, out of the short ways of typing it."""
    if name in ("earliest", "latest"):
        return read_day(cell, today)
    if name == "weekly":
        return read_weekly(cell)
    return cell.strip("元¥￥ ") if name == "budget" else cell


async def _refuse_several(
    gateway: Gateway, typed: Mapping[str, str], read: Mapping[str, str]
) -> None:
    """A need is of one trade; the firm that a sentence names goes with each of its parts."""
    parts = await gateway.read(needs.apart, typed.get("text", ""), by=gateway.by)
    if parts:
        firm = {name: cell for name, cell in read.items() if name == "enterprise"}
        told = _("several trades in one sentence: one need each, such as “{part}”")
        rows = [{**firm, "text": part} for part in parts]
        raise UnclearError({"text": told.format(part=parts[0])}, rows)


async def _stated(
    gateway: Gateway, typed: Mapping[str, str], unwritten: Collection[str]
) -> dict[str, str]:
    """What the words state of fields that nobody has written in."""
    if not (typed.get("text") and unwritten):
        return {}
    items = await gateway.read(
        sentences.read_sentence, typed["text"], by=gateway.by, today=gateway.today
    )
    return {item.field: item.cell for item in items if item.cell and item.field in unwritten}


async def _place_firm(gateway: Gateway, cells: dict[str, object], causes: dict[str, str]) -> None:
    """Names of firm and place into codes; a firm's own place where none is given."""
    named = str(cells.get("enterprise") or "")
    if named:
        firm = await gateway.read(needs.firm_meant, named, by=gateway.by)
        if firm is None:
            causes["enterprise"] = await _which_firm(gateway, named)
            cells["enterprise"] = _SOME_FIRM
        else:
            cells["enterprise"] = firm.code
            if not cells.get("area"):
                cells["area"] = await gateway.read(needs.area_of, firm.code, by=gateway.by)
                return
    if cells.get("area"):
        areas = await gateway.read(needs.find_area, str(cells["area"]))
        if len(areas) == 1:
            cells["area"] = areas[0][0]
            return
        cells["area"] = None
        names = "、".join(name for _code, name in areas[:_NAMED])
        told = _("not one place of that name: {names}") if areas else _("there is no such place")
        causes["area"] = told.format(names=names)


async def _which_firm(gateway: Gateway, named: str) -> str:
    found = await gateway.read(needs.find_enterprises, named, by=gateway.by)
    hits = [hit for hit in found if hit.score >= _LIKELY]
    if not hits:
        return _("no firm is called that: search with / or register it first")
    names = "、".join(f"{hit.title} {hit.code}" for hit in hits[:_NAMED])
    return _("several firms fit, choose with ↓ or write the code: {names}").format(names=names)
