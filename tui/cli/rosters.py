"""`roster`, `attendance`, `result` and `training-rules`: what happens in a class."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from store.errors import UsageError
from store.schemas.trainee import ResultDraft, TraineeDraft
from store.services import (
    attendance,
    device_times,
    reference,
    results,
    roster,
    training_rules,
)
from store.services.attendance import Grid, Lesson, Mark
from store.services.roster import Seated
from store.spreadsheets import Workbook, is_workbook
from tui import trainee_text
from tui.cli.output import put
from tui.cli.people import checked, tell
from tui.cli.reading import file_bytes
from tui.cli.session import Session, begin
from tui.cli.trainees import fields_of, pairs_of, write_page
from tui.i18n import _
from tui.papers import sign_in_page, sign_in_text
from tui.roster_reading import read_people, read_stamps
from tui.settings import Settings

_MARKS = {"1": "present", "2": "absent", "3": "late", "4": "leave", "0": None}


def _write(options: Namespace, session: Session, service: Any, *args: Any, **more: Any) -> Any:
    """A write, or a dry run of it."""
    run: Any = session.store.rehearse if options.dry_run else session.store.write
    return run(service, *args, by=session.by, **more)


def list_roster(options: Namespace, settings: Settings) -> int:
    """Who is in a class."""
    session = begin(options, settings)
    found = session.store.read(roster.listed, options.code.upper(), by=session.by)
    return tell(options, found, [trainee_text.seat_line(one) for one in found])


def add(options: Namespace, settings: Settings) -> int:
    """People with files onto a roster, all or none."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    code = options.code.upper()
    more = {"proposal": options.proposal, "funding": options.funding, "now": now}
    if len(options.trainees) == 1:
        made = (_write(options, session, roster.add, code, options.trainees[0].upper(), **more),)
    else:
        made = _write(options, session, _add_all, code, options.trainees, **more)
    return _tell_seated(options, made)


def _add_all(session: Any, code: str, people: list[str], **more: Any) -> tuple[Seated, ...]:
    return tuple(roster.add(session, code, one.upper(), **more) for one in people)


def paste(options: Namespace, settings: Settings) -> int:
    """A list of names from a file or standard input onto a roster, all or none."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    text = _text(options)
    people: list[TraineeDraft] = read_people(text, options.employer)
    more = {"proposal": options.proposal, "funding": options.funding, "now": now}
    made = _write(options, session, roster.paste, options.code.upper(), people, **more)
    return _tell_seated(options, made)


def _text(options: Namespace) -> str:
    """A file of lines, of a workbook its first sheet; a mark of order at the beginning is left out."""
    data = file_bytes(options.file)
    if not is_workbook(data):
        return data.decode(options.encoding, "replace").removeprefix("\ufeff")
    book = Workbook(data)
    return "\n".join("\t".join(cells) for _number, cells in book.rows(book.sheets[0]))


def swap(options: Namespace, settings: Settings) -> int:
    """Somebody else on a place."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    people = (options.leaving.upper(), options.coming.upper())
    made = _write(
        options, session, roster.swap, options.code.upper(), *people, now=now, reason=options.reason
    )
    return _tell_seated(options, (made,))


def drop(options: Namespace, settings: Settings) -> int:
    """Somebody off a roster."""
    session = begin(options, settings)
    args = (options.code.upper(), options.trainee.upper())
    found = _write(options, session, roster.drop, *args, reason=options.reason)
    return tell(options, found, [trainee_text.seat_line(one) for one in found])


