"""钻取: the needs behind a line of the board, and why each of them is unmet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.types import Rule
from store.models import NeedRow, OrganisationRow
from store.schemas.actor import Actor
from store.services import (
    analysis,
    filing_calendar,
    firm_names,
    market,
    matchmaking,
    reference,
    unmet,
)
from store.services.among import among
from store.services.analysis import Line, Look
from store.services.coverage import Coverage, Lack
from store.services.records import MASKED, masked
from store.services.rights import Act, reach, sees_firm_names
from store.services.wanted import Wanted, days_waited

_MOST_READ = 60
Progress = Callable[[int, int], None]


class Standing(StrEnum):
    """What is to be said of heads of a need that no rule keeps from being served.

    Something is arranged, a course fits, one of a neighbouring trade or level does, others before them
    take what there is, or nobody has looked.
    """

    ARRANGED = "arranged"
    FITS = "fits"
    NEAR = "near"
    RIVALS = "rivals"
    UNREAD = "unread"


Why = Rule | Lack | Standing


@dataclass(frozen=True, slots=True)
class Cause:
    """So many heads of so many needs, and what is to be said of them."""

    why: Why
    heads: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """A need behind a line: heads, those that something is arranged for, and why the others are unmet."""

    code: str
    text: str
    firm: str
    heads: int
    covered: int
    days: int
    why: Why


@dataclass(frozen=True, slots=True)
class Drilled:
    """A line taken apart: most heads first, and every need, the longest waiting first."""

    line: Line
    causes: tuple[Cause, ...]
    needs: tuple[Behind, ...]


def drill(
    session: Session,
    occupation: str | None,
    level: int | None,
    *,
    by: Actor,
    today: date,
    area: str | None = None,
    month: date | None = None,
    progress: Progress = lambda done, of: None,
) -> Drilled | None:
    """The needs behind a line and why each is unmet, None where there is no such line any more.

    Whoever may match is told the rule that stands in a need's way most often in its own ranking, for the
    longest waiting 60 needs; others what the board's rough count says.
    """
    look = analysis.look(session, by, today, area, month)
    line = next(
        (n for n in analysis.board(look).lines if (n.occupation, n.level) == (occupation, level)),
        None,
    )
    if line is None:
        return None
    needs = [one for one in look.open if analysis.key_of(one) == (occupation, level)]
    causes = {one.code: _rough(look.coverage, one) for one in needs}
    if occupation is not None and reach(by, Act.READ, "match") is not None:
        _read(session, look, needs[:_MOST_READ], causes, by, progress)
        for one in needs[_MOST_READ:]:
            causes[one.code] = [(Standing.UNREAD, one.left)] if one.left else []
    return Drilled(line, _causes(needs, causes), _behind(session, needs, causes, by, today))


_Causes = dict[str, list[tuple[Why, int]]]


def _rough(found: Coverage, one: Wanted) -> list[tuple[Why, int]]:
    """Heads of a need that nothing is arranged for, as the board sees them; those that go without first."""
    served = found.served[one.code]
    told: list[tuple[Why, int]] = []
    if one.code in found.lacks:
        told.append((found.lacks[one.code], one.left - served))
    return told + ([(Standing.FITS, served)] if served else [])


def _read(
    session: Session,
    look: Look,
    needs: Sequence[Wanted],
    causes: _Causes,
    by: Actor,
    progress: Progress,
) -> None:
    """What each need's own ranking says in place of the rough count."""
    calendar, policy = reference.calendar(session), filing_calendar.in_force(session)
    found = {
        one.view.code: one for one in unmet.unmet(session, by=by, codes=[n.code for n in needs])
    }
    for at, one in enumerate(needs):
        progress(at, len(needs))
        if one.code not in found:
            continue
        offers = market.load_market(session, found[one.code].need, look.today)
        need = found[one.code].need
        ranking = matchmaking.rank_offers(need, offers, calendar, look.today, 1, policy)
        served = look.coverage.served[one.code]
        if ranking.bundles:
            is_taken = look.coverage.lacks.get(one.code) in (Lack.SEATS, Lack.STATIONS)
            parts: list[tuple[Why, int]] = [
                (Standing.RIVALS if is_taken else Standing.NEAR, one.left - served),
                (Standing.FITS, served),
            ]
            causes[one.code] = [part for part in parts if part[1]]
        else:
            rules = Counter(r.violations[0].rule for r in ranking.rejections if r.violations)
            why: Why = rules.most_common(1)[0][0] if rules else Lack.COURSE
            causes[one.code] = [(why, one.left)]


def _causes(needs: Sequence[Wanted], causes: _Causes) -> tuple[Cause, ...]:
    heads: Counter[Why] = Counter()
    codes: dict[Why, list[str]] = defaultdict(list)
    for one in needs:
        arranged: list[tuple[Why, int]] = [(Standing.ARRANGED, one.covered)] if one.covered else []
        for why, count in [*causes[one.code], *arranged]:
            if count:
                heads[why] += count
                codes[why].append(one.code)
    ordered = sorted(heads, key=lambda why: (isinstance(why, Standing), -heads[why], why))
    return tuple(Cause(why, heads[why], tuple(codes[why])) for why in ordered)


def _behind(
    session: Session, needs: Sequence[Wanted], causes: _Causes, by: Actor, today: date
) -> tuple[Behind, ...]:
    told = texts(session, [one.code for one in needs], by)
    return tuple(
        Behind(
            one.code,
            *told[one.code],
            one.heads,
            one.covered,
            days_waited(one, today),
            causes[one.code][0][0] if causes[one.code] else Standing.ARRANGED,
        )
        for one in needs
    )


def texts(session: Session, codes: Sequence[str], by: Actor) -> dict[str, tuple[str, str]]:
    """What each need says and whose it is; who may not know the firm reads neither its name."""
    found: dict[str, tuple[str, str]] = {}
    told = firm_names.told_needs(session, codes, by)
    for condition in among(NeedRow.code, codes):
        for code, text, name, short, contact in session.execute(
            select(
                NeedRow.code, NeedRow.text, OrganisationRow.name, OrganisationRow.short_name,
                OrganisationRow.contact,
            )
            .join(OrganisationRow, OrganisationRow.code == NeedRow.enterprise)
            .where(condition)
        ):  # fmt: skip
            if code in told and sees_firm_names(by):
                found[code] = (text, short or name)
            elif code in told:
                found[code] = (masked(text, "", None, contact), short or name)
            else:
                found[code] = (masked(text, name, short, contact), MASKED)
    return found
