"""One request, one booking; what was begun on an old version changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import Store
from store.errors import ConflictError, StaleEditError
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft
from store.schemas.terms import TermsDraft
from store.services import answers, proposals, records
from tests.races import contest, requests, world
from tests.races.crew import Crew
from tests.races.world import MORNING, OPERATOR


def test_a_request_that_comes_twice_books_once(district: Store) -> None:
    (choice,) = contest.prepared(district, "K1", ("N3",))
    first = requests.hold(district, choice, "one")
    assert requests.hold(district, choice, "one") == first
    assert district.read(requests.booked) == (1, 1, 1)


def test_a_request_that_comes_many_times_at_once_books_once(district: Store, crew: Crew) -> None:
    (choice,) = contest.prepared(district, "K1", ("N3",))
    place = world.location(district)
    codes = crew.each(requests.hold_at_once, place, choice, "one")
    assert set(codes) == {"P000001"}
    assert district.read(requests.booked) == (1, 1, 1)
    assert not contest.wrongs(district)


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_request_whose_answer_was_lost_is_repeated_safely(district: Store, moment: str) -> None:
    (choice,) = contest.prepared(district, "K1", ("N3",))
    assert requests.hold_and_die(district, choice, "one", moment) == -9
    made = 1 if moment == "after the commit" else 0
    assert district.read(requests.booked) == (made, made, made)
    assert requests.hold(district, choice, "one") == "P000001"
    assert district.read(requests.booked) == (1, 1, 1)
    assert not contest.wrongs(district)


def test_offering_and_confirming_twice_is_done_once(district: Store) -> None:
    (choice,) = contest.prepared(district, "K1", ("N3",))
    code = requests.hold(district, choice)
    for service, request in ((proposals.send, "two"), (proposals.confirm, "three")):
        told = [
            district.write(service, code, by=OPERATOR, now=MORNING, request=request)
            for _ in range(2)
        ]
        assert told[0].version == told[1].version
        if service is proposals.send:
            for party in ("E3", "T1"):
                district.write(answers.accept, code, by=OPERATOR, now=MORNING, party=party)
    with pytest.raises(ConflictError, match="request_reused"):
        district.write(proposals.send, code, by=OPERATOR, now=MORNING, request="three")
    assert not contest.wrongs(district)


def test_a_request_serves_one_need(district: Store) -> None:
    first, second = contest.prepared(district, "K1", ("N1", "N2"))
    requests.hold(district, first, "one")
    with pytest.raises(ConflictError, match="request_reused"):
        requests.hold(district, second, "one")


def test_requests_of_two_people_are_two_requests(district: Store) -> None:
    first, second = contest.prepared(district, "K1", ("N1", "N2"))
    other = Actor("desk2", "desk2", Role.OPERATOR, world.CENTRE)
    requests.hold(district, first, "one")
    district.write(proposals.draft, second, by=other, now=MORNING, request="one")
    assert district.read(requests.booked)[0] == 2


def _sent(store: Store) -> tuple[str, int]:
    (choice,) = contest.prepared(store, "K1", ("N3",))
    code = requests.hold(store, choice)
    return code, store.write(proposals.send, code, by=OPERATOR, now=MORNING).version


_STALE: tuple[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]], ...] = (
    (proposals.send, (), {}),
    (proposals.revise, (TermsDraft(note="x"),), {}),
    (proposals.withdraw, (), {}),
    (proposals.confirm, (), {}),
    (proposals.cancel, (), {"reason": "x"}),
    (answers.accept, (), {"party": "T1"}),
    (answers.decline, (), {"party": "T1", "reason": "x"}),
    (answers.counter, (TermsDraft(note="x"),), {"party": "T1"}),
)


def test_what_was_begun_on_an_old_version_changes_nothing(district: Store) -> None:
    code, version = _sent(district)
    before = district.read(requests.everything)
    for service, args, more in _STALE:
        with pytest.raises(StaleEditError):
            district.write(
                service, code, *args, by=OPERATOR, now=MORNING, version=version - 1, **more
            )
        assert district.read(requests.everything) == before


def test_a_choice_made_from_an_old_need_changes_nothing(district: Store) -> None:
    (choice,) = contest.prepared(district, "K1", ("N3",))
    view = district.read(records.fetch, "need", "N3", by=OPERATOR)
    shown = view.model_dump(include=set(NeedDraft.model_fields))
    draft = NeedDraft.model_validate(shown | {"heads": 1})
    district.write(records.edit, "N3", draft, version=view.version, by=OPERATOR)
    before = district.read(requests.everything)
    with pytest.raises(StaleEditError):
        requests.hold(district, choice)
    assert district.read(requests.everything) == before
