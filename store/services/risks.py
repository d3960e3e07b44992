"""风险提示: what looks wrong about classes, each flag with the records behind it, confirmed or dismissed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.types import Session as Meeting
from store.errors import InvalidError, NotFoundError
from store.models import (
    RISK_DECISIONS,
    AttendanceRow,
    CourseOccupationRow,
    CourseRow,
    EnrolmentRow,
    InstructorRow,
    OrganisationRow,
    QualificationRow,
    RiskDecisionRow,
    TermsRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.services import (
    attendance,
    audit,
    claim_signals,
    classes,
    plans,
    supervision_rules,
    terms,
    training_signals,
)
from store.services.plans import Plan
from store.services.rights import Act, Reach, reach, require_some
from store.services.supervision_rules import SupervisionRules

KINDS = (
    "no_certificate",
    "above_roster",
    "two_places",
    "hours_short",
    "no_sign_in",
    "many_institutions",
    "price_far",
    "teaches_twice",
    "claimed_twice",
    "hours_claimed",
    "outside_plan",
    "same_minute",
    "few_staff",
)
_LONGEST = 500
_YEAR = timedelta(days=365)
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said of a flag: confirmed or dismissed, why, by whom, when."""

    decision: str
    reason: str
    login: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Flag:
    """One sign: its kind, the class (empty where it is about an instructor's year), numbers, records.

    `found` and `expected` are what was counted and what should be: people, class hours, sessions,
    institutions, or fen. `subject` is the trainee or instructor it is about.
    """

    key: str
    kind: str
    training_class: str
    institution: str
    institution_name: str
    subject: str
    day: date | None
    found: int
    expected: int
    records: tuple[tuple[str, str], ...]
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    """A class with its plan, as every sign reads it."""

    row: TrainingClassRow
    plan: Plan
    home: str


def flags(session: Session, *, by: Actor, today: date) -> tuple[Flag, ...]:
    """Every flag that the actor may see: open ones first, then by kind and class."""
    require_some(by, Act.READ, "risk")
    owner = by.organisation if reach(by, Act.READ, "risk") is Reach.OWN else None
    held = _held(session)
    rules = supervision_rules.rules(session)
    found = [
        *_uncertified(session, held),
        *_signals(session, held, today),
        *_unsigned(session, held, today),
        *_travelling(session, held, rules, today),
        *_priced(session, held, rules),
        *_teaching_twice(held),
        *_claimed(session, held, rules, today),
    ]
    if owner is not None:
        found = [
            replace(one, records=_own(one.records, held, owner))
            for one in found
            if one.training_class and held[one.training_class].row.owner == owner
        ]
    said = _decisions(session)
    told = [replace(one, decision=said.get(one.key)) for one in found]
    return tuple(
        sorted(
            told,
            key=lambda one: (
                one.decision is not None,
                KINDS.index(one.kind),
                one.training_class,
                one.key,
            ),
        )
    )


def counts(session: Session, *, by: Actor, today: date) -> Mapping[str, int]:
    """How many flags of each class were not dismissed."""
    return Counter(
        one.training_class
        for one in flags(session, by=by, today=today)
        if one.decision is None or one.decision.decision == "confirmed"
    )


def decide(
    session: Session,
    key: str,
    decision: str,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    today: date,
) -> Decision:
    """Confirm or dismiss a flag, with a reason; said again it replaces the word before."""
    require_some(by, Act.EDIT, "risk", key[:40])
    if decision not in RISK_DECISIONS:
        raise InvalidError("field_unknown", name=decision, known=", ".join(RISK_DECISIONS))
    if all(one.key != key for one in flags(session, by=by, today=today)):
        raise NotFoundError("risk", key)
    if not reason.strip():
        raise InvalidError("risk_reason", id=key)
    if len(reason) > _LONGEST:
        raise InvalidError("reason_too_long", most=_LONGEST)
    row = session.get(RiskDecisionRow, key, with_for_update=True)
    before = None if row is None else {"flag": key, "decision": row.decision, "reason": row.reason}
    if row is None:
        row = RiskDecisionRow(flag=key)
        session.add(row)
    row.decision, row.reason, row.login, row.at = decision, reason.strip(), by.login, now
    session.flush()
    told = {"flag": key, "decision": decision, "reason": row.reason}
    audit.note(session, by, decision, "risk", [(key[:40], before, told)], at=now)
    return Decision(row.decision, row.reason, row.login, row.at)


