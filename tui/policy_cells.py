"""Rule sets and rules as cells of a form, written as they are typed."""

from __future__ import annotations

from matching.subsidy.rules import Rule, RuleSet
from matching.subsidy.settings import write_covers, write_fund, write_lists, write_teaching
from matching.subsidy.wording import (
    write_amount,
    write_caps,
    write_condition,
    write_uplift,
    yuan,
)


def rule_cells(rule: Rule) -> dict[str, str]:
    """A rule, field by field."""
    return {
        "code": rule.code,
        "clause": rule.clause,
        "kind": rule.kind,
        "subject": rule.subject,
        "when": write_condition(rule.when),
        "amount": write_amount(rule.amount),
        "caps": write_caps(rule.caps),
        "uplift": write_uplift(rule.uplift),
        "adds": "1" if rule.adds else "",
        "valid_from": str(rule.valid_from or ""),
        "valid_to": str(rule.valid_to or ""),
        "papers": ", ".join(rule.papers),
        "claim_months": str(rule.claim_months or ""),
    }


def set_cells(one: RuleSet) -> dict[str, str]:
    """An edition without its rules, field by field."""
    return {
        "code": one.code,
        "name": one.name,
        "area": one.area,
        "source": one.source,
        "valid_from": str(one.valid_from),
        "valid_to": str(one.valid_to or ""),
        "budget": "" if one.budget is None else yuan(one.budget),
        "covers": write_covers(one.covers),
        "lists": write_lists(one.lists),
        "decide_days": str(one.decide_days),
        "fund": write_fund(one.fund),
        "teaching": write_teaching(one.teaching),
    }
