"""How many people and which level, read out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matching import text as words
from matching.sentences.reading import NUMBER, TAKEN, Sentence, Stated, number

_CLASSIFIER = r"(?:(?<=[俩仨])人?|各(?=人)人|个人|个|名额|名|人|位|号人|口人|口子|口|条友)"

_NOT_HEADS = (
    r"(?!月|小时|课时|学时|钟|礼拜|星期|周末|工位|班(?!组?长)|批|证|钱|级(?!技工)|点|阶段|项目"
    r"|厂(?!长)|公司|店(?![员长])|车间(?!主任)|工种|地方|晚上|方案|模块|问题"
    r"|电话|名字|"
    r"标准|牌|校区|园区|街道|部门(?!经理|主管)|岗位|机台|机房|上午|下午|白天|天|半天|周|季度|学期|单位|品牌"
    r"|工序|步骤|方面|单|柜(?!姐|员)|站|考点|方向|专业|等级|小店|小区"
    r"|楼盘|档口|铺|分厂|仓(?!管|务|储|库)|门店|还是|已经|辞职|离职|请假)"
)

_HEADS = re.compile(
    rf"(?P<total>总共|一共|合共|共计|合计|共|总计|总人数|人数|人員|报名人数?|altogether"
    rf"|in total)?(?:有|要|是|约|大概|大约"
    rf"|[:： ])*"
    rf"(?P<low>{NUMBER})(?P<about>来|多"
    rf"|几)?(?:\s*(?:[-~到至—–]"
    rf"|、(?=\d个?人))\s*(?P<high>{NUMBER}))?\s*{_CLASSIFIER}{_NOT_HEADS}(?P<total_after>左右)?"
)

_HEADS_AFTER = re.compile(
    rf"(?:师傅|员工|工人|学员|人员|学徒|阿姨|操作工|电工|焊工|车工|钳工|司机|保安|文员|客服|主播"
    rf"|护理员|普工|组长|班长|技术员|厨师|月嫂|headcount"
    rf"|pax)\s*[:：x×*]?\s*(?P<low>\d{{1,3}})(?=$|[，。,;；!！ 、\n{TAKEN}])"
)

# Without a classifier: 人数是3, 人数从25改为22.
_HEADS_SAID = re.compile(
    rf"(?:(?<!不)(?:确定|敲定|暂定)|(?:人数|名额)(?:[^。;；!！?？\n]{{0,10}}现在|[^。;；!！?？\n\d]{{0,6}}(?:错|不对)[^。;；!！?？\n\d]{{0,3}})?|改[为成到]|变成?|[加减增调]到)(?:更新|暂?定|大约"
    rf"|是|为|有"
    rf"|约|大概|到|[:： ])*"
    rf"(?P<low>{NUMBER})(?=$|[，。,;；!！/|吧了、\s{TAKEN}]|不是)"
)

_ENGLISH_HEADS = re.compile(
    rf"(?<![a-z0-9.\-/])(?P<low>{NUMBER})(?:\s*(?:-|to)\s*(?P<high>{NUMBER}))?\s+(?:(?:of|new"
    rf"|more|our|junior|senior|intermediate|skilled|female|male|young|night|shift|cnc|smt|plc"
    rf"|e-commerce|warehouse|forklift|injection|mould|mold|maintenance|quality|line|production"
    rf"|machine|office|kitchen|property|care|elderly|live|production)[\s-]+){{0,3}}"
    r"(?:people|persons?|pax|staff|workers|guys|employees|trainees|operators?|welders?"
    r"|electricians?|technicians?|drivers?|turners?|machinists?|fitters?|clerks?|cooks?|chefs?"
    r"|nannies|nurses?|carers?|caregivers?|inspectors?|assemblers?|fellows|colleagues"
    r"|accountants?|guards?|students?|ppl|men|women|participants|apprentices|ladies|girls|boys"
    r"|streamers|hosts|programmers?|mechanics|opticians|millers|grinders|setters|engineers"
    r"|supervisors|baristas?|waiters?|waitress(?:es)?|cleaners?|cashiers?|bakers?|packers?)(?![a-z])"
)

# Any other plural after a number, `three goldsmiths`, that is not a measure.
_PLURAL = re.compile(
    rf"(?<![a-z0-9.\-/])(?P<low>{NUMBER})\s+(?!(?:hours?|hrs|days?|weeks?|months?|years?|km"
    rf"|kms|kilomet\w+|batch\w*|groups?|classes|shifts?|machines?|floors?|evenings?|nights?|"
    r"mornings?|afternoons?|sets?|times|sessions?|levels?|points?|yuan|minutes?|lines?"
    r"|stations?|branches|sites?|shops?|factories|plants?|places|units?|pcs|pieces|modules?"
    r"|rooms?|dollars?|rmb|others|options?)\b)[a-z-]+s(?![a-z])"
)

_MEANT = re.compile(
    r"(?:其中[^，。,;；!！?？\n\d]{0,6}|现在|目前|确定的?|那就|[先要想][来报送派上]|[送派抽挑选出]|这次"
    r"|这回|剩下|只?剩|实际"
    r"|最后)(?:有|是|就|只|的"
    r"|来|报|了|上课|听课)*$|(?:only|just)\s*$"
)

_SMALL_GROUP = 50  # what a firm says of itself without 要培训 is its size from here on
_MONEY_END = re.compile(r"[每元块\d]$")
_FIRM_SIZE = re.compile(
    r"(?:公司|工厂|厂|店|车间(?=[一总]?共)|单位|企业|酒店|全员|司)里?(?:一共|总共|大概|约|共"
    r"|现|有)*$"
)
_ALONE = re.compile(
    r"just me|only me|myself|(?:就|只有?)我(?:自己|一个人?|1个人?)|我(?:就|自己)一个人?"
)

# 每班20个人: how full a class or a shift is.
_PER_GROUP = re.compile(
    r"每个?(?:[班批组期次台天家店间厂]|门店|车间|部门|分[店厂])(?:最[多少]|至少|大概|大约|约|有|坐|[各出派送来选抽去报])*$"
)
_INSTEAD = re.compile(r"(?:都|，|,)?(?:改|变|换|[加减增调]到|增加到)[为成到]?$")
_DENIED_COUNT = re.compile(r"(?:不是|而非|没有)$")
_PRICE_BEFORE = re.compile(
    r"(?:[钱费价块]|多少)[^，。,;；!！?？\n]{0,3}$|[考拿办搞弄开]$"
)  # or 考一个
_PRICE_AFTER = re.compile(
    r"个?(?:老师|班)|个?人?(?:的|要|得)?(?:学费|费用|多少|几多|几钱|收费|什么价|补|减)"
)

_TIMES = re.compile(r"(?<=[a-z\u4e00-\u9fff\s])[x×*]\s?(?P<low>\d{1,3})(?=$|[，。,;；!！\s.])")

# Certificates to be renewed, each somebody's: 4本都要复审.
_PAPERS = re.compile(
    rf"(?P<low>{NUMBER})\s?[本张](?:证|操作证|上岗证|电工证|叉车证|焊工证)?(?=$|[，。,;；!！\s{TAKEN}都要到过复年换])"
)
_RENEWED = re.compile(r"复审|年审|复训|换证|到期|过期")
# 只送一个: nobody but a person is sent.
_ONE_SENT = re.compile(r"(?<![买赠])[送派来](?P<low>[一1])个(?=$|[，。,;；!！\s来去学])")
# 夫妻俩…两个人: the same people named by what they are to each other, then counted.
_PAIR = re.compile(r"(?:俩|仨|两口子)人?$")

_TRADE = r"[^，。,;；!！?？\n\x00\d]{1,11}[工员师机床手长]"  # the name of one, as it ends

# 叉车6 电工4: two trades or more, each with a bare number behind it.
_ONE = r"(?!原|现在|本来|改)[\u4e00-\u9fff]{2,5}(?<![月号日周晚点到级算少多时里操])\s?\d{1,2}"
_ROSTER = re.compile(
    rf"(?<![\u4e00-\u9fffa-z\d])(?:{_ONE}[、, +]\s?)+{_ONE}(?=$|[，。,;；!！ 、\n])"
)

# What may stand between one count and the next where each has its own level: 3个考中级2个考高级.
_OWN_LEVEL = re.compile(
    rf"(?:人|的)?(?:考|学|报|上|要)?[、,和]?{TAKEN}+[工的]?[、和,及跟还有加与\s]*(?:{_TRADE})?"
)

_ADDED = re.compile(
    r"[^，。,;；!！?？\n\d]{0,4}[，,]?(?:后来|现在)?(?:又|再|另外?|还要?)(?:加|增|添|多[报来])[了上]?"
)

# 3家店各派, 8个车间，每个车间出
_SHARES = re.compile(
    rf"({NUMBER})[家个间](?:[门分]?店|分?[厂校]|车间|部门|公司|商户|供应商)?[，,]?"
    r"(?:各|每[家个间店厂](?:[门分]?店|分?厂|车间|部门)?)[派出送来选抽有]*$"
)
_ANYBODY = re.compile(rf"{NUMBER}\s?[个名位]?(?:人|师傅|员工|工人|学员|学徒|同事|徒弟|新人|职工)")
_VAGUE = re.compile(
    r"[一二两三四五六七八九][一二两三四五六七八九](?:个|名|位|人)|十几|几十|好几|几(?:个|名|位)"
    r"|[二三四五六七八九两]?十几"
)

_TWO_LEVELS = re.compile(r"[初中高][、和与跟]?[初中高]级")

_LEVEL = re.compile(
    r"(?P<special>特级技师|首席技师|高级技师)|(?P<worker>(?:初|中|高)级(?:工(?!程|业|厂|艺|具"
    r"|地)|(?!一?点|定制|酒店|法院|餐厅"
    r"|会所|住宅|小区|经理|顾问|班[^，]{0,2}组长|管理|总监|时装|西装|写字|职称|服装))|学徒工)"
    r"|(?!(?<=往上[考升])一级|(?<=再[考升])一级)(?P<number>[一二三四五1-5])\s?级(?!代理|供应|市场|医院"
    r"|建造|消防|保密"
    r"|企业|资质|单位|棒"
    r"|片|标准|品|分销|经销|反应|能效|风险|响应"
    r"|地震|台风|公路|学科|安全|教育|保养|甲|联动|分类|密)"
    r"|(?P<typo>[一二三四五]及(?=$|[，。,;；!！、\s]))"
    r"|(?P<technician>(?<![的浴甲个名位摩发容])技师)(?=级别|的|班|有什么"
    r"|和|与|$"
    r"|[，。,;；!！、\s\x00证等级考]|\d)|(?:level|lv\.?|l)\s?(?P<english_number>[1-5])(?![\d.])"
    r"|(?P<english>junior|primary|elementary|beginner|intermediate|advanced|senior(?= (?:level"
    r"|grade|certificate|cert|worker|technician|electrician|welder|turner))|senior technician"
    r"|technician level)(?![a-z])"
)

_ENGLISH_RANKS = {
    "junior": 2, "primary": 2, "elementary": 2, "beginner": 2, "intermediate": 3, "advanced": 4, "senior": 4,
    "senior technician": 6, "technician level": 5,
}  # fmt: skip

_HELD_BEFORE = re.compile(
    r"(?:已经?有|已持|已拿|已取得|已经拿|持有|现有|都有|手上有|手里有|本来有|原来是|原来有"
    r"|目前是|现在是|本身是|本身有|考过|拿过|拿了|有了|(?<!没)有个?(?!没有)|(?<!还)是|持|从"
    r"|由|have|has|holds?|already|with)[^，。,;；!！?？\n]{0,8}$"
)

_CLASS_AFTER = re.compile(r"[^，。,;；!！?？\n]{0,4}[班课]")
_DENIED = re.compile(r"(?:不是|唔系|唔係|不系|不要|不用|不再?|(?<!级)别)(?:要|考|学|报)?$")

_UP = re.compile(
    rf"^(?!\s*{NUMBER}(?:个|名|位|人))[^，。,;；!！?？\n]{{0,3}}?(?:升|考|到|晋|提升|提到|想升|改|换|变"
    rf"|to|→|->|转)"
)

_ASKED = re.compile(r"(?:考|升|想|要|学|报|申报|冲|评|晋|办|拿|取)[^，。,;；!！?？\n]{0,5}$")


def read_heads(sentence: Sentence) -> Iterator[Stated]:
    """`heads`: a total where one is said, else the sum of what is listed with trades."""
    sentence.blank(_VAGUE)
    for roster in sentence.find(_ROSTER):
        yield sentence.stated("heads", sum(map(int, re.findall(r"\d+", roster[0]))), *roster.span())
        return
    found = [
        match
        for pattern in (_HEADS, _ENGLISH_HEADS, _HEADS_AFTER, _HEADS_SAID, _TIMES)
        for match in sentence.find(pattern)
        if 0 < number(match["low"]) < 1000 and not _is_each(sentence, match)
    ]
    found = found or list(sentence.find(_ONE_SENT))
    if not found and _RENEWED.search(sentence.folded):
        found = [m for m in sentence.find(_PAPERS) if 0 < number(m["low"]) < 1000]
    found = found or [m for m in sentence.find(_PLURAL) if number(m["low"]) > 1]
    for alone in sentence.find(_ALONE) if not found else ():
        yield sentence.stated("heads", 1, *alone.span())
        return
    found = [m for m in found if not _DENIED_COUNT.search(sentence.folded[: m.start("low")])]
    others = [m for m in found if not _FIRM_SIZE.search(sentence.folded[: m.start()])]
    found = others or [m for m in found if number(m["low"]) < _SMALL_GROUP]
    if not found:
        return
    found = sorted({match.start("low"): match for match in found}.values(), key=lambda m: m.start())
    total = [m for m in found if m.groupdict().get("total")]
    part = [m for m in found if _MEANT.search(sentence.folded[: m.start()])]
    listed = _listed(sentence, found[found.index(part[0]) :] if part else found)
    chosen = listed if part else total or listed
    if not part and _is_whole(sentence, found):
        chosen = found[:1]
    heads = int(sum(number(match["low"]) * _times(sentence, match) for match in chosen))
    yield sentence.stated("heads", heads, chosen[0].start(), chosen[-1].end())
    for match in found:
        sentence.take(*match.span())


def _is_whole(sentence: Sentence, found: list[re.Match[str]]) -> bool:
    """四个师傅，俩学钳工，俩学车工: the first count is the sum of the others."""
    first, *others = (number(match["low"]) for match in found)
    is_general = _ANYBODY.match(sentence.folded[found[0].start("low") :])
    return bool(is_general) and len(others) > 1 and first == sum(others)


def _shares(sentence: Sentence, match: re.Match[str]) -> re.Match[str] | None:
    return _SHARES.search(sentence.folded[: match.start()])


def _times(sentence: Sentence, match: re.Match[str]) -> int:
    """How many trades, or shops, `各3个` counts for."""
    if shares := _shares(sentence, match):
        return int(number(shares[1]))
    clause = re.split(r"[，。;；\n]", sentence.folded[: match.start()])[-1]
    return max(2, len(re.findall(r"[工员师手机]", clause))) if clause.endswith("各") else 1


def _is_each(sentence: Sentence, match: re.Match[str]) -> bool:
    """`一个人` beside money is a price a head, and `一个` before a thing counts things."""
    if _PER_GROUP.search(sentence.folded[: match.start()]) and not _shares(sentence, match):
        return True
    if match["low"] not in ("一", "1", "a", "one"):
        return False
    before, after = sentence.folded[: match.start()], sentence.folded[match.end("low") :]
    if match["low"] == "a" or re.match(r"个?\s*\d", after):
        return True
    if before.endswith(TAKEN) or re.match(rf"\w{{0,2}}{TAKEN}", after) or _MONEY_END.search(before):
        return True
    if _PRICE_BEFORE.search(before) or _PRICE_AFTER.match(after):
        return True
    return not re.match(
        r"个人|名|位|人|个(?:[做搞管]|学(?![校期])|考(?![点场试]))|[^，。,;；]{0,8}?(?:[工员师徒人]|司机|阿姨|主管)",
        after,
    )


def _same(one: re.Match[str], other: re.Match[str]) -> bool:
    return number(one["low"]) == number(other["low"])


def _listed(sentence: Sentence, found: list[re.Match[str]]) -> list[re.Match[str]]:
    """The first count with those that follow it in one list: 3个车工2个铣工."""
    chosen = [found[0]]
    for match in found[1:]:
        between = sentence.folded[chosen[-1].end() : match.start()]
        if _PAIR.search(chosen[-1][0]) and match[0].endswith("人") and _same(chosen[-1], match):
            continue
        if _OWN_LEVEL.fullmatch(between) or _ADDED.fullmatch(between):
            chosen.append(match)
            continue
        if _INSTEAD.match(between):
            chosen = [match]
            continue
        listed = re.fullmatch(
            r"[^，。,;；!！?？\n\x00]{1,10}[、和,，及跟还有加与\s+]*"
            rf"|\s*[、和+&,]\s*(?:[^，。;；\n\x00]{{0,6}}|{_TRADE})|[;；]{_TRADE}",
            between,
        )
        if (
            not listed
            or not re.search(r"[\u4e00-\u9fffa-z]", between)
            or re.search(r"其中|要|考|报|学|来|去|培训|最[多少]|[至顶][少多]|不超", between)
        ):
            break
        chosen.append(match)
    return chosen


def read_level(sentence: Sentence) -> Iterator[Stated]:
    """`level` as a rank, 2 = 五级 … 6 = 一级: the one asked for, not the one held; two are none."""
    sentence.blank(_TWO_LEVELS)
    found: list[tuple[re.Match[str], bool]] = []
    for match in sentence.find(_LEVEL):
        before, after = sentence.folded[: match.start()], sentence.folded[match.end() :]
        if _DENIED.search(before) or (_UP.match(after) and _LEVEL.search(after)):
            continue
        is_held = bool(_HELD_BEFORE.search(before) and not _ASKED.search(before))
        is_held = is_held and not _CLASS_AFTER.match(after)
        found.append((match, is_held))
    wanted = [match for match, is_held in found if not is_held] or [match for match, _ in found]
    asked = [m for m in wanted if _ASKED.search(sentence.folded[: m.start()])]
    if len({_rank(m) for m in wanted}) > 1 and len({_rank(m) for m in asked}) == 1:
        is_listed = re.match(
            r"[、，,或和跟]?[一二三四五1-5初中高]级", sentence.folded[asked[0].end() :]
        )
        wanted = wanted if is_listed else asked
    if len({_rank(match) for match in wanted}) == 1:
        yield sentence.stated("level", _rank(wanted[0]), *wanted[0].span())
    for match, _ in found:
        sentence.take(*match.span())


def _rank(match: re.Match[str]) -> int:
    if match["english"]:
        return _ENGLISH_RANKS[match["english"]]
    if match["english_number"]:
        return 7 - int(match["english_number"])
    rank = words.level_rank(match[0].replace(" ", "").replace("及", "级"))
    return rank or 5  # 技师
