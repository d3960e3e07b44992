"""`pool`: clusters of needs that could share a class; held, sent, withdrawn, firms named to each other."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from matching.pooling import DEFAULT_POOLING, Pool, PoolingPolicy
from matching.types import Violation
from store.schemas.actor import Actor
from store.services import audit, inbox, pools, records, reference
from store.services.dealing import Outcome
from store.services.inbox import Proposal
from store.services.pools import Prepared, Radar
from tui import deal_text, pool_text
from tui.cli import crew
from tui.cli.match import bundle_json
from tui.cli.output import line, plain, put, say, tried
from tui.cli.session import begin
from tui.i18n import _
from tui.render import violation_line
from tui.settings import Settings
from tui.words import value_word


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a pooled class: its proposals as they stand, and by their codes rules that only warn."""

    pool: str
    proposals: tuple[Proposal, ...]
    warnings: Mapping[str, tuple[Violation, ...]]


def radar(options: Namespace, settings: Settings) -> int:
    """Classes that several open needs could share, most heads first."""
    session = begin(options, settings)
    pooling = _pooling(options)
    found = session.store.read(
        pools.radar,
        by=session.by,
        today=session.today,
        pooling=pooling,
        through=crew.of(options, session.store, session.by),
        area=options.area and options.area.upper(),
    )
    shown = found.pools
    if options.course is not None:
        course = session.store.read(records.fetch, "course", options.course.upper(), by=session.by)
        shown = tuple(one for one in shown if one.bundle.course.id == course.code)
    shown = shown[: options.top]
    if options.json:
        put(
            {
                "pooling": plain(pooling),
                "needs": len(found.needs),
                "pools": [_pool_json(at, one, found) for at, one in enumerate(shown, 1)],
            }
        )
        return 0
    for at, one in enumerate(shown, 1):
        first, *rest = pool_text.pool_lines(one, found.needs, found.due)
        line(f"{at}. {first}")
        for text in rest:
            line(f"   {text}")
    if shown:
        say(_("Hold one with `duijie pool hold COURSE NEED NEED`."))
    else:
        told = _("None of {count} open needs can share a class like that.")
        say(told.format(count=len(found.needs)))
    return 0


def _pooling(options: Namespace) -> PoolingPolicy:
    """The rules for clusters; what was asked for otherwise stands in their version."""
    changes: dict[str, Any] = {
        name: value
        for name in ("most_share", "exact_needs")
        if (value := getattr(options, name, None)) is not None
    }
    told = "".join(f" {name}={value}" for name, value in changes.items())
    return replace(DEFAULT_POOLING, **changes, version=DEFAULT_POOLING.version + told)


def _pool_json(rank: int, one: Pool, found: Radar) -> dict[str, object]:
    def told(code: str, heads: int) -> dict[str, object]:
        known = found.needs[code]
        return {
            "need": code,
            "enterprise": known.view.enterprise,
            "firm": known.firm,
            "heads": heads,
            "of": known.need.heads,
        }

    return {
        "rank": rank,
        "heads": one.heads,
        "missing": one.missing,
        "late_days": one.late_days,
        "exact": one.is_exact,
        "members": [
            {**told(member.id, member.heads), "score": round(score, 6)}
            for member, score in zip(one.members, one.scores, strict=True)
        ],
        "steps": plain(one.steps),
        "tipping": plain(one.tipping),
        "outsiders": [
            {**told(other.need.id, other.need.heads), "violations": plain(other.violations)}
            for other in one.outsiders
        ],
        "bundle": bundle_json(one.bundle),
    }


