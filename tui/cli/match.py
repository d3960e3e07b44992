"""`match`."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from matching.alternatives import Merit, merits
from matching.parts import Asked, Part, rank_part
from matching.types import Bundle, Ranking, Reason, Rule
from matching.types import Session as Meeting
from store.errors import UsageError
from store.schemas.records import NeedView
from store.services import in_shards, matchmaking, subsidies
from store.services.in_shards import Wanted
from store.services.matchmaking import Matched
from store.services.subsidies import Net, Pricing
from store.shards import Shard
from tui.cli import crew
from tui.cli.choose import policy
from tui.cli.output import line, plain, put, say, write
from tui.cli.session import Session, begin
from tui.i18n import _, language, mark, using
from tui.policy_words import net_line
from tui.render import bundle_line, reason_line, self_study, session_span, warning_lines
from tui.safe import clean
from tui.settings import Settings
from tui.words import GRADES, RULES, urgent_mark

_MERITS = {
    Merit.CHEAPEST: mark("cheapest"),
    Merit.SOONEST: mark("soonest"),
    Merit.FINISHED_FIRST: mark("finished first"),
    Merit.NEAREST: mark("nearest"),
}


def run(options: Namespace, settings: Settings) -> int:
    """Ranked bundles for one need, or for every open one."""
    if options.all == (options.need is not None) or (options.all and options.course is not None):
        raise UsageError("need_or_all")
    if options.cluster is not None and not options.all:
        raise UsageError("cluster_all")
    if options.compare is not None and (options.all or options.course is not None):
        raise UsageError("compare_one")
    if options.within and (options.all or options.compare or options.course is not None):
        raise UsageError("within_one")
    session = begin(options, settings)
    if options.compare is not None:
        from tui.cli import compare  # which prints bundles as this module does

        return compare.show(options, session, policy(options, session))
    if options.all:
        return _run_all(options, session)
    if options.course is not None:
        return _show_ways(options, session)
    found = session.store.read(
        matchmaking.rank_bundles,
        options.need.upper(),
        by=session.by,
        today=session.today,
        top=options.top,
        policy=policy(options, session),
        within=options.within.upper(),
    )
    nets = session.store.read(subsidies.nets, found, by=session.by)
    write(_text(found, nets, as_data=options.json, is_brief=False))
    return 0


def _show_ways(options: Namespace, session: Session) -> int:
    """The alternatives for one course, each with what it is the best in."""
    course = options.course.upper()
    need, ways = session.store.read(
        matchmaking.alternatives,
        options.need.upper(),
        course,
        by=session.by,
        today=session.today,
        top=options.top,
    )
    best_in = [merits(way, ways) for way in ways]
    if options.json:
        told = [
            {"best_in": plain(best), **bundle_json(way)}
            for best, way in zip(best_in, ways, strict=True)
        ]
        put({"need": plain(need), "course": course, "alternatives": told})
        return 0
    line(f"{need.code}  {need.enterprise_name}  {need.text}")
    for at, (best, way) in enumerate(zip(best_in, ways, strict=True), 1):
        words = ", ".join(_(_MERITS[merit]) for merit in best)
        line(f"  {at}. {bundle_line(way)}" + (f"  [{words}]" if words else ""))
        for warning in warning_lines(way):
            line(f"       ! {warning}")
    if not ways:
        words = _("No bundle. `duijie why-not {need} {course}` says what stands in the way.")
        line("  " + words.format(need=need.code, course=course))
    return 0


def _run_all(options: Namespace, session: Session) -> int:
    """Every open need in order of code, from one snapshot of the market."""
    started = time.perf_counter()
    found = session.store.read(
        in_shards.wanted,
        by=session.by,
        today=session.today,
        top=options.top,
        policy=policy(options, session),
    )
    pricing = session.store.read(subsidies.pricing, list(found.views.values()), by=session.by)
    session.store.close()
    work = partial(tell, pricing=pricing, as_data=options.json, lang=language())
    job = in_shards.ranking_job(found, work, ("match", language(), str(options.json)))
    matched = 0
    for is_matched, text in _in_order(found, crew.of(options, session.store, session.by)(job)):
        matched += is_matched
        write(text)
    say(
        _("{matched} of {needs} needs matched in {seconds:.1f} s.").format(
            matched=matched, needs=len(found.asked), seconds=time.perf_counter() - started
        )
    )
    return 0


def _in_order(
    found: Wanted, done: Iterable[tuple[Shard, list[tuple[bool, str]]]]
) -> Iterator[tuple[bool, str]]:
    """What is told of each need by code, as soon as it and all before it are there."""
    codes = iter(found.views)
    ready: dict[str, tuple[bool, str]] = {}
    code = next(codes, None)
    for shard, told in done:
        ready |= zip((view.code for _, view in shard.asked), told, strict=True)
        while code in ready:
            yield ready.pop(code)
            code = next(codes, None)


def tell(
    part: Part,
    asked: Sequence[tuple[Asked, NeedView]],
    *,
    pricing: Pricing,
    as_data: bool,
    lang: str,
) -> list[tuple[bool, str]]:
    """For each need whether it has a bundle, and its ranking as it is printed; for workers, too."""
    rankings = rank_part(part, [one for one, _ in asked])
    told = []
    with using(lang):
        for (_asked, view), ranking in zip(asked, rankings, strict=True):
            found = Matched(view, ranking)
            nets = subsidies.priced(pricing, found)
            text = _text(found, nets, as_data=as_data, is_brief=True)
            told.append((bool(ranking.bundles), text))
    return told


def _text(found: Matched, nets: Sequence[Net], *, as_data: bool, is_brief: bool) -> str:
    if as_data:
        return json.dumps(as_json(found, nets), ensure_ascii=False) + "\n"
    return "".join(f"{clean(part)}\n" for part in _lines(found, nets, is_brief=is_brief))


def as_json(matched: Matched, nets: Sequence[Net]) -> dict[str, object]:
    """The published shape of a ranking; `nets` are the prices of its bundles after subsidies."""
    ranking = matched.ranking
    return {
        "need": plain(matched.need),
        "grade": ranking.grade.value,
        "close": ranking.is_close,
        "bundles": [
            {**bundle_json(bundle), "subsidy": net_json(net)}
            for bundle, net in zip(ranking.bundles, nets, strict=True)
        ],
        "rejected": {
            "counts": rejected_counts(ranking),
            "courses": [
                {
                    "code": rejection.course.id,
                    "title": rejection.course.title,
                    "violations": plain(rejection.violations),
                }
                for rejection in ranking.rejections
            ],
        },
        "considered": ranking.considered,
        "not_scored": ranking.not_scored,
        "weights_version": ranking.weights_version,
    }


def rejected_counts(ranking: Ranking) -> dict[str, int]:
    """How many courses each rule kept out; a course counts once, under its first rule."""
    counts = Counter(r.violations[0].rule.value for r in ranking.rejections if r.violations)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def bundle_json(bundle: Bundle) -> dict[str, object]:
    """The published shape of a bundle."""
    return {
        "score": round(bundle.score, 6),
        "course": {
            "code": bundle.course.id,
            "title": bundle.course.title,
            "institution": bundle.institution.id,
            "institution_name": bundle.institution.name,
            "self_study_hours": bundle.course.self_study_hours,
        },
        "run": bundle.run.id if bundle.run else None,
        "instructors": [{"code": p.id, "name": p.name} for p in bundle.instructors],
        "venue": {"code": bundle.venue.id, "name": bundle.venue.name} if bundle.venue else None,
        "sessions": [session_json(session) for session in bundle.sessions],
        "assessment": plain(bundle.assessment),
        "price_per_head": None if bundle.price_fen is None else bundle.price_fen / 100,
        "travel_km": None if bundle.travel_km is None else round(bundle.travel_km, 2),
        "reasons": [reason_json(reason) for reason in bundle.explanation.reasons],
        "warnings": plain(bundle.warnings),
    }


def net_json(net: Net) -> dict[str, object]:
    """A head's subsidy and what remains of the price, in yuan; null where it is not known."""
    amounts = {"amount": net.subsidy, "net_price": net.net}
    told = {name: None if fen is None else fen / 100 for name, fen in amounts.items()}
    return {**told, "clauses": plain(net.clauses), "missing": plain(net.missing)}


