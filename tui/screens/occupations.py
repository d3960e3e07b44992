"""本地职业: trades without a national code; supervisors add them and map them on national ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from store.errors import DuijieError, UsageError
from store.schemas.occupation import LocalOccupation, LocalOccupationDraft
from store.services import occupations, reference
from store.services.rights import Act, reach
from tui import occupation_text as text
from tui import sheets
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import plain, titled
from tui.screens.base import BaseScreen
from tui.screens.record import ReasonDialog
from tui.widgets.record_list import RecordList, Row

_SHOWN = 5  # columns of the list; the rest stands beside it
_ACTS = {"add": Act.REGISTER, "map": Act.EDIT}


class OccupationsScreen(BaseScreen[None]):
    """Left local occupations; right everything about the one under the cursor."""

    CSS_PATH = "occupations.tcss"
    AUTO_FOCUS = "#lines"
    TITLE_WORD = "occupations"
    PURPOSE = mark(
        "Trades that the national classification does not have yet: a local code counts at once for needs, "
        "courses and matching; once there is a national one, everything follows to it."
    )
    KINDS_SHOWN = frozenset({"occupation", "need", "course"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", mark("Add a code"), priority=True, id="occupations.add"),
        Binding("m", "map", mark("National code"), priority=True, id="occupations.map"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="occupations.reload"),
        Binding("escape", "app.back", mark("Back"), id="occupations.back"),
    ]

    lines = getters.query_one("#lines", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._found: dict[str, LocalOccupation] = {}

    def body(self) -> ComposeResult:
        """A list and what stands beside it."""
        with Horizontal(id="local"):
            yield RecordList([""], [], id="lines")
            with VerticalScroll(id="about", classes="panel", can_focus=False):
                yield Static(id="about-text")

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only supervisors change codes."""
        if action in _ACTS:
            return reach(self.gateway.by, _ACTS[action], "occupation") is not None
        return super().check_action(action, parameters)

    @work(exclusive=True, group="list")
    async def _load(self, told: str = "") -> None:
        try:
            async with self.reading:
                await self.reread(self.KINDS_SHOWN)
        except DuijieError as error:
            self.tell_failure(error)
            return
        if not self.is_gone:
            self.tell(told or text.sheet(tuple(self._found.values())).told)

    async def reread(self, kinds: frozenset[str]) -> None:
        """The list as it is now."""
        found = await self.gateway.read(occupations.listed, by=self.gateway.by)
        if self.is_gone:
            return
        self._found = {one.code: one for one in found}
        sheet = text.sheet(found)
        columns = sheet.columns[:_SHOWN]
        self.lines.headings = tuple(column.heading for column in columns)
        self.lines.widths = tuple(column.width for column in columns[:-1])
        rows = [
            Row(line.code, tuple(sheets.shown(value) for value in line.values[:_SHOWN]))
            for line in sheet.lines
        ]
        keep, self.keep = self.keep, None
        self.lines.update(rows, keep=keep)
        self.lines.refresh()
        self.query_one("#about", VerticalScroll).border_title = titled(sheet.title)
        self._draw_about()

    @on(RecordList.Moved, "#lines")
    def _moved(self) -> None:
        if not self.is_gone:
            self._draw_about()

    def _draw_about(self) -> None:
        one = self._found.get(self.lines.code or "")
        told = list(text.lines(one)) if one else [_("Nothing to be told here.")]
        self.query_one("#about-text", Static).update(plain("\n".join(told)))

    # What is done.

    def action_reload(self) -> None:
        """Read again."""
        self._load()

    async def action_add(self) -> None:
        """A new local occupation."""
        await self._ask(
            _("Which trade has no national code yet?"),
            partial(read_adding, self.gateway.today),
            _(
                "NAME; NEAREST NATIONAL CODE; SOURCE; LEVELS; OTHER NAMES, such as: "
                "brain interface fitter; 6-31-01-03; notice 12; 五级-三级"
            ),
        )

    async def action_map(self) -> None:
        """A national code for the local one under the cursor."""
        one = self._found.get(self.lines.code or "")
        if one is not None and one.mapped_to is None:
            await self._ask(
                _("Which national code has {name} now? Needs and courses follow.").format(
                    name=one.name
                ),
                partial(read_mapping, one.code),
                _("CODE WHY, such as: 4-04-05-07 standard of 2027"),
            )

    async def _ask(
        self, question: str, made: Callable[[str], Callable[..., Any]], needed: str
    ) -> None:
        def answered(words: str | None) -> None:
            if words is not None:
                self._save(made(words))

        await self.open_line(ReasonDialog(question, needed, made), answered)

    @work(group="save")
    async def _save(self, service: Callable[..., Any]) -> None:
        try:
            now = await self.gateway.read(reference.now)
            await self.gateway.write(service, by=self.gateway.by, now=now)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._load(_("✓ Saved."))


def read_adding(today: date, words: str) -> partial[Any]:
    """A line as a draft; what is wrong is told field by field."""
    from tui.cli.people import checked

    draft = checked(LocalOccupationDraft, text.read_fields(words, today))
    return partial(occupations.add, draft=draft)


def read_mapping(code: str, words: str) -> partial[Any]:
    """`4-04-05-07 why`."""
    national, _space, why = words.strip().partition(" ")
    if not national:
        raise UsageError("line_words", text=words)
    return partial(occupations.map_to, code=code, national=national.upper(), reason=why)
