"""What desks were told while others were killed: nothing lost, nothing made up, nothing sold twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import Store
from tests.races import history
from tests.races.history import Op, Report

_SECONDS, _EVERY = 5.0, 0.25


def test_what_desks_were_told_is_so(district: Store, tmp_path: Path) -> None:
    found = history.live_through(district, tmp_path, 4, _SECONDS, _EVERY)
    assert not found.wrong
    assert found.kills >= 4
    assert found.acts > 20


def test_looking_before_the_write_is_found_out(small: Store, tmp_path: Path) -> None:
    """The control."""
    found = history.live_through(small, tmp_path, 4, _SECONDS, 1.0, history.book_badly)
    assert found.overbooked


def _op(number: int, act: str, code: str, what: str = "ok", **said: object) -> Op:
    begin = number * 1000
    known = {"end": begin + 500 if what != "info" else 0, "now": begin, **said}
    return Op(f"op{number}", act, "X0000", code, begin, what=what, **known)  # type: ignore[arg-type]


_BOOKED = ("X0000", "booked", 10**9)
_GONE = ("X0000", "cancelled", 10**9)
_STORIES = {
    "a booking that is not there": ("lost", [_op(1, "book", "a")], {}),
    "a confirmation that is not there": (
        "lost",
        [_op(1, "book", "a"), _op(2, "confirm", "a")],
        {"a": ("X0000", "expired", 2000)},
    ),
    "a booking that was refused": ("ghosts", [_op(1, "book", "a", "fail")], {"a": _BOOKED}),
    "a confirmation that nobody made": ("ghosts", [_op(1, "book", "a")], {"a": _BOOKED}),
    "two cancellations of one booking": (
        "ghosts",
        [_op(1, "book", "a"), _op(2, "cancel", "a"), _op(3, "cancel", "a")],
        {"a": _GONE},
    ),
    "three of two seats": (
        "overbooked",
        [_op(n, act, code) for n, code in enumerate("abc") for act in ("book", "confirm")],
        dict.fromkeys("abc", _BOOKED),
    ),
    "a refusal beside a free seat": (
        "order",
        [_op(1, "book", "a"), _op(2, "confirm", "a"), _op(3, "book", "b", "fail")],
        {"a": _BOOKED},
    ),
    "a look that misses a booking": (
        "order",
        [_op(1, "book", "a"), _op(2, "confirm", "a"), _op(3, "look", "", seen=[])],
        {"a": _BOOKED},
    ),
    "a look that sees what is over": (
        "order",
        [_op(1, "book", "a"), _op(2, "cancel", "a"), _op(3, "look", "", seen=["a"])],
        {"a": _GONE},
    ),
}


@pytest.mark.parametrize("story", _STORIES)
def test_the_checker_sees(story: str) -> None:
    where, ops, rows = _STORIES[story]
    report = Report()
    history.check(report, ops, rows)
    assert getattr(report, where)


def test_the_checker_lets_pass_what_nobody_can_know() -> None:
    ops = [
        _op(1, "book", "a", "info"),
        _op(2, "book", "b"),
        _op(3, "cancel", "b", "info"),
        _op(4, "book", "c"),
        _op(5, "look", "", seen=["b", "c"]),
    ]
    for a in ({}, {"a": ("X0000", "held", 10**9)}):
        for b in ("held", "cancelled"):
            report = Report()
            rows = {**a, "b": ("X0000", b, 10**9), "c": ("X0000", "held", 10**9)}
            history.check(report, ops, rows)
            assert not report.wrong
