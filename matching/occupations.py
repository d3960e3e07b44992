"""Free text to ranked occupation codes, each with the evidence for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import fsum, log, sqrt
from typing import Protocol

from matching import text as words
from matching.english import translations
from matching.semantic import NEAREST, WRITTEN, Meaning, fuse, worth
from matching.types import Evidence, OccupationMatch, Resolution

CONFIRMED = "confirmed"  # the kind of a surface that a person confirmed
_LONGEST_NAME = 16
_LONGEST_SEGMENT = 80
_RAREST = 8
_LONG_ENOUGH = 5  # characters from which one wrong one is a slip and not another trade
_COMPARED_TRANSLATIONS = 2
_BRACKET = re.compile(r"(.+?)[（(](.+?)[）)]")


@dataclass(frozen=True, slots=True)
class Surface:
    """One way of writing an occupation: folded text, code, kind of name, its sound, its vector's length."""

    folded: str
    code: str
    kind: str
    is_shared: bool = False
    sound: str = ""
    initials: str = ""
    norm: float = 1.0


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Surfaces that share rare terms with a text, and how telling each of the text's terms is."""

    surfaces: tuple[Surface, ...]
    idf: Mapping[str, float]
    unseen: float


# A surface that was found, the kind of evidence and how strong it is; and the strongest of each kind by code.
_Hit = tuple[Surface, str, float]
_Found = dict[str, dict[str, tuple[float, str, bool]]]


class Catalogue(Protocol):
    """Where names are kept: in memory for batches, in the store for sessions."""

    def named(self, folded: Collection[str]) -> Iterable[Surface]:
        """Surfaces written just like one of the texts."""

    def sounding(self, keys: Collection[str]) -> Iterable[Surface]:
        """Surfaces whose `words.sound_key` is one of these."""

    def initialled(self, letters: str) -> Iterable[Surface]:
        """Surfaces whose syllables begin with just these letters."""

    def resembling(self, terms: Collection[str]) -> Resemblance:
        """Surfaces that share the rarest of the terms."""

    def official(self, codes: Collection[str]) -> Mapping[str, str]:
        """Official names of codes."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much each kind of evidence is worth; one place, so that it can be argued about."""

    exact_name: float = 1.0
    exact_alias: float = 0.97
    contained: float = 0.93
    similar: float = 0.9
    sound: float = 0.94
    slip: float = 0.92
    short_sound: float = 0.85
    initials: float = 0.8
    english: float = 0.92
    shared: float = 0.92
    ambiguous_gap: float = 0.03
    unsure_below: float = 0.5


SCALE = Scale()


def make_surface(text: str, code: str, kind: str, *, is_shared: bool = False) -> Surface:
    """A surface with its sound worked out; its norm is set by `weigh`."""
    folded = words.fold(text)
    syllables = "" if words.is_latin(folded) else words.pinyin(folded)
    return Surface(
        folded, code, kind, is_shared, words.sound_key(syllables), words.initials(syllables)
    )


def surfaces_of(name: str, code: str) -> list[Surface]:
    """An official name and, where it carries a bracket, the bracket put in front: 车工(数控), 数控车工."""
    found = [make_surface(name, code, "name")]
    bracket = _BRACKET.fullmatch(name)
    if bracket:
        found.append(make_surface(bracket[2] + bracket[1], code, "name"))
        found.append(make_surface(bracket[1], code, "trade", is_shared=True))
    return found


def idf(times: int, total: int) -> float:
    """How telling a term is that occurs in `times` of `total` surfaces."""
    return log((1 + total) / (1 + times)) + 1


def rarest(weights: Mapping[str, float]) -> list[str]:
    """The terms worth looking up: the most telling few."""
    return sorted(weights, key=lambda term: (-weights[term], term))[:_RAREST]


