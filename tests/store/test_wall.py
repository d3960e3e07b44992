"""The second wall: what PostgreSQL shows of other tenants to a query that asks no service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial

import pytest
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from store import Store, wall
from store.engine import WALL, go_behind_wall
from store.errors import NotAllowedError, NotFoundError, StoreError
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import board, classes, inbox, ratings, records, rights, search
from store.services.rights import Act

SCHOOLS = tuple(
    Actor(f"s{code}", "", Role.INSTITUTION, code) for code in ("T01", "T02", "T03", "T04")
)
FIRM = Actor("f", "", Role.ENTERPRISE, "E001")
JUDGE = Actor("j", "", Role.EVALUATOR, "A03")
DAY = date(2026, 11, 23)
_PAGES = ("need", "course", "run", "venue", "instructor", "slot", "assessment")


@pytest.fixture
def walled(pg_stocked: Store) -> Iterator[Store]:
    """The demo district with the role of the second wall beside it, which is not built yet."""
    with pytest.raises(StoreError, match="wall_role"):
        pg_stocked.write(wall.build)
    pg_stocked.write(_run, f"CREATE ROLE {WALL} NOLOGIN")
    yield pg_stocked
    pg_stocked.write(_run, f"DROP OWNED BY {WALL}; DROP ROLE {WALL}")


def _run(session: Session, statement: str) -> None:
    session.connection().exec_driver_sql(statement)


def seen(session: Session, table: str, by: Actor | None) -> list[Row[str, str]]:
    """Codes and owners of every row of a table that a query sees that forgot to ask whose they are."""
    session.execute(text(f"SET LOCAL ROLE {WALL}"))
    if by is not None:
        go_behind_wall(session, by.role.value, by.organisation)
    found = session.execute(text(f"SELECT code, owner FROM {table} ORDER BY code"))
    return list(found.all())


def codes(session: Session, /, asked: str, **values: str) -> list[str]:
    return list(session.scalars(text(asked), values))


def refused(kind: str, owner: str, by: Actor) -> bool:
    try:
        rights.require(by, Act.READ, kind, owner)
    except NotAllowedError:
        return True
    return False


def reads(store: Store, by: Actor) -> list[object]:
    """All that a school reads on its desk."""
    asked: list[Callable[[], object]] = [
        *(partial(store.read, records.page, kind, by=by, limit=500) for kind in _PAGES),
        partial(store.read, inbox.proposals, by=by),
        partial(store.read, classes.list_classes, by=by),
        partial(store.read, board.week, DAY, by=by),
        partial(store.read, search.search, "焊工", by=by),
    ]
    found = [ask() for ask in asked]
    for line in store.read(inbox.proposals, by=by):
        found.append(store.read(inbox.proposal, line.code, by=by))
    return found


def test_postgresql_hides_what_the_table_of_rights_refuses(walled: Store) -> None:
    before = {by.organisation: reads(walled, by) for by in SCHOOLS}
    shared = {line.code for by in SCHOOLS for line in walled.read(inbox.proposals, by=by)}
    assert shared
    walled.write(wall.build)
    walled.write(wall.build)  # done anew it is the same
    walled.close()
    walled._walled = None
    for kind, (table, _) in wall.TABLES.items():
        every = walled.read(codes, f"SELECT code FROM {table}")
        assert every
        assert walled.read(seen, table, None) == []
        assert walled.read(seen, table, FIRM) == []
        for by in SCHOOLS:
            rows = walled.read(seen, table, by)
            foreign = [code for code, owner in rows if refused(kind, owner, by)]
            assert len(rows) < len(every) or kind in ("need", "class")  # of one class each is part
            assert set(foreign) <= named(walled, by)
    # a school finds on its desk what it found before, and the wall stands where a service forgets
    assert {by.organisation: reads(walled, by) for by in SCHOOLS} == before
    theirs = walled.read(records.page, "course", by=SCHOOLS[1]).items[0].code
    with pytest.MonkeyPatch.context() as hole:
        hole.setattr(records, "require", lambda *words, **more: None)
        assert walled.read(records.fetch, "course", theirs, by=SYSTEM)
        with pytest.raises(NotFoundError):
            walled.read(records.fetch, "course", theirs, by=SCHOOLS[0])
    _an_evaluator_sees_what_they_are_asked_to_rate(walled)
    walled.write(wall.pull_down)
    assert len(walled.read(seen, "course", FIRM)) > 20


def named(store: Store, by: Actor) -> set[str]:
    """What the proposals that a school answers for are made of, with their codes and classes."""
    mine = "SELECT proposal FROM answer WHERE party = :party"
    asked = f"""SELECT unnest(ARRAY[code, course, run, venue, training_class]) FROM proposal
      WHERE code IN ({mine}) UNION SELECT resource FROM booking WHERE proposal IN ({mine})"""
    return set(store.read(codes, asked, party=by.organisation))


def _an_evaluator_sees_what_they_are_asked_to_rate(walled: Store) -> None:
    """Nothing else of any table; the wall stands."""
    boss = Actor("b", "", Role.SUPERVISOR, "BUREAU")
    moment = datetime(2026, 11, 21, 3, tzinfo=UTC)
    before = {one.code for one in walled.read(ratings.listed, by=JUDGE)}
    made = walled.write(ratings.ask, "B000001", JUDGE.organisation, by=boss, now=moment)
    told = {one.code: one for one in walled.read(ratings.listed, by=JUDGE)}
    assert told.keys() - before == {made.code}
    assert told[made.code] == made
    asked = {one.training_class for one in told.values()}
    rows = walled.read(seen, "training_class", JUDGE)
    assert {row.code for row in rows} == asked
    for table in ("need", "run", "venue", "instructor", "slot", "assessment"):
        assert walled.read(seen, table, JUDGE) == []
