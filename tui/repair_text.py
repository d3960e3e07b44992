"""A repair in words: what happens to each class, who is told, and what to say to them."""

from __future__ import annotations

from collections.abc import Iterator

from store.services.plans import Plan
from store.services.repair import Change, Firm, Remedy, Repair, Touched
from tui.deal_text import heads_word
from tui.i18n import _, mark
from tui.render import session_span
from tui.words import day_word

_MOST_DAYS = 3  # that are told one by one
_REMEDIES = {
    Remedy.STAND_IN: mark("stand-in"),
    Remedy.MOVE: mark("other days"),
    Remedy.REPLAN: mark("other plan"),
    Remedy.CALL_OFF: mark("called off"),
    Remedy.BY_HAND: mark("by hand"),
}


def remedy_word(change: Change) -> str:
    """What is done."""
    return _(_REMEDIES[change.remedy])


def change_line(change: Change) -> str:
    """What is done, by whom, how much of it and how many are told."""
    word = remedy_word(change)
    told = _("{sessions} sessions, {told} told").format(
        sessions=change.sessions, told=len(change.told)
    )
    return f"{word} {change.name} · {told}" if change.coming else f"{word} · {told}"


def repair_line(found: Repair) -> str:
    """What a repair comes to."""
    return _("{kept} of {heads} heads keep their class, {told} parties are told").format(
        kept=found.kept, heads=sum(one.heads for one in found.touched), told=len(found.told)
    )


def elsewhere_line(found: Repair) -> str:
    """Whom of other centres the trouble reaches, empty where nobody."""
    if not found.elsewhere:
        return ""
    return _("Other centres have classes then: {codes}. Tell them; they repair their own.").format(
        codes=", ".join(found.elsewhere)
    )


def touched_lines(one: Touched, found: Repair) -> Iterator[str]:
    """Everything about one class: what falls out, what is done, other ways, and what to say to whom."""
    yield f"{one.code} {one.title} · {heads_word(one.heads)}"
    yield (
        _("Falls out:")
        + " "
        + ", ".join(f"{day_word(s.day)} {session_span(s)}" for s in one.sessions)
    )
    yield _("Chosen:") + " " + change_line(one.chosen)
    for other in one.others:
        yield "  " + _("or:") + " " + change_line(other)
    for name, words in messages(one, found):
        yield ""
        yield _("To {name}:").format(name=name)
        yield "  " + words


def messages(one: Touched, found: Repair) -> Iterator[tuple[str, str]]:
    """Whom to tell about one class, firms first, and what to say."""
    for firm in one.firms:
        yield firm.name, message(one, firm)
    if one.chosen.remedy is not Remedy.CALL_OFF:
        for party in one.chosen.told:
            if party not in {firm.enterprise for firm in one.firms}:
                yield found.parties.get(party, party), _party_message(one)


def said(found: Repair) -> dict[str, dict[str, str]]:
    """The words to everybody, by class, to be kept in its history."""
    return {one.code: dict(messages(one, found)) for one in found.touched}


def message(one: Touched, firm: Firm) -> str:
    """What to say to a firm."""
    change = one.chosen
    if change.remedy is Remedy.STAND_IN:
        return _(
            "Your class “{title}” goes on as planned; another instructor teaches on {days}. "
            "You need not do anything."
        ).format(title=one.title, days=_days(one))
    if change.plan is not None:
        return _(
            "Your class “{title}”: {before} cannot be held; instead {after}. "
            "Whoever cannot come then may leave without paying."
        ).format(title=one.title, before=_days(one), after=_new_days(one.before, change.plan))
    if firm.instead is not None:
        first = firm.instead.plan.days[0]
        return _(
            "We are sorry: “{title}” cannot be held and you owe nothing. We keep {heads} places in "
            "“{other}” from {day} for you; do they suit?"
        ).format(title=one.title, heads=firm.heads, other=firm.instead.title, day=day_word(first))
    if change.remedy is Remedy.BY_HAND:
        return _("“{title}” has begun and nobody can stand in: we ring you about {days}.").format(
            title=one.title, days=_days(one)
        )
    return _(
        "We are sorry: “{title}” cannot be held and you owe nothing. "
        "Your need is open again; we look for something else."
    ).format(title=one.title)


def _party_message(one: Touched) -> str:
    change = one.chosen
    if change.remedy is Remedy.STAND_IN:
        return _("{code} “{title}” on {days}: {coming} stands in. Please confirm.").format(
            code=one.code, title=one.title, days=_days(one), coming=change.name
        )
    if change.plan is not None:
        return _("{code} “{title}”: {before} becomes {after}. Please confirm.").format(
            code=one.code,
            title=one.title,
            before=_days(one),
            after=_new_days(one.before, change.plan),
        )
    return _("{code} “{title}” cannot be held as planned.").format(code=one.code, title=one.title)


def _days(one: Touched) -> str:
    """The sessions that fall out; the span where they are many."""
    if len(one.sessions) > _MOST_DAYS:
        return _("{count} sessions from {first} to {last}").format(
            count=len(one.sessions),
            first=day_word(one.sessions[0].day),
            last=day_word(one.sessions[-1].day),
        )
    return ", ".join(f"{day_word(s.day)} {session_span(s)}" for s in one.sessions)


def _new_days(before: Plan, after: Plan) -> str:
    """Sessions that were not there before; the span where nearly all are new."""
    new = [s for s in after.sessions if s not in set(before.sessions)]
    if len(new) > _MOST_DAYS:
        return _("{first} to {last}, {count} sessions").format(
            first=day_word(after.days[0]),
            last=day_word(after.days[1]),
            count=len(after.sessions),
        )
    return ", ".join(f"{day_word(s.day)} {session_span(s)}" for s in new)
