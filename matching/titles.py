"""Titles that read like a text, out of very many: rare character pairs first, then edit distance."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable

from rapidfuzz import fuzz, process

from matching import text as words

_BUDGET = 1000  # postings walked for one query; those of its rarest term are always walked whole
_SHORTLIST = 60  # titles with most terms in common, at least, that are compared as a whole
_POOR = 0.5  # a best score below this means that the rare terms led astray
_EDGE = "\x00"


class TitleIndex:
    """Titles in memory by key; one that is added is found at once, one that is discarded no more."""

    def __init__(self, titles: Iterable[tuple[str, str]] = ()) -> None:
        self._keys: list[str] = []
        self._titles: list[str] = []
        self._slots: dict[str, int] = {}
        self._postings: dict[str, array[int]] = {}
        for key, title in titles:
            self.add(key, title)

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, key: str, title: str) -> None:
        """Make a title findable, in place of what the key stood for before."""
        self.discard(key)
        folded = words.fold(title)
        slot = len(self._titles)
        self._keys.append(key)
        self._titles.append(folded)
        self._slots[key] = slot
        for term in _terms(folded):
            found = self._postings.get(term)
            if found is None:
                self._postings[term] = array("I", (slot,))
            else:
                found.append(slot)

    def discard(self, key: str) -> None:
        """Forget a key, known or not; its slot is not used again, so postings stay in order."""
        slot = self._slots.pop(key, None)
        if slot is None:
            return
        for term in _terms(self._titles[slot]):
            found = self._postings[term]
            del found[bisect_left(found, slot)]
            if not found:
                del self._postings[term]
        self._keys[slot] = self._titles[slot] = ""

    def search(self, query: str, top: int = 20) -> list[tuple[str, float]]:
        """Keys of the titles that read most like the query, with 0 to 1, best first.

        Where titles that share its rare terms are all far from it, every title is compared.
        """
        folded = words.fold(query)
        best = self._compared(folded, self._sharing(_terms(folded)), top)
        if folded and (not best or best[0][1] < _POOR):
            best = self._compared(folded, self._slots.values(), top)
        return best

    def _sharing(self, terms: set[str]) -> Collection[int]:
        """Slots that share most of the rare terms, with all that share as many as the last one."""
        known = sorted((len(self._postings[t]), t) for t in terms if t in self._postings)
        shared: Counter[int] = Counter()
        spent = 0
        for postings, term in known:
            spent += postings
            if shared and spent > _BUDGET:
                break
            shared.update(self._postings[term])
        level = Counter(shared.values())
        least = max(level, default=0)
        enough = level[least]
        while enough < _SHORTLIST and least > 1:
            least -= 1
            enough += level[least]
        return [slot for slot, count in shared.items() if count >= least]

    def _compared(self, folded: str, slots: Collection[int], top: int) -> list[tuple[str, float]]:
        """The best of the slots: half by edit ratio, half by the share of the query's pairs they hold."""
        places = list(slots)
        near = process.extract(
            folded, [self._titles[slot] for slot in places], scorer=fuzz.ratio, limit=None
        )
        if len(near) > 2 * top:
            least = near[2 * top - 1][1]
            near = [found for found in near if found[1] >= least]
        pairs = words.pairs(folded) or [folded]
        scored = []
        for title, ratio, at in near:
            held = sum([pair in title for pair in pairs]) / len(pairs)
            scored.append((-(ratio / 200 + held / 2), title, self._keys[places[at]]))
        return [(key, -score) for score, _, key in sorted(scored)[:top]]


def _terms(folded: str) -> set[str]:
    """Character pairs, whichever comes first, Latin words, and how folded text begins and ends."""
    if not folded:
        return set()
    pairs = [pair if pair[0] <= pair[-1] else pair[::-1] for pair in words.pairs(folded)]
    return {*pairs, _EDGE + folded[0], folded[-1] + _EDGE}
