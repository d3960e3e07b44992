"""需求调查: who asks which firms about which trades until when; questionnaires and answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from store.digest import new_file
from store.errors import DuijieError
from store.schemas.survey import Survey, SurveyDraft
from store.services import surveys
from store.services.rights import Act, reach
from tui import survey_text as text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.screens.side_by_side import SideBySideScreen
from tui.settings import export_file
from tui.sheets import Sheet

_ACTS = {"plan": Act.REGISTER, "answers": Act.EDIT, "call_off": Act.WITHDRAW}


class SurveysScreen(SideBySideScreen):
    """Left surveys; right everything about the one under the cursor."""

    CSS_PATH = "surveys.tcss"
    TAKES_MOMENT = True
    NONE_YET = mark("No surveys yet: n plans one.")
    TITLE_WORD = "surveys"
    PURPOSE = mark(
        "Surveys of demand: planned with firms, trades and a last day; answers become counts of past weeks, "
        "which forecasts use."
    )
    KINDS_SHOWN = frozenset({"survey"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "plan", mark("Plan a survey"), priority=True, id="surveys.plan"),
        Binding("o", "questionnaire", mark("Questionnaire"), id="surveys.questionnaire"),
        Binding("i", "answers", mark("Answers"), priority=True, id="surveys.answers"),
        Binding(
            "delete,x", "call_off", mark("Ask firms no more"), priority=True, id="surveys.call_off"
        ),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="surveys.reload"),
        Binding("escape", "app.back", mark("Back"), id="surveys.back"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._found: dict[str, Survey] = {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only centres ask."""
        if action in _ACTS:
            return reach(self.gateway.by, _ACTS[action], "survey") is not None
        return super().check_action(action, parameters)

    async def fetch(self) -> None:
        """The list as it is now."""
        found = await self.gateway.read(surveys.listed, by=self.gateway.by)
        self._found = {one.code: one for one in found}

    def sheet(self) -> Sheet:
        """All of them."""
        return text.sheet(tuple(self._found.values()))

    def about(self, code: str) -> Iterable[str]:
        """Everything about a line."""
        return text.lines(self._found[code])

    # What is done.

    async def action_plan(self) -> None:
        """A new survey."""
        await self.ask(
            _("Who is to be asked about what?"),
            partial(read_planning, self.gateway.today),
            _(
                "TITLE; FIRMS; TRADES; FIRST..LAST MONDAY; LAST DAY; COMMITTEE, such as: "
                "lathe work; E001,E002; 6-18-01-01; 11-02..11-09; 11-25"
            ),
        )

    async def action_answers(self) -> None:
        """What firms answered on the telephone; questionnaires come by the command."""
        one = self._found.get(self.lines.code or "")
        if one is not None:
            await self.ask(
                _("What was answered to {code}?").format(code=one.code),
                partial(read_taking, one.code, self.gateway.today),
                _(
                    "SOURCE; FIRM TRADE WEEK HEADS; …, such as: call of 11-20; E001 6-18-01-01 11-09 4"
                ),
            )

    async def action_call_off(self) -> None:
        """Ask no more."""
        one = self._found.get(self.lines.code or "")
        if one is not None:
            await self.ask(
                _("Call {code} off?").format(code=one.code),
                lambda words: partial(surveys.withdraw, code=one.code, reason=words),
                _("It goes into the record."),
            )

    async def action_questionnaire(self) -> None:
        """The questionnaire as a workbook and as CSV, as files of one's own."""
        code = self.lines.code
        if code not in self._found:
            return
        try:
            rows = await self.gateway.read(surveys.questions, code, by=self.gateway.by)
            for form in ("xlsx", "csv"):
                path = export_file(f"{code}.{form}")
                await asyncio.to_thread(_write, path, text.questionnaire(rows, form))
        except DuijieError as error:
            self.tell_failure(error)
            return
        except OSError as error:
            self.tell_unwritten(error, path)
            return
        told = _("{count} files written to {path}.")
        self.tell(told.format(count=2, path=export_file(code).parent))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with new_file(path, with_digest=False) as part:
        part.write_bytes(data)


def read_planning(today: date, words: str) -> partial[Any]:
    """A line as a draft; what is wrong is told field by field."""
    from tui.cli.people import checked

    return partial(surveys.plan, draft=checked(SurveyDraft, text.read_plan(words, today)))


def read_taking(code: str, today: date, words: str) -> partial[Any]:
    """Answers with their source."""
    source, answers = text.read_line(words, today)
    return partial(surveys.take, code=code, answers=answers, source=source)
