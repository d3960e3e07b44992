"""The demo district with two tenants of every kind beside each other, the same things on both sides."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.schemas.access import KeyDraft, UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.cost import CostDraft
from store.schemas.early import PlanDraft
from store.schemas.policy import ClaimDraft, FundDraft
from store.schemas.records import (
    AssessmentDraft,
    AssociationDraft,
    CentreDraft,
    CourseDraft,
    InstructorDraft,
    MemberPart,
    NeedDraft,
    PurchaseDraft,
    RunDraft,
    SlotDraft,
    VenueDraft,
)
from store.schemas.support import BidDraft, CourseCallDraft, ExpertDraft
from store.schemas.survey import SurveyDraft
from store.schemas.trainee import ResultDraft, TraineeDraft
from store.schemas.vacancy import VacancyDraft
from store.services import (
    allocation,
    allotment,
    answers,
    attendance,
    batch_apply,
    batches,
    cases,
    claims,
    costs,
    course_calls,
    credits,
    decisions,
    desk,
    duplicates,
    early,
    experts,
    funds,
    inbox,
    keys,
    learning,
    merges,
    pools,
    profiles,
    proposals,
    ratings,
    records,
    results,
    roster,
    sessions,
    standing,
    supervision_rules,
    surveys,
    trainee_merges,
    trainees,
    training_plans,
    users,
    vacancies,
    verification,
    visits,
    waiting,
)
from store.services.clocks import day_of
from store.services.device_times import Stamp
from store.services.visits import Finding, Wish
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)  # holds outlast the demo's own day
SIDES = ("A", "B")
MONDAY = date(2026, 11, 9)


def key_line(number: int) -> str:
    """A public key, another one for every number."""
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes([number]) * 32
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}"


@dataclass(frozen=True)
class Plan:
    """What one side is made of: whose course the deals are about, and needs of the demo to copy."""

    centre: str
    school: str
    course: str
    need: str
    price: str
    fen: str
    pooled: tuple[str, tuple[str, ...]]
    poolable: tuple[str, tuple[str, ...]]


PLANS = {
    "A": Plan(
        "C-PD", "T01", "C014", "N000002", "6218.66", "11",
        ("C002", ("N000016", "N000017", "N000037", "N000068")),
        ("C057", ("N000010", "N000048", "N000076")),
    ),
    "B": Plan(
        "C-HG", "T08", "C113", "N000008", "7319.77", "22",
        ("C082", ("N000024", "N000043", "N000069", "N000074")),
        ("C078", ("N000045", "N000063")),
    ),
}  # fmt: skip


@dataclass
class World:
    """Who acts, and by name the codes and values on each side; key and session by login."""

    actors: dict[tuple[Role, str], Actor] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    sides: dict[str, dict[str, Any]] = field(default_factory=lambda: {"A": {}, "B": {}})

    def by(self, role: Role, side: str) -> Actor:
        """The person of a role on a side; supervisors, keepers and the program sit on neither."""
        return self.actors.get((role, side)) or self.actors[role, ""]

    def has_sides(self, role: Role) -> bool:
        """Whether there is one of them on each side."""
        return (role, "") not in self.actors


def build(store: Store) -> World:
    """Both sides on a copy of the demo district, made through the services."""
    world = World()
    store.write(
        records.register, CentreDraft(name="坪地街道职业培训服务中心"), by=SYSTEM, code="C-PD"
    )
    for login, role, place in (
        ("supervisor", Role.SUPERVISOR, "BUREAU"),
        ("keeper", Role.ADMIN, "BUREAU"),
        ("system", Role.SYSTEM, "BUREAU"),
    ):
        world.actors[role, ""] = Actor(login, login, role, place)
    for side, plan in PLANS.items():
        for role, place in (
            (Role.OPERATOR, plan.centre),
            (Role.INSTITUTION, plan.school),
            (Role.ENTERPRISE, {"A": "E006", "B": "E022"}[side]),
            (Role.EVALUATOR, {"A": "A01", "B": "A02"}[side]),
        ):
            login = f"{role.value}-{side.lower()}"
            said = {"name": f"某{side}{role.value}", "role": role.value, "organisation": place}
            draft = UserDraft.model_validate(said)
            store.write(users.invite, login, draft, by=SYSTEM)
            world.actors[role, side] = Actor(login, draft.name, role, place)
    for side in SIDES:
        _side(store, world, side)
        _asked(store, world, side)
    _access(store, world)
    return world


def _asked(store: Store, world: World, side: str) -> None:
    """The evaluators of a side are asked about its class."""
    found, agency = world.sides[side], world.by(Role.EVALUATOR, side).organisation
    asked = (found["class"], agency)
    boss = world.by(Role.SUPERVISOR, side)
    found["rating"] = store.write(ratings.ask, *asked, by=boss, now=NOW).code


def _side(store: Store, world: World, side: str) -> None:
    plan, found = PLANS[side], world.sides[side]
    by, teacher = world.by(Role.OPERATOR, side), world.by(Role.INSTITUTION, side)
    found |= {"centre": plan.centre, "institution": plan.school}
    alliance = AssociationDraft(
        name=f"联盟{side}",
        sort="training_alliance",
        members=(MemberPart(organisation=plan.school),),
    )
    found["association"] = store.write(records.register, alliance, by=by).code
    buying = PurchaseDraft(
        buyer=plan.centre,
        venue="V01",
        equipment="EQ-MILL",
        stations=1,
        first_day=date(2027, 3, 1),
        last_day=date(2027, 3, 31),
    )
    found["purchase"] = store.write(records.register, buying, by=by).code
    _priced(store, plan)
    _offerings(store, teacher, plan.fen, found)
    view = store.read(records.fetch, "need", plan.need, by=OPERATOR)
    found["enterprise"] = view.enterprise
    for name in ("open", "draft", "sent", "accepted", "confirmed", "choice", "waits", "award"):
        found[f"need_{name}"] = _copy(store, plan.need, by, heads=2)
    found["need"] = found["need_open"]
    for name in ("draft", "sent", "accepted", "confirmed"):
        found[name] = _deal(store, found[f"need_{name}"], plan.course, by, name)
    shown = store.read(inbox.proposal, found["confirmed"], by=by)
    found |= {"class": shown.training_class, "decision": shown.decision, "run_sold": shown.plan.run}
    found["leaving"] = shown.plan.instructors[0]
    found["first_day"] = shown.first_day
    found["choice"] = store.read(
        decisions.prepare,
        found["need_choice"],
        plan.course,
        by=by,
        today=DAY,
        top=20,
        reason="试",
    )
    _pools(store, by, plan, found)
    _people(store, by, found)
    _money(store, by, side, found)
    sitting = found["assessment_full"]
    line = store.write(waiting.join, found["need_waits"], "assessment", sitting, by=by, now=NOW)
    found["waiting"] = line.code
    store.write(profiles.save, f"权重{side}", {"price": 40}, by=by)
    found["profile"] = f"权重{side}"
    asked = SurveyDraft(
        title="试", firms=("E001",), trades=("6-31-01-03",), first=MONDAY, last=MONDAY, due=DAY
    )
    found["survey"] = store.write(surveys.plan, asked, by=by, now=NOW).code
    post = VacancyDraft(enterprise="E001", title=f"焊工{side}", heads=2, until=DAY)
    found["vacancy"] = store.write(vacancies.register, post, by=by, now=NOW).code
    shares = {plan.school: 60, {"A": "T02", "B": "T03"}[side]: 40}
    room = CostDraft(
        venue="V03", hour=Decimal(3), first_day=date(2027, 3 + SIDES.index(side), 1),
        last_day=date(2027, 3 + SIDES.index(side), 20), shares=shares,
    )  # fmt: skip
    found["shared_cost"] = store.write(costs.agree, room, by=by, now=NOW).code
    said = store.write(learning.confirm, f"隔壁{side}工", "6-31-01-03", by=by)
    found["alias"] = said.id
    store.write(
        desk.outcome, found["sent"], plan.school, "talked", by=by, now=NOW, note=f"密语{side}"
    )
    outlook = store.read(allocation.outlook, by=by, today=DAY)
    award = {one.need: one for one in outlook.awards if one.pool is None}
    found["outlook"] = replace(outlook, awards=(award[found["need_open"]],))
    given = replace(outlook, awards=(award[found["need_award"]],))
    found["allocation"] = store.write(allotment.apply, given, by=by, now=NOW).code
    _batches(store, by, teacher, found)
    _ahead(store, by, teacher, found)
    _watched(store, found)


def _watched(store: Store, found: dict[str, Any]) -> None:
    """Visits to the side's class, one to come and one to be answered; a sanction on the side's school."""
    code, first = found["class"], found["first_day"]
    items = [item.code for item in store.read(supervision_rules.checklist).items]
    late = NOW + timedelta(days=120)
    for name in ("visit_planned", "visit"):
        made = store.write(visits.plan, Wish(code, first), by=SYSTEM, now=NOW)
        found[name] = made.code
    said = {item: "yes" for item in items} | {"safety": "no"}
    finding = [Finding("safety", "major", "缺灭火器")]
    store.write(visits.record, found["visit"], said, finding, by=SYSTEM, now=late)
    found["answers"] = said | {"safety": "yes"}
    school = found["institution"]
    file = store.write(standing.sanction, school, "notice", (DAY + timedelta(days=1), None), "试", by=SYSTEM,
                       now=NOW)  # fmt: skip
    found["sanction"] = file.entries[0].id


def _batches(store: Store, by: Actor, teacher: Actor, found: dict[str, Any]) -> None:
    """A batch of each who hand tables in, ready, and one that is applied."""
    rows = [
        (2, [found["institution"], "手工电焊入门", "980"]),
        (3, [found["institution"], "电工", ""]),
    ]
    for who, actor in (("centre", by), ("school", teacher)):
        for name in ("ready", "applied"):
            view = store.write(
                batches.begin, "course", ("机构", "课程名称", "价格"), rows, by=actor, file="表.csv"
            )
            found[f"batch_{name}_{who}"] = view.code
        store.write(batch_apply.apply, view.code, by=actor)


def _ahead(store: Store, by: Actor, teacher: Actor, found: dict[str, Any]) -> None:
    """A line of a plan and what is suggested for it, an expert, a case, calls with a bid of the school."""
    firm = found["enterprise"]
    line = PlanDraft(enterprise=firm, year=2027, quarter=1, occupation="6-31-07-02", heads=4)
    found["plan_line"] = store.write(training_plans.add, [line], by=by)[0].code
    store.write(early.run, by=by, today=DAY)
    found["suggestion"] = next(
        one.code for one in store.read(early.listed, by=by) if one.occupation == line.occupation
    )
    person = ExpertDraft(
        name="专家甲", organisation="协会", fields=("6-31-01-03",), contact=f"1380013{teacher.organisation}",
        term_from=DAY,
    )  # fmt: skip
    found["expert"] = store.write(experts.register, person, by=by).code
    asked = (found["need_draft"], f"疑问{by.organisation}")
    found["case"] = store.write(cases.begin, *asked, despite=True, by=by, today=DAY).code
    for name in ("call", "call_closed"):
        draft = CourseCallDraft(
            occupation="6-31-07-02", modules="模块", theory_hours=8, practice_hours=8, heads=9,
            deadline=DAY + timedelta(days=9),
        )  # fmt: skip
        found[name] = store.write(course_calls.begin, None, draft, by=by, today=DAY).code
        bid = BidDraft(price=Decimal("777"), plan=f"密标{teacher.organisation}")
        store.write(course_calls.bid, found[name], bid, by=teacher, today=DAY)
    after = DAY + timedelta(days=10)
    store.write(course_calls.close, found["call_closed"], by=by, today=after)


def _people(store: Store, by: Actor, found: dict[str, Any]) -> None:
    """Somebody on the roster of the class with an attempt and credits, somebody free, a merged file."""
    names = {"trainee": "甲", "free": "乙", "merged": "丙"}
    for name, word in names.items():
        draft = TraineeDraft(name=f"学员{word}{by.organisation}", phone="13800138000")
        found[name] = store.write(trainees.register, draft, by=by).code
    store.write(trainee_merges.merge, found["merged"], found["trainee"], by=by)
    late = NOW + timedelta(days=120)
    store.write(roster.add, found["class"], found["trainee"], by=by, now=NOW)
    failed = ResultDraft(outcome="failed", day=day_of(late))
    said = (found["class"], found["trainee"], failed)
    found["attempt"] = store.write(results.record, *said, by=by, now=late).id
    found["credit"] = store.write(credits.give, found["trainee"], 3, "外地证书", by=by, now=NOW).id
    lesson = store.read(attendance.grid, found["class"], by=by).lessons[0]
    found["mark"] = attendance.Mark(found["trainee"], lesson.day, lesson.start, "present")
    found["stamp"] = Stamp(1, datetime.combine(lesson.day, time(8, 30)), found["trainee"])


def _money(store: Store, by: Actor, side: str, found: dict[str, Any]) -> None:
    """A claim that is a draft, one that is handed in, and what the firm spent in a year."""
    payees = [TraineeDraft(name=f"学员{word}{side}") for word in "子丑寅"]
    found["payee"], *codes = (store.write(trainees.register, one, by=by).code for one in payees)
    for name, code in zip(("claim", "claim_in"), codes, strict=True):
        found[name] = store.write(claims.claim, claim_of(found, code), by=by).code
    store.write(claims.submit, found["claim_in"], by=by, now=NOW)
    said = FundDraft(payroll=Decimal(9000000), spent=Decimal(100000))
    store.write(funds.record, found["enterprise"], 2025, said, by=by)


def claim_of(found: dict[str, Any], person: str) -> ClaimDraft:
    """A claim of a side's firm with every paper."""
    return ClaimDraft.model_validate(
        {"person": person, "enterprise": found["enterprise"], "institution": found["institution"],
         "policy": "LG-JN", "rule": "T1", "day": "2026-10-12", "occupation": "6-31-01-03",
         "level": "四级", "certificate_day": "2026-11-02",
         "papers": "certificate, roster, invoice, bank_account"}
    )  # fmt: skip


