"""One page for one need: everything that came of it, each reader only what they may read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import NotFoundError
from store.schemas.actor import Actor, Role
from store.schemas.trainee import OutcomeDraft
from store.services import clocks, early, outcomes, story
from store.services.records import MASKED
from store.services.story import Step, Story
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
STRANGER = Actor("tongming", "童明", Role.INSTITUTION, "T09")
TAUGHT = "N000000"


def told(store: Store, need: str = TAUGHT, by: Actor = OPERATOR, days: int = 0) -> Story:
    found: Story = store.read(story.of_need, need, by=by, today=DAY + timedelta(days=days))
    return found


def step(found: Story, name: str) -> Step:
    (one,) = [one for one in found.steps if one.step == name]
    return one


def test_a_need_is_told_from_its_registration_to_the_work_after_it(store: Store) -> None:
    found = told(store)
    assert [one.step for one in found.steps] == [
        "need", "proposal", "class", "roster", "attendance", "visit", "result", "opinion", "outcome",
    ]  # fmt: skip
    assert found.stage == story.AFTERWARDS
    assert [story.STAGES.index(one.stage) for one in found.steps] == sorted(
        story.STAGES.index(one.stage) for one in found.steps
    )
    assert step(found, "roster").figures == {"seated": 4, "heads": 4}
    assert step(found, "attendance").figures == {"attended": 224, "hours": 288, "short": 1}
    assert step(found, "result").figures == {"passed": 3, "assessed": 3, "certificates": 3}
    assert step(found, "class").state == "closed"
    assert all(one.day and one.who for one in found.steps)
    assert step(found, "visit").code.startswith("DD")


def test_who_was_asked_after_ninety_days_is_counted(store: Store) -> None:
    before = step(told(store), "outcome")
    assert (before.figures, before.state) == ({"in_work": 1, "asked": 1, "due": 3}, "due")
    said = OutcomeDraft.model_validate({"kind": "unemployed", "day": DAY})
    for one in store.read(outcomes.due, by=OPERATOR, today=DAY):
        store.write(outcomes.put, one.trainee, said, by=OPERATOR, now=clocks.close_of(DAY))
    after = step(told(store), "outcome")
    assert (after.figures, after.state) == ({"in_work": 1, "asked": 3, "due": 3}, "asked")


def test_a_suggestion_that_became_a_need_begins_its_story(store: Store) -> None:
    (first, *_rest) = store.read(early.listed, by=OPERATOR)
    made = store.write(early.accept, [first.code], by=OPERATOR, today=DAY)
    ((_code, need),) = made.needs
    found = told(store, need)
    assert found.steps[0].stage == story.AHEAD
    assert step(found, "suggestion").code == first.code
    assert found.stage == story.PUBLISHED
    assert "suggestion" not in {one.step for one in told(store, need, OTHER).steps}


def test_each_reader_sees_only_what_they_may_read(store: Store) -> None:
    whole = told(store)
    assert told(store, by=SUPERVISOR) == whole
    assert [one.step for one in told(store, by=OTHER).steps] == ["need"]
    theirs = told(store, by=SCHOOL)
    assert [one.step for one in theirs.steps] == ["need", "proposal", "class"]
    assert (
        theirs.need.enterprise_name == whole.need.enterprise_name
    )  # of a confirmed deal of theirs
    assert told(store, by=STRANGER).need.enterprise_name == MASKED
    assert not {"wangfang"} & {one.who for one in theirs.steps}
    assert [one.step for one in told(store, by=STRANGER).steps] == ["need"]
    with pytest.raises(NotFoundError):
        told(store, "N999999")
