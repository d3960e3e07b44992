"""The desk is drawn before its store is open: no key is lost, a store that does not open is told."""

from __future__ import annotations

import asyncio
import gc
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from threading import Event
from types import ModuleType

import pytest
from textual.pilot import Pilot

from store import Store
from store.errors import StoreError
from tests.tui.driving import frame, gateway_to, settle
from tui import __main__
from tui.app import DuijieApp
from tui.cli import find, screen
from tui.gateway import Gateway
from tui.opening import OpeningScreen
from tui.settings import Settings
from tui.widgets.form_input import FormInput

SETTINGS = Settings(db="", lang="en", start="needs")


@pytest.fixture
def gate() -> Iterator[Event]:
    """Set, it lets the store be opened."""
    held = Event()
    yield held
    held.set()


def behind(gate: Event, store: Store) -> Callable[[], Gateway]:
    def opening() -> Gateway:
        assert gate.wait(30)
        return gateway_to(store)

    return opening


async def opened(pilot: Pilot[None], gate: Event) -> None:
    gate.set()
    while isinstance(pilot.app.screen, OpeningScreen):
        await asyncio.sleep(0)
    await settle(pilot)


async def test_the_frame_comes_before_the_store(stocked: Store, gate: Event) -> None:
    app = DuijieApp(behind(gate, stocked), SETTINGS)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        shown = frame(pilot)
        assert "1Today" in shown
        assert "Opening the store" in shown
        assert "Help" in shown
        await opened(pilot, gate)
        assert "N000080" in frame(pilot)


async def test_keys_typed_before_the_store_is_open_land_in_their_fields(
    stocked: Store, gate: Event
) -> None:
    app = DuijieApp(behind(gate, stocked), SETTINGS)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f2", *"rpjm", "tab", *"welder", "tab", *"12")
        await opened(pilot, gate)
        await pilot.press("3")
        cells = {name: app.screen.query_one(f"#{name}", FormInput).value for name in _TYPED}
        assert cells == _TYPED


_TYPED = {"enterprise": "rpjm", "text": "welder", "heads": "123"}


async def test_a_store_that_does_not_open_ends_the_desk(gate: Event) -> None:
    def opening() -> Gateway:
        raise StoreError("no_store", location="nowhere")

    app = DuijieApp(opening, SETTINGS)
    async with app.run_test() as pilot:
        while app.failure is None:
            await pilot.pause()
    assert isinstance(app.failure, StoreError)
    assert app.failure.code == "no_store"


async def test_one_can_leave_while_the_store_opens(stocked: Store, gate: Event) -> None:
    app = DuijieApp(behind(gate, stocked), SETTINGS)
    async with app.run_test() as pilot:
        await pilot.press("x", "ctrl+q")
        assert app.return_code == 0
        gate.set()


@pytest.fixture
def _collector() -> Iterator[None]:
    """Whatever a test does to the collector, it is as before after it."""
    yield
    gc.enable()


@pytest.mark.usefixtures("_collector")
async def test_nothing_is_collected_before_the_first_screen_and_everything_after(
    stocked: Store, gate: Event
) -> None:
    gc.unfreeze()
    gc.disable()  # as `main` does
    app = DuijieApp(behind(gate, stocked), SETTINGS)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, OpeningScreen)
        assert not gc.isenabled()
        assert gc.get_freeze_count() == 0
        await opened(pilot, gate)
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0  # what was imported is not gone over


@pytest.mark.usefixtures("_collector")
@pytest.mark.parametrize(
    ("words", "command", "is_collecting"),
    [((), (screen, "run"), False), (("codes", "level"), (find, "codes"), True)],
)
def test_the_desk_begins_without_the_collector_and_commands_with_it(
    words: tuple[str, ...],
    command: tuple[ModuleType, str],
    is_collecting: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bool] = []

    def carried_out(options: Namespace, settings: Settings) -> int:
        seen.append(gc.isenabled())
        return 0

    monkeypatch.setattr(*command, carried_out)
    monkeypatch.setattr(sys, "argv", ["duijie", *words])
    with pytest.raises(SystemExit):
        __main__.main()
    assert seen == [is_collecting]
