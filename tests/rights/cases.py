"""Every service that takes an actor: of which kind, which act, and how it is called on one side's records.

A new service fails `test_matrix.py` until it has a line here: what it does to what, and real arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matching.policy import DEFAULT_POLICY
from store.errors import DuijieError
from store.schemas.access import KeyDraft, SessionView, UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CourseDraft, EnterpriseDraft, InstitutionDraft, NeedDraft
from store.schemas.terms import CounterDraft, TermsDraft
from store.services import board, board_cell, inbox, matchmaking, moving, records, repair
from store.services.board_slots import Filter
from store.services.filters import NeedFilter
from store.services.kinds import kind_named
from tests.conftest import DAY
from tests.rights.world import NOW, World, key_line

_MOST_NEEDS = 40


@dataclass(frozen=True)
class Call:
    """What is asked for: the records' side, who asks, and the world they are in."""

    world: World
    side: str
    by: Actor
    session: Session

    def __getitem__(self, name: str) -> Any:
        return self.world.sides[self.side][name]

    @property
    def login(self) -> str:
        """One's own login where the side is one's own, else that of an operator there."""
        if is_own(self.world, self.by, self.side) and self.by.role is not Role.SYSTEM:
            return self.by.login
        return self.world.by(Role.OPERATOR, self.side).login


Arguments = Callable[[Call], tuple[tuple[Any, ...], dict[str, Any]]]


@dataclass(frozen=True)
class Case:
    """One way to call a service; `meets` are refusals that come after rights, where no call can succeed.

    `sides` are those whose records are named; a service that names none is called once.
    """

    kind: str
    act: str
    arguments: Arguments
    meets: tuple[str, ...] = ()
    has_target: bool = True


def is_own(world: World, by: Actor, side: str) -> bool:
    """Whether a side is where a person belongs; those who sit on neither have themselves on side A."""
    if world.has_sides(by.role):
        return world.by(by.role, side) == by
    return side == "A"


def _few(done: int, of: int) -> None:
    """Stop where a whole district would be looked at: what counts is that it was begun."""
    if of > _MOST_NEEDS:
        raise DuijieError("enough")


