"""Forecasts: laws that hold for every series, and figures reckoned by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.forecasting import BASELINE, FEWEST_WEEKS, METHODS, forecast

SERIES = st.lists(st.integers(0, 200), min_size=0, max_size=60)
HORIZONS = st.integers(1, 8)


@settings(max_examples=50)
@given(SERIES, HORIZONS)
def test_what_is_used_is_never_worse_than_last_week_where_it_was_tried(
    weeks: list[int], horizon: int
) -> None:
    found = forecast(weeks, horizon)
    assert found.total == pytest.approx(found.weekly * horizon)
    assert (found.proof is None) is (len(weeks) < FEWEST_WEEKS)
    if found.proof is None:
        assert (found.low, found.high, found.total_low, found.total_high) == (None,) * 4
    else:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.weekly <= found.high
        assert found.total_low is not None
        assert found.total_high is not None
        assert 0 <= found.total_low <= found.total <= found.total_high
        assert found.proof.mae <= found.proof.baseline_mae
        assert (found.method == BASELINE) is (found.proof.mae == found.proof.baseline_mae)
        assert 0 <= found.proof.coverage <= 1
    if weeks:
        assert min(weeks) <= found.weekly <= max(weeks)


@settings(max_examples=30)
@given(SERIES, HORIZONS, st.sampled_from([2, 4, 8]))
def test_counting_in_another_unit_changes_nothing_but_the_unit(
    weeks: list[int], horizon: int, times: int
) -> None:
    one, many = forecast(weeks, horizon), forecast([times * n for n in weeks], horizon)
    assert (one.method, one.tried) == (many.method, many.tried)
    assert many.weekly == pytest.approx(times * one.weekly)
    if one.high is not None:
        assert many.high == pytest.approx(times * one.high)


@settings(max_examples=25)
@given(st.integers(0, 50), st.integers(FEWEST_WEEKS, 40), HORIZONS)
def test_what_never_changes_is_foretold_without_error(heads: int, count: int, horizon: int) -> None:
    found = forecast([heads] * count, horizon)
    assert (found.low, found.weekly, found.high) == (heads, heads, heads)
    assert found.method == BASELINE  # nothing is better
    assert found.proof is not None
    assert (found.proof.mae, found.proof.mase, found.proof.coverage) == (0, None, 1)


def test_weeks_that_jump_to_and_fro_are_foretold_better_than_by_the_last() -> None:
    found = forecast([10, 20] * 15, 4)
    assert found.method != BASELINE
    assert found.proof is not None
    assert found.proof.mae < found.proof.baseline_mae == pytest.approx(5.0, abs=1)
    assert 10 <= found.weekly <= 20


def test_a_walk_is_left_to_the_baseline() -> None:
    """Of heads that only grow, last week says most: no mean may be used, however it is called."""
    found = forecast([float(week) for week in range(40)], 1)
    assert found.method == found.tried == BASELINE
    assert found.proof is not None
    assert found.proof.mae == found.proof.baseline_mae == 1
    assert found.proof.mase == 1
    assert found.proof.count == 16


def test_each_method_by_hand() -> None:
    weeks = [4.0, 8.0]
    assert {name: method(weeks) for name, method in METHODS.items()} == {
        "last": 8,
        "median": 6,
        "smooth": 5,
        "shrunk": 5.5,
    }


def test_a_forecast_of_no_week_is_a_wrong_call() -> None:
    with pytest.raises(ValueError, match="one week"):
        forecast([1, 2], 0)
