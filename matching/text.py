"""What is known about scripts, widths, level words and pinyin; the only module that rewords text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from operator import add
from typing import TYPE_CHECKING

from matching import sounds

if TYPE_CHECKING:
    from collections.abc import Callable

_HAN = re.compile(r"[㐀-鿿]")
_HANS = re.compile(r"[一-鿿]+")
_RUN = re.compile(r"[㐀-鿿]+|[a-z0-9+#]+")
_GAP = re.compile(r"[\s_·•・\-—–()（）\[\]【】{}<>《》「」“”\"'`*#|/\\:：.~]+")
_SEGMENT = re.compile(r"[,，。;；!！?？、\n\t+]+")
_LEVEL = re.compile(
    r"(?P<special>特级技师|首席技师|高级技师)"
    r"|(?P<worker>[初中高]级工?|学徒工)(?:证书?)?"
    r"|(?P<number>[一二三四五1-5])级(?:工|证)?"
    r"|(?P<technician>技师)$"
)
_LEVEL_RANKS = {
    "学徒工": 1, "初级": 2, "中级": 3, "高级": 4, "技师": 5, "高级技师": 6, "特级技师": 7, "首席技师": 8,
}  # fmt: skip
_NUMBER_RANKS = {
    "五": 2,
    "四": 3,
    "三": 4,
    "二": 5,
    "一": 6,
    "5": 2,
    "4": 3,
    "3": 4,
    "2": 5,
    "1": 6,
}
_SEAT = r"^(?:[㐀-鿿]{2,3}省)?(?:[㐀-鿿]{2,3}市)?(?:[㐀-鿿]{2,3}区)?(?=[㐀-鿿]{2})"
_FORM = re.compile(r"(?:股份|有限|责任|集团|分)*公司$")
_SORT = re.compile(
    r"(?:职业|技能|技术|技师|技工|高级|中等|专业|培训|教育|评价|鉴定|考核|实训|服务)*"
    r"(?:学校|学院|中心|基地|职校|技校|所|站)$"
)

# What a need sentence says around the trade: heads, money, times, places, and the asking itself.
_NOISE = (
    r"(?:月薪|底薪|工资|薪资|包吃住?|包住|五险一金|双休|急聘|诚聘|高薪)[^\s]*",
    r"(?:预算|费用|价格|不超过|控制在)?(?:约|大概)?\d+(?:\.\d+)?(?:元|块钱?|rmb)(?:以内|左右)?(?:/|每)?(?:人|个人|头)?",
    r"(?:大概|大约|约|共|总共|一共)?\d+(?:多|来|几)?(?:个人|个|名|人|位)(?:左右|以上)?(?:老?师傅$)?",
    r"(?:大概|大约|约)?[一二两三四五六七八九十]+(?:个人|名|位|个)(?!月|级|星期)(?:老?师傅$)?",
    r"\d{1,4}年?\d{1,2}月(?:\d{1,2}[日号])?(?:底|初|中旬|份)?(?:之?前|以?后|开始|开班)?",
    r"(?:下个?|这个?|本)(?:月底|月初|月|周|星期|季度)(?:之?前|以?后|开始|开班)?|(?:春节|元旦|国庆|五一|年)(?:前|后)",
    r"(?:工作日|平时|平常|周[一二三四五六日天末]|星期[一二三四五六日天]|礼拜[一二三四五六日天]|双休日|每天|每周)"
    r"(?:[、和到至]?(?:周|星期)?[一二三四五六日天])*(?:的)?(?:白天|晚上|夜里|上午|下午|全天|晚)?",
    r"(?:白天|晚上|夜里|夜班|上午|下午|下班后|业余时间)",
    r"[㐀-鿿]{2,4}?(?:附近|周边|这边|那边|一带|这里)",
    r"(?:就近|尽快|越快越好|最好|麻烦|谢谢|请问|你好|您好)",
    r"(?:上课|开课|上班)",
    r"^.{0,12}?(?:公司|工厂|厂|店|酒店)(?=招)",
    r"^(?:我们|我|本)?(?:公司|工厂|厂里?|店里?|单位|这里?|车间)?(?:有|想|要|需要?|打算|准备|计划|希望)?"
    r"(?:请|找|给|让|派|送|安排|组织|培训|招聘|招收|招工|招人|急招|急需|招|缺|学习?|报名?|考个?|考取|办|了解)+(?:一批|一些|几个?)?(?:新?员工|工人)?(?:去|来)?(?:学习?|考个?|参加)?",
    r"^(?:需要|想要?|要)(?:学习?|考取?|报)?",
    r"(?:去)?(?:做|搞|参加|进行)(?:个|一下|一期|一次)?(?:技能)?培训$",
    r"(?:要|需要?|想|能|可以|并|并且|还)?(?:考|拿|取得?|带|发|有)(?:个)?(?:职业)?(?:资格|技能等级|等级|操作|上岗)?(?:证书?)$",
)
_TAIL = (
    r"(?:(?:职业)?(?:技能|资格|操作|上岗|从业|岗位)*(?:等级|提升)?(?:证书|证|培训班?|取证班?|考证|课程|班|学习|"
    r"认定|鉴定|考核|实操|入门|基础|提高班?|进修班?|速成班?|技能))+(?:第?\d+期)?$"
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Noise, compiled when the first sentence is read: no desk need wait for that."""
    return tuple(map(re.compile, _NOISE))


def fold(text: str) -> str:
    """One form for the same text: NFKC, lower case, simplified, without marks and blanks between Han."""
    if _is_plain(text):
        return text
    wide = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", join(_GAP.sub(" ", to_simplified(wide))))


