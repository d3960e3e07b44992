"""Data to standard output, talk to standard error."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from store.errors import DuijieError, RefusedFileError
from store.schemas.fields import LADDER
from store.sensitive import masked
from store.services.filing import Problem
from tui.glyphs import drawn
from tui.i18n import _
from tui.messages import cause, problem_sentence, sentence
from tui.safe import clean, pad

# What JSON leaves as it is and a terminal obeys: delete, 8-bit control, bidi and line characters, halves.
_OBEYED = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def put(value: object) -> None:
    """One JSON value on one line of standard output."""
    told = json.dumps(plain(value), ensure_ascii=False)
    write(_OBEYED.sub(_escaped, told) + "\n")


def _escaped(sign: re.Match[str]) -> str:
    code = ord(sign[0])
    return f"\\u{code:04x}" if code < 0x10000 else json.dumps(sign[0])[1:-1]


def write(text: str) -> None:
    """Whole lines, already harmless, to standard output."""
    sys.stdout.write(text)


def line(text: str = "") -> None:
    """One line of text for people on standard output, made harmless to the terminal."""
    sys.stdout.write(drawn(clean(text)) + "\n")


def say(text: str) -> None:
    """One line of talk on standard error."""
    sys.stderr.write(drawn(clean(text)) + "\n")


def tried(options: Namespace) -> None:
    """Before what a dry run would say: that nothing is stored."""
    if options.dry_run:
        say(_("Dry run, nothing is stored:"))


def asked(question: str) -> bool:
    """Yes, typed at a terminal; anywhere else no."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(drawn(clean(question)))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    """Rows in columns of so many cells, the last as long as it is."""
    for row in (headings, *rows):
        *cells, last = row
        line(
            " ".join(
                [pad(cell, width) for cell, width in zip(cells, widths, strict=False)] + [last]
            )
        )


def progress(done: int, total: int) -> None:
    """A bar on a terminal, ended with a line when all is done."""
    if sys.stderr.isatty():
        share = 30 * done // total
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r[{'#' * share}{'.' * (30 - share)}] {done:,} / {total:,}{end}")
        sys.stderr.flush()


def tell_failure(error: DuijieError, *, as_json: bool) -> None:
    """An expected failure as a sentence, and as JSON where data was asked for."""
    if as_json:
        problems = [problem_json(p) for p in _problems(error)]
        put(
            {
                "error": error.code,
                "message": sentence(error),
                "params": _masked(error.params),
                "problems": problems,
            }
        )
    else:
        for problem in _problems(error)[:200]:
            say(problem_sentence(problem))
    say(sentence(error))


def _masked(params: Mapping[str, object]) -> dict[str, object]:
    """What a sentence is made of, without anybody's identity number."""
    return {k: masked(v) if isinstance(v, str) else v for k, v in params.items()}


def _problems(error: DuijieError) -> Sequence[Problem]:
    if not isinstance(error, RefusedFileError):
        return ()
    return [problem for problem in error.problems if isinstance(problem, Problem)]


def problem_json(problem: Problem) -> dict[str, object]:
    """Where a cell is wrong, what stands there, why not and what to write."""
    why, _, fix = cause(problem.code, problem.params).partition(_splitter(problem))
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "code": problem.code,
        "cause": why,
        "fix": fix.strip(),
        "message": problem_sentence(problem),
    }


def _splitter(problem: Problem) -> str:
    """Causes say why, then after a semicolon what to write."""
    told = cause(problem.code, problem.params)
    return "；" if "；" in told else ";"


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})


def plain(value: object) -> Any:
    """Anything the services return as JSON values, with a word beside every step of the ladder of levels."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return _with_level_names({str(key): plain(item) for key, item in value.items()})
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return _single(value)


def _with_level_names(told: dict[str, Any]) -> dict[str, Any]:
    """The same with `level_name` beside `level`, and with what rules, reasons and concessions say of one."""
    if "level" in told and (told["level"] is None or type(told["level"]) is int):
        told["level_name"] = _level_name(told["level"])
    if "level" in (told.get("rule"), told.get("criterion")):
        told["level_names"] = [_level_name(step) for step in told.get("evidence", ())]
    if told.get("wish") == "level":
        told["level_name"] = _level_name(told.get("value"))
    return told


def _level_name(step: object) -> str | None:
    """The Chinese word of a step, whatever the language, as tables have it; none where it is no step."""
    if not str(step).isdecimal() or not 1 <= int(str(step)) <= len(LADDER):
        return None
    return LADDER[int(str(step)) - 1]


def _single(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
