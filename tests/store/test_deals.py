"""The deal on each database: hold, send, answer, confirm, cancel, take back; who may; what is left after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import (
    ConflictError,
    DuijieError,
    InfeasibleError,
    InvalidError,
    NotAllowedError,
    StaleEditError,
    TakenError,
)
from store.lifecycles import PROPOSAL
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import NeedDraft, RunDraft
from store.schemas.terms import CounterDraft, TermsDraft
from store.services import (
    answers,
    classes,
    clocks,
    dealing,
    decisions,
    desk,
    health,
    inbox,
    matchmaking,
    moving,
    proposals,
    records,
    reference,
    sweep,
    taking_back,
    waiting,
)
from store.services.dealing import Outcome
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
RUN_NEED, PLAN_NEED = "N000001", "N000039"
STAFFED_NEED = "N000012"


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def school(code: str) -> Actor:
    return Actor("teacher", "老师", Role.INSTITUTION, code)


def hold(store: Store, need: str, now: datetime = NOW, request: str | None = None) -> Outcome:
    found = store.read(matchmaking.rank_bundles, need, by=OPERATOR, today=DAY)
    course = found.ranking.bundles[0].course.id
    choice = store.read(decisions.prepare, need, course, by=OPERATOR, today=DAY)
    return store.write(proposals.draft, choice, by=OPERATOR, now=now, request=request)


def send(store: Store, need: str, now: datetime = NOW) -> Outcome:
    made = hold(store, need, now)
    return store.write(proposals.send, made.code, version=made.version, by=OPERATOR, now=now)


def parties(store: Store, code: str) -> dict[str, str]:
    found = store.read(inbox.proposal, code, by=OPERATOR)
    return {answer.party: answer.status for answer in found.answers}


def agree(store: Store, need: str, now: datetime = NOW) -> Outcome:
    made = send(store, need, now)
    for party in parties(store, made.code):
        made = store.write(answers.accept, made.code, by=OPERATOR, now=now, party=party)
    return made


def book(store: Store, need: str, now: datetime = NOW) -> Outcome:
    made = agree(store, need, now)
    return store.write(proposals.confirm, made.code, by=OPERATOR, now=now)


def need_status(store: Store, code: str) -> str:
    return str(store.read(records.fetch, "need", code, by=OPERATOR).status)


def seats_left(store: Store, run: str) -> int:
    return int(store.read(records.fetch, "run", run, by=OPERATOR).seats_left)


def run_of(store: Store, code: str) -> str:
    run = store.read(inbox.proposal, code, by=OPERATOR).plan.run
    assert run is not None
    return run


def test_a_held_bundle_takes_every_part_and_lasts_half_an_hour(store: Store) -> None:
    made = hold(store, PLAN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert made.until == NOW + timedelta(minutes=30)
    kinds = {claim.kind for claim in found.taken}
    assert kinds == {"instructor", "slot", "assessment"}
    assert need_status(store, PLAN_NEED) == "open"
    store.write(sweep.sweep, NOW + timedelta(minutes=31))
    assert store.read(inbox.proposal, made.code, by=OPERATOR).taken == ()


def test_the_same_request_holds_once(store: Store) -> None:
    first = hold(store, RUN_NEED, request="r1")
    left = seats_left(store, run_of(store, first.code))
    again = hold(store, RUN_NEED, request="r1")
    assert again.code == first.code
    assert seats_left(store, run_of(store, first.code)) == left


def test_from_held_to_booked_with_everyones_answer(store: Store) -> None:
    made = send(store, PLAN_NEED)
    assert made.status == "sent"
    assert need_status(store, PLAN_NEED) == "matched"
    asked = parties(store, made.code)
    assert len(asked) == 3
    with pytest.raises(ConflictError, match="no_such_step"):
        store.write(proposals.confirm, made.code, by=OPERATOR, now=NOW)
    for party in list(asked)[:-1]:
        assert store.write(answers.accept, made.code, by=OPERATOR, now=NOW, party=party).status == (
            "sent"
        )
    last = store.write(answers.accept, made.code, by=OPERATOR, now=NOW, party=list(asked)[-1])
    assert last.status == "accepted"
    done = store.write(proposals.confirm, made.code, by=OPERATOR, now=NOW)
    found = store.read(inbox.proposal, done.code, by=OPERATOR)
    assert (done.status, need_status(store, PLAN_NEED)) == ("confirmed", "confirmed")
    assert found.training_class is not None
    sheet = store.read(classes.sheet, found.training_class, by=OPERATOR)
    assert [member.proposal for member in sheet.members] == [made.code]
    assert sheet.heads == found.heads


def test_clocks_run_in_working_days_and_close_at_six(store: Store) -> None:
    made = send(store, PLAN_NEED)  # a Saturday
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    dues = {
        "enterprise" in answer.parts: answer.due.astimezone(reference.CHINA)
        for answer in found.answers
    }
    assert (dues[False].date(), dues[False].hour) == (date(2026, 11, 24), 18)
    assert dues[True].date() == date(2026, 11, 26)


def test_a_proposal_lapses_when_nobody_answers(store: Store) -> None:
    made = send(store, RUN_NEED)
    run = run_of(store, made.code)
    left = seats_left(store, run)
    over = NOW + timedelta(days=8)
    with pytest.raises(ConflictError, match="clock_over"):
        store.write(
            answers.accept,
            made.code,
            by=OPERATOR,
            now=over,
            party=next(iter(parties(store, made.code))),
        )
    assert store.read(sweep.is_due, over)
    assert made.code in store.write(sweep.sweep, over).lapsed
    assert need_status(store, RUN_NEED) in ("open", "expired")
    assert seats_left(store, run) > left


def test_declining_needs_a_reason_and_frees_everything(store: Store) -> None:
    made = send(store, RUN_NEED)
    run, party = run_of(store, made.code), next(iter(parties(store, made.code)))
    left = seats_left(store, run)
    with pytest.raises(InvalidError, match="reason_missing"):
        store.write(answers.decline, made.code, reason=" ", by=OPERATOR, now=NOW, party=party)
    store.write(answers.decline, made.code, reason="太远", by=OPERATOR, now=NOW, party=party)
    assert seats_left(store, run) > left
    assert need_status(store, RUN_NEED) == "open"
    back = store.write(answers.undo, made.code, by=OPERATOR, now=NOW)
    assert (back.status, seats_left(store, run)) == ("sent", left)
    assert set(parties(store, made.code).values()) == {"pending"}


def test_a_counter_offer_asks_only_whom_it_concerns(store: Store) -> None:
    made = send(store, PLAN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    by_part = {part: answer.party for answer in found.answers for part in answer.parts}
    for part in ("assessment", "course"):
        store.write(answers.accept, made.code, by=OPERATOR, now=NOW, party=by_part[part])
    firm = by_part["enterprise"]
    said = CounterDraft.model_validate({"price": "900", "note": "含教材"})
    store.write(answers.counter, made.code, said, by=OPERATOR, now=NOW, party=firm)
    assert parties(store, made.code) == {
        by_part["assessment"]: "accepted",
        by_part["course"]: "pending",
        firm: "accepted",
    }
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert [change.name for change in found.changes] == ["price_fen", "note"]
    assert found.terms.price_fen == 90000
    with pytest.raises(InvalidError, match="nothing_changed"):
        store.write(answers.counter, made.code, said, by=OPERATOR, now=NOW, party=firm)


def test_a_later_start_is_another_plan_for_everyone(store: Store) -> None:
    made = send(store, PLAN_NEED)
    before = store.read(inbox.proposal, made.code, by=OPERATOR)
    party = before.answers[0].party
    later = before.first_day + timedelta(days=7)
    plan = store.read(answers.replan, made.code, by=OPERATOR, now=NOW, not_before=later)
    said = CounterDraft.model_validate({"not_before": later.isoformat()})
    store.write(answers.counter, made.code, said, by=OPERATOR, now=NOW, party=party, plan=plan)
    after = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert after.first_day >= later
    assert sum(answer.status == "pending" for answer in after.answers) == 2
    assert {claim.day for claim in after.taken if claim.kind == "slot"} == {
        meeting.day for meeting in plan.sessions if meeting.slot
    }


def test_drafts_are_revised_and_sent_terms_are_not(store: Store) -> None:
    made = hold(store, RUN_NEED)
    said = TermsDraft.model_validate({"scale": "20:40，5:90", "includes": "午餐"})
    made = store.write(
        proposals.revise, made.code, said, version=made.version, by=OPERATOR, now=NOW
    )
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert (found.terms.scale, found.terms.includes) == (((20, 40), (5, 90)), "午餐")
    sent = store.write(proposals.send, made.code, version=made.version, by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="no_such_step"):
        store.write(proposals.revise, made.code, said, version=sent.version, by=OPERATOR, now=NOW)


def test_a_stale_version_changes_nothing(store: Store) -> None:
    made = send(store, RUN_NEED)
    with pytest.raises(StaleEditError):
        store.write(proposals.withdraw, made.code, by=OPERATOR, now=NOW, version=made.version - 1)
    assert store.read(inbox.proposal, made.code, by=OPERATOR).status == "sent"


def test_two_proposals_cannot_share_the_same_heads(store: Store) -> None:
    send(store, RUN_NEED)
    with pytest.raises(ConflictError, match="heads_taken"):
        hold(store, RUN_NEED)


def test_cancelling_costs_by_the_frozen_terms(store: Store) -> None:
    made = book(store, RUN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    cost = store.read(proposals.cancel_cost, made.code, by=OPERATOR, now=NOW)
    days = (found.first_day - DAY).days
    percent = 100 if days <= 9 else 75 if days <= 19 else 50 if days <= 30 else 0
    assert found.terms.total_fen is not None
    assert (cost.days, cost.percent) == (days, percent)
    assert cost.fee_fen == -(-found.terms.total_fen * percent // 100)
    left = seats_left(store, run_of(store, made.code))
    gone = store.write(proposals.cancel, made.code, reason="停产", by=OPERATOR, now=NOW)
    assert gone.status == "cancelled"
    assert store.read(inbox.proposal, made.code, by=OPERATOR).fee_fen == cost.fee_fen
    assert seats_left(store, run_of(store, made.code)) == left + found.heads
    assert need_status(store, RUN_NEED) == "open"
    back = store.write(answers.undo, made.code, by=OPERATOR, now=NOW)
    assert (back.status, need_status(store, RUN_NEED)) == ("confirmed", "confirmed")


def test_a_class_that_has_begun_is_not_cancelled_but_no_shows_are_noted(store: Store) -> None:
    made = book(store, RUN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    start = datetime.combine(found.first_day, NOW.time(), UTC)
    with pytest.raises(ConflictError, match="class_not_begun"):
        store.write(classes.no_show, made.code, 1, by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="class_began"):
        store.write(proposals.cancel, made.code, reason="停产", by=OPERATOR, now=start)
    fee = store.write(classes.no_show, made.code, 1, by=OPERATOR, now=start)
    assert fee == found.terms.price_fen
    with pytest.raises(InvalidError, match="no_show_heads"):
        store.write(classes.no_show, made.code, found.heads, by=OPERATOR, now=start)


def test_each_step_can_be_taken_back_soon_and_only_by_its_own_side(store: Store) -> None:
    made = agree(store, RUN_NEED)
    assert store.write(answers.undo, made.code, by=OPERATOR, now=NOW).status == "sent"
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        store.write(answers.undo, made.code, by=OPERATOR, now=NOW)
    made = send(store, PLAN_NEED)
    with pytest.raises(ConflictError, match="undo_too_late"):
        store.write(answers.undo, made.code, by=OPERATOR, now=NOW + timedelta(minutes=31))
    assert store.write(answers.undo, made.code, by=OPERATOR, now=NOW).status == "draft"
    assert need_status(store, PLAN_NEED) == "open"


def test_confirming_can_be_taken_back(store: Store) -> None:
    made = book(store, RUN_NEED)
    back = store.write(answers.undo, made.code, by=OPERATOR, now=NOW)
    assert (back.status, need_status(store, RUN_NEED)) == ("accepted", "matched")
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert found.training_class is None
    assert store.write(proposals.confirm, made.code, by=OPERATOR, now=NOW).status == "confirmed"


def test_a_foreign_tenant_sees_and_changes_nothing(store: Store) -> None:
    made = send(store, RUN_NEED)
    asked = parties(store, made.code)
    for foreign in (COLLEAGUE, school("T15"), Actor("e", "e", Role.ENTERPRISE, "E001")):
        for act in (
            lambda by=foreign: store.read(inbox.proposal, made.code, by=by),
            lambda by=foreign: store.write(answers.accept, made.code, by=by, now=NOW),
            lambda by=foreign: store.write(answers.decline, made.code, reason="x", by=by, now=NOW),
            lambda by=foreign: store.write(proposals.confirm, made.code, by=by, now=NOW),
            lambda by=foreign: store.write(proposals.withdraw, made.code, by=by, now=NOW),
            lambda by=foreign: store.write(answers.undo, made.code, by=by, now=NOW),
        ):
            with pytest.raises(NotAllowedError):
                act()
    assert store.read(inbox.proposals, by=COLLEAGUE) == ()
    assert store.read(inbox.proposal, made.code, by=SUPERVISOR).status == "sent"
    with pytest.raises(NotAllowedError):
        store.write(answers.accept, made.code, by=SUPERVISOR, now=NOW)
    assert parties(store, made.code) == asked


def test_steps_of_the_centre_are_not_the_parties(store: Store) -> None:
    """What the tables give to the centre alone is refused to an institution that was asked."""
    made = send(store, RUN_NEED)
    home = store.read(inbox.proposal, made.code, by=OPERATOR).institution
    acts = {"send": proposals.send, "withdraw": proposals.withdraw, "confirm": proposals.confirm}
    assert {step.act for step in PROPOSAL.steps if step.who == ("centre",)} == {"hold", *acts}
    for act in acts.values():
        with pytest.raises(NotAllowedError):
            store.write(act, made.code, by=school(home), now=NOW)  # type: ignore[arg-type]


def test_an_institution_answers_for_its_part_and_learns_the_firm_when_it_agrees(
    store: Store,
) -> None:
    made = send(store, RUN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    (home,) = [a.party for a in found.answers if "course" in a.parts]
    (firm,) = [a.party for a in found.answers if "enterprise" in a.parts]
    seen = store.read(inbox.proposal, made.code, by=school(home))
    assert firm not in str(seen)
    assert found.enterprise not in str(seen)
    lines = {line.code: line for line in store.read(inbox.proposals, by=school(home))}
    assert lines[made.code].is_mine
    with pytest.raises(NotAllowedError):
        store.write(answers.accept, made.code, by=school(home), now=NOW, party=firm)
    store.write(answers.accept, made.code, by=school(home), now=NOW)
    store.write(answers.accept, made.code, by=OPERATOR, now=NOW, party=firm)
    seen = store.read(inbox.proposal, made.code, by=school(home))
    assert seen.enterprise == found.enterprise


def _fill(store: Store, run: str, but: int) -> None:
    """Leave only some seats of a run."""

    def change(session: object) -> None:
        from store.models import RunRow

        row = session.get_one(RunRow, run)  # type: ignore[attr-defined]
        row.seats_left = but

    store.write(change)


def test_the_second_for_the_last_seats_is_told_who_has_them(store: Store) -> None:
    first = hold(store, RUN_NEED)
    run, plan = run_of(store, first.code), store.read(inbox.proposal, first.code, by=OPERATOR).plan
    store.write(proposals.withdraw, first.code, by=OPERATOR, now=NOW)
    other = store.write(records.register, _like(store, RUN_NEED, plan.heads), by=OPERATOR).code
    one = store.read(decisions.prepare, RUN_NEED, plan.course, by=OPERATOR, today=DAY)
    two = store.read(decisions.prepare, other, plan.course, by=OPERATOR, today=DAY)
    _fill(store, run, plan.heads)
    made = store.write(proposals.draft, one, by=OPERATOR, now=NOW)
    with pytest.raises(TakenError) as refused:
        store.write(proposals.draft, two, by=OPERATOR, now=NOW)
    assert refused.value.params["taker"] == made.code
    assert store.read(inbox.proposals, by=OPERATOR, need=other) == ()


def _like(store: Store, need: str, heads: int) -> NeedDraft:
    view = store.read(records.fetch, "need", need, by=OPERATOR)
    values = {name: getattr(view, name) for name in NeedDraft.model_fields}
    return NeedDraft.model_validate({**values, "heads": heads, "min_group": None})


def test_a_waiting_line_is_kept_in_order_and_groups_stay_together(store: Store) -> None:
    first = book(store, RUN_NEED)
    run, heads = (
        run_of(store, first.code),
        store.read(inbox.proposal, first.code, by=OPERATOR).heads,
    )
    assert heads >= 2
    _fill(store, run, 0)
    needs = [
        store.write(records.register, _like(store, RUN_NEED, n), by=OPERATOR).code
        for n in (heads, 1)
    ]
    lines = [store.write(waiting.join, need, "run", run, by=OPERATOR, now=NOW) for need in needs]
    assert [line.place for line in lines] == [1, 2]
    with pytest.raises(ConflictError, match="already_waiting"):
        store.write(waiting.join, needs[0], "run", run, by=OPERATOR, now=NOW)
    _fill(store, run, 1)  # enough for the second, who does not get past the first
    with pytest.raises(TakenError, match="queue"):
        hold(store, needs[1])
    _fill(store, run, 0)
    store.write(proposals.cancel, first.code, reason="停产", by=OPERATOR, now=NOW)
    states = {line.code: line.status for line in store.read(waiting.lines, by=OPERATOR)}
    assert states == {lines[0].code: "offered", lines[1].code: "waiting"}
    assert seats_left(store, run) == 0
    made = hold(store, needs[0])  # its turn: the kept seats are its own
    assert run_of(store, made.code) == run
    assert store.read(waiting.waiting, lines[0].code, by=OPERATOR).status == "taken"


def test_a_claim_that_nobody_takes_up_goes_to_the_next(store: Store) -> None:
    first = book(store, RUN_NEED)
    run = run_of(store, first.code)
    _fill(store, run, 0)
    needs = [
        store.write(records.register, _like(store, RUN_NEED, 1), by=OPERATOR).code for _ in "ab"
    ]
    lines = [store.write(waiting.join, need, "run", run, by=OPERATOR, now=NOW) for need in needs]
    _fill(store, run, 0)
    store.write(waiting.offer_next, {("run", run)}, NOW)
    store.write(proposals.cancel, first.code, reason="停产", by=OPERATOR, now=NOW)
    until = store.read(waiting.waiting, lines[0].code, by=OPERATOR).until
    assert until is not None
    store.write(sweep.sweep, until)
    assert store.read(waiting.waiting, lines[0].code, by=OPERATOR).status == "lapsed"
    assert store.read(waiting.waiting, lines[1].code, by=OPERATOR).status in ("offered", "lapsed")


def test_what_is_promised_is_not_changed_under_anybody(store: Store) -> None:
    made = book(store, RUN_NEED)
    run = store.read(records.fetch, "run", run_of(store, made.code), by=OPERATOR)
    with pytest.raises(ConflictError, match="in_use"):
        store.write(records.withdraw, "run", run.code, version=run.version, by=OPERATOR, reason="x")
    need = store.read(records.fetch, "need", RUN_NEED, by=OPERATOR)
    with pytest.raises(ConflictError, match="in_use"):
        store.write(
            records.withdraw, "need", RUN_NEED, version=need.version, by=OPERATOR, reason="x"
        )


def test_nobody_is_appointed_to_a_run_at_hours_promised_elsewhere(store: Store) -> None:
    made = book(store, STAFFED_NEED)
    plan = store.read(inbox.proposal, made.code, by=OPERATOR).plan
    person, meeting = plan.instructors[0], plan.sessions[0]
    assert meeting.start is not None
    assert meeting.end is not None
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    hours = f"{meeting.start // 60:02d}:30-{meeting.end // 60:02d}:30"
    run = RunDraft.model_validate(
        {
            "course": plan.course,
            "first_day": meeting.day.isoformat(),
            "weekly": f"{names[meeting.day.weekday()]} {hours}",
            "seats": 10,
            "seats_left": 10,
            "instructor": person,
        }
    )
    with pytest.raises(TakenError, match="person_taken"):
        store.write(records.register, run, by=OPERATOR)
    free = run.model_copy(update={"instructor": None})
    view = store.write(records.register, free, by=OPERATOR)
    with pytest.raises(TakenError, match="person_taken"):
        store.write(records.edit, view.code, run, version=view.version, by=OPERATOR)


def test_seats_that_an_institution_adds_are_offered_to_the_line(store: Store) -> None:
    first = book(store, RUN_NEED)
    run = run_of(store, first.code)
    _fill(store, run, 0)
    need = store.write(records.register, _like(store, RUN_NEED, 1), by=OPERATOR).code
    line = store.write(waiting.join, need, "run", run, by=OPERATOR, now=NOW)
    assert line.status == "waiting"
    _fill(store, run, 2)
    assert store.read(sweep.is_due, NOW)
    store.write(sweep.sweep, NOW)
    assert store.read(waiting.waiting, line.code, by=OPERATOR).status == "offered"


def test_a_suspended_institution_cannot_be_sent_to(store: Store) -> None:
    made = hold(store, RUN_NEED)
    home = store.read(inbox.proposal, made.code, by=OPERATOR).institution
    view = store.read(records.fetch, "institution", home, by=SUPERVISOR)
    from store.schemas.records import InstitutionDraft

    values = {name: getattr(view, name) for name in InstitutionDraft.model_fields}
    draft = InstitutionDraft.model_validate({**values, "status": "suspended"})
    store.write(records.edit, home, draft, version=view.version, by=SUPERVISOR)
    with pytest.raises(InfeasibleError):
        store.write(proposals.send, made.code, version=made.version, by=OPERATOR, now=NOW)


def test_a_stand_in_passes_every_rule_and_takes_the_hours_over(store: Store) -> None:
    made = book(store, STAFFED_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    group, leaving = found.training_class or "", found.plan.instructors[0]
    able = store.read(moving.stand_ins, group, leaving, by=OPERATOR, now=NOW)
    assert able
    assert [s.score for s in able] == sorted((s.score for s in able), reverse=True)
    with pytest.raises(InvalidError, match="reason_missing"):
        store.write(
            moving.substitute, group, leaving, able[0].code, reason="", by=OPERATOR, now=NOW
        )
    store.write(
        moving.substitute, group, leaving, able[0].code, reason="生病", by=OPERATOR, now=NOW
    )
    after = store.read(inbox.proposal, made.code, by=OPERATOR)
    people = {claim.resource for claim in after.taken if claim.kind == "instructor"}
    assert people == {able[0].code}


def test_another_slot_can_stand_in(store: Store) -> None:
    made = book(store, PLAN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    group = found.training_class or ""
    slot = next(claim.resource for claim in found.taken if claim.kind == "slot")
    able = store.read(moving.stand_ins, group, slot, by=OPERATOR, now=NOW)
    assert able
    store.write(moving.substitute, group, slot, able[0].code, reason="检修", by=OPERATOR, now=NOW)
    after = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert slot not in {claim.resource for claim in after.taken}


@pytest.mark.parametrize("need", [RUN_NEED, PLAN_NEED])
def test_postponing_lists_who_is_touched_and_moves_everything(store: Store, need: str) -> None:
    made = book(store, need)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    day = found.first_day + timedelta(days=7)
    group = found.training_class or ""
    with pytest.raises(InvalidError, match="postpone_back"):
        store.read(moving.impact, group, found.first_day, by=OPERATOR, now=NOW)
    impact = store.read(moving.impact, group, day, by=OPERATOR, now=NOW)
    assert [one.proposal for one in impact.affected] == [made.code]
    held = store.write(moving.postpone, impact, reason="设备检修", by=OPERATOR, now=NOW)
    after = store.read(inbox.proposal, made.code, by=OPERATOR)
    if impact.affected[0].is_displaced:
        assert (after.status, after.fee_fen) == ("cancelled", 0)
        assert bool(held) == (impact.affected[0].alternative is not None)
    else:
        assert after.first_day >= day
        assert {c.day for c in after.taken if c.kind == "run"} <= {after.first_day}


def test_a_class_is_called_off_by_its_institution_and_nobody_owes(store: Store) -> None:
    made = book(store, RUN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    group, home = found.training_class or "", found.institution
    with pytest.raises(NotAllowedError):
        store.write(moving.call_off, group, reason="x", by=school("T15"), now=NOW)
    with pytest.raises(NotAllowedError):
        store.write(moving.call_off, group, reason="x", by=COLLEAGUE, now=NOW)
    assert store.write(moving.call_off, group, reason="停电", by=school(home), now=NOW) == 1
    after = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert (after.status, after.fee_fen) == ("cancelled", 0)
    assert store.read(classes.sheet, group, by=OPERATOR).status == "cancelled"


def test_needs_expire_are_opened_again_and_closed_by_the_table(store: Store) -> None:
    later = NOW + timedelta(days=400)
    assert RUN_NEED in store.write(sweep.sweep, later).expired
    assert need_status(store, RUN_NEED) == "expired"
    with pytest.raises(ConflictError, match="no_such_step"):
        store.write(dealing.move_need, RUN_NEED, "close", by=OPERATOR, now=later)
    with pytest.raises(NotAllowedError):
        store.write(dealing.move_need, RUN_NEED, "open", by=COLLEAGUE, now=later)
    assert store.write(dealing.move_need, RUN_NEED, "open", by=OPERATOR, now=later) == "open"


def test_classes_start_finish_and_deliver_by_the_calendar(store: Store) -> None:
    made = book(store, RUN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    start = datetime.combine(found.first_day, NOW.time(), UTC)
    store.write(sweep.sweep, start)
    group = found.training_class or ""
    assert store.read(classes.sheet, group, by=OPERATOR).status == "running"
    end = datetime.combine(found.last_day + timedelta(days=1), NOW.time(), UTC)
    assert made.code in store.write(sweep.sweep, end).delivered
    assert store.read(classes.sheet, group, by=OPERATOR).status == "finished"
    assert need_status(store, RUN_NEED) == "delivered"


def test_the_queue_says_whom_to_ring_and_an_outcome_is_an_answer(store: Store) -> None:
    made = send(store, RUN_NEED)
    queue = store.read(desk.queue, by=OPERATOR, now=NOW)
    mine = [call for call in queue if call.record == made.code]
    assert {call.why for call in mine} == {"answer", "answer_firm"}
    first = mine[0]
    again = store.write(desk.outcome, made.code, first.party, "no_answer", by=OPERATOR, now=NOW)
    assert again == NOW + timedelta(hours=2)
    queue = store.read(desk.queue, by=OPERATOR, now=NOW)
    assert (queue[-1].party, queue[-1].tries) == (first.party, 1)
    later = NOW + timedelta(hours=3)
    store.write(desk.outcome, made.code, first.party, "accepted", by=OPERATOR, now=later)
    assert parties(store, made.code)[first.party] == "accepted"
    replies = {r.party: r for r in store.read(desk.ledger, by=OPERATOR)}
    assert replies[first.party].answered >= 1
    assert (replies[first.party].median_hours or 0) >= 3.0
    with pytest.raises(NotAllowedError):
        store.write(desk.outcome, made.code, mine[1].party, "accepted", by=COLLEAGUE, now=later)


def test_clocks_are_a_supervisors_to_set(store: Store) -> None:
    with pytest.raises(NotAllowedError):
        store.write(clocks.set_clocks, {"institution_days": 1}, by=OPERATOR)
    with pytest.raises(InvalidError):
        store.write(clocks.set_clocks, {"institution_days": 0}, by=SUPERVISOR)
    store.write(clocks.set_clocks, {"draft_minutes": 10}, by=SUPERVISOR)
    assert hold(store, RUN_NEED).until == NOW + timedelta(minutes=10)


def test_every_refusal_leaves_the_store_as_it_was(store: Store) -> None:
    made = hold(store, RUN_NEED)
    before = store.read(inbox.proposal, made.code, by=OPERATOR)
    for act in (proposals.confirm, answers.accept, proposals.cancel_cost):
        with pytest.raises(DuijieError):
            store.write(act, made.code, by=OPERATOR, now=NOW)
    assert store.read(inbox.proposal, made.code, by=OPERATOR) == before


def test_the_program_itself_may_look(store: Store) -> None:
    made = hold(store, RUN_NEED)
    assert store.read(inbox.proposal, made.code, by=SYSTEM).code == made.code


def test_a_negotiated_price_survives_another_plan(store: Store) -> None:
    made = send(store, PLAN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    party = found.answers[0].party
    cheap = CounterDraft.model_validate({"price": "500"})
    store.write(answers.counter, made.code, cheap, by=OPERATOR, now=NOW, party=party)
    later = found.first_day + timedelta(days=7)
    plan = store.read(answers.replan, made.code, by=OPERATOR, now=NOW, not_before=later)
    said = CounterDraft.model_validate({"not_before": later.isoformat()})
    store.write(answers.counter, made.code, said, by=OPERATOR, now=NOW, party=party, plan=plan)
    after = store.read(inbox.proposal, made.code, by=OPERATOR)
    assert after.terms.price_fen == 50000


def test_a_step_of_a_colleague_stays_and_so_does_what_others_were_told(store: Store) -> None:
    made = send(store, RUN_NEED)
    neighbour = Actor("zhaoliu", "赵六", Role.OPERATOR, OPERATOR.organisation)
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        store.write(answers.undo, made.code, by=neighbour, now=NOW)
    party = next(iter(parties(store, made.code)))
    store.write(desk.outcome, made.code, party, "talked", by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="undo_outward"):
        store.write(answers.undo, made.code, by=OPERATOR, now=NOW)


def test_nobody_waits_for_a_run_that_would_not_do(store: Store) -> None:
    with pytest.raises(InfeasibleError, match="wrong_run"):
        store.write(waiting.join, "N000080", "run", "R028", by=OPERATOR, now=NOW)


def test_an_owner_of_a_part_sees_the_class(store: Store) -> None:
    made = book(store, PLAN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    (body,) = [a.party for a in found.answers if "assessment" in a.parts]
    shown = store.read(classes.list_classes, by=school(body))
    assert [one.code for one in shown] == [found.training_class]
    with pytest.raises(NotAllowedError):
        store.write(
            moving.call_off, found.training_class or "", reason="x", by=school(body), now=NOW
        )


def test_a_line_and_the_last_day_to_sign_up_move_with_the_class(store: Store) -> None:
    first = book(store, RUN_NEED)
    found = store.read(inbox.proposal, first.code, by=OPERATOR)
    run = run_of(store, first.code)
    before = store.read(records.fetch, "run", run, by=OPERATOR)
    _fill(store, run, 0)
    need = store.write(records.register, _like(store, RUN_NEED, 1), by=OPERATOR).code
    store.write(waiting.join, need, "run", run, by=OPERATOR, now=NOW)
    day = found.first_day + timedelta(days=7)
    impact = store.read(moving.impact, found.training_class or "", day, by=OPERATOR, now=NOW)
    assert not impact.affected[0].is_displaced
    store.write(moving.postpone, impact, reason="检修", by=OPERATOR, now=NOW)
    after = store.read(records.fetch, "run", run, by=OPERATOR)
    assert after.first_day - before.first_day == timedelta(days=7)
    if before.signup_closes:
        assert after.signup_closes - before.signup_closes == timedelta(days=7)
    assert need in {line.need for line in store.read(waiting.lines, by=OPERATOR)}
    cost = store.read(proposals.cancel_cost, first.code, by=OPERATOR, now=NOW)
    assert cost.fee_fen == 0  # whoever is moved may leave


def test_a_substitution_is_taken_back_soon_and_before_anybody_was_rung(store: Store) -> None:
    made = book(store, STAFFED_NEED)
    group = store.read(inbox.proposal, made.code, by=OPERATOR).training_class
    assert group is not None
    before = store.read(classes.sheet, group, by=OPERATOR)
    with pytest.raises(ConflictError, match=r"undo_outward|nothing_to_undo"):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    leaving = before.instructors[0]
    able = store.read(moving.stand_ins, group, leaving, by=OPERATOR, now=NOW)
    args = (group, leaving, able[0].code)
    store.write(moving.substitute, *args, reason="请假", by=OPERATOR, now=NOW)
    with pytest.raises(NotAllowedError):
        store.write(taking_back.undo, group, by=COLLEAGUE, now=NOW)
    late = NOW + timedelta(minutes=31)
    with pytest.raises(ConflictError, match="undo_too_late"):
        store.write(taking_back.undo, group, by=OPERATOR, now=late)
    store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    after = store.read(classes.sheet, group, by=OPERATOR)
    assert (after.sessions, after.instructors) == (before.sessions, before.instructors)
    with pytest.raises(ConflictError, match=r"undo_outward|nothing_to_undo"):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    store.write(moving.substitute, *args, reason="请假", by=OPERATOR, now=NOW)
    party = next(iter(parties(store, made.code)))
    store.write(desk.outcome, made.code, party, "talked", by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="undo_outward"):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
