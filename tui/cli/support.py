"""`expert`, `case`, `call-for-course` and `open-next`: what helps where no offering fits."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from store.schemas.support import BidDraft, CaseView, CourseCallDraft, CourseCallView, ExpertDraft
from store.services import call_views, cases, course_calls, experts, open_next
from tui import support_text as text
from tui.cli.figures import show
from tui.cli.people import checked, tell
from tui.cli.session import Session, begin
from tui.cli.trainees import fields_of
from tui.settings import Settings


def add_expert(options: Namespace, settings: Settings) -> int:
    """Put somebody on the list of experts."""
    draft = checked(ExpertDraft, fields_of(options.fields, list(ExpertDraft.model_fields)))
    session = begin(options, settings)
    made = _writer(options, session)(experts.register, draft, by=session.by)
    return tell(options, made, list(text.expert_lines(made)))


def edit_expert(options: Namespace, settings: Settings) -> int:
    """Change the named fields, leave the others."""
    fields = fields_of(options.fields, list(ExpertDraft.model_fields))
    session = begin(options, settings)
    code = options.code.upper()
    view = session.store.read(experts.shown, code, by=session.by)
    kept = {name: getattr(view, name) for name in ExpertDraft.model_fields}
    draft = checked(ExpertDraft, {**kept, **fields})
    version = options.version or view.version
    made = _writer(options, session)(experts.edit, code, draft, version=version, by=session.by)
    return tell(options, made, list(text.expert_lines(made)))


def end_expert(options: Namespace, settings: Settings) -> int:
    """Take somebody off the list."""
    session = begin(options, settings)
    made = _writer(options, session)(experts.end, options.code.upper(), by=session.by)
    return tell(options, made, list(text.expert_lines(made)))


def list_experts(options: Namespace, settings: Settings) -> int:
    """Everybody in term, contacts masked; with --need those for a need, best first."""
    session = begin(options, settings)
    if options.need:
        need = options.need.upper()
        fit = session.store.read(experts.suggest, need, by=session.by, today=session.today)
        return tell(options, fit, [text.suggested_line(one) for one in fit])
    found = session.store.read(
        experts.listed, options.occupation, by=session.by, today=session.today
    )
    return show(options, found, text.expert_sheet(found))


def show_expert(options: Namespace, settings: Settings) -> int:
    """One expert."""
    session = begin(options, settings)
    found = session.store.read(experts.shown, options.code.upper(), by=session.by)
    return tell(options, found, list(text.expert_lines(found)))


def open_case(options: Namespace, settings: Settings) -> int:
    """A consultation on a need that no offering fits."""
    session = begin(options, settings)
    made = _writer(options, session)(
        cases.begin,
        options.code.upper(),
        options.question,
        despite=options.despite,
        by=session.by,
        today=session.today,
    )
    return _case(options, made)


def list_cases(options: Namespace, settings: Settings) -> int:
    """Consultations, the next due first."""
    session = begin(options, settings)
    found = session.store.read(cases.listed, options.state, by=session.by)
    return show(options, found, text.case_sheet(found))


def show_case(options: Namespace, settings: Settings) -> int:
    """One consultation with its notes."""
    session = begin(options, settings)
    return _case(options, session.store.read(cases.shown, options.code.upper(), by=session.by))


def assign(options: Namespace, settings: Settings) -> int:
    """Give a consultation to an expert, or to the one suggested first."""
    session = begin(options, settings)
    expert = options.expert.upper() if options.expert else None
    code = options.code.upper()
    run = _writer(options, session)
    return _case(options, run(cases.assign, code, expert, by=session.by, today=session.today))


def note(options: Namespace, settings: Settings) -> int:
    """Keep what was said."""
    session = begin(options, settings)
    run, code = _writer(options, session), options.code.upper()
    return _case(options, run(cases.note, code, options.text, by=session.by, today=session.today))


def close_case(options: Namespace, settings: Settings) -> int:
    """End a consultation with its outcome."""
    session = begin(options, settings)
    run, code = _writer(options, session), options.code.upper()
    return _case(options, run(cases.close, code, options.outcome, options.note, by=session.by))


def open_call(options: Namespace, settings: Settings) -> int:
    """A call for a course, for a need or for the unmet demand of a trade."""
    known = list(CourseCallDraft.model_fields)
    draft = checked(CourseCallDraft, fields_of(options.fields, known))
    session = begin(options, settings)
    need = options.need.upper() if options.need else None
    run = _writer(options, session)
    return _call(options, run(course_calls.begin, need, draft, by=session.by, today=session.today))


def bid(options: Namespace, settings: Settings) -> int:
    """One's own bid; with --withdraw taken back."""
    session = begin(options, settings)
    run, code = _writer(options, session), options.code.upper()
    who: dict[str, Any] = {"by": session.by, "today": session.today}
    if options.withdraw:
        return _call(options, run(course_calls.take_back, code, **who))
    draft = checked(BidDraft, fields_of(options.fields, list(BidDraft.model_fields)))
    return _call(options, run(course_calls.bid, code, draft, **who))


def close_call(options: Namespace, settings: Settings) -> int:
    """Open the bids once the deadline is over."""
    session = begin(options, settings)
    run, code = _writer(options, session), options.code.upper()
    return _call(options, run(course_calls.close, code, by=session.by, today=session.today))


def choose(options: Namespace, settings: Settings) -> int:
    """Choose one bid and say why."""
    session = begin(options, settings)
    run, code = _writer(options, session), options.code.upper()
    school = options.institution.upper()
    return _call(
        options, run(course_calls.choose, code, school, reason=options.reason, by=session.by)
    )


def cancel(options: Namespace, settings: Settings) -> int:
    """Give a call up."""
    session = begin(options, settings)
    run, code = _writer(options, session), options.code.upper()
    return _call(options, run(course_calls.cancel, code, reason=options.reason, by=session.by))


def list_calls(options: Namespace, settings: Settings) -> int:
    """Calls, those that end first first."""
    session = begin(options, settings)
    found = session.store.read(call_views.listed, options.state, by=session.by)
    return show(options, found, text.call_sheet(found))


def show_call(options: Namespace, settings: Settings) -> int:
    """One call with the bids that may be seen."""
    session = begin(options, settings)
    found = session.store.read(call_views.shown, options.code.upper(), by=session.by)
    return _call(options, found)


def next_courses(options: Namespace, settings: Settings) -> int:
    """Heads that nothing is arranged for, by trade and level."""
    session = begin(options, settings)
    found = session.store.read(open_next.board, by=session.by, today=session.today)
    return show(options, found, text.wish_sheet(found))


def _case(options: Namespace, found: CaseView) -> int:
    return tell(options, found, list(text.case_lines(found)))


def _call(options: Namespace, found: CourseCallView) -> int:
    return tell(options, found, list(text.call_lines(found)))


def _writer(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write
