"""Who sits in a class: people on the places that each firm has confirmed, swapped, dropped, completed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import EnrolmentRow, ProposalRow, TraineeRow, TrainingClassRow
from store.schemas.actor import Actor, Role
from store.schemas.trainee import Funding, TraineeDraft, masked_name
from store.services import admission, audit, classes, trainees
from store.services.admission import Caution
from store.services.clocks import day_of
from store.services.rights import Act, require, require_some

SEATED = ("enrolled", "completed")
_OPEN = ("forming", "ready", "running")


@dataclass(frozen=True, slots=True)
class Seat:
    """One line of a roster; the name is masked for whoever is no party to this person's training.

    Of an anonymous file neither firm nor proposal is told: one of few workers would be known by it.
    """

    id: int
    trainee: str
    name: str
    number: str | None
    proposal: str
    enterprise: str
    funding: str
    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who was put on a roster, and what is to be looked at about it."""

    id: int
    trainee: str
    cautions: tuple[Caution, ...]


def listed(session: Session, code: str, *, by: Actor) -> tuple[Seat, ...]:
    """The roster of a class, those who are on it first, in order of code."""
    found = classes.load(session, code, by=by)
    rows = session.execute(
        select(EnrolmentRow, TraineeRow, ProposalRow)
        .join(TraineeRow, TraineeRow.code == EnrolmentRow.trainee)
        .join(ProposalRow, ProposalRow.code == EnrolmentRow.proposal)
        .where(EnrolmentRow.training_class == code)
        .order_by(EnrolmentRow.status.not_in(SEATED), EnrolmentRow.trainee)
    )
    firms: dict[str, str] = {}
    seats = []
    for seat, person, proposal in rows:
        if proposal.code not in firms:
            firms[proposal.code] = classes.firm_name(session, proposal, by)
        is_named = _sees_name(found, proposal, by)
        is_known = person.status != "anonymised"
        seats.append(
            Seat(
                seat.id,
                seat.trainee,
                person.name if is_named else masked_name(person.name),
                person.number if is_named else None,
                seat.proposal if is_known else "",
                firms[proposal.code] if is_known else "",
                seat.funding,
                seat.status,
                seat.reason if is_named else None,
            )
        )
    return tuple(seats)


def _sees_name(row: TrainingClassRow, proposal: ProposalRow, by: Actor) -> bool:
    """The institution that teaches, the centre of the class, and the centre of the firm; nobody else."""
    if by.role in (Role.INSTITUTION, Role.OPERATOR):
        return by.organisation in (row.institution, row.owner, proposal.owner)
    return by.role is Role.SYSTEM


def add(
    session: Session,
    code: str,
    trainee: str,
    *,
    by: Actor,
    now: datetime,
    proposal: str | None = None,
    funding: Funding = "firm",
) -> Seated:
    """Put somebody on a place of a firm in a class; what blocks is refused, what only warns is told."""
    found = _to_fill(session, code, by)
    person = trainees.load(session, trainee, by=by)
    place = _place(session, found, person.employer, proposal, by)
    return _seat(session, found, person, place, funding, by, now)


def paste(
    session: Session,
    code: str,
    people: Sequence[TraineeDraft],
    *,
    by: Actor,
    now: datetime,
    proposal: str | None = None,
    funding: Funding = "firm",
) -> tuple[Seated, ...]:
    """Put a list of people on a roster, all or none; whoever has a file here already keeps it."""
    found = _to_fill(session, code, by)
    require(by, Act.REGISTER, trainees.KIND, by.organisation)
    made = []
    for draft in people:
        known = _known(session, draft, by.organisation)
        employer = known.employer if known is not None else draft.employer
        place = _place(session, found, employer, proposal, by)
        if known is None:
            new = draft.model_copy(update={"employer": employer or place.enterprise})
            (view,) = trainees.register_many(session, [new], by=by)
            known = session.get_one(TraineeRow, view.code)
        made.append(_seat(session, found, known, place, funding, by, now))
    return tuple(made)


