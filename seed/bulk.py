"""Invented offerings for load tests: any number, the same for the same seed, streamed in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
_COURSES_PER_INSTITUTION = 200
_PREFIXES = ("深龙", "宝和", "润达", "启航", "同创", "鹏程", "汇智", "新工", "匠心", "岭南")
_SUFFIXES = ("职业培训学校", "技工学校", "培训中心", "职业技能培训学校")
_FORMS = (
    "{name}（{level}）",
    "{name}{level}技能提升班",
    "{level}{name}培训",
    "{name} {level} 周末班",
    "{name}取证班（{level}）",
    "{name}实操强化",
)
_LEVELS = ((2, "五级"), (3, "四级"), (4, "三级"), (3, "中级"), (4, "高级"), (2, "初级"))


def load(
    store: Store, offerings: int, seed: int, progress: Callable[[int, int], None]
) -> dict[str, int]:
    """Add so many courses with the institutions they need; how many of each were made."""
    today = store.read(reference.today)
    institutions = max(1, offerings // _COURSES_PER_INSTITUTION)
    done = 0
    made = {"institution": 0, "course": 0}
    owners: list[str] = []
    for kind, drafts in (
        ("institution", _institutions(institutions, seed)),
        ("course", _courses(offerings, owners, seed, today)),
    ):
        while batch := list(islice(drafts, _BATCH)):
            codes = store.write(records.register_many, batch, by=SYSTEM)
            if kind == "institution":
                owners.extend(codes)
            made[kind] += len(batch)
            done += len(batch)
            progress(done, institutions + offerings)
    return made


def _institutions(count: int, seed: int) -> Iterator[Draft]:
    random = Random(seed)
    for at in range(count):
        yield schemas.InstitutionDraft(
            name=f"{random.choice(_PREFIXES)}{at + 1}号{random.choice(_SUFFIXES)}",
            sort="private_institution",
            evaluation=float(random.randrange(60, 100)),
            evaluation_count=random.randrange(0, 200),
        )


def _courses(count: int, owners: list[str], seed: int, today: date) -> Iterator[Draft]:
    """Courses over every occupation and its other names, written in the forms that people use."""
    random = Random(seed + 1)
    names = [(row["code"], row["name"]) for row in reference_data.table("occupations")]
    names += [
        (code, text)
        for code, kind, text, is_shared, _ in reference_data.alias_lines()
        if kind in ("trade", "title") and not is_shared
    ]
    for _ in range(count):
        code, name = random.choice(names)
        rank, level = random.choice(_LEVELS)
        practice = random.randrange(0, 80, 4)
        yield schemas.CourseDraft(
            institution=random.choice(owners),
            title=random.choice(_FORMS).format(name=name, level=level),
            occupations=(schemas.OccupationPart(code=code),),
            level=rank,
            theory_hours=random.randrange(8, 60, 4),
            practice_hours=practice,
            price=Decimal(random.randrange(300, 6000, 10)),
            min_heads=random.choice((None, 5, 10, 15)),
            max_heads=random.choice((20, 30, 40)),
            mode="centre",
            filed_on=today - timedelta(days=random.randrange(400)),
        )
