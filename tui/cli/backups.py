"""`store backup`, `store verify` and `store restore`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from store import backups
from store.services import health
from tui.cli.keep import refuse_dry_run, tell_offences
from tui.cli.output import put, say
from tui.i18n import _
from tui.identity import require_keeper
from tui.settings import Settings


def backup(options: Namespace, settings: Settings) -> int:
    """Copy the whole store into a new file while others go on working."""
    refuse_dry_run(options)
    location = options.db or settings.db
    require_keeper(location, "back_up", options.user)
    made = backups.backup(location, Path(options.file) if options.file else None)
    if options.json:
        put(
            {
                "file": str(made.file),
                "sha256": made.sha256,
                "bytes": made.size,
                "schema": made.schema,
            }
        )
    else:
        say(
            _("Backed up to {file} ({megabytes:.1f} MB), digest in {file}.sha256.").format(
                file=made.file, megabytes=made.size / 1e6
            )
        )
    return 0


def verify(options: Namespace, settings: Settings) -> int:
    """Prove a backup by its digest and by reading all of it; 1 when something is wrong."""
    proof = backups.verify(Path(options.file))
    if options.json:
        put({"ok": not proof.offences, **_told(proof)})
        return 1 if proof.offences else 0
    tell_offences(proof.offences)
    say(
        _("{file} is not in order: {count} offences.").format(
            file=options.file, count=len(proof.offences)
        )
        if proof.offences
        else _("{file} is sound (schema {schema}).").format(file=options.file, schema=proof.schema)
    )
    return 1 if proof.offences else 0


def _told(proof: backups.Proof) -> dict[str, object]:
    offences: tuple[health.Offence, ...] = proof.offences
    return {
        "file": str(proof.file),
        "sha256": proof.sha256,
        "schema": proof.schema,
        "offences": offences,
    }


def restore(options: Namespace, settings: Settings) -> int:
    """Put a backup in the store's place; over an existing store only with --yes, and the old one is kept."""
    refuse_dry_run(options)
    location = options.db or settings.db
    require_keeper(location, "restore", options.user)
    done = backups.restore(location, Path(options.file), replace=options.yes)
    if options.json:
        put(
            {
                "location": done.location,
                "schema": done.schema,
                "is_current": done.is_current,
                "kept": str(done.kept) if done.kept else None,
            }
        )
        return 0
    if done.kept:
        say(_("The store that was there is kept in {file}.").format(file=done.kept))
    say(_("{location} is now what {file} holds.").format(location=location, file=options.file))
    if not done.is_current:
        say(_("It has schema {schema}; run `duijie store upgrade`.").format(schema=done.schema))
    return 0