def _priced(store: Store, plan: Plan) -> None:
    """A price that is found nowhere else, so that it is known where it turns up."""
    view = store.read(records.fetch, "course", plan.course, by=SYSTEM)
    values = {name: getattr(view, name) for name in CourseDraft.model_fields}
    draft = CourseDraft.model_validate({**values, "price": plan.price, "price_per": "head"})
    store.write(records.edit, plan.course, draft, version=view.version, by=SYSTEM)


def _offerings(store: Store, by: Actor, fen: str, found: dict[str, Any]) -> None:
    """One offering of each kind that nobody has taken anything of, as its institution enters it."""
    own = by.organisation

    def add(name: str, draft: Any) -> str:
        found[name] = store.write(records.register, draft, by=by).code
        return str(found[name])

    price, title = Decimal(f"4321.{fen}"), f"{own}内部课程"
    course = add("course", CourseDraft(institution=own, title=title, price=price, theory_hours=12))
    found["gone"] = store.write(
        records.register, CourseDraft(institution=own, title=f"{own}停开课程"), by=by
    ).code
    store.write(records.withdraw, "course", found["gone"], version=1, by=by, reason="停")
    for name in ("course_new", "course_checked", "course_kept", "course_merged"):
        add(name, CourseDraft(institution=own, title=f"{own}待核{name}", theory_hours=12))
    clerk = Actor("clerk", "核验员", Role.OPERATOR, "C-BL")
    looked_at = [("course", course), ("course", found["course_checked"])]
    store.write(verification.check, looked_at, by=clerk)
    store.write(verification.publish, looked_at[:1], by=clerk)
    kept, lost = found["course_kept"], found["course_merged"]
    store.write(merges.merge, "course", kept, lost, by=SYSTEM)
    store.write(duplicates.apart, "course", found["course_new"], kept, by=SYSTEM)
    add(
        "instructor",
        InstructorDraft(name=f"{own}老师", institution=own, day_rate=Decimal(f"987.{fen}")),
    )
    venue = add("venue", VenueDraft(name=f"{own}密室", institution=own))
    add("run", _run(course))
    add("slot", _slot(venue, f"55.{fen}"))
    add("assessment", _sitting(own, 9))
    add("assessment_full", _sitting(own, 0))


