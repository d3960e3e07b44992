"""How the invented district is watched: visits, draws, a flag that was looked at, opinions and standing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import TrainingClassRow
from store.schemas.actor import Actor, Role
from store.services import (
    attendance,
    charges,
    classes,
    draws,
    opinions,
    plans,
    ratings,
    reference,
    risks,
    roster,
    scores,
    standing,
    supervision_rules,
    visits,
)
from store.services.opinions import QUESTIONS, Opinion
from store.services.visits import Finding, Wish


def watch(session: Session, today: date, *, supervisor: Actor) -> None:
    """A visit to the class that is over and one to come, by a draw; who answers; a flag confirmed."""
    held = session.scalars(select(TrainingClassRow).order_by(TrainingClassRow.code)).all()
    if len(held) < 2:
        return
    past, coming = held[0], held[1]
    now = _at(today, 9)
    for row in (past, coming):
        charges.put(
            session, row.code, "supervises", supervisor.organisation, "吴科员（虚构）",
            by=supervisor, now=now,
        )  # fmt: skip
    until = coming.last_day + timedelta(days=14)
    ratings.ask(session, coming.code, "A02", until, by=supervisor, now=now)
    _visited(session, past, supervisor)
    _judged(session, past, today, supervisor)
    seed = f"{today - timedelta(days=1):%Y-%m-%d} 福利彩票 03 11 17 22 26 31（虚构）"
    drawn = draws.make(session, seed, percent=50, by=supervisor, now=now)
    first = attendance.lessons_of(coming)[1]
    if coming.code in drawn.drawn:
        wish = Wish(coming.code, first.day, first.start, "吴科员（虚构）", "planned", drawn.code)
        visits.plan(session, wish, by=supervisor, now=now)
    found = risks.flags(session, by=supervisor, today=today)
    for one in found:
        if one.kind == "hours_short":
            reason = "本人已书面放弃补课，不发结业证（虚构）"
            risks.decide(session, one.key, "confirmed", reason, by=supervisor, now=now, today=today)
            break


def _judged(session: Session, row: TrainingClassRow, today: date, supervisor: Actor) -> None:
    """What everybody said of a class, a quarter's scores, and files of some institutions; all invented."""
    day = row.last_day + timedelta(days=14)
    people = [seat.trainee for seat in roster.seats(session, row.code)]
    said = [("trainee", one, 5 - at % 3) for at, one in enumerate(people)]
    said += [("instructor", one, 4) for one in plans.loads(row.plan).instructors]
    said += [("enterprise", one.enterprise, 5) for one in classes.members(session, row.code)]
    said += [("agency", row.owner, 4)]
    opinions.add_many(
        session,
        [
            Opinion(row.code, group, rater, day, dict.fromkeys(QUESTIONS[group], mark))
            for group, rater, mark in said
        ],
        by=supervisor,
        now=_at(day, 10),
    )
    scores.publish(session, of=row.last_day, by=supervisor, now=_at(today, 9))
    later = today + timedelta(days=400)
    for code in ("T01", "T02", "T03"):
        standing.inspect(
            session, code, "passed", later, "年检合格（虚构）", by=supervisor, now=_at(today, 9)
        )
    standing.reward(session, "T01", "区级示范培训机构（虚构）", by=supervisor, now=_at(today, 9))


def _visited(session: Session, row: TrainingClassRow, supervisor: Actor) -> None:
    """What an unannounced visit to a class found, what the school said of it, and its end."""
    lesson = attendance.lessons_of(row)[2]
    during = _at(lesson.day, 20)
    wish = Wish(row.code, lesson.day, lesson.start, "吴科员（虚构）", "unplanned")
    made = visits.plan(session, wish, by=supervisor, now=during)
    said = {item.code: "yes" for item in supervision_rules.checklist(session).items}
    said |= {"head_count": "no", "safety": "no"}
    found = (
        Finding("head_count", "major", "签到4人，实到3人（虚构）"),
        Finding("safety", "minor", "2号工位护目镜缺一副（虚构）"),
    )
    visits.record(session, made.code, said, found, by=supervisor, now=during)
    school = Actor("zhaoyi", "赵毅", Role.INSTITUTION, row.institution)
    later = _at(lesson.day + timedelta(days=4), 15)
    visits.answer(
        session, made.code, "护目镜已补齐；缺席一人已补假条（虚构）", by=school, now=later
    )
    visits.close(session, made.code, "复查合格", by=supervisor, now=later + timedelta(days=3))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), reference.CHINA).astimezone(UTC)
