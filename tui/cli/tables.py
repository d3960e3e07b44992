"""What can be typed after `duijie import`, `export` and `template`; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui.i18n import _


def add_filing(add: Any, kinds: Sequence[str]) -> None:
    """Tables in and out, and empty ones."""
    command = add(
        "import", "filing:take", _("take records from a table: XLSX, XLS, ODS, CSV or TSV")
    )
    command.add_argument("kind", choices=kinds, metavar=_("KIND"))
    command.add_argument("file", metavar=_("FILE"), help=_("a table, - for standard input"))
    command.add_argument(
        "--partial", action="store_true", help=_("take the right rows, leave the wrong")
    )
    command.add_argument(
        "--encoding", metavar=_("ENCODING"), help=_("of a text, where it is not told by itself")
    )
    command.add_argument("--sheet", metavar=_("NAME"), help=_("this sheet of a workbook"))
    command.add_argument(
        "--map",
        action="append",
        metavar=_("HEADING=COLUMN"),
        help=_("what a heading means; nothing behind the sign leaves the column out"),
    )
    command.add_argument(
        "--set",
        action="append",
        metavar=_("COLUMN=VALUE"),
        help=_("the same value in every row"),
    )
    command = add("export", "filing:give", _("write every record of a kind as a table"))
    command.add_argument("kind", choices=kinds, metavar=_("KIND"))
    command.add_argument("--output", metavar=_("FILE"), help=_("write to a file instead"))
    command.add_argument(
        "--format",
        choices=("csv", "xlsx", "json"),
        default="csv",
        help=_("what to write: a table as text, a workbook, or JSON"),
    )
    command = add("template", "filing:template", _("an empty table of a kind, to be filled in"))
    command.add_argument("kind", choices=kinds, metavar=_("KIND"))
    command.add_argument("--output", metavar=_("FILE"), help=_("write to a file instead"))
    command.add_argument(
        "--format",
        choices=("csv", "xlsx", "schema"),
        default="csv",
        help=_("what to write: a table as text, a workbook, or a JSON Schema"),
    )
