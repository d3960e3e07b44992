"""Things that were looked at, each with a sentence and what to do where it should be otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FINE, TOLD, WRONG = "fine", "told", "wrong"
SIGNS = {FINE: "✓", TOLD: " ", WRONG: "✕"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do where it should be otherwise."""

    name: str
    state: str
    value: str
    advice: str = ""


def is_sound(findings: Iterable[Finding]) -> bool:
    """Whether nothing is to be mended."""
    return all(one.state != WRONG for one in findings)
