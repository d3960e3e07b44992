"""`evaluate` and `institution`: what is said of classes, scores, and the files of institutions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from store.errors import DuijieError, InvalidError, UsageError
from store.services import classes, formulas, opinions, reference, scores, standing
from store.services.formulas import Formula
from store.services.opinions import QUESTIONS, Opinion
from store.services.standing import ADMISSION_ITEMS, Admission, File
from store.tables import read_csv
from tui import evaluation_text as text
from tui.cli.figures import show
from tui.cli.output import asked, line, put, say, tried
from tui.cli.reading import file_bytes
from tui.cli.session import Session, begin
from tui.cli.trainees import write_page
from tui.i18n import _
from tui.messages import sentence
from tui.settings import Settings
from tui.typed import typed_day

_COLUMNS = ("class", "group", "rater", "day")


def add(options: Namespace, settings: Settings) -> int:
    """One rater's answer about a class."""
    session = begin(options, settings)
    day = typed_day(options.day, session.today) if options.day else session.today
    said = read_opinion(
        options.code, options.group, options.rater, day, options.marks, options.note
    )  # fmt: skip
    found = _writer(options, session)(
        opinions.add, said, by=session.by, now=session.store.read(reference.now)
    )
    tried(options)
    if options.json:
        put(found)
    else:
        say(_("✓ {rater} about {code}.").format(rater=found.rater, code=found.training_class))
    return 0


def read_opinion(
    code: str, group: str, rater: str, day: date, marks: Iterable[str], note: str = ""
) -> Opinion:
    """Marks in the order of the group's questions as an answer."""
    numbers = list(marks)
    names = QUESTIONS.get(group, ())
    if len(numbers) != len(names) or not all(one.isdecimal() for one in numbers):
        raise InvalidError("opinion_marks", questions=", ".join(names), most=opinions.BEST)
    given = dict(zip(names, map(int, numbers), strict=True))
    return Opinion(code.upper(), group, rater.upper(), day, given, note)


def take(options: Namespace, settings: Settings) -> int:
    """Answers of a CSV file: class, group, rater, day, a column a question, note; all or none."""
    session = begin(options, settings)
    heads, rows = read_csv(file_bytes(options.file), options.encoding)
    if not set(_COLUMNS) <= set(heads):
        raise InvalidError("opinion_columns", columns=", ".join((*_COLUMNS, _("questions"))))
    found = []
    for number, cells in rows:
        row = dict(zip(heads, (cell.strip() for cell in cells), strict=False))
        try:
            day = typed_day(row["day"], session.today)
            marks = [row.get(name, "") for name in QUESTIONS.get(row["group"], ())]
            said = read_opinion(
                row["class"], row["group"], row["rater"], day, marks, row.get("note", "")
            )
        except DuijieError as error:
            raise InvalidError("opinion_row", row=number, cause=sentence(error)) from error
        found.append(said)
    made = _writer(options, session)(
        opinions.add_many, found, by=session.by, now=session.store.read(reference.now)
    )
    tried(options)
    if options.json:
        put({"rows": len(made)})
    else:
        say(_("✓ Answers taken: {count}.").format(count=len(made)))
    return 0


def sheet(options: Namespace, settings: Settings) -> int:
    """Forms to be filled in on paper."""
    session = begin(options, settings)
    found = session.store.read(classes.sheet, options.code.upper(), by=session.by)
    groups = (options.group,) if options.group else tuple(QUESTIONS)
    lines = [told for group in groups for told in (*text.form_lines(found, group), "")]
    write_page(options, text.form_page(found, groups), lines)
    return 0


def show_scores(options: Namespace, settings: Settings) -> int:
    """Scores of a quarter, or one of them with every number it was made from."""
    session = begin(options, settings)
    of = typed_day(options.of, session.today) if options.of else None
    found = session.store.read(
        scores.board, options.kind, of=of, by=session.by, today=session.today
    )
    if not options.code:
        return show(options, found, text.score_sheet(found, options.kind))
    code = options.code.upper()
    past = session.store.read(scores.history, options.kind, code, by=session.by)
    here = [one for one in found if one.code == code] or list(past[:1])
    if options.json:
        put({"score": here[0] if here else None, "history": past})
        return 0
    for one in here:
        formula = session.store.read(formulas.formula, one.period)
        older = [each for each in past if each.period < one.period]
        _write(text.score_lines(one, formula, older))
    return 0


def publish(options: Namespace, settings: Settings) -> int:
    """Publish the scores of a quarter that is over."""
    session = begin(options, settings)
    found = _writer(options, session)(
        scores.publish,
        of=typed_day(options.of, session.today),
        by=session.by,
        now=session.store.read(reference.now),
    )
    tried(options)
    if options.json:
        put(found)
    else:
        _write(f"{one.kind} {one.code} {text.number(one.score)} n={one.count}" for one in found)
    return 0


