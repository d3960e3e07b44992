"""`duijie purchases`: workstations that public bodies bought, and how much of them was used."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from store.services import purchases
from tui.board_text import purchase_line
from tui.cli.people import tell
from tui.cli.session import begin
from tui.i18n import _
from tui.settings import Settings


def show(options: Namespace, settings: Settings) -> int:
    """Purchases in force, the earliest first."""
    session = begin(options, settings)
    found = session.store.read(
        purchases.listed,
        by=session.by,
        buyer=options.buyer and options.buyer.upper(),
        area=options.area and options.area.upper(),
    )
    data = [{**asdict(one), "share": round(one.share, 4)} for one in found]
    lines = [purchase_line(one) for one in found] or [_("Nothing was bought.")]
    return tell(options, data, lines)
