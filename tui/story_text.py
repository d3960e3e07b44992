"""What came of a need, step by step, in words and as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from store.services import story
from store.services.story import Step, Story
from tui.i18n import _, mark
from tui.render import money
from tui.sheets import Column, Line, Sheet
from tui.words import level_short, state_word, urgent_mark, value_word

_STAGES = {
    story.AHEAD: mark("foreseen"),
    story.PUBLISHED: mark("need told"),
    story.TRAINED: mark("training"),
    story.AFTERWARDS: mark("work"),
}
_STEPS = {
    "shortage": mark("shortage list"),
    "suggestion": mark("need ahead"),
    "need": mark("need"),
    "endorsement": mark("endorsement"),
    "vacancy": mark("vacancy"),
    "case": mark("consultation"),
    "course_call": mark("call for a course"),
    "proposal": mark("proposal"),
    "class": mark("class"),
    "roster": mark("roster"),
    "attendance": mark("attendance"),
    "visit": mark("supervision"),
    "result": mark("certificates"),
    "claim": mark("subsidy claim"),
    "opinion": mark("evaluation"),
    "outcome": mark("after 90 days"),
}
_STATES = {
    ("outcome", "due"): mark("to be asked"),
    ("outcome", "asked"): mark("all asked"),
    ("outcome", "ahead"): mark("not due yet"),
    ("attendance", "running"): mark("running"),
    ("attendance", "finished"): mark("all marked"),
    ("opinion", "kept"): mark("kept"),
}
_TOLD = {
    "roster": mark("{seated} of {heads} people"),
    "vacancy": mark("{filled} of {heads} filled"),
    "visit": mark("{findings} findings"),
    "result": mark("{passed} of {assessed} passed, {certificates} certificates"),
    "opinion": mark("{answers} answers"),
    "outcome": mark("{in_work} of {asked} asked in work, {due} to be asked in all"),
}


def stage_word(stage: str) -> str:
    """One of the four stages."""
    return _(_STAGES[stage])


def head_lines(found: Story) -> Iterator[str]:
    """The need, and which of the four stages it has reached."""
    need = found.need
    words = (need.code, need.enterprise_name, f"{urgent_mark(need.shortage)}{need.text}")
    yield "  ".join((*words, level_short(need.level))).rstrip()
    yield " ─ ".join(
        f"[{stage_word(one)}]" if one == found.stage else stage_word(one) for one in story.STAGES
    )


def story_sheet(found: Story) -> Sheet:
    """A line a step, under its stage."""
    columns = (
        Column("stage", _("Stage"), 9),
        Column("step", _("Step"), 13),
        Column("code", _("Code"), 8),
        Column("day", _("Day"), 10),
        Column("state", _("State"), 10),
        Column("who", _("Who"), 18),
        Column("told", _("What came of it"), 26),
    )
    lines = []
    before = ""
    for at, one in enumerate(found.steps):
        stage = stage_word(one.stage) if one.stage != before else ""
        before = one.stage
        day = one.day.isoformat() if one.day else "–"
        lines.append(
            Line(
                str(at),
                (stage, step_word(one), one.code, day, step_state(one), one.who or "–", told(one)),
                {"code": ((one.step, one.code),)},
            )
        )
    title = _("From the warning to the work: {need}").format(need=found.need.code)
    return Sheet("story", title, columns, tuple(lines))


def step_word(one: Step) -> str:
    """What a step is."""
    return _(_STEPS[one.step])


def step_state(one: Step) -> str:
    """The state that a step is in."""
    words = _STATES.get((one.step, one.state))
    return _(words) if words else state_word(one.step, one.state) or value_word(one.state)


def told(one: Step) -> str:
    """The figures of a step in a few words, and what was noted."""
    words = _figures(one)
    return " · ".join(part for part in (words, one.note) if part)


def _figures(one: Step) -> str:
    said = one.figures
    if one.step == "attendance":
        return _attended(said)
    if one.step == "claim":
        return money(said["amount_fen"])
    words = _TOLD.get(one.step, mark("{heads} heads"))
    return _(words).format(**said) if said else ""


def _attended(said: Mapping[str, int]) -> str:
    share = round(100 * said["attended"] / said["hours"]) if said["hours"] else 0
    words = _("{share} percent of {hours} class hours").format(share=share, hours=said["hours"])
    short = _("{count} short for good").format(count=said["short"]) if said["short"] else ""
    return " · ".join(part for part in (words, short) if part)
