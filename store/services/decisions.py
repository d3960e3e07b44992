"""Receipts of choices: what was seen when a plan was taken, and whether the same is seen again."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from matching.policy import DEFAULT_POLICY, Policy
from matching.types import Bundle, Market, Need, Ranking, Slot
from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import DecisionRow
from store.schemas.actor import Actor
from store.schemas.records import NeedView
from store.services import audit, filing_calendar, matchmaking, records, reference
from store.services.rights import Act, Reach, reach, require, require_some

_POLICY = TypeAdapter(Policy)
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """One bundle of a ranking as it was seen: who, where, when, for how much, and its points by criterion."""

    course: str
    title: str
    institution: str
    run: str | None
    instructors: tuple[str, ...]
    venue: str | None
    sessions: int
    first_day: str | None
    last_day: str | None
    price_fen: int | None
    travel_km: float | None
    score: float
    points: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """A receipt: the need as it was, the course that was taken, what else was seen, by whom, when and why."""

    code: str
    need: str
    need_version: int
    course: str
    day: date
    policy: str
    seen: tuple[Seen, ...]
    reason: str | None
    login: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """What a receipt shows today: the same ranking, or which inputs changed and what is ranked now.

    `changes` are (record, what) with what = changed, gone or new; the record `engine` is the program itself.
    """

    decision: Decision
    is_same: bool
    changes: tuple[tuple[str, str], ...]
    now: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A choice made ready while reading, so that the write that keeps it is short."""

    need: NeedView
    asked: Need
    bundle: Bundle
    today: date
    top: int
    policy: str
    inputs: bytes
    ranking: str
    reason: str | None


def prepare(
    session: Session,
    need: str,
    course: str,
    *,
    by: Actor,
    today: date,
    top: int = 5,
    policy: Policy = DEFAULT_POLICY,
    reason: str = "",
) -> Prepared:
    """Rank a need and take a bundle of it; one that is not the first needs a reason."""
    require(by, Act.REGISTER, "decision", by.organisation)
    policy = filing_calendar.in_force(session, policy)
    found = matchmaking.rank_with_inputs(session, need, by=by, today=today, top=top, policy=policy)
    require(by, Act.REGISTER, "decision", found.need.owner, need)
    bundles = {bundle.course.id: bundle for bundle in found.ranking.bundles}
    if course not in bundles:
        raise ConflictError("course_not_ranked", need=need, course=course)
    first = next(iter(bundles))
    if first != course and not reason.strip():
        raise InvalidError("reason_needed", course=course, first=first)
    if len(reason) > _LONGEST_REASON:
        raise InvalidError("reason_too_long", most=_LONGEST_REASON)
    return _prepared(found, bundles[course], today, top, policy, reason)


def _prepared(
    found: matchmaking.Made, bundle: Bundle, today: date, top: int, policy: Policy, reason: str
) -> Prepared:
    return Prepared(
        found.need,
        found.asked,
        bundle,
        today,
        top,
        json.dumps(_plain(policy)),
        zlib.compress(json.dumps(_digests(found.asked, found.market)).encode()),
        json.dumps(_plain(_seen(found.ranking)), ensure_ascii=False),
        reason.strip() or None,
    )


def prepare_best(
    session: Session, need: str, *, by: Actor, today: date, but: str | None = None
) -> Prepared:
    """The best bundle of a need made ready, or the best that is not of a certain course."""
    require_some(by, Act.REGISTER, "decision", need)
    policy = filing_calendar.in_force(session)
    found = matchmaking.rank_with_inputs(session, need, by=by, today=today, top=5, policy=policy)
    require(by, Act.REGISTER, "decision", found.need.owner, need)
    chosen = next((b for b in found.ranking.bundles if b.course.id != but), None)
    if chosen is None:
        raise ConflictError("course_not_ranked", need=need, course="–")
    return _prepared(found, chosen, today, 5, policy, "")


def keep(session: Session, choice: Prepared, *, by: Actor) -> Decision:
    """Store the receipt of a choice."""
    require(by, Act.REGISTER, "decision", choice.need.owner, choice.need.code)
    (code,) = records.next_codes(session, "D", DecisionRow.code, 1)
    need, course = choice.need.code, choice.bundle.course.id
    row = DecisionRow(
        code=code,
        need=need,
        need_version=choice.need.version,
        course=course,
        day=choice.today,
        top=choice.top,
        engine=_engine(),
        policy=choice.policy,
        inputs=choice.inputs,
        ranking=choice.ranking,
        reason=choice.reason,
        owner=by.organisation,
        login=by.login,
        at=reference.now(session),
    )
    session.add(row)
    session.flush()
    audit.note(session, by, "decide", "decision", [(code, None, {"need": need, "course": course})])
    return _view(row)


