"""一条龙: everything that came of one need on one page, from the warning before it to the work after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import (
    AttendanceRow,
    CaseRow,
    ClaimRow,
    CourseCallRow,
    CourseRow,
    EnrolmentRow,
    NeedRow,
    OpinionRow,
    OrganisationRow,
    OutcomeRow,
    ProposalRow,
    ResultRow,
    SuggestionRow,
    TrainingClassRow,
)
from store.models.base import RecordRow
from store.schemas.actor import Actor
from store.schemas.records import NeedView
from store.services import (
    attendance,
    classes,
    endorsements,
    inbox,
    listed,
    outcomes,
    records,
    reference,
    roster,
    shortage,
    training_rules,
    vacancies,
    visits,
)
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach, sees_firm_names

AHEAD, PUBLISHED, TRAINED, AFTERWARDS = STAGES = ("ahead", "published", "trained", "afterwards")
_STAGE_OF = {
    "shortage": AHEAD, "suggestion": AHEAD,
    "need": PUBLISHED, "endorsement": PUBLISHED, "vacancy": PUBLISHED,
    "case": PUBLISHED, "course_call": PUBLISHED,
    "proposal": TRAINED, "class": TRAINED, "roster": TRAINED, "attendance": TRAINED, "visit": TRAINED,
    "result": AFTERWARDS, "claim": AFTERWARDS, "opinion": AFTERWARDS, "outcome": AFTERWARDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that came of a need: the code of the record to open, its day, state and whose step it was.

    `who` is an organisation's name, else a login, empty where the reader may know neither. `figures` are
    counts by name (heads, class hours, money in fen), `note` is text of the record itself.
    """

    step: str
    code: str
    day: date | None
    state: str
    who: str
    figures: Mapping[str, int] = field(default_factory=dict)
    note: str = ""

    @property
    def stage(self) -> str:
        """Which of the four stages it belongs to."""
        return _STAGE_OF[self.step]


@dataclass(frozen=True, slots=True)
class Story:
    """A need with every step that the reader may see, in the order of the stages, and how far it has come."""

    need: NeedView
    stage: str
    steps: tuple[Step, ...]


def of_need(session: Session, need: str, *, by: Actor, today: date) -> Story:
    """What came of a need, as far as the reader may read: institutions see their own part, firms masked."""
    (view,) = listed.marked(session, (records.fetch(session, "need", need, by=by),))
    row = session.get_one(NeedRow, view.code)
    codes = [one.code for one in inbox.proposals(session, by=by, need=row.code)]
    made = session.scalars(
        select(ProposalRow)
        .where(ProposalRow.code.in_(codes))
        .order_by(ProposalRow.created_at, ProposalRow.code)
    ).all()
    found = [
        *_before(session, view, by),
        *_asked(session, row, by),
        *_arranged(session, made, by),
        *_after(session, row, made, by, today),
    ]
    steps = tuple(sorted(found, key=lambda one: STAGES.index(one.stage)))
    return Story(view, max((one.stage for one in steps), key=STAGES.index), steps)


def _before(session: Session, need: NeedView, by: Actor) -> Iterator[Step]:
    """The list of trades in urgent need that names it, the suggestion that it was made of."""
    if need.shortage and reach(by, Act.READ, "shortage") is not None:
        told = shortage.show(session, need.shortage, by=by)
        yield Step("shortage", told.code, told.valid_from, told.status, told.signed_by or "")
    query = select(SuggestionRow).where(SuggestionRow.need == need.code)
    for row in session.scalars(query.order_by(SuggestionRow.code)):
        if _may(by, "suggestion", row.owner):
            yield _step("suggestion", row, by, {"heads": row.heads})


