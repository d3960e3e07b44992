"""What a bulletin tells of subsidies: claimed, approved and paid in the period, by clause and by centre.

What one claim comes to is published with the rules, so a sum of two clauses could be taken apart again:
totals are told only where every clause is, and a centre only where each clause of its own could be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import AuditRow, ClaimRow, OrganisationRow
from store.schemas.publication import Cells, Figures, Mark
from store.services import policies
from store.services.figure_scope import Scope, withheld
from store.services.small_counts import Count, held_back
from store.services.wanted import start_of

_STEPS = ("submit", "approve", "pay")
_COLUMNS = "people claims claimed_yuan approvals approved_yuan payments paid_yuan"


@dataclass(frozen=True, slots=True)
class _Moved:
    """A claim that took some of the steps in the period."""

    clause: tuple[str, str]
    centre: str
    person: str
    firm: str
    fen: int
    steps: frozenset[str]


def spent(session: Session, scope: Scope) -> Figures:
    """Claims by clause: of how many people, how many were handed in, approved and paid, and the yuan."""
    found = _moved(session, scope)
    names = _clauses(session)
    rows: list[Cells] = []
    for clause in sorted({one.clause for one in found}):
        some = [one for one in found if one.clause == clause]
        (mark,) = held_back(scope.threshold, [_count(some)]).rows
        rows.append((*names[clause], *_numbers(mark, some)))
    total = (None, None, None, *_total(scope, found))
    return scope.figures(
        "figures_money.spent", f"policy clause subsidy {_COLUMNS}", rows, total, scope.days
    )


def spent_by_centre(session: Session, scope: Scope) -> Figures:
    """The same by the centre that claimed."""
    found = _moved(session, scope)
    names = dict(session.execute(select(OrganisationRow.code, OrganisationRow.name)).all())
    centres = sorted({one.centre for one in found})
    held: set[str] = set()
    for clause in sorted({one.clause for one in found}):
        cells = [_count(_of(found, clause, centre)) for centre in centres]
        marks = held_back(scope.threshold, cells).rows
        pairs = zip(centres, marks, strict=True)
        held |= {centre for centre, mark in pairs if mark is not Mark.SHOWN}
    rows: list[Cells] = []
    for centre in centres:
        some = [one for one in found if one.centre == centre]
        mark = Mark.HELD if centre in held else Mark.SHOWN
        rows.append((names[centre], *_numbers(mark, some)))
    total = (None, *_total(scope, found))
    return scope.figures(
        "figures_money.spent_by_centre", f"centre {_COLUMNS}", rows, total, scope.days
    )


def _moved(session: Session, scope: Scope) -> list[_Moved]:
    """Claims with the steps that they took in the period, by the audit trail; of a repeated one the first."""
    end = min(scope.period.last, scope.as_of) + timedelta(days=1)
    first = (
        select(AuditRow.code, AuditRow.act, func.min(AuditRow.at).label("at"))
        .where(AuditRow.kind == "claim", AuditRow.act.in_(_STEPS))
        .group_by(AuditRow.code, AuditRow.act)
        .subquery()
    )
    steps: dict[str, set[str]] = defaultdict(set)
    for code, act in session.execute(
        select(first.c.code, first.c.act).where(
            first.c.at >= start_of(scope.period.first), first.c.at < start_of(end)
        )
    ):
        steps[code].add(act)
    claims = session.scalars(
        select(ClaimRow)
        .join(OrganisationRow, OrganisationRow.code == ClaimRow.enterprise)
        .where(scope.within(OrganisationRow.area))
        .order_by(ClaimRow.code)
    )
    return [
        _Moved(
            (one.policy, one.rule), one.owner, one.person, one.enterprise, one.amount_fen,
            frozenset(steps[one.code]),
        )
        for one in claims if one.code in steps
    ]  # fmt: skip


def _of(found: Iterable[_Moved], clause: tuple[str, str], centre: str) -> list[_Moved]:
    return [one for one in found if (one.clause, one.centre) == (clause, centre)]


def _total(scope: Scope, found: Sequence[_Moved]) -> Cells:
    """Told only where every clause is; without people, of whom some claim under several clauses."""
    counts = (
        _count(one for one in found if one.clause == clause)
        for clause in {one.clause for one in found}
    )
    is_told = all(held_back(scope.threshold, [one]).is_total_shown for one in counts)
    return (None, *_numbers(Mark.SHOWN if is_told else Mark.HELD, found)[1:])


def _count(found: Iterable[_Moved]) -> Count:
    known = list(found)
    taken = tuple(sum(step in one.steps for one in known) for step in _STEPS)
    people = len({one.person for one in known})
    return Count(len(known), frozenset(one.firm for one in known), (people, *taken))


def _numbers(mark: Mark, found: Sequence[_Moved]) -> Cells:
    told: list[int] = [len({one.person for one in found})]
    for step in _STEPS:
        some = [one.fen for one in found if step in one.steps]
        told += [len(some), round(sum(some) / 100)]
    return tuple(told) if mark is Mark.SHOWN else withheld(mark, tuple(told))


def _clauses(session: Session) -> dict[tuple[str, str], tuple[str, str, str]]:
    """The set's name, the clause and the kind of every rule, in the newest published edition that has it."""
    return {
        (one.code, rule.code): (one.name, rule.clause, rule.kind)
        for one in policies.published(session)
        for rule in one.rules
    }
