"""One line of an OpenSSH public key, taken apart and checked: kinds that sshd takes, nothing else."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from store.errors import InvalidError

LEAST_RSA_BITS = 2048  # what OpenSSH itself asks for is 1024; NIST SP 800-57 asks for 2048
LONGEST = 8192  # an RSA key of 16384 bits, the longest that OpenSSH makes, has 2,700 characters
# What follows the kind in a key (RFC 8709, 5656, 4253, PROTOCOL.u2f): a curve's name, or so many bytes.
_ED25519 = 32
_PARTS: Mapping[str, tuple[str | int | None, ...]] = {
    "ssh-ed25519": (_ED25519,),
    "sk-ssh-ed25519@openssh.com": (_ED25519, None),
    "ecdsa-sha2-nistp256": ("nistp256", 65),
    "ecdsa-sha2-nistp384": ("nistp384", 97),
    "ecdsa-sha2-nistp521": ("nistp521", 133),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("nistp256", 65, None),
    "ssh-rsa": (None, None),
}
KINDS = tuple(_PARTS)  # as sshd names them; DSA is broken, and sshd takes none any more


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key's kind, its words in base64, its fingerprint as `ssh-keygen -l` prints it, and its comment."""

    type: str
    blob: str
    fingerprint: str
    comment: str


def parse(text: str) -> PublicKey:
    """A public key from the line that a `.pub` file holds (RFC 4253 6.6); options before it are refused."""
    if "PRIVATE KEY" in text:
        raise InvalidError("key_private")
    if len(text) > LONGEST:
        raise InvalidError("key_long", count=len(text), most=LONGEST)
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    if len(lines) != 1:
        raise InvalidError("key_lines", count=len(lines))
    type_, blob, comment = (*lines[0].split(None, 2), "", "")[:3]
    if type_ not in KINDS:
        raise InvalidError("key_kind", found=type_[:40], known=", ".join(KINDS))
    try:
        raw = base64.b64decode(blob, validate=True)
        parts = _parts(raw)
    except (binascii.Error, ValueError):
        raise InvalidError("key_damaged") from None
    if not _fits(type_, parts) or base64.b64encode(raw).decode() != blob:
        raise InvalidError("key_damaged")
    if type_ == "ssh-rsa" and _bits(parts[2]) < LEAST_RSA_BITS:
        raise InvalidError("key_short", least=LEAST_RSA_BITS)
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
    return PublicKey(type_, blob, f"SHA256:{digest}", comment.strip())


def _parts(raw: bytes) -> list[bytes]:
    """The strings of a key, each with its length in four bytes before it."""
    parts = []
    while raw:
        size = int.from_bytes(raw[:4], "big")
        if len(raw) < 4 + size:
            raise ValueError("a part is cut off")
        parts.append(raw[4 : 4 + size])
        raw = raw[4 + size :]
    return parts


def _fits(type_: str, parts: list[bytes]) -> bool:
    """Whether a key holds what its kind says, each part of its length."""
    wanted = (type_, *_PARTS[type_])
    return len(parts) == len(wanted) and all(
        part == want.encode() if isinstance(want, str) else want is None or len(part) == want
        for part, want in zip(parts, wanted, strict=True)
    )


def _bits(number: bytes) -> int:
    return int.from_bytes(number, "big").bit_length()
