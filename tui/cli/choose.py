"""`why-not`, `decide`, `decisions`, `replay` and `profile`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping

from matching.concessions import Concession
from matching.policy import DEFAULT_POLICY, Policy
from store.errors import UsageError
from store.services import decisions, labels, matchmaking, profiles
from store.services.decisions import Decision
from tui.cli.output import line, plain, put, say, table, tried
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.render import concession_line, money, violation_line
from tui.settings import Settings
from tui.words import CRITERIA


def policy(options: Namespace, session: Session) -> Policy:
    """The weights that were asked for: a profile's, those on the command line, or the built-in ones."""
    if options.profile is not None and options.weights is not None:
        raise UsageError("profile_or_weights")
    if options.profile is not None:
        return session.store.read(profiles.policy, options.profile, by=session.by)
    if options.weights is None:
        return DEFAULT_POLICY
    return profiles.policy_of(_weights(options.weights))


def _weights(text: str) -> Mapping[str, float]:
    """`topic=40,price=20` into numbers."""
    try:
        pairs = [part.split("=") for part in text.split(",") if part.strip()]
        found = {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        raise UsageError("weights_unreadable", text=text) from None
    if not found or len(found) != len(pairs):
        raise UsageError("weights_unreadable", text=text)
    return found


def why_not(options: Namespace, settings: Settings) -> int:
    """What stands in the way of a course, or what a firm could give up to open more."""
    session = begin(options, settings)
    course = options.course.upper() if options.course else None
    found = session.store.read(
        matchmaking.why_not, options.need.upper(), course, by=session.by, today=session.today
    )
    if options.json:
        put(
            {
                "need": plain(found.need),
                "course": found.course,
                "violations": plain(found.violations),
                "concessions": [_concession_json(item) for item in found.concessions],
            }
        )
        return 0
    line(f"{found.need.code}  {found.need.enterprise_name}  {found.need.text}")
    names = session.store.read(labels.of_violations, found.violations, by=session.by)
    for violation in found.violations:
        line(f"  ✕ {violation_line(violation, names)}")
    for concession in found.concessions:
        line(f"  → {concession_line(concession)}")
    if course and not found.violations:
        line("  " + _("Nothing stands in the way of this course."))
    elif not found.concessions:
        line("  " + _("No wish of the firm alone would open more."))
    return 0


def _concession_json(concession: Concession) -> dict[str, object]:
    return {
        "changes": plain(concession.changes),
        "opens": list(concession.opens),
        "best": {
            "course": concession.best.course.id,
            "title": concession.best.course.title,
            "score": round(concession.best.score, 6),
        },
    }


def decide(options: Namespace, settings: Settings) -> int:
    """Take a course of a need's ranking and keep the receipt."""
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    made = run(
        decisions.decide,
        options.need.upper(),
        options.course.upper(),
        by=session.by,
        today=session.today,
        top=options.top,
        policy=policy(options, session),
        reason=options.reason,
    )
    if options.json:
        put(made)
    else:
        tried(options)
        say(
            _("{code}: {course} was chosen for {need}.").format(
                code=made.code, course=made.course, need=made.need
            )
        )
    return 0


def list_decisions(options: Namespace, settings: Settings) -> int:
    """The newest receipts."""
    session = begin(options, settings)
    need = options.need.upper() if options.need else None
    found = session.store.read(decisions.decisions, need, by=session.by, limit=options.top)
    if options.json:
        put(found)
        return 0
    rows = [
        [d.code, d.need, d.course, f"{d.at:%Y-%m-%d}", d.login, d.policy, d.reason or ""]
        for d in found
    ]
    headings = [_("Code"), _("Need"), _("Course"), _("Day"), _("By"), _("Weights"), _("Reason")]
    table(headings, rows, [8, 8, 8, 10, 10, 20])
    return 0


def replay(options: Namespace, settings: Settings) -> int:
    """Rank again as a receipt says, and say what is different."""
    session = begin(options, settings)
    found = session.store.read(decisions.replay, options.code.upper(), by=session.by)
    if options.json:
        put(found)
        return 0 if found.is_same else 1
    _show_receipt(found.decision)
    if found.is_same:
        line(_("Replayed: the same ranking, point by point."))
    else:
        line(_("Replayed: the ranking is different now."))
        for at, seen in enumerate(found.now, 1):
            line(f"  {at}. {100 * seen.score:.1f}  {seen.course}  {seen.title}")
    for record, what in found.changes[:30]:
        name = _("the program itself") if record == "engine" else record
        line(f"  {name}: {_word(what)}")
    if len(found.changes) > 30:
        line("  " + _("and {count} more").format(count=len(found.changes) - 30))
    return 0 if found.is_same else 1


def _word(what: str) -> str:
    return {"changed": _("changed"), "gone": _("gone"), "new": _("new")}[what]


def _show_receipt(made: Decision) -> None:
    line(f"{made.code}  {made.need} v{made.need_version}  {made.day}  {made.login}  {made.policy}")
    for at, seen in enumerate(made.seen, 1):
        sign = "✓" if seen.course == made.course else " "
        told = f"{100 * seen.score:.1f}  {seen.course}  {seen.title}  {money(seen.price_fen)}"
        line(f"{sign} {at}. {told}")
    if made.reason:
        line(_("Reason: {reason}").format(reason=made.reason))


def list_profiles(options: Namespace, settings: Settings) -> int:
    """The centre's weights by name, and the built-in ones."""
    session = begin(options, settings)
    found = session.store.read(profiles.profiles, by=session.by)
    if options.json:
        put({"built_in": plain(dict(DEFAULT_POLICY.weights)), "profiles": plain(found)})
        return 0
    for name, weights in (
        (_("built in"), DEFAULT_POLICY.weights),
        *((f"{p.name} v{p.version} ({p.changed_by})", p.weights) for p in found),
    ):
        told = " · ".join(f"{_(CRITERIA[c])} {100 * w:.0f}" for c, w in weights.items())
        line(f"{name}: {told}")
    return 0


def save_profile(options: Namespace, settings: Settings) -> int:
    """Keep weights under a name."""
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    saved = run(profiles.save, options.name, _weights(options.weights), by=session.by)
    if options.json:
        put(saved)
    else:
        tried(options)
        say(_("Kept: {name}, version {version}.").format(name=saved.name, version=saved.version))
    return 0


def drop_profile(options: Namespace, settings: Settings) -> int:
    """Take a profile away."""
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    run(profiles.drop, options.name, by=session.by)
    if options.json:
        put({"dropped": options.name})
    else:
        tried(options)
        say(_("Taken away: {name}.").format(name=options.name))
    return 0
