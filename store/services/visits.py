"""督导: visits to classes, planned or unannounced, with findings that are answered and closed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from store.lifecycles import VISIT
from store.models import (
    FINDING_SEVERITIES,
    CourseRow,
    DrawRow,
    FindingRow,
    OrganisationRow,
    TrainingClassRow,
    VisitRow,
)
from store.schemas.actor import Actor, Role
from store.services import attendance, audit, records, supervision_rules
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach, require, require_some

ANSWERS = ("yes", "no", "na")
OPEN = ("planned", "recorded", "answered")
_LONGEST = 500
_UNTIMED = -1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: the item of the checklist, minor, major or grave, and what it was."""

    item: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit with everything about it; `lesson` is the minute its session begins, -1 for none said."""

    code: str
    version: int
    status: str
    kind: str
    training_class: str
    title: str
    institution: str
    institution_name: str
    day: date
    lesson: int
    visitor: str
    draw: str | None
    checklist: int
    answers: Mapping[str, str]
    findings: tuple[Finding, ...]
    note: str | None
    follow_up: date | None
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    closed_by: str | None
    closing: str | None

    def is_overdue(self, today: date) -> bool:
        """Whether what was found should have been settled by now."""
        return (
            self.status in ("recorded", "answered")
            and self.follow_up is not None
            and self.follow_up < today
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit to be: to which class, on a day that has a session, at the minute one begins, by whom.

    `kind` is planned, or unplanned where it is not announced; `draw` is the one that it comes of.
    """

    training_class: str
    day: date
    lesson: int | None = None
    visitor: str = ""
    kind: str = "planned"
    draw: str | None = None


def plan(session: Session, wish: Wish, *, by: Actor, now: datetime) -> Visit:
    """A visit to come, or one that is being made today; unannounced ones are told to nobody until then."""
    code = wish.training_class
    require(by, Act.REGISTER, "visit", by.organisation, code)
    row = session.get(TrainingClassRow, code)
    if row is None:
        raise NotFoundError("class", code)
    if wish.kind not in ("planned", "unplanned"):
        raise InvalidError("field_unknown", name=wish.kind, known="planned, unplanned")
    if row.status == "cancelled":
        raise ConflictError("visit_cancelled", id=code)
    _require_drawn(session, wish.draw, code)
    _require_session(row, wish)
    (made_code,) = records.next_codes(session, "DD", VisitRow.code, 1)
    made = VisitRow(
        code=made_code,
        status="planned",
        owner=by.organisation,
        training_class=code,
        institution=row.institution,
        draw=wish.draw,
        kind=wish.kind,
        day=wish.day,
        start=wish.lesson,
        visitor=wish.visitor.strip() or by.login,
        checklist=supervision_rules.checklist(session).version,
        version=1,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
    )
    session.add(made)
    session.flush()
    told = {"class": code, "day": wish.day.isoformat(), "kind": wish.kind, "visitor": made.visitor}
    audit.note(session, by, "plan", "visit", [(made_code, None, told)], at=now)
    return _views(session, [made])[0]


def _require_session(row: TrainingClassRow, wish: Wish) -> None:
    """Refuse a day or an hour at which the class does not meet."""
    lessons = attendance.lessons_of(row)
    if not any(one.day == wish.day and wish.lesson in (None, one.start) for one in lessons):
        days = ", ".join(sorted({one.day.isoformat() for one in lessons})[:8])
        raise InvalidError("visit_no_session", id=row.code, day=wish.day.isoformat(), days=days)


def _require_drawn(session: Session, draw: str | None, training_class: str) -> None:
    if draw is None:
        return
    row = session.get(DrawRow, draw)
    if row is None:
        raise NotFoundError("draw", draw)
    if training_class not in row.drawn:
        raise InvalidError("visit_not_drawn", id=training_class, draw=draw)


