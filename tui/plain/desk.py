"""The main question of the line mode, and the loop around it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from store import Store
from store.errors import DuijieError
from store.schemas.actor import Actor
from store.services import reference, sweep, usage_terms
from tui import glyphs
from tui.i18n import _, mark
from tui.messages import sentence
from tui.plain.talk import EndedError, LeftError, Talk
from tui.settings import Settings
from tui.usage_text import terms_lines


@dataclass
class Begun:
    """A need that is being registered: cells as typed, the firm and the place that are meant."""

    cells: dict[str, str] = field(default_factory=dict)
    area: str | None = None
    occupation: str | None = None


@dataclass
class Desk:
    """Who works on which store, and what was begun and not finished."""

    store: Store
    by: Actor
    today: date
    talk: Talk
    begun: Begun = field(default_factory=Begun)
    kept: Begun = field(default_factory=Begun)  # what the next need begins with


_WORKS: Mapping[str, str] = {
    "registering": mark("register a need"),
    "needs": mark("list needs"),
    "matching": mark("match a need"),
    "proposals": mark("proposals: send, answer, confirm"),
    "calls": mark("calls to make"),
    "help": mark("help"),
}


def open_plain(store: Store, by: Actor, settings: Settings) -> int:
    """Work line by line until the person leaves or nobody answers any more."""
    gc.enable()
    glyphs.use("ascii" if settings.glyphs == "auto" else settings.glyphs)
    desk = Desk(store, by, store.read(reference.today), Talk())
    badge = _("[DEMO] ") if store.read(reference.meta, "demo_day") is not None else ""
    desk.talk.say(
        badge
        + _("duijie, line by line. {name} at {organisation}, {day}.").format(
            name=by.name, organisation=by.organisation, day=desk.today
        )
    )
    desk.talk.say(_("? explains, .. goes back, an empty line keeps what stands in brackets."))
    try:
        while _agreed(desk) and _next(desk):
            pass
    except EndedError:
        desk.talk.say(_("End of input."))
    return 0


def _agreed(desk: Desk) -> bool:
    """Whether the terms of use are accepted; asked for once a version."""
    about: dict[str, Any] = {"by": desk.by, "today": desk.today}
    if not desk.store.read(usage_terms.is_wanted, **about):
        return True
    found = desk.store.read(usage_terms.in_force, **about)
    assert found is not None
    desk.talk.lines(terms_lines(found))
    try:
        if desk.talk.pick(_("Accept them?"), 0, {"y": mark("yes"), "n": mark("no")}) != "y":
            return False
    except LeftError:
        return False
    desk.store.write(usage_terms.accept, found.version, **about)
    return True


def _next(desk: Desk) -> bool:
    """One piece of work; whether another follows."""
    _keep_time(desk)
    talk = desk.talk
    talk.numbered([_(word) for word in _WORKS.values()])
    try:
        answer = talk.pick(_("What next?"), len(_WORKS), {"q": mark("quit")})
    except LeftError:
        return False
    if answer == "q":
        return False
    if answer:
        _do(desk, list(_WORKS)[int(answer) - 1])
    return True


def _do(desk: Desk, name: str) -> None:
    try:
        _works()[name](desk)
    except LeftError:
        desk.talk.say(_("Back."))
    except DuijieError as error:
        desk.talk.say(sentence(error))


def _works() -> Mapping[str, Callable[[Desk], None]]:
    from tui.plain import calls, matching, needs, proposals, registering

    return {
        "registering": registering.register,
        "needs": needs.browse,
        "matching": matching.begin,
        "proposals": proposals.browse,
        "calls": calls.browse,
        "help": _help,
    }


def _help(desk: Desk) -> None:
    desk.talk.lines(
        (
            _("Numbers pick from a list. An empty line keeps what stands in brackets, or goes on."),
            _("? explains a question. .. or Ctrl+C goes back; what was typed for a need is kept."),
            _("- empties a field. . takes the rest of a form as it stands."),
            _(
                "A need goes its way: register, match, propose and send, ring and keep the answers, confirm."
            ),
            _("Everything can also be done with commands: `duijie --help`."),
        )
    )


def _keep_time(desk: Desk) -> None:
    """End what is over, as every open desk does."""
    now = desk.store.read(reference.now)
    try:
        if desk.store.read(sweep.is_due, now):
            desk.store.write(sweep.sweep, now)
    except DuijieError:
        return  # the next round, or another desk, tries again
