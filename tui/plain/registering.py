"""Register a need: one question a field, with what the sentence states as answers to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

from pydantic import ValidationError

from store.errors import DuijieError
from store.schemas.fields import LADDER
from store.schemas.records import NeedDraft, OccupationPart
from store.services import learning, needs, records
from store.services.needs import LiveCheck
from store.standard.days import read_day
from tui.field_help import FIELD_HELP
from tui.i18n import _
from tui.messages import field_causes, sentence
from tui.plain import matching
from tui.plain.desk import Begun, Desk
from tui.plain.talk import NOTHING, REST
from tui.typed import read_weekly
from tui.words import cell_word, field_word, level_word

FIELDS = (
    "enterprise", "text", "heads", "level", "certificate", "earliest", "latest", "weekly",
    "area", "max_travel_km", "budget", "min_practice_hours", "mode", "can_split",
)  # fmt: skip
_STICKY = ("earliest", "area", "max_travel_km")


def register(desk: Desk) -> None:
    """From the first field to a stored need; what was typed stays until it is stored."""
    talk = desk.talk
    if desk.begun.cells and not talk.agrees(_("A need was begun. Go on with it?")):
        desk.begun = Begun()
    if not desk.begun.cells:
        cells = {"earliest": desk.today.isoformat(), **desk.kept.cells}
        desk.begun = Begun(cells, desk.kept.area)
    for name in FIELDS:
        if _field(desk, name) == REST:
            break
    request = uuid4().hex
    while not (code := _saved(desk, request)):
        _amend(desk)
    kept = {name: desk.begun.cells[name] for name in _STICKY if desk.begun.cells.get(name)}
    desk.kept = Begun(kept, desk.begun.area)
    desk.begun = Begun()
    if talk.agrees(_("Match {code} now?").format(code=code)):
        matching.match(desk, code)


def _field(desk: Desk, name: str) -> str:
    """Ask one field until it is clear; answers REST when the others stay as they are."""
    cells, talk = desk.begun.cells, desk.talk
    before = _SETTLE.get(name, _settle_value)
    while True:
        now = cell_word(name, cells.get(name, ""))
        answer = talk.ask(field_word(name), now=now, explain=_explained(name))
        if answer == REST and cells.get("text"):
            return REST
        typed = "" if answer == NOTHING else answer or cells.get(name, "")
        why = before(desk, name, typed)
        if not why:
            return ""
        talk.say(why)


def _explained(name: str) -> str:
    return _(FIELD_HELP[name]) if name in FIELD_HELP else ""


def _settle_value(desk: Desk, name: str, typed: str) -> str:
    """Keep a cell, or say why it cannot be."""
    read: Mapping[str, Callable[[str], str]] = {
        "earliest": lambda text: read_day(text, desk.today),
        "latest": lambda text: read_day(text, desk.today),
        "weekly": read_weekly,
    }
    cell = read[name](typed) if name in read else typed
    why = _cause(name, cell)
    if not why:
        desk.begun.cells[name] = cell
    return why


def _cause(name: str, cell: str) -> str:
    try:
        NeedDraft.model_validate({name: cell})
    except ValidationError as error:
        return field_causes(error).get(name, "")
    return ""


def _settle_firm(desk: Desk, name: str, typed: str) -> str:
    """The firm that the words mean, picked from several."""
    if not typed:
        return _cause(name, typed)
    hits = desk.store.read(needs.find_enterprises, typed, by=desk.by)
    firm = needs.sure_enterprise(hits)
    if firm is None and hits:
        desk.talk.numbered([f"{hit.title}, {hit.code}" for hit in hits])
        answer = desk.talk.pick(_("Which firm? An empty line asks again"), len(hits))
        firm = hits[int(answer) - 1] if answer else None
    if firm is None:
        return _("No firm fits. Write its name, code or pinyin initials.")
    desk.talk.say(_("Firm: {name}, {code}.").format(name=firm.title, code=firm.code))
    desk.begun.cells[name] = firm.code
    return ""


def _settle_text(desk: Desk, name: str, typed: str) -> str:
    """The sentence, what it states in other fields, and the occupation that is meant."""
    is_new = typed != desk.begun.cells.get(name)
    why = _settle_value(desk, name, typed)
    if why or not is_new:
        return why
    firm = desk.begun.cells.get("enterprise", "")
    found = desk.store.read(needs.check, firm, typed, by=desk.by, today=desk.today)
    _take_stated(desk, found)
    desk.begun.occupation = _occupation(desk, found)
    for same in found.duplicates[:2]:
        told = _("! Perhaps the same: {code} {heads} heads, {by} {day:%m-%d}")
        desk.talk.say(told.format(code=same.code, heads=same.heads, by=same.by, day=same.at))
    return ""


def _take_stated(desk: Desk, found: LiveCheck) -> None:
    """Fields that the sentence states are kept unless the person says otherwise."""
    stated = {item.field: item.cell for item in found.read if item.cell and item.field in FIELDS}
    stated.pop("enterprise", None)
    told = [f"{field_word(name)} {cell_word(name, cell)}" for name, cell in stated.items()]
    if told:
        desk.talk.say(_("Read from the sentence: {fields}.").format(fields="; ".join(told)))
    desk.begun.cells |= {name: _settled_cell(desk, name, cell) for name, cell in stated.items()}


def _settled_cell(desk: Desk, name: str, cell: str) -> str:
    if name == "area":
        areas = desk.store.read(needs.find_area, cell)
        desk.begun.area = areas[0][0] if len(areas) == 1 else None
    return cell


def _occupation(desk: Desk, found: LiveCheck) -> str | None:
    """What the person confirmed, nothing where it is left to the program."""
    if found.resolution is None or not found.resolution.matches:
        desk.talk.say(_("No occupation is recognised; the need is matched by its words."))
        return None
    matches = found.resolution.matches
    told = [f"{match.name}, {match.code}, {match.score:.2f}" for match in matches]
    level = next((one.cell for one in found.read if one.field == "level"), "")
    if level:
        desk.talk.say(_("Level read: {level}").format(level=level_word(LADDER.index(level) + 1)))
    if not found.resolution.is_ambiguous:
        desk.talk.say(_("Occupation: {name}").format(name=told[0]))
        return None
    desk.talk.numbered(told)
    answer = desk.talk.pick(_("Which occupation? An empty line leaves it open"), len(matches))
    return matches[int(answer) - 1].code if answer else None


def _settle_area(desk: Desk, name: str, typed: str) -> str:
    """One place of that name, picked from several; nothing stands for the firm's own."""
    areas = desk.store.read(needs.find_area, typed) if typed else ()
    chosen = areas[0] if len(areas) == 1 else None
    if len(areas) > 1:
        desk.talk.numbered([f"{area}, {code}" for code, area in areas])
        answer = desk.talk.pick(_("Which place? An empty line asks again"), len(areas))
        chosen = areas[int(answer) - 1] if answer else None
    if typed and chosen is None:
        return _("not one place of that name: {names}").format(
            names="、".join(area for _code, area in areas[:5])
        )
    desk.begun.area, desk.begun.cells[name] = chosen or (None, "")
    return ""


