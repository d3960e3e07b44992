"""Suggestions, plans, coverage and their rules in words and as sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date

from store.schemas.early import PlanView, SuggestionView
from store.services.covered import Coverage
from store.services.early import Accepted, Looked
from store.services.early_rules import EarlyRules
from tui.i18n import _, mark
from tui.sheets import Column, Line, Sheet
from tui.words import level_short, state_word, value_word

_CAUSES: Mapping[str, str] = {
    "certificate": mark("certificate ends"),
    "apprenticeship": mark("apprenticeship ends"),
    "plan": mark("yearly plan"),
    "coverage": mark("not trained yet"),
}
_REASONS: Mapping[str, str] = {
    "certificate": mark("Certificates of {heads} people end, the first on {due}."),
    "apprenticeship": mark("The term of {heads} apprentices ends on {due}."),
    "plan": mark("The firm plans to train {heads} from {due} on."),
    "coverage": mark(
        "{heads} workers have had fewer courses than the rule asks for, from {due} on."
    ),
}
RULES: Mapping[str, str] = {
    "certificate": mark("look for certificates that end (1 yes, 0 no)"),
    "apprenticeship": mark("look for apprenticeships that end (1 yes, 0 no)"),
    "plan": mark("look for quarters of yearly plans (1 yes, 0 no)"),
    "coverage": mark("look for workers without a course (1 yes, 0 no)"),
    "ahead_days": mark("days ahead that are looked at"),
    "certificate_days": mark("days before a certificate ends"),
    "expired_days": mark("days after it has ended"),
    "coverage_months": mark("months in which a worker is to be trained"),
    "coverage_times": mark("courses in that time"),
    "key_times": mark("courses in that time, trades on the shortage list"),
}


def cause_word(cause: str) -> str:
    """Why something is suggested, in a few cells."""
    return _(_CAUSES[cause])


def trade_word(one: SuggestionView | PlanView) -> str:
    """Trade and level; a dash where nobody knows the trade."""
    return f"{one.occupation_name or '–'}{level_short(one.level)}"


def reason_line(one: SuggestionView) -> str:
    """Why it is suggested, as a sentence."""
    return _(_REASONS[one.cause]).format(heads=one.heads, due=one.due.isoformat())


def suggestion_sheet(found: Sequence[SuggestionView]) -> Sheet:
    """Suggestions, the soonest due first."""
    columns = (
        Column("suggestion", _("Code"), 9),
        Column("enterprise", _("Enterprise"), 16),
        Column("trade", _("Occupation"), 16),
        Column("heads", _("Heads"), 5),
        Column("cause", _("Why"), 12),
        Column("due", _("Due"), 10),
        Column("state", _("State"), 10),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code, one.enterprise_name or one.enterprise, trade_word(one), one.heads,
                cause_word(one.cause), one.due.isoformat(), state_word("suggestion", one.status),
            ),
            {"heads": tuple(("fact", fact) for fact in one.facts)},
        )
        for one in found
    )  # fmt: skip
    return Sheet("suggestions", _("Needs before they are asked"), columns, lines)


def suggestion_lines(one: SuggestionView, today: date) -> Iterator[str]:
    """Everything about a suggestion: what, why, the records behind it, by when to look at it."""
    yield f"{one.code} {state_word('suggestion', one.status)}"
    yield one.enterprise_name or one.enterprise
    yield _("{trade}, {heads} heads, {type}").format(
        trade=trade_word(one), heads=one.heads, type=value_word(one.type)
    )
    yield _("{first} to {last}").format(first=one.earliest, last=one.latest)
    yield ""
    yield reason_line(one)
    if one.status == "suggested":
        is_late = one.until.date() < today
        told = _("Overdue since {day}.") if is_late else _("To be looked at until {day}.")
        yield told.format(day=one.until.date())
    if one.need:
        yield _("It became {need}.").format(need=one.need)
    if one.reason:
        yield _("Dismissed: {reason}").format(reason=one.reason)
    yield ""
    yield _("Behind it:")
    yield from (f"  {fact}" for fact in one.facts)


def plan_sheet(found: Sequence[PlanView]) -> Sheet:
    """Lines of plans by quarter."""
    columns = (
        Column("line", _("Code"), 9),
        Column("enterprise", _("Enterprise"), 16),
        Column("occupation", _("Occupation"), 18),
        Column("heads", _("Heads"), 5),
        Column("quarter", _("Quarter"), 7),
        Column("programme", _("Programme"), 14),
        Column("note", _("Note"), 16),
        Column("category", _("Group"), 12),
    )
    lines = tuple(Line(one.code, _plan_cells(one)) for one in found)
    heads = sum(one.heads for one in found)
    told = _("{count} lines, {heads} heads.").format(count=len(found), heads=heads)
    groups: Counter[str] = Counter()
    for one in found:
        if one.category:
            groups[one.category] += one.heads
    for category, some in groups.most_common():
        told += " " + _("{group}: {heads}").format(group=value_word(category), heads=some)
    return Sheet("plans", _("Yearly plans of firms"), columns, lines, told)


def _plan_cells(one: PlanView) -> tuple[str | int, ...]:
    programme = value_word(one.programme)
    if one.months:
        programme += " " + _("{months} months").format(months=one.months)
    quarter = f"{one.year}Q{one.quarter}"
    return (
        one.code, one.enterprise_name, trade_word(one), one.heads, quarter, programme, one.note or "",
        value_word(one.category) if one.category else "–",
    )  # fmt: skip


def plan_lines(one: PlanView) -> Iterator[str]:
    """Everything about a line of a plan."""
    yield one.code
    yield one.enterprise_name
    yield _("{trade}, {heads} heads, {type}").format(
        trade=trade_word(one), heads=one.heads, type=value_word(one.type)
    )
    yield str(_plan_cells(one)[4])
    yield str(_plan_cells(one)[5])
    if one.category:
        yield _("For: {group}").format(group=value_word(one.category))
    if one.note:
        yield one.note


def coverage_sheet(found: Coverage) -> Sheet:
    """Workers of a firm by trade, and how many are short of courses."""
    columns = (
        Column("trade", _("Occupation"), 20),
        Column("people", _("On file"), 7),
        Column("needed", _("Courses"), 6),
        Column("short", _("Short"), 5),
        Column("codes", _("Who is short"), 30),
    )
    lines = tuple(
        Line(
            one.occupation or "-",
            (
                (one.name or _("trade unknown")) + (" ★" if one.is_key else ""),
                one.people,
                one.needed,
                len(one.short),
                " ".join(code for code, _due in one.short),
            ),
        )
        for one in found.trades
    )
    told = _(
        "{percent} percent covered in {months} months; {files} files, {staff} staff by its own word."
    )
    return Sheet(
        "coverage", found.name, columns, lines,
        told.format(
            percent="–" if found.percent is None else found.percent, months=found.months,
            files=found.files, staff="–" if found.staff is None else found.staff,
        ),
    )  # fmt: skip


def rule_sheet(rules: EarlyRules) -> Sheet:
    """Every number of the rules with its meaning."""
    columns = (
        Column("rule", _("Rule"), 18),
        Column("value", _("Value"), 6),
        Column("meaning", _("Meaning"), 50),
    )
    lines = tuple(
        Line(name, (name, value, _(RULES[name]))) for name, value in asdict(rules).items()
    )
    return Sheet("rules", _("Rules of suggestions"), columns, lines)


def looked_word(found: Looked) -> str:
    """What a look came to."""
    told = _("{made} suggested, {renewed} renewed, {lapsed} no longer so.")
    return told.format(made=len(found.made), renewed=len(found.renewed), lapsed=len(found.lapsed))


def accepted_word(found: Accepted) -> str:
    """What suggestions became."""
    told = _("✓ {count} became needs: {codes}.") if found.needs else _("None became a need.")
    words = told.format(count=len(found.needs), codes=" ".join(need for _code, need in found.needs))
    if found.covered:
        more = _("Asked for already: {codes}.")
        words += " " + more.format(codes=" ".join(need for _code, need in found.covered))
    return words
