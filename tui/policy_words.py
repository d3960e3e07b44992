"""The words of subsidy rules: kinds, facts, operators, caps, papers, standings and findings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from matching.subsidy.conditions import All, Condition, Either, Not, Test
from matching.subsidy.facts import CATEGORIES, Value, write_value
from tui import trainee_words
from tui.i18n import _, mark
from tui.render import head_price, money

if TYPE_CHECKING:
    from matching.subsidy.rules import Cap, Formula, Uplift
    from store.services.subsidies import Net

SUBSIDIES: Mapping[str, str] = {
    "training": mark("training subsidy"),
    "assessment": mark("assessment subsidy"),
    "living": mark("living allowance"),
    "startup": mark("start-up subsidy"),
    "apprenticeship": mark("apprenticeship subsidy"),
    "project": mark("project subsidy"),
}
FACTS: Mapping[str, str] = {
    "firm.code": mark("firm"),
    "firm.industry": mark("the firm's trade"),
    "firm.staff": mark("the firm's staff"),
    "firm.output": mark("the firm's yearly output in 10,000 yuan"),
    "class.occupation": mark("the class's occupation"),
    "class.level": mark("the class's level"),
    "class.hours": mark("class hours"),
    "firm.trains_itself": mark("able to train its own staff"),
    "firm.grants_need_training": mark("training as a condition of its grants"),
    "class.practice_percent": mark("practice in percent"),
    "class.self_study_hours": mark("self-study hours"),
    "class.whole_hours": mark("class hours with self-study"),
    "class.price": mark("price a head"),
    "class.heads": mark("heads in class"),
    "class.certificate": mark("certificate"),
    "class.mode": mark("way of teaching"),
    "class.type": mark("sort of training"),
    "person.category": mark("the person's group"),
    "person.age": mark("age"),
    "person.insured_months": mark("months insured"),
    "programme.kind": mark("programme"),
    "programme.months": mark("months of the programme"),
}
_CHOICES: Mapping[str, str] = {
    "at_centre": mark("at the institution"),
    "at_firm": mark("at the firm"),
    "blended": mark("blended"),
    "online": mark("online"),
    "pre_post": mark("before taking a post"),
    "on_post": mark("in employment"),
    "transfer": mark("for another post"),
    "order": mark("to order"),
    "directed": mark("directed"),
    "apprenticeship": mark("apprenticeship"),
    "short": mark("short course"),
    "project": mark("project"),
    "start_up": mark("start-up"),
    "degree": mark("degree track"),
    "registered_poor": trainee_words.VALUES["lifted_from_poverty"],  # as old claims say it
    **{category: trainee_words.VALUES[category] for category in CATEGORIES},
}
_STANDINGS: Mapping[str, str] = {
    "allowed": mark("allowed"),
    "refused": mark("not allowed"),
    "unknown": mark("unknown"),
}
_PAPERS: Mapping[str, str] = {
    "certificate": mark("copy of the certificate"),
    "certificate_day": mark("day of the certificate"),
    "roster": mark("roster"),
    "attendance": mark("attendance"),
    "invoice": mark("invoice"),
    "contract": mark("contract"),
    "bank_account": mark("bank account"),
    "identity": mark("proof of identity"),
}
SUBJECTS: Mapping[str, str] = {
    "trainee": mark("a trainee"),
    "firm": mark("a firm"),
    "class": mark("a class"),
    "programme": mark("a programme"),
}
STATES: Mapping[str, str] = {
    "draft": mark("draft"),
    "published": mark("issued"),
    "submitted": mark("handed in"),
    "returned": mark("returned"),
    "approved": mark("approved"),
    "paid": mark("paid"),
    "refused": mark("refused"),
    "withdrawn": mark("withdrawn"),
}
_DOUBTS = {
    "no_result": mark("! The file knows of no such certificate: check the paper."),
    "hours_short": mark("! The course is not completed: class hours are short, or not marked."),
    "other_employer": mark("! The file names another employer."),
}


def subsidy_word(kind: str) -> str:
    """A kind of subsidy."""
    return _(SUBSIDIES[kind])


def fact_word(name: str) -> str:
    """A fact that rules ask for; one that nobody knows as it was written."""
    return _(FACTS[name]) if name in FACTS else name


def fact_value(name: str, value: Value | str) -> str:
    """A value of a fact."""
    if name == "class.price" and isinstance(value, Decimal):
        return money(int(value * 100))
    if name == "class.practice_percent" and isinstance(value, Decimal):
        return f"{value:.4g}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = value if isinstance(value, str) else write_value(name, value)
    return _(_CHOICES[text]) if text in _CHOICES else text


def standing_word(standing: str) -> str:
    """Allowed, refused or unknown."""
    return _(_STANDINGS[standing])


def doubt_word(code: str) -> str:
    """What the person's file does not bear out."""
    return _(_DOUBTS[code])


