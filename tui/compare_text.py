"""Bundles side by side: a row for each attribute, its best values marked, for screens and command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from matching.types import Bundle, Mode, Session
from matching.weekly import WeeklyPattern, merged
from tui.deal_text import heads_word
from tui.i18n import _
from tui.render import dates, head_price, money, people, place, points, warning_lines
from tui.safe import clean, pad
from tui.words import CRITERIA, day_word, level_word, weekly_word

FEWEST, MOST = 2, 4
BEST = "✓"
_WORDS = re.compile(r"\s+|[^\s\u2e80-\uffff]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute of every bundle; `best` are the columns that are better in it than another."""

    name: str
    label: str
    cells: tuple[str, ...]
    best: frozenset[int] = frozenset()

    @property
    def is_same(self) -> bool:
        """Whether the bundles do not differ in it."""
        return len(set(self.cells)) < 2

    @property
    def signed(self) -> tuple[str, ...]:
        """Cells with the sign of the best before those that are."""
        return tuple(
            f"{BEST} {cell}" if at in self.best else cell for at, cell in enumerate(self.cells)
        )


def rows(bundles: Sequence[Bundle], heads: int) -> tuple[Row, ...]:
    """Every attribute of some bundles for a need of so many heads, in order of weight to a person."""
    return (*_whole(bundles), *_when(bundles), *_what(bundles, heads), *_points(bundles))


def _whole(bundles: Sequence[Bundle]) -> Iterator[Row]:
    yield _row(
        "score", _("Score"), (f"{100 * b.score:.0f}" for b in bundles), [b.score for b in bundles]
    )
    yield _row("institution", _("Institution"), (b.institution.name for b in bundles))
    yield _row("course", _("Course"), (b.course.title for b in bundles))
    yield _row("level", _("Level"), (level_word(b.course.level) or "–" for b in bundles))


def _when(bundles: Sequence[Bundle]) -> Iterator[Row]:
    first = [b.sessions[0].day if b.sessions else None for b in bundles]
    last = [b.sessions[-1].day if b.sessions else None for b in bundles]
    yield _row(
        "first_day",
        _("First day"),
        (day_word(day) if day else dates(b) for b, day in zip(bundles, first, strict=True)),
        [-day.toordinal() if day else None for day in first],
    )
    yield _row(
        "last_day",
        _("Last day"),
        (day_word(day) if day else "–" for day in last),
        [-day.toordinal() if day else None for day in last],
    )
    yield _row("times", _("Times"), (times_word(b.sessions) or "–" for b in bundles))
    yield _row("sessions", _("Sessions"), (_sessions_word(b.sessions) for b in bundles))
    if any(b.course.self_study_hours for b in bundles):
        told = (str(b.course.self_study_hours or "–") for b in bundles)
        yield _row("self_study", _("Self-study hours"), told)
    sittings = [b.assessment.day if b.assessment else None for b in bundles]
    yield _row(
        "assessment",
        _("Assessment"),
        (day_word(day) if day else "–" for day in sittings),
        [-day.toordinal() if day else None for day in sittings],
    )


def _what(bundles: Sequence[Bundle], heads: int) -> Iterator[Row]:
    yield _row("instructors", _("Instructors"), (people(b) for b in bundles))
    km = [0.0 if b.course.mode in (Mode.FIRM, Mode.ONLINE) else b.travel_km for b in bundles]
    yield _row(
        "place",
        _("Place"),
        (place(b) for b in bundles),
        [None if way is None else -round(way, 1) for way in km],
    )
    prices = [b.price_fen for b in bundles]
    dear = [None if price is None else -price for price in prices]
    yield _row("price", _("Price a head"), (head_price(price) for price in prices), dear)
    totals = (_total_word(bundle, heads) for bundle in bundles)
    yield _row("total", _("Total"), totals, dear)
    yield _row("seats", _("Seats"), (_seats_word(b) for b in bundles), _room(bundles))
    warned = [-len(b.warnings) for b in bundles]
    told = ("; ".join(warning_lines(b)) or "–" for b in bundles)
    yield _row("warnings", _("Warnings"), told, warned)


def _points(bundles: Sequence[Bundle]) -> Iterator[Row]:
    """What each criterion adds to the score."""
    for criterion, word in CRITERIA.items():
        found = [
            next((r for r in b.explanation.reasons if r.criterion is criterion), None)
            for b in bundles
        ]
        if any(found):
            yield _row(
                f"points_{criterion.value}",
                "· " + _(word),
                (points(reason) if reason else "–" for reason in found),
                [reason.score * reason.weight if reason else None for reason in found],
            )


