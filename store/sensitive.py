"""Resident identity numbers: found however they are written, so that they are kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

_PROVINCES = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
        91,
    )
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_GAP = r"[ \t\u00a0\u3000.·_\-‐‑‒–—－]{0,2}"
_DIGIT = "[0-9０-９]"
_MANY = re.compile(f"{_DIGIT}{_GAP}" * 14)  # what is quickly seen to hold no number at all
_LONG = re.compile(f"(?<!{_DIGIT})(?=((?:{_DIGIT}{_GAP}){{17}}[0-9０-９XxＸｘ])(?!{_DIGIT}))")
_SHORT = re.compile(f"(?<!{_DIGIT})(?=((?:{_DIGIT}{_GAP}){{14}}{_DIGIT})(?!{_DIGIT}))")
_SAID = re.compile(
    "身份证|身份證|证件|證件|公民身份|sfz|shenfen|identity|id card|id no", re.IGNORECASE
)
_DIGEST = re.compile(r"[0-9a-f]{32,}")
_FOLDED = str.maketrans("０１２３４５６７８９ＸｘX", "0123456789XXX")
SHORTEST = 15
_MASK = "*"


def holds_number(text: str) -> bool:
    """Whether a resident identity number stands in the text, in whatever digits, blanks and dashes."""
    return _MANY.search(text) is not None and any(True for _ in _spans(text))


def masked(text: str) -> str:
    """The text with the digits of every resident identity number made unreadable."""
    for first, last in list(_spans(text)):
        hidden = re.sub("[0-9０-９XxＸｘ]", _MASK, text[first:last])
        text = text[:first] + hidden + text[last:]
    return text


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers stand. Fifteen digits, which have no check digit, are one only where the text says so."""
    if len(text) < SHORTEST or not _MANY.search(text):
        return
    digests = [found.span() for found in _DIGEST.finditer(text)]
    is_said = _SAID.search(text) is not None
    for pattern in (_LONG, _SHORT) if is_said else (_LONG,):
        for found in pattern.finditer(text):
            span = found.span(1)
            if is_number(found[1]) and not any(a <= span[0] < b for a, b in digests):
                yield span


def is_number(text: str) -> bool:
    """Whether these digits are a resident identity number: province, day of birth and check digit fit."""
    digits = re.sub("[^0-9X]", "", text.translate(_FOLDED).upper())
    if int(digits[:2]) not in _PROVINCES:
        return False
    if len(digits) == 15:
        return _is_birth("19" + digits[6:12])
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return digits[17] == _CHECKS[total % 11] and _is_birth(digits[6:14])


def _is_birth(day: str) -> bool:
    try:
        born = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= born <= datetime.now(UTC).date() + timedelta(days=1)
