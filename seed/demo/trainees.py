"""People who are trained in the invented district: every name is made of a family name and a letter.

One class was taught a year ago, with marks, results, certificates and one person short of hours; the
coming one has some of its people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import AnswerRow, NeedRow, ProposalRow, TermsRow, TrainingClassRow
from store.schemas.actor import Actor
from store.schemas.trainee import Attended, OutcomeDraft, ResultDraft, TraineeDraft
from store.services import attendance, credits, outcomes, plans, reference, results, roster, search
from store.services.attendance import Mark

_PAST = timedelta(weeks=58)
_FAMILIES = "赵钱孙李周吴郑王冯陈褚卫"
_LETTERS = "甲乙丙丁戊己庚辛壬癸子丑"
_CATEGORIES = ("employed", "veteran", "rural", "employed", "unemployed", "employed")
_SHORT = 1  # the place in the list of who stays away
_NEED, _PROPOSAL, _CLASS = "N000000", "P000000", "B000000"


def train(session: Session, today: date, *, by: Actor) -> None:
    """Rosters of two classes, and all that came of the one that is over."""
    coming = session.scalars(select(TrainingClassRow).order_by(TrainingClassRow.code)).first()
    if coming is None:
        return
    now = _morning(today)
    past = _past(session, coming)
    heads = session.get_one(ProposalRow, _PROPOSAL).heads
    before = _morning(past.first_day - timedelta(days=3))
    roster.paste(session, past.code, _people(0, heads), by=by, now=before, funding="government")
    roster.paste(session, coming.code, _people(heads, coming_heads(heads)), by=by, now=now)
    _teach(session, past, by)


def coming_heads(heads: int) -> int:
    """One place of the coming class is still free."""
    return max(1, heads - 1)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), reference.CHINA).astimezone(UTC)


def _people(first: int, count: int) -> list[TraineeDraft]:
    """赵甲, 钱乙 and so on; telephones of a range that nobody has."""
    return [
        TraineeDraft.model_validate(
            {
                "name": f"{_FAMILIES[at % 12]}{_LETTERS[at % 12]}",
                "phone": f"100{at:04d}{at * 37 % 10000:04d}",
                "number": f"BL-26{at + 1:03d}",
                "category": _CATEGORIES[at % 6],
                "evidence": "" if _CATEGORIES[at % 6] == "employed" else "社区证明（虚构）",
                "experience": "" if at == first else f"从业{2 + at % 5}年，企业证明（虚构）",
            }
        )
        for at in range(first, first + count)
    ]


def _past(session: Session, like: TrainingClassRow) -> TrainingClassRow:
    """A class like the coming one, with its need and proposal, as a store in use would still hold it."""
    plan = plans.loads(like.plan)
    days = tuple(replace(one, day=one.day - _PAST, slot=None) for one in plan.sessions)
    old = replace(plan, need=_NEED, sessions=days, assessment=None, assessment_day=None)
    first, last = old.days
    model = session.scalars(
        select(ProposalRow).where(ProposalRow.training_class == like.code)
    ).first()
    if model is None:
        raise ValueError("a class without a proposal")
    moment = _morning(first - timedelta(days=20))
    stamps = {"created_at": moment, "changed_at": moment}
    need = _copy(session.get_one(NeedRow, model.need), code=_NEED, status="closed", **stamps)
    need.earliest, need.latest, need.area = first, last, None
    dates = {"first_day": first, "last_day": last, "plan": plans.dumps(old)}
    made: TrainingClassRow = _copy(
        like, code=_CLASS, status="running", decide_by=None, **dates, **stamps
    )
    session.add_all([need, made])
    session.flush()
    search.index_records(session, [("need", _NEED, need.owner, (need.text,))])
    session.add(
        _copy(
            model,
            code=_PROPOSAL,
            need=_NEED,
            status="delivered",
            training_class=_CLASS,
            decision=None,
            terms=1,
            until=None,
            **dates,
            **stamps,
        )
    )
    session.flush()
    terms = session.get_one(TermsRow, (model.code, model.terms))
    session.add(_copy(terms, proposal=_PROPOSAL, number=1, at=moment))
    for answer in session.scalars(select(AnswerRow).where(AnswerRow.proposal == model.code)).all():
        session.add(_copy(answer, proposal=_PROPOSAL, terms=1))
    session.flush()
    return made


def _copy(row: Any, **changes: Any) -> Any:
    """The same row once more, some columns otherwise."""
    names = [column.name for column in row.__table__.columns]
    return type(row)(**{**{name: getattr(row, name) for name in names}, **changes})


def _teach(session: Session, row: TrainingClassRow, by: Actor) -> None:
    """Marks, results, certificates, credits, and what became of one of them."""
    over = _morning(row.last_day + timedelta(days=1))
    people = [seat.trainee for seat in roster.seats(session, row.code)]
    marks = [
        Mark(person, lesson.day, lesson.start, _mark(place, at))
        for place, person in enumerate(people)
        for at, lesson in enumerate(attendance.lessons_of(row))
    ]
    attendance.mark(session, row.code, marks, by=by, now=over)
    row.status = "finished"
    attendance.complete(session, row.code, by=by, now=over)
    day = row.last_day + timedelta(days=5)
    later = _morning(day)
    for place, person in enumerate(people):
        if place == _SHORT:
            continue
        said: dict[str, Any] = {"outcome": "passed", "day": day}
        if place == len(people) - 1:
            failed = ResultDraft(outcome="failed", day=day)
            results.record(session, row.code, person, failed, by=by, now=later)
            said["day"] = day + timedelta(days=30)
        certificate = ResultDraft(**said, certificate=f"XG{day:%y%m}{place + 1:04d}")
        again = _morning(said["day"])
        results.record(session, row.code, person, certificate, by=by, now=again)
    found = OutcomeDraft(kind="promoted", day=day + timedelta(days=92), note="转正为带班（虚构）")
    outcomes.put(session, people[0], found, by=by, now=_morning(found.day))
    credits.give(session, people[0], 5, "外区结业证互认（虚构）", by=by, now=later)
    row.status = "closed"


def _mark(place: int, at: int) -> Attended:
    """The one who is short stays away from every third session; others are late or on leave once."""
    if place == _SHORT and at % 3 != 0:
        return "absent"
    if at == place + 2:
        return "late"
    return "leave" if at == place * 2 + 5 else "present"
