"""What sshd asks at each login: may this key come in, and as what (sshd_config(5), AuthorizedKeysCommand)."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from store.door import key_id

_TYPE = re.compile(r"[a-z0-9@.-]{1,60}")
_BLOB = re.compile(r"[A-Za-z0-9+/]{16,8000}={0,2}")
LINE = 'restrict,pty,command="{launcher} --key {id}" {type} {blob}'


def run(arguments: Sequence[str]) -> int:
    """LAUNCHER USER TYPE BLOB: the line for a key that may come in, nothing for every other one.

    USER is the account that the client names; only the one that this runs as has a desk behind it.
    """
    import pwd

    launcher, user, type_, blob = arguments
    is_ours = user == pwd.getpwuid(os.getuid()).pw_name
    if not (is_ours and _TYPE.fullmatch(type_) and _BLOB.fullmatch(blob)):
        return 0
    found = key_id(location(), type_, blob)
    if found is not None:
        sys.stdout.write(LINE.format(launcher=launcher, id=found, type=type_, blob=blob) + "\n")
    return 0


def location() -> str:
    """Where the server's settings say that the store is, without the settings' own checks."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    config = Path(home) / "duijie" / "config.toml"
    found = tomllib.loads(config.read_text(encoding="utf-8"))["db"]
    return str(found)
