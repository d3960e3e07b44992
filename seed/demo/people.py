"""Who works in the invented district: people, the keys by which they come in, and when they last did.

The keys were made for this and their private parts never kept, so they open nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from seed import reference as reference_data
from store.models import KeyRow, SessionRow, UsageAcceptanceRow, UserRow
from store.schemas.access import KeyDraft
from store.schemas.actor import Actor, Ending, Role
from store.services import keys, reference, usage_terms

KEEPER = Actor("keeper", "系统管理员", Role.ADMIN, "BUREAU")
_SCHOOLS = (
    Actor("heling", "何玲", Role.INSTITUTION, "T01"),
    Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03"),
)
EVALUATOR = Actor("tangping", "唐萍", Role.EVALUATOR, "A02")
# Days back, when it began, how many minutes it lasted, and how it ended.
_VISITS = (
    ("heling", 2, time(14, 5), 42, Ending.LEFT, "10.8.0.41"),
    ("liqiang", 1, time(8, 31), 216, Ending.LEFT, "10.6.2.17"),
    ("keeper", 1, time(17, 20), 9, Ending.LEFT, "10.6.0.5"),
    ("wangfang", 1, time(8, 27), 194, Ending.IDLE, "10.6.1.12"),
    ("wangfang", 0, time(8, 29), 31, Ending.HANG_UP, "10.6.1.12"),
)


def invite(session: Session, *people: Actor) -> None:
    """The people of the demo's centres and bureau, its institutions', an agency's, the administrator."""
    for one in (*people, *_SCHOOLS, EVALUATOR, KEEPER):
        reference.add_user(session, one.login, one.name, one.role, one.organisation)


def agree(session: Session, today: date, publisher: Actor) -> None:
    """The terms of use, which everybody accepted in the weeks after they were set."""
    first = today - timedelta(days=200)
    texts = [reference_data.terms_of_use(lang) for lang in ("zh", "en")]
    usage_terms.publish(session, *texts, day=first, by=publisher, today=first)
    for at, row in enumerate(session.scalars(select(UserRow).order_by(UserRow.login)).all()):
        by = Actor(row.login, row.name, Role(row.role), row.organisation)
        usage_terms.accept(session, 1, by=by, today=today)
        done = session.get_one(UsageAcceptanceRow, (row.login, 1))
        done.accepted_at = _moment(first, at, time(8, 40))


def let_in(session: Session, today: date, rows: Iterable[Mapping[str, str]]) -> None:
    """Their keys, used, unused and revoked, and sessions that are over."""
    for row in rows:
        draft = KeyDraft(name=row["name"], line=row["line"])
        made = keys.add(session, row["login"], draft, by=KEEPER)
        if row["revoked"]:
            keys.revoke(session, made.id, by=KEEPER, reason=row["revoked"])
        _date(session.get_one(KeyRow, made.id), row, today)
    for login, days, began, minutes, ending, origin in _VISITS:
        start = _moment(today, -days, began)
        end = start + timedelta(minutes=minutes)
        visit = SessionRow(
            login=login, key=None, host="duijie", pid=1, origin=origin, term="xterm-256color",
            started_at=start, seen_at=end, ended_at=end, ending=ending,
        )  # fmt: skip
        session.add(visit)


def _date(key: KeyRow, row: Mapping[str, str], today: date) -> None:
    key.added_at = _moment(today, int(row["added"]), time(9, 12))
    if row["used"]:
        key.last_used_at = _moment(today, int(row["used"]), time(8, 27))
    if key.revoked_at is not None:
        key.revoked_at = _moment(today, int(row["used"]) + 1, time(10, 3))


def _moment(today: date, days: int, at: time) -> datetime:
    day = today + timedelta(days=days)
    return datetime.combine(day, at, reference.CHINA).astimezone(UTC)
