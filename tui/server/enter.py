"""The launcher of a login: hands its terminal to the session host and waits, or starts a session itself.

`socket` and `signal` bring `enum` and `selectors` with them, a third of the time that a login may take and of
the memory that each launcher keeps, so what is under them is used here.
"""

from __future__ import annotations

import _signal as signal
import _socket as socket
import os
import sys
import termios

from tui.server.request import Request, host_socket, kept, of_account, of_key

FAILED = 1
_STREAMS = (0, 1, 2)
# What a desk may have switched on: mouse, pasting, keys of their own, the other screen, a hidden cursor.
_RESET = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m\r\n"
)


TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def run(arguments: Sequence[str]) -> int:
    """`--key N`, or `--sudo` for a person with an account of their own; their session's exit status."""
    request = _request(arguments)
    if request is None:
        return FAILED
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in _STREAMS)
    try:
        line.connect(host_socket(os.environ))
        # Before the terminal is handed over: what has been done to it by then can be undone.
        before = termios.tcgetattr(0) if os.isatty(0) else None
        line.sendmsg([request.packed()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
    except OSError:
        _start_plainly(request)
    return _wait(line, before)


def _request(arguments: Sequence[str]) -> Request | None:
    if len(arguments) == 2 and arguments[0] == "--key" and arguments[1].isdecimal():
        return of_key(arguments[1], os.environ)
    if list(arguments) == ["--sudo"] and os.environ.get("SUDO_UID", "").isdecimal():
        return of_account(os.environ)
    return None


def _start_plainly(request: Request) -> None:
    """The same session without a host: this process becomes it."""
    door = f"{__file__.rpartition('/')[0]}/__main__.py"
    words = [sys.executable, "-I", "-X", "utf8", door, "plain", request.packed().decode()]
    words[-1] = words[-1].replace("\0", "\n")
    os.execve(sys.executable, words, kept(os.environ))


def _wait(line: socket.socket, before: list[Any] | None) -> int:
    """Pass changes of the window's size on, until the session says how it ended or is gone."""
    signal.signal(signal.SIGWINCH, lambda *_: line.send(b"size"))
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    said = line.recv(64)
    if said.startswith(b"exit "):
        return int(said[5:])
    if before is not None:
        termios.tcsetattr(0, termios.TCSANOW, before)
        os.write(1, _RESET)
    _tell(said)
    return FAILED


def _tell(said: bytes) -> None:
    from tui.i18n import _, preferred, use

    use(preferred())
    told = (
        _("The server has as many sessions as it can hold. Try again in a few minutes.")
        if said == b"full"
        else _("The session ended unexpectedly. What was saved is there; sign in again.")
    )
    sys.stderr.write(f"{told}\n")
