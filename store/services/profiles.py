"""Named weights of a centre: what its rankings are made with, changed by anyone there, audited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.policy import DEFAULT_POLICY, Policy, check
from matching.types import Criterion
from store.errors import InvalidError, NotFoundError
from store.models import ProfileRow
from store.schemas.actor import Actor
from store.services import audit
from store.services.rights import Act, Reach, reach, require

_LONGEST_NAME = 40
WHAT_IF = "what-if"
_RESERVED = {WHAT_IF, "built in", "内置", DEFAULT_POLICY.version}


@dataclass(frozen=True, slots=True)
class Profile:
    """Weights under a name; `weights` sum to 1."""

    name: str
    owner: str
    version: int
    weights: Mapping[Criterion, float]
    changed_at: datetime
    changed_by: str


def policy_of(weights: Mapping[str, float], version: str = WHAT_IF) -> Policy:
    """The policy with these weights in place of its own, in any unit; criteria left out keep theirs."""
    unknown = sorted(set(weights) - {criterion.value for criterion in Criterion})
    if unknown:
        known = ", ".join(criterion.value for criterion in Criterion)
        raise InvalidError("criterion_unknown", name=unknown[0], known=known)
    points = {c: weights.get(c.value, 100 * w) for c, w in DEFAULT_POLICY.weights.items()}
    total = sum(points.values())
    if min(points.values()) < 0 or not 0 < total < float("inf"):
        raise InvalidError("weights_wrong")
    shares = {criterion: value / total for criterion, value in points.items()}
    made = replace(DEFAULT_POLICY, weights=shares, version=version)
    check(made)
    return made


def profiles(session: Session, *, by: Actor) -> tuple[Profile, ...]:
    """The centre's profiles by name; every centre's for a supervisor."""
    require(by, Act.READ, "profile", by.organisation)
    query = select(ProfileRow).order_by(ProfileRow.owner, ProfileRow.name)
    if reach(by, Act.READ, "profile") is Reach.OWN:
        query = query.where(ProfileRow.owner == by.organisation)
    return tuple(_view(row) for row in session.scalars(query))


def policy(session: Session, name: str, *, by: Actor) -> Policy:
    """The policy of one of the centre's profiles."""
    require(by, Act.READ, "profile", by.organisation)
    row = session.get(ProfileRow, (by.organisation, name))
    if row is None:
        raise NotFoundError("profile", name)
    weights = {criterion.value: weight for criterion, weight in _view(row).weights.items()}
    return policy_of(weights, f"{row.owner}/{row.name} v{row.version}")


def save(session: Session, name: str, weights: Mapping[str, float], *, by: Actor) -> Profile:
    """Keep weights under a name, in place of what stood there."""
    name = name.strip()
    require(by, Act.EDIT, "profile", by.organisation, name[:_LONGEST_NAME])
    if name.casefold() in _RESERVED:
        raise InvalidError("profile_reserved", name=name)
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InvalidError("profile_name", most=_LONGEST_NAME)
    shares = {c.value: weight for c, weight in policy_of(weights).weights.items()}
    row = session.get(ProfileRow, (by.organisation, name), with_for_update=True)
    before = json.loads(row.weights) if row else None
    if row is None:
        row = ProfileRow(owner=by.organisation, name=name, version=0)
        session.add(row)
    row.version += 1
    row.weights = json.dumps(shares)
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, "save", "profile", [(name, before, shares)])
    return _view(row)


def drop(session: Session, name: str, *, by: Actor) -> None:
    """Take a profile away; decisions made with it keep its weights."""
    require(by, Act.WITHDRAW, "profile", by.organisation, name)
    row = session.get(ProfileRow, (by.organisation, name), with_for_update=True)
    if row is None:
        raise NotFoundError("profile", name)
    audit.note(session, by, "drop", "profile", [(name, json.loads(row.weights), None)])
    session.delete(row)


def _view(row: ProfileRow) -> Profile:
    weights = {Criterion(name): weight for name, weight in json.loads(row.weights).items()}
    return Profile(row.name, row.owner, row.version, weights, row.changed_at, row.changed_by)
