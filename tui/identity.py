"""Who is at the keyboard; the only place that decides it."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from store import Store, open_store
from store.errors import NotAllowedError, NotFoundError
from store.schemas.actor import Actor, Role
from store.services import reference


def login_name() -> str:
    """The operating system's name for the real user; environment variables are not believed."""
    return pwd.getpwuid(os.getuid()).pw_name


def who(store: Store, as_user: str | None = None) -> Actor:
    """The actor for this session.

    `as_user` is honoured only for someone who owns the store's file and so could change it anyway.
    """
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


def require_keeper(
    location: str, act: str, as_user: str | None, roles: tuple[Role, ...] = (Role.ADMIN,)
) -> None:
    """Refuse what is done to a store as a whole, unless it is the caller's own or one of the roles asks."""
    from store import backups

    if as_user is None and backups.is_owner(location):
        return
    store = open_store(location)
    by = who(store, as_user)
    store.close()
    if by.role not in roles:
        raise NotAllowedError(act, "store", location)


def _require_ownership(store: Store, as_user: str) -> None:
    path = Path(store.url.database or "")
    on_server = store.url.get_backend_name() != "sqlite"
    if on_server or not path.exists() or path.stat().st_uid != os.getuid():
        raise NotAllowedError("act_as", "user", as_user)
