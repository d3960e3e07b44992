"""Proposals lived through at random: every rule holds after every step, and a spoilt product is found."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from store import open_store
from store.services.decisions import Prepared
from tests.races import lifecycle
from tests.races.world import run_sql


@pytest.fixture(scope="session")
def choices(small_file: Path) -> dict[tuple[str, str], Prepared]:
    """What each need would choose while all is free."""
    return lifecycle.choices_of(small_file)


def test_every_rule_holds_after_every_step(
    small_file: Path, choices: dict[tuple[str, str], Prepared]
) -> None:
    lifecycle.live(small_file, choices, 20, 30)


def test_classes_made_one_and_two_again_sell_nothing_twice(
    small_file: Path, tmp_path: Path
) -> None:
    """The same lives where every class is below its minimum, so that most of them can be made one."""
    thin = tmp_path / "thin.db"
    shutil.copy(small_file, thin)
    with closing(open_store(str(thin))) as store:
        store.write(lambda s: run_sql(s, "UPDATE course SET min_heads = 12"))
    lifecycle.live(thin, lifecycle.choices_of(thin), 12, 30, machine=lifecycle.Mergers)


@pytest.mark.parametrize("sabotage", lifecycle.SABOTAGES, ids=lambda found: found.__name__)
def test_a_spoilt_product_is_found(
    sabotage: lifecycle.Sabotage, small_file: Path, choices: dict[tuple[str, str], Prepared]
) -> None:
    """The control: a machine that does not find what was put there proves nothing."""
    with pytest.raises(AssertionError):
        lifecycle.live(small_file, choices, 150, 30, sabotage)
