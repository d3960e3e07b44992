"""抽查: classes drawn to be visited, by a seed that anyone can draw with again.

A class has one ticket, or by risk one and some more. Ticket 1 is the text of the seed, a line feed and
the class code; ticket n has another line feed and n after it. The number of a class is the least SHA-256
of its tickets, and classes are drawn in ascending order of their numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import DrawRow, TrainingClassRow, VisitRow
from store.schemas.actor import Actor
from store.services import audit, records, risks, supervision_rules
from store.services.clocks import day_of
from store.services.rights import Act, require_some

ALGORITHM = "sha256-least-ticket-1"
_SEED = (4, 120)  # characters
Population = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: of which days' classes, by which seed, who could be drawn with how many tickets, who was."""

    code: str
    first: date
    last: date
    day: date
    seed: str
    algorithm: str
    weighing: str
    percent: int
    population: Population
    digest: str
    drawn: tuple[str, ...]
    login: str
    at: datetime
    visited: tuple[str, ...] = ()
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Proof:
    """A draw made again: what comes out of what was stored, and which classes are of these days by now."""

    draw: Draw
    drawn: tuple[str, ...]
    digest: str
    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def is_proven(self) -> bool:
        """Whether the same classes come out in the same order of the same population."""
        return self.drawn == self.draw.drawn and self.digest == self.draw.digest


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many classes of a quarter were visited, of how many, and how many should be."""

    first: date
    last: date
    classes: int
    visited: int
    percent: int

    @property
    def wanted(self) -> int:
        """Classes that are to be visited."""
        return -(-self.classes * self.percent // 100)


def number(seed: str, code: str, tickets: int = 1) -> str:
    """The number of a class in a draw, as hexadecimal digits: the least digest of its tickets."""
    texts = [f"{seed}\n{code}", *(f"{seed}\n{code}\n{at}" for at in range(2, tickets + 1))]
    return min(hashlib.sha256(text.encode()).hexdigest() for text in texts)


def choose(seed: str, population: Population, percent: int) -> tuple[str, ...]:
    """So many percent of a population, rounded up, in the order in which they are drawn."""
    ordered = sorted((number(seed, code, tickets), code) for code, tickets in population)
    count = -(-len(population) * percent // 100)
    return tuple(code for _, code in ordered[:count])


def digest_of(population: Population) -> str:
    """SHA-256 over the population, a line `CODE TICKETS` each, in order of code."""
    lines = "".join(f"{code} {tickets}\n" for code, tickets in sorted(population))
    return hashlib.sha256(lines.encode()).hexdigest()


def quarter(day: date) -> tuple[date, date]:
    """First and last day of the quarter of a day."""
    month = 3 * ((day.month - 1) // 3) + 1
    first = date(day.year, month, 1)
    after = date(day.year + month // 10, (month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def make(
    session: Session,
    seed: str,
    *,
    of: date | None = None,
    percent: int | None = None,
    weighing: str = "equal",
    by: Actor,
    now: datetime,
) -> Draw:
    """Draw among the classes of the quarter of a day (today, if none is said); kept for good.

    The seed should be something that nobody here could choose, said in public beforehand. By risk, a class
    has a ticket more for each flag that was not dismissed, up to the limit of the rules.
    """
    require_some(by, Act.REGISTER, "draw")
    least, most = _SEED
    if not least <= len(seed.strip()) <= most or "\n" in seed:
        raise InvalidError("draw_seed", least=least, most=most)
    if weighing not in ("equal", "risk"):
        raise InvalidError("field_unknown", name=weighing, known="equal, risk")
    rules = supervision_rules.rules(session)
    share = rules.coverage if percent is None else percent
    if not 1 <= share <= 100:
        raise InvalidError("rule_range", name="percent", value=share, least=1, most=100)
    first, last = quarter(of or day_of(now))
    codes = _classes(session, first, last)
    if not codes:
        raise ConflictError("draw_nobody", first=first.isoformat(), last=last.isoformat())
    tickets = dict.fromkeys(codes, 1)
    if weighing == "risk":
        counts = risks.counts(session, by=by, today=day_of(now))
        tickets = {code: 1 + min(counts.get(code, 0), rules.risk_tickets) for code in codes}
    population = tuple(sorted(tickets.items()))
    (code,) = records.next_codes(session, "CQ", DrawRow.code, 1)
    made = DrawRow(
        code=code,
        status="active",
        owner=by.organisation,
        first_day=first,
        last_day=last,
        day=day_of(now),
        at=now,
        seed=seed.strip(),
        algorithm=ALGORITHM,
        weighing=weighing,
        percent=share,
        population=json.dumps(population),
        digest=digest_of(population),
        drawn=choose(seed.strip(), population, share),
        version=1,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
    )
    session.add(made)
    session.flush()
    told = {"seed": made.seed, "population": made.digest, "drawn": list(made.drawn)}
    audit.note(session, by, "draw", "draw", [(code, None, told)], at=now)
    return _views(session, [made])[0]


def verify(session: Session, code: str, *, by: Actor) -> Proof:
    """Draw again from what was stored, and compare the population with the classes of those days now."""
    found = shown(session, code, by=by)
    now = set(_classes(session, found.first, found.last))
    then = {one for one, _ in found.population}
    return Proof(
        found,
        choose(found.seed, found.population, found.percent),
        digest_of(found.population),
        tuple(sorted(then - now)),
        tuple(sorted(now - then)),
    )


def shown(session: Session, code: str, *, by: Actor) -> Draw:
    """One draw."""
    require_some(by, Act.READ, "draw", code)
    row = session.get(DrawRow, code)
    if row is None:
        raise NotFoundError("draw", code)
    return _views(session, [row])[0]


def listed(session: Session, *, by: Actor) -> tuple[Draw, ...]:
    """Every draw, the newest first."""
    require_some(by, Act.READ, "draw")
    return _views(session, session.scalars(select(DrawRow).order_by(DrawRow.code.desc())).all())


def coverage(session: Session, *, of: date, by: Actor) -> Coverage:
    """How far visits have come in the quarter of a day."""
    require_some(by, Act.READ, "draw")
    first, last = quarter(of)
    codes = _classes(session, first, last)
    visited = set(
        session.scalars(
            select(VisitRow.training_class).where(
                VisitRow.training_class.in_(codes),
                VisitRow.day.between(first, last),
                VisitRow.status.in_(("recorded", "answered", "closed")),
            )
        )
    )
    share = supervision_rules.rules(session).coverage
    return Coverage(first, last, len(codes), len(visited), share)


def _classes(session: Session, first: date, last: date) -> list[str]:
    """Classes with days between two days, but cancelled ones."""
    row = TrainingClassRow
    return list(
        session.scalars(
            select(row.code)
            .where(row.first_day <= last, row.last_day >= first, row.status != "cancelled")
            .order_by(row.code)
        )
    )


def _views(session: Session, rows: Sequence[DrawRow]) -> tuple[Draw, ...]:
    visited: dict[str, list[str]] = {}
    for draw, code in session.execute(
        select(VisitRow.draw, VisitRow.training_class)
        .where(VisitRow.draw.in_([row.code for row in rows]), VisitRow.status != "withdrawn")
        .order_by(VisitRow.code)
    ):
        visited.setdefault(str(draw), []).append(code)
    return tuple(
        Draw(
            row.code,
            row.first_day,
            row.last_day,
            row.day,
            row.seed,
            row.algorithm,
            row.weighing,
            row.percent,
            tuple((code, tickets) for code, tickets in json.loads(row.population)),
            row.digest,
            tuple(row.drawn),
            row.created_by,
            row.at,
            tuple(visited.get(row.code, ())),
            _nth(session, row),
        )
        for row in rows
    )


def _nth(session: Session, row: DrawRow) -> int:
    """Which draw of its quarter it is: more than one is to be seen, as it could be a search for a result."""
    count = session.scalar(
        select(func.count())
        .select_from(DrawRow)
        .where(DrawRow.first_day == row.first_day, DrawRow.code <= row.code)
    )
    return int(count or 0)
