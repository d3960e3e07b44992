"""Days and times of day in the habits in which people write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

_JUST_PAST = 60  # days within which a day without a year is one that is past
_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIALS = range(36526, 73051)  # 2000 to 2099
_AFTER_DAY = re.compile(
    r"(?:[T ]+00:00(?::00(?:\.0+)?)?|\s*\(?(?:周|星期|礼拜)[一二三四五六日天]\)?|[.。])$"
)
_HAN = {sign: str(at % 10) for at, sign in enumerate("〇一二三四五六七八九零")}
_HAN_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_HAN_SMALL = re.compile(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")
_CLOCK = re.compile(
    r"(?P<part>凌晨|清晨|早上|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜里|am|pm)?\s*"
    r"(?P<hour>\d{1,2})(?:[:点时](?P<minute>\d{1,2})?分?|(?P<half>点半))?(?::00)?\s*(?P<after>am|pm)?"
)
_LATE = ("下午", "傍晚", "晚上", "晚间", "晚", "pm")
_EARLY = ("凌晨", "清晨", "早上", "早", "上午", "am")


def read_day(text: str, today: date) -> str:
    """`2026-12-05` for itself, `12-5`, `12.5`, `12月5日`, `1205` or `+7`; other text comes back as it is.

    A day without a year is the next one, or the last one where that is just past.
    """
    word = text.strip()
    ahead = re.fullmatch(r"[+＋](\d{1,3})", word)
    if ahead:
        return (today + timedelta(days=int(ahead[1]))).isoformat()
    full = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?", word)
    if full:
        return _iso(int(full[1]), int(full[2]), int(full[3])) or word
    short = re.fullmatch(r"(\d{1,2})[-./月](\d{1,2})[日号]?", word) or re.fullmatch(
        r"(\d{2})(\d{2})", word
    )
    return (_nearest(int(short[1]), int(short[2]), today) or word) if short else word


def mended_day(text: str, today: date) -> tuple[str, str]:
    """A day as it stands in a table, and what was done: "serial", "year", "date", or "" where nothing was.

    What can fairly be read as two days, such as 05/12/2026, stays as it is.
    """
    word = _AFTER_DAY.sub("", _AFTER_DAY.sub("", text.strip()))
    serial = _SERIAL.fullmatch(word)
    if serial and int(serial[1]) in _SERIALS:
        return (_EPOCH + timedelta(days=int(serial[1]))).isoformat(), "serial"
    plain = re.sub(r"\s+", "", _HAN_SMALL.sub(_small, _HAN_YEAR.sub(_digits, word)))
    for pattern, order in (
        (r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", "date"),
        (r"(?P<y>\d{2})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?", "year"),
        (r"民[国國](?P<y>\d{2,3})[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})[日号]?", "year"),
        (r"(?P<d>\d{1,2})[-./](?P<m>\d{1,2})[-./](?P<y>\d{4})", "date"),
        (r"(?P<m>\d{1,2})[-./](?P<d>\d{1,2})[-./](?P<y>\d{4})", "date"),
    ):
        found = re.fullmatch(pattern, plain)
        if found and (day := _sure(found, plain)):
            return day, order
    read = "" if plain[:1] in "+＋" else read_day(plain, today)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", read) or read == text:
        return text, ""
    return read, "date" if re.match(r"\d{4}\D", plain) else "year"


def _sure(found: re.Match[str], plain: str) -> str | None:
    """The day of a match, None where day and month could as well be the other way round."""
    year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    if plain[0] == "民":
        year += 1911
    is_turned = re.fullmatch(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}", plain) is not None
    if is_turned and max(month, day) <= 12 and month != day:
        return None
    return _iso(2000 + year if year < 100 else year, month, day)


def _digits(found: re.Match[str]) -> str:
    return "".join(_HAN[sign] for sign in found[0])


def _small(found: re.Match[str]) -> str:
    return str(han_number(found[0]))


def han_number(text: str) -> int:
    """`十二` is 12, `二十` 20; up to 99."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(_HAN[text])
    return 10 * int(_HAN[tens] if tens else 1) + int(_HAN[ones] if ones else 0)


def mended_clock(text: str) -> str:
    """A time of day as `14:30`, out of `下午2点半`, `1430`, `2:30 PM`; the text where it is not plain."""
    word = _HAN_SMALL.sub(_small, text.strip().lower()) if "点" in text else text.strip().lower()
    run = re.fullmatch(r"([01]?\d|2[0-4])([0-5]\d)", word)
    if run:
        return f"{int(run[1]):02d}:{run[2]}"
    found = _CLOCK.fullmatch(word.replace("点半", "点30"))
    if found is None or word.isdigit():
        return text
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    part = found["part"] or found["after"]
    if part in _LATE and hour < 12:
        hour += 12
    elif part in _EARLY and hour == 12:
        hour = 0
    elif part is None and "点" in word and hour < 8:  # seven in the morning, or in the evening
        return text
    if minute > 59 or hour * 60 + minute > 1440:
        return text
    return f"{hour:02d}:{minute:02d}"


def _nearest(month: int, day: int, today: date) -> str | None:
    """The next such day, or the last one where that is just past."""
    just_past = (today - timedelta(days=_JUST_PAST)).isoformat()
    last_year = _iso(today.year - 1, month, day)
    if last_year and last_year >= just_past:
        return last_year
    this_year = _iso(today.year, month, day)
    if this_year and this_year >= just_past:
        return this_year
    return _iso(today.year + 1, month, day)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
