"""`target`: what centres and areas are to reach, set or imported, beside what they have reached."""

from __future__ import annotations

from argparse import Namespace

from pydantic import ValidationError

from store.errors import InvalidError
from store.schemas.periods import read_any_period
from store.schemas.publication import TargetView
from store.services import targets
from store.tables import read_csv
from tui import bulletin_text as text
from tui.cli.output import plain, put, say, table, tried
from tui.cli.reading import file_bytes
from tui.cli.session import begin
from tui.i18n import _
from tui.messages import field_causes
from tui.settings import Settings
from tui.words import field_word


def list_targets(options: Namespace, settings: Settings) -> int:
    """Targets with what was reached of each, the latest first."""
    session = begin(options, settings)
    period = read_any_period(options.period) if options.period else None
    found = session.store.read(targets.listed, by=session.by, today=session.today, period=period)
    if options.json:
        put([_json(one) for one in found])
        return 0
    _table(found)
    return 0


def put_target(options: Namespace, settings: Settings) -> int:
    """Set one target; one for the same unit, indicator and period is replaced."""
    session = begin(options, settings)
    cells = {name: str(getattr(options, name)) for name in targets.COLUMNS}
    try:
        draft = targets.read_draft(cells)
    except ValidationError as error:
        causes = [f"{field_word(name)}: {why}" for name, why in field_causes(error).items()]
        raise InvalidError("fields_wrong", causes="; ".join(causes)) from error
    run = session.store.rehearse if options.dry_run else session.store.write
    made = run(targets.put, draft, by=session.by, today=session.today)
    if options.json:
        put(_json(made))
        return 0
    tried(options)
    _table([made])
    return 0


def take(options: Namespace, settings: Settings) -> int:
    """Set targets by a CSV file with the columns unit, indicator, period and value; all or none."""
    headings, rows = read_csv(file_bytes(options.file), options.encoding)
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    found = run(targets.take, headings, rows, by=session.by)
    if options.json:
        put({**plain(found), "dry_run": options.dry_run})
        return 0
    tried(options)
    told = _("Targets: {new} new, {changed} changed, {unchanged} as before.")
    say(told.format(new=found.new, changed=found.changed, unchanged=found.unchanged))
    return 0


def _table(found: tuple[TargetView, ...] | list[TargetView]) -> None:
    headings = [
        "", _("Unit"), _("What is counted"), _("Period"), _("Reached"), _("Share"), _("Pace"),
    ]  # fmt: skip
    table(headings, [text.target_cells(one) for one in found], [1, 24, 18, 10, 11, 14])


def _json(one: TargetView) -> dict[str, object]:
    return {**plain(one), "period": str(one.period), "pace": one.pace}
