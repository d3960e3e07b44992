"""`trainee`, `outcome` and `credit`: one file for one person, and what follows from it."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from store.errors import UsageError
from store.schemas.trainee import OutcomeDraft, TraineeDraft
from store.services import (
    credit_rules,
    credits,
    identity_numbers,
    outcomes,
    reference,
    retention,
    trainee_files,
    trainee_merges,
    trainees,
)
from store.services.identity_numbers import Revealed
from tui import trainee_text
from tui.cli.output import line, put, say, table, tried
from tui.cli.people import checked, tell
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.papers import person_page, require_new, write_private
from tui.settings import Settings
from tui.typed import typed_day
from tui.words import level_word, value_word


def add(options: Namespace, settings: Settings) -> int:
    """A new file from FIELD=VALUE."""
    draft = checked(TraineeDraft, fields_of(options.fields, list(TraineeDraft.model_fields)))
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    made = run(trainees.register, draft, by=session.by, request=options.request)
    return tell(options, made, list(trainee_text.trainee_lines(made)))


def list_trainees(options: Namespace, settings: Settings) -> int:
    """Files, names masked."""
    session = begin(options, settings)
    found = session.store.read(
        trainees.listed, options.text or "", by=session.by, limit=options.top
    )
    if options.json:
        put(found)
        return 0
    rows = [
        [
            one.code,
            one.name,
            one.phone or "–",
            value_word(one.category),
            one.number or "–",
            one.employer_name or "–",
        ]
        for one in found
    ]
    headings = [
        _("Code"), _("Name"), _("Telephone"), _("Category"), _("Number"), _("Employer"),
    ]  # fmt: skip
    table(headings, rows, [8, 10, 13, 14, 14])
    return 0


def show(options: Namespace, settings: Settings) -> int:
    """One file for one person."""
    session = begin(options, settings)
    code = options.code.upper()
    found = session.store.read(trainee_files.file, code, by=session.by, today=session.today)
    return tell(options, found, list(trainee_text.file_lines(found)))


def edit(options: Namespace, settings: Settings) -> int:
    """Change the named fields, leave the others."""
    session = begin(options, settings)
    view = session.store.read(trainees.shown, options.code.upper(), by=session.by)
    fields = trainees.draft_of(view)
    draft = checked(TraineeDraft, {**fields, **fields_of(options.fields, list(fields))})
    run = session.store.rehearse if options.dry_run else session.store.write
    version = options.version or view.version
    made = run(trainees.edit, view.code, draft, version=version, by=session.by)
    return tell(options, made, list(trainee_text.trainee_lines(made)))


def merge(options: Namespace, settings: Settings) -> int:
    """Let one file go on as another; `--undo` parts them."""
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    code, by, why = options.code.upper(), session.by, options.reason
    if options.undo:
        made = run(trainee_merges.unmerge, code, by=by, reason=why)
    elif options.into is None:
        raise UsageError("merge_other", id=code, into="–")
    else:
        made = run(trainee_merges.merge, code, options.into.upper(), by=by, reason=why)
    return tell(options, made, list(trainee_text.trainee_lines(made)))


def reveal(options: Namespace, settings: Settings) -> int:
    """Somebody in clear, with a reason, which is kept."""
    session = begin(options, settings)
    found = _revealed(options, session)
    return tell(options, found, list(trainee_text.clear_lines(found)))


def print_file(options: Namespace, settings: Settings) -> int:
    """A file for the person it is about, in clear; that is kept like every reveal."""
    session = begin(options, settings)
    code = options.code.upper()
    if options.output is not None:
        require_new(Path(options.output))  # nothing is shown in clear for a file that cannot be
    clear = _revealed(options, session)
    found = session.store.read(trainee_files.file, code, by=session.by, today=session.today)
    lines = list(trainee_text.file_lines(found, clear))
    write_page(options, person_page(_("Training file {code}").format(code=code), lines), lines)
    return 0


def _revealed(options: Namespace, session: Session) -> Revealed:
    run = session.store.rehearse if options.dry_run else session.store.write
    code = options.code.upper()
    return run(identity_numbers.reveal, code, options.reason, by=session.by)


def put_identity(options: Namespace, settings: Settings) -> int:
    """A person's identity number from standard input, or asked for without showing it."""
    session = begin(options, settings)
    if sys.stdin.isatty():
        number = getpass.getpass(_("Identity number (not shown; empty takes it away): "))
    else:
        number = sys.stdin.readline(100)
    run = session.store.rehearse if options.dry_run else session.store.write
    shown = run(identity_numbers.put, options.code.upper(), number, by=session.by)
    return tell(options, {"identity": shown}, [_("Kept: {shown}").format(shown=shown or "–")])


