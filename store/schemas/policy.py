"""Drafts of rule sets, rules, claims and fund years as people type them; every field is one cell of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from matching.subsidy import settings, wording
from matching.subsidy.facts import WordingError
from matching.subsidy.rules import PAPERS, Rule
from store.schemas.fields import Code, Day, Level, Text60, Text120, Text200, Yes, printable
from store.schemas.records import Draft

_LONGEST = 1000


def _worded(read: Callable[[str], object]) -> Any:
    """A text in the words of rules, kept as it was typed once it can be read."""

    def check(text: object) -> object:
        said = printable(str(text).strip())
        if len(said) > _LONGEST:
            raise PydanticCustomError("rule_long", "too long", {"most": _LONGEST})
        try:
            read(said)
        except WordingError as error:
            raise PydanticCustomError(error.code, "no rule", {"text": error.text}) from error
        return said

    return Annotated[str, BeforeValidator(check)]


def _read_papers(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = tuple(dict.fromkeys(w.strip() for w in re.split("[,，、;；]", text) if w.strip()))
    for word in found:
        if word not in PAPERS:
            raise PydanticCustomError(
                "rule_papers", "no paper", {"text": word, "known": ", ".join(PAPERS)}
            )
    return found


Papers = Annotated[tuple[str, ...], BeforeValidator(_read_papers)]
Person = Annotated[
    str,
    BeforeValidator(lambda text: str(text).strip().upper()),
    StringConstraints(pattern=r"^[A-Z]\d{4,12}$"),
]
Sum = Annotated[Decimal, Field(ge=0, le=100_000_000_000, decimal_places=2)]


class RuleDraft(Draft):
    """One clause as it is typed: `when` like `class.level in 五级,四级`, `amount` like `800`."""

    code: Code
    clause: Text60
    kind: Literal["training", "assessment", "living", "startup", "apprenticeship", "project"]
    subject: Literal["trainee", "firm", "class", "programme"] = "trainee"
    when: _worded(wording.read_condition) = ""  # type: ignore[valid-type]
    amount: _worded(wording.read_amount)  # type: ignore[valid-type]
    caps: _worded(wording.read_caps) = ""  # type: ignore[valid-type]
    uplift: _worded(wording.read_uplift) = ""  # type: ignore[valid-type]
    adds: Yes = False
    valid_from: Day | None = None
    valid_to: Day | None = None
    papers: Papers = ()
    claim_months: Annotated[int, Field(ge=1, le=120)] | None = None

    def rule(self) -> Rule:
        """The rule that was typed."""
        return Rule(
            code=self.code,
            clause=self.clause,
            kind=self.kind,
            subject=self.subject,
            when=wording.read_condition(self.when),
            amount=wording.read_amount(self.amount),
            caps=wording.read_caps(self.caps),
            uplift=wording.read_uplift(self.uplift),
            adds=self.adds,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            papers=self.papers,
            claim_months=self.claim_months,
        )


class SetDraft(Draft):
    """One edition of a rule set without its rules."""

    code: Code
    name: Text120
    area: Code
    source: Text200
    valid_from: Day
    valid_to: Day | None = None
    budget: Sum | None = None
    covers: _worded(settings.read_covers) = ""  # type: ignore[valid-type]
    lists: _worded(settings.read_lists) = ""  # type: ignore[valid-type]
    decide_days: Annotated[int, Field(ge=1, le=250)] = 20
    fund: _worded(settings.read_fund) = ""  # type: ignore[valid-type]
    teaching: _worded(settings.read_teaching) = ""  # type: ignore[valid-type]

    def terms(self) -> dict[str, Any]:
        """What of a `RuleSet` is no column of its own."""
        return {
            "covers": settings.read_covers(self.covers),
            "lists": settings.read_lists(self.lists),
            "budget": None if self.budget is None else round(self.budget * 100),
            "decide_days": self.decide_days,
            "fund": settings.read_fund(self.fund),
            "teaching": settings.read_teaching(self.teaching),
        }


class ClaimDraft(Draft):
    """Money asked for under a rule: whose, through which firm and institution, for which day's class.

    `facts` are further ones that the rule asks for, such as `person.category=disabled class.price=900`.
    """

    person: Person
    enterprise: Code
    institution: Code
    policy: Code
    rule: Code
    day: Day
    occupation: Code | None = None
    level: Level | None = None
    training_class: Code | None = None
    certificate_day: Day | None = None
    papers: Papers = ()
    facts: Text200 | None = None


class FundDraft(Draft):
    """A firm's year in yuan: payroll, what it spent on training, how much of that on the front line."""

    payroll: Sum | None = None
    spent: Sum | None = None
    front: Sum | None = None
    staff: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class DutyDraft(Draft):
    """A refresher, or days on a shop floor, of one instructor."""

    kind: Literal["refresher", "shop_floor"]
    day: Day
    days: Annotated[int, Field(ge=1, le=366)] = 1


def facts_of(text: str | None) -> Mapping[str, str]:
    """`person.age=30 class.hours=80` as names and values, not read yet."""
    words = (text or "").split()
    if any("=" not in word for word in words):
        raise WordingError("rule_fact", text or "")
    return dict(word.split("=", 1) for word in words)
