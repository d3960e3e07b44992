"""Taking back what one has just registered or withdrawn: many at once, all or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from store.errors import ConflictError
from store.schemas.actor import Actor
from store.services import answers, audit, classes, clocks, dealing, records, taking_back, waiting
from store.services.rights import Act, require


def withdraw_many(
    session: Session, kind: str, codes: Sequence[str], *, by: Actor, reason: str = ""
) -> tuple[str, ...]:
    """Take records out of use as they are now, all or none; those that are out of use already stay so."""
    views = [records.fetch(session, kind, code, by=by) for code in codes]
    wanted = [view for view in views if view.status != "withdrawn"] or views
    for view in wanted:
        records.withdraw(session, kind, view.code, version=view.version, by=by, reason=reason)
    return tuple(view.code for view in wanted)


def undo(
    session: Session,
    kind: str,
    codes: Sequence[str],
    *,
    by: Actor,
    now: datetime,
    request: str | None = None,
) -> tuple[str, ...]:
    """Take back one's own last act on each record: the registered are withdrawn, the withdrawn in use again.

    Of proposals, classes and waiting firms the last step, where that can be. Refused when somebody else
    has acted since, when it is too long ago, or when the act was another. Returns the acts that were
    taken back, in the order of the codes; the same request a second time takes nothing more back.
    """
    asked = audit.Asked(request, "undo", kind, tuple(codes), by)
    if audit.is_repeat(session, asked):
        return tuple(_reverted(session, kind, code, asked) for code in codes)
    acts = tuple(_revert(session, kind, code, now, asked) for code in codes)
    audit.carried_out(session, asked)
    return acts


def _revert(session: Session, kind: str, code: str, now: datetime, asked: audit.Asked) -> str:
    one = _OF_DEALS.get(kind)
    return one(session, code, now, asked) if one else _undo(session, kind, code, now, asked)


def _reverted(session: Session, kind: str, code: str, asked: audit.Asked) -> str:
    """The act on a record that a request took back before."""
    if kind == "class":
        row = classes.load(session, code, by=asked.by, act=Act.EDIT)
        return taking_back.reverted(session, row, asked).act
    noted = audit.last(session, kind, code, asked=asked)
    if noted is None:
        raise ConflictError("nothing_to_undo", id=code)
    if kind == "waiting":
        return _of_line(str(noted.after["status"]))
    before = audit.last(session, kind, code, earlier=noted.number)
    return before.act if before is not None else "undo"


def kind_of(code: str) -> str:
    """The kind of record that `undo` means by a code alone: a deal's by its letter, else a need."""
    letter, number = code[:1], code[1:]
    return _LETTERS.get(letter, "need") if number.isdigit() else "need"


def _of_proposal(session: Session, code: str, now: datetime, asked: audit.Asked) -> str:
    last, by = audit.last(session, "proposal", code), asked.by
    if last is not None and last.act == "no_show":
        taking_back.undo_no_show(session, code, by=by, now=now, request=asked.id)
    else:
        row = dealing.load(session, code, by=by)
        dealing.require_concerned(session, row, by)
        answers.revert(session, row, by=by, now=now, request=asked.id)
    return last.act if last is not None else "undo"


def _of_class(session: Session, code: str, now: datetime, asked: audit.Asked) -> str:
    row = classes.load(session, code, by=asked.by, act=Act.EDIT)
    return taking_back.revert(session, row, by=asked.by, now=now, request=asked.id).act


def _of_waiting(session: Session, code: str, now: datetime, asked: audit.Asked) -> str:
    waiting.revert(session, code, by=asked.by, now=now, request=asked.id)
    return _of_line(waiting.waiting(session, code, by=asked.by).status)


def _of_line(status: str) -> str:
    """What was taken back of a waiting firm that stands so now."""
    return "leave" if status != "left" else "join"


_LETTERS = {"P": "proposal", "B": "class", "W": "waiting"}
_OF_DEALS: Mapping[str, Callable[[Session, str, datetime, audit.Asked], str]] = {
    "proposal": _of_proposal,
    "class": _of_class,
    "waiting": _of_waiting,
}


def _undo(session: Session, kind: str, code: str, now: datetime, asked: audit.Asked) -> str:
    by = asked.by
    view = records.fetch(session, kind, code, by=by)
    require(by, Act.WITHDRAW, kind, view.owner, code)
    last = audit.last(session, kind, code)
    minutes = clocks.clocks(session).undo_minutes
    if last is None or (last.login, last.organisation) != (by.login, by.organisation):
        raise ConflictError("nothing_to_undo", id=code)
    if (now - last.at).total_seconds() > minutes * 60:
        raise ConflictError("undo_too_late", id=code, minutes=minutes)
    if last.act == "withdraw" and view.status == "withdrawn":
        status = last.before.get("status")
        records.reinstate(
            session, kind, code, version=view.version, by=by, status=status, request=asked.id
        )
    elif last.act == "register":
        records.withdraw(
            session, kind, code, version=view.version, by=by, reason="undo", request=asked.id
        )
    else:
        raise ConflictError("nothing_to_undo", id=code)
    return last.act
