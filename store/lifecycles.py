"""What can become of needs, offerings, proposals, classes, bookings, bulletins and waiting firms: tables.

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
    "record_edited",
)
_CENTRE, _PARTY, _CLOCK = ("centre",), ("centre", "party"), ("clock",)
_OWNER = ("centre", "institution")
_VERIFIER = ("centre", "supervisor")
_SUPERVISOR = ("supervisor",)

NEED = Lifecycle(
    "need",
    (
        "draft",
        "open",
        "matched",
        "confirmed",
        "delivered",
        "closed",
        "bespoke",
        "expired",
        "withdrawn",
    ),
    (
        Step("open", ("draft", "expired"), "open", _CENTRE),
        Step("divert", ("open",), "bespoke", _CENTRE, rule="nothing_fits"),
        Step("return", ("bespoke",), "open", (*_CENTRE, "supervisor"), rule="course_or_given_up"),
        Step("match", ("open",), "matched", _CENTRE, rule="proposal_sent"),
        Step(
            "reopen", ("matched", "confirmed"), "open", (*_CENTRE, "clock"), rule="no_live_proposal"
        ),
        Step("confirm", ("open", "matched"), "confirmed", _CENTRE, rule="proposal_confirmed"),
        Step("deliver", ("confirmed",), "delivered", _CLOCK, rule="class_finished"),
        Step("close", ("delivered",), "closed", _CENTRE),
        Step("expire", ("open",), "expired", _CLOCK, clock="need_days"),
        Step(
            "withdraw",
            ("draft", "open", "bespoke", "expired"),
            "withdrawn",
            _CENTRE,
            rule="nothing_booked",
        ),
    ),
)

OFFERING = Lifecycle(
    "offering",
    ("draft", "submitted", "checked", "published", "paused", "withdrawn"),
    (
        Step("submit", ("draft", "checked", "published", "paused"), "submitted", ("institution",)),
        Step("check", ("submitted",), "checked", _VERIFIER, rule="other_eyes"),
        Step("publish", ("draft", "paused"), "published", ("institution", "centre")),
        Step("publish", ("checked",), "published", _VERIFIER, rule="other_eyes"),
        Step("return", ("submitted", "checked"), "draft", _VERIFIER, rule="reason_given"),
        Step("pause", ("published",), "paused", ("institution", "centre")),
        Step(
            "withdraw",
            ("draft", "submitted", "checked", "published", "paused"),
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
        Step("reduce", ("confirmed",), "confirmed", _PARTY, rule="fee_by_terms", can_undo=True),
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
            "postpone",
            ("forming", "ready"),
            "forming",
            _PARTY,
            rule="plan_feasible",
            outward=True,
            can_undo=True,
        ),
        Step("substitute", ("forming",), "forming", _PARTY, rule="plan_feasible", can_undo=True),
        Step("substitute", ("ready",), "ready", _PARTY, rule="plan_feasible", can_undo=True),
        Step("substitute", ("running",), "running", _PARTY, rule="plan_feasible", can_undo=True),
        Step("combine", ("forming",), "cancelled", _PARTY, rule="both_below", can_undo=True),
        Step("separate", ("cancelled",), "forming", _PARTY, "undo_minutes", "untouched_since"),
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
        Step("leave", ("waiting", "offered"), "left", _CENTRE, can_undo=True),
        Step("undo", ("waiting", "offered"), "left", _CENTRE, clock="undo_minutes"),
        Step("return", ("left",), "waiting", _CENTRE, "undo_minutes", "nobody_passed"),
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

BATCH = Lifecycle(
    "batch",
    ("reading", "repair", "ready", "applied", "undone", "dropped"),
    (
        Step("map", ("reading", "repair", "ready"), "repair", _OWNER, rule="columns_known"),
        Step("mend", ("reading", "repair", "ready"), "ready", _OWNER, rule="no_row_wrong"),
        Step("apply", ("repair", "ready"), "applied", _OWNER, rule="rows_good"),
        Step(
            "undo",
            ("repair", "ready", "applied", "undone"),
            "undone",
            _OWNER,
            rule="untouched_since",
        ),
        Step("drop", ("reading", "repair", "ready"), "dropped", _OWNER, rule="nothing_applied"),
    ),
)

SHORTAGE = Lifecycle(
    "shortage",
    ("draft", "signed", "superseded", "revoked", "withdrawn"),
    (
        Step("sign", ("draft",), "signed", ("supervisor",), outward=True),
        Step("withdraw", ("draft",), "withdrawn", ("supervisor",), rule="reason_given"),
        Step("supersede", ("signed",), "superseded", ("supervisor",), rule="newer_signed"),
        Step("revoke", ("signed",), "revoked", ("supervisor",), rule="reason_given"),
    ),
)

BULLETIN = Lifecycle(
    "bulletin",
    ("draft", "checked", "published", "withdrawn"),
    (
        Step("check", ("draft",), "checked", _SUPERVISOR),
        Step("publish", ("checked",), "published", _SUPERVISOR, outward=True),
        Step(
            "withdraw",
            ("draft", "checked", "published"),
            "withdrawn",
            _SUPERVISOR,
            rule="reason_given",
            outward=True,
        ),
    ),
)

CLAIM = Lifecycle(
    "claim",
    ("draft", "submitted", "returned", "approved", "paid", "refused", "withdrawn"),
    (
        Step(
            "submit",
            ("draft", "returned"),
            "submitted",
            _CENTRE,
            "decide_days",
            "papers_complete",
            outward=True,
        ),
        Step("return", ("submitted",), "returned", _SUPERVISOR, rule="reason_given"),
        Step("approve", ("submitted",), "approved", _SUPERVISOR),
        Step("refuse", ("submitted",), "refused", _SUPERVISOR, rule="reason_given"),
        Step("pay", ("approved",), "paid", _SUPERVISOR, outward=True),
        Step("withdraw", ("draft", "submitted", "returned"), "withdrawn", _CENTRE),
    ),
)

SUGGESTION = Lifecycle(
    "suggestion",
    ("suggested", "accepted", "dismissed", "lapsed"),
    (
        Step("renew", ("suggested",), "suggested", _CLOCK, "suggest_days", "facts_changed"),
        Step("accept", ("suggested",), "accepted", _CENTRE, rule="no_open_need"),
        Step("dismiss", ("suggested",), "dismissed", _CENTRE, rule="reason_given"),
        Step("lapse", ("suggested",), "lapsed", (*_CENTRE, "clock"), rule="facts_gone"),
    ),
)

CASE = Lifecycle(
    "case",
    ("open", "assigned", "closed"),
    (
        Step("assign", ("open", "assigned"), "assigned", _CENTRE, "case_days", "in_term"),
        Step("note", ("open",), "open", _CENTRE),
        Step("note", ("assigned",), "assigned", _CENTRE),
        Step("close", ("open", "assigned"), "closed", _CENTRE, rule="outcome_given"),
    ),
)

COURSE_CALL = Lifecycle(
    "course_call",
    ("open", "closed", "awarded", "cancelled"),
    (
        Step("bid", ("open",), "open", ("institution",), rule="before_deadline"),
        Step("close", ("open",), "closed", (*_CENTRE, "clock"), rule="deadline_over"),
        Step("choose", ("closed",), "awarded", _VERIFIER, rule="reason_given", outward=True),
        Step("cancel", ("open", "closed"), "cancelled", _CENTRE, rule="reason_given", outward=True),
    ),
)

VISIT = Lifecycle(
    "visit",
    ("planned", "recorded", "answered", "closed", "withdrawn"),
    (
        Step("record", ("planned",), "recorded", ("supervisor",), rule="checklist_whole"),
        Step("answer", ("recorded", "answered"), "answered", ("institution",), outward=True),
        Step("close", ("recorded", "answered"), "closed", ("supervisor",), rule="answered_first"),
        Step("withdraw", ("planned",), "withdrawn", ("supervisor",), rule="reason_given"),
    ),
)

INSTRUCTOR_REGISTER = Lifecycle(
    "instructor_register",
    ("unfiled", "filed", "changed", "lapsed", "struck_off"),
    (
        Step("file", ("unfiled", "changed", "lapsed", "struck_off"), "filed", _SUPERVISOR),
        Step("change", ("filed",), "changed", _OWNER, rule="record_edited"),
        Step("lapse", ("filed", "changed"), "lapsed", _SUPERVISOR, rule="reason_given"),
        Step(
            "strike_off",
            ("filed", "changed", "lapsed"),
            "struck_off",
            _SUPERVISOR,
            rule="reason_given",
        ),
    ),
)

# Proposals that something hangs on still: what they are for may not change under them.
LIVE = ("draft", "sent", "accepted", "confirmed")
LIFECYCLES = (
    NEED,
    OFFERING,
    PROPOSAL,
    CLASS,
    BOOKING,
    WAITING,
    ALLOCATION,
    BATCH,
    SHORTAGE,
    BULLETIN,
    CLAIM,
    SUGGESTION,
    CASE,
    COURSE_CALL,
    VISIT,
    INSTRUCTOR_REGISTER,
)
