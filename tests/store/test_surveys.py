"""Surveys from a plan over a questionnaire to counts that forecasts use; both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from seed.demo import _COLLEAGUE, _SUPERVISOR, OPERATOR
from store import Store
from store.errors import DuijieError, NotAllowedError
from store.schemas.actor import Actor, Role
from store.schemas.survey import Answered, Survey, SurveyDraft
from store.services import audit, forecast, owed, surveys, today
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
FIRST, SECOND = date(2026, 11, 2), date(2026, 11, 9)
TRADE, OTHER = "6-18-01-01", "4-10-01-05"
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def refused(code: str, call: Callable[[], object]) -> DuijieError:
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value
    return found.value


def draft(**cells: object) -> SurveyDraft:
    base = {
        "title": "数控用工先行调查", "firms": ("E001", "E002"), "trades": (TRADE,),
        "first": FIRST.isoformat(), "last": SECOND.isoformat(), "due": "2026-11-25",
    }  # fmt: skip
    return SurveyDraft.model_validate({**base, **cells})


def plan(store: Store, by: Actor = OPERATOR, **cells: object) -> Survey:
    return store.write(surveys.plan, draft(**cells), by=by, now=NOW)


def take(store: Store, code: str, *answers: Answered, source: str = "企业回函") -> Survey:
    return store.write(surveys.take, code, answers, source, by=OPERATOR, now=NOW)


def waiting(store: Store, by: Actor, now: datetime) -> list[owed.Waiting]:
    return [one for one in store.read(today.queue, by=by, now=now) if one.what == owed.SURVEYS]


def test_from_a_plan_to_counts_that_the_forecast_uses(store: Store) -> None:
    made = plan(store)
    assert (made.code, made.status, made.missing) == ("DC000002", "planned", ("E001", "E002"))
    lines = store.read(surveys.questions, made.code, by=OPERATOR)
    assert [(line[1], line[3], line[5]) for line in lines] == [
        (firm, TRADE, week.isoformat()) for firm in ("E001", "E002") for week in (FIRST, SECOND)
    ]
    before = store.read(forecast.series, by=OPERATOR, today=DAY)
    at = before.weeks.index(SECOND)
    others = {code: heads for code, heads in before.heads.items() if code != TRADE}
    half = take(store, made.code, Answered("E001", TRADE, SECOND, 11))
    assert (half.status, half.answered, half.missing, half.heads) == (
        "planned", ("E001",), ("E002",), 11,
    )  # fmt: skip
    done = take(store, made.code, Answered("E002", TRADE, SECOND, 30))
    assert (done.status, done.missing, done.heads) == ("closed", (), 41)
    after = store.read(forecast.series, by=OPERATOR, today=DAY)
    assert after.heads[TRADE][at] == 41
    assert {c: h for c, h in after.heads.items() if c != TRADE} == others  # no other trade moved
    assert f"{made.code} {made.title}" in after.sources
    again = take(store, made.code, Answered("E002", TRADE, SECOND, 9), source="电话更正")
    assert again.heads == 20
    told = store.read(forecast.series, by=OPERATOR, today=DAY)
    assert told.heads[TRADE][at] == 20
    acts = [(one.act, one.login) for one in store.read(audit.entries, "survey", made.code)]
    assert acts == [("register", OPERATOR.login), *[("load", OPERATOR.login)] * 3]


def test_a_needs_own_week_is_not_counted_twice_and_other_trades_still_are(store: Store) -> None:
    later = DAY + timedelta(days=14)
    week = date(2026, 11, 16)  # the demo's needs were registered in it, nothing was imported
    before = store.read(forecast.series, by=OPERATOR, today=later)
    at = before.weeks.index(week)
    asked = max(before.heads, key=lambda code: before.heads[code][at])
    made = plan(store, trades=(asked,), first=week.isoformat(), last=week.isoformat())
    take(store, made.code, Answered("E001", asked, week, 3))
    after = store.read(forecast.series, by=OPERATOR, today=later)
    assert after.heads[asked][at] == 3
    rest = {code: heads[at] for code, heads in before.heads.items() if code != asked}
    assert {code: heads[at] for code, heads in after.heads.items() if code != asked} == rest


def test_what_was_not_asked_is_refused_and_nothing_is_kept(store: Store) -> None:
    code = plan(store).code
    good = Answered("E001", TRADE, FIRST, 4)
    for wrong in (
        Answered("E003", TRADE, FIRST, 4),
        Answered("E001", OTHER, FIRST, 4),
        Answered("E001", TRADE, date(2026, 11, 16), 4),
        Answered("E001", TRADE, date(2026, 11, 3), 4),
    ):
        refused("survey_answer", partial(take, store, code, good, wrong))
    refused("survey_answer_twice", lambda: take(store, code, good, good))
    refused("history_heads", lambda: take(store, code, Answered("E001", TRADE, FIRST, -1)))
    refused("history_source", lambda: take(store, code, good, source=" "))
    refused("history_empty", lambda: take(store, code))
    assert store.read(surveys.shown, code, by=OPERATOR).answered == ()
    refused("unknown_reference", lambda: plan(store, firms=("T01",)))
    refused("unknown_reference", lambda: plan(store, trades=("9-99",)))
    refused("unknown_reference", lambda: plan(store, association="XZ999999"))
    for cells in ({"first": "2026-11-03"}, {"last": "2026-10-26"}, {"firms": ("E001", "E001")}):
        with pytest.raises(ValidationError):
            draft(**cells)


def test_only_the_centre_that_asks_takes_answers(store: Store) -> None:
    code = plan(store).code
    write: Any = store.write
    answer = [Answered("E001", TRADE, FIRST, 4)]
    for by in (_COLLEAGUE, _SUPERVISOR, SCHOOL):
        with pytest.raises(NotAllowedError):
            write(surveys.take, code, answer, "x", by=by, now=NOW)
        with pytest.raises(NotAllowedError):
            write(surveys.withdraw, code, by=by, now=NOW)
    for by in (_COLLEAGUE, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.read(surveys.shown, code, by=by)
    assert code not in {one.code for one in store.read(surveys.listed, by=_COLLEAGUE)}
    assert code in {one.code for one in store.read(surveys.listed, by=_SUPERVISOR)}
    gone = write(surveys.withdraw, code, by=OPERATOR, now=NOW, reason="企业停工")
    assert gone.status == "withdrawn"
    refused("survey_over", lambda: take(store, code, *answer))
    refused("survey_over", lambda: write(surveys.withdraw, code, by=OPERATOR, now=NOW))


def test_a_survey_waits_in_the_day_until_it_is_answered(store: Store) -> None:
    assert waiting(store, OPERATOR, NOW) == []
    code = plan(store, firms=("E001",)).code
    (line,) = waiting(store, OPERATOR, NOW)
    assert (line.records, line.overdue) == ((code,), 0)
    (late,) = waiting(store, OPERATOR, NOW + timedelta(days=9))
    assert late.overdue == 1
    assert waiting(store, _COLLEAGUE, NOW) == []
    plan(store, due="2026-12-20")  # not near yet
    assert waiting(store, OPERATOR, NOW)[0].records == (code,)
    take(store, code, Answered("E001", TRADE, FIRST, 0))
    assert waiting(store, OPERATOR, NOW) == []
