"""Money, distance and practice hours, read out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from matching.sentences.reading import NUMBER, TAKEN, Sentence, Stated, number

_EACH = re.compile(
    r"每个?人|人均|一个人|单人|每位|每名|每个|一位|一个|per (?:head|person|pax|trainee)|each|/人"
    r"|/head|/pax|a head|pp"
)

_UNIT = r"(?:元|块钱?|圆|蚊|rmb|cny|yuan|k(?![a-z])|大洋|￥|¥|w(?![a-z]))"

_AMOUNT = (
    rf"(?:[￥¥]\s*|rmb\s*|cny\s*)?(?P<low>{NUMBER})\s*(?P<low_unit>{_UNIT})?(?:\s*(?:-|~"
    rf"|到|至|—|–|to)\s*(?:[￥¥]\s*)?(?P<high>{NUMBER})\s*(?P<unit>{_UNIT})?)?"
)

_MONEY_BEFORE = (
    r"(?:预算|預算|总额|总包|(?<=[人个名位])共|学费|费用|价格|价钱|价位|单价|报价|收费|经费|每个?人|人均"
    r"|一个人|每位|每名"
    r"|单人|一人|打包价?|[别不]超过?|总共|一共|合共|总预算|总价|总费用|合计|"
    r"budget|cost|fee|price|under|max|up to|total(?: of)?)"
)

_MONEY_AFTER = (
    r"(?:[，,]?(?:不能|不可以?|没法)(?:再多|再高|超)|以内|以下|封顶|左右|之内|内|上下|预算|一个人|一个|一位|每个?人|每位|/人|/个|/位|/head"
    r"|/pax|包干|顶天|可以(?=$|[，。,;!])|打底|一人|的预算|总预算|"
    r"per (?:head|person|pax|trainee)|each|a head|max(?:imum)?|in total|total|pp|or less|tops"
    r"|budget)"
)

_FILL = (
    r"(?:[只有合计花是在约为个的控制最多顶多不超过能出给畀俾到大概高于别到共大约总人均每就:：=《<≤ \t]"
    r"|一共|一个人|一人|一位|(?:公司|单位|老板|厂里|店里)(?:补|出|批|报销?|承担)|about|around|is|of|at|most|not|no|more|than|max(?:imum)?|under|up|to|per"
    r"|person|head|total|rmb|below|within|approx\.?)*"
)

_BUDGET = re.compile(
    rf"(?P<before>{_MONEY_BEFORE}{_FILL})?{_AMOUNT}(?P<after>\s*(?:的)?{_MONEY_AFTER}"
    r"(?:[/ ]?(?:每?人|每个|个|头|总预算|封顶|以内|包干|搞定))*)?"
)

_NOT_MONEY = re.compile(
    r"^(?:个?(?:人|名|位|课时|学时|小时|天|周|月|年|点|公里|km|米|楼|号|级|班|批|次|台|岁|期|分"
    r"|%|届|节|轴|吨|度|kw|v|mm|cm|pcs"
    r"|\s*(?:people|workers|staff|hours?|days?|weeks?|months?|welders?|electricians?"
    r"|operators?|persons?|trainees?|pax|guys))|\d)"
)

# Bare numbers that make a clause of their own: `叉车证 5人 1200`.
_LONE_MONEY = re.compile(
    r"(?:(?<=[，。,;；、\s])|^)(?P<low>(?:\d\.\d千|\d千|[1-9]\d?00"
    r"|[一二两三四五六七八九]千[一二三四五六七八九]?"
    r"|[六七八九]百))(?P<low_unit>)(?=$|[，。,;；、!！?？\s])"
)

_MONEY_WORD = re.compile(r"预算|费|价|总|合计|人|位|名|budget|cost|fee|price|under|max")

_LEAST_YUAN, _MOST_YUAN = 50, 3_000_000
_SURELY_MONEY = 1000  # 一共三万六 is no number of heads

# An amount that takes the place of one said before.
_RAISED = re.compile(
    rf"(?:批到|[提涨加升降]到|改[成为到]|(?<=,)给|只能?给|最多给|不对[,.。…\s]*(?:应该)?是?"
    rf"|(?<!按)按)\s*(?:{_AMOUNT})"
)

_TOTAL = re.compile(r"总|打包|共|合计|全部|包干|total|altogether")

_COUNTED = re.compile(rf"[，,]?{NUMBER}个?[人位名](?:总共|一共|全部|合计)")

_KM = re.compile(
    rf"(?P<limit>别超过|不超过|不要超过|最远|最多|不能超过|within|under|no more than|less than"
    rf"|up to"
    rf"|max(?:imum)?)?\s*(?P<km>{NUMBER})\s*"
    r"(?:公里|千米|km|kms|kilomet(?:er|re)s?|k米)(?![/每]|时|的速度)(?P<within>以内|之内|内|范围"
    r"|以下)?"
)

_HOUR = r"(?:个)?(?:课时|学时|小时|钟头|钟(?!表)|节课?|hours?|hrs?|h(?![a-z]))"

_PRACTICE = (
    r"(?:实操|实作|练机|实训|上机器?|实践|操作|动手|练习|上手|机台|hands[- ]on|practice|practical)"
)

_PRACTICE_HOURS = re.compile(
    rf"{_PRACTICE}[^。;；!！?？\n{TAKEN}\d]{{0,12}}?(?P<hours>{NUMBER})\s*{_HOUR}(?:以上|起)?"
    rf"|{_PRACTICE}(?:课时|学时|时数|时间"
    rf"|hours?)[^。;；!！?？\n{TAKEN}\d]{{0,8}}?(?P<hours3>{NUMBER})(?=$"
    rf"|[，。,;；!！\s的吧])"
    rf"|练(?:够|满|足|上|到|它)*(?P<hours4>{NUMBER})\s*{_HOUR}"
    rf"|(?P<hours2>{NUMBER})\s*{_HOUR}(?:以上|起)?(?:的|of|左右|\s|是|真正|用来|纯)*{_PRACTICE}"
    rf"(?![^，。,;；]{{0,4}}?{NUMBER}\s*{_HOUR})"
)

_A_DAY = re.compile(r"(?:每[天次日周晚]|一[天次晚])[^，。,;；!！?？\n]{0,6}$")
_TOO_MUCH = re.compile(r"(?:块钱?|元)?(?:太贵|太高|贵了|超预算)")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in yuan that a sentence names, for all or for each."""

    yuan: float
    is_total: bool
    start: int
    end: int


