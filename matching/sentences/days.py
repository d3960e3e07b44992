"""Days and stretches of days as people name them: 12月1号, 下个月中旬, 年前, by Jan 15."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from matching.sentences.reading import NUMBER, TAKEN, number

# First day of the lunar year, from the published calendars of the Hong Kong Observatory.
_NEW_YEAR = (
    date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3),
    date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8),
)  # fmt: skip
_BACK_AT_WORK = 9  # days from the first of the lunar year until small firms are back
# Month and day a feast begins, and how many days it is kept.
_FEASTS = {"元旦": (1, 1, 1), "五一": (5, 1, 5), "国庆": (10, 1, 7), "圣诞": (12, 25, 1)}
_SAME_FEAST = {
    "新历年": "元旦",
    "劳动节": "五一",
    "十一黄金周": "国庆",
    "耶诞": "圣诞",
    "christmas": "圣诞",
    "new year": "元旦",
    "new year's day": "元旦",
}
_WEEKDAYS = "一二三四五六日"
_PARTS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "中": (11, 20)}
_IN_ENGLISH = {"early": "初", "mid": "中", "late": "下旬"}
_ENGLISH_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_HALF = 6


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a stretch of text names, both included.

    `sort` is "day" for one, "edge" for the end of a month or year (底), "number" for a bare 5号, "span" else.
    """

    first: date
    last: date
    sort: str = "span"
    start: int = 0
    end: int = 0

    @property
    def is_day(self) -> bool:
        """Whether one day is named."""
        return self.sort in ("day", "number")


def periods(folded: str, today: date) -> list[Period]:
    """Every period named in folded text, in order; the forms that say most are looked for first."""
    found: list[Period] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(folded):
            try:
                period = read(match, today)
            except ValueError:  # the 31st of a short month
                continue
            if period is not None:
                found.append(replace(period, start=match.start(), end=match.end()))
                folded = folded[: match.start()] + TAKEN * len(match[0]) + folded[match.end() :]
    return sorted(found, key=lambda period: period.start)


def ahead(today: date, count: str, unit: str) -> date:
    """The day so many days, weeks, months or years from today."""
    amount = 0.5 if count == "半" else number(count)
    if unit.startswith(("个半月", "个月", "month")):
        half = amount % 1 or unit == "个半月"
        return plus_months(today, int(amount)) + timedelta(days=15 if half else 0)
    if unit.startswith(("year", "年")):
        return plus_months(today, round(12 * amount) + _HALF * (unit == "年半"))
    per = 1 if unit.startswith(("天", "日", "day")) else 7
    return today + timedelta(days=round(amount * per))


def plus_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


SPAN = (
    rf"({NUMBER}|半)\s*(个半月|个月|年半|年|个星期|个礼拜|星期|礼拜|周|天|日"
    r"|years?|months?|weeks?|days?)"
)


def _day(day: date, sort: str = "day") -> Period:
    return Period(day, day, sort)


def _month_part(first: date, part: str = "") -> Period:
    last = monthrange(first.year, first.month)[1]
    if part in ("底", "末"):
        return Period(first.replace(day=25), first.replace(day=last), "edge")
    begin, end = _PARTS.get(part, (1, last))
    return Period(first.replace(day=begin), first.replace(day=min(end, last)))


def _dated(today: date, month: int, day: int, year: str | None) -> date:
    """A day that is still to come, unless its year is said: `2027`, `明`, `今` or `后`."""
    if year:
        return date(int(year) if year.isdigit() else today.year + "今明后".index(year), month, day)
    is_past = (month, day) < (today.month, today.day) and not (month == today.month and day == 1)
    return date(today.year + is_past, month, day)


def _month_number(text: str) -> int:
    return 1 if text == "元" else int(number(text))


def _month_day(match: re.Match[str], today: date) -> Period:
    year, month, day = match.groups()
    return _day(_dated(today, _month_number(month), int(number(day)), year))


def _month(match: re.Match[str], today: date) -> Period:
    year, month, part = match.groups()
    return _month_part(_dated(today, _month_number(month), 1, year), part or "")


def _coming_month(match: re.Match[str], today: date) -> Period:
    first = plus_months(today.replace(day=1), match[1].count("下"))
    return (
        _day(first.replace(day=int(match[2]))) if match[2] else _month_part(first, match[3] or "")
    )


def _half_year(match: re.Match[str], today: date) -> Period:
    year = today.year + (match[1] == "明年")
    if match[2] == "上":
        return Period(date(year, 1, 1), date(year, 6, 30))
    return Period(date(year, 7, 1), date(year, 12, 31))


def _year(match: re.Match[str], today: date) -> Period:
    word = match[0]
    year = today.year + word.startswith(("明", "next"))
    if word.endswith("初"):
        return Period(date(year, 1, 1), date(year, 1, 31))
    if word in ("明年", "next year"):
        return Period(date(year, 1, 1), date(year, 12, 31))
    return Period(date(year, 12, 25), date(year, 12, 31), "edge")


def _month_end(_match: re.Match[str], today: date) -> Period:
    return _month_part(today.replace(day=1), "底")


