"""What `doctor` says of a store and of the machine it is on: disk, backups, the chain, the front door."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import stat
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store import Store, backups, open_store, place
from store.backups import shelf
from store.errors import DuijieError, InvalidError
from store.schemas.actor import Role
from store.services import health
from tui.findings import FINE, TOLD, WRONG, Finding
from tui.i18n import _, mark
from tui.identity import who
from tui.messages import sentence
from tui.settings import Settings, backup_folder, without_password

_OLDEST = timedelta(hours=36)  # a night that failed, and the morning after
_LEAST_FREE, _LEAST_SHARE = 200_000_000, 0.05
_SIDES = ("", "-wal", "-shm", "-queue")
_IN_MEMORY = ("tmpfs", "ramfs")
_ROLES = {
    Role.OPERATOR: mark("operator"),
    Role.INSTITUTION: mark("institution"),
    Role.ENTERPRISE: mark("enterprise"),
    Role.EVALUATOR: mark("evaluator"),
    Role.SUPERVISOR: mark("supervisor"),
    Role.ADMIN: mark("administrator"),
    Role.SYSTEM: mark("system"),
}


def look(options: Namespace, settings: Settings) -> Iterator[Finding]:
    """The store and what is around it; a store that does not open is told, and then nothing else of it."""
    location = options.db or settings.db
    second = None if options.db else settings.read_db
    try:
        store = open_store(location, second)
        ground = store.read(health.ground)
    except DuijieError as error:
        yield Finding("store", WRONG, without_password(location), sentence(error))
        yield from _server()
        return
    yield Finding("store", FINE, without_password(location))
    yield _ground(ground)
    if second is not None:
        yield _replica(store, second)
    if "://" not in location:
        yield _modes(Path(location))
        yield _disk(Path(location))
    yield _user(store, options.user)
    store.close()
    yield from _nights(location)
    yield from _server()


def _ground(ground: health.Ground) -> Finding:
    told = _("{database} {version}, schema {schema}").format(
        database=ground.database, version=ground.version, schema=ground.schema
    )
    parts = [told]
    if ground.journal:
        is_bundled = importlib.util.find_spec("pysqlite3") is not None
        parts += [_("the program's own") if is_bundled else _("the system's"), ground.journal]
    return Finding("ground", FINE, ", ".join(parts))


def _replica(store: Store, second: str) -> Finding:
    """Whether the server that is to answer reads does."""
    told: list[str] = []
    store.tell_aside(lambda error: told.append(sentence(error)))
    state = WRONG if told else FINE
    return Finding("replica", state, without_password(second), *told)


def _modes(path: Path) -> Finding:
    """Who can read the files beside the store, and the folder; the store itself was refused otherwise."""
    files = [path.with_name(path.name + side) for side in _SIDES]
    modes = {file: stat.S_IMODE(file.stat().st_mode) for file in files if file.exists()}
    folder = stat.S_IMODE(path.resolve().parent.stat().st_mode)
    open_ones = [str(file) for file, mode in modes.items() if mode & 0o077]
    told = _("{file}, folder {folder}").format(file=f"{modes[path]:04o}", folder=f"{folder:04o}")
    if open_ones:
        advice = _("Others can read what belongs to it: `chmod 600 {files}`.")
        return Finding("rights", WRONG, told, advice.format(files=" ".join(open_ones)))
    is_open = bool(folder & 0o077)
    advice = _("0700 is best for the folder: `chmod 700 {folder}`.")
    return Finding(
        "rights",
        TOLD if is_open else FINE,
        told,
        advice.format(folder=path.resolve().parent) if is_open else "",
    )


def _disk(path: Path) -> Finding:
    """What kind of file system the store is on, and how much room there is."""
    folder = path.resolve().parent
    kind, disk = place.kind_of(folder), shutil.disk_usage(folder)
    told = _("{kind}, {free:.1f} GB free of {total:.1f} GB").format(
        kind=kind, free=disk.free / 1e9, total=disk.total / 1e9
    )
    if disk.free < _LEAST_FREE or disk.free < _LEAST_SHARE * disk.total:
        advice = _("Soon nothing can be saved. Make room, or move old backups away.")
        return Finding("disk", WRONG, told, advice)
    if kind in _IN_MEMORY:
        advice = _("What is in memory is gone when the machine starts anew: move it to a disk.")
        return Finding("disk", TOLD, told, advice)
    return Finding("disk", FINE, told)


def _user(store: Store, as_user: str | None) -> Finding:
    try:
        by = who(store, as_user)
    except DuijieError as error:
        return Finding("user", WRONG, as_user or "", sentence(error))
    return Finding("user", FINE, f"{by.name} ({by.login}), {_(_ROLES[by.role])}, {by.organisation}")


def _nights(location: str) -> Iterator[Finding]:
    """How old the newest backup and the newest head of the chain are."""
    folder = backup_folder(location)
    found = shelf.shelved(folder, backups.stem(location))
    if not found:
        advice = _("Take one with `duijie store backup`; on a server every night.")
        yield Finding("backup", TOLD, _("none in {folder}").format(folder=folder), advice)
        return
    newest = found[0]
    is_old = datetime.now(UTC) - newest.at > _OLDEST
    told = f"{newest.at:%Y-%m-%d %H:%M}, {newest.file}"
    advice = _("Take one now: `duijie store backup`, and see why the night's failed.")
    if not newest.has_digest:
        advice = _("Nothing proves it: its .sha256 is not beside it. Take another one.")
    is_wrong = is_old or not newest.has_digest
    yield Finding("backup", WRONG if is_wrong else FINE, told, advice if is_wrong else "")
    yield _head(folder)


def _head(folder: Path) -> Finding:
    from tui.server.metrics import HEADS, last_head

    advice = _("Note it with `duijie store head --output {file}`, and keep a copy elsewhere.")
    advice = advice.format(file=folder / HEADS)
    try:
        at = last_head(folder / HEADS)
    except InvalidError as error:
        return Finding("head", WRONG, str(folder / HEADS), sentence(error))
    if at is None:
        return Finding("head", TOLD, _("never noted"), advice)
    is_old = datetime.now(UTC) - at > _OLDEST
    return Finding(
        "head", WRONG if is_old else FINE, f"{at:%Y-%m-%d %H:%M} UTC", advice if is_old else ""
    )


def _server() -> Iterator[Finding]:
    """Whether this machine is a server, and then whether its front door and session host are in order."""
    from tui.findings import is_sound
    from tui.server import sshd
    from tui.server.layout import Layout

    layout = Layout().as_written()
    if not sshd.file(layout).exists():
        return
    from tui.server.check import installed

    wrong = [one for one in installed(layout) if one.state == WRONG]
    advice = _("See each with `duijie server check`.")
    told = _("{count} things are to be mended").format(count=len(wrong))
    if is_sound(wrong):
        yield Finding("front_door", FINE, str(sshd.file(layout)))
    else:
        yield Finding("front_door", WRONG, told, advice)
    yield session_host(layout.runtime / "host.sock", layout.account)


def session_host(path: Path, account: str) -> Finding:
    """Whether the session host answers; without it people come in all the same, only slower."""
    advice = _("Start it: `systemctl restart {name}-host`. Until then logging in is slower.")
    advice = advice.format(name=account)
    try:
        found = path.stat()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
            asked.settimeout(2)
            asked.connect(str(path))
    except PermissionError:
        return Finding("host", TOLD, _("only {name} and root can ask it").format(name=account))
    except OSError as error:
        return Finding("host", WRONG, f"{path}: {error.strerror or error}", advice)
    if found.st_uid not in (_uid(account), 0) or stat.S_IMODE(found.st_mode) & 0o077:
        told = f"{path} {stat.S_IMODE(found.st_mode):04o}"
        return Finding("host", WRONG, told, advice)
    return Finding("host", FINE, str(path))


def _uid(account: str) -> int:
    import pwd

    try:
        return pwd.getpwnam(account).pw_uid
    except KeyError:
        return os.getuid()
