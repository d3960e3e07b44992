"""Words for pooled classes: the same lines on screens and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from matching.pooling import Outsider, Pool, PriceStep
from matching.types import Bundle, Course, Need, Violation
from store.services.audit import AuditEntry
from store.services.unmet import Unmet
from tui.deal_text import heads_word, moment
from tui.i18n import _
from tui.render import dates, head_price, money, people, session_span, violation_line
from tui.words import act_word, day_word

_MOST_OTHERS = 3


def pool_lines(pool: Pool, needs: Mapping[str, Unmet], due: date | None = None) -> Iterator[str]:
    """Everything about a cluster: firms, dates, place, prices, who would tip it and who else there is.

    `due` is the day by which firms would have to answer if they were asked now.
    """
    bundle = pool.bundle
    yield f"{heads_word(pool.heads)}  {bundle.course.title} {bundle.course.id}  {bundle.institution.name}"
    for member, score in zip(pool.members, pool.scores, strict=True):
        yield f"  {member_word(member, needs)}  {100 * score:.0f}"
    venue = bundle.venue.name if bundle.venue else _("venue to be agreed")
    yield "  " + " · ".join((dates(bundle), venue, people(bundle)))
    yield "  " + _("Now {price} a head; by class size: {steps}").format(
        price=head_price(bundle.price_fen), steps=steps_word(pool.steps)
    )
    yield from (f"  {line}" for line in _class_price_lines(bundle.course))
    yield from (f"  {line}" for line in _due_lines(bundle, due))
    if pool.missing:
        yield "  " + _missing_word(pool.missing)
        yield from (f"  {line}" for line in _tipping_lines(pool, needs))
    yield from (f"  {line}" for line in _other_lines(pool, needs))
    yield "  " + method_word(pool)


def _class_price_lines(course: Course) -> Iterator[str]:
    if course.price_per_class and course.price_fen is not None:
        yield _("The class costs {price} as a whole; a head's share is rounded up.").format(
            price=money(course.price_fen)
        )


def _due_lines(bundle: Bundle, due: date | None) -> Iterator[str]:
    """That firms would have longer to answer than until the first day."""
    if due is not None and bundle.sessions and bundle.sessions[0].day <= due:
        yield _("! It begins on {day}, but firms may answer until {due}: ring them first.").format(
            day=day_word(bundle.sessions[0].day), due=day_word(due)
        )


def _missing_word(missing: int) -> str:
    if missing == 1:
        return _("1 head short of the class minimum")
    return _("{count} heads short of the class minimum").format(count=missing)


def member_word(need: Need, needs: Mapping[str, Unmet]) -> str:
    """A need with its firm and the heads it brings, `5/10` where it leaves some of them out."""
    found = needs.get(need.id)
    if found is None:
        return f"{need.id} {heads_word(need.heads)}"
    return f"{need.id} {found.firm} {share_word(need.heads, found.need.heads)}"


def share_word(heads: int, whole: int) -> str:
    """`10 heads`, or `5/10 heads` of a need that is not served as a whole."""
    if heads >= whole:
        return heads_word(heads)
    return _("{heads}/{whole} heads").format(heads=heads, whole=whole)


def steps_word(steps: Sequence[PriceStep]) -> str:
    """`10人 ¥1,980 · 16人 ¥1,237.5`; sizes that pay the same stand together."""
    told = []
    for told_price, same in groupby(steps, key=lambda step: head_price(step.price_fen)):
        sizes = [step.heads for step in same]
        span = f"{sizes[0]}–{sizes[-1]}"
        size = heads_word(sizes[0]) if len(sizes) == 1 else _("{count} heads").format(count=span)
        told.append(f"{size} {told_price}")
    return " · ".join(told)


def method_word(pool: Pool) -> str:
    """How the cluster was found."""
    if pool.is_exact:
        return _("Every grouping of these needs was tried.")
    return _("Too many needs to try every grouping; there may be a better one.")


def _tipping_lines(pool: Pool, needs: Mapping[str, Unmet]) -> Iterator[str]:
    """Who would bring the class over its minimum, and what they would have to give up."""
    by_code = {one.need.id: one for one in pool.outsiders}
    if not pool.tipping:
        yield _("No one or two others of this trade would be enough.")
    for codes in pool.tipping[:_MOST_OTHERS]:
        for at, code in enumerate(codes):
            sign = "+" if at == 0 else " &"
            yield f"  {sign} {_outsider_word(by_code[code], needs)}"
    if len(pool.tipping) > _MOST_OTHERS:
        yield "  " + _("and {count} more").format(count=len(pool.tipping) - _MOST_OTHERS)


def _other_lines(pool: Pool, needs: Mapping[str, Unmet]) -> Iterator[str]:
    """Others of the trade, those with least to give up first."""
    told = {code for codes in pool.tipping[:_MOST_OTHERS] for code in codes}
    others = [one for one in pool.outsiders if one.need.id not in told]
    if not others:
        return
    yield _("Others of this trade:")
    for one in others[:_MOST_OTHERS]:
        yield f"    {_outsider_word(one, needs)}"
    if len(others) > _MOST_OTHERS:
        yield "    " + _("and {count} more").format(count=len(others) - _MOST_OTHERS)


def _outsider_word(one: Outsider, needs: Mapping[str, Unmet]) -> str:
    return _("{name}: {value}").format(
        name=member_word(one.need, needs), value=in_the_way(one.violations)
    )


def in_the_way(violations: Sequence[Violation]) -> str:
    """What keeps a need out of a class."""
    return "; ".join(violation_line(one) for one in violations) or _("could join as it is")


def history_lines(entries: Sequence[AuditEntry]) -> Iterator[str]:
    """What was done with a pooled class as a whole, and who was named to whom."""
    for entry in entries:
        told = json.loads(entry.after) if entry.after else {}
        words = f"{moment(entry.at)}  {entry.login}  {act_word(entry.act)}"
        if entry.act == "reveal":
            words += "  " + _("{firm}, told to {to}").format(firm=told["firm"], to=told["to"])
        elif "needs" in told:
            words += f"  {told['course']}: {' '.join(told['needs'])}  {heads_word(told['heads'])}"
        yield words


def resource_word(
    name: str, bundles: Iterable[Bundle] = (), needs: Mapping[str, Unmet] | None = None
) -> str:
    """A scarce thing in words of a person, by what is known of it from bundles and needs."""
    kind, _sign, rest = name.partition(":")
    code = rest.partition(":")[0]
    if kind == "need":
        return _need_word(code, needs or {})
    if kind == "firm":
        return _firm_word(code, needs or {})
    told = _WORDS[kind](code, list(bundles)) if kind in _WORDS else None
    return told or f"{kind} {code}"


def _need_word(code: str, needs: Mapping[str, Unmet]) -> str:
    firm = f" {needs[code].firm}" if code in needs else ""
    return _("{need} for the same class").format(need=code + firm)


def _firm_word(code: str, needs: Mapping[str, Unmet]) -> str:
    name = next((one.firm for one in needs.values() if one.view.enterprise == code), code)
    return _("what one firm may have at most ({firm})").format(firm=name)


def _run_word(code: str, bundles: Sequence[Bundle]) -> str:
    for bundle in bundles:
        if bundle.run is not None and bundle.run.id == code:
            return _("seats in {title} from {day} ({code})").format(
                title=bundle.course.title, day=day_word(bundle.run.first_day), code=code
            )
    return _("seats in run {code}").format(code=code)


def _slot_word(code: str, bundles: Sequence[Bundle]) -> str:
    for bundle in bundles:
        for session in bundle.sessions:
            if session.slot == code:
                venue = bundle.venue.name if bundle.venue else bundle.institution.name
                return _("workstations of {venue} on {day} {times} ({code})").format(
                    venue=venue, day=day_word(session.day), times=session_span(session), code=code
                )
    return _("workstations of slot {code}").format(code=code)


def _assessment_word(code: str, bundles: Sequence[Bundle]) -> str:
    for bundle in bundles:
        if bundle.assessment is not None and bundle.assessment.id == code:
            return _("assessment seats on {day} ({code})").format(
                day=day_word(bundle.assessment.day), code=code
            )
    return _("assessment seats of {code}").format(code=code)


def _person_word(code: str, bundles: Sequence[Bundle]) -> str:
    names = (p.name for bundle in bundles for p in bundle.instructors if p.id == code)
    return _("hours of {name} ({code})").format(name=next(names, _("an instructor")), code=code)


_WORDS = {
    "run": _run_word,
    "slot": _slot_word,
    "assessment": _assessment_word,
    "who": _person_word,
}
