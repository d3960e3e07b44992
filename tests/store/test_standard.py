"""The filing standard agrees with the drafts; headings are recognised, cells mended, nothing guessed."""

from __future__ import annotations

import importlib.util
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from store.errors import NotFoundError
from store.schemas.fields import Clock, Day, Level, Yes, Yuan
from store.schemas.records import ModeName
from store.services import filing
from store.services.kinds import KINDS
from store.services.templates import json_schema
from store.standard import KIND_NAMES, VERSION, standard
from store.standard.headings import recognise
from store.standard.mending import mend
from tests.conftest import DAY

PAGE = Path(__file__).parents[2] / "docs" / "filing.py"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_field_of_a_draft_has_one_column_of_the_same_rules(kind: str) -> None:
    columns = standard(kind).columns
    assert [
        (column.name, column.required, column.allowed if column.type == "choice" else ())
        for column in columns
    ] == [(column.name, column.is_required, column.allowed) for column in filing.columns(kind)]
    for column in columns:
        assert column.zh
        assert column.en
        assert column.rule_zh
        assert column.rule_en
        assert column.example


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_heading_means_its_own_column(kind: str) -> None:
    """Names, both headings and every alias, with what people put behind them; no word for two columns."""
    for column in standard(kind).columns:
        for heading in (
            column.name,
            column.zh,
            f" {column.zh}（必填）",
            f"{column.zh}*",
            column.en,
        ):
            assert recognise([heading], kind).columns == (column.name,), heading
            assert recognise([heading], kind).how == ("name",)
        for alias in column.aliases:
            found = recognise([alias], kind)
            assert found.columns == (column.name,), alias
            assert found.how[0] in ("name", "alias"), alias


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_examples_are_right_and_every_word_is_understood(kind: str) -> None:
    """An example row makes a draft; each word for an allowed value is mended into that value."""
    cells = {}
    for column in standard(kind).columns:
        cells[column.name] = mend(kind, column.name, column.example, DAY).text
        for value, names in column.words.items():
            for name in (value, *names):
                assert mend(kind, column.name, name, DAY).text == value
    cells.pop("code")
    if kind == "run":
        cells["last_day"] = cells["first_day"]
    KINDS[kind].draft.model_validate(cells)


def test_headings_in_any_order_with_blanks_units_and_near_words() -> None:
    said = recognise(
        ["序号", "學費（元）", "ｌｅｖｅｌ", "课 程\n名称*", "机构（必填）", "上课形式", "天气"],
        "course",
    )
    assert said.columns == (None, "price", "level", "title", "institution", "mode", None)
    assert said.how == ("left", "alias", "name", "name", "name", "near", "")
    assert said.missing == ()
    assert recognise(["价格"], "course").missing == ("institution", "title")
    said = recognise(["机构名称", "学校名称", "课程名", "起始日期", "截止日期"], "course")
    assert said.columns == ("institution", None, "title", "valid_from", "valid_to")
    assert said.how == ("alias", "", "alias", "alias", "alias")


def test_two_headings_never_become_one_column_silently() -> None:
    said = recognise(["学费", "价格", "收费"], "course")
    assert said.columns == (None, "price", None)
    assert said.how == ("", "name", "")


def test_older_files_still_read() -> None:
    """Version 1 had names of fields as headings; all of them are surely recognised by version 2."""
    for kind in KIND_NAMES:
        old = standard(kind, 1)
        assert [column.zh for column in old.columns] != [c.zh for c in standard(kind).columns]
        said = recognise([column.zh for column in old.columns], kind)
        assert said.columns == tuple(column.name for column in standard(kind, VERSION).columns)
        assert set(said.how) == {"name"}
    with pytest.raises(NotFoundError):
        standard("course", 3)


