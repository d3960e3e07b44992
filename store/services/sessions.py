"""Sessions through the front door: begun and ended, who is in now, and whether they still may be."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from store.errors import ClosedError, ConflictError, NotFoundError
from store.models import AuditRow, KeyRow, SessionRow, UserRow
from store.process import is_running
from store.schemas.access import SessionView
from store.schemas.actor import Actor, Ending, Role
from store.services import audit
from store.services.rights import Act, Reach, reach, require

SEEN_EVERY = timedelta(seconds=60)
_GONE_AFTER = 3 * SEEN_EVERY
_LOOKED_AT = 1000  # audit rows, the newest
_CUT = (Ending.HANG_UP, Ending.IDLE, Ending.CLOSED, Ending.LOST)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody comes from: the address that sshd saw, the kind of terminal, this process."""

    origin: str
    term: str
    pid: int
    host: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Who came in, under which number, in which language, and their last session where it was cut off."""

    by: Actor
    id: int
    lang: str | None
    cut_off: SessionView | None


def visit(origin: str, term: str) -> Visit:
    """A visit by this very process."""
    return Visit(origin[:80], term[:40], os.getpid(), socket.gethostname()[:80])


def begin_by_key(session: Session, key: int, where: Visit) -> Entered:
    """Let in whoever holds a key; refused when it or its person may not."""
    row = session.get(KeyRow, key)
    if row is None:
        raise ClosedError("key_unknown", id=key)
    user = session.get_one(UserRow, row.login)
    if row.revoked_at is not None:
        raise ClosedError("key_revoked", _actor(user), id=key)
    row.last_used_at = datetime.now(UTC)
    return _begin(session, user, key, where)


def begin_by_login(session: Session, login: str, where: Visit) -> Entered:
    """Let in a person with an account of their own on this machine, whom the system has made sure of."""
    user = session.get(UserRow, login)
    if user is None:
        raise ClosedError("login_unknown", login=login)
    return _begin(session, user, None, where)


def _begin(session: Session, user: UserRow, key: int | None, where: Visit) -> Entered:
    by = _actor(user)
    if not user.is_active:
        raise ClosedError("user_suspended", by, login=user.login)
    now = datetime.now(UTC)
    _end_lost(session, now)
    is_desk = bool(where.term)
    if _counted(session, is_desk=is_desk).get(user.login, 0) >= user.most_sessions:
        raise ClosedError("too_many_sessions", by, login=user.login, most=user.most_sessions)
    last = session.scalars(
        select(SessionRow)
        .where(SessionRow.login == user.login)
        .order_by(SessionRow.id.desc())
        .limit(1)
    ).first()
    row = SessionRow(
        login=user.login, key=key, host=where.host, pid=where.pid, origin=where.origin, term=where.term,
        started_at=now, seen_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.note(
        session, by, "begin", "session", [(str(row.id), None, {"key": key, "origin": where.origin})]
    )
    was_cut = last is not None and last.ending in _CUT
    return Entered(by, row.id, user.lang, SessionView.model_validate(last) if was_cut else None)


def end(session: Session, id: int, ending: Ending, *, by: Actor) -> None:
    """Write how one's own session ended; one that has ended already stays as it is."""
    row = session.get(SessionRow, id)
    if row is None or row.login != by.login:
        require(by, Act.WITHDRAW, "session", None, str(id))
    if row is None:
        raise NotFoundError("session", str(id))
    if row.ended_at is None:
        row.ended_at, row.ending = datetime.now(UTC), ending
        audit.note(session, by, "end", "session", [(str(id), None, {"ending": ending})])


def last_act(session: Session, view: SessionView, *, by: Actor) -> audit.Done | None:
    """What the actor saved last in a session of theirs, None when nothing."""
    row = AuditRow
    newest = select(row).order_by(row.id.desc()).limit(_LOOKED_AT).subquery()
    found = session.execute(
        select(newest.c.at, newest.c.act, newest.c.kind, newest.c.code)
        .where(newest.c.login == by.login, newest.c.at >= view.started_at)
        .where(newest.c.kind.not_in(("session", "refusal")))
        .order_by(newest.c.id.desc())
        .limit(1)
    ).first()
    return audit.Done(found.at, by.login, found.act, found.kind, found.code) if found else None


