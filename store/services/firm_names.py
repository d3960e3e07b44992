"""Which firms an institution knows by name: those of proposals it has a part in, once all have agreed."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import AnswerRow, ProposalRow
from store.schemas.actor import Actor
from store.services.among import among
from store.services.rights import sees_firm_names

# Agreed to by all, the firm with them, or beyond that; what was confirmed once, stays known.
_AGREED = ("accepted", "confirmed", "delivered", "cancelled")


def is_told(row: ProposalRow, by: Actor) -> bool:
    """Whether an actor who may see a proposal knows its firm."""
    return sees_firm_names(by) or row.status in _AGREED


def told_needs(session: Session, needs: Collection[str], by: Actor) -> frozenset[str]:
    """Of some needs those whose firm an actor knows."""
    if sees_firm_names(by):
        return frozenset(needs)
    known = (
        select(ProposalRow.need)
        .join(AnswerRow, AnswerRow.proposal == ProposalRow.code)
        .where(AnswerRow.party == by.organisation, ProposalRow.status.in_(_AGREED))
    )
    found = (session.scalars(known.where(some)) for some in among(ProposalRow.need, needs))
    return frozenset(chain.from_iterable(found))
