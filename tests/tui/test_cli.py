"""The command line as other programs call it: in processes of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from matching.concessions import Change, Wish
from matching.types import Qualification, Rule, Severity, Violation
from store import create_store
from store.schemas.fields import LADDER
from tests.commands import duijie
from tui.cli.completion import parsers
from tui.cli.output import plain
from tui.cli.parser import build


def test_demo_without_a_terminal_matches_and_summarises(demo_path: Path) -> None:
    done = duijie("--db", str(demo_path), "demo", "--json")
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["needs"] == 76  # of 80, the others are agreed on or out for answers
    assert found["matched"] >= 55
    assert found["top"][0]["bundle"]["reasons"]


def test_demo_never_touches_another_store(demo_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    create_store(str(path)).close()
    done = duijie("--db", str(path), "demo", lang="zh")
    assert done.returncode == 1
    assert "不是演示库" in done.stderr.decode()


def test_resolve_keeps_the_published_shape_and_order(demo_path: Path) -> None:
    texts = ["数控车工四级", "", "skcg", "焊工\x1b]0;x\x07", "养老护理员"]
    done = duijie(
        "--db", str(demo_path), "resolve", "--stdin", "--top", "3", stdin="\n".join(texts).encode()
    )
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [row["query"] for row in rows] == texts
    assert rows[0]["level"] == LADDER[2]
    assert rows[0]["matches"][0]["code"] == "6-18-01-01"
    assert set(rows[0]["matches"][0]) == {"code", "name", "score", "evidence"}
    assert all(len(row["matches"]) <= 3 for row in rows)
    assert b"\x1b" not in done.stdout


def test_parse_says_what_a_sentence_states_and_where(demo_path: Path) -> None:
    text = "8个人考焊工四级，下个月，坂田附近"
    found = json.loads(
        duijie("--db", str(demo_path), "parse", text, "--day", "2026-11-23", "--json").stdout
    )
    assert found["query"] == text
    assert {name: item["value"] for name, item in found["fields"].items()} == {
        "heads": "8", "certificate": "1", "level": "四级", "earliest": "2026-12-01", "area": "坂田街道",
    }  # fmt: skip
    level = found["fields"]["level"]
    assert text[level["start"] : level["end"]] == level["words"] == "四级"
    lines = duijie("parse", "--stdin", "--db", str(demo_path), stdin="5人\n\n".encode()).stdout
    assert [sorted(json.loads(line)["fields"]) for line in lines.splitlines()] == [["heads"], []]
    assert duijie("parse", "5人", "--day", "soon").returncode == 2


def test_a_need_is_explained_weighed_decided_and_replayed(demo_path: Path, tmp_path: Path) -> None:
    store = ("--db", str(demo_path))
    opened = json.loads(duijie(*store, "why-not", "N000014", "--json").stdout)
    best = opened["concessions"][0]["best"]["course"]
    one = json.loads(duijie(*store, "why-not", "N000014", best, "--json").stdout)
    assert one["violations"]
    assert one["concessions"][0]["opens"] == [best]
    assert duijie(*store, "profile", "save", "近", "travel=80", lang="zh").returncode == 0
    ranked = json.loads(duijie(*store, "match", "N000017", "--profile", "近", "--json").stdout)
    assert ranked["weights_version"] == "C-BL/近 v1"
    first = ranked["bundles"][0]["course"]["code"]
    made = json.loads(
        duijie(*store, "decide", "N000017", first, "--profile", "近", "--json").stdout
    )
    replayed = duijie(*store, "replay", made["code"], "--json")
    assert replayed.returncode == 0
    assert json.loads(replayed.stdout)["is_same"]
    assert json.loads(duijie(*store, "decisions", "--json").stdout)[0]["code"] == made["code"]
    assert duijie(*store, "match", "N000017", "--weights", "beauty=3").returncode == 1
    assert duijie(*store, "match", "N000017", "--weights", "x", "--profile", "y").returncode == 2


def test_words_are_confirmed_listed_and_taken_back(demo_path: Path) -> None:
    store = ("--db", str(demo_path))
    held = json.loads(duijie(*store, "alias", "confirm", "护理", "4-10-01-05", "--json").stdout)
    listed = json.loads(duijie(*store, "alias", "list", "--json").stdout)
    assert [item["words"] for item in listed] == ["护理"]
    assert duijie(*store, "alias", "undo", str(held["id"])).returncode == 0
    assert json.loads(duijie(*store, "alias", "list", "--json").stdout) == []
    assert duijie(*store, "alias", "undo", "99").returncode == 3


def test_resolve_survives_any_bytes(demo_path: Path) -> None:
    done = duijie(
        "--db",
        str(demo_path),
        "resolve",
        "--stdin",
        stdin="焊工\n".encode("gb18030") + b"\xff\xfe\n",
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2


def test_match_one_need_as_json(demo_path: Path) -> None:
    done = duijie("--db", str(demo_path), "match", "n000001", "--json", "--top", "2")
    found = json.loads(done.stdout)
    assert found["need"]["code"] == "N000001"
    first = found["bundles"][0]
    assert sum(r["points"] for r in first["reasons"]) == pytest.approx(
        100 * first["score"], abs=0.01
    )
    assert first["sessions"][0]["time"]
    assert found["rejected"]["counts"]
    assert found["weights_version"]


def test_match_all_is_one_need_a_line(demo_path: Path) -> None:
    done = duijie("--db", str(demo_path), "match", "--all", "--json", "--top", "1")
    assert len(done.stdout.splitlines()) == 76


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("match", "N999999"), 3, "There is no need"),
        (("show", "course", "C999"), 3, "There is no course"),
        (("match",), 2, "--all"),
        (("resolve",), 2, "--stdin"),
        (("fly",), 2, "invalid choice"),
        (("add", "need", "colour=red"), 2, "no field"),
        (
            ("add", "need", "enterprise=E001", "text=焊工", "heads=x", "earliest=2026-12-01"),
            1,
            "whole number",
        ),
        (
            (
                "--user",
                "heling",
                "add",
                "need",
                "enterprise=E001",
                "text=焊工",
                "heads=1",
                "earliest=2026-12-01",
            ),
            5,
            "You may not",
        ),
        (("--user", "nobody", "list", "need"), 3, "There is no user"),
        (("import", "course", "/nonexistent.csv"), 1, "no file"),
    ],
)
def test_failures_say_what_and_leave_with_their_code(
    demo_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = duijie("--db", str(demo_path), *arguments)
    assert done.returncode == code
    assert told in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_usage_speaks_chinese(demo_path: Path) -> None:
    done = duijie("match", "--top", "0", lang="zh")
    assert done.returncode == 2
    assert "用法" in done.stderr.decode()


def test_records_by_command(demo_path: Path) -> None:
    db = ("--db", str(demo_path), "--json")
    added = json.loads(
        duijie(
            *db, "add", "need", "enterprise=E001", "text=焊工", "heads=3", "earliest=2026-12-01"
        ).stdout
    )
    code = added["code"]
    edited = json.loads(duijie(*db, "edit", "need", code, "heads=4").stdout)
    assert (edited["heads"], edited["version"]) == (4, 2)
    stale = duijie(*db, "edit", "need", code, "heads=5", "level=四级", "--version", "1")
    assert stale.returncode == 4
    told = json.loads(stale.stdout)
    assert told["error"] == "stale_edit"
    assert told["params"]["fields"]["heads"] == {"yours": "5", "theirs": "4"}
    assert "Heads: yours 5 | theirs 4" in stale.stderr.decode()
    gone = json.loads(duijie(*db, "withdraw", "need", code, "--reason", "取消").stdout)
    assert gone["status"] == "withdrawn"
    acts = [entry["act"] for entry in json.loads(duijie(*db, "history", "need", code).stdout)]
    assert acts == ["register", "edit", "withdraw"]
    listed = json.loads(duijie(*db, "list", "need", "--top", "5").stdout)
    assert len(listed["items"]) == 5
    dry = json.loads(duijie(*db, "--dry-run", "withdraw", "need", "N000001").stdout)
    assert dry["status"] == "withdrawn"
    assert json.loads(duijie(*db, "show", "need", "N000001").stdout)["status"] == "open"


def test_export_import_and_template(demo_path: Path, tmp_path: Path) -> None:
    db = ("--db", str(demo_path))
    path = tmp_path / "courses.csv"
    assert duijie(*db, "export", "course", "--output", str(path)).returncode == 0
    again = duijie(*db, "import", "course", str(path), "--json")
    found = json.loads(again.stdout)
    assert (found["created"], found["changed"], found["unchanged"]) == (0, 0, 154)
    blank = tmp_path / "blank.csv"
    told = duijie("template", "course", "--output", str(blank), lang="zh").stderr.decode()
    assert "课程名称 (title)" in told
    assert "已发布" in told
    heads = blank.read_text(encoding="utf-8-sig")
    assert heads.startswith("编码,机构,课程名称,")
    words = path.read_text(encoding="utf-8-sig").partition("\n")[2]
    path.write_text(heads + words, encoding="utf-8")
    again = json.loads(duijie(*db, "import", "course", str(path), "--json").stdout)
    assert again["unchanged"] == 154
    piped = duijie(*db, "export", "venue").stdout
    assert duijie(*db, "import", "venue", "-", stdin=piped).returncode == 0


def test_tables_of_people_go_in_and_what_was_mended_is_told(
    demo_path: Path, tmp_path: Path
) -> None:
    """A workbook with a title, Chinese headings and habits; its template and export are workbooks, too."""
    from openpyxl import Workbook, load_workbook

    db = ("--db", str(demo_path))
    book = Workbook()
    for row in (
        ["2026年课程一览"],
        ["名目", "培训机构", "学费（元）", "有效期起"],
        ["焊工（四级）", "鹤岭技师学院", "1,200元", "2026.12.5"],
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "ours.xlsx")
    take = ("import", "course", str(tmp_path / "ours.xlsx"), "--map", "名目=title")
    told = duijie(*db, *take, "--dry-run", lang="zh").stderr.decode()
    assert "“1,200元” → 1200" in told
    assert "“鹤岭技师学院” → T01 深圳市鹤岭技师学院" in told
    found = json.loads(duijie(*db, *take, "--json").stdout)
    assert (found["created"], found["mended_rows"], found["sheet"]) == (1, 1, "Sheet")
    assert {one["column"]: one["after"] for one in found["mended"]} == {
        "institution": "T01",
        "price": "1200",
        "valid_from": "2026-12-05",
    }
    empty, whole = tmp_path / "empty.xlsx", tmp_path / "whole.xlsx"
    form = ("--format", "xlsx", "--output")
    assert duijie(*db, "template", "course", *form, str(empty), lang="zh").returncode == 0
    template = load_workbook(empty)
    example = template["示例"]
    assert (example["A1"].value, example["A2"].value) == ("编码", None)
    page = template.worksheets[0]
    assert (page.title, page["B1"].value) == ("课程", "机构*")
    assert page["B1"].comment is not None
    assert len(page.data_validations.dataValidation) > 5
    assert template["lists"].sheet_state == "hidden"
    assert template.properties.version == "2"
    assert duijie(*db, "export", "course", *form, str(whole), lang="zh").returncode == 0
    again = json.loads(duijie(*db, "import", "course", str(whole), "--json").stdout)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 155)
    schema = json.loads(duijie("template", "need", "--format", "schema").stdout)
    assert schema["required"] == ["enterprise", "text", "heads", "earliest"]
    assert duijie(*db, "import", "course", str(whole), "--map", "x").returncode == 2


def test_no_words_at_all_are_never_looked_for_among_choices(demo_path: Path) -> None:
    """argparse of Python 3.11 refuses an empty list where `choices` are given."""

    every = parsers(build())
    found = [one for parser in every for one in parser._actions if one.nargs == "*"]
    assert len(found) > 5
    assert not [one.dest for one in found if one.choices]
    known = duijie("--db", str(demo_path), "verify", "kinds", "--json")
    assert known.returncode == 0
    assert duijie("--db", str(demo_path), "verify", "kinds", "moon").returncode == 2


GARBAGE = {
    "no encoding": (b"institution,title\nT01,\xff\xfe\xff\n", "gb18030"),
    "missing column": ("title\n焊工\n".encode(), "缺少"),
    "wrong date": ("institution,title,valid_to\nT01,焊工,2026-13-40\n".encode(), "没有这一天"),
    "10 MB cell": (b"institution,title\nT01," + b"x" * 10_000_000, "最多"),
    "control": ("institution,title\nT01,焊\x07工\n".encode(), "控制符"),
    "markup": (b"institution,title\nT01,[/]\n", "没有一个字"),
    "formula": (b"institution,title\nT01,=1+1\n", "公式"),
}


@pytest.mark.parametrize("name", sorted(GARBAGE))
def test_garbage_in_gives_a_sentence_and_changes_nothing(demo_path: Path, name: str) -> None:
    data, told = GARBAGE[name]
    before = duijie("--db", str(demo_path), "export", "course").stdout
    done = duijie("--db", str(demo_path), "import", "course", "-", stdin=data, lang="zh")
    assert done.returncode == 1
    assert told in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert duijie("--db", str(demo_path), "export", "course").stdout == before


def test_a_row_error_as_data_has_row_column_value_cause_and_fix(demo_path: Path) -> None:
    data = "institution,title,price\nT01,焊工,九百\n".encode()
    done = duijie("--db", str(demo_path), "import", "course", "-", "--json", stdin=data)
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (2, "price", "九百")
    assert problem["cause"] == "this is not an amount"
    assert problem["fix"] == "write yuan such as 980 or 980.50"


def test_store_is_made_once_and_checked(tmp_path: Path) -> None:
    db = ("--db", str(tmp_path / "new.db"))
    assert duijie(*db, "list", "need").returncode == 1
    assert duijie(*db, "store", "init").returncode == 0
    assert duijie(*db, "store", "init").returncode == 4
    assert duijie(*db, "store", "upgrade").returncode == 0
    done = duijie(*db, "store", "check", "--json")
    assert json.loads(done.stdout) == {"ok": True, "offences": []}
    assert json.loads(duijie(*db, "list", "need", "--json").stdout)["total"] == 0
    made = duijie(*db, "seed", "bulk", "--offerings", "500", "--json")
    assert json.loads(made.stdout)["course"] == 500


def test_codes_of_places_and_equipment_are_told(demo_path: Path) -> None:
    db = ("--db", str(demo_path), "--json")
    assert json.loads(duijie(*db, "codes", "area", "宝龙街道").stdout)[0]["code"] == "440307019"
    assert "EQ-WELD" in duijie("--db", str(demo_path), "codes", "equipment").stdout.decode()
    assert len(json.loads(duijie(*db, "codes", "level").stdout)) == 8


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    for arguments in (("demo",), ("store", "init"), ("store", "upgrade")):
        done = duijie("--db", str(path), *arguments)
        assert done.returncode == 1
        assert "holds other data" in done.stderr.decode()
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_settings_come_from_the_file_and_are_checked(tmp_path: Path) -> None:
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "duijie" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('db = "/somewhere/else.db"\n', encoding="utf-8")
    assert json.loads(duijie("paths", "--json").stdout)["store"] == "/somewhere/else.db"
    config.write_text("db = 5\n", encoding="utf-8")
    done = duijie("paths")
    assert done.returncode == 1
    assert "wrong value" in done.stderr.decode()
    config.write_text("db = \n", encoding="utf-8")
    assert "cannot be read" in duijie("paths").stderr.decode()


def test_the_full_screen_needs_a_terminal(demo_path: Path) -> None:
    done = duijie("--db", str(demo_path))
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr.decode()


def test_all_needs_at_once_are_what_each_is_alone(demo_path: Path) -> None:
    db = ("--db", str(demo_path), "--json")
    every = [
        duijie(*db, "match", "--all", "--jobs", jobs).stdout.decode().splitlines()
        for jobs in ("1", "2")
    ]
    assert every[0] == every[1]
    codes = [json.loads(line)["need"]["code"] for line in every[0]]
    assert codes == sorted(codes)
    assert len(codes) == 76
    for at in (0, 17, 52):
        assert json.loads(duijie(*db, "match", codes[at]).stdout) == json.loads(every[0][at])


def test_building_the_demo_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    assert duijie("--db", str(path), "demo", "--json", "--day", "2026-11-21").returncode == 0
    assert {p.name for p in tmp_path.iterdir()} <= {"demo.db", "demo.db-wal", "demo.db-shm"}


def test_a_store_is_backed_up_verified_and_restored(demo_path: Path, tmp_path: Path) -> None:
    store, copy = ("--db", str(demo_path), "store"), str(tmp_path / "copy.db")
    made = json.loads(duijie(*store, "backup", copy, "--json").stdout)
    assert made["file"] == copy
    assert duijie(*store, "backup", copy).returncode == 4
    proof = duijie("store", "verify", copy, "--json")
    assert proof.returncode == 0
    assert json.loads(proof.stdout) == {
        "ok": True,
        "file": copy,
        "sha256": made["sha256"],
        "schema": made["schema"],
        "offences": [],
    }
    refused = duijie(*store, "restore", copy, lang="zh")
    assert refused.returncode == 4
    assert "加上 --yes" in refused.stderr.decode()
    done = json.loads(duijie(*store, "restore", copy, "--yes", "--json").stdout)
    assert Path(done["kept"]).parent == demo_path.parent
    assert duijie(*store, "check").returncode == 0
    Path(copy).write_bytes(b"spoilt" + Path(copy).read_bytes()[6:])
    told = duijie("store", "verify", copy, lang="zh")
    assert told.returncode == 1
    assert "和备份时不一样了" in told.stdout.decode()
    assert duijie(*store, "restore", copy, "--yes").returncode == 1
    assert duijie("store", "verify", str(tmp_path / "none.db")).returncode == 3
    assert duijie(*store, "restore").returncode == 2


def test_only_a_keeper_copies_a_store(demo_path: Path, tmp_path: Path) -> None:
    store, copy = ("--db", str(demo_path), "store"), str(tmp_path / "copy.db")
    assert duijie("--user", "heling", *store, "backup", copy).returncode == 5
    assert not Path(copy).exists()
    assert duijie("--user", "keeper", *store, "backup", copy).returncode == 0


def test_a_word_stands_beside_every_level_in_json() -> None:
    rule = Violation(Rule.LEVEL, Severity.BLOCK, "C010", ("3", "None"))
    assert plain({"items": [{"level": 4}, {"level": None}, {"level": "三级"}]}) == {
        "items": [
            {"level": 4, "level_name": "三级"},
            {"level": None, "level_name": None},
            {"level": "三级"},
        ]
    }
    assert plain(Qualification("6-18-01-01", 2))["level_name"] == "五级"
    assert plain(rule)["level_names"] == ["四级", None]
    assert plain(Change(Wish.LEVEL, "6"))["level_name"] == "一级"
    assert plain(Change(Wish.LEVEL, "any"))["level_name"] is None
    assert plain(plain(rule)) == plain(rule)
