"""Desks that book, confirm, cancel and sweep while they are killed, and a checker of what they were told.

Each desk writes down what it is about to do and what came of it; a kill leaves the second line out,
and then either may be true. The checker knows nothing but these lines and the tables at the end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from store import Store, chain, open_store
from store.errors import ConflictError, DuijieError, TakenError
from store.models import ProposalRow
from store.services import audit, capacity
from store.services.capacity import Holder
from tests.races import contest, world
from tests.races.crew import CONTEXT
from tests.races.world import OPERATOR, run_sql

RUNS = ("X0000", "X0001", "X0002")
SEATS = 2
_HOLD = timedelta(milliseconds=60)
_NEVER = 2**62
_BUCKET = 50_000_000
Book = Callable[[Store, str, str, datetime], None]


def book(store: Store, code: str, run: str, now: datetime) -> None:
    """Look and hold in one write, as the product does."""
    store.write(_book, code, run, now)


def _book(session: Session, code: str, run: str, now: datetime) -> None:
    _new_proposal(session, code, now)
    claims = [contest.seat(run)]
    capacity.take(session, Holder(code), claims, until=now + _HOLD, now=now, by=OPERATOR)
    audit.note(session, OPERATOR, "hold", "proposal", [(code, None, {"run": run})], at=now)


def book_badly(store: Store, code: str, run: str, now: datetime) -> None:
    """Look first, hold in a write of its own: what the checker must find."""
    if len(store.read(_live, run)) >= SEATS:
        raise TakenError("taken", kind="run", id=run, wanted=1, left=0, taker="")
    store.write(_insert, code, run, now)


def _insert(session: Session, code: str, run: str, now: datetime) -> None:
    _new_proposal(session, code, now)
    run_sql(
        session,
        'INSERT INTO booking (proposal, kind, resource, quantity, day, start, "end", status, '
        "until, login, at) SELECT :p, 'run', :r, 1, first_day, 0, 1440, 'held', :u, 'desk', :n "
        "FROM run WHERE code = :r",
        p=code,
        r=run,
        u=_text(now + _HOLD),
        n=_text(now),
    )


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _new_proposal(session: Session, code: str, now: datetime) -> None:
    row: ProposalRow = contest.proposal(code)
    row.until = now + _HOLD
    session.add(row)
    session.flush()


def _confirm(session: Session, code: str, now: datetime) -> None:
    row = session.get(ProposalRow, code, with_for_update=True)
    if row is None or row.until is None or row.until <= now:
        raise ConflictError("clock_over", id=code, until="")
    if capacity.keep(session, code, None) != 1:
        raise ConflictError("gone", id=code)
    audit.note(session, OPERATOR, "confirm", "proposal", [(code, None, None)], at=now)


def _cancel(session: Session, code: str, now: datetime) -> None:
    if not capacity.end(session, "cancelled", capacity.of_proposal(code)):
        raise ConflictError("gone", id=code)
    audit.note(session, OPERATOR, "cancel", "proposal", [(code, None, None)], at=now)


def _expire(session: Session, now: datetime) -> None:
    if capacity.expire(session, now):
        audit.note(session, OPERATOR, "expire", "proposal", [("all", None, None)], at=now)


def _live(session: Session, run: str) -> list[str]:
    query = "SELECT proposal FROM booking WHERE resource = :r AND status IN ('held', 'booked')"
    return list(run_sql(session, query, r=run).scalars())


class _Notes:
    """What a desk writes down; a line is there as soon as it is written, whatever happens to the desk."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **said: object) -> None:
        line = json.dumps({**said, "t": time.time_ns()}) + "\n"
        os.write(self._file, line.encode())


def desk(name: str, place: str, folder: str, how: Book, until: float) -> None:
    """One desk's life."""
    store = open_store(place)
    notes, chance = _Notes(Path(folder) / f"{name}.log"), random.Random(name)
    number = 0
    while time.time() < until:
        number += 1
        _one_act(store, notes, chance, f"{name}-{number}", how)
    store.close()


def _one_act(store: Store, notes: _Notes, chance: random.Random, name: str, how: Book) -> None:
    run = chance.choice(RUNS)
    (act,) = chance.choices(("book", "confirm", "cancel", "expire"), (6, 3, 3, 2))
    code = name
    if act in ("confirm", "cancel"):
        notes.write(id=name + "?", what="invoke", act="look", run=run)
        seen = store.read(_live, run)
        notes.write(id=name + "?", what="ok", seen=seen)
        if not seen:
            return
        code = chance.choice(seen)
    notes.write(id=name, what="invoke", act=act, run=run, code=code)
    now = datetime.now(UTC)
    try:
        if act == "book":
            how(store, code, run, now)
        elif act == "expire":
            store.write(_expire, now)
        else:
            store.write({"confirm": _confirm, "cancel": _cancel}[act], code, now)
    except DuijieError as error:
        notes.write(id=name, what="fail", why=error.code)
    else:
        notes.write(id=name, what="ok", now=int(now.timestamp() * 1e9))


