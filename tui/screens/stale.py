"""What a form shows when somebody else saved the record first: yours and theirs, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text

from tui.i18n import _
from tui.merging import apart
from tui.safe import fit, plain
from tui.words import field_word

_MOST = 5
_WORD = 18
SIGNS = {"both": "≠", "theirs": "←"}


@dataclass
class Versions:
    """One field: what this form said, what they saved, and whether both changed it or only they."""

    sign: str
    yours: str
    theirs: str

    def other(self, value: str) -> str:
        """The version that does not stand in the field; what was written there can be had back."""
        if value == self.theirs:
            return self.yours
        self.yours = value
        return self.theirs


def notice(
    versions: Mapping[str, Versions], values: Mapping[str, str], focused: str, width: int
) -> Text:
    """`≠ Heads: ▸8 | 9` for a few fields, the focused one among them; ▸ points at what stands in the form."""
    names = list(versions)
    first = max(0, names.index(focused) - _MOST + 1) if focused in versions else 0
    shown = names[first : first + _MOST]
    lines = [_line(name, versions[name], values[name], width) for name in shown]
    if len(names) > len(shown):
        more = _("… and {count} more, marked with {signs}")
        lines.append(more.format(count=len(names) - len(shown), signs=" ".join(SIGNS.values())))
    return plain("\n".join(lines))


def _line(name: str, held: Versions, value: str, width: int) -> str:
    yours, theirs = apart(held.yours, held.theirs, (width - _WORD - 9) // 2)
    left, right = ("", "▸") if value == held.theirs else ("▸", "")
    word = fit(field_word(name), _WORD)
    return f"{held.sign} {word}: {left}{yours or '–'} | {right}{theirs or '–'}"
