"""A nation of districts as a simulation of discrete events: one busy working day, every need of it.

python -m benchmarks.nation [--seed 1] [--scale 1.0]

Nothing of the product runs here. Service times are drawn from the curves that were measured (`nation.toml`
names the source of every number), so this says what follows from them and from its assumptions, and no more.
"""

from __future__ import annotations

import argparse
import math
import random
import tomllib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("nation.toml")
_P95 = 1.6449  # standard deviations
_DAY = 86_400.0
_ARRIVES, _ASKED, _DONE, _GIVES_UP, _FAILS, _RECOVERS = range(6)


def parameters(file: Path = _FILE) -> dict[str, dict[str, Any]]:
    """Every number by section and name."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    return {part: {name: told["is"] for name, told in of.items()} for part, of in found.items()}


@dataclass(frozen=True, slots=True)
class Setup:
    """How the districts are housed: so many on a host of so many cores."""

    districts_a_host: int
    cores: int


@dataclass(slots=True)
class Asked:
    """A need on its way, with the seconds of a core that each of its jobs takes wherever it waits."""

    arrived: float
    district: int
    home_s: float
    neighbours: tuple[tuple[int, float], ...]
    pending: int = 0
    finished: float = math.nan
    unanswered: int = 0


@dataclass(slots=True)
class Work:
    """One piece of work at one host; `is_over` once nobody waits for it any more."""

    need: Asked
    seconds: float
    is_home: bool
    is_over: bool = False


@dataclass(slots=True)
class Host:
    """Some districts on a machine: first come, first served by whichever core is free."""

    cores: int
    queue: deque[Work] = field(default_factory=deque)
    running: dict[int, tuple[Work, float]] = field(default_factory=dict)
    busy_s: float = 0.0
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of every need of the day."""

    needs: tuple[Asked, ...]
    hosts: int
    utilisation: float
    failures: int
    redone: int

    def waits(self) -> list[float]:
        """Seconds that needs of one district waited beyond their own work, in order."""
        alone = (need for need in self.needs if not need.neighbours)
        return sorted(max(0.0, n.finished - n.arrived - n.home_s) for n in alone)

    def answers(self) -> list[float]:
        """Seconds from each need to its answer, in order."""
        return sorted(need.finished - need.arrived for need in self.needs)


def between(curve: Sequence[Sequence[float]], size: float) -> list[float]:
    """The values of a measured curve at a size: straight lines on logarithmic paper, flat beyond its ends."""
    low = max((row for row in curve if row[0] <= size), key=lambda r: r[0], default=curve[0])
    high = min((row for row in curve if row[0] >= size), key=lambda r: r[0], default=curve[-1])
    if low[0] == high[0]:
        return list(low[1:])
    share = math.log(size / low[0]) / math.log(high[0] / low[0])
    return [a * (b / a) ** share for a, b in zip(low[1:], high[1:], strict=True)]


def drawn(p50_p95: Sequence[float], chance: random.Random) -> float:
    """A value of the lognormal with this median and 95th percentile."""
    p50, p95 = p50_p95
    return p50 * math.exp(math.log(p95 / p50) / _P95 * chance.gauss())


def sizes(told: dict[str, Any], seed: int) -> list[float]:
    """Each district's share of needs and offerings, together one."""
    chance = random.Random(f"{seed} sizes")
    world = told["world"]
    found = [math.exp(world["unevenness"] * chance.gauss()) for _ in range(world["districts"])]
    whole = sum(found)
    return [one / whole for one in found]


def day(told: dict[str, Any], seed: int) -> list[Asked]:
    """All needs of the day in order of arrival, the same whatever the hosts are."""
    chance = random.Random(f"{seed} needs")
    world, cross, service = told["world"], told["cross"], told["service"]
    shares = sizes(told, seed)
    curves = [
        (between(service["match"], n), between(service["resolve"], n))
        for n in (share * world["offerings"] for share in shares)
    ]
    count = round(world["needs_a_year"] / world["working_days"] * world["busy_day"])
    places = chance.choices(range(len(shares)), shares, k=count)
    hours = chance.choices(range(24), told["day"]["hours"], k=count)
    found = []
    for district, hour in zip(places, hours, strict=True):
        match, resolve = curves[district]
        home = drawn(match, chance) + drawn(service["write"], chance)
        home += service["lookups"] * drawn(resolve, chance)
        near: list[tuple[int, float]] = []
        if chance.random() < cross["share"] and len(shares) > cross["asks"]:
            for step in range(1, cross["asks"] + 1):
                other = (district + step) % len(shares)
                near.append((other, drawn(curves[other][0], chance) / 1000))
        arrived = (hour + chance.random()) * 3600
        found.append(Asked(arrived, district, home / 1000, tuple(near)))
    found.sort(key=lambda need: need.arrived)
    return found


