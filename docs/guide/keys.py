"""Write every key with its id into `keys.zh.md` and `keys.en.md` beside this file: `make walkthrough`."""

from __future__ import annotations

import pkgutil
import sys
from collections import defaultdict
from importlib import import_module
from pathlib import Path

from textual.binding import Binding

import tui.app
import tui.screens
import tui.widgets
from tui import i18n
from tui.widgets.key_bar import key_name

# What the first word of an id stands for, in the order of the page.
GROUPS = {
    "go": ("各个画面", "The screens"),
    "app": ("处处可用", "Everywhere"),
    "focus": ("栏目之间", "Between fields"),
    "list": ("列表", "Lists"),
    "dashboard": ("总览 1", "Today 1"),
    "needs": ("需求 2", "Needs 2"),
    "form": ("登记表单", "Registration form"),
    "paste": ("粘贴的表格", "Pasted rows"),
    "filter": ("筛选", "Filter"),
    "confirmed": ("确认过的说法", "Confirmed words"),
    "match": ("匹配 3", "Match 3"),
    "bundles": ("方案列表", "List of bundles"),
    "compare": ("对比", "Compare"),
    "weights": ("权重试算", "Weights"),
    "offerings": ("供给 4", "Offerings 4"),
    "board": ("日历 5", "Slots 5"),
    "heat": ("日历的格子", "Cells of the board"),
    "analysis": ("分析 6", "Analysis 6"),
    "policy": ("补贴政策 G", "Subsidy rules G"),
    "proposals": ("撮合单 7", "Proposals 7"),
    "taken": ("被人抢先", "Somebody was faster"),
    "classes": ("班级 8", "Classes 8"),
    "calls": ("电话 9", "Calls 9"),
    "early": ("提前需求 Y", "Needs ahead Y"),
    "support": ("专家与开发 X", "Experts and courses X"),
    "trainees": ("学员档案 T", "Trainees T"),
    "supervision": ("督导 S", "Supervision S"),
    "evaluation": ("评价与准入 E", "Evaluation E"),
    "ratings": ("受邀评价 R", "Classes to rate R"),
    "occupations": ("本地工种 O", "Local occupations O"),
    "surveys": ("需求调查 Q", "Surveys of demand Q"),
    "vacancies": ("岗位 J", "Vacancies J"),
    "costs": ("共建共享 M", "Shared costs M"),
    "usage": ("使用条款", "Terms of use"),
    "roster": ("名单考勤", "Roster and attendance"),
    "credits": ("学分", "Credits"),
    "story": ("一条龙", "Whole story"),
    "people": ("人员 K", "People K"),
    "bulletins": ("公报 B", "Bulletins B"),
    "audit": ("审计记录 A", "Audit trail A"),
    "batches": ("导入批次 I", "Import batches I"),
    "batch": ("一批表格", "One batch"),
    "headings": ("表头对应", "Headings of a batch"),
    "differences": ("录入前的对比", "Differences before applying"),
    "cycle": ("填报与核验 F", "Filing and verification F"),
    "figures": ("供需数字", "Figures"),
    "warnings": ("预警与急需目录 W", "Early warning W"),
    "planning": ("统筹 0 各页", "Plan 0, all of it"),
    "pools": ("拼班雷达", "Pooling radar"),
    "allocation": ("统筹调配", "Allocation"),
    "repair": ("抢修", "Repair"),
    "commands": ("命令框", "Commands"),
    "line": ("写一行的对话框", "Dialogs with a line"),
    "find": ("搜索", "Search"),
    "tour": ("导览", "Tour"),
    "dialog": ("对话框", "Dialogs"),
    "reading": ("翻阅", "Lines to be read"),
    "pick": ("选一个", "Picking"),
    "party": ("哪一方", "Which party"),
    "confirm": ("问一句", "A question"),
    "reason": ("写原因", "A reason"),
    "help": ("帮助", "Help"),
    "small": ("窗口太小时", "While the window is too small"),
}
HEADS = {
    "zh": (
        "# 全部按键\n\n由 `make walkthrough` 从程序里列出。右栏的名字写进[设置](commands.zh.md#设置)的 "
        "`[keys]` 就能改键。`^` 表示 Ctrl。\n",
        "| 按键 | 做什么 | 名字 |",
    ),
    "en": (
        "# Every key\n\nListed from the program by `make walkthrough`. The ids on the right go into `[keys]` "
        "of the [settings](commands.en.md#settings). `^` is Ctrl.\n",
        "| Key | What it does | Id |",
    ),
}


def bindings() -> dict[str, dict[str, Binding]]:
    """Every binding with an id, by the first word of the id."""
    found: dict[str, dict[str, Binding]] = defaultdict(dict)
    modules = [tui.app]
    for package in (tui.screens, tui.widgets):
        names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
        modules += [import_module(f"{package.__name__}.{name}") for name in names]
    for module in modules:
        for owner in vars(module).values():
            if isinstance(owner, type) and owner.__module__ == module.__name__:
                for binding in vars(owner).get("BINDINGS", ()):
                    if binding.id:
                        found[binding.id.partition(".")[0]].setdefault(binding.id, binding)
    return found


def page(language: str) -> str:
    """The page of one language; an id of an unknown group ends the run."""
    i18n.use(language)
    found = bindings()
    if unknown := found.keys() - GROUPS.keys():
        sys.exit(f"docs/guide/keys.py does not know: {sorted(unknown)}")
    head, row = HEADS[language]
    parts = [head]
    for group in [name for name in GROUPS if found[name]]:
        parts.append(f"## {GROUPS[group][language == 'en']}\n\n{row}\n| --- | --- | --- |")
        parts[-1] += "".join(f"\n{line(one)}" for one in found[group].values()) + "\n"
    return "\n".join(parts)


def line(binding: Binding) -> str:
    """One binding as a row of the table."""
    keys = " ".join(f"`{key_name(binding.key_display or key)}`" for key in binding.key.split(","))
    words = i18n._(binding.tooltip or binding.description or " ").strip()
    return f"| {keys} | {words} | `{binding.id}` |"


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["zh", "en"]:
        target = Path(__file__).parent / f"keys.{chosen}.md"
        target.write_text(page(chosen), encoding="utf-8")
