"""A hostile institution, or centre, with everything that it can call and make up: what stops each attempt.

Every test is a line of docs/security.md, "Tenants: attempts".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from store import open_store
from store.errors import (
    ClosedError,
    ConflictError,
    InfeasibleError,
    NotAllowedError,
    NotFoundError,
)
from store.models import BookingRow
from store.schemas.access import UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CourseDraft, InstitutionDraft, OccupationPart, RunDraft, SlotDraft
from store.schemas.terms import CounterDraft, TermsDraft
from store.services import (
    answers,
    board,
    board_cell,
    changes,
    classes,
    decisions,
    filing,
    health,
    inbox,
    keys,
    learning,
    matchmaking,
    mending,
    moving,
    naming,
    proposals,
    records,
    repair,
    search,
    sessions,
    taking_back,
    undoing,
    users,
    waiting,
)
from store.services.plans import Plan
from tests.conftest import DAY
from tests.rights.calling import refusals
from tests.rights.conftest import Place
from tests.rights.test_masking import leaks
from tests.rights.world import NOW, PLANS, copy_of

RIVAL = PLANS["B"].school


class Hostile:
    """Somebody at institution A, beside an operator of centre A, on a store of their own."""

    def __init__(self, place: Place) -> None:
        self.store, world = place
        self.world = world
        self.by = world.by(Role.INSTITUTION, "A")
        self.rival = world.by(Role.INSTITUTION, "B")
        self.centre = world.by(Role.OPERATOR, "A")
        self.other_centre = world.by(Role.OPERATOR, "B")
        self.mine, self.theirs = world.sides["A"], world.sides["B"]

    def refused(
        self, service: Callable[..., Any], *args: Any, by: Actor | None = None, **named: Any
    ) -> str:
        """Try it; it must be refused, change nothing and be kept under one's own name."""
        actor = by or self.by
        count, _ = refusals(self.store)
        with pytest.raises(NotAllowedError) as caught:
            self.store.write(service, *args, by=actor, **named)
        assert refusals(self.store) == (count + 1, actor.login)
        return caught.value.code

    def draft(self, kind: str, code: str, of: type[Any], **changes_: object) -> Any:
        """A record as a draft with changes, whoever may read it."""
        view = self.store.read(records.fetch, kind, code, by=SYSTEM)
        values = {name: getattr(view, name) for name in of.model_fields}
        return of.model_validate({**values, **changes_})

    def plan(self, code: str) -> Plan:
        """The plan of a proposal."""
        return self.store.read(inbox.proposal, code, by=SYSTEM).plan


@pytest.fixture
def hostile(place: Place) -> Hostile:
    return Hostile(place)


@pytest.fixture(autouse=True)
def _sound(hostile: Hostile) -> Any:
    """Whatever was tried, nothing is sold twice and the trail is whole."""
    yield
    hostile.store.ask_first(lambda opened: None)
    assert hostile.store.read(health.check) == ()


# A course of T02 that is taught by a guest of another institution: the one sells, the other lends.
LENT_NEED, LENT_COURSE, SELLER = "N000002", "C043", "T02"


def lend(hostile: Hostile, upto: str = "sent") -> tuple[str, Actor, Actor]:
    """A proposal with a lender: its code, whose course it is, and who lends."""
    store, by = hostile.store, hostile.centre
    need = store.write(records.register, copy_of(store, LENT_NEED, heads=2), by=by).code
    choice = store.read(decisions.prepare, need, LENT_COURSE, by=by, today=DAY, top=40, reason="试")
    code = store.write(proposals.draft, choice, by=by, now=NOW).code
    store.write(proposals.send, code, by=by, now=NOW)
    asked = store.read(inbox.proposal, code, by=by).answers
    (lends,) = [one.party for one in asked if one.parts[0].startswith("instructor")]
    if upto == "confirmed":
        for one in asked:
            store.write(answers.accept, code, by=by, now=NOW, party=one.party)
        store.write(proposals.confirm, code, by=by, now=NOW)
    seller, lender = (Actor(c, c, Role.INSTITUTION, c) for c in (SELLER, lends))
    return code, seller, lender


