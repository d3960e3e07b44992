"""One firm from its call in March to what became of its people in June: `make walkthrough`.

`SITTINGS` is the whole story as keys; `tests/e2e/test_story.py` plays it, too. Each sitting is the real
program in a terminal, of one person on one day of a demo store; between them the demo's day goes on. What is
in the blocks of `story.zh.md` and `story.en.md` is what stood on the screen; a step that does not show what
it should ends the run.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.segment import Segment
from rich.style import Style

from seed import demo
from tests.e2e.emulator import Emulator

FIRST = date(2026, 3, 2)
WIDTH, HEIGHT = 100, 30
PICTURES = Path(__file__).parents[1] / "pictures"
NAMES = ("韩一", "安二", "穆三", "温四", "庄五", "柴六", "梅七", "骆八", "蓝九", "苗十")
ROSTER = "".join(f"{name}\t139000{at:05d}\tRP-{at:02d}\n" for at, name in enumerate(NAMES, 1))
GRID = r"(名称|Name) +(学时|Class hours)"  # the head of a roster
NAMED = {
    "Tab": "\t", "Enter": "\r", "Esc": "\x1b", "Space": " ", "Ctrl+S": "\x13", "F2": "\x1bOQ",
    "F6": "\x1b[17~",
    "↓": "\x1b[B", "→": "\x1b[C", "←": "\x1b[D", "PASTE": f"\x1b[200~{ROSTER}\x1b[201~",
}  # fmt: skip
NARROW = b"\x1b[7;3R"  # what a terminal answers that draws ambiguous signs one cell wide
CALM = 0.4  # seconds without a change, after which a screen is kept


@dataclass(frozen=True, slots=True)
class Step:
    """Keys, what must be on the screen after them, and a title and a sentence in each language.

    One without a title only leads to the next. `told` stands for the keys where they are many, `picture` is
    the name of the picture that is made of it.
    """

    keys: tuple[str, ...]
    shows: str
    zh: tuple[str, str] = ("", "")
    en: tuple[str, str] = ("", "")
    picture: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who sits down on which day, and what they do."""

    day: date
    login: str
    zh: str
    en: str
    steps: tuple[Step, ...]


def result(at: int, name: str) -> tuple[Step, ...]:
    """The result of one person, who is the one under the cursor; the last one has not passed."""
    row = rf"{name} +\d+/63 +"
    if at == len(NAMES):
        return Step(("t",), "▸ 1 "), Step(("2",), row + "(未通过|failed)")
    return (
        Step(("t",), "▸ 1 "),
        Step(("1",), r"(证书编号|Number of the certificate)"),
        Step((f"CG2603{at:04d}", "Enter"), row + "(通过|passed)"),
        Step(("↓",), GRID),
    )


def outcome(at: int) -> tuple[Step, Step]:
    """What became of the one under the cursor: the first has been promoted, the rest are where they were."""
    ahead = rf"▸ H0000{at + 12}" if at < 8 else r"▸ H0000(04|18)"
    return Step(("o",), r"▸ 1 same_post"), Step(("2" if at == 0 else "1",), ahead)


