"""岗位: what firms look for, needs that train for it beforehand, certificate holders referred to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import (
    EnrolmentRow,
    LevelRow,
    NeedRow,
    OccupationRow,
    OrganisationRow,
    OutcomeRow,
    ProposalRow,
    ReferralRow,
    ResultRow,
    TraineeRow,
    VacancyRow,
)
from store.schemas.actor import Actor
from store.schemas.trainee import masked_name
from store.schemas.vacancy import AnswerDraft, Referral, Vacancy, VacancyDraft
from store.services import audit, naming, records, search, trainees
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "vacancy"
PREFIX = "GW"
TRAINS_FOR = ("pre_post", "order", "directed")  # types of needs that may be linked to a vacancy


def listed(session: Session, *, by: Actor, enterprise: str | None = None) -> tuple[Vacancy, ...]:
    """Vacancies that stand, of a firm where asked for, by their last day."""
    require_some(by, Act.READ, KIND)
    query = select(VacancyRow).where(VacancyRow.status == "active")
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(VacancyRow.owner == by.organisation)
    if enterprise is not None:
        query = query.where(VacancyRow.enterprise == enterprise)
    return _views(session, session.scalars(query.order_by(VacancyRow.until, VacancyRow.code)).all())


def shown(session: Session, code: str, *, by: Actor) -> Vacancy:
    """One vacancy with the people referred to it whom the actor may see."""
    return _whole(session, _row(session, code, Act.READ, by), by)


def _whole(session: Session, row: VacancyRow, by: Actor) -> Vacancy:
    """A vacancy with the people referred to it whom the actor may see."""
    (one,) = _views(session, [row])
    allowed = reach(by, Act.READ, trainees.KIND)
    query = select(ReferralRow).where(ReferralRow.vacancy == row.code)
    if allowed is not Reach.ANY:
        own = select(TraineeRow.code).where(TraineeRow.owner == by.organisation)
        query = query.where(ReferralRow.trainee.in_(own))
    rows = session.scalars(query.order_by(ReferralRow.day, ReferralRow.id)).all()
    return replace(one, referrals=_referrals(session, rows) if allowed is not None else ())


def register(session: Session, draft: VacancyDraft, *, by: Actor, now: datetime) -> Vacancy:
    """A vacancy of a firm; its occupation is what was said, else what the title surely means."""
    require(by, Act.REGISTER, KIND, by.organisation)
    firm = session.get(OrganisationRow, draft.enterprise)
    if firm is None or firm.kind != "enterprise" or firm.status == "withdrawn":
        raise NotFoundError("enterprise", draft.enterprise)
    said = _said(session, draft, now)
    (code,) = records.next_codes(session, PREFIX, VacancyRow.code, 1)
    row = VacancyRow(
        code=code, owner=by.organisation, status="active", version=1, created_at=now,
        created_by=by.login, changed_at=now, changed_by=by.login, **said,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _index(session, row)
    audit.note(session, by, "register", KIND, [(code, None, _kept(row))], at=now)
    return _views(session, [row])[0]


def edit(session: Session, code: str, draft: VacancyDraft, *, by: Actor, now: datetime) -> Vacancy:
    """Other words, heads or another day for a vacancy of the same firm; not fewer heads than were found."""
    row = _row(session, code, Act.EDIT, by, for_update=True)
    _refuse_over(row)
    if draft.enterprise != row.enterprise:
        raise ConflictError("vacancy_other_firm", id=code)
    filled = _filled(session, [code]).get(code, 0)
    if draft.heads < filled:
        raise ConflictError("vacancy_filled", id=code, filled=filled)
    before = _kept(row)
    for name, value in _said(session, draft, now).items():
        setattr(row, name, value)
    _index(session, row)
    return _saved(session, row, "edit", before, by, now)


def withdraw(session: Session, code: str, *, by: Actor, now: datetime, reason: str = "") -> Vacancy:
    """Look for nobody any more; what came of it stays."""
    row = _row(session, code, Act.WITHDRAW, by, for_update=True)
    if row.status != "active":
        raise ConflictError("already_withdrawn", kind=KIND, id=code)
    before = _kept(row)
    row.status = "withdrawn"
    search.forget_records(session, KIND, [code])
    return _saved(session, row, "withdraw", before, by, now, reason)


def reinstate(session: Session, code: str, *, by: Actor, now: datetime) -> Vacancy:
    """Look again, for a vacancy that was withdrawn and whose last day is not over."""
    row = _row(session, code, Act.WITHDRAW, by, for_update=True)
    if row.status == "active":
        raise ConflictError("nothing_to_undo", id=code)
    if row.until < day_of(now):
        raise InvalidError("vacancy_past", day=row.until)
    before = _kept(row)
    row.status = "active"
    _index(session, row)
    return _saved(session, row, "reinstate", before, by, now)


def link(session: Session, code: str, need: str, *, by: Actor, now: datetime) -> Vacancy:
    """Say that a need of the same firm trains for a vacancy; a need trains for one."""
    row = _row(session, code, Act.EDIT, by, for_update=True)
    _refuse_over(row)
    asked = _need(session, need, by)
    if asked.enterprise != row.enterprise:
        raise ConflictError("vacancy_firm", id=code, need=need)
    if asked.type not in TRAINS_FOR:
        raise ConflictError("vacancy_need_type", need=need)
    before = {"needs": list(_needs(session, [code])[code]), "moved_from": asked.vacancy}
    asked.vacancy = code
    return _saved(session, row, "link", before, by, now, told={"needs": need})


def unlink(session: Session, need: str, *, by: Actor, now: datetime) -> Vacancy:
    """Say that a need trains for no vacancy."""
    asked = _need(session, need, by)
    if asked.vacancy is None:
        raise NotFoundError(KIND, need)
    row = _row(session, asked.vacancy, Act.EDIT, by, for_update=True)
    before = {"needs": list(_needs(session, [row.code])[row.code])}
    asked.vacancy = None
    return _saved(session, row, "unlink", before, by, now, told={"needs": need})


def refer(session: Session, code: str, trainee: str, *, by: Actor, now: datetime) -> Referral:
    """Refer somebody who holds a certificate to a vacancy that is open, once."""
    person = trainees.load(session, trainee, by=by, act=Act.EDIT)
    row = _row(session, code, Act.READ, by, for_update=True)
    _refuse_over(row)
    day = day_of(now)
    if row.until < day:
        raise ConflictError("vacancy_over", id=code)
    if person.status != "active":
        raise ConflictError("trainee_not_active", id=trainee, state=person.status)
    family = trainees.codes_of(session, trainee)
    if not _is_certified(session, family, day):
        raise ConflictError("referral_certificate", trainee=trainee)
    there = select(ReferralRow.id).where(
        ReferralRow.vacancy == code, ReferralRow.trainee.in_(family)
    )
    if session.scalar(there.limit(1)) is not None:
        raise ConflictError("referral_there", id=code, trainee=trainee)
    made = ReferralRow(
        vacancy=code, trainee=trainee, day=day, result="open", login=by.login, at=now
    )
    session.add(made)
    session.flush()
    told = (code, None, {"trainee": trainee, "day": day.isoformat()})
    audit.note(session, by, "refer", KIND, [told], at=now)
    return _referrals(session, [made])[0]


def answer(
    session: Session, code: str, trainee: str, draft: AnswerDraft, *, by: Actor, now: datetime
) -> Referral:
    """What came of a referral; a second answer replaces the first."""
    trainees.load(session, trainee, by=by, act=Act.EDIT)
    _row(session, code, Act.READ, by, for_update=True)
    family = trainees.codes_of(session, trainee)
    query = select(ReferralRow).where(ReferralRow.vacancy == code, ReferralRow.trainee.in_(family))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFoundError("referral", f"{code} {trainee}")
    if not row.day <= draft.day <= day_of(now):
        raise ConflictError("referral_day", first=row.day, last=day_of(now))
    before = {"trainee": trainee, "result": row.result}
    row.result, row.result_day, row.note = draft.result, draft.day, draft.note
    row.login, row.at = by.login, now
    session.flush()
    after = {"trainee": trainee, "result": draft.result, "day": draft.day.isoformat()}
    audit.note(session, by, "answer", KIND, [(code, before, after)], at=now)
    return _referrals(session, [row])[0]


def of_people(session: Session, codes: Sequence[str]) -> tuple[Referral, ...]:
    """Where people were referred to, the earliest first; rights are the caller's."""
    query = select(ReferralRow).where(ReferralRow.trainee.in_(codes))
    rows = session.scalars(query.order_by(ReferralRow.day, ReferralRow.id)).all()
    return _referrals(session, rows)


