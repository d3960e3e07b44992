"""Agencies asked to rate classes: who asks, who sees, who gives marks, and nothing beyond; both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.errors import DuijieError, NotAllowedError
from store.schemas.access import UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import (
    audit,
    classes,
    opinions,
    ratings,
    records,
    results,
    roster,
    search,
    users,
)

NOW = datetime(2026, 12, 31, 3, tzinfo=UTC)
DAY = date(2026, 12, 20)
GROUP, OTHER = "B000001", "B000000"
MARKS = {"compliance": 4, "records": 5, "quality": 3}
EVALUATOR = Actor("ev", "评价员", Role.EVALUATOR, "A01")
RIVAL = Actor("rival", "别家", Role.EVALUATOR, "A03")


def refused(code: str, call: Callable[[], object]) -> DuijieError:
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value
    return found.value


def asked(store: Store, group: str = GROUP, agency: str = "A01", **more: Any) -> str:
    return store.write(ratings.ask, group, agency, by=_SUPERVISOR, now=NOW, **more).code


def test_from_being_asked_to_marks_that_count(store: Store) -> None:
    code = asked(store, due=date(2026, 12, 1))
    (one,) = [r for r in store.read(ratings.listed, by=EVALUATOR) if r.code == code]
    sheet = store.read(classes.sheet, GROUP, by=SYSTEM)
    assert (one.training_class, one.title, one.institution) == (
        GROUP, sheet.title, sheet.institution,
    )  # fmt: skip
    assert (one.heads, one.sessions > 0, one.is_given) == (sheet.heads, True, False)
    done = store.write(ratings.give, code, MARKS, DAY, "资料齐全", by=EVALUATOR, now=NOW)
    assert (done.scores, done.day, done.note) == (MARKS, DAY, "资料齐全")
    said = store.read(opinions.listed, GROUP, by=_SUPERVISOR)
    assert [o.scores for o in said if (o.group, o.rater) == ("agency", "A01")] == [MARKS]
    again = {**MARKS, "quality": 5}
    assert store.write(ratings.give, code, again, DAY, by=EVALUATOR, now=NOW).scores == again
    assert [e.login for e in store.read(audit.entries, "evaluation", GROUP)][-2:] == ["ev", "ev"]
    bad = {**MARKS, "quality": 6}
    refused(
        "opinion_marks", lambda: store.write(ratings.give, code, bad, DAY, by=EVALUATOR, now=NOW)
    )
    store.write(ratings.withdraw, code, by=_SUPERVISOR, now=NOW)
    assert code not in {r.code for r in store.read(ratings.listed, by=_SUPERVISOR)}
    assert store.read(opinions.listed, GROUP, by=_SUPERVISOR) != ()
    refused("not_found", lambda: store.write(ratings.give, code, MARKS, DAY, by=EVALUATOR, now=NOW))
    acts = [entry.act for entry in store.read(audit.entries, "rating", code)]
    assert acts == ["register", "withdraw"]


def test_another_agency_neither_sees_nor_rates(store: Store) -> None:
    code = asked(store)
    theirs = store.read(ratings.listed, by=RIVAL)
    assert all(one.agency == "A03" for one in theirs)
    assert code not in {one.code for one in theirs}
    refused("not_allowed", lambda: store.write(ratings.give, code, MARKS, DAY, by=RIVAL, now=NOW))
    for by in (OPERATOR, _SUPERVISOR, Actor("i", "校", Role.INSTITUTION, "A01")):
        with pytest.raises(NotAllowedError):
            store.write(ratings.give, code, MARKS, DAY, by=by, now=NOW)
    for by in (EVALUATOR, OPERATOR, Actor("i", "校", Role.INSTITUTION, "A01")):
        with pytest.raises(NotAllowedError):
            store.write(ratings.ask, OTHER, "A01", by=by, now=NOW)
        with pytest.raises(NotAllowedError):
            store.write(ratings.withdraw, code, by=by, now=NOW)


def test_an_evaluator_may_nothing_else_not_even_of_the_class(store: Store) -> None:
    asked(store)
    closed: list[Callable[[], object]] = [
        lambda: store.read(classes.sheet, GROUP, by=EVALUATOR),
        lambda: store.read(classes.list_classes, by=EVALUATOR),
        lambda: store.read(roster.listed, GROUP, by=EVALUATOR),
        lambda: store.read(results.listed, GROUP, by=EVALUATOR),
        lambda: store.read(opinions.listed, GROUP, by=EVALUATOR),
        lambda: store.read(records.fetch, "need", "N000001", by=EVALUATOR),
        lambda: store.read(records.fetch, "institution", "A01", by=EVALUATOR),
        lambda: store.write(
            opinions.add, opinions.Opinion(GROUP, "agency", "A01", DAY, MARKS), by=EVALUATOR, now=NOW
        ),
    ]  # fmt: skip
    for call in closed:
        with pytest.raises(NotAllowedError):
            call()
    assert not store.read(search.search, "锐坪", by=EVALUATOR)


def test_who_may_be_asked(store: Store) -> None:
    home = store.read(classes.sheet, GROUP, by=SYSTEM).institution
    refused("rating_agency", lambda: asked(store, agency=home))
    refused("rating_agency", lambda: asked(store, agency="C-BL"))
    refused("not_found", lambda: asked(store, "B999999"))
    asked(store)
    refused("rating_there", lambda: asked(store))
    draft = {"name": "评价员", "role": "evaluator", "organisation": "A01"}
    made = store.write(users.invite, "ev", UserDraft.model_validate(draft), by=SYSTEM)
    assert made.role == "evaluator"
    for place in ("T01", "C-BL", "E001"):
        wrong = UserDraft.model_validate({**draft, "organisation": place})
        refused("user_place", partial(store.write, users.invite, "x", wrong, by=SYSTEM))
