"""Experts, consultations, calls for courses and what to open next, in words and as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from store.schemas.support import BidView, CaseView, CourseCallView, ExpertView, SuggestedInstructor
from store.services.experts import Suggested
from store.services.open_next import FEW, Wish
from tui.i18n import _
from tui.sheets import Column, Line, Sheet
from tui.words import level_short, state_word, value_word, weekly_word


def expert_sheet(found: Sequence[ExpertView]) -> Sheet:
    """Everybody who may be asked."""
    columns = (
        Column("expert", _("Code"), 9),
        Column("name", _("Name"), 14),
        Column("fields", _("Occupation"), 18),
        Column("cases", _("Cases"), 5),
        Column("organisation", _("Organisation"), 18),
        Column("weekly", _("Times"), 24),
        Column("contact", _("Contact"), 13),
        Column("term_to", _("Term to"), 10),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code, one.name, "、".join(one.field_names), one.cases, one.organisation,
                weekly_word(one.weekly or ""), one.contact or "–", _day(one.term_to),
            ),
        )
        for one in found
    )  # fmt: skip
    return Sheet("experts", _("Experts"), columns, lines)


def expert_lines(one: ExpertView) -> Iterator[str]:
    """Everything about one expert."""
    yield f"{one.code} {one.name}"
    yield one.organisation
    yield "、".join(one.field_names)
    yield weekly_word(one.weekly or "") or "–"
    yield _("Contact {contact}").format(contact=one.contact or "–")
    yield _("{first} to {last}").format(first=one.term_from, last=_day(one.term_to))
    yield _("Cases in hand: {count}").format(count=one.cases)
    if one.note:
        yield one.note


def suggested_line(one: Suggested) -> str:
    """An expert for a need: how near the trade, how free."""
    near = _("of the trade") if one.is_exact else _("of its group")
    told = _("{name} {code}: {near}, {hours} hours in two weeks, {cases} cases in hand")
    return told.format(
        name=one.expert.name, code=one.expert.code, near=near, hours=one.hours,
        cases=one.expert.cases,
    )  # fmt: skip


def outcome_word(outcome: str) -> str:
    """What a consultation ended with."""
    return _("course to be made") if outcome == "course" else value_word(outcome)


def case_sheet(found: Sequence[CaseView]) -> Sheet:
    """Consultations, the next due first."""
    columns = (
        Column("case", _("Code"), 9),
        Column("need", _("Need"), 8),
        Column("state", _("State"), 10),
        Column("expert", _("Expert"), 14),
        Column("until", _("Until"), 10),
        Column("question", _("Question"), 30),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code, one.need, state_word("case", one.status), one.expert_name or "–",
                _day(one.until.date() if one.until else None), one.question,
            ),
            {"need": (("need", one.need),)},
        )
        for one in found
    )  # fmt: skip
    return Sheet("cases", _("Consultations"), columns, lines)


def ended_sheet(found: Sequence[CaseView]) -> Sheet:
    """Consultations that have ended, the newest first, with what came of them."""
    columns = (
        Column("case", _("Code"), 9),
        Column("need", _("Need"), 8),
        Column("outcome", _("Outcome"), 10),
        Column("expert", _("Expert"), 14),
        Column("ended", _("Ended"), 10),
        Column("question", _("Question"), 30),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code, one.need, outcome_word(one.outcome or "none"), one.expert_name or "–",
                _day(one.changed_at.date()), one.question,
            ),
            {"need": (("need", one.need),)},
        )
        for one in sorted(found, key=lambda one: one.changed_at, reverse=True)
    )  # fmt: skip
    return Sheet("ended", _("Consultations that have ended"), columns, lines)


def case_lines(one: CaseView) -> Iterator[str]:
    """A consultation with everything that was said."""
    yield f"{one.code} {state_word('case', one.status)}"
    yield f"{one.need} {one.need_text}"
    if one.enterprise_name:
        yield one.enterprise_name
    yield ""
    yield one.question
    yield _("Plans that fitted as it was opened: {count}").format(count=one.fits)
    if one.expert:
        yield _("Expert {name} {code}").format(name=one.expert_name, code=one.expert)
    if one.until:
        yield _("Next step until {day}").format(day=one.until.date())
    if one.outcome:
        yield _("Outcome: {outcome}").format(outcome=outcome_word(one.outcome))
    yield ""
    yield from (f"{note.at:%m-%d} {note.login}: {note.text}" for note in one.notes)


def call_sheet(found: Sequence[CourseCallView]) -> Sheet:
    """Calls for courses, those that end first first."""
    columns = (
        Column("call", _("Code"), 9),
        Column("title", _("Course"), 22),
        Column("state", _("State"), 12),
        Column("deadline", _("Deadline"), 10),
        Column("heads", _("Heads"), 5),
        Column("ceiling", _("Ceiling ¥"), 9),
        Column("bids", _("Bids"), 4),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code, one.title, state_word("course_call", one.status),
                one.deadline.isoformat(), one.heads, one.ceiling,
                one.count if one.count is not None else _("sealed"),
            ),
        )
        for one in found
    )  # fmt: skip
    return Sheet("calls", _("Calls for courses"), columns, lines)


def call_lines(one: CourseCallView) -> Iterator[str]:
    """A call with the bids that may be seen."""
    yield f"{one.code} {state_word('course_call', one.status)}"
    yield one.title
    yield _("Bids until the end of {day}").format(day=one.deadline)
    if one.ceiling is not None:
        yield _("At most ¥{price:.0f} a head").format(price=one.ceiling)
    if one.course:
        yield _("Course drafted: {code}").format(code=one.course)
    if one.reason:
        yield _("Why: {reason}").format(reason=one.reason)
    yield from _bid_lines(one)
    yield ""
    yield f"{one.occupation_name} {one.occupation}"
    yield one.modules
    told = _("{theory} hours of theory, {practice} of practice")
    yield told.format(theory=one.theory_hours, practice=one.practice_hours)
    told = _("{heads} heads expected, {unmet} of them asked for and unmet when it was opened")
    yield told.format(heads=one.heads, unmet=one.unmet)
    if one.need:
        yield _("For {need}").format(need=one.need)
    if one.able:
        names = "、".join(f"{name} {code}" for code, name in one.able)
        yield _("Your people who could teach it: {names}").format(names=names)
    if one.suggested:
        yield _("Who could teach it")
    yield from (f"  {_suggested(able)}" for able in one.suggested)


def _suggested(one: SuggestedInstructor) -> str:
    score = f"{one.score:.0f}" if one.score is not None else "–"
    told = _("{name} {code}, {home}: score {score}, {sessions} sessions taken")
    return told.format(
        name=one.name,
        code=one.code,
        home=one.institution_name,
        score=score,
        sessions=one.sessions,
    )


def _bid_lines(one: CourseCallView) -> Iterator[str]:
    if one.status == "open" and one.count:
        yield _("{count} bids, sealed until the deadline is over").format(count=one.count)
    for bid in one.bids:
        sign = "✓" if bid.institution == one.chosen else "·"
        yield f"{sign} {_bid(bid)}"
        yield f"  {bid.plan}"


def _bid(bid: BidView) -> str:
    names = "、".join(bid.instructor_names) or "–"
    told = _("{name} {code}: ¥{price:.0f} a head, {people}")
    return told.format(
        name=bid.institution_name, code=bid.institution, price=bid.price, people=names
    )


def wish_sheet(found: Sequence[Wish]) -> Sheet:
    """What could be opened next, most heads first."""
    columns = (
        Column("trade", _("Occupation"), 20),
        Column("heads", _("Heads"), 5),
        Column("firms", _("Firms"), 9),
        Column("ceiling", _("Ceiling ¥"), 11),
        Column("weeks", _("Weeks wanted"), 11),
        Column("areas", _("Places"), 24),
        Column("calls", _("Calls"), 10),
    )
    lines = tuple(
        Line(
            f"{one.occupation}/{one.level or '-'}",
            (
                f"{one.name}{level_short(one.level)}", one.heads, firms_word(one),
                _ceilings(one), f"{_week(one.first_week)}–{_week(one.last_week)}",
                "、".join(one.areas) or "–", " ".join(one.calls),
            ),
        )
        for one in found
    )  # fmt: skip
    told = _("{heads} heads that nothing is arranged for, in {count} lines.")
    heads = sum(one.heads for one in found)
    return Sheet(
        "open-next",
        _("What to open next"),
        columns,
        lines,
        told.format(heads=heads, count=len(found)),
    )


def wish_lines(one: Wish) -> Iterator[str]:
    """Everything about one line of the board."""
    yield f"{one.name}{level_short(one.level)} {one.occupation}"
    told = _("{heads} heads of {needs} needs, {firms} firms")
    yield told.format(heads=one.heads, needs=one.needs, firms=firms_word(one))
    yield _("Price per head they name: {ceiling}").format(ceiling=_ceilings(one))
    yield _("Weeks {first} to {last}").format(first=one.first_week, last=one.last_week)
    yield _("Places: {areas}").format(areas="、".join(one.areas) or "–")
    if one.calls:
        yield _("Calls for courses: {codes}").format(codes=" ".join(one.calls))


def firms_word(one: Wish) -> str:
    """How many firms; few are not counted out."""
    return _("under {count}").format(count=FEW) if one.firms is None else str(one.firms)


def _ceilings(one: Wish) -> str:
    if one.ceilings is None:
        return "–"
    low, high = one.ceilings
    return f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"


def _week(day: date) -> str:
    return f"W{day.isocalendar().week:02d}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "–"
