"""Offerings: an institution's courses, runs, people, places, slots, assessment dates, associations."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from store.errors import DuijieError
from store.services import (
    associations,
    faculty,
    filing,
    filing_calendar,
    instructor_register,
    on_register,
    purchases,
    records,
    shelves,
    verification,
)
from store.services.kinds import kind_named
from store.services.records import Page
from store.services.rights import Act, reach
from tui import shortlist
from tui.association_text import lacks_lines
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.policy_text import faculty_lines, register_line
from tui.render import course_price
from tui.safe import plain, titled
from tui.screens.pick import PickDialog
from tui.screens.reading import ReadingDialog
from tui.screens.record import ReasonDialog, RecordDialog
from tui.screens.reversible import ReversibleScreen
from tui.typed import read_shelf
from tui.widgets.record_list import RecordList, Row
from tui.words import cell_word, field_word, kind_word, level_short, value_word

KINDS = (
    "course", "run", "instructor", "venue", "slot", "purchase", "assessment", "association",
)  # fmt: skip
_SHELF = "shelf"  # courses of all institutions
_PAGE = 200
_CODE = 7  # cells of a code, where none is longer
# The columns worth seeing first; the form has them all.
_COLUMNS = {
    "shelf": ("institution", "level", "price", "mode", "title"),
    "course": ("status", "level", "theory_hours", "practice_hours", "price", "title"),
    "run": ("status", "course", "first_day", "seats_left", "instructor", "weekly"),
    "instructor": ("employment", "teaches", "register_state", "name", "qualifications"),
    "venue": ("base", "name", "workstations"),
    "slot": ("venue", "equipment", "day", "start", "end", "stations_free"),
    "purchase": ("buyer", "venue", "equipment", "stations", "first_day", "last_day"),
    "assessment": ("occupation", "level", "day", "certifies", "seats_left"),
    "association": ("sort", "name", "members"),
}
# The mark by which each list can be narrowed.
_MARKS = {
    "institution": "sort",
    "course": "programme",
    "instructor": "employment",
    "venue": "base",
    "assessment": "certifies",
    "association": "sort",
}
_STUDIO = "is_studio"
_WIDTHS = {
    "status": 9,
    "institution": 6,
    "mode": 9,
    "level": 4,
    "theory_hours": 4,
    "practice_hours": 4,
    "price": 7,
    "course": 6,
    "first_day": 10,
    "seats_left": 4,
    "instructor": 6,
    "employment": 9,
    "teaches": 10,
    "register_state": 12,
    "name": 20,
    "buyer": 7,
    "stations": 4,
    "last_day": 10,
    "venue": 5,
    "equipment": 14,
    "day": 10,
    "start": 5,
    "end": 5,
    "occupation": 11,
    "base": 8,
    "certifies": 12,
    "sort": 12,
}
_ENDING: dict[str, Any] = {
    "lapse": instructor_register.lapse,
    "strike_off": instructor_register.strike_off,
}
_AGES = {filing_calendar.FRESH: "", filing_calendar.AGEING: "· ", filing_calendar.STALE: "! "}


class OfferingsScreen(ReversibleScreen):
    """Left the institutions, right what the chosen one offers."""

    CSS_PATH = "offerings.tcss"
    AUTO_FOCUS = "#institutions"
    TITLE_WORD = "offerings"
    PURPOSE = mark(
        "What institutions offer: courses, runs, people, places, slots, assessment dates; their alliances."
    )
    KINDS_SHOWN = frozenset({"institution", *KINDS})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,n", "new", mark("New"), id="offerings.new"),
        Binding("e", "edit", mark("Edit"), id="offerings.edit"),
        Binding("v", "narrow", mark("One sort"), id="offerings.narrow"),
        Binding("o", "reckon", mark("Look into"), id="offerings.reckon"),
        Binding("g", "enter_register", mark("Register of instructors"), id="offerings.register"),
        Binding("f5,r", "reload", mark("Reload"), id="offerings.reload"),
        Binding("f", "shelf", mark("Filter"), priority=True, id="offerings.shelf"),
        Binding("b", "keep", mark("Shortlist"), show=False, id="offerings.keep"),
        Binding("left,h", "turn(-1)", mark("Kind before"), show=False, id="offerings.before"),
        Binding("right,l", "turn(1)", mark("Next kind"), id="offerings.next"),
        Binding("delete,x", "withdraw", mark("Withdraw"), id="offerings.withdraw"),
        Binding("escape", "leave_shelf", mark("Back"), id="offerings.back"),
    ]

    institutions = getters.query_one("#institutions", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self._kind = self._tab = KINDS[0]  # the kind that is wanted, and the one that is listed
        self._after = ""
        self._filing = filing_calendar.FilingCalendar()
        self._listed: tuple[str, str] | None = None  # whose records of which kind are listed
        self._words = ""  # courses of all institutions by these words, empty for those of one
        self._kept: tuple[str, ...] = ()  # courses on the shortlist
        self._only: dict[str, dict[str, object]] = {}  # of each kind what its records are to hold

    def body(self) -> ComposeResult:
        """Institutions, tabs of kinds, records."""
        with Horizontal():
            with Vertical(id="left", classes="panel"):
                yield RecordList([_("Institution")], [], id="institutions")
            with Vertical(id="right", classes="panel"):
                yield Static(id="kinds")
                yield Vertical(id="records-place")

    def on_mount(self) -> None:
        """Titles and the institutions."""
        super().on_mount()
        self.query_one("#left").border_title = titled(_("Institutions"))
        self._load_institutions()

    @property
    def offered(self) -> RecordList:
        """The list of the chosen kind."""
        return self.query_one("#records", RecordList)

    @work(exclusive=True, group="institutions")
    async def _load_institutions(self) -> None:
        try:
            async with self.reading:
                await self._read_institutions()
        except DuijieError as error:
            self.tell_failure(error)

    async def reread(self, kinds: frozenset[str]) -> None:
        """The institutions and the records as they are now."""
        if "institution" in kinds:
            await self._read_institutions()
        if self._kind in kinds and self._listed is not None:
            was_empty = not self.offered.rows
            await self._read()
            if was_empty and not self.is_gone and self.offered.rows:
                self.tell("")  # it said that nothing is filed yet

    async def _read_institutions(self) -> None:
        page = await self.gateway.read(
            records.page,
            "institution",
            by=self.gateway.by,
            limit=_PAGE,
            where=self._only.get("institution"),
        )
        if self.is_gone:
            return
        rows = [
            Row(
                view.code,
                (f"{view.code} {view.short_name or view.name} {value_word(view.status)}",),
            )
            for view in page.items
        ]
        bodies = {view.code for view in page.items if view.sort == "assessment_body"}
        self.institutions.update(sorted(rows, key=lambda row: (row.code in bodies, row.code)))

    @on(RecordList.Moved, "#institutions")
    def _chosen(self) -> None:
        self._load()

    @on(RecordList.Chosen, "#institutions")
    def _into(self) -> None:
        if not self.is_gone:  # keys typed ahead may have left the screen
            self.offered.focus()

    @on(RecordList.Chosen, "#records")
    def _open(self) -> None:
        self.action_edit()

    def action_turn(self, step: int) -> None:
        """Another kind of offering of the same institution."""
        kinds = self._kinds
        self._kind = kinds[(kinds.index(self._kind) + step) % len(kinds)]
        self._words = ""
        self.refresh_bindings()
        self._load()

    def action_reload(self) -> None:
        """Read again."""
        self._load()

    @work(exclusive=True, group="offered")
    async def _load(self, keep: str | None = None) -> None:
        if self.institutions.code is None:
            self.tell(_("No institution yet."))
            return
        try:
            async with self.reading:
                await self._read(keep)
        except DuijieError as error:
            self.tell_failure(error)

    async def _read(self, keep: str | None = None) -> None:
        kind, institution = wanted = self._wanted
        is_listed = wanted == self._listed
        self._kept = await asyncio.to_thread(shortlist.kept, self.gateway.remembered)
        page = await self._page(wanted, self.offered.room(_PAGE) if is_listed else _PAGE)
        unread: tuple[str, ...] = ()
        if kind == _SHELF:
            shelf = read_shelf(institution, self._kept)
            unread = await self.gateway.read(shelves.unread, shelf, by=self.gateway.by)
        self._filing = await self.gateway.read(filing_calendar.calendar)
        if self.is_gone or wanted != self._wanted:
            return
        self._after = page.after
        rows = [self._row(kind, view) for view in page.items]
        if is_listed:
            self.offered.update(rows, is_complete=not page.after, keep=keep)
        else:
            self._listed = None
            await self._show(kind, rows, page.after, keep)
            self._listed = wanted
            self.tell(self._found(kind, unread) if page.items else self._nothing(kind))
        title = f"{institution}  {kind_word(kind)} {page.total}  {self._sort_told(kind)}".rstrip()
        if self._words:
            told = _("filter: {words}").format(words=self._words)
            if unread:
                told += " · " + _("not understood: {words}").format(words=" ".join(unread))
            title = f"{kind_word('course')} {page.total} {told}"
        if self.query_one("#right").border_title != title:
            self.query_one("#right").border_title = titled(title)

    @property
    def _kinds(self) -> tuple[str, ...]:
        """Those that the person may read."""
        return tuple(k for k in KINDS if reach(self.gateway.by, Act.READ, k) is not None)

    @property
    def _wanted(self) -> tuple[str, str]:
        """The kind that is to be listed, and of whom or by which words."""
        if self._words:
            return (_SHELF, self._words)
        return (self._kind, self.institutions.code or "")

    async def _page(self, wanted: tuple[str, str], limit: int, after: str = "") -> Page:
        """What is offered of a kind, or the associations one belongs to, as far as they are asked for."""
        kind, about = wanted
        only, by = self._only.get(kind, {}), self.gateway.by
        rest: dict[str, Any] = {"by": by, "limit": limit, "after": after}
        if kind == _SHELF:
            shelf = read_shelf(about, self._kept)
            return await self.gateway.read(shelves.page, shelf, **rest)
        if kind == "association":
            return await self.gateway.read(associations.page, about, where=only, **rest)
        if kind == purchases.KIND:
            return await self.gateway.read(purchases.page, about, where=only, **rest)
        return await self.gateway.read(records.page, kind, where={"owner": about, **only}, **rest)

    async def action_shelf(self) -> None:
        """Courses of all institutions, only those that words describe."""
        question = _(
            "Which courses of all? Price, place, trade, level, mode; nothing for all of one."
        )
        hint = _("Such as: 四级 宝龙 online <2000; kept for the shortlist")
        await self.open_line(ReasonDialog(question, given=self._words, hint=hint), self._narrowed)

    def _narrowed(self, words: str | None) -> None:
        if words is not None:
            self._kind, self._words = KINDS[0], words.strip()
            self._load()

    async def action_leave_shelf(self) -> None:
        """No filter any more; without one back to the screen before."""
        if self._words:
            self._narrowed("")
        else:
            await self.run_action("app.back")

    def action_keep(self) -> None:
        """Put the marked courses, else the one under the cursor, on one's shortlist, or take them off."""
        if self._kind == KINDS[0] and self.offered.chosen:
            self._keep(self.offered.chosen)

    @work(group="keep")
    async def _keep(self, codes: tuple[str, ...]) -> None:
        is_kept = not set(codes) <= set(self._kept)
        desk = self.gateway.remembered
        if not await asyncio.to_thread(shortlist.put, desk, codes, is_kept=is_kept):
            self.tell(_("The shortlist could not be written."), is_failure=True)
            return
        told = _("★ {count} on your shortlist: f, then kept, shows them.")
        if not is_kept:
            told = _("{count} off your shortlist.")
        self.offered.unmark()
        self._load(codes[0])
        self.tell(told.format(count=len(codes)))

    async def _show(self, kind: str, rows: list[Row], after: str, keep: str | None) -> None:
        is_shelf = kind == _SHELF
        self._tab = KINDS[0] if is_shelf else kind
        self.query_one("#left").display = not is_shelf  # of all institutions none is the chosen one
        self._draw_tabs()
        place = self.query_one("#records-place")
        had_focus = self.focused is not None and self.focused.id == "records"
        await place.remove_children()
        names = _COLUMNS[kind]
        longest = max([_CODE, *(len(row.code) for row in rows)])
        widths = (
            {**_WIDTHS, "price": _widest(rows, names.index("price") + 1)} if is_shelf else _WIDTHS
        )
        listing = RecordList(
            [_("Code"), *(field_word(name) for name in names)],
            [longest, *(widths.get(name, 20) for name in names[:-1])],
            id="records",
            can_mark=True,
        )
        await place.mount(listing)
        listing.show(rows, is_complete=not after, keep=keep)
        if had_focus or is_shelf:
            listing.focus()

    def on_resize(self) -> None:
        """The tabs have more room, or less."""
        super().on_resize()
        self.call_after_refresh(self._draw_tabs)

    def _draw_tabs(self) -> None:
        """Every kind whole, in as many lines as they need."""
        if self.is_gone:
            return
        room = self.query_one("#kinds").content_size.width
        tabs = plain("")
        length = 0
        for name in self._kinds:
            word = plain(f" {kind_word(name)} ", "reverse bold" if name == self._tab else "")
            if length and length + word.cell_len > room:
                tabs.append("\n")
                length = 0
            tabs.append_text(word)
            length += word.cell_len
        self.query_one("#kinds", Static).update(tabs)

    @on(RecordList.MoreWanted, "#records")
    @work(exclusive=True, group="more")
    async def _load_more(self) -> None:
        try:
            async with self.reading:
                await self._read_more()
        except DuijieError as error:
            self.tell_failure(error)

    async def _read_more(self) -> None:
        if not self._after or self._listed is None:  # a reading in between has come to the end
            return
        kind, _about = self._listed
        page = await self._page(self._listed, _PAGE, self._after)
        self._after = page.after
        rows = [self._row(kind, view) for view in page.items]
        self.offered.append(rows, is_complete=not page.after)

    def _row(self, kind: str, view: Any) -> Row:
        """A line, with a sign where the offering has not been confirmed for long."""
        known = KINDS[0] if kind == _SHELF else kind
        found = filing_calendar.age(self._filing, known, view, self.gateway.today)
        sign = "★ " if known == KINDS[0] and view.code in self._kept else ""
        return _row(kind, view, sign + (_AGES[found[1]] if found else ""))

    def _found(self, kind: str, unread: tuple[str, ...]) -> str:
        """How a price is meant, and which words were not."""
        if kind != _SHELF:
            return ""
        told = _("A price of the filter is one a head; a class's counts by its most heads.")
        if not unread:
            return told
        left_out = _("Not understood: {words}").format(words=" ".join(unread))
        return f"{left_out}. {told}"

    def _nothing(self, kind: str) -> str:
        if self._words:
            return _("Nothing fits the filter: f changes it.")
        if self._only.get(kind):
            return _("Nothing of that sort: v shows all again.")
        return _("Nothing filed yet: F2 adds the first.")

    def _sort_told(self, kind: str) -> str:
        """What the list of a kind is narrowed to, in words."""
        only = self._only.get(kind, {})
        return ", ".join(
            field_word(name) if value is True else value_word(str(value))
            for name, value in only.items()
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Instructors and associations are looked into; kinds without a mark are not narrowed.

        What the person's role never adds or withdraws has no key.
        """
        needed = {"new": Act.REGISTER, "withdraw": Act.WITHDRAW}.get(action)
        if needed is not None and reach(self.gateway.by, needed, self._kind) is None:
            return False
        if action == "reckon":
            return self._kind in ("instructor", "association")
        if action == "enter_register":
            is_keeper = reach(self.gateway.by, Act.EDIT, on_register.KIND) is not None
            return is_keeper and self._kind == "instructor"
        if action == "narrow":
            return self._kind in _MARKS
        return super().check_action(action, parameters)

    @work(exclusive=True, group="dialog")
    async def action_narrow(self) -> None:
        """Only records with one mark: programme, level of base, what is certified, sort."""
        kind = "institution" if self.focused is self.institutions else self._kind
        mark_name = _MARKS[kind]
        allowed = next(one.allowed for one in filing.columns(kind) if one.name == mark_name)
        parts = [("all", _("all sorts")), *((value, value_word(value)) for value in allowed)]
        if kind == "venue":
            parts.append((_STUDIO, field_word(_STUDIO)))
        chosen = await self.app.push_screen_wait(
            PickDialog(field_word(mark_name), parts, has_codes=False)
        )
        if chosen is None:
            return
        wanted: dict[str, object] = {_STUDIO: True} if chosen == _STUDIO else {mark_name: chosen}
        self._only[kind] = {} if chosen == "all" else wanted
        if kind == "institution":
            self._load_institutions()
        else:
            self._listed = None
            self._load()

    @work(exclusive=True, group="dialog")
    async def action_reckon(self) -> None:
        """The institution's instructors against the rules, or what members of an association lack."""
        about: dict[str, Any] = {"by": self.gateway.by, "today": self.gateway.today}
        code = self.offered.code if self._kind == "association" else self.institutions.code
        if code is None:
            return
        try:
            if self._kind == "association":
                lines = lacks_lines(await self.gateway.read(associations.lacks, code, **about))
            else:
                lines = faculty_lines(await self.gateway.read(faculty.look, code, **about))
        except DuijieError as error:
            self.tell_failure(error)
            return
        await self.app.push_screen_wait(ReadingDialog(lines))

    @work(exclusive=True, group="dialog")
    async def action_enter_register(self) -> None:
        """Put the instructor under the cursor on the register, let the entry lapse, or strike them off."""
        code = self.offered.code
        if code is None:
            return
        acts = [("file", _("put on the register")), ("lapse", _("the entry lapses"))]
        acts.append(("strike_off", _("strike off: nothing new is booked")))
        question = _("The register of instructors: {code}").format(code=code)
        act = await self.app.push_screen_wait(PickDialog(question, acts, has_codes=False))
        if act is None:
            return
        about: dict[str, Any] = {"by": self.gateway.by, "today": self.gateway.today}
        service: Any = instructor_register.enter
        if act != "file":
            asked = ReasonDialog(question, _("A reason is needed."))
            about["reason"] = await self.app.push_screen_wait(asked)
            if about["reason"] is None:
                return
            service = _ENDING[act]
        try:
            entry = await self.gateway.write(service, code, **about)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.tell(f"✓ {register_line(entry)}")
        self._load(code)

    def action_new(self) -> None:
        """A new record of this kind for the institution."""
        self._edit(None)

    def action_edit(self) -> None:
        """The record under the cursor; on the left, the institution itself."""
        self._edit(self._target())

    def _target(self) -> tuple[str, str] | None:
        if self.focused is self.institutions:
            return ("institution", self.institutions.code) if self.institutions.code else None
        code = self.offered.code
        return (self._kind, code) if code else None

    @work(exclusive=True, group="dialog")
    async def _edit(self, target: tuple[str, str] | None) -> None:
        if target is None:
            given = {
                "institution": self.institutions.code or "",
                "body": self.institutions.code or "",
                "members": self.institutions.code or "",
                "buyer": self.gateway.by.organisation,
            }
            fields = kind_named(self._kind).draft.model_fields
            given = {name: value for name, value in given.items() if name in fields}
            dialog = RecordDialog(self.gateway, self._kind, given=given)
        else:
            try:
                view = await self.gateway.read(records.fetch, *target, by=self.gateway.by)
            except DuijieError as error:
                self.tell_failure(error)
                return
            dialog = RecordDialog(self.gateway, target[0], view)
        saved = await self.app.push_screen_wait(dialog)
        if saved is not None:
            self.tell(saved_told(saved))
            if target is not None and target[0] == "institution":
                self._load_institutions()
            else:
                self._load(saved.code)

    def action_withdraw(self) -> None:
        """Take the marked records, else the one under the cursor, out of use; `u` takes it back."""
        if self.focused is not self.institutions and self.offered.chosen:
            self.withdraw(self._kind, self.offered.chosen)

    def changed(self, code: str) -> None:
        """Read the list anew, with the cursor on a record."""
        self.offered.unmark()
        self._load(code)


def saved_told(view: Any) -> str:
    """What became of a record that was saved: one that waits to be looked at is not matched yet."""
    if view.status == "submitted":
        told = _("✓ {code} saved and submitted: matched once it is checked and published.")
    elif view.status == "checked":
        told = _("✓ {code} saved: checked, matched once it is published.")
    else:
        told = _("✓ {code} saved.")
    return told.format(code=view.code)


def _widest(rows: Sequence[Row], column: int) -> int:
    return max((plain(row.cells[column]).cell_len for row in rows), default=7)


def _row(kind: str, view: Any, sign: str) -> Row:
    known = KINDS[0] if kind == _SHELF else kind
    cells = filing.named_cells(kind_named(known), view)
    cells["status"] = value_word(view.status)
    if cells.get("level"):
        cells["level"] = level_short(view.level)
    if kind == _SHELF:
        cells["price"] = course_price(view.price, view.price_per, view.max_heads)
    shown = [cell_word(name, cells[name]) for name in _COLUMNS[kind]]
    if (
        known in verification.KINDS
        and kind != _SHELF
        and "status" not in _COLUMNS[kind]
        and view.status != "published"
    ):
        sign = f"{cells['status']} {sign}"
    return Row(view.code, (view.code, *shown[:-1], sign + shown[-1]))
