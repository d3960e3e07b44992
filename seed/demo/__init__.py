"""One invented district that looks real: Longgang's streets, parks, firms, schools, and what they need."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from matching.weekly import Calendar, dates_between, parse_weekly
from seed import reference as reference_data
from seed.demo import (
    cycle,
    early,
    people,
    posts,
    public,
    subsidies,
    supervised,
    trainees,
    watched,
)
from store import Store, create_store
from store.models import NeedRow
from store.schemas import records as schemas
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.fields import LADDER
from store.schemas.records import Draft
from store.schemas.terms import CounterDraft
from store.services import (
    answers,
    batch_mend,
    batches,
    decisions,
    desk,
    inbox,
    instructor_register,
    learning,
    matchmaking,
    profiles,
    proposals,
    records,
    reference,
)
from store.tables import read_table

_FOLDER = Path(__file__).parent
CENTRE = "C-BL"
OPERATOR = Actor("wangfang", "王芳", Role.OPERATOR, CENTRE)
_COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
_CONFIRMED = (("收银的", "4-01-02-04"), ("擦镜片", "4-14-03-04"), ("上料的", "6-14-02-00"))
_SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
_CHOSEN = "N000024"
_ASKED_BACK = ("N021", "N069")  # words that the dictionary did not know: the operator chose
_DEALS = ("N000049", "N000028", "N000013", "N000041", "N000031")
_WEEKS = 6
Progress = Callable[[str, int], None]


def table(name: str) -> Iterator[dict[str, str]]:
    """Rows of one of the demo's tab-separated tables, without quoting."""
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def build(
    location: str,
    today: date,
    progress: Progress = lambda what, count: None,
    documents: public.Documents = lambda bulletin: {},
) -> Store:
    """The demo district in a new store, dated relative to `today`; the same day gives the same district.

    `documents` gives the digests of what is drawn from a bulletin, which this package cannot draw.
    """
    store = create_store(location)
    store.write(reference.set_meta, "demo_day", today.isoformat())
    reference_data.load(store)
    store.write(_organisations, today)
    calendar = store.read(reference.calendar)
    for kind, drafts in (
        ("instructor", _instructors(today)),
        ("venue", _venues()),
        ("course", _courses(today)),
        ("run", _runs(today)),
        ("slot", _slots(today, calendar)),
        ("purchase", _purchases(today)),
        ("assessment", _assessments(today)),
    ):
        store.write(_register, drafts, SYSTEM)
        progress(kind, len(drafts))
    store.write(_on_register, today)
    store.write(_associated, today)
    needs = _needs(today)
    earlier = needs[: len(needs) // 2]
    store.write(_register, earlier, OPERATOR)
    store.write(public.a_month_ago, today, documents, _SUPERVISOR)
    store.write(_register, needs[len(earlier) :], OPERATOR)
    store.write(_registered, today)
    progress("need", len(needs))
    store.write(_worked, today)
    store.write(trainees.train, today, by=OPERATOR)
    store.write(subsidies.load, today, _SUPERVISOR, (OPERATOR, _COLLEAGUE))
    store.write(early.foresee, today, table("plans"), operator=OPERATOR)
    store.write(early.survey, today, operator=OPERATOR)
    store.write(early.consult, today, table("experts"), operator=OPERATOR, supervisor=_SUPERVISOR)
    store.write(posts.fill, today, operator=OPERATOR, supervisor=_SUPERVISOR)
    store.write(people.let_in, today, table("keys"))
    store.write(_handed_in, today)
    store.write(cycle.submitted, today, _COLLEAGUE)
    store.write(cycle.filed, today)
    store.write(supervised.watch, today, supervisor=_SUPERVISOR)
    store.write(public.told, today, documents, _SUPERVISOR)
    store.write(reference.set_meta, "demo_operator", OPERATOR.login)
    return store


def _register(session: Any, drafts: Sequence[tuple[str, Draft]], by: Actor) -> None:
    records.register_many(
        session, [draft for _, draft in drafts], by=by, codes=[code or None for code, _ in drafts]
    )


def _registered(session: Any, today: date) -> None:
    """Needs came in over the last six days, so nobody is overdue to be rung about them."""
    for row in table("needs"):
        day = today + timedelta(days=int(row["registered"]) * 6 // 16)
        moment = datetime.combine(day, time(9), reference.CHINA).astimezone(UTC)
        session.get_one(NeedRow, f"N{int(row['code'][1:]):06d}").created_at = moment


def _worked(session: Any, today: date) -> None:
    """What the desks did before: words confirmed at one centre, weights and a choice at the other."""
    for text, occupation in _CONFIRMED:
        learning.confirm(session, text, occupation, by=_COLLEAGUE)
    profiles.save(session, "先看价格", {"price": 35, "topic": 30, "travel": 15}, by=OPERATOR)
    found = matchmaking.rank_bundles(session, _CHOSEN, by=OPERATOR, today=today)
    decisions.decide(session, _CHOSEN, found.ranking.bundles[0].course.id, by=OPERATOR, today=today)
    _dealt(session, today)
    watched.watch(
        session, today, table("demand_history"), operator=OPERATOR, supervisor=_SUPERVISOR
    )


def _dealt(session: Any, today: date) -> None:
    """Proposals in every state: not answered, countered, agreed, booked, declined; and a line."""
    morning = datetime.combine(today, time(9), reference.CHINA).astimezone(UTC)
    now = morning - timedelta(days=1)
    made = {need: _send(session, need, today, now) for need in _DEALS}
    waits, countered, agreed, booked, declined = made.values()
    for code in (agreed, booked):
        for party in _parties(session, code):
            answers.accept(session, code, by=OPERATOR, now=morning, party=party)
    proposals.confirm(session, booked, by=OPERATOR, now=morning)
    firm = _parties(session, countered, "enterprise")[0]
    said = CounterDraft.model_validate({"price": "860", "note": "工装由企业提供"})
    answers.counter(session, countered, said, by=OPERATOR, now=morning, party=firm)
    (school,) = _parties(session, declined, "course")[:1]
    answers.decline(
        session, declined, reason="这周设备检修", by=OPERATOR, now=morning, party=school
    )
    first = _parties(session, waits)[0]
    desk.outcome(session, waits, first, "later", by=OPERATOR, now=morning)


def _send(session: Any, need: str, today: date, now: datetime) -> str:
    choice = decisions.prepare_best(session, need, by=OPERATOR, today=today)
    held = proposals.draft(session, choice, by=OPERATOR, now=now)
    return proposals.send(session, held.code, by=OPERATOR, now=now).code


def _parties(session: Any, code: str, part: str = "") -> list[str]:
    found = inbox.proposal(session, code, by=OPERATOR).answers
    return [answer.party for answer in found if not part or part in answer.parts]


def _handed_in(session: Any, today: date) -> None:
    """A school's list of courses, half mended: one name was written for all rows, three cells are left."""
    text = (_FOLDER / "handed_in.tsv").read_text(encoding="utf-8")
    data = text.format(year=today.year, month=today.month).encode()
    found = read_table(data)
    view = batches.begin(
        session, "course", found.headings, found.rows, by=OPERATOR, file="榕盛职校四季度课程.tsv"
    )
    batch_mend.fill(session, view.code, "institution", "榕盛技校", "T02", by=OPERATOR)


def _on_register(session: Any, today: date) -> None:
    """The district's register of instructors: two schools are entered, one certificate was not renewed."""
    of_two = [row["code"] for row in table("instructors") if row["institution"] in ("T01", "T02")]
    for at, code in enumerate(of_two):
        day = today - timedelta(days=240 - 3 * at)
        instructor_register.enter(session, code, by=_SUPERVISOR, today=day)
    day = today - timedelta(days=20)
    instructor_register.lapse(
        session, of_two[-1], reason="资格证书到期未换", by=_SUPERVISOR, today=day
    )


@cache
def _marked() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in table("marks"):
        found.setdefault(row["code"], {})[row["field"]] = row["value"]
    return found


def _marks(code: str) -> dict[str, str]:
    """What one record is marked with besides the columns of its table."""
    return _marked().get(code, {})


def _associated(session: Any, today: date) -> None:
    """Alliances and committees; members joined days ago, some of them left."""
    drafts = [
        _make(
            schemas.AssociationDraft,
            name=row["name"],
            short_name=row["short_name"],
            sort=row["sort"],
            area="440307",
            scope=row["scope"],
            contact=row["contact"],
            members=[
                {
                    "organisation": code,
                    "first_day": _day(today, first),
                    "last_day": _day(today, last),
                }
                for code, first, last in (
                    [*part.split(":"), "", ""][:3] for part in row["members"].split(";")
                )
            ],
        )
        for row in table("associations")
    ]
    records.register_many(session, drafts, by=_SUPERVISOR)


def _day(today: date, offset: str) -> str:
    return (today + timedelta(days=int(offset))).isoformat() if offset else ""


def _make(draft: type[Draft], **cells: Any) -> Draft:
    return draft.model_validate(cells)


def _organisations(session: Any, today: date) -> None:
    """Bureau, centres, firms, institutions and assessment bodies; parks before them."""
    parks = [
        {
            "code": row["code"],
            "name": row["name"],
            "kind": "park",
            "parent": row["street_code"],
            "lat": float(row["lat"]),
            "lng": float(row["lng"]),
            "coordinate_source": "invented",
        }
        for row in table("areas")
    ]
    reference.load(session, "area", parks, by=SYSTEM)
    add = partial(records.register_many, session, by=SYSTEM)
    add([_make(schemas.CentreDraft, name="龙岗区职业能力建设科", area="440307")], codes=["BUREAU"])
    add(
        [
            _make(
                schemas.CentreDraft,
                name="宝龙街道职业培训服务中心",
                area="440307019",
                parent="BUREAU",
            ),
            _make(
                schemas.CentreDraft,
                name="横岗街道职业培训服务中心",
                area="440307017",
                parent="BUREAU",
            ),
        ],
        codes=[CENTRE, "C-HG"],
    )
    firms = list(table("enterprises"))
    add(
        [
            _make(
                schemas.EnterpriseDraft,
                name=row["name"],
                short_name=row["short_name"],
                industry=row["industry"],
                area=row["area_code"],
                staff=row["staff"],
                hosts=row["hosts"],
                contact=row["contact"],
                **_marks(row["code"]),
            )
            for row in firms
        ],
        codes=[row["code"] for row in firms],
    )
    schools = list(table("institutions"))
    add(
        [
            _make(
                schemas.InstitutionDraft,
                name=row["name"],
                short_name=row["short_name"],
                sort=row["kind"],
                area=row["area_code"],
                lat=row["lat"],
                lng=row["lng"],
                status=row["status"],
                scope="" if row["scope"] == "all" else row["scope"],
                qualified_to=_day(today, row["qualified_to"]),
                evaluation=row["evaluation"],
                evaluation_count=row["evaluation_count"],
                **_marks(row["code"]),
            )
            for row in schools
        ],
        codes=[row["code"] for row in schools],
    )
    people.invite(session, OPERATOR, _COLLEAGUE, _SUPERVISOR)
    session.flush()
    people.agree(session, today, _SUPERVISOR)


def _instructors(today: date) -> list[tuple[str, Draft]]:
    held: dict[str, list[str]] = {}
    for row in table("qualifications"):
        level = LADDER[int(row["level"]) - 1] if row["level"] else ""
        words = (row["occupation"], level, _day(today, row["valid_to"]))
        held.setdefault(row["instructor"], []).append(" ".join(filter(None, words)))
    away: dict[str, list[str]] = {}
    for row in table("blackouts"):
        away.setdefault(row["instructor"], []).append(
            f"{_day(today, row['first'])}..{_day(today, row['last'])}"
        )
    return [
        (
            row["code"],
            _make(
                schemas.InstructorDraft,
                name=row["name"],
                institution=row["institution"],
                employment=row["employment"],
                teaches=row["teaches"],
                qualifications=";".join(held.get(row["code"], [])),
                weekly=row["weekly"],
                blackouts=";".join(away.get(row["code"], [])),
                institutions_last_year=row["institutions_last_year"],
                max_travel_km=row["max_travel_km"],
                day_rate=row["day_rate"],
            ),
        )
        for row in table("instructors")
    ]


def _venues() -> list[tuple[str, Draft]]:
    stations: dict[str, list[str]] = {}
    for row in table("workstations"):
        stations.setdefault(row["venue"], []).append(f"{row['equipment']} x{row['count']}")
    return [
        (
            row["code"],
            _make(
                schemas.VenueDraft,
                name=row["name"],
                institution=row["institution"],
                area=row["area_code"],
                lat=row["lat"],
                lng=row["lng"],
                buffer_before=row["buffer_before"],
                buffer_after=row["buffer_after"],
                workstations=";".join(stations[row["code"]]),
                **_marks(row["code"]),
            ),
        )
        for row in table("venues")
    ]


def _courses(today: date) -> list[tuple[str, Draft]]:
    return [
        (
            row["code"],
            _make(
                schemas.CourseDraft,
                title=row["title"],
                institution=row["institution"],
                occupations=row["occupation"],
                level=int(row["level"]) if row["level"] else None,
                theory_hours=row["theory_hours"],
                practice_hours=row["practice_hours"],
                price=row["price"],
                price_per=row["price_per"],
                min_heads=row["min_heads"],
                max_heads=row["max_heads"],
                mode=row["mode"],
                equipment=row["equipment"],
                heads_per_station=row["heads_per_station"],
                delivery=row["delivery"],
                valid_from=_day(today, row["valid_from"]),
                valid_to=_day(today, row["valid_to"]),
                filed_on=_day(today, row["filed"]),
                **_marks(row["code"]),
            ),
        )
        for row in table("courses")
    ]


def _runs(today: date) -> list[tuple[str, Draft]]:
    return [
        (
            row["code"],
            _make(
                schemas.RunDraft,
                course=row["course"],
                first_day=_day(today, row["start"]),
                weekly=f"{row['weekdays']} {row['start_time']}-{row['end_time']}",
                seats=row["seats"],
                seats_left=row["seats_left"],
                signup_closes=_day(today, str(int(row["start"]) - 2)),
                instructor=row["instructor"],
                venue=row["venue"],
            ),
        )
        for row in table("runs")
    ]


def _slots(today: date, calendar: Calendar) -> list[tuple[str, Draft]]:
    """Six weeks of dated slots from the weekly rules of each venue and equipment."""
    counts = {(row["venue"], row["equipment"]): int(row["count"]) for row in table("workstations")}
    slots: list[tuple[str, Draft]] = []
    taken_at: set[tuple[str, str, date, int]] = set()
    for row in table("slots"):
        count = counts[row["venue"], row["equipment"]]
        for window in row["windows"].split(","):
            weekly = parse_weekly(f"{row['weekdays']} {window}")
            for day in dates_between(today, today + timedelta(weeks=_WEEKS)):
                for start, end in weekly.windows_on(day, calendar):
                    key = (row["venue"], row["equipment"], day, start)
                    if key in taken_at:
                        continue
                    taken_at.add(key)
                    busy = min(count, round(count * float(row["taken"]) * _ebb(len(slots))))
                    draft = _make(
                        schemas.SlotDraft,
                        venue=row["venue"],
                        equipment=row["equipment"],
                        day=day.isoformat(),
                        start=start,
                        end=end,
                        stations=count,
                        stations_free=count - busy,
                        price=row["price"],
                    )
                    slots.append(("", draft))
    return slots


def _purchases(today: date) -> list[tuple[str, Draft]]:
    """What the district bought for its centres: machining centres and welding booths for some months."""
    return [
        (
            "",
            _make(
                schemas.PurchaseDraft,
                buyer="BUREAU",
                venue=venue,
                equipment=equipment,
                stations=stations,
                first_day=_day(today, first),
                last_day=_day(today, last),
                price=price,
                note=note,
            ),
        )
        for venue, equipment, stations, first, last, price, note in (
            (
                "V02",
                "EQ-CNC-MC",
                4,
                "-20",
                "70",
                86400,
                "合同 LG-2026-017（虚构），晚上和周末优先",
            ),
            ("V09", "EQ-WELD", 3, "-6", "54", 37800, "合同 LG-2026-021（虚构），含焊材"),
        )
    ]


def _ebb(index: int) -> float:
    """How busy one slot is beside its rule's average: a fixed wave, so that the board looks lived in."""
    return (0.4, 1.0, 1.6, 0.8, 1.2)[index % 5]


def _assessments(today: date) -> list[tuple[str, Draft]]:
    return [
        (
            row["code"].replace("S", "AS"),
            _make(
                schemas.AssessmentDraft,
                body=row["body"],
                occupation=row["occupation"],
                level=int(row["level"]) if row["level"] else None,
                day=_day(today, row["day"]),
                seats=row["seats"],
                seats_left=row["seats"],
                **_marks(row["code"]),
            ),
        )
        for row in table("assessments")
    ]


def _needs(today: date) -> list[tuple[str, Draft]]:
    areas = {row["code"]: row["area_code"] for row in table("enterprises")}
    return [
        (
            f"N{int(row['code'][1:]):06d}",
            _make(
                schemas.NeedDraft,
                enterprise=row["enterprise"],
                text=row["text"],
                occupations=row["occupation"] if row["code"] in _ASKED_BACK else "",
                level=int(row["level"]) if row["level"] else None,
                heads=row["heads"],
                earliest=_day(today, row["earliest"]),
                latest=_day(today, row["latest"]),
                weekly=row["pattern"],
                area=areas[row["enterprise"]],
                max_travel_km=row["max_travel_km"],
                budget=row["budget"],
                mode=row["mode"],
                certificate=row["certificate"],
                min_practice_hours=row["min_practice_hours"],
                type=row["type"],
                can_split=row["can_split"],
                source="电话",
                **_marks(row["code"]),
            ),
        )
        for row in table("needs")
    ]
