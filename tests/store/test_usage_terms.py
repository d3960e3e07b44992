"""The terms of use: versions, who accepted which, and that nobody accepts for another or an older one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from seed import reference as reference_data
from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError
from store.models import AuditRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import reference, usage_terms
from store.services.usage_terms import UsageTerms
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
KEEPER = Actor("keeper", "系统管理员", Role.ADMIN, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
ZH, EN = (
    "新的一版使用条款：数据只用于培训对接，账号不得转借。",
    "New terms of use: lend your login to nobody.",
)


def wanted(store: Store, by: Actor) -> bool:
    return store.read(usage_terms.is_wanted, by=by, today=DAY)


def publish(store: Store, by: Actor = SUPERVISOR, days: int = 0) -> UsageTerms:
    day = DAY + timedelta(days=days)
    return store.write(usage_terms.publish, ZH, EN, day=day, by=by, today=DAY)


def test_each_version_is_accepted_once_by_each(store: Store) -> None:
    assert not wanted(store, OPERATOR)
    assert publish(store).version == 2
    assert wanted(store, OPERATOR)
    assert wanted(store, SCHOOL)
    first = store.write(usage_terms.accept, 2, by=OPERATOR, today=DAY)
    again = store.write(usage_terms.accept, 2, by=OPERATOR, today=DAY)
    assert first.accepted_at is not None
    assert again.accepted_at == first.accepted_at
    assert not wanted(store, OPERATOR)
    assert wanted(store, SCHOOL)
    rows = store.read(
        lambda s: [
            (row.login, row.act, row.code)
            for row in s.query(AuditRow).filter_by(kind="usage_terms", code="2").order_by("id")
        ]
    )
    assert rows == [("supervisor", "publish", "2"), ("wangfang", "accept", "2")]
    people = store.read(usage_terms.standings, by=KEEPER, today=DAY)
    assert people[-1].login == OPERATOR.login
    assert [one.accepted_at is None for one in people] == [True] * (len(people) - 1) + [False]


def test_a_version_holds_from_its_day_on(store: Store) -> None:
    assert publish(store, days=7).version == 2
    assert not wanted(store, OPERATOR)
    with pytest.raises(ConflictError):
        store.write(usage_terms.accept, 2, by=OPERATOR, today=DAY)
    later = DAY + timedelta(days=7)
    assert store.read(usage_terms.is_wanted, by=OPERATOR, today=later)
    with pytest.raises(ConflictError):  # the older one is past
        store.write(usage_terms.accept, 1, by=OPERATOR, today=later)
    assert [one.version for one in store.read(usage_terms.versions, by=OPERATOR)] == [2, 1]


def test_only_a_supervisor_or_an_administrator_sets_them(store: Store) -> None:
    for by in (OPERATOR, SCHOOL):
        with pytest.raises(NotAllowedError):
            publish(store, by)
        with pytest.raises(NotAllowedError):
            store.read(usage_terms.standings, by=by, today=DAY)
    assert publish(store, KEEPER).set_by == "keeper"
    for texts in (("短", EN), (ZH, "x" * 5000)):
        with pytest.raises(InvalidError):
            store.write(usage_terms.publish, *texts, day=DAY, by=SUPERVISOR, today=DAY)
    with pytest.raises(InvalidError):
        publish(store, days=-1)


def test_the_program_itself_is_never_kept_waiting(store: Store) -> None:
    publish(store)
    assert not wanted(store, SYSTEM)
    assert store.write(usage_terms.accept, 2, by=SYSTEM, today=DAY).accepted_at is None


def test_a_store_without_terms_asks_nobody(bare: Store) -> None:
    today = bare.read(reference.today)
    assert bare.read(usage_terms.in_force, by=OPERATOR, today=today) is None
    assert not bare.read(usage_terms.is_wanted, by=OPERATOR, today=today)


def test_the_program_brings_a_text_in_both_languages() -> None:
    texts = [reference_data.terms_of_use(lang) for lang in ("zh", "en")]
    assert [len(text.splitlines()) for text in texts] == [5, 5]
