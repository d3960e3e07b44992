"""Numbers and days of a sentence that are about something else than the training."""

from __future__ import annotations

import re

from matching.sentences.reading import NUMBER, Sentence

# Numbers that are about something else than the training.
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{3,4}-\d{4}-\d{4})(?!\d)")

_CONTACT = re.compile(
    r"(?:微信|wechat|qq|电话|手机|邮箱|email|e-mail|tel|工号|编号|单号|房号|门牌)(?:号码?|是|:"
    r"|：|\s)*[a-z0-9@._\-]+|"
    r"[a-z0-9._\-]+@[a-z0-9.\-]+"
)

_ADDRESS = re.compile(
    r"\d+(?:号线|楼|栋|座|层|单元|号铺|路公交|号院|f(?![a-z]))|[a-z]\d?栋|[a-z]座"
)

_PAY = re.compile(
    rf"(?:月薪|底薪|工资|薪资|薪水|月入|年薪|时薪|提成|补贴|津贴|奖励|奖金|押金|定金|罚款?|产值"
    rf"|营业额|注册资[本金]|投资|salary|wages?"
    rf"|pay them)[^，。,;；!！?？\n]{{0,6}}?"
    rf"(?:{NUMBER}(?:\s*[-~到至]\s*{NUMBER})?(?:元|块|k|千|万|/月|一个?月|每月)*)"
)

_STAFF = re.compile(
    rf"(?:全厂|全公司|公司|我厂|本厂|工厂|厂里|厂子|企业[，,]?|店里|单位|员工|规模|人数|在职"
    rf"|我们|总共有?|共有|一共有|现有)(?:总共|大概|大约|目前"
    rf"|现在|现|共|总|约|有|是|一共|规模|员工|在职|职工|工人|人数|了|不到|[:：])*{NUMBER}(?:多"
    rf"|来|几|余)?号?(?:多)?(?:人|个人|名员工"
    rf"|个员工|员工|名工人|个工人|位员工|职工)(?:的|左右)?(?:厂|公司|规模|工厂|企业|小厂|店)"
    rf"|(?:全厂|全公司|员工总数|员工人数|规模|在职员工?|职工总?人?数?|员工共?|共有员工|现有员工"
    rf"|公司共?有?|我们厂?有?|我们公司有?|厂里有?)(?:大概"
    rf"|大约|目前|现在|共|总|约|有|[:：])*{NUMBER}(?:多|来|几|余)(?:号)?(?:多)?(?:人|个人|名|个"
    rf"|位)(?:员工|工人|师傅|职工)?"
    rf"|{NUMBER}(?:多|来|余)?(?:人|个人)(?:的)?(?:规模|小厂|工厂|企业|公司|厂|团队)"
    rf"|(?:全厂|全公司|员工总数|员工人数|规模|在职员工|共有员工|现有员工|员工共?|职工"
    rf"|工人)[约有是:： ]*{NUMBER}(?:人|名|个)?"
    rf"|(?:factory|company|plant|firm|shop) (?:of|with|has) (?:about |around "
    rf"|over )?{NUMBER}\+? (?:people|staff|workers|employees)|{NUMBER}[- ](?:person|man|people"
    rf"|employee) (?:factory|company|plant|firm|shop)"
)

_PAST = re.compile(
    rf"(?:去年|前年|上次|上回|上个?月|(?<!晚)(?<!早)上周"
    rf"|上个?(?:星期|礼拜)|当时|上一?期|上一?批|往年|last (?:year|time"
    rf"|month))[^，。,;；!！?？\n今]*"
    rf"|(?<![号日月底旬初节年旦])(?:以前|之前|早先|曾经?)(?:也|都|就)?(?:有|送|派|组织|参加|培训"
    rf"|学|考|来|做|搞|发错|电话|聊"
    rf"|问)过?[^，。,;；!！?？\n今 ]*"
    r"|(?:19|20)\d\d年[^。;；!！?？\n今]{0,8}?[做搞办来送派学训]过[^。;；!！?？\n今]*"
    r"|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?:有过|[搞办做去来学]过|组织过|培训过)[^，。,;；!！?？\n今]*"
    rf"|(?:派|送|培训|来|学|教)(?:了|过){NUMBER}(?:多|来|几)?(?:个|名|位|人|批)"
    rf"|{NUMBER}年(?:成立|创办|开业|建厂|投产|开的|搬来)|(?:成立|创办|开业|建厂|since"
    rf"|founded in)[于在]?\d{{4}}年?|(?:19"
    rf"|20)\d\d年(?:就|开始做|起家)?(?:成立|创办|开业|建厂|投产)"
)

