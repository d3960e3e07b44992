"""`survey`: plan one, write its questionnaire, take what came back."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from store.digest import new_file
from store.errors import ConflictError
from store.schemas.survey import Survey, SurveyDraft
from store.services import reference, surveys
from tui import survey_text as text
from tui.cli.figures import show as show_sheet
from tui.cli.output import line, plain, put, say, tried
from tui.cli.people import checked
from tui.cli.reading import file_bytes
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.settings import Settings
from tui.typed import typed_day


def list_surveys(options: Namespace, settings: Settings) -> int:
    """Surveys, those that wait for answers first."""
    session = begin(options, settings)
    found = session.store.read(surveys.listed, by=session.by)
    return show_sheet(options, found, text.sheet(found))


def show(options: Namespace, settings: Settings) -> int:
    """One survey, with who has answered."""
    session = begin(options, settings)
    return _tell(options, session.store.read(surveys.shown, options.code.upper(), by=session.by))


def plan(options: Namespace, settings: Settings) -> int:
    """Who asks whom about which trades and weeks, until when."""
    session = begin(options, settings)
    days = {
        name: typed_day(getattr(options, name), session.today).isoformat()
        for name in ("first", "last", "due")
    }
    fields = {
        "title": options.title, "firms": text.codes(options.firms),
        "trades": text.codes(options.trades),
        "association": options.association and options.association.upper(),
    }  # fmt: skip
    draft = checked(SurveyDraft, {**fields, **days})
    return _tell(options, _write(options, session)(surveys.plan, draft, **_by(session)))


def questionnaire(options: Namespace, settings: Settings) -> int:
    """The questionnaire as a new file, .xlsx or .csv."""
    session = begin(options, settings)
    code = options.code.upper()
    rows = session.store.read(surveys.questions, code, by=session.by)
    path = Path(options.output or f"{code}.xlsx")
    if path.exists() and not options.yes:
        raise ConflictError("file_exists", path=str(path))
    data = text.questionnaire(rows, "csv" if path.suffix.lower() == ".csv" else "xlsx")
    if not options.dry_run:
        path.unlink(missing_ok=True)
        with new_file(path, with_digest=False) as part:
            part.write_bytes(data)
    tried(options)
    if options.json:
        put({"path": str(path), "rows": len(rows)})
    else:
        say(_("{count} questions written to {path}.").format(count=len(rows), path=path))
    return 0


def take(options: Namespace, settings: Settings) -> int:
    """Answers of a questionnaire that came back, with their source."""
    session = begin(options, settings)
    code = options.code.upper()
    found = text.read_answers(code, file_bytes(options.file), options.file)
    words = (code, found, options.source)
    return _tell(options, _write(options, session)(surveys.take, *words, **_by(session)))


def withdraw(options: Namespace, settings: Settings) -> int:
    """Ask no more; what was answered stays."""
    session = begin(options, settings)
    run = _write(options, session)
    code = options.code.upper()
    return _tell(options, run(surveys.withdraw, code, reason=options.reason, **_by(session)))


def _by(session: Session) -> dict[str, Any]:
    return {"by": session.by, "now": session.store.read(reference.now)}


def _write(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write


def _tell(options: Namespace, one: Survey) -> int:
    tried(options)
    if options.json:
        put({**plain(one), "missing": one.missing})
        return 0
    for told in text.lines(one):
        line(told)
    return 0
