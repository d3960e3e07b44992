"""What must hold whatever happened: read from the tables alone, by other means than the product's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from store import chain
from tests.races.world import run_sql

_LIVE = "('held', 'booked')"
_COUNTED = (
    ("run", "seats", "seats_left"),
    ("slot", "stations", "stations_free"),
    ("assessment", "seats", "seats_left"),
)


def oversold(session: Session, elsewhere: Mapping[str, int]) -> Iterator[str]:
    """Resources of which more is taken than there is, whatever their counters say."""
    for kind, whole, _ in _COUNTED:
        for code, there, taken in _taken(session, kind, whole):
            if taken > there - elsewhere.get(code, 0):
                yield f"{kind} {code}: {taken} of {there - elsewhere.get(code, 0)} sold"


def miscounted(session: Session, elsewhere: Mapping[str, int]) -> Iterator[str]:
    """Counters that are not what is there less what is taken less what was sold elsewhere."""
    for kind, whole, left in _COUNTED:
        taken = {code: live for code, _, live in _taken(session, kind, whole)}
        rows = run_sql(session, f"SELECT code, {whole}, {left}, claimed FROM {kind}").all()
        for code, there, free, claimed in rows:
            if claimed != taken[code] or free != there - taken[code] - elsewhere.get(code, 0):
                yield f"{kind} {code}: {free} left and {claimed} claimed, {taken[code]} are taken"


def _taken(session: Session, kind: str, whole: str) -> list[tuple[str, int, int]]:
    return [
        (code, there, int(taken))
        for code, there, taken in run_sql(
            session,
            f"SELECT k.code, k.{whole}, coalesce(sum(b.quantity), 0) FROM {kind} k "
            f"LEFT JOIN booking b ON b.kind = '{kind}' AND b.resource = k.code "
            f"AND b.status IN {_LIVE} WHERE k.{whole} IS NOT NULL GROUP BY k.code, k.{whole}",
        )
    ]


def in_two_places(session: Session) -> list[str]:
    """Instructors with two live bookings at one time."""
    rows = run_sql(
        session,
        "SELECT a.resource, a.day, a.id, b.id FROM booking a JOIN booking b ON a.kind = b.kind "
        'AND a.resource = b.resource AND a.day = b.day AND a.id < b.id AND a.start < b."end" '
        f"AND b.start < a.\"end\" WHERE a.kind = 'instructor' AND a.status IN {_LIVE} "
        f"AND b.status IN {_LIVE}",
    )
    return [f"{code} on {day}: bookings {a} and {b}" for code, day, a, b in rows]


def overlapping_slots(session: Session) -> list[str]:
    """Slots of one workshop's one type of workstation at one time."""
    rows = run_sql(
        session,
        "SELECT a.code, b.code FROM slot a JOIN slot b ON a.venue = b.venue AND a.day = b.day "
        'AND a.equipment = b.equipment AND a.code < b.code AND a.start < b."end" '
        "AND b.start < a.\"end\" WHERE a.status <> 'withdrawn' AND b.status <> 'withdrawn'",
    )
    return [f"slots {a} and {b}" for a, b in rows]


def broken_links(session: Session) -> list[str]:
    """Audit rows that do not follow from the row before."""
    return [f"audit row {row}" for row in chain.broken(session)]


def wrongs(session: Session, elsewhere: Mapping[str, int]) -> list[str]:
    """All of it."""
    return [
        *oversold(session, elsewhere),
        *miscounted(session, elsewhere),
        *in_two_places(session),
        *overlapping_slots(session),
        *broken_links(session),
    ]
