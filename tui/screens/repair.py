"""抢修: an instructor ill or a workshop closed, what is done about each class, and what to say to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from store.errors import DuijieError
from store.services import mending, reference, repair
from store.services.repair import Repair, Touched, Trouble
from tui import repair_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.progress import Progress
from tui.safe import titled
from tui.screens.planning import PlanningScreen
from tui.screens.record import ReasonDialog
from tui.widgets.record_list import RecordList, Row
from tui.words import day_word


class RepairScreen(PlanningScreen):
    """Each class that the trouble reaches; o takes its next remedy, a does all of it in one write."""

    TITLE_WORD = "repair"
    PURPOSE = mark(
        "Somebody or something cannot be had: the smallest change that keeps the classes."
    )
    BACK = "classes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "other", mark("Other way"), id="repair.other"),
        Binding("a", "apply", mark("Do it all"), id="repair.apply"),
    ]

    def __init__(self, gateway: Gateway, trouble: Trouble) -> None:
        super().__init__(gateway)
        self._trouble = trouble
        self._found: Repair | None = None
        self._is_done = False  # what was said to whom stays to be read

    @property
    def page_name(self) -> str:
        """Who or what cannot be had, and when."""
        days = [day_word(day) for day in (self._trouble.first, self._trouble.last)]
        name = self._found.name if self._found is not None else self._trouble.code
        return _("{name}, {first} to {last}").format(name=name, first=days[0], last=days[1])

    def headings(self) -> tuple[list[str], list[int]]:
        """Class, heads, what is done, course."""
        return [_("Code"), _("Heads"), _("Remedy"), _("Course")], [8, 5, 9]

    async def compute(self, progress: Progress) -> str:
        """Work the remedies out."""
        now = await self.gateway.read(reference.now)
        self._is_done = False
        self._found = found = await self.gateway.read(
            repair.look, self._trouble, by=self.gateway.by, now=now
        )
        self.listed.border_title = titled(self.page_name)
        told = f"{found.name}: {repair_text.repair_line(found)}"
        if not found.touched:
            told = _("{name}: nothing of yours is touched.").format(name=found.name)
        return " ".join(filter(None, (told, repair_text.elsewhere_line(found))))

    def rows(self) -> list[Row]:
        """A line for each class."""
        return [
            Row(
                one.code,
                (one.code, str(one.heads), repair_text.remedy_word(one.chosen), one.title),
            )
            for one in (self._found.touched if self._found else ())
        ]

    def lines(self, code: str) -> Iterable[str]:
        """What is done about one class and what to say."""
        assert self._found is not None
        return repair_text.touched_lines(self._one(code), self._found)

    def _one(self, code: str) -> Touched:
        assert self._found is not None
        return next(one for one in self._found.touched if one.code == code)

    def action_other(self) -> None:
        """The next of the other remedies for the class under the cursor."""
        code = self.listed.code
        if self._found is None or code is None or self._was_done():
            return
        one = self._one(code)
        if not one.others:
            self.tell(_("There is no other way for {code}.").format(code=code))
            return
        changed = replace(one, chosen=one.others[0], others=(*one.others[1:], one.chosen))
        touched = tuple(changed if t.code == code else t for t in self._found.touched)
        self._found = replace(self._found, touched=touched)
        self.listed.update(self.rows())
        self._draw()
        self.tell(repair_text.repair_line(self._found))

    def action_apply(self) -> None:
        """All of it in one write, with a reason."""
        if self._found is not None and self._found.touched and not self._was_done():
            self._apply(self._found)

    def _was_done(self) -> bool:
        if self._is_done:
            self.tell(_("This was done: read who is to be told what. r looks again."))
        return self._is_done

    @work(exclusive=True, group="dialog")
    async def _apply(self, found: Repair) -> None:
        question = f"{found.name}: {repair_text.repair_line(found)}"
        reason = await self.app.push_screen_wait(ReasonDialog(question, _("Say why.")))
        if reason is None:
            return
        try:
            now = await self.gateway.read(reference.now)
            done = await self.gateway.write(
                mending.apply,
                found,
                reason=reason,
                by=self.gateway.by,
                now=now,
                said=repair_text.said(found),
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self._is_done = True
        told = _("✓ {changed} classes changed, {off} called off, {held} plans held.")
        told = told.format(changed=len(done.changed), off=len(done.called_off), held=len(done.held))
        self.tell(told + " " + _("Now tell everybody: the words stand here and in the history."))

    def on_record_list_chosen(self, event: RecordList.Chosen) -> None:
        """The class, or the proposal."""
        one = self._one(event.code)
        code = one.code if one.kind == "class" else one.firms[0].proposal
        self.app.run_worker(self.run_action(f"app.open_record({code!r})"))
