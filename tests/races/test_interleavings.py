"""Every order of two acts' steps: all 70 on SQLite, a tenth of them on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import open_store
from tests.races import interleaving, scenes
from tests.races.contest import careless
from tests.races.world import Copies


def test_there_are_seventy_orders() -> None:
    assert len(set(interleaving.orders())) == 70


def test_the_control_sells_the_seat_twice(small_file: Path, tmp_path: Path) -> None:
    found = scenes.play(
        scenes.CONTROL,
        Copies(str(small_file), tmp_path),
        interleaving.orders(),
        careless,
    )
    assert found.orders == 70
    assert len(found.wrong) >= 1


def test_the_control_is_sound_with_the_write_lock(small_file: Path, tmp_path: Path) -> None:
    found = scenes.play(
        scenes.CONTROL,
        Copies(str(small_file), tmp_path),
        interleaving.orders(),
        open_store,
    )
    assert not found.wrong
    assert found.orders == 70


@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda scene: scene.name)
def test_no_order_does_harm(scene: scenes.Scene, small_file: Path, tmp_path: Path) -> None:
    found = scenes.play(scene, Copies(str(small_file), tmp_path), interleaving.orders())
    assert not found.wrong
    assert found.orders == 70


@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda scene: scene.name)
def test_no_order_does_harm_on_the_server(scene: scenes.Scene, small_database: str) -> None:
    found = scenes.play(
        scene,
        Copies(small_database),
        list(interleaving.orders())[::10],
    )
    assert not found.wrong
    assert found.orders == 7
