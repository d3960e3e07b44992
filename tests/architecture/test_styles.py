"""A style sheet of a screen stays loaded, for every other screen, too: what it says must be of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

SHEETS = Path(__file__).parents[2] / "tui" / "screens"


def test_no_sheet_styles_what_another_screen_may_have() -> None:
    begun = defaultdict(set)
    for sheet in SHEETS.glob("*.tcss"):
        for rule in re.findall(r"([^{}]+)\{[^}]*\}", sheet.read_text(encoding="utf-8")):
            for selector in rule.split(","):
                begun[selector.split()[0]].add(sheet.name)
    assert len(begun) > 60
    loose = {name for name in begun if not re.match(r"[A-Z]\w+(Screen|Dialog|View)\b", name)}
    shared = {name: begun[name] for name in loose if len(begun[name]) > 1 or name.startswith(".-")}
    assert not shared
