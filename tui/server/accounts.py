"""The service account, and the group of people with accounts of their own."""

from __future__ import annotations

import grp
import pwd
from pathlib import Path

from store.errors import ConflictError
from tui.server.layout import Layout

_SHADOW = Path("/etc/shadow")
_NO_SHELLS = ("nologin", "false", "duijie-shell", "")
OPEN = (
    "*"  # no password, yet not locked: `!` makes sshd refuse keys, too, where it works without PAM
)


def entry(layout: Layout) -> pwd.struct_passwd | None:
    """The account as the system knows it."""
    try:
        return pwd.getpwnam(layout.account)
    except KeyError:
        return None


def has_group(layout: Layout) -> bool:
    """Whether the group of people is there."""
    return any(one.gr_name == layout.people for one in grp.getgrall())


def password(layout: Layout) -> str | None:
    """What stands in the account's place of a password; None where that may not be read."""
    try:
        lines = _SHADOW.read_text(encoding="utf-8", errors="replace").splitlines()
    except PermissionError:
        return None
    fields = (line.split(":") for line in lines)
    return next((field[1] for field in fields if field[0] == layout.account), "")


def commands(layout: Layout) -> tuple[tuple[str, ...], ...]:
    """The commands that are still to be run for them, none when all is as it should be."""
    found: list[tuple[str, ...]] = []
    account, home = layout.account, str(layout.home)
    shell = str(layout.script("duijie-shell"))
    if not has_group(layout):
        found.append(("groupadd", "--system", layout.people))
    known = entry(layout)
    if known is None:
        found.append(
            ("useradd", "--system", "--user-group", "--no-create-home", "--comment", "duijie",
             "--home-dir", home, "--shell", shell, account)
        )  # fmt: skip
    elif Path(known.pw_shell).name not in _NO_SHELLS:
        raise ConflictError("account_taken", name=account, shell=known.pw_shell)
    elif (known.pw_dir, known.pw_shell) != (home, shell):
        found.append(("usermod", "--home", home, "--shell", shell, account))
    if known is None or password(layout) not in (OPEN, None):
        found.append(("usermod", "--password", OPEN, account))
    return tuple(found)
