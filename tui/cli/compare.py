"""`match NEED --compare 1,3`: ranked bundles side by side."""

from __future__ import annotations

import re
import shutil
from argparse import Namespace
from typing import Any

from matching.policy import Policy
from store.errors import UsageError
from store.services import matchmaking
from tui import compare_text
from tui.cli.match import bundle_json
from tui.cli.output import line, plain, put, say
from tui.cli.session import Session
from tui.compare_text import Row
from tui.i18n import _
from tui.safe import pad

_LABEL, _LEAST, _USUAL = 13, 24, 100


def show(options: Namespace, session: Session, policy: Policy) -> int:
    """The bundles of the numbers that were asked for; rows that differ, and the same on one line."""
    numbers = wanted(options.compare)
    found = session.store.read(
        matchmaking.rank_bundles,
        options.need.upper(),
        by=session.by,
        today=session.today,
        top=max(options.top, *numbers),
        policy=policy,
    )
    ranked = found.ranking.bundles
    if numbers[-1] > len(ranked):
        raise UsageError("compare_beyond", number=numbers[-1], count=len(ranked))
    bundles = [ranked[number - 1] for number in numbers]
    rows = compare_text.rows(bundles, found.need.heads)
    if options.json:
        columns = [{"rank": n, **bundle_json(b)} for n, b in zip(numbers, bundles, strict=True)]
        put(
            {
                "need": plain(found.need),
                "columns": columns,
                "rows": [_json(r, numbers) for r in rows],
            }
        )
        return 0
    line(f"{found.need.code}  {found.need.enterprise_name}  {found.need.text}")
    _print(rows, numbers)
    return 0


def wanted(text: str) -> list[int]:
    """`1,3` as numbers in order; two to four different ones."""
    words = [word for word in re.split(r"[,，、\s]+", text.strip()) if word]
    numbers = sorted({int(word) for word in words if word.isdecimal() and int(word)})
    if len(numbers) != len(words) or not compare_text.FEWEST <= len(numbers) <= compare_text.MOST:
        raise UsageError("compare_numbers", text=text)
    return numbers


def _json(row: Row, numbers: list[int]) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label.removeprefix("· "),
        "values": list(row.cells),
        "best": [numbers[at] for at in sorted(row.best)],
        "same": row.is_same,
    }


def _print(rows: tuple[Row, ...], numbers: list[int]) -> None:
    room = shutil.get_terminal_size((_USUAL, 24)).columns
    wide = max(_LEAST, (room - _LABEL) // len(numbers) - 1)
    line(pad("", _LABEL) + "".join(f" {pad(f'{number}.', wide)}" for number in numbers).rstrip())
    differing = [row for row in rows if not row.is_same]
    for _row, label, cells in compare_text.table_lines(
        differing, range(len(numbers)), _LABEL, wide
    ):
        line((label + "".join(f" {cell}" for cell in cells)).rstrip())
    same = compare_text.same_line(rows)
    if same:
        line(same)
    say(_("{sign} stands before the best of a row.").format(sign=compare_text.BEST))
