"""统筹调配: before and after, winners and losers, applied with one key or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import uuid4

from textual import work
from textual.binding import Binding, BindingType

from store.errors import DuijieError
from store.services import allocation, allotment, labels, reference
from store.services.allocation import Award, Outlook
from store.services.allotment import Applied
from store.services.rights import Act
from tui import allocation_text, deal_text, pool_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.progress import Progress
from tui.render import bundle_names
from tui.screens.planning import PlanningScreen
from tui.screens.record import ConfirmDialog
from tui.widgets.record_list import RecordList, Row

_SUMMARY = "summary"


class AllocationScreen(PlanningScreen):
    """The plan as a whole on the first line, then each need: what it gets, or why it goes without."""

    TITLE_WORD = "allocation"
    PURPOSE = mark("One plan for all open needs over what is scarce; nothing is held before a.")
    NAME = mark("One plan for all")
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        "apply": (Act.REGISTER, "allocation"),
        **dict.fromkeys(("send", "undo"), (Act.EDIT, "allocation")),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "apply", mark("Hold all"), id="allocation.apply"),
        Binding("s", "send", mark("Send all"), id="allocation.send"),
        Binding("u", "undo", mark("Take back"), id="allocation.undo"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._outlook: Outlook | None = None
        self._names: Mapping[str, str] = {}  # of codes in why needs go without

    def headings(self) -> tuple[list[str], list[int]]:
        """Against turn by turn, need, heads, what."""
        return [_("Turn"), _("Need"), _("Heads"), _("Course")], [6, 7, 5]

    async def compute(self, progress: Progress) -> str:
        """Work the plan out."""
        self._outlook = found = await self.gateway.read(
            allocation.outlook, by=self.gateway.by, today=self.gateway.today, progress=progress
        )
        told = [violation for loser in found.losers for violation in loser.violations]
        self._names = await self.gateway.read(labels.of_violations, told, by=self.gateway.by)
        return _("{heads} heads instead of {before}, gap {gap:.2f} %").format(
            heads=found.heads, before=found.before_heads, gap=100 * found.gap
        )

    def rows(self) -> list[Row]:
        """The whole, winners and losers against turn by turn first."""
        found = self._outlook
        if found is None:
            return []
        told = _("before {before}, after {after} heads").format(
            before=found.before_heads, after=found.heads
        )
        awards = [
            Row(a.need, (_turn(a, found), a.need, str(a.heads), a.bundle.course.title))
            for a in sorted(
                found.awards, key=lambda a: (not allocation_text.is_other(a, found), a.need)
            )
        ]
        losers = [
            Row(
                one.need,
                ("✗", one.need, str(one.heads), allocation_text.why_word(one, found, self._names)),
            )
            for one in found.losers
        ]
        return [Row(_SUMMARY, ("", _("All"), str(found.heads), told)), *awards, *losers]

    def title_of(self, code: str) -> str:
        """The need; the plan as a whole has the page's name."""
        return self.page_name if code == _SUMMARY else code

    def lines(self, code: str) -> Iterable[str]:
        """The whole plan, or one need in it."""
        assert self._outlook is not None
        found = self._outlook
        if code == _SUMMARY:
            return [
                *allocation_text.headline(found),
                "",
                *allocation_text.policy_lines(found.policy),
            ]
        one = found.needs[code]
        told = [one.view.text, ""]
        for loser in found.losers:
            if loser.need == code:
                return [*told, allocation_text.loser_line(loser, found, self._names)]
        award = next(award for award in found.awards if award.need == code)
        told.append(allocation_text.award_line(award, found))
        if award.pool is not None:
            told += ["", *pool_text.pool_lines(award.pool, found.needs)]
        return [
            *told,
            "",
            *deal_text.session_lines(award.bundle.sessions, bundle_names(award.bundle)),
        ]

    def on_record_list_chosen(self, event: RecordList.Chosen) -> None:
        """The match screen of a need."""
        if event.code != _SUMMARY:
            self.app.run_worker(self.run_action(f"app.match({event.code!r})"))

    def action_apply(self) -> None:
        """Hold everything, once its consequences were read."""
        if self._outlook is not None and self._outlook.awards:
            self._apply(self._outlook)

    @work(exclusive=True, group="dialog")
    async def _apply(self, found: Outlook) -> None:
        question = _(
            "Hold {count} bundles for {heads} heads as drafts, all or none? Nobody is told yet."
        ).format(count=len(found.awards), heads=found.heads)
        if await self.app.push_screen_wait(ConfirmDialog(question)):
            await self._carry_out(allotment.apply, found, request=uuid4().hex)

    @work(exclusive=True, group="dialog")
    async def action_send(self) -> None:
        """Offer what was held to everyone it concerns."""
        code = await self._newest()
        if code is None:
            return
        question = _("Send every draft of {code} to all whom it concerns?").format(code=code)
        if await self.app.push_screen_wait(ConfirmDialog(question)):
            await self._carry_out(allotment.send, code)

    @work(exclusive=True, group="dialog")
    async def action_undo(self) -> None:
        """Give everything back, while nothing was sent."""
        code = await self._newest()
        if code:
            await self._carry_out(allotment.undo, code)

    async def _newest(self) -> str | None:
        """The newest allocation that stands."""
        found = await self.gateway.read(allotment.applied, by=self.gateway.by)
        code = next((one.code for one in found if one.status == "applied"), None)
        if code is None:
            self.tell(_("Nothing has been applied: a holds the plan."))
        return code

    async def _carry_out(self, service: Any, *args: Any, **more: Any) -> None:
        try:
            now = await self.gateway.read(reference.now)
            made: Applied = await self.gateway.write(
                service, *args, by=self.gateway.by, now=now, **more
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        if service is allotment.undo:
            self.begin(allocation_text.applied_line(made))
        else:  # who got what stays to be read
            self.tell("✓ " + allocation_text.applied_line(made))


def _turn(award: Award, found: Outlook) -> str:
    """What a need gets against turn by turn: more, the same, or less."""
    if not allocation_text.is_other(award, found):
        return "="
    before = found.before.get(award.need)
    return "▲" if before is None or award.value >= before.value else "▼"
