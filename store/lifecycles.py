"""What can become of needs, offerings, proposals, classes, bookings and waiting firms: tables, no code.

`docs/lifecycles.md` is drawn from these, services ask them, and a state that they do not name is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed transition: who may take it, which clock it starts, which rule it must pass.

    `who` names roles (centre is the operator whose record it is, party whoever answers, clock the
    passing of time); `outward` steps tell somebody outside; `can_undo` steps can be taken back.
    """

    act: str
    before: tuple[str, ...]
    after: str
    who: tuple[str, ...]
    clock: str = ""
    rule: str = ""
    outward: bool = False
    can_undo: bool = False


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states of one kind of record, the first one first, and every step between them."""

    kind: str
    states: tuple[str, ...]
    steps: tuple[Step, ...]

    def step(self, act: str, status: str, code: str = "") -> Step:
        """The step that an act is from a state; anything else is refused with what would be possible."""
        for step in self.steps:
            if step.act == act and status in step.before:
                return step
        possible = ", ".join(
            dict.fromkeys(
                step.act
                for step in self.steps
                if status in step.before and step.who != _CLOCK and step.rule not in _FOLLOWS
            )
        )
        raise ConflictError(
            "no_such_step", kind=self.kind, id=code, act=act, state=status, possible=possible or "–"
        )

    def may_become(self, before: str, after: str) -> bool:
        """Whether any step leads from one state to another."""
        return any(before in step.before and step.after == after for step in self.steps)


# Steps that follow from another one, which nobody takes by itself.
_FOLLOWS = (
    "proposal_sent",
    "no_live_proposal",
    "proposal_confirmed",
    "all_accepted",
    "minimum_reached",
)
_CENTRE, _PARTY, _CLOCK = ("centre",), ("centre", "party"), ("clock",)

NEED = Lifecycle(
    "need",
    ("draft", "open", "matched", "confirmed", "delivered", "closed", "expired", "withdrawn"),
    (
        Step("open", ("draft", "expired"), "open", _CENTRE),
        Step("match", ("open",), "matched", _CENTRE, rule="proposal_sent"),
        Step(
            "reopen", ("matched", "confirmed"), "open", (*_CENTRE, "clock"), rule="no_live_proposal"
        ),
        Step("confirm", ("open", "matched"), "confirmed", _CENTRE, rule="proposal_confirmed"),
        Step("deliver", ("confirmed",), "delivered", _CLOCK, rule="class_finished"),
        Step("close", ("delivered",), "closed", _CENTRE),
        Step("expire", ("open",), "expired", _CLOCK, clock="need_days"),
        Step("withdraw", ("draft", "open", "expired"), "withdrawn", _CENTRE, rule="nothing_booked"),
    ),
)

OFFERING = Lifecycle(
    "offering",
    ("draft", "published", "paused", "withdrawn"),
    (
        Step("publish", ("draft", "paused"), "published", ("institution", "centre")),
        Step("pause", ("published",), "paused", ("institution", "centre")),
        Step(
            "withdraw",
            ("draft", "published", "paused"),
            "withdrawn",
            ("institution", "centre"),
            rule="nothing_booked",
        ),
    ),
)

PROPOSAL = Lifecycle(
    "proposal",
    (
        "draft",
        "sent",
        "accepted",
        "confirmed",
        "delivered",
        "declined",
        "withdrawn",
        "lapsed",
        "cancelled",
    ),
    (
        Step("hold", ("draft",), "draft", _CENTRE, "draft_minutes", "capacity_free"),
        Step(
            "send",
            ("draft",),
            "sent",
            _CENTRE,
            "answer_days",
            "plan_feasible",
            outward=True,
            can_undo=True,
        ),
        Step("accept", ("sent",), "sent", _PARTY, can_undo=True),
        Step("agree", ("sent",), "accepted", _PARTY, "confirm_days", "all_accepted", can_undo=True),
        Step(
            "counter",
            ("sent", "accepted"),
            "sent",
            _PARTY,
            "answer_days",
            "capacity_free",
            outward=True,
        ),
        Step(
            "decline", ("sent", "accepted"), "declined", _PARTY, rule="reason_given", can_undo=True
        ),
        Step("withdraw", ("draft", "sent", "accepted"), "withdrawn", _CENTRE, can_undo=True),
        Step("lapse", ("sent", "accepted"), "lapsed", _CLOCK, rule="clock_ran_out"),
        Step("confirm", ("accepted",), "confirmed", _CENTRE, rule="plan_feasible", can_undo=True),
        Step("cancel", ("confirmed",), "cancelled", _PARTY, rule="fee_by_terms", can_undo=True),
        Step("deliver", ("confirmed",), "delivered", _CLOCK, rule="class_finished"),
    ),
)

CLASS = Lifecycle(
    "class",
    ("forming", "ready", "running", "finished", "closed", "cancelled"),
    (
        Step("join", ("forming", "ready"), "forming", _CENTRE, rule="before_start"),
        Step("fill", ("forming",), "ready", _CENTRE, rule="minimum_reached"),
        Step("thin", ("ready",), "forming", _CENTRE, clock="decide_days", rule="minimum_reached"),
        Step(
            "postpone", ("forming", "ready"), "forming", _PARTY, rule="plan_feasible", outward=True
        ),
        Step("substitute", ("forming",), "forming", _PARTY, rule="plan_feasible", can_undo=True),
        Step("substitute", ("ready",), "ready", _PARTY, rule="plan_feasible", can_undo=True),
        Step("substitute", ("running",), "running", _PARTY, rule="plan_feasible", can_undo=True),
        Step("reopen", ("cancelled",), "forming", _CENTRE, rule="before_start"),
        Step("start", ("forming", "ready"), "running", _CLOCK, rule="first_day"),
        Step("finish", ("running",), "finished", _CLOCK, rule="last_day"),
        Step("close", ("finished",), "closed", _CENTRE),
        Step(
            "cancel", ("forming", "ready"), "cancelled", _PARTY, rule="fee_by_terms", outward=True
        ),
    ),
)

BOOKING = Lifecycle(
    "booking",
    ("held", "booked", "released", "expired", "cancelled"),
    (
        Step("book", ("held",), "booked", _CENTRE, rule="all_parts_or_none"),
        Step("release", ("held",), "released", (*_PARTY, "clock")),
        Step("expire", ("held",), "expired", _CLOCK, rule="clock_ran_out"),
        Step("cancel", ("booked",), "cancelled", _PARTY, rule="fee_by_terms"),
        Step("undo", ("booked",), "held", _CENTRE, clock="undo_minutes"),
    ),
)

WAITING = Lifecycle(
    "waiting",
    ("waiting", "offered", "taken", "lapsed", "left"),
    (
        Step("offer", ("waiting",), "offered", _CLOCK, "claim_days", "first_in_line", outward=True),
        Step("take", ("offered",), "taken", _CENTRE, rule="before_start"),
        Step("lapse", ("waiting", "offered"), "lapsed", _CLOCK, rule="clock_ran_out"),
        Step("leave", ("waiting", "offered"), "left", _CENTRE),
    ),
)

ALLOCATION = Lifecycle(
    "allocation",
    ("applied", "undone"),
    (
        Step("apply", ("applied",), "applied", _CENTRE, "allocation_minutes", "all_parts_or_none"),
        Step("send", ("applied",), "applied", _CENTRE, "answer_days", outward=True),
        Step("undo", ("applied",), "undone", _CENTRE, rule="nothing_sent"),
    ),
)

# Proposals that something hangs on still: what they are for may not change under them.
LIVE = ("draft", "sent", "accepted", "confirmed")
LIFECYCLES = (NEED, OFFERING, PROPOSAL, CLASS, BOOKING, WAITING, ALLOCATION)
