"""Proposals as people see them: one with everything about it, and the lists that each side works from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from store.errors import NotAllowedError
from store.lifecycles import LIVE
from store.models import AnswerRow, CourseRow, OrganisationRow, ProposalRow, TermsRow
from store.schemas.actor import Actor, Role
from store.services import audit, classes, dealing, firm_names, labels, plans, sharing, terms
from store.services.capacity import Claim
from store.services.plans import Plan
from store.services.records import MASKED
from store.services.rights import Act, Reach, reach, require
from store.services.terms import Change, Terms


@dataclass(frozen=True, slots=True)
class Answer:
    """What one organisation said for its parts, or by when it should."""

    party: str
    name: str
    parts: tuple[str, ...]
    status: str
    terms: int
    asked_at: datetime
    due: datetime
    answered_at: datetime | None
    answered_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal in a list; `waits_for` are the parties that have not answered."""

    code: str
    status: str
    need: str
    enterprise: str
    course: str
    title: str
    heads: int
    first_day: date
    last_day: date
    until: datetime | None
    waits_for: tuple[str, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Mate:
    """Another firm's part in the same pooled class."""

    proposal: str
    enterprise: str
    heads: int
    status: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal with its plan, its terms and how they came about, its answers and what it has taken.

    `names` are those behind the codes of its plan.
    """

    code: str
    status: str
    version: int
    owner: str
    need: str
    enterprise: str
    course: str
    title: str
    institution: str
    heads: int
    first_day: date
    last_day: date
    until: datetime | None
    plan: Plan
    terms: Terms
    round: int
    changes: tuple[Change, ...]
    answers: tuple[Answer, ...]
    taken: tuple[Claim, ...]
    pool: str | None
    mates: tuple[Mate, ...]
    training_class: str | None
    decision: str | None
    fee_fen: int | None
    reason: str | None
    history: tuple[audit.AuditEntry, ...]
    names: Mapping[str, str]
    is_price_told: bool = True


def proposals(
    session: Session,
    *,
    by: Actor,
    need: str | None = None,
    live_only: bool = False,
    limit: int = 200,
) -> tuple[Line, ...]:
    """Proposals an actor is concerned with, the clock that ends first on top, then the newest."""
    require(by, Act.READ, "proposal", by.organisation)
    query = select(ProposalRow, CourseRow.title).join(
        CourseRow, CourseRow.code == ProposalRow.course
    )
    if by.role is Role.INSTITUTION:
        asked = select(AnswerRow.proposal).where(AnswerRow.party == by.organisation)
        query = query.where(ProposalRow.code.in_(asked))
    elif reach(by, Act.READ, "proposal") is Reach.OWN:
        query = query.where(ProposalRow.owner == by.organisation)
    if need is not None:
        query = query.where(ProposalRow.need == need)
    if live_only:
        query = query.where(ProposalRow.status.in_(LIVE))
    rows = session.execute(
        query.order_by(
            case((ProposalRow.until.is_(None), 1), else_=0),
            ProposalRow.until,
            ProposalRow.code.desc(),
        ).limit(limit)
    ).all()
    waits: dict[str, list[str]] = {}
    for code, party in session.execute(
        select(AnswerRow.proposal, AnswerRow.party)
        .where(AnswerRow.proposal.in_([row.code for row, _ in rows]))
        .where(AnswerRow.status == "pending")
        .order_by(AnswerRow.party)
    ):
        waits.setdefault(code, []).append(party)
    return tuple(
        Line(
            row.code,
            row.status,
            row.need,
            classes.firm_name(session, row, by),
            row.course,
            title,
            row.heads,
            row.first_day,
            row.last_day,
            row.until,
            _waits_for(row, waits.get(row.code, ()), by),
            _is_mine(row, waits.get(row.code, []), by),
        )
        for row, title in rows
    )


def _waits_for(row: ProposalRow, waits: Sequence[str], by: Actor) -> tuple[str, ...]:
    """Who has yet to answer; a firm that has not agreed is masked from institutions."""
    if row.status != "sent":
        return ()
    is_told = firm_names.is_told(row, by)
    return tuple(MASKED if code == row.enterprise and not is_told else code for code in waits)


def _is_mine(row: ProposalRow, waits: list[str], by: Actor) -> bool:
    """Whether the next step is this person's to take."""
    if by.role is Role.INSTITUTION:
        return row.status == "sent" and by.organisation in waits
    return row.status in ("draft", "accepted")


def proposal(session: Session, code: str, *, by: Actor) -> Proposal:
    """One proposal; institutions see those that they were asked about, the firm once it is confirmed."""
    row = dealing.find(session, code, by=by)
    _require_sight(session, row, by)
    said = _shown_terms(session, row, dealing.latest_terms(session, row), by)
    last = session.get(TermsRow, (code, row.terms - 1))
    before = _shown_terms(session, row, terms.loads(last.body), by) if last else said
    title = session.scalar(select(CourseRow.title).where(CourseRow.code == row.course)) or ""
    plan = plans.loads(row.plan)
    is_told = classes.sees_price(plan, by)
    return Proposal(
        row.code,
        row.status,
        row.version,
        row.owner,
        row.need,
        classes.firm_name(session, row, by),
        row.course,
        title,
        plan.institution,
        row.heads,
        row.first_day,
        row.last_day,
        row.until,
        plan if is_told else replace(plan, price_fen=None),
        said,
        row.terms,
        terms.changes(before, said),
        _answers(session, row, by),
        sharing.taken(session, row),
        row.pool,
        _mates(session, row, by),
        row.training_class,
        row.decision,
        row.fee_fen if is_told else None,
        classes.unnamed(session, row, by, row.reason),
        classes.masked_history(audit.entries(session, "proposal", code), by),
        labels.of_plans(session, [plan])[0],
        is_told,
    )


def _shown_terms(session: Session, row: ProposalRow, said: Terms, by: Actor) -> Terms:
    """Terms without the price for whoever only lends a part, and without a firm that has not agreed."""
    said = replace(said, note=classes.unnamed(session, row, by, said.note) or "")
    said = replace(said, includes=classes.unnamed(session, row, by, said.includes) or "")
    return said if classes.sees_price(plans.loads(row.plan), by) else terms.without_price(said)


def _mates(session: Session, row: ProposalRow, by: Actor) -> tuple[Mate, ...]:
    others = sharing.members(session, row.pool) if row.pool is not None else []
    return tuple(
        Mate(other.code, classes.firm_name(session, other, by), other.heads, other.status)
        for other in others
        if other.code != row.code
    )


def _require_sight(session: Session, row: ProposalRow, by: Actor) -> None:
    if by.role is Role.INSTITUTION:
        if session.get(AnswerRow, (row.code, by.organisation)) is None:
            raise NotAllowedError(Act.READ, "proposal", row.code)
        require(by, Act.READ, "proposal", by.organisation, row.code)
    else:
        require(by, Act.READ, "proposal", row.owner, row.code)


def _answers(session: Session, row: ProposalRow, by: Actor) -> tuple[Answer, ...]:
    found = session.execute(
        select(AnswerRow, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == AnswerRow.party)
        .where(AnswerRow.proposal == row.code)
        .order_by(AnswerRow.party)
    )
    is_told = firm_names.is_told(row, by)
    return tuple(
        Answer(
            one.party if "enterprise" not in one.parts or is_told else MASKED,
            name if "enterprise" not in one.parts else classes.firm_name(session, row, by),
            one.parts,
            one.status,
            one.terms,
            one.asked_at,
            one.due,
            one.answered_at,
            one.answered_by if by.role is not Role.INSTITUTION else None,
            one.reason if by.role is not Role.INSTITUTION or one.party == by.organisation else None,
        )
        for one, name in found
    )
