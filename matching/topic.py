"""How far a need and a course are about the same trade, or about the modules that are wanted of it."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter

from matching import text as words
from matching.types import Course, Need, OccupationShare, Outline

_SMALL_CLASS = 7
_MIDDLE_CLASS = 4
_SAME_MODULE = 0.72  # likeness: 数控编程 and 数控车编程, but not 低压电工 and 高压电工
_BY_MODULES = 0.85  # what a course of another trade is worth that teaches every module wanted
_MODULE_TAILS = ("模块", "部分", "课程", "单元")


@lru_cache(maxsize=65536)
def cores(text: str) -> tuple[str, ...]:
    """The parts of a title or need sentence, folded, without level, noise and closing words."""
    parts = []
    for segment in words.segments(text):
        stripped, _ = words.split_level(segment)
        parts.append(words.without_tail(words.without_noise(stripped)))
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1))


def core(text: str) -> str:
    """The longest part of a title or need sentence."""
    return max(cores(text), key=len, default="")


def closeness(a: str, b: str) -> float:
    """Nearness of two occupation codes in the class tree: same, same small class, same middle class."""
    if a == b:
        return 1.0
    if a[:_SMALL_CLASS] == b[:_SMALL_CLASS]:
        return 0.55
    return 0.2 if a[:_MIDDLE_CLASS] == b[:_MIDDLE_CLASS] else 0.0


def shared_code(
    wanted: tuple[OccupationShare, ...], offered: tuple[OccupationShare, ...]
) -> tuple[float, str]:
    """The nearest pair of codes, weighed by both confidences, and the offered code of that pair."""
    best = (0.0, "")
    for want in wanted:
        for offer in offered:
            value = want.confidence * offer.confidence * closeness(want.code, offer.code)
            best = max(best, (value, offer.code))
    return best


@lru_cache(maxsize=65536)
def likeness(a: str, b: str) -> float:
    """How alike two folded titles are written: pairs in common and edit ratio, and one inside the other."""
    if not a or not b:
        return 0.0
    from rapidfuzz import fuzz

    left, right = set(words.pairs(a)), set(words.pairs(b))
    common = len(left & right)
    dice = 2 * common / (len(left) + len(right)) if left and right else 0.0
    inside = 0.9 * min(len(a), len(b)) / max(len(a), len(b)) if a in b or b in a else 0.0
    contained = 0.75 if min(len(a), len(b)) >= 3 and (a in b or b in a) else 0.0
    return max(0.5 * dice + 0.5 * fuzz.ratio(a, b) / 100, inside, contained)


def topic_score(need: Need, course: Course | Outline) -> tuple[float, tuple[str, ...]]:
    """Topic in 0..1 with its evidence: codes first, the title's words to break ties or as a last resort."""
    by_code, code = shared_code(need.occupations, course.occupations)
    title = core(course.title)
    by_words = max((likeness(part, title) for part in cores(need.text)), default=0.0)
    both = 0.85 * by_code + 0.15 * by_words
    best = max(
        (both, (code, course.title)), (0.9 * by_words, ("", course.title)), key=itemgetter(0)
    )
    if best[0] < _BY_MODULES and teaches_modules(need, course):
        return _BY_MODULES, ("", course.title)
    return best


def teaches_modules(need: Need, course: Course | Outline) -> bool:
    """Whether a need wants certain modules and the course teaches every one of them."""
    return bool(need.only_modules and course.modules) and not untaught(need, course)


def untaught(need: Need, course: Course | Outline) -> tuple[str, ...]:
    """The modules that a need wants and the course does not name."""
    taught = course.modules
    return tuple(one for one in need.only_modules if not any(same_module(one, m) for m in taught))


@lru_cache(maxsize=65536)
def same_module(one: str, other: str) -> bool:
    """Whether two titles of modules mean the same, or one says the other more fully."""
    return likeness(_module(one), _module(other)) >= _SAME_MODULE


def _module(title: str) -> str:
    folded = words.fold(title)
    return next((folded.removesuffix(t) for t in _MODULE_TAILS if folded.endswith(t)), folded)
