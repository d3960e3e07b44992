"""Associations in lines, for screens and commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from store.schemas.records import AssociationView
from store.services.associations import INSTRUCTOR, SITTING, STATIONS, Lack, Lacks
from tui.i18n import _, mark
from tui.words import value_word

_LACKS: Mapping[str, str] = {
    INSTRUCTOR: mark("instructors for {name}"),
    STATIONS: mark("free workstations: {name}"),
    SITTING: mark("assessment of {name}"),
}


def association_line(view: AssociationView, day: date) -> str:
    """Code, sort, name and how many belong to it on a day."""
    told = _("{count} members").format(count=len(view.members_on(day)))
    return f"{view.code}  {value_word(view.sort)}  {view.name}  {told}"


def lacks_lines(found: Lacks) -> Iterator[str]:
    """The members, then what some of them lack and who has it; what nobody has last."""
    yield association_line(found.association, found.day)
    yield _("Members on {day}: {names}").format(
        day=found.day.isoformat(), names=", ".join(name for _code, name in found.members) or "–"
    )
    for one in found.items:
        yield f"  {_lack_line(one)}"
    if not found.items:
        yield _("No member lacks anything for what it teaches.")


def _lack_line(one: Lack) -> str:
    what = _(_LACKS[one.what]).format(name=one.name)
    lacking = ", ".join(name for _code, name in one.lacking)
    if not one.holders:
        return _("{what}: {lacking} without; no member has any").format(what=what, lacking=lacking)
    holders = ", ".join(f"{holder.name} {holder.count}" for holder in one.holders)
    return _("{what}: {lacking} without; {holders}").format(
        what=what, lacking=lacking, holders=holders
    )
