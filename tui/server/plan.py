"""Everything that is installed, as data: from it come writing, the dry run and the check."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui.server import sshd
from tui.server.layout import Layout
from tui.server.programs import program
from tui.server.scripts import scripts
from tui.server.units import units

UNITS = Path("/etc/systemd/system")
SUDOERS = Path("/etc/sudoers.d")


@dataclass(frozen=True, slots=True)
class Item:
    """A folder, or a file with its content: whose it is, with which mode.

    A seed is written once and then is the administrator's own. `tester` is a program that must accept
    the file before it gets its place.
    """

    path: Path
    content: str | None = None
    owner: str = "root"
    group: str = "root"
    mode: int = 0o755
    is_seed: bool = False
    tester: tuple[str, ...] = ()


def plan(layout: Layout) -> tuple[Item, ...]:
    """Every folder and file, folders first."""
    found = [*_folders(layout)]
    for name, text in scripts(layout).items():
        found.append(Item(layout.script(name), text))
    text = f"db = {_quoted(layout.store)}\n"
    found.append(Item(layout.settings, text, group=layout.account, mode=0o640, is_seed=True))
    text, sshd_test = sshd.sshd_part(layout), ("sshd", "-t", "-f")
    found.append(Item(sshd.file(layout), text, mode=0o644, tester=sshd_test))
    if not layout.is_here or program("visudo"):
        text, sudo_test = sshd.sudo_part(layout), ("visudo", "-c", "-q", "-f")
        found.append(Item(SUDOERS / layout.account, text, mode=0o440, tester=sudo_test))
    for name, text in units(layout).items():
        found.append(Item(UNITS / name, text, mode=0o644))
    return tuple(found)


def _folders(layout: Layout) -> tuple[Item, ...]:
    own = [layout.home, layout.home / "state", layout.backups]
    if layout.store_folder and layout.store_folder not in own:
        own.append(layout.store_folder)
    account = layout.account
    return (
        *(Item(path) for path in (layout.prefix, layout.prefix / "bin", layout.settings.parent)),
        *(Item(path, None, account, account, 0o700) for path in own),
        Item(layout.metrics, None, account, account, 0o755),
    )


def _quoted(text: str) -> str:
    """A string as TOML writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
