"""The parts for sshd and sudo, as lines that are written and as values that are looked for."""

from __future__ import annotations

import re
from pathlib import Path

from tui.server.layout import Layout

_PORT = re.compile(r"^\s*Port\s+(\d+)", re.IGNORECASE | re.MULTILINE)


def rules(layout: Layout) -> tuple[tuple[str, str], ...]:
    """What sshd holds for the account; each may stand in a `Match` block.

    Forwarding is refused one by one, too: `DisableForwarding` left some of it open before OpenSSH 10.
    """
    return (
        ("AllowUsers", layout.account),
        ("AuthenticationMethods", "publickey"),
        ("PubkeyAuthentication", "yes"),
        ("PasswordAuthentication", "no"),
        ("KbdInteractiveAuthentication", "no"),
        ("AuthorizedKeysFile", "none"),
        ("AuthorizedKeysCommand", f"{layout.script('duijie-keys')} %u %t %k"),
        ("AuthorizedKeysCommandUser", layout.account),
        ("PermitUserRC", "no"),
        ("SetEnv", "LANG=C.UTF-8 LC_ALL=C.UTF-8"),
        ("DisableForwarding", "yes"),
        ("X11Forwarding", "no"),
        ("AllowTcpForwarding", "no"),
        ("AllowAgentForwarding", "no"),
        ("AllowStreamLocalForwarding", "no"),
        ("PermitTunnel", "no"),
        ("PermitTTY", "yes"),
        ("MaxSessions", "1"),
        ("MaxAuthTries", "4"),
        ("ExposeAuthInfo", "no"),
        ("ClientAliveInterval", "15"),
        ("ClientAliveCountMax", "3"),
        ("LogLevel", "VERBOSE"),
    )


def sshd_part(layout: Layout) -> str:
    """The file for sshd.

    MaxStartups holds for everybody and is raised, or a whole office that comes in at half past eight
    is turned away by chance. LoginGraceTime holds for everybody, too, and is left as it is.
    """
    block = "".join(f"    {name} {value}\n" for name, value in rules(layout))
    ports = "".join(f"Port {port}\n" for port in _ports(layout))
    return f"{ports}MaxStartups 60:30:120\nMatch User {layout.account}\n{block}Match all\n"


def _ports(layout: Layout) -> tuple[int, ...]:
    """The port that was asked for, and the usual one where nobody else names any: a named one replaces it."""
    if not layout.port:
        return ()
    folder = layout.real(file(layout)).parent
    others = [layout.real(main(layout)), *sorted(folder.glob("*.conf"))]
    named = {
        int(port)
        for other in others
        if other.is_file() and other != layout.real(file(layout))
        for port in _PORT.findall(other.read_text(encoding="utf-8", errors="replace"))
    }
    return tuple(sorted({layout.port, *({22} if not named else ())} - named))


def sudo_part(layout: Layout) -> str:
    """The file for sudo: the group may start that one program as the account, without arguments."""
    program = layout.script("duijie-sudo")
    return (
        f"Defaults!{program} env_reset, !setenv, use_pty, umask=0077, umask_override\n"
        f'%{layout.people} ALL=({layout.account}) NOPASSWD: {program} ""\n'
    )


def main(layout: Layout) -> Path:
    """The settings of sshd itself."""
    return Path("/etc/ssh/sshd_config")


def file(layout: Layout) -> Path:
    """Where the part for sshd is."""
    return Path("/etc/ssh/sshd_config.d") / f"{layout.account}.conf"
