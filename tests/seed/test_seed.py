"""The dictionary, the demo district and the load data keep their promises."""

from __future__ import annotations

from collections import defaultdict

from matching import text as words
from seed import bulk, reference
from seed.demo import OPERATOR, table
from store import Store
from store.schemas.actor import SYSTEM
from store.schemas.records import CentreDraft
from store.services import health, matchmaking, records
from tests.conftest import DAY

SPECIAL = 13


def test_no_alias_points_to_a_missing_code() -> None:
    codes = {row["code"] for row in reference.table("occupations")}
    missing = {(code, name) for code, _, name, _, _ in reference.alias_lines() if code not in codes}
    assert not missing


def test_no_alias_is_claimed_twice_without_saying_so() -> None:
    claims: dict[str, set[str]] = defaultdict(set)
    for row in reference.table("occupations"):
        claims[words.fold(row["name"])].add(row["code"])
    for code, _, name, is_shared, _ in reference.alias_lines():
        if not is_shared:
            for form in [name, *name.split("/")]:
                claims[words.fold(form)].add(code)
    twice = {name: codes for name, codes in claims.items() if len(codes) > 1}
    assert not {name: codes for name, codes in twice.items() if not _official_twice(name)}


def _official_twice(folded: str) -> bool:
    """The classification itself gives one name to two codes."""
    named = [row for row in reference.table("occupations") if words.fold(row["name"]) == folded]
    return len(named) > 1


def test_every_occupation_has_other_names() -> None:
    known = {code for code, *_ in reference.alias_lines()}
    named = {row["code"] for row in reference.table("occupations")}
    assert len(named - known) <= SPECIAL


def test_the_demo_has_the_size_it_promises(stocked: Store) -> None:
    sizes = {
        kind: stocked.read(records.page, kind, by=OPERATOR, limit=1).total
        for kind in ("enterprise", "course", "instructor", "venue", "need")
    }
    assert sizes == {"enterprise": 61, "course": 154, "instructor": 80, "venue": 25, "need": 81}
    assert sum(int(row["count"]) for row in table("workstations")) == 400
    assert stocked.read(records.page, "institution", by=OPERATOR, limit=1).total == 15


def test_most_of_the_demo_is_matched_and_rightly(stocked: Store) -> None:
    truth = {f"N{int(row['code'][1:]):06d}": row["occupation"] for row in table("needs")}
    right = matched = 0
    for code in stocked.read(matchmaking.open_needs, by=OPERATOR):
        ranking = stocked.read(
            matchmaking.rank_bundles, code, by=OPERATOR, today=DAY, top=1
        ).ranking
        if ranking.bundles:
            matched += 1
            right += truth[code] in [o.code for o in ranking.bundles[0].course.occupations]
    assert matched >= 55
    assert right >= 0.85 * matched


def test_load_data_is_the_same_for_the_same_seed(bare: Store) -> None:
    reference.load(bare)
    bare.write(records.register, CentreDraft(name="区局"), by=SYSTEM, code="BUREAU")
    sizes = bulk.Sizes.of(300, needs=10)
    steps: list[tuple[int, int]] = []
    made = bulk.load(bare, sizes, 7, lambda done, total: steps.append((done, total)))
    assert {kind: made[kind] for kind in ("institution", "enterprise", "need")} == {
        "institution": 7,
        "enterprise": 2,
        "need": 10,
    }
    assert (made["course"], made["instructor"], made["slot"]) == (300, 150, 1500)
    assert made["run"] > 30
    assert all(done <= total for done, total in steps)
    assert bare.read(health.check) == ()
    again = bulk.load(bare, sizes, 7, lambda done, total: None)
    assert again == made
    for kind, field in (("course", "title"), ("instructor", "name"), ("slot", "day")):
        items = bare.read(records.page, kind, by=SYSTEM, limit=2 * made[kind]).items
        said = [getattr(item, field) for item in items]
        assert said[: made[kind]] == said[made[kind] :]