def _asked(session: Session, row: NeedRow, by: Actor) -> Iterator[Step]:
    """The need, consultations on it, the call for a course that it waits for."""
    yield _step("need", row, by, {"heads": row.heads})
    for behind in endorsements.of_need(session, row.code, by=by):
        yield Step(
            "endorsement",
            behind.association,
            behind.day,
            "kept",
            behind.name,
            {},
            behind.note or "",
        )
    if row.vacancy is not None and reach(by, Act.READ, "vacancy") is not None:
        post = vacancies.shown(session, row.vacancy, by=by)
        figures = {"filled": post.filled, "heads": post.heads}
        yield Step(
            "vacancy", post.code, post.until, post.status, post.enterprise_name, figures, post.title
        )
    for kind, table in (("case", CaseRow), ("course_call", CourseCallRow)):
        query = select(table).where(table.need == row.code).order_by(table.code)
        for one in session.scalars(query):
            if sees_firm_names(by) and _may(by, kind, one.owner):
                yield _step(kind, one, by)


def _arranged(session: Session, made: Sequence[ProposalRow], by: Actor) -> Iterator[Step]:
    """Proposals, and each class that came of them with its people, hours and visits."""
    names = _names(session, made)
    for row in made:
        figures = {"heads": row.heads}
        day = day_of(row.created_at)
        yield Step(
            "proposal", row.code, day, row.status, names.get(row.code, ""), figures,
            classes.unnamed(session, row, by, row.reason) or "",
        )  # fmt: skip
    for code, parts in _by_class(made).items():
        group = classes.load(session, code, by=by)
        home = session.scalar(
            select(OrganisationRow.name).where(OrganisationRow.code == group.institution)
        )
        figures = {"heads": sum(part.heads for part in parts)}
        yield Step("class", code, group.first_day, group.status, home or "", figures)
        seats = _seats(session, parts, by)
        yield from _seated(session, group, seats, sum(part.heads for part in parts))
        if reach(by, Act.READ, "visit") is not None:
            for one in visits.listed(session, by=by, training_class=code):
                told = {"findings": len(one.findings)}
                yield Step("visit", one.code, one.day, one.status, one.visitor, told)


def _seated(
    session: Session, group: TrainingClassRow, seats: Sequence[EnrolmentRow], heads: int
) -> Iterator[Step]:
    """Who of the need's people sits in the class, and the hours that they attended."""
    if not seats:
        return
    newest = max(seats, key=lambda seat: seat.at)
    is_done = any(seat.status == "completed" for seat in seats)
    state = "completed" if is_done else "enrolled"
    figures = {"seated": len(seats), "heads": heads}
    yield Step("roster", group.code, day_of(newest.at), state, newest.login, figures)
    ids = [seat.id for seat in seats]
    marks = attendance.marks_of(session, ids)
    if not marks:
        return
    rules = training_rules.rules(session)
    lessons = attendance.lessons_of(group)
    is_over = group.last_day < attendance.sheets_due(session, reference.today(session))
    stands = [
        attendance.standing(lessons, marks.get(seat.id, {}), rules, seat.funding, is_over=is_over)
        for seat in seats
    ]
    last = session.scalars(
        select(AttendanceRow)
        .where(AttendanceRow.enrolment.in_(ids))
        .order_by(AttendanceRow.day.desc(), AttendanceRow.at.desc())
    ).first()
    counted = {
        "attended": sum(one.attended for one in stands),
        "hours": sum(one.total for one in stands),
        "short": sum(one.is_lost for one in stands),
    }
    state = "running" if any(one.ahead for one in stands) else "finished"
    yield Step(
        "attendance", group.code, last.day if last else None, state, last.login if last else "",
        counted,
    )  # fmt: skip


def _after(
    session: Session, row: NeedRow, made: Sequence[ProposalRow], by: Actor, today: date
) -> Iterator[Step]:
    """Results and certificates, claims, what was said of the class, what became of the people."""
    for code, parts in _by_class(made).items():
        seats = _seats(session, parts, by)
        query = select(ResultRow).where(
            ResultRow.enrolment.in_([seat.id for seat in seats]), ResultRow.voided.is_(None)
        )
        results = session.scalars(query.order_by(ResultRow.day, ResultRow.id)).all()
        if results:
            yield _assessed(code, results)
        claims = select(ClaimRow).where(
            ClaimRow.training_class == code, ClaimRow.enterprise == row.enterprise
        )
        for one in session.scalars(claims.order_by(ClaimRow.code)):
            if _may(by, "claim", one.owner):
                yield _step("claim", one, by, {"amount_fen": one.amount_fen})
        if reach(by, Act.REGISTER, "evaluation") is not None:
            yield from _said(session, code)
        yield from _became(session, code, results, today)


