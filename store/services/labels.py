"""The names that people know behind codes: who teaches, where, on what kind of workstation."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matching.types import Violation
from store.models import EquipmentRow, InstructorRow, OrganisationRow, SlotRow, VenueRow
from store.schemas.actor import Actor
from store.services.plans import Plan
from store.services.rights import Act, Reach, reach

_MOST = 500  # codes in one query


def of_plans(session: Session, plans: Iterable[Plan]) -> list[dict[str, str]]:
    """For each plan the names of its people, venue and slots, for whoever may see the plan."""
    codes = [_codes(plan) for plan in plans]
    found = _names(session, set().union(*codes), None)
    return [{code: found[code] for code in sorted(one) if code in found} for one in codes]


def _codes(plan: Plan) -> set[str]:
    parts = [part for s in plan.sessions for part in (s.slot, s.instructor)]
    return {code for code in (*plan.instructors, plan.venue, *parts) if code}


def names(session: Session, codes: Collection[str], *, by: Actor) -> dict[str, str]:
    """Names of instructors, venues, slots, institutions and equipment, as far as somebody may see them."""
    allowed = reach(by, Act.READ, "instructor")
    if allowed is None:
        return {}
    return _names(session, codes, by.organisation if allowed is Reach.OWN else None)


def of_violations(
    session: Session, violations: Collection[Violation], *, by: Actor
) -> dict[str, str]:
    """Names of whatever breaks rules, and of what shows it."""
    codes = {code for one in violations for code in (one.subject, *one.evidence)}
    return names(session, codes, by=by)


def _names(session: Session, codes: Collection[str], owner: str | None) -> dict[str, str]:
    """A slot has the name of its venue."""
    found: dict[str, str] = {}
    wanted = sorted(codes)
    for at in range(0, len(wanted), _MOST):
        for query in _queries(wanted[at : at + _MOST], owner):
            found.update({row.code: row.name for row in session.execute(query)})
    return found


def _queries(codes: list[str], owner: str | None) -> list[Select[str, str]]:
    people = select(InstructorRow.code, InstructorRow.name).where(InstructorRow.code.in_(codes))
    venues = select(VenueRow.code, VenueRow.name).where(VenueRow.code.in_(codes))
    slots = (
        select(SlotRow.code, VenueRow.name)
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .where(SlotRow.code.in_(codes))
    )
    homes = select(OrganisationRow.code, OrganisationRow.name).where(
        OrganisationRow.code.in_(codes), OrganisationRow.kind == "institution"
    )
    if owner is not None:
        people = people.where(InstructorRow.institution == owner)
        venues = venues.where(VenueRow.institution == owner)
        slots = slots.where(VenueRow.institution == owner)
        homes = homes.where(OrganisationRow.code == owner)
    kinds = select(EquipmentRow.code, EquipmentRow.name).where(EquipmentRow.code.in_(codes))
    return [people, venues, slots, homes, kinds]
