"""What was filed in the invented district and what was not, what waits to be verified, a firm told twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from store.models import (
    AssessmentRow,
    CourseRow,
    FilingRow,
    InstructorRow,
    OrganisationRow,
    RunRow,
    SlotRow,
    VenueRow,
    VerificationRow,
)
from store.schemas.actor import Actor, Role
from store.schemas.records import CourseDraft, EnterpriseDraft
from store.services import filing_calendar, records, reference

_ROWS = {
    "course": CourseRow,
    "run": RunRow,
    "instructor": InstructorRow,
    "venue": VenueRow,
    "slot": SlotRow,
    "assessment": AssessmentRow,
}
_LATE = {"T06": 75, "T09": 47}  # institutions that have not filed for so many days
_SCHOOL = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")
_SUBMITTED = (
    ("机器人焊接操作与编程 入门班", "6-18-02-04", 16, 40, "1480"),
    ("氩弧焊 不锈钢薄板 周末班", "6-18-02-04", 12, 36, "1260"),
    ("数控铣工（四级）晚班", "6-18-01-02", 28, 68, "2480"),
    ("普通磨床操作 在岗提升", "6-18-01-04", 16, 48, "1180"),
)
# The same firm as E033, as the other centre heard its name on the telephone.
_HEARD = ("深圳市安瑜颐养院有限公司", "安瑜颐养院", "440307015")


def filed(session: Session, today: date) -> None:
    """Everybody has filed this period but two."""
    rules, now = filing_calendar.calendar(session).rules, datetime.now(UTC)
    names = select(OrganisationRow.code).where(OrganisationRow.kind == "institution")
    for kind, row in _ROWS.items():
        counts = dict(session.execute(select(row.owner, func.count()).group_by(row.owner)).all())
        for code in session.scalars(names.order_by(OrganisationRow.code)):
            day = today - timedelta(days=_LATE.get(code, 3))
            if code in _LATE or kind != "course":
                session.execute(update(row).where(row.owner == code).values(filed_on=day))
            if code in counts:
                period = filing_calendar.period_of(rules[kind], day if code in _LATE else today)
                session.add(
                    FilingRow(
                        institution=code, kind=kind, period=period, status="filed", how="same",
                        fresh=0, changed=0, same=counts[code], day=max(day, period),
                        login="wangfang", at=now,
                    )
                )  # fmt: skip


def submitted(session: Session, today: date, colleague: Actor) -> None:
    """Courses that a school has registered and nobody has looked at, and a firm registered twice."""
    for title, occupation, theory, practice, price in _SUBMITTED:
        draft = CourseDraft.model_validate(
            {
                "institution": _SCHOOL.organisation, "title": title, "occupations": occupation,
                "theory_hours": theory, "practice_hours": practice, "price": price,
                "min_heads": 8, "max_heads": 20, "mode": "centre",
            }
        )  # fmt: skip
        code = records.register(session, draft, by=_SCHOOL).code
        yesterday = datetime.combine(today - timedelta(days=1), time(15, 20), reference.CHINA)
        waiting = session.get_one(VerificationRow, ("course", code))
        waiting.submitted_at = yesterday.astimezone(UTC)
    name, short, area = _HEARD
    firm = EnterpriseDraft(name=name, short_name=short, area=area)
    records.register(session, firm, by=colleague)
