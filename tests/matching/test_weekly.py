"""Weekly patterns: reading, writing, and what the calendar makes of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.weekly import DAY_END, Calendar, WeeklyPattern, parse_weekly

EVENING = (1110, 1290)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Mon-Fri 18:30-21:30; Sat,Sun all day", "Mon-Fri 18:30-21:30; Sat,Sun all day"),
        ("周一至周五 18:30-21:30；周六、周日 全天", "Mon-Fri 18:30-21:30; Sat,Sun all day"),
        ("Tue,Thu 18:30-21:30", "Tue,Thu 18:30-21:30"),
        ("星期六 8:30-11:30；星期六 14:00-17:00", "Sat 08:30-11:30; Sat 14:00-17:00"),
        ("Fri-Mon all day", "Mon,Fri-Sun all day"),
        ("Mon 08:00-12:00; Mon 11:00-13:00", "Mon 08:00-13:00"),
    ],
)
def test_reads_what_people_write(text: str, canonical: str) -> None:
    assert str(parse_weekly(text)) == canonical


@pytest.mark.parametrize(
    "text", ["", "Foo 18:30-21:30", "Mon 21:30-18:30", "Mon 18:75-19:00", "Mon-Tue-Wed"]
)
def test_refuses_what_is_no_pattern(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_weekly(text)


windows = st.tuples(st.integers(0, DAY_END - 1), st.integers(1, DAY_END)).filter(
    lambda w: w[0] < w[1]
)


@given(st.lists(st.one_of(st.none(), windows), min_size=7, max_size=7).filter(any))
def test_writing_and_reading_changes_nothing(days: list[tuple[int, int] | None]) -> None:
    pattern = WeeklyPattern(tuple((day,) if day else () for day in days))
    assert parse_weekly(str(pattern)) == pattern


def test_public_holidays_are_free_and_makeup_workdays_follow_the_week() -> None:
    saturday, friday = date(2026, 10, 10), date(2026, 10, 2)
    calendar = Calendar(frozenset({friday}), frozenset({saturday}))
    pattern = parse_weekly("Mon-Fri 18:30-21:30; Sat,Sun all day")
    assert pattern.windows_on(friday, calendar) == ()
    assert pattern.windows_on(saturday, calendar) == (EVENING,)
    uneven = parse_weekly("Mon 18:30-21:30; Sat all day")
    assert uneven.windows_on(saturday, calendar) == ()


def test_unknown_times_need_only_the_day() -> None:
    pattern = parse_weekly("Mon 18:30-21:30")
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    assert pattern.covers(monday, None, None, Calendar())
    assert not pattern.covers(tuesday, None, None, Calendar())
    assert not pattern.covers(monday, 1100, 1200, Calendar())
