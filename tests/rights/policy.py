"""Who may do what, as product.md says under "People": written down apart from the program's own table.

Each line is role: kind: acts and how far, `own` or `any`; what is not here is refused.
`own` is the record's organisation, for people and their keys and sessions the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from store.schemas.actor import Role

WRITE = "register edit withdraw"
OFFERS = ("course", "run", "instructor", "venue", "slot", "assessment")
_READ = (
    "need", "need history", "match", "centre", "enterprise", *OFFERS, "offer history", "board", "analysis",
    "profile", "decision", "proposal", "pool", "desk", "waiting", "contact",
)  # fmt: skip
SELF: Mapping[str, Mapping[str, str]] = {
    "own user": {"own": "read"},
    "own key": {"own": "read withdraw"},
    "own session": {"own": "read edit withdraw"},
    "own work": {"own": "read"},
    "terms in force": {"any": "read answer"},  # everybody reads them and accepts for themselves
    "reading aid": {"any": "read"},  # words into fields, by reference data
    "news": {"any": "read"},  # whose kinds were changed, of those that one may read
}
_RULES: Mapping[Role, Mapping[str, Mapping[str, str]]] = {
    # "registers firms and needs, searches, matches, pools, proposes, books, follows up"; centres see each
    # other's needs and firms, as a firm may turn to any; deals are of the centre that made them. What an
    # institution says on the telephone an operator enters for it.
    Role.OPERATOR: {
        "need": {"any": "read", "own": WRITE},
        "need history": {"any": "read"},
        "match": {"any": "read"},
        "centre": {"any": "read"},
        "enterprise": {"any": "read register edit"},
        "institution": {"any": "read register edit"},
        **{kind: {"any": f"read {WRITE}"} for kind in OFFERS},
        "offer history": {"any": "read"},
        "board": {"any": "read"},
        "analysis": {"own": "read"},
        "word": {"own": "read register withdraw"},
        "profile": {"own": f"read {WRITE}"},
        "decision": {"own": f"read {WRITE}"},
        "proposal": {"own": f"read {WRITE} answer"},
        "desk": {"own": "read"},
        "class": {"own": f"read plan {WRITE} answer"},
        "waiting": {"own": f"read {WRITE}"},
        "contact": {"own": f"read {WRITE}"},
        "pool": {"own": "read"},
        "allocation": {"own": f"read {WRITE}"},
        "batch": {"own": f"read {WRITE}"},
        "filing": {"any": "read register"},
        "quality": {"any": "read"},
        "verification": {"any": "read edit"},
        "duplicate": {"any": "read edit"},
        "warning": {"own": "read edit"},
        "shortage": {"any": "read"},
        "trainee": {"own": f"read {WRITE}"},
        # what is known of a firm before it asks is of the centre that keeps it
        **{
            k: {"own": f"read {WRITE}"}
            for k in ("training_plan", "suggestion", "case", "course_call", "survey")
        },
        "expert": {"any": "read", "own": WRITE},
        "association": {"any": "read", "own": WRITE},
        "purchase": {"any": "read", "own": WRITE},
        "vacancy": {"any": "read", "own": WRITE},  # people are referred to any centre's
        "shared_cost": {"any": "read", "own": WRITE},
        "occupation": {"any": "read"},  # local ones; national ones everybody has
        "identity": {"own": "answer"},  # a person in clear, with a reason that is kept
        "bulletin": {"any": "read"},
        "target": {"own": "read"},
        "policy_set": {"any": "read"},
        "claim": {"own": f"read {WRITE}"},
        "fund": {"own": f"read {WRITE}"},
        "visit": {"own": "read"},
        "draw": {"any": "read"},  # anyone can prove a draw again
        "risk": {"own": "read"},
        "charge": {"own": "edit"},
        "evaluation": {"any": "read register"},  # enters what raters wrote on paper
        "standing": {"any": "read"},
    },
    # "lists own courses, instructors, venues and slots; answers proposals; sees demand with firm names
    # masked until consent"
    Role.INSTITUTION: {
        "need": {"any": "read"},
        "centre": {"any": "read"},
        "policy_set": {"any": "read"},
        "association": {"any": "read"},  # who is in it, by codes
        "shared_cost": {"any": "read"},  # of rooms that it bears a part of
        "occupation": {"any": "read"},
        "institution": {"own": "read"},
        **{kind: {"own": f"read {WRITE}"} for kind in OFFERS},
        "board": {"own": "read"},
        "analysis": {"own": "read"},
        "proposal": {"own": "read answer"},
        "desk": {"own": "read"},
        "class": {"own": "read plan answer"},
        "batch": {"own": f"read {WRITE}"},
        "filing": {"own": "read register"},
        "quality": {"own": "read"},
        "verification": {"own": "read"},
        "warning": {"own": "read edit"},
        "shortage": {"any": "read"},
        "bulletin": {"any": "read"},
        "course_call": {"any": "read"},
        "course_bid": {
            "own": "read register withdraw"
        },  # nobody else's before the deadline is over
        "visit": {"own": "read answer"},
        "draw": {"any": "read"},
        "evaluation": {"any": "read"},
        "standing": {"own": "read"},
    },
    # "reads everything, sets policy data and allocation policy, verifies institutions"
    Role.SUPERVISOR: {
        **{kind: {"any": "read"} for kind in _READ},
        "class": {"any": "read plan"},
        "allocation": {"any": "read"},
        "batch": {"any": "read"},
        "institution": {"any": f"read {WRITE}"},
        "usage_terms": {"any": "read register"},
        "centre": {"any": "read edit"},  # says which centre is beneath which
        "instructor": {"any": "read register edit"},  # keeps the register of who may teach
        "instructor_register": {"any": "edit"},
        "word": {"any": "read register withdraw"},
        "policy": {"any": "edit"},
        "filing": {"any": "read"},
        "quality": {"any": "read"},
        "verification": {"any": "read edit"},
        "duplicate": {"any": "read edit"},
        "warning": {"own": "read edit"},
        "shortage": {"any": f"read {WRITE}"},
        "trainee": {"any": "read"},
        "identity": {"any": "answer"},
        "bulletin": {"any": f"read {WRITE}"},
        "target": {"any": f"read {WRITE}"},
        "all targets": {"any": "read"},
        "policy_set": {"any": f"read {WRITE}"},
        "claim": {"any": "read answer"},
        "fund": {"any": "read"},
        **{kind: {"any": "read"} for kind in ("training_plan", "suggestion", "case", "survey")},
        "course_call": {"any": "read edit"},  # chooses, where a centre does not
        "expert": {"any": f"read {WRITE}"},
        "association": {"any": f"read {WRITE}"},
        "vacancy": {"any": "read"},
        "shared_cost": {"any": "read"},
        "purchase": {"any": f"read {WRITE}"},
        "visit": {"any": f"read {WRITE}"},
        "draw": {"any": "read register"},
        "risk": {"any": "read edit"},
        "charge": {"any": "edit"},
        "occupation": {"any": "read register edit"},
        "rating": {"any": "read register withdraw"},  # whom to ask; never marks in their name
        "evaluation": {"any": f"read {WRITE}"},
        "standing": {"any": f"read {WRITE}"},
        "audit": {"any": "read"},
    },
    # "users, keys, backups, health; no business decisions": of the business only whose people they are
    Role.ADMIN: {
        "centre": {"any": "read"},
        "enterprise": {"any": "read"},
        "institution": {"any": "read"},
        "user": {"any": f"read {WRITE}"},
        "key": {"any": f"read {WRITE}"},
        "session": {"any": f"read {WRITE}"},
        "audit": {"any": "read"},
        "identity_switch": {"any": "read edit"},
        "usage_terms": {"any": "read register"},
        "own user": {"any": "read"},
        "own key": {"any": "read withdraw"},
        "own session": {"any": "read edit withdraw"},
    },
    # "(later) sees own needs, confirms quotes": nothing yet but itself
    Role.ENTERPRISE: {"enterprise": {"own": "read"}},
    # people of assessment bodies: the classes that they are asked to rate, and their marks for these
    Role.EVALUATOR: {"rating": {"own": "read answer"}},
}
ROLES = tuple(_RULES)


def may(role: Role, kind: str, act: str, whose: str) -> bool:
    """Whether a role may do something to what is its `own`, or another's (`other`)."""
    return any(
        act in acts.split() and (reach == "any" or whose == "own")
        for reach, acts in _lines(role, kind)
    )


def _lines(role: Role, kind: str) -> Iterator[tuple[str, str]]:
    yield from SELF.get(kind, {}).items()
    yield from _RULES[role].get(kind, {}).items()
