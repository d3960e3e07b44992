"""Folding, level words, noise and pinyin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import text as words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ＰＬＣ编程", "plc编程"),
        ("cad 製圖", "cad制图"),
        ("車工（數控）", "车工数控"),
        ("  数控 车工 ", "数控车工"),
        ("Warehouse  Supervisor", "warehouse supervisor"),
    ],
)
def test_one_form_for_the_same_text(typed: str, folded: str) -> None:
    assert words.fold(typed) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = words.fold(text)
    assert words.fold(once) == once


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("数控车工四级", 3),
        ("养老护理员（五级）", 2),
        ("中级工", 3),
        ("高级技师", 6),
        ("4级", 3),
        ("考个中级证", 3),
        ("电工高级工", 4),
        ("学徒工", 1),
        ("数控车工", None),
        ("二级", 5),
    ],
)
def test_level_words_in_every_form(text: str, rank: int | None) -> None:
    assert words.level_rank(text) == rank


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("招20个数控机床操作工", "数控机床操作工"),
        ("宝龙附近", ""),
        ("晚上和周末上课", "和"),
        ("预算1500元/人", ""),
        ("我们厂想给15名区域销售代表做培训", "区域销售代表"),
    ],
)
def test_noise_of_need_sentences_is_taken_out(sentence: str, left: str) -> None:
    assert words.without_noise(words.fold(sentence)) == left


def test_closing_words_go_unless_nothing_is_left() -> None:
    assert words.without_tail("焊工上岗证") == "焊工"
    assert words.without_tail("培训") == "培训"


def test_sound_alike_syllables_share_a_key() -> None:
    assert words.sound_key("zhu su gong") == words.sound_key("zu su gon")
    assert words.pinyin("数控车工") == "shu kong che gong"
    assert words.initials("shu kong che gong") == "skcg"


def test_trade_polyphones_are_read_in_context() -> None:
    assert words.pinyin("调试") == "tiao shi"
    assert words.pinyin("调度") == "diao du"


@pytest.mark.parametrize(
    ("letters", "read"),
    [
        ("shukongchegong", "shu kong che gong"),
        ("renneng", "ren neng"),
        ("jiangong", "jian gong"),
        ("lvse", "lv se"),
        ("skcg", ""),
        ("plc", ""),
        ("", ""),
    ],
)
def test_letters_are_read_as_pinyin_only_where_they_may_be(letters: str, read: str) -> None:
    assert words.syllables(letters) == read


def test_every_character_of_gb_2312_is_in_its_only_form() -> None:
    """Texts of nothing else are folded without a look."""
    for high in range(0xB0, 0xF8):
        row = bytes(byte for low in range(0xA1, 0xFF) for byte in (high, low))
        text = row.decode("gb2312", "ignore")
        assert words.fold(text) == text
        assert words.fold(f" {text}（1）") == f"{text}1"  # with a look
