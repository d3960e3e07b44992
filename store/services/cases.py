"""咨询单: questions about needs that no offering fits, put to experts, noted, closed with an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import CASE, NEED
from store.models import (
    CaseNoteRow,
    CaseRow,
    ExpertRow,
    NeedRow,
    OrganisationRow,
)
from store.schemas.actor import Actor
from store.schemas.fields import STORED
from store.schemas.support import CaseNote, CaseView
from store.services import audit, clocks, experts, matchmaking, records, reference
from store.services.dealing import reason_given
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "case"
OUTCOMES = ("advice", "course", "none")
_MOST = 500


def begin(
    session: Session, need: str, question: str, *, despite: bool = False, by: Actor, today: date
) -> CaseView:
    """A case on a need of the actor's own; refused where offerings fit, unless `despite` says to go on."""
    require_some(by, Act.REGISTER, KIND, need)
    row = session.get(NeedRow, need, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("need", need)
    require(by, Act.REGISTER, KIND, row.owner, need)
    asked = reason_given(question)
    there = select(CaseRow.code).where(CaseRow.need == need, CaseRow.status != "closed")
    if (code := session.scalar(there.limit(1))) is not None:
        raise ConflictError("case_there", id=code, need=need)
    if row.status not in ("open", "matched", "bespoke"):
        raise ConflictError("case_need_state", need=need, state=row.status)
    fits = 0
    if row.status != "bespoke":
        found = matchmaking.rank_bundles(session, need, by=by, today=today)
        fits = len(found.ranking.bundles)
    if fits and not despite:
        raise ConflictError("case_fits", need=need, count=fits)
    now = datetime.now(UTC)
    (code,) = records.next_codes(session, "ZX", CaseRow.code, 1)
    case = CaseRow(
        code=code, status="open", owner=row.owner, version=1, need=need, question=asked, fits=fits,
        until=_clock(session, today),
        created_at=now, created_by=by.login, changed_at=now, changed_by=by.login,
    )  # fmt: skip
    session.add(case)
    session.flush()
    audit.note(session, by, "register", KIND, [(code, None, _kept(case))])
    return _views(session, [case])[0]


def assign(
    session: Session, code: str, expert: str | None = None, *, by: Actor, today: date
) -> CaseView:
    """Give a case to an expert; without a name to the one suggested first."""
    case = _own(session, code, by)
    step = CASE.step("assign", case.status, code)
    if expert is None:
        found = experts.suggest(session, case.need, by=by, today=today)
        if not found:
            raise ConflictError("no_expert", need=case.need)
        expert = found[0].expert.code
    before = _kept(case)
    case.expert = experts.in_term(session, expert, today).code
    case.until = _clock(session, today)
    return _saved(session, case, "assign", step.after, before, by)


def note(session: Session, code: str, text: str, *, by: Actor, today: date) -> CaseView:
    """Keep what was said; the clock begins anew."""
    case = _own(session, code, by)
    step = CASE.step("note", case.status, code)
    before = _kept(case)
    _say(session, code, text, by)
    case.until = _clock(session, today)
    return _saved(session, case, "note", step.after, before, by)


def close(session: Session, code: str, outcome: str, text: str, *, by: Actor) -> CaseView:
    """End a case: with advice, with none, or with a course to be made, for which the need waits."""
    case = _own(session, code, by)
    step = CASE.step("close", case.status, code)
    if outcome not in OUTCOMES:
        raise InvalidError("case_outcome", outcome=outcome, known=", ".join(OUTCOMES))
    before = _kept(case)
    _say(session, code, text, by)
    if outcome == "course":
        need = session.get_one(NeedRow, case.need, with_for_update=True, populate_existing=True)
        if need.status != "bespoke":
            divert(session, need, by)
    case.outcome, case.until = outcome, None
    return _saved(session, case, "close", step.after, before, by)


def listed(session: Session, status: str | None = None, *, by: Actor) -> tuple[CaseView, ...]:
    """Cases that are not closed (or in a state), the next due first."""
    require_some(by, Act.READ, KIND)
    query = select(CaseRow).order_by(CaseRow.until, CaseRow.code).limit(_MOST)
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(CaseRow.owner == by.organisation)
    if status is None:
        query = query.where(CaseRow.status != "closed")
    elif status not in CASE.states:
        raise InvalidError("unknown_state", state=status, known=", ".join(CASE.states))
    else:
        query = query.where(CaseRow.status == status)
    return _views(session, session.scalars(query).all())


def shown(session: Session, code: str, *, by: Actor) -> CaseView:
    """One case with its notes."""
    require_some(by, Act.READ, KIND, code)
    case = session.get(CaseRow, code)
    if case is None:
        raise NotFoundError(KIND, code)
    require(by, Act.READ, KIND, case.owner, code)
    return _views(session, [case])[0]


def divert(session: Session, need: NeedRow, by: Actor) -> None:
    """Out of matching, until a course is made for it."""
    _move(session, need, "divert", by)


def give_back(session: Session, need: NeedRow, by: Actor) -> None:
    """Into matching again."""
    _move(session, need, "return", by)


def _move(session: Session, need: NeedRow, act: str, by: Actor) -> None:
    before = need.status
    need.status = NEED.step(act, before, need.code).after
    need.version += 1
    need.changed_at, need.changed_by = datetime.now(UTC), by.login
    session.flush()
    told = (need.code, {"status": before}, {"status": need.status})
    audit.note(session, by, act, "need", [told])


def _own(session: Session, code: str, by: Actor) -> CaseRow:
    require_some(by, Act.EDIT, KIND, code)
    case = session.get(CaseRow, code, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFoundError(KIND, code)
    require(by, Act.EDIT, KIND, case.owner, code)
    return case


def _say(session: Session, code: str, text: str, by: Actor) -> None:
    said = reason_given(text)
    session.add(CaseNoteRow(case=code, text=said, login=by.login, at=datetime.now(UTC)))


def _clock(session: Session, today: date) -> datetime:
    days = clocks.clocks(session).case_days
    return clocks.after_workdays(reference.calendar(session), clocks.close_of(today), days)


def _saved(
    session: Session, case: CaseRow, act: str, after: str, before: dict[str, object], by: Actor
) -> CaseView:
    case.status, case.version = after, case.version + 1
    case.changed_at, case.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, act, KIND, [(case.code, before, _kept(case))])
    return _views(session, [case])[0]


def _views(session: Session, rows: Sequence[CaseRow]) -> tuple[CaseView, ...]:
    needs = {
        code: (text, firm)
        for code, text, firm in session.execute(
            select(NeedRow.code, NeedRow.text, OrganisationRow.name)
            .join(OrganisationRow, OrganisationRow.code == NeedRow.enterprise)
            .where(NeedRow.code.in_([row.need for row in rows]))
        )
    }
    people = select(ExpertRow.code, ExpertRow.name)
    names = dict(
        session.execute(
            people.where(ExpertRow.code.in_({r.expert for r in rows if r.expert}))
        ).all()
    )
    said: dict[str, list[CaseNote]] = {}
    notes = select(CaseNoteRow).where(CaseNoteRow.case.in_([row.code for row in rows]))
    for one in session.scalars(notes.order_by(CaseNoteRow.id)):
        said.setdefault(one.case, []).append(CaseNote(at=one.at, login=one.login, text=one.text))
    found = []
    for row in rows:
        view = CaseView.model_validate(row, context=STORED)
        text, firm = needs.get(row.need, ("", ""))
        told = {
            "need_text": text,
            "enterprise_name": firm,
            "expert_name": names.get(row.expert or "", ""),
            "notes": tuple(said.get(row.code, ())),
        }
        found.append(view.model_copy(update=told))
    return tuple(found)


def _kept(case: CaseRow) -> dict[str, object]:
    return {
        "status": case.status, "need": case.need, "expert": case.expert, "outcome": case.outcome,
    }  # fmt: skip
