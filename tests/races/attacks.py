"""Attempts to sell something twice: what was looked at before is done after somebody else was faster.

Two stores are open on one district. Everything is looked at first; then one desk acts, the other acts on
what it saw, and both try to take back what was done. After every write nothing may be sold twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from store import Store, open_store
from store.errors import DuijieError
from store.services import (
    allocation,
    allotment,
    answers,
    class_lines,
    classes,
    combining,
    decisions,
    health,
    mending,
    moving,
    proposals,
    reducing,
    repair,
    sweep,
    taking_back,
    undoing,
    waiting,
)
from store.services.reducing import Fewer
from store.services.repair import Trouble
from tests.conftest import DAY
from tests.races import checks, contest, world
from tests.races.world import MORNING, OPERATOR, Copies, run_sql

Write = Callable[[Store], Any]
WHY = "others were faster"


@dataclass(slots=True)
class Seen:
    """What was looked at while all was as arranged: each act's name, ready to be written."""

    acts: dict[str, Write] = field(default_factory=dict)
    deals: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def arrange(store: Store) -> tuple[str, ...]:
    """A run with one seat left and a line, two small classes on demand, a line for their workstations."""
    store.write(lambda s: run_sql(s, "UPDATE course SET min_heads = 4 WHERE code = 'K2'"))
    deals = tuple(
        _book(store, need, course) for need, course in (("N3", "K1"), ("N1", "K2"), ("N5", "K2"))
    )
    store.write(waiting.join, "N4", "run", "R1", by=OPERATOR, now=MORNING)
    group = _group(store, deals[1])
    store.write(class_lines.join, "N6", group, by=OPERATOR, now=MORNING)
    return deals


def _book(store: Store, need: str, course: str) -> str:
    (choice,) = contest.prepared(store, course, (need,))
    code = store.write(proposals.draft, choice, by=OPERATOR, now=MORNING).code
    store.write(proposals.send, code, by=OPERATOR, now=MORNING)
    query = "SELECT party FROM answer WHERE proposal = :p ORDER BY party"
    for party in store.read(lambda s: list(run_sql(s, query, p=code).scalars())):
        store.write(answers.accept, code, by=OPERATOR, now=MORNING, party=party)
    store.write(proposals.confirm, code, by=OPERATOR, now=MORNING)
    return code


def _group(store: Store, deal: str) -> str:
    query = "SELECT training_class FROM proposal WHERE code = :p"
    found: str = store.read(lambda s: run_sql(s, query, p=deal).scalar_one())
    return found


def look(store: Store, deals: tuple[str, ...], names: Collection[str] = ()) -> Seen:
    """The named acts, or all that there are, worked out on what is there now; no act that cannot be."""
    of_run, one, _other = deals
    groups = tuple(_group(store, deal) for deal in deals)
    seen = Seen(deals=deals, groups=groups)
    sheet = store.read(classes.sheet, groups[1], by=OPERATOR)
    later = sheet.first_day + timedelta(days=1)
    leaving = sheet.instructors[0]
    days = sheet.sessions[0].day, sheet.sessions[-1].day

    def write(name: str, service: Any, *args: Any, **more: Any) -> None:
        if not names or name in names:
            seen.acts[name] = partial(_written, service, args, more)

    def looked(name: str, read: Any, service: Any, *asked: Any, **more: Any) -> None:
        if names and name not in names:
            return
        now: Any = {"today": DAY, "reason": WHY} if read is decisions.prepare else {"now": MORNING}
        try:
            found: Any = store.read(read, *asked, by=OPERATOR, **now)
        except DuijieError:
            return
        write(name, service, found, **more)

    def merge(name: str, *pair: str) -> None:
        looked(name, combining.look, combining.combine, *pair, reason=WHY)

    merge("merge", *groups[1:])
    merge("merge the other way", *groups[:0:-1])
    looked("postpone", moving.impact, moving.postpone, groups[1], later, reason=WHY)
    for name, kind, code in (("ill", "instructor", leaving), ("closed", "venue", "V1")):
        looked(name, repair.look, mending.apply, Trouble(kind, code, *days), reason=WHY)
    for name, need, course in (
        ("hold the claim", "N4", "K1"),
        ("jump the line", "N2", "K1"),
        ("hold workstations", "N6", "K2"),
        ("jump the workstations", "N2", "K2"),
    ):
        looked(name, decisions.prepare, proposals.draft, need, course)
    able = store.read(moving.stand_ins, groups[1], leaving, by=OPERATOR, now=MORNING)
    write("stand-in", moving.substitute, groups[1], leaving, able[0].code, reason=WHY)
    if not names or "allocate" in names:
        plan = store.read(allocation.outlook, by=OPERATOR, today=DAY)
        write("allocate", allotment.apply, plan)
    write("reduce", reducing.reduce, of_run, Fewer(1, is_still_wanted=True), reason=WHY)
    write("cancel", proposals.cancel, of_run, reason=WHY)
    write("cancel the class", moving.call_off, groups[1], reason=WHY)
    write("unconfirm", answers.undo, one)
    return seen


def _written(service: Any, args: tuple[Any, ...], more: dict[str, Any], store: Store) -> Any:
    return store.write(service, *args, by=OPERATOR, now=MORNING, **more)


def prepare(store: Store) -> None:
    """What is done to a store before it is attacked: nothing, unless a control takes its guards away."""


def attack(copies: Copies, deals: tuple[str, ...], names: Sequence[str]) -> list[str]:
    """One desk does the first act, the other the second as it saw it, and so on; what was wrong then."""
    with copies.one() as store:
        other = open_store(world.location(store))
        try:
            seen = look(store, deals, names)
            prepare(store)
            desks, found, told = (store, other), [], []
            for number, name in enumerate(names):
                told.append(f"{name}: {_try(seen.acts[name], desks[number % 2])}")
                found += _wrongs(store, told)
            for take_back in _ways_back(seen):
                told.append(f"back: {_try(take_back, other)}")
                found += _wrongs(store, told)
            over = MORNING + timedelta(days=3)
            told.append(f"sweep: {_try(lambda s: s.write(sweep.sweep, over), store)}")
            found += [str(wrong) for wrong in store.read(health.check)]
            return found + _wrongs(store, told)
        finally:
            other.close()


def _ways_back(seen: Seen) -> Iterable[Write]:
    for group in seen.groups:
        yield partial(_back, taking_back.undo, group)
    for deal in seen.deals:
        yield partial(_back, answers.undo, deal)
    for code in ("W000001", "W000002"):
        yield partial(_back, waiting.undo, code)
    yield lambda store: store.write(
        undoing.undo, "proposal", ["P000004"], by=OPERATOR, now=MORNING, request="again"
    )


def _back(service: Callable[..., Any], code: str, store: Store) -> Any:
    return store.write(service, code, by=OPERATOR, now=MORNING)


def _try(act: Write, store: Store) -> str:
    """How an act ended; the guards of the database are the last wall, not the first."""
    try:
        act(store)
    except DuijieError as error:
        return "left to the guards" if error.code in ("guard", "constraint") else error.code
    return "done"


def _wrongs(store: Store, told: Sequence[str]) -> list[str]:
    found = store.read(checks.wrongs, world.ELSEWHERE)
    found += ["the guards had to refuse"] if told[-1].endswith("left to the guards") else []
    return [f"{' / '.join(told)}: {wrong}" for wrong in found]