MARKS = (
    "trainee H000011 5 5 4 5 5",
    "trainee H000012 5 5 5 4 5",
    "trainee H000013 4 5 5 4 4",
    "trainee H000020 3 4 4 4 4",
    "enterprise E001 5 4 5",
)
ALL = ["Space"] * 9  # the claims of the class, which stand on top of the list
SITTINGS: tuple[Sitting, ...] = (
    Sitting(
        FIRST,
        "wangfang",
        "3月2日 服务中心：电话来了",
        "2 March, the service centre: a call",
        (
            Step(
                (
                    "F2",
                    "rpjm1",
                    "Tab",
                    "新招10个车工，3月9日起脱产培训，白天上课，要考数控车工五级，3月底前拿证",
                ),
                r"6-18-01-01",
                (
                    "照原话登记",
                    "锐坪精密的赵工打来电话。`rpjm1` 是企业，后面照原话写；带 ‹ 的栏都是从话里读出来的。",
                ),
                (
                    "The words as they are said",
                    "锐坪精密 is on the telephone: ten new turners, full time from 9 March, a certificate of "
                    "level 5 by the end of March. Fields with ‹ were read out of the words.",
                ),
                "call",
            ),
            Step(("Ctrl+S",), r"✓.*N000081"),
            Step(
                ("F6",),
                r"─ (方案|Bundles) \d(.|\n)*N000081",
                (
                    "匹配",
                    "鹤岭技师学院的岗前班：课程、讲师、实训工位、鉴定场次都排到了日子，补贴后每人多少也写明了。",
                ),
                (
                    "Match",
                    "A course with instructor, workstations and a sitting of the assessment, dated; and the price "
                    "after the subsidy.",
                ),
                "match",
            ),
            Step(("p",), r"─ P000006 ─"),
            Step(
                ("s",),
                r"✓ P000006",
                (
                    "撮合、发出",
                    "名额、讲师、21 次课的工位和 10 个鉴定名额占住了，学院、鉴定中心、企业的时限开始走。",
                ),
                (
                    "Propose and send",
                    "Seats, the instructor, the workstations of 21 sessions and 10 places of the assessment are "
                    "held; the clocks of all three parties run.",
                ),
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 3),
        "heling",
        "3月3日 学院：何玲自己答复",
        "3 March, the school answers at its own desk",
        (
            Step((":", "p 6", "Enter"), r"─ P000006 ─"),
            Step(
                ("a",),
                r"✓ P000006",
                ("同意", "企业没有同意之前，学院看不到是哪家企业。"),
                ("Yes", "Until the firm has agreed, the school does not see which one it is."),
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 3),
        "wangfang",
        "3月3日 服务中心：打两个电话，确认",
        "3 March, the service centre: two calls, and it is confirmed",
        (
            Step((":", "p 6", "Enter"), r"─ P000006 ─"),
            Step(("a",), r"▸ 1  "),
            Step(("1",), r"✓ P000006"),
            Step(
                ("a",),
                r"✓ .*(.|\n)*✓ .*(.|\n)*✓ .*(.|\n)*✓ P000006",
                ("鉴定中心和企业都说可以", "`a` 替打电话的一方记下；还有两方没答，先选是哪一方。"),
                (
                    "The assessment centre and the firm say yes",
                    "`a` keeps what was said on the telephone; while two are open it asks for whom.",
                ),
            ),
            Step(("c",), r"✓ P000006: (已确认|confirmed)"),
            Step(
                (":", "b 2", "Enter"),
                r"─ B000002 ─",
                ("确认，开班", "占用全部转为预订，班级 B000002 够开班人数。"),
                ("Confirmed", "All that was held is booked; class B000002 has the heads it needs."),
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 9),
        "wangfang",
        "3月9日 服务中心：开课，名单和考勤",
        "9 March, the service centre: first day, roster and attendance",
        (
            Step((":", "b 2", "Enter"), r"─ B000002 ─"),
            Step(("g",), GRID),
            Step(
                ("PASTE",),
                r"苗十",
                ("贴名单", "企业发来的表格：姓名、电话、工号，复制、粘贴，10 个人就在名单上了。"),
                (
                    "Paste the roster",
                    "Names, telephones and numbers from the firm's spreadsheet: copied, pasted, ten on the roster.",
                ),
            ),
            Step(("←", "3", "a"), r"韩一 +3/63(.|\n)*苗十 +4/63"),
            Step(
                ("→", "a"),
                r"韩一 +7/63(.|\n)*苗十 +8/63",
                ("记考勤", "上午第一位迟到按 `3`，其余一键全部到课；下午也是一键。"),
                (
                    "Attendance",
                    "`3` for the one who was late in the morning, one key for all the others; one key for the "
                    "afternoon.",
                ),
                "attendance",
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 9),
        "supervisor",
        "3月9日 区里：突击督导",
        "9 March, the bureau: an unannounced visit",
        (
            Step(("S",), "▸ DD000002"),
            Step(("n", "B000002 03-09 14:00 unannounced", "Enter"), r"▸ DD000003"),
            Step(
                ("e", "8 minor 3号工位护目镜缺一副", "Enter"),
                r"▸ DD000003 +2026-03-09 (已登记|recorded)",
                ("登记发现", "检查表十项，第 8 项有一处轻微问题，其余合格；整改期限按轻重自动定。"),
                (
                    "What was found",
                    "Ten items; one small thing about item 8, the rest in order. The day by which it is mended "
                    "follows from how grave it is.",
                ),
                "visit",
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 11),
        "heling",
        "3月11日 学院：答复整改",
        "11 March, the school answers",
        (
            Step(("S",), "▸ DD000003"),
            Step(
                ("a", "当天补齐护目镜，已拍照留存", "Enter"),
                r"▸ DD000003 .*(已答复|answered)",
                ("整改", "学院在自己的督导页上答复。"),
                ("Mended", "The school says so on its own screen."),
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 24),
        "wangfang",
        "3月24日 服务中心：课上完了",
        "24 March, the service centre: the course is over",
        (
            Step((":", "b 2", "Enter"), r"─ B000002 ─"),
            Step(("g",), GRID + r"(.|\n)*苗十"),
            Step(
                ("2", *("a", "←") * 19), r"韩一 +79/63(.|\n)*苗十 +84/63", told="`2` (`a` `←`) ×19"
            ),
            Step(
                ("c",),
                r"✓ (已办好|Done)",
                (
                    "补齐考勤，办结业",
                    "照签到表一次课一键；最后一次有人缺课。学时都达标，`c` 办结业，学分入账。",
                ),
                (
                    "The rest of the marks, and done",
                    "One key a session from the sign-in sheets; somebody missed the last one. All have their "
                    "hours: `c` completes the course and gives the credits.",
                ),
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 24),
        "supervisor",
        "3月24日 区里：复查",
        "24 March, the bureau looks again",
        (
            Step(("S",), "▸ DD000003"),
            Step(
                ("c", "复查合格", "Enter"),
                r"▸ DD000003 .*(已办结|closed)",
                ("办结", "发现、答复、复查，一条记录看到底。"),
                ("Closed", "Finding, answer and closing in one record."),
            ),
        ),
    ),
    Sitting(
        date(2026, 3, 31),
        "wangfang",
        "3月31日 服务中心：证书、补贴申领、评价",
        "31 March, the service centre: certificates, claims, marks",
        (
            Step((":", "b 2", "Enter"), r"─ B000002 ─"),
            Step(("g",), GRID + r"(.|\n)*苗十"),
            *(step for at, name in enumerate(NAMES, 1) for step in result(at, name)),
            Step(
                (),
                GRID,
                (
                    "录成绩和证书",
                    "成绩记在鉴定那天（3 月 28 日）：9 人通过，证书编号一并录入，1 人未通过。",
                ),
                (
                    "Results and certificates",
                    "Of the day of the assessment, 28 March: nine passed, with the numbers of their "
                    "certificates, one did not.",
                ),
                "results",
                told="(`t` `1` `CG2603…` `Enter` `↓`) ×9 `t` `2`",
            ),
            Step(("Esc",), r"─ B000002 ─"),
            Step(("G",), r"LG-JN/1"),
            Step(("v",), r"▸ SQ"),
            Step(
                ("c", "B000002 LG-JN T1 certificate,roster,invoice,bank_account", "Enter"),
                r"▸ SQ000012(.|\n)*✓ .*9.*¥8,640",
                (
                    "全班的补贴申领",
                    "拿到证的 9 人一次生成申领：第三条，五级 800 元，急需目录上浮 20 %，每人 960 元，共 8,640 元。"
                    "规则和金额都是虚构的。",
                ),
                (
                    "Claims for the whole class",
                    "A claim for each of the nine: clause 3, 800 yuan for level 5 and 20 % more for a trade on "
                    "the list, 960 yuan each. Rules and sums are invented.",
                ),
                "claims",
            ),
            Step(
                ("o",),
                r"(材料已写入|Papers written)",
                ("申领材料", "表格和网页各一份，带全班名册：学时和成绩。"),
                (
                    "Papers",
                    "A spreadsheet and a page, with the roster of the class, hours and results.",
                ),
            ),
            Step(
                (*ALL, "i"),
                r"SQ000004–SQ000012 \(9\).*(已提交|handed in)",
                ("勾选、提交", "`空格` 勾选 9 件，`i` 一起提交；要么全部，要么一件也不。"),
                ("Mark and hand in", "Space marks all nine, `i` hands them in: all, or none."),
                told="`Space` ×9 `i`",
            ),
            Step(("E",), "T11"),
            *(Step(("n", f"B000002 {words}", "Enter"), r"✓ ") for words in MARKS[:-1]),
            Step(
                ("n", f"B000002 {MARKS[-1]}", "Enter"),
                r"✓ ",
                ("录评价", "四位学员和企业各打了分；还没有公布，所以榜上暂时看不到。"),
                (
                    "Marks",
                    "Four trainees and the firm; nothing is told of them until the quarter is published.",
                ),
                told="`E` " + " ".join(f"`n` `B000002 {words}` `Enter`" for words in MARKS),
            ),
        ),
    ),
    Sitting(
        date(2026, 4, 15),
        "supervisor",
        "4月15日 区里：审核，公布评价",
        "15 April, the bureau approves and publishes",
        (
            Step(("G",), r"LG-JN/1"),
            Step(("v",), r"▸ SQ000012"),
            Step(
                (*ALL, "y"),
                r"SQ000004–SQ000012 \(9\)",
                ("同意", "条款、开班和发证日期、材料都在右边。"),
                ("Approved", "Clause, days and papers stand on the right."),
                told="`G` `v` `Space` ×9 `y`",
            ),
            Step(("E",), "T11"),
            Step(("p", "2026-03-31", "Enter"), r"✓ "),
            Step(
                ("k",),
                r"▸ 深圳市鹤岭",
                ("公布一季度评价", "鹤岭技师学院的分数和每一项的来历；公布了就不再改。"),
                (
                    "The quarter's scores",
                    "The school's score with all that is behind it; once published it stays.",
                ),
                "score",
            ),
        ),
    ),
    Sitting(
        date(2026, 4, 29),
        "supervisor",
        "4月29日 区里：拨付",
        "29 April, the bureau pays",
        (
            Step(("G",), r"LG-JN/1"),
            Step(("v",), r"▸ SQ000012"),
            Step(
                (*ALL, "p"),
                r"SQ000004–SQ000012 \(9\)",
                ("已拨付", "9 件一起记为已拨付。"),
                ("Paid", "All nine are noted as paid."),
                told="`G` `v` `Space` ×9 `p`",
            ),
        ),
    ),
    Sitting(
        date(2026, 6, 29),
        "wangfang",
        "6月29日 服务中心：九十天后",
        "29 June, the service centre: ninety days later",
        (
            Step(("T",), r"H000011"),
            Step(("v",), r"▸ H000003"),
            Step(
                ("↓", "↓"),
                r"▸ H000011",
                ("该回访了", "取证满九十天的人自动排出来，3 月 28 日取证的 6 月 26 日起应回访。"),
                (
                    "Whom to ring",
                    "Certificates of 28 March: their holders are to be rung from 26 June on.",
                ),
                "due",
            ),
            *(step for at in range(9) for step in outcome(at)),
            Step(("v",), "H000020"),
            Step(
                ("f", "H000011", "Enter"),
                r"▸ H000011(.|\n)*CG26030001",
                (
                    "一人一档",
                    "9 人都问到了：韩一升了带班，其余在原岗。班级、学时、成绩、证书、去向、学分都在这一页，"
                    "从那通电话到这里没有断过。",
                ),
                (
                    "One file for one person",
                    "All nine were reached: one was promoted, the others are where they were. Class, hours, "
                    "result, certificate, outcome and credits on one page, from that call to here.",
                ),
                "file",
                told="`o` `2` (`o` `1`) ×8 `v` `f` `H000011` `Enter`",
            ),
        ),
    ),
)
HEADS = {
    "zh": (
        "# 从三月的电话到六月的岗位\n\n"
        "一家企业、一个班，从头到尾：来电话、匹配、各方答复、开班、名单和考勤、督导、成绩和证书、补贴申领、评价、"
        "九十天后的去向。三个人各在自己的画面上办，全用键盘。每一屏都是 `make walkthrough` 在演示库里真按出来的"
        "（窗口 100×30，时刻和毫秒数是那一次的），同样的按键也是一个测试。\n\n"
        "企业、机构、人名、补贴规则和金额都是虚构的，与任何真实政策无关。\n\n"
        "自己走一遍：\n\n"
        "```\n"
        "duijie --db 故事.db demo --day 2026-03-02                  # 建一个 3 月 2 日的演示库，以王芳打开\n"
        "duijie --db 故事.db --user heling demo --day 2026-03-03    # 演示库过到 3 月 3 日，以学院的何玲打开\n"
        "```\n\n"
        "同一个演示库再给一个更晚的 `--day`，日子就过到那一天：时限到了的失效，班级开课、结课。日子只能往后。"
        "\n\n回到[用户手册](zh.md)。\n"
    ),
    "en": (
        "# From a call in March to work in June\n\n"
        "One firm and one class from beginning to end: the call, the match, everybody's answer, the class, roster "
        "and attendance, a visit, results and certificates, subsidy claims, marks, and what became of the people "
        "ninety days later. Three people at their own screens, by keys alone. Every screen was captured by "
        "`make walkthrough` on a demo store (a window of 100×30; times and milliseconds are of that run), and the "
        "same keys are a test.\n\n"
        "Firms, institutions, people, rules of subsidies and sums are invented: nobody's law.\n\n"
        "To play it:\n\n"
        "```\n"
        "duijie --db story.db --lang en demo --day 2026-03-02                  # a demo of 2 March, opened as 王芳\n"
        "duijie --db story.db --lang en --user heling demo --day 2026-03-03    # it goes on to 3 March, as the school\n"
        "```\n\n"
        "A demo store that is given a later `--day` goes on to it: what is overdue lapses, classes begin and end. "
        "Its day never goes back.\n\nBack to the [user guide](en.md).\n"
    ),
}


def sit(
    sitting: Sitting, store: Path, folder: Path, language: str, calm: float = 0
) -> Iterator[tuple[Step, Emulator]]:
    """Each step of a sitting once it has been taken, with the terminal; `folder` is the person's home.

    `calm` are the seconds for which the screen must not have changed before a step is over.
    """
    words = ("--db", str(store), "--lang", language, "--user", sitting.login)
    desk = Emulator(
        *(*words, "demo", "--day", sitting.day.isoformat()),
        answer=NARROW,
        COLORTERM="truecolor",
        DUIJIE_START="dashboard",
        DUIJIE_THEME="duijie-dark",
        XDG_CONFIG_HOME=f"{folder}/CONFIG",
        XDG_DATA_HOME=f"{folder}/DATA",
        XDG_STATE_HOME=f"{folder}/STATE",
    )
    try:
        desk.resize(HEIGHT, WIDTH)
        desk.wait(lambda shown: "▸" in shown)  # the first list has been read
        for step in sitting.steps:
            desk.type("".join(NAMED.get(key, key) for key in step.keys).encode())
            desk.wait(partial(shows, step))
            if calm and step.zh[0]:
                rest(desk, calm)
            yield step, desk
        desk.type(b"\x11")
        desk.end()
    finally:
        desk.close()


def shows(step: Step, screen: str) -> bool:
    """Whether a screen is the one that a step ends on."""
    return re.search(step.shows, screen) is not None


def rest(desk: Emulator, seconds: float) -> None:
    """Until the screen has not changed for so long."""
    before, since = desk.screen, time.monotonic()
    while time.monotonic() - since < seconds:
        desk.read()
        if desk.screen != before:
            before, since = desk.screen, time.monotonic()


def told(keys: Sequence[str], language: str) -> str:
    """Keys as they are printed."""
    words = (
        {"Space": "空格", "PASTE": "粘贴名单"}
        if language == "zh"
        else {"PASTE": "the pasted roster"}
    )
    return " ".join(f"`{words.get(key, key)}`" for key in keys)


def picture(desk: Emulator) -> str:
    """The screen as SVG."""
    from docs.pictures.draw import svg

    strips = [
        [Segment("".join(cell.data for cell in cells), style) for style, cells in groupby(row, _style)]
        for row in desk.cells
    ]
    return svg(strips, WIDTH)


def _style(cell: Any) -> Style:
    colours = (f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else None for name in (cell.fg, cell.bg))
    fore, back = colours
    return Style(color=fore, bgcolor=back, bold=cell.bold, reverse=cell.reverse)


def walk(language: str) -> str:
    """The page of one language; pictures are put into their folder."""
    page = [HEADS[language]]
    with tempfile.TemporaryDirectory() as made:
        store = Path(made) / "demo.db"
        demo.build(str(store), FIRST).close()
        for sitting in SITTINGS:
            page.append(f"## {sitting.zh if language == 'zh' else sitting.en}\n")
            pressed: list[str] = []
            for step, desk in sit(sitting, store, Path(made) / sitting.login, language, CALM):
                pressed.append(step.told or told(step.keys, language))
                title, sentence = step.zh if language == "zh" else step.en
                if not title:
                    continue
                keys = pressed[-1] if step.told else " ".join(filter(None, pressed))
                shown = desk.screen.replace(made, "…")
                pressed = []
                word = "按键：" if language == "zh" else "Keys: "
                page.append(f"### {title}\n\n{word}{keys}\n\n{sentence}\n")
                if step.picture:
                    name = f"story-{step.picture}-{language}.svg"
                    (PICTURES / name).write_text(picture(desk), encoding="utf-8")
                    page.append(f"![{title}](../pictures/{name})\n")
                else:
                    page.append(f"```text\n{shown}\n```\n")
    return "\n".join(page)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["zh", "en"]:
        target = Path(__file__).parent / f"story.{chosen}.md"
        target.write_text(walk(chosen), encoding="utf-8")
