"""The first screen and the cost of a key: the desk, a bare Textual program and two peers, in one run."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from benchmarks.hands import DAY, ROOT
from benchmarks.terminal import Terminal, keys
from seed import demo

BARE = """
from textual.app import App
from textual.widgets import Input, Static
class Bare(App):
    def compose(self):
        yield Static('ready')
        yield Input()
Bare().run()
"""
_SENTENCE = "welder level 4, 5 people, before december"
_CHINESE = "数控车工四级5人，12月底前，周末上课，预算1200，要考证，五公里以内"
PEERS = {
    "posting": (("Collection", "Send"), ("Collection is empty",)),
    "harlequin": (("Query Editor", "Run Query"), ("memory",)),
}
_PACES = (1 / 12, 0.45)  # seconds a key; the longer one ends before a cursor blinks
_REST = 1.0  # seconds that memory is given to settle after the first screen


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a program, the words of its first whole screen, and those that wait for its data."""

    name: str
    command: tuple[str, ...]
    frame: tuple[str, ...]
    content: tuple[str, ...]

    def start(self, home: str) -> Terminal:
        """In a terminal of 100x30."""
        return Terminal(self.command, {"PYTHONPATH": str(ROOT), "HOME": home})


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to type in a program: the keys that lead there, and what is typed."""

    name: str
    program: str
    way: str
    text: str = _SENTENCE


PLACES = (
    Place("duijie, form: need, Chinese", "duijie", "2<F2><Tab>", _CHINESE),
    Place("duijie, form: need", "duijie", "2<F2><Tab>"),
    Place("duijie, form: other field", "duijie", "2<F2><Tab><Tab><Tab><Tab><Tab><Tab><Tab>"),
    Place("duijie, search dialog", "duijie", "/"),
    Place("bare Textual, Input", "bare Textual", ""),
    Place("posting, URL", "posting", ""),
    Place("harlequin, query", "harlequin", ""),
)


def programs(db: str) -> list[Program]:
    """The desk, the floor, and the peers that are installed."""
    desk = (sys.executable, "-m", "tui", "--db", db, "--lang", "zh")
    found = [
        Program("duijie", desk, ("2需求", "F1"), ("待匹配需求",)),
        Program("bare Textual", (sys.executable, "-c", BARE), ("ready",), ("ready",)),
    ]
    for name, (frame, content) in PEERS.items():
        program = ROOT / ".venv-peers" / name / "bin" / name
        if program.exists():
            found.append(Program(name, (str(program),), frame, content))
        else:
            print(f"{name} is left out: `make bench` installs it")
    return found


def median(numbers: Sequence[float]) -> float:
    """The median, infinity of nothing."""
    return statistics.median(numbers) if numbers else float("inf")


def high(numbers: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(numbers)[int(0.95 * (len(numbers) - 1))]


def first_screen(program: Program, home: str) -> tuple[float, float, float]:
    """Seconds until the frame and until the content are drawn, and megabytes a while later."""
    terminal = program.start(home)
    try:
        frame = terminal.first(lambda shown: all(word in shown for word in program.frame))
        content = terminal.first(lambda shown: all(word in shown for word in program.content))
        time.sleep(_REST)
        return frame - terminal.started, content - terminal.started, terminal.memory()
    finally:
        terminal.close()


def starts(found: Sequence[Program], runs: int) -> None:
    """Print the first screens, started by turns; the first turn warms the disk and is not counted."""
    seen: dict[str, list[tuple[float, float, float]]] = {program.name: [] for program in found}
    with tempfile.TemporaryDirectory() as home:
        for turn in range(runs + 1):
            for program in found:
                measured = first_screen(program, home)
                if turn:
                    seen[program.name].append(measured)
    medians = {
        name: [median(column) for column in zip(*m, strict=True)] for name, m in seen.items()
    }
    print("| | frame, s | x bare | content, s | p95 | x bare | memory, MB (PSS) | x bare |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    floor = medians["bare Textual"]
    for name, (frame, content, memory) in medians.items():
        worst = high([one[1] for one in seen[name]])
        print(
            f"| {name} | {frame:.2f} | {frame / floor[0]:.2f} | {content:.2f} | {worst:.2f} "
            f"| {content / floor[1]:.2f} | {memory:.0f} | {memory / floor[2]:.2f} |"
        )


@dataclass(frozen=True, slots=True)
class Echo:
    """What one key brought: bytes, and milliseconds until the first and the last of them."""

    bytes: int
    first: float
    last: float


def echoes(terminal: Terminal, text: str, pace: float) -> list[Echo]:
    """What each key of a text brought before the next was due."""
    found = []
    for key in keys(text):
        seen = len(terminal.chunks)
        sent = terminal.write(key)
        time.sleep(max(0.0, sent + pace - time.perf_counter()))
        came = terminal.chunks[seen:]
        if came:
            times = [1000 * (at - sent) for at, _ in came]
            found.append(Echo(sum(len(data) for _, data in came), times[0], times[-1]))
        else:
            found.append(Echo(0, 1000 * pace, 1000 * pace))
    return found


def typing(found: Sequence[Program], runs: int) -> None:
    """Print what keys cost, place by place and pace by pace."""
    by_name = {program.name: program for program in found}
    places = [place for place in PLACES if place.program in by_name]
    for pace in _PACES:
        seen: dict[Place, list[Echo]] = {place: [] for place in places}
        for place in places * runs:
            seen[place] += _typed(by_name[place.program], place, pace)
        _tell(seen, pace)


def _typed(program: Program, place: Place, pace: float) -> list[Echo]:
    """In a new home: the desk brings back what stood in its form before."""
    with tempfile.TemporaryDirectory() as home:
        terminal = program.start(home)
        try:
            terminal.first(lambda shown: all(word in shown for word in program.content))
            for key in ("", *keys(place.way)):
                terminal.write(key)
                time.sleep(_REST)
            return echoes(terminal, place.text, pace)
        finally:
            terminal.close()


def _tell(seen: Mapping[Place, Sequence[Echo]], pace: float) -> None:
    """One table; ratios are to the best peer in the same column."""
    rows = {}
    for place, some in seen.items():
        columns = zip(*((echo.bytes, echo.first, echo.last) for echo in some), strict=True)
        rows[place] = [(median(column), high(column)) for column in columns]
    peers = [row for place, row in rows.items() if place.program in PEERS]
    best = [min(row[at][0] for row in peers) for at in range(3)] if peers else []
    print(f"\n{1 / pace:.1f} keys a second; p50 / p95 (p50 as a multiple of the best peer's)")
    print("| | bytes a key | first byte, ms | last byte, ms |")
    print("| --- | --- | --- | --- |")
    for place, row in rows.items():
        ratios = [f" ({p50 / floor:.1f})" for (p50, _), floor in zip(row, best, strict=False)]
        cells = [f"{p50:.0f} / {p95:.0f}" for p50, p95 in row]
        told = [a + b for a, b in zip_longest(cells, ratios, fillvalue="")]
        print(f"| {place.name} | {' | '.join(told)} |")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--typing", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        demo.build(f"{folder}/demo.db", DAY).close()
        found = programs(f"{folder}/demo.db")
        print(f"load {os.getloadavg()[0]:.1f}; terminals of 100x30, {options.starts} starts each")
        starts(found, options.starts)
        if options.typing:
            typing(found, options.typing)


if __name__ == "__main__":
    main()