def test_a_rivals_price_is_not_for_reading(hostile: Hostile) -> None:
    course = PLANS["B"].course
    hostile.refused(records.fetch, "course", course)
    hostile.refused(records.history, "course", course)
    hostile.refused(matchmaking.rank_bundles, hostile.mine["need"], today=DAY)
    hostile.refused(matchmaking.why_not, hostile.mine["need"], course, today=DAY)
    rows = hostile.store.read(lambda s: list(filing.export_rows(s, "course", by=hostile.by)))
    assert rows
    assert not leaks(rows, frozenset({"7319.77", course}))
    assert not hostile.store.read(search.search, course, by=hostile.by, kinds=("course",))


def test_lending_a_part_does_not_show_the_price(hostile: Hostile) -> None:
    code, seller, lender = lend(hostile)
    price = hostile.plan(code).price_fen
    assert price is not None
    store = hostile.store
    assert str(price) in str(store.read(inbox.proposal, code, by=seller))
    seen = store.read(inbox.proposal, code, by=lender)
    assert str(price) not in str(seen)
    assert (seen.plan.price_fen, seen.terms.price_fen, seen.terms.scale) == (None, None, ())
    hostile.refused(answers.replan, code, by=lender, heads=1, now=NOW)
    store.write(answers.counter, code, CounterDraft(price=Decimal(777)), by=seller, now=NOW)
    after = store.read(inbox.proposal, code, by=lender)
    assert after.round == 2
    assert "77700" not in str(after)


def test_a_class_does_not_show_its_price_to_who_lends_a_part(hostile: Hostile) -> None:
    code, seller, lender = lend(hostile, "confirmed")
    store = hostile.store
    group = store.read(inbox.proposal, code, by=hostile.centre).training_class
    assert group is not None
    assert store.read(classes.sheet, group, by=seller).income_fen
    seen = store.read(classes.sheet, group, by=lender)
    assert (seen.income_fen, seen.members[0].price_fen, seen.elsewhere) == (None, None, 0)
    hostile.refused(proposals.cancel_cost, code, by=lender, now=NOW)


def test_who_lends_a_part_neither_prices_nor_plans_nor_ends_it(hostile: Hostile) -> None:
    code, _, lender = lend(hostile)
    act = partial(hostile.refused, by=lender, now=NOW)
    act(answers.counter, code, CounterDraft(price=Decimal(1)))
    act(answers.counter, code, CounterDraft(includes="全免"))
    act(answers.counter, code, CounterDraft(), plan=replace(hostile.plan(code), price_fen=100))
    said = hostile.store.write(
        answers.counter, code, TermsDraft(note="自带工装"), by=lender, now=NOW
    )
    assert said.status == "sent"
    code, _, lender = lend(hostile, "confirmed")
    group = hostile.store.read(inbox.proposal, code, by=hostile.centre).training_class
    act(proposals.cancel, code, reason="不借了")
    act(moving.call_off, group, reason="不借了")
    act(moving.stand_ins, group, hostile.plan(code).instructors[0])
    act(moving.impact, group, hostile.plan(code).days[0] + timedelta(days=7))


def test_nothing_is_entered_under_a_rivals_name(hostile: Hostile) -> None:
    theirs, refused = hostile.theirs, hostile.refused
    refused(records.register, CourseDraft(institution=RIVAL, title="九块九包过"))
    run = hostile.draft("run", theirs["run"], RunDraft)
    refused(records.register, run)
    refused(records.register, hostile.draft("slot", theirs["slot"], SlotDraft, day="2027-04-01"))
    mine = hostile.draft("run", hostile.mine["run"], RunDraft)
    refused(records.register, mine.model_copy(update={"instructor": theirs["instructor"]}))
    refused(records.register, mine.model_copy(update={"venue": theirs["venue"]}))


def test_an_own_record_is_not_pushed_onto_a_rival(hostile: Hostile) -> None:
    mine = hostile.mine
    course = hostile.draft("course", mine["course"], CourseDraft, institution=RIVAL)
    run = hostile.draft("run", mine["run"], RunDraft, course=hostile.theirs["course"])
    for code, draft in ((mine["course"], course), (mine["run"], run)):
        with pytest.raises(ConflictError, match="owner_fixed"):
            hostile.store.write(records.edit, code, draft, version=1, by=hostile.by)


