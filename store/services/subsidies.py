"""What the rules give to firms, needs, proposals, classes, people, bundles, and what a head then costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching.subsidy.answers import Claimed, Item, answers, rules_on
from matching.subsidy.facts import FIELDS, Facts, Value, WordingError, read_value
from matching.subsidy.rules import LEVEL, OCCUPATION, RuleSet
from matching.types import Bundle, Course
from store.errors import InvalidError
from store.models import (
    ClaimRow,
    CourseOccupationRow,
    CourseRow,
    EnrolmentRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    ResultRow,
    TermsRow,
    TraineeRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.schemas.records import NeedView
from store.services import (
    classes,
    inbox,
    plans,
    policies,
    records,
    reference,
    terms,
    trainees,
)
from store.services.matchmaking import Matched
from store.services.rights import Act, Reach, reach, require, require_some

_DEAD = ("refused", "withdrawn")
_GIVEN = ("approved", "paid")
_TAUGHT = "training"
_MODES = {"centre": "at_centre", "firm": "at_firm"}  # as rules say it


@dataclass(frozen=True, slots=True)
class Answered:
    """What the rules say about a record: the day they were asked for, the facts they saw, an item a rule."""

    record: str
    name: str
    day: date
    facts: Facts
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Net:
    """A head's price in fen, what is paid towards it by which clauses, and what remains; None is unknown.

    `is_open`: nobody was named, so what each person has had is still to be looked at.
    """

    price: int | None
    subsidy: int | None
    net: int | None
    clauses: tuple[str, ...]
    missing: tuple[str, ...]
    is_open: bool


def ask(
    session: Session,
    record: str,
    *,
    by: Actor,
    as_of: date | None = None,
    person: str | None = None,
    more: Mapping[str, str] | None = None,
) -> Answered:
    """What the rules give to a firm, need, proposal, class or trainee; `more` are facts that it does not say.

    Unless said otherwise as of the first day of the class that the record has, else of today.
    """
    require(by, Act.READ, "match", None)
    if record.startswith("H"):
        person = record
    if person is not None:
        require_some(by, Act.READ, "claim", person)
    name, area, facts, first = _facts_of(session, record, by)
    as_of = as_of or first or reference.today(session)
    facts |= person_facts(session, person, by)
    facts |= read_facts(more or {})
    rules = rules_on(policies.published(session), policies.area_chain(session, area), as_of)
    firm = str(facts.get("firm.code", ""))
    had = history(session, person, firm, [one.code for one, _rule in rules])
    found = answers(rules, facts, as_of, had, person)
    return Answered(record, name, as_of, facts, found)


@dataclass(frozen=True, slots=True)
class Pricing:
    """Rules in force, and of each firm and area what they ask of it: enough to price without a store."""

    sets: tuple[RuleSet, ...]
    firms: Mapping[str, tuple[str | None, dict[str, Value]]]
    areas: Mapping[str | None, tuple[str, ...]]


def pricing(session: Session, needs: Sequence[NeedView], *, by: Actor) -> Pricing:
    """What it takes to price bundles for some needs."""
    require(by, Act.READ, "match", None)
    sets = policies.published(session)
    firms: dict[str, tuple[str | None, dict[str, Value]]] = {}
    for code in sorted({need.enterprise for need in needs}) if sets else ():
        firm = session.get(OrganisationRow, code)
        firms[code] = (firm.area if firm else None, firm_facts(firm))
    places = {area for area, _facts in firms.values()} | {need.area for need in needs}
    areas = {area: policies.area_chain(session, area) for area in places} if sets else {}
    return Pricing(sets, firms, areas)


def nets(session: Session, found: Matched, *, by: Actor) -> tuple[Net, ...]:
    """For each bundle of a ranking what a head costs the firm, by the rules of the day it begins."""
    return priced(pricing(session, [found.need], by=by), found)


def priced(known: Pricing, found: Matched) -> tuple[Net, ...]:
    """As `nets`, of what was read before."""
    sets = known.sets
    if not sets or not found.ranking.bundles:
        return tuple(without_rules(bundle) for bundle in found.ranking.bundles)
    need = found.need
    area, base = known.firms[need.enterprise]
    areas = known.areas[area or need.area]
    made = []
    for bundle in found.ranking.bundles:
        day = bundle.sessions[0].day if bundle.sessions else need.earliest
        facts = {**base, **_need_facts(need), **_bundle_facts(bundle)}
        items = answers(rules_on(sets, areas, day), facts, day)
        made.append(net_of(bundle.price_fen, items))
    return tuple(made)


def net_of(price: int | None, items: Iterable[Item]) -> Net:
    """The price less what the training rules give a head."""
    wanted = [item for item in items if item.kind == _TAUGHT]
    given = [item for item in wanted if item.standing == "allowed"]
    missing = tuple(dict.fromkeys(n for i in wanted for n in i.missing))
    subsidy = (
        None if any(i.standing == "unknown" for i in wanted) else sum(i.fen or 0 for i in given)
    )
    if price is not None and subsidy is not None:
        subsidy = min(price, subsidy)
    return Net(
        price,
        subsidy,
        None if price is None or subsidy is None else price - subsidy,
        tuple(dict.fromkeys(item.clause for item in given)),
        missing,
        any(item.is_open for item in given),
    )


def deal_net(session: Session, code: str, *, by: Actor) -> Net:
    """What a head of a proposal costs the firm, by the rules of the day its class begins."""
    require(by, Act.READ, "match", None)
    deal = inbox.proposal(session, code, by=by)
    found = ask(session, code, by=by, as_of=deal.first_day)
    return net_of(deal.terms.price_fen, found.items)


def history(
    session: Session,
    person: str | None,
    firm: str,
    sets: Sequence[str],
    *,
    before: ClaimRow | None = None,
) -> tuple[Claimed, ...]:
    """What was claimed and not refused: for the person, the firm, or under the sets, by any centre.

    All files of a person count as one. `before` leaves out what does not come before a claim: itself, and
    those that were made later and are not approved.
    """
    selves = trainees.selves(session, person) if person else frozenset()
    rows = session.scalars(
        select(ClaimRow).where(
            ClaimRow.status.not_in(_DEAD),
            or_(
                ClaimRow.person.in_(selves),
                ClaimRow.enterprise == firm,
                ClaimRow.policy.in_(sets),
            ),
        )
    )
    return tuple(
        Claimed(
            person if person and row.person in selves else row.person,
            row.kind,
            row.day,
            row.occupation or "",
            row.level,
            row.enterprise,
            row.amount_fen,
            row.policy,
        )
        for row in rows
        if before is None or _comes_first(row, before)
    )


def _comes_first(row: ClaimRow, other: ClaimRow) -> bool:
    return row.code != other.code and (row.code < other.code or row.status in _GIVEN)


def read_facts(told: Mapping[str, str]) -> dict[str, Value]:
    """Facts as typed, each checked against what it can be."""
    found = {}
    for name, text in told.items():
        if name not in FIELDS:
            raise InvalidError("fact_unknown", name=name, known=", ".join(FIELDS))
        try:
            found[name] = read_value(name, text)
        except WordingError as error:
            allowed = ", ".join(FIELDS[name].choices) or FIELDS[name].type
            raise InvalidError("fact_value", name=name, value=text, allowed=allowed) from error
    return found


def firm_facts(firm: OrganisationRow | None) -> dict[str, Value]:
    """What the store knows about a firm."""
    if firm is None:
        return {}
    staff = None if firm.staff is None else Decimal(firm.staff)
    return _known(
        {
            "firm.code": firm.code,
            "firm.industry": firm.industry,
            "firm.staff": staff,
            "firm.output": None if firm.output is None else Decimal(firm.output),
            "firm.trains_itself": firm.trains_itself,
            "firm.grants_need_training": firm.grants_need_training,
        }
    )


def person_facts(session: Session, person: str | None, by: Actor) -> dict[str, Value]:
    """What the file of a person says, where it is the actor's to read."""
    row = session.get(TraineeRow, person) if person else None
    allowed = reach(by, Act.READ, "trainee")
    if row is None or not (
        allowed is Reach.ANY or (allowed is Reach.OWN and row.owner == by.organisation)
    ):
        return {}
    return {"person.category": row.category}


