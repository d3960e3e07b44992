"""What a server does by itself every night; a step that fails is told and stops only what rests on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from store import backups, open_store
from store.backups import shelf
from store.errors import DuijieError
from store.schemas.actor import SYSTEM
from store.services import heads, reference, retention
from tui.cli.keep import OFFENCES, append_line
from tui.findings import FINE, TOLD, WRONG, Finding
from tui.i18n import _
from tui.messages import sentence
from tui.server import metrics


def nightly(location: str, folder: Path, text_file: Path | None) -> Iterator[Finding]:
    """Back up, prove the copy, note the chain's head, drop old backups, forget quiet files, write metrics.

    Old backups are dropped only in a night whose own backup was proved.
    """
    taken: list[Path] = []
    backup = _step("backup", lambda: _backup(location, folder, taken))
    yield backup
    proof = _step("verify", lambda: _verify(taken))
    yield proof
    yield _step("head", lambda: _head(location, folder))
    if proof.state == FINE:
        yield _step("prune", lambda: _prune(location, folder))
    else:
        yield Finding("prune", TOLD, _("left out, since there is no proved backup of tonight"))
    yield _step("retention", lambda: _retention(location))
    if text_file is not None:
        yield _step("metrics", lambda: _metrics(location, folder, text_file))


class _UnsoundError(Exception):
    """A copy that was taken and is not sound."""


def _step(name: str, work: Callable[[], str]) -> Finding:
    try:
        return Finding(name, FINE, work())
    except DuijieError as error:
        return Finding(name, WRONG, sentence(error))
    except OSError as error:
        return Finding(name, WRONG, f"{error.filename or ''} {error.strerror or error}".strip())
    except _UnsoundError as error:
        return Finding(name, WRONG, str(error))


def _backup(location: str, folder: Path, taken: list[Path]) -> str:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = backups.backup(location, folder / backups.new_name(location))
    taken.append(made.file)
    return _("{file} ({megabytes:.1f} MB)").format(file=made.file, megabytes=made.size / 1e6)


def _verify(taken: list[Path]) -> str:
    if not taken:
        raise _UnsoundError(_("there is no backup to be proved"))
    proof = backups.verify(taken[0])
    if proof.offences:
        first = proof.offences[0]
        told = f"{first.record} {_(OFFENCES[first.code])}: {first.found}"
        raise _UnsoundError(_("{count} offences, the first: {told}").format(
            count=len(proof.offences), told=told.strip()
        ))  # fmt: skip
    return proof.sha256


def _head(location: str, folder: Path) -> str:
    """Heads noted on other nights are proved first: a chain that was cut is told, and noted as it is now."""
    file = folder / metrics.HEADS
    store = open_store(location)
    try:
        found = store.read(heads.head, backups.store_name(location))
        kept = heads.parse(file.read_text(encoding="utf-8")) if file.is_file() else ()
        lost = store.read(heads.lost, [one for one in kept if one.store == found.store])
    finally:
        store.close()
    append_line(file, found.line)
    if lost:
        told = _("{count} heads of other nights are not in the chain any more, the first of {at}")
        raise _UnsoundError(told.format(count=len(lost), at=lost[0].found))
    return f"#{found.id} {found.hash[:16]}…"


def _prune(location: str, folder: Path) -> str:
    found = shelf.shelved(folder, backups.stem(location))
    old = shelf.spare(found, datetime.now(UTC))
    for one in old:
        shelf.discard(one)
    return _("{count} old ones dropped, {left} kept").format(
        count=len(old), left=len(found) - len(old)
    )


def _retention(location: str) -> str:
    """Files of trainees that the rule makes anonymous, once a backup of the night is taken."""
    store = open_store(location)
    try:
        today = store.read(reference.today)
        done = store.write(retention.apply, by=SYSTEM, today=today)
    finally:
        store.close()
    return _("{count} files made anonymous.").format(count=len(done))


def _metrics(location: str, folder: Path, file: Path) -> str:
    store = open_store(location)
    try:
        metrics.write(file, metrics.text(store, location, folder))
    finally:
        store.close()
    return str(file)
