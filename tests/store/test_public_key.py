"""Public keys: every kind that `ssh-keygen` makes is taken, everything else is refused with its reason."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import InvalidError
from store.public_key import KINDS, LONGEST, parse

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPLlkylv+g8HnsSsql8jk4bfiy8rHTB6bUSPjMBu8+ya"
made_by_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen here")


def key_of(*parts: bytes) -> str:
    """The base64 words of a key with these parts."""
    raw = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return base64.b64encode(raw).decode()


def code_of(text: str) -> str:
    """Why a text is refused."""
    with pytest.raises(InvalidError) as found:
        parse(text)
    return found.value.code


@made_by_keygen
@pytest.mark.parametrize(
    ("kind", "bits"),
    [("ed25519", 0), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)],
)
def test_keys_as_ssh_keygen_makes_them_are_taken(tmp_path: Path, kind: str, bits: int) -> None:
    path = tmp_path / "key"
    size = ["-b", str(bits)] if bits else []
    made = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "a b", "-f", str(path)]
    subprocess.run(made, check=True)
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", f"{path}.pub"], check=True, capture_output=True, text=True
    ).stdout
    found = parse(path.with_suffix(".pub").read_text())
    assert found.fingerprint == shown.split()[1]
    assert found.comment == "a b"
    assert f"{found.type} {found.blob} a b\n" == path.with_suffix(".pub").read_text()
    assert code_of(path.read_text()) == "key_private"


@made_by_keygen
def test_a_short_rsa_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    made = ["ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(path)]
    subprocess.run(made, check=True)
    assert code_of(path.with_suffix(".pub").read_text()) == "key_short"


def test_keys_of_security_tokens_are_taken() -> None:
    person, app = b"\x01" * 32, b"ssh:"
    ed = f"sk-ssh-ed25519@openssh.com {key_of(b'sk-ssh-ed25519@openssh.com', person, app)}"
    assert parse(ed).type in KINDS
    name = b"sk-ecdsa-sha2-nistp256@openssh.com"
    words = key_of(name, b"nistp256", b"\x04" + b"\x01" * 64, app)
    assert parse(f"{name.decode()} {words}").blob == words


def test_what_notepad_and_mail_do_to_a_line_does_no_harm() -> None:
    assert parse(f"\ufeff{ED25519} 王芳的电脑\r\n\r\n").comment == "王芳的电脑"
    assert parse(ED25519.replace(" ", " \t ")).blob == parse(ED25519).blob


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_lines"),
        (f"{ED25519}\n{ED25519}", "key_lines"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", "key_lines"),
        ("x" * (LONGEST + 1), "key_long"),
        (f"restrict,command=\"sh\" {ED25519}", "key_kind"),
        ("ssh-dss AAAAB3NzaC1kc3M=", "key_kind"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "key_kind"),
        ("ssh-ed25519", "key_damaged"),
        (ED25519[:-4], "key_damaged"),
        (ED25519.replace("AAAAC3Nz", "AAAAC3N!"), "key_damaged"),
        (ED25519.replace("ssh-ed25519", "ssh-rsa"), "key_damaged"),
        (f"ssh-ed25519 {key_of(b'ssh-ed25519', b'1' * 31)}", "key_damaged"),
        (f"ssh-ed25519 {key_of(b'ssh-ed25519', b'1' * 32, b'more')}", "key_damaged"),
        (f"ecdsa-sha2-nistp256 {key_of(b'ecdsa-sha2-nistp256', b'nistp384', b'1' * 65)}", "key_damaged"),
        (f"ssh-rsa {key_of(b'ssh-rsa', bytes([1, 0, 1]))}", "key_damaged"),
        (f"ssh-rsa {key_of(b'ssh-rsa', bytes([1, 0, 1]), b'')}", "key_short"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_its_reason(text: str, code: str) -> None:
    assert code_of(text) == code


@given(st.one_of(st.text(max_size=300), st.text(max_size=80).map(lambda more: f"{ED25519}{more}")))
def test_any_text_is_a_key_or_refused_and_a_key_is_one_harmless_word(text: str) -> None:
    try:
        found = parse(text)
    except InvalidError:
        return
    assert found.type in KINDS
    assert base64.b64encode(base64.b64decode(found.blob)).decode() == found.blob
    assert found.blob.isascii()
    assert not set(found.blob) & set(" \t\n\r\"'\\,;$`")
    assert parse(f"{found.type} {found.blob}").fingerprint == found.fingerprint
