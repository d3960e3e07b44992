"""The words of the screens for supervision, evaluation and the standing of institutions."""

from __future__ import annotations

from collections.abc import Mapping

from tui.i18n import mark

KINDS: Mapping[str, str] = {
    "visit": mark("visit"),
    "draw": mark("draw"),
    "risk": mark("risk flag"),
    "charge": mark("who answers for a class"),
    "checklist": mark("checklist"),
    "supervision_rules": mark("supervision rules"),
    "evaluation": mark("evaluation"),
    "rating": mark("question to an agency"),
    "occupation": mark("local occupation"),
    "survey": mark("survey"),
    "formula": mark("formula of scores"),
    "score": mark("published score"),
    "standing": mark("standing of an institution"),
    "sanction": mark("sanction"),
}
ACTS: Mapping[str, str] = {
    "plan": mark("plan"),
    "record": mark("record"),
    "charge": mark("name who answers"),
    "draw": mark("draw lots"),
    "confirmed": mark("confirm a flag"),
    "dismissed": mark("dismiss a flag"),
    "rate": mark("rate"),
    "admit": mark("admit"),
    "inspect": mark("enter an inspection"),
    "sanction": mark("sanction"),
    "lift": mark("lift"),
    "leave_market": mark("end for good"),
    "reward": mark("reward"),
}
VALUES: Mapping[str, str] = {
    "notice": mark("public notice"),
    "delisted": mark("taken off the list"),
    "unfunded": mark("without support"),
    "conditional": mark("passed with conditions"),
    "admission": mark("admission"),
    "inspection": mark("annual inspection"),
    "sanction": mark("sanction"),
    "exit": mark("exit"),
    "reward": mark("reward"),
}
STATES: Mapping[tuple[str, str], str] = {
    ("survey", "planned"): mark("waits for answers"),
    ("survey", "closed"): mark("answered"),
    ("visit", "planned"): mark("planned"),
    ("visit", "recorded"): mark("recorded"),
    ("visit", "answered"): mark("answered"),
    ("visit", "closed"): mark("closed"),
    ("visit", "withdrawn"): mark("called off"),
}
ERRORS: Mapping[str, str] = {
    "checklist_items": mark(
        "A checklist has 1 to {most} items, each once. Write CODE=words, such as fire=extinguishers in date."
    ),
    "checklist_item": mark(
        "“{text}” is no item: a code is small letters, digits and _, its words have at most {most} "
        "characters; only built-in items go without words."
    ),
    "visit_cancelled": mark("{id} was called off; there is nothing to visit."),
    "visit_no_session": mark("{id} does not meet then ({day}). It meets on: {days}."),
    "visit_not_drawn": mark(
        "{id} was not drawn in {draw}. Leave the draw out, or name a drawn class."
    ),
    "visit_ahead": mark("Visit {id} is still to come: it is recorded on {day} or later."),
    "visit_follow_up": mark(
        "Findings cannot be settled by {day}: write a day from today to a year from now."
    ),
    "visit_items": mark("Not answered yet: {items}. Answer each item with one of {known}."),
    "visit_finding_words": mark("Say what was found at {item}."),
    "visit_silent": mark("Say what was found at: {items}. What is not in order needs a finding."),
    "visit_answer_words": mark("Write what the institution says of {id}."),
    "visit_unanswered": mark(
        "The institution has not answered {id} yet. Say why it is closed all the same."
    ),
    "visit_reason": mark("Say why {id} is called off."),
    "finding_words": mark(
        "“{text}” is no finding. Write ITEM SEVERITY WORDS, such as: safety grave no guard on the grinder."
    ),
    "answer_words": mark("“{text}” is no answer. Write ITEM=yes, ITEM=no or ITEM=na."),
    "wish_words": mark(
        "“{text}” is no visit. Write CLASS DAY, such as: B000001 12-05 18:30 unannounced."
    ),
    "not_a_clock": mark("“{text}” is no time of day. Write it as 18:30."),
    "charge_person": mark("Name the person who answers for it, in at most {most} characters."),
    "draw_seed": mark(
        "A seed has {least} to {most} characters in one line. Take something public that nobody could choose."
    ),
    "draw_nobody": mark("No class has days from {first} to {last}; there is nothing to draw."),
    "opinion_marks": mark("Give each of these questions a mark from 1 to {most}: {questions}."),
    "opinion_day": mark(
        "{id} cannot be rated on {day}: write a day from its first day to a year after its last, not to come."
    ),
    "opinion_rater": mark("{rater} had no part in {id}. Who may rate it in this group: {known}."),
    "opinion_columns": mark("The first line must name these columns: {columns}."),
    "opinion_row": mark("Row {row}: {cause}"),
    "formula_past": mark(
        "Quarters before {day} keep their formula. Name a day of this quarter or later, and not before the "
        "newest formula."
    ),
    "formula_reason": mark("Say why the weights are changed."),
    "formula_sum": mark("The weights of {names} must add up to {whole}."),
    "score_early": mark("The quarter ends on {day}: publish its scores after it."),
    "score_published": mark(
        "Scores of the quarter from {day}, or of one after it, are published already and stay as they are."
    ),
    "score_nobody": mark(
        "No class ended in the years up to the quarter from {day}: no score to publish."
    ),
    "standing_state": mark("{id} is {state}; this cannot be done to it."),
    "admission_items": mark("Not checked yet: {items}. All of the list must be in order."),
    "admission_number": mark("Write the number of the qualification, at most {most} characters."),
    "standing_until": mark("{day} is no last day: write a day that is still to come."),
    "sanction_days": mark(
        "{first} to {last} are no days of a sanction: it begins today or later and ends after that."
    ),
    "sanction_over": mark("{id} is no sanction that is in force."),
    "sanction_not_confirmed": mark("Nothing was done: answer y, or say --yes."),
    "standing_reason": mark("Say why; it goes into the file."),
    "line_words": mark("“{text}” is too short. Write it as the line above says."),
    "risk_reason": mark("Say why the flag is confirmed or dismissed."),
}