def require_known(session: Session, code: str | None, *, by: Actor) -> None:
    """Refuse a vacancy that is not there or is not to be seen."""
    if code is not None:
        _row(session, code, Act.READ, by)


def _said(session: Session, draft: VacancyDraft, now: datetime) -> dict[str, Any]:
    """A draft as columns, once what it names is known and its last day is to come."""
    if draft.occupation is not None and session.get(OccupationRow, draft.occupation) is None:
        raise NotFoundError("occupation", draft.occupation)
    if draft.level is not None and session.get(LevelRow, draft.level) is None:
        raise NotFoundError("skill_level", str(draft.level))
    if draft.until < day_of(now):
        raise InvalidError("vacancy_past", day=draft.until)
    occupation = draft.occupation or naming.sure_meaning(session, draft.title)
    return {**draft.model_dump(), "occupation": occupation}


def _index(session: Session, row: VacancyRow) -> None:
    """Found by its title and by its firm."""
    firm = _firms(session, {row.enterprise})[row.enterprise]
    search.index_record(session, KIND, row.code, row.owner, [f"{row.title} {firm}"])


def _is_certified(session: Session, family: Sequence[str], day: date) -> bool:
    query = (
        select(ResultRow.id)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .where(EnrolmentRow.trainee.in_(family))
        .where(ResultRow.outcome == "passed", ResultRow.voided.is_(None))
        .where((ResultRow.valid_to.is_(None)) | (ResultRow.valid_to >= day))
    )
    return session.scalar(query.limit(1)) is not None