def test_a_rivals_offering_is_not_paused_with_a_guessed_version(hostile: Hostile) -> None:
    """A wrong guess is refused like a right one: what version there is, is not told."""
    theirs = hostile.theirs
    draft = hostile.draft("course", theirs["course"], CourseDraft, status="paused")
    for version in (1, 7):
        hostile.refused(records.edit, theirs["course"], draft, version=version)
        hostile.refused(records.withdraw, "slot", theirs["slot"], version=version, reason="x")
        hostile.refused(records.reinstate, "course", theirs["gone"], version=version, status=None)
    hostile.refused(undoing.withdraw_many, "course", [hostile.mine["course"], theirs["course"]])
    view = hostile.store.read(records.fetch, "course", hostile.mine["course"], by=hostile.by)
    assert view.status == "published"


def test_a_file_with_a_rivals_codes_is_refused_whole(hostile: Hostile) -> None:
    headings = ("code", "institution", "title", "price")
    theirs = (hostile.theirs["course"], hostile.by.organisation, "我的了", "1")
    mine = ("", hostile.by.organisation, "好课", "9")
    foreign = ("", RIVAL, "替别人开的课", "1")
    for rows in ([mine, theirs], [mine, foreign]):
        table = list(enumerate(rows, 2))
        for partial_ in (False, True):
            hostile.refused(filing.import_rows, "course", headings, table, partial=partial_)
    titles = [
        one.title for one in hostile.store.read(records.page, "course", by=SYSTEM, limit=500).items
    ]
    assert not {"好课", "我的了", "替别人开的课"} & set(titles)


def test_a_file_of_needs_tells_an_institution_nothing(hostile: Hostile) -> None:
    """Which firms there are is not found out by rows that name one and rows that name none."""
    headings = ("enterprise", "text", "heads", "earliest")
    for firm in (hostile.theirs["enterprise"], "E999"):
        rows = [(2, (firm, "车工", "5", "2026-12-01"))]
        hostile.refused(filing.import_rows, "need", headings, rows)


def test_a_taken_code_is_not_taken_over(hostile: Hostile) -> None:
    draft = CourseDraft(institution=hostile.by.organisation, title="冒名")
    store, squatted = hostile.store, "K900017"
    with pytest.raises(ConflictError, match="code_taken"):
        store.write(records.register, draft, by=hostile.by, code=hostile.theirs["course"])
    store.write(records.register, draft, by=hostile.by, code=squatted)
    theirs = CourseDraft(institution=RIVAL, title="照常")
    made = store.write(records.register, theirs, by=hostile.rival).code
    assert made not in (squatted, hostile.theirs["course"])


def test_what_exists_is_told_apart_only_with_a_trace(hostile: Hostile) -> None:
    """Codes are running numbers: that one is given out is no secret, what it is about is; a probe is kept."""
    hostile.refused(records.fetch, "slot", hostile.theirs["slot"])
    with pytest.raises(NotFoundError):
        hostile.store.read(records.fetch, "slot", "S999999", by=hostile.by)
    hostile.refused(records.fetch, "enterprise", "E999")  # over firms it has no right at all
    hostile.refused(records.fetch, "enterprise", hostile.theirs["enterprise"])


def test_nobody_answers_for_another(hostile: Hostile) -> None:
    sent = hostile.mine["sent"]
    firm = hostile.store.read(inbox.proposal, sent, by=hostile.centre).answers
    for party in [one.party for one in firm if one.party != hostile.by.organisation]:
        hostile.refused(answers.accept, sent, party=party, now=NOW)
        hostile.refused(answers.decline, sent, party=party, reason="x", now=NOW)
    hostile.refused(answers.accept, sent, party=RIVAL, now=NOW)