def hold(options: Namespace, settings: Settings) -> int:
    """Hold a class for several needs, a draft for each, and send it where that is asked for."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    done = session.store.read(audit.done, options.request, "pool", "proposal", session.by)
    if done is not None:
        return _again(options, settings, done)
    choice = session.store.read(
        pools.prepare,
        options.course.upper(),
        [need.upper() for need in options.needs],
        by=session.by,
        today=session.today,
        pooling=_pooling(options),
    )
    run = session.store.rehearse if options.dry_run else session.store.write
    made = run(_hold, choice, by=session.by, now=now, request=options.request, is_sent=options.send)
    return _tell(options, made, now)


def _hold(
    session: Any, choice: Prepared, *, by: Actor, now: datetime, request: str | None, is_sent: bool
) -> Held:
    """Drafts for all, and offers where that is asked for: one write, all or none."""
    made = pools.draft(session, choice, by=by, now=now, request=request)
    code = inbox.proposal(session, made[0].code, by=by).pool or ""
    if is_sent and any(one.status == "draft" for one in made):
        made = pools.send(session, code, by=by, now=now)
    return _held(session, code, made, by)


def _held(session: Any, code: str, made: Iterable[Outcome], by: Actor) -> Held:
    warnings = {one.code: one.warnings for one in made}
    return Held(code, tuple(inbox.proposal(session, one, by=by) for one in warnings), warnings)


def _again(options: Namespace, settings: Settings, code: str) -> int:
    """A repeated request: the class as it stands, sent where that is asked for and was not done."""
    session = begin(options, settings)
    found = session.store.read(_standing, code, by=session.by)
    if options.send and any(one.status == "draft" for one in found.proposals):
        options.code = code
        return send(options, settings)
    return _tell(options, found, session.store.read(reference.now))


def _standing(session: Any, code: str, *, by: Actor) -> Held:
    """The proposals of a pooled class, whatever became of them."""
    found = pools.proposals_of(session, code, by=by)
    return Held(code, tuple(inbox.proposal(session, one, by=by) for one in found), {})


def _tell(options: Namespace, made: Held, now: datetime) -> int:
    heads = sum(one.heads for one in made.proposals)
    if options.json:
        proposals = [
            {
                "code": one.code,
                "need": one.need,
                "enterprise": one.enterprise,
                "heads": one.heads,
                "status": one.status,
                "version": one.version,
                "until": plain(one.until),
                "warnings": plain(made.warnings.get(one.code, ())),
            }
            for one in made.proposals
        ]
        put({"pool": made.pool, "heads": heads, "proposals": proposals})
        return 0
    tried(options)
    first = made.proposals[0]
    line(
        _("{pool}: {heads} heads in {course} {title}, from {day} on").format(
            pool=made.pool,
            heads=heads,
            course=first.course,
            title=first.title,
            day=first.first_day.isoformat(),
        )
    )
    for one in made.proposals:
        _tell_one(one, made.warnings.get(one.code, ()), now)
    return 0


def _tell_one(one: Proposal, warnings: Sequence[Violation], now: datetime) -> None:
    clock = ""
    if one.until is not None:
        until, left = deal_text.moment(one.until), deal_text.time_left(one.until, now)
        clock = "  " + _("until {until} ({left})").format(until=until, left=left)
    heads = deal_text.heads_word(one.heads)
    line(f"  {one.code}  {one.need}  {one.enterprise}  {heads}  {value_word(one.status)}{clock}")
    for found in warnings:
        line(f"    ! {violation_line(found, one.names, one.plan.sessions)}")


def _act(
    options: Namespace, settings: Settings, service: Callable[..., tuple[Outcome, ...]], **more: Any
) -> int:
    """One step of all the proposals of a pooled class."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    code = options.code.upper()

    def step(inner: Any) -> Held:
        return _held(inner, code, service(inner, code, by=session.by, now=now, **more), session.by)

    run = session.store.rehearse if options.dry_run else session.store.write
    return _tell(options, run(step), now)


def send(options: Namespace, settings: Settings) -> int:
    """Offer every draft of a pooled class."""
    return _act(options, settings, pools.send)


def withdraw(options: Namespace, settings: Settings) -> int:
    """Take back everything of a pooled class that is not confirmed."""
    return _act(options, settings, pools.withdraw, reason=options.reason)


def reveal(options: Namespace, settings: Settings) -> int:
    """Name a firm that agreed to another of its class; the telling is kept."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    code, firm, to = options.code.upper(), options.firm.upper(), options.to.upper()
    run = session.store.rehearse if options.dry_run else session.store.write
    name = run(pools.reveal, code, firm, to, by=session.by, now=now)
    if options.json:
        put({"pool": code, "firm": firm, "to": to, "name": name})
        return 0
    tried(options)
    say(_("{to} may be told now: {firm} is {name}.").format(to=to, firm=firm, name=name))
    return 0


def history(options: Namespace, settings: Settings) -> int:
    """What was done with a pooled class, and who was named to whom."""
    session = begin(options, settings)
    found = session.store.read(pools.history, options.code.upper(), by=session.by)
    if options.json:
        put(found)
        return 0
    for text in pool_text.history_lines(found):
        line(text)
    return 0
