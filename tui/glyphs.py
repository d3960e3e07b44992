"""Every sign that is drawn, in ASCII: for terminals that draw ambiguous characters two cells wide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

GLYPHS = ("auto", "unicode", "ascii")
_UNKNOWN = "?"

# Signs that tell something. Within a line of this table, other signs are other characters.
MEANINGS: Mapping[str, str] = {
    "state": "▸>●*○o✓+✕X⚠!≠#…~·.←<▲^▼v",
    "step": "→>←<↑^↓v↔=",
    "pointer": "▶>▷>◀<▴^▾v‹<›>«<»>△^▽v",
    "key": "↵&⏎&␣_⌫<↶u⌦>⇥>⇧^⌘@⌥@",
    "tick": "✗X✔+☑+☐o☒X◉*◌o◆*◇o■#□o▪*▫o★*☆o⭘o•*◦o",
    "sum": "×x±~÷/−-≤<≥>≈~∼~√+∞8",
    "level": "▁_▂.▃:▄-▅=▆+▇#█@",
    "shade": "·.░:▒%▓&█@✕X",
    "half": "▀^▌|▐|▊|▉|▋|▍|▎|▏|▕|▔-▖+▗+▘+▝+▙+▛+▜+▟+▚+▞+",
    "digit": "①1②2③3④4⑤5⑥6⑦7⑧8⑨9",
    "roman": "Ⅰ1Ⅱ2Ⅲ3Ⅳ4Ⅴ5Ⅵ6Ⅶ7Ⅷ8Ⅸ9ⅩXⅰ1ⅱ2ⅲ3ⅳ4ⅴ5ⅵ6ⅶ7ⅷ8ⅸ9ⅹx",
    "mark": "–-—-―-‐-‑-‒-“\"”\"„\"‘'’'‚'′'″\"¥Y§S€E£L¢c‣>°o※*‖|‧.‥~∶:◁<№#℃C©c®R™T†+‡+¶P¦|¬!¡!¿?�?",
}


def _paired(text: str) -> dict[int, str]:
    return {ord(sign): plain for sign, plain in zip(text[::2], text[1::2], strict=True)}


def _box(sign: str) -> str:
    """A line of a frame goes on as a line, everything else of it is a corner."""
    parts = {part for part in unicodedata.name(sign).split() if part in _BARS}
    if parts and parts <= {"HORIZONTAL", "LEFT", "RIGHT"}:
        return "=" if "DOUBLE" in unicodedata.name(sign) else "-"
    return "|" if parts and parts <= {"VERTICAL", "UP", "DOWN"} else "+"


_BARS = frozenset(("HORIZONTAL", "LEFT", "RIGHT", "VERTICAL", "UP", "DOWN"))
_SIGNS = {code: _box(chr(code)) for code in range(0x2500, 0x2580)}
_SIGNS |= {code: "." if (code & 0xFF).bit_count() < 5 else ":" for code in range(0x2801, 0x2900)}
_SIGNS[0x2800] = " "
for _line in MEANINGS.values():
    _SIGNS |= _paired(_line)


class _Table(dict[int, str]):
    """What `str.translate` asks, character by character; what was answered once is kept."""

    def __missing__(self, code: int) -> str:
        """The character itself unless it is drawn in one cell here and in two elsewhere."""
        self[code] = answer = _fallback(chr(code))
        return answer


def _fallback(character: str) -> str:
    """A close ASCII character where a stored text's own would tear the line, else the character."""
    if unicodedata.east_asian_width(character) != "A" or unicodedata.category(character)[0] == "M":
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFKD", character)
    base, marks = parts[0], parts[1:]
    is_close = base.isascii() and base.isprintable() and all(map(unicodedata.combining, marks))
    return base if is_close else _UNKNOWN


_TABLE = _Table(_SIGNS)
_AS_EMOJI = re.compile("(.)\ufe0f")
_is_ascii = False


def use(glyphs: str) -> None:
    """Choose the signs of what is written line by line."""
    global _is_ascii  # noqa: PLW0603 - one session, one terminal
    _is_ascii = glyphs == "ascii"


@lru_cache(4096)
def to_ascii(text: str) -> str:
    """The text in as many cells, its signs in ASCII; letters and punctuation two cells wide stay."""
    if text.isascii():
        return text
    if "\ufe0f" in text:
        text = _AS_EMOJI.sub(_without_selector, text)
    return text.translate(_TABLE)


def _without_selector(found: re.Match[str]) -> str:
    """The framework counts a sign that is asked for as a picture as wider than the sign alone."""
    from rich.cells import cell_len

    sign = found[1].translate(_TABLE)
    return sign.ljust(cell_len(found[0])) if sign.isascii() else found[0]


def drawn(text: str) -> str:
    """The text with the signs of this session."""
    return to_ascii(text) if _is_ascii else text


def is_mapped(character: str) -> bool:
    """Whether somebody has thought about how this sign looks in ASCII."""
    return ord(character) in _SIGNS
