"""Real courses of other people: all go in, and what they do not say stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.services import records
from tests import taipei


@pytest.mark.skipif(not taipei.SAMPLE.exists(), reason="the sample of Taipei's courses is not here")
def test_real_courses_are_imported_and_matched(tmp_path: Path) -> None:
    store, reports = taipei.load(str(tmp_path / "taipei.db"), taipei.SAMPLE)
    assert len(reports["course"].created) == len(reports["run"].created) == 474
    assert not any(report.problems for report in reports.values())
    course = store.read(records.fetch, "course", reports["course"].created[0], by=taipei.BY)
    assert (course.price, course.max_heads, course.level) == (None, None, None)
    assert "寵物美容" in taipei.top(store, "宠物美容")[0].course.title
    store.close()
