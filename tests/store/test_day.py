"""A day in the demo: needs in the morning, one plan at noon, an illness at three; sound after each step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from seed.demo import OPERATOR
from store import Store
from store.services import (
    allocation,
    allotment,
    answers,
    classes,
    health,
    inbox,
    mending,
    proposals,
    repair,
)
from store.services.repair import Remedy, Trouble
from tests.conftest import DAY

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
THREE = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


def test_a_day(stocked: Store) -> None:
    seen = stocked.read(allocation.outlook, by=OPERATOR, today=DAY)
    assert seen.heads > seen.before_heads
    made = stocked.write(allotment.apply, seen, by=OPERATOR, now=NOON)
    stocked.write(allotment.send, made.code, by=OPERATOR, now=NOON)
    for code in made.proposals:
        for answer in stocked.read(inbox.proposal, code, by=OPERATOR).answers:
            stocked.write(answers.accept, code, by=OPERATOR, now=NOON, party=answer.party)
        stocked.write(proposals.confirm, code, by=OPERATOR, now=NOON)
    assert stocked.read(health.check) == ()
    held = stocked.read(classes.list_classes, by=OPERATOR)
    assert sum(one.heads for one in held) >= seen.heads
    busiest = max(
        {person for one in held for person in one.instructors if one.run is None},
        key=lambda person: (sum(one.heads for one in held if person in one.instructors), person),
    )
    days = (date(2026, 11, 23), date(2026, 11, 29))
    found = stocked.read(repair.look, Trouble("instructor", busiest, *days), by=OPERATOR, now=THREE)
    assert found.touched
    kept = [one for one in found.touched if one.chosen.plan is not None]
    assert len(kept) >= len(found.touched) - 1
    stocked.write(mending.apply, found, reason="发烧到39度", by=OPERATOR, now=THREE)
    assert stocked.read(health.check) == ()
    again = stocked.read(repair.look, Trouble("instructor", busiest, *days), by=OPERATOR, now=THREE)
    assert all(one.chosen.remedy is Remedy.BY_HAND for one in again.touched)
    later = stocked.read(allocation.outlook, by=OPERATOR, today=DAY + timedelta(days=1))
    assert set(later.needs) >= {one.need for one in seen.losers}
