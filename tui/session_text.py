"""Lines about sessions: how one ended, and what it left."""

from __future__ import annotations

from store.schemas.access import SessionView
from store.services.audit import Done
from tui.deal_text import moment
from tui.i18n import _
from tui.words import act_word, ending_word, kind_word


def cut_off_line(cut: SessionView, last: Done | None) -> str:
    """How somebody's last session ended and what they saved last in it."""
    told = _("Your session of {at} was cut off: {why}.").format(
        at=moment(cut.started_at), why=ending_word(str(cut.ending))
    )
    if last is None:
        return told + _(" Nothing was saved in it.")
    saved = _(" Saved last, {at}: {act} {kind} {code}.")
    return told + saved.format(
        at=moment(last.at), act=act_word(last.act), kind=kind_word(last.kind), code=last.code
    )
