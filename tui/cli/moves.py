"""`store move`."""

from __future__ import annotations

from argparse import Namespace

from store import moves
from store.errors import UsageError
from store.moves import Moved, Step
from tui.cli.keep import tell_offences
from tui.cli.output import asked, progress, put, say
from tui.i18n import _, mark
from tui.identity import require_keeper
from tui.settings import Settings, without_password

_STEPS = {
    Step.COPY: mark("Copying the rows …"),
    Step.INDEX: mark("Making the search indexes …"),
    Step.GUARD: mark("Making indexes, references and rules again …"),
    Step.COMPARE: mark("Comparing every row …"),
    Step.CHECK: mark("Checking rules and the chain of the audit trail …"),
    Step.EXPORT: mark("Comparing the exports …"),
}


def move(options: Namespace, settings: Settings) -> int:
    """Copy a whole store into another database; a move that was interrupted goes on."""
    origin, target = options.origin, options.target
    require_keeper(origin, "move", options.user)
    if options.dry_run:
        return _told(moves.plan(origin, target), options)
    if options.again and not (
        options.yes or asked(_("Begin anew, and drop what was moved? [y/N] "))
    ):
        raise UsageError("move_not_confirmed")
    seen: list[Step] = []

    def tell(step: Step, done: int, total: int) -> None:
        if step not in seen:
            seen.append(step)
            say(_(_STEPS[step]))
        if total:
            progress(done, total)

    return _told(moves.move(origin, target, tell, again=options.again), options)


def _told(found: Moved, options: Namespace) -> int:
    """What was moved, or would be; 1 when the old store had offences, which the new one has now."""
    origin, target = (without_password(at) for at in (options.origin, options.target))
    if options.json:
        put(
            {
                "from": origin,
                "to": target,
                "dry_run": options.dry_run,
                "rows": found.rows,
                "continued": found.is_continued,
                "tables": found.parts,
                "offences": found.offences,
            }
        )
    elif options.dry_run:
        words = (
            _(
                "Dry run: an interrupted move of {origin} to {target} would go on, {rows:,} rows in all."
            )
            if found.is_continued
            else _("Dry run: {rows:,} rows in {tables} tables would go from {origin} to {target}.")
        )
        say(words.format(origin=origin, target=target, rows=found.rows, tables=len(found.parts)))
    else:
        tell_offences(found.offences)
        say(
            _(
                "{target} says what {origin} says: {rows:,} rows, and every sum, rule, digest of the "
                "audit trail and export is the same. The old store is unchanged. Back the new one up "
                "(`duijie --db {target} store backup`), write it into the settings as `db`, and put "
                "the old one away."
            ).format(origin=origin, target=target, rows=found.rows)
        )
    return 1 if found.offences else 0
