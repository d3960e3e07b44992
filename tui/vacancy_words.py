"""The words of vacancies, referrals, shared costs and endorsements."""

from __future__ import annotations

from collections.abc import Mapping

from tui.i18n import mark

KINDS: Mapping[str, str] = {
    "vacancy": mark("vacancy"),
    "referral": mark("referral"),
    "shared_cost": mark("shared cost"),
    "endorsement": mark("endorsement"),
}
STATES: Mapping[tuple[str, str], str] = {
    ("vacancy", "active"): mark("open"),
    ("referral", "open"): mark("no answer yet"),
    ("referral", "hired"): mark("hired"),
    ("referral", "declined"): mark("declined by the person"),
    ("referral", "refused"): mark("refused by the firm"),
}
ACTS: Mapping[str, str] = {
    "link": mark("link"),
    "unlink": mark("undo a link"),
    "refer": mark("refer to a vacancy"),
    "endorse": mark("endorse"),
    "unendorse": mark("take an endorsement back"),
}
ERRORS: Mapping[str, str] = {
    "vacancy_past": mark("{day} is over: write a day on which the post can still be filled."),
    "vacancy_over": mark("{id} is withdrawn, or its last day is over."),
    "vacancy_other_firm": mark(
        "A vacancy stays with its firm: withdraw {id} and enter one of the other firm."
    ),
    "vacancy_filled": mark("{filled} of {id} are found already: not fewer heads than these."),
    "vacancy_firm": mark("{need} is another firm's than {id}."),
    "vacancy_need_type": mark(
        "{need} trains for no post: its type has to be before the post, order or directed."
    ),
    "vacancy_outcome": mark("Only a new job is one that a vacancy led to."),
    "vacancy_words": mark(
        "“{text}”: write FIRM; TITLE; HEADS; LAST DAY, then OCCUPATION and LEVEL where they are known."
    ),
    "referral_certificate": mark("{trainee} holds no valid certificate that is known here."),
    "referral_there": mark("{trainee} was referred to {id} already."),
    "referral_day": mark("The answer came from {first} to {last}."),
    "answer_of_referral": mark(
        "“{text}”: write the trainee and hired, declined or refused, then what was said."
    ),
    "cost_there": mark("{id} covers the same room on some of these days."),
    "cost_words": mark(
        "“{text}”: write VENUE; YUAN AN HOUR; FIRST..LAST DAY; T01 60, T02 40; EQUIPMENT."
    ),
    "shares_words": mark(
        "“{text}”: write two institutions or more, each once, with whole percents that make 100: "
        "T01 60, T02 40."
    ),
    "target_of_area": mark(
        "{unit} is no area: specialties are counted for a street or a district."
    ),
    "endorsed_already": mark("{id} stands behind {need} already."),
}
CAUSES: Mapping[str, str] = {
    "shares_whole": mark("shares add up to {total}, not to 100"),
}
