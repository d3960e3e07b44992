"""Bulletins as documents, by commands, and on their screen."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import text

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.schemas.publication import Bulletin, BulletinDraft, Mark, Withheld, read_snapshot
from store.services import audit, bulletins, reference, targets
from store.tables import read_table
from tests.conftest import DAY
from tests.tui.driving import frame, press, running
from tui import cli, i18n
from tui.bulletins import charts, documents
from tui.bulletins.pages import Chart, chart

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
HOSTILE = "=1+1|<script>alert(1)</script> `x` [a](b) *b* & \x1b[31m\u202e]]>"


@pytest.fixture
def made(stocked: Store) -> Bulletin:
    """November so far."""
    draft = BulletinDraft.model_validate(
        {"kind": "monthly", "first": date(2026, 11, 1), "last": date(2026, 11, 30)}
    )
    return stocked.write(bulletins.make, draft, by=_SUPERVISOR, today=DAY)


def hostile(made: Bulletin) -> Bulletin:
    """The same with a title, an area and a trade that somebody wrote to act on readers."""
    tables = tuple(
        replace(one, rows=((HOSTILE, *one.rows[0][1:]), *one.rows[1:]))
        if one.name in ("shortages", "institutions", "courses")
        else one
        for one in made.snapshot.tables
    )
    snapshot = replace(made.snapshot, title=HOSTILE, area_name=HOSTILE, tables=tables)
    return Bulletin(replace(made.view, title=HOSTILE), snapshot)


def test_documents_are_drawn_from_what_is_stored_byte_for_byte(made: Bulletin) -> None:
    first = documents.digests(made)
    i18n.use("zh")
    assert documents.digests(made) == first
    assert i18n.language() == "zh"
    assert {name.rpartition(".")[2] for name in first} == set(documents.FORMS)
    for language, word in (("zh", "紧缺情况"), ("en", "What is short")):
        for form in ("md", "html"):
            ((name, data),) = documents.documents(made, form, language).items()
            assert word in data.decode()
            assert made.view.digest in data.decode()
            assert "figures_demand.shortages" in data.decode().replace("\\", "")
            assert b"not for publication" not in data
            (draft,) = documents.documents(made, form, "en", is_final=False).values()
            assert b"Draft, not for publication" in draft
            assert name == f"{made.view.code}-{language}.{form}"


def test_a_page_asks_for_nothing_and_every_chart_has_words(made: Bulletin) -> None:
    (data,) = documents.documents(made, "html", "zh").values()
    page = data.decode()
    assert not re.search(r"(src|href)=\"(?!#|data:)|url\(|@import|<script|https?:", page)
    assert '<html lang="zh-CN">' in page
    drawn = re.findall(r"<svg .*?</svg>", page, re.DOTALL)
    assert len(drawn) >= 4
    for one in drawn:
        tree = ElementTree.fromstring(one)
        assert tree.attrib["role"] == "img"
        assert all(tree.findtext(name) for name in ("title", "desc"))
    assert page.count("<section") == len(made.snapshot.tables)


def test_what_somebody_wrote_to_act_on_readers_is_text_in_every_form(made: Bulletin) -> None:
    told = hostile(made)
    (page,) = documents.documents(told, "html", "en").values()
    assert b"<script" not in page
    assert b"&lt;script&gt;" in page
    (text,) = documents.documents(told, "md", "en").values()
    shown = text.decode()
    assert not re.search(r"(?<!\\)(<script|\|<|\[a\]|`x`|\*b\*)", shown)
    for data in (page, text):
        assert b"\x1b" not in data
        assert "\u202e".encode() not in data
    files = documents.documents(told, "csv", "en")
    (file,) = (data for name, data in files.items() if name.endswith("-courses.csv"))
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert rows[1][0].startswith("'=1+1|")
    assert "\x1b" not in rows[1][0]


def test_numbers_held_back_are_marks_in_tables_and_gaps_in_lines(made: Bulletin) -> None:
    files = documents.documents(made, "csv", "en")
    (file,) = (data for name, data in files.items() if name.endswith("-shortages.csv"))
    cells = {row[1] for row in csv.reader(io.StringIO(file.decode("utf-8-sig")))}
    assert {"<5", "×"} < cells
    weeks = made.snapshot.table("weeks")
    held = replace(weeks, rows=((weeks.rows[0][0], Withheld(Mark.FEW), 0), *weeks.rows[1:]))
    tables = tuple(held if one.name == "weeks" else one for one in made.snapshot.tables)
    told = Bulletin(made.view, replace(made.snapshot, tables=tables))
    (text,) = documents.documents(told, "md", "en").values()
    assert r"| 2026-11-16 | \<5 | 0 |" in text.decode()
    line = Chart("line", "Heads", ("a", "b", "c", "d"), (1, None, 2, 3))
    assert charts.svg(line, "x").count("<polyline") == 1
    assert charts.svg(line, "x").count("<circle") == 2


def test_what_is_expected_is_a_broken_line_within_its_interval(made: Bulletin) -> None:
    coming = made.snapshot.table("coming_weeks")
    drawn = chart(made.snapshot, coming)
    assert drawn is not None
    assert (drawn.counted, len(drawn.values)) == (13, 19)
    told = charts.svg(drawn, "x")
    assert told.count("stroke-dasharray") == told.count("<polygon") == 1
    assert f"expected from {drawn.labels[13]} on: {drawn.values[13]} a week" in told
    rows = tuple(
        (*row[:2], Withheld(Mark.HELD), None, None) if row[1] is None else row
        for row in coming.rows
    )
    held = chart(made.snapshot, replace(coming, rows=rows))
    assert held is not None
    assert "stroke-dasharray" not in charts.svg(held, "x")
    assert charts.told(held).endswith(f"most {max(v for v in held.values if v)}")


def test_a_bulletin_made_before_there_were_more_tables_is_drawn_as_it_was(made: Bulletin) -> None:
    """The file holds a snapshot with eleven tables and the digests of what was drawn from it then."""
    kept = json.loads(Path(__file__).with_name("bulletin_of_2026.json").read_text("utf-8"))
    text = json.dumps(kept["snapshot"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    view = replace(made.view, code="GB000001", digest=digest)
    old = Bulletin(view, read_snapshot(text))
    assert old.snapshot.text() == text
    drawn = documents.digests(old)
    assert {name: drawn[name] for name in kept["documents"]} == kept["documents"]


def test_a_workbook_has_every_table_and_numbers_in_it(made: Bulletin, tmp_path: Path) -> None:
    ((name, data),) = documents.documents(hostile(made), "xlsx", "en").items()
    file = tmp_path / name
    file.write_bytes(data)
    with zipfile.ZipFile(file) as parts:
        assert {one.date_time[0] for one in parts.infolist()} == {1980}
        assert {one.compress_type for one in parts.infolist()} == {zipfile.ZIP_STORED}
        assert not any(b"<f>" in parts.read(one) for one in parts.namelist())
        sheet = parts.read("xl/worksheets/sheet3.xml").decode()
    total = made.snapshot.table("shortages").total
    assert total is not None
    assert f"<v>{total[1]}</v>" in sheet
    sheets = read_table(file).sheets
    assert len(sheets) == len(made.snapshot.tables) + 2
    shown = read_table(file, sheet=sheets[2])
    assert list(shown.rows)[-1][1][:2] == ["Total", str(total[1])]


@pytest.mark.parametrize(("most", "end"), [(0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (354, 400)])
def test_axes_end_with_round_numbers(most: int, end: int) -> None:
    assert charts.ceiling(most) == end


def test_from_making_to_verifying_by_commands(
    demo_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str, code: int = 0, user: str = "supervisor") -> Any:
        assert cli.run(["--db", str(demo_path), "--user", user, *words]) == code
        out = capsys.readouterr().out
        return json.loads(out) if "--json" in words else out

    tried = run("bulletin", "make", "--period", "2026-11", "--dry-run")
    assert "heads registered" in tried
    assert "<5" in tried
    code = run("bulletin", "make", "--period", "2026-11", "--title", "十一月", "--json")["code"]
    assert run("bulletin", "publish", code, "--json", code=4)["error"] == "no_such_step"
    run("bulletin", "check", code)
    folder = tmp_path / "drafts"
    run("bulletin", "render", code, "--output", str(folder))
    assert b"not for publication" in (folder / f"{code}-en.html").read_bytes()
    assert run("bulletin", "publish", code, "--json")["status"] == "published"
    assert run("bulletin", "verify", code, "--json")["compared"] == 44
    again = ("bulletin", "render", code, "--output", str(folder))
    assert run(*again, "--json", code=4)["error"] == "file_exists"
    assert run(*again, "--yes", "--json") == [f"{code}-en.html"]
    assert b"not for publication" not in (folder / f"{code}-en.html").read_bytes()
    assert run("bulletin", "render", code, "--format", "md").startswith("# 十一月")
    assert run("bulletin", "render", code, "--format", "csv", code=2) == ""
    assert run("bulletin", "render", code, "--format", "xlsx", code=2) == ""
    for form in ("csv", "xlsx"):
        run("bulletin", "render", code, "--format", form, "--output", str(folder))
    assert len(list(folder.glob("*.csv"))) == 19
    assert [one["code"] for one in run("bulletin", "list", "--json", user="heling")] == [
        code,
        "GB000002",
        "GB000001",
    ]
    assert "十一月" in run("bulletin", "show", code, user="heling")
    due = run("bulletin", "due", "--json")
    assert {(one["kind"], one["state"]) for one in due} >= {("monthly", "done")}
    assert run("bulletin", "withdraw", code, "--json", code=1)["error"] == "reason_missing"
    run("bulletin", "withdraw", code, "--reason", "重编")
    assert [one["act"] for one in run("bulletin", "log", "--json")][:2] == ["withdraw", "publish"]
    assert run("bulletin", "verify", "GB999999", "--json", code=3)["error"] == "not_found"
    assert run("bulletin", "small", "heads=4", "--json")["heads"] == 4
    file = tmp_path / "targets.csv"
    file.write_text("unit,indicator,period,value\nC-HG,heads_trained,2026-Q4,40\n")
    assert run("target", "import", str(file), "--json")["new"] == 1
    made = run("target", "set", "C-BL", "heads_registered", "2026-11", "300", "--json")
    assert (made["period"], made["pace"]) == ("2026-11", "reached")
    assert run("target", "set", "C-BL", "heads_registered", "soon", "3", "--json", code=1)
    file.write_text("unit,indicator,period,value\nC-XX,heads_trained,2026-Q4,0\n")
    wrong = run("target", "import", str(file), "--json", code=1)
    assert [one["column"] for one in wrong["problems"]] == ["value"]
    assert "C-HG" not in run("target", "list", "--json", user="wangfang")
    assert "behind" in run("target", "list")
    assert run("bulletin", "make", "--json", code=5, user="wangfang")["error"] == "not_allowed"


async def test_a_bulletin_is_made_checked_and_published_on_its_screen(stocked: Store) -> None:
    async with running(stocked, by=_SUPERVISOR, size=(100, 40)) as pilot:
        await press(pilot, "B")
        assert "GB000001" in frame(pilot)
        assert "made public" in frame(pilot)
        await press(pilot, "v")
        assert "2026-12-07" in frame(pilot)
        await press(pilot, "n", "enter")
        assert "✓ GB000003: draft." in frame(pilot)
        await press(pilot, "c")
        await press(pilot, "p")
        assert "✓ GB000003: made public." in frame(pilot)
        await press(pilot, "y")
        assert "44 documents are drawn, byte for byte" in frame(pilot)
        await press(pilot, "o")
        assert "44 files written to" in frame(pilot)
        await press(pilot, "x", *"late", "enter")
        assert "✓ GB000003: withdrawn." in frame(pilot)
        await press(pilot, "v", "v")
        assert "354/420" in frame(pilot)
        await press(pilot, "v")
        assert "late" in frame(pilot)
        stocked.write(
            lambda s: s.execute(text("UPDATE need SET heads = heads + 2 WHERE code = 'N000001'"))
        )
        await press(pilot, "v", "n", "ctrl+u", *"2026-11", "enter", "c")
        assert "GB000003, which is public" in frame(pilot)  # it was, and people have it
        await press(pilot, "p", *"mended", "enter")
        assert "✓ GB000004: made public." in frame(pilot)
        assert stocked.read(bulletins.log, by=_SUPERVISOR)[0].reason == "mended"


async def test_a_target_is_set_and_changed_in_a_form(stocked: Store) -> None:
    async with running(stocked, by=_SUPERVISOR, size=(100, 40)) as pilot:
        await press(pilot, "B", "t", "e")
        assert len(pilot.app.screen_stack) == 2  # targets are not shown yet
        await press(pilot, "v", "v", "t", *"c-hg", "enter", *"heads trained", "enter")
        await press(pilot, *"soon", "enter", *"4x", "ctrl+s")
        assert "2026-Q4" in frame(pilot)  # what a period looks like
        await press(pilot, "shift+tab", "ctrl+u", *"2026-q4", "enter", "ctrl+s")
        assert "Target: " in frame(pilot)
        await press(pilot, "ctrl+u", *"40", "ctrl+s")
        assert "heads trained, 2026-Q4: target 40, 0 reached." in frame(pilot)
        await press(pilot, "e")
        by = Actor("bureau2", "二处", Role.SUPERVISOR, "BUREAU")
        await press(pilot, "ctrl+u", *"55")
        draft = targets.read_draft(
            {"unit": "C-HG", "indicator": "heads_trained", "period": "2026-Q4", "value": "60"}
        )
        stocked.write(targets.put, draft, by=by, today=DAY)
        await press(pilot, "ctrl+s")
        assert "bureau2 has saved" in frame(pilot)
        await press(pilot, "ctrl+s")
        assert "target 55" in frame(pilot)
    assert [one.act for one in stocked.read(audit.entries, "target", "C-HG")][1:] == [
        "register", "edit", "edit"
    ]  # fmt: skip
    async with running(stocked, by=OPERATOR, size=(100, 40)) as pilot:
        await press(pilot, "B", "v", "t")
        assert "Change target" not in frame(pilot)
        assert "A new target" not in frame(pilot)


async def test_others_read_what_is_published_and_make_nothing(
    stocked: Store, made: Bulletin
) -> None:
    async with running(stocked, by=SCHOOL, size=(100, 40)) as pilot:
        await press(pilot, "B")
        shown = frame(pilot)
        assert "GB000001" in shown
        assert made.view.code not in shown
        assert "Make" not in shown
        await press(pilot, "n", "x", "v")
        assert "Publication log" in frame(pilot)


async def test_a_report_that_is_due_leads_from_the_dashboard_to_bulletins(stocked: Store) -> None:
    stocked.write(reference.set_meta, "demo_day", "2026-12-03")
    async with running(stocked, by=_SUPERVISOR, start="dashboard", size=(100, 40)) as pilot:
        assert "bulletins due" in frame(pilot)
