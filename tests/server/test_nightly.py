"""A night's work: every step told, nothing dropped without a proved backup, a cut chain found."""

from __future__ import annotations

import json
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from store import Store, create_store, open_store
from store.backups import shelf
from store.backups.shelf import Shelved
from store.schemas.actor import SYSTEM
from store.services import audit, reference
from tests.store.test_heads import tampered
from tui.cli import run

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A sound store with little in it, which is quickly backed up."""
    path = tmp_path / "demo.db"
    store = create_store(str(path))
    classes = dict.fromkeys(("small_class", "middle_class", "major_class"), "-")
    word = {"code": "6-18-01-01", "name": "车工", "marker": None, **classes}
    store.write(reference.load, "occupation", [word], by=SYSTEM)
    for heads in (1, 2):
        store.write(audit.note, SYSTEM, "edit", "need", [("N000001", None, {"heads": heads})])
    store.close()
    return path


def night(db: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    code = run(["--db", str(db), "server", "nightly", "--json", *more])
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] == (code == 0)
    return code, {step["name"]: step for step in told["steps"]}


def test_a_night_leaves_backup_head_and_metrics(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = tmp_path / "duijie.prom"
    for count in (1, 2):
        code, steps = night(small, capsys, "--metrics", str(numbers))
        assert code == 0
        assert list(steps) == ["backup", "verify", "head", "prune", "retention", "metrics"]
        assert {step["state"] for step in steps.values()} == {"fine"}
        folder = tmp_path / "backups"
        assert len(list(folder.glob("*.db"))) == len(list(folder.glob("*.sha256"))) == count
        assert len((folder / "heads.jsonl").read_text().splitlines()) == count
    assert stat.S_IMODE((folder / "heads.jsonl").stat().st_mode) == 0o600
    assert "duijie_backups 2\n" in numbers.read_text()
    assert run(["--db", str(small), "store", "check", "--heads", f"{folder}/heads.jsonl"]) == 0


def test_a_chain_cut_by_day_is_told_at_night(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night(small, capsys)
    store = open_store(str(small))
    tampered(store, "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
    store.close()
    code, steps = night(small, capsys)
    assert code == 1
    assert steps["head"]["state"] == "wrong"
    assert "not in the chain any more" in steps["head"]["value"]
    kept = tmp_path / "backups/heads.jsonl"
    assert run(["--db", str(small), "store", "check", "--heads", str(kept), "--json"]) == 1
    assert "head_gone" in capsys.readouterr().out


def test_without_a_proved_backup_nothing_is_dropped(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The store is damaged since last night; the oldest backup is needed now."""
    folder = tmp_path / "backups"
    folder.mkdir()
    old = [folder / f"demo-200{year}0101-000000-000000.db" for year in range(1, 9)]
    for file in old:
        file.write_bytes(b"old")
    content = bytearray(small.read_bytes())
    content[4096 * 3 :] = bytes(len(content) - 4096 * 3)
    small.write_bytes(content)
    code, steps = night(small, capsys, "--metrics", str(tmp_path / "no/such/folder"))
    assert code == 1
    assert [steps[name]["state"] for name in ("backup", "verify", "prune")] == [
        "wrong",
        "wrong",
        "told",
    ]
    assert all(file.exists() for file in old)
    assert all(step["value"] for step in steps.values())


def test_a_failing_step_stops_only_what_rests_on_it(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    code, steps = night(small, capsys, "--metrics", str(tmp_path / "numbers"))
    assert code == 1
    assert steps["backup"]["state"] == "wrong"
    assert steps["metrics"]["state"] == "fine"


def shelf_of(days: int, every: int = 1) -> tuple[Shelved, ...]:
    """A backup a day, newest first."""
    moments = (NOW - timedelta(days=day) for day in range(0, days, every))
    return tuple(Shelved(Path(f"{at:%Y%m%d}"), at, True) for at in moments)


def test_old_backups_thin_out(tmp_path: Path) -> None:
    found = shelf_of(1000)
    gone = set(shelf.spare(found, NOW))
    kept = [one.at for one in found if one not in gone]
    assert len(kept) <= shelf.DAYS + shelf.WEEKS + shelf.MONTHS
    assert kept[: shelf.DAYS] == [one.at for one in found[: shelf.DAYS]]
    assert len({(at.year, at.month) for at in kept}) == shelf.MONTHS
    left = tuple(one for one in found if one not in gone)
    assert shelf.spare(left, NOW) == ()


def test_a_year_of_silence_leaves_the_newest() -> None:
    found = shelf_of(12)
    kept = set(found) - set(shelf.spare(found, NOW + timedelta(days=365)))
    assert len(kept) >= 2  # the newest of each of two weeks
    assert found[0] in kept
    assert shelf.spare(found[:1], NOW + timedelta(days=3650)) == ()


def test_only_own_backups_are_seen(tmp_path: Path) -> None:
    names = (
        "duijie-20261101-021500-000001.db",
        "duijie-20261101-021500-000002.dump",
        "other-20261101-021500-000001.db",
        "duijie-20261101-021500-000001-before-restore.db",
        "duijie.db",
        "heads.jsonl",
    )
    for name in names:
        (tmp_path / name).touch()
    found = shelf.shelved(tmp_path, "duijie")
    assert {one.file.name for one in found} == set(names[:2])
    shelf.discard(found[0])
    assert len(list(tmp_path.iterdir())) == len(names) - 1


LINE = re.compile(
    r"# (HELP|TYPE) duijie_[a-z0-9_]+ .+|duijie_[a-z0-9_]+(\{[a-z]+=\"[a-z0-9]+\"\})? \d+(\.\d+)?"
)


def test_metrics_are_numbers_and_nobodys_names(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    location = store.url.render_as_string(hide_password=False)
    if store.url.get_backend_name() == "sqlite":
        location = str(store.url.database)
    assert run(["--db", location, "metrics", "--output", str(tmp_path / "numbers")]) == 0
    told = (tmp_path / "numbers").read_text()
    assert stat.S_IMODE((tmp_path / "numbers").stat().st_mode) == 0o644
    assert all(LINE.fullmatch(line) for line in told.splitlines())
    open_needs = store.read(
        lambda session: session.scalar(text("SELECT count(*) FROM need WHERE status = 'open'"))
    )
    assert f'duijie_needs{{state="open"}} {open_needs}\n' in told
    size = re.search(r"duijie_store_bytes (\d+)", told)
    assert size is not None
    assert int(size[1]) > 1_000_000
    capsys.readouterr()
    assert run(["--db", location, "metrics"]) == 0
    assert "duijie_needs" in capsys.readouterr().out
