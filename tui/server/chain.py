"""The way to a program: whoever can change a folder on it can put another program in its place."""

from __future__ import annotations

import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.i18n import mark

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Weakness:
    """A file or folder on the way that is not as it must be, and how to mend it."""

    path: Path
    what: str
    fix: str
    owner: str
    mode: int


def weaknesses(path: Path) -> Iterator[Weakness]:
    """What is wrong with a program or with a folder on the way to it, the name's and the real one's.

    Stricter than sshd, which on Debian lets root's own group write.
    """
    ways = (path, *path.parents, *((real := path.resolve()), *real.parents))
    for one in dict.fromkeys(ways):
        yield from _weakness(one)


def _weakness(path: Path) -> tuple[Weakness, ...]:
    try:
        found = path.lstat()
    except OSError as error:
        return (Weakness(path, str(error.strerror), mark("See that it is there: {path}"), "", 0),)
    mode = stat.S_IMODE(found.st_mode)
    is_link, is_folder = stat.S_ISLNK(found.st_mode), stat.S_ISDIR(found.st_mode)
    needed = stat.S_IXOTH if is_folder else stat.S_IROTH
    checks = (
        (
            found.st_uid != 0,
            mark("it belongs to {owner}, who could put another program in its place"),
            mark("`chown -h root:root {path}`"),
        ),
        (
            bool(mode & _OTHERS_WRITE) and not is_link,
            mark("others than root may write there (mode {mode})"),
            mark("`chmod go-w {path}`"),
        ),
        (
            not mode & needed and not is_link,
            mark("the account {account} cannot get through (mode {mode})"),
            mark(
                "Take a program and a Python that everybody can reach, below /opt and /usr, "
                "or `chmod o+rX {path}`."
            ),
        ),
    )
    owner = _owner(found.st_uid)
    return tuple(Weakness(path, what, fix, owner, mode) for is_so, what, fix in checks if is_so)


def _owner(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
