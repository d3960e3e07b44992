"""Past every service: the database itself keeps people and workstations from being in two places."""

from __future__ import annotations

from store import Store, open_store
from tests.races import overlap
from tests.races.contest import careless
from tests.races.crew import Crew

_OPERATIONS = 60


def test_without_guards_people_and_slots_overlap(district: Store, crew: Crew) -> None:
    """The control."""
    found = overlap.throw_unguarded(crew, district, _OPERATIONS)
    assert found.people
    assert not found.ends["ConflictError guard"]


def test_nobody_is_in_two_places(district: Store, crew: Crew) -> None:
    found = overlap.throw(crew, district, _OPERATIONS, open_store)
    _nothing_overlaps(found)
    assert not found.ends["StoreBusyError store_busy"]


def test_nobody_is_in_two_places_even_without_the_write_lock(district: Store, crew: Crew) -> None:
    found = overlap.throw(crew, district, _OPERATIONS, careless)
    _nothing_overlaps(found)


def _nothing_overlaps(found: overlap.Overlaps) -> None:
    assert not found.people
    assert not found.slots
    assert found.ends["ConflictError guard"] > 10
    refused = {"ConflictError guard", "ConflictError already_there", "StoreBusyError store_busy"}
    assert {end for end in found.ends if "Error" in end} <= refused
