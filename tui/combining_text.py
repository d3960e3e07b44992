"""Words for two classes that could be one: the same lines on the classes screen and on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from store.services import merger_obstacles
from store.services.combining import Combination, Combined
from store.services.merger_obstacles import Obstacle
from store.services.moving import Affected
from store.services.plans import Plan
from tui import deal_text
from tui.i18n import _, mark
from tui.render import violation_line
from tui.words import day_word, value_word

_OBSTACLES = {
    merger_obstacles.SEATS: mark("{subject} has {have} places left, {wanted} are needed"),
    merger_obstacles.LARGE: mark("together {wanted} heads, the course takes {have} at most"),
    merger_obstacles.LINE: mark("{have} firms wait in line for {subject}: nobody gets past them"),
    merger_obstacles.APART: mark("a firm wishes to be apart from {subject}"),
    merger_obstacles.SHARE: mark("the share of one firm, {have} %, is above {wanted} %"),
    merger_obstacles.ORDER: mark("the need {subject} asked for a class of its own"),
    merger_obstacles.OUT: mark("{subject} of the same pooled class is not settled yet"),
    merger_obstacles.OWN: mark(
        "{have} people that the institution found itself are in {subject}: it has to move them first"
    ),
    merger_obstacles.PLAN: mark("they practise in turns, so the dates cannot stay as they are"),
    merger_obstacles.NOBODY: mark("the dates suit no firm of {subject}"),
}


def obstacle_line(found: Obstacle) -> str:
    """Why two classes cannot be one."""
    told = _(_OBSTACLES[found.code])
    return told.format(subject=found.subject, have=found.have, wanted=found.wanted)


def way_line(found: Combination) -> str:
    """One way on one line: which goes on from when, how many, who is moved or let go; or why not."""
    told = _("{ended} into {kept}").format(ended=found.ended.code, kept=found.kept.code)
    if found.obstacles:
        return told + "  ✕ " + "; ".join(obstacle_line(one) for one in found.obstacles)
    parts = [
        _("from {day}").format(day=day_word(found.plan.days[0])),
        _("{heads} of at least {least}").format(heads=found.heads, least=found.least),
    ]
    if found.moved:
        parts.append(_("{count} firms to ask again").format(count=len(found.moved)))
    if found.displaced:
        parts.append(_("{count} firms let go").format(count=len(found.displaced)))
    return told + "  " + ", ".join(parts)


def way_lines(found: Combination, names: Mapping[str, str]) -> Iterator[str]:
    """Everything about one way: dates of both, room, and firm by firm what it means."""
    yield f"{found.title} · {found.institution}"
    for side in (found.kept, found.ended):
        first, last = side.plan.days
        yield _("{code}: {heads} heads, {first} to {last}").format(
            code=side.code, heads=side.heads, first=day_word(first), last=day_word(last)
        )
    yield from ("✕ " + obstacle_line(obstacle) for obstacle in found.obstacles)
    if found.obstacles:
        return
    first, last = found.plan.days
    yield _("Then {code}: {heads} heads, {first} to {last}, {count} sessions").format(
        code=found.kept.code,
        heads=found.heads,
        first=day_word(first),
        last=day_word(last),
        count=len(found.plan.sessions),
    )
    if found.room is not None:
        yield _("Room for {count} heads").format(count=found.room)
    if found.missing:
        yield _("! still {count} heads below the minimum").format(count=found.missing)
    for one in found.affected:
        head = f"{one.proposal}  {one.enterprise}  {deal_text.heads_word(one.heads)}"
        if one.is_displaced:
            told = (violation_line(v, names, found.plan.sessions) for v in one.violations)
            yield f"✕ {head}: " + "; ".join(told)
            yield "  → " + deal_text.instead_line(one)
        elif one.proposal in found.moved:
            yield f"→ {head}: " + _(
                "other dates or another place, to be asked again; may leave free"
            )
        else:
            yield f"✓ {head}: " + _("stays as it is")


def messages(found: Combination) -> Iterator[tuple[str, str]]:
    """Whom to tell about a merger, and what to say: firms, the institution, released instructors."""
    for one in found.affected:
        yield one.enterprise, _to_firm(found, one)
    yield (
        found.institution,
        _(
            "{ended} “{title}” is taught together with {kept}: {heads} people, {after}. "
            "{ended}, {before}, is not held by itself. Please confirm."
        ).format(
            ended=found.ended.code,
            kept=found.kept.code,
            title=found.title,
            heads=found.heads,
            before=_span(found.ended.plan),
            after=_span(found.plan),
        ),
    )
    for person in found.released:
        first, last = person.sessions[0].day, person.sessions[-1].day
        told = _(
            "“{title}”: two classes become one. The {count} sessions between {first} and {last} "
            "are not yours any more; your time then is free again."
        )
        yield (
            person.name,
            told.format(
                title=found.title,
                count=len(person.sessions),
                first=day_word(first),
                last=day_word(last),
            ),
        )


def _to_firm(found: Combination, one: Affected) -> str:
    if one.is_displaced and one.alternative is not None:
        told = _(
            "We are sorry: “{title}” cannot be held and you owe nothing. "
            "We keep {heads} places in “{other}” for you; do they suit?"
        )
        other = one.alternative.bundle.course.title
        return told.format(title=found.title, heads=one.heads, other=other)
    if one.is_displaced:
        return _(
            "We are sorry: “{title}” cannot be held and you owe nothing. "
            "Your need is open again; we look for something else."
        ).format(title=found.title)
    if one.proposal in found.moved:
        told = _(
            "Your class “{title}” had too few people and is taught together with another: {after}. "
            "The price stays. Whoever cannot come then may leave without paying."
        )
        return told.format(title=found.title, after=_span(found.plan))
    return _(
        "Your class “{title}” stays as planned, {after}; people of other firms join it. "
        "You need not do anything."
    ).format(title=found.title, after=_span(found.plan))


def _span(plan: Plan) -> str:
    first, last = plan.days
    return _("{first} to {last}, {count} sessions").format(
        first=day_word(first), last=day_word(last), count=len(plan.sessions)
    )


def said(found: Combination) -> dict[str, str]:
    """The words to everybody, to be kept in the history of the class; what is for one name in one text."""
    told: dict[str, str] = {}
    for name, words in messages(found):
        told[name] = f"{told[name]} {words}" if name in told else words
    return told


def said_lines(found: Combination) -> Iterator[str]:
    """What to say to whom, in lines."""
    for name, words in said(found).items():
        yield ""
        yield _("To {name}:").format(name=name)
        yield "  " + words


def combined_line(found: Combined) -> str:
    """What came of it, and whom to ring."""
    told = _("{ended} is part of {kept} now: {heads} heads, {state}.").format(
        ended=found.ended, kept=found.kept, heads=found.heads, state=value_word(found.status)
    )
    if found.moved:
        told += " " + _("To ring about the new dates (screen 9): {codes}.").format(
            codes=", ".join(found.moved)
        )
    if found.held:
        told += " " + _("Held instead: {code}.").format(code=", ".join(found.held))
    return told
