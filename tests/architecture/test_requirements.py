"""The table of requirements: every command and screen it names is there, every requirement stands once."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest
from textual.binding import Binding

from tui.cli.parser import build
from tui.screens.base import BaseScreen

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "requirements.md"
STATES = ("yes", "partly", "not yet")
KEYS = {"/": "slash"}
MOST_WORDS, MOST_QUOTED = 12, 12


def rows() -> list[list[str]]:
    """The cells of every line: number, mark, quote, state, what it does, screens, commands."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if re.match(r"\| S\d", line))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def unknown(parser: argparse.ArgumentParser, words: list[str]) -> str | None:
    """The first word that a parser does not know or still asks for; words in capitals stand for any value."""
    rest = list(words)
    for action in [one for one in parser._actions if not one.option_strings]:
        if isinstance(action, argparse._SubParsersAction):
            is_act = bool(rest) and not rest[0].startswith("--")
            if not is_act:
                break
            word = rest.pop(0)
            return unknown(action.choices[word], rest) if word in action.choices else word
        if rest and not rest[0].startswith("--"):
            word = rest.pop(0)
            if not word.isupper() and word not in (action.choices or ()):
                return word
    known = {option for action in parser._actions for option in action.option_strings}
    return next((word for word in rest if word not in known), None)


def test_every_command_that_is_named_can_be_given() -> None:
    parser = build()
    named = {command for row in rows() for command in re.findall(r"`duijie ([^`]+)`", row[6])}
    assert len(named) > 100
    wrong = {one: word for one in sorted(named) if (word := unknown(parser, shlex.split(one)))}
    assert not wrong


def test_a_word_that_is_no_command_is_found() -> None:
    parser = build()
    assert unknown(parser, ["pool", "holt"]) == "holt"
    assert unknown(parser, ["analysis", "gap"]) == "gap"
    assert unknown(parser, ["match", "--everything"]) == "--everything"
    assert unknown(parser, ["roster", "CLASS", "ad"]) == "ad"
    assert unknown(parser, ["roster", "CLASS", "add"]) is None


def test_every_screen_that_is_named_opens_by_its_key() -> None:
    words = {
        key: binding.description
        for binding in BaseScreen.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }
    named = {screen for row in rows() for screen in row[5].split("; ") if screen != "–"}
    assert len(named) > 15
    for screen in sorted(named):
        key, _, name = screen.partition(" ")
        key = key.strip("`")
        assert words.get(KEYS.get(key, key)) == name, screen


def test_every_line_says_whether_it_is_built_and_is_short() -> None:
    for number, mark, quote, state, does, _, commands in rows():
        word, _, lacking = state.partition(": ")
        assert word in STATES, number
        assert bool(lacking) == (word == "partly"), number
        assert mark in ("CORE", "NEAR"), number
        assert 0 < len(quote) <= MOST_QUOTED, number
        assert 0 < len(does.split()) <= MOST_WORDS, number
        assert word == "not yet" or commands != "–", number


def test_the_numbers_told_are_those_of_the_table() -> None:
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")

    def told(some: list[list[str]]) -> tuple[str, ...]:
        return tuple(str(sum(row[3].partition(": ")[0] == s for row in some)) for s in STATES)

    every = rows()
    core = [row for row in every if row[1] == "CORE"]
    found = re.search(
        r"Of (\d+): (\d+) yes, (\d+) partly, (\d+) not yet; of the (\d+) CORE (\d+), (\d+) and (\d+)\.",
        text,
    )
    assert found
    assert found.groups() == (str(len(every)), *told(every), str(len(core)), *told(core))


@pytest.mark.skipif(not SHARED.exists(), reason="the list of requirements is not part of this tree")
def test_every_requirement_of_the_list_stands_once_with_its_mark() -> None:
    wanted = re.findall(
        r"^\| (S\d+) .*\| (CORE|NEAR) \|$", SHARED.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(wanted) == sorted((row[0], row[1]) for row in rows())
