"""Who may come in and who is in: people, their keys, their sessions, what they agreed to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Instant


class UserRow(Base):
    """A person at a keyboard, by login name; `most_sessions` limits the desks they have open at once."""

    __tablename__ = "user_account"

    login: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    lang: Mapped[str | None] = mapped_column(String(8))
    most_sessions: Mapped[int] = mapped_column(default=3, server_default="3")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known roles."""
        return (
            CheckConstraint(
                "role IN ('operator', 'institution', 'supervisor', 'admin', 'enterprise', 'evaluator')",
                name="known_role",
            ),
        )


class KeyRow(Base):
    """A public key that opens the desk of one person; a revoked one is kept, and never taken again."""

    __tablename__ = "access_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("user_account.login"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(60))
    blob: Mapped[str] = mapped_column(Text, unique=True)
    fingerprint: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[str] = mapped_column(String(80))
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[str | None] = mapped_column(String(80))


class SessionRow(Base):
    """One time that somebody came in: from where, since when, seen last, and how it ended."""

    __tablename__ = "desk_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("user_account.login"), index=True)
    key: Mapped[int | None] = mapped_column(ForeignKey("access_key.id"), index=True)
    host: Mapped[str] = mapped_column(String(80))
    pid: Mapped[int]
    origin: Mapped[str] = mapped_column(String(80))
    term: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    ending: Mapped[str | None] = mapped_column(String(20))


class UsageTermsRow(Base):
    """One version of the terms of use, in both languages, from a day on; never changed."""

    __tablename__ = "usage_terms"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Versions from 1."""
        return (CheckConstraint("version >= 1", name="version_positive"),)


class UsageAcceptanceRow(Base):
    """That a person accepted a version of the terms of use, and when."""

    __tablename__ = "usage_acceptance"

    login: Mapped[str] = mapped_column(ForeignKey("user_account.login"), primary_key=True)
    version: Mapped[int] = mapped_column(
        ForeignKey("usage_terms.version"), primary_key=True, autoincrement=False
    )
    accepted_at: Mapped[datetime] = mapped_column(Instant)
