"""`today`, `intake`, `undo`, `filter`: the desk's hands without its screen."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from typing import Any

from store.errors import InvalidError, UsageError
from store.services import records, reference, today, undoing
from tui import dashboard_text, watching
from tui.cli.output import line, plain, put, say, table, tried
from tui.cli.reading import file_bytes
from tui.cli.session import Session, begin
from tui.gateway import Gateway
from tui.i18n import _
from tui.need_reading import ReadNeed, UnclearError, read_need
from tui.pasted import COLUMNS, read_rows
from tui.settings import Settings, desk_of
from tui.words import act_word, field_word, kind_word


def show_today(options: Namespace, settings: Settings) -> int:
    """What waits, the most urgent first, and how many needs were registered since midnight."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    waiting = session.store.read(today.queue, by=session.by, now=now)
    count = session.store.read(today.registered, by=session.by, today=session.today)
    if options.json:
        put({"waiting": waiting, "registered": count})
        return 0
    rows = [dashboard_text.queue_row(one, now).cells for one in waiting]
    table(["", _("Count"), _("Clock"), _("What")], rows, [1, 5, 16])
    say(_("Today: {count} registered by you").format(count=count))
    return 0


def intake(options: Namespace, settings: Settings) -> int:
    """Register pasted lines or a pasted table; 1 when some were wrong."""
    session = begin(options, settings)
    rows = read_rows(_text(options.file))
    if not rows:
        raise InvalidError("file_empty")
    found = asyncio.run(_read(_gateway(session), rows))
    good = [one.draft for _row, one in found if isinstance(one, ReadNeed)]
    wrong = [
        {"row": row, "field": name, "cause": why}
        for row, one in found
        if not isinstance(one, ReadNeed)
        for name, why in one.causes.items()
    ]
    codes: list[str] = []
    if good and (options.partial or not wrong):
        run = session.store.rehearse if options.dry_run else session.store.write
        codes = run(records.register_many, good, by=session.by)
    if options.json:
        needs = [plain(draft) for draft in good]
        put({"registered": codes, "needs": needs, "problems": wrong, "dry_run": options.dry_run})
        return 1 if wrong else 0
    tried(options)
    for problem in wrong:
        told = _("Line {row}, {field}: {cause}")
        say(
            told.format(
                row=problem["row"], field=field_word(str(problem["field"])), cause=problem["cause"]
            )
        )
    for code, draft in zip(codes, good, strict=False):
        line(f"{code}  {draft.enterprise}  {draft.heads}  {draft.text}")
    if wrong and not codes:
        say(_("Nothing was registered; --partial registers the lines that are right."))
    return 1 if wrong else 0


async def _read(
    gateway: Gateway, rows: list[dict[str, str]]
) -> list[tuple[int, ReadNeed | UnclearError]]:
    """What rows mean, each with its number; a sentence of several trades comes apart."""
    found: list[tuple[int, ReadNeed | UnclearError]] = []
    left = list(enumerate(rows, 1))
    while left:
        at, row = left.pop(0)
        cells = {name: row.get(name, "") for name in COLUMNS}
        cells["earliest"] = cells["earliest"] or gateway.today.isoformat()
        unwritten = {name for name in COLUMNS if not row.get(name)} - {"text"}
        try:
            found.append((at, await read_need(gateway, cells, unwritten=unwritten)))
        except UnclearError as error:
            if error.parts:
                left[:0] = [(at, {**row, **part}) for part in error.parts]
            else:
                found.append((at, error))
    return found


def _text(name: str) -> str:
    data = file_bytes(name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise InvalidError(
            "file_encoding", encoding="utf-8", line=row, byte=error.start + 1
        ) from error


def undo(options: Namespace, settings: Settings) -> int:
    """Take back one's own registration or withdrawal."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    codes = [code.upper() for code in options.codes]
    kinds = {options.kind or undoing.kind_of(code) for code in codes}
    if len(kinds) > 1:
        raise UsageError("undo_kinds", kinds=", ".join(kind_word(kind) for kind in sorted(kinds)))
    run = session.store.rehearse if options.dry_run else session.store.write
    acts = run(undoing.undo, kinds.pop(), codes, by=session.by, now=now, request=options.request)
    if options.json:
        put(dict(zip(codes, acts, strict=True)))
        return 0
    tried(options)
    for code, act in zip(codes, acts, strict=True):
        line(_("{code}: taken back ({act}).").format(code=code, act=act_word(act)))
    return 0


def filters(options: Namespace, settings: Settings) -> int:
    """Kept filters with what is new in each; with words, keep or forget one."""
    session = begin(options, settings)
    gateway = _gateway(session)
    if options.words:
        if options.dry_run:
            raise UsageError("no_dry_run")
        words = " ".join(options.words)
        if not asyncio.run(watching.keep(gateway, words, is_kept=not options.drop)):
            raise InvalidError("not_kept")
    found = asyncio.run(watching.kept(gateway))
    if options.json:
        put(found)
        return 0
    rows: list[Any] = [[str(one.new), str(one.total), one.words] for one in found]
    table([_("New"), _("All"), _("Kept filters")], rows, [5, 5])
    return 0


def _gateway(session: Session) -> Gateway:
    remembered = desk_of(session.store, session.by)
    return Gateway(session.store, session.by, session.today, remembered)
