"""Proposals lived through at random: every rule holds after every step, and a spoilt product is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.services.decisions import Prepared
from tests.races import lifecycle


@pytest.fixture(scope="session")
def choices(small_file: Path) -> dict[tuple[str, str], Prepared]:
    """What each need would choose while all is free."""
    return lifecycle.choices_of(small_file)


def test_every_rule_holds_after_every_step(
    small_file: Path, choices: dict[tuple[str, str], Prepared]
) -> None:
    lifecycle.live(small_file, choices, 20, 30)


@pytest.mark.parametrize("sabotage", lifecycle.SABOTAGES, ids=lambda found: found.__name__)
def test_a_spoilt_product_is_found(
    sabotage: lifecycle.Sabotage, small_file: Path, choices: dict[tuple[str, str], Prepared]
) -> None:
    """The control: a machine that does not find what was put there proves nothing."""
    with pytest.raises(AssertionError):
        lifecycle.live(small_file, choices, 150, 30, sabotage)