_SETTLE: Mapping[str, Callable[[Desk, str, str], str]] = {
    "enterprise": _settle_firm,
    "text": _settle_text,
    "area": _settle_area,
}


def _amend(desk: Desk) -> None:
    """The form as it stands; a number changes a field."""
    cells = desk.begun.cells
    desk.talk.numbered(
        [f"{field_word(name)}: {cell_word(name, cells.get(name, ''))}" for name in FIELDS]
    )
    answer = desk.talk.pick(_("Which field is to change? An empty line saves"), len(FIELDS))
    if answer:
        _field(desk, FIELDS[int(answer) - 1])


def _saved(desk: Desk, request: str) -> str:
    """The code of the stored need, empty when something has to change first."""
    talk = desk.talk
    try:
        draft = _draft(desk)
    except ValidationError as error:
        for name, why in field_causes(error).items():
            talk.say(f"{field_word(name)}: {why}" if name else why)
        return ""
    if not talk.agrees(_("Save?")):
        return ""
    try:
        view = desk.store.write(records.register, draft, by=desk.by, request=request)
        taught = desk.store.read(learning.confirmations, by=desk.by, record=view.code)
    except DuijieError as error:
        talk.say(sentence(error))
        return ""
    talk.say(_("{code} is saved.").format(code=view.code))
    for item in taught:
        told = _(" “{words}” is remembered as {name}.")
        talk.say(told.format(words=item.words, name=item.name).strip())
    return str(view.code)


def _draft(desk: Desk) -> NeedDraft:
    begun = desk.begun
    cells: dict[str, object] = dict(begun.cells)
    cells["area"] = begun.area
    if begun.area is None and begun.cells.get("enterprise"):
        cells["area"] = desk.store.read(needs.area_of, begun.cells["enterprise"], by=desk.by)
    if begun.occupation:
        cells["occupations"] = (OccupationPart(code=begun.occupation, confirmed_by=desk.by.login),)
    return NeedDraft.model_validate(cells)
