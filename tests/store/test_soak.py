"""The long trials of `make soak`, short: each can fail, and none does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from store import create_store
from tests.soak import kills, power
from tests.soak.work import Bookings, offences


def test_killed_writers_lose_nothing(tmp_path: Path) -> None:
    seen = kills.trial(tmp_path, Bookings(), size=8, kills=6, acknowledgements=300)
    assert seen.offences == []
    assert seen.kills >= 6
    assert seen.acknowledged >= 300
    assert 0 <= seen.unsaid <= seen.kills


def test_a_trial_sees_what_is_lost_or_half_there(tmp_path: Path) -> None:
    """The control: each kind of harm is told."""
    store, work = create_store(str(tmp_path / "store.db")), Bookings()
    store.write(work.prepare)
    for id in ("one", "two"):
        store.write(work.write, id)
    assert offences(store, work, {"one", "two"}) == []

    def harm(session: Session) -> None:
        session.execute(text("DELETE FROM request WHERE id = 'two'"))

    store.write(harm)
    assert offences(store, work, {"one", "two"}) == [
        "lost two",
        "bookings 2, requests 1",
        "claimed 2, requests 1",
        "seats gone 2, requests 1",
        "2 audit rows, 1 requests",
    ]
    store.close()


@pytest.mark.skipif(bool(power.is_possible()), reason=power.is_possible() or "possible")
@pytest.mark.parametrize(("synchronous", "is_safe"), [("FULL", True), ("NORMAL", False)])
def test_power_cuts_lose_nothing_but_with_the_weaker_setting(
    tmp_path: Path, synchronous: str, is_safe: bool
) -> None:
    """NORMAL is the control: if it lost nothing either, the trial would show nothing."""
    seen = power.trial(tmp_path, synchronous, writes=60, crashes=25)
    assert (seen.crashes, seen.corrupt) == (25, 0)
    assert (seen.losing == 0) is is_safe