def course_facts(session: Session, code: str) -> dict[str, Value]:
    """What the store knows about a course."""
    row = session.get_one(CourseRow, code)
    trades = session.scalars(
        select(CourseOccupationRow.code).where(CourseOccupationRow.course == code)
    ).all()
    price = row.price if row.price_per == "head" else None
    hours = (row.theory_hours, row.practice_hours, row.self_study_hours)
    return _taught(hours, row.level, row.mode, price) | _known(
        {OCCUPATION: trades[0] if len(trades) == 1 else None, "programme.kind": row.programme}
    )


def _facts_of(session: Session, record: str, by: Actor) -> _Found:
    """What a record is called, the area whose rules hold for it, its facts, the first day of its class."""
    for letter, look in _LOOKS.items():
        if record.startswith(letter):
            return look(session, record, by)
    raise InvalidError("ask_about", text=record)


def _need_asked(session: Session, code: str, by: Actor) -> _Found:
    need: NeedView = records.fetch(session, "need", code, by=by)
    firm = session.get(OrganisationRow, need.enterprise)
    facts = firm_facts(firm) | _need_facts(need)
    return need.text, (firm and firm.area) or need.area, facts, None


def _deal_asked(session: Session, code: str, by: Actor) -> _Found:
    deal = inbox.proposal(session, code, by=by)
    need = records.fetch(session, "need", deal.need, by=by)
    firm = session.get(OrganisationRow, need.enterprise)
    facts = firm_facts(firm) | _need_facts(need) | course_facts(session, deal.course)
    price = deal.terms.price_fen
    agreed = {
        "class.price": None if price is None else Decimal(price) / 100,
        "class.heads": Decimal(deal.heads),
        "class.certificate": need.certificate or deal.plan.assessment is not None,
    }
    area = (firm and firm.area) or need.area
    return deal.title, area, facts | _known(agreed), deal.first_day