@dataclass(slots=True)
class Op:
    """One act as it was written down; `end` 0 is one that nobody knows the end of."""

    id: str
    act: str
    run: str
    code: str
    begin: int
    end: int = 0
    what: str = "info"
    why: str = ""
    now: int = 0
    seen: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Life:
    """When a seat was certainly and when it was possibly taken."""

    possible: tuple[int, int]
    certain: tuple[int, int]


@dataclass(slots=True)
class Report:
    """What a run came to."""

    acts: int = 0
    kills: int = 0
    unknown: int = 0
    lost: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    overbooked: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """All that is wrong."""
        return [*self.lost, *self.ghosts, *self.overbooked, *self.order, *self.broken]


def live_through(
    store: Store, folder: Path, desks: int, seconds: float, every: float, how: Book = book
) -> Report:
    """Let desks work for a while, kill one again and again, and check what they were told."""
    if how is book_badly:
        contest.without_guards(store)
    store.write(lambda session: session.add_all(contest.one_seat(run, SEATS) for run in RUNS))
    kills = _work_and_kill(world.location(store), folder, desks, seconds, every, how)
    ops = read_notes(folder)
    report = Report(acts=len(ops), kills=kills, unknown=sum(op.what == "info" for op in ops))
    rows = store.read(_rows)
    check(report, ops, rows)
    report.broken += store.read(lambda session: [f"audit {row}" for row in chain.broken(session)])
    if how is book:
        report.broken += contest.wrongs(store)
    return report


def _work_and_kill(
    place: str, folder: Path, desks: int, seconds: float, every: float, how: Book
) -> int:
    until = time.time() + seconds
    chance, clock = random.Random(7), threading.Event()
    born = 0

    def hire() -> Any:
        nonlocal born
        born += 1
        process = CONTEXT.Process(
            target=desk, args=(f"H{born}", place, str(folder), how, until), daemon=True
        )
        process.start()
        return process

    staff = [hire() for _ in range(desks)]
    kills = 0
    while time.time() < until - every:
        clock.wait(every)
        number = chance.randrange(desks)
        victim = staff[number]
        if victim.is_alive():
            os.kill(victim.pid, signal.SIGKILL)
            kills += 1
        victim.join(10)
        staff[number] = hire()
    for process in staff:
        process.join(seconds + 30)
    return kills


def read_notes(folder: Path) -> list[Op]:
    """Everything that desks wrote down, in order of beginning; a half line is what a kill left."""
    ops: dict[str, Op] = {}
    for path in sorted(folder.glob("*.log")):
        for line in path.read_bytes().split(b"\n")[:-1]:
            said = json.loads(line)
            if said["what"] == "invoke":
                ops[said["id"]] = Op(
                    said["id"], said["act"], said["run"], said.get("code", ""), said["t"]
                )
                continue
            op = ops[said["id"]]
            op.end, op.what, op.why = said["t"], said["what"], said.get("why", "")
            op.now, op.seen = said.get("now", 0), said.get("seen", [])
    return sorted(ops.values(), key=lambda op: op.begin)


def _rows(session: Session) -> dict[str, tuple[str, str, int]]:
    """Code to run, state and end of hold (nanoseconds) of everything that was ever booked."""
    found = {}
    for code, run, status, until in run_sql(
        session,
        "SELECT b.proposal, b.resource, b.status, p.until FROM booking b "
        "JOIN proposal p ON p.code = b.proposal WHERE b.resource LIKE 'X%'",
    ):
        moment = until if isinstance(until, datetime) else datetime.fromisoformat(str(until))
        moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        found[code] = (run, status, int(moment.timestamp() * 1e9))
    return found


def check(report: Report, ops: list[Op], rows: dict[str, tuple[str, str, int]]) -> None:
    """Compare what was told with what is there, and with what can have been at each moment."""
    by_code: dict[str, dict[str, list[Op]]] = defaultdict(lambda: defaultdict(list))
    for op in ops:
        by_code[op.code][op.act].append(op)
    expiries = [op for op in ops if op.act == "expire" and op.what != "fail"]
    report.lost += _lost(ops, rows, expiries)
    report.ghosts += _ghosts(rows, by_code)
    lives = {code: _life(code, row, by_code[code], expiries) for code, row in rows.items()}
    for run in RUNS:
        here = {code: life for code, life in lives.items() if rows[code][0] == run}
        report.overbooked += _overbooked(run, here.values())
        report.order += _out_of_order([op for op in ops if op.run == run], here)