def resolve(
    text: str, catalogue: Catalogue, top: int = 10, meaning: Meaning | None = None
) -> Resolution:
    """Ranked occupations for any text a person may type; ties by code.

    A meaning, where one is given, orders what the dictionary is unsure of.
    """
    level: int | None = None
    readings: dict[str, _Reading] = {}
    for segment in words.segments(text):
        stripped, rank = words.split_level(segment[:_LONGEST_SEGMENT])
        level = level or rank
        for reading in _readings(segment[:_LONGEST_SEGMENT], stripped):
            first = readings.setdefault(reading.text, reading)
            if reading.is_core and not first.is_core:
                readings[reading.text] = replace(first, is_core=True)
    found: _Found = defaultdict(dict)
    for surface, kind, score in _evidence(list(readings.values()), catalogue):
        worth = score * SCALE.shared if surface.is_shared else score
        kinds = found[surface.code]
        if kind not in kinds or worth > kinds[kind][0]:
            kinds[kind] = worth, surface.folded, surface.is_shared
    scored = sorted(
        ((code, _score(kinds)) for code, kinds in found.items()), key=lambda m: (-m[1], m[0])
    )
    leading = scored[0][0] if scored else ""
    if meaning is not None:
        scored = _with_meaning(scored, found, list(readings.values()), meaning)
    names = catalogue.official([code for code, _ in scored[:top]])
    matches = tuple(
        OccupationMatch(code, names[code], round(score, 4), _ordered(found[code]))
        for code, score in scored[:top]
    )
    is_moved = bool(matches) and matches[0].code != leading
    return Resolution(text, level, matches, is_moved or _is_ambiguous(matches))


def _with_meaning(
    scored: Sequence[tuple[str, float]],
    found: _Found,
    readings: Sequence[_Reading],
    meaning: Meaning,
) -> list[tuple[str, float]]:
    """The order with a model's list worked in; its evidence is added to what was found."""
    asked = max((r.text for r in readings if r.is_core and not r.kind), key=len, default="")
    if not asked:
        return list(scored)
    near = [code for code, _ in meaning.nearest(asked, NEAREST)]
    fixed = {code for code, kinds in found.items() if not WRITTEN.isdisjoint(kinds)}
    fused = fuse(scored, fixed, near)
    for rank, code in enumerate(near):
        found[code]["semantic"] = worth(rank), asked, False
    return fused


@dataclass(frozen=True, slots=True)
class _Reading:
    """One cleaned form of a segment, and how far it is trusted to stand for it."""

    text: str
    trust: float
    kind: str = ""
    is_core: bool = False


def _readings(segment: str, stripped: str) -> Iterator[_Reading]:
    """The segment as typed, then without level words, without noise, without a closing word, in Chinese."""
    bare = words.without_noise(stripped)
    core = words.without_tail(bare)
    for text, trust in ((segment, 1.0), (stripped, 0.995), (bare, 0.99), (core, 0.98)):
        if text:
            yield _Reading(text, trust, "", text in (bare, core))
    for order, chinese in enumerate(translations(stripped)):
        trust = SCALE.english * (1 - 0.02 * order)
        yield _Reading(chinese, trust, "english", order < _COMPARED_TRANSLATIONS)


def _evidence(readings: Sequence[_Reading], catalogue: Catalogue) -> Iterator[_Hit]:
    yield from _written(readings, catalogue)
    yield from _similar(readings, catalogue)
    yield from _sounding(readings, catalogue)


def _written(readings: Sequence[_Reading], catalogue: Catalogue) -> Iterator[_Hit]:
    """Names that are the text, and names inside it: longer is better, and the last is the head word."""
    parts = [list(_parts(reading.text)) for reading in readings]
    by_text: dict[str, list[Surface]] = defaultdict(list)
    for surface in catalogue.named({part for some in parts for part, _ in some}):
        by_text[surface.folded].append(surface)
    for reading, some in zip(readings, parts, strict=True):
        spans = [(part, end) for part, end in some if part in by_text]
        for part, end in spans:
            if any(part != other and part in other for other, _ in spans):
                continue
            for surface in by_text[part]:
                if part == reading.text:
                    is_sure = surface.kind in ("name", CONFIRMED)
                    worth = SCALE.exact_name if is_sure else SCALE.exact_alias
                    kind = reading.kind or (CONFIRMED if surface.kind == CONFIRMED else "exact")
                else:
                    share, place = len(part) / len(reading.text), end / len(reading.text)
                    worth = SCALE.contained * (0.62 + 0.28 * share + 0.1 * place)
                    kind = reading.kind or "contained"
                yield surface, kind, reading.trust * worth


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """Every stretch that could be a name, with where it ends; Latin words are not cut."""
    yield text, len(text)
    inside = [one and other for one, other in pairwise([_is_latin(sign) for sign in text])]
    may_cut = [False, *inside, False]  # by place: whether it is inside a Latin word
    for start in range(len(text)):
        for end in range(start + 2, min(len(text), start + _LONGEST_NAME) + 1):
            if not may_cut[start] and not may_cut[end]:
                yield text[start:end], end


