"""`list`, `show`, `history`, `add`, `edit` and `withdraw`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from store.errors import InvalidError, StaleEditError, UsageError
from store.schemas.records import Draft
from store.services import filing, filing_calendar, filters, records, tree, verification
from store.services.kinds import Kind, kind_named
from store.services.rights import Act, reach
from store.services.verification import Submission
from tui import cycle_text
from tui.cli.output import line, put, say
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.merging import merge
from tui.messages import field_causes
from tui.people_text import moment
from tui.settings import Settings
from tui.typed import read_filter
from tui.words import (
    act_word,
    cell_word,
    field_word,
    kind_word,
    stored_cell,
    urgent_mark,
    urgent_told,
    value_word,
)


def list_page(options: Namespace, settings: Settings) -> int:
    """Records of a kind, one line each."""
    session = begin(options, settings)
    if options.filter and options.kind != "need":
        raise UsageError("filter_needs_only")
    if options.filter and options.where:
        raise UsageError("filter_or_where")
    if options.filter:
        if options.centre:
            raise UsageError("filter_or_where")
        wanted = replace(read_filter(options.filter), area=(options.area or "").upper())
        page = session.store.read(
            filters.page, wanted, by=session.by, after=options.after, limit=options.top
        )
    else:
        page = session.store.read(
            filters.beneath,
            options.kind,
            by=session.by,
            area=options.area and options.area.upper(),
            centre=options.centre and options.centre.upper(),
            after=options.after,
            limit=options.top,
            where=filing.sought(options.kind, _fields(kind_named(options.kind), options.where)),
        )
    if options.json:
        put({"items": page.items, "after": page.after, "total": page.total})
        return 0
    kind = kind_named(options.kind)
    for view in page.items:
        cells = [word for _name, word in _words(kind, view)]
        mark = urgent_mark(getattr(view, "shortage", ""))
        line(f"{view.code}  {value_word(view.status)}  {mark}{' · '.join(cells[:8])}")
    say(_("{shown} of {total}").format(shown=len(page.items), total=page.total))
    return 0


def centres(options: Namespace, settings: Settings) -> int:
    """Service centres as a tree, each with its open needs and those of all beneath it."""
    session = begin(options, settings)
    top = options.centre and options.centre.upper()
    found = session.store.read(tree.listed, by=session.by, centre=top)
    if options.json:
        put(found)
        return 0
    told = _("{needs} open needs, {heads} heads; with those beneath {all_needs}, {all_heads}")
    for one in found:
        sums = told.format(
            needs=one.needs, heads=one.heads, all_needs=one.whole_needs, all_heads=one.whole_heads
        )
        line(f"{'  ' * one.depth}{one.code}  {one.name}  {sums}")
    return 0


def show(options: Namespace, settings: Settings) -> int:
    """One record, a field a line."""
    session = begin(options, settings)
    view = session.store.read(records.fetch, options.kind, options.code.upper(), by=session.by)
    _show(options, view)
    if not options.json:
        kept = session.store.read(filing_calendar.calendar)
        age = filing_calendar.age(kept, options.kind, view, session.today)
        if found := _standing(session, view, options.kind):
            line(f"  {cycle_text.standing_line(found)}")
        for told in filter(None, [cycle_text.freshness_line(age)]):
            line(f"  {told}")
    return 0


def _standing(session: Session, view: Any, kind: str) -> Submission | None:
    """How far an offering that is looked at first has come, for those who may know."""
    if kind not in verification.KINDS or reach(session.by, Act.READ, "verification") is None:
        return None
    return session.store.read(verification.standing, kind, view.code, by=session.by)


def history(options: Namespace, settings: Settings) -> int:
    """Every change of a record, oldest first."""
    session = begin(options, settings)
    entries = session.store.read(records.history, options.kind, options.code.upper(), by=session.by)
    if options.json:
        put(entries)
        return 0
    for entry in entries:
        when = moment(entry.at, "%Y-%m-%d %H:%M:%S")
        told = f"{when}  {entry.code}  {entry.login}  {act_word(entry.act)}  {entry.reason or ''}"
        line(told.rstrip())
    return 0


def add(options: Namespace, settings: Settings) -> int:
    """Register a record from FIELD=VALUE words."""
    kind = kind_named(options.kind)
    draft = _draft(kind, _fields(kind, options.fields))
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    view = run(records.register, draft, by=session.by, request=options.request)
    _show(options, view)
    _tell_waiting(view)
    return 0


def edit(options: Namespace, settings: Settings) -> int:
    """Change the named fields of a record, leave the others."""
    kind = kind_named(options.kind)
    session = begin(options, settings)
    view = session.store.read(records.fetch, options.kind, options.code.upper(), by=session.by)
    given = _fields(kind, options.fields)
    draft = _draft(kind, {**filing.named_cells(kind, view), **given})
    run = session.store.rehearse if options.dry_run else session.store.write
    version = options.version or view.version
    try:
        saved = run(records.edit, view.code, draft, version=version, by=session.by)
    except StaleEditError as error:
        theirs = session.store.read(records.fetch, kind.name, view.code, by=session.by)
        yours = filing.named_cells(kind, draft)
        _tell_apart(error, {name: yours[name] for name in given}, filing.named_cells(kind, theirs))
        raise
    _show(options, saved)
    _tell_waiting(saved)
    return 0


def _tell_waiting(view: Any) -> None:
    """That a saved offering is looked at before anybody is matched with it."""
    if view.status in verification.WAITING:
        say(_("Submitted: matched once it is checked and published (`duijie verify list`)."))


def _tell_apart(error: StaleEditError, yours: dict[str, str], theirs: dict[str, str]) -> None:
    """Where the given fields differ from what is stored now, for people and in the error's data."""
    fields = {}
    for name, (mine, other) in merge({}, yours, theirs).both.items():
        fields[name] = {"yours": mine, "theirs": other}
        told = _("{field}: yours {yours} | theirs {theirs}")
        left, right = (cell_word(name, cell) or "–" for cell in (mine, other))
        say(told.format(field=field_word(name), yours=left, theirs=right))
    error.params["fields"] = fields


