"""What the invented district watches: past demand, rules of its own, a signed list, a warning seen to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import sin, tau
from random import Random
from typing import Any

from store.schemas.actor import Actor
from store.services import forecast, shortage, warned, warning
from store.services.forecast import Past
from store.services.shortage import Changes

WEEKS = 44
SOURCE = "宝龙街道2026年培训登记台账（虚构，演示用）"
_SHORT = ("6-18-01-01", "6-18-02-04", "4-10-01-05", "6-31-01-03")
_SEASON = 26  # weeks


def watch(
    session: Any,
    today: date,
    rows: Iterable[Mapping[str, str]],
    *,
    operator: Actor,
    supervisor: Actor,
) -> None:
    """History imported by the operator; rule, list and a note by the supervisor; a draft is left."""
    trades = list(rows)
    forecast.take_history(session, list(past(today, trades)), SOURCE, by=operator)
    warning.change_rule(session, "USE", {"percent": 65}, by=supervisor)
    warning.change_rule(session, "TREND", {"percent": 10}, by=supervisor)
    empty = shortage.draft(session, by=supervisor, today=today, top=0)
    notes = {row["occupation"]: row["note"] for row in trades if row["occupation"] in _SHORT}
    changes = Changes(add=_SHORT, notes=notes)
    shortage.edit(session, empty.code, changes, by=supervisor, today=today)
    shortage.sign(session, empty.code, by=supervisor, today=today)
    shortage.draft(session, by=supervisor, today=today, valid_from=today + timedelta(days=30))
    first = warned.warnings(session, by=supervisor, today=today)[0]
    warned.acknowledge(
        session, first.key, until=today + timedelta(days=10), note="已请机构补报", by=supervisor,
        today=today,
    )  # fmt: skip


def past(today: date, trades: Iterable[Mapping[str, str]]) -> Iterable[Past]:
    """Invented heads a week up to the last whole one, the same for the same day: a mean that grows or
    shrinks, a wave of half a year, and chance."""
    last = today - timedelta(days=today.weekday() + 7)
    for row in trades:
        random = Random(row["occupation"])
        mean, swing, growth = (float(row[name]) for name in ("mean", "swing", "growth"))
        for at in range(WEEKS):
            level = mean * (1 + growth * at / WEEKS + swing * sin(tau * at / _SEASON))
            heads = max(0, round(random.gauss(level, 0.35 * mean)))
            yield Past(last - timedelta(weeks=WEEKS - 1 - at), row["occupation"], heads)
