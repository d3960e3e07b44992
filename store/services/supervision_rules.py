"""Numbers that supervision goes by, and the checklists of visits by version, kept as data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy.orm import Session

from store.errors import InvalidError, NotFoundError
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.rights import Act, require

_META = "supervision_rules"
_CHECKLISTS = "visit_checklists"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_ITEMS, _LONGEST_WORDS = 40, 60


@dataclass(frozen=True, slots=True)
class SupervisionRules:
    """The numbers: shares in percent, times in days, tickets in a draw by risk.

    `coverage` is the share of a quarter's classes that is to be visited, `price_off` how far from the
    middle price of its trade and level a price is a flag, `price_peers` how many prices make a middle. Of how
    many people on it is a sign that all came in one minute; by what share claimed hours may be above those of
    the sessions; up to what share of its staff a firm may have trained within a year.
    """

    coverage: int = 30
    follow_up_minor: int = 30
    follow_up_major: int = 14
    follow_up_grave: int = 3
    institutions_most: int = 3
    price_off: int = 50
    price_peers: int = 4
    risk_tickets: int = 3
    same_minute_least: int = 5
    hours_over: int = 10
    staff_share: int = 100

    def follow_up(self, severity: str) -> int:
        """Days within which a finding of this severity is looked at again."""
        return int(getattr(self, f"follow_up_{severity}"))


_RANGES = {
    "coverage": (1, 100),
    "institutions_most": (1, 20),
    "price_off": (1, 1000),
    "price_peers": (2, 100),
    "risk_tickets": (1, 20),
    "same_minute_least": (2, 500),
    "hours_over": (0, 1000),
    "staff_share": (1, 1000),
}
_DAYS = (0, 366)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist; built-in items have no words of their own."""

    code: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """One version of what is looked at during a visit."""

    version: int
    items: tuple[Item, ...]


_BUILT_IN = Checklist(
    1,
    tuple(
        Item(code)
        for code in (
            "sign_in",
            "head_count",
            "instructor",
            "certificate",
            "plan",
            "hours",
            "stations",
            "safety",
            "no_fees",
            "records",
        )
    ),
)


def rules(session: Session) -> SupervisionRules:
    """The rules of this store."""
    said = reference.meta(session, _META)
    return replace(SupervisionRules(), **json.loads(said)) if said else SupervisionRules()


def set_rules(session: Session, changes: Mapping[str, int], *, by: Actor) -> SupervisionRules:
    """Change some numbers; a supervisor's act."""
    require(by, Act.EDIT, "supervision_rules", None)
    known = [field.name for field in fields(SupervisionRules)]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        least, most = _RANGES.get(name, _DAYS)
        if not least <= value <= most:
            raise InvalidError("rule_range", name=name, value=value, least=least, most=most)
    before = rules(session)
    after = replace(before, **changes)
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    told = ("SUPERVISION", asdict(before), asdict(after))
    audit.note(session, by, "edit", "supervision_rules", [told])
    return after


def checklists(session: Session) -> tuple[Checklist, ...]:
    """Every version, the one in use last."""
    said = json.loads(reference.meta(session, _CHECKLISTS) or "[]")
    added = [
        Checklist(at, tuple(Item(code, words) for code, words in items))
        for at, items in enumerate(said, _BUILT_IN.version + 1)
    ]
    return (_BUILT_IN, *added)


def checklist(session: Session, version: int | None = None) -> Checklist:
    """The checklist in use, or a version of it."""
    found = checklists(session)
    if version is None:
        return found[-1]
    for one in found:
        if one.version == version:
            return one
    raise NotFoundError("checklist", str(version))


def set_checklist(session: Session, items: Sequence[Item], *, by: Actor) -> Checklist:
    """A new version for visits from now on; those that were planned or made keep theirs."""
    require(by, Act.EDIT, "checklist", None)
    codes = [one.code for one in items]
    if not items or len(items) > _MOST_ITEMS or len(set(codes)) != len(codes):
        raise InvalidError("checklist_items", most=_MOST_ITEMS)
    for one in items:
        is_known = one.words or one in _BUILT_IN.items
        if not _CODE.fullmatch(one.code) or not is_known or len(one.words) > _LONGEST_WORDS:
            raise InvalidError("checklist_item", text=one.code, most=_LONGEST_WORDS)
    said = json.loads(reference.meta(session, _CHECKLISTS) or "[]")
    said.append([[one.code, one.words] for one in items])
    reference.set_meta(session, _CHECKLISTS, json.dumps(said, ensure_ascii=False))
    made = checklist(session)
    told = (f"V{made.version}", None, {"items": codes})
    audit.note(session, by, "register", "checklist", [told])
    return made
