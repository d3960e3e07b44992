"""The policy that allocations are made under: a supervisor changes it, each change is a new version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace

from sqlalchemy.orm import Session

from matching.allocation import DEFAULT_ALLOCATION, AllocationPolicy
from store.errors import InvalidError, NotFoundError
from store.models import OccupationRow
from store.schemas.actor import Actor
from store.services import audit, listed, reference
from store.services.rights import Act, require

_META = "allocation_policy"


def policy(session: Session) -> AllocationPolicy:
    """The policy of this store; trades of the signed shortage list in force are among its short ones."""
    found = _kept(session)
    code, trades = listed.short(session)
    if code is None:
        return found
    both = tuple(dict.fromkeys((*trades, *found.short)))
    return replace(found, short=both, version=f"{found.version}+{code}")


def _kept(session: Session) -> AllocationPolicy:
    """What was set, without what the shortage list adds."""
    said = reference.meta(session, _META)
    if said is None:
        return DEFAULT_ALLOCATION
    values = json.loads(said)
    return replace(DEFAULT_ALLOCATION, **{**values, "short": tuple(values.get("short", ()))})


def set_policy(session: Session, changes: Mapping[str, object], *, by: Actor) -> AllocationPolicy:
    """Change some terms of the policy, under a new version; a supervisor's act."""
    require(by, Act.EDIT, "allocation_policy", None)
    before = _kept(session)
    known = [field.name for field in fields(AllocationPolicy) if field.name != "version"]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        _check_term(session, name, value)
    number = int(reference.meta(session, f"{_META}_number") or 0) + 1
    after = replace(before, **changes, version=f"v{number}")  # type: ignore[arg-type]
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    reference.set_meta(session, f"{_META}_number", str(number))
    told = (after.version, asdict(before), asdict(after))
    audit.note(session, by, "edit", "allocation_policy", [told])
    return policy(session)


def _check_term(session: Session, name: str, value: object) -> None:
    if name == "short":
        codes = value if isinstance(value, tuple) else (value,)
        for code in codes:
            if session.get(OccupationRow, str(code)) is None:
                raise NotFoundError("occupation", str(code))
        return
    if name in ("urgent_days", "waiting_days", "firm_heads"):
        is_right = value is None and name == "firm_heads"
        is_right = is_right or (isinstance(value, int) and 1 <= value <= 1000)
    else:
        most = 1 if name in ("least_score", "thin") else 10
        is_right = isinstance(value, int | float) and 0 <= value <= most
    if not is_right:
        raise InvalidError("policy_term", name=name, value=str(value))