def _feast(match: re.Match[str], today: date) -> Period | None:
    """The holiday itself, so that the day before it and the day after it can be said."""
    name = _SAME_FEAST.get(match[1], match[1])
    if name in _FEASTS:
        month, day, days = _FEASTS[name]
        first = date(today.year + (today > date(today.year, month, day)), month, day)
        return Period(first, first + timedelta(days=days - 1))
    new_year = next((day for day in _NEW_YEAR if day >= today), None)
    if new_year is None:
        return None
    back = new_year + timedelta(days=_BACK_AT_WORK)
    if name in ("过完年", "过了年", "开春"):
        return _day(back)
    return Period(new_year, back - timedelta(days=1))


def _week(match: re.Match[str], today: date) -> Period:
    weeks = match[1].count("下") or int(match[1] == "next")
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    if match[2]:
        return _day(monday + timedelta(days=_WEEKDAYS.index(match[2].replace("天", "日"))))
    return Period(monday, monday + timedelta(days=6))


def _near(match: re.Match[str], today: date) -> Period:
    return _day(today + timedelta(days={"后天": 2, "大后天": 3}.get(match[0], 1)))


def _english_month(match: re.Match[str], today: date) -> Period:
    day_before, name, day_after, year = match.groups()
    month, day = _ENGLISH_MONTHS.index(name) + 1, day_before or day_after
    first = _dated(today, month, int(day or 1), year)
    return _day(first) if day else _month_part(first)


def _english_month_end(match: re.Match[str], today: date) -> Period:
    return _month_part(_dated(today, _ENGLISH_MONTHS.index(match[1]) + 1, 1, None), "底")


def _english_coming_month(match: re.Match[str], today: date) -> Period:
    months = int(match[2] == "next")
    first = plus_months(today.replace(day=1), months)
    return _month_part(first, _IN_ENGLISH.get((match[1] or "").strip(), ""))


def _bare_number(match: re.Match[str], today: date) -> Period:
    day = int(match[1])
    months = int(day < today.day)
    return _day(plus_months(today.replace(day=1), months).replace(day=day), "number")


_YEAR = r"(?:(20\d\d|明|今|后)年)?"
_MONTH = r"(?<!\d)(1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十元])"
_DAY = r"([12]\d|3[01]|0?[1-9])"
_HAN_DAY = r"([12]\d|3[01]|0?[1-9]|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])"
_PART = r"(上旬|中旬|下旬|初|中|底|末)?"
_ENGLISH = (
    rf"({'|'.join(_ENGLISH_MONTHS)})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?(?![a-z])"
)
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(20\d\d)[-/.年](1[0-2]|0?[1-9])[-/.月]{_DAY}[日号]?(?!\d)", _month_day),
        (
            rf"{_YEAR}{_MONTH}\s?月\s?{_HAN_DAY}(?:[日号]|(?=\s?[-~到至—–]\s?(?:[12]\d|3[01]"
            rf"|[1-9])[日号]))",
            _month_day,
        ),
        (rf"{_YEAR}{_MONTH}\s?月份?{_PART}", _month),
        (
            rf"(?<![\d.])(20\d\d(?=\s))?(1[0-2]|0?[1-9])[./]{_DAY}[日号]?"
            r"(?![\d./%]|月|米|吨|k|千|万|公里)",
            _month_day,
        ),
        (r"(下下?个?月|这个?月|本月|当月)(?:([12]?\d|3[01])[日号])?" + _PART, _coming_month),
        (r"(明年|今年)?(上|下)半年", _half_year),
        (r"明年初|明年底|明年|今年底|今年内|今年之内|年底|年末|年内", _year),
        (r"the end of (?:the |this )?year|end of (?:the )?year|year[- ]end|next year", _year),
        (r"月底|月末|(?:the )?end of (?:the |this )?month", _month_end),
        (r"(chinese new year|spring festival|cny|christmas|new year(?:'?s day)?)", _feast),
        (
            r"(元旦|新历年|春节|过完年|过了年|过年|农历年|旧历年|五一(?![个位人千百])|劳动节"
            r"|圣诞|耶诞"
            r"|国庆|十一黄金周|开春)节?(?:假期|长假)?",
            _feast,
        ),
        (r"(年)(?=前|后|之前|之后|以前|以后)", _feast),
        (r"(下下个?|下个?|这个?|本)(?:周|星期|礼拜)([一二三四五六日天])?[末]?", _week),
        (r"(next|this) week()", _week),
        (r"明天|大?后天|tomorrow", _near),
        (rf"(?:the )?end of {_ENGLISH}", _english_month_end),
        (r"(early |mid |late )?(next|this) month", _english_coming_month),
        (
            rf"(?:{_DAY}(?:st|nd|rd|th)?\s+)?(?<![a-z]){_ENGLISH}\.?"
            rf"(?:\s*{_DAY}(?:st|nd|rd|th)?(?!\d))?(?:,?\s*(20\d\d))?(?![a-z])",
            _english_month,
        ),
        (
            r"(?<![\d路道街巷])([12]?\d|3[01])(?:(?<=[到至~-]\d)日|(?<=[到至~-]\d\d)日|号)(?!人|线|楼|车间"
            r"|厂|位|门|机"
            r"|栋|院|仓|店|叉|公|馆|电|码|桌|注)",
            _bare_number,
        ),
    )
)


def spans(pattern: re.Pattern[str], folded: str) -> Iterator[tuple[str, str, int, int]]:
    """Matches of a pattern around `SPAN`: count, unit, start, end."""
    for match in pattern.finditer(folded):
        count, unit = (group for group in match.groups() if group)
        yield count, unit, match.start(), match.end()
