"""Power cuts, reckoned: what the product really wrote and synced, and what a disk may have kept of it.

The writer is the product itself, watched by strace. A crash is a point in that record: what was
synced before it is on the disk, of the rest any 512-byte sectors, some of them torn.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from store import create_store, engine, open_store
from store.errors import DuijieError
from tests.soak.work import Bookings, damages, offences

ROOT = Path(__file__).parents[2]
SETTINGS = {"FULL": 2, "NORMAL": 1, "OFF": 0}
_SECTOR = 512
_PAGES = "40"  # between checkpoints, 1000 in earnest: fewer, so that many crashes fall into one
_CALLS = "openat,write,pwrite64,pwritev,writev,ftruncate,fsync,fdatasync,unlink,rename,fallocate"
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?")
_HANDLE = re.compile(r"^\d+<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Event:
    """One call of the writer that a disk must answer for, or an acknowledgement."""

    what: str
    name: str
    at: int = 0
    content: bytes = b""


@dataclass(slots=True)
class File:
    """What of a file is surely on the disk, what may be, and whether its name is."""

    content: bytes = b""
    pending: list[Event] = field(default_factory=list)
    is_named: bool = True
    is_gone: bool = False


@dataclass(slots=True)
class Cuts:
    """How many power cuts lost acknowledged writes, the most that one lost, and how many broke the store."""

    crashes: int = 0
    losing: int = 0
    worst: int = 0
    corrupt: int = 0
    written: int = 0


def is_possible() -> str:
    """Why this trial cannot be made here, empty when it can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not watch processes here"


def trial(folder: Path, synchronous: str, writes: int, crashes: int, seed: int = 1) -> Cuts:
    """Record one writer, cut its power at so many points, open what is left each time."""
    store = create_store(str(folder / "store.db"))
    store.write(Bookings().prepare)
    store.close()
    (folder / "store.db-queue").unlink()
    before = (folder / "store.db").read_bytes()
    events = list(_recorded(folder, synchronous, writes))
    said = sum(event.what == "acknowledge" for event in events)
    assert said == writes, f"{said} of {writes} writes are in the record"
    dice = random.Random(seed)
    points = sorted(dice.sample(range(1, len(events) + 1), crashes))
    files, acknowledged, seen = {"store.db": File(before)}, set[str](), Cuts(written=writes)
    done = 0
    for point in points:
        for event in events[done:point]:
            _apply(files, event, acknowledged)
        done = point
        _judge(folder / "crashed", files, acknowledged, dice, seen)
    return seen


def _recorded(folder: Path, synchronous: str, writes: int) -> Iterator[Event]:
    """What a writer asked of the disk, in order."""
    record, log = folder / "record", folder / "log"
    watch = ("strace", "-f", "-y", "-xx", "-s", "70000", "-o", str(record), "-e", f"trace={_CALLS}")
    writer = (sys.executable, "-m", "tests.soak.power", str(folder), synchronous, str(writes))
    subprocess.run([*watch, *writer], cwd=ROOT, check=True)
    names = {os.fsencode(folder / name): name for name in ("store.db", "store.db-wal")}
    names |= {os.fsencode(folder): "", os.fsencode(log): "log"}
    with record.open(encoding="ascii") as lines:
        for line in lines:
            assert "unfinished" not in line
            found = _LINE.match(line)
            if found is not None and not found[3].startswith("-"):
                yield from _understood(found, names)
    record.unlink()


