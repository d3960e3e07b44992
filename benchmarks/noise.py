"""Synthetic titles and the noisy ways people ask for them: the same for the same numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from opencc import OpenCC

from matching import text as words
from seed import reference

_LEVELS = ("初级", "中级", "高级", "五级", "四级", "三级", "技师", "高级技师")
_FORMS = (
    "",
    "",
    "培训",
    "培训班",
    "技能提升班",
    "取证班",
    "实操强化",
    "周末班",
    "上岗培训",
    "考证班",
)
_PLACES = ("", "", "", "龙岗", "布吉", "坂田", "横岗", "平湖", "坪地", "宝龙", "园山", "南湾")
_WRAPPINGS = ("想报{}", "我们要做{}", "{}哪里有", "招聘{}", "请问{}多少钱", "员工{}学习", "{}课程")
_ALIKE = ("未末", "己已巳", "土士", "人入八", "干千于", "日曰目", "电申甲由", "车东", "木本术", "工土王",
          "机杌", "焊悍捍", "钳甜", "技枝", "操澡", "护户沪", "养美", "园圆", "冲沖", "磨摩", "装袋",
          "维唯", "修休", "检捡险", "测侧", "理埋", "管官", "员圆", "师帅", "控空", "数教")  # fmt: skip


def titles(count: int, seed: int = 1) -> list[str]:
    """So many titles that differ after folding: place, trades, level, form and number."""
    random = Random(seed)
    names = [row["name"] for row in reference.table("occupations")]
    names += [
        text
        for _, kind, text, _, _ in reference.alias_lines()
        if kind in ("trade", "title", "spoken") and not text.isascii()
    ]
    made: dict[str, str] = {}
    while len(made) < count:
        name = random.choice(names)
        if random.random() < 0.2:
            name += "与" + random.choice(names)
        level = random.choice(_LEVELS) if random.random() < 0.6 else ""
        form = random.choice(_FORMS)
        bracketed = f"（{level}）" if level and random.random() < 0.5 else level
        title = random.choice(_PLACES) + name + bracketed + form
        if random.random() < 0.1:
            title += f"第{random.randrange(1, 40)}期"
        made.setdefault(words.fold(title), title)
    return list(made.values())


def queries(known: Sequence[str], count: int, seed: int = 2) -> list[tuple[str, int]]:
    """So many (query, number of the title meant): one or two kinds of noise each."""
    random = Random(seed)
    kinds: tuple[Callable[[str, Random], str], ...] = (
        _by_sound, _by_shape, _dropped, _swapped, _levelled, _bracketed, _traditional, _wrapped,
    )  # fmt: skip
    asked = []
    for _ in range(count):
        at = random.randrange(len(known))
        query = known[at]
        for noise in random.sample(kinds, random.choice((1, 1, 2))):
            query = noise(query, random)
        asked.append((query, at))
    return asked


@cache
def _homophones() -> dict[str, tuple[str, ...]]:
    alike: dict[str, list[str]] = defaultdict(list)
    common = sorted({c for row in reference.table("occupations") for c in row["name"]} - set("、"))
    for character in common:
        alike[words.pinyin(character)].append(character)
    return {c: tuple(o for o in group if o != c) for group in alike.values() for c in group}


def _by_sound(title: str, random: Random) -> str:
    places = [i for i, c in enumerate(title) if _homophones().get(c)]
    if not places:
        return title
    at = random.choice(places)
    return title[:at] + random.choice(_homophones()[title[at]]) + title[at + 1 :]


def _by_shape(title: str, random: Random) -> str:
    places = [(i, group) for i, c in enumerate(title) for group in _ALIKE if c in group]
    if not places:
        return title
    at, group = random.choice(places)
    return title[:at] + random.choice(group.replace(title[at], "")) + title[at + 1 :]


def _dropped(title: str, random: Random) -> str:
    at = random.randrange(len(title))
    return title[:at] + title[at + 1 :]


def _swapped(title: str, random: Random) -> str:
    at = random.randrange(len(title) - 1)
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]


def _levelled(title: str, random: Random) -> str:
    return title + random.choice(_LEVELS)


def _bracketed(title: str, random: Random) -> str:
    at = random.randrange(1, len(title))
    return f"{title[:at]}【{title[at:]}】"


def _traditional(title: str, random: Random) -> str:
    return str(_to_traditional().convert(title))


@cache
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


def _wrapped(title: str, random: Random) -> str:
    return random.choice(_WRAPPINGS).format(title)
