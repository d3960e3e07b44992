"""Small counts: whoever knows the total and every shown row learns nothing about a row that is held back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.errors import InvalidError, NotAllowedError
from store.schemas.publication import Mark, Threshold
from store.services import small_counts
from store.services.small_counts import Count, Marks, held_back

FIRMS = [f"E{number:03d}" for number in range(8)]
ROWS = st.lists(
    st.builds(
        lambda heads, firms: Count(heads, frozenset(firms) if heads else frozenset()),
        st.one_of(st.integers(0, 6), st.integers(0, 40)),
        st.sets(st.sampled_from(FIRMS), min_size=1, max_size=6),
    ),
    max_size=7,
)


def possible(rule: Threshold, rows: list[Count], marks: Marks) -> dict[int, set[int]]:
    """Every number that each row held back could be, for one who knows the marks, the rest and the total."""
    hidden = [at for at, mark in enumerate(marks.rows) if mark is not Mark.SHOWN]
    left = sum(rows[at].heads for at in hidden)
    few = range(1, rule.heads)
    many = range(rule.heads, left + 1)
    domains = [few if marks.rows[at] is Mark.FEW else many for at in hidden]
    found = {}
    for own, at in enumerate(hidden):
        sums = {0}
        for other, domain in enumerate(domains):
            if other != own:
                sums = {one + value for one in sums for value in domain if one + value <= left}
        found[at] = {value for value in domains[own] if left - value in sums}
    return found


@given(ROWS, st.integers(3, 6), st.integers(2, 4))
@settings(max_examples=80)
def test_no_total_gives_a_small_number_away(rows: list[Count], heads: int, firms: int) -> None:
    rule = Threshold(heads, firms)
    marks = held_back(rule, rows)
    for one, mark in zip(rows, marks.rows, strict=True):
        is_small = 0 < one.heads < heads or 0 < len(one.firms) < firms
        assert not (is_small and mark is Mark.SHOWN)
        assert one.heads or mark is Mark.SHOWN
        assert mark is not Mark.FEW or 0 < one.heads < heads
    if not marks.is_total_shown:
        assert Mark.SHOWN not in {m for m, one in zip(marks.rows, rows, strict=True) if one.heads}
        return
    hidden = [one for one, mark in zip(rows, marks.rows, strict=True) if mark is not Mark.SHOWN]
    assert not hidden or sum(one.heads for one in hidden) >= heads  # together not small either
    assert not hidden or len(frozenset[str]().union(*(one.firms for one in hidden))) >= firms
    for at, values in possible(rule, rows, marks).items():
        assert rows[at].heads in values
        if marks.rows[at] is Mark.FEW:
            assert values == set(range(1, heads))  # no more than the mark says
        else:
            assert len(values) >= 2


@pytest.mark.parametrize(
    ("heads", "told"),
    [
        ([3, 40, 20, 10], "10 goes with it"),
        ([3, 40, 4, 2], "three small ones leave each other open"),
    ],
)
def test_the_smallest_that_is_enough_goes_with_it(heads: list[int], told: str) -> None:
    marks = held_back(Threshold(), [Count(one, frozenset(FIRMS[:4])) for one in heads])
    assert marks.is_total_shown, told
    assert marks.rows[1] is Mark.SHOWN
    assert marks.rows[0] is Mark.FEW
    assert marks.rows[3] is (Mark.HELD if heads[3] == 10 else Mark.FEW)


def test_a_part_of_a_row_that_is_small_holds_the_row_back() -> None:
    firms = frozenset(FIRMS[:4])
    rows = [Count(20, firms, (18, 2)), Count(30, firms, (15, 15)), Count(9, firms, (4, 5))]
    assert held_back(Threshold(), rows).rows == (Mark.HELD, Mark.SHOWN, Mark.HELD)


def test_a_supervisor_sets_the_threshold(store: Store) -> None:
    assert store.read(small_counts.threshold) == Threshold(5, 3)
    made = store.write(small_counts.set_threshold, {"heads": 10}, by=_SUPERVISOR)
    assert made == store.read(small_counts.threshold) == Threshold(10, 3)
    with pytest.raises(InvalidError):
        store.write(small_counts.set_threshold, {"heads": 2}, by=_SUPERVISOR)
    with pytest.raises(NotAllowedError):
        store.write(small_counts.set_threshold, {"heads": 9}, by=OPERATOR)