def _held(session: Session) -> dict[str, _Held]:
    query = (
        select(TrainingClassRow, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == TrainingClassRow.institution)
        .where(TrainingClassRow.status != "cancelled")
        .order_by(TrainingClassRow.code)
    )
    return {
        row.code: _Held(row, plans.loads(row.plan), name) for row, name in session.execute(query)
    }


def _decisions(session: Session) -> dict[str, Decision]:
    rows = session.scalars(select(RiskDecisionRow))
    return {row.flag: Decision(row.decision, row.reason, row.login, row.at) for row in rows}


def _flag(
    kind: str,
    held: _Held,
    subject: str = "",
    day: date | None = None,
    numbers: tuple[int, int] = (0, 0),
    behind: Sequence[tuple[str, str]] = (),
) -> Flag:
    code = held.row.code
    key = "/".join(filter(None, (kind, code, subject, day.isoformat() if day else "")))
    records = (("class", code), *behind)
    return Flag(
        key, kind, code, held.row.institution, held.home, subject, day, *numbers, records
    )  # fmt: skip


def _uncertified(session: Session, held: Mapping[str, _Held]) -> Iterator[Flag]:
    """Instructors of whom no qualification covers trade and level of the course on a day they teach."""
    trades: dict[str, set[str]] = defaultdict(set)
    for course, code in session.execute(
        select(CourseOccupationRow.course, CourseOccupationRow.code)
    ):
        trades[course].add(code)
    levels = dict(session.execute(select(CourseRow.code, CourseRow.level)).all())
    papers: dict[str, list[QualificationRow]] = defaultdict(list)
    for paper in session.scalars(select(QualificationRow)):
        papers[paper.instructor].append(paper)
    for one in held.values():
        course = one.row.course
        for person, days in _teaching(one.plan).items():
            bad = [
                day
                for day in days
                if trades[course]
                and not _is_covered(papers[person], trades[course], levels[course], day)
            ]
            if bad:
                yield _flag(
                    "no_certificate", one, person, min(bad), (len(bad), len(days)),
                    [("instructor", person)],
                )  # fmt: skip


def _teaching(plan: Plan) -> dict[str, list[date]]:
    """The days on which each person of a plan teaches."""
    found: dict[str, set[date]] = {}
    for meeting in plan.sessions:
        who = [meeting.instructor] if meeting.instructor else list(plan.instructors)[:1]
        for person in who:
            found.setdefault(person, set()).add(meeting.day)
    return {person: sorted(days) for person, days in found.items()}


def _is_covered(
    papers: Sequence[QualificationRow], trades: set[str], level: int | None, day: date
) -> bool:
    return any(
        one.occupation in trades
        and (one.level is None or level is None or one.level >= level)
        and (one.valid_to is None or one.valid_to >= day)
        for one in papers
    )


def _signals(session: Session, held: Mapping[str, _Held], today: date) -> Iterator[Flag]:
    """What rosters and marks say: more people than places, one person twice at once, too few hours."""
    seen: set[str] = set()
    for one in training_signals.signals(session, today):
        behind = [*([("trainee", one.trainee)] if one.trainee else []), *one.others]
        made = _flag(
            one.code, held[one.training_class], one.trainee or "", one.day,
            (one.found, one.expected), behind,
        )  # fmt: skip
        if made.key not in seen:
            seen.add(made.key)
            yield made


def _unsigned(session: Session, held: Mapping[str, _Held], today: date) -> Iterator[Flag]:
    """Classes with sessions that are over and of which nobody was marked: no sign-in sheet came in."""
    marked: dict[str, set[tuple[date, int]]] = defaultdict(set)
    query = (
        select(EnrolmentRow.training_class, AttendanceRow.day, AttendanceRow.start)
        .join(EnrolmentRow, EnrolmentRow.id == AttendanceRow.enrolment)
        .distinct()
    )
    for code, day, start in session.execute(query):
        marked[code].add((day, start))
    for one in held.values():
        over = [lesson for lesson in attendance.lessons_of(one.row) if lesson.day < today]
        missing = [lesson for lesson in over if lesson.key not in marked[one.row.code]]
        if missing:
            numbers = (len(missing), len(over))
            yield _flag("no_sign_in", one, "", missing[0].day, numbers)


