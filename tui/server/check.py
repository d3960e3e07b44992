"""Whether a server is what the plan says, and what sshd, sudo and systemd themselves make of it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tui.findings import FINE, TOLD, WRONG, Finding
from tui.i18n import _, mark
from tui.server import accounts, install, sshd
from tui.server.chain import weaknesses
from tui.server.layout import Layout
from tui.server.plan import SUDOERS, UNITS, Item, plan
from tui.server.programs import program, run
from tui.server.units import enabled, units

_INCLUDE = re.compile(r"^\s*Include\s.*\bsshd_config\.d/\*\.conf", re.IGNORECASE | re.MULTILINE)
_AGAIN = mark("Run `duijie server install` again.")
_POINTS = {
    install.MISSING: (mark("it is not there"), _AGAIN),
    install.KIND: (
        mark("something else has its name"),
        mark("Move it away, then run `duijie server install`."),
    ),
    install.CONTENT: (
        mark("it is not what this version writes"),
        mark(
            "`duijie server install --dry-run` shows the difference, `duijie server install` mends it."
        ),
    ),
    install.OWNER: (
        mark("it does not belong to {owner}:{group}"),
        mark("`chown {owner}:{group} {path}`"),
    ),
    install.MODE: (mark("its mode is not {mode}"), mark("`chmod {mode} {path}`")),
}


def check(layout: Layout) -> Iterator[Finding]:
    """Everything there is to look at."""
    yield from installed(layout)
    if not layout.is_here:
        return
    yield from _programs_own(layout)
    if os.geteuid() != 0:
        yield Finding("rights", TOLD, _("Only root can see the rest."), _("Run it again as root."))
        return
    yield from sshd_rules(layout, sshd.main(layout))
    yield from _sudo(layout)
    yield from _systemd(layout)
    yield from _front_door(layout)


def installed(layout: Layout) -> Iterator[Finding]:
    """Files, folders, the way to them and the account: all that can be seen without asking a program."""
    for item in plan(layout):
        yield _item(item, layout)
    yield from _settings(layout)
    if layout.is_here:
        yield from _way(layout.prefix.parent, layout)
        yield from _account(layout)
        yield from _include(layout)


def _item(item: Item, layout: Layout) -> Finding:
    found = install.points(item, layout)
    named = {
        "owner": item.owner, "group": item.group, "mode": f"{item.mode:04o}",
        "path": str(layout.real(item.path)),
    }  # fmt: skip
    if found == (install.HIDDEN,):
        return Finding(str(item.path), TOLD, _("only root can look into it"))
    told = [_POINTS[point] for point in found if point in _POINTS]
    if not told:
        return Finding(str(item.path), FINE, f"{item.mode:04o}")
    return Finding(
        str(item.path),
        WRONG,
        "; ".join(_(what).format(**named) for what, _fix in told),
        " ".join(dict.fromkeys(_(fix).format(**named) for _what, fix in told)),
    )


def _settings(layout: Layout) -> Iterator[Finding]:
    """The settings are the administrator's own, so only what the rest of the plan rests on is looked at."""
    path = layout.real(layout.settings)
    if not (path.is_file() and os.access(path, os.R_OK)):
        return
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("db")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield Finding("settings", WRONG, f"{layout.settings}: {error}", _("Correct that line."))
        return
    if layout.db and found != layout.db:
        told = _("{path} names another store than --db does").format(path=layout.settings)
        yield Finding(
            "settings", WRONG, told, _("Change the line `db =` in it, or leave --db out.")
        )


def _way(path: Path, layout: Layout) -> Iterator[Finding]:
    """Whether nobody but root can change a program, and the account can start it."""
    for found in weaknesses(path):
        yield Finding(
            str(found.path),
            WRONG,
            _(found.what).format(
                account=layout.account, owner=found.owner, mode=f"{found.mode:04o}"
            ),
            _(found.fix).format(path=found.path),
        )


def _programs_own(layout: Layout) -> Iterator[Finding]:
    """The interpreter and the code behind the scripts, which sshd does not look at."""
    yield from _way(layout.python, layout)
    for package in ("tui", "store", "matching", "seed"):
        for path in sorted((layout.code / package).rglob("*.py")):
            found = next(iter(_way(path, layout)), None)
            if found is not None:
                yield found
                return
    yield Finding("program", FINE, str(layout.code))


