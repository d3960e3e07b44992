"""In which encoding a file of text is, told by its bytes."""

from __future__ import annotations

import codecs
import re

from store.errors import InvalidError

_LOOKED_AT = 400_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|table|head|meta|workbook|ss:)", re.I
)
_OTHERS = (b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
# Pairs of bytes that are frequent characters (level 1) and those that are any, in each encoding.
_PAIRS = {
    "gb18030": (rb"[\xb0-\xd7][\xa1-\xfe]", rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]"),
    "big5": (rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]", rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]"),
}
_FREQUENT = 0.6


def recognised_encoding(data: bytes) -> str:
    """The name of the encoding; InvalidError for what is no text, or none that is known.

    Where a file reads as both simplified and traditional Chinese, the one with more frequent characters wins.
    """
    if _HTML.match(data[:500]):
        raise InvalidError("file_is_html")
    if data.startswith(_OTHERS):
        raise InvalidError("file_not_table")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:_LOOKED_AT]
    if b"\0" in head:
        return _without_mark(head)
    if _reads(data, "utf-8"):
        return "utf-8"
    shares = {name: _share(head, name) for name in _PAIRS if _reads(head, name, is_part=True)}
    best = max(shares, key=lambda name: shares[name], default="")
    if not best or shares[best] < _FREQUENT:
        raise InvalidError("encoding_unclear")
    return best


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark: every second byte of separators is zero."""
    for name, ending in (
        ("utf-16-le", (b",\0", b"\n\0", b"\t\0")),
        ("utf-16-be", (b"\0,", b"\0\n", b"\0\t")),
    ):
        even = head[: len(head) // 2 * 2]
        try:
            text = even.decode(name, "strict")
        except UnicodeDecodeError:
            continue
        if "\0" not in text and any(sign in even for sign in ending):
            return name
    raise InvalidError("file_not_table")


def _reads(data: bytes, name: str, *, is_part: bool = False) -> bool:
    """Whether the bytes decode, a part of a file up to a character that it may have cut."""
    try:
        codecs.getincrementaldecoder(name)().decode(data, not is_part or len(data) < _LOOKED_AT)
    except UnicodeDecodeError:
        return False
    return True


def _share(head: bytes, name: str) -> float:
    """How much of what is no ASCII is a frequent character of the encoding."""
    frequent, any_pair = _PAIRS[name]
    pairs = re.findall(any_pair, head)
    return (
        sum(re.match(frequent, pair) is not None for pair in pairs) / len(pairs) if pairs else 0.0
    )
