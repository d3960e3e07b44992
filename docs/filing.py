"""Draws docs/filing.md from the standard in store/standard/data: `python docs/filing.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from store.standard import KIND_NAMES, VERSION, Standard, StandardColumn, standard

TARGET = Path(__file__).with_suffix(".md")

_INTRODUCTION = (
    "由 `store/standard/data/*.tsv` 生成（`python docs/filing.py`），测试保证一致。"
    "空表：`duijie template 类别 --format xlsx`；",
    "JSON Schema：`--format schema`；导入：`duijie import 类别 文件`。",
    "",
    "Drawn from `store/standard/data/*.tsv` by `python docs/filing.py`; a test fails when the two",
    "differ. Empty tables: `duijie template KIND --format xlsx`; JSON Schema: `--format schema`.",
    "",
    "空表和导出的工作簿用中文或英文表头，随所用语言；`duijie export` 的 CSV 和 JSON 供程序读，用字段名作表头",
    "（第 1 版各种表都是这样）。各种表头、各版的表都能读，列的先后不限，",
    "表头按“其他写法”和近似写法识别并告知。",
    "",
    "Empty tables and exported workbooks have words as headings, in the language in use; CSV and JSON of",
    "`duijie export` are for programs and have the names of fields, as every table of version 1 had.",
    "Tables with either, of every version, are read, columns in any order.",
    "",
    "后来增加的列都是选填，没有这些列的旧表照样能读，导入时原值不动。",
    "Columns that came later are never required; a table without them leaves what is stored.",
)


def text() -> str:
    """The whole page."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield f"# 数据填报规范（第 {VERSION} 版） · Filing standard (version {VERSION})"
    yield ""
    yield from _INTRODUCTION
    for kind in KIND_NAMES:
        yield from _section(standard(kind))


def _section(said: Standard) -> Iterator[str]:
    yield ""
    yield f"## {said.zh} · {said.en} (`{said.kind}`)"
    yield ""
    yield "| 表头 | Heading | 字段 | 必填 | 规则 | Rule | 单位 | 可写 | 示例 | 其他写法 |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    yield from map(_row, said.columns)


def _row(column: StandardColumn) -> str:
    words = "；".join(f"{names[0]} `{value}`" for value, names in column.words.items())
    cells = (
        column.zh,
        column.en,
        f"`{column.name}`",
        "是 yes" if column.required else "",
        column.rule_zh,
        column.rule_en,
        column.unit,
        words,
        column.example,
        "、".join(column.aliases),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stderr.write(f"{TARGET}\n")
