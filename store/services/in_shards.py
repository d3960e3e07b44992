"""Rankings and pools of many needs as jobs in shards, each made from one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from matching.parts import Asked, Part, around, by_area, by_trade, merge, pool_part, rank_part
from matching.policy import DEFAULT_POLICY, Policy
from matching.pooling import Pool, meant
from matching.topic import teaches_modules
from matching.types import Need, Ranking
from store import chain
from store.models import NeedRow
from store.schemas.actor import Actor
from store.schemas.records import NeedView
from store.services import filing_calendar, market, matchmaking, records
from store.services.rights import Act, require
from store.services.unmet import Unmet
from store.shards import Job, Shard, Through, Work, name_of

_AREA = 200  # needs of neighbouring areas that share one part of the market
_AT_ONCE = 8  # needs of one shard
_PAGE = 500  # needs read at once
_TOGETHER = 12  # poolable needs of one shard, at least


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every open need with the courses that could be about it, and the market of the same moment."""

    views: Mapping[str, NeedView]
    asked: tuple[Asked, ...]
    part: Part
    stand: str


def wanted(
    session: Session, *, by: Actor, today: date, top: int = 5, policy: Policy = DEFAULT_POLICY
) -> Wanted:
    """What `match --all` asks, read at once."""
    require(by, Act.READ, "match", None)
    views = {view.code: view for view in _open(session, by)}
    needs = [market.engine_need(session, view) for view in views.values()]
    known = matchmaking.snapshot(session, by=by, today=today)
    courses = market.candidates_within(known.market, session, needs)
    asked = [
        Asked(need, view.area or "", codes, view.owner)
        for need, view, codes in zip(needs, views.values(), courses, strict=True)
    ]
    current = filing_calendar.in_force(session, policy)
    markets = market.of_centres(session, known.market, {one.centre for one in asked})
    part = Part(
        known.market, known.calendar, today, current,
        top=top, offered=known.offered, of_centres=markets,
    )  # fmt: skip
    return Wanted(views, tuple(asked), part, chain.head(session.connection()))


def _open(session: Session, by: Actor) -> Iterator[NeedView]:
    """Open needs as the actor sees them, in order of code."""
    after = " "
    while after:
        found = records.page(
            session, "need", by=by, after=after, limit=_PAGE, only=[NeedRow.status == "open"]
        )
        yield from found.items
        after = found.after


def ranking_job(found: Wanted, work: Work, words: Sequence[str]) -> Job:
    """A job that answers something for every need, each asked with its view.

    `words` are what its answers depend on beside the store.
    """
    part = found.part
    words = (*words, found.stand, str(part.today), str(part.top), repr(part.policy))
    job = _by_area(name_of(words), found.asked, part, work)
    return replace(
        job,
        shards=tuple(
            replace(shard, asked=tuple((one, found.views[one.need.id]) for one in shard.asked))
            for shard in job.shards
        ),
    )


def rankings(
    session: Session, needs: Iterable[Unmet], part: Part, through: Through
) -> dict[str, Ranking]:
    """The ranking of each need by itself, by its code."""
    found = list(needs)
    courses = market.candidates_within(part.market, session, [one.need for one in found])
    asked = [
        Asked(one.need, one.view.area or "", codes)
        for one, codes in zip(found, courses, strict=True)
    ]
    job = _by_area(_key("rank", session, part, [a.need for a in asked]), asked, part, rank_part)
    return {one.need: one for _, found in through(job) for one in found}


def pools(
    session: Session, needs: Sequence[Need], part: Part, through: Through
) -> tuple[Pool, ...]:
    """What `matching.pooling.pool` finds."""
    groups = by_trade(needs, part.market.courses, _TOGETHER)
    of_group = {name_of([need.id for need in group]): group for group in groups}

    def around_group(name: str) -> Part:
        codes = {code for need in of_group[name] for code in meant(need)}
        of_modules = [need for need in of_group[name] if need.only_modules]
        courses = {
            course.id
            for course in part.market.courses
            if any(share.code in codes for share in course.occupations)
            or any(teaches_modules(need, course) for need in of_modules)
        }
        return around(part, of_group[name], courses)

    shards = tuple(Shard(name, name, group) for name, group in of_group.items())
    job = Job(_key("pool", session, part, needs), pool_part, shards, part, around_group)
    return merge(found for _, found in through(job))


def _by_area(key: str, asked: Sequence[Asked], part: Part, work: Work) -> Job:
    """Shards of neighbours; those of one area share a part of the market."""
    areas = {name_of([one.need.id for one in area]): area for area in by_area(asked, _AREA)}
    shards = tuple(
        Shard(name_of([one.need.id for one in piece]), name, piece)
        for name, area in areas.items()
        for piece in by_area(area, _AT_ONCE)
    )

    def around_area(name: str) -> Part:
        courses = {code for one in areas[name] for code in one.courses}
        return around(part, [one.need for one in areas[name]], courses)

    return Job(key, work, shards, part, around_area)


def _key(what: str, session: Session, part: Part, needs: Iterable[Need]) -> str:
    """What the answers depend on: the store as it is, the day, the rules, and the heads that are left."""
    left = [f"{need.id} {need.heads}" for need in needs]
    stand = chain.head(session.connection())
    rules = (str(part.today), str(part.top), repr(part.policy), repr(part.pooling))
    return name_of((what, stand, *rules, *left))