def test_a_rivals_deal_is_neither_seen_nor_touched(hostile: Hostile) -> None:
    act = partial(hostile.refused, now=NOW)
    for code in (hostile.theirs["sent"], hostile.theirs["accepted"], hostile.theirs["confirmed"]):
        hostile.refused(inbox.proposal, code)
        for version in (None, 1, 99):  # neither its state nor its version is told
            act(answers.accept, code, version=version)
            act(answers.decline, code, reason="x", version=version)
            act(answers.counter, code, TermsDraft(note="x"), version=version)
            act(answers.undo, code, version=version)
        act(answers.replan, code, heads=1)
        act(proposals.cancel, code, reason="x")
        act(classes.no_show, code, 1)
    act(moving.call_off, hostile.theirs["class"], reason="x")
    hostile.refused(classes.sheet, hostile.theirs["class"])


def test_a_counter_offer_takes_nothing_that_its_owner_is_not_asked_for(hostile: Hostile) -> None:
    """A plan made by hand: another's stations or people, another need or course, are not held."""
    code, seller, _ = lend(hostile)
    plan = hostile.plan(code)
    foreign = _foreign_slot(hostile, plan)
    slot = next(at for at, one in enumerate(plan.sessions) if one.slot)
    stolen = _with(
        plan, slot, slot=foreign.code, day=foreign.day, start=foreign.start, end=foreign.end
    )
    person = _with(plan, slot, instructor=hostile.theirs["instructor"])
    full_time = replace(
        _with(plan, slot, instructor=hostile.theirs["instructor"]),
        instructors=(*plan.instructors, hostile.theirs["instructor"]),
    )
    for crafted in (
        stolen,
        person,
        full_time,
        replace(plan, need=hostile.theirs["need"], heads=1),
        replace(plan, course=PLANS["B"].course, heads=1),
        replace(plan, institution=RIVAL, heads=1),
        replace(plan, heads_per_station=50, heads=1),
    ):
        before = hostile.store.read(_held)
        with pytest.raises(InfeasibleError):
            hostile.store.write(
                answers.counter, code, CounterDraft(note="换"), plan=crafted, by=seller, now=NOW
            )
        assert hostile.store.read(_held) == before


def _with(plan: Plan, at: int, **changes_: Any) -> Plan:
    sessions_ = list(plan.sessions)
    sessions_[at] = replace(sessions_[at], **changes_)
    return replace(plan, sessions=tuple(sessions_))


def _foreign_slot(hostile: Hostile, plan: Plan) -> Any:
    """A free slot of somebody else's on the same kind of workstation."""
    taken = next(one.slot for one in plan.sessions if one.slot)
    own = hostile.store.read(records.fetch, "slot", str(taken), by=SYSTEM)
    page = hostile.store.read(records.page, "slot", by=SYSTEM, limit=5000).items
    return next(
        one
        for one in page
        if one.venue != own.venue and one.stations_free >= 2 and one.status == "published"
    )


def _held(session: Any) -> list[Any]:
    query = select(BookingRow.id, BookingRow.status, BookingRow.resource).order_by(BookingRow.id)
    return [tuple(row) for row in session.execute(query)]


def test_postponing_does_not_end_anothers_deal(hostile: Hostile) -> None:
    store, mine = hostile.store, hostile.mine
    found = store.read(
        moving.impact, mine["class"], mine["first_day"] + timedelta(days=7), by=hostile.by, now=NOW
    )
    victim = replace(found.affected[0], proposal=hostile.theirs["confirmed"])
    for crafted in (
        replace(found, affected=(victim,)),
        replace(found, affected=(*found.affected, victim)),
    ):
        hostile.refused(moving.postpone, crafted, reason="x", now=NOW)
    shown = store.read(inbox.proposal, hostile.theirs["confirmed"], by=hostile.other_centre)
    assert shown.status == "confirmed"


def test_postponing_takes_nobody_elses_people(hostile: Hostile) -> None:
    """An institution's new dates use its own, and what the class has already."""
    code, seller, _ = lend(hostile, "confirmed")
    shown = hostile.store.read(inbox.proposal, code, by=hostile.centre)
    group = shown.training_class or ""
    found = moving.Postponement(
        group,
        hostile.store.read(classes.sheet, group, by=seller).version,
        replace(shown.plan, venue=hostile.theirs["venue"]),
        (),
    )
    hostile.refused(moving.postpone, found, reason="x", by=seller, now=NOW)
    at = next(at for at, one in enumerate(shown.plan.sessions) if one.slot)
    stolen = replace(found, plan=_with(shown.plan, at, instructor=hostile.theirs["instructor"]))
    with pytest.raises(InfeasibleError):
        hostile.store.write(moving.postpone, stolen, reason="x", by=seller, now=NOW)


