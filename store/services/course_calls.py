"""课程开发征集: what a course is to be that nobody offers, sealed bids on it, one chosen with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import COURSE_CALL
from store.models import (
    CourseBidRow,
    CourseCallRow,
    InstructorRow,
    NeedRow,
    OccupationRow,
)
from store.schemas.actor import SYSTEM, Actor
from store.schemas.fields import LADDER
from store.schemas.records import CourseDraft, OccupationPart
from store.schemas.support import BidDraft, CourseCallDraft, CourseCallView
from store.services import audit, call_views, cases, clocks, naming, records, wanted
from store.services.dealing import reason_given
from store.services.rights import Act, require, require_some

KIND = "course_call"
BID = "course_bid"
_LONGEST = timedelta(days=180)


def begin(
    session: Session, need: str | None, draft: CourseCallDraft, *, by: Actor, today: date
) -> CourseCallView:
    """A call for a need of the actor's own, or without one for the unmet demand of a trade.

    The need waits outside matching until a course is made for it. What is left out of the draft is taken
    from it: trade, level, heads, the most it would pay.
    """
    require_some(by, Act.REGISTER, KIND, need or "")
    row = None if need is None else _need(session, need, by)
    require(by, Act.REGISTER, KIND, by.organisation)
    if not today < draft.deadline <= today + _LONGEST:
        raise InvalidError("call_deadline", day=draft.deadline.isoformat(), most=_LONGEST.days)
    occupation = draft.occupation or (_trade_of(session, need, by) if need else None)
    if occupation is None:
        raise InvalidError("call_for_what")
    if session.get(OccupationRow, occupation) is None:
        raise NotFoundError("occupation", occupation)
    level = draft.level or (row.level if row else None)
    unmet = _unmet(session, occupation, level, today)
    heads = draft.heads or unmet or (row.heads if row else 0)
    if heads < 1:
        raise ConflictError("call_no_heads", id=occupation)
    if row is not None and row.status != "bespoke":
        cases.divert(session, row, by)
    now = datetime.now(UTC)
    (code,) = records.next_codes(session, "KF", CourseCallRow.code, 1)
    call = CourseCallRow(
        code=code, status="open", owner=by.organisation, version=1, need=need,
        occupation=occupation, level=level,
        title=draft.title or _title(session, occupation, level), modules=draft.modules,
        theory_hours=draft.theory_hours, practice_hours=draft.practice_hours,
        heads=heads, unmet=unmet, deadline=draft.deadline,
        created_at=now, created_by=by.login, changed_at=now, changed_by=by.login,
    )  # fmt: skip
    call.ceiling = draft.ceiling if draft.ceiling is not None else (row.budget if row else None)
    session.add(call)
    session.flush()
    audit.note(session, by, "register", KIND, [(code, None, _kept(call))])
    return call_views.view(session, call, by)


def bid(session: Session, code: str, draft: BidDraft, *, by: Actor, today: date) -> CourseCallView:
    """An institution's own bid; a second one takes the place of the first, until the deadline is over."""
    require(by, Act.REGISTER, BID, by.organisation, code)
    call = _load(session, code)
    COURSE_CALL.step("bid", call.status, code)
    if today > call.deadline:
        raise ConflictError("call_over", id=code, day=call.deadline.isoformat())
    if call.ceiling is not None and draft.price > call.ceiling:
        raise InvalidError("bid_above", price=str(draft.price), ceiling=str(call.ceiling))
    for person in draft.instructors:
        known = session.get(InstructorRow, person)
        if known is None or known.institution != by.organisation or known.status != "active":
            raise NotFoundError("instructor", person)
    row = _bid_of(session, code, by.organisation)
    before = None if row is None else call_views.kept_bid(row)
    if row is None:
        row = CourseBidRow(call=code, institution=by.organisation)
        session.add(row)
    row.price, row.plan, row.instructors = draft.price, draft.plan, draft.instructors
    row.login, row.at = by.login, datetime.now(UTC)
    session.flush()
    audit.note(session, by, "bid", BID, [(code, before, call_views.kept_bid(row))])
    return call_views.view(session, call, by)


def take_back(session: Session, code: str, *, by: Actor, today: date) -> CourseCallView:
    """Take one's own bid back before the deadline is over."""
    require(by, Act.WITHDRAW, BID, by.organisation, code)
    call = _load(session, code)
    COURSE_CALL.step("bid", call.status, code)
    if today > call.deadline:
        raise ConflictError("call_over", id=code, day=call.deadline.isoformat())
    row = _bid_of(session, code, by.organisation)
    if row is None:
        raise NotFoundError(BID, code)
    before = call_views.kept_bid(row)
    session.delete(row)
    session.flush()
    audit.note(session, by, "withdraw", BID, [(code, before, None)])
    return call_views.view(session, call, by)


def close(session: Session, code: str, *, by: Actor, today: date) -> CourseCallView:
    """Open the bids once the deadline is over; not before, so that nobody's bid is seen in time."""
    call = _own(session, code, Act.EDIT, by)
    step = COURSE_CALL.step("close", call.status, code)
    if today <= call.deadline:
        raise ConflictError("call_open", id=code, day=call.deadline.isoformat())
    return _saved(session, call, "close", step.after, by)