def weights(options: Namespace, settings: Settings) -> int:
    """The formula of scores by version; with NAME=VALUE a new version."""
    session = begin(options, settings)
    found: tuple[Formula, ...]
    if options.fields:
        given = [word.partition("=") for word in options.fields]
        bad = [name for name, _equals, value in given if not value.isdecimal()]
        if bad:
            raise UsageError("not_a_number", text=bad[0])
        found = (
            _writer(options, session)(
                formulas.change,
                {name: int(value) for name, _equals, value in given},
                typed_day(options.valid_from, session.today)
                if options.valid_from
                else session.today,
                options.reason,
                by=session.by,
                now=session.store.read(reference.now),
            ),
        )
        tried(options)
    else:
        found = session.store.read(formulas.formulas)
    if options.json:
        put(found)
    else:
        for one in found:
            _write(text.formula_lines(one))
    return 0


def list_opinions(options: Namespace, settings: Settings) -> int:
    """What was said of a class."""
    session = begin(options, settings)
    found = session.store.read(opinions.listed, options.code.upper(), by=session.by)
    if options.json:
        put(found)
    else:
        for one in found:
            marks = " ".join(str(mark) for mark in one.scores.values())
            line(f"{one.day.isoformat()} {one.group} {one.rater} {marks} {one.note}".rstrip())
    return 0


def admit(options: Namespace, settings: Settings) -> int:
    """Let an institution in, or renew it."""
    session = begin(options, settings)
    items = ADMISSION_ITEMS if options.all else tuple(options.checked.replace(",", " ").split())
    scope = tuple(filter(None, options.scope.replace("，", ",").split(",")))
    given = Admission(options.number, scope, typed_day(options.until, session.today), items)
    return _told(options, session, standing.admit, options.code.upper(), given)


def inspect(options: Namespace, settings: Settings) -> int:
    """The result of an annual inspection."""
    session = begin(options, settings)
    until = typed_day(options.until, session.today) if options.until else None
    return _told(
        options, session, standing.inspect, options.code.upper(), options.result, until, options.reason
    )  # fmt: skip


def sanction(options: Namespace, settings: Settings) -> int:
    """Impose a sanction; what it meets is said first, and it is asked for."""
    session = begin(options, settings)
    code = options.code.upper()
    first = typed_day(options.first, session.today) if options.first else session.today
    last = typed_day(options.last, session.today) if options.last else None
    met = session.store.read(standing.impact, code, first, last, by=session.by, today=session.today)
    if not options.json:
        for told in text.impact_lines(met):
            say(told)
    if not (options.yes or options.dry_run or asked(_("Impose it? (y/n) "))):
        raise InvalidError("sanction_not_confirmed")
    days = (first, last)
    return _told(options, session, standing.sanction, code, options.type, days, options.reason)


def lift(options: Namespace, settings: Settings) -> int:
    """Lift a sanction."""
    session = begin(options, settings)
    return _told(options, session, standing.lift, options.id, options.reason)


def leave(options: Namespace, settings: Settings) -> int:
    """End an institution's part in the market."""
    session = begin(options, settings)
    code = options.code.upper()
    met = session.store.read(
        standing.impact, code, session.today, None, by=session.by, today=session.today
    )
    if not options.json:
        for told in text.impact_lines(met):
            say(told)
    if not (options.yes or options.dry_run or asked(_("End it? (y/n) "))):
        raise InvalidError("sanction_not_confirmed")
    return _told(options, session, standing.leave, code, options.reason)


def reward(options: Namespace, settings: Settings) -> int:
    """Write a reward into the file."""
    session = begin(options, settings)
    return _told(options, session, standing.reward, options.code.upper(), options.words)


def history(options: Namespace, settings: Settings) -> int:
    """The file of an institution; without a code every one in a line."""
    session = begin(options, settings)
    if not options.code:
        found = session.store.read(standing.files, by=session.by, today=session.today)
        return show(options, found, text.file_sheet(found))
    one = session.store.read(
        standing.file, options.code.upper(), by=session.by, today=session.today
    )
    if options.json:
        put(one)
    else:
        _write(text.file_lines(one))
    return 0


def _told(options: Namespace, session: Session, service: Callable[..., File], *words: Any) -> int:
    now = session.store.read(reference.now)
    found = _writer(options, session)(service, *words, by=session.by, now=now)
    tried(options)
    if options.json:
        put(found)
    else:
        _write(text.file_lines(found))
    return 0


def _write(lines: Iterable[str]) -> None:
    for told in lines:
        line(told)


def _writer(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write
