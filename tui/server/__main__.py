"""`python -I .../tui/server VERB`: keys for sshd, the launcher of a login, and the session host."""

import sys
from importlib import import_module

_ROOT = __file__.rsplit("/", 3)[0]  # the folder that holds `tui`; `-I` leaves every other way out
_VERBS = {"keys": "keys", "enter": "enter", "plain": "plain", "host": "host"}


def main() -> int:
    """Carry out one verb; anything else is a wrong installation."""
    if _ROOT not in sys.path:
        sys.path.insert(0, _ROOT)
    module = import_module(f"tui.server.{_VERBS[sys.argv[1]]}")
    return int(module.run(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
