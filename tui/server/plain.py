"""A session in the launcher's own process, where no session host is there."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tui.server import session
from tui.server.request import unpacked


def run(arguments: Sequence[str]) -> int:
    """The session that the launcher asked for; its exit status."""
    session.limit()
    return session.run(unpacked(arguments[0].replace("\n", "\0").encode()), dict(os.environ))
