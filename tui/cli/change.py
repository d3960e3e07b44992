"""`what-if` and `repair`: what to change, and what to do when something falls out."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

from store.services import mending, reference, repair, what_if
from store.services.repair import Repair, Trouble
from store.services.what_if import WhatIf
from tui import repair_text, what_if_text
from tui.cli.output import line, plain, put, say, tried
from tui.cli.session import begin
from tui.i18n import _
from tui.settings import Settings
from tui.typed import typed_days


def show_what_if(options: Namespace, settings: Settings) -> int:
    """What one more of each scarce thing would serve, what holds needs up, what a term costs."""
    session = begin(options, settings)
    found = session.store.read(what_if.look, by=session.by, today=session.today, progress=_progress)
    if options.json:
        put(_what_if_json(found))
        return 0
    for text in what_if_text.what_if_lines(found):
        line(text)
    return 0


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done + 1:,} / {of:,}" + "\n" * (done + 1 == of))


def _what_if_json(found: WhatIf) -> dict[str, Any]:
    return {
        "heads": found.outlook.heads,
        "value": round(found.outlook.value, 3),
        "bottlenecks": plain(found.bottlenecks),
        "additions": [
            {**plain(effect), "text": what_if_text.addition_line(effect.addition, found.names)}
            for effect in found.effects
        ],
        "terms": plain(found.terms),
    }


def run_repair(options: Namespace, settings: Settings) -> int:
    """What to do about a person or a venue that cannot be had; with --apply it is done."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    days = typed_days(" ".join(filter(None, (options.first, options.last))), session.today)
    trouble = Trouble(options.what, options.code.upper(), *days)
    found = session.store.read(repair.look, trouble, by=session.by, now=now)
    done = None
    if options.apply:
        run = session.store.rehearse if options.dry_run else session.store.write
        said = repair_text.said(found)
        done = run(mending.apply, found, reason=options.reason, by=session.by, now=now, said=said)
    if options.json:
        put({**_repair_json(found), "done": plain(done)})
        return 0
    _tell(found)
    if done is not None:
        tried(options)
        told = _("✓ {changed} classes changed, {off} called off, {held} plans held.")
        say(told.format(changed=len(done.changed), off=len(done.called_off), held=len(done.held)))
    return 0


def _repair_json(found: Repair) -> dict[str, Any]:
    return {
        "trouble": plain(found.trouble),
        "name": found.name,
        "kept": found.kept,
        "told": list(found.told),
        "elsewhere": list(found.elsewhere),
        "method": found.method,
        "classes": [
            {
                "code": one.code,
                "kind": one.kind,
                "title": one.title,
                "heads": one.heads,
                "sessions": plain(one.sessions),
                "chosen": plain(one.chosen),
                "others": plain(one.others),
                "messages": [
                    {"to": firm.enterprise, "text": repair_text.message(one, firm)}
                    for firm in one.firms
                ],
            }
            for one in found.touched
        ],
    }


def _tell(found: Repair) -> None:
    if found.elsewhere:
        say(repair_text.elsewhere_line(found))
    if not found.touched:
        line(_("{name}: nothing of yours is touched.").format(name=found.name))
        return
    line(f"{found.name}: {repair_text.repair_line(found)}")
    for one in found.touched:
        line()
        for text in repair_text.touched_lines(one, found):
            line(text)
