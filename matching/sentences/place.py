"""Where the training should be, read out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from matching.sentences.reading import Sentence, Stated

_NEAR = re.compile(
    r"(?P<place>(?:(?!在|离|到|去|是|的|来|就|我们|公司|想|要|从|最好"
    r"|上课)[\u4e00-\u9fff]){2,6}?)(?:街道|工业区|工业园"
    r"|科技园|产业园|园区|地铁站?|高铁站|火车站|片区|片|中心城)*(?:附近|周边|这边|那边|一带|旁边"
    r"|就近|左近|嗰边|呢边)"
)

_FROM = re.compile(
    r"离(?P<place>(?!我们|公司|厂|你们|这|那|家)[\u4e00-\u9fff]{2,5}?)(?=\x00"
    r"|[\d一二两三四五六七八九十]+公里|不要|不能|别|太|远|近|不超)"
)
_LANDMARK = re.compile(r"^(?:广场|中心城|中心)")

_NO_PLACE = re.compile(
    r"公司|厂|你们|学校|哪|没有|单位|店|附近|老师|机构|他|我|你|多|啊|吗|呢|吧|什么|几|自己|师傅"
    r"|员工|工人|医院|宿舍|电子|科技|五金|塑胶|实业"
    r"|物业|集团|模具|家里?$|住处|地方|周围|政府"
)

_NEAR_NOISE = re.compile(
    r"^(?:最好|就|在|我们|我哋|公司|工厂|厂里?|想|要|离|就在|都|来|到|希望|人|能|地点|上课|安排"
    r"|可以|地铁|住|全部?|都在|家|店|在的|地址|位置|从"
    r"|培训|场地|[是的，个了])+"
)

_BEFORE_PLACE = re.compile(
    r"(?:在|离|到|去|来自|位于|地点|区域|地址|位置|near|\bin|\bat|around|from|\bto|\bof|就|住|围"
    r"|选|喺|系)(?:[:：\s]|是|最好"
    r"|在|the )*$"
)

_AFTER_PLACE = re.compile(
    r"^(?:街道|区|镇|新区|工业区|工业园|科技园|产业园|园区|园|片区|片|社区|村|中心城|中心区|广场"
    r"|地铁站?|站|高铁站|老街|旧墟|墟)*(?:这边|那边|附近"
    r"|周边|一带|这里|这|那|旁边|就近|左近|的|里|内|呢边|嗰边|最好|就行|优先|离|上课|培训|学"
    r"|开班|有|area|district|or|$"
    r"|[，。,;；!！?？、\s\n\x00)）/+]|\d|或|和|都|也|不|可以|为主|就|眼镜|人|工)"
)

_SIGN_AFTER = re.compile(
    r"^(?:[\u4e00-\u9fff]{1,3}(?=这边|那边|附近))?(?:街道|工业区|工业园|片区?|中心城|广场"
    r"|地铁站?)*(?:这边|这里|那边|附近|周边"
    r"|一带|街道|工业区|工业园)"
)

_FIRM_AFTER = re.compile(
    r"^(?!(?:眼镜|电子|五金|首饰|家具|玩具|注塑|模具|塑胶|服装|机械|印刷|珠宝|食品"
    r"|制衣)厂)(?:(?!的)[\u4e00-\u9fff]){0,8}?(?:公司|厂(?!附近|旁)|电子(?!厂?附近)|科技(?!园)"
    r"|五金|塑胶|实业|酒店|物业|集团"
    r"|精密|模具厂|家政|餐饮|首饰厂|眼镜厂|珠宝|光学|有限|工艺|制品|机械厂|物流公司|养老院"
    r"|幼儿园|医院)"
)


def read_place(sentence: Sentence, places: Mapping[str, str]) -> Iterator[Stated]:
    """`area`: a known place by its code, or the words before 附近 as they are."""
    names = sorted(places, key=lambda name: (-len(name), name))
    known = (
        re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, names))})(?![a-z])") if names else None
    )
    fallback: Stated | None = None
    for found in sentence.find(known) if known else ():
        before, after = sentence.folded[: found.start()], sentence.folded[found.end() :]
        is_told = bool(_SIGN_AFTER.match(after) or _BEFORE_PLACE.search(before))
        if _FIRM_AFTER.match(after) and not _SIGN_AFTER.match(after):
            continue
        if known is not None and after[:1] == "区" and known.match(after[1:]):
            continue  # 龙岗区坪地: the street says it more exactly
        if not (is_told or _AFTER_PLACE.match(after)):
            continue
        landmark = _LANDMARK.match(after)
        end = found.end() + (landmark.end() if landmark else 0)
        told = sentence.stated("area", places[found[0]], found.start(), end)
        if is_told:
            yield told
            return
        fallback = fallback or told
    if fallback:
        yield fallback
        return
    for found in (*sentence.find(_NEAR), *sentence.find(_FROM)):
        name = _NEAR_NOISE.sub("", found["place"])
        if len(name) >= 2 and not _NO_PLACE.search(name):
            start = found.start("place") + found["place"].rfind(name)
            yield sentence.stated("area", None, start, start + len(name))
            return