def _run(course: str) -> RunDraft:
    return RunDraft.model_validate(
        {"course": course, "first_day": "2027-03-01", "weekly": "Mon 09:00-12:00", "seats": 7,
         "seats_left": 7}
    )  # fmt: skip


def _slot(venue: str, price: str) -> SlotDraft:
    return SlotDraft.model_validate(
        {"venue": venue, "equipment": "EQ-CNC-LATHE", "day": "2027-03-02", "start": "09:00",
         "end": "12:00", "stations": 3, "stations_free": 3, "price": price}
    )  # fmt: skip


def _sitting(body: str, left: int) -> AssessmentDraft:
    return AssessmentDraft.model_validate(
        {"body": body, "occupation": "6-31-01-03", "day": "2027-03-05", "seats": 9,
         "seats_left": left}
    )  # fmt: skip


def copy_of(store: Store, need: str, **changes: object) -> NeedDraft:
    """A need of the demo once more, with changes."""
    view = store.read(records.fetch, "need", need, by=OPERATOR)
    values = {name: getattr(view, name) for name in NeedDraft.model_fields}
    plain = {"budget": None, "min_group": None, "certificate": False}
    return NeedDraft.model_validate({**values, **plain, **changes})


def _copy(store: Store, need: str, by: Actor, **changes: object) -> str:
    return str(store.write(records.register, copy_of(store, need, **changes), by=by).code)