def session_json(session: Meeting) -> dict[str, object]:
    """A session with its times as people write them."""
    return {**plain(session), "time": session_span(session)}


def reason_json(reason: Reason) -> dict[str, object]:
    """A reason with the points it adds to a score of 100."""
    return {**plain(reason), "points": round(100 * reason.score * reason.weight, 4)}


def _lines(matched: Matched, nets: Sequence[Net], *, is_brief: bool) -> Iterator[str]:
    need, ranking = matched.need, matched.ranking
    yield f"{need.code}  {need.enterprise_name}  {urgent_mark(need.shortage)}{need.text}"
    for at, bundle in enumerate(ranking.bundles[: 1 if is_brief else None], 1):
        yield f"  {at}. {bundle_line(bundle)}"
        if is_brief:
            continue
        if told := self_study(bundle.course):
            yield f"       {told}"
        yield f"       {net_line(nets[at - 1])}"
        for reason in bundle.explanation.reasons:
            yield f"       {reason_line(reason)}"
        for warning in warning_lines(bundle):
            yield f"       ! {warning}"
    if not ranking.bundles:
        yield "  " + _("No bundle.")
    if ranking.rejections and not (is_brief and ranking.bundles):
        told = ", ".join(f"{_(RULES[rule])} {count}" for rule, count in _ruled_out(ranking))
        yield "  " + _("Ruled out: {rules}").format(rules=told)
    if not is_brief:
        yield "  " + _(
            "Grade: {grade}; {considered} courses considered, {rest} not scored."
        ).format(
            grade=_(GRADES[ranking.grade]),
            considered=ranking.considered,
            rest=ranking.not_scored,
        )


def _ruled_out(ranking: Ranking) -> list[tuple[Rule, int]]:
    return [(Rule(name), count) for name, count in rejected_counts(ranking).items()]
