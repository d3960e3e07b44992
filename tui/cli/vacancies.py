"""`vacancy` and `endorse`: posts to be filled, who was referred to them; who stands behind a need."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from store.schemas.support import EndorsementDraft
from store.schemas.vacancy import AnswerDraft, Vacancy, VacancyDraft
from store.services import endorsements, reference, vacancies
from tui import vacancy_text as text
from tui.cli.figures import show as show_sheet
from tui.cli.output import plain
from tui.cli.people import checked, tell
from tui.cli.session import Session, begin
from tui.cli.trainees import fields_of
from tui.i18n import _
from tui.settings import Settings
from tui.typed import typed_day


def list_vacancies(options: Namespace, settings: Settings) -> int:
    """Vacancies that stand."""
    session = begin(options, settings)
    firm = options.enterprise and options.enterprise.upper()
    found = session.store.read(vacancies.listed, by=session.by, enterprise=firm)
    return show_sheet(options, [_plain(one) for one in found], text.sheet(found))


def show(options: Namespace, settings: Settings) -> int:
    """One vacancy with who was referred to it."""
    session = begin(options, settings)
    return _tell(options, session.store.read(vacancies.shown, options.code.upper(), by=session.by))


def add(options: Namespace, settings: Settings) -> int:
    """A new vacancy from FIELD=VALUE."""
    session = begin(options, settings)
    draft = _draft(options.fields, session, {})
    return _tell(options, _write(options, session)(vacancies.register, draft, **_by(session)))


def edit(options: Namespace, settings: Settings) -> int:
    """Other words, heads or another day from FIELD=VALUE; what is not said stays."""
    session = begin(options, settings)
    code = options.code.upper()
    one = plain(session.store.read(vacancies.shown, code, by=session.by))
    draft = _draft(options.fields, session, {name: one[name] for name in VacancyDraft.model_fields})
    return _tell(options, _write(options, session)(vacancies.edit, code, draft, **_by(session)))


def reinstate(options: Namespace, settings: Settings) -> int:
    """Look again for what was withdrawn."""
    session = begin(options, settings)
    run, code = _write(options, session), options.code.upper()
    return _tell(options, run(vacancies.reinstate, code, **_by(session)))


def withdraw(options: Namespace, settings: Settings) -> int:
    """Look for nobody any more."""
    session = begin(options, settings)
    run, code = _write(options, session), options.code.upper()
    return _tell(options, run(vacancies.withdraw, code, reason=options.reason, **_by(session)))


def link(options: Namespace, settings: Settings) -> int:
    """A need that trains for a vacancy."""
    session = begin(options, settings)
    run, codes = _write(options, session), (options.code.upper(), options.need.upper())
    return _tell(options, run(vacancies.link, *codes, **_by(session)))


def unlink(options: Namespace, settings: Settings) -> int:
    """A need that trains for no vacancy after all."""
    session = begin(options, settings)
    run = _write(options, session)
    return _tell(options, run(vacancies.unlink, options.code.upper(), **_by(session)))


def refer(options: Namespace, settings: Settings) -> int:
    """Somebody with a certificate, referred to a vacancy."""
    session = begin(options, settings)
    run, codes = _write(options, session), (options.code.upper(), options.trainee.upper())
    made = run(vacancies.refer, *codes, **_by(session))
    return tell(options, made, [text.referral_line(made)])


def answer(options: Namespace, settings: Settings) -> int:
    """What came of a referral."""
    session = begin(options, settings)
    day = typed_day(options.day, session.today) if options.day else session.today
    said = {"result": options.result, "day": day, "note": options.note or None}
    run, codes = _write(options, session), (options.code.upper(), options.trainee.upper())
    made = run(vacancies.answer, *codes, checked(AnswerDraft, said), **_by(session))
    return tell(options, made, [text.referral_line(made)])


def endorse(options: Namespace, settings: Settings) -> int:
    """Who stands behind a need; with an association, let it do so, or no more."""
    session = begin(options, settings)
    need = options.code.upper()
    if options.association is None:
        found = session.store.read(endorsements.of_need, need, by=session.by)
    elif options.undo:
        run, code = _write(options, session), options.association.upper()
        found = run(endorsements.take_back, need, code, **_by(session))
    else:
        said = {"association": options.association.upper(), "note": options.note or None}
        draft = checked(EndorsementDraft, said)
        found = _write(options, session)(endorsements.endorse, need, draft, **_by(session))
    lines = [text.endorsement_line(one) for one in found]
    return tell(options, found, lines or [_("Nobody stands behind {code}.").format(code=need)])


def _by(session: Session) -> dict[str, Any]:
    return {"by": session.by, "now": session.store.read(reference.now)}


def _write(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write


def _draft(words: Sequence[str], session: Session, kept: Mapping[str, object]) -> VacancyDraft:
    said = fields_of(words, list(VacancyDraft.model_fields))
    if said.get("until"):
        said["until"] = typed_day(said["until"], session.today).isoformat()
    draft: VacancyDraft = checked(VacancyDraft, {**kept, **said})
    return draft


def _plain(one: Vacancy) -> dict[str, Any]:
    return {**plain(one), "left": one.left}


def _tell(options: Namespace, one: Vacancy) -> int:
    return tell(options, _plain(one), list(text.lines(one)))
