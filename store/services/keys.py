"""Public keys that open a person's desk, added by administrators, revoked by them or by their person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, NotFoundError
from store.models import KeyRow, UserRow
from store.public_key import parse
from store.schemas.access import KeyDraft, KeyView
from store.schemas.actor import Actor
from store.services import audit
from store.services.rights import Act, reach, require


def listed(session: Session, login: str | None = None, *, by: Actor) -> tuple[KeyView, ...]:
    """Keys of a person or of all, the newest first; those who are no administrators have their own only."""
    if login is None and reach(by, Act.READ, "key") is None:
        login = by.login
    if login != by.login:
        require(by, Act.READ, "key", None, login or "")
    wanted = select(KeyRow).order_by(KeyRow.id.desc())
    if login is not None:
        wanted = wanted.where(KeyRow.login == login)
    return tuple(KeyView.model_validate(row) for row in session.scalars(wanted))


def add(session: Session, login: str, draft: KeyDraft, *, by: Actor) -> KeyView:
    """One more key for a person; a key serves one person, and a revoked one is never taken again."""
    require(by, Act.REGISTER, "key", None, login)
    if session.get(UserRow, login) is None:
        raise NotFoundError("user", login)
    key = parse(draft.line)
    found = session.scalars(select(KeyRow).where(KeyRow.blob == key.blob)).first()
    if found is not None:
        code = "key_there" if found.revoked_at is None else "key_was_revoked"
        raise ConflictError(code, id=found.id, login=found.login, fingerprint=key.fingerprint)
    row = KeyRow(
        login=login,
        name=draft.name,
        type=key.type,
        blob=key.blob,
        fingerprint=key.fingerprint,
        added_at=datetime.now(UTC),
        added_by=by.login,
    )
    session.add(row)
    session.flush()
    audit.note(session, by, "add", "key", [(str(row.id), None, _values(row))])
    return KeyView.model_validate(row)


def revoke(session: Session, id: int, *, by: Actor, reason: str = "") -> KeyView:
    """Let a key open nothing any more; whoever came in with it is out at their next step."""
    row = session.get(KeyRow, id, with_for_update=True, populate_existing=True)
    if row is None or row.login != by.login:
        require(by, Act.WITHDRAW, "key", None, str(id))
    if row is None:
        raise NotFoundError("key", str(id))
    if row.revoked_at is not None:
        raise ConflictError("key_revoked_already", id=id)
    before = _values(row)
    row.revoked_at, row.revoked_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(
        session, by, "revoke", "key", [(str(id), before, _values(row))], reason=reason or None
    )
    return KeyView.model_validate(row)


@dataclass(frozen=True, slots=True)
class Opening:
    """A key that opens a desk now, as sshd names it."""

    id: int
    login: str
    type: str
    blob: str


def opening(
    session: Session, type_: str | None = None, blob: str | None = None, *, by: Actor
) -> tuple[Opening, ...]:
    """Keys that open a desk now, all or the one that is asked for: not revoked, its person not suspended."""
    require(by, Act.READ, "key", None)
    row = KeyRow
    wanted = (
        select(row.id, row.login, row.type, row.blob)
        .join(UserRow, UserRow.login == row.login)
        .where(row.revoked_at.is_(None), UserRow.is_active)
        .order_by(row.id)
    )
    if blob is not None:
        wanted = wanted.where(row.type == type_, row.blob == blob)
    return tuple(Opening(*found) for found in session.execute(wanted))


def _values(row: KeyRow) -> Mapping[str, object]:
    return {
        "login": row.login,
        "name": row.name,
        "fingerprint": row.fingerprint,
        "revoked": row.revoked_at is not None,
    }
