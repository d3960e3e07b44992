"""Instructors and slots thrown into the tables at random hours, past every service: who overlaps whom."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from store import Store, open_store
from store.errors import DuijieError
from store.models import BookingRow, SlotRow
from tests.races import checks, contest, world
from tests.races.contest import careless
from tests.races.crew import Crew, Member
from tests.races.world import EQUIPMENT, MORNING, later, run_sql

_PEOPLE = ("I1", "I2", "I3")
_HALF_HOURS = 48


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Live pairs at one place and time, and how the operations ended."""

    people: list[str]
    slots: list[str]
    ends: Counter[str]


def throw(
    crew: Crew, store: Store, operations: int, opened: Callable[[str], Store] = open_store
) -> Overlaps:
    """Let every process of a crew insert and cancel at random."""
    store.write(
        lambda session: session.add_all(contest.proposal(f"Q{n}") for n in range(crew.size))
    )
    found = crew.each(_throw, world.location(store), operations, opened)
    return Overlaps(
        store.read(checks.in_two_places),
        store.read(checks.overlapping_slots),
        Counter(end for ends in found for end in ends),
    )


def throw_unguarded(crew: Crew, store: Store, operations: int) -> Overlaps:
    """The control: no guards in the database."""
    contest.without_guards(store)
    return throw(crew, store, operations, careless)


def _throw(
    member: Member, place: str, operations: int, opened: Callable[[str], Store]
) -> list[str]:
    store = opened(place)
    chance = random.Random(member.number)
    member.barrier.wait(20)
    ends = []
    for number in range(operations):
        act = chance.choices((_book, _cancel, _offer, _take_back), (5, 2, 3, 1))[0]
        try:
            store.write(act, member, number, chance)
        except DuijieError as error:
            ends.append(f"{type(error).__name__} {error.code}")
        else:
            ends.append(act.__name__)
    store.close()
    return ends


def _hours(chance: random.Random) -> dict[str, Any]:
    start = chance.randrange(_HALF_HOURS - 6)
    end = start + chance.randrange(1, 6)
    return {"day": later(chance.randrange(50, 53)), "start": start * 30, "end": end * 30}


def _book(session: Session, member: Member, number: int, chance: random.Random) -> None:
    session.add(
        BookingRow(
            proposal=f"Q{member.number}", kind="instructor", resource=chance.choice(_PEOPLE),
            quantity=1, status="booked", login="desk", at=MORNING, **_hours(chance),
        )
    )  # fmt: skip


def _cancel(session: Session, member: Member, number: int, chance: random.Random) -> None:
    run_sql(
        session,
        "UPDATE booking SET status = 'cancelled' WHERE id = (SELECT max(id) FROM booking "
        "WHERE proposal = :p AND status = 'booked')",
        p=f"Q{member.number}",
    )


def _offer(session: Session, member: Member, number: int, chance: random.Random) -> None:
    session.add(
        SlotRow(
            code=f"Y{member.number}-{number}", owner="T2", venue="V1", equipment=EQUIPMENT,
            stations=3, stations_free=3, claimed=0, status="published", version=1,
            created_at=MORNING, created_by="desk", changed_at=MORNING, changed_by="desk",
            **_hours(chance),
        )
    )  # fmt: skip


def _take_back(session: Session, member: Member, number: int, chance: random.Random) -> None:
    run_sql(
        session,
        "UPDATE slot SET status = 'withdrawn' WHERE code = (SELECT max(code) FROM slot "
        "WHERE code LIKE :mine AND status = 'published')",
        mine=f"Y{member.number}-%",
    )
