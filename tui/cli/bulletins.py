"""`bulletin`: made once from the store, checked, published, withdrawn, drawn as documents, verified."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from store.digest import new_file
from store.errors import ConflictError, UsageError
from store.schemas.periods import Period, PeriodKind, before, period_with, read_period
from store.schemas.publication import BulletinDraft, BulletinView
from store.services import bulletins, packs, reference, small_counts
from tui import bulletin_text as text
from tui.bulletins import documents
from tui.cli.output import line, plain, put, say, table, tried, write
from tui.cli.people import checked
from tui.cli.session import Session, begin
from tui.i18n import _, language
from tui.settings import Settings

_NO_TERMINAL = 100  # cells of a line where nothing says how many there are


def make(options: Namespace, settings: Settings) -> int:
    """A draft of a period, by default of the one that ended last; --dry-run shows its figures only."""
    session = begin(options, settings)
    kind = PeriodKind(options.kind)
    period = _period(kind, options.period, session)
    fields = {"kind": kind, "first": period.first, "last": period.last}
    more = {"area": options.area and options.area.upper(), "title": options.title}
    draft = checked(BulletinDraft, {**fields, **more})
    made = _change(options, session)(bulletins.make, draft, by=session.by, today=session.today)
    if options.json:
        put({**_json(made.view), "tables": plain(made.snapshot.tables)})
        return 0
    tried(options)
    for told in text.lines(made, _width()) if options.dry_run else text.head_lines(made.view):
        line(told)
    return 0


def list_bulletins(options: Namespace, settings: Settings) -> int:
    """Bulletins, the newest first."""
    session = begin(options, settings)
    found = session.store.read(bulletins.listed, by=session.by)
    if options.json:
        put([_json(one) for one in found])
        return 0
    headings = ["", _("Code"), _("Kind"), _("Period"), _("State"), _("Title")]
    table(headings, [text.bulletin_cells(one) for one in found], [1, 9, 10, 12, 10])
    return 0


def due(options: Namespace, settings: Settings) -> int:
    """Which reports are due, and until when."""
    session = begin(options, settings)
    found = session.store.read(packs.packs, by=session.by, today=session.today)
    if options.json:
        put([{**plain(one), "state": one.state(session.today)} for one in found])
        return 0
    headings = ["", _("Kind"), _("Period"), _("State"), _("Until"), _("Bulletin")]
    rows = [text.pack_cells(one, session.today) for one in found]
    table(headings, rows, [1, 10, 12, 10, 10])
    return 0


def show(options: Namespace, settings: Settings) -> int:
    """A bulletin with every figure, as text."""
    session = begin(options, settings)
    found = session.store.read(bulletins.shown, options.code, by=session.by)
    if options.json:
        put({**_json(found.view), "tables": plain(found.snapshot.tables)})
        return 0
    for told in text.lines(found, _width()):
        line(told)
    return 0


def render(options: Namespace, settings: Settings) -> int:
    """Draw documents from the stored figures, into a folder or on standard output."""
    session = begin(options, settings)
    found = session.store.read(bulletins.shown, options.code, by=session.by)
    is_final = found.view.status == "published"
    files = documents.documents(found, options.format, language(), is_final=is_final)
    if not options.output:
        if len(files) > 1 or options.format == "xlsx":
            raise UsageError("bulletin_folder")
        write(next(iter(files.values())).decode())
        return 0
    folder = Path(options.output)
    taken = [folder / name for name in files if (folder / name).exists()]
    if taken and not options.yes:
        raise ConflictError("file_exists", path=str(taken[0]))
    if not options.dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).unlink(missing_ok=True)
            with new_file(folder / name, with_digest=False) as part:
                part.write_bytes(data)
            (folder / name).chmod(0o644)  # made to be read by everybody
    if options.json:
        put(sorted(files))
        return 0
    tried(options)
    say(_("{count} files written to {path}.").format(count=len(files), path=folder))
    return 0


def check(options: Namespace, settings: Settings) -> int:
    """Say that the figures were looked through."""
    session = begin(options, settings)
    view = _change(options, session)(bulletins.check, options.code, by=session.by)
    other = session.store.read(bulletins.near, options.code, by=session.by)
    if other is not None:
        say(text.near_line(options.code, other))
    return _tell(options, view)


def publish(options: Namespace, settings: Settings) -> int:
    """Publish a checked bulletin, with the digests of its documents."""
    session = begin(options, settings)
    found = session.store.read(bulletins.shown, options.code, by=session.by)
    view = _change(options, session)(
        bulletins.publish,
        options.code,
        documents.digests(found),
        by=session.by,
        now=session.store.read(reference.now),
        reason=options.reason,
    )
    return _tell(options, view)


def withdraw(options: Namespace, settings: Settings) -> int:
    """Take a bulletin back, and say why."""
    session = begin(options, settings)
    view = _change(options, session)(
        bulletins.withdraw,
        options.code,
        by=session.by,
        now=session.store.read(reference.now),
        reason=options.reason,
    )
    return _tell(options, view)


def verify(options: Namespace, settings: Settings) -> int:
    """Prove that figures and documents are as they were; 1 when they are not."""
    session = begin(options, settings)
    found = session.store.read(bulletins.shown, options.code, by=session.by)
    drawn = documents.digests(found)
    told = session.store.read(bulletins.verify, options.code, drawn, by=session.by)
    if options.json:
        put({**plain(told), "is_same": told.is_same})
    else:
        for one in text.verification_lines(told):
            line(one)
    return 0 if told.is_same else 1


def log(options: Namespace, settings: Settings) -> int:
    """What was published and withdrawn, the latest first."""
    session = begin(options, settings)
    found = session.store.read(bulletins.log, by=session.by)
    if options.json:
        put([{**plain(one), "period": str(one.period)} for one in found])
        return 0
    headings = [_("Day"), _("Act"), _("Bulletin"), _("Who"), _("Data of"), _("Digest"), _("Period")]
    table(headings, [text.publication_cells(one) for one in found], [10, 10, 9, 12, 10, 12])
    return 0


def small(options: Namespace, settings: Settings) -> int:
    """The threshold under which counts are held back; with NAME=NUMBER, change it."""
    session = begin(options, settings)
    found = session.store.read(small_counts.threshold)
    if options.fields:
        changes = {}
        for word in options.fields:
            name, _sign, value = word.partition("=")
            if not value.isdecimal():
                raise UsageError("rule_words", text=word)
            changes[name] = int(value)
        found = _change(options, session)(small_counts.set_threshold, changes, by=session.by)
        tried(options)
    if options.json:
        put(found)
        return 0
    told = _("Held back: fewer than {heads} heads, or of fewer than {firms} firms.")
    line(told.format(heads=found.heads, firms=found.firms))
    return 0


def _period(kind: PeriodKind, typed: str | None, session: Session) -> Period:
    if typed:
        return read_period(kind, typed)
    if kind is PeriodKind.ONE_OFF:
        raise UsageError("not_a_period", text="")
    return before(kind, period_with(kind, session.today))


def _change(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write


def _tell(options: Namespace, view: BulletinView) -> int:
    if options.json:
        put(_json(view))
        return 0
    tried(options)
    for told in text.head_lines(view):
        line(told)
    return 0


def _json(view: BulletinView) -> dict[str, object]:
    return {**plain(view), "period": str(view.period)}


def _width() -> int:
    return shutil.get_terminal_size((_NO_TERMINAL, 24)).columns
