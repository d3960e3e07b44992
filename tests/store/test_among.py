"""Statements that are written once and asked for some codes, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from store import Store
from store.models import CourseRow, OrganisationRow, SlotRow
from store.services.among import Listed, Query

_TITLES = Query(select(CourseRow.code, CourseRow.title).order_by(CourseRow.code), CourseRow.code)
_SCOPES = Query(
    select(OrganisationRow.code, OrganisationRow.scope, OrganisationRow.lat).where(
        OrganisationRow.kind == "institution"
    ),
    OrganisationRow.code,
)
_SLOTS = Query(
    select(SlotRow.code, SlotRow.day).where(
        Listed(func.coalesce(SlotRow.day, SlotRow.day), "days"), SlotRow.day >= bindparam("first")
    ),
    SlotRow.venue,
)


@pytest.mark.parametrize(
    "query", [_TITLES, _SCOPES], ids=["courses in order", "lists and coordinates"]
)
def test_rows_are_those_that_the_mapped_classes_give(store: Store, query: Query) -> None:
    """All of them, some of them, more than go into one statement, and none."""

    def asked(session: Session) -> None:
        mapped = [tuple(row) for row in session.execute(query._whole)]
        assert list(query.rows(session, None)) == mapped
        assert len(mapped) > 5
        some = {row[0] for row in mapped[1:4]}
        many = some | {f"none {n}" for n in range(1200)}
        assert sorted(map(repr, query.rows(session, some))) == sorted(map(repr, mapped[1:4]))
        assert sorted(map(repr, query.rows(session, many))) == sorted(map(repr, mapped[1:4]))
        assert list(query.rows(session, [])) == []

    store.read(asked)


def test_days_are_taken_and_given_as_days(store: Store) -> None:
    def asked(session: Session) -> None:
        rows = session.execute(select(SlotRow.venue, SlotRow.day).limit(400)).all()
        venues, days = {row.venue for row in rows}, sorted({row.day for row in rows})[:3]
        found = list(_SLOTS.rows(session, venues, days=days, first=days[1]))
        assert {day for _, day in found} == set(days[1:])
        assert all(type(day) is date for _, day in found)

    store.read(asked)


def test_text_that_is_not_utf_8_is_read_all_the_same(store: Store) -> None:
    """On SQLite anybody with the file can store it; PostgreSQL refuses it."""
    if store.url.get_backend_name() != "sqlite":
        pytest.skip("PostgreSQL stores no such text")

    def spoilt(session: Session) -> str:
        code = str(session.scalar(select(func.min(CourseRow.code))))
        broken = text("UPDATE course SET title = CAST(x'E7949FFF41' AS TEXT) WHERE code = :code")
        session.execute(broken, {"code": code})
        found = dict(_TITLES.rows(session, None))
        assert found.pop(code) == "生\ufffdA"
        assert len(found) > 5
        assert all("\ufffd" not in title for title in found.values())
        (named,) = session.execute(text("SELECT name FROM organisation LIMIT 1")).one()
        assert named
        return code

    store.write(spoilt)
