"""The few lines of sh between the outside and the program: each clears the environment and hands over."""

from __future__ import annotations

from collections.abc import Mapping

from tui.server.layout import Layout

_SESSION = ("TERM", "SSH_CONNECTION", "SSH_ORIGINAL_COMMAND")
_REFUSED = "对接台：这里没有命令行。duijie: there is no shell here."


def command(layout: Layout, *arguments: str, passed: tuple[str, ...] = ()) -> str:
    """A command line that starts the program with nothing around it but what it needs.

    `passed` are variables that are handed on as they came, and left out where there are none.
    """
    fixed = [f"{name}={value}" for name, value in layout.environment]
    handed = [f'${{{name}+"{name}=${name}"}}' for name in passed]
    return " ".join(["/usr/bin/env -i", *fixed, *handed, str(layout.python), *arguments])


def front_door(layout: Layout, verb: str, *, passed: tuple[str, ...] = ()) -> str:
    """The command line of a verb of the server's own entry, which people cannot call otherwise.

    The launcher needs none of the installed libraries and starts in half the time without them (`-S`).
    """
    entry = str(layout.code / "tui" / "server" / "__main__.py")
    quick = ("-S",) if verb.startswith("enter") else ()
    return command(layout, "-I", *quick, "-X", "utf8", entry, verb, passed=passed)


def scripts(layout: Layout) -> Mapping[str, str]:
    """The text of each script by its name."""
    session = layout.script("duijie-session")
    enter = front_door(layout, "enter", passed=_SESSION)
    sudo = front_door(layout, "enter --sudo", passed=("TERM", "SUDO_UID"))
    return {
        "duijie-keys": _sh(f'exec {front_door(layout, f"keys {session}")} "$@"'),
        "duijie-session": _sh(f'exec {enter} "$@"'),
        "duijie-shell": _sh(_shell(str(session))),
        "duijie-sudo": _sh(f"[ $# -eq 0 ] || exit 2\nexec {sudo}"),
        "duijie": _sh(_keeper(layout)),
    }


def _sh(body: str) -> str:
    return f"#!/bin/sh\numask 077\n{body}\n"


def _shell(session: str) -> str:
    """The login shell: it knows one sentence."""
    return f"""\
key=${{2#"{session} --key "}}
case "$#$1:$key" in "2-c:$2" | 2-c: | 2-c:*[!0-9]*) ;; 2-c:*) exec {session} --key "$key" ;; esac
echo '{_REFUSED}' >&2
exit 1"""


def _keeper(layout: Layout) -> str:
    """The command line for the server's keeper: as the account, in its home.

    Only what installs and checks this very installation stays root's.
    """
    as_module = command(layout, "-s -P -X utf8 -m tui", passed=("TERM", "DUIJIE_LANG")).replace(
        "/usr/bin/env -i", f"/usr/bin/env -i PYTHONPATH={layout.code}", 1
    )
    return f"""\
case " $* " in
*" server install "* | *" server check "*) set -- "$@" --prefix {layout.prefix} --account {layout.account} ;;
*) [ "$(id -u)" -ne 0 ] || exec /usr/sbin/runuser -u {layout.account} -- "$0" "$@" ;;
esac
cd {layout.home} || exit 1
exec {as_module} "$@\""""