def test_stand_ins_are_ones_own_people(hostile: Hostile) -> None:
    store = hostile.store
    deal, seller, _ = lend(hostile, "confirmed")
    code = store.read(inbox.proposal, deal, by=hostile.centre).training_class or ""
    leaving = hostile.plan(deal).instructors[0]
    everyone = store.read(moving.stand_ins, code, leaving, by=hostile.centre, now=NOW)
    offered = store.read(moving.stand_ins, code, leaving, by=seller, now=NOW)
    homes = {
        store.read(records.fetch, "instructor", one.code, by=SYSTEM).institution for one in offered
    }
    assert homes <= {seller.organisation}
    guests = {one.code for one in everyone} - {one.code for one in offered}
    assert guests
    with pytest.raises(ConflictError, match="no_substitute"):
        store.write(moving.substitute, code, leaving, min(guests), reason="x", by=seller, now=NOW)


def test_only_the_centre_takes_capacity(hostile: Hostile) -> None:
    mine = hostile.mine
    hostile.refused(proposals.draft, mine["choice"], now=NOW)
    hostile.refused(proposals.draft, hostile.theirs["choice"], now=NOW)
    hostile.refused(
        waiting.join, mine["need"], "assessment", hostile.theirs["assessment_full"], now=NOW
    )
    hostile.refused(moving.close, mine["class"], now=NOW)


def test_somebody_elses_request_is_not_replayed(hostile: Hostile) -> None:
    """A request id is its person's: the same id of another is another request."""
    store = hostile.store
    theirs = CourseDraft(institution=RIVAL, title="乙")
    made = store.write(records.register, theirs, by=hostile.rival, request="r-1").code
    mine = CourseDraft(institution=hostile.by.organisation, title="甲")
    own = store.write(records.register, mine, by=hostile.by, request="r-1")
    assert (own.title, own.code != made) == ("甲", True)
    held = store.write(
        proposals.draft, hostile.theirs["choice"], by=hostile.other_centre, now=NOW, request="r-2"
    )
    hostile.refused(
        proposals.draft, hostile.theirs["choice"], by=hostile.centre, now=NOW, request="r-2"
    )
    moved = replace(hostile.other_centre, organisation=hostile.centre.organisation)
    hostile.refused(proposals.draft, hostile.theirs["choice"], by=moved, now=NOW, request="r-2")
    assert store.read(inbox.proposal, held.code, by=hostile.other_centre).status == "draft"


def test_somebody_elses_step_is_not_taken_back(hostile: Hostile) -> None:
    store, mine = hostile.store, hostile.mine
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        store.write(answers.undo, mine["accepted"], by=hostile.by, now=NOW)
    with pytest.raises(ConflictError, match="undo_outward"):
        store.write(taking_back.undo, mine["class"], by=hostile.centre, now=NOW)
    hostile.refused(undoing.undo, "course", [hostile.theirs["course"]], now=NOW)


def test_a_record_in_use_is_not_put_into_another_state(hostile: Hostile) -> None:
    mine = hostile.mine["course"]
    version = hostile.store.read(records.fetch, "course", mine, by=hostile.by).version
    for status in ("published", "withdrawn", "draft"):
        with pytest.raises(ConflictError, match="nothing_to_undo"):
            hostile.store.write(
                records.reinstate,
                "course",
                mine,
                version=version,
                by=hostile.by,
                status=status,
            )