def withdraw(options: Namespace, settings: Settings) -> int:
    """Take a record out of use."""
    session = begin(options, settings)
    view = session.store.read(records.fetch, options.kind, options.code.upper(), by=session.by)
    run = session.store.rehearse if options.dry_run else session.store.write
    gone = run(
        records.withdraw,
        options.kind,
        options.code.upper(),
        version=view.version,
        by=session.by,
        reason=options.reason,
    )
    _show(options, gone)
    return 0


def _fields(kind: Kind, words: Sequence[str]) -> dict[str, str]:
    found = {}
    allowed = {column.name: column.allowed for column in filing.columns(kind.name)}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in kind.draft.model_fields:
            raise UsageError("field_unknown", name=name, known=", ".join(kind.draft.model_fields))
        found[name] = stored_cell(name, value, allowed[name])
    return found


def _words(kind: Kind, view: Any) -> Iterator[tuple[str, str]]:
    """Fields that say something, each with its cell in the words that people use."""
    for name, cell in filing.named_cells(kind, view).items():
        if cell:
            yield name, cell_word(name, cell)


def _draft(kind: Kind, fields: dict[str, str]) -> Draft:
    try:
        return kind.draft.model_validate(fields)
    except ValidationError as error:
        causes = field_causes(error)
        told = "; ".join(f"{name or kind_word(kind.name)}: {why}" for name, why in causes.items())
        raise InvalidError("fields_wrong", causes=told) from error


def _show(options: Namespace, view: Any) -> None:
    if options.json:
        put(view)
        return
    kind = kind_named(options.kind)
    line(f"{view.code}  {value_word(view.status)}  v{view.version}")
    for name, word in _words(kind, view):
        line(f"  {field_word(name)}: {word}")
    if told := urgent_told(getattr(view, "shortage", "")):
        line(f"  {told}")
    if options.dry_run:
        say(_("This was a dry run: nothing has been changed."))
