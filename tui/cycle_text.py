"""Lines about filings, the quality of records, what waits to be verified, and what looks alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from store.services.duplicates import Double, Pair, Side
from store.services.filing_calendar import FilingCalendar
from store.services.filing_cycle import DUE, FILED, OVERDUE, Due, Filed
from store.services.merges import Merged
from store.services.quality import Hit, Score
from store.services.verification import Submission
from tui.i18n import _, mark
from tui.people_text import moment
from tui.words import field_word, kind_word, value_word

EVERY = {"week": mark("weekly"), "month": mark("monthly"), "quarter": mark("quarterly")}
SIGNS = {OVERDUE: "!", DUE: "·", FILED: "✓"}
RULES = {
    "price_far": mark("price {value} far from the median {against} of its trade and level"),
    "hours_low": mark("{value} class hours, at least {against} for its level"),
    "seats_over": mark("{value} seats, the venue's stations take {against}"),
    "certificate": mark("{value} has no valid certificate for course {against}"),
    "days_odd": mark("{value} is out of order with {against}"),
    "telephone": mark("a telephone number in the name: {value}"),
}
EVIDENCE = {
    "name": mark("names alike by {value} of 100"),
    "title": mark("titles alike by {value} of 100"),
    "sound": mark("sound the same: {value}"),
    "short_name": mark("same short name {value}"),
    "area": mark("same place {value}"),
    "contact": mark("same contact {value}"),
    "price_fen": mark("same price"),
    "theory_hours": mark("same theory hours {value}"),
    "practice_hours": mark("same practice hours {value}"),
    "delivery": mark("same way of delivery"),
}
_FEW = 8


def due_cells(one: Due) -> tuple[str, ...]:
    """A line of the due list: sign, kind, period, when due and how late, whose."""
    return (SIGNS[one.state], kind_word(one.kind), one.period_name, due_word(one), one.name)


def due_word(one: Due) -> str:
    """When it is due, how many working days it is overdue, or when it was filed."""
    if one.state == FILED and one.filed is not None:
        return _("filed {day}").format(day=f"{one.filed:%m-%d}")
    if one.state == OVERDUE:
        return _("{days} days late").format(days=one.days)
    return _("due {day}").format(day=f"{one.due:%m-%d}")


def due_lines(one: Due) -> Iterator[str]:
    """All about one thing to file."""
    yield f"{one.name}  {one.institution}"
    yield f"{kind_word(one.kind)}  {one.period_name}  {value_word(one.state)}"
    yield ""
    yield _("Due {due}, with grace until {until}").format(due=one.due, until=one.until)
    if one.days:
        yield _("{days} working days since it was due").format(days=one.days)
    yield _("Records it is about: {count}").format(count=one.records)
    last = _("never") if one.filed is None else f"{one.filed} {value_word(one.how)}"
    yield _("Filed last: {last}").format(last=last)
    yield _("Talked last: {when}").format(when=moment(one.talked))


def filed_line(one: Filed) -> str:
    """What a filing said."""
    told = _("{kind}: {how}; {fresh} new, {changed} changed, {same} the same")
    return told.format(
        kind=kind_word(one.kind),
        how=value_word(one.status),
        fresh=one.fresh,
        changed=one.changed,
        same=one.same,
    )


def calendar_rows(kept: FilingCalendar) -> list[list[str]]:
    """Kinds with how often, due when, grace, fresh and stale."""
    return [
        [
            kind_word(kind), _(EVERY[rule.every]), str(rule.due), str(rule.grace), str(rule.fresh),
            str(rule.stale),
        ]
        for kind, rule in kept.rules.items()
    ]  # fmt: skip


def score_cells(one: Score) -> tuple[str, ...]:
    """A line of the scores."""
    return (
        "!" if one.hits else " ", f"{one.complete:.1f}", f"{one.plausible:.1f}", str(len(one.hits)),
        one.name,
    )  # fmt: skip


def score_lines(one: Score) -> Iterator[str]:
    """An institution's scores, what is doubted, what is missing; each with its records."""
    yield f"{one.name}  {one.institution}"
    told = _("{records} records; of 100: complete {complete}, plausible {plausible}")
    yield told.format(records=one.records, complete=one.complete, plausible=one.plausible)
    yield ""
    for hit in one.hits:
        yield hit_line(hit)
    if not one.hits:
        yield _("Nothing is doubted.")
    yield ""
    for gap in one.gaps:
        codes = ", ".join(gap.codes[:_FEW]) + (" …" if len(gap.codes) > _FEW else "")
        field = field_word(gap.field.removesuffix("_fen"))
        told = _("{kind} without {field}: {count} ({codes})")
        yield told.format(kind=kind_word(gap.kind), field=field, count=len(gap.codes), codes=codes)