def is_due(session: Session, today: date) -> bool:
    """Whether the deadline of any open call is over."""
    return session.scalar(_over(today).limit(1)) is not None


def close_over(session: Session, now: datetime) -> tuple[str, ...]:
    """What the passing of time does: calls whose deadline is over are closed."""
    today = clocks.day_of(now)
    codes = tuple(session.scalars(_over(today)))
    for code in codes:
        close(session, code, by=SYSTEM, today=today)
    return codes


def choose(
    session: Session, code: str, institution: str, *, reason: str, by: Actor
) -> CourseCallView:
    """Choose one bid and say why: its course is drafted for the institution, the need is matched again."""
    call = _own(session, code, Act.EDIT, by)
    why = reason_given(reason)
    step = COURSE_CALL.step("choose", call.status, code)
    row = _bid_of(session, code, institution)
    if row is None:
        raise NotFoundError(BID, institution)
    price: Decimal = row.price
    draft = CourseDraft(
        institution=institution,
        title=call.title,
        occupations=(OccupationPart(code=call.occupation, confirmed_by=by.login),),
        level=call.level,
        theory_hours=call.theory_hours,
        practice_hours=call.practice_hours,
        price=price,
        max_heads=min(call.heads, 500),
        status="draft",
    )
    # The award makes the draft, whoever awards it; the institution completes and publishes it.
    course = records.register(session, draft, by=SYSTEM).code
    _return(session, call, by)
    call.course, call.chosen, call.reason = course, institution, why
    return _saved(session, call, "choose", step.after, by, why)


def cancel(session: Session, code: str, *, reason: str, by: Actor) -> CourseCallView:
    """Give a call up; the need is matched again."""
    call = _own(session, code, Act.WITHDRAW, by)
    why = reason_given(reason)
    step = COURSE_CALL.step("cancel", call.status, code)
    _return(session, call, by)
    call.reason = why
    return _saved(session, call, "cancel", step.after, by, why)


def _need(session: Session, need: str, by: Actor) -> NeedRow:
    """A need of the actor's own that no call is about yet."""
    row = session.get(NeedRow, need, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("need", need)
    require(by, Act.REGISTER, KIND, row.owner, need)
    there = select(CourseCallRow.code).where(
        CourseCallRow.need == need, CourseCallRow.status.in_(("open", "closed"))
    )
    if (code := session.scalar(there.limit(1))) is not None:
        raise ConflictError("call_there", id=code, need=need)
    return row


def _unmet(session: Session, occupation: str, level: int | None, today: date) -> int:
    """Heads of the whole district that nothing is arranged for."""
    return sum(
        one.left
        for one in wanted.wanted(session, by=SYSTEM, today=today)
        if one.is_open and one.occupation == occupation and level in (None, one.level)
    )


def _return(session: Session, call: CourseCallRow, by: Actor) -> None:
    if call.need is None:
        return
    need = session.get_one(NeedRow, call.need, with_for_update=True, populate_existing=True)
    if need.status == "bespoke":
        cases.give_back(session, need, by)


def _over(today: date) -> Select[str]:
    row = CourseCallRow
    return select(row.code).where(row.status == "open", row.deadline < today).order_by(row.code)


def _load(session: Session, code: str) -> CourseCallRow:
    call = session.get(CourseCallRow, code, with_for_update=True, populate_existing=True)
    if call is None:
        raise NotFoundError(KIND, code)
    return call


def _own(session: Session, code: str, act: Act, by: Actor) -> CourseCallRow:
    require_some(by, act, KIND, code)
    call = _load(session, code)
    require(by, act, KIND, call.owner, code)
    return call


def _bid_of(session: Session, code: str, institution: str) -> CourseBidRow | None:
    row = CourseBidRow
    return session.scalars(
        select(row).where(row.call == code, row.institution == institution).with_for_update()
    ).first()


def _trade_of(session: Session, need: str, by: Actor) -> str:
    found = records.fetch(session, "need", need, by=by).occupations
    if not found:
        raise ConflictError("call_trade", need=need)
    return str(found[0].code)


def _title(session: Session, occupation: str, level: int | None) -> str:
    name = naming.occupation_names(session, {occupation}).get(occupation, occupation)
    return name + (LADDER[level - 1] if level else "")


def _saved(
    session: Session,
    call: CourseCallRow,
    act: str,
    after: str,
    by: Actor,
    reason: str | None = None,
) -> CourseCallView:
    before = {"status": call.status}
    call.status, call.version = after, call.version + 1
    call.changed_at, call.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, act, KIND, [(call.code, before, _kept(call))], reason=reason)
    return call_views.view(session, call, by)


def _kept(call: CourseCallRow) -> dict[str, object]:
    return {
        "status": call.status, "need": call.need, "title": call.title, "heads": call.heads,
        "deadline": call.deadline.isoformat(), "chosen": call.chosen, "course": call.course,
    }  # fmt: skip
