"""Every service that takes an actor: of which kind, which act, and how it is called on one side's records.

A new service fails `test_matrix.py` until it has a line here: what it does to what, and real arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from matching.policy import DEFAULT_POLICY
from store.errors import DuijieError
from store.schemas.access import KeyDraft, SessionView, UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.cost import CostDraft
from store.schemas.early import PlanDraft
from store.schemas.occupation import LocalOccupationDraft
from store.schemas.policy import DutyDraft, FundDraft, RuleDraft, SetDraft
from store.schemas.publication import BulletinDraft, TargetDraft
from store.schemas.records import CourseDraft, EnterpriseDraft, InstitutionDraft, NeedDraft
from store.schemas.support import BidDraft, CourseCallDraft, EndorsementDraft, ExpertDraft
from store.schemas.survey import Answered, SurveyDraft
from store.schemas.terms import CounterDraft, TermsDraft
from store.schemas.trainee import OutcomeDraft, ResultDraft, TraineeDraft
from store.schemas.vacancy import AnswerDraft, VacancyDraft
from store.services import (
    board,
    board_cell,
    classes,
    combining,
    forecast,
    inbox,
    matchmaking,
    moving,
    records,
    reducing,
    repair,
)
from store.services.board_slots import Filter
from store.services.filters import NeedFilter
from store.services.kinds import kind_named
from store.services.opinions import QUESTIONS, Opinion
from store.services.shelves import ShelfFilter
from store.services.shortage import Changes
from store.services.standing import ADMISSION_ITEMS, Admission
from store.services.supervision_rules import Item
from store.services.targets import COLUMNS
from store.services.visits import Wish
from tests.conftest import DAY
from tests.rights.world import MONDAY, NOW, World, claim_of, key_line

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
_MONDAY = DAY - timedelta(days=DAY.weekday())
_NOW: dict[str, Any] = {"now": NOW}
_WHY: dict[str, Any] = {"now": NOW, "reason": "因故"}


_LATER: dict[str, Any] = {"now": NOW + timedelta(days=120)}
_NO_KEY, _NO_FILE = Path("/nowhere/key"), ("identity_key_unread",)


def _resit() -> ResultDraft:
    return ResultDraft(outcome="passed", day=(NOW + timedelta(days=120)).date())


_PLAN_HEADS = ("企业", "年份", "季度", "职业", "人数")
_EXPERT = ExpertDraft(name="某人", organisation="协会", fields=("6-31-01-03",), term_from=DAY)
_CALL = CourseCallDraft(
    occupation="6-31-01-03", modules="模块", theory_hours=8, practice_hours=8, heads=9,
    deadline=DAY + timedelta(days=9),
)  # fmt: skip
_BID = BidDraft(price=Decimal("700"), plan="小班")


def _plan(call: Call) -> PlanDraft:
    return PlanDraft(
        enterprise=call["enterprise"], year=2027, quarter=2, occupation="6-31-01-03", heads=3
    )


_LOCAL = LocalOccupationDraft(
    name="脑机接口调试员", near="6-18-01-01", source="区人社局备案", valid_from=DAY
)


_SURVEY = SurveyDraft(
    title="试", firms=("E001",), trades=("6-31-01-03",), first=MONDAY, last=MONDAY, due=DAY
)


_POST = VacancyDraft(enterprise="E001", title="试", heads=2, until=DAY)
_ROOM = CostDraft(
    venue="V04", hour=Decimal(3), first_day=DAY, last_day=DAY, shares={"T01": 60, "T02": 40}
)


def _opinion(call: Call) -> Opinion:
    marks = dict.fromkeys(QUESTIONS["agency"], 4)
    return Opinion(call["class"], "agency", call["centre"], call["first_day"], marks)


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


def _batch(state: str, *more: Any) -> Arguments:
    """The batch of a side that is the school's where a school asks, else the centre's."""

    def arguments(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        whose = "school" if call.by.role is Role.INSTITUTION else "centre"
        return args(call[f"batch_{state}_{whose}"], *more)

    return arguments


def _place(call: Call) -> board_cell.Place:
    return board_cell.Place(
        board.View.INSTITUTIONS, call["institution"], date(2027, 3, 2), "morning"
    )


def _impact(call: Call) -> moving.Postponement:
    first = call["first_day"] + timedelta(days=7)
    return moving.impact(call.session, call["class"], first, by=SYSTEM, now=NOW)


_NOT_TWO = ("not_below", "not_one_course", "no_such_step")


def _way(call: Call) -> combining.Combination:
    """The side's class with itself: whoever may is told that these are not two."""
    sheet = classes.sheet(call.session, call["class"], by=SYSTEM)
    plan = inbox.proposal(call.session, call["confirmed"], by=SYSTEM).plan
    side = combining.Side(sheet.code, sheet.version, sheet.heads, plan)
    return combining.Combination(sheet.course, "", "", side, side, plan, 1, 2)


def _repair(call: Call) -> repair.Repair:
    return repair.Repair(_trouble(call), "", (), "", {})


def _course(call: Call) -> CourseDraft:
    return CourseDraft(institution=call["institution"], title="又一门课")


def _firms(call: Call) -> list[str]:
    mates = [inbox.proposal(call.session, code, by=SYSTEM) for code in call["mates"][:2]]
    return [records.fetch(call.session, "need", one.need, by=SYSTEM).enterprise for one in mates]


def _trouble(call: Call) -> repair.Trouble:
    return repair.Trouble("instructor", call["instructor"], DAY, DAY + timedelta(days=2))


def _one(kind: str) -> Arguments:
    return lambda call: args(kind, call[kind])


def _all(kind: str) -> Arguments:
    return lambda call: args(kind)


def _all_in_district(kind: str) -> Arguments:
    return lambda call: args(kind, area="440307")


def _undone(kind: str) -> Arguments:
    return lambda call: args(kind, [call[kind]], **_NOW)


