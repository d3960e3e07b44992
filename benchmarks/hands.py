"""Twenty registrations typed into the desk in a real terminal, then every field of every record read back."""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from pypinyin import lazy_pinyin

from benchmarks.terminal import Terminal, keys
from seed import demo
from store import open_store
from store.schemas.records import NeedView
from store.services import records

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 21)
READY = "N000080"  # the newest need of the demo district: its list is on the screen
_DRAWN = "F1"  # the keys of the first screen
PACE = 1 / 12  # seconds a key
GLANCE = 1.0  # seconds at least for a look at what was read out of a sentence ...
_READ = "‹"  # ... which does not end before fields are marked as read
_SEE = "<see>"
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_PATIENCE = 10.0  # seconds for what was typed last to be told as saved
_SHOWN = 3  # wrong records told one by one
_CHECKED = {
    "enterprise": None,
    "heads": None,
    "level": None,
    "certificate": False,
    "earliest": DAY,
    "latest": None,
    "weekly": None,
    "area": None,
    "max_travel_km": None,
    "budget": None,
    "min_practice_hours": None,
    "mode": None,
    "can_split": False,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One firm on the telephone: what is typed, and what must be in the store afterwards."""

    kind: str
    keys: str
    text: str
    expected: dict[str, str]

    @property
    def count(self) -> int:
        """Keys as the terminal gets them: a Chinese character is one."""
        return len(keys(self.keys.replace(_SEE, "")))

    @property
    def letters(self) -> int:
        """Keys with a pinyin input method: every letter, and one to choose a run of characters."""
        runs = _CHINESE.findall(self.keys)
        typed = sum(len("".join(lazy_pinyin(run))) + 1 for run in runs)
        return self.count - sum(map(len, runs)) + typed


def calls() -> list[Call]:
    """The script beside this file; what is not stated there is left as a new record has it."""
    homes = {row["code"]: row["area_code"] for row in demo.table("enterprises")}
    with Path(__file__).with_suffix(".tsv").open(encoding="utf-8") as lines:
        found = []
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            stated = dict(pair.split("=", 1) for pair in row["expected"].split(" | "))
            stated.setdefault("area", homes[stated["enterprise"]])
            expected = {name: stated.get(name, str(value)) for name, value in _CHECKED.items()}
            found.append(Call(row["kind"], row["keys"], stated["text"], expected))
        return found


@dataclass(frozen=True, slots=True)
class Round:
    """One way to type the script; a pace of 0 is a whole record in one write."""

    name: str
    pace: float
    glance: float


ROUNDS = (
    Round("12 keys a second, a look of 1 s", PACE, GLANCE),
    Round("in one burst, a look of 1 s", 0, GLANCE),
    Round("12 keys a second, never looking", PACE, 0),
    Round("in one burst, never looking", 0, 0),
)


def desk(path: str, home: str, size: tuple[int, int] = (100, 30)) -> Terminal:
    """The desk on a store, its list already drawn."""
    command = [sys.executable, "-m", "tui", "--db", path, "--lang", "zh"]
    opened = Terminal(command, {"PYTHONPATH": str(ROOT), "HOME": home}, size)
    opened.first(lambda shown: _DRAWN in shown)
    opened.write("2")
    opened.first(lambda shown: READY in shown)
    return opened


def type_script(
    terminal: Terminal, script: Sequence[Call], how: Round
) -> list[tuple[float, float]]:
    """When the first and the last key of each record were sent; nothing is waited for but the pace."""
    spans = []
    for call in script:
        begun = sent = time.perf_counter()
        for at, part in enumerate(call.keys.split(_SEE)):
            if at and how.glance:
                time.sleep(how.glance)
                seen = (call.text[:8], _READ)
                terminal.awaits(lambda shown, seen=seen: all(s in shown for s in seen), _PATIENCE)
            typed = keys(part)
            for some in typed if how.pace else ["".join(typed)]:
                sent = terminal.write(some)
                time.sleep(max(0.0, sent + how.pace - time.perf_counter()))
        spans.append((begun, sent))
    return spans


def told_saved(terminal: Terminal, spans: Sequence[tuple[float, float]]) -> Iterator[float]:
    """Seconds from the key that saves until the record's code is drawn, of those that are."""
    first = int(READY[1:]) + 1
    terminal.awaits(lambda shown: f"N{first + len(spans) - 1:06d}" in shown, _PATIENCE)
    for number, (_, sent) in enumerate(spans, first):
        code = f"N{number:06d}".encode()
        drawn = (at for at, data in terminal.chunks if at > sent and code in data)
        yield from (at - sent for at in islice(drawn, 1))


def wrong_fields(stored: Sequence[NeedView], script: Sequence[Call]) -> Iterator[tuple[str, str]]:
    """Text and fault of each record that is not what was typed, of those missing and of those too many."""
    found = {view.text: view for view in stored}
    for call in script:
        view = found.pop(call.text, None)
        if view is None:
            yield call.text, "not stored"
            continue
        faults = [
            f"{name} {getattr(view, name)} for {wanted}"
            for name, wanted in call.expected.items()
            if str(getattr(view, name)) != wanted
        ]
        if faults:
            yield call.text, "; ".join(faults)
    for text in found:
        yield text, "stored, but never typed as such"


def registered(path: str) -> list[NeedView]:
    """What the store holds beyond the demo's own needs."""
    store = open_store(path)
    page = store.read(records.page, "need", by=demo.OPERATOR, after=READY, limit=200)
    store.close()
    return list(page.items)


def play(path: str, script: Sequence[Call], how: Round) -> None:
    """Type the script, print what it took and what is wrong."""
    with tempfile.TemporaryDirectory() as home:
        terminal = desk(path, home)
        spans = type_script(terminal, script, how)
        told = [1000 * seconds for seconds in told_saved(terminal, spans)]
        terminal.close()
    wrong = list(wrong_fields(registered(path), script))
    cells = []
    for kind in ("repeat", "new"):
        mine = [b - a for (a, b), call in zip(spans, script, strict=True) if call.kind == kind]
        cells.append(f"{statistics.median(mine):.1f} / {max(mine):.1f}")
    cells.append(f"{statistics.median(told):.0f} / {max(told):.0f}" if not wrong else "-")
    missed = {text for text, _ in wrong} & {call.text for call in script}
    print(f"| {how.name} | {len(script) - len(missed)} | {len(wrong)} | {' | '.join(cells)} |")
    for text, fault in wrong[:_SHOWN]:
        print(f"  wrong: {text}: {fault}")
    if len(wrong) > _SHOWN:
        print(f"  and {len(wrong) - _SHOWN} more")


def main() -> None:
    """Print keys a record, then one line for each way to type them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, nargs="+", default=range(len(ROUNDS)))
    options = parser.parse_args()
    script = calls()
    print(f"load {os.getloadavg()[0]:.1f}; {len(script)} registrations into a fresh demo store")
    print("| | keys a record: median (least, most) | with a pinyin input method, estimated |")
    print("| --- | --- | --- |")
    for kind, name in (("repeat", "repeat firm"), ("new", "firm by its full name")):
        mine = [call for call in script if call.kind == kind]
        cells = []
        for counts in ([call.count for call in mine], [call.letters for call in mine]):
            cells.append(f"{statistics.median(counts):.0f} ({min(counts)}, {max(counts)})")
        print(f"| {name} | {' | '.join(cells)} |")
    print(
        "| | right | wrong | s a record, repeat firm: median / max | s, full name "
        "| ms until told as saved: median / max |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        fresh = f"{folder}/demo.db"
        demo.build(fresh, DAY).close()
        for at in options.rounds:
            path = f"{folder}/{at}.db"
            shutil.copy(fresh, path)
            play(path, script, ROUNDS[at])


if __name__ == "__main__":
    main()
