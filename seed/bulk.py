"""Invented markets for load tests: any size, the same for the same seed, streamed in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from random import Random

from seed import reference as reference_data
from store import Store
from store.schemas import records as schemas
from store.schemas.actor import SYSTEM
from store.schemas.records import Draft
from store.services import records, reference

_BATCH = 2000
_COURSES_PER_INSTITUTION = 40
_NEEDS_PER_ENTERPRISE = 5
_ANCHORS = 3
_SMALL_CLASS = 7
_HORIZON_DAYS = 60
_BLOCKS = ((510, 690), (840, 1020), (1110, 1290))
_PREFIXES = ("深龙", "宝和", "润达", "启航", "同创", "鹏程", "汇智", "新工", "匠心", "岭南")
_SUFFIXES = ("职业培训学校", "技工学校", "培训中心", "职业技能培训学校")
_TRADES = ("电子", "精密", "模具", "物流", "餐饮", "机电", "科技", "服务")
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = ("伟", "芳", "建国", "秀英", "志强", "丽", "永红", "国栋", "海燕", "晓明", "俊", "文婷")
_FORMS = (
    "{name}（{level}）",
    "{name}{level}技能提升班",
    "{level}{name}培训",
    "{name} {level} 周末班",
    "{name}取证班（{level}）",
    "{name}实操强化",
)
_WISHES = (
    "{name}{heads}人，要{level}证",
    "想给{heads}个{name}安排{level}培训，晚上或周末",
    "招{name}{heads}名，{level}以上，先培训",
    "{name}技能提升，{heads}人",
)
_LEVELS = ((2, "五级"), (3, "四级"), (4, "三级"), (3, "中级"), (4, "高级"), (2, "初级"))
_EVENINGS = "Mon-Fri 18:30-21:30"
_WEEKENDS = "Sat,Sun 08:30-17:30"
_WEEKLIES = (_EVENINGS, _WEEKENDS, f"{_EVENINGS}; {_WEEKENDS}", "Mon-Fri 08:30-17:30")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of what; people, slots and needs are in proportion to the courses where not said."""

    courses: int
    instructors: int
    slots: int
    needs: int

    @classmethod
    def of(
        cls,
        courses: int,
        instructors: int | None = None,
        slots: int | None = None,
        needs: int | None = None,
    ) -> Sizes:
        """A market with half as many instructors as courses, five slots a course, a need for ten."""
        return cls(
            courses,
            courses // 2 if instructors is None else instructors,
            courses * 5 if slots is None else slots,
            courses // 10 if needs is None else needs,
        )

    @property
    def institutions(self) -> int:
        """Enough for the courses."""
        return max(1, self.courses // _COURSES_PER_INSTITUTION)

    @property
    def enterprises(self) -> int:
        """Enough for the needs."""
        return -(-self.needs // _NEEDS_PER_ENTERPRISE)


@dataclass(frozen=True, slots=True)
class _Trade:
    code: str
    names: tuple[str, ...]
    equipment: str


@dataclass(slots=True)
class _Made:
    """Codes given so far that later records name."""

    codes: dict[str, list[str]] = field(default_factory=dict)
    runs: list[tuple[int, int]] = field(
        default_factory=list
    )  # places of a course and its institution


def load(
    store: Store, sizes: Sizes, seed: int, progress: Callable[[int, int], None]
) -> dict[str, int]:
    """Add a market of that size; how many records of each kind were made."""
    town = _Town(sizes, seed, store.read(reference.today))
    done = 0
    expected = sum(town.counts().values())
    counts: dict[str, int] = {}
    for kind, drafts in town.records():
        counts[kind] = 0
        codes = town.made.codes.setdefault(kind, [])
        while batch := list(islice(drafts, _BATCH)):
            found = store.write(records.register_many, batch, by=SYSTEM)
            if kind not in ("slot", "run", "need"):
                codes.extend(found)
            counts[kind] += len(batch)
            done += len(batch)
            progress(min(done, expected), expected)
    return counts


class _Town:
    """Who offers and asks for what: trades, places and times as they are spread in a real district."""

    def __init__(self, sizes: Sizes, seed: int, today: date) -> None:
        self.sizes = sizes
        self.seed = seed
        self.today = today
        self.made = _Made()
        self.trades = _trades()
        random = Random(seed)
        self.by_popularity = random.sample(range(len(self.trades)), len(self.trades))
        self.areas = [row["code"] for row in reference_data.table("streets")]
        self.taught = [self._taught(random) for _ in range(sizes.institutions)]

    def counts(self) -> dict[str, int]:
        """How many records of each kind are to come, runs by their share."""
        sizes = self.sizes
        return {
            "institution": sizes.institutions,
            "enterprise": sizes.enterprises,
            "instructor": sizes.instructors,
            "venue": sizes.institutions,
            "course": sizes.courses,
            "run": sizes.courses // 5,
            "slot": sizes.slots,
            "need": sizes.needs,
        }

    def records(self) -> Iterator[tuple[str, Iterator[Draft]]]:
        """Drafts by kind, each kind after those it names."""
        yield "institution", self._institutions(Random(self.seed + 1))
        yield "course", self._courses(Random(self.seed + 2))
        yield "instructor", self._instructors(Random(self.seed + 3))
        yield "venue", self._venues(Random(self.seed + 4))
        yield "run", self._runs(Random(self.seed + 5))
        yield "slot", self._slots(Random(self.seed + 6))
        yield "enterprise", self._enterprises(Random(self.seed + 7))
        yield "need", self._needs(Random(self.seed + 8))

    def _popular(self, random: Random) -> int:
        """The place of a trade; a few trades are asked for most."""
        return self.by_popularity[int(len(self.trades) * random.random() ** 2)]

    def _taught(self, random: Random) -> tuple[_Trade, ...]:
        """Some trades and their neighbours in the classification."""
        places = {
            min(anchor + step, len(self.trades) - 1)
            for anchor in (self._popular(random) for _ in range(_ANCHORS))
            for step in range(random.randrange(1, 4))
        }
        return tuple(self.trades[place] for place in sorted(places))

    def _institutions(self, random: Random) -> Iterator[Draft]:
        for at in range(self.sizes.institutions):
            yield schemas.InstitutionDraft(
                name=f"{random.choice(_PREFIXES)}{at + 1}号{random.choice(_SUFFIXES)}",
                sort=random.choice(("private_institution", "public_school")),
                area=random.choice(self.areas),
                evaluation=float(random.randrange(60, 100)),
                evaluation_count=random.randrange(0, 200),
            )

    def _courses(self, random: Random) -> Iterator[Draft]:
        owners = self.made.codes["institution"]
        for at in range(self.sizes.courses):
            place = at % len(owners)
            trade = random.choice(self.taught[place])
            rank, level = random.choice(_LEVELS)
            practice = random.choice((0, 8, 16, 20, 24, 32, 40))
            is_scheduled = random.random() < 0.1
            if is_scheduled or random.random() < 0.1:
                self.made.runs.append((at, place))
            yield schemas.CourseDraft(
                institution=owners[place],
                title=random.choice(_FORMS).format(name=random.choice(trade.names), level=level),
                occupations=(schemas.OccupationPart(code=trade.code),),
                level=rank,
                theory_hours=random.randrange(4, 40, 4),
                practice_hours=practice,
                price=Decimal(random.randrange(300, 6000, 10)),
                min_heads=random.choice((None, 5, 10)),
                max_heads=random.choice((20, 30, 40)),
                mode=random.choice(("centre", "centre", "centre", "firm", "blended")),
                equipment=trade.equipment if practice and random.random() < 0.8 else None,
                heads_per_station=random.choice((1, 2)),
                delivery="runs" if is_scheduled else "on_demand",
                filed_on=self.today - timedelta(days=random.randrange(400)),
            )

    def _instructors(self, random: Random) -> Iterator[Draft]:
        owners = self.made.codes["institution"]
        for at in range(self.sizes.instructors):
            place = at % len(owners)
            held = random.sample(self.taught[place], min(len(self.taught[place]), 2))
            away = self.today + timedelta(days=random.randrange(1, _HORIZON_DAYS))
            is_part_time = random.random() < 0.25
            yield schemas.InstructorDraft(
                name=random.choice(_SURNAMES) + random.choice(_GIVEN),
                institution=owners[place],
                employment="part_time" if is_part_time else random.choice(("full_time", "expert")),
                teaches=random.choice(("both", "both", "both", "theory", "practice")),
                qualifications=tuple(
                    schemas.QualificationPart(
                        occupation=trade.code,
                        level=random.choice((None, 3, 4, 5)),
                        valid_to=self.today + timedelta(days=random.randrange(30, 900)),
                    )
                    for trade in held
                ),
                weekly=random.choice((None, *_WEEKLIES)),
                blackouts=(
                    (schemas.BlackoutPart(first_day=away, last_day=away + timedelta(days=3)),)
                    if random.random() < 0.2
                    else ()
                ),
                institutions_last_year=(
                    tuple(sorted(set(random.choices(owners, k=random.randrange(1, 4)))))
                    if is_part_time
                    else ()
                ),
            )

    def _venues(self, random: Random) -> Iterator[Draft]:
        for place, owner in enumerate(self.made.codes["institution"]):
            stations = dict.fromkeys(trade.equipment for trade in self.taught[place])
            yield schemas.VenueDraft(
                name=f"{random.choice(_PREFIXES)}{place + 1}号实训基地",
                institution=owner,
                area=random.choice(self.areas),
                is_open=random.random() < 0.6,
                workstations=tuple(
                    schemas.WorkstationPart(equipment=code, count=40) for code in stations
                ),
            )

    def _runs(self, random: Random) -> Iterator[Draft]:
        people = self.made.codes["instructor"]
        owners = len(self.made.codes["institution"])
        for course, place in self.made.runs:
            own = people[place::owners]
            first = self.today + timedelta(days=random.randrange(3, _HORIZON_DAYS))
            seats = random.choice((20, 30))
            yield schemas.RunDraft(
                course=self.made.codes["course"][course],
                first_day=first,
                weekly=random.choice(_WEEKLIES),
                seats=seats,
                seats_left=random.randrange(seats + 1),
                signup_closes=first - timedelta(days=2),
                instructor=random.choice(own) if own and random.random() < 0.5 else None,
                venue=self.made.codes["venue"][place],
            )

    def _slots(self, random: Random) -> Iterator[Draft]:
        """The same number for each kind of workstation of each venue, spread over days and blocks."""
        rooms = [
            (venue, equipment)
            for venue, taught in zip(self.made.codes["venue"], self.taught, strict=True)
            for equipment in dict.fromkeys(trade.equipment for trade in taught)
        ]
        for at, (venue, equipment) in enumerate(rooms):
            count = self.sizes.slots // len(rooms) + (at < self.sizes.slots % len(rooms))
            times = max(_HORIZON_DAYS * len(_BLOCKS), count)
            for time in random.sample(range(times), count):
                day, block = divmod(time, len(_BLOCKS))
                start, end = _BLOCKS[block]
                stations = random.choice((4, 8, 12, 20))
                yield schemas.SlotDraft(
                    venue=venue,
                    equipment=equipment,
                    day=self.today + timedelta(days=day + 1),
                    start=start,
                    end=end,
                    stations=stations,
                    stations_free=random.randrange(stations + 1),
                    price=random.choice((None, Decimal(10), Decimal(20), Decimal(35))),
                )

    def _enterprises(self, random: Random) -> Iterator[Draft]:
        for at in range(self.sizes.enterprises):
            yield schemas.EnterpriseDraft(
                name=f"{random.choice(_PREFIXES)}{at + 1}号{random.choice(_TRADES)}有限公司",
                area=random.choice(self.areas),
                staff=random.randrange(10, 2000),
            )

    def _needs(self, random: Random) -> Iterator[Draft]:
        firms = self.made.codes["enterprise"]
        for at in range(self.sizes.needs):
            trade = self.trades[self._popular(random)]
            rank, level = random.choice(_LEVELS)
            heads = random.randrange(1, 25)
            earliest = self.today + timedelta(days=random.randrange(0, 20))
            yield schemas.NeedDraft(
                enterprise=firms[at % len(firms)],
                text=random.choice(_WISHES).format(
                    name=random.choice(trade.names), heads=heads, level=level
                ),
                occupations=(schemas.OccupationPart(code=trade.code),),
                level=rank,
                heads=heads,
                earliest=earliest,
                latest=random.choice((None, earliest + timedelta(days=45))),
                weekly=random.choice((None, *_WEEKLIES)),
                area=random.choice(self.areas),
                max_travel_km=random.choice((None, 10.0, 20.0, 40.0)),
                budget=random.choice((None, Decimal(2000), Decimal(4000))),
                certificate=random.random() < 0.3,
            )


def _trades() -> Sequence[_Trade]:
    """Every occupation in order of code with its plain names; a small class shares its workstations."""
    equipment = [row["code"] for row in reference_data.table("equipment")]
    names = {row["code"]: [row["name"]] for row in reference_data.table("occupations")}
    for code, kind, text, is_shared, _ in reference_data.alias_lines():
        if kind in ("trade", "title") and not is_shared:
            names[code].append(text)
    classes = sorted({code[:_SMALL_CLASS] for code in names})
    station = {name: equipment[at % len(equipment)] for at, name in enumerate(classes)}
    return [
        _Trade(code, tuple(dict.fromkeys(names[code])), station[code[:_SMALL_CLASS]])
        for code in sorted(names)
    ]