def _account(layout: Layout) -> Iterator[Finding]:
    known = accounts.entry(layout)
    if known is None:
        told = _("there is no account {name}").format(name=layout.account)
        yield Finding("account", WRONG, told, _(_AGAIN))
        return
    wanted = (str(layout.home), str(layout.script("duijie-shell")))
    if (known.pw_dir, known.pw_shell) != wanted:
        told = _("its home and shell are {home} and {shell}").format(
            home=known.pw_dir, shell=known.pw_shell
        )
        yield Finding("account", WRONG, told, _(_AGAIN))
    elif accounts.password(layout) not in (accounts.OPEN, None):
        told = _("it is locked or has a password, so that sshd may refuse every key")
        yield Finding("account", WRONG, told, f"`usermod -p '*' {layout.account}`")
    else:
        yield Finding("account", FINE, layout.account)
    if not accounts.has_group(layout):
        told = _("there is no group {name}").format(name=layout.people)
        yield Finding("account", WRONG, told, _(_AGAIN))


def _include(layout: Layout) -> Iterator[Finding]:
    path = sshd.main(layout)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        told = f"{path}: {error.strerror}"
        yield Finding("sshd", WRONG, told, _("Install it with `apt install openssh-server`."))
        return
    pattern = str(sshd.file(layout).parent / "*.conf")
    if not _INCLUDE.search(text):
        told = _("{path} does not read {pattern}").format(path=path, pattern=pattern)
        advice = _("Put this line at its top: `Include {pattern}`").format(pattern=pattern)
        yield Finding("sshd", WRONG, told, advice)


def sshd_rules(layout: Layout, settings: Path) -> Iterator[Finding]:
    """What sshd itself says of its settings, and what it would hold for the account."""
    done = run("sshd", "-t", "-f", str(settings))
    if done.code:
        yield Finding("sshd", WRONG, done.cause, _("Mend this first: a new sshd would not start."))
        return
    asked = f"user={layout.account},host=desk.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22"
    said: dict[str, list[str]] = {}
    for row in run("sshd", "-T", "-C", asked, "-f", str(settings)).output.splitlines():
        name, _blank, value = row.partition(" ")
        said.setdefault(name, []).append(value)
    is_other = False
    for name, value in sshd.rules(layout):
        found = " ".join(said.get(name.lower(), ["none"]))
        if found != value:
            is_other = True
            told = _("for {account} sshd holds {name} {found}, not {value}").format(
                account=layout.account, name=name, found=found, value=value
            )
            advice = _("Look for an earlier `Match` block in {folder}; the first one counts.")
            yield Finding("sshd", WRONG, told, advice.format(folder=sshd.file(layout).parent))
    for name in ("denyusers", "denygroups", "allowgroups"):
        if name in said:
            told = f"{name} {' '.join(said[name])}"
            yield Finding("sshd", TOLD, told, _("See that this lets the account in."))
    if not is_other:
        yield Finding("sshd", FINE, _("accepts its files and holds every rule for the account"))


def _sudo(layout: Layout) -> Iterator[Finding]:
    if program("visudo") is None:
        told = _("not installed; only people with accounts of their own would need it")
        yield Finding("sudo", TOLD, told)
        return
    done = run("visudo", "-c", "-q", "-f", str(SUDOERS / layout.account))
    whole = run("visudo", "-c", "-q")
    if done.code or whole.code:
        told = (done if done.code else whole).cause
        yield Finding("sudo", WRONG, told, _("Mend this first: sudo refuses everybody meanwhile."))
    else:
        yield Finding("sudo", FINE, _("accepts its files"))


def _systemd(layout: Layout) -> Iterator[Finding]:
    if program("systemd-analyze"):
        for name in units(layout):
            done = run("systemd-analyze", "verify", "--man=no", str(UNITS / name))
            said = [line for line in done.errors.splitlines() if layout.account in line]
            if done.code and said:
                yield Finding(name, WRONG, said[-1], _(_AGAIN))
    if not Path("/run/systemd/system").is_dir():
        told = _("it does not run here, so nothing begins by itself")
        yield Finding("systemd", TOLD, told)
        return
    for name in enabled(layout):
        if run("systemctl", "is-enabled", "--quiet", name).code:
            told = _("it is not enabled, so it does not begin with the machine")
            yield Finding(name, WRONG, told, f"`systemctl enable --now {name}`")


def _front_door(layout: Layout) -> Iterator[Finding]:
    """Asks for a key that nobody has, as sshd would; the answer must be silence."""
    script = str(layout.script("duijie-keys"))
    if accounts.entry(layout) is None or not Path(script).exists():
        return
    nobody = ("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    done = run("runuser", "-u", layout.account, "--", script, layout.account, *nobody)
    if done.code or done.output:
        advice = _("Nobody can come in meanwhile. Try it: `{command}`.").format(
            command=f"runuser -u {layout.account} -- {script} {layout.account} {' '.join(nobody)}"
        )
        yield Finding(
            "keys", WRONG, _("the look-up of keys fails: {cause}").format(cause=done.cause), advice
        )
    else:
        yield Finding("keys", FINE, _("the look-up of keys answers"))
