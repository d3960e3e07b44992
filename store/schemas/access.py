"""Drafts and views of people, their keys and their sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from store.schemas.fields import Code, Text60
from store.schemas.records import Draft

# What a login may be on Debian (useradd(8)): the names of people's own accounts have to fit, too.
Login = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
RoleName = Literal["operator", "institution", "supervisor", "admin", "enterprise", "evaluator"]
Language = Literal["zh", "en"]


class UserDraft(Draft):
    """A person: name, role and organisation, language, and how many desks they may have open at once."""

    name: Text60
    role: RoleName
    organisation: Code
    lang: Language | None = None
    most_sessions: Annotated[int, Field(ge=1, le=20)] = 3


class LoginDraft(Draft):
    """A login that is given out for the first time."""

    login: Login


class InvitationDraft(UserDraft, LoginDraft):
    """A person with the login that they are given."""


class KeyDraft(Draft):
    """A key as somebody hands it in: a name to know it by, and the line of its `.pub` file."""

    name: Text60
    line: str


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True, defer_build=True)


class UserView(_View):
    """A person as the store has them; `keys` counts those that open the desk, `open` desks now."""

    login: str
    name: str
    role: str
    organisation: str
    is_active: bool
    lang: str | None
    most_sessions: int
    version: int
    keys: int = 0
    open: int = 0
    last_seen_at: datetime | None = None


class KeyView(_View):
    """A key: whose, its name, kind and fingerprint, when it came, was used last, and was revoked."""

    id: int
    login: str
    name: str
    type: str
    fingerprint: str
    added_at: datetime
    added_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


class SessionView(_View):
    """One time that somebody was in; `ended_at` is none while they are."""

    id: int
    login: str
    key: int | None
    host: str
    pid: int
    origin: str
    term: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    ending: str | None
