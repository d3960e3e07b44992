"""People who may come in: invited, changed, suspended, let in again; by administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError, StaleEditError
from store.models import KeyRow, OrganisationRow, SessionRow, UserRow
from store.schemas.access import KeyDraft, LoginDraft, UserDraft, UserView
from store.schemas.actor import Actor, Role
from store.services import audit, keys, sessions
from store.services.opinions import EVALUATES
from store.services.rights import Act, require

# The kinds of organisation that people of a role act for; an administrator may sit in either of the two.
_PLACES: Mapping[str, tuple[str, ...]] = {
    Role.OPERATOR: ("centre",),
    Role.INSTITUTION: ("institution",),
    Role.SUPERVISOR: ("bureau", "centre"),
    Role.ADMIN: ("bureau", "centre"),
    Role.ENTERPRISE: ("enterprise",),
    Role.EVALUATOR: ("institution",),
}


def listed(session: Session, *, by: Actor) -> tuple[UserView, ...]:
    """Everybody who was ever invited, in order of login."""
    require(by, Act.READ, "user", None)
    return _views(session, session.scalars(select(UserRow).order_by(UserRow.login)).all())


def shown(session: Session, login: str, *, by: Actor) -> UserView:
    """One person; everybody sees themselves."""
    if login != by.login:
        require(by, Act.READ, "user", None, login)
    return _views(session, [_row(session, login)])[0]


def invite(
    session: Session, login: str, draft: UserDraft, *, key: KeyDraft | None = None, by: Actor
) -> UserView:
    """A person who may come in with their first key, or by their own account on the server.

    With a key that is refused the person is not invited either.
    """
    require(by, Act.REGISTER, "user", None, login)
    LoginDraft(login=login)
    if session.get(UserRow, login) is not None:
        raise ConflictError("user_there", login=login)
    _check_place(session, draft)
    row = UserRow(login=login, is_active=True, version=1, **draft.model_dump())
    session.add(row)
    session.flush()
    audit.note(session, by, "invite", "user", [(login, None, _values(row))])
    if key is not None:
        keys.add(session, login, key, by=by)
    return _views(session, [row])[0]


def change(
    session: Session, login: str, draft: UserDraft, *, version: int | None = None, by: Actor
) -> UserView:
    """Another name, role, organisation, language or limit; desks that act otherwise end."""
    require(by, Act.EDIT, "user", None, login)
    row = _row(session, login, for_update=True)
    if version is not None and version != row.version:
        raise StaleEditError("user", login, row.version)
    _check_place(session, draft)
    if draft.role != Role.ADMIN.value:
        _keep_an_administrator(session, row)
    before = _values(row)
    for name, value in draft.model_dump().items():
        setattr(row, name, value)
    return _saved(session, row, before, "edit", by)


def suspend(session: Session, login: str, *, by: Actor, reason: str = "") -> UserView:
    """Keep a person out: their next write is refused, open desks close, keys open nothing."""
    require(by, Act.WITHDRAW, "user", None, login)
    if login == by.login:
        raise ConflictError("user_self")
    row = _row(session, login, for_update=True)
    if not row.is_active:
        raise ConflictError("user_suspended_already", login=login)
    _keep_an_administrator(session, row)
    before = _values(row)
    row.is_active = False
    return _saved(session, row, before, "suspend", by, reason)


def reinstate(session: Session, login: str, *, by: Actor) -> UserView:
    """Let a suspended person in again, with the keys they had."""
    require(by, Act.EDIT, "user", None, login)
    row = _row(session, login, for_update=True)
    if row.is_active:
        raise ConflictError("user_active_already", login=login)
    before = _values(row)
    row.is_active = True
    return _saved(session, row, before, "reinstate", by)


def draft_of(view: UserView) -> UserDraft:
    """What could be changed of a person, as it is."""
    return UserDraft.model_validate({name: getattr(view, name) for name in UserDraft.model_fields})


def _saved(
    session: Session,
    row: UserRow,
    before: Mapping[str, object],
    act: str,
    by: Actor,
    reason: str = "",
) -> UserView:
    row.version += 1
    session.flush()
    told = (row.login, before, _values(row))
    audit.note(session, by, act, "user", [told], reason=reason or None)
    return _views(session, [row])[0]


def _row(session: Session, login: str, *, for_update: bool = False) -> UserRow:
    row = session.get(UserRow, login, with_for_update=for_update, populate_existing=True)
    if row is None:
        raise NotFoundError("user", login)
    return row


def _values(row: UserRow) -> Mapping[str, object]:
    names = (*UserDraft.model_fields, "is_active")
    return {name: getattr(row, name) for name in names}


def _check_place(session: Session, draft: UserDraft) -> None:
    """People of a role act for organisations of certain kinds only: rights are counted by organisation."""
    found = session.get(OrganisationRow, draft.organisation)
    if found is None:
        raise InvalidError(
            "unknown_reference",
            kind="organisation",
            column="organisation",
            value=draft.organisation,
        )
    is_judge = draft.role != Role.EVALUATOR.value or found.sort == EVALUATES
    if found.kind not in _PLACES[draft.role] or not is_judge:
        raise InvalidError(
            "user_place",
            role=draft.role,
            organisation=draft.organisation,
            kind=found.sort or found.kind,
        )


def _keep_an_administrator(session: Session, row: UserRow) -> None:
    """Somebody must be left who can let people in."""
    others = select(func.count()).where(
        UserRow.role == Role.ADMIN, UserRow.is_active, UserRow.login != row.login
    )
    if row.role == Role.ADMIN and row.is_active and not session.scalar(others):
        raise ConflictError("last_admin", login=row.login)


def _views(session: Session, rows: Sequence[UserRow]) -> tuple[UserView, ...]:
    logins = [row.login for row in rows]
    live = select(KeyRow.login, func.count()).where(
        KeyRow.login.in_(logins), KeyRow.revoked_at.is_(None)
    )
    seen = select(SessionRow.login, func.max(SessionRow.seen_at)).where(
        SessionRow.login.in_(logins)
    )
    found = session.execute(live.group_by(KeyRow.login))
    counts: dict[str, int] = {login: count for login, count in found}
    visits = session.execute(seen.group_by(SessionRow.login))
    last: dict[str, datetime] = {login: at for login, at in visits}
    open_now = sessions.counted(session)
    return tuple(
        UserView.model_validate(row).model_copy(
            update={
                "keys": counts.get(row.login, 0),
                "open": open_now.get(row.login, 0),
                "last_seen_at": last.get(row.login),
            }
        )
        for row in rows
    )
