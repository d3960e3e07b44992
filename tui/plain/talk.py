"""Questions and answers, one a line, on a terminal or through a pipe."""

from __future__ import annotations

import io
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from tui.cli.output import line
from tui.glyphs import drawn
from tui.i18n import _
from tui.safe import clean

LEAVE = ".."
NOTHING = "-"
REST = "."


class LeftError(Exception):
    """A person gave up what was asked and wants to go back."""


class EndedError(Exception):
    """Nobody is there to answer any more."""


class Talk:
    """Says lines and reads answers; `..` and Ctrl+C go back, `?` explains."""

    def __init__(self) -> None:
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")

    def say(self, text: str = "") -> None:
        """One line, or several."""
        for each in text.split("\n"):
            line(each)

    def lines(self, texts: Iterable[str]) -> None:
        """Several lines, empty ones left out."""
        for text in texts:
            if text.strip():
                self.say(text)

    def ask(self, question: str, *, now: str = "", explain: str = "") -> str:
        """What is answered, nothing for an empty line; `now` is shown as what an empty line keeps."""
        while True:
            shown = question.rstrip(".。") + (f" [{now}]" if now else "")
            sign = " " if shown.endswith(("?", "？")) else ": "
            answer = self._read(shown + sign)
            if answer == LEAVE:
                raise LeftError
            if answer not in ("?", "？"):
                return answer
            self.say(explain or _("An empty line keeps what stands in brackets."))
            self.say(
                _("{leave} goes back, {nothing} empties.").format(leave=LEAVE, nothing=NOTHING)
            )

    def pick(self, question: str, most: int, letters: Mapping[str, str] | None = None) -> str:
        """A number from 1 to `most` or one of the letters, nothing for an empty line."""
        words = letters or {}
        told = "; ".join(f"{letter} {_(word)}" for letter, word in words.items())
        while True:
            asked = self.ask(f"{question} ({told})" if told else question, explain=told)
            answer = unicodedata.normalize("NFKC", asked).strip().lower()
            if not answer or answer in words or (answer.isdecimal() and 1 <= int(answer) <= most):
                return answer
            self.say(self._refusal(most, words))

    def agrees(self, question: str) -> bool:
        """Yes, which an empty line says too, or no."""
        while True:
            answer = self.ask(question, now=_("yes")).lower()
            if answer in ("", "y", "yes", "是", _("yes")):
                return True
            if answer in ("n", "no", "否", NOTHING, _("no")):
                return False
            self.say(_("Answer y or n; an empty line says yes."))

    def numbered(self, texts: Sequence[str]) -> None:
        """Lines to pick from."""
        for at, text in enumerate(texts, 1):
            self.say(f"{at}. {text}")

    def _refusal(self, most: int, letters: Mapping[str, str]) -> str:
        if not most:
            return _("Write one of {letters}, or an empty line.").format(letters=", ".join(letters))
        told = _("Write a number from 1 to {most}, or an empty line.").format(most=most)
        return told + (
            " " + _("Or {letters}.").format(letters=", ".join(letters)) if letters else ""
        )

    def _read(self, prompt: str) -> str:
        try:  # from the first letter of the question on: whoever reads it may press ^C at once
            sys.stdout.write(drawn(clean(prompt)))
            sys.stdout.flush()
            answer = sys.stdin.readline()
        except KeyboardInterrupt:
            self.say()
            raise LeftError from None
        if not sys.stdin.isatty():
            self.say()
        if not answer:
            raise EndedError
        return answer.strip()
