"""Bytes that a broken, foreign or hostile terminal may send."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_QUIT = b"\x11"
_HAN = "招聘数控车工焊工电工培训十五人晚上周末龙岗宝龙街道镕喆"


def _any(dice: Random) -> bytes:
    return dice.randbytes(dice.randrange(1, 48))


def _gbk(dice: Random) -> bytes:
    text = "".join(dice.choices(_HAN, k=dice.randrange(1, 12)))
    return text.encode(dice.choice(["gbk", "gb18030", "big5", "utf-16"]), "replace")


def _cut(dice: Random) -> bytes:
    """UTF-8 that ends in the middle of a character."""
    return "".join(dice.choices(_HAN, k=4)).encode()[: -dice.randrange(1, 3)]


def _sequence(dice: Random) -> bytes:
    """What begins like an answer or a key of the terminal."""
    numbers = ";".join(str(dice.choice([0, 1, 48, 97, 200, 1114112, 55296, 10**9])) for _ in "abcd")
    end = dice.choice(list("uRmMtyAHJSc~qn"))
    start = dice.choice(
        ["\x1b[", "\x1b[<", "\x1b[?", "\x1bO", "\x1b]52;", "\x1bP", "\x9b", "\x1b[48;"]
    )
    return f"{start}{numbers[: dice.randrange(1, 40)]}{end}".encode()


def _pasted(dice: Random) -> bytes:
    """A paste with whatever in it, which may not end."""
    return (
        b"\x1b[200~" + _any(dice) + _sequence(dice) + dice.choice([b"", b"\x1b[201~", b"\x1b[20"])
    )


KINDS: tuple[Callable[[Random], bytes], ...] = (_any, _gbk, _cut, _sequence, _pasted)


def strings(count: int, seed: int) -> list[bytes]:
    """So many byte strings of all kinds, none of which is the key that leaves."""
    dice = Random(seed)
    return [KINDS[at % len(KINDS)](dice).replace(_QUIT, b"q") for at in range(count)]