def _similar(readings: Sequence[_Reading], catalogue: Catalogue) -> Iterator[_Hit]:
    """Names whose characters and pairs overlap most with a reading, and are spelled most like it."""
    from rapidfuzz import fuzz  # forty modules, which a desk needs when the first text is read

    compared = [r for r in readings if r.is_core] or readings[:1]
    terms = {reading.text: set(words.terms(reading.text)) for reading in compared}
    for reading in compared:
        near = catalogue.resembling(terms[reading.text])
        weights = {t: near.idf.get(t, near.unseen) for t in terms[reading.text]}
        length = sqrt(fsum(weight**2 for weight in weights.values())) or 1.0
        squares = {term: weight**2 for term, weight in weights.items()}
        is_name = any(surface.folded == reading.text for surface in near.surfaces)
        may_slip = not is_name and not reading.kind
        text, kind, trust = reading.text, reading.kind or "similar", reading.trust * SCALE.similar
        for surface in near.surfaces:
            common = [squares[term] for term in _terms_of(surface.folded) if term in squares]
            cosine = sum(common) / length / surface.norm
            blend = 0.65 * cosine + 0.35 * fuzz.ratio(text, surface.folded) / 100
            yield surface, kind, trust * blend
            if may_slip and _is_slip(text, surface.folded):
                yield surface, "slip", reading.trust * (SCALE.slip * (1 - 0.5 / len(text)))


@lru_cache(maxsize=8192)
def _terms_of(name: str) -> tuple[str, ...]:
    """The terms of a name, each once, in order."""
    return tuple(sorted(set(words.terms(name))))


def _is_slip(text: str, name: str) -> bool:
    """One character wrong, left out, too many, or two exchanged, in a text long enough to tell."""
    if len(text) < _LONG_ENOUGH or not -1 <= len(text) - len(name) <= 1:
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(text, name, score_cutoff=1) == 1


def _sounding(readings: Sequence[_Reading], catalogue: Catalogue) -> Iterator[_Hit]:
    """Names pronounced like a reading: typed in pinyin, or with characters of the same sound."""
    from rapidfuzz import fuzz

    for reading in readings:
        if not reading.is_core or reading.kind or len(reading.text) > 4 * _LONGEST_NAME:
            continue
        letters = reading.text.replace(" ", "")
        syllables = letters if words.is_latin(letters) else words.pinyin(reading.text)
        typed = syllables.replace(" ", "")
        for surface in catalogue.sounding([words.sound_key(syllables)]):
            close = fuzz.ratio(typed, surface.sound) / 100
            worth = reading.trust * SCALE.sound * (0.9 + 0.1 * close)
            if (
                len(letters) < _LONG_ENOUGH
                and surface.kind != "name"
                and not words.is_latin(letters)
            ):
                worth *= SCALE.short_sound  # 收银的 is not 收音的
            yield surface, "sound", worth
        if letters.isascii() and letters.isalpha():
            for surface in catalogue.initialled(letters):
                worth = reading.trust * SCALE.initials * (1.0 if surface.kind == "name" else 0.9)
                yield surface, "initials", worth


def _ordered(kinds: Mapping[str, tuple[float, str, bool]]) -> tuple[Evidence, ...]:
    told = (Evidence(kind, name, worth, shared) for kind, (worth, name, shared) in kinds.items())
    return tuple(sorted(told, key=lambda item: (-item.score, item.kind)))


def _score(kinds: Mapping[str, tuple[float, str, bool]]) -> float:
    """The strongest evidence, raised a little by what the other kinds add."""
    best, *others = sorted((worth for worth, _, _ in kinds.values()), reverse=True)
    support = sum(others[:2]) / 2
    return min(1.0, best + (1 - best) * 0.1 * support)


def _is_ambiguous(matches: Sequence[OccupationMatch]) -> bool:
    if not matches or matches[0].score < SCALE.unsure_below or matches[0].evidence[0].is_shared:
        return True
    return len(matches) > 1 and matches[0].score - matches[1].score < SCALE.ambiguous_gap


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
