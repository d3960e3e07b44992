"""Scores, formulas, opinions and the files of institutions, in words, as sheets and as a page to print."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence

from store.services.classes import TrainingClass
from store.services.formulas import PARTS, Formula
from store.services.opinions import BEST, QUESTIONS
from store.services.scores import Score
from store.services.standing import Entry, File, Impact
from tui.i18n import _, mark
from tui.papers import page
from tui.safe import clean
from tui.sheets import Column, Line, Sheet
from tui.words import kind_word, value_word

PART_WORDS: Mapping[str, str] = {
    "outcome": mark("Results of training"),
    "process": mark("Course of training"),
    "satisfaction": mark("Satisfaction"),
}
INDICATORS: Mapping[str, str] = {
    "pass_rate": mark("pass rate"),
    "employment": mark("in work after 90 days"),
    "attendance": mark("attendance"),
    "findings": mark("findings of visits"),
    "filing": mark("filed in time"),
    "substitutions": mark("without substitution"),
    "cancellations": mark("not called off"),
    "trainee": mark("trainees say"),
    "instructor": mark("instructors say"),
    "enterprise": mark("firms say"),
    "agency": mark("agencies say"),
}
QUESTION_WORDS: Mapping[str, str] = {
    "content": mark("What was taught is useful at work"),
    "teaching": mark("The instructor explained well"),
    "practice": mark("There was enough practice"),
    "facilities": mark("Rooms, machines and tools were fit"),
    "organisation": mark("Times and notices were kept"),
    "preparation": mark("Trainees came prepared"),
    "equipment": mark("Machines and materials were ready"),
    "usefulness": mark("People do their work better now"),
    "behaviour": mark("What was agreed was kept"),
    "communication": mark("Questions were answered soon"),
    "compliance": mark("Rules of training were kept"),
    "records": mark("Records were complete and true"),
    "quality": mark("Trainees can do what the course promises"),
}
GROUPS: Mapping[str, str] = {
    "trainee": mark("Trainee"),
    "instructor": mark("Instructor"),
    "enterprise": mark("Enterprise"),
    "agency": mark("Agency"),
}
ADMISSION_WORDS: Mapping[str, str] = {
    "licence": mark("licence or registration seen"),
    "premises": mark("premises visited"),
    "equipment": mark("equipment counted"),
    "staff": mark("instructors and their certificates seen"),
    "plans": mark("teaching plans seen"),
    "fees": mark("fees are published"),
    "safety": mark("fire and work safety in order"),
}


def quarter_word(one: Score) -> str:
    """`2026 Q3`."""
    return f"{one.period.year} Q{(one.period.month + 2) // 3}"


def number(value: float | None) -> str:
    """A score with one digit after the point; a dash for none."""
    return "–" if value is None else f"{value:.1f}"


def score_sheet(found: Sequence[Score], kind: str) -> Sheet:
    """Scores, the best first, with their parts and how many opinions they have."""
    columns = (
        Column("name", kind_word(kind), 22),
        Column("score", _("Score"), 6),
        Column("trend", _("Trend"), 6),
        Column("count", _("Opinions"), 8),
        Column("outcome", _(PART_WORDS["outcome"]), 8),
        Column("process", _(PART_WORDS["process"]), 8),
        Column("satisfaction", _(PART_WORDS["satisfaction"]), 8),
        Column("formula", _("Formula"), 8),
        Column("code", _("Code"), 8),
    )
    lines = tuple(
        Line(
            one.code,
            (
                one.name, one.score, one.trend, one.count,
                *(_rounded(one.parts.get(part)) for part in PARTS), one.formula, one.code,
            ),
            {"name": ((one.kind, one.code),)},
        )
        for one in found
    )  # fmt: skip
    told = _("No score yet: none is published for this quarter.")
    if found:
        day = found[0].published
        state = _("published on {day}").format(day=day.isoformat()) if day else _("preview")
        told = _("{quarter}: {count} scores, {state}").format(
            quarter=quarter_word(found[0]), count=len(found), state=state
        )
    return Sheet(f"scores {kind}", _("Scores"), columns, lines, told)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def score_lines(one: Score, formula: Formula, past: Sequence[Score] = ()) -> Iterator[str]:
    """A score with its formula, every indicator, how many it was counted over, and those before it."""
    yield f"{one.code} {one.name}"
    if one.score is None:
        yield _("{count} opinions, fewer than {least}: no score").format(
            count=one.count, least=formula.min_count
        )
    else:
        yield _("{quarter}: {score} of 100, {count} opinions").format(
            quarter=quarter_word(one), score=number(one.score), count=one.count
        )
    if one.trend is not None:
        yield _("{points} points since the score before").format(points=f"{one.trend:+.1f}")
    yield _("published on {day}").format(day=one.published) if one.published else _("preview")
    yield _(
        "Formula {version}: means by weight; what is not known leaves its weight to the rest"
    ).format(version=one.formula)
    known = {each.name: each for each in one.indicators}
    for part, names in PARTS.items():
        value = number(one.parts.get(part))
        yield f"{_(PART_WORDS[part])} {formula.weights[part]} % · {value}"
        for name in names:
            each = known.get(name)
            if each is not None:
                told = _("{value} of {count}").format(value=number(each.value), count=each.count)
                if not each.is_counted and each.value is not None:
                    told += _(" (fewer than {least}: not counted)").format(least=formula.min_count)
                yield f"  {_(INDICATORS[name])} {formula.weights[name]} % · {told}"
    for before in past:
        yield f"{quarter_word(before)}  {number(before.score)}  n={before.count}"


def formula_lines(found: Formula) -> Iterator[str]:
    """A version of the formula."""
    yield _("Formula {version}, for quarters from {day}").format(
        version=found.version, day=found.valid_from.isoformat()
    )
    for part, names in PARTS.items():
        yield f"{_(PART_WORDS[part])} ({part}) {found.weights[part]} %"
        for name in names:
            yield f"  {_(INDICATORS[name])} ({name}) {found.weights[name]} %"
    yield _("At least {count} opinions; {years} years back").format(
        count=found.min_count, years=found.years
    )


def file_sheet(found: Sequence[File]) -> Sheet:
    """The files of institutions: state, how long qualified and inspected, what bars them today."""
    columns = (
        Column("name", _("Institution"), 24),
        Column("status", _("State"), 8),
        Column("qualified_to", _("Qualified to"), 12),
        Column("inspected_to", _("Inspected to"), 12),
        Column("barred", _("Bars"), 14),
        Column("entries", _("Entries"), 7),
        Column("code", _("Code"), 8),
    )
    lines = tuple(
        Line(
            one.institution,
            (
                one.name,
                value_word(one.status),
                one.qualified_to.isoformat() if one.qualified_to else "–",
                one.inspected_to.isoformat() if one.inspected_to else "–",
                " ".join(map(value_word, one.barred_by)) or "–",
                len(one.entries),
                one.institution,
            ),
            {"name": (("institution", one.institution),)},
        )
        for one in found
    )
    count = sum(bool(one.barred_by) for one in found)
    told = _("{count} institutions, {barred} under sanction or without inspection").format(
        count=len(found), barred=count
    )
    return Sheet("institutions", _("Standing of institutions"), columns, lines, told)


def file_lines(one: File) -> Iterator[str]:
    """An institution's file."""
    yield f"{one.institution} {one.name}  {value_word(one.status)}"
    yield _("Qualified to {day}, for {scope}").format(
        day=one.qualified_to.isoformat() if one.qualified_to else "–",
        scope=" ".join(one.scope) or "–",
    )
    if one.inspected_to:
        yield _("Inspected to {day}").format(day=one.inspected_to.isoformat())
    if one.barred_by:
        yield "! " + " ".join(map(value_word, one.barred_by))
    for entry in one.entries:
        yield entry_line(entry)


