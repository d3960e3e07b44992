"""By which numbers needs are suggested before anybody asks, kept as data, which a supervisor sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy.orm import Session

from store.errors import InvalidError
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.rights import Act, require

_META = "early_rules"


@dataclass(frozen=True, slots=True)
class EarlyRules:
    """`certificate`, `apprenticeship`, `plan`, `coverage` are 1 or 0: whether that cause is looked for.

    `ahead_days` is how far ahead; a certificate is looked for `certificate_days` before it ends and
    `expired_days` after. Within `coverage_months` each skilled worker is to be trained `coverage_times`,
    those of a trade on the signed shortage list `key_times`.
    """

    certificate: int = 1
    apprenticeship: int = 1
    plan: int = 1
    coverage: int = 1
    ahead_days: int = 90
    certificate_days: int = 90
    expired_days: int = 180
    coverage_months: int = 36
    coverage_times: int = 1
    key_times: int = 2


_RANGES: Mapping[str, tuple[int, int]] = {
    "ahead_days": (1, 366),
    "certificate_days": (1, 366),
    "expired_days": (0, 1000),
    "coverage_months": (1, 120),
    "coverage_times": (1, 12),
    "key_times": (1, 12),
}


def rules(session: Session) -> EarlyRules:
    """The rules of this store."""
    said = reference.meta(session, _META)
    return replace(EarlyRules(), **json.loads(said)) if said else EarlyRules()


def set_rules(session: Session, changes: Mapping[str, int], *, by: Actor) -> EarlyRules:
    """Change some numbers; a supervisor's act."""
    require(by, Act.EDIT, "early_rules", None)
    known = [field.name for field in fields(EarlyRules)]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        least, most = _RANGES.get(name, (0, 1))
        if not least <= value <= most:
            raise InvalidError("rule_range", name=name, value=value, least=least, most=most)
    before = rules(session)
    after = replace(before, **changes)
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    audit.note(session, by, "edit", "early_rules", [("EARLY", asdict(before), asdict(after))])
    return after
