"""The four pairs of acts that must not get into one another's way, and how they are judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from store import Store, open_store
from store.services import answers, capacity, proposals, sweep
from tests.races import checks, contest, interleaving, world
from tests.races.interleaving import Act
from tests.races.world import MORNING, OPERATOR, Copies, run_sql

Opened = Callable[[str], Store]
Run = Callable[[Store], Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """Two acts on a district that was prepared for them."""

    name: str
    arrange: Callable[[Store], Any]
    acts: Callable[[Any], tuple[Run, Run]]
    judge: Callable[[Store, tuple[str, str]], list[str]]


@dataclass(slots=True)
class Played:
    """How many orders were played, what was wrong in which, and how the acts ended."""

    orders: int = 0
    wrong: list[str] = field(default_factory=list)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)


def play(
    scene: Scene,
    copies: Copies,
    orders: Iterable[Sequence[int]],
    opened: Opened = open_store,
) -> Played:
    """A scene in many orders, each on a copy of the district of its own."""
    found = Played()
    with copies.arranged(scene.arrange) as (ready, prepared):
        for order in orders:
            ends, wrong = _play_once(scene, ready, prepared, order, opened)
            found.orders += 1
            found.ends[ends] += 1
            found.wrong += [f"{scene.name} {''.join(map(str, order))} {ends}: {w}" for w in wrong]
    return found


def _play_once(
    scene: Scene, copies: Copies, prepared: Any, order: Sequence[int], opened: Opened
) -> tuple[tuple[str, str], list[str]]:
    with copies.one() as store:
        place = world.location(store)
        first, second = (_act(opened(place), run) for run in scene.acts(prepared))
        is_server = store.url.get_backend_name() != "sqlite"
        watch = interleaving.waits_on_server(store) if is_server else lambda act: False
        ends = interleaving.play(order, (first, second), watch)
        for act in (first, second):
            act.is_free = True
            act.store.close()
        return ends, scene.judge(store, ends)


def _act(store: Store, run: Run) -> Act:
    """An act whose connections say what they wait for; its store has been opened but not used."""
    act = Act(store, run)
    store._engine.dispose()
    store._queue = None  # the queue is another wait, in another place, and only makes it fair
    hook = (
        interleaving.waits_in_line
        if store.url.get_backend_name() == "sqlite"
        else interleaving.tells_its_pid
    )
    hook(store._engine, lambda: act)
    return act


def _sell(store: Store, need: str, last: str) -> str:
    """One proposal for a need, brought as far as `last`."""
    (choice,) = contest.prepared(store, "K1", (need,))
    code = store.write(proposals.draft, choice, by=OPERATOR, now=MORNING).code
    if last == "draft":
        return code
    store.write(proposals.send, code, by=OPERATOR, now=MORNING)
    for party in ("E" + need[1:], "T1", *(("B1",) if need in ("N2", "N5", "N6") else ())):
        store.write(answers.accept, code, by=OPERATOR, now=MORNING, party=party)
    if last == "confirmed":
        store.write(proposals.confirm, code, by=OPERATOR, now=MORNING)
    return code


def _general(store: Store) -> list[str]:
    return store.read(checks.wrongs, world.ELSEWHERE)


def _broken(ends: tuple[str, str]) -> list[str]:
    return [end for end in ends if end.startswith(("broken", "StoreBusy")) or " guard" in end]


def _one_of(ends: tuple[str, str], wins: str = "done") -> list[str]:
    return [] if ends.count(wins) == 1 else [f"{ends.count(wins)} of two went through"]


def _did(service: Callable[..., Any], *args: Any, **kwargs: Any) -> Run:
    def run(store: Store) -> str:
        store.write(service, *args, **kwargs)
        return "done"

    return run


# book/book: two needs of two heads each, three seats left
def _two_choices(store: Store) -> Any:
    return contest.prepared(store, "K1", ("N3", "N4"))


def _both_book(choices: Any) -> tuple[Run, Run]:
    first, second = (_did(proposals.draft, choice, by=OPERATOR, now=MORNING) for choice in choices)
    return first, second


def _booked_once(store: Store, ends: tuple[str, str]) -> list[str]:
    return [*_broken(ends), *_one_of(ends), *_general(store)]


# book/cancel: the run is full until one proposal is cancelled
def _full(store: Store) -> Any:
    (choice,) = contest.prepared(store, "K1", ("N4",))
    sold = _sell(store, "N3", "confirmed")
    store.write(lambda s: run_sql(s, "UPDATE run SET seats_left = 0, seats = 4 WHERE code = 'R1'"))
    return sold, choice


def _book_and_cancel(found: Any) -> tuple[Run, Run]:
    sold, choice = found
    return (
        _did(proposals.draft, choice, by=OPERATOR, now=MORNING),
        _did(proposals.cancel, sold, reason="illness", by=OPERATOR, now=MORNING),
    )


def _cancelled_and_perhaps_booked(store: Store, ends: tuple[str, str]) -> list[str]:
    wrong = _broken(ends)
    if ends[1] != "done":
        wrong.append(f"the cancellation ended with {ends[1]}")
    taken = store.read(
        lambda s: run_sql(
            s,
            "SELECT coalesce(sum(quantity), 0) FROM booking WHERE resource = 'R1' "
            "AND status IN ('held', 'booked')",
        ).scalar_one()
    )
    if taken != (2 if ends[0] == "done" else 0):
        wrong.append(f"{taken} seats are taken")
    return [*wrong, *_general(store)]


# confirm/confirm: two desks confirm one proposal
def _agreed(store: Store) -> Any:
    return _sell(store, "N3", "accepted")


def _both_confirm(code: Any) -> tuple[Run, Run]:
    first, second = (_did(proposals.confirm, code, by=OPERATOR, now=MORNING) for _ in range(2))
    return first, second


def _confirmed_once(store: Store, ends: tuple[str, str]) -> list[str]:
    joins = store.read(
        lambda s: run_sql(s, "SELECT count(*) FROM audit WHERE act = 'join'").scalar_one()
    )
    told = [] if joins == 1 else [f"it joined its class {joins} times"]
    return [*_broken(ends), *_one_of(ends), *told, *_general(store)]


# expiry/confirm: a desk confirms in the last moment, another sweeps up in the next
def _almost_over(store: Store) -> Any:
    code = _sell(store, "N3", "accepted")
    until = store.read(proposals_until, code)
    return code, until - timedelta(milliseconds=1), until


def proposals_until(session: Any, code: str) -> datetime:
    """When a proposal's clock ends."""
    from store.models import ProposalRow

    found: datetime = session.get_one(ProposalRow, code).until
    return found


