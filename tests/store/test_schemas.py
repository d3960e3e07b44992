"""The border: what people may type and how it is read."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from store.schemas.fields import Text20, Text200, all_plain, longest_text
from store.schemas.records import (
    CourseDraft,
    EnterpriseDraft,
    InstructorDraft,
    NeedDraft,
    VenueDraft,
)
from store.services import filing
from store.services.kinds import KINDS, kind_of


def codes(error: ValidationError) -> set[str]:
    return {detail["type"] for detail in error.errors()}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("焊工\x1b]0;hacked\x07", "control_character"),
        ("焊工\u202e工", "control_character"),
        ("焊\u200b工", "control_character"),
        ("焊工\x00", "control_character"),
        ("=1+1", "formula"),
        ("＝cmd|' /C calc'!A0", "formula"),
        ("@SUM(A1)", "formula"),
        ("[/]", "no_words"),
        ("   ", "string_too_short"),
        ("工" * 201, "string_too_long"),
    ],
)
def test_hostile_and_empty_text_is_refused_with_a_reason(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CourseDraft(institution="T01", title=text)
    assert codes(caught.value) == {code} or code in codes(caught.value)


@given(st.text(min_size=1, max_size=60))
def test_no_accepted_text_holds_anything_a_terminal_obeys(text: str) -> None:
    try:
        draft = EnterpriseDraft(name=text)
    except ValidationError:
        return
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Co") for c in draft.name)
    assert draft.name == unicodedata.normalize("NFC", draft.name)
    assert draft.name[0] not in "=+-@"


NEAR = st.text(
    st.sampled_from("焊工课 a1２¦=+-@＝_、／\u3000\u0301\u200b\u00e9e\x07K\u212a[("), max_size=22
)
NUMBERS = st.sampled_from(("440307199001011234", "44030719900101123", "110101199003074514"))


@given(st.lists(st.one_of(NEAR, NUMBERS, st.text(max_size=22)), min_size=1, max_size=6))
def test_texts_that_are_plain_all_at_once_are_taken_as_they_stand(texts: list[str]) -> None:
    trimmed = [text.strip() for text in texts]
    if all_plain(trimmed, 20):
        assert TypeAdapter(list[Text20]).validate_python(texts) == trimmed


def test_only_free_text_is_told_all_at_once() -> None:
    found = {name: info.rebuild_annotation() for name, info in CourseDraft.model_fields.items()}
    assert {name: most for name, one in found.items() if (most := longest_text(one))} == {
        "title": 200
    }
    assert longest_text(Text200 | None) == 200
    assert not all_plain([], 20)
    assert all_plain(["焊工（五级）", "电工 a-1"], 20)
    for wrong in ("", "=1", "--", "工" * 21, "e\u0301", "110101199003074514", "a\x07"):
        assert not all_plain(["焊工", wrong, "电工"], 20)


def test_markup_in_real_text_is_kept_as_text() -> None:
    assert CourseDraft(institution="T01", title="焊工复审 [/]").title == "焊工复审 [/]"


def test_words_of_tables_are_read() -> None:
    need = NeedDraft.model_validate(
        {
            "enterprise": "E001",
            "text": "焊工",
            "heads": "5",
            "earliest": "2026-12-01",
            "level": "中级工",
            "weekly": "周六、周日 全天",
            "budget": "980.50",
            "certificate": "是",
            "occupations": "6-18-02-04:0.8; 6-18-01-01",
            "latest": "",
        }
    )
    assert (need.level, need.weekly, need.certificate) == (3, "Sat,Sun all day", True)
    assert need.budget == Decimal("980.50")
    assert [(p.code, p.confidence) for p in need.occupations] == [
        ("6-18-02-04", 0.8),
        ("6-18-01-01", 1),
    ]


def test_parts_of_people_and_places_are_read() -> None:
    person = InstructorDraft.model_validate(
        {
            "name": "李建国",
            "institution": "T01",
            "qualifications": "6-18-01-01 四级 2027-06-30; 6-18-02-04",
            "blackouts": "2026-12-24..2026-12-26; 2027-01-01",
            "institutions_last_year": "T01;T02",
        }
    )
    assert [(q.occupation, q.level) for q in person.qualifications] == [
        ("6-18-01-01", 3),
        ("6-18-02-04", None),
    ]
    assert person.blackouts[1].first_day == person.blackouts[1].last_day
    assert person.institutions_last_year == ("T01", "T02")
    place = VenueDraft.model_validate(
        {"name": "车间", "institution": "T01", "workstations": "EQ-A x8; EQ-B*40"}
    )
    assert [(w.equipment, w.count) for w in place.workstations] == [("EQ-A", 8), ("EQ-B", 40)]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"heads": "abc"}, "int_parsing"),
        ({"heads": "0"}, "greater_than_equal"),
        ({"earliest": "2026-13-40"}, "date_from_datetime_parsing"),
        ({"earliest": "明天"}, "iso_date"),
        ({"level": "很高"}, "level"),
        ({"weekly": "有空就行"}, "weekly"),
        ({"certificate": "也许"}, "yes_no"),
        ({"mode": "moon"}, "literal_error"),
        ({"enterprise": "e 1"}, "string_pattern_mismatch"),
        ({"min_group": "9"}, "min_group"),
    ],
)
def test_wrong_cells_say_why(cells: dict[str, str], code: str) -> None:
    right = {"enterprise": "E001", "text": "焊工", "heads": "5", "earliest": "2026-12-01"}
    with pytest.raises(ValidationError) as caught:
        NeedDraft.model_validate({**right, **cells})
    assert code in codes(caught.value)


@given(
    st.builds(
        CourseDraft,
        institution=st.just("T01"),
        title=st.sampled_from(["焊工", "数控车工（四级）"]),
        level=st.none() | st.integers(1, 8),
        theory_hours=st.none() | st.integers(0, 200),
        price=st.none() | st.decimals(0, 99999, places=2),
        min_heads=st.none() | st.integers(1, 20),
        max_heads=st.none() | st.integers(20, 60),
        mode=st.none() | st.sampled_from(["centre", "online"]),
        filed_on=st.none() | st.dates(),
    )
)
def test_writing_cells_and_reading_them_changes_nothing(draft: CourseDraft) -> None:
    kind = kind_of(draft)
    cells = dict(zip(kind.draft.model_fields, filing.cells(kind, draft), strict=True))
    assert CourseDraft.model_validate(cells) == draft


def test_every_kind_has_a_column_for_each_field() -> None:
    for name, kind in KINDS.items():
        assert [column.name for column in filing.columns(name)] == [
            "code",
            *kind.draft.model_fields,
        ]
