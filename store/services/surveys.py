"""Surveys of demand: planned with firms, trades and a last day; answers become counts that forecasts use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import (
    AssociationRow,
    DemandHistoryRow,
    OccupationRow,
    OrganisationRow,
    SurveyAnswerRow,
    SurveyRow,
)
from store.schemas.actor import Actor
from store.schemas.survey import Answered, Survey, SurveyDraft
from store.services import audit, records
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "survey"
PREFIX = "DC"
COLUMNS = ("survey", "firm", "firm_name", "trade", "trade_name", "week", "heads")
_LONGEST_SOURCE = 120
_MOST_HEADS = 500
_WEEK = timedelta(weeks=1)


def listed(session: Session, *, by: Actor) -> tuple[Survey, ...]:
    """Surveys, those that wait for answers first, then by their last day; a centre sees its own."""
    require_some(by, Act.READ, KIND)
    query = select(SurveyRow).order_by(SurveyRow.status != "planned", SurveyRow.due, SurveyRow.code)
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(SurveyRow.owner == by.organisation)
    return _views(session, session.scalars(query).all())


def shown(session: Session, code: str, *, by: Actor) -> Survey:
    """One survey."""
    return _views(session, [_row(session, code, Act.READ, by)])[0]


def plan(session: Session, draft: SurveyDraft, *, by: Actor, now: datetime) -> Survey:
    """A survey with whom it asks what, and until when."""
    require(by, Act.REGISTER, KIND, by.organisation)
    firms = OrganisationRow.kind == "enterprise"
    _refuse_unknown(session, "enterprise", OrganisationRow, draft.firms, firms)
    _refuse_unknown(session, "occupation", OccupationRow, draft.trades)
    if draft.association is not None:
        _refuse_unknown(session, "association", AssociationRow, (draft.association,))
    (code,) = records.next_codes(session, PREFIX, SurveyRow.code, 1)
    row = SurveyRow(
        code=code, owner=by.organisation, status="planned", version=1, created_at=now,
        created_by=by.login, changed_at=now, changed_by=by.login, **draft.model_dump(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.note(session, by, "register", KIND, [(code, None, draft.model_dump(mode="json"))], at=now)
    return _views(session, [row])[0]


def questions(session: Session, code: str, *, by: Actor) -> tuple[tuple[str, ...], ...]:
    """The questionnaire as rows below `COLUMNS`: a line for each firm, trade and week, heads left open."""
    one = shown(session, code, by=by)
    weeks = _weeks(one.first, one.last)
    return tuple(
        (code, firm, firm_name, trade, trade_name, week.isoformat(), "")
        for firm, firm_name in one.firms
        for trade, trade_name in one.trades
        for week in weeks
    )


def take(
    session: Session,
    code: str,
    answers: Sequence[Answered],
    source: str,
    *,
    by: Actor,
    now: datetime,
) -> Survey:
    """Answers of some firms, in place of what these firms answered before; all or none.

    They become the centre's counts of past demand for these trades and weeks, which forecasts use.
    """
    row = _row(session, code, Act.EDIT, by, for_update=True)
    if row.status == "withdrawn":
        raise ConflictError("survey_over", id=code)
    source = source.strip()
    if not 0 < len(source) <= _LONGEST_SOURCE or not source.isprintable():
        raise InvalidError("history_source", most=_LONGEST_SOURCE)
    if not answers:
        raise InvalidError("history_empty")
    _check(row, answers)
    firms = sorted({one.firm for one in answers})
    session.execute(
        delete(SurveyAnswerRow).where(
            SurveyAnswerRow.survey == code, SurveyAnswerRow.firm.in_(firms)
        )
    )
    session.add_all(
        SurveyAnswerRow(
            survey=code, firm=one.firm, trade=one.trade, week=one.week, heads=one.heads,
            source=source, login=by.login, at=now,
        )
        for one in answers
    )  # fmt: skip
    session.flush()
    _count(session, row)
    row.version += 1
    row.changed_at, row.changed_by = now, by.login
    if set(row.firms) <= set(_answered(session, code)):
        row.status = "closed"
    session.flush()
    told = {"source": source, "firms": firms, "rows": len(answers), "status": row.status}
    audit.note(session, by, "load", KIND, [(code, None, told)], at=now)
    return _views(session, [row])[0]


def withdraw(session: Session, code: str, *, by: Actor, now: datetime, reason: str = "") -> Survey:
    """Ask no more; what was answered and counted stays."""
    row = _row(session, code, Act.WITHDRAW, by, for_update=True)
    if row.status != "planned":
        raise ConflictError("survey_over", id=code)
    row.status, row.version = "withdrawn", row.version + 1
    row.changed_at, row.changed_by = now, by.login
    session.flush()
    told = (code, {"status": "planned"}, {"status": "withdrawn"})
    audit.note(session, by, "withdraw", KIND, [told], reason=reason.strip() or None, at=now)
    return _views(session, [row])[0]


def _check(row: SurveyRow, answers: Sequence[Answered]) -> None:
    seen: set[tuple[str, str, date]] = set()
    weeks = set(_weeks(row.first, row.last))
    for at, one in enumerate(answers, 1):
        key = (one.firm, one.trade, one.week)
        if one.firm not in row.firms or one.trade not in row.trades or one.week not in weeks:
            raise InvalidError("survey_answer", row=at, value=f"{one.firm} {one.trade} {one.week}")
        if key in seen:
            raise InvalidError(
                "survey_answer_twice", row=at, value=f"{one.firm} {one.trade} {one.week}"
            )
        if not 0 <= one.heads <= _MOST_HEADS:
            raise InvalidError("history_heads", row=at, value=one.heads)
        seen.add(key)


def _count(session: Session, row: SurveyRow) -> None:
    """The sums of all answers of a survey as the centre's past demand."""
    sums: dict[tuple[date, str], int] = defaultdict(int)
    for one in session.scalars(select(SurveyAnswerRow).where(SurveyAnswerRow.survey == row.code)):
        sums[one.week, one.trade] += one.heads
    table = DemandHistoryRow
    for (week, trade), heads in sorted(sums.items()):
        known = session.get(table, (row.owner, week, trade))
        if known is None:
            known = table(owner=row.owner, week=week, occupation=trade)
            session.add(known)
        known.heads, known.source, known.survey = heads, f"{row.code} {row.title}"[:120], row.code
    session.flush()