def _teaching_twice(held: Mapping[str, _Held]) -> Iterator[Flag]:
    """Instructors who, by the plans, teach two classes at the same hours of a day."""
    taught: dict[tuple[str, date], list[tuple[str, Meeting]]] = defaultdict(list)
    for one in held.values():
        for meeting in one.plan.sessions:
            for who in [meeting.instructor] if meeting.instructor else one.plan.instructors[:1]:
                taught[who, meeting.day].append((one.row.code, meeting))
    for (person, day), meetings in sorted(taught.items(), key=lambda pair: pair[0]):
        twice: dict[str, set[str]] = defaultdict(set)
        for (code, lesson), (other, before) in combinations(reversed(meetings), 2):
            if other != code and _at_once(lesson, before):
                twice[code].add(other)
        for code, others in twice.items():
            behind = [("instructor", person), *(("class", other) for other in sorted(others))]
            yield _flag("teaches_twice", held[code], person, day, (len(others) + 1, 1), behind)


def _at_once(one: Meeting, other: Meeting) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return True
    return one.start < other.end and other.start < one.end


def _claimed(
    session: Session, held: Mapping[str, _Held], rules: SupervisionRules, today: date
) -> Iterator[Flag]:
    """What claims and the people of firms say."""
    names = dict(session.execute(select(OrganisationRow.code, OrganisationRow.name)).all())
    for one in (
        *claim_signals.claimed_twice(session),
        *claim_signals.hours_claimed(session, rules),
        *claim_signals.few_staff(session, rules, today),
    ):
        group = one.training_class if one.training_class in held else ""
        yield Flag(
            f"{one.code}/{one.subject}", one.code, group, one.institution,
            names.get(one.institution, ""), one.subject, None, one.found, one.expected, one.records,
        )  # fmt: skip


def _own(
    records: Sequence[tuple[str, str]], held: Mapping[str, _Held], owner: str
) -> tuple[tuple[str, str], ...]:
    """The records without classes and claims of other centres."""
    return tuple(
        (kind, code)
        for kind, code in records
        if kind != "claim" and (kind != "class" or held[code].row.owner == owner)
    )


def _travelling(
    session: Session, held: Mapping[str, _Held], rules: SupervisionRules, today: date
) -> Iterator[Flag]:
    """Instructors at more institutions in a year than is usual, by their file and by their classes."""
    taught: dict[str, dict[str, str]] = defaultdict(dict)
    for one in held.values():
        if today - _YEAR <= one.row.last_day and one.row.first_day <= today:
            for code in one.plan.instructors:
                taught[code][one.row.institution] = one.row.code
    query = (
        select(InstructorRow, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == InstructorRow.institution)
        .where(InstructorRow.status == "active")
        .order_by(InstructorRow.code)
    )
    for person, home in session.execute(query):
        used = {*(person.institutions_last_year or ()), *taught[person.code]}
        if len(used) > rules.institutions_most:
            behind = [("instructor", person.code)]
            behind += [("institution", code) for code in sorted(used)]
            behind += [("class", code) for code in sorted(taught[person.code].values())]
            yield Flag(
                f"many_institutions/{person.code}", "many_institutions", "", person.institution,
                home, person.code, None, len(used), rules.institutions_most, tuple(behind),
            )  # fmt: skip


def _priced(session: Session, held: Mapping[str, _Held], rules: SupervisionRules) -> Iterator[Flag]:
    """Agreed prices a head far from the middle of what other institutions ask for the trade and level."""
    trade = select(CourseOccupationRow.course, CourseOccupationRow.code).where(
        CourseOccupationRow.position == 0
    )
    trades = dict(session.execute(trade).all())
    asked: dict[tuple[str, int | None], list[tuple[int, str, str]]] = defaultdict(list)
    shelf: dict[str, tuple[str, int | None]] = {}
    for course in session.scalars(select(CourseRow).order_by(CourseRow.code)):
        if course.code in trades:
            shelf[course.code] = (trades[course.code], course.level)
            if course.status == "published" and course.price_fen and course.price_per == "head":
                asked[shelf[course.code]].append(
                    (course.price_fen, course.institution, course.code)
                )
    for one in held.values():
        peers = [
            (price, code)
            for price, home, code in asked[shelf[one.row.course]]
            if home != one.row.institution
        ] if one.row.course in shelf else []  # fmt: skip
        if len(peers) < rules.price_peers:
            continue
        middle = round(median(price for price, _ in peers))
        for member in classes.members(session, one.row.code):
            said = terms.loads(session.get_one(TermsRow, (member.code, member.terms)).body)
            price = said.price_fen
            if price is not None and _PERCENT * abs(price - middle) > rules.price_off * middle:
                behind = [("proposal", member.code), *(("course", code) for _, code in peers)]
                yield _flag("price_far", one, member.code, None, (price, middle), behind)
