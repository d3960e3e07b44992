"""Visits, draws, risk flags and who is in charge, in words and as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tui.i18n import _, mark
from tui.render import money
from tui.sheets import Column, Line, Sheet
from tui.words import state_word

if TYPE_CHECKING:
    from store.services.charges import Charge
    from store.services.draws import Coverage, Draw, Proof
    from store.services.risks import Flag
    from store.services.supervision_rules import Checklist, Item
    from store.services.visits import Finding, Visit

ITEMS: Mapping[str, str] = {
    "sign_in": mark("sign-in sheet is there and signed"),
    "head_count": mark("people present are those on the sheet"),
    "instructor": mark("the instructor is the one planned"),
    "certificate": mark("the instructor's certificate was seen"),
    "plan": mark("teaching follows the plan"),
    "hours": mark("begins and ends as planned"),
    "stations": mark("workstations are as filed"),
    "safety": mark("safety: guards, exits, extinguishers"),
    "no_fees": mark("nobody was asked for other fees"),
    "records": mark("training records are kept"),
}
ANSWERS: Mapping[str, str] = {
    "yes": mark("in order"),
    "no": mark("not in order"),
    "na": mark("not applicable"),
}
SEVERITIES: Mapping[str, str] = {
    "minor": mark("minor"),
    "major": mark("major"),
    "grave": mark("grave"),
}
_KINDS: Mapping[str, str] = {"planned": mark("announced"), "unplanned": mark("unannounced")}
_SIGNS = {"grave": "✕", "major": "!", "minor": "○"}
_PARTS: Mapping[str, str] = {
    "organises": mark("Organised by"),
    "supervises": mark("Supervised by"),
}
_FLAGS: Mapping[str, str] = {
    "no_certificate": mark("no valid certificate"),
    "above_roster": mark("more present than places"),
    "two_places": mark("in two places at once"),
    "hours_short": mark("hours short"),
    "no_sign_in": mark("no sign-in sheet"),
    "many_institutions": mark("at many institutions"),
    "price_far": mark("price far off"),
    "teaches_twice": mark("teaches in two places"),
    "claimed_twice": mark("claimed for twice"),
    "hours_claimed": mark("hours above sessions"),
    "outside_plan": mark("signed outside the plan"),
    "same_minute": mark("all in one minute"),
    "few_staff": mark("more trained than staff"),
}
_FLAG_LINES: Mapping[str, str] = {
    "no_certificate": mark(
        "{subject} teaches {expected} days; on {found} of them, from {day}, no certificate covers the trade "
        "and level."
    ),
    "above_roster": mark(
        "On {day} {found} people were marked present; {expected} places are confirmed."
    ),
    "two_places": mark("On {day} {subject} was marked present in two classes at the same hours."),
    "hours_short": mark("{subject} has {found} class hours and can no longer reach {expected}."),
    "no_sign_in": mark(
        "Nobody was marked in {found} of {expected} sessions that are over, first on {day}."
    ),
    "many_institutions": mark(
        "{subject} taught for {found} institutions within a year; usual are at most {expected}."
    ),
    "price_far": mark("{subject} costs {price} a head; others ask {middle} in the middle."),
    "teaches_twice": mark("On {day} {subject} teaches {found} classes at the same hours."),
    "claimed_twice": mark(
        "{subject}: the same aid is claimed through {found} institutions for one person, trade and level."
    ),
    "hours_claimed": mark(
        "{subject} says {found} class hours; the sessions of the class come to {expected}."
    ),
    "outside_plan": mark(
        "On {day} people signed for {found} sessions; the class has {expected} on that day."
    ),
    "same_minute": mark("On {day} all {found} people came at {clock}, by the device."),
    "few_staff": mark(
        "{subject} has {expected} staff; {found} people of it were trained or claimed for within a year."
    ),
}
_DECISIONS: Mapping[str, str] = {"confirmed": mark("confirmed"), "dismissed": mark("dismissed")}


def item_word(item: Item) -> str:
    """A line of a checklist: the words it was given, else those that are built in."""
    return item.words or (_(ITEMS[item.code]) if item.code in ITEMS else item.code)


def charge_lines(found: Sequence[Charge]) -> Iterator[str]:
    """Who answers for a class; a part that nobody was named for says so."""
    for one in found:
        person = one.person or _("nobody named yet")
        yield _("{part}: {organisation}, {person}").format(
            part=_(_PARTS[one.part]), organisation=one.name, person=person
        )


def lesson_word(one: Visit) -> str:
    """The day of a visit, with the time its session begins where that was said."""
    day = one.day.isoformat()
    return day if one.lesson < 0 else f"{day} {one.lesson // 60:02d}:{one.lesson % 60:02d}"


def finding_line(one: Finding, items: Mapping[str, str]) -> str:
    """`✕ grave safety: …`."""
    told = items.get(one.item, one.item)
    return f"{_SIGNS[one.severity]} {_(SEVERITIES[one.severity])} · {told}: {one.text}"


def visit_lines(
    one: Visit, checklist: Checklist, charges: Sequence[Charge], today: date
) -> Iterator[str]:
    """Everything about a visit."""
    items = {item.code: item_word(item) for item in checklist.items}
    yield f"{one.code}  {_(_KINDS[one.kind])}  {state_word('visit', one.status)}"
    yield f"{one.training_class} {one.title}"
    yield one.institution_name
    yield from charge_lines(charges)
    yield _("{when}, by {who}").format(when=lesson_word(one), who=one.visitor)
    if one.draw:
        yield _("drawn in {code}").format(code=one.draw)
    for finding in one.findings:
        yield finding_line(finding, items)
    if one.follow_up:
        told = _("To be settled by {day}").format(day=one.follow_up.isoformat())
        yield told + (" " + _("(overdue)") if one.is_overdue(today) else "")
    if one.answer:
        yield _("Answer of the institution ({who}): {words}").format(
            who=one.answered_by, words=one.answer
        )
    if one.closed_by:
        yield _("Closed by {who}").format(who=one.closed_by)
    if one.closing:
        yield one.closing
    if one.note:
        yield one.note
    yield _("Checklist {version}:").format(version=checklist.version)
    for code, words in items.items():
        said = one.answers.get(code)
        yield f"  {words}: {_(ANSWERS[said]) if said else '–'}"


def visit_sheet(found: Sequence[Visit], today: date) -> Sheet:
    """Every visit, what is to be settled first."""
    columns = (
        Column("visit", _("Visit"), 9),
        Column("day", _("Day"), 10),
        Column("state", _("State"), 10),
        Column("findings", _("Found"), 6),
        Column("follow_up", _("Settle by"), 11),
        Column("class", _("Class"), 8),
        Column("kind", _("Sort"), 8),
        Column("institution", _("Institution"), 24),
        Column("title", _("Course"), 24),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code,
                one.day.isoformat(),
                state_word("visit", one.status),
                "".join(_SIGNS[finding.severity] for finding in one.findings) or "–",
                _settle_word(one, today),
                one.training_class,
                _(_KINDS[one.kind]),
                one.institution_name,
                one.title,
            ),
            {"class": (("class", one.training_class),)},
        )
        for one in found
    )
    overdue = sum(one.is_overdue(today) for one in found)
    told = _("{count} visits, {overdue} with findings overdue").format(
        count=len(found), overdue=overdue
    )
    return Sheet("visits", _("Visits"), columns, lines, told)


def _settle_word(one: Visit, today: date) -> str:
    if one.follow_up is None or one.status in ("closed", "withdrawn"):
        return "–"
    return one.follow_up.isoformat() + (" !" if one.is_overdue(today) else "")


def coverage_line(found: Coverage) -> str:
    """How far visits have come in a quarter."""
    return _(
        "{first} to {last}: {visited} of {classes} classes visited, {wanted} are to be ({percent} %)"
    ).format(
        first=found.first.isoformat(),
        last=found.last.isoformat(),
        visited=found.visited,
        classes=found.classes,
        wanted=found.wanted,
        percent=found.percent,
    )


def draw_sheet(found: Sequence[Draw], told: str = "") -> Sheet:
    """Every draw, the newest first."""
    columns = (
        Column("draw", _("Draw"), 9),
        Column("day", _("Day"), 10),
        Column("share", _("Drawn"), 8),
        Column("visited", _("Planned"), 7),
        Column("weighing", _("Weighed"), 9),
        Column("nth", _("No."), 4),
        Column("classes", _("Classes of"), 22),
        Column("seed", _("Seed"), 30),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code,
                one.day.isoformat(),
                f"{len(one.drawn)}/{len(one.population)}",
                len(one.visited),
                weighing_word(one),
                one.nth,
                f"{one.first.isoformat()}…{one.last.isoformat()}",
                one.seed,
            ),
            {"classes": tuple(("class", code) for code in one.drawn)},
        )
        for one in found
    )
    return Sheet("draws", _("Draws"), columns, lines, told)


def weighing_word(one: Draw) -> str:
    """Whether all had the same chance."""
    return _("by risk") if one.weighing == "risk" else _("equally")


def draw_lines(one: Draw) -> Iterator[str]:
    """A draw with the seed, the population and who was drawn."""
    yield f"{one.code}  {one.day.isoformat()}  {one.login}"
    yield _("Classes of {first} to {last}, draw no. {nth} of them").format(
        first=one.first.isoformat(), last=one.last.isoformat(), nth=one.nth
    )
    yield _("Seed: {seed}").format(seed=one.seed)
    yield _("Algorithm: {name}, {weighing}").format(name=one.algorithm, weighing=weighing_word(one))
    yield _("{count} of {all} classes, {percent} %:").format(
        count=len(one.drawn), all=len(one.population), percent=one.percent
    )
    tickets = dict(one.population)
    for at, code in enumerate(one.drawn, 1):
        planned = " ✓" if code in one.visited else ""
        more = " x" + str(tickets[code]) if tickets[code] > 1 else ""
        yield f"  {at} {code}{more}{planned}"
    yield _("Population, SHA-256: {digest}").format(digest=one.digest)
    yield "  " + " ".join(
        code + (f"x{count}" if count > 1 else "") for code, count in one.population
    )


def proof_lines(found: Proof) -> Iterator[str]:
    """Whether a draw comes out the same, and how the classes of its days have changed since."""
    if found.is_proven:
        yield _("✓ {code}: drawn again, the same classes in the same order.").format(
            code=found.draw.code
        )
    else:
        yield _("✕ {code}: drawn again, other classes come out: {codes}").format(
            code=found.draw.code, codes=" ".join(found.drawn)
        )
    if found.missing:
        yield _("Of its population not of these days any more: {codes}").format(
            codes=" ".join(found.missing)
        )
    if found.added:
        yield _("Of these days since, not in its population: {codes}").format(
            codes=" ".join(found.added)
        )


def flag_word(one: Flag) -> str:
    """What kind of flag it is."""
    return _(_FLAGS[one.kind])


def flag_line(one: Flag) -> str:
    """What was counted, and what should be."""
    return _(_FLAG_LINES[one.kind]).format(
        subject=one.subject,
        day=one.day.isoformat() if one.day else "–",
        found=one.found,
        expected=one.expected,
        price=money(one.found),
        middle=money(one.expected),
        clock=f"{one.expected // 60:02d}:{one.expected % 60:02d}",
    )


def decision_word(one: Flag) -> str:
    """What was said of it."""
    return _(_DECISIONS[one.decision.decision]) if one.decision else _("open")


def flag_lines(one: Flag) -> Iterator[str]:
    """A flag with everything behind it."""
    yield flag_word(one)
    yield f"{one.training_class} {one.institution_name}".strip()
    yield flag_line(one)
    if one.decision:
        yield _("{decision} by {who}: {reason}").format(
            decision=decision_word(one), who=one.decision.login, reason=one.decision.reason
        )
    yield _("Records behind it: {codes}").format(codes=", ".join(code for _k, code in one.records))
    yield one.key


def flag_sheet(found: Sequence[Flag]) -> Sheet:
    """Every flag, open ones first."""
    columns = (
        Column("kind", _("Flag"), 20),
        Column("class", _("Class"), 8),
        Column("decision", _("Looked at"), 9),
        Column("institution", _("Institution"), 20),
        Column("reason", _("Reason"), 60),
    )
    lines = tuple(
        Line(
            one.key,
            (
                flag_word(one),
                one.training_class or "–",
                decision_word(one),
                one.institution_name,
                flag_line(one),
            ),
            {"reason": one.records},
        )
        for one in found
    )
    count = sum(one.decision is None for one in found)
    told = _("{count} flags, {open} of them open").format(count=len(found), open=count)
    return Sheet("risks", _("Risk flags"), columns, lines, told)
