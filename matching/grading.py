"""How far a ranking may be trusted: words for scores, with a rule for near ties."""

from __future__ import annotations

from collections.abc import Sequence

from matching.types import Bundle, Grade

_STRONG, _FAIR, _GAP = 0.75, 0.6, 0.015


def grade(bundles: Sequence[Bundle]) -> tuple[Grade, bool]:
    """The best bundle's grade, and whether the second is so close that a person should choose."""
    if not bundles:
        return Grade.NONE, False
    is_close = len(bundles) > 1 and bundles[0].score - bundles[1].score < _GAP
    return of_score(bundles[0].score), is_close


def of_score(score: float) -> Grade:
    """The word for one score."""
    if score >= _STRONG:
        return Grade.STRONG
    return Grade.FAIR if score >= _FAIR else Grade.WEAK
