"""The list of needs, some at a time."""

from __future__ import annotations

from store.schemas.records import NeedView
from store.services import records
from tui.i18n import _
from tui.plain import matching
from tui.plain.desk import Desk
from tui.words import level_short, urgent_mark, value_word, weekly_word

_PAGE = 10


def browse(desk: Desk) -> None:
    """Needs from the newest on; a number matches one."""
    after, is_first = "", True
    while is_first or after:
        page = desk.store.read(
            records.page, "need", by=desk.by, after=after, limit=_PAGE, newest_first=True
        )
        if is_first:
            desk.talk.say(_("Needs {total}").format(total=page.total))
        desk.talk.numbered([need_line(view) for view in page.items])
        question = (
            _("A number matches a need, an empty line shows more")
            if page.after
            else _("A number matches a need, an empty line goes back")
        )
        answer = desk.talk.pick(question, len(page.items)) if page.items else ""
        if answer:
            matching.match(desk, page.items[int(answer) - 1].code)
            continue
        after, is_first = page.after, False


def need_line(view: NeedView) -> str:
    """A need in one line."""
    parts = (
        f"{view.code} {value_word(view.status)}",
        _("{count} heads").format(count=view.heads),
        level_short(view.level),
        view.enterprise_name,
        urgent_mark(view.shortage) + view.text,
        weekly_word(view.weekly),
    )
    return ", ".join(part for part in parts if part)