def _filed(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A table with one row, which changes one cell of a course."""
    cells = (call["course"], call["institution"], "改名")
    return args("course", ("code", "institution", "title"), [(2, cells)])


def _person(call: Call) -> UserDraft:
    return UserDraft(name="新人", role="operator", organisation=call["centre"])


def _target(call: Call) -> TargetDraft:
    said = {"unit": call["centre"], "indicator": "heads_registered", "value": 9}
    return TargetDraft.model_validate({**said, "first": DAY, "last": DAY})


def _rules_of(code: str) -> SetDraft:
    said = {"code": code, "name": "新规则", "area": "440307", "source": "虚构"}
    return SetDraft.model_validate({**said, "valid_from": "2027-02-01"})


_RULE = RuleDraft.model_validate(
    {"code": "T9", "clause": "第九条", "kind": "living", "amount": "100"}
)
OFFERS = ("course", "run", "instructor", "venue", "slot", "assessment")
_MONTH = BulletinDraft.model_validate(
    {"kind": "monthly", "first": date(2026, 11, 1), "last": date(2026, 11, 30)}
)
_PUBLISHED = "GB000001"  # by the demo
_FIRM = EnterpriseDraft(name="新来的厂")
_SCHOOL = InstitutionDraft(name="新来的学校")

CASES: Mapping[str, tuple[Case, ...]] = {
    "records.register": (
        Case("need", "register", lambda c: args(_need(c)), has_target=False),
        Case("enterprise", "register", lambda c: args(_FIRM), has_target=False),
        Case("institution", "register", lambda c: args(_SCHOOL), has_target=False),
        *(Case(kind, "register", _again(kind)) for kind in OFFERS if kind != "slot"),
        Case("slot", "register", _again("slot", day="2027-03-09")),
        Case("association", "register", _again("association"), has_target=False),
        Case("purchase", "register", _again("purchase")),
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
        Case("association", "edit", _edit("association", "contact", "改")),
        Case("centre", "edit", _edit("centre", "contact", "改")),
        Case("purchase", "edit", _edit("purchase", "note", "改")),
    ),
    "records.withdraw": (
        Case("need", "withdraw", _withdraw("need")),
        *(Case(kind, "withdraw", _withdraw(kind)) for kind in OFFERS),
        Case("institution", "withdraw", _withdraw("institution")),
        Case("association", "withdraw", _withdraw("association")),
        Case("purchase", "withdraw", _withdraw("purchase")),
    ),
    "records.withdraw_all": (
        Case("course", "withdraw", lambda c: args("course", {c["course"]: 1}, reason="因故")),
    ),
    "records.reinstate": (
        Case("course", "withdraw", lambda c: args("course", c["gone"], version=2, status="paused")),
    ),
    "records.fetch": tuple(
        Case(kind, "read", _one(kind))
        for kind in (
            "need",
            "centre",
            "enterprise",
            "institution",
            "association",
            "purchase",
            *OFFERS,
        )
    ),
    "records.page": tuple(
        Case(kind, "read", _all(kind), has_target=False)
        for kind in (
            "need",
            "centre",
            "enterprise",
            "institution",
            "association",
            "purchase",
            *OFFERS,
        )
    ),
    "records.history": (
        Case("need history", "read", lambda c: args("need", c["need"])),
        Case("offer history", "read", lambda c: args("course", c["course"])),
    ),
    "records.editable": (
        Case("need", "edit", lambda c: args(kind_named("need"), [c["need"]])),
        Case("course", "edit", lambda c: args(kind_named("course"), [c["course"]])),
    ),
    "instructor_register.listed": (
        Case(
            "instructor",
            "read",
            lambda c: args(institution=c["institution"], **_TODAY),
            has_target=False,
        ),
    ),
    "instructor_register.enter": (Case("instructor_register", "edit", on("instructor", **_TODAY)),),
    "instructor_register.lapse": (
        Case(
            "instructor_register",
            "edit",
            on("instructor", reason="证书过期", **_TODAY),
            ("no_such_step",),
        ),
    ),
    "instructor_register.strike_off": (
        Case(
            "instructor_register",
            "edit",
            on("instructor", reason="资格被吊销", **_TODAY),
            ("no_such_step",),
        ),
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
    "filing.titles_of": (Case("course", "edit", _filed),),
    "story.of_need": (Case("need", "read", on("need", **_TODAY)),),
    "shelves.page": (Case("course", "read", lambda c: args(ShelfFilter()), has_target=False),),
    "shelves.unread": (
        Case("course", "read", lambda c: args(ShelfFilter(words=("焊工",))), has_target=False),
    ),
    "filters.page": (Case("need", "read", lambda c: args(NeedFilter()), has_target=False),),
    "filters.beneath": tuple(
        Case(kind, "read", _all_in_district(kind), has_target=False)
        for kind in (
            "need",
            "centre",
            "enterprise",
            "institution",
            "association",
            "purchase",
            *OFFERS,
        )
    ),
    "purchases.listed": (Case("purchase", "read", whole(), has_target=False),),
    "purchases.page": (
        Case("purchase", "read", lambda c: args(c["institution"]), has_target=False),
    ),
    "usage_terms.in_force": (Case("terms in force", "read", whole(**_TODAY), has_target=False),),
    "usage_terms.is_wanted": (Case("terms in force", "read", whole(**_TODAY), has_target=False),),
    "usage_terms.versions": (Case("terms in force", "read", whole(), has_target=False),),
    "usage_terms.accept": (
        Case("terms in force", "answer", lambda c: args(1, **_TODAY), has_target=False),
    ),
    "usage_terms.publish": (
        Case(
            "usage_terms",
            "register",
            lambda c: args("新" * 30, "new " * 10, day=DAY, **_TODAY),
            has_target=False,
        ),
    ),
    "usage_terms.standings": (Case("usage_terms", "read", whole(**_TODAY), has_target=False),),
    "tree.listed": (Case("match", "read", whole(), has_target=False),),
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
    "needs.apart": (
        Case("need", "register", lambda c: args("车工2人、电工3人"), has_target=False),
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
    "sentences.read_either": (
        Case("reading aid", "read", lambda c: args("车工20人", None, **_TODAY), has_target=False),
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
    "matchmaking.open_need": (Case("match", "read", on("need")),),
    "matchmaking.rank_bundles": (Case("match", "read", on("need", **_TODAY)),),
    "matchmaking.rank_with_inputs": (
        Case("match", "read", on("need", **_TODAY, top=3, policy=DEFAULT_POLICY)),
    ),
    "in_shards.wanted": (Case("match", "read", whole(**_TODAY), has_target=False),),
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
    "records.restore": (Case("course", "edit", _edit("course", "title", "改回的名称")),),
    "batches.begin": (
        Case(
            "batch",
            "register",
            lambda c: args("course", ("课程名称", "机构"), [(2, ["焊工", "T01"])], file="表.csv"),
            has_target=False,
        ),
    ),
    "batches.listed": (Case("batch", "read", whole(), has_target=False),),
    "batches.shown": (Case("batch", "read", _batch("ready")),),
    "batches.rows": (Case("batch", "read", _batch("ready")),),
    "batches.drop": (Case("batch", "withdraw", _batch("ready")),),
    "batch_mend.remap": (Case("batch", "edit", _batch("ready", "价格", "")),),
    "batch_mend.recheck": (Case("batch", "edit", _batch("ready")),),
    "batch_mend.fix": (Case("batch", "edit", _batch("ready", 2, "price", "100")),),
    "batch_mend.fill": (Case("batch", "edit", _batch("ready", "price", "980", "100")),),
    "batch_mend.leave": (Case("batch", "edit", _batch("ready", [3])),),
    "batch_mend.choices": (Case("batch", "edit", _batch("ready", 2, "institution")),),
    "batch_apply.diff": (Case("batch", "read", _batch("ready")),),
    "batch_apply.apply": (Case("batch", "edit", _batch("ready")),),
    "batch_apply.titles_of": (Case("batch", "edit", _batch("ready")),),
    "batch_apply.undo": (Case("batch", "withdraw", _batch("applied")),),
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
    "reducing.look": (
        Case("proposal", "answer", on("confirmed", heads=1, **_NOW), ("fewer_heads",)),
    ),
    "reducing.reduce": (
        Case(
            "proposal", "answer", on("confirmed", fewer=reducing.Fewer(1), **_WHY), ("fewer_heads",)
        ),
    ),
    "reducing.repeated": (
        Case("proposal", "answer", on("confirmed", fewer=reducing.Fewer(1), reason="试")),
    ),
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
    "moving.impact": (
        Case(
            "class",
            "plan",
            lambda c: args(c["class"], c["first_day"] + timedelta(days=7), **_NOW),
        ),
    ),
    "combining.candidates": (Case("class", "read", whole(**_NOW), has_target=False),),
    "combining.look": (
        Case("class", "plan", lambda c: args(c["class"], c["class"], **_NOW), _NOT_TWO),
    ),
    "combining.combine": (Case("class", "answer", lambda c: args(_way(c), **_WHY), _NOT_TWO),),
    "combining.repeated": (
        Case("class", "plan", lambda c: args(c["class"], c["class"], reason="试", request=None)),
    ),
    "moving.postpone": (Case("class", "answer", lambda c: args(_impact(c), **_WHY)),),
    "moving.call_off": (Case("class", "answer", on("class", **_WHY)),),
    "taking_back.undo": (
        Case("class", "answer", on("class", **_NOW), ("nothing_to_undo", "undo_outward")),
    ),
    "taking_back.undo_no_show": (
        Case("class", "answer", on("confirmed", **_NOW), ("nothing_to_undo",)),
    ),
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
    "class_lines.full_classes": (Case("waiting", "register", on("need", **_NOW)),),
    "class_lines.join": (
        Case(
            "waiting",
            "register",
            lambda c: args(c["need"], c["class"], **_NOW),
            ("nothing_short",),
        ),
    ),
    "class_lines.leave": (Case("waiting", "edit", on("need", **_NOW)),),
    "run_lines.full_runs": (Case("waiting", "register", on("need", **_NOW)),),
    "slot_lines.full_slots": (Case("waiting", "register", on("need", **_NOW)),),
    "waiting.leave": (Case("waiting", "edit", on("waiting", **_NOW)),),
    "waiting.undo": (Case("waiting", "edit", on("waiting", **_NOW), ("nothing_to_undo",)),),
    "waiting.revert": (Case("waiting", "edit", on("waiting", **_NOW), ("nothing_to_undo",)),),
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
    "pivot.pivot": (
        Case("analysis", "read", lambda c: args("level", "area", **_TODAY), has_target=False),
    ),
    "bottlenecks.bottlenecks": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "behind.told": (
        Case("analysis", "read", lambda c: args((("need", "N000001"),)), has_target=False),
    ),
    "waits.waits": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "use.use": (Case("board", "read", whole(**_TODAY), has_target=False),),
    "use.behind": (
        Case(
            "board",
            "read",
            lambda c: args("seats", "institution", "T01", **_TODAY),
            has_target=False,
        ),
    ),
    "forecast.forecast": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "forecast.series": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "forecast.take_history": (
        Case(
            "need",
            "register",
            lambda c: args([forecast.Past(_MONDAY, "6-18-01-01", 5)], "手册"),
            has_target=False,
        ),
    ),
    "warned.warnings": (Case("warning", "read", whole(**_TODAY), has_target=False),),
    "warned.acknowledge": (
        Case(
            "warning",
            "edit",
            lambda c: args("NONE/-", until=DAY, **_TODAY),
            meets=("not_found",),
            has_target=False,
        ),
    ),
    "warning.change_rule": (
        Case("policy", "edit", lambda c: args("GAP", {"heads": 3}), has_target=False),
    ),
    "shortage.lists": (Case("shortage", "read", whole(), has_target=False),),
    "shortage.show": (Case("shortage", "read", lambda c: args("JQ000001"), has_target=False),),
    "shortage.draft": (
        Case("shortage", "register", whole(valid_from=DAY, **_TODAY), has_target=False),
    ),
    "shortage.edit": (
        Case(
            "shortage",
            "edit",
            lambda c: args("JQ000002", Changes(add=("6-18-01-01",)), **_TODAY),
            has_target=False,
        ),
    ),
    "shortage.sign": (
        Case("shortage", "edit", lambda c: args("JQ000002", **_TODAY), has_target=False),
    ),
    "shortage.revoke": (
        Case("shortage", "withdraw", lambda c: args("JQ000001", reason="因故"), has_target=False),
    ),
    "wanted.wanted": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "wanted.areas_asked": (Case("analysis", "read", whole(), has_target=False),),
    "flow.funnel": (Case("analysis", "read", whole(week=DAY), has_target=False),),
    "flow.weekly": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "bulletins.make": (
        Case("bulletin", "register", lambda c: args(_MONTH, **_TODAY), has_target=False),
    ),
    "bulletins.figure_out": (
        Case("bulletin", "register", lambda c: args(_MONTH, **_TODAY), has_target=False),
    ),
    "bulletins.listed": (Case("bulletin", "read", whole(), has_target=False),),
    "bulletins.log": (Case("bulletin", "read", whole(), has_target=False),),
    "bulletins.shown": (Case("bulletin", "read", lambda c: args(_PUBLISHED), has_target=False),),
    "bulletins.verify": (
        Case("bulletin", "read", lambda c: args(_PUBLISHED, {}), has_target=False),
    ),
    "bulletins.check": (
        Case("bulletin", "edit", lambda c: args(_PUBLISHED), ("no_such_step",), has_target=False),
    ),
    "bulletins.near": (Case("bulletin", "edit", lambda c: args(_PUBLISHED), has_target=False),),
    "bulletins.publish": (
        Case(
            "bulletin",
            "edit",
            lambda c: args(_PUBLISHED, {}, **_NOW),
            ("no_such_step",),
            has_target=False,
        ),
    ),
    "bulletins.withdraw": (
        Case("bulletin", "withdraw", lambda c: args(_PUBLISHED, **_WHY), has_target=False),
    ),
    "packs.packs": (Case("bulletin", "register", whole(**_TODAY), has_target=False),),
    "small_counts.set_threshold": (
        Case("policy", "edit", lambda c: args({"heads": 6}), has_target=False),
    ),
    "targets.listed": (Case("target", "read", whole(**_TODAY), has_target=False),),
    "targets.overlapping": (
        Case("all targets", "read", lambda c: args(_MONTH.period, **_TODAY), has_target=False),
    ),
    "targets.put": (
        Case("target", "register", lambda c: args(_target(c), **_TODAY), has_target=False),
    ),
    "targets.take": (Case("target", "register", lambda c: args(COLUMNS, []), has_target=False),),
    "users.listed": (Case("user", "read", whole(), has_target=False),),
    "users.shown": (Case("own user", "read", lambda c: args(c.login)),),
    "users.invite": (
        Case("user", "register", lambda c: args("newcomer", _person(c)), has_target=False),
    ),
    "users.change": (Case("user", "edit", lambda c: args(c.login, _person(c)), ("last_admin",)),),
    "users.suspend": (
        Case("user", "withdraw", lambda c: args(c.login), ("last_admin", "user_self")),
    ),
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
    "filing_calendar.set_calendar": (
        Case("policy", "edit", lambda c: args({"course.due": "6"}), has_target=False),
    ),
    "filing_cycle.due": (
        Case("filing", "read", lambda c: args(institution=c["institution"], **_TODAY)),
    ),
    "filing_cycle.same": (Case("filing", "register", on("institution", **_TODAY)),),
    "filing_cycle.status": (Case("filing", "read", on("institution")),),
    "quality_rules.set_rules": (
        Case("policy", "edit", lambda c: args({"hours_junior": 41}), has_target=False),
    ),
    "quality.scores": (
        Case("quality", "read", lambda c: args(institution=c["institution"], **_TODAY)),
    ),
    "verification.set_kinds": (
        Case("policy", "edit", lambda c: args(["course", "run"]), has_target=False),
    ),
    "verification.queue": (Case("verification", "read", whole(), has_target=False),),
    "verification.standing": (
        Case("verification", "read", lambda c: args("course", c["course_new"])),
    ),
    "verification.check": (
        Case("verification", "edit", lambda c: args([("course", c["course_new"])])),
    ),
    "verification.publish": (
        Case("verification", "edit", lambda c: args([("course", c["course_checked"])])),
    ),
    "verification.send_back": (
        Case("verification", "edit", lambda c: args([("course", c["course_new"])], "缺价格")),
    ),
    "duplicates.listed": (Case("duplicate", "read", whole(), has_target=False),),
    "duplicates.doubles": (Case("duplicate", "read", whole(), has_target=False),),
    "duplicates.compared": (
        Case("duplicate", "read", lambda c: args("course", c["course_new"], c["course_checked"])),
    ),
    "duplicates.apart": (
        Case("duplicate", "edit", lambda c: args("course", c["course_new"], c["course_checked"])),
        Case("duplicate", "edit", lambda c: args("need", "N000002", "N000003")),
    ),
    "duplicates.undo_apart": (
        Case("duplicate", "edit", lambda c: args("course", c["course_new"], c["course_kept"])),
    ),
    "merges.merge": (
        Case("duplicate", "edit", lambda c: args("need", "N000002", "N000003")),
        Case("duplicate", "edit", lambda c: args("course", c["course_new"], c["course_checked"])),
    ),
    "merges.undo": (Case("duplicate", "edit", lambda c: args("course", c["course_merged"])),),
    "merges.listed": (Case("duplicate", "read", whole(), has_target=False),),
    "trainees.register": (
        Case("trainee", "register", lambda c: args(TraineeDraft(name="某人")), has_target=False),
    ),
    "trainees.register_many": (
        Case("trainee", "register", lambda c: args([TraineeDraft(name="某人")]), has_target=False),
    ),
    "trainees.edit": (Case("trainee", "edit", on("trainee", draft=TraineeDraft(name="改名"))),),
    "trainees.listed": (Case("trainee", "read", whole(), has_target=False),),
    "trainees.shown": (Case("trainee", "read", on("trainee")),),
    "trainees.load": (Case("trainee", "read", on("trainee")),),
    "trainee_merges.merge": (Case("trainee", "edit", lambda c: args(c["free"], c["trainee"])),),
    "trainee_merges.unmerge": (Case("trainee", "edit", on("merged")),),
    "trainee_files.file": (Case("trainee", "read", on("trainee", **_TODAY)),),
    "trainee_files.workforce": (Case("trainee", "read", whole(**_TODAY), has_target=False),),
    "trainee_files.talents": (Case("trainee", "read", whole(**_TODAY), has_target=False),),
    "retention.stale": (Case("trainee", "withdraw", whole(**_TODAY), has_target=False),),
    "retention.apply": (Case("trainee", "withdraw", whole(**_TODAY), has_target=False),),
    "outcomes.due": (Case("trainee", "read", whole(**_TODAY), has_target=False),),
    "outcomes.put": (
        Case(
            "trainee",
            "edit",
            lambda c: args(c["trainee"], OutcomeDraft(kind="promoted", day=DAY), **_NOW),
            ("not_found",),
        ),
    ),
    "credits.account": (Case("trainee", "read", on("trainee", day=DAY)),),
    "credits.reached": (Case("trainee", "read", whole(day=DAY), has_target=False),),
    "credits.give": (Case("trainee", "edit", lambda c: args(c["trainee"], 2, "外地", **_NOW)),),
    "credits.reverse": (
        Case("trainee", "edit", lambda c: args(c["trainee"], c["credit"], "误记", **_NOW)),
    ),
    "credit_rules.set_rules": (
        Case("policy", "edit", lambda c: args({"hours": "8"}), has_target=False),
    ),
    "training_rules.set_rules": (
        Case("policy", "edit", lambda c: args({"late_loses": 2}), has_target=False),
    ),
    "identity_numbers.status": (Case("identity_switch", "read", whole(), has_target=False),),
    "identity_numbers.switch_on": (
        Case("identity_switch", "edit", lambda c: args(_NO_KEY), _NO_FILE, has_target=False),
    ),
    "identity_numbers.switch_off": (Case("identity_switch", "edit", whole(), has_target=False),),
    "identity_numbers.rotate": (
        Case(
            "identity_switch", "edit", lambda c: args(_NO_KEY), ("identity_off",), has_target=False
        ),
    ),
    "identity_numbers.put": (
        Case(
            "trainee", "edit", lambda c: args(c["trainee"], "11010519491231002X"), ("identity_off",)
        ),
    ),
    "identity_numbers.reveal": (Case("identity", "answer", on("trainee", reason="补贴核对")),),
    "roster.listed": (Case("class", "read", on("class")),),
    "roster.add": (Case("class", "edit", lambda c: args(c["class"], c["free"], **_NOW)),),
    "roster.paste": (
        Case("class", "edit", lambda c: args(c["class"], [TraineeDraft(name="某人")], **_NOW)),
    ),
    "roster.swap": (
        Case("class", "edit", lambda c: args(c["class"], c["trainee"], c["free"], **_WHY)),
    ),
    "roster.drop": (
        Case("class", "edit", lambda c: args(c["class"], c["trainee"], reason="离职")),
    ),
    "attendance.grid": (Case("class", "read", on("class")),),
    "attendance.mark": (
        Case("class", "answer", lambda c: args(c["class"], [c["mark"]], **_LATER)),
    ),
    "attendance.complete": (Case("class", "answer", on("class", **_LATER), ("class_not_over",)),),
    "device_times.take": (
        Case("class", "answer", lambda c: args(c["class"], [c["stamp"]], **_LATER)),
    ),
    "results.listed": (Case("class", "read", on("class")),),
    "results.record": (
        Case("class", "answer", lambda c: args(c["class"], c["trainee"], _resit(), **_LATER)),
    ),
    "results.void": (
        Case("class", "answer", lambda c: args(c["class"], c["attempt"], "误录", **_LATER)),
    ),
    "policies.listed": (Case("policy_set", "read", whole(), has_target=False),),
    "policies.shown": (Case("policy_set", "read", lambda c: args("LG-JN"), has_target=False),),
    "policies.check": (
        Case("policy_set", "read", lambda c: args("LG-JN", **_TODAY), has_target=False),
    ),
    "policies.begin": (
        Case("policy_set", "register", lambda c: args(_rules_of("NEW")), has_target=False),
    ),
    "policies.change": (
        Case("policy_set", "edit", lambda c: args(_rules_of("LG-JN")), has_target=False),
    ),
    "policies.put_rule": (
        Case("policy_set", "edit", lambda c: args("LG-JN", _RULE, **_TODAY), has_target=False),
    ),
    "policies.drop_rule": (
        Case("policy_set", "withdraw", lambda c: args("LG-JN", "T5", **_TODAY), has_target=False),
    ),
    "policies.publish": (
        Case(
            "policy_set",
            "edit",
            lambda c: args("LG-JN", **_TODAY),
            ("policy_stopped",),
            has_target=False,
        ),
    ),
    "subsidies.ask": (Case("match", "read", on("need_open", as_of=DAY)),),
    "subsidies.pricing": (Case("match", "read", lambda c: args([]), has_target=False),),
    "subsidies.nets": (
        Case(
            "match",
            "read",
            lambda c: args(matchmaking.rank_bundles(c.session, c["need"], by=SYSTEM, **_TODAY)),
        ),
    ),
    "subsidies.deal_net": (Case("decision", "read", on("sent")),),
    "claims.listed": (Case("claim", "read", whole(), has_target=False),),
    "claims.shown": (Case("claim", "read", on("claim")),),
    "claims.claim": (
        Case(
            "claim",
            "register",
            lambda c: args(claim_of(c.world.sides["A"], c.world.sides["A"]["payee"])),
            has_target=False,
        ),
    ),
    "class_claims.claim": (
        Case("claim", "register", on("class", policy="P", rule="R"), ("claim_nobody",)),
    ),
    "claims.submit": (Case("claim", "edit", on("claim", **_NOW)),),
    "claims.decide": (Case("claim", "answer", lambda c: args(c["claim_in"], "approve", **_NOW)),),
    "claims.withdraw": (Case("claim", "withdraw", on("claim", **_NOW)),),
    "funds.firms": (Case("fund", "read", whole(), has_target=False),),
    "funds.short": (Case("fund", "read", whole(year=2025), has_target=False),),
    "funds.look": (Case("fund", "read", on("enterprise")),),
    "funds.record": (
        Case("fund", "edit", lambda c: args(c["enterprise"], 2025, FundDraft(staff=9))),
    ),
    "faculty.look": (Case("instructor", "read", on("institution", **_TODAY)),),
    "faculty.log": (
        Case(
            "instructor",
            "edit",
            lambda c: args(c["instructor"], DutyDraft(kind="refresher", day=DAY), **_TODAY),
        ),
    ),
    "early.run": (Case("suggestion", "register", whole(**_TODAY), has_target=False),),
    "early.listed": (Case("suggestion", "read", whole(), has_target=False),),
    "early.accept": (Case("suggestion", "edit", lambda c: args([c["suggestion"]], **_TODAY)),),
    "early.dismiss": (
        Case("suggestion", "edit", lambda c: args([c["suggestion"]], reason="因故")),
    ),
    "early_rules.set_rules": (
        Case("policy", "edit", lambda c: args({"ahead_days": 60}), has_target=False),
    ),
    "covered.coverage": (Case("suggestion", "read", on("enterprise", **_TODAY), has_target=False),),
    "training_plans.add": (
        Case("training_plan", "register", lambda c: args([_plan(c)]), has_target=False),
    ),
    "training_plans.listed": (Case("training_plan", "read", whole(), has_target=False),),
    "training_plans.withdraw": (Case("training_plan", "withdraw", on("plan_line")),),
    "plan_rows.take": (
        Case(
            "training_plan",
            "register",
            lambda c: args(_PLAN_HEADS, [(2, [c["enterprise"], "2027", "3", "电工", "5"])]),
            has_target=False,
        ),
    ),
    "experts.register": (Case("expert", "register", lambda c: args(_EXPERT), has_target=False),),
    "experts.edit": (Case("expert", "edit", on("expert", draft=_EXPERT)),),
    "experts.end": (Case("expert", "withdraw", on("expert")),),
    "experts.listed": (Case("expert", "read", whole(**_TODAY), has_target=False),),
    "experts.shown": (Case("expert", "read", on("expert")),),
    "experts.suggest": (Case("expert", "read", on("need", **_TODAY)),),
    "cases.begin": (Case("case", "register", on("need", question="问", despite=True, **_TODAY)),),
    "cases.assign": (Case("case", "edit", lambda c: args(c["case"], c["expert"], **_TODAY)),),
    "cases.note": (Case("case", "edit", on("case", text="说", **_TODAY)),),
    "cases.close": (Case("case", "edit", on("case", outcome="advice", text="说")),),
    "cases.listed": (Case("case", "read", whole(), has_target=False),),
    "cases.shown": (Case("case", "read", on("case")),),
    "course_calls.begin": (Case("course_call", "register", on("need", draft=_CALL, **_TODAY)),),
    "course_calls.bid": (
        Case("course_bid", "register", on("call", draft=_BID, **_TODAY), has_target=False),
    ),
    "course_calls.take_back": (
        Case("course_bid", "withdraw", on("call", **_TODAY), ("not_found",), has_target=False),
    ),
    "course_calls.close": (
        Case("course_call", "edit", on("call", today=DAY + timedelta(days=30))),
    ),
    "course_calls.choose": (
        Case(
            "course_call",
            "edit",
            lambda c: args(c["call_closed"], c["institution"], reason="因故"),
        ),
    ),
    "course_calls.cancel": (Case("course_call", "withdraw", on("call", reason="因故")),),
    "call_views.listed": (Case("course_call", "read", whole(), has_target=False),),
    "call_views.shown": (Case("course_call", "read", on("call")),),
    "associations.page": (
        Case("association", "read", lambda c: args(c["institution"]), has_target=False),
    ),
    "associations.memberships": (
        Case("association", "read", lambda c: args([c["institution"]], day=DAY), has_target=False),
    ),
    "associations.member_codes": (Case("association", "read", on("association", day=DAY)),),
    "associations.lacks": (Case("match", "read", on("association", **_TODAY), has_target=False),),
    "open_next.board": (Case("analysis", "read", whole(**_TODAY), has_target=False),),
    "supervision_rules.set_rules": (
        Case("policy", "edit", lambda c: args({"coverage": 40}), has_target=False),
    ),
    "supervision_rules.set_checklist": (
        Case("policy", "edit", lambda c: args([Item("sign_in")]), has_target=False),
    ),
    "charges.put": (
        Case("charge", "edit", lambda c: args(c["class"], "supervises", "BUREAU", "某人", **_NOW)),
    ),
    "visits.plan": (
        Case(
            "visit",
            "register",
            lambda c: args(Wish(c["class"], c["first_day"]), **_NOW),
            has_target=False,
        ),
    ),
    "visits.record": (
        Case("visit", "edit", lambda c: args(c["visit_planned"], c["answers"], **_LATER)),
    ),
    "visits.answer": (Case("visit", "answer", on("visit", words="已改", **_LATER)),),
    "visits.close": (Case("visit", "edit", on("visit", words="已核", **_LATER)),),
    "visits.withdraw": (Case("visit", "withdraw", on("visit_planned", reason="改期", **_NOW)),),
    "visits.listed": (Case("visit", "read", whole(), has_target=False),),
    "visits.shown": (Case("visit", "read", on("visit")),),
    "draws.make": (
        Case("draw", "register", lambda c: args("公开数 0311", **_NOW), has_target=False),
    ),
    "draws.verify": (
        Case("draw", "read", lambda c: args("CQ000001"), ("not_found",), has_target=False),
    ),
    "draws.shown": (
        Case("draw", "read", lambda c: args("CQ000001"), ("not_found",), has_target=False),
    ),
    "draws.listed": (Case("draw", "read", whole(), has_target=False),),
    "draws.coverage": (Case("draw", "read", whole(of=DAY), has_target=False),),
    "risks.flags": (Case("risk", "read", whole(**_TODAY), has_target=False),),
    "risks.decide": (
        Case(
            "risk",
            "edit",
            lambda c: args("x/y", "confirmed", "试", **_NOW, **_TODAY),
            ("not_found",),
            has_target=False,
        ),
    ),
    "opinions.add": (
        Case("evaluation", "register", lambda c: args(_opinion(c), **_LATER), has_target=False),
    ),
    "opinions.add_many": (
        Case("evaluation", "register", lambda c: args([_opinion(c)], **_LATER), has_target=False),
    ),
    "opinions.listed": (Case("evaluation", "register", on("class"), has_target=False),),
    "occupations.listed": (Case("occupation", "read", whole(), has_target=False),),
    "occupations.add": (
        Case("occupation", "register", lambda c: args(_LOCAL, **_NOW), has_target=False),
    ),
    "occupations.map_to": (
        Case(
            "occupation",
            "edit",
            lambda c: args("L001-2026", "6-18-01-01", **_NOW),
            ("not_found",),
            has_target=False,
        ),
    ),
    "surveys.listed": (Case("survey", "read", whole(), has_target=False),),
    "surveys.shown": (Case("survey", "read", on("survey")),),
    "surveys.questions": (Case("survey", "read", on("survey")),),
    "surveys.plan": (
        Case("survey", "register", lambda c: args(_SURVEY, **_NOW), has_target=False),
    ),
    "surveys.take": (
        Case(
            "survey",
            "edit",
            lambda c: args(
                c["survey"], [Answered("E001", "6-31-01-03", MONDAY, 3)], "纸质", **_NOW
            ),
        ),
    ),
    "surveys.withdraw": (Case("survey", "withdraw", on("survey", **_NOW)),),
    "vacancies.listed": (Case("vacancy", "read", whole(), has_target=False),),
    "vacancies.shown": (Case("vacancy", "read", on("vacancy")),),
    "vacancies.register": (
        Case("vacancy", "register", lambda c: args(_POST, **_NOW), has_target=False),
    ),
    "vacancies.edit": (
        Case(
            "vacancy",
            "edit",
            lambda c: args(c["vacancy"], _POST, **_NOW),
            ("vacancy_other_firm",),
        ),
    ),
    "vacancies.withdraw": (Case("vacancy", "withdraw", on("vacancy", **_NOW)),),
    "vacancies.reinstate": (
        Case("vacancy", "withdraw", on("vacancy", **_NOW), ("nothing_to_undo",)),
    ),
    "vacancies.link": (
        Case(
            "vacancy",
            "edit",
            lambda c: args(c["vacancy"], c["need_open"], **_NOW),
            ("vacancy_firm", "vacancy_need_type"),
        ),
    ),
    "vacancies.unlink": (Case("need", "edit", on("need_open", **_NOW), ("not_found",)),),
    "vacancies.refer": (
        Case(
            "trainee",
            "edit",
            lambda c: args(c["vacancy"], c["trainee"], **_NOW),
            ("referral_certificate",),
        ),
    ),
    "vacancies.answer": (
        Case(
            "trainee",
            "edit",
            lambda c: args(
                c["vacancy"], c["trainee"], AnswerDraft(result="hired", day=DAY), **_NOW
            ),
            ("not_found",),
        ),
    ),
    "costs.listed": (Case("shared_cost", "read", whole(), has_target=False),),
    "costs.borne": (Case("shared_cost", "read", lambda c: args(DAY, DAY), has_target=False),),
    "costs.agree": (
        Case("shared_cost", "register", lambda c: args(_ROOM, **_NOW), has_target=False),
    ),
    "costs.end": (Case("shared_cost", "withdraw", on("shared_cost", **_NOW)),),
    "endorsements.of_need": (Case("need", "read", on("need_open")),),
    "endorsements.endorse": (
        Case(
            "association",
            "edit",
            lambda c: args(c["need_open"], EndorsementDraft(association=c["association"]), **_NOW),
        ),
    ),
    "endorsements.take_back": (
        Case(
            "association",
            "edit",
            lambda c: args(c["need_open"], c["association"], **_NOW),
            ("not_found",),
        ),
    ),
    "ratings.ask": (
        Case("rating", "register", lambda c: args(c["class"], "A03", **_NOW), has_target=False),
    ),
    "ratings.listed": (Case("rating", "read", whole(), has_target=False),),
    "ratings.give": (
        Case(
            "rating",
            "answer",
            lambda c: args(c["rating"], _opinion(c).scores, c["first_day"], **_LATER),
        ),
    ),
    "ratings.withdraw": (Case("rating", "withdraw", on("rating", **_NOW)),),
    "formulas.change": (
        Case("policy", "edit", lambda c: args({}, DAY, "试", **_NOW), has_target=False),
    ),
    "scores.board": (
        Case("evaluation", "read", lambda c: args("institution", **_TODAY), has_target=False),
    ),
    "scores.history": (
        Case("evaluation", "read", lambda c: args("institution", "T01"), has_target=False),
    ),
    "scores.publish": (
        Case("policy", "edit", lambda c: args(of=date(2026, 9, 30), **_NOW), has_target=False),
    ),
    "standing.admit": (
        Case(
            "standing",
            "edit",
            lambda c: args(c["institution"], Admission("1", (), DAY, ADMISSION_ITEMS), **_NOW),
        ),
    ),
    "standing.inspect": (
        Case("standing", "edit", lambda c: args(c["institution"], "failed", None, "试", **_NOW)),
    ),
    "standing.impact": (
        Case("standing", "edit", lambda c: args(c["institution"], DAY, None, **_TODAY)),
    ),
    "standing.sanction": (
        Case(
            "standing",
            "edit",
            lambda c: args(
                c["institution"], "notice", (DAY + timedelta(days=1), None), "试", **_NOW
            ),
        ),
    ),
    "standing.lift": (Case("standing", "edit", lambda c: args(c["sanction"], "试", **_NOW)),),
    "standing.leave": (Case("standing", "edit", on("institution", reason="停办", **_NOW)),),
    "standing.reward": (Case("standing", "edit", on("institution", words="示范", **_NOW)),),
    "standing.file": (Case("standing", "read", on("institution", **_TODAY)),),
    "standing.files": (Case("standing", "read", whole(**_TODAY), has_target=False),),
    "audit.done": (
        Case("own work", "read", lambda c: args("r1", "hold", "proposal"), has_target=False),
    ),
}

# Steps of other services, which ask rights before they take them: (why nobody takes them alone).
INNER: Mapping[str, str] = {
    "vacancies.require_known": "raises for an outcome that names a vacancy nobody sees",
    "subsidies.person_facts": "a step of asking and claiming; says nothing of another centre's files",
    "opinions.keep": "a step of entering marks, and of giving those that were asked for",
    "firm_names.told_needs": "a step of reading needs, which says only which firms are not masked",
    "drilling.texts": "a step of reading needs behind a number, with the firms masked",
    "early.look": "a step of a centre's own look, and of the passing of time",
    "cases.divert": "takes a row, of a need that may be changed",
    "cases.give_back": "takes a row, of a need that may be changed",
    "call_views.view": "masks by the actor; takes a row",
    "risks.counts": "a step of a draw by risk",
    "credits.award_certificate": "a step of recording a result",
    "credits.award_hours": "a step of completing a class",
    "credits.restore": "a step of parting files",
    "credits.take_back": "a step of voiding a result",
    "trainees.save": "takes a row, of a file that may be changed",
    "filters.places": "a step of filtering: areas by a word, which are reference data",
    "owed.steps": "a part of the queue of the day; each line asks the right of its step",
    "audit.note": "writes the trail of an act that was allowed",
    "audit.record": "writes the trail of an act that was allowed",
    "audit.remember": "keeps the request of an act that was allowed",
    "batch_check.check": "reads rows of a batch that may be read",
    "batch_choices.choices": "a step of batch_mend.choices; looks up what the actor may see",
    "batches.load": "whose it is is asked there; gives a row",
    "batches.settle": "takes a row",
    "batches.touch": "takes a row",
    "capacity.take": "takes what a plan needs that was allowed",
    "clashes.visible": "picks out of codes those that the actor may open",
    "classes.firm_name": "masks by the actor; takes a row",
    "classes.unnamed": "masks by the actor; takes a row",
    "answers.bring_back": "a step of taking back what was allowed",
    "answers.revert": "takes a row, of a proposal that whoever asks has to do with",
    "taking_back.revert": "takes a row, of a class that may be changed",
    "classes.enter": "takes a row, of a proposal that is confirmed",
    "classes.join": "takes a row, of a proposal that is confirmed",
    "classes.leave": "takes a row, of a proposal that ends",
    "classes.move": "takes a row, of a class that may be changed",
    "classes.weigh": "takes a row, of a class that may be changed",
    "classes.move_on": "what the calendar does to classes",
    "dealing.acting_party": "asks who answers; takes a row",
    "dealing.find": "whose it is the caller asks next; gives a row",
    "dealing.follow": "takes a need to where its proposals are",
    "dealing.keep": "takes a row",
    "dealing.load": "whose it is the caller asks next; gives a row",
    "combining.set_run": "takes a row, of a class that may be changed",
    "dealing.own_last": "asks whose the last step was; the caller asks rights first",
    "dealing.put_terms": "takes a row",
    "dealing.require_concerned": "asks rights; takes a row",
    "dealing.take": "takes a row",
    "dealing.touch": "takes a row",
    "learning.learn": "keeps the words of a record that was allowed; of operators and supervisors only",
    "moving.affected": "looks at a firm of a class that may be changed",
    "moving.displace": "a step of a postponement or a merger",
    "moving.shift_run": "a step of a postponement and of taking it back",
    "moving.with_alternative": "looks for firms of the actor's own only",
    "taking_back.restore": "takes a row, of a class that may be changed",
    "moving.appoint": "a step of substitute and of a repair",
    "moving.put": "takes a row, of a class that may be changed",
    "pools.hold": "a step of draft and of an allocation, each of which asks",
    "proposals.end": "takes a row, of a proposal that may be ended",
    "proposals.hold": "takes a row, of a need that may be served",
    "proposals.note_hold": "takes a row",
    "verification.edited": "a step of an edit that was allowed",
    "verification.entered": "a step of a registration that was allowed",
    "verification.note": "a step of a registration or an edit that was allowed",
    "references.require_own_references": "asks rights of a draft",
    "reducing.put": "takes a row, of a deal that may be changed",
    "reducing.undo": "a step of taking back what was allowed",
    "reminders.reminders": "a part of desk.queue, which asks; of the actor's own centre only",
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
    "formulas.formula": "the formula is the same for all and told to all",
    "formulas.formulas": "the formulas are the same for all and told to all",
    "supervision_rules.checklist": "the checklist is the same for all and told to all",
    "supervision_rules.checklists": "the checklists are the same for all and told to all",
    "supervision_rules.rules": "the rules are the same for all and told to all",
    "credit_rules.rules": "the rules are the same for all and told to all",
    "early_rules.rules": "the rules are the same for all and told to all",
    "training_rules.rules": "the rules are the same for all and told to all",
    "allocation_policy.policy": "the policy is the same for all and told to all",
    "changes.newest": "a number",
    "clocks.clocks": "the clocks are the same for all and told to all",
    "heads.head": "a digest and a count; the command asks whether one keeps the store (`store head`)",
    "heads.lost": "numbers of rows; the command asks whether one keeps the store (`store check`)",
    "measures.measures": "counts and sizes, for whoever has the file (`metrics`)",
    "demo_day.go_on": "whoever plays a demo; refused in any other store",
    "health.check": "codes of what is broken, for whoever has the file (`store check`)",
    "health.ground": "sizes and settings, for whoever has the file (`doctor`)",
    "health.pages": "codes of what is broken, for whoever has the file (`store check`)",
    "naming.sure_meaning": "reference data: the dictionary of occupations",
    "naming.resolve_text": "reference data: the dictionary of occupations",
    "naming.resolver": "reference data: the dictionary of occupations",
    "naming.asked": "reference data: the dictionary of occupations",
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
    "small_counts.threshold": "the threshold is the same for all and told to all",
    "sweep.is_due": "a yes or no about the time",
    "sweep.sweep": "the passing of time, whoever's desk sees it first",
    "filing_calendar.calendar": "the calendar is the same for all and told to all",
    "filing_calendar.in_force": "the calendar is the same for all and told to all",
    "quality_rules.rules": "the rules are the same for all and told to all",
    "verification.kinds": "which kinds are looked at is the same for all and told to all",
    "shortage.current": "the signed list is published to all",
    "warning.rule": "the rule is the same for all and told to all",
    "warning.rules": "the rules are the same for all and told to all",
}
