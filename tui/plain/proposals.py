"""Proposals: what waits, everything about one, and the steps that it can take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from store.errors import DuijieError
from store.schemas.actor import Role
from store.services import answers, inbox, pools, proposals, reference, subsidies
from store.services.dealing import Outcome
from store.services.inbox import Answer, Line, Proposal
from store.services.rights import Act, reach
from tui import deal_text
from tui.i18n import _, mark
from tui.messages import sentence
from tui.plain.desk import Desk
from tui.render import violation_line
from tui.words import day_word, value_word

_PAGE = 30
_STEPS: Mapping[str, Mapping[str, str]] = {
    "draft": {"s": mark("send"), "w": mark("withdraw")},
    "sent": {"a": mark("said yes"), "d": mark("said no"), "w": mark("withdraw")},
    "accepted": {"c": mark("confirm"), "u": mark("take the last step back"), "w": mark("withdraw")},
    "confirmed": {"u": mark("take the last step back")},
}


def browse(desk: Desk) -> None:
    """The proposals that go on, the clock that ends first on top; a number opens one."""
    while True:
        now = desk.store.read(reference.now)
        found = desk.store.read(inbox.proposals, by=desk.by, live_only=True, limit=_PAGE)
        if not found:
            desk.talk.say(_("No proposal goes on."))
            return
        desk.talk.numbered([_line(line, now) for line in found])
        answer = desk.talk.pick(_("A number opens a proposal, an empty line goes back"), len(found))
        if not answer:
            return
        show(desk, found[int(answer) - 1].code)


def _line(line: Line, now: datetime) -> str:
    parts = (
        f"{line.code} {value_word(line.status)}",
        deal_text.time_left(line.until, now),
        _("waits for you") if line.is_mine else "",
        line.enterprise,
        deal_text.heads_word(line.heads),
        day_word(line.first_day),
        line.title,
    )
    return ", ".join(part for part in parts if part)


def show(desk: Desk, code: str) -> None:
    """One proposal and its steps, until the person goes back."""
    while True:
        now = desk.store.read(reference.now)
        found = desk.store.read(inbox.proposal, code, by=desk.by)
        net = None
        if reach(desk.by, Act.READ, "match"):
            net = desk.store.read(subsidies.deal_net, code, by=desk.by)
        desk.talk.lines(deal_text.proposal_lines(found, now, net))
        letters = {**_STEPS.get(found.status, {}), "h": mark("history"), "v": mark("sessions")}
        answer = desk.talk.pick(_("What to do? An empty line goes back"), 0, letters)
        if not answer:
            return
        if answer == "h":
            desk.talk.lines(deal_text.history_lines(found))
        elif answer == "v":
            desk.talk.lines(deal_text.session_lines(found.plan.sessions, found.names))
        else:
            _step(desk, found, answer)


def _step(desk: Desk, found: Proposal, letter: str) -> None:
    more: dict[str, Any] = {"version": found.version}
    if letter == "s" and found.pool is not None:
        _send_pool(desk, found.pool)
    elif letter == "s":
        carry_out(desk, proposals.send, found.code, **more, request=uuid4().hex)
    elif letter == "c":
        carry_out(desk, proposals.confirm, found.code, **more, request=uuid4().hex)
    elif letter == "u":
        carry_out(desk, answers.undo, found.code, **more, request=uuid4().hex)
    elif letter == "w":
        reason = desk.talk.ask(_("Why?"))
        carry_out(desk, proposals.withdraw, found.code, **more, reason=reason)
    else:
        _answer(desk, found, letter, more)


def _send_pool(desk: Desk, pool: str) -> None:
    now = desk.store.read(reference.now)
    try:
        made = desk.store.write(pools.send, pool, by=desk.by, now=now)
    except DuijieError as error:
        desk.talk.say(sentence(error))
        return
    told = _("{pool}: {count} proposals sent, the class is offered to all its firms.")
    desk.talk.say(told.format(pool=pool, count=len(made)))


def _answer(desk: Desk, found: Proposal, letter: str, more: dict[str, Any]) -> None:
    """What one party said; an institution answers for itself."""
    asked = [answer for answer in found.answers if answer.status == "pending"] or found.answers
    if desk.by.role is Role.INSTITUTION:
        more["party"] = None
    else:
        party = _party(desk, asked, found.names)
        if party is None:
            return
        more["party"] = party.party
    if letter == "a":
        carry_out(desk, answers.accept, found.code, **more)
    else:
        carry_out(desk, answers.decline, found.code, **more, reason=desk.talk.ask(_("Why?")))


def _party(desk: Desk, asked: Sequence[Answer], names: Mapping[str, str]) -> Answer | None:
    if len(asked) == 1:
        return asked[0]
    desk.talk.numbered([deal_text.answer_line(answer, names) for answer in asked])
    answer = desk.talk.pick(_("Who said so? An empty line goes back"), len(asked))
    return asked[int(answer) - 1] if answer else None


def carry_out(desk: Desk, service: Callable[..., Outcome], code: str, **more: Any) -> None:
    """One step in one write, then what it came to or why not."""
    now = desk.store.read(reference.now)
    try:
        made = desk.store.write(service, code, by=desk.by, now=now, **more)
    except DuijieError as error:
        desk.talk.say(sentence(error))
        return
    tell(desk, made)


def tell(desk: Desk, made: Outcome) -> None:
    """The state that a proposal is in now, and what only warns."""
    told = f"{made.code}: {value_word(made.status)}"
    if made.until:
        told += ", " + _("until {moment}").format(moment=deal_text.moment(made.until))
    desk.talk.say(told)
    desk.talk.lines(f"! {violation_line(warning)}" for warning in made.warnings)
