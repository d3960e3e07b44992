"""Cells as people write them, mended into what the drafts take; never where two readings are fair."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from store.standard import StandardColumn, standard
from store.standard.days import han_number, mended_clock, mended_day

_NOTHING = frozenset(("-", "--", "—", "——", "/", "\\", "n/a", "na", "null", "暂无", "待定", "不详"))
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_BREAKS = re.compile(r"[\s\u00a0]+")
_YES = frozenset(
    ("√", "✓", "✔", "☑", "对", "可", "可以", "能", "需要", "需", "t", "yes", "y", "真")
)
_NO = frozenset(
    ("×", "✗", "✘", "不可", "不可以", "不能", "不需要", "不要", "没有", "没", "f", "假")
)
_READ_YES = frozenset(("1", "true", "yes", "y", "是", "有", "要"))
_READ_NO = frozenset(("0", "false", "no", "n", "否", "无", "不"))
_UNITS = {
    "人": "人|个人|名|位|个",
    "课时": "课时|学时|节|节课|课",
    "元": "元|圆|块|块钱|rmb|cny|人民币",
    "公里": "公里|千米|km",
    "分钟": "分钟|分|min",
    "个": "个|台|套|工位|个工位",
    "分": "分",
    "°": "°|度",
    "": "个|次",
}
_NUMBER = re.compile(
    r"(?P<sign>-?)(?:[¥￥]|rmb|人民币)?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?(?P<many>[万千百])?"
)
_HAN_NUMBER = re.compile(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")
_MANY = {"万": 10_000, "千": 1000, "百": 100}
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_LIST = re.compile(r"\s*[;；,，、\n]\s*")
_DAYS = "一二三四五六日"
_LEVEL = re.compile(r"(?:l|lv|level)\.?\s*([1-5])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mended:
    """What the drafts take for a cell, and codes of what was mended: none where the cell was right.

    Codes are blank, width, unseen, case, list, date, year, serial, number, word, clock, weekday.
    """

    text: str
    how: tuple[str, ...]


def mend(kind: str, column: str, text: str, today: date) -> Mended:
    """A cell of a column in the form of the standard; the same text where nothing can or need be mended."""
    about = _column(kind, column)
    word = text.strip()
    if about.type == "text" or not word:
        return _text(text, word)
    if word.casefold() in _NOTHING and not about.required:
        return Mended("", ("blank",))
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", word)).strip()
    found, how = _READERS[about.type](about, plain, today)
    if found == word:
        return Mended(word, ())
    return Mended(found, (how,) if how else ("width",))


@cache
def _column(kind: str, column: str) -> StandardColumn:
    return standard(kind).column(column)


def _text(text: str, word: str) -> Mended:
    """Text stays as it is but for line breaks and what nobody sees."""
    if word.isprintable():
        return Mended(word, ())
    found = _BREAKS.sub(" ", _UNSEEN.sub("", text)).strip()
    return Mended(found, ("unseen",)) if found != word else Mended(word, ())


def _day(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    return mended_day(text, today)


def _clock(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    if re.fullmatch(r"\d{1,2}:\d{2}", text):
        return text, ""
    found = mended_clock(text)
    return found, "clock" if found != text else ""


def _number(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    """Digits out of blanks, commas, units, 万 and 千; 大约100 and 10-20 stay, so does 元/人."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        whole = about.type == "count" and re.fullmatch(r"(-?\d+)\.0+", text)
        return (whole[1], "number") if whole else (text, "")
    if about.type == "yuan" and text in ("免费", "免费培训", "公益", "全免"):
        return "0", "word"
    units = _UNITS.get(about.unit, about.unit)
    bare = re.sub(rf"(?:{units})$", "", re.sub(r"\s+", "", text.casefold()))
    if _HAN_NUMBER.fullmatch(bare):
        return str(han_number(bare)), "number"
    found = _NUMBER.fullmatch(bare)
    if found is None:
        return text, ""
    digits = found["digits"].replace(",", "") + (found["part"] or "")
    if found["many"]:
        from decimal import Decimal

        digits = f"{(Decimal(digits) * _MANY[found['many']]).normalize():f}"
    return found["sign"] + digits, "number"