class Simulation:
    """One day under one setup."""

    def __init__(self, told: dict[str, Any], setup: Setup, seed: int, *, fails: bool) -> None:
        self._cross, self._setup = told["cross"], setup
        self._needs = day(told, seed)
        count = -(-told["world"]["districts"] // setup.districts_a_host)
        self._hosts = [Host(setup.cores) for _ in range(count)]
        self._events: list[tuple[float, int, int, Any]] = []
        self._number = 0
        self._failures = self._redone = 0
        for need in self._needs:
            self._at(need.arrived, _ARRIVES, need)
        if fails:
            self._plan_failures(told["failure"], random.Random(f"{seed} failures"))

    def _plan_failures(self, failure: dict[str, Any], chance: random.Random) -> None:
        """Host 0 always fails, at a busy hour, so that one sees what that costs; the others by chance."""
        for number in range(len(self._hosts)):
            by_chance = chance.expovariate(1 / failure["days_between"]) * _DAY
            at = by_chance if number else failure["one_at_hour"] * 3600
            if at < _DAY:
                self._at(at, _FAILS, number)
                down = drawn(failure["minutes_down"], chance) * 60
                self._at(at + down, _RECOVERS, number)

    def _at(self, when: float, kind: int, what: Any) -> None:
        self._number += 1
        heappush(self._events, (when, self._number, kind, what))

    def run(self) -> Result:
        """The day to its last answer."""
        acts = (self._arrives, self._asked, self._done, self._gives_up, self._fails, self._recovers)
        while self._events:
            now, _, kind, what = heappop(self._events)
            acts[kind](now, what)
        span = max(need.finished for need in self._needs) - self._needs[0].arrived
        busy = sum(host.busy_s for host in self._hosts)
        return Result(
            tuple(self._needs),
            len(self._hosts),
            busy / (span * len(self._hosts) * self._setup.cores),
            self._failures,
            self._redone,
        )

    def _host(self, district: int) -> int:
        return district // self._setup.districts_a_host

    def _arrives(self, now: float, need: Asked) -> None:
        need.pending = 1
        self._take(now, self._host(need.district), Work(need, need.home_s, is_home=True))

    def _asked(self, now: float, what: tuple[int, Work]) -> None:
        number, work = what
        self._at(now + self._cross["give_up_s"], _GIVES_UP, work)
        self._take(now, number, work)

    def _take(self, now: float, number: int, work: Work) -> None:
        self._hosts[number].queue.append(work)
        self._begin(now, number)

    def _begin(self, now: float, number: int) -> None:
        host = self._hosts[number]
        while host.queue and not host.is_down and len(host.running) < host.cores:
            work = host.queue.popleft()
            if work.is_over:
                continue
            self._number += 1
            host.running[self._number] = (work, now)
            self._at(now + work.seconds, _DONE, (number, self._number))

    def _done(self, now: float, what: tuple[int, int]) -> None:
        number, key = what
        host = self._hosts[number]
        if key not in host.running:
            return  # the host failed meanwhile, and the work is done again
        work, begun = host.running.pop(key)
        host.busy_s += now - begun
        if work.is_home:
            self._ask_neighbours(now, work.need)
        if not work.is_over:
            work.is_over = True
            self._answered(now, work.need)
        self._begin(now, number)

    def _ask_neighbours(self, now: float, need: Asked) -> None:
        half = self._cross["round_trip_ms"] / 2000
        need.pending += len(need.neighbours)
        for district, seconds in need.neighbours:
            what = (self._host(district), Work(need, seconds, is_home=False))
            self._at(now + half, _ASKED, what)

    def _gives_up(self, now: float, work: Work) -> None:
        if not work.is_over:
            work.is_over = True
            work.need.unanswered += 1
            self._answered(now, work.need)

    def _answered(self, now: float, need: Asked) -> None:
        need.pending -= 1
        if need.pending == 0:
            is_far = bool(need.neighbours)
            need.finished = now + (self._cross["round_trip_ms"] / 2000 if is_far else 0)

    def _fails(self, now: float, number: int) -> None:
        host = self._hosts[number]
        host.is_down = True
        self._failures += 1
        for work, begun in host.running.values():
            host.busy_s += now - begun
            host.queue.appendleft(work)
            self._redone += 1
        host.running.clear()

    def _recovers(self, now: float, number: int) -> None:
        self._hosts[number].is_down = False
        self._begin(now, number)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a year takes: cores and GB of all hosts, yuan, and yuan for a thousand needs."""

    cores: int
    gb: float
    yuan: float
    per_thousand: float


def cost(told: dict[str, Any], setup: Setup, seed: int) -> Cost:
    """Cores as set up; memory for desks, stores that are read from memory, and the nightly batch."""
    world, memory, price = told["world"], told["memory"], told["price"]
    hosts = -(-world["districts"] // setup.districts_a_host)
    stores = sum(
        between(memory["store_gb"], share * world["offerings"])[0] for share in sizes(told, seed)
    )
    desks = world["districts"] * memory["desks"] * memory["desk_mb"] / 1024
    nights = hosts * setup.cores * memory["night_mb"] / 1024
    gb = hosts * memory["host_gb"] + stores + desks + nights
    cores = hosts * setup.cores
    yuan = cores * price["core_year"] + gb * price["gb_year"] + hosts * price["host_year"]
    return Cost(cores, gb, yuan, 1000 * yuan / world["needs_a_year"])


def nights(told: dict[str, Any], setup: Setup, seed: int) -> list[float]:
    """Hours that `match --all` takes on each host, in order, all its districts one after another."""
    world, night = told["world"], told["night"]
    still_open = world["needs_a_year"] / world["working_days"] * night["open_days"]
    found = [0.0] * -(-world["districts"] // setup.districts_a_host)
    for at, share in enumerate(sizes(told, seed)):
        rate = between(night["rate"], share * world["offerings"])[0] / 2 * setup.cores
        found[at // setup.districts_a_host] += still_open * share / rate / 3600
    return sorted(found)


def at(found: Sequence[float], part: float) -> float:
    """A percentile of values in order."""
    return found[min(len(found) - 1, int(part * len(found)))]


def smaller(told: dict[str, Any], scale: float) -> dict[str, Any]:
    """The same nation with fewer districts, each as it was."""
    names = ("districts", "offerings", "needs_a_year")
    world = told["world"] | {name: max(1, round(told["world"][name] * scale)) for name in names}
    return told | {"world": world}


SETUPS = (Setup(1, 1), Setup(20, 2), Setup(100, 2), Setup(400, 4), Setup(1400, 8), Setup(1400, 4))


def main() -> None:
    """Print a line for each setup, without failures and with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the districts")
    options = parser.parse_args()
    told = smaller(parameters(), options.scale)
    print(
        "| districts a host, cores | hosts | failures, redone | busy | wait p50 / p95 / p99 ms "
        "| answer p50 / p95 / p99 ms | over 5 s | lacks a neighbour | night h p50 / most | cores | GB "
        "| yuan a year | yuan a 1,000 needs |"
    )
    print("| --- " * 13 + "|")
    for setup in SETUPS:
        for fails in (False, True):
            show(told, setup, options.seed, fails=fails)


def show(told: dict[str, Any], setup: Setup, seed: int, *, fails: bool) -> None:
    """One line of the table."""
    result = Simulation(told, setup, seed, fails=fails).run()
    waits, answers = result.waits(), result.answers()
    over = sum(answer > 5 for answer in answers) / len(answers)
    lacking = sum(need.unanswered > 0 for need in result.needs) / len(result.needs)
    money, night = cost(told, setup, seed), nights(told, setup, seed)
    three = [
        " / ".join(f"{1000 * at(found, part):,.0f}" for part in (0.5, 0.95, 0.99))
        for found in (waits, answers)
    ]
    print(
        f"| {setup.districts_a_host}, {setup.cores} | {result.hosts} | {result.failures}, {result.redone} "
        f"| {result.utilisation:.2%} | {three[0]} | {three[1]} | {over:.3%} | {lacking:.3%} "
        f"| {at(night, 0.5):.2f} / {night[-1]:.2f} | {money.cores:,} | {money.gb:,.0f} | {money.yuan:,.0f} "
        f"| {money.per_thousand:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
