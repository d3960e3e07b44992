"""Facts the product carries: occupations and their names, levels, Shenzhen's streets, the calendar."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from matching.catalogue import MemoryCatalogue
from matching.occupations import Surface, make_surface, resolve, surfaces_of
from store import Store
from store.schemas.actor import SYSTEM
from store.services import naming, reference

_FOLDER = Path(__file__).parent
DISTRICT = "440307"
_KINDS = {"day_off": "day_off", "in_lieu_day_off": "day_off", "makeup_workday": "makeup_workday"}


def table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a tab-separated file of this folder, without quoting."""
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


@cache
def alias_lines() -> tuple[tuple[str, str, str, bool, str], ...]:
    """Every alias of the dictionary: code, kind, text, whether it is marked as shared, file."""
    found = []
    for path in sorted((_FOLDER / "aliases").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            code, kind, aliases = line.split("\t")
            for alias in aliases.split("|"):
                name = alias.removeprefix("~").strip()
                if name:
                    found.append((code, kind, name, alias.startswith("~"), path.stem))
    return tuple(found)


def surfaces() -> Iterator[tuple[str, str, Surface]]:
    """Every name as (text, source, surface): official ones first, the same words for a code once."""
    seen: set[tuple[str, str]] = set()
    for row in table("occupations"):
        for surface in surfaces_of(row["name"], row["code"]):
            seen.add((surface.folded, surface.code))
            yield row["name"], "classification 2022", surface
    for code, kind, name, is_shared, source in alias_lines():
        for form in [name, *name.split("/")] if "/" in name else [name]:
            surface = make_surface(form, code, kind, is_shared=is_shared)
            if surface.folded and (surface.folded, code) not in seen:
                seen.add((surface.folded, code))
                yield form, source, surface


def occupation_rows() -> Iterator[dict[str, Any]]:
    """Occupations as the store keeps them."""
    for row in table("occupations"):
        yield {**row, "marker": row["marker"] or None}


def area_rows() -> Iterator[dict[str, Any]]:
    """The city, its districts, and their streets with coordinates."""
    yield {"code": "4403", "name": "深圳市", "kind": "city", "parent": None}
    districts = {row["area_code"]: row["district"] for row in table("streets")}
    for code, name in districts.items():
        yield {"code": code, "name": name, "kind": "district", "parent": "4403"}
    for row in table("streets"):
        yield {
            "code": row["code"],
            "name": row["street"],
            "kind": "street",
            "parent": row["area_code"],
            "lat": float(row["lat"]),
            "lng": float(row["lng"]),
            "coordinate_source": row["coordinate_source"],
        }


def level_rows() -> Iterator[dict[str, Any]]:
    """The eight-level ladder."""
    for row in table("levels"):
        yield {
            "rank": int(row["rank"]),
            "number_form": row["number_form"] or None,
            "grade_form": row["grade_form"],
            "english": row["english"],
        }


def calendar_rows() -> Iterator[dict[str, Any]]:
    """Public days off and make-up workdays, one row a day."""
    from datetime import date

    seen = set()
    for row in table("calendar"):
        if row["date"] not in seen:
            seen.add(row["date"])
            yield {
                "day": date.fromisoformat(row["date"]),
                "kind": _KINDS[row["kind"]],
                "name": row["name"].split(",")[1],
            }


def load(store: Store) -> None:
    """Put all reference data into a store that lacks it, each table in a transaction of its own."""
    for name, rows in (
        ("area", area_rows()),
        ("level", level_rows()),
        ("calendar_day", calendar_rows()),
        ("equipment", table("equipment")),
        ("occupation", occupation_rows()),
    ):
        if store.read(reference.is_empty, name):
            store.write(reference.load, name, list(rows), by=SYSTEM)
    if store.read(reference.is_empty, "alias"):
        store.write(naming.load_aliases, list(surfaces()), by=SYSTEM)


def catalogue() -> MemoryCatalogue:
    """The dictionary in memory, for batches."""
    names = {row["code"]: row["name"] for row in table("occupations")}
    return MemoryCatalogue(names, (surface for _, _, surface in surfaces()))


def resolver() -> naming.Resolver:
    """Resolving without a store, with the dictionary that the program carries."""
    known = catalogue()
    return lambda text, top: resolve(text, known, top)


def terms_of_use(lang: str) -> str:
    """The text that comes with the program, until a supervisor sets another one."""
    return (_FOLDER / f"usage_terms.{lang}.txt").read_text(encoding="utf-8").strip()
