"""Screen F: four views by one key, what is filed, checked, published, sent back, merged and kept apart."""

from __future__ import annotations

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft
from store.services import duplicates, filing_cycle, merges, records, verification
from tests.conftest import DAY
from tests.tui.driving import frame, press, running
from tui.widgets.record_list import RecordList

COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")


async def test_the_four_views_and_what_their_keys_do(stocked: Store) -> None:
    need = {"enterprise": "E034", "text": "护工", "occupations": "4-10-01-05", "heads": 3,
            "earliest": DAY.isoformat()}  # fmt: skip
    theirs, ours = (
        stocked.write(records.register, NeedDraft.model_validate(need), by=by).code
        for by in (COLLEAGUE, OPERATOR)
    )
    async with running(stocked, size=(100, 30)) as pilot:
        await press(pilot, "9", "end", "up")  # the last is one to try later
        assert "T09 · has not filed in time" in frame(pilot)
        await press(pilot, "enter")  # the call is about the filing
        shown = frame(pilot)
        assert "days late" in shown
        assert "深圳市金榆首饰工艺培训学校" in shown
        await press(pilot, "s")
        late = [
            f"{one.institution} {one.kind}"
            for one in stocked.read(filing_cycle.due, by=OPERATOR, today=DAY)
            if one.state == filing_cycle.OVERDUE
        ]
        assert pilot.app.screen.query_one("#cycle-list", RecordList).code == late[0]
        made = stocked.read(filing_cycle.status, "T06", by=OPERATOR)
        assert [one.day for one in made].count(DAY) == 1
        await press(pilot, "home", "S", "v")
        assert "plausible" in frame(pilot)
        await press(pilot, "v", "space", "space", "c")
        found = stocked.read(verification.queue, by=OPERATOR)
        assert [one.status for one in found].count("checked") == 2
        assert "2 checked" in frame(pilot)
        await press(pilot, "home", "p")
        assert len(stocked.read(verification.queue, by=OPERATOR)) == 3
        await press(pilot, "end", "x", *"no price", "enter")
        (back,) = stocked.read(verification.queue, by=OPERATOR, returned=True)
        assert back.reason == "no price"
        await press(pilot, "v")
        assert "E033" in frame(pilot)
        await press(pilot, "m", "y")
        assert "is part of" in frame(pilot)
        (one,) = stocked.read(merges.listed, by=OPERATOR)
        assert (one.kept, one.lost) == ("E033", "E000001")
        await press(pilot, "end", "u")
        assert stocked.read(merges.listed, by=OPERATOR)[0].is_undone
        await press(pilot, "home", "n")
        assert not stocked.read(duplicates.listed, by=OPERATOR, kind="enterprise")
        assert "u takes it back" in frame(pilot)
        await press(pilot, "home", "u")
        assert stocked.read(duplicates.listed, by=OPERATOR, kind="enterprise")
        screen = pilot.app.screen
        rows = screen.query_one("#cycle-list", RecordList).rows
        at = [row.code for row in rows].index(f"need {theirs} {ours}")
        assert "养老护理员" in rows[at].cells[-1]  # the trade of two needs by its name
        await press(pilot, "home", *("down",) * at, "m", "y")
        assert ours in [one.lost for one in stocked.read(merges.listed, by=OPERATOR)]
        rows = screen.query_one("#cycle-list", RecordList).rows
        down = next(n for n, row in enumerate(rows) if f"← {ours}" in row.cells[-1])
        await press(pilot, "home", *("down",) * down, "u", "home", *("down",) * at, "n")
        assert not [
            one for one in stocked.read(duplicates.doubles, by=OPERATOR) if one.other == ours
        ]
        assert stocked.read(records.fetch, "need", theirs, by=OPERATOR).status == "open"


async def test_a_school_sees_its_own_and_may_only_file(stocked: Store) -> None:
    async with running(stocked, size=(100, 30), by=SCHOOL) as pilot:
        await press(pilot, "F")
        assert "深圳市铸朗职业培训学校" in frame(pilot)
        assert "平沃" not in frame(pilot)
        await press(pilot, "v", "v", "c")
        found = stocked.read(verification.queue, by=OPERATOR)
        assert {one.status for one in found} == {"submitted"}
        assert "Checked" not in frame(pilot).splitlines()[-1]
        await press(pilot, "v")  # what looks alike is not theirs to see: the first view again
        assert "E000001" not in frame(pilot)


async def test_a_school_is_told_that_what_it_saves_is_looked_at_first(stocked: Store) -> None:
    mine = stocked.read(records.page, "course", by=SCHOOL, where={"owner": "T03"}).items
    code = next(one.code for one in mine if one.status == "published")
    waits = [("course", code)]
    async with running(stocked, size=(100, 30), by=SCHOOL) as pilot:
        await press(pilot, "4", "tab", "e", *("enter",) * 4, "end", *"1", "ctrl+s")
        saved = stocked.read(records.fetch, "course", code, by=SCHOOL)
        assert saved.status == "submitted"
        assert f"{code} saved and submitted: matched once it is checked and published" in frame(
            pilot
        )
        assert (
            "submitted" in frame(pilot).splitlines()[5]
        )  # under two lines of kinds and the headings
        await press(pilot, "e")
        assert "waits to be checked" in frame(pilot)
        await press(pilot, "escape")
        stocked.write(verification.send_back, waits, "缺备案号", by=OPERATOR)
        await press(pilot, "r", "e")
        assert "缺备案号" in frame(pilot)
    found = stocked.read(verification.standing, "course", code, by=SCHOOL)
    assert found is not None
    assert (found.status, found.reason) == ("returned", "缺备案号")
    gone = {"version": saved.version + 1, "by": SCHOOL, "reason": ""}
    stocked.write(records.withdraw, "course", code, **gone)
    assert stocked.read(verification.standing, "course", code, by=SCHOOL) is None


async def test_an_offering_not_confirmed_for_long_is_marked(stocked: Store) -> None:
    view = stocked.read(records.page, "slot", by=OPERATOR, where={"owner": "T09"}).items
    assert {(DAY - one.filed_on).days for one in view} == {47}
    async with running(stocked, size=(100, 30)) as pilot:
        await press(pilot, "4", *("down",) * 8, *("right",) * 4)
        assert "! " in frame(pilot)
