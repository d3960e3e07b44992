"""Many processes, one seat each round: with the product's own guards, with either alone, with none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session

from store import Store, guards, open_store
from store.engine import sqlite_module
from store.errors import DuijieError, TakenError
from store.models import BookingRow, ProposalRow, RunRow
from store.services import capacity, decisions, proposals
from store.services.capacity import Claim, Holder
from store.services.decisions import Prepared
from store.unit_of_work import expected_failures
from tests.conftest import DAY
from tests.races import checks, world
from tests.races.crew import Barrier, Crew, Member
from tests.races.world import MORNING, OPERATOR, later, run_sql

T = TypeVar("T")
_SEAT_DAY = later(30)
_PATIENCE = 20.0


class CarelessStore(Store):
    """A store whose writers take no turns and no lock before their first change."""

    def write(self, service: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run a service as the libraries would have it."""
        with expected_failures(), Session(self._engine) as session, session.begin():
            return service(session, *args, **kwargs)


def careless(place: str) -> Store:
    """A store as the libraries would have it: what is read before the first change is not locked."""
    url = world.url_of(place)
    if url.get_backend_name() != "sqlite":
        return CarelessStore(create_engine(url))
    module = sqlite_module()
    return CarelessStore(create_engine(url, module=module, connect_args={"timeout": 5}))


def without_guards(store: Store) -> None:
    """Take the database's own guards away."""

    def drop(session: Session) -> None:
        connection: Connection = session.connection()
        guards.drop(connection)

    store.write(drop)


def prepare(store: Store, rounds: int, members: int) -> None:
    """A run with one seat for each round, a proposal for each process."""
    store.write(_prepare, rounds, members)


def _prepare(session: Session, rounds: int, members: int) -> None:
    session.add_all(one_seat(f"X{number:04d}") for number in range(rounds))
    session.add_all(proposal(f"Q{number}") for number in range(members))


_STAMP = {
    "created_at": MORNING,
    "created_by": "desk",
    "changed_at": MORNING,
    "changed_by": "desk",
    "version": 1,
}


def one_seat(code: str, seats: int = 1) -> RunRow:
    """A run that is soon full."""
    return RunRow(
        code=code, course="K1", owner="T1", first_day=_SEAT_DAY, weekly="Mon 18:30-21:30",
        seats=seats, seats_left=seats, claimed=0, status="published", **_STAMP,
    )  # fmt: skip


def proposal(code: str) -> ProposalRow:
    """Somebody to take a seat for."""
    return ProposalRow(
        code=code, owner=world.CENTRE, need="N1", enterprise="E1", course="K1", heads=1, terms=1,
        first_day=_SEAT_DAY, last_day=_SEAT_DAY, plan="{}", status="sent", **_STAMP,
    )  # fmt: skip


def seat(code: str) -> Claim:
    """One seat of a run."""
    return Claim("run", code, 1, _SEAT_DAY)


def take(session: Session, holder: str, run: str) -> None:
    """As the product does it."""
    until = MORNING + timedelta(days=1)
    capacity.take(session, Holder(holder), [seat(run)], until=until, now=MORNING, by=OPERATOR)


def insert_only(session: Session, holder: str, run: str) -> None:
    """Without looking: the counter's check is all there is."""
    session.add(
        BookingRow(
            proposal=holder, kind="run", resource=run, quantity=1, day=_SEAT_DAY, start=0, end=1440,
            status="booked", login="desk", at=MORNING,
        )
    )  # fmt: skip


def count_then_insert(
    session: Session, holder: str, run: str, barrier: Barrier | None = None
) -> None:
    """Look how many there are, then take one: right only where nobody else looks meanwhile."""
    query = "SELECT count(*) FROM booking WHERE resource = :run AND status IN ('held', 'booked')"
    if run_sql(session, query, run=run).scalar_one() >= 1:
        raise TakenError("taken", kind="run", id=run, wanted=1, left=0, taker="")
    if barrier is not None:
        barrier.wait(_PATIENCE)
    insert_only(session, holder, run)


def compete(
    member: Member, place: str, opened: Callable[[str], Store], how: Callable[..., None],
    rounds: int, is_forced: bool = False,
) -> list[str]:  # fmt: skip
    """One process's part: what became of each round."""
    store = opened(place)
    extra = (member.barrier,) if is_forced else ()
    found = []
    for number in range(rounds):
        member.barrier.wait(_PATIENCE)
        found.append(_tried(store, how, f"Q{member.number}", f"X{number:04d}", *extra))
    store.close()
    return found


def _tried(store: Store, service: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    try:
        store.write(service, *args, **kwargs)
    except DuijieError as error:
        return f"{type(error).__name__} {error.code}"
    return "taken"


@dataclass(frozen=True, slots=True)
class Contest:
    """What came of all rounds: how many seats were sold twice, and how each attempt ended."""

    rounds: int
    double: int
    unsold: int
    ends: Counter[str]

    @property
    def lock_errors(self) -> int:
        """Attempts that neither took the seat nor were told that it is taken."""
        return sum(
            count for end, count in self.ends.items() if end not in ("taken", "TakenError taken")
        )


def contest(
    crew: Crew,
    store: Store,
    rounds: int,
    how: Callable[..., None] = take,
    opened: Callable[[str], Store] = open_store,
    is_forced: bool = False,
) -> Contest:
    """Let a crew fight for one seat a round."""
    prepare(store, rounds, crew.size)
    place = world.location(store)
    found = crew.each(compete, place, opened, how, rounds, is_forced)
    sold = store.read(_sold)
    return Contest(
        rounds,
        sum(count > 1 for count in sold.values()),
        rounds - len(sold),
        Counter(end for ends in found for end in ends),
    )


def _sold(session: Session) -> dict[str, int]:
    query = (
        "SELECT resource, count(*) FROM booking WHERE resource LIKE 'X%' "
        "AND status IN ('held', 'booked') GROUP BY resource"
    )
    return {run: count for run, count in run_sql(session, query)}


def prepared(
    store: Store, course: str, needs: Iterable[str] = tuple(world.HEADS)
) -> list[Prepared]:
    """One choice of a course for each need, ready to be held."""
    return [
        store.read(decisions.prepare, need, course, by=OPERATOR, today=DAY, reason="for the race")
        for need in needs
    ]


def draft(member: Member, place: str, choices: list[Prepared]) -> tuple[str, int, str]:
    """One process holds its choice when all do: need, heads, what became of it."""
    store = open_store(place)
    choice = choices[member.number % len(choices)]
    member.barrier.wait(_PATIENCE)
    end = _tried(store, proposals.draft, choice, by=OPERATOR, now=MORNING)
    store.close()
    return choice.need.code, choice.need.heads, end


def desk(member: Member, place: str, choices: list[Prepared], rounds: int) -> list[str]:
    """One process holds, offers and takes back its own choice again and again beside the others."""
    store = open_store(place)
    choice = choices[member.number % len(choices)]
    found = []
    member.barrier.wait(_PATIENCE)
    for _ in range(rounds):
        code = ""
        try:
            code = store.write(proposals.draft, choice, by=OPERATOR, now=MORNING).code
            store.write(proposals.send, code, by=OPERATOR, now=MORNING)
            found.append("sent")
        except DuijieError as error:
            found.append(f"{type(error).__name__} {error.code}")
        if code:
            found.append(_tried(store, proposals.withdraw, code, by=OPERATOR, now=MORNING))
    store.close()
    return found


def wrongs(store: Store) -> list[str]:
    """What is wrong in a district after a contest."""
    return store.read(checks.wrongs, world.ELSEWHERE)
