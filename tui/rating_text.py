"""Classes that agencies are asked to rate, in words and as a sheet, and marks as they are typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from store.errors import InvalidError
from store.services import opinions
from store.services.ratings import Rating
from tui.evaluation_text import QUESTION_WORDS
from tui.i18n import _
from tui.sheets import Column, Line, Sheet

QUESTIONS = opinions.QUESTIONS["agency"]


def sheet(found: Sequence[Rating]) -> Sheet:
    """What was asked, that without marks first."""
    columns = (
        Column("class", _("Class"), 8),
        Column("agency", _("Rating agency"), 7),
        Column("marks", _("Marks"), 10),
        Column("title", _("Title"), 24),
        Column("due", _("Until"), 10),
        Column("code", _("Code"), 8),
    )
    told = tuple(
        Line(
            one.code,
            (one.training_class, one.agency, marks(one), one.title,
             one.due.isoformat() if one.due else "", one.code),
            {"class": (("class", one.training_class),)},
        )
        for one in found
    )  # fmt: skip
    open_ones = sum(not one.is_given for one in found)
    said = _("{count} asked, {open} without marks").format(count=len(found), open=open_ones)
    return Sheet("ratings", _("Asked to rate"), columns, told, said)


def marks(one: Rating) -> str:
    """`4 5 4`, or that there are none yet."""
    if not one.is_given:
        return _("none yet")
    return " ".join(str(one.scores[name]) for name in QUESTIONS)


def lines(one: Rating) -> Iterator[str]:
    """Everything about it that its agency may know."""
    yield f"{one.training_class} {one.title}"
    yield f"{one.institution} {one.institution_name}"
    yield _("{first} to {last}; sessions: {sessions}, class hours: {hours}, heads: {heads}").format(
        first=one.first_day,
        last=one.last_day,
        sessions=one.sessions,
        hours=one.hours,
        heads=one.heads,
    )
    yield _("Asked: {agency} {name}").format(agency=one.agency, name=one.agency_name)
    if one.due:
        yield _("Until {day}").format(day=one.due)
    for at, name in enumerate(QUESTIONS, 1):
        yield f"{at} {_(QUESTION_WORDS[name])}: {one.scores.get(name, '–')}"
    if one.day:
        yield _("Said on {day}. {note}").format(day=one.day, note=one.note).strip()


def questions() -> str:
    """`1 …, 2 …`, in order."""
    return _(", ").join(f"{at} {_(QUESTION_WORDS[q])}" for at, q in enumerate(QUESTIONS, 1))


def read_marks(words: Sequence[str]) -> Mapping[str, int]:
    """Marks in the order of the questions."""
    if len(words) != len(QUESTIONS) or not all(one.isdecimal() for one in words):
        raise InvalidError("opinion_marks", questions=", ".join(QUESTIONS), most=opinions.BEST)
    return dict(zip(QUESTIONS, map(int, words), strict=True))
