"""`demo`."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from store import Store, open_store
from store.errors import InvalidError, StoreError, UsageError
from store.services import demo_day, matchmaking, reference
from tui.cli.output import line, put, say
from tui.cli.session import equipped
from tui.i18n import _
from tui.identity import who
from tui.render import bundle_line
from tui.settings import Settings, demo_db
from tui.words import kind_word

_CHINA = ZoneInfo("Asia/Shanghai")


def run(options: Namespace, settings: Settings) -> int:
    """Build the demo district where there is none; open it on a terminal, else match every open need."""
    if options.dry_run:
        raise UsageError("no_dry_run")
    location = options.db or demo_db()
    store = equipped(_store(location, options.day), options, settings)
    by = who(store, options.user)
    if options.plain:
        from tui.plain.desk import open_plain

        return open_plain(store, by, settings)
    if sys.stdin.isatty() and sys.stdout.isatty() and not options.json:
        from tui.cli.screen import gateway_to, open_desk

        return open_desk(gateway_to(store, by), settings)
    return _summary(store, options)


def _store(location: str, day: str | None) -> Store:
    try:
        store = open_store(location)
    except StoreError as error:
        if error.code not in ("no_store", "schema_missing"):
            raise
    else:
        if store.read(reference.meta, "demo_day") is None:
            raise InvalidError("not_a_demo", location=location)
        if day:
            store.write(demo_day.go_on, _read_day(day))
        return store
    return _build(location, day)


def _read_day(text: str) -> date:
    """A day of these years."""
    try:
        day = date.fromisoformat(text)
        if not 2000 <= day.year <= 2100:
            raise ValueError(text)
    except ValueError as error:
        raise InvalidError("fields_wrong", causes=f"--day: {text}") from error
    return day


def _build(location: str, day: str | None) -> Store:
    """Built beside its place and moved there, so that a broken build is never taken for a demo."""
    from seed import demo
    from tui.bulletins import documents

    today = _read_day(day) if day else datetime.now(_CHINA).date()
    say(_("Building the demo district …"))
    started = time.perf_counter()

    def progress(kind: str, count: int) -> None:
        say(f"  {kind_word(kind)}: {count}")

    if "://" in location:
        store = demo.build(location, today, progress, documents.digests)
    else:
        from store import queue

        made = Path(f"{location}.{os.getpid()}.new")
        demo.build(str(made), today, progress, documents.digests).close()
        target = Path(location)
        if target.exists() and target.stat().st_size:  # another process was quicker
            made.unlink()
            queue.queue_file(made).unlink(missing_ok=True)
        else:
            queue.move(made, target)
        store = open_store(location)
    say(
        _("Built in {seconds:.1f} s: {place}").format(
            seconds=time.perf_counter() - started, place=location
        )
    )
    return store


def _summary(store: Store, options: Namespace) -> int:
    """Match every open need and print needs, matched, the top bundle and score of each, and the time."""
    by = who(store, options.user)
    today = store.read(reference.today)
    codes = store.read(matchmaking.open_needs, by=by)
    started = time.perf_counter()
    rows = []
    for code in codes:
        found = store.read(matchmaking.rank_bundles, code, by=by, today=today, top=1)
        best = found.ranking.bundles[0] if found.ranking.bundles else None
        rows.append((found.need, best))
    seconds = time.perf_counter() - started
    matched = sum(best is not None for _need, best in rows)
    if options.json:
        from tui.cli.match import bundle_json

        put(
            {
                "day": today,
                "needs": len(rows),
                "matched": matched,
                "seconds": round(seconds, 3),
                "top": [
                    {"need": need.code, "text": need.text, "bundle": best and bundle_json(best)}
                    for need, best in rows
                ],
            }
        )
        return 0
    for need, best in rows:
        line(f"{need.code}  {need.text}")
        line("        " + (bundle_line(best) if best else _("No bundle.")))
    line(
        _("{needs} open needs, {matched} matched, {seconds:.1f} s. Demo day {day}.").format(
            needs=len(rows), matched=matched, seconds=seconds, day=today
        )
    )
    return 0