def find_money(sentence: Sentence) -> Money | None:
    """The first amount that reads like a budget."""
    for pattern in (_BUDGET, _LONE_MONEY):
        for found in sentence.find(pattern):
            money = _money(sentence, found, is_lone=pattern is _LONE_MONEY)
            if money is not None:
                sentence.take(money.start, money.end)
                return _raised(sentence, money)
    return None


def _raised(sentence: Sentence, money: Money) -> Money:
    """The amount that takes the place of the first: 每人只有九百，后来批到1100."""
    for found in sentence.find(_RAISED):
        raised = _money(sentence, found, is_lone=True)
        if raised is not None and found.start() >= money.end:
            sentence.take(raised.start, raised.end)
            return replace(raised, is_total=money.is_total)
    return money


def _money(sentence: Sentence, found: re.Match[str], *, is_lone: bool) -> Money | None:
    said = found.groupdict()
    before, after = said.get("before") or "", said.get("after") or ""
    unit = said.get("unit") or said.get("low_unit") or ""
    scale = 1000 if unit.startswith("k") else 10_000 if unit == "w" else 1
    amount = scale * max(number(n) for n in (found["low"], said.get("high")) if n)
    rest = sentence.folded[found.end() :]
    if not _LEAST_YUAN <= amount <= _MOST_YUAN or _TOO_MUCH.match(rest):
        return None
    if not unit and not is_lone:
        if not (before or after) or (not after and _NOT_MONEY.match(rest)):
            return None
        if not after and not _MONEY_WORD.search(before) and amount < _SURELY_MONEY:
            return None
    around = sentence.folded[max(0, found.start() - 6) : found.start()] + before + after + rest[:4]
    if counted := _COUNTED.match(rest):
        around += counted[0]
    is_total = bool(_TOTAL.search(around)) and not _EACH.search(before + after)
    return Money(amount, is_total, *found.span())


def read_budget(sentence: Sentence, money: Money | None, heads: int | None) -> Iterator[Stated]:
    """`budget` in yuan per head; a total is shared among the heads, where they are known."""
    if money is not None and (heads or not money.is_total):
        each = money.yuan / (heads or 1) if money.is_total else money.yuan
        yield sentence.stated("budget", round(each, 2), money.start, money.end)


def read_distance(sentence: Sentence) -> Iterator[Stated]:
    """`max_travel_km` in kilometres: a limit before a mere distance."""
    found = list(sentence.find(_KM))
    for match in sorted(found, key=lambda m: not (m["limit"] or m["within"]))[:1]:
        yield sentence.stated("max_travel_km", number(match["km"]), *match.span())
    for match in found:
        sentence.take(*match.span())


def read_practice(sentence: Sentence) -> Iterator[Stated]:
    """`min_practice_hours` in class hours."""
    for found in sentence.find(_PRACTICE_HOURS):
        if _A_DAY.search(sentence.folded[: found.start()]):
            continue
        hours = int(number(found["hours"] or found["hours2"] or found["hours3"] or found["hours4"]))
        yield sentence.stated("min_practice_hours", hours, *found.span())
        sentence.take(*found.span())
        return
