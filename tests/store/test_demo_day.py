"""The day of a demo store: asked once a transaction, another one as soon as it was made to go on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.services import audit, demo_day, reference
from tests.conftest import DAY

NEXT = DAY + timedelta(days=1)


def days_asked(session: Session, count: int) -> int:
    """How often the store is asked for its day while so many audit rows are written."""
    asked: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM meta" in statement:
            asked.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", heard)
    try:
        for _ in range(count):
            audit.note(session, OPERATOR, "look", "store", [("X", None, {})])
            session.expire_all()
    finally:
        event.remove(connection, "before_cursor_execute", heard)
    return len(asked)


def test_many_audit_rows_of_a_transaction_ask_for_the_day_once(store: Store) -> None:
    assert store.rehearse(days_asked, 20) == 1
    assert store.rehearse(days_asked, 1) == 1


def test_the_day_that_goes_on_counts_at_once_and_not_when_it_is_taken_back(store: Store) -> None:
    def days(session: Session) -> list[date]:
        seen = [reference.today(session)]
        with session.begin_nested() as part:
            demo_day.go_on(session, NEXT)
            seen.append(reference.today(session))
            part.rollback()
        seen.append(reference.today(session))
        demo_day.go_on(session, NEXT)
        return [*seen, reference.today(session)]

    assert store.rehearse(days) == [DAY, NEXT, DAY, NEXT]
    assert store.read(reference.today) == DAY
    store.write(demo_day.go_on, NEXT)
    assert store.read(reference.today) == NEXT
    assert store.read(reference.now).astimezone(reference.CHINA).date() == NEXT


def test_a_session_that_begins_anew_asks_anew(store: Store) -> None:
    def twice(session: Session) -> tuple[date, date]:
        first = reference.today(session)
        session.rollback()
        store.write(demo_day.go_on, NEXT)
        return first, reference.today(session)

    assert store.read(twice) == (DAY, NEXT)