def _class_asked(session: Session, code: str, by: Actor) -> _Found:
    row = classes.load(session, code, by=by)
    title = session.get_one(CourseRow, row.course).title
    parts = classes.members(session, code)
    firms = [session.get_one(OrganisationRow, part.enterprise) for part in parts]
    home = session.get_one(OrganisationRow, row.institution)
    areas = {firm.area for firm in firms}
    area = areas.pop() if len(areas) == 1 else home.area
    heads: dict[str, Value] = {"class.heads": Decimal(classes.heads_of(session, code))}
    facts = _shared([firm_facts(firm) for firm in firms]) | _class_facts(session, row) | heads
    seats = select(EnrolmentRow.id).where(EnrolmentRow.training_class == code)
    passed = select(ResultRow.id).where(
        ResultRow.enrolment.in_(seats), ResultRow.outcome == "passed"
    )
    if session.scalar(passed.where(ResultRow.voided.is_(None)).limit(1)) is not None:
        facts["class.certificate"] = True
    if not classes.sees_price(plans.loads(row.plan), by):
        facts.pop("class.price", None)
    return title, area, facts, row.first_day


def _trainee_asked(session: Session, code: str, by: Actor) -> _Found:
    """The file of a person, and of the newest class that they sat in what was taught and came of it."""
    view = trainees.shown(session, code, by=by)
    newest = session.execute(
        select(EnrolmentRow.id, ProposalRow.enterprise, TrainingClassRow)
        .join(TrainingClassRow, TrainingClassRow.code == EnrolmentRow.training_class)
        .join(ProposalRow, ProposalRow.code == EnrolmentRow.proposal)
        .where(EnrolmentRow.trainee.in_(trainees.codes_of(session, code)))
        .where(EnrolmentRow.status.in_(("enrolled", "completed")))
        .order_by(TrainingClassRow.first_day.desc(), TrainingClassRow.code.desc())
        .limit(1)
    ).first()
    sender = newest[1] if newest and view.status != "anonymised" else view.employer
    firm = session.get(OrganisationRow, sender) if sender else None
    area = (firm and firm.area) or session.get_one(OrganisationRow, view.owner).area
    if newest is None or view.status == "anonymised":
        return view.name, area, firm_facts(firm), None
    seat, _sender, row = newest
    facts = firm_facts(firm) | _class_facts(session, row) | _result_facts(session, seat)
    return view.name, area, facts, row.first_day