def _refuse_over(row: VacancyRow) -> None:
    if row.status != "active":
        raise ConflictError("vacancy_over", id=row.code)


def _row(
    session: Session, code: str, act: Act, by: Actor, *, for_update: bool = False
) -> VacancyRow:
    require_some(by, act, KIND, code)
    row = session.get(VacancyRow, code, with_for_update=for_update, populate_existing=True)
    if row is None:
        raise NotFoundError(KIND, code)
    require(by, act, KIND, row.owner, code)
    return row


def _need(session: Session, need: str, by: Actor) -> NeedRow:
    require_some(by, Act.EDIT, "need", need)
    row = session.get(NeedRow, need, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("need", need)
    require(by, Act.EDIT, "need", row.owner, need)
    return row


def _saved(
    session: Session,
    row: VacancyRow,
    act: str,
    before: Mapping[str, object],
    by: Actor,
    now: datetime,
    reason: str = "",
    *,
    told: Mapping[str, object] | None = None,
) -> Vacancy:
    row.version += 1
    row.changed_at, row.changed_by = now, by.login
    session.flush()
    change = (row.code, before, told or _kept(row))
    audit.note(session, by, act, KIND, [change], reason=reason.strip() or None, at=now)
    return _whole(session, row, by)


def _kept(row: VacancyRow) -> dict[str, object]:
    names = ("enterprise", "title", "occupation", "level", "heads", "note", "status")
    return {**{name: getattr(row, name) for name in names}, "until": row.until.isoformat()}


def _filled(session: Session, codes: Sequence[str]) -> Mapping[str, int]:
    """People who took a post, by what came of their referral or what they do ninety days after."""
    hired = select(ReferralRow.vacancy, ReferralRow.trainee).where(
        ReferralRow.vacancy.in_(codes), ReferralRow.result == "hired"
    )
    later = (
        select(OutcomeRow.vacancy, EnrolmentRow.trainee)
        .join(ResultRow, ResultRow.id == OutcomeRow.result)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .where(OutcomeRow.vacancy.in_(codes))
    )
    found: dict[str, set[str]] = defaultdict(set)
    people: Sequence[Any] = session.execute(union(hired, later)).all()
    into = trainees.merged(session) if people else {}
    for vacancy, trainee in people:
        found[vacancy].add(into.get(trainee, trainee))
    return {vacancy: len(people) for vacancy, people in found.items()}


def _needs(session: Session, codes: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    query = select(NeedRow.vacancy, NeedRow.code).where(NeedRow.vacancy.in_(codes))
    for vacancy, need in session.execute(query.order_by(NeedRow.code)):
        found[str(vacancy)].append(need)
    return found


def _classes(session: Session, codes: Sequence[str]) -> Mapping[str, list[str]]:
    """Classes that a need of a vacancy has come to."""
    found: dict[str, list[str]] = defaultdict(list)
    query = (
        select(NeedRow.vacancy, ProposalRow.training_class)
        .join(ProposalRow, ProposalRow.need == NeedRow.code)
        .where(NeedRow.vacancy.in_(codes), ProposalRow.training_class.is_not(None))
        .distinct()
    )
    for vacancy, group in session.execute(query.order_by(ProposalRow.training_class)):
        found[str(vacancy)].append(str(group))
    return found


def _views(session: Session, rows: Sequence[VacancyRow]) -> tuple[Vacancy, ...]:
    codes = [row.code for row in rows]
    firms = _firms(session, {row.enterprise for row in rows})
    trades = naming.occupation_names(session, {row.occupation for row in rows if row.occupation})
    filled, needs = _filled(session, codes), _needs(session, codes)
    classes = _classes(session, codes)
    return tuple(
        Vacancy(
            row.code, row.status, row.owner, row.enterprise, firms.get(row.enterprise, ""), row.title,
            row.occupation, trades.get(row.occupation or "", ""), row.level, row.heads,
            filled.get(row.code, 0), row.until, row.note, tuple(needs.get(row.code, ())),
            tuple(classes.get(row.code, ())),
        )
        for row in rows
    )  # fmt: skip


def _referrals(session: Session, rows: Sequence[ReferralRow]) -> tuple[Referral, ...]:
    people = select(TraineeRow.code, TraineeRow.name).where(
        TraineeRow.code.in_([row.trainee for row in rows])
    )
    names = {code: name for code, name in session.execute(people)}
    query = select(VacancyRow).where(VacancyRow.code.in_([row.vacancy for row in rows]))
    posts = {row.code: row for row in session.scalars(query)}
    firms = _firms(session, {row.enterprise for row in posts.values()})
    return tuple(
        Referral(
            row.id, row.vacancy, posts[row.vacancy].title,
            firms.get(posts[row.vacancy].enterprise, ""), row.trainee,
            masked_name(names[row.trainee]), row.day, row.result, row.result_day, row.note,
        )
        for row in rows
    )  # fmt: skip


def _firms(session: Session, codes: set[str]) -> Mapping[str, str]:
    query = select(OrganisationRow.code, OrganisationRow.name).where(
        OrganisationRow.code.in_(sorted(codes))
    )
    return {code: name for code, name in session.execute(query)}