def swap(
    session: Session,
    code: str,
    leaving: str,
    coming: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> Seated:
    """Somebody else on a place: free until entry closes, afterwards only with a reason."""
    found = _to_fill(session, code, by)
    seat = _seat_of(session, code, leaving)
    require(by, Act.EDIT, "proposal", session.get_one(ProposalRow, seat.proposal).owner, code)
    person = trainees.load(session, coming, by=by)
    closes = classes.entry_closes(session, found)
    if day_of(now) > closes and not reason.strip():
        raise InvalidError("swap_reason", id=code, day=closes)
    _leave(session, seat, "swapped", by, reason, coming)
    place = session.get_one(ProposalRow, seat.proposal)
    return _seat(session, found, person, place, seat.funding, by, now)


def drop(
    session: Session, code: str, trainee: str, *, by: Actor, reason: str = ""
) -> tuple[Seat, ...]:
    """Take somebody off a roster, with a reason; the place is free again."""
    _to_fill(session, code, by)
    seat = _seat_of(session, code, trainee)
    require(by, Act.EDIT, "proposal", session.get_one(ProposalRow, seat.proposal).owner, code)
    if not reason.strip():
        raise InvalidError("drop_reason", id=trainee)
    _leave(session, seat, "dropped", by, reason)
    return listed(session, code, by=by)


def places(session: Session, proposal: ProposalRow) -> int:
    """Places that a firm has confirmed and nobody sits on."""
    taken = select(func.count()).where(
        EnrolmentRow.proposal == proposal.code, EnrolmentRow.status.in_(SEATED)
    )
    return proposal.heads - int(session.scalar(taken) or 0)


def seats(session: Session, code: str) -> tuple[EnrolmentRow, ...]:
    """Rows of everybody who is on a roster, in order of trainee."""
    query = (
        select(EnrolmentRow)
        .where(EnrolmentRow.training_class == code, EnrolmentRow.status.in_(SEATED))
        .order_by(EnrolmentRow.trainee)
    )
    return tuple(session.scalars(query))


def _to_fill(session: Session, code: str, by: Actor) -> TrainingClassRow:
    """A class that an actor may read and of whose places they may have some; its roster is still open."""
    require_some(by, Act.EDIT, "class", code)
    found = classes.load(session, code, by=by)
    if found.status not in _OPEN:
        raise ConflictError("roster_closed", id=code, state=found.status)
    session.get_one(TrainingClassRow, code, with_for_update=True)
    return found


def _place(
    session: Session, row: TrainingClassRow, employer: str | None, proposal: str | None, by: Actor
) -> ProposalRow:
    """On whose places somebody goes: the proposal named, else that of their firm, else the only one."""
    found = classes.members(session, row.code)
    if proposal is not None:
        chosen = [one for one in found if one.code == proposal]
        if not chosen:
            raise NotFoundError("proposal", proposal)
    else:
        own = [one for one in found if by.role is Role.SYSTEM or one.owner == by.organisation]
        chosen = [one for one in own if one.enterprise == employer] or own
        if len(chosen) > 1:
            codes = ", ".join(one.code for one in chosen)
            raise InvalidError("which_proposal", id=row.code, codes=codes)
    require(by, Act.EDIT, "proposal", chosen[0].owner if chosen else None, row.code)
    return chosen[0]


def _seat(
    session: Session,
    row: TrainingClassRow,
    person: TraineeRow,
    place: ProposalRow,
    funding: str,
    by: Actor,
    now: datetime,
) -> Seated:
    if person.status != "active":
        raise ConflictError("trainee_not_active", id=person.code, state=person.status)
    was = session.scalar(
        select(EnrolmentRow).where(
            EnrolmentRow.training_class == row.code, EnrolmentRow.trainee == person.code
        )
    )
    if was is not None and was.status in SEATED:
        raise ConflictError("on_roster_already", id=person.code, group=row.code)
    if places(session, place) < 1:
        raise ConflictError("roster_full", id=place.code, heads=place.heads)
    cautions = admission.look(session, row, person, funding, is_told=by.role is not Role.OPERATOR)
    seat = was or EnrolmentRow(training_class=row.code, trainee=person.code)
    seat.proposal, seat.funding, seat.status, seat.reason = place.code, funding, "enrolled", None
    seat.login, seat.at = by.login, now
    session.add(seat)
    session.flush()
    after = {"trainee": person.code, "proposal": place.code, "funding": funding}
    audit.note(session, by, "enrol", "class", [(row.code, None, after)], at=now)
    return Seated(seat.id, person.code, cautions)


def _known(session: Session, draft: TraineeDraft, owner: str) -> TraineeRow | None:
    """The centre's file of a person in a list: the same number, or the same name and telephone."""
    query = select(TraineeRow).where(TraineeRow.owner == owner, TraineeRow.status == "active")
    if draft.number is not None:
        query = query.where(TraineeRow.number == draft.number, TraineeRow.name == draft.name)
    elif draft.phone is not None:
        query = query.where(TraineeRow.phone == draft.phone, TraineeRow.name == draft.name)
    else:
        return None
    return session.scalar(query.limit(1))


def _seat_of(session: Session, code: str, trainee: str) -> EnrolmentRow:
    seat = session.scalar(
        select(EnrolmentRow).where(
            EnrolmentRow.training_class == code,
            EnrolmentRow.trainee == trainee,
            EnrolmentRow.status == "enrolled",
        )
    )
    if seat is None:
        raise ConflictError("not_on_roster", id=trainee, group=code)
    return seat


def _leave(
    session: Session, seat: EnrolmentRow, status: str, by: Actor, reason: str, coming: str = ""
) -> None:
    seat.status, seat.reason, seat.login = status, reason.strip() or None, by.login
    session.flush()
    before = {"trainee": seat.trainee, "status": "enrolled"}
    after = {"trainee": coming or seat.trainee, "status": status}
    told = (seat.training_class, before, after)
    act = "swap" if coming else "drop"
    audit.note(session, by, act, "class", [told], reason=reason.strip() or None)