def _assessed(code: str, results: Sequence[ResultRow]) -> Step:
    passed = [one for one in results if one.outcome == "passed"]
    figures = {
        "passed": len({one.enrolment for one in passed}),
        "assessed": len({one.enrolment for one in results}),
        "certificates": sum(one.certificate is not None for one in passed),
    }
    last = results[-1]
    return Step("result", code, last.day, "passed" if passed else "failed", last.login, figures)


def _said(session: Session, code: str) -> Iterator[Step]:
    """How many have rated the class; what they said is told with the scores of a quarter only."""
    count, day = session.execute(
        select(func.count(), func.max(OpinionRow.day)).where(OpinionRow.training_class == code)
    ).one()
    if count:
        last = session.scalars(
            select(OpinionRow.login)
            .where(OpinionRow.training_class == code, OpinionRow.day == day)
            .order_by(OpinionRow.id.desc())
        ).first()
        yield Step("opinion", code, day, "kept", last or "", {"answers": count})


def _became(
    session: Session, code: str, results: Sequence[ResultRow], today: date
) -> Iterator[Step]:
    """The work of those certified, from the day on which they are to be asked."""
    passed = [one for one in results if one.outcome == "passed"]
    if not passed:
        return
    days = timedelta(days=training_rules.rules(session).outcome_days)
    due = [one for one in passed if one.day + days <= today]
    told = session.scalars(
        select(OutcomeRow)
        .where(OutcomeRow.result.in_([one.id for one in passed]))
        .order_by(OutcomeRow.day, OutcomeRow.at)
    ).all()
    asked = [one for one in told if one.kind != "not_reached"]
    figures = {
        "in_work": sum(one.kind in outcomes.IN_WORK for one in asked),
        "asked": len(asked),
        "due": len(due),
    }
    state = "due" if len(due) > len(asked) else "asked" if asked else "ahead"
    day = told[-1].day if told else passed[0].day + days
    yield Step("outcome", code, day, state, told[-1].login if told else "", figures)


def _by_class(made: Sequence[ProposalRow]) -> Mapping[str, list[ProposalRow]]:
    """Proposals that have come to a class, by its code."""
    found: dict[str, list[ProposalRow]] = {}
    for row in made:
        if row.training_class is not None:
            found.setdefault(row.training_class, []).append(row)
    return found


def _seats(session: Session, parts: Sequence[ProposalRow], by: Actor) -> Sequence[EnrolmentRow]:
    """Places of some proposals that people sit on, where the reader may see who is trained."""
    codes = [part.code for part in parts if _may(by, "trainee", part.owner)]
    return session.scalars(
        select(EnrolmentRow)
        .where(EnrolmentRow.proposal.in_(codes), EnrolmentRow.status.in_(roster.SEATED))
        .order_by(EnrolmentRow.id)
    ).all()


def _names(session: Session, made: Sequence[ProposalRow]) -> Mapping[str, str]:
    """Whose course each proposal is of."""
    rows = session.execute(
        select(ProposalRow.code, OrganisationRow.name)
        .join(CourseRow, CourseRow.code == ProposalRow.course)
        .join(OrganisationRow, OrganisationRow.code == CourseRow.institution)
        .where(ProposalRow.code.in_([row.code for row in made]))
    )
    return {code: name for code, name in rows}


def _step(step: str, row: RecordRow, by: Actor, figures: Mapping[str, int] | None = None) -> Step:
    """A record of its own: the day it was made, its state, who made it."""
    who = row.created_by if sees_firm_names(by) else ""
    return Step(step, row.code, day_of(row.created_at), row.status, who, figures or {})


def _may(by: Actor, kind: str, owner: str) -> bool:
    allowed = reach(by, Act.READ, kind)
    return allowed is Reach.ANY or (allowed is Reach.OWN and owner == by.organisation)
