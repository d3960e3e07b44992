"""Where the engine's work is most of a test, both databases are asked only where rows are written."""

from __future__ import annotations

import os

import pytest

# Words of the tests that run on both; the rest of these files runs on SQLite, with DUIJIE_TEST_ALL=1 on both.
_ON_BOTH = {
    "test_allocation.py": ("applying", "all_or_none", "repeat"),
    "test_pools.py": ("carried_by_one", "two_desks", "taken_back"),
    "test_analysis.py": ("add_up_to", "arranged", "statements"),
    "test_early.py": ("accepting_many", "every_cause", "sweep"),
    "test_board.py": ("sum_of_the_slots", "another_actor", "weighs_stations"),
    "test_bulletins.py": ("every_number", "draft_to_the_log", "whole_or_not"),
    "test_repair.py": ("is_kept", "meanwhile", "two_classes", "held_something_else"),
    "test_support.py": ("matched_again", "expert_that_fits", "alone_until"),
}
_REASON = "the engine's work, asked on SQLite; DUIJIE_TEST_ALL=1 asks both databases"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the second run of what would find nothing new there."""
    for item in items if not os.environ.get("DUIJIE_TEST_ALL") else ():
        words = _ON_BOTH.get(item.path.name)
        if words and "[postgresql" in item.name and not any(word in item.name for word in words):
            item.add_marker(pytest.mark.skip(reason=_REASON))
