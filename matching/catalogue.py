"""Every name of the dictionary in memory, packed small, for very many texts."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from math import fsum, sqrt

from matching import text as words
from matching.occupations import Resemblance, Surface, idf, rarest

_CANDIDATES = 150
_KEPT = 4096  # sets of rare terms whose candidates are kept
_OPENED = 8192  # names that are kept as values
_PARTS = "\n"  # stands in no folded text


class MemoryCatalogue:
    """Names as bytes in one piece, found by hashes and by numbers of terms: some 10 MB for 80,000."""

    def __init__(self, names: Mapping[str, str], surfaces: Iterable[Surface]) -> None:
        self._names = dict(names)
        self._packed = bytearray()
        self._ends = array("I", (0,))
        self._terms: dict[str, int] = {}  # the number of each term
        self._nearest: dict[tuple[str, ...], array[int]] = {}
        self._opened: dict[int, Surface] = {}
        exact, sounds, initials = array("q"), array("q"), array("q")
        spelt = array("I")  # numbers of terms, name after name
        counts = array("I")
        until = array("I", (0,))
        for one in surfaces:
            self._pack(one)
            exact.append(hash(one.folded))
            sounds.append(hash(one.sound))
            initials.append(hash(one.initials))
            for term in set(words.terms(one.folded)):
                number = self._terms.setdefault(term, len(counts))
                if number == len(counts):
                    counts.append(0)
                counts[number] += 1
                spelt.append(number)
            until.append(len(spelt))
        self._exact, self._sounds, self._initials = map(_Places, (exact, sounds, initials))
        self._weights = array("d", (idf(count, len(self)) for count in counts))
        self._norms = self._lengths(spelt, until)
        self._starts = array("I", accumulate(counts, initial=0))
        self._postings = self._posted(spelt, until)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._ends) - 1

    def named(self, folded: Collection[str]) -> Iterable[Surface]:
        """Surfaces written just like one of the texts."""
        return [
            one for text in folded for one in self._at(self._exact.of(text)) if one.folded == text
        ]

    def sounding(self, keys: Collection[str]) -> Iterable[Surface]:
        """Surfaces whose `words.sound_key` is one of these."""
        wanted = filter(None, keys)
        return [one for key in wanted for one in self._at(self._sounds.of(key)) if one.sound == key]

    def initialled(self, letters: str) -> Iterable[Surface]:
        """Surfaces whose syllables begin with just these letters."""
        found = self._at(self._initials.of(letters)) if letters else ()
        return [one for one in found if one.initials == letters]

    def resembling(self, terms: Collection[str]) -> Resemblance:
        """Surfaces that share the rarest of the terms."""
        known = self._terms
        weights = {term: self._weights[known[term]] for term in terms if term in known}
        asked = tuple(rarest(weights))
        near = self._nearest.get(asked)
        if near is None:
            if len(self._nearest) >= _KEPT:
                self._nearest.clear()
            near = self._nearest[asked] = self._sharing(asked, weights)
        return Resemblance(tuple(self._at(near)), weights, idf(0, len(self)))

    def official(self, codes: Collection[str]) -> Mapping[str, str]:
        """Official names of codes."""
        return {code: self._names[code] for code in codes}

    def _sharing(self, asked: Sequence[str], weights: Mapping[str, float]) -> array[int]:
        """The surfaces that share most of some terms, of which texts alike have the same."""
        norms = self._norms
        sums: dict[int, float] = defaultdict(float)
        for term in asked:
            squared, number = weights[term] ** 2, self._terms[term]
            for index in self._postings[self._starts[number] : self._starts[number + 1]]:
                sums[index] += squared / norms[index]
        least = sorted(sums.values())[-_CANDIDATES:][0] if sums else 0.0
        best = [(-worth, index) for index, worth in sums.items() if worth >= least]
        return array("I", (index for _, index in sorted(best)[:_CANDIDATES]))

    def _pack(self, one: Surface) -> None:
        parts = (one.folded, one.code, one.kind, "1" * one.is_shared, one.sound, one.initials)
        self._packed += _PARTS.join(parts).encode("utf-8", "surrogatepass")
        self._ends.append(len(self._packed))

    def _at(self, places: Iterable[int]) -> Iterator[Surface]:
        for place in places:
            one = self._opened.get(place)
            if one is None:
                if len(self._opened) >= _OPENED:
                    self._opened.clear()
                one = self._opened[place] = self._open(place)
            yield one

    def _open(self, place: int) -> Surface:
        packed = self._packed[self._ends[place] : self._ends[place + 1]]
        folded, code, kind, shared, sound, initials = packed.decode("utf-8", "surrogatepass").split(
            _PARTS
        )
        return Surface(folded, code, kind, bool(shared), sound, initials, self._norms[place])

    def _lengths(self, spelt: array[int], until: array[int]) -> array[float]:
        """The length of each name's vector of terms."""
        squares = array("d", (weight**2 for weight in self._weights))
        parts = pairwise(until)
        return array("d", (sqrt(fsum(squares[n] for n in spelt[a:b])) for a, b in parts))

    def _posted(self, spelt: array[int], until: array[int]) -> array[int]:
        """The places of the names that have each term, term after term, in order."""
        free = self._starts[:]
        found = array("I", bytes(spelt.itemsize * len(spelt)))
        for place, (first, last) in enumerate(pairwise(until)):
            for number in spelt[first:last]:
                found[free[number]] = place
                free[number] += 1
        return found


class _Places:
    """Where each of many texts stands, by its hash: twelve bytes a text, many times less than in a dict."""

    def __init__(self, hashes: Sequence[int]) -> None:
        order = sorted(range(len(hashes)), key=hashes.__getitem__)
        self._hashes = array("q", map(hashes.__getitem__, order))
        self._order = array("I", order)

    def of(self, text: str) -> Sequence[int]:
        """Places, in order, of texts with the hash of this one; they may be other texts."""
        wanted = hash(text)
        first = bisect_left(self._hashes, wanted)
        if first == len(self._hashes) or self._hashes[first] != wanted:
            return ()
        return self._order[first : bisect_right(self._hashes, wanted, first)]
