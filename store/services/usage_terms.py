"""The terms of use: what a person agrees to before they work here, version by version, and who did when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError
from store.models import UsageAcceptanceRow, UsageTermsRow, UserRow
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.rights import Act, require

KIND = "usage_terms"
_SHORTEST, _LONGEST = 20, 4000  # characters of a text


@dataclass(frozen=True, slots=True)
class UsageTerms:
    """One version in both languages; `accepted_at` is when the reader did so, None when not (yet)."""

    version: int
    day: date
    text_zh: str
    text_en: str
    set_by: str
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who may come in, and whether they accepted the terms that are in force."""

    login: str
    name: str
    organisation: str
    version: int
    accepted_at: datetime | None


def in_force(session: Session, *, by: Actor, today: date) -> UsageTerms | None:
    """The newest version whose day has come, with whether the reader accepted it; None before the first."""
    row = _in_force(session, today)
    return None if row is None else _view(session, row, by.login)


def is_wanted(session: Session, *, by: Actor, today: date) -> bool:
    """Whether somebody with an account here has to accept the terms in force before they work."""
    row = _in_force(session, today)
    if row is None or session.get(UserRow, by.login) is None:
        return False
    return session.get(UsageAcceptanceRow, (by.login, row.version)) is None


def accept(session: Session, version: int, *, by: Actor, today: date) -> UsageTerms:
    """Keep that the actor accepts the version in force; a second time changes nothing.

    The program itself, and whoever has no account here, accepts nothing.
    """
    row = _in_force(session, today)
    if row is None or row.version != version:
        raise ConflictError("usage_terms_other", version=version)
    known = session.get(UserRow, by.login)
    if known is not None and session.get(UsageAcceptanceRow, (by.login, version)) is None:
        now = reference.now(session)
        session.add(UsageAcceptanceRow(login=by.login, version=version, accepted_at=now))
        session.flush()
        audit.note(session, by, "accept", KIND, [(str(version), None, {"login": by.login})])
    return _view(session, row, by.login)


def publish(
    session: Session, text_zh: str, text_en: str, *, day: date, by: Actor, today: date
) -> UsageTerms:
    """A new version from a day on, which everybody accepts anew; earlier ones stay as they were."""
    require(by, Act.REGISTER, KIND, None)
    texts = {"zh": text_zh.strip(), "en": text_en.strip()}
    for lang, text in texts.items():
        if not _SHORTEST <= len(text) <= _LONGEST:
            raise InvalidError("usage_terms_text", lang=lang, least=_SHORTEST, most=_LONGEST)
    if day < today:
        raise InvalidError("usage_terms_day", day=day)
    version = (session.scalar(select(func.max(UsageTermsRow.version))) or 0) + 1
    row = UsageTermsRow(
        version=version, day=day, text_zh=texts["zh"], text_en=texts["en"],
        set_by=by.login, set_at=reference.now(session),
    )  # fmt: skip
    session.add(row)
    session.flush()
    told = {"day": day.isoformat(), "text_zh": texts["zh"], "text_en": texts["en"]}
    audit.note(session, by, "publish", KIND, [(str(version), None, told)])
    return _view(session, row, by.login)


def versions(session: Session, *, by: Actor) -> tuple[UsageTerms, ...]:
    """Every version, the newest first, with whether the reader accepted it."""
    rows = session.scalars(select(UsageTermsRow).order_by(UsageTermsRow.version.desc()))
    return tuple(_view(session, row, by.login) for row in rows)


def standings(session: Session, *, by: Actor, today: date) -> tuple[Standing, ...]:
    """Everybody who may come in: who accepted the terms in force and when, those who did not first."""
    require(by, Act.READ, KIND, None)
    row = _in_force(session, today)
    if row is None:
        return ()
    done = UsageAcceptanceRow
    found = session.execute(
        select(UserRow.login, UserRow.name, UserRow.organisation, done.accepted_at)
        .outerjoin(done, (done.login == UserRow.login) & (done.version == row.version))
        .where(UserRow.is_active)
        .order_by(done.accepted_at.is_not(None), UserRow.login)
    )
    return tuple(
        Standing(login, name, organisation, row.version, at)
        for login, name, organisation, at in found
    )


def _in_force(session: Session, today: date) -> UsageTermsRow | None:
    query = select(UsageTermsRow).where(UsageTermsRow.day <= today)
    return session.scalars(query.order_by(UsageTermsRow.version.desc()).limit(1)).first()


def _view(session: Session, row: UsageTermsRow, login: str) -> UsageTerms:
    done = session.get(UsageAcceptanceRow, (login, row.version))
    at = None if done is None else done.accepted_at
    return UsageTerms(row.version, row.day, row.text_zh, row.text_en, row.set_by, at)
