"""`warnings` and `shortage`: what the rules find and who sees to it; the list of trades in urgent need."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from store.errors import NotFoundError, UsageError
from store.services import shortage, warned, warning
from store.services.shortage import Changes, ShortageList
from tui import sheets
from tui import warning_text as text
from tui.cli.figures import show
from tui.cli.output import line, plain, put, say, tried
from tui.cli.session import Session, begin
from tui.settings import Settings
from tui.sheets import Sheet
from tui.typed import typed_day

_NUMBERS = ("heads", "days", "percent")


def list_warnings(options: Namespace, settings: Settings) -> int:
    """Every warning with its reason."""
    session = begin(options, settings)
    found = session.store.read(warned.warnings, by=session.by, today=session.today)
    told = [{**plain(one), "reason": text.reason_line(one)} for one in found]
    return show(options, told, text.warning_sheet(found))


def list_rules(options: Namespace, settings: Settings) -> int:
    """Every rule with its limits."""
    session = begin(options, settings)
    found = session.store.read(warning.rules)
    return show(options, found, text.rule_sheet(found))


def set_rule(options: Namespace, settings: Settings) -> int:
    """Change a rule, or add one with its kind."""
    session = begin(options, settings)
    changes = dict(map(rule_change, options.fields))
    found = _writer(options, session)(warning.change_rule, options.code, changes, by=session.by)
    tried(options)
    if options.json:
        put(found)
    else:
        line(f"{found.code} {text.severity_word(found.severity)} {text.limit_word(found)}")
    return 0


def rule_change(word: str) -> tuple[str, object]:
    """`heads=30`, `on=0` or `severity=alarm` as a change of a rule."""
    name, equals, value = word.partition("=")
    if not equals:
        raise UsageError("rule_change", text=word)
    if name in _NUMBERS:
        if not value.isdecimal():
            raise UsageError("rule_change", text=word)
        return name, int(value)
    if name in ("on", "is_on"):
        return "is_on", {"1": True, "0": False, "true": True, "false": False}.get(value, value)
    return name, value


def acknowledge(options: Namespace, settings: Settings) -> int:
    """Say who sees to a warning and until when."""
    session = begin(options, settings)
    until = session.today + timedelta(days=7)
    if options.until:
        until = typed_day(options.until, session.today)
    found = _writer(options, session)(
        warned.acknowledge,
        options.code,
        until=until,
        assignee=options.to,
        note=options.note,
        by=session.by,
        today=session.today,
    )
    tried(options)
    if options.json:
        put(found)
    else:
        line(text.handled_word(found))
    return 0


def draft(options: Namespace, settings: Settings) -> int:
    """A new draft of the list, from today's figures."""
    session = begin(options, settings)
    first, last = _days(options, session)
    found = _writer(options, session)(
        shortage.draft,
        by=session.by,
        today=session.today,
        valid_from=first,
        valid_to=last,
        top=options.top,
    )
    return _told(options, found)


def edit(options: Namespace, settings: Settings) -> int:
    """Change a draft."""
    session = begin(options, settings)
    first, last = _days(options, session)
    notes = dict(word.partition("=")[::2] for word in options.note)
    changes = Changes(tuple(options.add), tuple(options.drop), notes, first, last)
    found = _writer(options, session)(
        shortage.edit,
        options.code,
        changes,
        version=options.version,
        by=session.by,
        today=session.today,
    )
    return _told(options, found)


def sign(options: Namespace, settings: Settings) -> int:
    """Put a draft in force."""
    session = begin(options, settings)
    found = _writer(options, session)(
        shortage.sign, options.code, version=options.version, by=session.by, today=session.today
    )
    return _told(options, found)


def revoke(options: Namespace, settings: Settings) -> int:
    """Take a list out of force."""
    session = begin(options, settings)
    found = _writer(options, session)(
        shortage.revoke, options.code, reason=options.reason, by=session.by
    )
    return _told(options, found)


def show_list(options: Namespace, settings: Settings) -> int:
    """One version; without a code the one in force."""
    session = begin(options, settings)
    found: ShortageList | None
    if options.code:
        found = session.store.read(shortage.show, options.code.upper(), by=session.by)
    else:
        found = session.store.read(shortage.current, session.today)
    if found is None:
        raise NotFoundError("shortage", "–")
    return show(options, found, text.list_sheet(found))


def lists(options: Namespace, settings: Settings) -> int:
    """Every version, the newest first."""
    session = begin(options, settings)
    found = session.store.read(shortage.lists, by=session.by)
    return show(options, found, text.lists_sheet(found))


def _told(options: Namespace, found: ShortageList) -> int:
    tried(options)
    if options.json:
        put(found)
        return 0
    sheet: Sheet = text.list_sheet(found)
    for told in sheets.print_lines(sheet):
        line(told)
    say(sheet.told)
    return 0


def _writer(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write


def _days(options: Namespace, session: Session) -> tuple[date | None, date | None]:
    return tuple(  # type: ignore[return-value]
        typed_day(word, session.today) if word else None for word in (options.first, options.last)
    )