def entry_line(one: Entry) -> str:
    """`#3 sanction taken off the list 2026-11-21…: why`."""
    last = one.last.isoformat() if one.last else ""
    days = (
        f"{one.first.isoformat()}…{last}" if one.entry not in ("reward", "exit") else str(one.first)
    )
    parts = [
        f"#{one.id}",
        value_word(one.entry),
        value_word(one.type or ""),
        one.number or "",
        days,
    ]
    told = " ".join(filter(None, parts)) + f": {one.reason}"
    if one.lifted_on:
        told += " " + _("(lifted on {day}: {reason})").format(
            day=one.lifted_on.isoformat(), reason=one.lifted_why
        )
    return told


def impact_lines(found: Impact) -> Iterator[str]:
    """What a sanction meets, before it is imposed."""
    yield _("Classes that go on to their end: {codes}").format(codes=" ".join(found.running) or "–")
    yield _("Confirmed classes that still begin: {codes}").format(
        codes=" ".join(found.coming) or "–"
    )
    yield _("Proposals that cannot be confirmed any more: {codes}").format(
        codes=" ".join(found.proposals) or "–"
    )


def form_lines(one: TrainingClass, group: str) -> Iterator[str]:
    """The form on which a group rates a class, as lines."""
    yield f"{one.code}  {one.title}  {one.institution_name}"
    yield _("Evaluation by: {group}").format(group=_(GROUPS[group]))
    yield _("Code or name: __________  Day: __________")
    yield _("Marks from 1 (poor) to {best} (very good):").format(best=BEST)
    for at, question in enumerate(QUESTIONS[group], 1):
        yield f"{at} {_(QUESTION_WORDS[question])}  " + "  ".join(
            f"□{score}" for score in range(1, BEST + 1)
        )
    yield _("Note: ____________________")


def form_page(one: TrainingClass, groups: Sequence[str]) -> str:
    """The same as a page to print, one section a group."""
    parts = []
    for group in groups:
        head, *rest = form_lines(one, group)
        body = "".join(f"<p>{html.escape(clean(line))}</p>" for line in rest)
        parts.append(f"<section><h1>{html.escape(clean(head))}</h1>{body}</section>")
    return page(_("Evaluation of {code}").format(code=one.code), "".join(parts))