# What is held already, and no wish: 三级证都有了.
_HELD = re.compile(
    r"(?:手上|手里|早就|已经)?(?:[初中高]级工?|[一二三四五1-5]级|[工员师]|上岗|叉车)?证书?(?:都|已经|早就)?有(?:了|啦)"
)

# Hours at which something opens or closes, and days by which an answer is wanted.
_HOURS_OF_WORK = re.compile(
    r"(?:营业|上班|开放|开门|作息)时间[^，。,;；!！?？\n]*|"
    rf"{NUMBER}点(?:半|钟)?(?:以后|之后|后)?(?:才能?|就)(?:下班|收工|打烊|关门)"
    rf"|{NUMBER}点(?:半|钟)?(?:开门|开工|开市|营业)(?:到(?:早上|中午|下午|晚上)?{NUMBER}点半?)?"
)
_ANSWER_BY = re.compile(
    rf"(?:请|务必)?(?:于|在)?(?:{NUMBER}月)?{NUMBER}[日号](?:之?前|以前)"
    r"(?=[^，。,;；!！?？\n]{0,16}(?:名单|报名(?!费)|回执|提交|反馈|答复))"
)

_AGE = re.compile(
    rf"(?:假如|如果|要是|若)(?:报|来|有|是)?{NUMBER}(?:多)?(?:个|名|位)?人?|(?:坐|容|装|站"
    rf"|住)(?:得下|纳"
    rf"|下)[^，。,;]{{0,3}}{NUMBER}(?:多)?(?:个|名|位)?人?|{NUMBER}(?:多|来|几)?(?:岁|周岁"
    rf"|年(?:以上)?(?:工作)?(?:经验|工龄)|年了|years? (?:old|of experience|experience))"
    rf"|做了{NUMBER}(?:多"
    rf"|几)?年|干了{NUMBER}(?:多|几)?年"
)

_CORRECTION = re.compile(
    rf"{NUMBER}(?:个人|个|名|人|位)[^，。,;；!！?？\n]{{0,10}}?(?:不对|说错了"
    rf"|哦不)[，, ]*(?:是)?(?={NUMBER})"
    rf"|{NUMBER}(?:个人|个|名|人|位)[，,;；\s]*(?:哦|啊|呃|噢)?(?:不对|错了|说错了|哦不)"
    rf"(?=[^。!！?？\n]{{0,14}}{NUMBER}(?:个|名|人|位))"
    r"|(?:考|学|报|要)?[初中高]级工?的?[，,;；\s]*(?:哦|啊|呃|噢)?(?:不对|错了|说错了)"
    r"(?=[^。!！?？\n]{0,16}[初中高]级)|"
    rf"(?:不是|(?:人数?)?从|原来(?:报|说)?(?:的|是)?|本来(?:报|说)?(?:的"
    rf"|是)?)(?:约)?{NUMBER}(?:个人|个|名|人"
    rf"|位)?(?:了)?[，,]?(?=\s*(?:，|,)?(?:而|现在|是|改成|改为|变成|变|加到|增加到|减到|要改))"
    r"|(?:之前|先前|本来|原来)说[^。;；!！?？\n]{1,18}?(?:改成|改为|改到|换成)"
    rf"|(?:时间|日期|人数|等级|级别|预算)?(?:从|由|本来(?:是|说)?|原来(?:是"
    rf"|说)?)[^，。,;；!！?？\n]{{1,12}}?(?:改成|改为|改到"
    rf"|换成|变成|减到|加到)"
    rf"|{NUMBER}(?:多|来|几)?(?:个|名|位)?(?:人|员工|工人|师傅|职工)?(?:里面|里头|当中|里"
    rf"|中)(?=[^，。,;]{{0,4}}(?:挑|选"
    rf"|抽|有|派|出|先))"
)


def blank_noise(sentence: Sentence) -> None:
    """Blank out telephone numbers, wages, sizes of firms and what is past."""
    sentence.blank(_PHONE, _CONTACT, _ADDRESS, _PAY, _PAST, _STAFF, _AGE, _CORRECTION)
    sentence.blank(_HELD, _HOURS_OF_WORK, _ANSWER_BY)