def _lost(
    ops: Iterable[Op], rows: dict[str, tuple[str, str, int]], expiries: list[Op]
) -> Iterator[str]:
    gone = {op.code for op in ops if op.act == "cancel" and op.what != "fail"}
    latest = max((op.now or op.end or _NEVER for op in expiries), default=0)
    for op in ops:
        if op.what != "ok" or op.act in ("look", "expire"):
            continue
        if op.code not in rows:
            yield f"{op.act} {op.code} was acknowledged and is not there"
            continue
        _, status, until = rows[op.code]
        if op.act == "confirm" and status != "booked" and op.code not in gone:
            yield f"{op.code} was confirmed and is {status}"
        if op.act == "cancel" and status != "cancelled":
            yield f"{op.code} was cancelled and is {status}"
        if op.act == "book" and status == "expired" and until > latest:
            yield f"{op.code} expired before its time"


def _ghosts(
    rows: dict[str, tuple[str, str, int]], by_code: dict[str, dict[str, list[Op]]]
) -> Iterator[str]:
    cause = {"booked": "confirm", "cancelled": "cancel"}
    for code, (_, status, _) in rows.items():
        acts = by_code[code]
        if all(op.what == "fail" for op in acts["book"]):
            yield f"{code} is there and was never booked"
        wanted = cause.get(status)
        if wanted and all(op.what == "fail" for op in acts[wanted]):
            yield f"{code} is {status} and nobody did it"
        if sum(op.what == "ok" for op in acts["cancel"]) > 1:
            yield f"{code} was cancelled twice"


def _life(
    code: str, row: tuple[str, str, int], acts: dict[str, list[Op]], expiries: list[Op]
) -> Life:
    (born, *_) = acts["book"] or [Op(code, "book", row[0], code, 0)]
    known = born.end if born.what == "ok" else _NEVER
    _, status, until = row
    if status == "cancelled":
        ends = [op for op in acts["cancel"] if op.what != "fail"]
        first = min((op.begin for op in ends), default=0)
        last = min((op.end for op in ends if op.what == "ok"), default=_NEVER)
    elif status == "expired":
        first = until
        sure = [op.end for op in expiries if op.what == "ok" and op.now >= until]
        last = min((end for end in sure if end >= (born.end or born.begin)), default=_NEVER)
    else:
        first = last = _NEVER
    return Life((born.begin, last), (known, first))


def _overbooked(run: str, lives: Iterable[Life]) -> Iterator[str]:
    """Moments at which more seats were certainly taken than there are."""
    turns = sorted(
        turn
        for life in lives
        if life.certain[0] < life.certain[1]
        for turn in ((life.certain[0], 1), (life.certain[1], -1))
    )
    taken = 0
    for moment, change in turns:
        taken += change
        if change > 0 and taken > SEATS:
            yield f"{taken} of {SEATS} seats of {run} taken at {moment}"


def _out_of_order(ops: list[Op], lives: dict[str, Life]) -> Iterator[str]:
    """Refusals when there certainly was a seat, and looks that saw what was not or not what was."""
    if not ops:
        return
    latest = max(max(op.end, op.begin) for op in ops)
    near: dict[int, set[str]] = defaultdict(set)
    for code, life in lives.items():
        for bucket in range(
            life.possible[0] // _BUCKET, min(life.possible[1], latest) // _BUCKET + 1
        ):
            near[bucket].add(code)
    for op in ops:
        if not op.end:
            continue
        buckets = range(op.begin // _BUCKET, op.end // _BUCKET + 1)
        around = {code: lives[code] for bucket in buckets for code in near[bucket]}
        if op.act == "book" and op.what == "fail" and _most(op, around.values()) < SEATS:
            yield f"{op.id} was refused ({op.why}) beside a free seat"
        if op.act == "look" and op.what == "ok":
            yield from _misread(op, around)


def _most(op: Op, lives: Iterable[Life]) -> int:
    """The most seats that can have been taken at a moment of an act."""
    turns = sorted(
        (moment, change)
        for life in lives
        if life.possible[0] <= op.end and life.possible[1] >= op.begin
        for moment, change in ((life.possible[0], -1), (life.possible[1], 1))
    )
    taken = most = 0
    for moment, change in turns:
        taken -= change
        if moment >= op.begin or change < 0:
            most = max(most, taken)
    return most


def _misread(op: Op, lives: dict[str, Life]) -> Iterator[str]:
    for code in op.seen:
        life = lives.get(code)
        if life is None or life.possible[0] > op.end or life.possible[1] < op.begin:
            yield f"{op.id} saw {code}, which was over or not yet there"
    for code, life in lives.items():
        if life.certain[0] <= op.begin and life.certain[1] > op.end and code not in op.seen:
            yield f"{op.id} did not see {code}"