def decide(
    session: Session,
    need: str,
    course: str,
    *,
    by: Actor,
    today: date,
    top: int = 5,
    policy: Policy = DEFAULT_POLICY,
    reason: str = "",
) -> Decision:
    """Take a bundle of a need's ranking and keep the receipt."""
    choice = prepare(
        session, need, course, by=by, today=today, top=top, policy=policy, reason=reason
    )
    return keep(session, choice, by=by)


def decisions(
    session: Session, need: str | None = None, *, by: Actor, limit: int = 200
) -> tuple[Decision, ...]:
    """The newest receipts, of one need or of all; an operator's own centre's only."""
    require(by, Act.READ, "decision", by.organisation)
    query = select(DecisionRow).order_by(DecisionRow.code.desc()).limit(limit)
    if need is not None:
        query = query.where(DecisionRow.need == need)
    if reach(by, Act.READ, "decision") is Reach.OWN:
        query = query.where(DecisionRow.owner == by.organisation)
    return tuple(_view(row) for row in session.scalars(query))


def replay(session: Session, code: str, *, by: Actor) -> Replay:
    """Rank again as on the day of a receipt, with its weights, on what the store holds now."""
    require_some(by, Act.READ, "decision", code)
    row = session.get(DecisionRow, code)
    if row is None:
        raise NotFoundError("decision", code)
    require(by, Act.READ, "decision", row.owner, code)
    found = matchmaking.rank_with_inputs(
        session,
        row.need,
        by=by,
        today=row.day,
        top=row.top,
        policy=_POLICY.validate_json(row.policy),
    )
    before = json.loads(zlib.decompress(row.inputs))
    changes = list(_changes(before, _digests(found.asked, found.market)))
    if row.engine != _engine():
        changes.insert(0, ("engine", "changed"))
    now = _seen(found.ranking)
    decision = _view(row)
    return Replay(
        decision, json.dumps(_plain(now), ensure_ascii=False) == row.ranking, tuple(changes), now
    )


def _seen(ranking: Ranking) -> tuple[Seen, ...]:
    return tuple(_seen_bundle(bundle) for bundle in ranking.bundles)


def _seen_bundle(bundle: Bundle) -> Seen:
    days = [session.day.isoformat() for session in bundle.sessions]
    return Seen(
        bundle.course.id,
        bundle.course.title,
        bundle.institution.id,
        bundle.run.id if bundle.run else None,
        tuple(person.id for person in bundle.instructors),
        bundle.venue.id if bundle.venue else None,
        len(days),
        min(days, default=None),
        max(days, default=None),
        bundle.price_fen,
        None if bundle.travel_km is None else round(bundle.travel_km, 6),
        round(bundle.score, 9),
        {r.criterion.value: round(100 * r.score * r.weight, 6) for r in bundle.explanation.reasons},
    )


def _digests(need: Need, market: Market) -> dict[str, str]:
    """A short digest of every value that the ranking was made from, by kind and code."""
    parts: list[tuple[str, object]] = [("need", need)]
    parts += [(f"course {course.id}", course) for course in market.courses]
    parts += [(f"institution {code}", value) for code, value in market.institutions.items()]
    parts += [(f"instructor {person.id}", person) for person in market.instructors]
    parts += [(f"venue {code}", value) for code, value in market.venues.items()]
    parts += [(f"slot {slot.id}", slot) for slot in market.slots]
    parts += [(f"assessment {sitting.id}", sitting) for sitting in market.assessments]
    return {name: _digest(value) for name, value in sorted(parts, key=lambda part: part[0])}


def _digest(value: object) -> str:
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def _plain(value: object) -> object:
    """JSON values of any engine value, sets in order."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Slot):
        return _plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield name, "gone"
        elif name not in before:
            yield name, "new"
        elif before[name] != now[name]:
            yield name, "changed"


@cache
def _engine() -> str:
    """A digest of the engine's own sources."""
    folder = Path(matching.__file__).parent
    digest = hashlib.blake2s(digest_size=12)
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _view(row: DecisionRow) -> Decision:
    seen = tuple(
        Seen(**{**item, "instructors": tuple(item["instructors"])})
        for item in json.loads(row.ranking)
    )
    version = json.loads(row.policy)["version"]
    return Decision(
        row.code,
        row.need,
        row.need_version,
        row.course,
        row.day,
        version,
        seen,
        row.reason,
        row.login,
        row.owner,
        row.at,
    )
