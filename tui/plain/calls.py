"""The calls to make: whom, why, what to say, and what came of it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from store.errors import DuijieError
from store.schemas.actor import Role
from store.services import desk as call_desk
from store.services import records, reference
from store.services.reminders import Call
from tui import deal_text
from tui.i18n import _, mark
from tui.messages import sentence
from tui.plain import matching, proposals
from tui.plain.desk import Desk

_PAGE = 20
_OUTCOMES = {
    "a": ("accepted", mark("said yes")),
    "d": ("declined", mark("said no")),
    "n": ("no_answer", mark("no answer")),
    "l": ("later", mark("later")),
    "t": ("talked", mark("talked")),
}


def browse(desk: Desk) -> None:
    """The most urgent calls; a number says what to say."""
    while True:
        now = desk.store.read(reference.now)
        found = desk.store.read(call_desk.queue, by=desk.by, now=now)
        if not found:
            desk.talk.say(_("Nobody to ring."))
            return
        desk.talk.say(_("{count} calls to make").format(count=len(found)))
        shown = found[:_PAGE]
        desk.talk.numbered([_line(call, now) for call in shown])
        answer = desk.talk.pick(_("A number opens a call, an empty line goes back"), len(shown))
        if not answer:
            return
        _show(desk, shown[int(answer) - 1])


def _line(call: Call, now: datetime) -> str:
    parts = (
        _("overdue") if call.is_overdue(now) else deal_text.time_left(call.due, now),
        call.name,
        deal_text.why_line(call),
        call.record,
    )
    return ", ".join(part for part in parts if part)


def _show(desk: Desk, call: Call) -> None:
    desk.talk.say(f"{call.name}, {call.record}, {deal_text.why_line(call)}")
    desk.talk.lines(deal_text.sentences(call, _centre(desk)))
    letters = {letter: word for letter, (_came, word) in _OUTCOMES.items()} | {"o": mark("open it")}
    if not call.why.startswith(("answer", "counter")):
        letters = {key: word for key, word in letters.items() if key not in "ad"}
    answer = desk.talk.pick(_("What came of it? An empty line goes back"), 0, letters)
    if answer == "o" and call.why == call_desk.FILING:
        desk.talk.say(_("See `duijie filing due {code}`.").format(code=call.record))
    elif answer == "o":
        _open(desk, call.record)
    elif answer:
        _keep(desk, call, _OUTCOMES[answer][0])


def _centre(desk: Desk) -> str:
    """Who is ringing."""
    if desk.by.role is not Role.OPERATOR:
        return desk.by.name
    centre = desk.store.read(records.fetch, "centre", desk.by.organisation, by=desk.by)
    return str(centre.name)


def _open(desk: Desk, record: str) -> None:
    if record.startswith("P"):
        proposals.show(desk, record)
    elif record.startswith("N"):
        matching.match(desk, record)
    elif record.startswith("DD"):
        desk.talk.say(_("See `duijie visit show {code}`.").format(code=record))
    else:
        desk.talk.say(_("See `duijie class show {code}`.").format(code=record))


def _keep(desk: Desk, call: Call, came: str) -> None:
    question = _("Why? The reason goes into the record.") if came == "declined" else _("Note")
    note = desk.talk.ask(question)
    now = desk.store.read(reference.now)
    try:
        again = desk.store.write(
            call_desk.outcome,
            call.record,
            call.party,
            came,
            by=desk.by,
            now=now,
            note=note,
            request=uuid4().hex,
        )
    except DuijieError as error:
        desk.talk.say(sentence(error))
        return
    told = _("Kept: {name}.").format(name=call.name)
    if again is not None:
        told += " " + _("Again {moment}").format(moment=deal_text.moment(again))
    desk.talk.say(told)
