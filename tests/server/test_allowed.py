"""Which command lines are let in over SSH, and what becomes of them."""

from __future__ import annotations

import pytest

from store.errors import UsageError
from tui.cli.parser import build
from tui.server.allowed import words_of

LET_IN = (
    ("import course --dry-run", "import course --dry-run -"),
    ("batch begin course --sheet 课程", "batch begin course --sheet 课程 -"),
    ("batch list --top 5 --json", ""),
    ("batch show L000001", ""),
    ("batch problems L000001 --json", ""),
    ("batch map L000001 费用=price", ""),
    ("batch fix L000001 3 价格=90 课程名称=丙课 --dry-run", ""),
    ("batch fill L000001 机构 榕盛技=T02", ""),
    ("batch leave L000001 2 3 --back", ""),
    ("batch check L000001", ""),
    ("batch diff L000001 --json", ""),
    ("batch apply L000001 --partial", ""),
    ("batch undo L000001 --dry-run", ""),
    ("batch drop L000001", ""),
)
REFUSED = (
    "batch",
    "batch begin",
    "batch begin course /etc/passwd",
    "batch begin course -",
    "batch begin course --user keeper",
    "batch begin course --db /etc/passwd",
    "batch apply L000001 --yes",
    "batch show L000001 --output /tmp/x",
    "batch list --top --json",
    "batch fix L000001",
    "batch undo L000001 L000002",
    "batch --db x list",
)


@pytest.mark.parametrize(("given", "meant"), LET_IN, ids=[given for given, _ in LET_IN])
def test_what_is_let_in_is_a_command(given: str, meant: str) -> None:
    words = words_of(given)
    assert words == (meant or given).split()
    build().parse_args(words)


@pytest.mark.parametrize("given", REFUSED)
def test_everything_else_is_refused(given: str) -> None:
    """No name of a file, no other person, no other store."""
    with pytest.raises(UsageError, match="command_not_allowed"):
        words_of(given)
