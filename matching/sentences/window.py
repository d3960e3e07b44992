"""When training may begin and must have ended, read out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from matching.sentences.days import SPAN, Period, ahead, periods, plus_months, spans
from matching.sentences.reading import NUMBER, Sentence, Stated

_DONE = "完成|搞定|搞掂|结束|上完|学完|考完|培完|拿到?证|出证|拿到|考出来|考下来"
_WITHIN = re.compile(rf"(?:within|in the next)\s*{SPAN}|{SPAN}(?:之内|以内|内|里面?)(?=$|[^容部])")
_AFTER = re.compile(
    rf"(?:(?:in|after)\s+)?(?:再?过|最?快|等)?{SPAN}(?:之后|以后|过后|后|later|from now)"
    rf"|(?<![a-z])(?:in|after)\s+{SPAN}"
)
_LATEST_AFTER = re.compile(
    rf"\s*(?:号|日)?(?:之前|以前|前|截止|为止|之间|内|之内|以内|就?要?(?:全部)?(?:{_DONE}))"
)
_DONE_AFTER = re.compile(
    rf"\s*(?:就|得|要|必须|需要?|能|一定|全部|都|之前|以前|前|我们|他们|培训|课程?"
    rf"|[，, ])*(?:{_DONE})"
)
_LATEST_BEFORE = re.compile(
    r"(?:最迟|最晚|最慢|不晚于|不迟于|赶在|截止到?|务必在|before|by|until|no later than|latest"
    r"|done by"
    r"|finish(?:ed)? (?:by|before)"
    r"|(?:^|[，。,;；|/\s])(?:培训|课程|上课)?(?:结束|完成|结业|截止)(?:时间|日期|于|在|是)*[:：]?)"
    r"\s*(?:the )?$"
)
# The first day at work: whoever is hired first and trained then has learnt it the day before.
_WORK_AFTER = re.compile(
    r"\s*(?:号|日)?\s*(?:正式|统一|全部|就|要|得|必须|能)*(?:上岗|到岗|顶岗)(?!证|之后|以后|后|培训)"
)
_WORK_BEFORE = re.compile(
    r"(?:start|starts|starting|begin|begins|beginning) (?:their )?work (?:on )?(?:the )?$"
)
_EARLIEST_AFTER = re.compile(
    r"\s*(?:号|日)?(?:之后|以后|过后|后|起|开始|开课|开班|开学|启动|onwards?|or later)"
)
_STARTS = re.compile(
    r"(?:^|[，。,;；|/\s])(?:培训|课程|上课)?(?:开始|开课|开班|开学)(?:时间|日期|于|在|是)*[:：]?\s*$"
)
_EARLIEST_BEFORE = re.compile(r"(?:after|not before)\s*(?:the )?$")
_TO = re.compile(r"\s*(?:号|日)?\s*(?:起|开始)?(?:到|至|—+|-+|~|–|through|to|until)\s*")
# Days that are about something else: an answer expected, a price asked for, a past event.
_ELSEWHERE = re.compile(
    r"[^，。；;,!！?？\n]{0,6}?(?:那批|那期|那次|已经|给我|回复|回电|回个?话|联系|打电话|来电"
    r"|报价|(?<=前)报(?=$|[，。,;；\s])|答复"
    r"|面谈|见面|过来谈|成立|开业|投产|入职|搬|装修|交货|付[款钱清]|[交缴]费|交钱|打款|报名|报完名|再定|盘点|开机|上线|审核"
    r"|检查|审厂|到货|出货|发货|放假|到期|作废|年会|发工资"
    r"|验厂|退休|到期|过期|回来|回公司|出差|休假)"
)
# Said of the firm's own work before a day, or of a day that will not do.
_BUSY_BEFORE = re.compile(
    r"(?:旺季|订单|(?<![安能课训])排到|排期|合同|租约|忙到|忙完|错开|赶货)[^，。；;,!！?？\n]{0,6}$"
)
_REFUSED = re.compile(
    r"(?:之前|以前|前|内|之内|以内)?[^，。；;,!！?？\n]{0,4}?"
    r"(?:太赶|来不及|[考学上培弄搞做]不[完了到成]|没关系|不要紧|赶[货工单订]|(?<!行)不行|没空|(?<!方)不方便|赶不上|不可能|不了|不急|忙)"
)
_DENIED_BEFORE = re.compile(r"(?:不是|不在|不要|别在|报名截止(?:时间|日期)?[是到为:： ]*)$")
# The hour of a single day, 12月8日上午九点, is none of every week.
_AT_TIME = re.compile(
    rf"的?(?:早上|上午|中午|下午|晚上|晚)?(?:{NUMBER}点(?:半|钟)?|\d{{1,2}}:\d\d)?(?!\s*[-~到至—–])"
)
_MIDDLE = (11, 21)  # 中旬以后 begins with it, 元旦后 on the day after


def read_window(sentence: Sentence, today: date) -> Iterator[Stated]:
    """`earliest` and `latest` as dates, as far as they are said."""
    told = [*_from_now(sentence, today), *_named(sentence, today)]
    found: dict[str, Stated] = {}
    for stated, _ in sorted(told, key=lambda item: not item[1]):
        if stated.value >= today:
            found.setdefault(stated.field, stated)
    earliest, latest = found.get("earliest"), found.get("latest")
    if earliest and latest and earliest.value > latest.value:
        del found["earliest"]
    yield from found.values()


def _from_now(sentence: Sentence, today: date) -> Iterator[tuple[Stated, bool]]:
    """两周内, 十天后."""
    for field, pattern in (("latest", _WITHIN), ("earliest", _AFTER)):
        for count, unit, start, end in spans(pattern, sentence.folded):
            after = sentence.folded[end:]
            if not (_ELSEWHERE.match(after) or (field == "latest" and _REFUSED.match(after))):
                yield sentence.stated(field, ahead(today, count, unit), start, end), True
            sentence.take(start, end)


def _named(sentence: Sentence, today: date) -> Iterator[tuple[Stated, bool]]:
    """Named days with the words around them; False for those with no word that says which end they are."""
    found = periods(sentence.folded, today)
    at = 0
    while at < len(found):
        period, following = found[at], found[at + 1 : at + 2]
        before, after = sentence.folded[: period.start], sentence.folded[period.end :]
        at += 1
        if any(p.search(before) for p in (_BUSY_BEFORE, _DENIED_BEFORE)) or _REFUSED.match(after):
            continue
        if following and _TO.fullmatch(sentence.folded[period.end : following[0].start]):
            at += 1
            if period.last >= today:
                yield sentence.stated("earliest", period.first, period.start, period.end), True
                yield sentence.stated("latest", _end(period, following), *_span(following)), True
        else:
            field, day, more = _labelled(period, before, after) or _meant(period, before, after)
            if field:
                end = period.end + more
                # A period that has begun, 这个月, begins today.
                day = max(day, min(today, period.last))
                is_marked = field == "latest" or more > 0
                yield sentence.stated(field, day, period.start, end), is_marked
    for period in found:
        at_time = _AT_TIME.match(sentence.folded, period.end) if period.is_day else None
        sentence.take(period.start, at_time.end() if at_time else period.end)


def _span(following: Sequence[Period]) -> tuple[int, int]:
    return following[0].start, following[0].end


def _end(period: Period, following: Sequence[Period]) -> date:
    """The second of two days; 12月1号到20号 names the month once."""
    last = following[0].last
    if following[0].sort == "number" and last.day >= period.first.day:
        return period.first.replace(day=last.day)
    if last < period.first:  # 12月中旬到月底
        return plus_months(period.first.replace(day=1), 1) - timedelta(days=1)
    return last


def _labelled(period: Period, before: str, after: str) -> tuple[str, date, int] | None:
    """The day before the first day at work as the latest one, or 开始：12/15; None where neither is said."""
    if _STARTS.search(before) and not after.startswith(("之前", "以前", "前")):
        return "earliest", period.first, 0
    works = _WORK_AFTER.match(after)
    if works is None and not _WORK_BEFORE.search(before):
        return None
    return "latest", period.first - timedelta(days=1), works.end() if works else 0


def _meant(period: Period, before: str, after: str) -> tuple[str, date, int]:
    """Which field a day is, the day, and how many characters after it say so; no field for other days."""
    day_before = period.first - timedelta(days=1)
    is_point = period.is_day or period.sort == "edge"
    if marker := _LATEST_AFTER.match(after):
        if _ELSEWHERE.match(after, marker.end()):
            return "", period.first, 0
        is_before = "前" in marker[0] and not is_point
        return "latest", day_before if is_before else period.last, marker.end()
    if marker := _LATEST_BEFORE.search(before):
        is_before = marker[0].strip().endswith(("before", "赶在")) and not is_point
        return "latest", day_before if is_before else period.last, 0
    marker = _EARLIEST_AFTER.match(after)
    if marker or _EARLIEST_BEFORE.search(before):
        is_after = not period.is_day and (
            marker is None or ("后" in marker[0] and period.first.day not in _MIDDLE)
        )
        first = period.last + timedelta(days=1) if is_after else period.first
        return "earliest", first, marker.end() if marker else 0
    if _DONE_AFTER.match(after) or _ELSEWHERE.match(after):
        return "latest" if _DONE_AFTER.match(after) else "", period.last, 0
    return "earliest", period.first, 0