def _understood(found: re.Match[str], names: dict[bytes, str]) -> Iterator[Event]:
    call, arguments, _result, opened = found.groups()
    handle, texts = _HANDLE.match(arguments), _TEXT.findall(arguments)
    path = handle[1] if handle else opened if call == "openat" else texts[0] if texts else ""
    name = names.get(_bytes(path or ""))
    if name is None:
        return
    if call == "openat":
        if "O_CREAT" in arguments:
            yield Event("create", name)
    elif name == "log":
        yield Event("acknowledge", _bytes(texts[0]).decode().strip())
    elif call == "pwrite64":
        yield Event("write", name, int(arguments.rpartition(",")[2]), _bytes(texts[0]))
    elif call == "ftruncate":
        yield Event("truncate", name, int(arguments.rpartition(",")[2]))
    elif call in ("fsync", "fdatasync"):
        yield Event("sync", name)
    elif call == "unlink":
        yield Event("unlink", name)
    else:
        raise AssertionError(f"{call} is not reckoned with")


def _bytes(shown: str) -> bytes:
    return bytes.fromhex(shown.replace("\\x", ""))


def _apply(files: dict[str, File], event: Event, acknowledged: set[str]) -> None:
    file = files.get(event.name)
    if event.what == "acknowledge":
        acknowledged.add(event.name)
    elif event.what == "create":
        if file is None or file.is_gone:
            files[event.name] = File(is_named=False)
    elif event.name == "":  # the folder is synced: names and their absence are on the disk
        for name in [name for name, other in files.items() if other.is_gone]:
            del files[name]
        for other in files.values():
            other.is_named = True
    elif file is None:
        raise AssertionError(f"{event.what} of {event.name}, which is not there")
    elif event.what == "sync":
        file.content = _kept(file, None)
        file.pending.clear()
    elif event.what == "unlink":
        file.is_gone = True
    else:
        file.pending.append(event)


def _kept(file: File, dice: random.Random | None) -> bytes:
    """A file's content after a crash, or all of it where there are no dice."""
    content, share = bytearray(file.content), 1.0
    if dice:
        share = dice.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    for event in file.pending:
        if event.what == "truncate":
            if not dice or dice.random() < share:
                del content[event.at :]
                content.extend(bytes(event.at - len(content)))
            continue
        at, end = event.at, event.at + len(event.content)
        while at < end:
            until = min(end, (at // _SECTOR + 1) * _SECTOR)
            piece = event.content[at - event.at : until - event.at]
            if dice:
                piece = piece if dice.random() < share else b""
                if piece and share < 1 and dice.random() < 0.05:
                    piece = piece[: len(piece) // 2]
            if piece:
                content.extend(bytes(max(0, at + len(piece) - len(content))))
                content[at : at + len(piece)] = piece
            at = until
    return bytes(content)


def _judge(
    folder: Path, files: dict[str, File], acknowledged: set[str], dice: random.Random, seen: Cuts
) -> None:
    """Lay out what a disk may have kept, open it as the product does, and compare."""
    folder.mkdir(mode=0o700)
    for name, file in files.items():
        if (file.is_named or dice.random() < 0.5) and not (file.is_gone and dice.random() < 0.5):
            (folder / name).write_bytes(_kept(file, dice))
            (folder / name).chmod(0o600)
    seen.crashes += 1
    try:
        store = open_store(str(folder / "store.db"))
        wrong = damages(store) or offences(store, Bookings(), acknowledged)
        store.close()
    except DuijieError as error:
        wrong = [str(error)]
    lost = sum(line.startswith("lost ") for line in wrong)
    seen.losing += lost > 0
    seen.worst = max(seen.worst, lost)
    seen.corrupt += len(wrong) > lost
    shutil.rmtree(folder)


def _write(folder: Path, synchronous: str, writes: int) -> None:
    """The writer that is watched."""
    engine._PRAGMAS = {
        **engine._PRAGMAS,
        "synchronous": (synchronous, SETTINGS[synchronous]),
        "wal_autocheckpoint": (_PAGES, int(_PAGES)),
    }
    store, work = open_store(str(folder / "store.db")), Bookings()
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in range(writes):
        store.write(work.write, f"power-{number:05}")
        os.write(log, f"power-{number:05}\n".encode())
    store.close()


if __name__ == "__main__":
    _write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
