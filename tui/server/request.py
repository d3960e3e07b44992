"""What a launcher asks for: who came in, on which terminal, from where, and with which command.

Nothing here imports what takes long: the launcher of every login does.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

RUNTIME = "/run/duijie"
MOST = 16_000  # bytes of one request
NAMES = ("key", "login", "term", "origin", "command")
_KEPT = (
    "HOME",
    "PATH",
    "LANG",
    "LC_ALL",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
)
_NO_CONTROLS = dict.fromkeys((*range(32), 127), "?")


class Request(dict[str, str]):
    """The words of a request by name: `key` (a number) or `login`, and `term`, `origin`, `command`."""

    def packed(self) -> bytes:
        """The request as one message; no word of it can hold what parts two words."""
        said = {name: self.get(name, "").translate(_NO_CONTROLS) for name in NAMES}
        return "\0".join(f"{name}={word}" for name, word in said.items()).encode("utf-8", "replace")


def unpacked(message: bytes) -> Request:
    """A request from a message; names that are not known are left out."""
    parts = (part.partition("=") for part in message.decode("utf-8", "replace").split("\0"))
    return Request({name: value for name, _, value in parts if name in NAMES})


def of_key(key: str, environ: Mapping[str, str]) -> Request:
    """The request of a login by key, from the few variables that the launcher's script lets through."""
    return Request({"key": key, **_around(environ)})


def of_account(environ: Mapping[str, str]) -> Request:
    """The request of somebody with an account of their own, whose number sudo has written down."""
    import pwd

    name = pwd.getpwuid(int(environ["SUDO_UID"])).pw_name
    return Request({"login": name, **_around(environ), "command": ""})


def _around(environ: Mapping[str, str]) -> dict[str, str]:
    origin = environ.get("SSH_CONNECTION", "").partition(" ")[0]
    return {
        "term": environ.get("TERM", "") if os.isatty(0) else "",
        "origin": origin or "local",
        "command": environ.get("SSH_ORIGINAL_COMMAND", ""),
    }


def host_socket(environ: Mapping[str, str]) -> str:
    """Where the session host listens."""
    return environ.get("XDG_RUNTIME_DIR", RUNTIME) + "/host.sock"


def kept(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that a session may know of those around it."""
    return {name: environ[name] for name in _KEPT if name in environ}
