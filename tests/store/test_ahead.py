"""Titles of long tables are understood before the write that needs them, anew where names have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from matching.types import OccupationShare
from seed.demo import OPERATOR
from store import Store
from store.errors import InvalidError
from store.services import batch_apply, batches, filing, naming, records
from store.tables import PackedRows, read_table

HEAD = ("institution", "title", "occupations")
WELDER, DRIVER = "6-18-02-04", "6-30-05-01"


def rows(count: int) -> Iterator[tuple[int, list[str]]]:
    return ((at, ["T01", f"焊工第{at}班", ""]) for at in range(2, count + 2))


def meant(store: Store, code: str) -> list[str]:
    view: Any = store.read(records.fetch, "course", code, by=OPERATOR)
    return [part.code for part in view.occupations]


def test_packed_rows_are_gone_over_again() -> None:
    """A surrogate, which no UTF-8 holds, an empty cell and a row of another width come out as they were."""
    given = [(2, ["车工", ""]), *((at, [f"{at}", "\ud800", "x"]) for at in range(3, 2500))]
    kept = PackedRows(iter(given))
    assert list(kept) == list(kept) == given
    assert not list(PackedRows(()))
    broken = read_table(("name,area\n" + "甲,仁\n" * 2000).encode() + b"\xff", encoding="utf-8")
    with pytest.raises(InvalidError):
        PackedRows(broken.rows)


def test_many_titles_are_understood_without_a_transaction(stocked: Store) -> None:
    chosen = [(1, ["T01", "电工夜校", WELDER]), (2, ["没有", "车工", ""])]
    table = [*rows(naming.MANY), *((at + 9000, cells) for at, cells in chosen)]
    asked = stocked.read(filing.titles_of, "course", HEAD, table, by=OPERATOR)
    assert asked.texts == tuple(f"焊工第{at}班" for at in range(2, naming.MANY + 2))
    heard: list[int] = []
    said = asked.understand(heard.append).said
    assert heard == [200]
    some = asked.texts[::90]
    assert {text: said[text] for text in some} == stocked.read(naming.meanings_of, some)
    assert not stocked.read(filing.titles_of, "course", HEAD, rows(3), by=OPERATOR).texts
    view = stocked.write(batches.begin, "course", HEAD, rows(naming.MANY), by=OPERATOR, file="a")
    assert stocked.read(batch_apply.titles_of, view.code, by=OPERATOR).texts == asked.texts


def test_what_was_understood_counts_until_names_change_meanwhile(store: Store) -> None:
    """A meaning that no dictionary would give shows which of both was asked."""
    mark = store.read(naming._mark)
    planted = naming.Understood(mark, {"焊工第2班": (OccupationShare(DRIVER, 0.9),)})
    service = naming.using(planted, filing.import_rows)
    (first,) = store.write(service, "course", HEAD, rows(1), by=OPERATOR).created
    assert meant(store, first) == [DRIVER]
    store.write(naming.add_alias, "某种焊接活", WELDER, by=OPERATOR)
    (second,) = store.write(service, "course", HEAD, rows(1), by=OPERATOR).created
    assert DRIVER not in meant(store, second)
    assert WELDER in meant(store, second)
