"""Texts that were made to act, to crash or to deceive, and a store whose every text is one of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from store.engine import sqlite_module

HOSTILE = (
    "[@click=app.quit]点我[/]",
    "[@click=app.approve('[')]x[/]",
    "[@click=screen.dismiss]看[/] \\[@click=app.quit]y[/]",
    "课程[/]",
    "[/red][[b]",
    "[link=file:///etc/passwd]证书[/link]",
    '{"name": ["[", "]"], "n": [1]}',
    "\x1b]52;c;Y3VybCBldmls\x07班",
    "\x1b]0;PWNED\x07题",
    "\x1b[2J\x1b[31m红\x1b[6n",
    "\x1bP+q544e\x1b\\",
    "\x9b31m\x9d0;PWNED\x9c八位",
    "a\x08\x08\x7f\rb\x0b\x0c",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "零\u200b宽\ufeff\u200d字",
    "半\udc80\ud83d个",
    "z" + "\u0334\u0336\u0347" * 30 + "高",
    "标\U000e0041\U000e0042\U000e007f签",
    '=HYPERLINK("http://x","y")',
    "＋1+cmd|' /C calc'!A0",
    "@SUM(1)\t=1+1",
    "-2+3",
    "$primary ${x} %s {0} \\",
    "行\u2028段\u2029落\nx",
    "\u3164\u115f填" + "长" * 300,
    "'; DROP TABLE need; --",
    "\ufeff:smile: ~~x~~ `y` # z",
)
SHOWN = {
    "organisation": ("name", "short_name", "contact", "industry"),
    "need": ("text", "created_by", "changed_by"),
    "course": ("title", "changed_by"),
    "instructor": ("name",),
    "venue": ("name",),
    "equipment": ("name", "english"),
    "occupation": ("name",),
    "area": ("name",),
    "user_account": ("name",),
    "search_entry": ("title",),
    "calendar_day": ("name",),
    "contact": ("note",),
    "answer": ("reason", "answered_by"),
    "proposal": ("reason", "changed_by"),
    "decision": ("reason",),
    "no_show": ("reason",),
    "confirmation": ("said",),
}


def poison(db: Path) -> int:
    """Put hostile texts behind the program's back wherever a text is shown; how many went in."""
    module = sqlite_module()
    connection = module.connect(db)
    count = 0
    for table, columns in SHOWN.items():
        for column in columns:
            for (row,) in connection.execute(f"SELECT rowid FROM {table}").fetchall():
                count += _put(connection, table, column, row, HOSTILE[count % len(HOSTILE)])
    connection.commit()
    connection.close()
    return count


def _put(connection: sqlite3.Connection, table: str, column: str, row: int, text: str) -> int:
    """Bytes, for not every one of them is UTF-8; a name that has to be the only one gets its number."""
    for each in (text, f"{text}{row}"):
        try:
            connection.execute(
                f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE rowid = ?",
                (each.encode("utf-8", "surrogatepass"), row),
            )
        except sqlite_module().IntegrityError:
            continue
        return 1
    return 0
