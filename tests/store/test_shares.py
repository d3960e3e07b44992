"""What is reckoned: shares of instructors, firms below the floor, who reaches a threshold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from matching.subsidy.facts import WordingError
from matching.subsidy.settings import read_teaching, write_teaching
from seed.demo import OPERATOR
from store import Store
from store.errors import InvalidError
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.policy import FundDraft
from store.schemas.records import InstructorDraft
from store.schemas.trainee import TraineeDraft
from store.services import credits, faculty, funds, records, reference, trainee_merges, trainees
from store.services.faculty import FacultyView, Share
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")


def look(store: Store, institution: str = "T12") -> FacultyView:
    return store.read(faculty.look, institution, by=OPERATOR, today=DAY)


def hire(store: Store, **cells: Any) -> str:
    draft = InstructorDraft.model_validate({"name": "新讲师", "institution": "T12", **cells})
    return str(store.write(records.register, draft, by=OPERATOR).code)


def test_a_share_is_met_only_where_it_is_asked_for() -> None:
    assert [Share(9, 10, wanted).is_met for wanted in (90, 91, None)] == [True, False, None]
    assert (Share(0, 0, 90).is_met, Share(0, 0, 90).percent, Share(2, 3, 50).percent) == (
        None,
        None,
        66,
    )


def test_demands_are_read_as_they_are_written() -> None:
    asked = read_teaching("certified 90; per_course 15; enrolled 50")
    assert asked is not None
    assert (asked.certified, asked.per_course, asked.enrolled) == (90, 15, 50)
    assert read_teaching(write_teaching(asked)) == asked
    assert "certified" not in write_teaching(read_teaching("institutions 3"))
    with pytest.raises(WordingError):
        read_teaching("certified many")


def test_certified_are_those_of_both_kinds_whose_certificate_is_valid(store: Store) -> None:
    before = look(store)
    assert before.certified.wanted == 90
    yesterday = (DAY - timedelta(days=1)).isoformat()
    hire(store, teaches="both", qualifications=f"6-31-07-03 三级 {yesterday}")
    hire(store, teaches="theory", qualifications="6-31-07-03 三级")
    hire(store, teaches="both", qualifications=f"6-31-07-03 三级 {DAY.isoformat()}")
    after = look(store)
    assert after.certified.whole == before.certified.whole + 2
    assert after.certified.count == before.certified.count + 1


def test_courses_are_counted_by_who_may_teach_them_at_their_level(store: Store) -> None:
    """C146 is of 四级, C147 another trade of 三级: a teacher up to 五级 is counted for neither."""

    def counted() -> dict[str, int]:
        return {one.course: one.instructors for one in look(store).courses}

    before = counted()
    hire(store, qualifications="6-31-07-03 五级")
    assert counted() == before
    hire(store, qualifications="6-31-07-03 三级")
    assert counted() == {**before, "C146": before["C146"] + 1}
    assert look(store).per_course == 2


def test_the_cap_and_the_students_are_those_of_the_institution(store: Store) -> None:
    view = look(store, "T01")
    assert view.cap == 12
    assert view.trained.whole == 5200
    assert look(store).cap is None


def test_firms_below_the_floor_are_listed_with_what_they_lack(store: Store) -> None:
    year = DAY.year - 1
    (one,) = store.read(funds.short, by=SUPERVISOR, year=year)
    assert (one.enterprise, one.lacking) == ("E022", 4100000 * 100 * 15 // 1000 - 48000 * 100)
    assert store.read(funds.short, by=OPERATOR, year=year) == ()  # another centre's firm
    draft = FundDraft.model_validate({"payroll": "50000000", "spent": "10", "front": "5"})
    store.write(funds.record, "E001", year, draft, by=OPERATOR)
    found = store.read(funds.short, by=SUPERVISOR, year=year)
    assert [one.enterprise for one in found] == ["E001", "E022"]
    assert found[0].trains_itself is False


def test_who_reaches_a_threshold_is_what_each_account_says(store: Store) -> None:
    now = store.read(reference.now)
    codes = [
        store.write(trainees.register, TraineeDraft(name=name), by=OPERATOR).code
        for name in ("甲某", "乙某", "丙某")
    ]
    for code, points in zip(codes, (60, 19, 40), strict=True):
        store.write(credits.give, code, points, "外地证书", by=OPERATOR, now=now, day=DAY)
    store.write(trainee_merges.merge, codes[1], codes[2], by=OPERATOR)
    found = {one.trainee: one for one in store.read(credits.reached, by=SYSTEM, day=DAY)}
    assert codes[1] not in found
    assert (found[codes[2]].points, found[codes[2]].threshold) == (59, "study")
    for code, one in found.items():
        account = store.read(credits.account, code, by=SYSTEM, day=DAY)
        assert (account.balance, account.reached) == (one.points, one.threshold)
    some = store.read(credits.reached, "study", by=OPERATOR, day=DAY)
    assert [one.trainee for one in some] == [codes[0], codes[2]]
    assert "*" in some[0].name
    assert not store.read(credits.reached, "study", by=OPERATOR, day=DAY - timedelta(days=1))
    with pytest.raises(InvalidError, match="threshold_unknown"):
        store.read(credits.reached, "nix", by=OPERATOR, day=DAY)
