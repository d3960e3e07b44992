"""Which commands may be given over SSH, by name and by option; everything else is refused."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from store.errors import UsageError

# Each command, how many words of its own it takes, and its options: those alone, and those with a value.
_ALLOWED = {
    "export": (1, (), ("--format",)),
    "template": (1, (), ("--format",)),
    "import": (
        1,
        ("--dry-run", "--partial", "--json"),
        ("--encoding", "--sheet", "--map", "--set"),
    ),
    "search": (1, ("--json",), ("--kind", "--top")),
    "list": (1, ("--json",), ("--after", "--top", "--filter")),
    "show": (2, ("--json",), ()),
    "match": (1, ("--json",), ("--top",)),
    "plain": (0, (), ()),
    "today": (0, ("--json",), ()),
    "session list": (0, ("--json",), ()),
    "session close": (1, (), ()),
}
_MEANT: Mapping[str, Callable[[list[str]], list[str]]] = {
    "import": lambda words: [
        *words,
        "-",
    ],  # from standard input: no name of a file means anything here
    "plain": lambda words: [f"--{word}" for word in words],
}
MOST = 4000  # letters of one command


def words_of(command: str) -> list[str]:
    """The command line of a command that is allowed; `import` reads from standard input."""
    try:
        words = shlex.split(command) if len(command) <= MOST else []
    except ValueError:
        words = []
    for name, (count, flags, options) in _ALLOWED.items():
        begin = name.split()
        if words[: len(begin)] == begin:
            rest = words[len(begin) :]
            if _own(rest, flags, options) == count:
                return _MEANT[name](words) if name in _MEANT else words
    raise UsageError("command_not_allowed", allowed=", ".join(_ALLOWED))


def _own(words: list[str], flags: tuple[str, ...], options: tuple[str, ...]) -> int:
    """How many words are neither an option nor its value; -1 with an option that is not allowed."""
    count, waiting = 0, iter(words)
    for word in waiting:
        if word in options:
            if next(waiting, "-").startswith("-"):
                return -1
        elif word.startswith("-") and word not in flags:
            return -1
        elif word not in flags:
            count += 1
    return count