def _is_plain(text: str) -> bool:
    """Whether a text is nothing but characters that GB 2312 holds, which have one form only."""
    if _HANS.fullmatch(text) is None:
        return False
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def join(text: str) -> str:
    """Drop blanks except between two Latin words."""
    return re.sub(r"(?<![a-z0-9]) +| +(?![a-z0-9])", "", text.strip())


def segments(text: str) -> list[str]:
    """The folded parts of a sentence between its punctuation marks, empty ones left out."""
    wide = unicodedata.normalize("NFKC", text)
    return [part for part in map(fold, _SEGMENT.split(wide)) if part]


def without_noise(folded: str) -> str:
    """A folded segment without the words that say how many, when, where and how much."""
    for pattern in _patterns():
        folded = pattern.sub(" ", folded)
    return join(folded)


def without_tail(folded: str) -> str:
    """A folded segment without a closing certificate or class word; itself when nothing else is left."""
    return join(re.sub(_TAIL, "", folded)) or folded


def without_form(folded: str) -> str:
    """A firm's name without the place before it and the form of company behind it: what people call it by."""
    return _FORM.sub("", re.sub(_SEAT, "", folded)) or folded


def own_name(folded: str) -> str:
    """What tells a school or firm from others of its sort: no place, form of company or sort of school."""
    return without_form(_SORT.sub("", folded) or folded)


def split_level(folded: str) -> tuple[str, int | None]:
    """Take level words out of folded text: what is left, and the rank of the level (2 = 五级 … 6 = 一级)."""
    rank: int | None = None
    for found in _LEVEL.finditer(folded):
        rank = _rank_of(found)
    return (join(_LEVEL.sub(" ", folded)), rank) if rank else (folded, None)


def level_rank(text: str) -> int | None:
    """The rank that level words in any text mean, None where there are none."""
    return split_level(fold(text))[1]


def _rank_of(found: re.Match[str]) -> int:
    if found["number"]:
        return _NUMBER_RANKS[found["number"]]
    word = found["special"] or found["technician"] or found["worker"]
    return _LEVEL_RANKS[word if word in _LEVEL_RANKS else word.removesuffix("工")]


def to_simplified(text: str) -> str:
    """Simplified characters; the converter is loaded only for text that GB 2312 cannot hold."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return _converter()(text) if _HAN.search(text) else text
    return text


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    return lambda text: str(convert(text))


# Characters of trade words whose sound depends on the word; all others sound alike everywhere.
_POLYPHONES = frozenset(
    "调重长行乐数弹传处分干供卷量率模磨便藏朝盛切曲参散扇属铺系相降校血单圈载转塞扎作种着中空漂片屏强埋蒙"
    "都会还和薄剥泊卜差颤称畜创答大待倒得地钉斗度恶发佛给更合红哄华划化晃几夹假见将角教结解尽劲据觉卡看"
    "壳可枯拉落累勒了粒俩淋笼露绿论脉没闷泌秘难尿宁弄排刨炮喷撇仆曝瀑栖奇茄巧亲翘圈任撒丧色煞厦上少舍"
    "什识似熟刷宿遂提挑帖通吐瓦为尾吓纤鲜巷削吁旋沿要叶饮应晕炸占涨折只钻琢轧核石禅番冠观横哈吗嘛万"
)


def pinyin(folded: str) -> str:
    """Syllables of folded text, one a Han character, blanks between; Latin words stay as they are."""
    if _POLYPHONES.isdisjoint(folded):
        parts = re.findall(r"[㐀-鿿]|[^㐀-鿿\s]+", folded)
        return " ".join(sounds.alone(part) if _HAN.match(part) else part for part in parts)
    return " ".join(part.strip() for part in sounds.of(folded) if part.strip())


def sound_key(syllables: str) -> str:
    """Pinyin without blanks and without the differences that many speakers do not make (zh/z, ng/n …)."""
    letters = syllables.replace(" ", "")
    return re.sub(r"([zcs])h|(n)g(?![aeiou])", lambda m: m[1] or m[2], letters)


def initials(syllables: str) -> str:
    """First letters of the syllables that `pinyin` returns."""
    return "".join(part[0] for part in syllables.split())


# A closing n or g goes to the next syllable where a vowel follows: renneng is ren neng.
_SYLLABLE = (
    r"(?:(?:[zcs]h?|[bpmfdtnlgkhjqxryw])"
    r"(?:(?:[iu]ang|i?ong|[aei]ng|[iu]an|[aeiu]n)(?![aeiouv])|i?ao|uai|[ae]i|i[aeu]|ou|u[aeio]|ve|[aeiouv])"
    r"|(?:ang?|eng?)(?![aeiouv])|a[io]|er|ou|[aeo])"
)
_TYPED_PINYIN = re.compile(f"{_SYLLABLE}+")


def syllables(letters: str) -> str:
    """Letters that may be typed pinyin, parted as `pinyin` parts them; nothing for other letters."""
    if not _TYPED_PINYIN.fullmatch(letters):
        return ""
    return " ".join(re.findall(_SYLLABLE, letters))


def pairs(folded: str) -> list[str]:
    """Character pairs of Han runs, with single characters of lone ones, and whole Latin words."""
    found: list[str] = []
    for run in _RUN.findall(folded):
        if run[0] < "\u3400" or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def terms(folded: str) -> list[str]:
    """Single characters and pairs of Han runs and whole Latin words, as the occupation index counts them."""
    found: list[str] = []
    for run in _RUN.findall(folded):
        if run[0] < "\u3400":
            found.append(run)
        else:
            found += run
            found += map(add, run, run[1:])
    return found


def is_latin(folded: str) -> bool:
    """Whether the text holds no Han character."""
    return _HAN.search(folded) is None
