"""What one tenant is given by any service that it may call holds nothing that is another's to know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from store import Store
from store.models import (
    AnswerRow,
    AssessmentRow,
    CourseRow,
    InstructorRow,
    OrganisationRow,
    ProposalRow,
    RunRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import board, filters, records, search
from tests.conftest import DAY
from tests.rights.calling import try_one
from tests.rights.cases import CASES, Case
from tests.rights.conftest import Place
from tests.rights.policy import may
from tests.rights.world import PLANS, SIDES, World

_OFFERS = (CourseRow, RunRow, InstructorRow, VenueRow, SlotRow, AssessmentRow)
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]*")
_SECONDS = re.compile(r":\d\d\.\d+")  # of a moment: they may happen to be somebody's price

# Services whose result holds the engine's own values. There people and stations are busy for the code of
# whoever has them: a centre may see the code of another's proposal, opening it is refused.
ENGINE = (
    "matchmaking.",
    "decisions.prepare",
    "allocation.",
    "what_if.",
    "ways.",
    "pools.",
    "moving.",
    "in_shards.",
)


def flat(value: object) -> Iterator[str]:
    """Every leaf of a value as text, names of fields left out."""
    parts = _parts(value)
    if parts is not None:
        for part in parts:
            yield from flat(part)
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif value is not None:
        yield str(value.value if isinstance(value, Enum) else value)


def _parts(value: object) -> Iterable[object] | None:
    """What a value is made of, None for a leaf."""
    if isinstance(value, BaseModel):
        return [getattr(value, name) for name in type(value).model_fields]
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, one.name) for one in fields(value)]
    if isinstance(value, Mapping):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return list(value)
    return None


def leaks(value: object, secrets: frozenset[str]) -> set[str]:
    """Secrets that occur in a value: codes as whole words, names and prices anywhere."""
    text = _SECONDS.sub("", "\n".join(flat(value)))
    words = set(_CODE.findall(text))
    return {one for one in secrets if (one in words if _CODE.fullmatch(one) else one in text)}


def rivals_secrets(store: Store, by: Actor, rival: str) -> frozenset[str]:
    """A rival's codes, names and prices, and the firms that have not agreed to deal with the actor."""

    def look(session: Session) -> frozenset[str]:
        found: set[str] = {"7319.77", "731977", "4321.22", "432122", "987.22", "55.22"}
        for row in _OFFERS:
            found.update(session.scalars(select(row.code).where(row.owner == rival)))
        for title in (CourseRow.title, InstructorRow.name, VenueRow.name):
            home = title.class_
            mine = set(session.scalars(select(title).where(home.owner != rival)))
            found.update(set(session.scalars(select(title).where(home.owner == rival))) - mine)
        agreed = (
            select(ProposalRow.enterprise)
            .join(AnswerRow, AnswerRow.proposal == ProposalRow.code)
            .where(AnswerRow.party == ProposalRow.enterprise, AnswerRow.status == "accepted")
            .where(
                ProposalRow.code.in_(
                    select(AnswerRow.proposal).where(AnswerRow.party == by.organisation)
                )
            )
        )
        firm = OrganisationRow
        for values in session.execute(
            select(firm.code, firm.name, firm.short_name, firm.contact).where(
                firm.kind == "enterprise", firm.code.not_in(agreed)
            )
        ):
            found.update(value for value in values if value)
        name = select(firm.name, firm.contact).where(firm.code == rival)
        found.update(value for value in session.execute(name).one() if value)
        theirs = select(ProposalRow.code).where(
            ProposalRow.code.not_in(
                select(AnswerRow.proposal).where(AnswerRow.party == by.organisation)
            )
        )
        return frozenset(found | set(session.scalars(theirs)))

    return store.read(look)


def centres_secrets(world: World, side: str) -> frozenset[str]:
    """Codes of deals, choices and plans of a centre; its needs, firms and offerings are shared."""
    found = world.sides[side]
    names = ("draft", "sent", "accepted", "confirmed", "decision", "profile", "allocation")
    more = (f"密语{side}", f"隔壁{side}工", found["waiting"], found["pool"], found["class"])
    return frozenset({*(found[name] for name in names), *more, *found["mates"]})


