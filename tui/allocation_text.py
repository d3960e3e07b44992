"""Words for allocations: what each need gets, who goes without and why, under which policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from matching.allocation import AllocationPolicy
from matching.types import Bundle, Severity
from store.services.allocation import Award, Loser, Outlook, Why
from store.services.allotment import Applied
from tui.i18n import _, mark
from tui.pool_text import resource_word, share_word
from tui.render import head_price, violation_line
from tui.words import day_word, state_word

_MOST_RULES, _MOST_RIVALS = 2, 6
Names = Mapping[str, str]
_NO_NAMES: Names = {}
_TERMS: Mapping[str, str] = {
    "urgency": mark("more for a last day that is near, at most this part of the value"),
    "urgent_days": mark("days to the last day from which it grows"),
    "waiting": mark("more for a long wait, at most this part of the value"),
    "waiting_days": mark("days of waiting until that is full"),
    "shortage": mark("more for occupations that the district is short of"),
    "short": mark("those occupations, by code"),
    "area": mark("more for areas that got less of what they asked for"),
    "thin": mark("less for a class below its minimum, at most this part of the value"),
    "least_score": mark("nothing below this score, 0 to 1"),
    "firm_heads": mark("heads of one firm in one plan, at most; empty: no cap"),
}


def outlook_lines(outlook: Outlook, names: Names = _NO_NAMES) -> Iterator[str]:
    """The whole plan: before and after, the proof, the policy, who gets what and who goes without."""
    yield from headline(outlook)
    yield from (f"  {line}" for line in policy_lines(outlook.policy))
    yield ""
    yield _("Served: {count} needs").format(count=len(outlook.awards))
    yield from (f"  {award_line(award, outlook)}" for award in outlook.awards)
    yield ""
    yield _("Without: {count} needs").format(count=len(outlook.losers))
    yield from (f"  {loser_line(loser, outlook, names)}" for loser in outlook.losers)


def headline(outlook: Outlook) -> Iterator[str]:
    """Heads and value before and after, how far that may be from the best, and how it was found."""
    yield _("{count} open needs on {day}").format(
        count=len(outlook.needs), day=outlook.day.isoformat()
    )
    yield _("First come, first served: {heads} heads, value {value}").format(
        heads=outlook.before_heads, value=f"{outlook.before_value:,.0f}"
    )
    yield _("One plan for all: {heads} heads, value {value} ({more})").format(
        heads=outlook.heads, value=f"{outlook.value:,.0f}", more=_more(outlook)
    )
    yield proof_word(outlook)


def _more(outlook: Outlook) -> str:
    heads = outlook.heads - outlook.before_heads
    if outlook.before_value <= 0:
        return _("{heads} heads more").format(heads=f"{heads:+d}")
    part = 100 * (outlook.value / outlook.before_value - 1)
    return _("{heads} heads, {part}% value").format(heads=f"{heads:+d}", part=f"{part:+.1f}")


def proof_word(outlook: Outlook) -> str:
    """How the plan was found, and what is proven of it."""
    bound = f"{outlook.bound:,.0f}"
    if outlook.method == "optimal":
        return _("Proven best of all plans with these bundles (bound {bound}).").format(bound=bound)
    return _("No plan is worth more than {bound}; {gap}% may be left to gain.").format(
        bound=bound, gap=f"{100 * outlook.gap:.2f}"
    )


def policy_lines(policy: AllocationPolicy) -> Iterator[str]:
    """The policy as a person reads it: version, weights, hard rules."""
    yield _("Policy {version}: score by heads, and more for").format(version=policy.version)
    yield "  " + " · ".join(
        (
            _("urgency up to +{part:.0f}% (last day within {days} days)").format(
                part=100 * policy.urgency, days=policy.urgent_days
            ),
            _("waiting up to +{part:.0f}% (full after {days} days)").format(
                part=100 * policy.waiting, days=policy.waiting_days
            ),
            _("shortage +{part:.0f}% ({codes})").format(
                part=100 * policy.shortage, codes=", ".join(policy.short) or "–"
            ),
            _("areas behind up to +{part:.0f}%").format(part=100 * policy.area),
            _("a class below its minimum up to -{part:.0f}%").format(part=100 * policy.thin),
        )
    )
    cap = _("no cap for one firm")
    if policy.firm_heads is not None:
        cap = _("at most {count} heads of one firm").format(count=policy.firm_heads)
    yield "  " + _("Hard: score {score:.0f} at least; {cap}").format(
        score=100 * policy.least_score, cap=cap
    )


def term_lines(policy: AllocationPolicy) -> Iterator[str]:
    """Each term as it is typed, and what it means."""
    yield _("Version {version}").format(version=policy.version)
    for name, value in asdict(policy).items():
        if name in _TERMS:
            typed = f"{name}={_typed(value)}"
            yield f"{typed:<18}  {_(_TERMS[name])}"


def _typed(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else f"{value}"


def award_line(award: Award, outlook: Outlook) -> str:
    """What a need gets, and what it would have got turn by turn where that is something else."""
    told = f"{_need(award.need, award.heads, outlook)} → {_bundle(award.bundle, award.score)}"
    if award.pool is not None:
        others = [member.id for member in award.pool.members if member.id != award.need]
        told += "  " + _("pooled with {needs}").format(needs=" ".join(others))
    if is_other(award, outlook):
        told += "  " + _("turn by turn: {what}").format(
            what=_turn(award.need, outlook, is_pooled=award.pool is not None)
        )
    return told


def is_other(award: Award, outlook: Outlook) -> bool:
    """Whether a need would have got something else, or nothing, turn by turn."""
    before = outlook.before.get(award.need)
    if before is None or (before.pool is None) != (award.pool is None):
        return True
    return before.bundle.order_key != award.bundle.order_key or before.heads != award.heads


def loser_line(loser: Loser, outlook: Outlook, names: Names = _NO_NAMES) -> str:
    """A need that goes without and why; what it would have got turn by turn."""
    told = _("{name}: {value}").format(
        name=_need(loser.need, loser.heads, outlook), value=why_word(loser, outlook, names)
    )
    if loser.need in outlook.before:
        told += "  " + _("turn by turn: {what}").format(what=_turn(loser.need, outlook))
    return told


def why_word(loser: Loser, outlook: Outlook, names: Names = _NO_NAMES) -> str:
    """Why a need goes without."""
    if loser.why is Why.POLICY:
        return _("nothing for it scores {score:.0f} or more").format(
            score=100 * outlook.policy.least_score
        )
    if loser.why is Why.NOTHING_FITS:
        return _nothing_fits(loser, names)
    if not loser.resource:
        return _("others are worth more under the policy")
    thing = scarce_word(loser.resource, outlook)
    if not loser.rivals and loser.resource.startswith("firm:"):
        return _("{thing}: it asks for more by itself").format(thing=thing)
    if not loser.rivals:
        return _("{thing}: others wait in line for it").format(thing=thing)
    rivals = ", ".join(loser.rivals[:_MOST_RIVALS])
    if len(loser.rivals) > _MOST_RIVALS:
        rivals += " …"
    return _("{thing}: {rivals} have it").format(thing=thing, rivals=rivals)


def _nothing_fits(loser: Loser, names: Names) -> str:
    blocking = [one for one in loser.violations if one.severity is Severity.BLOCK]
    if not blocking:
        return _("nobody offers a course like it")
    rules = "; ".join(violation_line(one, names) for one in blocking[:_MOST_RULES])
    return _("nothing fits: {rules}").format(rules=rules)


def scarce_word(resource: str, outlook: Outlook) -> str:
    """A scarce thing, named by what those have who got it."""
    taken = [award.bundle for award in (*outlook.awards, *outlook.before.values())]
    return resource_word(resource, taken, outlook.needs)


def applied_line(found: Applied) -> str:
    """An allocation that was carried out, on one line."""
    return _("{code}: {state}, {count} proposals, {sent} of them sent").format(
        code=found.code,
        state=state_word("allocation", found.status),
        count=len(found.proposals),
        sent=len(found.sent),
    )


def _need(code: str, heads: int, outlook: Outlook) -> str:
    found = outlook.needs[code]
    return f"{code} {found.firm} {share_word(heads, found.need.heads)}"


def _bundle(bundle: Bundle, score: float) -> str:
    first = f" {day_word(bundle.sessions[0].day)}" if bundle.sessions else ""
    course = bundle.course
    return f"{course.title} {course.id}{first} {head_price(bundle.price_fen)} [{100 * score:.0f}]"


def _turn(need: str, outlook: Outlook, *, is_pooled: bool = False) -> str:
    """What a need would have got turn by turn."""
    before = outlook.before.get(need)
    if before is None:
        return _("nothing")
    told = _bundle(before.bundle, before.score)
    return _("{what} on its own").format(what=told) if is_pooled else told
