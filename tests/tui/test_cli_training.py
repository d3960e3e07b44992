"""Trainees, rosters, attendance, results, credits and identity numbers by commands."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest

from seed.demo import OPERATOR
from store.errors import InvalidError, UsageError
from tests.tui.test_cli_people import Caller
from tui import cli
from tui.messages import file_failure
from tui.roster_reading import read_people, read_stamps

AS = ("--user", OPERATOR.login)


@pytest.fixture
def said(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    """Commands on a copy of the demo district."""
    return Caller(str(demo_path), capsys)


def test_a_class_from_pasted_names_to_its_sheet(
    said: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tmp_path / "names.txt"
    names.write_text("\ufeff姓名\t电话\t编号\n试甲\t13800138000\tBL-X1\n", encoding="utf-8")
    said(*AS, "roster", "B000001", "paste", str(names), "--dry-run")
    assert said(*AS, "trainee", "list", "试甲") == []
    (seated,) = said(*AS, "roster", "B000001", "paste", str(names))
    code = seated["trainee"]
    assert [one["code"] for one in seated["cautions"]] == ["no_prerequisite"]
    new = said(*AS, "trainee", "add", "name=试乙", "experience=六年")
    said(*AS, "roster", "B000001", "add", new["code"], code=4)
    said(*AS, "roster", "B000001", "swap", code, new["code"])
    assert said(*AS, "roster", "B000001", "drop", new["code"], "--reason", "离职")[-1]["reason"]
    said(*AS, "attendance", "B000001", "mark", "1", "1", "all", code=4)  # still to come
    grid = said(*AS, "attendance", "B000000", "show")
    assert [line["lost"] for line in grid["lines"]] == [False, True, False, False]
    page = tmp_path / "sheet.html"
    assert said.told(*AS, "attendance", "B000001", "sheet", "--output", str(page))[1]
    sheet = page.read_text(encoding="utf-8")
    assert sheet.count("<section>") == sheet.count("<svg") == 18
    assert "://" not in sheet.replace("http://www.w3.org/2000/svg", "")
    assert page.stat().st_mode & 0o077 == 0
    told, _ = said.told(*AS, "attendance", "B000001", "sheet", "--lesson", "2")
    assert "B000001/2026-11-28/0840" in told
    again = ("attendance", "B000001", "sheet", "--output", str(page))
    assert cli.run(["--db", said.db, *AS, *again]) == 1  # never overwritten


def test_a_file_with_everything_in_it(said: Caller, tmp_path: Path) -> None:
    found = said(*AS, "trainee", "show", "h000001")
    assert found["account"]["balance"] == 21
    shown, _ = said.told(*AS, "trainee", "show", "H000004")
    assert "attempt 2" in shown
    said(*AS, "trainee", "edit", "H000004", "phone=13900139000", "--version", "1")
    said(*AS, "trainee", "edit", "H000004", "colour=red", code=2)
    said(*AS, "trainee", "reveal", "H000004", code=1)
    assert said(*AS, "trainee", "reveal", "H000004", "--reason", "核对")["phone"] == "13900139000"
    page = tmp_path / "file.html"
    said.told(*AS, "trainee", "print", "H000004", "--reason", "本人申请", "--output", str(page))
    printed = page.read_text(encoding="utf-8")
    assert printed.count("李丁") == printed.count("13900139000") == printed.count("BL-26004") == 1
    assert "*" not in printed
    for path, why in ((page, "file_exists"), (tmp_path / "gone" / "x.html", "no_folder")):
        again = ("trainee", "print", "H000004", "--reason", "再印", "--output", str(path))
        assert said(*AS, *again, code=1)["error"] == why  # and nobody was shown in clear
    out = said.told(*AS, "trainee", "reveal", "H000003", "--reason", "核对")[0]
    assert "Identity number: –" in out
    rows = said("--user", "supervisor", "audit", "list", "--kind", "trainee", "--top", "2")
    assert [one["reason"] for one in rows["entries"]] == ["核对", "本人申请"]
    assert {one["act"] for one in rows["entries"]} == {"reveal_person"}
    said(*AS, "trainee", "merge", "H000004", "H000003", code=4)  # they sat together
    made = said(*AS, "trainee", "merge", "H000004", "H000003", "--reason", "录重")
    assert made["code"] == "H000003"
    assert said(*AS, "trainee", "merge", "H000004", "--undo")["status"] == "active"
    said(*AS, "trainee", "merge", "H000004", code=2)
    assert said(*AS, "trainee", "retention") == []
    assert len(said(*AS, "trainee", "talents", "--level", "3")) == 3
    whole, *lines = said(*AS, "trainee", "talents", "--counts")
    assert whole["certificates"] == sum(one["certificates"] for one in lines) >= 3
    assert said(*AS, "credit", "H000001", "give", "4", "--reason", "外地")["points"] == 4
    assert said(*AS, "credit", "H000001", "--day", "2025-11-03")["balance"] == 6
    said(*AS, "credit", "H000001", "take", "4", code=2)
    said(*AS, "credit", "rules", "hours=8", code=5)
    rules = said("--user", "supervisor", "credit", "rules", "hours=8", "certificate.3=12")
    assert (rules["hours"], rules["certificates"]["3"]) == (8, 12)
    lines = said.told(*AS, "credit", "rules")[0].splitlines()
    assert "certificate.3=12  points for a certificate of level 4 (intermediate)" in lines
    assert not any("{" in text for text in lines)
    for field in (
        "phone=11010519491231002X",
        "number=11010519491231002X",
        "phone=440306199001011017",
    ):
        refused = said(*AS, "trainee", "edit", "H000004", field, code=1)
        assert "resident identity number" in refused["message"]
    said("--user", "supervisor", "training-rules", "late_loses=99", code=1)
    assert said("--user", "supervisor", "training-rules", "late_loses=2")["late_loses"] == 2
    assert [one["trainee"] for one in said(*AS, "outcome", "due")] == ["H000003", "H000004"]
    assert said(*AS, "outcome", "set", "H000003", "new_job")["kind"] == "new_job"
    results = said(*AS, "result", "B000000", "list")
    assert [one["outcome"] for one in results] == ["passed", "passed", "failed", "passed"]
    gone = said(*AS, "result", "B000000", "void", str(results[0]["id"]), "--reason", "录错")
    assert gone["voided"] == "录错"
    assert said(*AS, "credit", "H000001")["balance"] == 15
    said(*AS, "result", "B000000", "add", "H000001", "failed", "certificate=1", code=1)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileExistsError(errno.EEXIST, "File exists", "/a/b"), "There is already a file /a/b"),
        (
            FileNotFoundError(errno.ENOENT, "No such file", "/a/b"),
            "There is no file or folder /a/b",
        ),
        (PermissionError(errno.EACCES, "Permission denied"), "/c/d is closed to you"),
        (OSError(errno.ENOSPC, "No space left"), "The disk is full"),
    ],
)
def test_what_the_system_says_of_a_file_is_said_in_words(error: OSError, told: str) -> None:
    assert told in file_failure(error, Path("/c/d"))


def test_identity_numbers_are_switched_by_who_keeps_the_store(
    said: Caller,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = str(tmp_path_factory.mktemp("keys") / "k")
    said(*AS, "identity", "on", "--key", key, code=5)
    assert not Path(key).exists()
    said("identity", "on", "--key", str(tmp_path / "beside"), code=1)
    assert said("identity", "on", "--key", key)["is_on"]
    monkeypatch.setattr("sys.stdin", io.StringIO("11010519491231002X\n"))
    assert said(*AS, "trainee", "identity", "H000005")["identity"] == "1****************X"
    assert said("identity", "rotate", "--key", key + "2")["count"] == 1
    said("identity", "off", code=4)
    assert said("identity", "off", "--yes")["count"] == 0
    assert not said("identity", "status")["is_on"]


def test_lists_are_read_as_people_copy_them() -> None:
    found = read_people("姓名,编号\n试甲，138 0013 8000，BL-1\n\n试乙\tBL-2\n")
    assert [(one.name, one.phone, one.number) for one in found] == [
        ("试甲", "138 0013 8000", "BL-1"),
        ("试乙", None, "BL-2"),
    ]
    with pytest.raises(InvalidError) as wrong:
        read_people("试甲\n试乙,110105 1949 1231 002X")
    assert wrong.value.params["line"] == 2
    stamps = read_stamps("时间,学员号\n2026/12/05 08:31:00,BL-1\n")
    assert [(one.line, one.number, one.at.hour) for one in stamps] == [(2, "BL-1", 8)]
    with pytest.raises(InvalidError):
        read_stamps("昨天8点,BL-1")
    with pytest.raises(UsageError):
        read_stamps("2026-12-05 08:31:00")