def test_whoever_is_suspended_is_out_at_the_next_step(hostile: Hostile) -> None:
    store, by, mine = hostile.store, hostile.by, hostile.mine
    session = hostile.world.sessions[by.login]
    store.ask_first(lambda opened: sessions.standing(opened, by, session))
    assert store.read(records.fetch, "course", mine["course"], by=by)
    store.ask_first(lambda opened: None)
    store.write(users.suspend, by.login, by=hostile.world.by(Role.ADMIN, ""))
    store.ask_first(lambda opened: sessions.standing(opened, by, session))
    draft = CourseDraft(institution=by.organisation, title="还在")
    watching = open_store(str(store.url.database))
    for act in (
        lambda: store.write(records.register, draft, by=by),
        lambda: store.read(records.page, "course", by=by),
        lambda: store.rehearse(answers.accept, mine["sent"], by=by, now=NOW),
    ):
        count, _ = refusals(watching)
        with pytest.raises(ClosedError, match="user_suspended"):
            act()
        assert refusals(watching) == (count + 1, by.login)
    watching.close()


def test_a_desk_does_not_keep_a_role_that_was_taken(hostile: Hostile) -> None:
    store, by = hostile.store, hostile.by
    draft = UserDraft(name="何", role="institution", organisation="T02")
    store.write(users.change, by.login, draft, by=hostile.world.by(Role.ADMIN, ""))
    store.ask_first(lambda opened: sessions.standing(opened, by))
    with pytest.raises(ClosedError, match="user_changed"):
        store.read(records.page, "course", by=by)


def test_a_suspended_institution_sells_nothing(hostile: Hostile) -> None:
    store, mine, home = hostile.store, hostile.mine, hostile.by.organisation
    draft = hostile.draft("institution", home, InstitutionDraft, status="suspended")
    version = store.read(records.fetch, "institution", home, by=SYSTEM).version
    hostile.refused(records.edit, home, draft, version=version)  # nor lifts it by itself
    store.write(records.edit, home, draft, version=version, by=SYSTEM)
    store.write(answers.accept, mine["sent"], by=hostile.by, now=NOW)
    for code in (mine["accepted"],):
        with pytest.raises(InfeasibleError):
            store.write(proposals.confirm, code, by=hostile.centre, now=NOW)
    ranked = store.read(
        matchmaking.rank_bundles, mine["need"], by=hostile.centre, today=DAY, top=50
    ).ranking.bundles
    assert home not in {one.institution.id for one in ranked}


def test_the_shared_dictionary_is_not_poisoned(hostile: Hostile) -> None:
    """Neither by a confirmation, nor by a course that says it was confirmed."""
    word, wrong = "车工", "6-31-01-03"
    before = hostile.store.read(naming.resolve_text, word)
    known = hostile.store.read(learning.confirmations, by=SYSTEM)
    hostile.refused(learning.confirm, word, wrong)
    hostile.refused(naming.add_alias, word, wrong)
    hostile.refused(learning.undo, hostile.theirs["alias"])
    part = OccupationPart(code=wrong, confidence=1, confirmed_by=hostile.centre.login)
    draft = CourseDraft(institution=hostile.by.organisation, title=word, occupations=(part,))
    made = hostile.store.write(records.register, draft, by=hostile.by)
    assert made.occupations[0].confirmed_by == hostile.by.login
    assert hostile.store.read(naming.resolve_text, word) == before
    assert hostile.store.read(learning.confirmations, by=SYSTEM) == known


def test_a_title_that_names_a_rivals_code_is_not_found_in_its_place(hostile: Hostile) -> None:
    course = PLANS["B"].course
    title = f"{course} {RIVAL} 互联网营销师"
    draft = CourseDraft(institution=hostile.by.organisation, title=title)
    hostile.store.write(records.register, draft, by=hostile.by)
    hits = hostile.store.read(search.search, course, by=hostile.centre, kinds=("course",))
    assert hits[0].code == course


def test_the_audit_trail_is_not_for_reading(hostile: Hostile) -> None:
    hostile.refused(records.history, "course", hostile.mine["course"])
    for kind in ("audit", "refusal", "user", "key", "session"):
        with pytest.raises(NotFoundError):
            hostile.store.read(records.page, kind, by=hostile.by)
    seen = hostile.store.read(changes.since, 0, by=hostile.by).kinds
    assert not seen & {"refusal", "user", "key", "session", "decision", "alias", "contact"}
    history = hostile.store.read(inbox.proposal, hostile.mine["sent"], by=hostile.by).history
    assert {(one.login, one.before, one.after) for one in history} == {("", None, None)}