def record(
    session: Session,
    code: str,
    answers: Mapping[str, str],
    findings: Sequence[Finding] = (),
    *,
    note: str = "",
    follow_up: date | None = None,
    by: Actor,
    now: datetime,
) -> Visit:
    """Write what was seen: an answer to every item, and findings with a day to look again.

    Every item answered with no needs a finding. Without a day the gravest finding sets it.
    """
    row = _load(session, code, by, Act.EDIT)
    step = VISIT.step("record", row.status, code)
    today = day_of(now)
    if row.day > today:
        raise ConflictError("visit_ahead", id=code, day=row.day)
    items = [one.code for one in supervision_rules.checklist(session, row.checklist).items]
    _check_answers(items, answers)
    _check_findings(items, answers, findings)
    if follow_up is not None and not today <= follow_up <= today + timedelta(days=366):
        raise InvalidError("visit_follow_up", day=follow_up.isoformat())
    _require_words(note)
    row.answers = json.dumps({item: answers[item] for item in items})
    row.note = note.strip() or None
    row.follow_up = follow_up or _again(session, findings, row.day) if findings else None
    _touch(row, step.after, by, now)
    session.add_all(
        FindingRow(visit=code, position=at, item=one.item, severity=one.severity, text=one.text)
        for at, one in enumerate(findings, 1)
    )
    session.flush()
    told = {
        "answers": {item: answers[item] for item in items},
        "findings": [f"{one.severity} {one.item}: {one.text}" for one in findings],
        "follow_up": row.follow_up.isoformat() if row.follow_up else None,
    }
    audit.note(session, by, "record", "visit", [(code, None, told)], at=now)
    return _views(session, [row])[0]


def _check_answers(items: Sequence[str], answers: Mapping[str, str]) -> None:
    missing = [item for item in items if answers.get(item) not in ANSWERS]
    if missing:
        raise InvalidError("visit_items", items=", ".join(missing), known=", ".join(ANSWERS))
    unknown = [item for item in answers if item not in items]
    if unknown:
        raise InvalidError("field_unknown", name=unknown[0], known=", ".join(items))


def _check_findings(
    items: Sequence[str], answers: Mapping[str, str], findings: Sequence[Finding]
) -> None:
    for one in findings:
        if one.item not in items:
            raise InvalidError("field_unknown", name=one.item, known=", ".join(items))
        if one.severity not in FINDING_SEVERITIES:
            known = ", ".join(FINDING_SEVERITIES)
            raise InvalidError("field_unknown", name=one.severity, known=known)
        if not one.text.strip():
            raise InvalidError("visit_finding_words", item=one.item)
        _require_words(one.text)
    told = {one.item for one in findings}
    silent = [item for item in items if answers[item] == "no" and item not in told]
    if silent:
        raise InvalidError("visit_silent", items=", ".join(silent))


def _again(session: Session, findings: Sequence[Finding], day: date) -> date:
    """The day by which the gravest finding is looked at again."""
    rules = supervision_rules.rules(session)
    return day + timedelta(days=min(rules.follow_up(one.severity) for one in findings))


def answer(session: Session, code: str, words: str, *, by: Actor, now: datetime) -> Visit:
    """What the institution says of the findings and what it did; said again it replaces the words before."""
    row = _load(session, code, by, Act.ANSWER)
    step = VISIT.step("answer", row.status, code)
    if not words.strip():
        raise InvalidError("visit_answer_words", id=code)
    _require_words(words)
    before = {"answer": row.answer} if row.answer else None
    row.answer, row.answered_at, row.answered_by = words.strip(), now, by.login
    _touch(row, step.after, by, now)
    session.flush()
    audit.note(session, by, "answer", "visit", [(code, before, {"answer": row.answer})], at=now)
    return _views(session, [row])[0]


def close(session: Session, code: str, words: str = "", *, by: Actor, now: datetime) -> Visit:
    """End a visit; what was found and not answered is closed only with a reason."""
    row = _load(session, code, by, Act.EDIT)
    step = VISIT.step("close", row.status, code)
    has_findings = session.scalar(
        select(FindingRow.position).where(FindingRow.visit == code).limit(1)
    )
    if has_findings and row.answer is None and not words.strip():
        raise InvalidError("visit_unanswered", id=code)
    _require_words(words)
    row.closed_at, row.closed_by, row.closing = now, by.login, words.strip() or None
    _touch(row, step.after, by, now)
    session.flush()
    told = (code, None, {"status": row.status})
    audit.note(session, by, "close", "visit", [told], reason=row.closing, at=now)
    return _views(session, [row])[0]


