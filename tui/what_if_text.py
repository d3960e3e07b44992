"""What could be changed, in words: bottlenecks, additions, terms of the policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matching.additions import Addition, Sort
from store.services.allocation import Why
from store.services.what_if import Bottleneck, Effect, TermPrice, WhatIf
from tui.i18n import _, mark
from tui.words import RULES, level_word

_TIMES = {
    "Sat 08:30-11:30; Sat 14:00-17:00": mark("on Saturdays"),
    "Sun 08:30-11:30; Sun 14:00-17:00": mark("on Sundays"),
    "Mon-Fri 18:30-21:30": mark("on weekday evenings"),
}
_WHY = {
    Why.NOTHING_FITS: mark("no course of its trade, or its trade is not settled"),
    Why.RIVALS: mark("others have what it wanted"),
    Why.POLICY: mark("nothing good enough for the policy"),
}
_TERMS = {
    "urgency": mark("urgency"),
    "waiting": mark("waiting time"),
    "shortage": mark("trades in short supply"),
    "area": mark("areas left behind"),
    "thin": mark("classes below their minimum"),
    "least_score": mark("least score"),
    "firm_heads": mark("most heads of one firm"),
}


def addition_line(addition: Addition, names: Mapping[str, str]) -> str:
    """One more of what, where, when."""
    subject = names.get(addition.subject, addition.subject)
    if addition.sort is Sort.STATIONS:
        return _("{count} more {equipment} stations at {venue} {times}").format(
            count=addition.quantity,
            equipment=subject,
            venue=names.get(addition.venue or "", addition.venue or ""),
            times=_(_TIMES[addition.times]) if addition.times else "",
        )
    if addition.sort is Sort.INSTRUCTOR:
        return _("one more instructor for {trade}").format(trade=subject)
    if addition.sort is Sort.SEATS:
        return _("{count} more seats in {run} {course}").format(
            count=addition.quantity, run=addition.subject, course=subject
        )
    return _("one more sitting for {trade} {level}, {count} seats").format(
        trade=subject, level=level_word(addition.level), count=addition.quantity
    )


def effect_line(effect: Effect, names: Mapping[str, str]) -> str:
    """What an addition would do."""
    what = addition_line(effect.addition, names)
    if not effect.needs:
        return _("{what}: serves nobody more").format(what=what)
    return _("{what}: serves {heads} more heads ({needs})").format(
        what=what, heads=effect.heads, needs=", ".join(effect.needs)
    )


def bottleneck_word(one: Bottleneck) -> str:
    """What keeps needs without."""
    return _(RULES[one.rule]) if one.rule is not None else _(_WHY[one.why])


def term_line(one: TermPrice) -> str:
    """What one term of the policy costs."""
    return _("Without “{term}”: {heads:+d} heads, {points:+.0f} plain points.").format(
        term=_(_TERMS[one.term]), heads=one.heads, points=one.points
    )


def what_if_lines(found: WhatIf) -> Iterator[str]:
    """Everything, one thing after another."""
    yield _("What keeps needs without:")
    for bottleneck in found.bottlenecks:
        yield f"  {bottleneck.heads:>3}  {bottleneck_word(bottleneck)}: {', '.join(bottleneck.needs)}"
    yield _("What one more would do:")
    idle = [effect for effect in found.effects if not effect.needs]
    for effect in found.effects:
        if effect.needs:
            yield f"  {effect_line(effect, found.names)}"
    yield "  " + _("{count} other additions would serve nobody more.").format(count=len(idle))
    yield _("What each term of the policy costs:")
    for term in found.terms:
        yield f"  {term_line(term)}"
