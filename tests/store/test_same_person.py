"""One person in several files: merged with care, claimed for once, a certificate's number once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from seed.demo import _COLLEAGUE, _SUPERVISOR, OPERATOR
from store import Store
from store.errors import DuijieError
from store.schemas.actor import Actor
from store.schemas.policy import ClaimDraft
from store.schemas.trainee import ResultDraft, TraineeDraft
from store.services import claims, credits, results, risks, subsidies, trainee_merges, trainees
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
_BY: dict[str, Any] = {"by": OPERATOR, "now": NOW}
_PAPERS = "certificate, roster, invoice, bank_account"


def refused(code: str, call: Callable[[], object]) -> DuijieError:
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value
    return found.value


def new(store: Store, name: str, by: Actor = OPERATOR, **cells: object) -> str:
    draft = TraineeDraft.model_validate({"name": name, **cells})
    return store.write(trainees.register, draft, by=by).code


def draft_of(person: str, **cells: object) -> ClaimDraft:
    base = {
        "person": person, "enterprise": "E001", "institution": "T01", "policy": "LG-JN", "rule": "T1",
        "day": "2026-10-12", "occupation": "6-31-01-03", "level": "四级",
        "certificate_day": "2026-11-02", "papers": _PAPERS,
    }  # fmt: skip
    return ClaimDraft.model_validate({**base, **cells})


def claim(store: Store, person: str, by: Actor = OPERATOR, **cells: object) -> claims.ClaimView:
    return store.write(claims.claim, draft_of(person, **cells), by=by)


def test_who_is_in_two_files_is_claimed_for_once(store: Store) -> None:
    one, other, third = (new(store, f"韩{word}") for word in "甲乙丙")
    first, second, last = (claim(store, person) for person in (one, other, third))
    stopped = refused(
        "merge_two_people", lambda: store.write(trainee_merges.merge, one, other, by=OPERATOR)
    )
    assert stopped.params["records"] == f"{first.code}, {second.code}"
    store.write(trainee_merges.merge, one, other, by=OPERATOR, reason="录重")
    flags = store.read(risks.flags, by=_SUPERVISOR, today=DAY)
    (flag,) = [flag for flag in flags if flag.kind == "claimed_twice"]
    assert [code for kind, code in flag.records if kind == "claim"] == [first.code, second.code]
    refused("claim_cap_once", lambda: claim(store, other))
    refused("claim_cap_once", lambda: claim(store, one))  # the merged file is the same person
    store.write(claims.submit, first.code, **_BY)  # the first of the two goes on
    refused("claim_cap_once", lambda: store.write(claims.submit, second.code, **_BY))
    store.write(claims.submit, last.code, **_BY)
    store.write(trainee_merges.merge, third, other, by=OPERATOR, reason="录重")
    boss: dict[str, Any] = {"by": _SUPERVISOR, "now": NOW}
    store.write(claims.decide, first.code, "approve", **boss)
    refused("claim_cap_once", lambda: store.write(claims.decide, last.code, "approve", **boss))
    store.write(claims.withdraw, second.code, **_BY)
    store.write(claims.decide, last.code, "refuse", reason="同一人", **boss)
    assert store.write(claims.decide, first.code, "pay", **boss).status == "paid"


def test_a_file_of_another_centre_that_seems_the_same_counts_too(store: Store) -> None:
    mine = new(store, "韩丁", phone="13900001111")
    theirs = new(store, "韩丁", by=_COLLEAGUE, phone="13900001111")
    claim(store, mine)
    refused("claim_cap_once", lambda: claim(store, theirs, by=_COLLEAGUE))


def test_a_claim_is_held_against_the_file(store: Store) -> None:
    refused("unknown_reference", lambda: claim(store, "H999999"))
    assert claim(store, new(store, "韩戊", employer="E002")).doubts == (
        "no_result",
        "other_employer",
    )
    group, day = "B000000", passed(store, "H000004").day
    said: dict[str, Any] = {"training_class": group, "institution": "T11"}
    refused("claim_not_passed", lambda: claim(store, new(store, "韩己"), **said))
    refused("claim_not_passed", lambda: claim(store, "H000004", **said))  # of another day
    trade = {
        "occupation": passed(store, "H000004").occupation,
        "level": passed(store, "H000004").level,
    }
    told = {**said, **trade, "certificate_day": day, "day": day}
    assert claim(store, "H000004", **told).doubts == ("other_employer",)


def passed(store: Store, person: str) -> results.Result:
    found = store.read(results.of_people, (person,))
    return next(one for one in found if one.outcome == "passed")


def test_two_who_sat_together_are_merged_only_with_a_reason(store: Store) -> None:
    def points(code: str) -> int:
        return store.read(credits.account, code, by=OPERATOR, day=DAY).balance

    before = points("H000003"), points("H000004")
    stopped = refused(
        "merge_two_people",
        lambda: store.write(trainee_merges.merge, "H000003", "H000004", by=OPERATOR),
    )
    assert stopped.params["records"] == "B000000"
    store.write(trainee_merges.merge, "H000003", "H000004", by=OPERATOR, reason="同一人签了两次")
    shared = [
        one.points
        for one in store.read(credits.account, "H000003", by=OPERATOR, day=DAY).entries
        if one.source == "class:B000000" and one.points > 0
    ]
    assert points("H000004") == sum(before) - sum(shared)  # the class counts once
    store.write(trainee_merges.unmerge, "H000003", by=OPERATOR)
    assert (points("H000003"), points("H000004")) == before
    store.write(trainee_merges.merge, "H000003", "H000004", by=OPERATOR, reason="同一人")
    assert points("H000004") == sum(before) - sum(shared)


def test_the_number_of_a_certificate_is_one_persons(store: Store) -> None:
    held = passed(store, "H000003")
    seat = "H000002"  # short of hours, and never assessed
    again = ResultDraft(outcome="passed", day=held.day, certificate=held.certificate)
    refused("certificate_taken", lambda: store.write(results.record, "B000000", seat, again, **_BY))
    own = again.model_copy(update={"certificate": "XG-NEU"})
    assert store.write(results.record, "B000000", seat, own, **_BY).certificate == "XG-NEU"


def test_rules_read_the_mode_that_records_have(store: Store) -> None:
    found = store.read(
        subsidies.ask, "N000016", by=OPERATOR, as_of=date(2026, 11, 21), more={"class.mode": "firm"}
    )
    assert found.facts["class.mode"] == "at_firm"
