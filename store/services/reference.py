"""Reference data, facts about the store, and who its users are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from matching.weekly import Calendar
from store.errors import InvalidError, NotAllowedError
from store.models import (
    AliasRow,
    AreaRow,
    Base,
    CalendarDayRow,
    EquipmentRow,
    LevelRow,
    MetaRow,
    OccupationRow,
    OrganisationRow,
    UserRow,
)
from store.schemas.actor import Actor, Role

CHINA = ZoneInfo("Asia/Shanghai")
_DEMO_DAY = "demo_day"
_FACT = select(MetaRow.value).where(MetaRow.key == bindparam("key"))
_DAYS = select(CalendarDayRow.day, CalendarDayRow.kind)
_TABLES: dict[str, type[Base]] = {
    "area": AreaRow,
    "occupation": OccupationRow,
    "alias": AliasRow,
    "level": LevelRow,
    "equipment": EquipmentRow,
    "calendar_day": CalendarDayRow,
}


def load(session: Session, table: str, rows: Iterable[Mapping[str, Any]], *, by: Actor) -> int:
    """Add reference rows that are not there yet; how many were added. The program's own act."""
    if by.role is not Role.SYSTEM:
        raise NotAllowedError("load", table)
    row = _TABLES[table]
    keys = [column for column in row.__table__.primary_key if column.name != "id"]
    known = set(session.execute(select(*keys))) if keys else set()
    new = [r for r in rows if not keys or tuple(r[k.name] for k in keys) not in known]
    for at in range(0, len(new), 2000):
        session.execute(insert(row), list(new[at : at + 2000]))
    return len(new)


def is_empty(session: Session, table: str) -> bool:
    """Whether a reference table has no row yet."""
    return session.execute(select(_TABLES[table]).limit(1)).first() is None


def calendar(session: Session) -> Calendar:
    """Public days off and make-up workdays."""
    days: Sequence[tuple[date, str]] = session.execute(_DAYS).all()
    return Calendar(
        frozenset(day for day, kind in days if kind == "day_off"),
        frozenset(day for day, kind in days if kind == "makeup_workday"),
    )


def levels(session: Session) -> tuple[tuple[int, str, str], ...]:
    """The ladder, lowest first: rank, Chinese name, English name."""
    rows = session.scalars(select(LevelRow).order_by(LevelRow.rank))
    return tuple(
        (row.rank, "/".join(filter(None, (row.number_form, row.grade_form))), row.english)
        for row in rows
    )


def areas(session: Session) -> tuple[tuple[str, str], ...]:
    """Codes and names of every area."""
    rows = session.execute(select(AreaRow.code, AreaRow.name).order_by(AreaRow.code))
    return tuple((code, name) for code, name in rows)


def equipment(session: Session) -> tuple[tuple[str, str], ...]:
    """Codes and names of every type of workstation."""
    rows = session.execute(select(EquipmentRow.code, EquipmentRow.name).order_by(EquipmentRow.code))
    return tuple((code, name) for code, name in rows)


def meta(session: Session, key: str) -> str | None:
    """A fact about the store."""
    return session.scalar(_FACT, {"key": key})


def today(session: Session) -> date:
    """The day to reckon from: the demo's own day in a demo store, else today in China."""
    demo_day = _demo_day(session)
    return date.fromisoformat(demo_day) if demo_day else today_in_china()


def _demo_day(session: Session) -> str | None:
    """The demo's own day, asked once a transaction: only `set_meta` makes it another one within it."""
    kept: tuple[object, str | None] | None = session.info.get(_DEMO_DAY)
    if kept is None or kept[0] is not _transaction(session):
        said = meta(session, _DEMO_DAY)
        kept = session.info[_DEMO_DAY] = _transaction(session), said
    return kept[1]


def _transaction(session: Session) -> object:
    """The innermost transaction that is open: what is kept of one does not outlive it."""
    return session.get_nested_transaction() or session.get_transaction()


def now(session: Session) -> datetime:
    """The moment to reckon from: the time of day now on the demo's own day in a demo store."""
    real = datetime.now(CHINA)
    return datetime.combine(today(session), real.timetz()).astimezone(UTC)


def today_in_china() -> date:
    """The date where the desks are."""
    return datetime.now(CHINA).date()


def set_meta(session: Session, key: str, value: str) -> None:
    """Write a fact about the store."""
    session.info.pop(_DEMO_DAY, None)
    session.merge(MetaRow(key=key, value=value))


def add_user(session: Session, login: str, name: str, role: Role, organisation: str) -> Actor:
    """Give a login a role in an organisation."""
    if session.get(OrganisationRow, organisation) is None:
        raise InvalidError(
            "unknown_reference", kind="organisation", column="organisation", value=organisation
        )
    session.merge(UserRow(login=login, name=name, role=role.value, organisation=organisation))
    return Actor(login, name, role, organisation)


def actor(session: Session, login: str) -> Actor | None:
    """Who a login is, None when unknown; whether they may act now is for `sessions.standing` to say."""
    row = session.get(UserRow, login)
    if row is None:
        return None
    return Actor(row.login, row.name, Role(row.role), row.organisation)


def demo_operator(session: Session) -> Actor | None:
    """In a demo store, the operator that a visitor plays; None elsewhere."""
    login = meta(session, "demo_operator")
    return actor(session, login) if login else None
