"""The tables of lifecycles: every step leads between known states, and the page is drawn from them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from store.errors import ConflictError
from store.lifecycles import LIFECYCLES, PROPOSAL, Lifecycle

PAGE = Path(__file__).parents[2] / "docs" / "lifecycles.py"


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.kind)
def test_every_state_is_reached_and_every_step_stays_inside(lifecycle: Lifecycle) -> None:
    reached = {lifecycle.states[0], *(step.after for step in lifecycle.steps)}
    assert reached == set(lifecycle.states)
    for step in lifecycle.steps:
        assert set(step.before) <= set(lifecycle.states)
        assert step.who


def test_what_the_table_does_not_name_is_refused_with_what_is_possible() -> None:
    with pytest.raises(ConflictError) as refused:
        PROPOSAL.step("confirm", "draft", "P1")
    assert refused.value.params["possible"] == "hold, send, withdraw"


def test_the_page_is_what_the_tables_say() -> None:
    spec = importlib.util.spec_from_file_location("lifecycles_page", PAGE)
    assert spec is not None
    assert spec.loader is not None
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    assert PAGE.with_suffix(".md").read_text(encoding="utf-8") == page.text()
