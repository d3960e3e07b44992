"""474 real in-service classes of Taipei as tables this product imports, and ten needs against them.

`python -m tests.taipei [SAMPLES]` makes a store in a temporary folder, imports the classes, registers ten
needs in Simplified Chinese and prints the top three of each. What the sample does not say (price, seats,
times of day, most providers) stays unknown.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from datetime import date
from pathlib import Path

from matching.types import Bundle
from seed import reference as reference_data
from store import Store, create_store
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CentreDraft, EnterpriseDraft, NeedDraft
from store.services import filing, matchmaking, records, reference
from store.tables import read_csv, write_csv

SAMPLE = Path(__file__).parents[2] / "shared/reference/samples/courses_taipei_2026.tsv"
TODAY = date(2026, 7, 20)
BY = Actor("taipei", "taipei", Role.OPERATOR, "C1")
_DAYS = ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NEEDS = (
    "想学AI应用，5个文员，晚上",
    "招3个平面设计，会做短视频剪辑",
    "Excel报表，8个人，周末上课",
    "会计，4个人",
    "烘焙师傅2个，想学西点",
    "员工想学日语会话",
    "宠物美容",
    "咖啡师，6人",
    "首饰设计，做蜡雕的",
    "Python数据分析，3个工程师",
)


def tables(sample: Path) -> dict[str, str]:
    """CSV texts by kind: institutions, courses and their runs."""
    with sample.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    providers = [
        "台北市（单位未列）",
        *sorted({row["provider"] for row in rows if row["provider"]}),
    ]
    codes = {name: f"TP{at:03d}" for at, name in enumerate(providers)}
    institutions = [[codes[name], name] for name in providers]
    courses, runs = [], []
    for row in rows:
        owner = codes[row["provider"] or providers[0]]
        courses.append([f"TW{row['id']}", owner, row["name"], row["hours"], "runs"])
        days = ",".join(_DAYS[int(day)] for day in row["weekdays"].split(",") if day)
        runs.append(
            [
                f"TR{row['id']}",
                f"TW{row['id']}",
                row["start"],
                row["end"],
                days,
                row["signup_close"],
            ]
        )
    heads = {
        "institution": (["code", "name"], institutions),
        "course": (["code", "institution", "title", "theory_hours", "delivery"], courses),
        "run": (["code", "course", "first_day", "last_day", "weekly", "signup_closes"], runs),
    }
    return {kind: "".join(write_csv(head, rows)) for kind, (head, rows) in heads.items()}


def load(location: str, sample: Path) -> tuple[Store, dict[str, filing.Report]]:
    """A store with the classes in it, and what each import said."""
    store = create_store(location)
    reference_data.load(store)
    store.write(records.register, CentreDraft(name="测试中心"), by=SYSTEM, code="C1")
    store.write(records.register, EnterpriseDraft(name="测试企业"), by=SYSTEM, code="E1")
    store.write(reference.add_user, BY.login, BY.name, BY.role, "C1")
    reports = {}
    for kind, text in tables(sample).items():
        headings, rows = read_csv(text.encode())
        reports[kind] = store.write(filing.import_rows, kind, headings, rows, by=BY)
    return store, reports


def top(store: Store, text: str, count: int = 3) -> tuple[Bundle, ...]:
    """Register a need and rank it."""
    draft = NeedDraft(enterprise="E1", text=text, heads=3, earliest=TODAY, latest=date(2027, 3, 31))
    code = store.write(records.register, draft, by=BY).code
    matched = store.read(matchmaking.rank_bundles, code, by=BY, today=TODAY, top=count)
    return matched.ranking.bundles


def main(sample: Path) -> None:
    """Print what was imported and the top three of each need."""
    with tempfile.TemporaryDirectory() as folder:
        store, reports = load(f"{folder}/taipei.db", sample)
        for kind, report in reports.items():
            sys.stdout.write(f"{kind}: {len(report.created)} new, {len(report.problems)} refused\n")
        for text in NEEDS:
            sys.stdout.write(f"\n{text}\n")
            for bundle in top(store, text):
                first = bundle.sessions[0].day if bundle.sessions else "?"
                sys.stdout.write(f"  {100 * bundle.score:.0f}  {bundle.course.title}  {first}\n")
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
