"""The words of the screens for plans, suggestions, experts, cases, calls for courses, and their refusals."""

from __future__ import annotations

from collections.abc import Mapping

from tui.i18n import mark

KINDS: Mapping[str, str] = {
    "training_plan": mark("line of a plan"),
    "suggestion": mark("suggestion"),
    "early_rules": mark("rules of suggestions"),
    "expert": mark("expert"),
    "case": mark("consultation"),
    "course_call": mark("call for a course"),
    "course_bid": mark("bid"),
}
FIELDS: Mapping[str, str] = {
    "year": mark("Year"),
    "quarter": mark("Quarter"),
    "programme": mark("Programme"),
    "months": mark("Months"),
    "organisation": mark("Organisation"),
    "fields": mark("Occupation"),
    "term_from": mark("Term from"),
    "term_to": mark("Term to"),
    "modules": mark("Modules"),
    "ceiling": mark("Price ceiling, ¥"),
    "deadline": mark("Deadline"),
    "plan": mark("How"),
    "instructors": mark("Instructors"),
}
VALUES: Mapping[str, str] = {
    "short": mark("short course"),
    "apprenticeship": mark("apprenticeship"),
    "project": mark("project"),
    "coverage": mark("coverage"),
    "suggested": mark("suggested"),
    "dismissed": mark("dismissed"),
    "bespoke": mark("course to be made"),
    "assigned": mark("with an expert"),
    "ended": mark("ended"),
    "awarded": mark("awarded"),
    "advice": mark("advice"),
    "none": mark("no outcome"),
}
STATES: Mapping[tuple[str, str], str] = {
    ("suggestion", "accepted"): mark("became a need"),
    ("suggestion", "lapsed"): mark("no longer so"),
    ("course_call", "open"): mark("bids are taken"),
    ("course_call", "closed"): mark("to be chosen"),
}
ACTS: Mapping[str, str] = {
    "suggest": mark("suggest"),
    "renew": mark("renew"),
    "dismiss": mark("dismiss"),
    "divert": mark("wait for a course"),
    "return": mark("into matching again"),
    "assign": mark("assign"),
    "note": mark("note"),
    "bid": mark("bid"),
    "choose": mark("choose"),
}
ERRORS: Mapping[str, str] = {
    "plan_there": mark("The plan has this already: {id}. Take that line out first."),
    "rule_number": mark("“{text}” is no whole number; write such as ahead_days=90."),
    "plan_columns": mark(
        "The headings lack {lacking}. A plan has the columns {known}; take them over as they are."
    ),
    "unknown_state": mark("“{state}” is no state. Write one of: {known}."),
    "expert_not_in_term": mark("{id} is not in term today. Choose another expert."),
    "no_expert": mark(
        "No expert in term has the trade of {need}. Name one: case assign CASE EXPERT."
    ),
    "case_there": mark("{need} has the consultation {id} already. Go on with that one."),
    "case_need_state": mark("{need} is {state}: a consultation is for a need that is open."),
    "case_fits": mark(
        "{count} plans fit {need}: propose one, or say --despite if they will not do."
    ),
    "case_outcome": mark("“{outcome}” is no outcome. Write one of: {known}."),
    "call_there": mark("{need} has the call {id} already. Go on with that one."),
    "call_deadline": mark("The deadline {day} has to be after today, at most {most} days ahead."),
    "call_for_what": mark("Say which trade the course is for: occupation=CODE."),
    "call_trade": mark("{need} has no trade yet. Confirm one, or write occupation=CODE."),
    "call_no_heads": mark("Nobody asks for {id} now. Say how many are expected: heads=N."),
    "call_over": mark("The deadline of {id} was {day}: bids are not taken any more."),
    "call_open": mark("Bids for {id} are taken until the end of {day} and sealed until then."),
    "plan_words": mark(
        "“{text}”: write firm, year and quarter, occupation, heads: E023 2027Q1 CODE 12."
    ),
    "bid_words": mark("“{text}”: write the price, then how you would make and teach the course."),
    "bid_above": mark("{price} is above the price ceiling {ceiling}. Bid at most that."),
}
CAUSES: Mapping[str, str] = {
    "apprenticeship_term": mark("an apprenticeship has a term; write months=12"),
    "expert_fields": mark("an expert has a trade; write fields=CODE;CODE"),
}
