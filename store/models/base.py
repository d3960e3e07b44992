"""What every table shares: names of constraints, strictness, and the columns of a record."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

CODE = String(40)


class Instant(TypeDecorator[datetime]):
    """A moment, stored in UTC and read back with its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, store the rest in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone: it was UTC."""
        return value and value.replace(tzinfo=value.tzinfo or UTC)


class Codes(TypeDecorator[tuple[str, ...]]):
    """A short list of codes or titles, stored with semicolons between; an empty list is null."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Join."""
        return ";".join(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """Split; null is the empty list."""
        return tuple(value.split(";")) if value else ()


class Base(DeclarativeBase):
    """Declarative base; STRICT on SQLite, constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:
        return (*cls.checks(), {"sqlite_strict": True})

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Constraints of the table; a subclass adds its own."""
        return ()


class RecordRow(Base):
    """What every business record carries: stable code, owner, state, version, who and when."""

    __abstract__ = True
    states: ClassVar[tuple[str, ...]] = ("active", "withdrawn")

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    status: Mapped[str] = mapped_column(String(20), default="active", index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))

    @declared_attr
    @classmethod
    def owner(cls) -> Mapped[str]:
        """The organisation whose record this is."""
        return mapped_column(ForeignKey("organisation.code"), index=True)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Only known states, versions from 1."""
        allowed = ", ".join(f"'{state}'" for state in cls.states)
        return (
            CheckConstraint(f"status IN ({allowed})", name="known_status"),
            CheckConstraint("version >= 1", name="version_positive"),
        )


class Fen:
    """A money column read and written in yuan: `price = Fen("price_fen")` beside an integer column."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: object, owner: type) -> Any:
        if row is None:
            return self
        fen = getattr(row, self.column)
        return None if fen is None else _yuan(fen)

    def __set__(self, row: object, yuan: Any) -> None:
        setattr(row, self.column, in_fen(yuan))


def in_fen(yuan: Any) -> int | None:
    """An amount in yuan as the column holds it."""
    return None if yuan is None else round(yuan * 100)


def _yuan(fen: int) -> Any:
    from decimal import Decimal

    return Decimal(fen) / 100