def _result_facts(session: Session, seat: int) -> dict[str, Value]:
    """What came of a place in a class: nothing yet, no certificate, or for which trade and level one."""
    query = select(ResultRow).where(ResultRow.enrolment == seat, ResultRow.voided.is_(None))
    found = session.scalars(query.order_by(ResultRow.outcome != "passed")).first()
    if found is None:
        return {}
    if found.outcome != "passed":
        return {"class.certificate": False}
    level = None if found.level is None else Decimal(found.level)
    return _known({OCCUPATION: found.occupation, LEVEL: level, "class.certificate": True})


def _class_facts(session: Session, row: TrainingClassRow) -> dict[str, Value]:
    """What a class teaches, whether for a certificate, and the price that all firms agreed on, if one."""
    said = [
        terms.loads(session.get_one(TermsRow, (part.code, part.terms)).body).price_fen
        for part in classes.members(session, row.code)
    ]
    wants = session.scalars(
        select(NeedRow.certificate)
        .join(ProposalRow, ProposalRow.need == NeedRow.code)
        .where(ProposalRow.training_class == row.code)
    )
    certified = plans.loads(row.plan).assessment is not None or any(wants)
    one_price = len(set(said)) == 1 and said[0] is not None
    price: dict[str, Value] = {"class.price": Decimal(said[0] or 0) / 100} if one_price else {}
    taught = course_facts(session, row.course)
    taught.pop("class.price", None)
    return taught | price | {"class.certificate": certified}


def _shared(told: Sequence[dict[str, Value]]) -> dict[str, Value]:
    """Facts that are the same of all."""
    first, *others = told or [{}]
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }


def _firm_asked(session: Session, code: str, by: Actor) -> _Found:
    view = records.fetch(session, "enterprise", code, by=by)
    firm = session.get_one(OrganisationRow, code)
    return view.name, firm.area, firm_facts(firm), None


_Found = tuple[str, str | None, dict[str, Value], date | None]
_LOOKS: Mapping[str, Callable[[Session, str, Actor], _Found]] = {
    "N": _need_asked,
    "P": _deal_asked,
    "B": _class_asked,
    "H": _trainee_asked,
    "E": _firm_asked,
}


def _need_facts(need: NeedView) -> dict[str, Value]:
    sure = [part.code for part in need.occupations if part.confirmed_by or part.confidence == 1]
    return _known(
        {
            OCCUPATION: sure[0] if len(sure) == 1 else None,
            LEVEL: None if need.level is None else Decimal(need.level),
            "class.heads": Decimal(need.heads),
            "class.certificate": need.certificate,
            "class.type": need.type,
        }
    )


def _bundle_facts(bundle: Bundle) -> dict[str, Value]:
    course: Course = bundle.course
    trades = [share.code for share in course.occupations]
    price = None if bundle.price_fen is None else Decimal(bundle.price_fen) / 100
    hours = (course.theory_hours, course.practice_hours, course.self_study_hours)
    told = _taught(hours, course.level, course.mode and course.mode.value, price)
    told |= _known({OCCUPATION: trades[0] if len(trades) == 1 else None})
    return told | ({"class.certificate": True} if bundle.assessment else {})


def _taught(
    hours: tuple[int | None, int | None, int | None],
    level: int | None,
    mode: str | None,
    price: Decimal | None,
) -> dict[str, Value]:
    """What is taught is `class.hours`; a scheme that lets self-study count asks for `class.whole_hours`."""
    theory, practice, alone = hours
    taught = None if theory is None or practice is None else theory + practice
    share = Decimal(100 * (practice or 0)) / taught if taught else None
    whole = None if taught is None else taught + (alone or 0)
    return _known(
        {
            LEVEL: None if level is None else Decimal(level),
            "class.hours": None if taught is None else Decimal(taught),
            "class.practice_percent": share,
            "class.self_study_hours": None if alone is None else Decimal(alone),
            "class.whole_hours": None if whole is None else Decimal(whole),
            "class.mode": _MODES.get(mode or "", mode),
            "class.price": price,
        }
    )


def _known(told: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in told.items() if value is not None}


def without_rules(bundle: Bundle) -> Net:
    """The price as it is, where nothing is paid towards it."""
    return Net(bundle.price_fen, 0, bundle.price_fen, (), (), False)