def retain(options: Namespace, settings: Settings) -> int:
    """Files that nothing happened in for years; `--apply` makes them anonymous."""
    session = begin(options, settings)
    found = session.store.read(retention.stale, by=session.by, today=session.today)
    if options.apply:
        run = session.store.rehearse if options.dry_run else session.store.write
        done = run(retention.apply, by=session.by, today=session.today)
        told = _("{count} files made anonymous.").format(count=len(done))
        return tell(options, {"anonymised": done}, [told])
    told = _("{count} files are to be made anonymous: --apply does it.").format(count=len(found))
    lines = [_("{code}  nothing since {day}").format(code=x.trainee, day=x.since) for x in found]
    return tell(options, found, [*lines, told])


def list_talents(options: Namespace, settings: Settings) -> int:
    """Certificates that are valid, by trade and level; with --counts, how many there are."""
    session = begin(options, settings)
    asked = {"occupation": options.occupation, "level": options.level}
    about: dict[str, Any] = {"by": session.by, "today": session.today, **asked}
    if options.counts:
        counted = session.store.read(trainee_files.workforce, **about)
        return tell(options, counted, list(trainee_text.workforce_lines(counted)))
    found = session.store.read(trainee_files.talents, **about)
    lines = [
        f"{x.trainee}  {x.occupation} {x.occupation_name}  {level_word(x.level)}  {x.valid_to or '–'}"
        for x in found
    ]
    return tell(options, found, lines)


def list_due(options: Namespace, settings: Settings) -> int:
    """Whom to ring about what became of them, and the rate so far."""
    session = begin(options, settings)
    found = session.store.read(outcomes.due, by=session.by, today=session.today)
    return tell(options, found, [trainee_text.due_line(one) for one in found])


def set_outcome(options: Namespace, settings: Settings) -> int:
    """What somebody does after their certificate."""
    session = begin(options, settings)
    day = typed_day(options.day, session.today) if options.day else session.today
    vacancy = options.vacancy and options.vacancy.upper()
    fields = {"kind": options.kind, "day": day, "note": options.note, "vacancy": vacancy}
    draft = checked(OutcomeDraft, fields)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    made = run(outcomes.put, options.code.upper(), draft, by=session.by, now=now)
    return tell(options, made, [f"{options.code.upper()}  {value_word(made.kind)}  {made.day}"])


def credit(options: Namespace, settings: Settings) -> int:
    """Credits of a person, points recognised or taken back; or the rules."""
    session = begin(options, settings)
    if options.what == "rules":
        return _rules(options, session)
    if options.what == "list":
        return _reached(options, session)
    code, words = options.what.upper(), options.words
    day = typed_day(options.day, session.today) if options.day else session.today
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    if words:
        act, number = words[0], words[1] if len(words) == 2 else ""
        if act not in ("give", "reverse") or not number.isdigit():
            raise UsageError("credit_words", text=" ".join(words))
        args = (code, int(number), options.reason)
        if act == "give":
            made = run(credits.give, *args, by=session.by, now=now, day=day)
        else:
            made = run(credits.reverse, *args, by=session.by, now=now)
        return tell(options, made, [f"{code}  {made.points:+d}"])
    found = session.store.read(credits.account, code, by=session.by, day=day)
    return tell(options, found, list(trainee_text.credit_lines(found)))


def _reached(options: Namespace, session: Session) -> int:
    day = typed_day(options.day, session.today) if options.day else session.today
    name = options.words[0] if options.words else None
    found = session.store.read(credits.reached, name, by=session.by, day=day)
    return tell(options, found, list(trainee_text.reached_lines(found)))


def _rules(options: Namespace, session: Session) -> int:
    found = session.store.read(credit_rules.rules)
    if options.words:
        run = session.store.rehearse if options.dry_run else session.store.write
        found = run(credit_rules.set_rules, pairs_of(options.words), by=session.by)
    return tell(options, found, list(trainee_text.credit_rule_lines(found)))


def fields_of(words: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """FIELD=VALUE words of known fields."""
    found = pairs_of(words)
    for name in found:
        if name not in known:
            raise UsageError("field_unknown", name=name, known=", ".join(known))
    return found


def pairs_of(words: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE words."""
    found = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise UsageError("pair_wanted", text=word[:60])
        found[name] = value
    return found


def write_page(options: Namespace, page: str, lines: Sequence[str]) -> None:
    """A page into a new file that only its owner reads, or its lines to standard output."""
    if options.output is None:
        for text in lines:
            line(text)
        return
    path = Path(options.output)
    require_new(path)
    is_page = path.suffix.lower() in (".html", ".htm")
    write_private(path, page if is_page else "\n".join(lines) + "\n")
    tried(options)
    say(_("Written: {path}").format(path=path))
