"""Which screens a person may open: those about records that their role may read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from store.schemas.actor import Actor
from store.services.rights import Act, reach

OWN = "people"  # keys and sessions: everybody has some of their own
READS: Mapping[str, str] = {
    "dashboard": "need",
    "needs": "need",
    "match": "match",
    "offerings": "course",
    "board": "slot",
    "analysis": "need",
    "proposals": "proposal",
    "classes": "class",
    "calls": "proposal",
    "pools": "match",
    "planning": "match",
    "allocation": "match",
    "what_if": "match",
    "audit": "audit",
    "batches": "batch",
    "cycle": "filing",
    "figures": "need",
    "warnings": "warning",
    "trainees": "trainee",
    "bulletins": "bulletin",
    "policy": "policy_set",
    "early": "suggestion",
    "support": "course_call",
    "supervision": "visit",
    "evaluation": "evaluation",
    "ratings": "rating",
    "occupations": "occupation",
    "surveys": "survey",
    "vacancies": "vacancy",
    "costs": "shared_cost",
    "story": "need",
}
_GOING = re.compile(r"app\.go\('(\w+)'.*")
_TOUR = "app.tour"


def may_open(by: Actor, screen: str) -> bool:
    """Whether a screen has anything to show to a person."""
    kind = READS.get(screen)
    return kind is None or reach(by, Act.READ, kind) is not None


def home(by: Actor) -> str:
    """Where a person is at home: the needs, else what they are asked to rate, else their own keys."""
    return next((one for one in ("needs", "ratings") if may_open(by, one)), OWN)


def may_do(by: Actor, action: str) -> bool:
    """Whether a command leads anywhere for a person."""
    going = _GOING.fullmatch(action)
    return may_open(by, going[1] if going else "needs" if action == _TOUR else OWN)
