"""Claims for everybody of a class who has a certificate, made in one write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, DuijieError, InvalidError
from store.models import EnrolmentRow, ProposalRow, ResultRow
from store.schemas.actor import Actor
from store.schemas.policy import ClaimDraft
from store.services import claims, classes
from store.services.claims import ClaimView
from store.services.rights import Act, require


@dataclass(frozen=True, slots=True)
class ClassClaims:
    """Claims that were made, and the people for whom none can be, with why."""

    made: tuple[ClaimView, ...]
    left: tuple[tuple[str, DuijieError], ...]


def claim(
    session: Session, code: str, policy: str, rule: str, *, by: Actor, papers: Sequence[str] = ()
) -> ClassClaims:
    """A draft for everybody of a class who passed; whom the rule refuses is left out, with why.

    Refused as a whole where nobody has passed, and where the rule does not hold on the class's first day.
    """
    require(by, Act.REGISTER, "claim", by.organisation)
    row = classes.load(session, code, by=by, act=Act.EDIT)
    classes.require_course(row, by)
    made: list[ClaimView] = []
    left: list[tuple[str, DuijieError]] = []
    for result, seat, firm in _passed(session, code):
        draft = ClaimDraft(
            person=seat.trainee,
            enterprise=firm,
            institution=row.institution,
            policy=policy,
            rule=rule,
            day=row.first_day,
            occupation=result.occupation,
            level=result.level,
            training_class=code,
            certificate_day=result.day,
            papers=tuple(papers),
        )
        try:
            made.append(claims.claim(session, draft, by=by))
        except (ConflictError, InvalidError) as error:
            if error.code == "rule_not_held":
                raise
            left.append((seat.trainee, error))
    if not made and not left:
        raise ConflictError("claim_nobody", id=code)
    return ClassClaims(tuple(made), tuple(left))


def _passed(session: Session, code: str) -> list[tuple[ResultRow, EnrolmentRow, str]]:
    """Results that hold, with whose they are and which firm sent them, by code of the person."""
    rows = session.execute(
        select(ResultRow, EnrolmentRow, ProposalRow.enterprise)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .join(ProposalRow, ProposalRow.code == EnrolmentRow.proposal)
        .where(EnrolmentRow.training_class == code)
        .where(ResultRow.outcome == "passed", ResultRow.voided.is_(None))
        .order_by(EnrolmentRow.trainee)
    )
    return [(result, seat, firm) for result, seat, firm in rows]
