"""What the registration desk asks while a need is being typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching.text import level_rank
from matching.topic import core, likeness
from matching.types import OccupationMatch, Resolution
from store.models import AreaRow, NeedOccupationRow, NeedRow, OrganisationRow
from store.schemas.actor import Actor
from store.schemas.fields import LADDER
from store.services import naming, search, sentences
from store.services.rights import Act, require
from store.services.search import Hit
from store.services.sentences import ReadField

if TYPE_CHECKING:
    from matching.sentences.shorthand import Shorthand

_ALIKE = 0.6
_SURE = 0.75
_CLEAR_GAP = 0.1
_MEANT = 5
_MEANS = 0.6
_CHOICES = 6
_COUNT = r"(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})"
_TRADE = r"(?P<trade>(?:[^\d\s，、,;；。:：]|[Ll][1-5]\s?){2,14}?)"
_END = r"(?=[\s，、,;；。]|以及|还有|[和及与]|$)"
_COUNTED = tuple(  # a trade with its heads, or heads with their trade
    re.compile(form)
    for form in (
        rf"{_TRADE}\s*{_COUNT}\s*[个名位人]人?(?:[（(][^（()）]{{1,8}}[）)])?",
        rf"{_COUNT}\s*[个名位]\s*{_TRADE}{_END}",
    )
)
_EACH = re.compile(rf"(?P<trades>[^\d\s，,;；。:：]{{2,40}})各\s*{_COUNT}\s*[个名位人]人?")
_LEVEL = re.compile(r"(?:初级|中级|高级技师|高级|技师|[一二三四五]级|[Ll][1-5])工?")
_BETWEEN = re.compile(r"[\s，、,;；]*(?:以及|还有|还要|还需|还招|另外|另|再|和|及|与)?\s*")
_LEADING = re.compile(r"^(?:以及|还有|还要|还需|还招|另外|另|再|和|及|与|需要|需|要|招|培训|学)+")
# What stands before a trade, such as the firm.
_ASKED = re.compile(r"^.*(?:需要|要|招|培训)(?=\S{2})")
_IN_ALL = re.compile(r"[\s，、,;；]*(?:一共|总共|总计|合计|共计|共)\s*\d{1,3}\s*[个名位人]人?")
_LEARNT = re.compile(r"(?:^|[\s，,;；、：:])(?:要|想|一起|都)?学(?!员|徒|历|时|校|生|院)\S")
_LEADING = re.compile(r"^(?:以及|还有|另外|另|和|及|与|需要|需|要|招|培训|学)+")
_PICKED = re.compile(r"([A-Za-z]{2,})([1-6])")


@dataclass(frozen=True, slots=True)
class Likeness:
    """An open need that may be the same one: how alike, who registered it and when."""

    code: str
    text: str
    heads: int
    score: float
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Spelled:
    """What letters stand for: the words to keep, none where they are not clear, and the occupation picked."""

    text: str
    occupation: str | None = None


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """What is known of a need while it is typed."""

    enterprises: tuple[Hit, ...]
    resolution: Resolution | None
    duplicates: tuple[Likeness, ...]
    read: tuple[ReadField, ...] = ()
    spelled: Spelled | None = None


def check(session: Session, enterprise: str, text: str, *, by: Actor, today: date) -> LiveCheck:
    """Firms that the typed words may mean, occupations, open needs that look the same, fields stated."""
    require(by, Act.REGISTER, "need", by.organisation)
    firms = find_enterprises(session, enterprise, by=by) if enterprise.strip() else ()
    short = sentences.read_shorthand(session, text, by=by, today=today)
    asked = _in_words(short) if short else text
    resolution = naming.resolve_text(session, asked, top=_MEANT) if len(asked.strip()) > 1 else None
    read: tuple[ReadField, ...] = ()
    spelled = None
    if resolution is not None:
        read = sentences.read_either(session, text, short, by=by, today=today)
        if short or _is_letters(asked):
            spelled = _spelling(asked, short, resolution)
    chosen = _meant(enterprise, firms)
    duplicates: tuple[Likeness, ...] = ()
    if chosen is not None and resolution is not None:
        codes = [match.code for match in resolution.matches[:1]]
        duplicates = _duplicates(session, chosen.code, text, codes)
    return LiveCheck(firms, resolution, duplicates, read, spelled)


def find_enterprises(session: Session, text: str, *, by: Actor) -> tuple[Hit, ...]:
    """Firms by name, short name, code or pinyin initials, best first."""
    return search.search(session, numbered(text)[0], by=by, kinds=("enterprise",), limit=_CHOICES)


def numbered(text: str) -> tuple[str, int | None]:
    """Letters with the number of a candidate right behind them (`rpjm2`), parted; None for no number."""
    found = _PICKED.fullmatch(text.strip())
    return (found[1], int(found[2])) if found else (text, None)


def firm_meant(session: Session, text: str, *, by: Actor) -> Hit | None:
    """The firm that the words clearly mean or that was picked by number, None when a person must choose."""
    return _meant(text, find_enterprises(session, text, by=by))


def _meant(text: str, hits: Sequence[Hit]) -> Hit | None:
    picked = numbered(text)[1]
    if picked is None:
        return sure_enterprise(hits)
    return hits[picked - 1] if picked <= len(hits) else None


def spell(session: Session, text: str, *, by: Actor, today: date) -> Spelled | None:
    """Letters typed for a trade, in words; None for a text that is no such letters and stays as it is.

    `skcg` is 数控车工, `skcg 4 sat` is 数控车工四级, and `skcg2` is the second of the candidates shown.
    """
    short = sentences.read_shorthand(session, text, by=by, today=today)
    asked = _in_words(short) if short else text
    if not (short or _is_letters(asked)):
        return None
    return _spelling(asked, short, naming.resolve_text(session, asked, top=_MEANT))


def apart(session: Session, text: str, *, by: Actor) -> tuple[str, ...]:
    """A sentence that counts heads of several trades, or levels of one, a sentence for each; else nothing.

    `车工3人、电工5人，12月上旬` becomes `车工3人，12月上旬` and `电工5人，12月上旬`.
    """
    require(by, Act.REGISTER, "need", by.organisation)
    text = _IN_ALL.sub("", text)
    each = _EACH.search(text)
    if each is not None:
        trades = re.split("[、和及与]", _ASKED.sub("", each["trades"]))
        before = text[: each.start()] + each["trades"][: -len("、".join(trades))]
        said = [f"{trade}{each['count']}人" for trade in trades]
        return _parts(session, trades, said, (before, text[each.end() :]))
    for counted in _COUNTED:
        found = list(counted.finditer(text))
        gaps = [text[one.end() : two.start()] for one, two in pairwise(found)]
        if len(found) > 1 and all(map(_BETWEEN.fullmatch, gaps)):
            trades = [_LEADING.sub("", one["trade"]) for one in found]
            said = [_LEADING.sub("", one[0]).strip() for one in found]
            for at in range(1, len(found)):  # 电工高级4人、中级6人
                if _LEVEL.fullmatch(trades[at]):
                    trade = _LEVEL.sub("", trades[at - 1])
                    trades[at], said[at] = trade + trades[at], trade + said[at]
            around = (text[: found[0].start()], text[found[-1].end() :])
            if parts := _parts(session, trades, said, around):
                return parts
    return ()


def _parts(
    session: Session, trades: Sequence[str], said: Sequence[str], around: tuple[str, str]
) -> tuple[str, ...]:
    """A sentence for each trade or level, where these are sure and no two the same."""
    before, after = around
    if _LEARNT.search(f"{before} {after}"):
        return ()  # they are people of several trades who learn the same
    meant = {(naming.sure_meaning(session, _ASKED.sub("", one)), level_rank(one)) for one in trades}
    if len(trades) < 2 or len(meant) < len(trades) or not all(code for code, _level in meant):
        return ()
    return tuple(f"{before}{one}{after}".strip() for one in said)


def _is_letters(text: str) -> bool:
    word = text.strip()
    return word.isascii() and word.isalpha()


def _spelling(asked: str, short: Shorthand | None, resolution: Resolution) -> Spelled | None:
    picked = short.picked if short else None
    if picked:
        found = resolution.matches[picked - 1 : picked]
        return Spelled(_spelled(found[0], resolution.level), found[0].code) if found else _UNCLEAR
    if not resolution.matches or resolution.is_ambiguous or resolution.matches[0].score < _MEANS:
        return _UNCLEAR if short else None
    if any(one.kind == "initials" for one in resolution.matches[0].evidence):
        return Spelled(_spelled(resolution.matches[0], resolution.level))
    return Spelled(asked.strip()) if short else None


_UNCLEAR = Spelled("")


def _spelled(match: OccupationMatch, level: int | None) -> str:
    names = [one.name for one in match.evidence if one.kind == "initials"]
    return (names[0] if names else match.name) + (LADDER[level - 1] if level else "")


def _in_words(short: Shorthand) -> str:
    """The trade and level of a shorthand line as the dictionary reads them."""
    level = next((LADDER[item.value - 1] for item in short.stated if item.field == "level"), "")
    return f"{short.trade} {level}".strip()


def sure_enterprise(hits: Sequence[Hit]) -> Hit | None:
    """The one firm that the words clearly mean, None when a person must choose."""
    if not hits or hits[0].score < _SURE:
        return None
    if len(hits) > 1 and hits[0].score < 1 and hits[0].score - hits[1].score < _CLEAR_GAP:
        return None
    return hits[0]


def _duplicates(
    session: Session, enterprise: str, text: str, codes: Sequence[str]
) -> tuple[Likeness, ...]:
    rows = session.execute(
        select(NeedRow, NeedOccupationRow.code)
        .outerjoin(
            NeedOccupationRow,
            (NeedOccupationRow.need == NeedRow.code) & (NeedOccupationRow.position == 0),
        )
        .where(NeedRow.enterprise == enterprise, NeedRow.status == "open")
        .order_by(NeedRow.code)
    )
    wanted = core(text)
    found = []
    for need, code in rows:
        score = likeness(wanted, core(need.text))
        if code is not None and code in codes:
            score = max(score, 0.9)
        if score >= _ALIKE:
            found.append(
                Likeness(need.code, need.text, need.heads, score, need.created_by, need.created_at)
            )
    found.sort(key=lambda item: item.code, reverse=True)  # of those that are level, the newest
    return tuple(sorted(found, key=lambda item: -item.score))


def find_area(session: Session, text: str) -> tuple[tuple[str, str], ...]:
    """Areas whose code is the text or whose name contains it, codes and names; a whole name goes alone."""
    word = text.strip()
    if not word:
        return ()
    rows = session.execute(
        select(AreaRow.code, AreaRow.name)
        .where(or_(AreaRow.code == word.upper(), AreaRow.name.contains(word, autoescape=True)))
        .order_by(AreaRow.code)
    ).all()
    exact = [row for row in rows if word.upper() == row[0] or word == row[1].removesuffix("街道")]
    return tuple((code, name) for code, name in (exact if len(exact) == 1 else rows))


def area_of(session: Session, enterprise: str, *, by: Actor) -> str | None:
    """Where a firm is."""
    require(by, Act.READ, "enterprise", enterprise, enterprise)
    row = session.get(OrganisationRow, enterprise)
    return row.area if row else None
