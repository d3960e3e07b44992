"""Who is at the keyboard; the only place that decides it."""

from __future__ import annotations

import os
import pwd
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from store import Store, open_store
from store.errors import NotAllowedError, NotFoundError
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import reference, rights, sessions

if TYPE_CHECKING:
    from store.services.sessions import Entered

# Whoever came in through the front door: one a process, for good.
_through_the_door: list[Entered] = []


def admit(entered: Entered) -> None:
    """From now on this process acts for a person who came in through the front door, and for nobody else."""
    assert not _through_the_door
    _through_the_door.append(entered)


def login_name() -> str:
    """The operating system's name for the real user; environment variables are not believed."""
    return pwd.getpwuid(os.getuid()).pw_name


def who(store: Store, as_user: str | None = None) -> Actor:
    """The actor for this session; every transaction of the store asks first whether they still may act.

    `as_user` is honoured only for someone who owns the store's file and so could change it anyway, and
    never for those who came in through the front door: they share the account that owns it.
    """
    if _through_the_door:
        entered = _through_the_door[0]
        if as_user is not None:
            store.read(rights.refuse, "act_as", "user", as_user, by=entered.by)
        store.ask_first(partial(sessions.standing, by=entered.by, id=entered.id))
        return entered.by
    by = _local(store, as_user)
    store.ask_first(partial(sessions.standing, by=by))
    return by


def keeper(store: Store, location: str, as_user: str | None = None) -> Actor:
    """Who keeps people and keys: the owner of the store acts as the program itself, others as themselves.

    Somebody has to be the first administrator, and the owner could change the file anyway.
    """
    if not _through_the_door and as_user is None and _is_owner(location):
        return Actor(login_name(), login_name(), Role.SYSTEM, SYSTEM.organisation)
    return who(store, as_user)


def require_keeper(
    location: str, act: str, as_user: str | None, roles: tuple[Role, ...] = (Role.ADMIN,)
) -> None:
    """Refuse what is done to a store as a whole, unless it is the caller's own or one of the roles asks."""
    if not _through_the_door and as_user is None and _is_owner(location):
        return
    store = open_store(location)
    try:
        by = who(store, as_user)
        if by.role not in roles:
            store.read(rights.refuse, act, "store", store.url.render_as_string(), by=by)
    finally:
        store.close()


def _local(store: Store, as_user: str | None) -> Actor:
    if as_user is not None:
        _require_ownership(store, as_user)
        found = store.read(reference.actor, as_user)
        if found is None:
            raise NotFoundError("user", as_user)
        return found
    login = login_name()
    found = store.read(reference.actor, login) or store.read(reference.demo_operator)
    if found is None:
        raise NotFoundError("user", login)
    return found


def _is_owner(location: str) -> bool:
    from store import backups

    return backups.is_owner(location)


def _require_ownership(store: Store, as_user: str) -> None:
    path = Path(store.url.database or "")
    on_server = store.url.get_backend_name() != "sqlite"
    if on_server or not path.exists() or path.stat().st_uid != os.getuid():
        by = store.read(reference.actor, login_name())
        if by is None:
            raise NotAllowedError("act_as", "user", as_user)
        store.read(rights.refuse, "act_as", "user", as_user, by=by)
