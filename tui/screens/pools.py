"""拼班雷达: classes that several needs could share, and one key to hold one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar
from uuid import uuid4

from textual import work
from textual.binding import Binding, BindingType

from matching.pooling import Pool
from store.errors import DuijieError
from store.services import pools, reference
from store.services.pools import Radar
from store.services.rights import Act
from tui import pool_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.progress import Progress
from tui.safe import titled
from tui.screens.pick import pick_area
from tui.screens.planning import PlanningScreen
from tui.widgets.record_list import RecordList, Row


class PoolsScreen(PlanningScreen):
    """Clusters, most heads first; right the members, the plan, the price steps, who would tip it."""

    TITLE_WORD = "pools"
    PURPOSE = mark("Needs of several firms that could share a class.")
    NAME = mark("Shared classes")
    RIGHTS: ClassVar[Mapping[str, tuple[Act, str]]] = {
        "hold": (Act.REGISTER, "proposal"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "hold", mark("Hold class"), id="pools.hold"),
        Binding("f", "area", mark("Area"), id="pools.area"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._radar: Radar | None = None
        self._area: tuple[str, str] | None = None  # only needs in it and beneath it

    def headings(self) -> tuple[list[str], list[int]]:
        """Heads of the minimum, firms, first day, course."""
        return [_("Heads"), _("Firms"), _("First day"), _("Course")], [7, 6, 6]

    async def compute(self, progress: Progress) -> str:
        """Find the clusters."""
        self._radar = await self.gateway.read(
            pools.radar,
            by=self.gateway.by,
            today=self.gateway.today,
            progress=progress,
            area=self._area[0] if self._area else None,
        )
        enough = sum(not one.missing for one in self._radar.pools)
        if not self._radar.pools:
            return _("No two needs could share a class now.")
        return _("{count} classes could be shared, {enough} reach their minimum").format(
            count=len(self._radar.pools), enough=enough
        )

    def rows(self) -> list[Row]:
        """A line for each cluster."""
        found = self._radar.pools if self._radar else ()
        return [_row(number, one) for number, one in enumerate(found)]

    def lines(self, code: str) -> Iterable[str]:
        """Everything about one cluster."""
        assert self._radar is not None
        return pool_text.pool_lines(
            self._radar.pools[int(code)], self._radar.needs, self._radar.due
        )

    @work(exclusive=True, group="dialog")
    async def action_area(self) -> None:
        """Only needs of an area and of those in it."""
        before = self._area
        self._area = await pick_area(self, before)
        if self._area != before:
            name = self._area[1] if self._area else ""
            self.listed.border_title = titled(f"{self.page_name}  {name}".rstrip())
            self.begin()

    def action_hold(self) -> None:
        """Hold the class for all of its firms; nobody is told yet."""
        code = self.listed.code
        if self._radar is not None and code is not None:
            self._hold(self._radar.pools[int(code)])

    @work(group="save")
    async def _hold(self, found: Pool) -> None:
        needs = [member.id for member in found.members]
        course = found.bundle.course.id
        try:
            now = await self.gateway.read(reference.now)
            choice = await self.gateway.read(
                pools.prepare, course, needs, by=self.gateway.by, today=self.gateway.today
            )
            made = await self.gateway.write(
                pools.draft, choice, by=self.gateway.by, now=now, request=uuid4().hex
            )
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.app.run_worker(self.run_action(f"app.open_record({made[0].code!r})"))

    def on_record_list_chosen(self, event: RecordList.Chosen) -> None:
        """The match screen of the largest member's need."""
        assert self._radar is not None
        found = self._radar.pools[int(event.code)]
        largest = max(found.members, key=lambda member: member.heads)
        self.app.run_worker(self.run_action(f"app.match({largest.id!r})"))


def _row(number: int, one: Pool) -> Row:
    course = one.bundle.course
    sign = "!" if one.missing else "✓"
    firms = len({member.enterprise for member in one.members})
    day = f"{one.bundle.sessions[0].day:%m-%d}"
    heads = f"{sign}{one.heads}/{course.min_heads or 1}"
    return Row(str(number), (heads, str(firms), day, course.title))
