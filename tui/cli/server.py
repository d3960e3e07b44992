"""`server` and `metrics`."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from store import open_store
from tui.cli.keep import WATCHERS, refuse_dry_run
from tui.cli.output import line, plain, put, say, write
from tui.findings import FINE, SIGNS, WRONG, Finding, is_sound
from tui.i18n import _, mark
from tui.identity import require_keeper
from tui.server.install import Work, work
from tui.server.install import install as carry_out
from tui.server.layout import Layout
from tui.server.units import enabled
from tui.settings import Settings, backup_folder

_NAMES = {
    "rights": mark("rights"),
    "settings": mark("settings"),
    "program": mark("program"),
    "account": mark("account"),
    "sudo": "sudo",
    "keys": mark("keys"),
    "backup": mark("backup"),
    "verify": mark("proof"),
    "head": mark("chain"),
    "prune": mark("old backups"),
    "retention": mark("old files"),
    "metrics": mark("metrics"),
}
_POINTS = {
    "missing": mark("make"),
    "kind": mark("in the way"),
    "content": mark("write anew"),
    "owner": mark("set owner"),
    "mode": mark("set mode"),
}


def install(options: Namespace, settings: Settings) -> int:
    """Write what is not yet as it should be; --dry-run shows it, --check looks only."""
    if options.check:
        return check(options, settings)
    layout = _layout(options)
    done = work(layout) if options.dry_run else carry_out(layout)
    if options.json:
        put({"dry_run": options.dry_run, **_told(done, layout)})
        return 0
    if options.dry_run:
        say(_("Dry run, nothing is written:"))
    _show(done, layout, with_text=options.dry_run)
    if not (done.commands or done.changes):
        say(_("Nothing to do: everything is as it should be."))
    elif not options.dry_run:
        _tell_next(layout)
    return 0


def _layout(options: Namespace) -> Layout:
    layout = Layout(
        account=options.account,
        prefix=Path(options.prefix),
        root=Path(options.root).resolve(),
        db=options.db or "",
        port=options.port,
    )
    return layout.as_written()


def _told(done: Work, layout: Layout) -> dict[str, object]:
    changes = [
        {
            "path": str(layout.real(one.item.path)),
            "points": one.points,
            "owner": one.item.owner,
            "group": one.item.group,
            "mode": f"{one.item.mode:04o}",
            "diff": one.diff,
        }
        for one in done.changes
    ]
    return {"commands": done.commands, "changes": plain(changes)}


def _show(done: Work, layout: Layout, *, with_text: bool) -> None:
    for command in done.commands:
        line("+ " + shlex.join(command))
    for one in done.changes:
        item = one.item
        points = ", ".join(_(_POINTS[point]) for point in one.points if point in _POINTS)
        path = layout.real(item.path)
        line(f"+ {path}  {item.owner}:{item.group} {item.mode:04o}  ({points})")
        if with_text and one.diff:
            line(one.diff)


def _tell_next(layout: Layout) -> None:
    if not layout.is_here:
        return
    keeper = layout.script("duijie")
    say(_("Written. What is left to do, as root:"))
    if not (layout.store_folder and Path(layout.store).exists()):
        line(f"  {keeper} store init --centre {_('NAME')}")
    line("  systemctl daemon-reload")
    line("  systemctl enable --now " + " ".join(enabled(layout)))
    line("  sshd -t && systemctl reload ssh")
    line(f"  {keeper} doctor")


def check(options: Namespace, settings: Settings) -> int:
    """Look at everything that is installed; 1 when something is to be mended."""
    from tui.server.check import check as look

    findings = tuple(look(_layout(options)))
    if options.json:
        put({"ok": is_sound(findings), "findings": plain(findings)})
        return 0 if is_sound(findings) else 1
    _tell([one for one in findings if one.state != FINE])
    wrong = sum(one.state == WRONG for one in findings)
    told = _("{count} of {all} things are to be mended.").format(count=wrong, all=len(findings))
    say(told if wrong else _("All is well: {all} things were looked at.").format(all=len(findings)))
    return 1 if wrong else 0


def _tell(findings: Sequence[Finding]) -> None:
    for one in findings:
        line(f"{SIGNS[one.state]} {_(_NAMES.get(one.name, one.name))}: {one.value}")
        if one.advice:
            line("    " + one.advice)


def nightly(options: Namespace, settings: Settings) -> int:
    """The work of a night, step by step; 1 when a step failed."""
    from tui.server.nightly import nightly as steps

    refuse_dry_run(options)
    location = options.db or settings.db
    require_keeper(location, "back_up", options.user)
    folder = Path(options.folder) if options.folder else backup_folder(location)
    text_file = Path(options.metrics) if options.metrics else None
    findings = []
    for one in steps(location, folder, text_file):
        findings.append(one)
        if not options.json:
            _tell([one])
    if options.json:
        put({"ok": is_sound(findings), "steps": plain(findings)})
    return 0 if is_sound(findings) else 1


def metrics(options: Namespace, settings: Settings) -> int:
    """Numbers as a text file for those who watch over the server."""
    from tui.server import metrics as numbers

    refuse_dry_run(options)
    location = options.db or settings.db
    require_keeper(location, "watch_over", options.user, WATCHERS)
    store = open_store(location)
    text = numbers.text(store, location)
    store.close()
    if options.output:
        numbers.write(Path(options.output), text)
    else:
        write(text)
    return 0
