"""Whether a text asks for training, or adds to such a request, or is about something else altogether."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matching.sentences.reading import Sentence, Stated

_TRAINING = re.compile(
    r"[培倍陪]训|集训|实训|训练|实操|练机|参训|进修|(?<![大中小同数文科入放])学(?![校费历生区位期院])"
    r"|课(?!间)"
    r"|(?<![上下白夜晚早加两三四倒转翻换交每跟])班(?![车次主倒])|教(?![室练授堂育])|讲(?!话)"
    r"|(?<![中高补])考(?![虑勤察核古])|考证|复审|年审|复训|(?<![身许保凭签])证(?![明件券监])|上完|上堂"
    r"|[想要]上(?!班)|报名|名额|带徒|预算|老师(?:上门|过来|来)|改[成为到]|换[成到]|补充"
    r"|train|teach|learn|course|class|lesson|certif|licen[cs]e|exam"
)
# Somebody is to learn something, which no advert says.
_LEARNERS = re.compile(
    r"(?:想|要|送|派|去|来)[^，。,;；!！?？]{0,4}(?:学|培训|考)(?![校费历生区位期院虑])"
)
# Recruiting, seeking work, complaining, declining, lessons of children: never a wish, whatever else is said.
_NEVER = re.compile(
    r"[诚急高]聘|诚招|急招|高薪|长期招|招聘(?![了来的到进会])|包吃|包住宿?[,。]|包食宿|有意者|日结|五险一金"
    r"|(?:^|[,。!:\s]|[厂店司里现])招(?![了到来生收呼待商的不进聘又牌])"
    r"|求职|应聘|简历|找(?:份|个|点)?(?:工作|活)|期望(?:月薪|薪资)|想跳槽"
    r"|投诉|退[费款钱]|差评|退我|[太很]差|不满意|(?<![推不])迟到"
    r"|发错群|不?用?别?再打[给来]?我?了"
    r"|(?:先|今年|暂时)不(?:培训|搞|学)了?(?:[,。!]|$)|已经在别"
    r"|(?:考|读|上)(?:高中|小学|初中)|数学|钢琴|奥数|少儿|补习|家长会"
)
_BOOKED = re.compile(
    r"(?:报好名?|报了?名|报|约好|订好)的那|我们?报的[^,。]{0,8}[班课]"
    r"|那(?:个|期|批|节|次)?[^,。\s]{0,3}[班课][^,。]{0,8}(?:了没|了吗|哪|几号|什么时候|改时间|取消)"
    r"|证书?[^,。]{0,6}(?:下来|出来|寄)了?(?:没|吗)|(?:成绩|证书?)[^,。]{0,6}(?:什么时候|几时|几号"
    r"|多久)[^,。]{0,3}[出领发寄拿]"
)
_ANEW = re.compile(r"这次|这回|今年|再(?:加|报|送|来|派)|另外|还想|还要|都要")
# Offers, purchases, and questions about papers and rules, unless so many people are to learn something.
_OFFERS = re.compile(
    r"代办|代考|包过|一手|假一赔|无抵押|贷款|信用卡|还款|账单|尾号|回收|[高低]价|搬家|拉货|补漏|开锁|疏通"
    r"|承接"
    r"|外发|求[购租]|出[租售]|租房|转让|旺铺|甩卖|便宜出|二手|看房|看货|私聊|从优|自提|成新|厂房|招商|加盟"
    r"|拼车|顺风车|相亲|日租|月租|顶班|代工|接单|借用|办理(?:各类|营业)|营业执照"
    r"|专业[^,。]{0,4}[办修装刷洗]"
    r"|上门(?:取|收|办理|快|服务|提|安装|维修)|24小时服务"
    r"|成绩|通用[吗么]|有效期|几年[审一]|回放|(?:什么|啥)(?:区别|不一样|不同|条件|要求)|丢了|补办"
    r"|查[到询得]|推销"
)
# Social life, whoever and how many come.
_OUTINGS = re.compile(
    r"吃饭|聚餐|喝[早茶酒]|饮茶|打球|爬山|唱歌|电影|逛街|包间|烧烤|火锅|旅游|出去玩|体检|生日|结婚|快乐"
    r"|恭喜|愉快"
)
# Small talk, notices, errands and the way to a place, unless it is said who or what is meant.
_ERRANDS = re.compile(
    r"天气|降温|台风|下雨|有雨|[好真]冷|[好真]热|塞车|堵车|停[电水]|储水|注意安全|[去来]?[^,。]{1,3}玩"
    r"|快递|包裹|驿站|取件|外卖|领取|签收|收件|发货|到货|送货|寄[到给过去来]|[发拿还][给我]我|发票|合同"
    r"|对账|货款|[车机船]票"
    r"|开会|会议|年会|周报|月报|我办公室|面试|面谈|见面|见你|拜访|检查|审厂|验厂|大扫除|体育馆|展会|招聘会"
    r"|怎么[走坐去到]|坐(?:地铁|公交|几号)|导航|几楼|地铁口?站?出|停车|在[^,。]{0,3}哪里?|要多久|关门"
    r"|开门|几点|没人|有人[吗在]|上班[吗么]"
    r"|打错(?:了|电话)|更新|中介|广告|保姆|住家|自己有老师|搬[到家去]|开了?[个间家]店|主营|新开|电话"
)
_STRONG = {
    "heads",
    "level",
    "certificate",
    "mode",
    "budget",
    "max_travel_km",
    "min_practice_hours",
    "can_split",
}
# Words that say nothing of a topic: what is left without them and without the fields is one.
_PLAIN = re.compile(
    r"[^\u4e00-\u9fff]|补充|一下|确认|时间|地点|方式|日期|上课|开始|结束|完成|安排|换成?|推迟|提前|能不能"
    r"|可不可以"
    r"|可以|方便|行不行|好不好|最好|优先|好说|就行|老板娘?|领导|经理|我们?|你们?|您|他们?|她们?|咱们?"
    r"|大家|人|都|也|只|有空|没空|走不开"
    r"|加班|盘点|赶货|全是|订单|[淡旺]季|忙|闲|着|作废|之前|其[他它]|商量|回复|说"
    r"|周?[一二三四五六日末天几]|[十百多来]|上门|中心"
    r"|最忙|不行|太远|不去|去|来|在|到|过|离|近|附近|这边|那边|哪里|谢谢|老师|师傅|员工|工人|麻烦|请|是"
    r"|的|了|吧|吗|呢|啊|哈|呀|哦|嗯"
    r"|和|或|还|再|就|要|想|放|从|不|没|太|很|真|最|有|看|给|把|跟|与|对|好|得|能|上|下|那|这|哪|个|点|些"
    r"|更|才|用|遍"
)
_CLAUSE = re.compile(r"[,。;!?\s]+")
_MOST_TOPICS = 1  # the trade: two tell of something else


def asks_for_training(text: str, found: Sequence[Stated]) -> bool:
    """Whether the fields found in a text belong to a wish for training, said now or before."""
    fields, folded = {stated.field for stated in found}, Sentence(text).folded
    if _NEVER.search(folded) or (_BOOKED.search(folded) and not _ANEW.search(folded)):
        return False
    is_training = bool(_TRAINING.search(folded))
    has_learners = (is_training and "heads" in fields) or _LEARNERS.search(folded)
    if _OFFERS.search(folded) and not has_learners:
        return False
    if is_training:
        return True
    if _OUTINGS.search(folded) or (_ERRANDS.search(folded) and "heads" not in fields):
        return False
    return bool(fields & _STRONG) or _is_short(text, found)


def _is_short(text: str, found: Sequence[Stated]) -> bool:
    """Whether no more than the name of a trade stands beside the fields: 周三上午，物业管理员."""
    for stated in sorted(found, key=lambda item: -item.start):
        text = text[: stated.start] + text[stated.end :]
    clauses = _CLAUSE.split(Sentence(text).folded)
    return sum(len(_PLAIN.sub("", clause)) > 1 for clause in clauses) <= _MOST_TOPICS