def _weeks(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + at * _WEEK for at in range((last - first).days // 7 + 1))


def _refuse_unknown(
    session: Session, kind: str, row: type, codes: Sequence[str], *conditions: object
) -> None:
    known = set(session.scalars(select(row.code).where(row.code.in_(codes), *conditions)))  # type: ignore[attr-defined,arg-type]
    for code in codes:
        if code not in known:
            raise InvalidError("unknown_reference", kind=kind, column=kind, value=code)


def _row(
    session: Session, code: str, act: Act, by: Actor, *, for_update: bool = False
) -> SurveyRow:
    require_some(by, act, KIND, code)
    row = session.get(SurveyRow, code, with_for_update=for_update, populate_existing=True)
    if row is None:
        raise NotFoundError(KIND, code)
    require(by, act, KIND, row.owner, code)
    return row


def _answered(session: Session, code: str) -> tuple[str, ...]:
    query = select(SurveyAnswerRow.firm).where(SurveyAnswerRow.survey == code).distinct()
    return tuple(sorted(session.scalars(query)))


def _views(session: Session, rows: Sequence[SurveyRow]) -> tuple[Survey, ...]:
    firms = _names(session, OrganisationRow, {code for row in rows for code in row.firms})
    trades = _names(session, OccupationRow, {code for row in rows for code in row.trades})
    committees = _names(
        session, AssociationRow, {row.association for row in rows if row.association}
    )
    heads: dict[str, int] = defaultdict(int)
    codes = [row.code for row in rows]
    for one in session.scalars(select(SurveyAnswerRow).where(SurveyAnswerRow.survey.in_(codes))):
        heads[one.survey] += one.heads
    return tuple(
        Survey(
            row.code, row.title, row.status, row.owner, row.association,
            committees.get(row.association or "", ""),
            tuple((code, firms[code]) for code in row.firms),
            tuple((code, trades[code]) for code in row.trades), row.first, row.last, row.due,
            _answered(session, row.code), heads[row.code],
        )
        for row in rows
    )  # fmt: skip


def _names(session: Session, row: type, codes: set[str]) -> Mapping[str, str]:
    query = select(row.code, row.name).where(row.code.in_(sorted(codes)))  # type: ignore[attr-defined]
    return dict(session.execute(query).all())
