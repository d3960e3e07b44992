"""What can be typed after `duijie batch`."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, positive
from tui.i18n import _


def add_batches(commands: Any, common: argparse.ArgumentParser, kinds: tuple[str, ...]) -> None:
    """Tables that are kept while they are mended."""
    act = Group(commands, common, "batch", "batches", _("tables mended before they are taken over"))
    made = act("begin", "begin_batch", _("keep a table as a batch, every row checked"), code=False)
    made.add_argument("kind", choices=kinds, metavar=_("KIND"))
    made.add_argument("file", metavar=_("FILE"), help=_("a table, - for standard input"))
    made.add_argument(
        "--encoding",
        metavar=_("ENCODING"),
        help=_("the text's encoding, where it is not recognised"),
    )
    made.add_argument("--sheet", metavar=_("NAME"), help=_("which sheet of a workbook"))
    listed = act("list", "list_batches", _("batches, the newest first"), code=False)
    listed.add_argument("--top", type=positive, default=50, metavar="N", help=_("at most N"))
    for name, run, summary in (
        ("show", "show_batch", _("a batch, its headings and its first rows")),
        ("problems", "problems", _("what is wrong, row by row")),
    ):
        act(name, run, summary).add_argument(
            "--top", type=positive, default=50, metavar="N", help=_("at most N")
        )
    act("map", "map_heading", _("take a heading for a column")).add_argument(
        "change", metavar=_("HEADING=COLUMN"), help=_("nothing after = for none")
    )
    fixed = act("fix", "fix", _("write into cells of a row"))
    fixed.add_argument("row", type=positive, metavar=_("ROW"))
    fixed.add_argument("fields", nargs="+", metavar=_("COLUMN=VALUE"))
    filled = act("fill", "fill", _("mend the same text in every row of a column"))
    filled.add_argument("column", metavar=_("COLUMN"))
    filled.add_argument("change", metavar=_("OLD=NEW"), help=_("nothing before = for empty cells"))
    left = act("leave", "leave", _("leave rows out"))
    left.add_argument("rows", nargs="+", type=positive, metavar=_("ROW"))
    left.add_argument("--back", action="store_true", help=_("take them in again"))
    act("check", "check", _("check every row again, with the records as they are now"))
    act("diff", "diff", _("what applying would make and change, field by field"))
    for name, run, summary in (
        ("apply", "apply", _("take the rows over into the records")),
        ("undo", "undo", _("take back all that a batch has done")),
    ):
        act(name, run, summary).add_argument(
            "--partial", action="store_true", help=_("what can be; the rest stays, told why")
        )
    act("drop", "drop", _("throw a batch away"))
