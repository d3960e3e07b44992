"""Who may do what to whose records: one table, everything else refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from store.errors import NotAllowedError
from store.schemas.actor import Actor, Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Act(StrEnum):
    """What can be done to a record."""

    READ = "read"
    REGISTER = "register"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    ANSWER = "answer"


class Reach(StrEnum):
    """Whose records an act may touch."""

    OWN = "own"
    ANY = "any"


_WRITES = (Act.REGISTER, Act.EDIT, Act.WITHDRAW)
_OFFERINGS = ("course", "run", "instructor", "venue", "slot", "assessment")
_ORGANISATIONS = ("centre", "enterprise", "institution")
_POSTS = ("vacancy", "shared_cost")  # what firms look for; who pays for rooms that are shared
_KNOWN = ("expert", "association")  # whom one may turn to, beyond one's own centre
_DEALS = ("proposal", "class", "waiting", "contact")
_EVERYTHING = (*_ORGANISATIONS, "need", *_OFFERINGS)
_KEEPING = ("user", "key", "session")  # who may come in; no business
_QUALITY = ("filing", "quality", "verification", "duplicate")
_PEOPLE = ("trainee", "identity", "identity_switch")  # who is trained, and their numbers in clear
_MONEY = ("policy_set", "claim", "fund")  # rules of subsidies, what is asked for, what firms spend
_EARLY = ("training_plan", "suggestion")  # what is known before anybody asks
_SUPPORT = ("case", "course_call")
_WATCHING = (
    "visit",
    "draw",
    "risk",
    "charge",
    "evaluation",
    "standing",
    "rating",
)  # how it is judged
_TRAIL = ("audit", "refusal")  # what was done, and what was refused
_PUBLIC = ("bulletin", "target")
_TERMS = ("usage_terms",)  # what people agree to before they work here
# Numbers and rules that are the same for all and told to all.
_SETTINGS = (
    "clocks",
    "quality_rules",
    "small_counts",
    "early_rules",
    "warning_rule",
    "allocation_policy",
    "training_rules",
    "filing_calendar",
    "credit_rules",
    "verification_kinds",
    "supervision_rules",
    "checklist",
)


def _rights(
    *rules: tuple[tuple[str, ...], tuple[Act, ...], Reach],
) -> Mapping[tuple[str, Act], Reach]:
    return {(kind, act): reach for kinds, acts, reach in rules for kind in kinds for act in acts}


# Operators enter offerings for institutions that telephone them in; needs belong to the centre.
_MATRIX: Mapping[Role, Mapping[tuple[str, Act], Reach]] = {
    Role.OPERATOR: _rights(
        ((*_EVERYTHING, "match"), (Act.READ,), Reach.ANY),
        (("need",), _WRITES, Reach.OWN),
        (("enterprise", "institution"), (Act.REGISTER, Act.EDIT), Reach.ANY),
        (_OFFERINGS, _WRITES, Reach.ANY),
        (("alias",), (Act.READ, Act.REGISTER, Act.WITHDRAW), Reach.OWN),
        (("profile", "decision"), (Act.READ, Act.REGISTER, Act.EDIT, Act.WITHDRAW), Reach.OWN),
        (("proposal", "class"), tuple(Act), Reach.OWN),
        (("waiting", "contact", "allocation", "batch"), (Act.READ, *_WRITES), Reach.OWN),
        (_QUALITY, (Act.READ,), Reach.ANY),
        (("filing",), (Act.REGISTER,), Reach.ANY),
        (("verification", "duplicate"), (Act.EDIT,), Reach.ANY),
        (("warning",), (Act.READ, Act.EDIT), Reach.OWN),
        (("shortage", "bulletin"), (Act.READ,), Reach.ANY),
        (("trainee",), (Act.READ, *_WRITES), Reach.OWN),
        (("identity",), (Act.ANSWER,), Reach.OWN),
        (("target",), (Act.READ,), Reach.OWN),
        (("policy_set",), (Act.READ,), Reach.ANY),
        (("claim", "fund"), (Act.READ, *_WRITES), Reach.OWN),
        ((*_EARLY, *_SUPPORT, "survey"), (Act.READ, *_WRITES), Reach.OWN),
        ((*_KNOWN, *_POSTS, "purchase", "occupation"), (Act.READ,), Reach.ANY),
        ((*_KNOWN, *_POSTS, "purchase"), _WRITES, Reach.OWN),
        (("visit", "risk"), (Act.READ,), Reach.OWN),
        (("draw", "evaluation", "standing"), (Act.READ,), Reach.ANY),
        (("charge",), (Act.EDIT,), Reach.OWN),
        (("evaluation",), (Act.REGISTER,), Reach.ANY),
    ),
    Role.INSTITUTION: _rights(
        (("institution", *_OFFERINGS), (Act.READ,), Reach.OWN),
        (("need", "centre", "policy_set", "occupation"), (Act.READ,), Reach.ANY),
        (_OFFERINGS, _WRITES, Reach.OWN),
        (("batch",), (Act.READ, *_WRITES), Reach.OWN),
        (("proposal", "class"), (Act.READ, Act.ANSWER), Reach.OWN),
        (("filing", "quality", "verification"), (Act.READ,), Reach.OWN),
        (("filing",), (Act.REGISTER,), Reach.OWN),
        (("warning",), (Act.READ, Act.EDIT), Reach.OWN),
        (("shortage", "bulletin", "association", "shared_cost"), (Act.READ,), Reach.ANY),
        (("course_call",), (Act.READ,), Reach.ANY),
        (("course_bid",), (Act.READ, Act.REGISTER, Act.WITHDRAW), Reach.OWN),
        (("visit",), (Act.READ, Act.ANSWER), Reach.OWN),
        (("draw", "evaluation"), (Act.READ,), Reach.ANY),
        (("standing",), (Act.READ,), Reach.OWN),
    ),
    Role.SUPERVISOR: _rights(
        ((*_EVERYTHING, "match"), (Act.READ,), Reach.ANY),
        (("institution",), _WRITES, Reach.ANY),
        (("instructor",), (Act.REGISTER, Act.EDIT), Reach.ANY),
        (("centre",), (Act.EDIT,), Reach.ANY),
        (_TERMS, (Act.READ, Act.REGISTER), Reach.ANY),
        (("instructor_register",), (Act.EDIT,), Reach.ANY),
        (("alias",), (Act.READ, Act.REGISTER, Act.WITHDRAW), Reach.ANY),
        (
            ("profile", "decision", "allocation", "batch", *_DEALS, *_TRAIL, *_QUALITY),
            (Act.READ,),
            Reach.ANY,
        ),
        (("verification", "duplicate"), (Act.EDIT,), Reach.ANY),
        (("warning",), (Act.READ, Act.EDIT), Reach.OWN),
        (("shortage", *_PUBLIC), (Act.READ, *_WRITES), Reach.ANY),
        (("trainee",), (Act.READ,), Reach.ANY),
        (("identity",), (Act.ANSWER,), Reach.ANY),
        (("policy_set",), (Act.READ, *_WRITES), Reach.ANY),
        (("claim",), (Act.READ, Act.ANSWER), Reach.ANY),
        (("fund",), (Act.READ,), Reach.ANY),
        ((*_EARLY, *_SUPPORT, *_KNOWN, *_POSTS, "purchase", "survey"), (Act.READ,), Reach.ANY),
        (("course_call",), (Act.EDIT,), Reach.ANY),
        ((*_KNOWN, "purchase"), _WRITES, Reach.ANY),
        (("visit", "evaluation", "standing"), (Act.READ, *_WRITES), Reach.ANY),
        (("draw",), (Act.READ, Act.REGISTER), Reach.ANY),
        (("occupation",), (Act.READ, Act.REGISTER, Act.EDIT), Reach.ANY),
        (("rating",), (Act.READ, Act.REGISTER, Act.WITHDRAW), Reach.ANY),
        (("risk",), (Act.READ, Act.EDIT), Reach.ANY),
        (("charge", *_SETTINGS), (Act.EDIT,), Reach.ANY),
    ),
    Role.ENTERPRISE: _rights((("enterprise",), (Act.READ,), Reach.OWN)),
    Role.EVALUATOR: _rights((("rating",), (Act.READ, Act.ANSWER), Reach.OWN)),
    Role.ADMIN: _rights(
        (_KEEPING, (Act.READ, *_WRITES), Reach.ANY),
        ((*_ORGANISATIONS, *_TRAIL), (Act.READ,), Reach.ANY),
        (("identity_switch",), (Act.READ, Act.EDIT), Reach.ANY),
        (_TERMS, (Act.READ, Act.REGISTER), Reach.ANY),
    ),
    Role.SYSTEM: _rights(
        (
            (
                *_EVERYTHING,
                *_DEALS,
                *_KEEPING,
                *_TRAIL,
                *_QUALITY,
                *_PUBLIC,
                *_MONEY,
                *_TERMS,
                "allocation",
                "batch",
                "instructor_register",
                "warning",
                "shortage",
                "match",
                "alias",
                "profile",
                "decision",
                *_PEOPLE,
                *_EARLY,
                *_SUPPORT,
                *_KNOWN,
                *_POSTS,
                "purchase",
                "course_bid",
                "occupation",
                "survey",
                *_WATCHING,
                *_SETTINGS,
            ),
            tuple(Act),
            Reach.ANY,
        )
    ),
}


def reach(by: Actor, act: Act, kind: str) -> Reach | None:
    """How far an actor's right goes, None when there is none."""
    return _MATRIX[by.role].get((kind, act))


