"""`suggest`, `plan` and `coverage`: needs before they are asked for, and what they are drawn from."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from store.errors import UsageError
from store.schemas.early import PlanDraft
from store.services import covered, early, early_rules, plan_rows, training_plans
from store.tables import read_table
from tui import early_text as text
from tui.cli.figures import show
from tui.cli.output import put, say, tried
from tui.cli.people import checked, tell
from tui.cli.reading import file_bytes
from tui.cli.session import Session, begin
from tui.cli.trainees import fields_of, pairs_of
from tui.i18n import _
from tui.settings import Settings


def run(options: Namespace, settings: Settings) -> int:
    """Look now for what speaks for needs."""
    session = begin(options, settings)
    found = _writer(options, session)(early.run, by=session.by, today=session.today)
    return tell(options, found, [text.looked_word(found)])


def list_suggestions(options: Namespace, settings: Settings) -> int:
    """Suggestions, the soonest due first; one with what is behind it."""
    session = begin(options, settings)
    state = None if options.all else options.state
    found = session.store.read(early.listed, state, by=session.by)
    return show(options, found, text.suggestion_sheet(found))


def accept(options: Namespace, settings: Settings) -> int:
    """Make needs of suggestions."""
    session = begin(options, settings)
    codes = [code.upper() for code in options.codes]
    found = _writer(options, session)(early.accept, codes, by=session.by, today=session.today)
    return tell(options, found, [text.accepted_word(found)])


def dismiss(options: Namespace, settings: Settings) -> int:
    """Say why suggestions are no needs."""
    session = begin(options, settings)
    codes = [code.upper() for code in options.codes]
    found = _writer(options, session)(early.dismiss, codes, reason=options.reason, by=session.by)
    told = _("✓ {count} dismissed: the same is not suggested again until it changes.")
    return tell(options, found, [told.format(count=len(found))])


def rules(options: Namespace, settings: Settings) -> int:
    """The rules; NAME=VALUE changes them."""
    session = begin(options, settings)
    if options.fields:
        pairs = pairs_of(options.fields)
        wrong = [value for value in pairs.values() if not value.isdecimal()]
        if wrong:
            raise UsageError("rule_number", text=wrong[0][:40])
        changes = {name: int(value) for name, value in pairs.items()}
        found = _writer(options, session)(early_rules.set_rules, changes, by=session.by)
        tried(options)
    else:
        found = session.store.read(early_rules.rules)
    return show(options, found, text.rule_sheet(found))


def add_plan(options: Namespace, settings: Settings) -> int:
    """A line of a firm's plan from FIELD=VALUE."""
    known = [name for name in PlanDraft.model_fields if name != "enterprise"]
    fields = fields_of(options.fields, known)
    draft = checked(PlanDraft, {**fields, "enterprise": options.code.upper()})
    session = begin(options, settings)
    (made,) = _writer(options, session)(training_plans.add, [draft], by=session.by)
    return tell(options, made, list(text.plan_lines(made)))


def import_plans(options: Namespace, settings: Settings) -> int:
    """Plans of firms out of a table, all or none."""
    table = read_table(
        file_bytes(options.file), options.file, encoding=options.encoding, sheet=options.sheet
    )
    session = begin(options, settings)
    found = _writer(options, session)(plan_rows.take, table.headings, table.rows, by=session.by)
    tried(options)
    if options.json:
        put(found)
    say(_("✓ {count} lines of plans taken.").format(count=len(found)))
    return 0


def show_plans(options: Namespace, settings: Settings) -> int:
    """Lines of plans of a firm, or of all."""
    session = begin(options, settings)
    firm = options.firm.upper() if options.firm else None
    found = session.store.read(training_plans.listed, firm, options.year, by=session.by)
    return show(options, found, text.plan_sheet(found))


def drop_plan(options: Namespace, settings: Settings) -> int:
    """Take a line out of its plan."""
    session = begin(options, settings)
    code = options.code.upper()
    found = _writer(options, session)(training_plans.withdraw, code, by=session.by)
    return tell(options, found, list(text.plan_lines(found)))


def coverage(options: Namespace, settings: Settings) -> int:
    """Who of a firm's workers is short of courses."""
    session = begin(options, settings)
    firm = options.firm.upper()
    found = session.store.read(covered.coverage, firm, by=session.by, today=session.today)
    return show(options, found, text.coverage_sheet(found))


def _writer(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write
