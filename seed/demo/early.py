"""What the invented district knows before anybody asks: plans, terms, coverage; experts, a case, calls.

Every name, amount and term is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from store.models import (
    AssociationRow,
    CourseCallRow,
    EnrolmentRow,
    InstructorRow,
    QualificationRow,
    ResultRow,
    TraineeRow,
)
from store.schemas.actor import Actor, Role
from store.schemas.early import PlanDraft
from store.schemas.support import BidDraft, CourseCallDraft, ExpertDraft
from store.schemas.survey import SurveyDraft
from store.schemas.trainee import TraineeDraft
from store.services import (
    cases,
    course_calls,
    early,
    experts,
    reference,
    surveys,
    trainees,
    training_plans,
)

_SCHOOLS = ("T01", "T02", "T03")
_ASKED = "N000032"
_TRAINS_ITSELF, _MOVED_TO, _NEW_AT = "E002", "E026", "E016"


def survey(session: Any, today: date, *, operator: Actor) -> None:
    """A trade committee's survey of firms that turn and mill, planned for the coming weeks."""
    committee = session.scalar(
        select(AssociationRow.code).where(AssociationRow.short_name == "机加工训练委")
    )
    monday = today - timedelta(days=today.weekday())
    draft = SurveyDraft(
        title="机械加工用工先行调查（虚构）", association=committee, firms=("E001", "E002", "E003"),
        trades=("6-18-01-01", "6-18-01-07"), first=monday - timedelta(weeks=4),
        last=monday - timedelta(weeks=1), due=today + timedelta(days=20),
    )  # fmt: skip
    now = datetime.combine(today, time(10), reference.CHINA)
    surveys.plan(session, draft, by=operator, now=now)


def foresee(
    session: Any, today: date, plans: Iterable[Mapping[str, str]], *, operator: Actor
) -> None:
    """Plans by quarter, one look at what speaks for needs, one suggestion dismissed."""
    drafts = [_line(today, row) for row in plans]
    training_plans.add(session, drafts, by=operator)
    _certified(session, today, operator)
    early.run(session, by=operator, today=today)
    found = early.listed(session, by=operator)
    codes = [one.code for one in found if one.enterprise == _TRAINS_ITSELF]
    early.dismiss(session, codes, reason="企业已自行安排内训（虚构）", by=operator)
    reference.set_meta(session, early.RUN, today.isoformat())


def _certified(session: Any, today: date, by: Actor) -> None:
    """Two who were certified have moved to another firm, and their certificates end soon; some are new."""
    rows = session.scalars(
        select(ResultRow).where(ResultRow.certificate.is_not(None)).order_by(ResultRow.id.desc())
    ).all()
    for place, row in enumerate(rows[:2]):
        row.valid_to = today + timedelta(days=34 + 21 * place)
        trainee = session.get_one(EnrolmentRow, row.enrolment).trainee
        session.get_one(TraineeRow, trainee).employer = _MOVED_TO
    people = [
        TraineeDraft.model_validate(
            {"name": name, "phone": f"1009{at:03d}0000", "employer": _NEW_AT}
        )
        for at, name in enumerate(("周寅", "吴卯", "郑辰"))
    ]
    trainees.register_many(session, people, by=by)


def _line(today: date, row: Mapping[str, str]) -> PlanDraft:
    """A line so many quarters from the present one."""
    at = today.year * 4 + (today.month - 1) // 3 + int(row["quarter"])
    kept = {name: value for name, value in row.items() if value}
    return PlanDraft.model_validate({**kept, "year": at // 4, "quarter": at % 4 + 1})


def consult(
    session: Any,
    today: date,
    people: Iterable[Mapping[str, str]],
    *,
    operator: Actor,
    supervisor: Actor,
) -> None:
    """Experts of the bureau and the centre, a case in hand, a call that is over and one that is not."""
    for row in people:
        kept = {name: row[name] for name in ("name", "organisation", "fields", "weekly", "contact")}
        term = {
            "term_from": today - timedelta(days=200),
            "term_to": today + timedelta(days=int(row["term"])),
        }
        draft = ExpertDraft.model_validate({**kept, **term, "note": row["note"]})
        keeper = operator if row["owner"] == operator.organisation else supervisor
        experts.register(session, draft, by=keeper)
    asked = "现有班次都在工作日白天，企业三班倒，能否拆成夜班小课？（虚构）"
    case = cases.begin(session, _ASKED, asked, despite=True, by=operator, today=today)
    first = experts.listed(session, by=operator, today=today)[0]
    cases.assign(session, case.code, first.code, by=operator, today=today)
    cases.note(session, case.code, "专家建议先做两次现场诊断（虚构）", by=operator, today=today)
    before = today - timedelta(days=30)
    over = _call(session, "6-31-07-03", 3, "3200", before, before + timedelta(days=20), operator)
    for place, school in enumerate(_SCHOOLS):
        price = str(3150 - 220 * place)
        _bid(session, over, school, price, before, f"第{place + 1}套实训线，四周小班（虚构）")
    course_calls.close(session, over, by=operator, today=today)
    until = today + timedelta(days=12)
    coming = _call(session, "4-14-03-04", 3, "1900", today, until, operator)
    _bid(session, coming, "T05", "1780", today, "验光与加工交替，周末班（虚构）")


def _call(
    session: Any, trade: str, level: int, ceiling: str, day: date, until: date, by: Actor
) -> str:
    draft = CourseCallDraft(
        occupation=trade, level=level, modules="基础与安全 8；设备与工艺 24；综合实训 32；考核 8",
        theory_hours=24, practice_hours=48, heads=24, ceiling=Decimal(ceiling), deadline=until,
    )  # fmt: skip
    return course_calls.begin(session, None, draft, by=by, today=day).code


def _bid(session: Any, call: str, school: str, price: str, day: date, plan: str) -> None:
    """An institution's bid with the first of its people who is qualified for the trade."""
    by = Actor(f"office-{school.lower()}", "招生办", Role.INSTITUTION, school)
    trade = session.get_one(CourseCallRow, call).occupation
    able = session.scalars(
        select(InstructorRow.code)
        .join(QualificationRow, QualificationRow.instructor == InstructorRow.code)
        .where(InstructorRow.institution == school, QualificationRow.occupation == trade)
        .order_by(InstructorRow.code)
    ).first()
    draft = BidDraft(price=Decimal(price), plan=plan, instructors=(able,) if able else ())
    course_calls.bid(session, call, draft, by=by, today=day)