def may(act: str, kind: str) -> tuple[Role, ...]:
    """The roles of people that carry an act over some records of a kind; none where no table speaks of it."""
    return tuple(
        role
        for role, rights in _MATRIX.items()
        if role is not Role.SYSTEM and any((kind, known) in rights for known in Act if known == act)
    )


def require(by: Actor, act: Act, kind: str, owner: str | None, code: str = "") -> None:
    """Refuse the act unless the role carries it over this owner's records."""
    allowed = reach(by, act, kind)
    if allowed is None or (allowed is Reach.OWN and owner != by.organisation):
        raise NotAllowedError(act, kind, code)


def refuse(session: Session, act: str, kind: str, code: str = "", *, by: Actor) -> None:
    """Refuse what no table speaks of, through the store, which writes down what was refused to whom."""
    raise NotAllowedError(act, kind, code)


def require_some(by: Actor, act: Act, kind: str, code: str = "") -> None:
    """Refuse those whose role carries the act over nobody's records, before anything is looked up."""
    if reach(by, act, kind) is None:
        raise NotAllowedError(act, kind, code)


def sees_firm_names(by: Actor) -> bool:
    """Institutions see demand with the firm masked until it consents."""
    return by.role not in (Role.INSTITUTION, Role.ENTERPRISE, Role.EVALUATOR)
