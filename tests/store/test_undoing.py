"""Taking back registrations and withdrawals, and filters of needs; both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, NotAllowedError
from store.schemas.actor import Actor, Role
from store.services import audit, filters, needs, records, reference, search, undoing
from store.services.filters import NeedFilter
from tests.conftest import DAY
from tests.tui.driving import COLLEAGUE

STRANGER = Actor("fremd", "外区", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def test_a_withdrawn_need_comes_back_and_is_found_again(stocked: Store) -> None:
    now = stocked.read(reference.now)
    stocked.write(undoing.withdraw_many, "need", ("N000080", "N000079"), by=OPERATOR)
    assert stocked.write(undoing.undo, "need", ("N000080",), by=OPERATOR, now=now) == ("withdraw",)
    assert stocked.read(records.fetch, "need", "N000080", by=OPERATOR).status == "open"
    assert stocked.read(records.fetch, "need", "N000079", by=OPERATOR).status == "withdrawn"
    last = stocked.read(audit.last, "need", "N000080")
    assert last is not None
    assert (last.act, last.login) == ("undo", OPERATOR.login)
    hits = stocked.read(search.search, "消防设施操作员四级，3个", by=OPERATOR, kinds=("need",))
    assert hits[0].code == "N000080"


def test_one_that_cannot_be_withdrawn_keeps_all(stocked: Store) -> None:
    with pytest.raises(ConflictError):  # N000041 is confirmed
        stocked.write(undoing.withdraw_many, "need", ("N000080", "N000041"), by=OPERATOR)
    assert stocked.read(records.fetch, "need", "N000080", by=OPERATOR).status == "open"


@pytest.mark.parametrize("by", [COLLEAGUE, STRANGER, SCHOOL])
def test_nobody_takes_back_what_somebody_else_did(stocked: Store, by: Actor) -> None:
    now = stocked.read(reference.now)
    stocked.write(undoing.withdraw_many, "need", ("N000080",), by=OPERATOR)
    with pytest.raises((ConflictError, NotAllowedError)):
        stocked.write(undoing.undo, "need", ("N000080",), by=by, now=now)
    if by is not COLLEAGUE:  # of the same centre, who may withdraw what is not withdrawn yet
        with pytest.raises((ConflictError, NotAllowedError)):
            stocked.write(undoing.withdraw_many, "need", ("N000079", "N000080"), by=by)
    assert stocked.read(records.fetch, "need", "N000080", by=OPERATOR).status == "withdrawn"


def test_it_can_be_taken_back_for_a_while_only(stocked: Store) -> None:
    late = datetime.now(UTC) + timedelta(days=1)
    stocked.write(undoing.withdraw_many, "need", ("N000080",), by=OPERATOR)
    with pytest.raises(ConflictError, match="undo_too_late"):
        stocked.write(undoing.undo, "need", ("N000080",), by=OPERATOR, now=late)


def test_an_edit_is_not_taken_back_as_a_registration(stocked: Store) -> None:
    from tests.tui.driving import edit

    edit(stocked, "need", "N000080", OPERATOR, heads=9)
    now = stocked.read(reference.now)
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        stocked.write(undoing.undo, "need", ("N000080",), by=OPERATOR, now=now)


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (("宝龙",), "N000068"),
        (("bl",), "N000068"),
        (("龙岗区", "四级"), "N000068"),
        (("rpjm",), "N000001"),
        (("锐坪",), "N000001"),
        (("skcg",), "N000068"),
    ],
)
def test_every_word_narrows_the_needs(stocked: Store, words: tuple[str, ...], some: str) -> None:
    everything = stocked.read(filters.count, NeedFilter(), by=OPERATOR)
    found = stocked.read(filters.page, NeedFilter(words=words), by=OPERATOR)
    assert some in {view.code for view in found.items}
    assert found.total < everything
    for word in words:
        wider = stocked.read(filters.page, NeedFilter(words=(word,)), by=OPERATOR)
        assert {view.code for view in found.items} <= {view.code for view in wider.items}


def test_a_filter_by_a_firm_tells_institutions_nothing(stocked: Store) -> None:
    assert stocked.read(filters.count, NeedFilter(words=("rpjm",)), by=OPERATOR) > 0
    hidden = stocked.read(filters.page, NeedFilter(words=("锐坪",)), by=SCHOOL)
    assert hidden.total == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("车工3人、电工5人，12月上旬", ("车工3人，12月上旬", "电工5人，12月上旬")),
        ("锐坪 要数控车工3人和电工5人", ("锐坪 数控车工3人", "锐坪 电工5人")),
        ("2名焊工以及4名数控铣工 周末", ("2名焊工 周末", "4名数控铣工 周末")),
        ("初级电工3人、中级电工5人", ("初级电工3人", "中级电工5人")),
        ("男3人、女5人，学电工", ()),
        ("20名叉车工，10人白天10人晚上", ()),
        ("电工5人，12月3日", ()),
        ("电工5人，班主任1人", ()),
        ("车工3人，电工5人，共8人，周末", ("车工3人，周末", "电工5人，周末")),
        ("锐坪要车工、电工各5人", ("锐坪要车工5人", "锐坪要电工5人")),
        ("电工高级4人、中级6人", ("电工高级4人", "电工中级6人")),
        ("车工4名（中级），铣工3名（高级）", ("车工4名（中级）", "铣工3名（高级）")),
        ("3个车工，5个电工，还要2个保安", ("3个车工", "5个电工", "2个保安")),
        ("财务3个、行政2个、人事4个，学AI做表", ()),
    ],
)
def test_a_sentence_of_several_trades_comes_apart(
    stocked: Store, text: str, parts: tuple[str, ...]
) -> None:
    assert stocked.read(needs.apart, text, by=OPERATOR) == parts


def test_letters_stand_for_trades_and_numbers_pick(stocked: Store) -> None:
    def spelled(text: str) -> needs.Spelled | None:
        return stocked.read(needs.spell, text, by=OPERATOR, today=DAY)

    assert spelled("skcg 4") == needs.Spelled("数控车工四级")
    assert spelled("welder") is None
    assert spelled("数控车工 4") is None
    assert spelled("cnc 4") == needs.Spelled("cnc 四级")
    assert spelled("zzx 4") == needs.Spelled("")
    picked = spelled("dg2")
    check = stocked.read(needs.check, "", "dg", by=OPERATOR, today=DAY)
    assert check.resolution is not None
    assert picked is not None
    assert picked.occupation == check.resolution.matches[1].code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我们锐坪这边3个", "我们＊＊＊这边3个"),
        ("锐坪精密招人，找张工13800001111", "＊＊＊招人，找张工＊＊＊"),
        ("0755-28881234，2026-12-05前", "＊＊＊，2026-12-05前"),
    ],
)
def test_a_firm_is_not_known_by_its_words(text: str, shown: str) -> None:
    assert records.masked(text, "深圳市锐坪精密五金有限公司", "锐坪精密") == shown
