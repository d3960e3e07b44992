"""Draws docs/lifecycles.md from the tables in store/lifecycles.py: `python docs/lifecycles.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from store.lifecycles import LIFECYCLES, Lifecycle, Step
from tui import i18n
from tui.words import act_word, kind_word, state_word

TARGET = Path(__file__).with_suffix(".md")
_RULES = {
    "": "",
    "proposal_sent": "a proposal for it was sent",
    "no_live_proposal": "no proposal for it is out, nobody waits for it in a line",
    "proposal_confirmed": "all its heads are in confirmed proposals",
    "class_finished": "the last session is over",
    "nothing_booked": "no live proposal rests on it",
    "other_eyes": "by somebody else than who submitted it, of another organisation than its own",
    "capacity_free": "every part can be had, or nothing is taken",
    "plan_feasible": "every hard rule of the engine holds now",
    "all_accepted": "every party has agreed to the terms as they stand",
    "reason_given": "a reason is written",
    "clock_ran_out": "its clock ended",
    "fee_by_terms": "the frozen scale says what is owed, and that is shown first",
    "before_start": "the class has not begun",
    "minimum_reached": "the course's minimum of heads",
    "both_below": "its firms go into another class of the course, both are below the minimum",
    "first_day": "the first day has come",
    "last_day": "the last day is over",
    "all_parts_or_none": "every part of the proposal, or none",
    "nothing_sent": "none of its proposals was sent yet",
    "columns_known": "every required column has a heading",
    "no_row_wrong": "no row is wrong any more",
    "rows_good": "every row is right as the records are now, or those that are, where asked for",
    "untouched_since": "what it made or changed was neither changed nor used since",
    "nothing_applied": "none of its rows was applied",
    "checklist_whole": "every item of the checklist is answered",
    "answered_first": "nothing was found, or the institution has answered",
    "newer_signed": "a newer list is signed",
    "papers_complete": "every paper of the rule is there, and its months are not over",
    "nothing_fits": "no offering fits, or those that do will not do",
    "course_or_given_up": "a course was awarded, or the call given up",
    "facts_changed": "what speaks for it is otherwise than it was",
    "facts_gone": "nothing speaks for it any more, or an open need does",
    "no_open_need": "the firm has no open need of the trade and level",
    "in_term": "the expert is in term",
    "outcome_given": "advice, a course to be made, or none, and why",
    "before_deadline": "until the end of the deadline; one bid an institution, seen by nobody else",
    "deadline_over": "the day of the deadline is over",
    "nobody_passed": "nobody behind was offered seats meanwhile; the place in the line is the old one",
    "record_edited": "name, employment or trades of the instructor were changed",
    "first_in_line": "first in line, all heads of the group fit",
}
_WHO = {
    "centre": "the centre whose record it is",
    "party": "whoever was asked, for its own part",
    "institution": "the institution whose record it is",
    "supervisor": "the district's supervisor",
    "clock": "the passing of time",
}


def text() -> str:
    """The whole page."""
    i18n.use("zh")
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Lifecycles"
    yield ""
    yield (
        "Drawn from `store/lifecycles.py` by `python docs/lifecycles.py`; a test fails when the two "
        "differ. What a table does not name is refused with what would be possible. Clocks are named "
        "as `duijie clocks show` names them; days are working days that end at 18:00."
    )
    yield ""
    yield "Who: " + "; ".join(f"*{name}*: {meaning}" for name, meaning in _WHO.items()) + "."
    for lifecycle in LIFECYCLES:
        yield from _section(lifecycle)


def _section(lifecycle: Lifecycle) -> Iterator[str]:
    yield ""
    yield f"## {lifecycle.kind} {kind_word(lifecycle.kind)}"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {lifecycle.states[0]}"
    for step in lifecycle.steps:
        yield from (f"    {before} --> {step.after}: {step.act}" for before in step.before)
    yield "```"
    yield ""
    yield "| state | 中文 |"
    yield "| --- | --- |"
    yield from (f"| {state} | {state_word(lifecycle.kind, state)} |" for state in lifecycle.states)
    yield ""
    yield "| step | 中文 | from | to | who | clock it starts | rule | outward | can be taken back |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    yield from (_row(step) for step in lifecycle.steps)


def _row(step: Step) -> str:
    cells = (
        step.act,
        act_word(step.act),
        ", ".join(step.before),
        step.after,
        ", ".join(step.who),
        step.clock,
        _RULES[step.rule],
        "yes" if step.outward else "",
        "within `undo_minutes`" if step.can_undo else "",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stderr.write(f"{TARGET}\n")
