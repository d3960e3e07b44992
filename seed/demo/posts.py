"""Posts that firms want to fill, a referral, an endorsed need, and a room that two institutions share."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from store.models import NeedRow
from store.schemas.actor import Actor
from store.schemas.cost import CostDraft
from store.schemas.support import EndorsementDraft
from store.schemas.vacancy import VacancyDraft
from store.services import costs, endorsements, reference, vacancies

# A post in the firm's words, its heads, days until it is to be filled, and the need that trains for it.
_POSTS = (
    ("E059", "缝纫工", 8, 45, "N000015"),
    ("E012", "首饰镶嵌学徒", 2, 60, "N000044"),
    ("E001", "数控车床操作工", 3, 40, None),
)
_REFERRED = "H000004"


def fill(session: Session, today: date, *, operator: Actor, supervisor: Actor) -> None:
    """Three vacancies, one person referred to the last, an endorsed need, the costs of one workshop."""
    now = datetime.combine(today, time(9), reference.CHINA)
    for firm, title, heads, days, need in _POSTS:
        draft = VacancyDraft(
            enterprise=firm, title=title, heads=heads, until=today + timedelta(days=days)
        )
        made = vacancies.register(session, draft, by=operator, now=now)
        if need is not None and session.get_one(NeedRow, need).owner == operator.organisation:
            vacancies.link(session, made.code, need, by=operator, now=now)
    vacancies.refer(session, made.code, _REFERRED, by=operator, now=now)
    behind = EndorsementDraft(association="XZ000003", note="机加工企业普遍缺人（虚构）")
    endorsements.endorse(session, "N000058", behind, by=supervisor, now=now)
    shared = CostDraft(
        venue="V02", hour=Decimal("2.5"), first_day=date(today.year, 1, 1),
        last_day=date(today.year + 1, 12, 31), shares={"T01": 60, "T11": 40},
        note="共建协议 2026-03（虚构）",
    )  # fmt: skip
    costs.agree(session, shared, by=operator, now=now)
