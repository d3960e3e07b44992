"""Text pasted from a chat or a spreadsheet, parted into the cells of needs."""

from __future__ import annotations

import re

from store.tables import unguarded
from tui.i18n import _
from tui.words import FIELDS

COLUMNS = (
    "enterprise",
    "text",
    "heads",
    "level",
    "earliest",
    "latest",
    "weekly",
    "area",
    "budget",
    "certificate",
)
_PLAIN_ORDER = ("enterprise", "text", "heads", "level", "latest", "weekly", "budget")
_HEADINGS = {
    "企业": "enterprise",
    "企业名称": "enterprise",
    "单位": "enterprise",
    "单位名称": "enterprise",
    "公司": "enterprise",
    "需求": "text",
    "工种": "text",
    "培训工种": "text",
    "培训项目": "text",
    "项目": "text",
    "人数": "heads",
    "级别": "level",
    "等级": "level",
    "最早": "earliest",
    "开始": "earliest",
    "最晚": "latest",
    "截止": "latest",
    "完成日期": "latest",
    "时段": "weekly",
    "时间": "weekly",
    "上课时间": "weekly",
    "地点": "area",
    "街道": "area",
    "预算": "budget",
    "证书": "certificate",
}
_NUMBERING = re.compile(r"^\s*(?:\(?\d{1,3}[)）.、]\s*|[-*•·]\s+)")


def read_rows(text: str) -> list[dict[str, str]]:
    """Cells by field, a need a row: a table with or without headings, else a sentence a line."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not any("\t" in line for line in lines):
        return [{"text": _NUMBERING.sub("", line).strip()} for line in lines]
    table = [[unguarded(cell.strip()) for cell in line.split("\t")] for line in lines]
    headings = [_heading(cell) for cell in table[0]]
    if sum(name is not None for name in headings) >= 2:
        table = table[1:]
    else:
        headings = list(_PLAIN_ORDER)
    return [
        {name: cell for name, cell in zip(headings, row, strict=False) if name and cell}
        for row in table
    ]


def _heading(cell: str) -> str | None:
    """The field that a heading names, in either language."""
    word = cell.strip().rstrip("*").strip()
    if word in _HEADINGS:
        return _HEADINGS[word]
    for name in COLUMNS:
        if word.lower() in (name, FIELDS[name].lower(), _(FIELDS[name]).lower()):
            return name
    return None