def hit_line(hit: Hit) -> str:
    """A doubt about one record."""
    told = _(RULES[hit.rule]).format(value=hit.value, against=hit.against)
    return f"! {hit.code} {hit.name}: {told}"


def submission_cells(one: Submission) -> tuple[str, ...]:
    """A line of the queue."""
    return (one.code, value_word(one.status), moment(one.submitted_at), one.title)


def submission_lines(one: Submission) -> Iterator[str]:
    """Who has submitted, checked, published or sent back a record, and when."""
    yield f"{kind_word(one.kind)} {one.code}  {value_word(one.status)}"
    yield one.title
    yield f"{one.owner_name}  {one.owner}"
    yield ""
    yield _("Submitted {when} by {who}").format(when=moment(one.submitted_at), who=one.submitted_by)
    if one.checked_at is not None:
        yield _("Checked {when} by {who}").format(when=moment(one.checked_at), who=one.checked_by)
    if one.ended_at is not None and one.status == "returned":
        yield _("Sent back {when} by {who}").format(when=moment(one.ended_at), who=one.ended_by)
        yield _("Why: {reason}").format(reason=one.reason or "–")


def standing_line(one: Submission) -> str:
    """In a sentence for whoever has submitted it: what it waits for, or why it was sent back."""
    if one.status == "returned":
        return _("✕ Sent back {when}: {reason}").format(
            when=moment(one.ended_at), reason=one.reason or "–"
        )
    if one.status == "submitted":
        return _("○ Submitted {when}: waits to be checked; nobody is matched with it yet.").format(
            when=moment(one.submitted_at)
        )
    if one.status == "checked":
        return _("○ Checked {when}: waits to be published; nobody is matched with it yet.").format(
            when=moment(one.checked_at)
        )
    return _("✓ Checked and published {when}.").format(when=moment(one.ended_at))


def pair_cells(one: Pair) -> tuple[str, ...]:
    """A line of what looks alike."""
    names = f"{one.one} {one.one_name} = {one.other} {one.other_name}"
    return (f"{one.score:.2f}", kind_word(one.kind), names)


def pair_lines(one: Pair | Double, sides: Sequence[Side]) -> Iterator[str]:
    """What speaks for two records being one, and their fields beside each other."""
    if isinstance(one, Double):
        yield double_cells(one)[-1]
    else:
        yield f"{kind_word(one.kind)} {one.one} = {one.other}  {one.score:.2f}"
        yield "; ".join(_(EVIDENCE[name]).format(value=value) for name, value in one.evidence)
    yield ""
    for side in sides:
        sign = " " if side.one == side.other else "≠"
        yield f"{sign} {field_word(side.field)}: {side.one or '–'} │ {side.other or '–'}"


def double_cells(one: Double) -> tuple[str, ...]:
    """A line about needs of two centres that may be one."""
    told = _("{one} ({owner}) and {other} ({other_owner}): perhaps one need, {occupation}")
    return (
        " ",
        kind_word("need"),
        told.format(
            one=one.one,
            owner=one.one_owner,
            other=one.other,
            other_owner=one.other_owner,
            occupation=one.occupation_name,
        ),
    )


def merged_cells(one: Merged) -> tuple[str, ...]:
    """A line of what was merged."""
    return (
        "",
        kind_word(one.kind),
        f"✓ {one.kept} ← {one.lost}" if not one.is_undone else merged_line(one),
    )


def apart_line(one: str, other: str, *, is_undone: bool) -> str:
    """What was said of two records that look alike."""
    told = _("{one} and {other} are not the same.")
    if is_undone:
        told = _("{one} and {other} are shown as alike again.")
    return told.format(one=one, other=other)


def merged_line(one: Merged) -> str:
    """What was merged, and until when that can be undone."""
    if one.is_undone:
        return _("{lost} is a record of its own again.").format(lost=one.lost)
    told = _("{lost} is part of {kept}: {count} references moved; can be undone until {until}.")
    line = told.format(lost=one.lost, kept=one.kept, count=one.references, until=moment(one.until))
    if one.filled:
        fields = _(", ").join(map(field_word, one.filled))
        line += " " + _("Taken from {lost}: {fields}.").format(lost=one.lost, fields=fields)
    return line


def freshness_line(found: Any) -> str:
    """`confirmed 12 days ago, fresh`; empty for kinds that are not filed."""
    if found is None:
        return ""
    days, word = found
    return _("confirmed {days} days ago, {word}").format(days=days, word=value_word(word))
