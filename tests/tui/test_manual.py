"""The manual page: every command is on it, and the formatter takes it without a word."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tui import i18n
from tui.cli import run
from tui.cli.completion import parsers
from tui.cli.manual import escape, page
from tui.cli.parser import build


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_and_option_is_on_the_page(lang: str) -> None:
    i18n.use(lang)
    parser = build()
    told = "\n".join(page(parser))
    for command in parsers(parser):
        if command is not parser and command.get_default("run"):
            assert f'.SS "{escape(command.prog)}' in told
            assert escape(command.description or "") in told
    for action in parser._actions:
        for option in action.option_strings:
            assert escape(option) in told
    assert told.count('.SH "') == 7


def test_nothing_of_a_text_is_taken_for_a_request() -> None:
    assert escape(".so /etc/passwd") == "\\&.so /etc/passwd"
    assert escape("'a \\n-b") == "\\&'a \\en\\-b"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
@pytest.mark.parametrize(("lang", "words"), [("zh", "撮合单"), ("en", "proposal")])
def test_the_formatter_takes_the_page(
    lang: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", lang, "man"]) == 0
    text = capsys.readouterr().out
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-K", "utf8", "-ww"],
        input=text.encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert not done.stderr
    assert words in done.stdout.decode()
