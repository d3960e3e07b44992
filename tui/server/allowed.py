"""Which commands may be given over SSH, by name and by option; everything else is refused."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Container, Mapping

from store.errors import UsageError

_ONE, _TWO = (1,), (2,)
_FEW = range(2, 100)
_TRIED = ("--dry-run", "--json")
# Each command, how many words of its own it takes, and its options: those alone, and those with a value.
_ALLOWED: Mapping[str, tuple[Container[int], tuple[str, ...], tuple[str, ...]]] = {
    "export": (_ONE, (), ("--format",)),
    "template": (_ONE, (), ("--format",)),
    "import": (
        _ONE,
        ("--dry-run", "--partial", "--json"),
        ("--encoding", "--sheet", "--map", "--set"),
    ),
    "batch begin": (_ONE, _TRIED, ("--encoding", "--sheet")),
    "batch list": ((0,), ("--json",), ("--top",)),
    "batch show": (_ONE, ("--json",), ("--top",)),
    "batch problems": (_ONE, ("--json",), ("--top",)),
    "batch map": (_TWO, _TRIED, ()),
    "batch fix": (_FEW, _TRIED, ()),
    "batch fill": ((3,), _TRIED, ()),
    "batch leave": (_FEW, (*_TRIED, "--back"), ()),
    "batch check": (_ONE, _TRIED, ()),
    "batch diff": (_ONE, ("--json",), ()),
    "batch apply": (_ONE, (*_TRIED, "--partial"), ()),
    "batch undo": (_ONE, (*_TRIED, "--partial"), ()),
    "batch drop": (_ONE, _TRIED, ()),
    "search": (_ONE, ("--json",), ("--kind", "--top")),
    "list": (_ONE, ("--json",), ("--after", "--top", "--filter")),
    "show": (_TWO, ("--json",), ()),
    "match": (_ONE, ("--json",), ("--top",)),
    "plain": ((0,), (), ()),
    "today": ((0,), ("--json",), ()),
    "terms": ((0,), ("--json", "--accept"), ()),
    "session list": ((0,), ("--json",), ()),
    "session close": (_ONE, (), ()),
}


def _from_input(words: list[str]) -> list[str]:
    """The table comes from standard input: no name of a file means anything here."""
    return [*words, "-"]


_MEANT: Mapping[str, Callable[[list[str]], list[str]]] = {
    "import": _from_input,
    "batch begin": _from_input,
    "plain": lambda words: [f"--{word}" for word in words],
}
MOST = 4000  # letters of one command


def words_of(command: str) -> list[str]:
    """The command line of a command that is allowed; tables are read from standard input."""
    try:
        words = shlex.split(command) if len(command) <= MOST else []
    except ValueError:
        words = []
    for name, (count, flags, options) in _ALLOWED.items():
        begin = name.split()
        if words[: len(begin)] == begin:
            rest = words[len(begin) :]
            if _own(rest, flags, options) in count:
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
