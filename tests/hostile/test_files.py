"""Files made to hurt: bombs are refused at once, formulas are text, a round trip changes nothing."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import InvalidError
from store.services import filing
from store.tables import MOST_BYTES, guarded, read_csv, unguarded, write_csv
from tests.e2e.emulator import ROOT
from tests.hostile.corpus import poison
from tui.pasted import read_rows

HEAD = b"institution,title\n"
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a quotation mark that is never closed": (
        lambda: HEAD + b'T01,"' + b"x\n" * 15_000_000,
        "cell",
    ),
    "one cell": (lambda: HEAD + b"T01," + b"x" * 30_000_000, "cell"),
    "rows": (lambda: HEAD + b"a,b\n" * 7_000_000, "rows"),
    "columns": (lambda: b"," * 30_000_000, "cells"),
    "headings": (lambda: b",".join(b"c%d" % n for n in range(200_000)) + b"\n", "cells"),
    "wide rows": (lambda: (b"a," * 39 + b"a\n") * 390_000, "rows"),
    "NUL": (lambda: b"\0" * 30_000_000, "cell"),
    "half of a character": (lambda: HEAD + b"T01,x\n" * 100 + b"\xe7\x84" * 9_000_000, "utf-8"),
}
MEASURED = """
import sys
from store.errors import InvalidError
from store.tables import read_csv

def most():
    told = open("/proc/self/status").read()
    return int(told.split("VmHWM:")[1].split()[0]) / 1024

data = sys.stdin.buffer.read()
before = most()
try:
    read_csv(data)
except InvalidError as error:
    print(error.code, most() - before)
"""
CODES = {
    "cell": "cell_too_large",
    "rows": "too_many_rows",
    "cells": "too_many_columns",
    "utf-8": "file_encoding",
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_bombs_are_refused_at_once(name: str) -> None:
    """Threat 9, check 29: within 100 MB; `benchmarks.importing` says how long reading takes."""
    made, told = BOMBS[name]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED], input=made(), capture_output=True, check=True, cwd=ROOT
    )
    code, megabytes = done.stdout.decode().split()
    assert code == CODES[told]
    assert float(megabytes) < 100


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, demo_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(50 * MOST_BYTES)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tui",
            "--lang",
            "en",
            "--db",
            str(demo_path),
            "import",
            "course",
            str(path),
        ],
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert b"at most" in done.stderr


@pytest.mark.parametrize("encoding", ["zip", "punycode", "unicode_escape", "../x", "a\0b"])
def test_only_encodings_of_text_are_taken(encoding: str) -> None:
    with pytest.raises(InvalidError, match="unknown_encoding"):
        read_csv(b"a,b\n1,2\n", encoding)


FORMULA = tuple("=+-@＝＋－＠\t\r")
CELL = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=12
)
RISKY = st.builds(
    lambda marks, sign, rest: "'" * marks + sign + rest,
    st.integers(0, 3),
    st.sampled_from([*"=+-@＝＋－＠"]),
    CELL,
)


@given(st.lists(st.lists(CELL | RISKY, min_size=3, max_size=3), max_size=6))
def test_what_is_written_is_no_formula_and_read_again_is_the_same(rows: list[list[str]]) -> None:
    """Threat 10, check 30."""
    text = "".join(write_csv(["a", "b", "c"], rows))
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            is_number = cell.replace(".", "", 1).removeprefix("-").isdecimal()
            assert is_number or not cell.startswith(FORMULA)
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    assert [cells for _row, cells in read_csv(text.encode())[1]] == kept


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("-5", "-5"),
        ("-12.25", "-12.25"),
        ("+8613812345678", "'+8613812345678"),
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("'tis", "'tis"),
        ("－2", "'－2"),
        ("-2+3", "'-2+3"),
        ("电工", "电工"),
    ],
)
def test_numbers_stay_numbers_and_everything_comes_back(cell: str, written: str) -> None:
    assert guarded(cell) == written
    assert unguarded(written) == cell


def test_exports_of_hostile_texts_hold_no_formula_and_no_control(demo_path: Path) -> None:
    """Threats 10 and 11: also of what was stored behind the program's back."""
    poison(demo_path)
    store = open_store(str(demo_path))
    for kind in ("need", "enterprise", "course", "institution", "instructor", "venue"):
        headings = [column.name for column in filing.columns(kind)]
        rows = store.read(_exported, kind)
        text = "".join(write_csv(headings, rows))
        again = list(csv.reader(io.StringIO(text, newline="")))
        assert len(again) == len(rows) + 1
        assert not [
            c for row in again for c in row if c.startswith(FORMULA) and not c[1:2].isdecimal()
        ]
        assert text.replace("\n", "").isprintable() or "\u3000" in text
    store.close()


def _exported(session: Session, kind: str) -> list[list[str]]:
    return list(filing.export_rows(session, kind, by=OPERATOR))


def test_json_on_a_terminal_holds_nothing_that_is_obeyed(demo_path: Path) -> None:
    poison(demo_path)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tui",
            "--db",
            str(demo_path),
            "--user",
            "wangfang",
            "--json",
            "list",
            "need",
        ],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    text = done.stdout.decode()
    assert json.loads(text)["items"]
    assert not set(text) & set("\x1b\x7f\x9b\x9d\u202e\u2028\u200b\ufeff\U000e0041")


def test_what_is_copied_and_pasted_again_is_the_same() -> None:
    pasted = read_rows("企业\t工种\n'=E1\t'+焊工")
    assert pasted == [{"enterprise": "=E1", "text": "+焊工"}]


def test_an_import_of_the_corpus_is_refused_cell_by_cell(stocked: Store) -> None:
    from tests.hostile.corpus import HOSTILE

    lines = "".join(write_csv(["institution", "title"], [["T01", text] for text in HOSTILE]))
    headings, rows = read_csv(lines.encode("utf-8", "replace"))
    report = stocked.rehearse(
        filing.import_rows, "course", headings, rows, by=OPERATOR, partial=True
    )
    assert {problem.code for problem in report.problems} >= {"formula", "string_too_long"}