def paper_word(paper: str) -> str:
    """A paper that goes with a claim."""
    return _(_PAPERS.get(paper, paper))


def subject_word(subject: str) -> str:
    """Whom a rule is about."""
    return _(SUBJECTS[subject])


def status_word(status: str) -> str:
    """The state of an edition or a claim."""
    return _(STATES[status])


def condition_text(condition: Condition) -> str:
    """A condition in words."""
    if isinstance(condition, Test):
        return tested_text(condition)
    if isinstance(condition, Not):
        return _("not ({condition})").format(condition=condition_text(condition.part))
    if not condition.parts:
        return _("always")
    if isinstance(condition, Either):
        return _(" or ").join(_bracketed(part) for part in condition.parts)
    return _(" and ").join(_bracketed(part) for part in condition.parts)


def _bracketed(part: Condition) -> str:
    told = condition_text(part)
    return f"({told})" if isinstance(part, All | Either) else told


def tested_text(test: Test) -> str:
    """One test in words: `the class's level: 五级, 四级`."""
    values = _(", ").join(fact_value(test.field, value) for value in test.values)
    told = _("list “{name}”").format(name=test.of) if test.of else values
    sign = {"in": ":", "=": ":", "!=": " ≠", "<=": " ≤", ">=": " ≥"}.get(test.op, f" {test.op}")
    return f"{fact_word(test.field)}{sign} {told}"


def amount_text(formula: Formula, uplift: Uplift | None = None) -> str:
    """An amount in words."""
    name = fact_word(formula.field) if formula.field else ""
    if formula.kind == "by":
        told = ", ".join(
            f"{fact_value(formula.field, key)} {money(fen)}" for key, fen in formula.table
        )
    elif formula.kind == "per":
        told = _("{amount} × {fact}").format(amount=money(formula.fen), fact=name)
    elif formula.kind == "share":
        percent = f"{formula.percent.normalize():f}"
        told = _("{percent} % × {fact}").format(percent=percent, fact=name)
    else:
        told = money(formula.fen)
    if formula.least is not None:
        told += _("; at least {amount}").format(amount=money(formula.least))
    if formula.most is not None:
        told += _("; at most {amount}").format(amount=money(formula.most))
    if uplift is not None:
        told += _("; list “{name}”: +{percent} %").format(percent=uplift.percent, name=uplift.of)
    return told


def cap_text(cap: Cap) -> str:
    """A cap in words."""
    if cap.kind == "year":
        return _("{count} a year for a person").format(count=cap.most)
    if cap.kind == "ever":
        return _("{count} in a life").format(count=cap.most)
    if cap.kind == "firm":
        return _("{amount} a firm and year").format(amount=money(cap.most))
    return _("not lower after higher") if cap.kind == "upward" else _("a trade and level once")


def used_text(cap: str, used: int, most: int) -> str:
    """`2 of 3 used this year`."""
    if cap in ("firm", "budget"):
        told = (
            _("{used} of {most} of the firm's year used")
            if cap == "firm"
            else _("{used} of {most} of the budget used")
        )
        return told.format(used=money(used), most=money(most))
    words = {
        "year": _("{used} of {most} used this year"),
        "ever": _("{used} of {most} used"),
        "once": _("{used} of {most} used for this trade and level"),
        "upward": _("{used} at a higher level before"),
    }
    return words[cap].format(used=used, most=most)


def net_line(net: Net) -> str:
    """`¥2,300 − subsidy ¥1,000 = ¥1,300 (第三条)`, or what is not known."""
    price = head_price(net.price)
    if net.price is None:
        return price
    if net.subsidy is None:
        names = _(", ").join(map(fact_word, net.missing))
        return _("{price} − subsidy unknown (missing: {facts})").format(price=price, facts=names)
    if not net.subsidy:
        return _("{price}, no subsidy").format(price=price)
    return _("{price} − subsidy {subsidy} = {net} ({clauses})").format(
        price=price,
        subsidy=money(net.subsidy),
        net=head_price(net.net),
        clauses=_(", ").join(net.clauses),
    )