def _yes(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    word = text.casefold()
    if word in _READ_YES | _READ_NO:
        return text, ""
    if word in _YES:
        return "1", "word"
    return ("0", "word") if word in _NO else (text, "")


def _choice(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    word = _folded(text)
    for value, names in about.words.items():
        if text != value and word in (_folded(value), *map(_folded, names)):
            return value, "word"
    return text, ""


def _folded(text: str) -> str:
    from matching.text import to_simplified

    return to_simplified(re.sub(r"[\s_/\-]+", "", text.casefold()))


def _level(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    if text in ("不限", "不限等级", "无等级", "无"):
        return "", "word"
    found = _LEVEL.fullmatch(text)
    return (f"{found[1]}级", "word") if found else (text, "")


def _weekly(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    """Weekday habits: 每周六日, 周一三五, 工作日, 6 or 1,3,5, and dashes of every sort between times."""
    if re.fullmatch(r"[1-7](?:[,，、 ]*[1-7])*", text):
        return "、".join(
            f"周{_DAYS[int(sign) - 1]}" for sign in re.findall("[1-7]", text)
        ), "weekday"
    found = re.sub(r"(?<=\d)\s*[~—–至到]\s*(?=\d)", "-", text)
    found = re.sub(r"双休日|周末", "周六、周日", found).replace("工作日", "周一至周五")
    found = re.sub(
        r"每?(?:周|星期|礼拜)([一二三四五六日天]{2,7})", _each_day, found.replace("每天", "")
    )
    found = re.sub(r"每(?=周|星期|礼拜)", "", found)
    found = re.sub(r"(?<=[一二三四五六日天])\s*(?=\d)", " ", found)
    found = re.sub(r"[,，]\s*(?=(?:周|星期).{0,12}\d)", "；", found) if ":" in found else found
    return found, "weekday" if found != text else ""


def _each_day(found: re.Match[str]) -> str:
    return "、".join(f"周{sign}" for sign in found[1])


def _code(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    upper = text.upper()
    if text != upper and _CODE.fullmatch(upper) and any(sign.isdigit() for sign in upper):
        return upper, "case"
    return text, ""


def _list(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    items = [item for item in _LIST.split(text) if item]
    found = "; ".join(items)
    return (text, "") if found.replace(" ", "") == text.replace(" ", "") else (found, "list")


def _modules(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    """Titles may hold commas: only semicolons and new lines part modules."""
    found = "; ".join(filter(None, (item.strip() for item in re.split(r"[;；\n]", text))))
    return (text, "") if found.replace(" ", "") == text.replace(" ", "") else (found, "list")


def _blackouts(about: StandardColumn, text: str, today: date) -> tuple[str, str]:
    """Days and stretches of days, each end a day of its own habit."""
    stretches = []
    for item in re.split(r"\s*[;；,，、]\s*", text):
        ends = re.split(r"\s*(?:\.\.+|至|到|~|—)\s*", item)
        stretches.append("..".join(mended_day(end, today)[0] for end in ends if end))
    found = "; ".join(part for part in stretches if part)
    return (text, "") if found.replace(" ", "") == text.replace(" ", "") else (found, "date")


_Reader = Callable[[StandardColumn, str, date], tuple[str, str]]
_READERS: Mapping[str, _Reader] = {
    "code": _code,
    "codes": _list,
    "occupations": _list,
    "qualifications": _list,
    "workstations": _list,
    "members": _list,
    "modules": _modules,
    "titles": _modules,
    "blackouts": _blackouts,
    "day": _day,
    "clock": _clock,
    "count": _number,
    "number": _number,
    "yuan": _number,
    "yes": _yes,
    "choice": _choice,
    "level": _level,
    "weekly": _weekly,
}