def _sweep_and_confirm(found: Any) -> tuple[Run, Run]:
    code, last, over = found
    return _did(sweep.sweep, over), _did(proposals.confirm, code, by=OPERATOR, now=last)


def _expire_and_confirm(found: Any) -> tuple[Run, Run]:
    code, last, over = found
    return _did(capacity.expire, over), _did(proposals.confirm, code, by=OPERATOR, now=last)


def _kept_or_gone(store: Store, ends: tuple[str, str]) -> list[str]:
    """Whoever was told that it is booked has it; who was refused has nothing."""
    wrong = _broken(ends)
    (status, booked), *_ = store.read(
        lambda s: run_sql(
            s,
            "SELECT p.status, coalesce(sum(b.quantity), 0) FROM proposal p LEFT JOIN booking b "
            "ON b.proposal = p.code AND b.status = 'booked' GROUP BY p.code, p.status",
        ).all()
    )
    if (ends[1] == "done") != (status == "confirmed"):
        wrong.append(f"the confirmation ended with {ends[1]}, the proposal is {status}")
    if (status == "confirmed") != (booked > 0):
        wrong.append(f"{status} with {booked} seats booked")
    return [*wrong, *_general(store)]


SCENES = (
    Scene("book/book", _two_choices, _both_book, _booked_once),
    Scene("book/cancel", _full, _book_and_cancel, _cancelled_and_perhaps_booked),
    Scene("confirm/confirm", _agreed, _both_confirm, _confirmed_once),
    Scene("expiry/confirm", _almost_over, _sweep_and_confirm, _kept_or_gone),
)


# the control: the same seat by counting first, in whatever order
def _one_seat(store: Store) -> Any:
    contest.prepare(store, 1, 2)
    return ("Q0", "Q1")


def _both_count(holders: Any) -> tuple[Run, Run]:
    first, second = (_did(contest.count_then_insert, holder, "X0000") for holder in holders)
    return first, second


def _unguarded(arrange: Callable[[Store], Any]) -> Callable[[Store], Any]:
    def arranged(store: Store) -> Any:
        found = arrange(store)
        contest.without_guards(store)
        return found

    return arranged


def _sold_once(store: Store, ends: tuple[str, str]) -> list[str]:
    sold = store.read(lambda s: list(checks.oversold(s, world.ELSEWHERE)))
    return [*_broken(ends), *sold]


CONTROL = Scene("count, then insert", _unguarded(_one_seat), _both_count, _sold_once)
