"""Identity numbers under a key that is kept beside no store: sealed, compared by digest, opened again.

`cryptography` is the extra `identity`, imported only where a number is sealed or opened.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from store.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12
_FINGERPRINT = 16


@dataclass(frozen=True, slots=True, repr=False)
class Vault:
    """One key: what seals, what makes digests for equality, and the fingerprint it is known by."""

    _sealing: bytes
    _equality: bytes
    fingerprint: str

    def seal(self, text: str, place: str) -> str:
        """The text by AES-256-GCM, bound to its place `table:row:column`; base64."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = _cipher(self._sealing).encrypt(nonce, text.encode(), place.encode())
        return base64.b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, place: str) -> str:
        """What was sealed at this place with this key; anything else raises `StoreError`."""
        from cryptography.exceptions import InvalidTag

        held = base64.b64decode(sealed)
        cipher = _cipher(self._sealing)
        try:
            opened = cipher.decrypt(held[:_NONCE_BYTES], held[_NONCE_BYTES:], place.encode())
        except InvalidTag as error:
            raise StoreError("identity_damaged", place=place) from error
        return str(bytes(opened), "utf-8")

    def digest(self, text: str) -> str:
        """The same for the same text, and worth nothing without the key."""
        return hmac.new(self._equality, text.encode(), hashlib.sha256).hexdigest()


def make_key(path: Path) -> None:
    """A new key in a new file that only its owner reads; one that is there is left alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            "identity_key_unread", path=str(path), cause=str(error.strerror)
        ) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(os.urandom(_KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def open_vault(path: Path) -> Vault:
    """The key in a file; refused where others could read or change it, or where it is no key."""
    try:
        about = path.stat()
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "ASCII"
        raise StoreError("identity_key_unread", path=str(path), cause=cause) from error
    if stat.S_IMODE(about.st_mode) != stat.S_IRUSR:
        raise StoreError("identity_key_exposed", path=str(path))
    try:
        master = bytes.fromhex(text)
    except ValueError:
        master = b""
    if len(master) != _KEY_BYTES:
        raise StoreError("identity_key_form", path=str(path))
    return Vault(
        _derived(master, b"seal"),
        _derived(master, b"equal"),
        _derived(master, b"name").hex()[:_FINGERPRINT],
    )


def require_library() -> None:
    """Refuse with what to install where the extra is not there."""
    try:
        import cryptography  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise StoreError("identity_missing") from error


def _derived(master: bytes, purpose: bytes) -> bytes:
    """A key of its own for each purpose."""
    return hmac.new(master, b"duijie identity " + purpose, hashlib.sha256).digest()


def _cipher(key: bytes) -> AESGCM:
    require_library()
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
