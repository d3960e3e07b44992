"""`filing`, `quality`, `verify`, `duplicates`: what is filed, how good it is, what waits, what is one."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

from store.errors import UsageError
from store.services import (
    duplicates,
    filing_calendar,
    filing_cycle,
    merges,
    quality,
    quality_rules,
    verification,
)
from tui import cycle_text
from tui.cli.output import line, put, table, tried
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.settings import Settings


def _run(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write


def _tell(options: Namespace, value: object, lines: Sequence[str]) -> int:
    if options.json:
        put(value)
        return 0
    tried(options)
    for text in lines:
        line(text)
    return 0


def _pairs(words: Sequence[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise UsageError("pair_wanted", text=word[:60])
        found[name] = value
    return found


def calendar(options: Namespace, settings: Settings) -> int:
    """The filing calendar, changed first where fields are given."""
    session = begin(options, settings)
    if options.fields:
        changes = _pairs(options.fields)
        kept = _run(options, session)(filing_calendar.set_calendar, changes, by=session.by)
    else:
        kept = session.store.read(filing_calendar.calendar)
    if options.json:
        put(kept)
        return 0
    tried(options)
    headings = [_("Kind"), _("How often"), _("Due"), _("Grace"), _("Fresh"), _("Stale")]
    table(headings, cycle_text.calendar_rows(kept), [14, 10, 6, 6, 6])
    if kept.begins is None:
        line(_("Filing is asked of whoever has filed before; of everybody once `begins` is set."))
    else:
        line(_("Filing is asked for from: {day}").format(day=kept.begins))
    return 0


def due(options: Namespace, settings: Settings) -> int:
    """What is to be filed, longest overdue first; with `--overdue` only that."""
    session = begin(options, settings)
    found = session.store.read(
        filing_cycle.due, by=session.by, today=session.today, institution=_code(options.institution)
    )
    if options.overdue:
        found = tuple(one for one in found if one.state == filing_cycle.OVERDUE)
    if options.json:
        put(found)
        return 0
    rows = [[one.institution, *cycle_text.due_cells(one)] for one in found]
    headings = [_("Code"), "", _("Kind"), _("Period"), _("Clock"), _("Institution")]
    table(headings, rows, [6, 1, 14, 9, 14])
    return 0


def same(options: Namespace, settings: Settings) -> int:
    """Same as last time: records of some kinds, or of all, are confirmed as they are."""
    session = begin(options, settings)
    code = options.institution.upper()
    made = _run(options, session)(
        filing_cycle.same, code, options.kind or (), by=session.by, today=session.today
    )
    return _tell(options, made, [cycle_text.filed_line(one) for one in made])


def status(options: Namespace, settings: Settings) -> int:
    """Every filing of an institution, newest first."""
    session = begin(options, settings)
    found = session.store.read(filing_cycle.status, options.institution.upper(), by=session.by)
    lines = [f"{one.day}  {one.login}  {cycle_text.filed_line(one)}" for one in found]
    return _tell(options, found, lines or [_("Nothing was filed yet.")])


def scores(options: Namespace, settings: Settings) -> int:
    """How whole and plausible records are; of one institution with the records behind it."""
    session = begin(options, settings)
    code = _code(options.institution)
    found = session.store.read(quality.scores, by=session.by, today=session.today, institution=code)
    if options.json:
        put(found)
    elif code is not None:
        for one in found:
            _tell(options, one, list(cycle_text.score_lines(one)))
    else:
        rows = [[one.institution, *cycle_text.score_cells(one)] for one in found]
        headings = [
            _("Code"), "", _("Complete"), _("Plausible"), _("Doubts"), _("Institution"),
        ]  # fmt: skip
        table(headings, rows, [6, 1, 8, 9, 6])
    return 0


def rules(options: Namespace, settings: Settings) -> int:
    """The rules of plausibility with their numbers, changed first where fields are given."""
    session = begin(options, settings)
    if options.fields:
        said = _pairs(options.fields)
        wrong = [word for word, value in said.items() if not value.isdecimal()]
        if wrong:
            raise UsageError("field_unknown", name=wrong[0], known="NAME=NUMBER")
        changes = {name: int(value) for name, value in said.items()}
        kept = _run(options, session)(quality_rules.set_rules, changes, by=session.by)
    else:
        kept = session.store.read(quality_rules.rules)
    names = type(kept).__dataclass_fields__
    return _tell(options, kept, [f"{name} = {getattr(kept, name)}" for name in names])


def verify_list(options: Namespace, settings: Settings) -> int:
    """What waits to be checked or published, or was sent back."""
    session = begin(options, settings)
    found = session.store.read(
        verification.queue, by=session.by, kind=options.kind, returned=options.returned
    )
    if options.json:
        put(found)
        return 0
    rows = [cycle_text.submission_cells(one) for one in found]
    table([_("Code"), _("State"), _("Since"), _("Title")], rows, [10, 10, 12])
    return 0


def verify_kinds(options: Namespace, settings: Settings) -> int:
    """The kinds that are looked at first, changed where some are named."""
    session = begin(options, settings)
    if options.kinds:
        chosen = [] if options.kinds == ["none"] else options.kinds
        kept = _run(options, session)(verification.set_kinds, chosen, by=session.by)
    else:
        kept = session.store.read(verification.kinds)
    return _tell(options, kept, [", ".join(kept) or "–"])


def check(options: Namespace, settings: Settings) -> int:
    """Records that were looked at."""
    return _step(options, settings, verification.check)


def publish(options: Namespace, settings: Settings) -> int:
    """Checked records that are matched from now on."""
    return _step(options, settings, verification.publish)


def send_back(options: Namespace, settings: Settings) -> int:
    """Records that are drafts again."""
    return _step(options, settings, verification.send_back, options.reason)


def _step(options: Namespace, settings: Settings, service: Callable[..., int], *more: str) -> int:
    session = begin(options, settings)
    what = [(options.kind, code.upper()) for code in options.codes]
    count = _run(options, session)(service, what, *more, by=session.by)
    told = _("{count} records: {codes}").format(
        count=count, codes=", ".join(code for _kind, code in what)
    )
    return _tell(options, {"count": count, "records": what}, [told])


def alike(options: Namespace, settings: Settings) -> int:
    """Records that look like one, needs that were told twice, and what was merged."""
    session = begin(options, settings)
    pairs = session.store.read(duplicates.listed, by=session.by, kind=options.kind)
    doubles = session.store.read(duplicates.doubles, by=session.by)
    merged = session.store.read(merges.listed, by=session.by)
    if options.json:
        put({"pairs": pairs, "needs": doubles, "merged": merged})
        return 0
    rows = [cycle_text.pair_cells(one) for one in pairs]
    rows += [cycle_text.double_cells(one) for one in doubles]
    table([_("Score"), _("Kind"), _("Records")], rows, [5, 12])
    for one in merged:
        line(cycle_text.merged_line(one))
    return 0


def merge(options: Namespace, settings: Settings) -> int:
    """One of two records becomes part of the other."""
    session = begin(options, settings)
    kept, lost = options.kept.upper(), options.lost.upper()
    made = _run(options, session)(
        merges.merge, options.kind, kept, lost, by=session.by, reason=options.reason
    )
    return _tell(options, made, [cycle_text.merged_line(made)])


def apart(options: Namespace, settings: Settings) -> int:
    """Two records that are not the same, or may be after all."""
    session = begin(options, settings)
    one, other = options.one.upper(), options.other.upper()
    service = duplicates.undo_apart if options.undo else duplicates.apart
    _run(options, session)(service, options.kind, one, other, by=session.by)
    told = cycle_text.apart_line(one, other, is_undone=options.undo)
    about = "together" if options.undo else "apart"
    return _tell(options, {"kind": options.kind, about: [one, other]}, [told])


def undo(options: Namespace, settings: Settings) -> int:
    """Two records again."""
    session = begin(options, settings)
    made = _run(options, session)(merges.undo, options.kind, options.lost.upper(), by=session.by)
    return _tell(options, made, [cycle_text.merged_line(made)])


def _code(text: str | None) -> str | None:
    return text.upper() if text else None