MENDED = [
    ("course", "valid_from", "2026.12.5", "2026-12-05", "date"),
    ("course", "valid_from", "2026/12/5", "2026-12-05", "date"),
    ("course", "valid_from", "２０２６年１２月５日", "2026-12-05", "date"),
    ("course", "valid_from", "2026年12月5日（周六）", "2026-12-05", "date"),
    ("course", "valid_from", "二〇二六年十二月三十一日", "2026-12-31", "date"),
    ("course", "valid_from", "2026-12-05 00:00:00", "2026-12-05", "date"),
    ("course", "valid_from", "25/12/2026", "2026-12-25", "date"),
    ("course", "valid_from", "12月5日", "2026-12-05", "year"),
    ("course", "valid_from", "2月5日", "2027-02-05", "year"),
    ("course", "valid_from", "10月25日", "2026-10-25", "year"),
    ("course", "valid_from", "民國115年8月1日", "2026-08-01", "year"),
    ("course", "valid_from", "20261205", "2026-12-05", "date"),
    ("course", "valid_from", "46361", "2026-12-05", "serial"),
    ("course", "theory_hours", "１２ 课时", "12", "number"),
    ("course", "max_heads", "100 个", "100", "number"),
    ("course", "max_heads", "三十人", "30", "number"),
    ("course", "max_heads", "16.0", "16", "number"),
    ("course", "price", "1,200元", "1200", "number"),
    ("course", "price", "￥ 1，200.50", "1200.50", "number"),
    ("course", "price", "3.5万", "35000", "number"),
    ("course", "price", "免费", "0", "word"),
    ("course", "price", "—", "", "blank"),
    ("course", "mode", "线上授课", "online", "word"),
    ("course", "price_per", "按班", "class", "word"),
    ("course", "occupations", "6-18-01-01、6-18-02-04", "6-18-01-01; 6-18-02-04", "list"),
    ("course", "institution", "ｔ０１", "T01", "case"),
    ("course", "title", "焊工\n四级\u200b班", "焊工 四级班", "unseen"),
    ("institution", "sort", "民办机构", "private_institution", "word"),
    ("instructor", "employment", "全职", "full_time", "word"),
    ("instructor", "employment", "专职", "full_time", "word"),
    ("instructor", "blackouts", "2026.12.24至2026.12.26", "2026-12-24..2026-12-26", "date"),
    ("need", "certificate", "√", "1", "word"),
    ("slot", "start", "下午2点", "14:00", "clock"),
    ("slot", "start", "1430", "14:30", "clock"),
    ("slot", "start", "晚上七点半", "19:30", "clock"),
    ("slot", "start", "2:30 PM", "14:30", "clock"),
    ("run", "weekly", "每周六日 9:00~17:00", "周六、周日 9:00-17:00", "weekday"),
    ("run", "weekly", "1,3,5", "周一、周三、周五", "weekday"),
]


@pytest.mark.parametrize(("kind", "column", "text", "wanted", "how"), MENDED)
def test_cells_are_mended_and_it_is_told_how(
    kind: str, column: str, text: str, wanted: str, how: str
) -> None:
    found = mend(kind, column, text, DAY)
    assert (found.text, found.how) == (wanted, (how,))
    assert mend(kind, column, found.text, DAY).text == found.text


FAIR_TWICE: list[tuple[str, str, str, Any]] = [
    ("course", "valid_from", "05/12/2026", Day),
    ("course", "valid_from", "26.12.5", Day),
    ("course", "valid_from", "2026年12月", Day),
    ("course", "valid_from", "2026-02-30", Day),
    ("course", "price", "1,20", Yuan),
    ("course", "price", "1200元/人", Yuan),
    ("course", "price", "约1000", Yuan),
    ("course", "price", "面议", Yuan),
    ("course", "level", "三级、四级", Level),
    ("course", "mode", "线上或线下", ModeName),
    ("slot", "start", "7点", Clock),
    ("slot", "start", "25:00", Clock),
    ("need", "certificate", "看情况", Yes),
]


@pytest.mark.parametrize(("kind", "column", "text", "type_"), FAIR_TWICE)
def test_what_can_be_read_two_ways_stays_and_is_refused(
    kind: str, column: str, text: str, type_: Any
) -> None:
    found = mend(kind, column, text, DAY)
    assert found.text == text
    with pytest.raises(ValidationError):
        TypeAdapter(type_).validate_python(found.text)


HABITS = (
    "{y}-{m:02}-{d:02}",
    "{y}.{m}.{d}",
    "{y}/{m:02}/{d:02}",
    "{y}年{m}月{d}日",
    "{y}{m:02}{d:02}",
)


@settings(max_examples=50)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(HABITS))
def test_a_day_survives_every_habit(day: date, habit: str) -> None:
    text = habit.format(y=day.year, m=day.month, d=day.day)
    serial = str((day - date(1899, 12, 30)).days)
    for said in (text, text.translate(str.maketrans("0123456789", "０１２３４５６７８９")), serial):
        assert mend("course", "valid_to", said, DAY).text == day.isoformat()


@settings(max_examples=50)
@given(st.integers(-59, 300))
def test_a_day_without_a_year_is_near(ahead: int) -> None:
    day = DAY + timedelta(days=ahead)
    assert mend("course", "valid_to", f"{day.month}月{day.day}日", DAY).text == day.isoformat()


@settings(max_examples=50)
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 18), st.text(max_size=12))
def test_mending_twice_is_mending_once(kind: str, at: int, text: str) -> None:
    columns = standard(kind).columns
    name = columns[at % len(columns)].name
    once = mend(kind, name, text, DAY).text
    assert mend(kind, name, once, DAY).text == once


def test_the_schema_knows_rules_words_and_version() -> None:
    made = json_schema("course", "zh")
    assert made["x-version"] == VERSION
    assert made["required"] == ["institution", "title"]
    assert made["properties"]["price"]["x-unit"] == "元"
    assert made["properties"]["price_per"]["x-words"] == {"head": "按人", "class": "按班"}


def test_the_page_is_drawn_from_the_data() -> None:
    found = importlib.util.spec_from_file_location("filing_page", PAGE)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    assert PAGE.with_suffix(".md").read_text(encoding="utf-8") == module.text()
