"""Surveys of demand in words, as a sheet and as a questionnaire, and lines and files that answer them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date

from store.errors import InvalidError, UsageError
from store.schemas.survey import Answered, Survey
from store.services.surveys import COLUMNS
from store.tables import read_table, write_csv
from store.workbooks import write_workbook
from tui.i18n import _
from tui.safe import clean
from tui.sheets import Column, Line, Sheet
from tui.typed import typed_day
from tui.words import state_word

_PLAN = 5
_ANSWER = 4


def sheet(found: Sequence[Survey]) -> Sheet:
    """Surveys, those that wait for answers first."""
    columns = (
        Column("code", _("Code"), 8),
        Column("state", _("State"), 10),
        Column("due", _("Until"), 10),
        Column("answered", _("Answered"), 8),
        Column("title", _("Title"), 30),
        Column("heads", _("Heads"), 6),
    )
    lines_ = tuple(
        Line(
            one.code,
            (one.code, state_word("survey", one.status), one.due.isoformat(),
             f"{len(one.answered)}/{len(one.firms)}", one.title, one.heads),
        )
        for one in found
    )  # fmt: skip
    waiting = sum(one.status == "planned" for one in found)
    told = _("Surveys: {count}, of which wait for answers: {waiting}").format(
        count=len(found), waiting=waiting
    )
    return Sheet("surveys", _("Surveys"), columns, lines_, told)


def lines(one: Survey) -> Iterator[str]:
    """Everything about one."""
    yield f"{one.code} {one.title}"
    yield _("Asked by: {who}").format(
        who=f"{one.association} {one.association_name}" if one.association else one.owner
    )
    yield _("Weeks of {first} to {last}, until {due}").format(
        first=one.first, last=one.last, due=one.due
    )
    yield _("Trades: {names}").format(names=_(", ").join(f"{c} {name}" for c, name in one.trades))
    for code, name in one.firms:
        yield f"{'✓' if code in one.answered else '○'} {code} {name}"
    yield _("Heads answered: {heads}").format(heads=one.heads)


def questionnaire(rows: Sequence[Sequence[str]], form: str) -> bytes:
    """The questionnaire as a workbook or as CSV; heads are left open."""
    if form == "csv":
        return "".join(write_csv(COLUMNS, rows)).encode("utf-8-sig")
    made = io.BytesIO()
    write_workbook(made, _("Questionnaire"), COLUMNS, rows)
    return made.getvalue()


def read_answers(code: str, data: bytes, name: str) -> list[Answered]:
    """A questionnaire that came back; lines without heads are not answered."""
    table = read_table(data, name)
    if not set(COLUMNS) <= set(table.headings):
        raise InvalidError("survey_columns", columns=", ".join(COLUMNS))
    found = []
    for at, cells in table.rows:
        row = dict(zip(table.headings, (cell.strip() for cell in cells), strict=False))
        if not row.get("heads"):
            continue
        if row["survey"].upper() != code:
            raise InvalidError("survey_answer", row=at, value=clean(row["survey"]))
        found.append(_answered(at, row["firm"], row["trade"], row["week"], row["heads"]))
    return found


def _answered(at: int, firm: str, trade: str, week: str, heads: str) -> Answered:
    try:
        day = date.fromisoformat(week)
    except ValueError as error:
        raise InvalidError("history_week", row=at, value=clean(week)) from error
    if not heads.isdecimal():
        raise InvalidError("history_heads", row=at, value=clean(heads))
    return Answered(firm.upper(), trade.upper(), day, int(heads))


def read_plan(words: str, today: date) -> dict[str, object]:
    """`TITLE; FIRMS; TRADES; FIRST..LAST; DUE[; COMMITTEE]` as fields of a draft."""
    parts = [part.strip() for part in words.replace("；", ";").split(";")]
    if not _PLAN <= len(parts) <= _PLAN + 1 or ".." not in parts[3]:
        raise UsageError("line_words", text=words)
    first, _dots, last = parts[3].partition("..")
    return {
        "title": parts[0], "firms": codes(parts[1]), "trades": codes(parts[2]),
        "first": typed_day(first, today).isoformat(), "last": typed_day(last, today).isoformat(),
        "due": typed_day(parts[4], today).isoformat(),
        "association": parts[5].upper() if len(parts) > _PLAN else None,
    }  # fmt: skip


def codes(words: str) -> tuple[str, ...]:
    """`E001, E002` as codes."""
    return tuple(words.upper().replace("，", " ").replace(",", " ").split())


def read_line(words: str, today: date) -> tuple[str, list[Answered]]:
    """`SOURCE; FIRM TRADE WEEK HEADS; …` as answers with their source."""
    source, *rest = (part.strip() for part in words.replace("；", ";").split(";"))
    found = []
    for at, part in enumerate((part for part in rest if part), 1):
        cells = part.split()
        if len(cells) != _ANSWER:
            raise UsageError("line_words", text=part)
        week = typed_day(cells[2], today).isoformat()
        found.append(_answered(at, cells[0], cells[1], week, cells[3]))
    return source, found
