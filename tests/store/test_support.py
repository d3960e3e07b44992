"""Experts, consultations, calls for courses and the board of what to open next, on each database."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from store.models import QualificationRow
from store.schemas.actor import Actor, Role
from store.schemas.support import BidDraft, CourseCallDraft, CourseCallView, ExpertDraft
from store.services import (
    call_views,
    cases,
    clocks,
    course_calls,
    experts,
    open_next,
    records,
    sweep,
    wanted,
)
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
UNTIL = DAY + timedelta(days=9)
AFTER = UNTIL + timedelta(days=1)
NOON = clocks.close_of(DAY)


def school(code: str) -> Actor:
    return Actor(f"office-{code.lower()}", "招生办", Role.INSTITUTION, code)


def draft(**more: Any) -> CourseCallDraft:
    said = {"modules": "基础；实训", "theory_hours": 16, "practice_hours": 40, "deadline": UNTIL}
    return CourseCallDraft.model_validate({**said, **more})


def bid(price: str, **more: Any) -> BidDraft:
    return BidDraft.model_validate({"price": price, "plan": "四周小班", **more})


def own_need(store: Store) -> str:
    """An open need of the centre with a settled trade."""
    seen = store.read(wanted.wanted, by=OPERATOR, today=DAY)
    return next(one.code for one in seen if one.is_open and one.occupation and one.left > 1)


def opened(store: Store, need: str | None, **more: Any) -> CourseCallView:
    made: CourseCallView = store.write(
        course_calls.begin, need, draft(**more), by=OPERATOR, today=DAY
    )
    return made


def status(store: Store, need: str) -> str:
    return str(store.read(records.fetch, "need", need, by=OPERATOR).status)


def test_a_need_waits_for_its_course_and_is_matched_again_once_one_is_chosen(store: Store) -> None:
    need = own_need(store)
    call = opened(store, need, ceiling="2000", heads=30)
    assert (call.status, call.need, status(store, need)) == ("open", need, "bespoke")
    assert (
        call.occupation == store.read(records.fetch, "need", need, by=OPERATOR).occupations[0].code
    )
    assert need not in {n.code for n in store.read(wanted.wanted, by=OPERATOR, today=DAY)}
    for place, code in enumerate(("T01", "T02")):
        store.write(
            course_calls.bid, call.code, bid(str(1800 - 100 * place)), by=school(code), today=DAY
        )
    store.write(course_calls.bid, call.code, bid("1750"), by=school("T01"), today=UNTIL)
    with pytest.raises(InvalidError):
        store.write(course_calls.bid, call.code, bid("2000.01"), by=school("T03"), today=DAY)
    with pytest.raises(ConflictError):
        store.write(course_calls.bid, call.code, bid("1"), by=school("T03"), today=AFTER)
    with pytest.raises(ConflictError):  # not before the deadline is over, not even its own centre
        store.write(course_calls.close, call.code, by=OPERATOR, today=UNTIL)
    with pytest.raises(ConflictError):
        store.write(course_calls.choose, call.code, "T01", reason="便宜", by=OPERATOR)
    over = clocks.close_of(AFTER)
    assert store.read(course_calls.is_due, AFTER)
    assert call.code in store.write(sweep.sweep, over).closed
    with pytest.raises(InvalidError):
        store.write(course_calls.choose, call.code, "T02", reason="", by=SUPERVISOR)
    with pytest.raises(NotFoundError):
        store.write(course_calls.choose, call.code, "T03", reason="好", by=SUPERVISOR)
    with pytest.raises(NotAllowedError):
        store.write(course_calls.choose, call.code, "T02", reason="好", by=OTHER)
    done = store.write(course_calls.choose, call.code, "T02", reason="实训设备齐", by=SUPERVISOR)
    assert done.course is not None
    assert (done.status, done.chosen, done.reason) == ("awarded", "T02", "实训设备齐")
    course = store.read(records.fetch, "course", done.course, by=school("T02"))
    assert (course.status, course.institution, course.price) == ("draft", "T02", Decimal(1700))
    assert (course.theory_hours, course.practice_hours, course.title) == (16, 40, call.title)
    assert status(store, need) == "open"
    assert need in {n.code for n in store.read(wanted.wanted, by=OPERATOR, today=DAY)}
    told = store.read(
        lambda s: s.execute(
            text("SELECT act FROM audit WHERE code = :c AND kind <> 'refusal' ORDER BY id"),
            {"c": call.code},
        ).all()
    )
    assert [row[0] for row in told] == ["register", "bid", "bid", "bid", "close", "choose"]


def test_bids_are_their_bidders_alone_until_the_deadline(store: Store) -> None:
    call = opened(store, None, occupation="6-31-07-03", heads=12).code
    store.write(course_calls.bid, call, bid("900"), by=school("T01"), today=DAY)
    store.write(course_calls.bid, call, bid("800"), by=school("T02"), today=DAY)

    def seen(by: Actor) -> tuple[list[str], int | None]:
        view = store.read(call_views.shown, call, by=by)
        return [one.institution for one in view.bids], view.count

    assert seen(school("T01")) == (["T01"], None)
    assert seen(school("T03")) == ([], None)
    assert seen(OPERATOR) == seen(SUPERVISOR) == ([], 2)
    with pytest.raises(NotAllowedError):
        seen(OTHER)
    kept = store.read(
        lambda s: s.execute(text("SELECT after FROM audit WHERE kind = 'course_bid'")).all()
    )
    assert not [row for row in kept if "900" in row[0] or "800" in row[0]]
    store.write(course_calls.take_back, call, by=school("T02"), today=DAY)
    assert seen(OPERATOR) == ([], 1)
    with pytest.raises(NotFoundError):
        store.write(course_calls.take_back, call, by=school("T02"), today=DAY)
    store.write(course_calls.bid, call, bid("800"), by=school("T02"), today=DAY)
    store.write(course_calls.close, call, by=OPERATOR, today=AFTER)
    both = (["T02", "T01"], 2)
    assert seen(OPERATOR) == seen(SUPERVISOR) == both
    assert seen(school("T01")) == (["T01"], None)  # prices of others only once one is chosen
    store.write(course_calls.choose, call, "T01", reason="经验更多", by=OPERATOR)
    assert seen(school("T01")) == seen(school("T02")) == both
    assert seen(school("T03")) == ([], None)  # whoever did not bid does not learn what others asked


def test_who_may_teach_a_bid_is_ones_own(store: Store) -> None:
    call = opened(store, None, occupation="6-18-01-01", heads=12)
    able = store.read(call_views.shown, call.code, by=school("T01")).able
    rows = store.read(
        lambda s: s.execute(
            text(
                "SELECT DISTINCT i.code FROM instructor i JOIN qualification q ON q.instructor = i.code"
                " WHERE i.institution = 'T01' AND q.occupation = '6-18-01-01' AND i.status = 'active'"
                f" AND (q.valid_to IS NULL OR q.valid_to >= '{UNTIL}')"
            )
        ).all()
    )
    assert {code for code, _ in able} == {row[0] for row in rows}
    assert able
    strange = bid("900", instructors=(able[0][0],))
    with pytest.raises(NotFoundError):
        store.write(course_calls.bid, call.code, strange, by=school("T02"), today=DAY)
    mine = bid("900", instructors=(able[0][0],))
    (told,) = store.write(course_calls.bid, call.code, mine, by=school("T01"), today=DAY).bids
    assert told.instructor_names == (able[0][1],)


def test_a_centre_is_told_who_could_teach_a_course(store: Store) -> None:
    made = store.write(
        course_calls.begin, None, draft(occupation="6-18-01-01", heads=9), by=OPERATOR, today=DAY
    )
    assert 1 <= len(made.suggested) <= 5
    held = store.read(
        lambda s: set(
            s.scalars(
                select(QualificationRow.instructor).where(
                    QualificationRow.occupation == "6-18-01-01"
                )
            )
        )
    )
    assert {one.code for one in made.suggested} <= held
    ranked = [(-(one.score or 0), one.sessions, one.code) for one in made.suggested]
    assert ranked == sorted(ranked)
    theirs = store.read(call_views.shown, made.code, by=school("T01"))
    assert theirs.suggested == ()
    assert theirs.able


def test_a_call_is_refused_in_words_and_given_up_with_a_reason(store: Store) -> None:
    need = own_need(store)
    for wrong in ({"deadline": DAY}, {"deadline": DAY + timedelta(days=400)}):
        with pytest.raises(InvalidError):
            opened(store, need, **wrong)
    with pytest.raises(InvalidError):
        opened(store, None)
    with pytest.raises(ConflictError):
        opened(store, None, occupation="6-15-07-07")  # nobody asks for it, and no heads are said
    call = opened(store, need).code
    with pytest.raises(ConflictError):
        opened(store, need)
    with pytest.raises(InvalidError):
        store.write(course_calls.cancel, call, reason="", by=OPERATOR)
    store.write(course_calls.cancel, call, reason="企业改为外派", by=OPERATOR)
    assert status(store, need) == "open"


def test_a_case_goes_to_the_expert_that_fits_and_ends_with_its_outcome(store: Store) -> None:
    need = own_need(store)
    with pytest.raises(ConflictError) as refused:
        store.write(cases.begin, need, "怎么教", by=OPERATOR, today=DAY)
    assert refused.value.code == "case_fits"
    view = store.read(records.fetch, "need", need, by=OPERATOR)
    trade = view.occupations[0].code
    person = ExpertDraft(
        name="试师傅", organisation="协会", fields=(trade,), contact="13800138000",
        weekly="Sat 09:00-12:00", term_from=DAY,
    )  # fmt: skip
    own = store.write(experts.register, person, by=OTHER)
    assert own.contact == "138****00"
    fit = store.read(experts.suggest, need, by=OPERATOR, today=DAY)
    exact = [one for one in fit if one.is_exact]
    assert own.code in {one.expert.code for one in exact}
    assert next(one.hours for one in exact if one.expert.code == own.code) == 6
    asked = store.write(cases.begin, need, "怎么教", despite=True, by=OPERATOR, today=DAY)
    assert asked.fits > 0
    with pytest.raises(ConflictError):
        store.write(cases.begin, need, "又问", despite=True, by=OPERATOR, today=DAY)
    first = store.write(cases.assign, asked.code, by=OPERATOR, today=DAY)
    assert first.expert == fit[0].expert.code
    given = store.write(cases.assign, asked.code, own.code, by=OPERATOR, today=DAY)
    assert (given.status, given.expert_name) == ("assigned", "试师傅")
    assert store.read(experts.shown, own.code, by=OPERATOR).contact == "13800138000"
    assert store.read(experts.shown, own.code, by=SUPERVISOR).contact == "138****00"
    later = store.write(cases.note, asked.code, "先看现场", by=OPERATOR, today=AFTER)
    assert (later.until or NOON) > (given.until or NOON)
    assert store.read(experts.listed, trade, by=OTHER, today=DAY)[-1].cases == 1
    with pytest.raises(InvalidError):
        store.write(cases.close, asked.code, "maybe", "x", by=OPERATOR)
    ended = store.write(cases.close, asked.code, "course", "要开发小课", by=OPERATOR)
    assert (ended.status, [one.text for one in ended.notes]) == (
        "closed",
        ["先看现场", "要开发小课"],
    )
    assert status(store, need) == "bespoke"
    with pytest.raises(NotAllowedError):
        store.read(cases.shown, asked.code, by=OTHER)
    store.write(experts.end, own.code, by=OTHER)
    with pytest.raises(NotAllowedError):
        store.write(experts.end, "ZJ000001", by=OTHER)


def test_a_masked_contact_stays_when_an_expert_is_changed(store: Store) -> None:
    view = store.read(experts.listed, by=SUPERVISOR, today=DAY)[0]
    values = {name: getattr(view, name) for name in ExpertDraft.model_fields}
    changed = ExpertDraft.model_validate({**values, "note": "只接数控"})
    store.write(experts.edit, view.code, changed, by=SUPERVISOR)
    assert store.read(experts.shown, view.code, by=SUPERVISOR).contact == "10000013801"
    other = ExpertDraft.model_validate({**values, "contact": "139****11"})
    with pytest.raises(InvalidError):
        store.write(experts.edit, view.code, other, by=SUPERVISOR)
    late = (view.term_to or DAY) + timedelta(days=1)
    assert view.code not in {n.code for n in store.read(experts.listed, by=OPERATOR, today=late)}
    case = store.read(cases.listed, by=OPERATOR)[0].code
    with pytest.raises(ConflictError):
        store.write(cases.assign, case, view.code, by=OPERATOR, today=late)


def test_the_board_adds_up_to_what_is_unmet_and_tells_no_few_firms(store: Store) -> None:
    for by in (SUPERVISOR, school("T01")):
        seen = store.read(wanted.wanted, by=SUPERVISOR, today=DAY)
        board = store.read(open_next.board, by=by, today=DAY)
        assert sum(one.heads for one in board) == sum(n.left for n in seen if n.occupation)
        assert [one.heads for one in board] == sorted((n.heads for n in board), reverse=True)
    exact = {
        (n.occupation, n.level): n for n in store.read(open_next.board, by=SUPERVISOR, today=DAY)
    }
    few = 0
    for one in store.read(open_next.board, by=school("T01"), today=DAY):
        firms = exact[one.occupation, one.level].firms
        assert firms is not None
        assert one.firms == (firms if firms >= open_next.FEW else None)
        few += one.firms is None
        assert one.firms is not None or one.areas == ()
    assert 0 < few < len(exact)
    glasses = next(one for key, one in exact.items() if key == ("4-14-03-04", 3))
    assert glasses.calls == ("KF000002",)
