"""Makes a server what the plan says; what is so already is left alone."""

from __future__ import annotations

import difflib
import grp
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from store.errors import ConflictError, DuijieError, InvalidError
from tui.server import accounts
from tui.server.layout import Layout
from tui.server.plan import Item, plan
from tui.server.programs import program, run

MISSING, KIND, CONTENT, OWNER, MODE, HIDDEN = (
    "missing",
    "kind",
    "content",
    "owner",
    "mode",
    "hidden",
)
_PARENTS = 0o755


@dataclass(frozen=True, slots=True)
class Change:
    """One folder or file that is not what the plan says, in which points, and how its text differs."""

    item: Item
    points: tuple[str, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Work:
    """All that is to be done: commands for accounts, then folders and files."""

    commands: tuple[tuple[str, ...], ...]
    changes: tuple[Change, ...]


def work(layout: Layout) -> Work:
    """What there is to do; nothing when everything is as it should be."""
    changes = (Change(item, points(item, layout), "") for item in plan(layout))
    told = tuple(
        Change(one.item, one.points, difference(one.item, layout))
        for one in changes
        if one.points and one.points != (HIDDEN,)
    )
    return Work(accounts.commands(layout) if layout.is_here else (), told)


def points(item: Item, layout: Layout) -> tuple[str, ...]:
    """In what a folder or file is not what the plan says."""
    path = layout.real(item.path)
    try:
        found = path.lstat()
    except FileNotFoundError:
        return (MISSING,)
    except PermissionError:
        return (HIDDEN,)
    is_right_kind = stat.S_ISDIR if item.content is None else stat.S_ISREG
    if not is_right_kind(found.st_mode):
        return (KIND,)
    checks = {
        CONTENT: _is_other_text(item, path),
        OWNER: (found.st_uid, found.st_gid) != _ids(item, layout),
        MODE: stat.S_IMODE(found.st_mode) != item.mode,
        HIDDEN: item.content is not None and not os.access(path, os.R_OK),
    }
    return tuple(name for name, is_so in checks.items() if is_so)


def _is_other_text(item: Item, path: Path) -> bool:
    if item.content is None or item.is_seed or not os.access(path, os.R_OK):
        return False
    return path.read_bytes() != item.content.encode()


def difference(item: Item, layout: Layout) -> str:
    """The lines that would change in a file, as `diff -u` shows them."""
    path = layout.real(item.path)
    if item.content is None or (item.is_seed and path.exists()):
        return ""
    is_readable = path.is_file() and os.access(path, os.R_OK)
    old = path.read_text(encoding="utf-8", errors="replace") if is_readable else ""
    lines = difflib.unified_diff(
        old.splitlines(), item.content.splitlines(), str(path), str(path), lineterm="", n=1
    )
    return "\n".join(lines)


def install(layout: Layout) -> Work:
    """Do what there is to do, and say what it was; a file that its program refuses is not put in place."""
    if layout.is_here and os.geteuid() != 0:
        raise DuijieError("only_root")
    if layout.is_here and program("sshd") is None:
        raise DuijieError("sshd_missing")
    todo = work(layout)
    for command in todo.commands:
        done = run(*command)
        if done.code:
            raise DuijieError("system_refused", command=" ".join(command), cause=done.cause)
    for change in todo.changes:
        _put(change, layout)
    return todo


def _put(change: Change, layout: Layout) -> None:
    item = change.item
    path = layout.real(item.path)
    if KIND in change.points:
        raise ConflictError("in_the_way", path=str(path))
    if item.content is None:
        _make_folder(path, layout)
    elif {MISSING, CONTENT} & {*change.points}:
        _write(item, path, layout)
        return
    os.chown(path, *_ids(item, layout), follow_symlinks=False)
    path.chmod(item.mode)


def _make_folder(path: Path, layout: Layout) -> None:
    """The folder, and those above it that are not there: root's, readable by all."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir()
        one.chmod(_PARENTS)


def _write(item: Item, path: Path, layout: Layout) -> None:
    """The whole file at once, under its name only when its program accepts it."""
    assert item.content is not None
    _make_folder(path.parent, layout)
    part = path.with_name(f".{path.name}.new")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(item.content.encode())
            os.fchown(file.fileno(), *_ids(item, layout))
            os.fchmod(file.fileno(), item.mode)
            file.flush()
            os.fsync(file.fileno())
        _try(item, part, layout)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _try(item: Item, part: Path, layout: Layout) -> None:
    if item.tester and layout.is_here:
        done = run(*item.tester, str(part))
        if done.code:
            raise InvalidError(
                "part_refused", path=str(item.path), program=item.tester[0], cause=done.cause
            )


def _ids(item: Item, layout: Layout) -> tuple[int, int]:
    """Numbers of owner and group; below another root everything is the caller's."""
    if not layout.is_here:
        return os.geteuid(), os.getegid()
    try:
        return pwd.getpwnam(item.owner).pw_uid, grp.getgrnam(item.group).gr_gid
    except KeyError:
        return -1, -1
