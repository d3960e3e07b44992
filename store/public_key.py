"""One line of an OpenSSH public key, taken apart and checked: kinds that sshd takes, nothing else."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from store.errors import InvalidError

# Kinds as sshd names them. DSA is broken, and sshd takes none any more.
KINDS = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
LEAST_RSA_BITS = 2048  # what OpenSSH itself asks for is 1024; NIST SP 800-57 asks for 2048
_LONGEST = 8192


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
    lines = [line.strip() for line in text[: _LONGEST + 1].splitlines() if line.strip()]
    if len(text) > _LONGEST or len(lines) != 1:
        raise InvalidError("key_lines", count=len(lines))
    type_, _, rest = lines[0].partition(" ")
    blob, _, comment = rest.strip().partition(" ")
    if type_ not in KINDS:
        raise InvalidError("key_kind", found=type_[:40], known=", ".join(KINDS))
    try:
        raw = base64.b64decode(blob, validate=True)
        parts = _parts(raw)
    except (binascii.Error, ValueError):
        raise InvalidError("key_damaged") from None
    if not parts or parts[0] != type_.encode() or base64.b64encode(raw).decode() != blob:
        raise InvalidError("key_damaged")
    if type_ == "ssh-rsa" and (len(parts) != 3 or _bits(parts[2]) < LEAST_RSA_BITS):
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


def _bits(number: bytes) -> int:
    return int.from_bytes(number, "big").bit_length()
