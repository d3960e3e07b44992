"""Certificate, mode and splitting, read out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matching.sentences.reading import NUMBER, TAKEN, Sentence, Stated

_NO_CERTIFICATE = re.compile(
    r"不是(?:为了|要|想)?(?:考|拿)证|不(?:拿|考|取|办|发|出)证|(?:不(?:用|要求|要|需要?|必|想"
    r"|打算|强求|求|是为了)|无需|无须|毋须|唔使|唔要|不一定要|没必要|用不着)(?:他们"
    r"|大家)?(?:去|再)?(?:考|拿|取|有|带|发|出|办)*[^，。,;；!！?？\n]{0,3}(?:证书?|考试"
    r"|牌)(?!件|明|复印)"
    r"|(?:不|唔)考(?:证|试|牌|了(?![^。!！?？\n]*考))|证书?(?:就|也|都|先|我们|他们|她们"
    r"|大家)*(?:没有?什?么?用|没所谓|不用|不要"
    r"|不需要|无所谓"
    r"|可有可无|不重要|免了|算了)|(?:no|without"
    r"|don't need (?:a |any )?|not need (?:a |any )?|no need (?:for|of) (?:a "
    r"|any )?)\s?(?:certificate|cert|exam|licen[cs]e)s?"
    r"(?: (?:needed|required|necessary))?|(?:certificates?|certs?) (?:is |are )?not (?:needed"
    r"|required|necessary)"
)

_OPEN = r"(?:都|也|还)?(?:行|可以|没关系|无所谓|随便|[再另]说|[再没未]定|看情况|没想好|到时)"
_UNDECIDED = re.compile(
    rf"证书?(?:要不要|有没有|[拿考办]不[拿考办]){_OPEN}|[拿考办要]不[拿考办要](?:这?个)?证书?{_OPEN}"
    r"|证书?(?:的事)?(?:以后|后面|先|暂时|回头|到时候?)(?:再[说定看]|不急|放一放)"
)
_LACKS = re.compile(
    r"(?:没有?|无|未取得|还没有?|未有"
    r"|冇)[^，。,;；!！?？\n]{0,6}证|(?:证|證)(?:都|也)?(?:没有"
    r"|还没|没拿|过期|丢了)"
    r"|no licen[cs]es? yet"
)

_HAS = re.compile(
    r"(?:已经?有|都有|本身有|持有|手上有|手里有|有了|已拿到?|已经拿到?|已取得|已经考到?了?"
    r"|原来有|现有|考过|持(?=[初中高一二三四五])"
    r"|(?<![须要得需没])有个?(?!限))(?:(?!要|想|[考办学拿]个?)[^，。,;；!！?？\n]){0,10}?证(?:书|了"
    r"|的)?(?!要|需)"
)

_CERTIFICATE = re.compile(
    r"(?:考|拿|取|要|办|带|发|出|包|换|补|领|攞|搞|弄|有|需要?|取得|得到?|给|想要|获取?|持"
    r"|学完)(?:个|一个|到|得|的|本|张|了|齐"
    r"|有)?[^，。,;；!！?？\n 、]{0,12}?(?<![身许凭保验认论签见公查求印])证(?!明|券|件|据|实|监"
    r"|人)(?:书)?"
    r"|(?<![身许凭保验认论签见公查求印收])证书?(?=(?:都|也|就)?(?:要|得|需|必须|考|办|拿|必需"
    r"|是必须|能|可以))|考(?:个|取|到"
    r"|出)?(?:职业)?(?:技能)?(?:等级)?(?:初级|中级|高级|技师|[一二三四五1-5]\s?级)"
    r"|(?:[一二三四五1-5]级|[初中高]级工?|上岗|操作|特种作业|保安|安全员|急救|[高低]压|资格|等级|技能"
    r"|叉车|电工"
    r"|焊工|驾驶|消防|电梯|制冷|高处"
    r"|从业|n1|t证)证(?!明)|复审|年审|复训|考牌"
    r"|考试拿牌|考(?:[^，。,;；!！?？\n 、]{0,3})(?:[一二三四五1-5]\s?级|[初中高]级|技师)"
    r"|(?<!不)(?<!免)考(?:证|試|n1|低压"
    r"|高压)|持证|发证|拿本|要本|上岗证|有证上岗"
    r"|(?:(?<![思参备补大高中联统月核抽])考(?![虑察勤核研古场官究证的])"
    r"|[要想去得]考)(?![虑察勤核研])(?!过(?!完))|(?:作业|操作|等级|资格"
    r"|上岗|从业|技能|[工员师机])证(?!明|件|券)|证书?[^，。,;；!！?？\n过没]{0,6}要(?!是)"
    r"|certificat\w*|\bcerts?\b"
    r"|licen[cs]\w*|certified|exam\b|(?:take|sit|pass) the (?:\w+ )?exam|(?:take|sit) the (?:level"
    r"|intermediate|junior|senior)"
)

_SITE = "公司|厂|店|工地|仓库?|小区|酒店|饭店|餐厅|车间|单位|会所|作坊|工厂|食堂|饭堂|门店"
_MODES = {
    "blended": re.compile(
        r"线上线下(?:结合|相结合|混合|都)?|线上\+线下|(?:理论|文化课)[^，。;；\n]{0,6}(?:网课"
        r"|线上|网上|在线|直播"
        r"|online)[^。;；\n]{0,10}(?:实操|实训|操作|练习|线下|现场|上机)"
        r"|(?:线上|网上|网课)[^。;；\n]{0,6}(?:理论)[^。;；\n]{0,8}(?:线下|现场|实操|实训)"
        r"|混合式?(?:教学|培训|授课|上课)?"
        r"|blended|hybrid|theory online"
    ),
    "online": re.compile(
        r"网课|(?<![水产])线上(?!干活|员工|工人|上班|忙|作业|生产)|网上(?:学|上课|上堂|培训|听|课|授课|教|讲)"
        r"|在线(?:学|上课|课程|培训|听|课|授课|教|讲)"
        r"|(?<!做)(?<!学)直播课|视频课|录播|网络(?:授课|课|教学)|远[程端](?!监[控测]|控制|运维|医疗|诊断|办公|桌面|维护"
        r"|操[控作])|(?:上|听|看)直播课?|腾讯(?:会议|课堂)|钉钉(?:直播|上课|会议)"
        r"|视频(?:教学?|授课|上课)|online|zoom|remote(?:ly)?(?= (?:class"
        r"|course|training"
        r"|learning))"
    ),
    "firm": re.compile(
        rf"(?:到|来|在|去|过来)(?:[\u4e00-\u9fff]{{2}})?(?:我们?|咱们?)[\u4e00-\u9fff]{{0,4}}?(?:{_SITE}|中心|院|学校|项目"
        rf"|部)(?:里面?|内|这边|来)*"
        r"(?:教|讲|培训|上(?!班|下|面)|授课|开班)"
        rf"|(?<![\d日号月点人员货工])(?:过?来|到|进)(?:我们?|咱们?)?(?:{_SITE})(?:里面?|内|这边)?来?(?=$"
        rf"|[，。,;；!！?？/|\s])"
        r"|老师来(?:就|最)[行好]|过来(?:讲(?!解?下)|教(?!室))|派(?:个|几个|一个|位)?(?:人|老师|师傅|讲师"
        r"|教练)(?:过?来|到"
        r"|去)(?!修|看|弄|取|拿|装|收|量)"
        r"|老师来(?:酒店|店里?|厂里?|公司|工地|车间|医院|院里)(?:上|讲|教|培训)"
        r"|(?<!送货)(?<!快递)上门|送教(?:上门|入企|到厂|进厂)?|(?:到|来|在|去|喺|嚟)(?:我们?|我哋|本|咱们?"
        r"|自己)?(?:公司|厂|工厂|车间|店|单位|酒店|现场|会所"
        r"|企业)(?:里面|里|内|会议室|车间|现场|这边|来)?(?:进行|搞|给|帮|面)?(?:来)?(?:手把手|现场|当面)?(?:教|培训"
        r"|上课|讲课|讲|授课|开班|辅导|做培训|开课|带)"
        r"|(?:来|到)我们?(?:这|这边|这里)(?:来)?(?:教|培训|上课|讲|授课|开班)|进厂(?:培训|教"
        r"|授课)|入企|驻厂|厂内(?:培训|开班|上课)"
        r"|(?<!做)内训|(?:就)?(?:在|到)?厂里(?:上课?|教|培训)(?=$|[，。,;；!！?？\s]|最|行|就)"
        r"|你们派(?:个)?老师|请老师(?:过来|来)|老师(?:能|可以|可不可以|能不能|最好)?(?:过来|来"
        r"|到)(?:我们?|厂|公司)|on[- ]?site|(?:send|come)[a-z ]{0,24} to us"
        r"|in[- ]house|(?:at|to|come to|in) our (?:own )?(?:factory|plant|office|shop|workshop"
        r"|premises|site|company)"
    ),
    "centre": re.compile(
        r"(?:地点|地址|场地|方式|(?<!来)(?<!到)[就放定选用])[:：\s]*(?:[就在是定选放用])*(?:你们?|贵)(?:培训)?"
        r"(?:中心|学校|机构|校区?|那边?|那里|教室|场地)(?!派)"
        r"|我们(?:自己|大家|都)*(?:过去|过来)(?:上课?|学|听)|(?:到|去|来)(?:培训)?中心(?=$"
        r"|[，。,;；!！?？/|\s])|(?:到|去|在|为|是|来)贵(?:机构|校|中心|单位"
        r"|院)|(?:到|去|来|在|过)(?:你们?|你哋"
        r"|贵)(?:培训中心|中心|学校|机构|校区|教室|场地|那边?|那里|这边"
        r"|这里|校|公司|处|院|度)(?![考学报上]过?的)(?:那边|里)?(?:来)?(?:上课|培训|学|参加|上"
        r"|集中|听课)?|(?:到|去|在"
        r"|来)(?:培训)?(?:中心|学校|机构|培训点|校区|技校|基地)(?:里|去|来|那边)?(?:上课|培训|学"
        r"|上|集中|参加|听)|(?:at|to"
        r"|come to|in) (?:your|the) (?:training )?(?:cent(?:er|re)|school|place|campus"
        r"|institution)"
    ),
}

_EITHER = re.compile(r"也(?:可以?|行|能)|都(?:可以?|行|能)|或者?|还是")
_NO_MODE = re.compile(
    r"(?:不要|不想|不接受|不考虑|不能|别|拒绝|不用|不上|唔要|不方便|不是|没法|no|not)(?:搞|上|来"
    r"|用|安排|到|去)?(?:纯|全)?(?:网课|线上"
    r"|网上课?|在线|直播课?|上门|线下|录播|online)[^，。,;；!！?？\n]{0,4}|(?:网课|线上|上门"
    r"|直播课)(?:的)?(?:不行|不要|不接受|没用"
    r"|学不会|不考虑|免谈|效果不好|不好)"
)

_TOGETHER = re.compile(
    r"(?:不能|不要|不想|不可以?|别|不接受|不分|不准|唔好|无法)(?:分开|分批|拆开?|拆班|分班|分"
    r"|分两批|分几批)(?:上|学|来|培训)?|(?:要|得|必须"
    r"|最好|能|希望|一定要?)?(?:一起|统一|同时|集中)(?:上课|上|学|来学|培训|参加|报|开班|来|去"
    r"|[搞开办弄做听练]|安排)|[合凑编拼]成?一个班|不拆(?!迁)"
    r"|同一时间(?:上|学|来|培训)|同一?[个批](?:班|上|学)|同一批(?=$|[，。,;；!！\s])|在一个班|一个班上|同班"
    r"|一次(?:性)?(?:上|培训|搞|学|办)完?|整批|"
    r"(?:all |must be |stay |keep (?:them )?)?(?:together|in (?:one|the same) (?:class|group"
    r"|batch)|in one go)|(?:分开|分批|拆开)(?:上|来|学)?(?:不行|不可以|不要|不好)|(?:can(?:not|'t)|don't"
    r"|not) (?:be )?split"
)

# 最好一起，分开也行
_APART_TOO = re.compile(
    r"(?:分开|分批|分班|拆开|拆班)(?:上|来|学)?(?:也|都)(?:行|可以|能|没问题|ok)"
)
_APART = re.compile(
    rf"(?:可以?|能|也能|允许|想|要|需要|最好|接受|得|愿意|准备)?(?:分成?|拆成?|分)(?:{NUMBER}"
    rf"|两三|几|多)?个?(?:批|班|组|拨|期|次"
    rf"|轮)(?:来|去|上|学|也行|培训|参加|轮流|都行)?|(?:可以?|能)?(?:分开|拆开|错开|分批|分班"
    rf"|分组)(?:上|学|来|培训|去|也行|都行|报"
    rf"|安排)?|(?:可以|能)拆(?!迁)|[两三几]批(?:来|上|学|轮)|轮流(?:来|去|上|学|培训)?|轮着(?:来|去|上"
    rf"|学)|分期分批|"
    r"(?:can|could|may|ok to|happy to|fine to|willing to)?\s?(?:be )?(?:split"
    r"|divided?)(?: (?:up|into|in|the group))?|in (?:two|2|three|3|several) (?:batches|groups)"
    r"|take turns|batches"
)


def read_certificate(sentence: Sentence) -> Iterator[Stated]:
    """`certificate`: wanted, or expressly not."""
    sentence.blank(_UNDECIDED)
    for found in sentence.find(_NO_CERTIFICATE):
        yield sentence.stated("certificate", False, *found.span())
        return
    folded = _HAS.sub(
        lambda m: TAKEN * len(m[0]), _LACKS.sub(lambda m: TAKEN * len(m[0]), sentence.folded)
    )
    wanted = _CERTIFICATE.search(folded)
    if wanted:
        yield sentence.stated("certificate", True, *wanted.span())


def read_mode(sentence: Sentence) -> Iterator[Stated]:
    """`mode`: online, at the firm, at the centre, or blended."""
    sentence.blank(_NO_MODE)
    if _EITHER.search(sentence.folded) and all(
        _MODES[mode].search(sentence.folded) for mode in ("firm", "centre")
    ):
        return
    for mode, pattern in _MODES.items():
        for found in sentence.find(pattern):
            yield sentence.stated("mode", mode, *found.span())
            return


def read_split(sentence: Sentence) -> Iterator[Stated]:
    """`can_split`: whether the group may come in several classes."""
    for is_apart, pattern in ((True, _APART_TOO), (False, _TOGETHER), (True, _APART)):
        for found in sentence.find(pattern):
            yield sentence.stated("can_split", is_apart, *found.span())
            sentence.take(*found.span())
            return