def seen(session: Session, id: int, *, by: Actor) -> None:
    """Write that one's own session is still there."""
    session.execute(
        update(SessionRow)
        .where(SessionRow.id == id, SessionRow.login == by.login, SessionRow.ended_at.is_(None))
        .values(seen_at=datetime.now(UTC))
    )


def standing(session: Session, by: Actor, id: int | None = None) -> None:
    """Raise unless the person may still act as they do, and their session and its key still stand."""
    user = UserRow
    found = session.execute(
        select(user.is_active, user.role, user.organisation).where(user.login == by.login)
    ).first()
    if found is None or not found.is_active:
        raise ClosedError("user_suspended", by, login=by.login)
    if (found.role, found.organisation) != (by.role.value, by.organisation):
        raise ClosedError("user_changed", by, login=by.login)
    if id is not None:
        _session_standing(session, by, id)


def _session_standing(session: Session, by: Actor, id: int) -> None:
    row = SessionRow
    wanted = select(row.ended_at, row.ending, row.login, KeyRow.revoked_at).where(row.id == id)
    found = session.execute(wanted.outerjoin(KeyRow, KeyRow.id == row.key)).first()
    if found is not None and found.login == by.login and found.ending == Ending.LOST:
        raise ClosedError("session_lost", by)
    if found is None or found.login != by.login or found.ended_at is not None:
        raise ClosedError("session_closed", by)
    if found.revoked_at is not None:
        raise ClosedError("key_revoked", by)


def listed(
    session: Session, *, by: Actor, ended: bool = False, most: int = 200
) -> tuple[SessionView, ...]:
    """Sessions that are open, or the newest ones that have ended; one's own unless one keeps the server."""
    wanted = select(SessionRow).order_by(SessionRow.id.desc()).limit(most)
    wanted = wanted.where(SessionRow.ended_at.is_not(None) if ended else _is_open())
    if reach(by, Act.READ, "session") is not Reach.ANY:
        wanted = wanted.where(SessionRow.login == by.login)
    rows = session.scalars(wanted)
    return tuple(SessionView.model_validate(row) for row in rows if ended or not _is_gone(row))


def close(session: Session, id: int, *, by: Actor, reason: str = "") -> SessionView:
    """End somebody's session: their next step is refused, their desk closes."""
    row = session.get(SessionRow, id, with_for_update=True, populate_existing=True)
    if row is None or row.login != by.login:
        require(by, Act.WITHDRAW, "session", None, str(id))
    if row is None:
        raise NotFoundError("session", str(id))
    if row.ended_at is not None:
        raise ConflictError("session_over", id=id)
    row.ended_at, row.ending = datetime.now(UTC), Ending.CLOSED
    session.flush()
    told = (str(id), None, {"login": row.login, "ending": Ending.CLOSED})
    audit.note(session, by, "close", "session", [told], reason=reason or None)
    return SessionView.model_validate(row)


def counted(session: Session) -> dict[str, int]:
    """How many desks each person has open; a command that runs is none."""
    return _counted(session, is_desk=True)


def _counted(session: Session, *, is_desk: bool) -> dict[str, int]:
    counts: dict[str, int] = {}
    kind = SessionRow.term != "" if is_desk else SessionRow.term == ""
    for row in session.scalars(select(SessionRow).where(_is_open(), kind)):
        if not _is_gone(row):
            counts[row.login] = counts.get(row.login, 0) + 1
    return counts


def _is_open() -> ColumnElement[bool]:
    return SessionRow.ended_at.is_(None)


def _is_gone(row: SessionRow) -> bool:
    """Whether a process ended without a word: not seen any more, or its number is free on this machine."""
    if datetime.now(UTC) - row.seen_at > _GONE_AFTER:
        return True
    return row.host == socket.gethostname()[:80] and not is_running(row.pid)


def _end_lost(session: Session, now: datetime) -> None:
    """Write the end of sessions that could not do so themselves; when exactly they ended nobody knows."""
    for row in session.scalars(select(SessionRow).where(_is_open())).all():
        if _is_gone(row):
            row.ended_at, row.ending = now, Ending.LOST
    session.flush()


def _actor(user: UserRow) -> Actor:
    return Actor(user.login, user.name, Role(user.role), user.organisation)