def _row(name: str, label: str, cells: Iterable[str], worth: Sequence[float | None] = ()) -> Row:
    """A row; `worth` says how good each cell is, None where that is not known."""
    shown = tuple(cells)
    most = max((value for value in worth if value is not None), default=None)
    best = {cell for cell, value in zip(shown, worth, strict=False) if value == most is not None}
    known = {cell for cell, value in zip(shown, worth, strict=False) if value is not None}
    if not known - best:  # what reads the same is not better
        return Row(name, label, shown)
    return Row(name, label, shown, frozenset(at for at, cell in enumerate(shown) if cell in best))


def times_word(sessions: Sequence[Session]) -> str:
    """When in the week sessions meet: `Tue,Thu 18:30-21:30`; empty where that is not known."""
    week: list[list[tuple[int, int]]] = [[] for _day in range(7)]
    for one in sessions:
        if one.start is not None and one.end is not None:
            week[one.day.weekday()].append((one.start, one.end))
    return weekly_word(str(WeeklyPattern(tuple(merged(windows) for windows in week))))


def _sessions_word(sessions: Sequence[Session]) -> str:
    if not sessions:
        return "–"
    days = len({one.day for one in sessions})
    return _("{count} on {days} days").format(count=len(sessions), days=days)


def _total_word(bundle: Bundle, heads: int) -> str:
    """What all heads pay; a class priced as a whole costs no fen that come of sharing it out."""
    if bundle.price_fen is None:
        return money(None)
    total = bundle.price_fen * heads
    total -= total % 100 if bundle.course.price_per_class else 0
    return f"{money(total)} ({heads_word(heads)})"


def _room(bundles: Sequence[Bundle]) -> list[int | None]:
    """Seats left, where all are runs; a run and a class on demand are not weighed against each other."""
    if any(bundle.run is None for bundle in bundles):
        return []
    return [bundle.run.seats_left if bundle.run else None for bundle in bundles]


def _seats_word(bundle: Bundle) -> str:
    """Seats left of a run, or the size of a class on demand."""
    if bundle.run is not None:
        left = bundle.run.seats_left
        return _("not filed") if left is None else _("{count} left").format(count=left)
    least, most = bundle.course.min_heads, bundle.course.max_heads
    if least is None and most is None:
        return _("not filed")
    return _("class of {least} to {most}").format(least=least or 1, most=most or "–")


def same_line(found: Iterable[Row]) -> str:
    """What the bundles have in common, on one line; empty where nothing."""
    same = [
        f"{row.label.removeprefix('· ')} {row.cells[0]}"
        for row in found
        if row.is_same and row.cells[0] != "–"
    ]
    return _("Same: {what}").format(what=" · ".join(same)) if same else ""


def table_lines(
    found: Iterable[Row], columns: Sequence[int], label: int, width: int
) -> Iterator[tuple[Row, str, tuple[str, ...]]]:
    """Rows as lines of cells padded to their widths; what is too long goes on in the line below."""
    for row in found:
        parts = [wrapped(clean(row.signed[at]), width) for at in columns]
        for at in range(max(len(lines) for lines in parts)):
            cells = tuple(pad(lines[at] if at < len(lines) else "", width) for lines in parts)
            yield row, pad(row.label if at == 0 else "", label), cells


def wrapped(text: str, cells: int) -> list[str]:
    """Text in lines of at most so many cells, broken between words or between Chinese characters."""
    lines, line = [], ""
    for word in _WORDS.findall(text):
        rest = word
        while cell_len(line + rest) > cells:
            if line.strip():
                lines.append(line.rstrip())
                line, rest = "", rest.lstrip()
            else:
                line, rest = "", _cut(rest, cells, lines)
        line += rest
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _cut(word: str, cells: int, lines: list[str]) -> str:
    """Put as much of a long word as a line holds into `lines`; the rest of it."""
    held = 1
    while held < len(word) and cell_len(word[: held + 1]) <= cells:
        held += 1
    lines.append(word[:held])
    return word[held:]


def chosen(marked: Sequence[int], count: int) -> tuple[int, ...]:
    """Which of so many bundles are compared: those marked, or with fewer than two marks the first three."""
    if len(marked) >= FEWEST:
        return tuple(sorted(marked))[:MOST]
    return tuple(sorted({*marked, *range(min(count, 3))}))[:MOST]
