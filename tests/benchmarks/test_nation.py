"""The simulation of a nation in small: nothing is lost, chance is repeatable, more cores never hurt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import nation
from benchmarks.nation import Setup, Simulation

SMALL = nation.smaller(nation.parameters(), 0.004)


def busy(scale: float, **sections: dict[str, Any]) -> dict[str, Any]:
    """The small nation where every piece of work takes so many times as long."""
    told = dict(SMALL)
    told["service"] = told["service"] | {"lookups": told["service"]["lookups"] * scale}
    for name, changes in sections.items():
        told[name] = told[name] | changes
    return told


@settings(max_examples=8)
@given(st.integers(0, 999), st.sampled_from((1, 4, 11)), st.sampled_from((1, 2, 3)))
def test_every_need_arrives_once_and_leaves_once(seed: int, together: int, cores: int) -> None:
    told = busy(50, failure={"days_between": 0.5}, cross={"share": 0.5})
    setup = Setup(together, cores)
    result = Simulation(told, setup, seed, fails=True).run()
    assert len(result.needs) == len(nation.day(told, seed))
    assert all(need.pending == 0 and need.finished >= need.arrived for need in result.needs)
    assert all(0 <= need.unanswered <= len(need.neighbours) for need in result.needs)
    assert 0 < result.utilisation < 1


@settings(max_examples=8)
@given(st.integers(0, 999), st.sampled_from((1, 2, 4)))
def test_more_cores_make_no_need_wait_longer(seed: int, cores: int) -> None:
    told = busy(60, cross={"share": 0.0})
    few, more = (
        Simulation(told, Setup(11, count), seed, fails=False).run() for count in (cores, cores + 1)
    )
    assert all(b.finished <= a.finished for a, b in zip(few.needs, more.needs, strict=True))
    assert nation.at(more.answers(), 0.95) <= nation.at(few.answers(), 0.95)


def test_the_same_seed_is_the_same_day_and_failures_cost_time_only() -> None:
    told, setup = busy(1, failure={"days_between": 1}), Setup(2, 1)
    calm, same = (Simulation(told, setup, 5, fails=False).run() for _ in range(2))
    bad = Simulation(told, setup, 5, fails=True).run()
    assert calm.answers() == same.answers()
    assert bad.failures > 0
    assert len(bad.needs) == len(calm.needs)
    assert bad.answers()[-1] > 60 > calm.answers()[-1]
    assert any(need.unanswered for need in bad.needs)
    assert not any(need.unanswered for need in calm.needs)


def test_a_single_core_serves_as_the_books_say() -> None:
    """Beside the known answer for one queue: work of one length, arrivals by chance (M/D/1)."""
    told = busy(1, cross={"share": 0.0}, day={"hours": [1] * 24})
    told["world"] = told["world"] | {"districts": 1, "needs_a_year": 250 * 10_000, "busy_day": 1}
    simulation = Simulation(told, Setup(1, 1), 3, fails=False)
    for need in simulation._needs:
        need.home_s = 86_400 / 10_000 * 0.5
    result = simulation.run()
    expected = 0.5 / (2 * (1 - 0.5)) * 86_400 / 10_000 * 0.5
    assert sum(result.waits()) / len(result.needs) == pytest.approx(expected, rel=0.1)
    assert result.utilisation == pytest.approx(0.5, rel=0.05)


def test_every_number_says_where_it_comes_from() -> None:
    import tomllib

    told = tomllib.loads(nation._FILE.read_text(encoding="utf-8"))
    for section in told.values():
        for number in section.values():
            assert number["from"].partition(":")[0] in ("measured", "given", "assumed")


def test_curves_go_through_what_was_measured() -> None:
    curve = nation.parameters()["service"]["match"]
    assert nation.between(curve, 10_000) == [57, 130]
    assert nation.between(curve, 1) == [13, 31]
    assert 57 < nation.between(curve, 30_000)[0] < 358
    assert nation.between(curve, 9_000_000) == [358, 853]
