"""A file of a hundred thousand courses read and validated: by this program, and by pandas with openpyxl.

`python -m benchmarks.importing whole ROWS` takes such a file over into the demo district, by `import` and
as a batch.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

ROWS = 100_000
HEAD = (
    "课程名称",
    "培训机构",
    "技能等级",
    "理论课时",
    "实操课时",
    "价格",
    "计价单位",
    "最多人数",
    "培训方式",
    "有效期起",
)
_OURS = """
import gc, json, resource, sys, time
from datetime import date
from itertools import islice
from pathlib import Path
from seed.demo import OPERATOR
from store import create_store
from store.services.kinds import kind_named
from store.services.looking_up import Names
from store.services.row_reading import Choices, RowReader, taken_headings
from store.tables import read_table
store = create_store(sys.argv[2])
gc.freeze()  # as every command does before it begins
def run(session):
    kind, chosen = kind_named("course"), Choices()
    began = time.process_time()
    table = read_table(Path(sys.argv[1]))
    headings = taken_headings(kind, table.headings, chosen)
    reader = RowReader(kind, headings, chosen, Names(session, OPERATOR), date(2026, 11, 21))
    good = 0
    while part := list(islice(table.rows, 2000)):
        good += len(reader.read(part, {})[0])
    return good, time.process_time() - began
good, seconds = store.read(run)
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([good, seconds, most]))
"""
_PEER = """
import json, resource, sys, time
from datetime import date
from decimal import Decimal
from typing import Literal, Optional
import pandas, pydantic
class Course(pydantic.BaseModel):
    title: str = pydantic.Field(min_length=1, max_length=200)
    institution: str = pydantic.Field(pattern="^[A-Z0-9][A-Z0-9-]{0,39}$")
    level: Literal["五级", "四级", "三级"]
    theory_hours: int = pydantic.Field(ge=0, le=5000)
    practice_hours: int = pydantic.Field(ge=0, le=5000)
    price: Decimal = pydantic.Field(ge=0, decimal_places=2)
    price_per: Literal["按人", "按班"]
    max_heads: int = pydantic.Field(ge=1, le=500)
    mode: Literal["到机构", "线上", "上门"]
    valid_from: date
began = time.process_time()
table = pandas.read_excel(sys.argv[1], dtype=str, engine="openpyxl")
table.columns = list(Course.model_fields)
found = pydantic.TypeAdapter(list[Course]).validate_python(table.to_dict("records"))
seconds = time.process_time() - began
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([len(found), seconds, most]))
"""

# In a process of its own: what it takes would be counted as every command's peak that is begun beside it.
_PREPARED = """
import sys
from datetime import date
from pathlib import Path
from benchmarks.importing import made
from seed.demo import build
from store.tables import read_table, write_csv
folder, rows = Path(sys.argv[1]), int(sys.argv[2])
build(f"{folder}/demo.db", date(2026, 11, 21)).close()
made(folder / "courses.xlsx", rows)
table = read_table(folder / "courses.xlsx")
text = write_csv(table.headings, (row for _, row in table.rows))
(folder / "courses.csv").write_text("".join(text))
print("null")
"""


def made(path: Path, rows: int) -> None:
    """Right rows only, so that both sides have the same to do."""
    from store.workbooks import write_workbook

    random = Random(8)
    trades = ("焊工", "电工", "数控车工", "叉车司机", "保育师", "养老护理员", "中式烹调师")
    levels = ("五级", "四级", "三级")

    def lines() -> object:
        for at in range(rows):
            level = random.choice(levels)
            yield [
                f"{random.choice(trades)}（{level}）{at}班",
                f"T{random.randrange(1, 13):02d}",
                level,
                str(random.randrange(20, 60)),
                str(random.randrange(20, 90)),
                str(random.randrange(500, 4000)),
                random.choice(("按人", "按班")),
                str(random.randrange(10, 50)),
                random.choice(("到机构", "线上", "上门")),
                f"2026-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}",
            ]

    with path.open("wb") as file:
        write_workbook(file, "课程", HEAD, lines(), (3, 4, 5, 7))  # type: ignore[arg-type]


def measured(python: str, program: str, *arguments: str) -> Any:
    """What a program in a process of its own tells: good rows, seconds of work and megabytes at most."""
    done = subprocess.run(
        [python, "-c", program, *arguments],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    return json.loads(done.stdout)


def whole(rows: int) -> None:
    """Print what the commands themselves cost that take a table over, each store as the demo left it."""
    with tempfile.TemporaryDirectory() as folder:
        measured(sys.executable, _PREPARED, folder, str(rows))
        for form in (".xlsx", ".csv"):
            store = _copied(folder)
            file = f"{folder}/courses{form}"
            _tell(f"import, {form}", rows, *_command(store, "import", "course", file))
        store = _copied(folder)
        begin = ("batch", "begin", "course", f"{folder}/courses.xlsx")
        _tell("batch begin", rows, *_command(store, *begin))
        listed = [sys.executable, "-m", "tui", "--db", store, "batch", "list", "--json"]
        code = json.loads(subprocess.run(listed, capture_output=True, check=True).stdout)[0]["code"]
        for act in ("check", "apply", "undo"):
            _tell(f"batch {act}", rows, *_command(store, "--yes", "batch", act, code))


def _copied(folder: str) -> str:
    return str(shutil.copy(f"{folder}/demo.db", f"{folder}/copy.db"))


def _command(store: str, *words: str) -> tuple[float, float]:
    """Seconds of processor time and megabytes at most of one command, which has to end well."""
    command = [sys.executable, "-m", "tui", "--db", store, *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{words} ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Print speed and memory of each; DUIJIE_PANDAS may name a Python that has pandas."""
    peer = os.environ.get("DUIJIE_PANDAS", sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "courses.xlsx"
        made(file, ROWS)
        ours = measured(sys.executable, _OURS, str(file), f"{folder}/new.db")
        _tell("duijie", *ours)
        try:
            theirs = measured(peer, _PEER, str(file))
        except subprocess.CalledProcessError:
            print("pandas, openpyxl, pydantic: left out, pandas is not installed")
            return
        _tell("pandas, openpyxl, pydantic", *theirs)
        print(f"ratio of time: {theirs[1] / ours[1]:.1f}")


def _tell(name: str, good: int, seconds: float, megabytes: float) -> None:
    print(
        f"{name:28} {good:7} rows {seconds:6.2f} s {good / seconds:8.0f} rows/s {megabytes:5.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["whole"]:
        whole(int(sys.argv[2]))
    else:
        main()