def _deal(store: Store, need: str, course: str, by: Actor, upto: str) -> str:
    """A proposal for a need, as far as is wanted."""
    choice = store.read(decisions.prepare, need, course, by=by, today=DAY, top=20, reason="试")
    code = store.write(proposals.draft, choice, by=by, now=NOW).code
    if upto == "draft":
        return code
    store.write(proposals.send, code, by=by, now=NOW)
    if upto == "sent":
        return code
    for party in _parties(store.read(inbox.proposal, code, by=by).answers):
        store.write(answers.accept, code, by=by, now=NOW, party=party)
    if upto == "confirmed":
        store.write(proposals.confirm, code, by=by, now=NOW)
    return code


def _parties(asked: Iterable[Any]) -> list[str]:
    return [str(one.party) for one in asked]


def _pools(store: Store, by: Actor, plan: Plan, found: dict[str, Any]) -> None:
    """A pooled class that is held, and one that is only prepared."""
    for name, (course, needs) in (("pool", plan.pooled), ("pool_choice", plan.poolable)):
        found[f"{name}_needs"] = tuple(_copy(store, need, by) for need in needs)
        choice = store.read(pools.prepare, course, found[f"{name}_needs"], by=by, today=DAY)
        if name == "pool":
            made = store.write(pools.draft, choice, by=by, now=NOW)
            found["pool"] = store.read(inbox.proposal, made[0].code, by=by).pool
            found["mates"] = tuple(one.code for one in made)
        else:
            found[name], found["pool_course"] = choice, course


def _access(store: Store, world: World) -> None:
    """A key and an open session of everybody."""
    people = [one.login for one in world.actors.values() if one.role is not Role.SYSTEM]
    for number, login in enumerate(people, 1):
        draft = KeyDraft(name="laptop", line=key_line(number))
        world.keys[login] = store.write(keys.add, login, draft, by=SYSTEM).id
        visit = sessions.visit("10.0.0.9", "xterm")
        world.sessions[login] = store.write(sessions.begin_by_key, world.keys[login], visit).id


def peek(store: Store, query: Any) -> list[Any]:
    """Rows of a statement."""

    def look(session: Session) -> list[Any]:
        return [tuple(row) for row in session.execute(query)]

    return store.read(look)
