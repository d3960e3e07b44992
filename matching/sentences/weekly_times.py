"""Which hours of which weekdays people can come, read out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.sentences.reading import NUMBER, Sentence, Stated, number
from matching.weekly import DAY_END, WeeklyPattern, merged

_HAN = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6} | {
    str(day): day - 1 for day in range(1, 8)
}
_ENGLISH = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_ALL_DAY = (0, DAY_END)
_MINUTES = {"半": 30, "一": 15, "三": 45}
_PARTS = {
    "daytime": (510, 1050),
    "morning": (510, 720),
    "afternoon": (840, 1050),
    "evening": (1110, 1290),
    "all": _ALL_DAY,
}
_DAWN, _EARLY, _NOON, _LATE = 7 * 60, 9 * 60, 12 * 60, 22 * 60
_DAY = r"(?:周|星期|礼拜|拜)"
_EN_DAY = (
    r"(?:(?:mon|fri|sun)(?:days?|s)?|tue(?:sdays?|s)?|wed(?:nesdays?|s)?|thu(?:rsdays?"
    r"|rs?|s)?|sat(?:urdays?|s)?)"
)
_CLOCK = (
    rf"(?:\d{{1,2}}[:点时](?:[0-5]\d|半|三刻|一刻)?分?|{NUMBER}点(?:半|一刻|三刻|钟)?"
    rf"|\d{{1,2}}(?::[0-5]\d)?\s*[ap]\.?m\.?)"
)
_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<shift>(?!上班|加班)(?:两|三|四|倒|转|上|白|夜|晚|早|中|大|小|翻|做|换|轮"
            r"|长)+班(?:倒|制)?|加班"
            r"|每[天日](?=[^，。,]{0,3}(?:小时|最多|至少|工作|上班|要上))|(?:night|day|late"
            r"|early)[- ]shifts?"
            r"|shifts?|做[一五六]休|上四休二[一二]|单休|[白夜晚]班工?|夜校|周末班的?师)",
            r"(?P<release>半脱产)",
            r"(?P<range>"
            + _DAY
            + r"?(?P<from>[一二三四五六日天1-6])(?:到|至|-|~|—|–)"
            + _DAY
            + r"?(?P<to>[二三四五六日天2-7])(?!月|号|日|点|时|个|级|\d(?!\d?[:点])|人|名|位|:|百|千|十))",
            r"(?P<english_range>" + _EN_DAY + r"\s*(?:-|–|to|through|until)\s*" + _EN_DAY + r")",
            r"(?P<days>"
            + _DAY
            + r"[一二三四五六日天1-7](?:(?:[、/和跟及同]?|,(?!"
            + _DAY
            + r"[一二三四五六日天1-7](?:要休息|不行|没空|不方便|要上班|要加班)))"
            + _DAY
            + r"?[一二三四五六日天1-7](?!月|号|点|时|个|级|\d|人|名|位|:))*|"
            + _DAY
            + r"天|(?<![一二三四五六七八九十第])(?:一三五|二四六|一二三四五|一二三四|二四|三五"
            r"|一三)(?=晚|的|上|下|白|日|夜|早|全|有)"
            r"|周(?:六日|六天|六周日))(?!之?前|以前|给我|回复|来电)",
            r"(?P<weekend>周[末未]|週末|双休日?|礼拜六日|六日(?=上|白|全|都|可|晚)|weekends?|wknd)",
            r"(?P<every>每天|天天|每日|每晚|every\s?day|daily|every (?=evening|night|morning"
            r"|afternoon)|any day)",
            r"(?P<workdays>工作日|平日|平时|平常|日常(?=[晚白上下都有没])"
            r"|weekdays?|week days|working days?|work days)",
            r"(?P<english_days>" + _EN_DAY + r"(?![a-z]))",
            r"(?P<full>(?<!不)(?<!不能)(?<!无法)全?脱产|完全?脱岗|full[- ]time release"
            r"|(?:fully )?released from work)",
            rf"(?P<clocks>(?:(?P<when>早上|上午|中午|下午|晚上|夜晚|晚|夜里|晚间"
            rf"|傍晚)的?)?(?P<first>{_CLOCK}|\d{{1,2}}(?=\s*[-~到至—–]\s*\d{{1,2}}[点:]))\s*(?:到"
            rf"|至|-|~|—|–|to|until)\s*(?P<last>{_CLOCK}))",
            rf"(?P<since>(?:(?P<when2>早上|上午|中午|下午|晚上|晚|夜里|晚间|傍晚"
            rf"|下班后?)的?)?(?P<open>{_CLOCK})\s*(?:以后|之后|过后|后|起|开始)"
            rf"|下班后(?P<open2>{_CLOCK})"
            rf"|after (?P<open3>{_CLOCK}))",
            rf"(?P<until>(?:(?P<when3>早上|上午|中午|下午|晚上"
            rf"|晚)的?)?(?P<close>{_CLOCK})(?:以前|之前|前))",
            r"(?P<part_clocks>(?:mornings?|(?P<late>afternoons?|evenings?|nights?))\s+(?:from\s+)?"
            r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?:-|–|to|until)\s*"
            r"(?P<hour_to>\d{1,2})(?::(?P<minute_to>\d\d))?(?![\d:%]))",
            r"(?P<morning>上午|早上|上昼|朝早|早晨|mornings?)",
            r"(?P<afternoon>下午|下昼|晏昼|午后|afternoons?)",
            r"(?P<evening>晚上|晚间|夜里|夜间|夜晚|傍晚|(?<!几点)下了?班后?|下班以后"
            r"|晚(?=[+、/,，和跟及或都可行上要我他不没有才 ]|$|周|预|budget)|夜晚"
            r"|放工后|evenings?|nights?|after work|after hours|eve(?![a-z]))",
            r"(?P<daytime>白天|日间|日头|day\s?time|during the day)",
            r"(?P<all>全天|整天|一整天|全日|都有空|all day|full days?)",
            r"(?P<except>除(?!外)[了开]?|except)",
            r"(?P<not>哪里?(?:走得开|有空|有时间)|(?<!行)不行|(?<!是)不是|[走排抽出脱离]不[开出了]|[来去]不了"
            r"|太挤|人太多|没人|冲突|(?:全都?是|都是|有)订单|要?上户|要陪|(?:在[线厂店工][上里地])?干活"
            r"|要?盘点|要加班|得加班|赶货|加班"
            r"|都?要开[档店]|要给|要接|要送|要?开会|不可以"
            r"|不能|不要|没空|没时间|唔得|唔好|唔要|上班|要上班|不方便|没法|不考虑|除外|不用|加班|(?<!级)别"
            r"|取消|不想|休息不了|要休息|要放假|[最很太好]忙|忙不过来"
            r"|要带(?=小孩|孩子|娃)|要照顾"
            r"|not possible|no good|don't work|impossible|can't|cannot|not|no(?= )"
            r"|but not)",
            r"(?P<rest>行不行|能不能|可不可以|好不好|方不方便|得唔得|休息|有空|得闲|可以|都行|都得|都可以"
            r"|行|ok|可|方便|空)",
            r"(?P<join>[、和跟及与或+/&]|同埋?(?=周|星期|礼拜|晚|夜|下午|上午)"
            r"|and|or|或者|以及|还有|加|再加|plus)",
            r"(?P<but>而?是|改[成到为]?|but(?! not))",
            r"(?P<filler>[两三]天|[的都上课在 有每到全]"
            r"|也|还(?!有)|真的|实在|确实|根本|我们|他们|她们|大家|安排"
            r"|时间|培训|能"
            r"|只能|只有|只"
            r"|最好|可能|就|要|用"
            r"|利用|in the|on|of|the|at"
            r"|only|both)",
            r"(?P<stop>[，,。；;！!？?\n])",
        )
    )
)

_EXACT = ("clocks", "since", "until", "part_clocks")
_NAMED_DAYS = ("range", "english_range", "days", "english_days", "workdays")


@dataclass
class _Group:
    """Weekdays and hours named together; None where one of the two is not said."""

    days: tuple[int, ...] | None
    hours: tuple[int, int] | None
    start: int
    end: int
    kind: str = ""
    is_out: bool = False
    joined: bool = False


def read_weekly(sentence: Sentence) -> Iterator[Stated]:
    """`weekly` as a pattern; hours that are not said in minutes are those that classes usually keep."""
    named = _groups(sentence)
    spans = [(group.start, group.end) for group in named]  # what is said between two is no time
    groups = _completed(named)
    wanted = [group for group in groups if not group.is_out]
    barred = [group for group in groups if group.is_out]
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for group in wanted:
        for day in group.days if group.days is not None else range(5):
            days[day].append(group.hours or _ALL_DAY)
    if not wanted:
        weekend = [g for g in barred if g.kind == "weekend" and g.hours is None]
        if weekend:
            days = [[_ALL_DAY] for _ in range(5)] + [[], []]
        wanted = weekend
    elif barred:
        for group in barred:
            for day in group.days or (() if group.hours is None else range(7)):
                days[day] = [w for w in days[day] if group.hours is not None and w != group.hours]
    if wanted and any(days):
        pattern = WeeklyPattern(tuple(merged(windows) for windows in days))
        used = [*wanted, *barred]
        start, end = min(g.start for g in used), max(g.end for g in used)
        yield sentence.stated("weekly", pattern, start, end)
        for span in spans:
            sentence.take(*span)


_REFUSALS = (
    "不要",
    "唔好",
    "唔要",
    "别",
    "不想",
    "not",
    "but not",
    "no",
    "不用",
    "取消",
    "不是",
    "不考虑",
    "不能",
)
_NEAR_REFUSAL = 3  # characters between a time and the word that refuses it
_NEW_THOUGHT = 3  # characters of other words after which a refusal is forgotten


class _Walk:
    """The times of a sentence as they are walked through, from left to right."""

    def __init__(self) -> None:
        self.groups: list[_Group] = []
        self._last: _Group | None = None  # what the next hours or days may still belong to
        self._joined = self._is_out = self._is_except = False

    def step(self, found: re.Match[str], between: str) -> None:
        """One word for a time, a join, a refusal or a stop, and the other words before it."""
        kind = found.lastgroup or ""
        if between.strip():
            self._last, self._joined, self._is_out = None, False, self._is_except
            if len(between) > _NEW_THOUGHT:
                self._is_out = self._is_except = False
        if kind == "stop":
            self._last = None
            self._joined = self._is_out = self._is_except = False
        elif kind == "join":
            self._joined = self._last is not None
        elif kind == "but":
            self._is_out = False
        elif kind in ("except", "not"):
            self._refuse(found, kind)
        elif kind == "rest":
            self._close_exception(found)
        elif kind in ("shift", "release"):
            self._last, self._joined = None, False
        elif kind != "filler":
            self._last = _take(
                self.groups, self._last, kind, found, joined=self._joined, is_out=self._is_out
            )
            self._joined = False

    def _refuse(self, found: re.Match[str], kind: str) -> None:
        groups = self.groups
        if kind == "except":
            self._is_out = self._is_except = True
        elif (
            self._last is not None
            and groups
            and 0
            <= found.start() - groups[-1].end
            <= (0 if found[0] in _REFUSALS else _NEAR_REFUSAL)
        ):
            _bar(groups)
            self._last = None
        elif found[0] in _REFUSALS:
            self._is_out = True

    def _close_exception(self, found: re.Match[str]) -> None:
        """除了周三晚上都行: all other days at those hours."""
        if not self._is_except:
            return
        self._is_out = self._is_except = False
        if self.groups and all(group.is_out for group in self.groups):
            hours = self.groups[-1].hours
            others = tuple(range(7) if hours is None else range(5))
            self.groups.append(_Group(others, hours, *found.span()))
            self._last = None


def _groups(sentence: Sentence) -> list[_Group]:
    """The named times in order, hours given to the days that they follow."""
    walk = _Walk()
    end = 0
    for found in _TOKEN.finditer(sentence.folded):
        walk.step(found, sentence.folded[end : found.start()])
        end = found.end()
    return walk.groups


def _completed(groups: list[_Group]) -> list[_Group]:
    """Hours and weekdays said in two clauses belong together: 下午2点到4点半有空，周一到周五."""
    groups = [g for at, g in enumerate(groups) if not _said_again(g, groups[at + 1 :])]
    lone = [
        g
        for g in groups
        if (g.days is None or (g.kind in _EXACT and len(g.days) == len(_WHOLE_DAYS["every"])))
        and not (g.joined or g.is_out)
    ]
    told = {g.hours for g in groups if g.days is not None and not g.is_out and g not in lone}
    if lone and any(
        g.hours in told for g in lone
    ):  # 上午能抽人，那就周二上午: said again with its days
        groups = [g for g in groups if g not in lone or g.hours not in told]
        lone = [g for g in lone if g.hours not in told]
    groups = [g for g in groups if g not in lone or not _narrowed(g, lone)]
    lone = [g for g in lone if g in groups]
    exact = [g for g in lone if g.kind in _EXACT]
    parts = [g for g in groups if not g.is_out and g.days and g.hours in _PARTS.values()]
    if len(exact) == 1 and parts and all(_overlap(exact[0], part) for part in parts):
        for part in parts:  # 周一晚上，七点到九点
            part.hours, part.kind = exact[0].hours, exact[0].kind
            part.start, part.end = min(part.start, exact[0].start), max(part.end, exact[0].end)
        return [g for g in groups if g not in lone]
    if exact:  # 晚上，晚上七点以后: the second says it more exactly
        groups = [g for g in groups if g not in lone or g in exact]
        lone = exact
    bare = [g for g in groups if g.hours is None and g.kind in _NAMED_DAYS and not g.is_out]
    if len(lone) != 1 or not bare or any(after.joined for after in _following(groups, lone[0])):
        return groups
    for group in bare:
        group.hours = lone[0].hours
        group.start = min(group.start, lone[0].start)
        group.end = max(group.end, lone[0].end)
    return [g for g in groups if g is not lone[0]]


def _said_again(group: _Group, later: Sequence[_Group]) -> bool:
    """周四可以，就周四下午吧: the same days once more, with hours."""
    return group.hours is None and any(
        group.days == other.days and other.hours and group.is_out == other.is_out for other in later
    )


def _narrowed(group: _Group, others: Sequence[_Group]) -> bool:
    """下午两点以前有空，上午吧: hours said later lie within these."""
    return group.kind in _EXACT and any(
        other.start > group.start and group.hours != other.hours and _within(other, group)
        for other in others
        if other.kind not in _EXACT
    )


def _within(inner: _Group, outer: _Group) -> bool:
    if inner.hours is None or outer.hours is None:
        return False
    return outer.hours[0] <= inner.hours[0] and inner.hours[1] <= outer.hours[1]


def _overlap(exact: _Group, part: _Group) -> bool:
    """Whether exact hours say a part of the day, not the whole day, more exactly."""
    if part.hours in (None, _ALL_DAY) or exact.hours is None or part.hours is None:
        return False
    return exact.hours[0] < part.hours[1] and part.hours[0] < exact.hours[1]


def _following(groups: list[_Group], group: _Group) -> list[_Group]:
    at = groups.index(group)
    return groups[at + 1 : at + 2]


def _bar(groups: list[_Group]) -> None:
    """The times just named, and those joined to them, are the ones that do not suit."""
    at = len(groups) - 1
    groups[at].is_out = True
    while at and (groups[at].joined or groups[at - 1].end == groups[at].start):
        at -= 1
        groups[at].is_out = True


def _take(
    groups: list[_Group],
    last: _Group | None,
    kind: str,
    found: re.Match[str],
    *,
    joined: bool,
    is_out: bool,
) -> _Group:
    """Days or hours into the group before them where they complete it, else into a group of their own."""
    days, hours = _days(kind, found), _hours(kind, found)
    if hours is not None and not hours[0] < hours[1] <= DAY_END:
        hours = _ALL_DAY  # 0点到0点: nothing that a person could mean
    joined = joined or (
        last is not None and kind == last.kind == "clocks"
    )  # 9:00-12:00 14:00-17:00
    if last is not None and not joined and _completes(last, kind, days, hours):
        if hours is not None:
            before = list(_listed_before(groups, last)) if last.hours is None else []
            for group in (last, *before):
                group.hours = hours
        last.days = days if days is not None else last.days
        last.kind = kind if days is not None or kind in _EXACT else last.kind
        last.end = found.end()
        return last
    if joined and last is not None and days is None and last.hours and last.kind != "weekend":
        days = last.days  # 周一晚上和下午
    groups.append(_Group(days, hours, *found.span(), kind, is_out, joined))
    return groups[-1]


def _completes(
    last: _Group, kind: str, days: tuple[int, ...] | None, hours: tuple[int, int] | None
) -> bool:
    """周六 + 下午, 晚上 + 七点到九点, 晚上 + 周一三五."""
    if days is not None:
        return hours is None and last.days is None
    return (last.hours is None and last.days is not None) or kind in _EXACT


def _listed_before(groups: Sequence[_Group], last: _Group) -> Iterator[_Group]:
    """Weekdays listed one by one before the hours that hold for all: 周三和周五晚上."""
    group = last
    for before in reversed(groups[: groups.index(last)]):
        same = before.kind in ("days", "english_days") and last.kind in ("days", "english_days")
        if not (group.joined and before.hours is None and same):
            return
        yield before
        group = before


_WHOLE_DAYS = {
    "weekend": (5, 6),
    "every": tuple(range(7)),
    "workdays": tuple(range(5)),
    "full": tuple(range(5)),
}


def _days(kind: str, found: re.Match[str]) -> tuple[int, ...] | None:
    text = found[0]
    if kind == "range":
        return tuple(range(_HAN[found["from"]], _HAN[found["to"]] + 1))
    if kind == "english_range":
        ends = [_ENGLISH[name] for name in re.findall("|".join(_ENGLISH), text)]
        return tuple(range(ends[0], ends[-1] + 1))
    if kind == "english_days":
        return (_ENGLISH[text[:3]],)
    if kind == "days":
        return tuple(sorted({_HAN[c] for c in text.replace("星期天", "星期日") if c in _HAN}))
    return _WHOLE_DAYS.get(kind)


def _hours(kind: str, found: re.Match[str]) -> tuple[int, int] | None:
    if kind in ("clocks", "part_clocks"):
        return _clock_range(found) if kind == "clocks" else _part_clocks(found)
    if kind == "since":
        opened = found["open"] or found["open2"] or found["open3"]
        when = found["when2"] or ""
        first = _minutes(opened, when)
        if first <= _NOON - 120 and when not in ("早上", "上午") and "am" not in opened:
            first += _NOON
        return first, _LATE if first < _LATE else DAY_END - 1
    if kind == "until":
        last = _minutes(found["close"], found["when3"] or "")
        return _PARTS["daytime"][0], last + _NOON * (last <= _EARLY)
    if kind == "full":
        return _PARTS["daytime"]
    if kind == "every":
        return _PARTS["evening"] if "晚" in found[0] else None
    return _PARTS.get(kind)


def _part_clocks(found: re.Match[str]) -> tuple[int, int]:
    """`afternoons 2 to 5`."""
    late = 12 if found["late"] else 0
    hours = (int(found["hour"]), int(found["hour_to"]))
    minutes = (int(found["minute"] or 0), int(found["minute_to"] or 0))
    first, last = (
        60 * (hour + late * (hour < 12)) + more for hour, more in zip(hours, minutes, strict=True)
    )
    return first, last


def _clock_range(found: re.Match[str]) -> tuple[int, int]:
    """From one clock time to another; 七点到九点 is in the evening, since nobody trains at dawn."""
    when = found["when"] or ""
    first, last = _minutes(found["first"], when), _minutes(found["last"], when)
    if last <= first:
        last += _NOON
    is_vague = not when and ":" not in found[0] and "am" not in found[0]
    is_evening = is_vague and first < _EARLY and last - first <= 180
    if last <= _NOON and not when and (first < _DAWN or is_evening):
        first, last = first + _NOON, last + _NOON
    return first, min(last, DAY_END)


def _minutes(clock: str, when: str) -> int:
    """Minutes after midnight of `7点半`, `19:30`, `7pm` in a part of the day."""
    hour = re.match(NUMBER, clock)
    hours = int(number(hour[0])) if hour else 0
    rest = clock[hour.end() + 1 :] if hour else ""
    digits = re.match(r"\d+", rest)
    minutes = int(digits[0]) if digits else _MINUTES.get(rest[:1], 0)
    is_late = (
        when in ("下午", "晚上", "晚", "夜里", "夜晚", "晚间", "傍晚", "下班", "下班后")
        or "pm" in clock
        or "p.m" in clock
    )
    if is_late and hours < 12:
        hours += 12
    return min(hours * 60 + minutes, DAY_END - 1)
