"""The guide tells of commands and options that there are, and of every command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tui.cli.parser import build

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
SPANS = re.compile(r"`([^`\n]+)`")
CHOICE = re.compile(r"[a-z-]+(\|[a-z-]+)+")
OPTION = re.compile(r"--[a-z][a-z-]*")


def below(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    """The commands under a parser, none where it is a command itself."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return action.choices
    return {}


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Options of a parser and of every command under it."""
    own = {name for action in parser._actions for name in action.option_strings}
    return own.union(*(options_of(one) for one in below(parser).values()))


def commands_in(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a page, and the text of its line of a table, where more of its options stand."""
    is_fenced = False
    for line in text.replace("\\|", "|").splitlines():
        is_fenced ^= line.startswith("```")
        if is_fenced and line.startswith("duijie "):
            command = line.partition("#")[0]
            yield command, command
        for span in SPANS.findall("" if is_fenced else line):
            if span.startswith("duijie "):
                yield span, line if line.startswith("| `duijie") else span


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_of_a_page_are_there(page: Path) -> None:
    root = build()
    known = below(root)
    for command, line in commands_in(page.read_text(encoding="utf-8")):
        first, *rest = command.split()[1:]
        if first in ("COMMAND", "命令"):
            continue
        names = [] if first.startswith("--") else first.split("|")
        assert set(names) <= set(known), command
        parsers = [root, *(known[name] for name in names)]
        acts = next((word.split("|") for word in rest[:2] if CHOICE.fullmatch(word)), [])
        if len(names) == 1 and below(known[first]):
            assert set(acts) <= set(below(known[first])), command
        options = set().union(*map(options_of, parsers if names else [root]))
        assert set(OPTION.findall(line)) <= options, command


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_is_told_of(language: str) -> None:
    text = (GUIDE / f"commands.{language}.md").read_text(encoding="utf-8").replace("\\|", " ")
    told = set(re.findall(r"[a-z][a-z-]*", text))
    for name, parser in below(build()).items():
        assert {name, *below(parser)} <= told, (name, sorted({name, *below(parser)} - told))
