"""Every race at full length: one line a check, exit status 1 where anything was sold twice."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.races import contest, history, interleaving, lifecycle, overlap, scenes, world
from tests.races.crew import Crew
from tests.races.world import Copies

Check = tuple[str, Callable[[], tuple[bool, str]]]


def main() -> int:
    """Run what was asked for; 1 where a check failed."""
    said = argparse.ArgumentParser(prog="python -m tests.races", description=__doc__)
    said.add_argument("--only", default="", help="checks whose name holds this")
    said.add_argument("--seconds", type=float, default=60.0, help="length of each history")
    said.add_argument("--lives", type=int, default=300, help="lives at random")
    asked = said.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = world.sqlite_template(folder)
        districts = {"SQLite": Copies(str(file), folder)}
        server = _server(stack)
        if server is None:
            print("PostgreSQL: no server, its checks are left out", flush=True)
        else:
            districts["PostgreSQL"] = Copies(server)
        crew = Crew(8)
        stack.callback(crew.close)
        results = [
            _told(name, check)
            for where, copies in districts.items()
            for name, check in _checks(where, copies, crew, folder, asked)
            if asked.only in name
        ]
    return 0 if all(results) else 1


def _server(stack: ExitStack) -> str | None:
    import psycopg

    try:
        return stack.enter_context(world.postgresql_template())
    except psycopg.OperationalError:
        return None


def _told(name: str, check: Callable[[], tuple[bool, str]]) -> bool:
    begun = time.monotonic()
    is_good, counts = check()
    took = time.monotonic() - begun
    print(f"{'ok  ' if is_good else 'FAIL'} {name}: {counts} ({took:.0f} s)", flush=True)
    return is_good


def _checks(
    where: str, copies: Copies, crew: Crew, folder: Path, asked: argparse.Namespace
) -> Iterator[Check]:
    yield f"{where} contest, control", partial(_contest_control, copies, crew)
    yield f"{where} contest, 8 processes x 150 seats", partial(_contest, copies, crew)
    yield f"{where} desks on one run", partial(_desks, copies, crew)
    yield f"{where} overlap, control", partial(_overlap, copies, crew, is_control=True)
    yield f"{where} overlap, 8 x 600", partial(_overlap, copies, crew, is_control=False)
    if where == "SQLite":
        yield f"{where} 70 orders, control", partial(_orders_control, copies)
    for scene in scenes.SCENES:
        yield f"{where} 70 orders, {scene.name}", partial(_orders, copies, scene)
    if where == "SQLite":
        yield f"{where} history, control", partial(_history_control, copies, folder)
    seconds = asked.seconds
    yield f"{where} history under kills", partial(_history, copies, folder, where, seconds)
    if where == "SQLite":
        yield f"{where} lives, controls", partial(_lives_controls, copies)
        yield f"{where} lives at random", partial(_lives, copies, asked.lives)


def _contest_control(copies: Copies, crew: Crew) -> tuple[bool, str]:
    with copies.one() as store:
        contest.without_guards(store)
        found = contest.contest(
            crew, store, 150, contest.count_then_insert, contest.careless, is_forced=True
        )
    return found.double >= 1, f"{found.double} of {found.rounds} seats sold twice"


def _contest(copies: Copies, crew: Crew) -> tuple[bool, str]:
    with copies.one() as store:
        found = contest.contest(crew, store, 150)
        wrong = contest.wrongs(store)
    is_good = not (found.double or found.unsold or found.lock_errors or wrong)
    told = ", ".join(f"{count} {end}" for end, count in found.ends.most_common())
    return is_good, f"{found.double} sold twice, {found.lock_errors} lock errors; {told}"


def _desks(copies: Copies, crew: Crew) -> tuple[bool, str]:
    with copies.one() as store:
        choices = contest.prepared(store, "K1")
        ends = crew.each(contest.desk, world.location(store), choices[:6], 25)
        wrong = contest.wrongs(store)
    told = [end for found in ends for end in found]
    busy = sum("StoreBusy" in end or "guard" in end for end in told)
    return not busy and not wrong, f"{len(told)} acts, {busy} lock errors, {len(wrong)} wrong"


def _overlap(copies: Copies, crew: Crew, *, is_control: bool) -> tuple[bool, str]:
    throw = overlap.throw_unguarded if is_control else overlap.throw
    with copies.one() as store:
        found = throw(crew, store, 600)
    pairs = len(found.people) + len(found.slots)
    refused = found.ends["ConflictError guard"]
    busy = found.ends["StoreBusyError store_busy"]
    is_good = pairs > 0 if is_control else pairs == 0 and busy == 0
    return is_good, f"{found.ends.total()} acts, {pairs} pairs, {refused} refused, {busy} busy"


def _orders(copies: Copies, scene: scenes.Scene) -> tuple[bool, str]:
    found = scenes.play(scene, copies, interleaving.orders())
    ends = ", ".join(f"{count} {'/'.join(end)}" for end, count in found.ends.most_common())
    return not found.wrong, f"{len(found.wrong)} wrong in {found.orders} orders; {ends}"


def _orders_control(copies: Copies) -> tuple[bool, str]:
    found = scenes.play(scenes.CONTROL, copies, interleaving.orders(), contest.careless)
    return len(found.wrong) >= 1, f"{len(found.wrong)} wrong in {found.orders} orders"


def _history(copies: Copies, folder: Path, where: str, seconds: float) -> tuple[bool, str]:
    notes = folder / f"notes-{where}"
    notes.mkdir()
    with copies.one() as store:
        found = history.live_through(store, notes, 8, seconds, 0.25)
    counts = (
        f"{found.acts} acts, {found.kills} kills, {found.unknown} of unknown end; "
        f"lost {len(found.lost)}, ghosts {len(found.ghosts)}, overbooked {len(found.overbooked)}, "
        f"order {len(found.order)}, broken {len(found.broken)}"
    )
    return not found.wrong, "; ".join([counts, *found.wrong[:3]])


def _history_control(copies: Copies, folder: Path) -> tuple[bool, str]:
    notes = folder / "notes-control"
    notes.mkdir()
    with copies.one() as store:
        found = history.live_through(store, notes, 8, 8, 1.0, history.book_badly)
    return bool(found.overbooked), f"{found.acts} acts, overbooked {len(found.overbooked)}"


def _lives(copies: Copies, lives: int) -> tuple[bool, str]:
    template = Path(copies.template)
    try:
        lifecycle.live(template, lifecycle.choices_of(template), lives, 50, is_random=True)
    except AssertionError as error:
        return False, "\n".join([str(error), *getattr(error, "__notes__", ())])
    return True, f"{lives} lives of up to 50 acts"


def _lives_controls(copies: Copies) -> tuple[bool, str]:
    template = Path(copies.template)
    choices = lifecycle.choices_of(template)
    missed = []
    for sabotage in lifecycle.SABOTAGES:
        try:
            lifecycle.live(template, choices, 200, 30, sabotage)
        except AssertionError:
            continue
        missed.append(sabotage.__name__)
    found = len(lifecycle.SABOTAGES) - len(missed)
    return not missed, f"{found} of {len(lifecycle.SABOTAGES)} spoilt products found"


if __name__ == "__main__":
    sys.exit(main())
