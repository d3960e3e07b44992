"""Walk through the main job by keys alone and keep every screen: `make walkthrough`.

A fresh demo store of a fixed day, the real program in a real terminal of 80 by 24 (tmux), and
`walkthrough.zh.md` and `walkthrough.en.md` beside this file. What is in the blocks is what stood on
the screen; a step that does not show what it should ends the run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from seed import demo

DAY = date(2026, 11, 21)
ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 80, 24
PATIENCE = 30.0  # seconds until a screen must show what it should
CALM = 0.4  # seconds without a change, after which a screen is kept
NAMED = {"F2", "F6", "Tab", "Enter", "Space", "Down", "C-s"}
WORDS = {"C-s": "Ctrl+S", "Down": "↓"}
DEAL = "P000006"  # the demo has five


@dataclass(frozen=True, slots=True)
class Step:
    """Keys, what must be on the screen after them, and a title and a sentence in each language.

    With `onto`, ↓ is pressed after the keys until that stands on the screen; then come the keys of `then`.
    """

    keys: tuple[str, ...]
    shows: str
    zh: tuple[str, str]
    en: tuple[str, str]
    onto: str = ""
    then: tuple[str, ...] = ()


STEPS = (
    Step(
        (),
        "F2",
        ("早上打开", "今天等着办的、哪里有缺口、本周走到哪一步，都在总览上。"),
        ("The morning", "What waits, where the shortages are and how the week goes: key 1."),
    ),
    Step(
        ("F2", "宝坪医械", "Tab", "6个人考焊工四级，晚上和周末，坂田附近，预算2500以内，年前拿证"),
        "6-18-02-04",
        ("电话一：照原话写", "企业怎么说就怎么写，右边当场认出职业，带 ‹ 的栏是从原话里读出来的。"),
        (
            "First call: the words as they are said",
            "The occupation is recognised while typing; fields with ‹ were read out of the words.",
        ),
    ),
    Step(
        ("C-s",),
        "✓.*N000081",
        ("保存", "需求进了列表，表单空出来，接下一个电话。"),
        (
            "Save",
            "The need is in the list, the form is empty for the next call.",
        ),
    ),
    Step(
        ("rpjm",),
        "锐坪精密",
        ("电话二：不用输入法", "企业打拼音首字母，候选在右边。"),
        (
            "Second call: letters only",
            "The firm by its pinyin initials; candidates stand on the right.",
        ),
    ),
    Step(
        ("1", "Tab", "skcg 4 5p bl eve"),
        "= 数控车工四级",
        (
            "一行字母就是一条需求",
            "`1` 取第一家；`skcg 4 5p bl eve` 是数控车工、四级、5 人、宝龙、工作日晚上。",
        ),
        (
            "A line of letters is a whole need",
            "`1` takes the first firm; the line says 数控车工, level 4, five people, 宝龙, weekday evenings.",
        ),
    ),
    Step(
        ("C-s",),
        "✓.*N000082",
        ("保存", "首字母已经换成职业的名称存下。"),
        ("Save", "What is stored is the trade's name, not the letters."),
    ),
    Step(
        ("F6",),
        r"N000082(.|\n)*╭─ (方案|Bundles) \d",
        ("匹配", "左边是做得到的方案，分数高的在前；右边是为什么这个分。"),
        (
            "Match",
            "Left the plans that can be held, best first; right why this one has its points.",
        ),
    ),
    Step(
        ("s",),
        r"─ (课次|Sessions) \d",
        ("看课次", "方括号里是上课的日子，圆括号里是休息日；再按 `s` 返回。"),
        ("Its dates", "Days with a session stand in [ ], days off in ( ); `s` again goes back."),
    ),
    Step(
        ("s", "Space", "Down", "Down", "Space", "="),
        r"─ (对比|Compare) ",
        ("比一比", "空格勾选第 1 个和第 3 个，`=` 并排：只列不同之处，`✓` 是每行里最好的。"),
        (
            "Compare",
            "Space marks the first and the third, `=` shows where they differ; `✓` is best in its row.",
        ),
    ),
    Step(
        ("Enter",),
        r"[^\n]*(p撮合|p proposes|p 撮合)",
        ("采用第一个", "回车回到这个方案。"),
        ("Take the first", "Enter goes back with the cursor on it."),
    ),
    Step(
        ("p",),
        rf"─ {DEAL} ─",
        ("撮合", "名额、讲师、工位立即占住半小时，这是撮合单草稿，谁也还没告诉。"),
        (
            "Propose",
            "Seats, people and workstations are held for half an hour; nobody has been told.",
        ),
    ),
    Step(
        ("s",),
        rf"✓ {DEAL}",
        ("发出", "各方的答复时限从现在起算。"),
        ("Send", "Now everyone's clock runs."),
    ),
    Step(
        ("9",),
        rf"─ {DEAL} ─",
        ("打电话", "电话单上找到机构那一行：两句开场话写好了。"),
        ("Ring the institution", "Its line in the call list, with two sentences to say."),
        onto=rf"─ {DEAL} ─",
    ),
    Step(
        ("a",),
        "✓ 深圳市鹤岭技师学院",
        ("机构说可以", "`a` 记下同意，这一行就消失了。"),
        ("It says yes", "`a` keeps the answer, and the line is gone."),
    ),
    Step(
        (),
        "✓ 深圳市锐坪精密",
        ("企业也说可以", "再找到企业那一行，打完电话按 `a`。"),
        ("So does the firm", "The firm's line, the call, and `a`."),
        onto=rf"─ {DEAL} ─",
        then=("a",),
    ),
    Step(
        (":", "p 6", "Enter"),
        rf"─ {DEAL} ─(.|\n)*✓(.|\n)*✓",
        ("回到撮合单", "一行命令 `p 6` 打开 P000006：各方都同意了。"),
        ("Back to the proposal", "The line `p 6` opens P000006: everyone has agreed."),
    ),
    Step(
        ("c",),
        rf"✓ {DEAL}",
        ("确认", "占用的全部转为预订，缺一样就一样也不转；撮合单进了班级。"),
        (
            "Confirm",
            "All that was held becomes booked, or nothing does; the proposal joins a class.",
        ),
    ),
    Step(
        ("8",),
        r"─ B\d{6} ─(.|\n)*" + DEAL,
        ("班级", "这个班：谁教、在哪里、哪几家、收多少、还差几人开班。"),
        ("The class", "Who teaches, where, which firms, what it brings, how many are missing."),
        onto=r"─ B\d{6} ─(.|\n)*" + DEAL,
    ),
    Step(
        ("v",),
        r"─ (课次|Sessions)",
        ("课表", "`v` 看每次课。从接电话到订好课，没有离开过键盘。"),
        ("Its dates", "`v` shows every session. From the call to the booked class, by keys alone."),
    ),
)


class Desk:
    """The program in a terminal of its own."""

    def __init__(self, folder: Path, language: str) -> None:
        self._socket = f"walk-{uuid.uuid4().hex[:8]}"
        clean = {name: word for name, word in os.environ.items() if not name.startswith("DUIJIE_")}
        clean.pop("NO_COLOR", None)
        homes = {f"XDG_{name}_HOME": f"{folder}/{name}" for name in ("CONFIG", "DATA", "STATE")}
        run = f"{sys.executable} -m tui --db {folder}/demo.db --lang {language} --user {demo.OPERATOR.login}"
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT), run),
            environment={**clean, **homes, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        )

    def press(self, key: str) -> None:
        """One named key, or text as it stands."""
        self._tmux("send-keys", key) if key in NAMED else self._tmux("send-keys", "-l", key)

    def screen(self) -> str:
        """What stands on the screen, line ends trimmed."""
        shown = self._tmux("capture-pane", "-p")
        return "\n".join(line.rstrip() for line in shown.splitlines())

    def calm(self, shows: str = "") -> str:
        """The screen once it shows something and has stopped changing."""
        until, before, since = time.monotonic() + PATIENCE, "", 0.0
        while time.monotonic() < until:
            now = self.screen()
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > CALM and re.search(shows, now):
                return now
            time.sleep(0.05)
        sys.exit(f"{shows!r} did not come:\n{before}")

    def close(self) -> None:
        """End the terminal."""
        self._tmux("kill-server")

    def _tmux(self, *words: str, environment: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        return done.stdout


def take(desk: Desk, step: Step) -> tuple[list[str], str]:
    """The keys that were pressed for a step, and the screen after them."""
    pressed = list(step.keys)
    for key in step.keys:
        desk.press(key)
        desk.calm()
    while step.onto and not re.search(step.onto, desk.calm()):
        before = desk.screen()
        desk.press("Down")
        pressed.append("Down")
        if desk.calm() == before:
            sys.exit(f"{step.onto!r} is not in the list:\n{before}")
    for key in step.then:
        desk.press(key)
        pressed.append(key)
    return pressed, desk.calm(step.shows)


def told(keys: Sequence[str], language: str) -> str:
    """Keys as they are printed: named ones one by one, typed text as it stands."""
    space = "空格" if language == "zh" else "Space"
    return " ".join(f"`{WORDS.get(key, space if key == 'Space' else key)}`" for key in keys)


HEADS = {
    "zh": (
        "# 从接电话到订好课\n\n"
        "全程只用键盘，窗口 80×24。每一屏都是 `make walkthrough` 在新建的演示库（2026-11-21）里真按出来的，"
        "时刻和毫秒数是那一次的。\n\n回到[用户手册](zh.md)。\n"
    ),
    "en": (
        "# From the call to the booked class\n\n"
        "By keys alone, in a window of 80×24. Every screen was captured by `make walkthrough` on a demo "
        "store made anew (2026-11-21); times and milliseconds are of that run. Names and needs are "
        "Chinese.\n\nBack to the [user guide](en.md).\n"
    ),
}


def walk(language: str) -> str:
    """The page of one language."""
    page = [HEADS[language]]
    with tempfile.TemporaryDirectory() as made:
        demo.build(f"{made}/demo.db", DAY).close()
        desk = Desk(Path(made), language)
        try:
            for number, step in enumerate(STEPS, 1):
                pressed, shown = take(desk, step)
                title, sentence = step.zh if language == "zh" else step.en
                word = "按键：" if language == "zh" else "Keys: "
                keys = f"{word}{told(pressed, language)}\n\n" if pressed else ""
                page.append(f"## {number} {title}\n\n{keys}```text\n{shown}\n```\n\n{sentence}\n")
        finally:
            desk.close()
    return "\n".join(page)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["zh", "en"]:
        target = Path(__file__).parent / f"walkthrough.{chosen}.md"
        target.write_text(walk(chosen), encoding="utf-8")