_READS = [
    pytest.param(name, case, id=f"{name}-{case.kind.replace(' ', '_')}-{at}")
    for name, cases in sorted(CASES.items())
    for at, case in enumerate(cases)
]


@pytest.fixture(scope="module")
def secrets(shared_place: Place) -> frozenset[str]:
    store, world = shared_place
    found = rivals_secrets(store, world.by(Role.INSTITUTION, "A"), PLANS["B"].school)
    assert len(found) > 300
    return found


def _institutions(store: Store) -> set[str]:
    page = store.read(records.page, "institution", by=SYSTEM, limit=100)
    return {one.name for one in page.items}


@pytest.mark.parametrize(("name", "case"), _READS)
def test_an_institution_is_given_nothing_of_a_rival(
    shared_place: Place, secrets: frozenset[str], name: str, case: Case
) -> None:
    """Neither by what it may do, nor by the sentence with which it is refused."""
    store, world = shared_place
    for side in SIDES if case.has_target else SIDES[:1]:
        found = try_one(store, world, name, case, Role.INSTITUTION, side)
        asked = set(flat(world.sides[side]))
        assert not leaks(found.error.params if found.error else (), secrets - asked)
        if found.error is None:
            known = asked if side == "B" else set()
            if case.kind == "bulletin":  # what is published names every institution
                known = known | _institutions(store)
            given = leaks(found.result, secrets - known)
            assert not given, f"{found.told}: {sorted(given)[:9]}"


@pytest.mark.parametrize(("name", "case"), _READS)
def test_a_centre_is_given_nothing_of_another_centres_deals(
    shared_place: Place, name: str, case: Case
) -> None:
    store, world = shared_place
    hidden = centres_secrets(world, "B")
    if name.startswith(ENGINE):
        hidden = frozenset(one for one in hidden if not one.startswith(("P", "D")))
    if name == "draws.verify":  # anybody can prove a draw again: the classes it drew from are open
        hidden -= {world.sides["B"]["class"]}
    if may(Role.OPERATOR, case.kind, case.act, "own"):
        found = try_one(store, world, name, case, Role.OPERATOR, "A")
        given = leaks(found.result if found.error is None else found.error.params, hidden)
        assert not given, f"{found.told}: {sorted(given)}"


def test_secrets_would_be_seen(shared_place: Place, secrets: frozenset[str]) -> None:
    """The walk over results is worth something: their owner and a supervisor are given them."""
    store, world = shared_place
    for by in (world.by(Role.INSTITUTION, "B"), world.by(Role.SUPERVISOR, "")):
        page = store.read(records.page, "course", by=by, limit=500)
        week = store.read(board.week, DAY, by=by)
        assert "7319.77" in leaks(page, secrets)
        assert leaks(week, secrets)


def test_a_firm_is_not_found_by_asking_for_its_needs(
    shared_place: Place, secrets: frozenset[str]
) -> None:
    """An institution narrows a list by what it may read, never by what is masked."""
    store, world = shared_place
    by = world.by(Role.INSTITUTION, "A")
    firm, need = world.sides["B"]["enterprise"], world.sides["B"]["need"]
    name = store.read(records.fetch, "need", need, by=world.by(Role.OPERATOR, "B")).enterprise_name
    words = filters.NeedFilter(words=(name,))
    assert store.read(filters.page, words, by=by).items == ()
    assert not store.read(search.search, name, by=by)
    with pytest.raises(Exception, match="not_allowed"):
        store.read(records.page, "need", by=by, where={"enterprise": firm})
    every = store.read(records.page, "need", by=by, limit=500).items
    assert len(every) > 80
    assert not leaks(every, secrets)
    parts: Any = [part for one in every for part in one.occupations]
    assert {part.confirmed_by for part in parts} <= {None, records.MASKED}