def complete(options: Namespace, settings: Settings) -> int:
    """Whoever has the hours of a finished class has completed it."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    short = _write(options, session, attendance.complete, options.code.upper(), now=now)
    told = _("Short of hours: {codes}").format(codes=", ".join(short) or "–")
    return tell(options, {"short": short}, [told])


def _tell_seated(options: Namespace, made: tuple[Seated, ...]) -> int:
    lines = []
    for one in made:
        lines.append(_("{code} is on the roster.").format(code=one.trainee))
        lines += ["  ! " + trainee_text.caution_line(caution) for caution in one.cautions]
    return tell(options, made, lines)


def show_attendance(options: Namespace, settings: Settings) -> int:
    """The grid of a class, and who is short."""
    _session, grid = _grid(options, settings)
    if options.json:
        lines = [
            {
                "trainee": one.seat.trainee,
                "name": one.seat.name,
                "marks": [one.marks.get(lesson.key) for lesson in grid.lessons],
                **asdict(one.standing),
                "short": one.standing.short,
                "lost": one.standing.is_lost,
            }
            for one in grid.lines
        ]
        put({"code": grid.code, "lessons": grid.lessons, "lines": lines})
        return 0
    told = [*trainee_text.grid_lines(grid), "", trainee_text.short_ones(grid.lines)]
    return tell(options, grid, told)


def mark(options: Namespace, settings: Settings) -> int:
    """A mark for some people, or all of the roster, at one session."""
    session, grid = _grid(options, settings)
    lesson = attendance.lesson_named(grid.lessons, options.lesson)
    said = _MARKS.get(options.mark, options.mark)
    everybody = [one.seat.trainee for one in grid.lines]
    people = everybody if options.trainees == ["all"] else [x.upper() for x in options.trainees]
    marks = [Mark(one, lesson.day, lesson.start, said) for one in people]
    now = session.store.read(reference.now)
    count = _write(options, session, attendance.mark, grid.code, marks, now=now)
    return tell(options, {"marked": count}, [_("{count} marks written.").format(count=count)])


def take(options: Namespace, settings: Settings) -> int:
    """A device's file of moments and numbers."""
    session = begin(options, settings)
    text = _text(options)
    now = session.store.read(reference.now)
    stamps = read_stamps(text)
    found = _write(options, session, device_times.take, options.code.upper(), stamps, now=now)
    return tell(options, found, list(trainee_text.imported_lines(found)))


def sheet(options: Namespace, settings: Settings) -> int:
    """A sign-in sheet, for one session or all."""
    _session, grid = _grid(options, settings)
    lessons: tuple[Lesson, ...] = grid.lessons
    if options.lesson is not None:
        lessons = (attendance.lesson_named(grid.lessons, options.lesson),)
    write_page(options, sign_in_page(grid, lessons), list(sign_in_text(grid, lessons)))
    return 0


def _grid(options: Namespace, settings: Settings) -> tuple[Session, Grid]:
    session = begin(options, settings)
    return session, session.store.read(attendance.grid, options.code.upper(), by=session.by)


def list_results(options: Namespace, settings: Settings) -> int:
    """What the assessments of a class came to."""
    session = begin(options, settings)
    found = session.store.read(results.listed, options.code.upper(), by=session.by)
    lines = [f"{one.id:>4}  {one.trainee}  {trainee_text.result_line(one)}" for one in found]
    return tell(options, found, lines)


def add_result(options: Namespace, settings: Settings) -> int:
    """The result of somebody's next attempt."""
    session, grid = _grid(options, settings)
    known = list(ResultDraft.model_fields)
    day = grid.day_of_result(options.trainee.upper(), session.today)
    given = {"outcome": options.outcome, "day": day.isoformat()}
    draft = checked(ResultDraft, {**given, **fields_of(options.fields, known)})
    now = session.store.read(reference.now)
    args = (options.code.upper(), options.trainee.upper(), draft)
    made = _write(options, session, results.record, *args, now=now)
    warned = ["! " + trainee_text.passed_short(made)] if made.short else []
    return tell(options, made, [trainee_text.result_line(made), *warned])


def void_result(options: Namespace, settings: Settings) -> int:
    """A result that was entered wrongly counts no more."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    args = (options.code.upper(), options.id, options.reason)
    made = _write(options, session, results.void, *args, now=now)
    return tell(options, made, [trainee_text.result_line(made)])


def rules(options: Namespace, settings: Settings) -> int:
    """The numbers that training is judged by; NAME=VALUE changes them."""
    session = begin(options, settings)
    found = session.store.read(training_rules.rules)
    if options.fields:
        said = pairs_of(options.fields)
        wrong = next((name for name, value in said.items() if not value.isdigit()), None)
        if wrong is not None:
            raise UsageError("rule_range", name=wrong, value=said[wrong], least=0, most=100)
        changes = {name: int(value) for name, value in said.items()}
        found = _write(options, session, training_rules.set_rules, changes)
    return tell(options, found, [f"{name}={value}" for name, value in asdict(found).items()])
