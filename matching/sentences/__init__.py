"""A need as people say it, into the fields that it states; what is not said stays out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matching.sentences import amounts, noise, people, place, topic, wishes
from matching.sentences.reading import Sentence, Stated
from matching.sentences.weekly_times import read_weekly
from matching.sentences.window import read_window

__all__ = ["Stated", "level_stated", "parse"]


def level_stated(text: str) -> int | None:
    """The rank of the level that is asked for (2 = 五级 … 6 = 一级), not one that is held; None for none."""
    sentence = Sentence(text)
    noise.blank_noise(sentence)
    return next((stated.value for stated in people.read_level(sentence)), None)


def parse(text: str, today: date, places: Mapping[str, str]) -> tuple[Stated, ...]:
    """Fields that a sentence states, in order of place, each with the words that say so.

    `places` maps folded names to area codes. Dates are reckoned from `today`, budgets are yuan per head,
    levels are ranks (2 = 五级 … 6 = 一级), a place that is not among `places` has None for its code. A text
    that asks for no training states nothing.
    """
    sentence = Sentence(text)
    noise.blank_noise(sentence)
    found = [*wishes.read_certificate(sentence)]
    found += wishes.read_mode(sentence)
    found += amounts.read_practice(sentence)
    found += amounts.read_distance(sentence)
    money = amounts.find_money(sentence)
    found += read_window(sentence, today)
    found += people.read_level(sentence)
    found += wishes.read_split(sentence)
    found += read_weekly(sentence)
    heads = list(people.read_heads(sentence))
    found += heads
    found += amounts.read_budget(sentence, money, heads[0].value if heads else None)
    found += place.read_place(sentence, places)
    if not topic.asks_for_training(text, found):
        return ()
    return tuple(sorted(found, key=lambda item: (item.start, item.field)))
