"""An institution knows a firm by name once all have agreed to a proposal, in every view, not before."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from store import Store
from store.models import AnswerRow, OrganisationRow, ProposalRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import classes, inbox, records, reference, roster, story
from store.services.inbox import Proposal
from store.services.records import MASKED
from tests.conftest import DAY
from tui import deal_text

_TOLD = ("accepted", "confirmed", "delivered", "cancelled")


def institutions(store: Store) -> list[Actor]:
    page = store.read(records.page, "institution", by=SYSTEM, limit=100)
    return [Actor("x", "", Role.INSTITUTION, one.code) for one in page.items]


def deals(store: Store) -> Iterator[tuple[Actor, Proposal]]:
    """Every proposal as each institution that it asks sees it."""
    for by in institutions(store):
        for line in store.read(inbox.proposals, by=by):
            yield by, store.read(inbox.proposal, line.code, by=by)


def test_every_view_of_a_deal_says_the_same_of_its_firm(stocked: Store) -> None:
    names = dict(
        stocked.read(lambda s: s.execute(select(OrganisationRow.code, OrganisationRow.name)).all())
    )
    firms = dict(
        stocked.read(lambda s: s.execute(select(ProposalRow.code, ProposalRow.enterprise)).all())
    )
    seen = set()
    for by, one in deals(stocked):
        needs = [other for _by, other in deals_of(stocked, by) if other.need == one.need]
        is_told = one.status in _TOLD
        seen.add(is_told)
        name = names[firms[one.code]]
        assert one.enterprise == (name if is_told else MASKED)
        (line,) = [line for line in stocked.read(inbox.proposals, by=by) if line.code == one.code]
        assert line.enterprise == one.enterprise
        told = {answer.party for answer in one.answers if "enterprise" in answer.parts}
        assert told == {firms[one.code] if is_told else MASKED}
        knows = any(other.status in _TOLD for other in needs)
        view = stocked.read(records.fetch, "need", one.need, by=by)
        listed = stocked.read(records.page, "need", by=by, limit=500, newest_first=True).items
        head = stocked.read(story.of_need, one.need, by=by, today=DAY).need
        for need in (view, head, next(need for need in listed if need.code == one.need)):
            assert (need.enterprise == firms[one.code]) == knows
            assert (need.enterprise_name != MASKED) == knows
        if one.training_class is not None:
            sheet = stocked.read(classes.sheet, one.training_class, by=by)
            assert {m.enterprise for m in sheet.members if m.proposal == one.code} <= {
                one.enterprise
            }
            seats = stocked.read(roster.listed, one.training_class, by=by)
            assert {s.enterprise for s in seats if s.proposal == one.code} <= {one.enterprise}
    assert seen == {True, False}


def deals_of(store: Store, by: Actor) -> list[tuple[Actor, Proposal]]:
    lines = store.read(inbox.proposals, by=by)
    return [(by, store.read(inbox.proposal, line.code, by=by)) for line in lines]


def test_a_firm_that_agreed_is_masked_until_everybody_has(stocked: Store) -> None:
    agreed = select(AnswerRow.proposal).where(
        AnswerRow.party == ProposalRow.enterprise, AnswerRow.status == "accepted"
    )
    query = select(ProposalRow.code).where(
        ProposalRow.code.in_(agreed), ProposalRow.status == "sent"
    )
    waiting = set(stocked.read(lambda s: s.scalars(query).all()))
    found = [one for _by, one in deals(stocked) if one.code in waiting]
    assert found
    assert {one.enterprise for one in found} == {MASKED}


def test_a_price_that_is_not_for_the_reader_is_told_as_that(stocked: Store) -> None:
    lent = [one for by, one in deals(stocked) if one.institution != by.organisation]
    own = [one for by, one in deals(stocked) if one.institution == by.organisation]
    now = stocked.read(reference.now)
    assert lent
    assert own
    for one in lent:
        assert not one.is_price_told
        told = "\n".join(deal_text.proposal_lines(one, now))
        assert "Price: not shown to you" in told
        assert "price unknown" not in told
    assert all(one.is_price_told for one in own)