def args(*positional: Any, **named: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a service is called with."""
    return positional, named


def on(name: str, **more: Any) -> Arguments:
    """By a code of the side, and the rest as it is."""
    return lambda call: args(call[name], **more)


def whole(**more: Any) -> Arguments:
    """About everything at once."""
    return lambda call: args(**more)


_TODAY: dict[str, Any] = {"today": DAY}
_NOW: dict[str, Any] = {"now": NOW}
_WHY: dict[str, Any] = {"now": NOW, "reason": "因故"}


def _need(call: Call) -> NeedDraft:
    view = records.fetch(call.session, "need", call["need"], by=SYSTEM)
    values = {name: getattr(view, name) for name in NeedDraft.model_fields}
    return NeedDraft.model_validate({**values, "occupations": (), "heads": 5})


def _edit(kind: str, field: str, value: object) -> Arguments:
    def arguments(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        code = call[kind]
        view = records.fetch(call.session, kind, code, by=SYSTEM)
        draft = kind_named(kind).draft
        values = {name: getattr(view, name) for name in draft.model_fields}
        changed = draft.model_validate({**values, field: value})
        return args(code, changed, version=view.version)

    return arguments


def _withdraw(kind: str) -> Arguments:
    def arguments(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        view = records.fetch(call.session, kind, call[kind], by=SYSTEM)
        return args(kind, call[kind], version=view.version, reason="因故")

    return arguments


def _again(kind: str, **more: object) -> Arguments:
    """The same record once more, as a new one."""

    def arguments(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        view = records.fetch(call.session, kind, call[kind], by=SYSTEM)
        draft = kind_named(kind).draft
        values = {name: getattr(view, name) for name in draft.model_fields}
        return args(draft.model_validate({**values, **more}))

    return arguments


def _place(call: Call) -> board_cell.Place:
    return board_cell.Place(
        board.View.INSTITUTIONS, call["institution"], date(2027, 3, 2), "morning"
    )


def _impact(call: Call) -> moving.Postponement:
    first = call["first_day"] + timedelta(days=7)
    return moving.impact(call.session, call["class"], first, by=SYSTEM, now=NOW)


def _repair(call: Call) -> repair.Repair:
    return repair.Repair(_trouble(call), "", (), "", {})


def _course(call: Call) -> CourseDraft:
    return CourseDraft(institution=call["institution"], title="又一门课")


def _snapshot(call: Call) -> matchmaking.Snapshot:
    return matchmaking.snapshot(call.session, by=SYSTEM, today=DAY)


def _firms(call: Call) -> list[str]:
    mates = [inbox.proposal(call.session, code, by=SYSTEM) for code in call["mates"][:2]]
    return [records.fetch(call.session, "need", one.need, by=SYSTEM).enterprise for one in mates]


def _trouble(call: Call) -> repair.Trouble:
    return repair.Trouble("instructor", call["instructor"], DAY, DAY + timedelta(days=2))


def _one(kind: str) -> Arguments:
    return lambda call: args(kind, call[kind])


def _all(kind: str) -> Arguments:
    return lambda call: args(kind)


def _undone(kind: str) -> Arguments:
    return lambda call: args(kind, [call[kind]], **_NOW)


def _filed(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A table with one row, which changes one cell of a course."""
    cells = (call["course"], call["institution"], "改名")
    return args("course", ("code", "institution", "title"), [(2, cells)])


def _person(call: Call) -> UserDraft:
    return UserDraft(name="新人", role="operator", organisation=call["centre"])


OFFERS = ("course", "run", "instructor", "venue", "slot", "assessment")
_FIRM = EnterpriseDraft(name="新来的厂")
_SCHOOL = InstitutionDraft(name="新来的学校")

CASES: Mapping[str, tuple[Case, ...]] = {
    "records.register": (
        Case("need", "register", lambda c: args(_need(c)), has_target=False),
        Case("enterprise", "register", lambda c: args(_FIRM), has_target=False),
        Case("institution", "register", lambda c: args(_SCHOOL), has_target=False),
        *(Case(kind, "register", _again(kind)) for kind in OFFERS if kind != "slot"),
        Case("slot", "register", _again("slot", day="2027-03-09")),
    ),
    "records.register_many": (
        Case("need", "register", lambda c: args([_need(c)]), has_target=False),
        Case("course", "register", lambda c: args([_course(c)])),
    ),
    "records.edit": (
        Case("need", "edit", _edit("need", "heads", 3)),
        Case("enterprise", "edit", _edit("enterprise", "contact", "改")),
        Case("institution", "edit", _edit("institution", "contact", "改")),
        Case("course", "edit", _edit("course", "price", "1.23")),
        Case("run", "edit", _edit("run", "seats_left", 1)),
        Case("instructor", "edit", _edit("instructor", "name", "改")),
        Case("venue", "edit", _edit("venue", "name", "改")),
        Case("slot", "edit", _edit("slot", "stations_free", 0)),
        Case("assessment", "edit", _edit("assessment", "seats_left", 1)),
    ),
    "records.withdraw": (
        Case("need", "withdraw", _withdraw("need")),
        *(Case(kind, "withdraw", _withdraw(kind)) for kind in OFFERS),
        Case("institution", "withdraw", _withdraw("institution")),
    ),
    "records.reinstate": (
        Case("course", "withdraw", lambda c: args("course", c["gone"], version=2, status="paused")),
    ),
    "records.fetch": tuple(
        Case(kind, "read", _one(kind))
        for kind in ("need", "centre", "enterprise", "institution", *OFFERS)
    ),
    "records.page": tuple(
        Case(kind, "read", _all(kind), has_target=False)
        for kind in ("need", "centre", "enterprise", "institution", *OFFERS)
    ),
    "records.history": (
        Case("need history", "read", lambda c: args("need", c["need"])),
        Case("offer history", "read", lambda c: args("course", c["course"])),
    ),
    "records.editable": (
        Case("need", "edit", lambda c: args(kind_named("need"), [c["need"]])),
        Case("course", "edit", lambda c: args(kind_named("course"), [c["course"]])),
    ),
    "undoing.withdraw_many": (Case("course", "withdraw", lambda c: args("course", [c["course"]])),),
    "undoing.undo": tuple(
        Case(
            kind,
            "withdraw",
            _undone(kind),
            ("nothing_to_undo", "undo_too_late"),
        )
        for kind in ("need", "course")
    ),
    "filing.export_rows": tuple(
        Case(kind, "read", _all(kind), has_target=False)
        for kind in ("need", "enterprise", "institution", *OFFERS)
    ),
    "filing.import_rows": (Case("course", "edit", _filed),),
    "filters.page": (Case("need", "read", lambda c: args(NeedFilter()), has_target=False),),
    "filters.count": (Case("need", "read", lambda c: args(NeedFilter()), has_target=False),),
    "filters.newest": (Case("need", "read", whole(), has_target=False),),
    "search.search": (Case("reading aid", "read", lambda c: args("培训"), has_target=False),),
    "labels.names": (
        Case("reading aid", "read", lambda c: args([c["instructor"]]), has_target=False),
    ),
    "labels.of_violations": (Case("reading aid", "read", lambda c: args([]), has_target=False),),
    "changes.since": (Case("news", "read", lambda c: args(0), has_target=False),),
    "needs.check": (
        Case("need", "register", lambda c: args("厂", "车工20人", **_TODAY), has_target=False),
    ),
    "needs.area_of": (Case("enterprise", "read", on("enterprise")),),
    "needs.find_enterprises": (
        Case("reading aid", "read", lambda c: args("精密"), has_target=False),
    ),
    "needs.firm_meant": (Case("reading aid", "read", lambda c: args("精密"), has_target=False),),
    "needs.spell": (
        Case("reading aid", "read", lambda c: args("skcg", **_TODAY), has_target=False),
    ),
    "sentences.read_sentence": (
        Case("reading aid", "read", lambda c: args("车工20人", **_TODAY), has_target=False),
    ),
    "sentences.read_shorthand": (
        Case("reading aid", "read", lambda c: args("skcg 4", **_TODAY), has_target=False),
    ),
    "sentences.place_letters": (Case("reading aid", "read", whole(), has_target=False),),
    "learning.confirm": (
        Case("word", "register", lambda c: args("新词儿", "6-31-01-03"), has_target=False),
    ),
    "learning.confirmations": (Case("word", "read", whole(), has_target=False),),
    "learning.undo": (Case("word", "withdraw", on("alias")),),
    "naming.add_alias": (
        Case("word", "register", lambda c: args("新词儿", "6-31-01-03"), has_target=False),
    ),
    "naming.load_aliases": (Case("program", "load", lambda c: args([]), has_target=False),),
    "reference.load": (Case("program", "load", lambda c: args("area", []), has_target=False),),
    "matchmaking.open_needs": (Case("need", "read", whole(), has_target=False),),
    "matchmaking.rank_bundles": (Case("match", "read", on("need", **_TODAY)),),
    "matchmaking.rank_with_inputs": (
        Case("match", "read", on("need", **_TODAY, top=3, policy=DEFAULT_POLICY)),
    ),
    "matchmaking.rank_within": (
        Case(
            "match",
            "read",
            lambda c: args(c["need"], _snapshot(c)),
        ),
    ),
    "matchmaking.snapshot": (Case("match", "read", whole(**_TODAY), has_target=False),),
    "matchmaking.alternatives": (
        Case("match", "read", lambda c: args(c["need"], c["choice"].bundle.course.id, **_TODAY)),
    ),
    "matchmaking.why_not": (Case("match", "read", on("need", **_TODAY)),),
    "proposals.look": (
        Case("match", "read", lambda c: args(c["need_choice"], 2, c["choice"].bundle)),
    ),
    "unmet.unmet": (Case("allocation", "read", whole(), has_target=False),),
    "ways.gather": (
        Case("allocation", "read", whole(**_TODAY, progress=_few), ("enough",), has_target=False),
    ),
    "allocation.outlook": (
        Case("allocation", "read", whole(**_TODAY, progress=_few), ("enough",), has_target=False),
    ),
    "what_if.look": (
        Case("allocation", "read", whole(**_TODAY, progress=_few), ("enough",), has_target=False),
    ),
    "pools.radar": (
        Case("allocation", "read", whole(**_TODAY, progress=_few), ("enough",), has_target=False),
    ),
    "pools.prepare": (
        Case(
            "pool",
            "read",
            lambda c: args(c["pool_course"], c["pool_choice_needs"], **_TODAY),
        ),
    ),
    "pools.draft": (Case("proposal", "register", on("pool_choice", **_NOW)),),
    "pools.send": (Case("proposal", "edit", on("pool", **_NOW)),),
    "pools.withdraw": (Case("proposal", "edit", on("pool", **_NOW)),),
    "pools.reveal": (
        Case("proposal", "edit", lambda c: args(c["pool"], *_firms(c), **_NOW), ("no_consent",)),
    ),
    "pools.history": (Case("pool", "read", on("pool")),),
    "pools.proposals_of": (Case("proposal", "edit", on("pool")),),
    "allotment.apply": (Case("allocation", "register", on("outlook", **_NOW)),),
    "allotment.applied": (Case("allocation", "read", whole(), has_target=False),),
    "allotment.show": (Case("allocation", "read", on("allocation")),),
    "allotment.send": (Case("allocation", "edit", on("allocation", **_NOW)),),
    "allotment.undo": (Case("allocation", "edit", on("allocation", **_NOW)),),
    "allocation_policy.set_policy": (
        Case("policy", "edit", lambda c: args({"thin": 0.5}), has_target=False),
    ),
    "clocks.set_clocks": (
        Case("policy", "edit", lambda c: args({"draft_minutes": 20}), has_target=False),
    ),
    "warning.set_rule": (Case("policy", "edit", lambda c: args({"heads": 3}), has_target=False),),
    "decisions.prepare": (
        Case(
            "decision",
            "register",
            lambda c: args(
                c["need_choice"], c["choice"].bundle.course.id, reason="试", top=20, **_TODAY
            ),
        ),
    ),
    "decisions.prepare_best": (Case("decision", "register", on("need_choice", **_TODAY)),),
    "decisions.decide": (
        Case(
            "decision",
            "register",
            lambda c: args(
                c["need_choice"], c["choice"].bundle.course.id, reason="试", top=20, **_TODAY
            ),
        ),
    ),
    "decisions.keep": (Case("decision", "register", on("choice")),),
    "decisions.decisions": (Case("decision", "read", whole(), has_target=False),),
    "decisions.replay": (Case("decision", "read", on("decision")),),
    "profiles.profiles": (Case("profile", "read", whole(), has_target=False),),
    "profiles.policy": (Case("profile", "read", on("profile"), ("not_found",), has_target=False),),
    "profiles.save": (
        Case("profile", "edit", lambda c: args("新权重", {"price": 9}), has_target=False),
    ),
    "profiles.drop": (
        Case("profile", "withdraw", on("profile"), ("not_found",), has_target=False),
    ),
    "proposals.draft": (Case("proposal", "register", on("choice", **_NOW)),),
    "proposals.need_to_serve": (Case("proposal", "register", lambda c: args(c["need"], 1)),),
    "proposals.revise": (
        Case(
            "proposal",
            "edit",
            lambda c: args(c["draft"], TermsDraft(note="再议"), version=1, **_NOW),
        ),
    ),
    "proposals.send": (Case("proposal", "edit", on("draft", **_NOW)),),
    "proposals.withdraw": (Case("proposal", "edit", on("sent", **_NOW)),),
    "proposals.confirm": (Case("proposal", "edit", on("accepted", **_NOW)),),
    "proposals.cancel_cost": (Case("proposal", "answer", on("confirmed", **_NOW)),),
    "proposals.cancel": (Case("proposal", "answer", on("confirmed", **_WHY)),),
    "answers.accept": (
        Case("proposal", "answer", lambda c: args(c["sent"], party=c["institution"], **_NOW)),
    ),
    "answers.decline": (
        Case("proposal", "answer", lambda c: args(c["sent"], party=c["institution"], **_WHY)),
    ),
    "answers.counter": (
        Case(
            "proposal",
            "answer",
            lambda c: args(c["sent"], CounterDraft(note="改期"), party=c["institution"], **_NOW),
        ),
    ),
    "answers.replan": (Case("proposal", "answer", on("sent", heads=1, **_NOW)),),
    "answers.undo": (
        Case("proposal", "answer", on("sent", **_NOW), ("undo_outward", "nothing_to_undo")),
    ),
    "inbox.proposal": (Case("proposal", "read", on("sent")),),
    "inbox.proposals": (Case("proposal", "read", whole(), has_target=False),),
    "desk.queue": (Case("desk", "read", whole(**_NOW), has_target=False),),
    "desk.ledger": (Case("contact", "read", whole(), has_target=False),),
    "desk.outcome": (
        Case(
            "contact",
            "register",
            lambda c: args(c["sent"], c["institution"], "no_answer", **_NOW),
        ),
    ),
    "today.queue": (Case("desk", "read", whole(**_NOW), has_target=False),),
    "today.activity": (Case("desk", "read", whole(), has_target=False),),
    "today.registered": (Case("own work", "read", whole(**_TODAY), has_target=False),),
    "dealing.move_need": (
        Case("need", "edit", lambda c: args(c["need"], "open", **_NOW), ("no_such_step",)),
    ),
    "classes.list_classes": (Case("class", "read", whole(), has_target=False),),
    "classes.sheet": (Case("class", "read", on("class")),),
    "classes.load": (Case("class", "read", on("class")),),
    "classes.history": (Case("class", "read", on("class")),),
    "classes.no_show": (
        Case(
            "class",
            "answer",
            lambda c: args(c["confirmed"], 1, now=NOW + timedelta(days=90)),
        ),
    ),
    "moving.stand_ins": (Case("class", "plan", lambda c: args(c["class"], c["leaving"], **_NOW)),),
    "moving.substitute": (
        Case(
            "class",
            "answer",
            lambda c: args(c["class"], c["leaving"], c["instructor"], **_WHY),
            ("no_substitute",),
        ),
    ),
    "moving.undo": (
        Case("class", "answer", on("class", **_NOW), ("nothing_to_undo", "undo_outward")),
    ),
    "moving.impact": (
        Case(
            "class",
            "plan",
            lambda c: args(c["class"], c["first_day"] + timedelta(days=7), **_NOW),
        ),
    ),
    "moving.postpone": (Case("class", "answer", lambda c: args(_impact(c), **_WHY)),),
    "moving.call_off": (Case("class", "answer", on("class", **_WHY)),),
    "moving.close": (Case("class", "edit", on("class", **_NOW), ("no_such_step",)),),
    "repair.look": (Case("class", "edit", lambda c: args(_trouble(c), **_NOW), has_target=False),),
    "mending.apply": (Case("class", "edit", lambda c: args(_repair(c), **_WHY), has_target=False),),
    "waiting.join": (
        Case(
            "waiting",
            "register",
            lambda c: args(c["need"], "assessment", c["assessment_full"], **_NOW),
        ),
    ),
    "waiting.leave": (Case("waiting", "edit", on("waiting", **_NOW)),),
    "waiting.waiting": (Case("waiting", "read", on("waiting")),),
    "waiting.lines": (Case("waiting", "read", whole(), has_target=False),),
    "board.week": (
        Case(
            "board",
            "read",
            lambda c: args(DAY, only=Filter(institution=c["institution"])),
        ),
    ),
    "board.month": (
        Case(
            "board",
            "read",
            lambda c: args(DAY, only=Filter(institution=c["institution"])),
        ),
    ),
    "board_cell.cell": (Case("board", "read", lambda c: args(_place(c))),),
    "board_additions.additions": (Case("match", "read", lambda c: args(_place(c), **_TODAY)),),
    "board_slots.choices": (Case("board", "read", whole(), has_target=False),),
    "clashes.clashes": (
        Case(
            "board",
            "read",
            lambda c: args((DAY, DAY), Filter(institution=c["institution"]), ()),
        ),
    ),
    "analysis.shortages": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "analysis.look": (
        Case("analysis", "read", whole(**_TODAY, area=None, month=None), has_target=False),
    ),
    "drilling.drill": (
        Case("analysis", "read", lambda c: args(None, None, **_TODAY), has_target=False),
    ),
    "coverage.coverage": (
        Case("analysis", "read", lambda c: args((), **_TODAY), has_target=False),
    ),
    "wanted.wanted": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "wanted.areas_asked": (Case("analysis", "read", whole(), has_target=False),),
    "flow.funnel": (Case("analysis", "read", whole(week=DAY), has_target=False),),
    "flow.weekly": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "users.listed": (Case("user", "read", whole(), has_target=False),),
    "users.shown": (Case("own user", "read", lambda c: args(c.login)),),
    "users.invite": (
        Case("user", "register", lambda c: args("newcomer", _person(c)), has_target=False),
    ),
    "users.change": (Case("user", "edit", lambda c: args(c.login, _person(c)), ("last_admin",)),),
    "users.suspend": (Case("user", "withdraw", lambda c: args(c.login), ("last_admin",)),),
    "users.reinstate": (Case("user", "edit", lambda c: args(c.login), ("user_active_already",)),),
    "keys.listed": (Case("own key", "read", lambda c: args(c.login)),),
    "keys.add": (
        Case("key", "register", lambda c: args(c.login, KeyDraft(name="n", line=key_line(99)))),
    ),
    "keys.revoke": (Case("own key", "withdraw", lambda c: args(c.world.keys[c.login])),),
    "sessions.listed": (Case("own work", "read", whole(), has_target=False),),
    "sessions.close": (Case("own session", "withdraw", lambda c: args(c.world.sessions[c.login])),),
    "sessions.end": (
        Case("own session", "withdraw", lambda c: args(c.world.sessions[c.login], "left")),
    ),
    "sessions.seen": (
        Case(
            "own session",
            "edit",
            lambda c: args(c.world.sessions.get(c.by.login, 0)),
            has_target=False,
        ),
    ),
    "keys.opening": (Case("key", "read", whole(), has_target=False),),
    "sessions.last_act": (
        Case(
            "own work",
            "read",
            lambda c: args(SessionView.model_construct(started_at=NOW)),
            has_target=False,
        ),
    ),
    "trail.page": (Case("audit", "read", whole(), has_target=False),),
    "trail.shown": (Case("audit", "read", lambda c: args(1), has_target=False),),
    "trail.check": (Case("audit", "read", whole(), has_target=False),),
    "audit.done": (
        Case("own work", "read", lambda c: args("r1", "hold", "proposal"), has_target=False),
    ),
}

# Steps of other services, which ask rights before they take them: (why nobody takes them alone).
INNER: Mapping[str, str] = {
    "audit.record": "writes the trail of an act that was allowed",
    "audit.remember": "keeps the request of an act that was allowed",
    "capacity.take": "takes what a plan needs that was allowed",
    "clashes.visible": "picks out of codes those that the actor may open",
    "classes.firm_name": "masks by the actor; takes a row",
    "classes.unnamed": "masks by the actor; takes a row",
    "classes.join": "takes a row, of a proposal that is confirmed",
    "classes.leave": "takes a row, of a proposal that ends",
    "classes.move": "takes a row, of a class that may be changed",
    "classes.move_on": "what the calendar does to classes",
    "dealing.acting_party": "asks who answers; takes a row",
    "dealing.find": "whose it is the caller asks next; gives a row",
    "dealing.follow": "takes a need to where its proposals are",
    "dealing.keep": "takes a row",
    "dealing.load": "whose it is the caller asks next; gives a row",
    "dealing.put_terms": "takes a row",
    "dealing.require_concerned": "asks rights; takes a row",
    "dealing.take": "takes a row",
    "dealing.touch": "takes a row",
    "learning.learn": "keeps the words of a record that was allowed; of operators and supervisors only",
    "moving.appoint": "a step of substitute and of a repair",
    "moving.put": "takes a row, of a class that may be changed",
    "pools.hold": "a step of draft and of an allocation, each of which asks",
    "proposals.end": "takes a row, of a proposal that may be ended",
    "proposals.hold": "takes a row, of a need that may be served",
    "proposals.note_hold": "takes a row",
    "references.require_own_references": "asks rights of a draft",
    "sharing.leave": "takes a row",
    "sharing.settle": "takes a row",
    "waiting.leave_all": "a step of what settles a need",
    "waiting.settle": "a step of taking capacity",
}

# What asks rights, and is asked by whoever opens a desk.
GUARDS: Mapping[str, str] = {
    "sessions.standing": "raises when a person may not act any more",
    "rights.refuse": "refuses whoever asks",
}

# Services that need no actor and may be called by any screen: (why anybody may).
OPEN: Mapping[str, str] = {
    "allocation_policy.policy": "the policy is the same for all and told to all",
    "changes.newest": "a number",
    "clocks.clocks": "the clocks are the same for all and told to all",
    "heads.head": "a digest and a count; the command asks whether one keeps the store (`store head`)",
    "heads.lost": "numbers of rows; the command asks whether one keeps the store (`store check`)",
    "measures.measures": "counts and sizes, for whoever has the file (`metrics`)",
    "health.check": "codes of what is broken, for whoever has the file (`store check`)",
    "health.ground": "sizes and settings, for whoever has the file (`doctor`)",
    "health.pages": "codes of what is broken, for whoever has the file (`store check`)",
    "naming.resolve_text": "reference data: the dictionary of occupations",
    "naming.resolver": "reference data: the dictionary of occupations",
    "needs.find_area": "reference data: areas",
    "reference.actor": "says who somebody is, by the login that the system vouches for",
    "reference.add_user": "whoever makes a store puts themselves into it (`store init`)",
    "reference.areas": "reference data",
    "reference.calendar": "reference data",
    "reference.demo_operator": "the visitor of a demo",
    "reference.equipment": "reference data",
    "reference.is_empty": "a yes or no about reference data",
    "reference.levels": "reference data",
    "reference.meta": "facts about the store",
    "reference.now": "the clock",
    "reference.set_meta": "whoever makes a store writes facts about it",
    "reference.today": "the calendar",
    "sessions.begin_by_key": "the front door: the key says who comes in",
    "sessions.begin_by_login": "the front door: the system vouches for the login",
    "sweep.is_due": "a yes or no about the time",
    "sweep.sweep": "the passing of time, whoever's desk sees it first",
    "warning.rule": "the rule is the same for all and told to all",
}
