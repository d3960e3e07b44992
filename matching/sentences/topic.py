"""Whether a text asks for training, or adds to such a request, or is about something else altogether."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matching.sentences.reading import Sentence, Stated

_TRAINING = re.compile(
    r"[培倍陪]训(?!中心|机构|学校|基地)|集训|实训|训练|实操|练机|参训|进修|培养"
    r"|(?<![大中小同数文科入放])学(?![校费历生区位期院])|课(?!间)"
    r"|(?<![上下白夜晚早顶补加两三四倒转翻换交每各跟值调])班(?![车次主倒])|教(?![室练授堂育])|讲(?!话)"
    r"|(?<![中高补])考(?![虑勤察核古])|考证|复审|年审|复训"
    r"|(?<![身份住许保凭签])(?<!停车)(?<!准考)证(?![明件券监])|上完|上堂|[想要]上(?!班)|报名|名额|带徒"
    r"|预算|老师(?:上门|过来|来)|train|teach|learn|course|class|lesson|certif|licen[cs]e|exam"
)
# A request made before is changed.
_AMENDS = re.compile(r"改[成为到周下]|换[成到]|[挪调移推]到|原[定来]|补充")
# Somebody is to learn something, which no advert says.
_LEARNERS = re.compile(
    r"(?:想|要|送|派|去(?!年)|来)[^，。,;；!！?？]{0,4}(?:学(?![校费历生区位期院])|培训(?!中心|机构|学校)|培养|考(?!虑))"
)
# Recruiting, seeking work, complaining, declining, lessons of children: never a wish, whatever else is said.
_NEVER = re.compile(
    r"[诚急高]聘|诚招|急招|直招|高薪|长期招|包吃|包住宿?[,。]|包食宿|有意者|日结"
    r"|五险一金|^聘|聘请"
    r"|招[^,。]{0,5}(?:老师|讲师|教师)|熟手优先|面议|[想要](?:换|找)个?厂|推荐岗位"
    r"|求职|应聘|[找求]实习|[求做]兼职|学历提升|专升本|免考|简历|找(?:份|个|点)?(?:工作|活)"
    r"|期望(?:月薪|薪资)|想跳槽|投诉|退(?:费|款|钱|押金|定金|学费)|拖欠|退[^,。]{0,6}的钱|差评|退我|(?:态度|[上讲教]得)[太很]?差"
    r"|不满意|(?<![推不])迟到|发错群|不?用?别?再打[给来]?我?了"
    r"|(?:先|今年|暂时)不(?:培训|搞|学)了?(?:[,。!]|$)|(?:^|[,。])不(?:培训|搞|学|报)了?(?:[,。!]|$)"
    r"|已经在别|(?:考|读|上)(?:高中|小学|初中)|课时费|我是讲师|专业讲师|我擅长|[,。]擅长|本机构|包教包会"
    r"|去你们那[里边]?教|\bhiring\b|vacanc(?:y|ies)|\ba job\b|\bjob as\b|refund|complain|\bresume\b"
    r"|随到随[学考]|低至|代报名|我们?是(?:一家)?[^,。]{0,4}(?:培训|教育)(?:机构|学校|中心|公司)|兼职(?:讲|授|教|老师)"
    r"|(?<!\d)(?:[3-9]|1[0-5])岁|恭喜[^,。]{0,12}(?:通过|考过|拿到|取得)|[能可]以?退[吗不么]|奥数|家教|读初|补习"
)
# The same, unless so many are to be trained, as in 招焊工20名，先培训: words that names of trades have, too.
_HARDLY = re.compile(
    r"招聘(?![了来的到进会])|(?:^|[,。!:\s]|[厂店司里现])招(?![了到来生收呼待商的不进聘又牌])"
    r"|(?<![新已刚])招(?![不又了到])(?=[\u4e00-\u9fff]{0,5}(?:工|员|师傅?|保安|保洁|司机|前台|阿姨|人)(?:[,。!\s\d一二两三四五六七八九十若数]|$))"
    r"|数学|小朋友|画画|钢琴|少儿|家长会"
)
_TRAINED = re.compile(r"培训|技能提升|提升技能")
_BOOKED = re.compile(
    r"(?:报好名?|报了?名|报|约好|订好)的那|我们?报的[^,。]{0,8}[班课]"
    r"|那(?:个|期|批|节|次)?[^,。\s]{0,3}[班课][^,。]{0,8}(?:了没|了吗|哪|几号|什么时候|改时间|取消)"
    r"|证书?[^,。]{0,6}(?:下来|出来|寄)了?(?:没|吗)"
    r"|(?:成绩|证书?)[^,。]{0,6}(?:什么时候|几时|几号|多久)[^,。]{0,3}[出领发寄拿]"
)
_PAPERS = re.compile(
    r"成绩|准考证|考试(?:要带|地点|时间)|课件|还有几节|[缺补]了?[^,。]{0,2}[节课]|收据|账号|合影|结业照"
    r"|(?<![好用])请假|换个?老师|名单(?:发|给我)|[班课]的课件|转(?:过去|给你|账)|考勤|考场|进场|邮寄"
    r"|老师[^。!?]{0,6}没来|invoice|receipt|be ready|cancell?ed|results? (?:of|out)|领证[吗没了]"
    r"|那[节堂]课|[费课]的?发票|照片贴错|停不停|停课|补课|课链接|补贴(?:到|还没|什么时候)|到账|招不招"
    r"|开业典礼|已(?:付款|支付|缴费|汇款)|流水号|回单|结业(?!证)|盖章|通过[^,。]{0,4}考试|讲得(?:不错|很?好)|都?很?满意|等了|在哪里?考(?:[,。?]|$)"
)
_ANEW = re.compile(r"这次|这回|今年|再(?:加|报|送|来|派)|另外|还想|还要|都要")
# Offers, purchases, and questions about papers and rules, unless so many people are to learn something.
_OFFERS = re.compile(
    r"代办|代考|包过|一手|假一赔|无抵押|贷款|信用卡|还款|账单|尾号"
    r"|(?:回收|搬家|开锁|疏通|外发|二手)(?!公司|[厂店行站]|的?\d)|[高低]价|拉货|补漏|承接各|找单|找厂"
    r"|演示|欠(?!缺)|借我|捡|求[购租]|出[租售]|租房|转让|旺铺|甩卖|便宜出|看房|看货|私聊|从优|自提|成新"
    r"|租厂房|厂房[出招转]|招商|加盟|拼车|顺风车|相亲|日租|月租|顶班|代工|接单|借用|办理(?:各类|营业)"
    r"|营业执照|专业[^,。]{0,4}[办修装刷洗]|上门(?:取|收|办理|快|服务|提|安装|维修)|24小时服务"
    r"|通用[吗么]|有效期|几年[审一]|回放|(?:什么|啥)(?:区别|不一样|不同|条件|要求)|丢了|补办|查[到询得]"
    r"|推销|挂靠|会怎样|能拿多少|要不要体检|什么时候年审|社保|扣款|租你们|评委|比赛|捐|桶装水"
    r"|for (?:sale|rent)|selling|to let\b|驾校|怎么退|工资[^,。]{0,6}多少|积分入户|缺[人\d一两二三几]"
    r"|扩产|起[投订批]|意外险|团险|团建|采购(?!员|师|专业)|订购|清仓|房租|水电费|年货|宿舍|有用吗|有什么?用|含金量|补贴[^,。]{0,4}(?:多少|怎么|什么)"
    r"|(?:推荐|介绍)一[款种]"
)
# Social life, whoever and how many come.
_OUTINGS = re.compile(
    r"吃饭|聚餐|喝[早茶酒]|饮茶|聚会|饭局|会议室|例会|(?<![今明去每])年会"
    r"|的会(?=[,。!]|[推改]|取消|几点|$)|\b(?:lunch|dinner|meeting|birthday|party|happy new)\b|打球"
    r"|好吃|羽毛球|钓鱼|爬山|唱歌|电影|逛街|包间|请客|(?<!意)见(?:[,。!]|$)|烧烤|火锅|旅游|出去玩|体检|生日"
    r"|结婚|快乐|恭喜|愉快"
)
# Small talk, notices, errands and the way to a place, unless it is said who or what is meant.
_ERRANDS = re.compile(
    r"天气|降温|台风|下雨|有雨|[好真]冷|[好真]热|塞车|堵车|停[电水]|储水|注意安全"
    r"|[去来]?[^,。]{1,3}玩(?!具)|快递|包裹|驿站|取件|外卖|领取|签收|收件|发货"
    r"|到货|送货|寄[到给过去来]|[发拿还][给我]我|发票|合同|对账|货款|[车机船]票|开会|我[妈爸]|周报|月报"
    r"|我办公室|面试|面谈|见面|见你|拜访|检查|审厂|验厂|大扫除|体育馆|展会|招聘会|怎么[走坐去到]"
    r"|坐(?:地铁|公交|几号)|导航|几楼|地铁口?站?出|停车|在[^,。]{0,3}哪里?|要多久|关门|开门|几点|没人"
    r"|有人[吗在]|上班[吗么]|打错(?:了|电话)|坏了|不制冷|漏水|故障|补班|调休|停电|放[几\d]天|值班"
    r"|where (?:is|are)|package|parcel|weather|raining|delivery|how (?:do|can) i get|全体|报价单|太高"
    r"|优惠券|作业[,。]|知悉|(?<!人数)更新|中介|广告|保姆|住家|自己有老师|搬(?:[到去]|家(?!公司))"
    r"|开了?[个间家]店|主营|新开|电话多少|开下?门|门口"
)
_STRONG = {
    "heads", "level", "certificate", "budget", "max_travel_km", "min_practice_hours", "can_split",
}  # fmt: skip
# How the names of trades and of what they do end or begin.
_TRADE = re.compile(
    r"[员师工厨机床](?=[的班]?$)|操作|维修|维保|加工|制作|制造|设计|编程|打印|护理|美容|美甲|美发|烘焙"
    r"|焊|模具|冲压|注塑|数控|直播|电商|运营|烹|厨|面点|西点|茶艺|咖啡|育婴|月嫂|收纳|保育|叉车|[钳铣磨]"
    r"|制图|建模|剪辑|插花|急救|礼仪|安全|管理|会计|财税|英语|软件|质检|检验|检测|物流|仓储|客服|装配"
    r"|电工|电气|机器人|自动化|缝纫|裁剪|打版|首饰|镶|雕|验光|养老|家政|消防|制冷|电梯|汽修|喷涂|推拿"
    r"|按摩|摄影|营销|文案|财务|收银"
)
# Words that say nothing of a topic: what is left without them and without the fields is one.
_PLAIN = re.compile(
    r"[^\u4e00-\u9fff]|[上中下]午|早上|晚上|[以之][前后]|(?:不去|不是在?|不在|别去)[\u4e00-\u9fff]{2}"
    r"|[\u4e00-\u9fff]{2}(?=太远|不方便|去不了)|补充|刚刚|刚才|漏|必须|一定|一下|确认|时间|地点|方式"
    r"|日期|上课|开始|结束|完成|安排|换成?|推迟|提前|能不能|可不可以|可以|方便|行不行|好不好|最好|优先"
    r"|好说|就行|老板娘?|领导|经理|我们?|你们?|您|他们?|她们?|咱们?|大家|人|都|也|只|有空|没空|走不开"
    r"|加班|盘点|赶货|全是|订单|[淡旺]季|交货|批了|忙|闲|着|作废|之前|其[他它]|商量|没?意见|同意|没?问题"
    r"|回复|说|周?[一二三四五六日末天几]|[十百多来月号日旬]|[弄搞]完|[行成]|走得开|陪|带|接|送|孩子|小孩"
    r"|娃|照顾|老人|干活|上户|店|上门|中心|最忙|不行|太远|不去|去|来|在|到|过|离|近|附近|这边|那边"
    r"|[哪那]里|谢谢|老师|师傅|员工|工人|麻烦|请|是|的|了|吧|吗|呢|啊|哈|呀|哦|嗯|和|或|还|再|就|要|想"
    r"|放|从|不|没|太|很|真|最|有|看|给|把|跟|与|对|好|得|能|上|下|那|这|哪|个|点|些|更|才|用|遍"
)
_CLAUSE = re.compile(r"[,。;!?\s]+")
_ASKED = {
    "level",
    "certificate",
    "min_practice_hours",
    "can_split",
}  # with a count of heads: a wish
_FEW = 2  # fields that an advert may hold too
_TOPIC = 2  # characters of other words in a clause that make a topic


def asks_for_training(text: str, found: Sequence[Stated]) -> bool:
    """Whether the fields found in a text belong to a wish for training, said now or before."""
    fields, folded = {stated.field for stated in found}, Sentence(text).folded
    is_told = "heads" in fields and len(fields) > _FEW
    if _NEVER.search(folded) or _is_settled(folded, is_told=is_told):
        return False
    is_sure = "heads" in fields and bool(fields & _ASKED or _TRAINED.search(folded))
    if is_sure:
        return True
    is_training = bool(_TRAINING.search(folded))
    has_learners = is_told or (is_training and "heads" in fields) or _LEARNERS.search(folded)
    if _HARDLY.search(folded) or (not has_learners and _OFFERS.search(folded)):
        return False
    return is_training or _goes_on(text, folded, found)


def _is_settled(folded: str, *, is_told: bool) -> bool:
    """Whether it is about what is booked already, or papers of it, and nobody else is to learn."""
    is_paper = _PAPERS.search(folded) and not (is_told or _LEARNERS.search(folded))
    return bool((_BOOKED.search(folded) or is_paper) and not _ANEW.search(folded))


def _goes_on(text: str, folded: str, found: Sequence[Stated]) -> bool:
    """Whether a text with no word of training adds to a wish: 补充一下，在布吉附近就好."""
    fields = {stated.field for stated in found}
    is_errand = ("heads" not in fields or len(fields) == 1) and _ERRANDS.search(folded)
    if is_errand or _OUTINGS.search(folded):
        return False
    is_taught = any(stated.field == "mode" and stated.words != "上门" for stated in found)
    is_wish = is_taught or fields & _STRONG or _AMENDS.search(folded)
    return bool(is_wish) or _is_brief(text, found)


def _is_brief(text: str, found: Sequence[Stated]) -> bool:
    """Whether no more than the name of a trade stands beside the fields: 周三上午，物业管理员."""
    for stated in sorted(found, key=lambda item: -item.start):
        text = text[: stated.start] + text[stated.end :]
    clauses = _CLAUSE.split(Sentence(text).folded)
    return all(len(_PLAIN.sub("", clause)) < _TOPIC or _TRADE.search(clause) for clause in clauses)
