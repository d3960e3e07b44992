"""Open needs that still have heads to serve: what pools and allocations are made for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from matching.types import Need
from store.lifecycles import LIVE
from store.models import NeedRow, OrganisationRow, ProposalRow
from store.schemas.actor import Actor
from store.schemas.fields import STORED
from store.schemas.records import NeedView
from store.services import dealing, listed, market, reference
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach, require


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need as it is stored, and as the engine takes it with the heads that nothing is proposed for yet."""

    view: NeedView
    need: Need
    firm: str
    registered: date


def unmet(
    session: Session, *, by: Actor, codes: Collection[str] | None = None
) -> tuple[Unmet, ...]:
    """Open needs with heads left, in order of code: the centre's own, or the whole district's."""
    require(by, Act.READ, "match", None)
    require(by, Act.READ, "proposal", by.organisation)
    query = (
        select(NeedRow, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == NeedRow.enterprise)
        .where(NeedRow.status.in_(("open", "matched")))
        .options(selectinload(NeedRow.occupations))
        .order_by(NeedRow.code)
    )
    if reach(by, Act.READ, "proposal") is Reach.OWN:
        query = query.where(NeedRow.owner == by.organisation)
    if codes is not None:
        query = query.where(NeedRow.code.in_(codes))
    taken = dict(
        session.execute(
            select(ProposalRow.need, func.sum(ProposalRow.heads))
            .where(ProposalRow.status.in_((*LIVE, "delivered")))
            .where(dealing.is_held(reference.now(session)))
            .group_by(ProposalRow.need)
        ).all()
    )
    found = []
    for row, firm in session.execute(query):
        left = row.heads - int(taken.get(row.code) or 0)
        if left > 0:
            view = NeedView.model_validate(row, context=STORED)
            need = replace(market.engine_need(session, view), heads=left)
            if need.min_group is not None and need.min_group > left:
                need = replace(need, min_group=left)
            found.append(Unmet(view, need, firm, day_of(row.created_at)))
    views = listed.marked(session, [one.view for one in found])
    return tuple(replace(one, view=view) for one, view in zip(found, views, strict=True))
