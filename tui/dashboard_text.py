"""Lines of the dashboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from store.services import owed, today
from store.services.analysis import Line, State
from store.services.reference import CHINA
from tui import deal_text
from tui.i18n import _, mark
from tui.render import bar, spark
from tui.widgets.record_list import Row
from tui.words import act_word, kind_word, level_short

if TYPE_CHECKING:
    from store.services.audit import Done
    from store.services.flow import Funnel, Week
    from store.services.owed import Waiting
    from tui.watching import Kept

_WAITING = {
    today.TO_MATCH: mark("needs to match"),
    today.STARTS: mark("classes begin today or tomorrow"),
    today.REPORTS: mark("bulletins due"),
    "yours": mark("proposals wait for your answer"),
    "answer": mark("institutions to answer"),
    "answer_firm": mark("firms to answer"),
    "answer_last": mark("institutions, last day to answer"),
    "answer_last_firm": mark("firms, last day to answer"),
    "moved": mark("firms to ask about new dates"),
    "begins": mark("firms whose class begins soon"),
    "begins_class": mark("classes that begin soon"),
    "renew": mark("needs that ran out, to renew"),
    "counter": mark("counter-offers to answer"),
    "counter_firm": mark("counter-offers, firm to answer"),
    "confirm": mark("agreed, to be confirmed"),
    "draft": mark("held, not sent yet"),
    "claim": mark("turns in waiting lines"),
    "unmet": mark("needs with nothing found"),
    "decide": mark("classes below their minimum"),
    "filing": mark("institutions that have not filed"),
    "follow_up": mark("findings of visits overdue"),
    "visit_answer": mark("visits to be answered"),
    today.TO_VERIFY: mark("records to verify"),
    owed.SUGGESTED: mark("needs ahead to accept or dismiss"),
    owed.CASES: mark("consultations to go on with"),
    owed.CHOOSE: mark("calls for courses, bids to choose from"),
    owed.DECIDE_CLAIMS: mark("claims to decide on"),
    owed.HAND_IN: mark("claims to hand in"),
    owed.VISITS: mark("visits to make and record"),
    owed.AFTERWARDS: mark("people to ask what they do now"),
    owed.SURVEYS: mark("surveys to be answered"),
}
_STEPS = {
    "registered": mark("registered"),
    "proposed": mark("proposed"),
    "accepted": mark("accepted"),
    "confirmed": mark("confirmed"),
    "finished": mark("finished"),
}
_SIGNS = {State.ALARM: "✕", State.SHORT: "!", State.ENOUGH: "○"}
HEADINGS: Mapping[str, tuple[list[str], list[int]]] = {
    "queue": (["", "", "", ""], [1, 4, 13]),
    "shortages": (["", "", "", ""], [1, 4, 8]),
    "funnel": (["", "", ""], [10, 4]),
    "activity": (["", "", ""], [5, 9]),
    "trend": (["", ""], [13]),
    "kept": (["", "", ""], [4, 5]),
}
EMPTY: Mapping[str, Callable[[], tuple[str, ...]]] = {
    "queue": lambda: ("", "", "", _("nothing waits")),
    "shortages": lambda: ("○", "", "", _("nothing is short")),
    "funnel": lambda: (_("no need this week"),),
    "activity": lambda: ("", _("nothing yet")),
    "trend": lambda: ("",),
    "kept": lambda: ("", "", _("none: 2, then f and ^S keep one")),
}
_BAR = 20


def waiting_word(what: str) -> str:
    """What a line of the queue counts."""
    return _(_WAITING[what])


def queue_row(line: Waiting, now: datetime) -> Row:
    """`! 12 firms have not answered  2 overdue`."""
    sign = "!" if line.overdue else " "
    if line.overdue:
        told = _("{count} overdue").format(count=line.overdue)
    elif line.due is not None:
        told = _("next {left}").format(left=deal_text.time_left(line.due, now).strip())
    elif line.since is not None:
        told = _("oldest {days} days").format(days=(now - line.since).days)
    else:
        told = ""
    return Row(line.what, (sign, f"{len(line.records):>4}", told, waiting_word(line.what)))


def line_key(line: Line) -> str:
    """A shortage by name."""
    return f"line {line.occupation} {line.level}"


def shortage_rows(lines: Sequence[Line]) -> list[Row]:
    """The trades most short, with a bar against the shortest."""
    most = max((line.gap for line in lines), default=1)
    unsettled = _("trade not settled")
    return [
        Row(
            line_key(line),
            (
                _SIGNS[line.state],
                f"{-line.gap:>4}",
                bar(line.gap / most, 8, empty=" "),
                f"{line.name or unsettled} {level_short(line.level)}".strip(),
            ),
        )
        for line in lines
    ]


def funnel_rows(week: Funnel) -> list[Row]:
    """How many heads came how far."""
    most = max((step.heads for step in week.steps), default=0) or 1
    return [
        Row(
            f"step {step.name}",
            (_(_STEPS[step.name]), f"{step.heads:>4}", bar(step.heads / most, _BAR, empty=" ")),
        )
        for step in week.steps
    ]


def trend_rows(past: Sequence[Week], coming: Sequence[Week]) -> list[Row]:
    """Heads registered in the last weeks, and seats for a start in the coming ones, week by week."""
    heads, seats = [one.heads for one in past], [one.seats for one in coming]
    most = max(*heads, *seats, 1)
    return [
        Row(
            name,
            (
                word,
                _("{line}  {mean} a week").format(
                    line=spark(counts, most), mean=round(sum(counts) / len(counts))
                ),
            ),
        )
        for name, word, counts in (
            ("heads", _("asked"), heads),
            ("seats", _("seats to come"), seats),
        )
    ]


def kept_row(one: Kept) -> Row:
    """A kept filter with what is new in it."""
    sign = f"+{one.new}" if one.new else ""
    return Row(one.words, (sign, str(one.total), one.words))


def done_row(at: int, one: Done) -> Row:
    """`21:03 wangfang register need N003912`."""
    when = one.at.astimezone(CHINA)
    words = f"{kind_word(one.kind)} {one.code}"
    return Row(str(at), (f"{when:%H:%M}", one.login, f"{act_word(one.act)} {words}"))
