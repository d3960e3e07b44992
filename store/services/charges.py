"""谁组织、谁监管、谁负责: the organisation and the person that answer for each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import InvalidError, NotFoundError
from store.models import CHARGES, ChargeRow, OrganisationRow, TrainingClassRow, UserRow
from store.schemas.actor import SYSTEM, Actor
from store.services import audit
from store.services.rights import Act, require, require_some

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Charge:
    """Who answers for a part of a class; a part that nobody named has its usual organisation."""

    part: str
    organisation: str
    name: str
    person: str
    is_named: bool


def of_classes(session: Session, rows: Sequence[TrainingClassRow]) -> dict[str, tuple[Charge, ...]]:
    """For each class who holds it and who supervises it.

    Unless somebody was named it is held by its centre and whoever made it there, supervised by the bureau.
    """
    codes = [row.code for row in rows]
    names = dict(session.execute(select(OrganisationRow.code, OrganisationRow.name)).all())
    people = dict(session.execute(select(UserRow.login, UserRow.name)).all())
    said = {
        (one.training_class, one.part): one
        for one in session.scalars(select(ChargeRow).where(ChargeRow.training_class.in_(codes)))
    }
    found: dict[str, tuple[Charge, ...]] = {}
    for row in rows:
        usual = {
            "organises": (row.owner, people.get(row.created_by, row.created_by)),
            "supervises": (SYSTEM.organisation, ""),
        }
        charges = []
        for part in CHARGES:
            one = said.get((row.code, part))
            home, person = (one.organisation, one.person) if one is not None else usual[part]
            charges.append(Charge(part, home, names.get(home, home), person, one is not None))
        found[row.code] = tuple(charges)
    return found


def put(
    session: Session,
    code: str,
    part: str,
    organisation: str,
    person: str,
    *,
    by: Actor,
    now: datetime,
) -> tuple[Charge, ...]:
    """Name who answers for a part of a class, in place of whoever did; what holds then."""
    require_some(by, Act.EDIT, "charge", code)
    row = session.get(TrainingClassRow, code)
    if row is None:
        raise NotFoundError("class", code)
    require(by, Act.EDIT, "charge", row.owner, code)
    if part not in CHARGES:
        raise InvalidError("field_unknown", name=part, known=", ".join(CHARGES))
    if session.get(OrganisationRow, organisation) is None:
        raise NotFoundError("organisation", organisation)
    if not person.strip() or len(person) > _LONGEST_NAME:
        raise InvalidError("charge_person", most=_LONGEST_NAME)
    before = {one.part: one for one in of_classes(session, [row])[code]}[part]
    found = session.scalar(
        select(ChargeRow)
        .where(ChargeRow.training_class == code, ChargeRow.part == part)
        .with_for_update()
    )
    if found is None:
        found = ChargeRow(training_class=code, part=part)
        session.add(found)
    found.organisation, found.person = organisation, person.strip()
    found.login, found.at = by.login, now
    session.flush()
    after = of_classes(session, [row])[code]
    told = {"part": part, "organisation": organisation, "person": found.person}
    was = {"part": part, "organisation": before.organisation, "person": before.person}
    audit.note(session, by, "charge", "class", [(code, was, told)], at=now)
    return after
