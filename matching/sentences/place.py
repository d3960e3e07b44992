"""Where the training should be, read out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from matching.sentences.reading import Sentence, Stated

_NEAR = re.compile(
    r"(?P<place>(?:(?!在|离|到|去|是|的|来|就|我们|公司|想|要|从|最好"
    r"|上课)[\u4e00-\u9fff]){2,6}?(?:工业区|工业园|科技园|产业园|地铁站|高铁站|火车站)?)"
    r"(?:街道|园区|地铁|片区|片|中心城)*(?:附近|周边|这边|那边|一带|旁边"
    r"|就近|左近|嗰边|呢边)"
)

_FROM = re.compile(
    r"离(?P<place>(?!我们|公司|厂|你们|这|那|家)[\u4e00-\u9fff]{2,5}?)(?=\x00"
    r"|[\d一二两三四五六七八九十]+公里|不要|不能|别|太|远|近|不超)"
)
_AT = re.compile(
    r"(?:地点|地址|位置)(?:[:：\s]|选|定|放|是|在|为|以)*(?P<place>[\u4e00-\u9fff]{2,5}?)(?=$|为[主宜佳好]"
    r"|[，。,;；!！?？/|\s])"
)
_LANDMARK = re.compile(
    r"^(?:中心城|中心|[\u4e00-\u9fff]{0,2}(?:广场|地铁站|高铁站|物流园|工业区|工业园|科技园|产业园))"
)

_NO_PLACE = re.compile(
    r"公司|厂|你们|学校|哪|没有|单位|店|附近|老师|机构|他|我|你|多|啊|吗|呢|吧|什么|几|自己|师傅"
    r"|员工|工人|医院|宿舍|电子|科技|五金|塑胶|实业"
    r"|物业|集团|模具|家里?$|住处|地方|周围|政府|[厨客机库]房|后厨|会计|财务|仓库?$|车间|办公室|前台|食堂"
    r"|饭堂|产线"
    r"|[部科组线工员师总]$|待定|都行|不限|随便|会议|人事|行政|采购|销售|生产|品质|老板|同事|朋友|客户"
)

_NEAR_NOISE = re.compile(
    r"^(?:最好|就|在|我们|我哋|公司|工厂|厂里?|想|要|离|就在|都|来|到|希望|人|能|地点|上课|安排"
    r"|可以|地铁|住|全部?|都在|家|店|在的|地址|位置|从|以"
    r"|培训|场地|[是的，个了])+"
)

_BEFORE_PLACE = re.compile(
    r"(?:在|离|到|去|来自?|位于|地点|区域|地址|位置|near|\bin|\bat|around|from|\bto|\bof|就|住|围"
    r"|选|喺|系|改|换)(?:[:：\s]|是|最好"
    r"|在|the )*$"
)

_AFTER_PLACE = re.compile(
    r"^(?:街道|区|镇|新区|工业区|工业园|科技园|产业园|园区|园|片区|片|社区|村|中心城|中心区|广场"
    r"|地铁站?|站|高铁站|老街|旧墟|墟)*(?:这边|那边|附近"
    r"|周边|一带|这里|这|那|旁边|就近|左近|的|里|内|呢边|嗰边|最好|就行|优先|离|上课|培训|学"
    r"|开班|有|area|district|or|$"
    r"|[，。,;；!！?？、\s\n\x00)）/+]|\d|或|和|都|也|不|[做开搞]|可以|为[主宜佳好]|[一几]家|我们|咱们|就|眼镜|人|工|吧|啊|哈|了|行(?!业)|得)"
)

_SIGN_AFTER = re.compile(
    r"^(?:[\u4e00-\u9fff]{1,3}(?=这边|那边|附近))?(?:街道|工业区|工业园|片区?|中心城|广场"
    r"|地铁站?)*(?:这边|这里|那边|附近|周边"
    r"|一带|街道|工业区|工业园)"
)

_FIRM_AFTER = re.compile(
    r"^(?!(?:街道|这边|那边)?(?:一家|我们|咱们|[做开搞])|(?:眼镜|电子|五金|首饰|家具|玩具|注塑|模具|塑胶|服装|机械|印刷|珠宝|食品"
    r"|制衣)厂)(?:(?!的)[\u4e00-\u9fff]){0,8}?(?:公司|厂(?!附近|旁)|电子(?!厂?附近)|科技(?!园)"
    r"|五金|塑胶|实业|酒店|物业|集团"
    r"|精密|模具厂|家政|餐饮|首饰厂|眼镜厂|珠宝|光学|有限|工艺|制品|机械厂|物流公司|养老院"
    r"|幼儿园|医院)"
)

# Part of the name of a road or an institution: 龙岗大道2088号, 龙岗培训中心.
_NAME_AFTER = re.compile(
    r"^(?:区|街道|镇)?(?:[\u4e00-\u9fff]?大道|[东西南北中]?路|街(?!道)|(?:职业|技能|技工|高级"
    r"|第[一二三四五六]|人民|中医)*"
    r"(?:培训中心|培训学校|培训机构|技校|学校|职校|学院|医院|驿站|图书馆|税务局|社保局|人社局|政府|体育馆"
    r"|会展|事务所))"
    r"(?!附近|旁|周边|对面|那边|这边|一带)"
)
# Where somebody lives or works, which another place that is named may come before.
_HOME_BEFORE = re.compile(r"(?:住在?|[家厂]在|上班在|总部在|公司在|办公室在|工厂在)$")
_HOME_AFTER = re.compile(r"^(?:这边|那边)?(?:上班|住)")
# A place that will not do: 不在坂田了, 去横岗不方便, 坪地太远.
_REFUSED_BEFORE = re.compile(
    r"(?:不在|不去|不到|不是在?|不来|别去|除了|不要|别放|不放|不要放|不想去|不要去|别在|不用去)(?:了|去)?$"
)
_REFUSED_AFTER = re.compile(
    r"^(?:街道|那边|这边|那里|上课|就|实在|有点|真的|离|也|都)*(?:太远|不方[便变]|去不了|不去|不要了"
    r"|不考虑|远了|算了|不上|过不去|不行)"
    r"|^[^，。,;；!！?？\n]{0,8}(?:[办考学报]过|[办考学报买]的(?!话|人|员|是)|毕业)"
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
        if _REFUSED_BEFORE.search(before) or _REFUSED_AFTER.match(after):
            continue
        if _NAME_AFTER.match(after) or (_FIRM_AFTER.match(after) and not _SIGN_AFTER.match(after)):
            continue
        if known is not None and after[:1] == "区" and known.match(after[1:]):
            continue  # 龙岗区坪地: the street says it more exactly
        if not (is_told or found[0].endswith("街道") or _AFTER_PLACE.match(after)):
            continue
        landmark = _LANDMARK.match(after)
        end = found.end() + (landmark.end() if landmark else 0)
        told = sentence.stated("area", places[found[0]], found.start(), end)
        is_home = _HOME_BEFORE.search(before) or _HOME_AFTER.match(after)
        if is_told and not is_home:
            yield told
            return
        fallback = fallback or told
    if fallback:
        yield fallback
        return
    for found in (*sentence.find(_NEAR), *sentence.find(_FROM), *sentence.find(_AT)):
        name = _NEAR_NOISE.sub("", found["place"])
        if len(name) >= 2 and not _NO_PLACE.search(name):
            start = found.start("place") + found["place"].rfind(name)
            yield sentence.stated("area", None, start, start + len(name))
            return
