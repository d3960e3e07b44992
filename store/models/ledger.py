"""What the store keeps about itself: audit, requests already carried out, numbering, search."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import CODE, Base, Instant


class AuditRow(Base):
    """One change: who, when, what, before and after as JSON, and a digest chained to the row before."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    login: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str] = mapped_column(CODE)
    act: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(CODE, index=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    request: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), server_default="")


class RequestRow(Base):
    """A client's request already carried out, so that a repeat does nothing twice."""

    __tablename__ = "request"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    act: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(CODE)
    login: Mapped[str] = mapped_column(String(80), primary_key=True)


class ProfileRow(Base):
    """A centre's named weights for ranking, as JSON of criterion to weight; they sum to 1."""

    __tablename__ = "profile"

    owner: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    weights: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))


class DecisionRow(Base):
    """The receipt of a choice: what it was made from, what was seen, what was taken, by whom and why."""

    __tablename__ = "decision"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    need: Mapped[str] = mapped_column(CODE, index=True)
    need_version: Mapped[int]
    course: Mapped[str] = mapped_column(CODE)
    day: Mapped[date]
    top: Mapped[int]
    engine: Mapped[str] = mapped_column(String(40))
    policy: Mapped[str] = mapped_column(Text)
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    ranking: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(CODE, index=True)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class CodeSequenceRow(Base):
    """The last number given out for a prefix."""

    __tablename__ = "code_sequence"

    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


class MetaRow(Base):
    """Facts about the store: whether it is a demo, and its day."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SearchEntryRow(Base):
    """One record as search sees it; its tokens are in the dialect's own text index."""

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    code: Mapped[str] = mapped_column(CODE)
    owner: Mapped[str] = mapped_column(CODE)
    title: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """One entry a record."""
        return (UniqueConstraint("kind", "code"),)


class VectorRow(Base):
    """What a name or title means to the semantic extra's model; computed by `store embed` only."""

    __tablename__ = "vector"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    model: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    numbers: Mapped[bytes] = mapped_column(LargeBinary)
