"""A district small enough to sell out: two runs, one workshop, two instructors, one sitting, six firms."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from seed import reference as reference_data
from store import Store, create_store, open_store
from store.engine import store_url
from store.schemas import records as schemas
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import Draft
from store.services import records, reference
from store.services.reference import CHINA
from tests.conftest import DAY, PG_ADMIN

T = TypeVar("T")
OCCUPATION, EQUIPMENT = "6-18-01-01", "EQ-CNC-LATHE"
CENTRE = "C1"
OPERATOR = Actor("desk", "desk", Role.OPERATOR, CENTRE)
SCHOOL = Actor("school", "school", Role.INSTITUTION, "T1")
MORNING = datetime.combine(DAY, time(9), CHINA).astimezone(UTC)
HEADS = {"N1": 1, "N2": 1, "N3": 2, "N4": 2, "N5": 1, "N6": 3}
# Seats and stations that were never ours to sell.
ELSEWHERE = {"R1": 2, "R2": 0, "AS1": 1}


def build(location: str) -> Store:
    """The district in a new store."""
    store = create_store(location)
    tables: tuple[tuple[str, list[dict[str, Any]]], ...] = (
        ("level", list(reference_data.level_rows())),
        ("calendar_day", list(reference_data.calendar_rows())),
        ("equipment", [dict(row) for row in reference_data.table("equipment")]),
        ("occupation", [r for r in reference_data.occupation_rows() if r["code"] == OCCUPATION]),
    )
    for name, rows in tables:
        store.write(reference.load, name, rows, by=SYSTEM)
    for by, drafts in _drafts():
        store.write(records.register_many, list(drafts.values()), by=by, codes=list(drafts.keys()))
    for actor in (OPERATOR, SCHOOL):
        store.write(reference.add_user, actor.login, actor.name, actor.role, actor.organisation)
    return store


def later(days: int) -> date:
    """A day of the district's calendar, counted from its first."""
    return DAY + timedelta(days=days)


def _drafts() -> Iterator[tuple[Actor, dict[str, Draft]]]:
    centres = {code: schemas.CentreDraft(name=code) for code in ("BUREAU", CENTRE)}
    yield SYSTEM, dict(centres)
    yield SYSTEM, {f"E{n}": schemas.EnterpriseDraft(name=f"firm {n}") for n in range(1, 7)}
    yield SYSTEM, {code: schemas.InstitutionDraft(name=code) for code in ("T1", "T2", "B1")}
    yield SYSTEM, {code: _instructor(code) for code in ("I1", "I2", "I3")}
    yield (
        SYSTEM,
        {
            "V1": _make(
                schemas.VenueDraft, name="V1", institution="T2", workstations=f"{EQUIPMENT} x3"
            )
        },
    )
    shared = {"institution": "T1", "occupations": OCCUPATION, "price": "1000"}
    yield (
        SYSTEM,
        {
            "K1": _make(
                schemas.CourseDraft, **shared, title="数控车工夜班", theory_hours=6,
                practice_hours=0, min_heads=2, max_heads=20, delivery="runs",
            ),
            "K2": _make(
                schemas.CourseDraft, **shared, title="数控车工定制班", theory_hours=4,
                practice_hours=4, equipment=EQUIPMENT, min_heads=1, max_heads=20,
                delivery="on_demand",
            ),
        },
    )  # fmt: skip
    yield SYSTEM, {"R1": _run(12, 5, 3), "R2": _run(16, 2, 2)}
    yield SYSTEM, {f"S{n}": _slot(n) for n in range(1, 5)}
    yield (
        SYSTEM,
        {
            "AS1": _make(
                schemas.AssessmentDraft, body="B1", occupation=OCCUPATION, day=later(40), seats=4,
                seats_left=3,
            )
        },
    )  # fmt: skip
    yield OPERATOR, {code: _need(code, heads) for code, heads in HEADS.items()}


def _make(draft: type[Draft], **cells: Any) -> Draft:
    return draft.model_validate(cells)


def _instructor(code: str) -> Draft:
    return _make(schemas.InstructorDraft, name=code, institution="T1", qualifications=OCCUPATION)


def _run(first: int, seats: int, left: int) -> Draft:
    return _make(
        schemas.RunDraft, course="K1", first_day=later(first), weekly="Mon-Fri 18:30-21:30",
        seats=seats, seats_left=left, instructor="I3",
    )  # fmt: skip


def _slot(number: int) -> Draft:
    return _make(
        schemas.SlotDraft, venue="V1", equipment=EQUIPMENT, day=later(16 + number), start="08:30",
        end="11:30", stations=3, stations_free=3,
    )  # fmt: skip


def _need(code: str, heads: int) -> Draft:
    return _make(
        schemas.NeedDraft, enterprise=code.replace("N", "E"), text="数控车工", heads=heads,
        occupations=OCCUPATION, earliest=DAY, certificate=code in ("N2", "N5", "N6"),
    )  # fmt: skip


@contextmanager
def sqlite_copy(template: Path, folder: Path) -> Iterator[Store]:
    """A store on a copy of a file."""
    path = folder / f"{uuid.uuid4().hex[:8]}.db"
    shutil.copy(template, path)
    store = open_store(str(path))
    try:
        yield store
    finally:
        store.close()
        for end in ("", "-wal", "-shm", "-queue"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def sqlite_template(folder: Path) -> Path:
    """The district as a file that copies are made of."""
    path = folder / "races-template.db"
    build(str(path)).close()
    return path


@contextmanager
def postgresql_template() -> Iterator[str]:
    """The district as a PostgreSQL database that copies are made of."""
    with _database(None) as name:
        build(_beside(name)).close()
        yield name


@contextmanager
def postgresql_copy(template: str) -> Iterator[Store]:
    """A store on a copy of a PostgreSQL database."""
    with _database(template) as name:
        store = open_store(_beside(name))
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _database(template: str | None) -> Iterator[str]:
    import psycopg

    name = f"duijie_races_{uuid.uuid4().hex[:8]}"
    like = template or "template0 ENCODING 'UTF8' LOCALE 'C'"
    with psycopg.connect(PG_ADMIN, autocommit=True, connect_timeout=3) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        try:
            yield name
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class Copies:
    """Where stores are copied from: a file, with a folder for the copies, or a PostgreSQL database."""

    template: str
    folder: Path | None = None

    @contextmanager
    def one(self) -> Iterator[Store]:
        """A store of one's own."""
        with (
            postgresql_copy(self.template)
            if self.folder is None
            else sqlite_copy(Path(self.template), self.folder)
        ) as store:
            yield store

    @contextmanager
    def arranged(self, arrange: Callable[[Store], T]) -> Iterator[tuple[Copies, T]]:
        """Copies in which something has been arranged once for all."""
        with self.one() as store:
            found = arrange(store)
            store.close()
            name = str(store.url.database)
            yield Copies(name, self.folder), found


def _beside(name: str) -> str:
    assert name.startswith("duijie_")
    head, _, _ = PG_ADMIN.rpartition("/")
    return f"{head}/{name}"


def location(store: Store) -> str:
    """What opens the same store in another process."""
    url = store.url
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(False)


def url_of(place: str) -> Any:
    """The URL behind a location."""
    return store_url(place)


def run_sql(session: Session, statement: str, **values: object) -> Any:
    """One statement by hand."""
    from sqlalchemy import text

    return session.execute(text(statement), values)
