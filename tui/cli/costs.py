"""`shared-cost`: what institutions agreed on shared rooms, and what each bears."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import date
from typing import Any

from store.schemas.cost import CostDraft
from store.services import costs, reference
from tui import cost_text as text
from tui.cli.figures import show as show_sheet
from tui.cli.people import checked, tell
from tui.cli.session import Session, begin
from tui.settings import Settings
from tui.typed import typed_day


def list_costs(options: Namespace, settings: Settings) -> int:
    """Agreements that stand."""
    session = begin(options, settings)
    found = session.store.read(costs.listed, by=session.by)
    return show_sheet(options, found, text.sheet(found))


def sums(options: Namespace, settings: Settings) -> int:
    """What each institution bears over some days, this year where none are said."""
    session = begin(options, settings)
    today = session.today
    first = typed_day(options.first, today) if options.first else date(today.year, 1, 1)
    last = typed_day(options.last, today) if options.last else date(today.year, 12, 31)
    found = session.store.read(costs.borne, first, last, by=session.by)
    return show_sheet(options, found, text.sums(found, first, last))


def add(options: Namespace, settings: Settings) -> int:
    """A room that is shared: what an hour of a station costs, and who bears how much."""
    session = begin(options, settings)
    said = {
        "venue": options.venue.upper(),
        "equipment": options.equipment and options.equipment.upper(),
        "hour": options.hour,
        "first_day": typed_day(options.first, session.today).isoformat(),
        "last_day": typed_day(options.last, session.today).isoformat(),
        "shares": text.read_shares(options.shares),
        "note": options.note or None,
    }
    made = _write(options, session)(costs.agree, checked(CostDraft, said), **_by(session))
    return tell(options, made, list(text.lines(made)))


def end(options: Namespace, settings: Settings) -> int:
    """Charge nothing by it any more."""
    session = begin(options, settings)
    run, code = _write(options, session), options.code.upper()
    made = run(costs.end, code, reason=options.reason, **_by(session))
    return tell(options, made, list(text.lines(made)))


def _by(session: Session) -> dict[str, Any]:
    return {"by": session.by, "now": session.store.read(reference.now)}


def _write(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write