def withdraw(session: Session, code: str, reason: str, *, by: Actor, now: datetime) -> Visit:
    """Call a planned visit off."""
    row = _load(session, code, by, Act.WITHDRAW)
    step = VISIT.step("withdraw", row.status, code)
    if not reason.strip():
        raise InvalidError("visit_reason", id=code)
    _require_words(reason)
    row.closing = reason.strip()
    _touch(row, step.after, by, now)
    session.flush()
    told = (code, {"status": "planned"}, {"status": row.status})
    audit.note(session, by, "withdraw", "visit", [told], reason=row.closing, at=now)
    return _views(session, [row])[0]


def listed(
    session: Session, *, by: Actor, training_class: str = "", is_open: bool = False
) -> tuple[Visit, ...]:
    """Visits that the actor may see: first what is to be settled, soonest first, then what is closed."""
    require_some(by, Act.READ, "visit")
    query = _visible(by).order_by(
        VisitRow.status.not_in(OPEN),
        VisitRow.follow_up.is_(None),
        VisitRow.follow_up,
        VisitRow.day,
        VisitRow.code,
    )
    if training_class:
        query = query.where(VisitRow.training_class == training_class)
    if is_open:
        query = query.where(VisitRow.status.in_(OPEN))
    return _views(session, session.scalars(query).all())


def shown(session: Session, code: str, *, by: Actor) -> Visit:
    """One visit."""
    return _views(session, [_load(session, code, by, Act.READ)])[0]


def _visible(by: Actor) -> Select[VisitRow]:
    """Centres see visits to their classes, institutions their own: unannounced ones once they were made."""
    query = select(VisitRow)
    if reach(by, Act.READ, "visit") is Reach.ANY:
        return query
    if by.role is Role.INSTITUTION:
        told = or_(
            VisitRow.kind == "planned", VisitRow.status.in_(("recorded", "answered", "closed"))
        )
        return query.where(VisitRow.institution == by.organisation, told)
    own = select(TrainingClassRow.code).where(TrainingClassRow.owner == by.organisation)
    told = or_(VisitRow.kind == "planned", VisitRow.status != "planned")
    return query.where(VisitRow.training_class.in_(own), told)


def _load(session: Session, code: str, by: Actor, act: Act) -> VisitRow:
    require_some(by, act, "visit", code)
    row = session.get(VisitRow, code, with_for_update=act is not Act.READ)
    if row is None:
        raise NotFoundError("visit", code)
    if reach(by, act, "visit") is Reach.OWN and act in (Act.READ, Act.ANSWER):
        if session.scalar(_visible(by).where(VisitRow.code == code)) is None:
            raise NotAllowedError(act, "visit", code)
    else:
        require(by, act, "visit", row.owner, code)
    return row


def _touch(row: VisitRow, status: str, by: Actor, now: datetime) -> None:
    row.status = status
    row.version += 1
    row.changed_at, row.changed_by = now, by.login


def _require_words(words: str) -> None:
    if len(words) > _LONGEST:
        raise InvalidError("reason_too_long", most=_LONGEST)


def _views(session: Session, rows: Sequence[VisitRow]) -> tuple[Visit, ...]:
    codes = [row.code for row in rows]
    found: dict[str, list[Finding]] = {}
    for one in session.scalars(
        select(FindingRow)
        .where(FindingRow.visit.in_(codes))
        .order_by(FindingRow.visit, FindingRow.position)
    ):
        found.setdefault(one.visit, []).append(Finding(one.item, one.severity, one.text))
    names = {
        code: (title, home)
        for code, title, home in session.execute(
            select(TrainingClassRow.code, CourseRow.title, OrganisationRow.name)
            .join(CourseRow, CourseRow.code == TrainingClassRow.course)
            .join(OrganisationRow, OrganisationRow.code == TrainingClassRow.institution)
            .where(TrainingClassRow.code.in_([row.training_class for row in rows]))
        )
    }
    return tuple(
        Visit(
            row.code,
            row.version,
            row.status,
            row.kind,
            row.training_class,
            names[row.training_class][0],
            row.institution,
            names[row.training_class][1],
            row.day,
            _UNTIMED if row.start is None else row.start,
            row.visitor,
            row.draw,
            row.checklist,
            json.loads(row.answers or "{}"),
            tuple(found.get(row.code, ())),
            row.note,
            row.follow_up,
            row.answer,
            row.answered_by,
            row.answered_at,
            row.closed_by,
            row.closing,
        )
        for row in rows
    )