def test_nobody_makes_themselves_another(hostile: Hostile) -> None:
    by, rival = hostile.by, hostile.rival
    draft = UserDraft(name="我", role="supervisor", organisation="BUREAU")
    hostile.refused(users.change, by.login, draft)
    hostile.refused(users.invite, "friend", draft)
    hostile.refused(users.shown, rival.login)
    hostile.refused(users.shown, "nobody-here")
    hostile.refused(keys.revoke, hostile.world.keys[rival.login])
    hostile.refused(sessions.close, hostile.world.sessions[rival.login])
    hostile.refused(sessions.end, hostile.world.sessions[rival.login], "left")
    before = hostile.store.read(sessions.listed, by=rival)
    hostile.store.write(sessions.seen, hostile.world.sessions[rival.login], by=by)
    assert hostile.store.read(sessions.listed, by=rival) == before


def test_another_centres_needs_are_not_served(hostile: Hostile) -> None:
    """By choices and repairs made by hand: what they hold for, their own centre holds."""
    theirs, by = hostile.theirs, hostile.centre
    need = theirs["need_open"]
    choice = replace(hostile.mine["choice"], need=theirs["choice"].need)
    hostile.refused(proposals.draft, choice, by=by, now=NOW)
    hostile.refused(decisions.keep, choice, by=by)
    held = repair.Held(need, 1, replace(hostile.plan(theirs["draft"]), need=need), "")
    firm = repair.Firm(theirs["draft"], "", "", 2, held)
    nothing = repair.Change(repair.Remedy.BY_HAND, None, "", "", (), 0)
    plan = held.plan
    touched = repair.Touched("X", "class", 1, "", "", "", plan, (), (firm,), nothing, ())
    trouble = repair.Trouble("instructor", theirs["instructor"], DAY, DAY)
    crafted = repair.Repair(trouble, "", (touched,), "", {})
    hostile.refused(mending.apply, crafted, reason="x", by=by, now=NOW)


def test_a_reason_does_not_name_the_firm_before_it_agreed(hostile: Hostile) -> None:
    store, by, code = hostile.store, hostile.centre, hostile.mine["draft"]
    shown = store.read(inbox.proposal, code, by=by)
    said = f"{shown.enterprise}说再等等"
    terms = TermsDraft(note=said, includes=said)
    store.write(proposals.revise, code, terms, version=shown.version, by=by, now=NOW)
    store.write(proposals.send, code, by=by, now=NOW)
    firm = next(
        one.party
        for one in store.read(inbox.proposal, code, by=by).answers
        if "enterprise" in one.parts
    )
    for _ in range(2):
        seen = store.read(inbox.proposal, code, by=hostile.by)
        assert records.MASKED in seen.terms.note
        assert shown.enterprise not in str(seen)
        if seen.status == "sent":
            store.write(answers.decline, code, reason=said, by=by, party=firm, now=NOW)
    assert records.MASKED in str(seen.reason)


def test_a_lent_instructors_week_does_not_show_the_borrowers_run(hostile: Hostile) -> None:
    """The hours are the lender's to know; which course, how many seats and for whom are not."""
    store, by = hostile.store, hostile.by
    run = hostile.draft("run", hostile.theirs["run"], RunDraft, first_day="2027-03-08")
    lent = run.model_copy(update={"instructor": hostile.mine["instructor"]})
    code = store.write(records.register, lent, by=hostile.centre).code
    day = lent.first_day
    place = board_cell.Place(board.View.INSTRUCTORS, hostile.mine["instructor"], day, "morning")
    assert store.read(board_cell.cell, place, by=hostile.centre).runs[0].code == code
    (seen,) = store.read(board_cell.cell, place, by=by).runs
    assert (seen.code, seen.title, seen.seats) == ("", "", None)
    week = store.read(board.week, day, by=by, view=board.View.INSTRUCTORS)
    met = [one for load in week.people for one in load.meetings if one.day == day]
    assert met
    assert {one.code for one in met} == {""}
