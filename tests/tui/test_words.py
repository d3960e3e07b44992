"""Sentences: every code has one, every one is translated, and short ways of typing are understood."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pydantic import TypeAdapter, ValidationError

from matching.types import Criterion, Grade, Rule
from store import Store
from store.schemas.actor import Actor, Role
from store.schemas.fields import Level
from store.schemas.vacancy import VacancyDraft
from store.services import filing, records
from store.services.kinds import kind_named
from store.standard import KIND_NAMES, standard
from store.standard.days import read_day
from tui import messages, words
from tui.i18n import _, use
from tui.safe import clean, fit, pad
from tui.typed import read_weekly

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "tui" / "locale" / "zh_CN" / "LC_MESSAGES" / "duijie.po"
_FIELD = re.compile(r"\{(\w*)")


def marked() -> set[str]:
    """Every sentence in `_()` and `mark()` of the front end."""
    found = set()
    for path in (ROOT / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("_", "mark")
            ):
                (argument,) = node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found


def test_every_sentence_is_translated_with_the_same_places() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = {str(m.id): str(m.string) for m in read_po(file) if m.id}
    missing = {text for text in marked() if text.strip() and not catalogue.get(text)}
    assert not missing
    uneven = {
        t
        for t in marked()
        if t in catalogue and sorted(_FIELD.findall(t)) != sorted(_FIELD.findall(catalogue[t]))
    }
    assert not uneven - {t for t in uneven if "{kind}" in t and t.count("{kind}") == 2}


def test_the_compiled_catalogue_is_up_to_date() -> None:
    use("zh")
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            if message.id and message.string:
                assert _(str(message.id)) == message.string


def raised_codes() -> set[str]:
    """First arguments of every DuijieError and every custom check raised in the code."""
    found = set()
    for folder in ("store", "tui"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id
                    in ("InvalidError", "ConflictError", "StoreError", "PydanticCustomError")
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                ):
                    found.add(str(node.args[0].value))
    return found


def test_every_code_has_its_sentence() -> None:
    known = set(messages.ERRORS) | set(messages.CAUSES)
    assert not raised_codes() - known


def test_every_word_of_the_engine_has_a_word_on_screen() -> None:
    assert set(words.CRITERIA) == set(Criterion)
    assert set(words.RULES) == set(Rule)
    assert set(words.GRADES) == set(Grade)
    assert len(Role) == 7


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-05", "2026-12-05"),
        ("2026.12.5", "2026-12-05"),
        ("12-5", "2026-12-05"),
        ("12月5日", "2026-12-05"),
        ("1205", "2026-12-05"),
        ("0105", "2027-01-05"),
        ("1-5", "2027-01-05"),
        ("+7", "2026-11-28"),
        ("13-40", "13-40"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_days_as_people_type_them(typed: str, day: str) -> None:
    assert read_day(typed, date(2026, 11, 21)) == day


def test_times_as_people_type_them() -> None:
    assert read_weekly("晚+周末") == "Mon-Fri 18:30-21:30; Sat,Sun all day"
    assert read_weekly("eve") == "Mon-Fri 18:30-21:30"
    assert read_weekly("Tue 08:00-12:00") == "Tue 08:00-12:00"
    assert read_weekly("") == ""


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]52;c;Y3VybA==\x07",
        "\x1b[2J",
        "\x9b31m",
        "\x90q",
        "a\u202eb",
        "\u200bx",
        "\x00",
        "\x7f",
        "\ud800",
    ],
)
def test_nothing_a_terminal_obeys_passes(hostile: str) -> None:
    shown = clean(f"焊工{hostile}")
    assert shown.startswith("焊工")
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u200b" for c in shown)


def test_cells_are_counted_not_characters() -> None:
    assert fit("数控车工四级", 7) == "数控车…"
    assert pad("车", 4) == "车  "
    assert fit("abc", 3) == "abc"


def test_the_fields_with_words_are_those_of_the_filing_standard() -> None:
    columns = [one for kind in KIND_NAMES for one in standard(kind).columns]
    chosen = {one.name for one in columns if one.type == "choice"}
    assert chosen == words.CHOSEN - {"category"}
    assert {one.name for one in columns if one.type == "yes"} == words.YES_OR_NO


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_shown_of_a_record_is_read_back(stocked: Store, language: str) -> None:
    use(language)
    by = Actor("supervisor", "", Role.SUPERVISOR, "BUREAU")
    for name in KIND_NAMES:
        kind = kind_named(name)
        allowed = {one.name: one.allowed for one in filing.columns(name)}
        views = stocked.read(records.page, name, by=by, limit=100).items
        for view in views:
            draft = kind.draft.model_validate(
                {field: getattr(view, field) for field in kind.draft.model_fields}
            )
            shown = {f: words.cell_word(f, c) for f, c in filing.named_cells(kind, view).items()}
            assert not {"class", "on_demand", "full_time"} & set(shown.values())
            typed = {f: words.stored_cell(f, word, allowed[f]) for f, word in shown.items()}
            assert filing.named_cells(kind, kind.draft.model_validate(typed)) == filing.named_cells(
                kind, draft
            )


def test_no_two_words_of_a_field_are_the_same() -> None:
    for language in ("zh", "en"):
        use(language)
        for kind in KIND_NAMES:
            for column in filing.columns(kind):
                shown = [words.cell_word(column.name, one) for one in column.allowed]
                assert len(shown) == len(set(shown)), column.name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_of_a_level_is_read_back(language: str) -> None:
    use(language)
    levels = TypeAdapter(Level)
    for rank in range(1, len(words.LEVELS) + 1):
        for shown in (words.level_word(rank), words.level_short(rank)):
            assert levels.validate_python(shown) == rank, shown
    with pytest.raises(ValidationError) as found:
        VacancyDraft.model_validate({"level": "L9"})
    assert words.level_short(3) in messages.field_causes(found.value)["level"]
