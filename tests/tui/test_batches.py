"""Tables on their way in, on the screen: mended with keys only, applied, taken back; rows pasted and read."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.widgets import DataTable, Static

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.services import audit, batches, records
from store.services.batch_choices import Choice
from tests.tui.driving import COLLEAGUE, edit, frame, press, running, settle
from tui import i18n
from tui.batch_grid import choice_lines, labels
from tui.screens.batch import BatchDialog
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList

HANDED_IN = "L000001"  # the demo's, with three faults


def counts(store: Store, code: str = HANDED_IN) -> dict[str, int]:
    return dict(store.read(batches.shown, code, by=OPERATOR).counts)


async def test_three_faults_are_mended_with_keys_only_and_applied(stocked: Store) -> None:
    before = stocked.read(records.page, "course", by=OPERATOR, limit=1).total
    async with running(stocked, "zh") as pilot:
        await press(pilot, "I", "n")
        assert "▸ 1  企业 " in frame(pilot)  # words alone, none of them cut
        await press(pilot, "escape", "u")
        assert "没有已写入的内容" in frame(pilot)
        await press(pilot, "enter")
        assert "婴幼儿发展引导员" in frame(pilot)
        await press(pilot, "home", "left")  # where the rows are numbered nothing could be mended
        assert pilot.app.screen.query_one("#grid", DataTable).cursor_column == 1
        await press(pilot, "escape", "enter")
        await press(pilot, "1")  # the trade: the first of what is offered
        assert counts(stocked) == {"good": 4, "wrong": 2}
        await press(pilot, "n")
        assert "焊接工位" in frame(pilot)
        await press(pilot, "1", "n")
        await press(pilot, "enter", *("backspace",) * 10, *"2026-11-04", "enter")
        assert counts(stocked) == {"good": 6}
        await press(pilot, "ctrl+s")
        assert "数控车床编程与操作" in frame(pilot)
        await press(pilot, "ctrl+s")
        assert counts(stocked) == {"applied": 6}
        assert "u 可全部撤回" in frame(pilot)  # what was done is told, and not at once told over
        after = stocked.read(records.page, "course", by=OPERATOR, limit=1).total
        assert after == before + 6
        await press(pilot, "escape", "u")
        assert str(pilot.app.screen.query_one("#question Static", Static).content).count("\n") == 1
        await press(pilot, *"sent", "space", *"twice", "enter")
        assert counts(stocked) == {"good": 6}
        kept = stocked.read(lambda session: audit.entries(session, "batch", HANDED_IN))[-1]
        assert (kept.act, kept.reason) == ("undo", "sent twice")
        assert stocked.read(batches.shown, HANDED_IN, by=OPERATOR).status == "undone"


async def test_pasted_rows_begin_a_batch_and_one_mend_serves_all_alike(stocked: Store) -> None:
    text = "机构\t课程名称\t价格\n榕盛技\t甲课\t100\n榕盛技\t乙课\t很贵\nT02\t丙课\t90"
    async with running(stocked) as pilot:
        await press(pilot, "I")
        pilot.app.screen.post_message(events.Paste(text))
        await settle(pilot)
        kinds = pilot.app.screen.query_one("#picks", RecordList)
        await press(pilot, str([row.code for row in kinds.rows].index("course") + 1))
        dialog = pilot.app.screen
        assert isinstance(dialog, BatchDialog)
        assert counts(stocked, "L000002") == {"good": 1, "wrong": 2}
        grid = dialog.query_one("#grid", DataTable)
        grid.move_cursor(row=0, column=1)
        await press(pilot, "f", *("backspace",) * 8, "T", "0", "2", "enter")
        assert counts(stocked, "L000002") == {"good": 2, "wrong": 1}
        await press(pilot, "x")  # the other one is left out
        assert counts(stocked, "L000002") == {"good": 2, "left_out": 1}
        await press(pilot, "h", "enter")
        await press(pilot, "escape", "escape", "v", "ctrl+s")
        assert counts(stocked, "L000002") == {"applied": 2, "left_out": 1}
        made = stocked.read(batches.rows, "L000002", by=OPERATOR, only="applied")[0].record
        edit(stocked, "course", made or "", COLLEAGUE, price="1.50")
        await press(pilot, "escape", "u", "enter")
        shown = frame(pilot).replace("\n", " ")
        assert "L000002 is not taken back: rows that stand in the way: 1 of 2" in shown
        assert f"“{made}”: somebody has changed this record" in shown
        assert counts(stocked, "L000002") == {"applied": 2, "left_out": 1}


async def test_a_path_without_a_file_stays_to_be_mended(stocked: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("institution,title\nT99,焊工\n")
    async with running(stocked) as pilot:
        await press(pilot, "I", "n")
        kinds = pilot.app.screen.query_one("#picks", RecordList)
        await press(pilot, str([row.code for row in kinds.rows].index("course") + 1))
        line = pilot.app.screen.query_one("#reason", FormInput)
        for wrong in ("x" * 300, "~nobody-here/a.csv", str(tmp_path)):
            line.value = wrong
            await press(pilot, "enter")
            assert line.is_attached
        line.value = f"{tmp_path}/a.cX"
        for key in ("end", "backspace", "s"):  # all at once, as over a slow line
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        await press(pilot, "enter", "v")
        shown = frame(pilot)
        assert "There is no file" in shown
        assert line.value == f"{tmp_path}/a.csv"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, BatchDialog)
        assert counts(stocked, "L000002") == {"wrong": 1}
        await press(pilot, "ctrl+s", "ctrl+s")  # no other row is there that could be applied
        assert "No row of L000002 can be applied now" in frame(pilot)


async def test_supervisors_look_and_change_nothing(stocked: Store) -> None:
    supervisor = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
    async with running(stocked, by=supervisor) as pilot:
        await press(pilot, "I", "enter", "x", "1")
        assert isinstance(pilot.app.screen, BatchDialog)
    assert counts(stocked) == {"good": 3, "wrong": 3}


def test_few_choices_have_a_line_each_and_names_are_whole() -> None:
    name = "深圳市璟岑精密模具有限公司实训基地"
    few = [Choice("T11", name), Choice("T12", "深圳市岫垚智能装备有限公司实训基地")]
    assert choice_lines(few, 74).splitlines()[0].strip() == f"1 {name} T11"
    assert len(choice_lines(few * 4, 74).splitlines()) == 3


def test_headings_that_were_guessed_have_a_question_mark() -> None:
    i18n.use("en")
    told = labels([(0, "price"), (2, "valid_to")], {"valid_to"})
    assert [str(label) for label in told] == ["Row", "Price, ¥", "Valid to?"]
