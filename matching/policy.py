"""The ranking policy as versioned data: weights, what each rule does, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matching.types import Criterion, Rule, Severity

_WEIGHTS = {
    Criterion.TOPIC: 0.30,
    Criterion.LEVEL: 0.12,
    Criterion.SCHEDULE: 0.10,
    Criterion.START: 0.08,
    Criterion.TRAVEL: 0.10,
    Criterion.PRICE: 0.10,
    Criterion.CAPACITY: 0.05,
    Criterion.INSTRUCTOR: 0.07,
    Criterion.EVALUATION: 0.05,
    Criterion.FRESHNESS: 0.03,
}
_WARNINGS = {
    Rule.HEADS_MIN: Severity.WARN,
    Rule.INSTRUCTOR_UNKNOWN: Severity.WARN,
    Rule.MODULES_UNKNOWN: Severity.WARN,
    Rule.STATIONS_UNKNOWN: Severity.WARN,
    Rule.ASSESSMENT: Severity.WARN,
    Rule.WORKLOAD: Severity.WARN,
    Rule.INSTITUTION_NOTICE: Severity.WARN,
}


_PART_DAYS = {"run": (45, 120), "instructor": (120, 365), "venue": (120, 365), "slot": (10, 28)}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a ranking is made with; kept with every decision by its version.

    Scores are 0..1, distances kilometres, times minutes after midnight. `part_days` says of each part of a
    bundle for how many days what was filed is fresh and after how many it is stale; of a part that it does
    not name the age does not count, as before 2026-11.2. `asks_purpose` tells courses for holders of a
    certificate from first-time ones; before 2026-11.3 nobody asked.
    """

    version: str = "2026-11.1"
    weights: Mapping[Criterion, float] = field(default_factory=lambda: dict(_WEIGHTS))
    severities: Mapping[Rule, Severity] = field(default_factory=lambda: dict(_WARNINGS))
    unknown_score: float = 0.5
    topic_floor: float = 0.35
    lead_days: int = 2
    horizon_days: int = 90
    travel_without_limit_km: float = 20.0
    evaluation_min_count: int = 5
    part_timer_institutions: int = 3
    max_rotations: int = 4
    session_blocks: tuple[tuple[int, int], ...] = ((510, 690), (840, 1020), (1110, 1290))
    shortest_session: int = 90
    longest_session: int = 180
    travel_kmh: float = 25.0
    rest_hours: float = 10.0
    most_hours_a_day: float = 8.0
    most_hours_a_week: float = 40.0
    most_days_in_a_row: int = 6
    fresh_days: int = 90
    stale_days: int = 365
    part_days: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    asks_purpose: bool = False

    def severity(self, rule: Rule) -> Severity:
        """What breaking a rule does; rules without an entry block."""
        return self.severities.get(rule, Severity.BLOCK)


DEFAULT_POLICY = Policy("2026-11.3", part_days=_PART_DAYS, asks_purpose=True)


def with_days(policy: Policy, days: Mapping[str, tuple[int, int]]) -> Policy:
    """The policy with these days, fresh and stale by kind, in place of its own; the version says which.

    `course` is the course's own filing; a part of which the policy does not count the age stays so.
    """
    own = {"course": (policy.fresh_days, policy.stale_days), **policy.part_days}
    new = {kind: days[kind] for kind in own if days.get(kind, own[kind]) != own[kind]}
    if not new:
        return policy
    told = ", ".join(f"{kind} {fresh}/{stale}" for kind, (fresh, stale) in sorted(new.items()))
    parts = {kind: new.get(kind, kept) for kind, kept in policy.part_days.items()}
    fresh, stale = new.get("course", own["course"])
    return replace(
        policy,
        version=f"{policy.version} ({told})",
        fresh_days=fresh,
        stale_days=stale,
        part_days=parts,
    )


def check(policy: Policy) -> None:
    """Refuse a policy whose weights are missing, negative or do not sum to 1."""
    if set(policy.weights) != set(Criterion):
        raise ValueError("a policy weighs every criterion")
    if min(policy.weights.values()) < 0 or abs(sum(policy.weights.values()) - 1) > 1e-9:
        raise ValueError("weights are not negative and sum to 1")
