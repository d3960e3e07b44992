"""Warnings, their rules and the shortage list in words and as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from store.services.shortage import Entry, ShortageList
from store.services.use import Sort
from store.services.warned import Handled, Warned
from store.services.warning import Rule
from tui.figures_text import SORTS
from tui.i18n import _, mark
from tui.sheets import Column, Line, Sheet
from tui.words import level_word, state_word

SIGNS: Mapping[str, str] = {"alarm": "✕", "warning": "!", "notice": "○"}
_SEVERITIES: Mapping[str, str] = {
    "alarm": mark("alarm"),
    "warning": mark("warning"),
    "notice": mark("notice"),
}
_KINDS: Mapping[str, str] = {
    "gap": mark("gap"),
    "trend": mark("trend"),
    "certificate": mark("certificates"),
    "filing": mark("filing"),
    "use": mark("use of capacity"),
    "waiting": mark("long waiting"),
}
_REASONS: Mapping[str, str] = {
    "gap": mark(
        "{gap} of {needed} heads would not be served, above {heads_limit}, and nine in ten wait up to "
        "{days} days, above {days_limit}."
    ),
    "trend": mark(
        "{heads} heads in the last {weeks} whole weeks against {before} in those before: more than "
        "{percent_limit} percent up."
    ),
    "certificate": mark(
        "Instructors whose qualification ends within {days_limit} days: {count}; already ended: {ended}."
    ),
    "filing": mark(
        "Courses filed more than {days_limit} days ago: {count}, the oldest {days} days ago."
    ),
    "use": mark(
        "{percent} percent of the {sort} of four weeks are taken, {percent_limit} or above."
    ),
    "waiting": mark(
        "{heads} heads of {needs} needs have waited more than {days_limit} days with nothing arranged, the "
        "longest {days} days."
    ),
}
_LIMITS: Mapping[str, str] = {
    "gap": mark("gap > {heads} heads, P90 waiting > {days} d"),
    "trend": mark("≥ {heads} heads in 4 weeks, > {percent} percent up"),
    "certificate": mark("qualification ends within {days} d"),
    "filing": mark("filed more than {days} d ago"),
    "use": mark("≥ {percent} percent of four weeks taken"),
    "waiting": mark("≥ {heads} heads waiting > {days} d"),
}
GROUNDS: Mapping[str, str] = {
    "gap": mark("gap"),
    "warning": mark("warning"),
    "forecast": mark("forecast"),
    "hand": mark("put in by hand"),
}


def subject_word(one: Warned) -> str:
    """What a warning is about: a trade and level, an institution, a type of workstation."""
    name = one.name or _("trade not settled")
    return f"{name} {level_word(one.level)}".rstrip()


def kind_word(rule: Rule) -> str:
    """What a rule looks at."""
    return _(_KINDS[rule.kind])


def severity_word(severity: str) -> str:
    """How bad it is."""
    return _(_SEVERITIES[severity])


def reason_line(one: Warned) -> str:
    """The sentence that says why, with its numbers and limits."""
    limits = {f"{name}_limit": getattr(one.rule, name) for name in ("heads", "days", "percent")}
    parts = one.key.split("/")
    sort = _(SORTS[Sort(parts[1])]) if one.rule.kind == "use" else ""
    return _(_REASONS[one.rule.kind]).format(**one.figures, **limits, sort=sort)


def limit_word(rule: Rule) -> str:
    """The limits of a rule."""
    return _(_LIMITS[rule.kind]).format(heads=rule.heads, days=rule.days, percent=rule.percent)


def handled_word(handled: Handled | None) -> str:
    """Who sees to it, until when."""
    if handled is None:
        return _("nobody yet")
    told = _("{who} until {day}").format(who=handled.assignee, day=f"{handled.until:%m-%d}")
    return f"{told} {handled.note}" if handled.note else told


def warning_sheet(found: Sequence[Warned]) -> Sheet:
    """Every warning, open and grave ones first."""
    columns = (
        Column("subject", _("Subject"), 24),
        Column("severity", "", 2),
        Column("kind", _("Kind"), 10),
        Column("handled", _("Seen to by"), 18),
        Column("reason", _("Reason"), 60),
    )
    lines = [
        Line(
            one.key,
            (
                subject_word(one),
                SIGNS[one.rule.severity],
                kind_word(one.rule),
                handled_word(one.handled),
                reason_line(one),
            ),
            {"reason": one.records},
        )
        for one in found
    ]
    return Sheet("warnings", _("Early warning"), columns, tuple(lines), warned_word(found))


def warned_word(found: Sequence[Warned]) -> str:
    """How many there are, and how many nobody sees to."""
    return _("{count} warnings, {open} of them open").format(
        count=len(found), open=sum(one.handled is None for one in found)
    )


def rule_sheet(found: Sequence[Rule]) -> Sheet:
    """The rules with their limits."""
    columns = (
        Column("rule", _("Rule"), 14),
        Column("kind", _("Kind"), 12),
        Column("severity", _("Severity"), 8),
        Column("is_on", _("On"), 4),
        Column("limits", _("Limits"), 40),
    )
    lines = [
        Line(
            one.code,
            (
                one.code,
                kind_word(one),
                severity_word(one.severity),
                _("on") if one.is_on else _("off"),
                limit_word(one),
            ),
        )
        for one in found
    ]
    return Sheet("rules", _("Rules of warnings"), columns, tuple(lines))


def list_word(found: ShortageList) -> str:
    """A version, its state and when it is in force."""
    return _("{code} {state}, {first} to {last}, figures of {day}").format(
        code=found.code,
        state=state_word("shortage", found.status),
        first=found.valid_from.isoformat(),
        last=found.valid_to.isoformat() if found.valid_to else "…",
        day=found.day.isoformat(),
    )


def list_sheet(found: ShortageList) -> Sheet:
    """The trades of a list with the figures they stand there for."""
    columns = (
        Column("trade", _("Trade"), 20),
        Column("needed", _("Need"), 5),
        Column("served", _("Have"), 5),
        Column("gap", _("Gap"), 5),
        Column("waits", "P90", 4),
        Column("forecast", _("To come"), 7),
        Column("grounds", _("Grounds"), 16),
        Column("note", _("Note"), 30),
    )
    lines = tuple(Line(entry.occupation, _entry(entry)) for entry in found.entries)
    return Sheet("shortage", _("Trades in urgent need"), columns, lines, list_word(found))


def _entry(entry: Entry) -> tuple[str | int, ...]:
    grounds = " ".join(_(GROUNDS[name]) for name in entry.grounds)
    return (
        entry.name, entry.needed, entry.served, entry.gap, entry.waits, entry.forecast, grounds,
        entry.note or "",
    )  # fmt: skip


def list_lines(found: ShortageList) -> Iterator[str]:
    """A version with its trades, a line each and its figures under it."""
    yield list_word(found)
    if found.signed_by:
        yield _("signed by {who}").format(who=found.signed_by)
    if found.reason:
        yield found.reason
    for at, entry in enumerate(found.entries, 1):
        yield f"{at} {entry.name} {entry.occupation}"
        told = _(
            "  {needed} asked, {gap} short, P90 {waits} d, {forecast} to come in {weeks} weeks"
        )
        yield told.format(
            needed=entry.needed, gap=entry.gap, waits=entry.waits, forecast=entry.forecast,
            weeks=entry.weeks,
        )  # fmt: skip
        grounds = " ".join(_(GROUNDS[name]) for name in entry.grounds)
        yield "  " + " · ".join(filter(None, (grounds, entry.note)))


def lists_sheet(found: Sequence[ShortageList]) -> Sheet:
    """Every version, the newest first."""
    columns = (
        Column("list", _("List"), 10),
        Column("state", _("State"), 10),
        Column("valid_from", _("From"), 10),
        Column("valid_to", _("To"), 10),
        Column("trades", _("Trades"), 6),
        Column("signed_by", _("Signed by"), 12),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.code,
                state_word("shortage", one.status),
                one.valid_from.isoformat(),
                one.valid_to.isoformat() if one.valid_to else "…",
                len(one.entries),
                one.signed_by or "–",
            ),
        )
        for one in found
    )
    return Sheet("shortage lists", _("Versions of the shortage list"), columns, lines)


def behind_lines(one: Warned) -> Iterator[str]:
    """What a warning says, and the records it was reckoned from."""
    yield f"{SIGNS[one.rule.severity]} {subject_word(one)}"
    yield reason_line(one)
    yield _("Rule {code}: {limits}").format(code=one.rule.code, limits=limit_word(one.rule))
    yield handled_word(one.handled)
    yield _("Records behind it: {codes}").format(codes=", ".join(code for _k, code in one.records))
