"""Empty tables to be filled in, made from the standard: a workbook with drop-downs, and a JSON Schema."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from store.schemas.fields import LADDER
from store.services.kinds import kind_named
from store.standard import Standard, StandardColumn, standard

_ROWS = 2000  # rows below the headings that have drop-downs
_LONGEST_LIST = (
    200  # characters of a drop-down that stands in the cell itself; spreadsheets take 255
)
_WORDS = {
    "zh": ("示例", "填写说明", "必填", "版本", "是,否", "请从下拉列表中选，或写编码。"),
    "en": (
        "Example",
        "How to fill in",
        "required",
        "version",
        "yes,no",
        "Choose, or write a code.",
    ),
}


def json_schema(kind_name: str, lang: str) -> dict[str, Any]:
    """The JSON Schema of a draft, with headings, rules, units and examples of the standard."""
    kind, said = kind_named(kind_name), standard(kind_name)
    made: dict[str, Any] = kind.draft.model_json_schema()
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = said.zh if lang == "zh" else said.en
    made["x-version"] = said.version
    for column in said.columns:
        about = made["properties"].setdefault(column.name, {"type": "string"})
        about["title"] = heading(column, lang)
        about["description"] = column.rule_zh if lang == "zh" else column.rule_en
        about["x-type"] = column.type
        about["x-example"] = column.example
        if column.unit:
            about["x-unit"] = column.unit
        if column.words:
            about["x-words"] = {value: names[0] for value, names in column.words.items()}
    return made


def heading(column: StandardColumn, lang: str) -> str:
    """What stands above a column."""
    return column.zh if lang == "zh" else column.en


def workbook(kind_name: str, lang: str, lists: Mapping[str, Sequence[str]]) -> bytes:
    """An XLSX to be filled in: headings with notes, drop-downs, an example, what to write where.

    `lists` are names to choose from by column, long ones kept on a hidden sheet; the file says its version.
    """
    from openpyxl import Workbook

    said = standard(kind_name)
    example, how, *_ = _WORDS[lang]
    book = Workbook()
    book.properties.title = f"duijie {kind_name} {_WORDS[lang][3]} {said.version}"
    book.properties.version = str(said.version)
    book.properties.creator = "duijie"
    page = book.worksheets[0]
    page.title = _name(said, lang)
    _head(page, said, lang)
    hidden = book.create_sheet("lists")
    hidden.sheet_state = "hidden"
    for at, column in enumerate(said.columns, 1):
        _choose(page, hidden, at, column, choices(column, lang, lists), lang)
    shown = book.create_sheet(example)
    _head(shown, said, lang)
    for at, column in enumerate(said.columns, 1):
        if column.name != "code":  # or the example would change a record that has it
            shown.cell(2, at, column.example).number_format = "@"
    _explain(book.create_sheet(how), said, lang)
    book.move_sheet(hidden, len(book.worksheets))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _name(said: Standard, lang: str) -> str:
    return said.zh if lang == "zh" else said.en


def _head(page: Any, said: Standard, lang: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for at, column in enumerate(said.columns, 1):
        cell = page.cell(1, at, heading(column, lang) + ("*" if column.required else ""))
        cell.font = Font(bold=True)
        rule = column.rule_zh if lang == "zh" else column.rule_en
        unit = f" ({column.unit})" if column.unit else ""
        cell.comment = Comment(f"{rule}{unit}\n{column.example}", "duijie")
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = 18
        page.column_dimensions[letter].number_format = "@"
    page.freeze_panes = "A2"


def choices(column: StandardColumn, lang: str, lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """What may be written where that is known: words for stored values, the ladder, names of a dictionary."""
    if column.words:
        return [names[0] if lang == "zh" else value for value, names in column.words.items()]
    if column.type == "level":
        return LADDER
    if column.type == "yes":
        return _WORDS[lang][4].split(",")
    return lists.get(column.name, ()) if column.type == "code" else ()


def _choose(
    page: Any, hidden: Any, at: int, column: StandardColumn, choices: Sequence[str], lang: str
) -> None:
    """A drop-down for a column; other text stays possible where a code may stand instead."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if not choices:
        return
    letter, source = get_column_letter(at), f'"{",".join(choices)}"'
    if len(source) > _LONGEST_LIST or any("," in choice for choice in choices):
        for row, choice in enumerate(choices, 1):
            hidden.cell(row, at, choice)
        source = f"lists!${letter}$1:${letter}${len(choices)}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True)
    rule.showErrorMessage = column.type != "code"
    rule.showInputMessage = True
    rule.prompt = _WORDS[lang][5] if column.type == "code" else None
    page.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_ROWS}")


def _explain(page: Any, said: Standard, lang: str) -> None:
    """One line a column: heading, whether it must be filled in, rule, unit, words, example."""
    must, version = _WORDS[lang][2], _WORDS[lang][3]
    page.append([f"{_name(said, lang)} · {version} {said.version}"])
    for column in said.columns:
        words = "、".join(names[0] for names in column.words.values())
        page.append(
            [
                heading(column, lang),
                must if column.required else "",
                column.rule_zh if lang == "zh" else column.rule_en,
                column.unit,
                words,
                column.example,
            ]
        )
    page.column_dimensions["C"].width = 60
