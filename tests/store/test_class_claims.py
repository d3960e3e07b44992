"""Claims for a whole class, and the day of a demo store."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, NotAllowedError
from store.schemas.actor import Actor, Role
from store.services import (
    audit,
    claims,
    class_claims,
    classes,
    demo_day,
    reference,
    results,
)
from tests.conftest import DAY

PAST, COMING = "B000000", "B000001"
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
PAPERS = ("certificate", "roster")


def test_everybody_who_passed_is_claimed_for_once(store: Store) -> None:
    passed = {
        one.trainee
        for one in store.read(results.listed, PAST, by=OPERATOR)
        if one.outcome == "passed"
    }
    found = store.write(class_claims.claim, PAST, "LG-JN", "T1", by=OPERATOR, papers=PAPERS)
    assert {one.person for one in found.made} == passed
    assert not found.left
    one = found.made[0]
    taught = store.read(classes.sheet, PAST, by=OPERATOR)
    assert (one.day, one.institution, one.training_class) == (
        taught.first_day,
        taught.institution,
        PAST,
    )
    assert (one.clause, one.amount_fen, one.missing) == (
        "第三条",
        100_000,
        ("invoice", "bank_account"),
    )
    again = store.write(class_claims.claim, PAST, "LG-JN", "T1", by=OPERATOR)
    assert not again.made
    assert {person for person, _ in again.left} == passed
    assert {error.code for _, error in again.left} == {"claim_cap_once"}
    noted = store.read(audit.entries, "claim", one.code)
    assert [(entry.act, entry.login) for entry in noted] == [("register", OPERATOR.login)]


def test_a_class_is_claimed_for_as_a_whole_or_refused(store: Store) -> None:
    before = store.read(claims.listed, by=OPERATOR)
    with pytest.raises(ConflictError) as nobody:
        store.write(class_claims.claim, COMING, "LG-JN", "T1", by=OPERATOR)
    assert nobody.value.code == "claim_nobody"
    with pytest.raises(ConflictError) as unknown:
        store.write(class_claims.claim, PAST, "LG-JN", "T9", by=OPERATOR)
    assert unknown.value.code == "rule_not_held"
    with pytest.raises(NotAllowedError):
        store.write(class_claims.claim, PAST, "LG-JN", "T1", by=OTHER)
    assert store.read(claims.listed, by=OPERATOR) == before


def test_a_demo_goes_on_and_never_back(store: Store) -> None:
    first = store.read(classes.sheet, COMING, by=OPERATOR).first_day
    swept = store.write(demo_day.go_on, first)
    assert store.read(reference.today) == first
    assert swept.lapsed
    assert store.read(classes.sheet, COMING, by=OPERATOR).status == "running"
    noted = store.read(audit.entries, "store", "demo_day")
    assert [(one.act, one.at.astimezone(reference.CHINA).date()) for one in noted] == [
        ("go_on", first)
    ]
    with pytest.raises(ConflictError) as back:
        store.write(demo_day.go_on, first - timedelta(days=1))
    assert (back.value.code, back.value.params) == ("demo_day_over", {"day": first.isoformat()})
    store.write(demo_day.go_on, first)
    assert len(store.read(audit.entries, "store", "demo_day")) == 1


def test_only_a_demo_has_a_day_of_its_own(bare: Store) -> None:
    with pytest.raises(ConflictError) as refused:
        bare.write(demo_day.go_on, DAY)
    assert refused.value.code == "demo_only"


def test_what_is_done_in_a_demo_is_dated_by_its_day(stocked: Store) -> None:
    later = date(2027, 3, 2)
    stocked.write(demo_day.go_on, later)
    from store.schemas.trainee import TraineeDraft
    from store.services import trainees

    made = stocked.write(trainees.register, TraineeDraft(name="某人"), by=OPERATOR, request=None)
    (entry,) = stocked.read(audit.entries, "trainee", made.code)
    assert entry.at.astimezone(reference.CHINA).date() == later
