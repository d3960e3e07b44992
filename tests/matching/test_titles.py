"""The index of titles: what is found, in which order, and that changes count at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import titles
from matching.text import fold
from matching.titles import TitleIndex

_TITLE = st.text(alphabet="电焊工培训车床plc 0（）中级", max_size=8)
_KEY = st.sampled_from("abcdefgh")
_TITLES = st.dictionaries(_KEY, _TITLE)
_CHANGES = st.lists(st.tuples(_KEY, st.none() | _TITLE), max_size=12)

TRADES = {
    "K1": "数控车工（四级）",
    "K2": "数控铣工（四级）",
    "K3": "低压电工上岗培训",
    "K4": "养老护理员初级",
    "K5": "PLC编程技能提升班",
}


def found(index: TitleIndex, query: str) -> list[str]:
    return [key for key, _ in index.search(query)]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("数控车工 四级", "K1"),
        ("數控銑工", "K2"),
        ("想报低压电工的培训", "K3"),
        ("养老户理员", "K4"),
        ("plc编程", "K5"),
        ("护养老理员", "K4"),
        ("編程PLC技能", "K5"),
    ],
)
def test_noisy_queries_find_the_title_meant(query: str, key: str) -> None:
    assert found(TitleIndex(TRADES.items()), query)[0] == key


def test_scores_fall_from_one_for_the_same_title() -> None:
    scores = [score for _, score in TitleIndex(TRADES.items()).search("数控车工四级")]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] >= 0


def test_no_more_than_wanted_and_nothing_for_nothing() -> None:
    index = TitleIndex((str(at), f"电工培训第{at}期") for at in range(50))
    assert len(index.search("电工培训", top=7)) == 7
    assert index.search(" （） ") == []
    assert TitleIndex().search("电工") == []


def test_every_title_is_compared_where_no_term_is_shared() -> None:
    assert found(TitleIndex(TRADES.items()), "程编c")[0] == "K5"


def test_a_key_stands_for_its_last_title_only() -> None:
    index = TitleIndex(TRADES.items())
    index.add("K1", "叉车司机")
    assert found(index, "叉车司机")[0] == "K1"
    assert len(index) == len(TRADES)
    index.discard("K1")
    index.discard("never there")
    assert "K1" not in found(index, "叉车司机")
    assert len(index) == len(TRADES) - 1


@given(_TITLES, _CHANGES, _TITLE)
def test_changes_one_by_one_are_the_same_as_building_anew(
    first: dict[str, str], changes: list[tuple[str, str | None]], query: str
) -> None:
    index = TitleIndex(first.items())
    left = dict(first)
    for key, title in changes:
        if title is None:
            index.discard(key)
            left.pop(key, None)
        else:
            index.add(key, title)
            left[key] = title
    anew = TitleIndex(sorted(left.items(), reverse=True))
    assert index.search(query, top=3) == anew.search(query, top=3)


@given(st.lists(_TITLE, min_size=1, max_size=60), st.data(), st.integers(0, 30))
def test_no_budget_loses_a_title_that_is_the_query(
    texts: list[str], data: st.DataObject, budget: int
) -> None:
    index = TitleIndex((f"{at:02}", text) for at, text in enumerate(texts))
    wanted = data.draw(st.sampled_from(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(titles, "_BUDGET", budget)
        patch.setattr(titles, "_SHORTLIST", 1)
        best = index.search(wanted, top=1)
    if best:
        assert fold(texts[int(best[0][0])]) == fold(wanted)
    else:
        assert fold(wanted) == ""
