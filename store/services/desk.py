"""The call desk: who to ring next and why, what came of it, and how long each party takes to answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import InvalidError
from store.models import (
    AnswerRow,
    ContactRow,
    CourseRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    TrainingClassRow,
    VisitRow,
    WaitingRow,
)
from store.schemas.actor import Actor, Role
from store.services import (
    answers,
    audit,
    classes,
    clocks,
    dealing,
    filing_cycle,
    reference,
    reminders,
)
from store.services.clocks import day_of
from store.services.reminders import Call
from store.services.rights import Act, require

FILING = "filing"  # an institution has not filed in time
FOLLOW_UP, VISIT_ANSWER = (
    "follow_up",
    "visit_answer",
)  # what a visit found is overdue; is to be answered
OUTCOMES = ("accepted", "declined", "no_answer", "later", "talked")
_REMIND_DAYS = (7, 42)
_SOON_DAYS = 3
_CHASE_DAYS = 3
_LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """How a party answers: how often asked and answered, and the middle time it took, in hours."""

    party: str
    name: str
    asked: int
    answered: int
    accepted: int
    median_hours: float | None


def queue(session: Session, *, by: Actor, now: datetime) -> tuple[Call, ...]:
    """Calls to make, most urgent first; those that are to be tried later come last."""
    require(by, Act.READ, "proposal", by.organisation)
    calls = [*_answers_due(session, by, now)]
    if by.role is not Role.INSTITUTION:
        calls += [*_own_steps(session, by), *_claims(session, by), *_unmet(session, by, now)]
    if by.role is Role.OPERATOR:
        calls += [*_filings(session, now), *reminders.reminders(session, by=by, now=now)]
    calls += [*_classes(session, by, now), *_findings(session, by, now)]
    tried = _tries(session, by)
    found = [
        replace(call, tries=tries, again=again)
        for call in calls
        for tries, again in [tried.get((call.record, call.party), (0, None))]
    ]
    return tuple(
        sorted(
            found,
            key=lambda call: (
                call.again is not None and call.again > now,
                call.why == FILING,  # firms and what is promised to them come first
                call.due is None,
                call.due or now,
                call.record,
                call.party,
            ),
        )
    )


def outcome(
    session: Session,
    record: str,
    party: str,
    came: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    request: str | None = None,
) -> datetime | None:
    """Keep what a call came to; a yes or no is the party's answer. When to try again, None for not at all.

    The same request a second time keeps nothing more and says when that was to be.
    """
    require(by, Act.REGISTER, "contact", by.organisation)
    if came not in OUTCOMES:
        raise InvalidError("field_unknown", name=came, known=", ".join(OUTCOMES))
    if len(note) > _LONGEST_NOTE:
        raise InvalidError("reason_too_long", most=_LONGEST_NOTE)
    owner = _owner(session, record, by)
    require(by, Act.REGISTER, "contact", owner, record)
    asked = audit.Asked(request, "call", "contact", (record, party, came, note), by)
    if audit.is_repeat(session, asked):
        return _kept(session, record, party, asked)
    again = None
    if came == "accepted":
        answers.accept(session, record, by=by, now=now, party=party)
    elif came == "declined":
        answers.decline(session, record, reason=note, by=by, now=now, party=party)
    elif came in ("no_answer", "later"):
        said = clocks.clocks(session)
        again = (
            clocks.after_minutes(now, said.retry_minutes)
            if came == "no_answer"
            else dealing.after_days(session, now, 1) - timedelta(hours=9)
        )
    due = _due(session, record, party)
    if again is not None and due is not None and again >= due:  # once more before it is too late
        again = max(now, due - timedelta(minutes=15))
    session.add(
        ContactRow(
            record=record,
            party=party,
            outcome=came,
            note=note or None,
            again=again,
            owner=owner,
            login=by.login,
            at=now,
        )
    )
    session.flush()
    told = {"party": party, "outcome": came}
    audit.note(session, by, "call", "contact", [(record, None, told)], request=request, at=now)
    audit.carried_out(session, asked)
    return again


def _kept(session: Session, record: str, party: str, asked: audit.Asked) -> datetime | None:
    """When a call that was kept on a request is to be tried again."""
    noted = audit.last(session, "contact", record, asked=asked)
    query = select(ContactRow.again).where(
        ContactRow.record == record,
        ContactRow.party == party,
        ContactRow.login == asked.by.login,
        ContactRow.at == (noted and noted.at),
    )
    return session.scalar(query.limit(1))


def ledger(session: Session, *, by: Actor) -> tuple[Reply, ...]:
    """Every party that a centre has asked, slowest first."""
    require(by, Act.READ, "contact", by.organisation)
    rows = session.execute(
        select(
            AnswerRow.party,
            OrganisationRow.name,
            AnswerRow.status,
            AnswerRow.asked_at,
            AnswerRow.answered_at,
        )
        .join(OrganisationRow, OrganisationRow.code == AnswerRow.party)
        .join(ProposalRow, ProposalRow.code == AnswerRow.proposal)
        .where(ProposalRow.owner == by.organisation)
    ).all()
    parties: dict[str, list[tuple[str, float | None]]] = {}
    names: dict[str, str] = {}
    for party, name, status, asked, answered in rows:
        names[party] = name
        hours = (answered - asked).total_seconds() / 3600 if answered else None
        parties.setdefault(party, []).append((status, hours))
    found = []
    for party, told in parties.items():
        took = [hours for _, hours in told if hours is not None]
        found.append(
            Reply(
                party,
                names[party],
                len(told),
                len(took),
                sum(status == "accepted" for status, _ in told),
                round(median(took), 1) if took else None,
            )
        )
    return tuple(sorted(found, key=lambda r: (-(r.median_hours or 0), r.party)))


def _due(session: Session, record: str, party: str) -> datetime | None:
    """When the clock ends that a call is about."""
    answer = session.get(AnswerRow, (record, party))
    if answer is not None and answer.status == "pending":
        return answer.due
    proposal = session.get(ProposalRow, record)
    return proposal.until if proposal else None


def _owner(session: Session, record: str, by: Actor) -> str:
    """Whose a record is; whoever rings an institution about its filing does so for themselves."""
    if (
        session.scalar(select(OrganisationRow.kind).where(OrganisationRow.code == record))
        == "institution"
    ):
        return by.organisation
    visited = session.get(VisitRow, record)
    if visited is not None:
        record = visited.training_class
    for row in (ProposalRow, NeedRow, TrainingClassRow, WaitingRow):
        owner = session.scalar(select(row.owner).where(row.code == record))
        if owner is not None:
            return str(owner)
    raise InvalidError("unknown_reference", kind="proposal", column="record", value=record)


def _answers_due(session: Session, by: Actor, now: datetime) -> Iterator[Call]:
    """Who has not answered; whoever has until the next working day only is told apart."""
    last_day = clocks.after_workdays(reference.calendar(session), now, 1)
    query = (
        select(ProposalRow, AnswerRow, OrganisationRow.name, CourseRow.title)
        .join(AnswerRow, AnswerRow.proposal == ProposalRow.code)
        .join(OrganisationRow, OrganisationRow.code == AnswerRow.party)
        .join(CourseRow, CourseRow.code == ProposalRow.course)
        .where(ProposalRow.status == "sent", AnswerRow.status == "pending")
        .order_by(ProposalRow.code, AnswerRow.party)
    )
    if by.role is Role.INSTITUTION:
        query = query.where(AnswerRow.party == by.organisation)
    else:
        query = query.where(ProposalRow.owner == by.organisation)
    for row, answer, name, title in session.execute(query):
        why = "counter" if answer.terms > 1 else "answer"
        if by.role is Role.INSTITUTION:
            why = "yours"
        elif why == "answer" and answer.due <= last_day:
            why = "answer_last"
        if by.role is not Role.INSTITUTION and "enterprise" in answer.parts:
            why += "_firm"
        yield _call(session, row, why, answer.party, name, title, answer.due, by)


def _own_steps(session: Session, by: Actor) -> Iterator[Call]:
    """Drafts that nobody has been told of, and what everyone agreed to but nobody confirmed."""
    for row, name, title in session.execute(
        select(ProposalRow, OrganisationRow.name, CourseRow.title)
        .join(OrganisationRow, OrganisationRow.code == ProposalRow.enterprise)
        .join(CourseRow, CourseRow.code == ProposalRow.course)
        .where(ProposalRow.owner == by.organisation)
        .where(ProposalRow.status.in_(("draft", "accepted")))
        .order_by(ProposalRow.code)
    ):
        why = "confirm" if row.status == "accepted" else "draft"
        yield _call(session, row, why, row.enterprise, name, title, row.until, by)


def _claims(session: Session, by: Actor) -> Iterator[Call]:
    """Firms whose turn it is; about all the workstations of a class they are rung once."""
    rung: set[str] = set()
    for row, enterprise, name in session.execute(
        select(WaitingRow, NeedRow.enterprise, OrganisationRow.name)
        .join(NeedRow, NeedRow.code == WaitingRow.need)
        .join(OrganisationRow, OrganisationRow.code == NeedRow.enterprise)
        .where(WaitingRow.status == "offered", WaitingRow.owner == by.organisation)
        .order_by(WaitingRow.code)
    ):
        if row.kind == "slot" and row.need in rung:
            continue
        rung |= {row.need} if row.kind == "slot" else set()
        day = row.day.isoformat()
        yield Call(
            row.need,
            "claim",
            enterprise,
            name,
            name,
            row.resource,
            row.heads,
            day,
            row.until,
            0,
            None,
        )


def _unmet(session: Session, by: Actor, now: datetime) -> Iterator[Call]:
    """Open needs that nothing has come of after 7 days, and again after 42."""
    talked = dict(
        session.execute(
            select(ContactRow.record, func.max(ContactRow.at))
            .where(ContactRow.owner == by.organisation, ContactRow.outcome == "talked")
            .group_by(ContactRow.record)
        ).all()
    )
    for row, name in session.execute(
        select(NeedRow, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == NeedRow.enterprise)
        .where(NeedRow.status == "open", NeedRow.owner == by.organisation)
        .where(NeedRow.created_at <= now - timedelta(days=_REMIND_DAYS[0]))
        .order_by(NeedRow.code)
    ):
        reminder = max(
            row.created_at + timedelta(days=days)
            for days in _REMIND_DAYS
            if row.created_at + timedelta(days=days) <= now
        )
        last = talked.get(row.code)
        if last is None or last < reminder:
            yield Call(
                row.code, "unmet", row.enterprise, name, name, row.text, row.heads,
                row.earliest.isoformat(), reminder, 0, None,
            )  # fmt: skip


def _filings(session: Session, now: datetime) -> Iterator[Call]:
    """Institutions that have not filed in time, unless somebody has just talked to them about it."""
    today = day_of(now)
    for code, late in filing_cycle.overdue(session, today).items():
        first = min(one.due for one in late)
        talked = max((one.talked for one in late if one.talked), default=None)
        if talked is None or talked < now - timedelta(days=_CHASE_DAYS):
            kinds = " ".join(one.kind for one in late)
            until = clocks.close_of(min(one.until for one in late))
            yield Call(
                code, FILING, code, late[0].name, "", kinds, 0, first.isoformat(), until, 0, None
            )


def _classes(session: Session, by: Actor, now: datetime) -> Iterator[Call]:
    """Classes below their minimum whose day to decide is near."""
    query = (
        select(TrainingClassRow, CourseRow.title, OrganisationRow.name)
        .join(CourseRow, CourseRow.code == TrainingClassRow.course)
        .join(OrganisationRow, OrganisationRow.code == TrainingClassRow.institution)
        .where(TrainingClassRow.status == "forming")
        .where(TrainingClassRow.decide_by <= day_of(now) + timedelta(days=_SOON_DAYS))
        .order_by(TrainingClassRow.code)
    )
    own = TrainingClassRow.institution if by.role is Role.INSTITUTION else TrainingClassRow.owner
    for row, title, name in session.execute(query.where(own == by.organisation)):
        missing = (row.min_heads or 0) - classes.enrolled(session, row)
        due = clocks.close_of(row.decide_by) if row.decide_by else None
        yield Call(
            row.code, "decide", row.institution, name, "", title, max(missing, 0),
            row.first_day.isoformat(), due, 0, None,
        )  # fmt: skip


def _findings(session: Session, by: Actor, now: datetime) -> Iterator[Call]:
    """What visits found: for the institution what it has not answered, for others what is overdue."""
    today = day_of(now)
    query = (
        select(VisitRow, CourseRow.title, OrganisationRow.name)
        .join(TrainingClassRow, TrainingClassRow.code == VisitRow.training_class)
        .join(CourseRow, CourseRow.code == TrainingClassRow.course)
        .join(OrganisationRow, OrganisationRow.code == VisitRow.institution)
        .where(VisitRow.follow_up.is_not(None))
        .order_by(VisitRow.code)
    )
    if by.role is Role.INSTITUTION:
        why = VISIT_ANSWER
        query = query.where(VisitRow.institution == by.organisation, VisitRow.status == "recorded")
    else:
        why = FOLLOW_UP
        query = query.where(
            VisitRow.status.in_(("recorded", "answered")), VisitRow.follow_up < today
        )
        if by.role is Role.OPERATOR:
            query = query.where(TrainingClassRow.owner == by.organisation)
    for row, title, name in session.execute(query):
        due = clocks.close_of(row.follow_up) if row.follow_up else None
        yield Call(
            row.code, why, row.institution, name, "", title, 0, row.day.isoformat(), due, 0, None
        )


def _call(
    session: Session,
    row: ProposalRow,
    why: str,
    party: str,
    name: str,
    title: str,
    due: datetime | None,
    by: Actor,
) -> Call:
    firm = classes.firm_name(session, row, by)
    is_firm = party == row.enterprise
    return Call(
        row.code,
        why,
        party,
        firm if is_firm else name,
        firm,
        title,
        row.heads,
        row.first_day.isoformat(),
        due,
        0,
        None,
    )


def _tries(session: Session, by: Actor) -> dict[tuple[str, str], tuple[int, datetime | None]]:
    """How often each call was tried, and when it is to be tried again."""
    rows = session.execute(
        select(ContactRow.record, ContactRow.party, ContactRow.again)
        .where(ContactRow.owner == by.organisation)
        .order_by(ContactRow.id)
    )
    found: dict[tuple[str, str], tuple[int, datetime | None]] = {}
    for record, party, again in rows:
        found[record, party] = (found.get((record, party), (0, None))[0] + 1, again)
    return found
