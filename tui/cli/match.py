"""`match`."""

from __future__ import annotations

import time
from argparse import Namespace
from collections import Counter

from matching.types import Bundle, Ranking, Reason, Rule, Session
from store.errors import UsageError
from store.services import matchmaking
from store.services.matchmaking import Matched
from tui.cli.output import line, plain, put, say
from tui.cli.session import begin
from tui.i18n import _
from tui.render import bundle_line, reason_line, session_span, violation_line
from tui.settings import Settings
from tui.words import GRADES, RULES


def run(options: Namespace, settings: Settings) -> int:
    """Ranked bundles for one need, or for every open one."""
    if options.all == (options.need is not None):
        raise UsageError("need_or_all")
    session = begin(options, settings)
    codes = (
        session.store.read(matchmaking.open_needs, by=session.by)
        if options.all
        else (options.need.upper(),)
    )
    started = time.perf_counter()
    matched = 0
    for code in codes:
        found = session.store.read(
            matchmaking.rank_bundles, code, by=session.by, today=session.today, top=options.top
        )
        matched += bool(found.ranking.bundles)
        if options.json:
            put(as_json(found))
        else:
            _show(found, is_brief=options.all)
    if options.all:
        say(
            _("{matched} of {needs} needs matched in {seconds:.1f} s.").format(
                matched=matched, needs=len(codes), seconds=time.perf_counter() - started
            )
        )
    return 0


def as_json(matched: Matched) -> dict[str, object]:
    """The published shape of a ranking."""
    ranking = matched.ranking
    return {
        "need": plain(matched.need),
        "grade": ranking.grade.value,
        "close": ranking.is_close,
        "bundles": [bundle_json(bundle) for bundle in ranking.bundles],
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


def session_json(session: Session) -> dict[str, object]:
    """A session with its times as people write them."""
    return {**plain(session), "time": session_span(session)}


def reason_json(reason: Reason) -> dict[str, object]:
    """A reason with the points it adds to a score of 100."""
    return {**plain(reason), "points": round(100 * reason.score * reason.weight, 4)}


def _show(matched: Matched, *, is_brief: bool) -> None:
    need, ranking = matched.need, matched.ranking
    line(f"{need.code}  {need.enterprise_name}  {need.text}")
    for at, bundle in enumerate(ranking.bundles[: 1 if is_brief else None], 1):
        line(f"  {at}. {bundle_line(bundle)}")
        if is_brief:
            continue
        for reason in bundle.explanation.reasons:
            line(f"       {reason_line(reason)}")
        for warning in bundle.warnings:
            line(f"       ! {violation_line(warning)}")
    if not ranking.bundles:
        line("  " + _("No bundle."))
    if ranking.rejections and not (is_brief and ranking.bundles):
        told = ", ".join(
            f"{_(RULES[rule])} {count}" for rule, count in ((r, c) for r, c in _ruled_out(ranking))
        )
        line("  " + _("Ruled out: {rules}").format(rules=told))
    if not is_brief:
        line(
            "  "
            + _("Grade: {grade}; {considered} courses considered, {rest} not scored.").format(
                grade=_(GRADES[ranking.grade]),
                considered=ranking.considered,
                rest=ranking.not_scored,
            )
        )


def _ruled_out(ranking: Ranking) -> list[tuple[Rule, int]]:
    return [(Rule(name), count) for name, count in rejected_counts(ranking).items()]
