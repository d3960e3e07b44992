"""`store`, `seed` and `paths`."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from store import backups, create_store, open_store, upgrade_store
from store.errors import ConflictError, NoFileError, StoreError, UsageError
from store.schemas.actor import SYSTEM, Role
from store.schemas.records import CentreDraft
from store.services import heads, health, records, reference, rights
from tui import settings as settings_module
from tui.cli.output import line, plain, progress, put, say, tell_failure
from tui.i18n import _, mark
from tui.identity import login_name, require_keeper, who
from tui.settings import Settings
from tui.words import kind_word

WATCHERS = (Role.ADMIN, Role.SUPERVISOR)  # who may see a store as a whole without owning it
OFFENCES = {
    "integrity": mark("the database file is damaged"),
    "foreign_key": mark("a row refers to something that is gone"),
    "capacity": mark("more is left than there is"),
    "counter": mark("the counter does not say what is booked"),
    "person_twice": mark("an instructor is booked twice at one time"),
    "slots_overlap": mark("two slots sell the same workstations"),
    "proposal_state": mark("the proposal's state does not go with what it has taken"),
    "chain": mark("the chain of the audit trail is broken here"),
    "more_stations_than_there_are": mark("the slot has more workstations than the venue"),
    "not_searchable": mark("search does not know this record"),
    "window": mark("the window ends before it begins"),
    "no_reference": mark("the reference data is missing"),
    "head_gone": mark("this row was in the audit trail and is cut off; its head was kept at"),
    "head_differs": mark("another row stands where this one was; its head was kept at"),
    "no_digest": mark("there is no digest beside it, so nothing proves it unchanged"),
    "digest": mark("it is not what was written; its digest is now"),
    "unreadable": mark("it cannot be read"),
}


def init(options: Namespace, settings: Settings) -> int:
    """Make a store with reference data, a first centre, and the caller as its operator."""
    refuse_dry_run(options)
    location = options.db or settings.db
    centre = CentreDraft(name=options.centre or _("Service centre"))
    _refuse_existing(location)
    from seed import reference as reference_data

    store = create_store(location)
    reference_data.load(store)
    login = login_name()

    for code, draft in (("BUREAU", CentreDraft(name=_("District bureau"))), ("C1", centre)):
        store.write(records.register, draft, by=SYSTEM, code=code)
    store.write(reference.add_user, login, login, Role.OPERATOR, "C1")
    say(
        _("Made {location}; {login} is an operator of “{centre}”.").format(
            location=location, login=login, centre=centre.name
        )
    )
    return 0


def refuse_dry_run(options: Namespace) -> None:
    """Say that a command cannot be tried out."""
    if options.dry_run:
        raise UsageError("no_dry_run")


def _refuse_existing(location: str) -> None:
    try:
        open_store(location)
    except StoreError as error:
        if error.code in ("no_store", "schema_missing"):
            return
        raise
    raise ConflictError("already_exists", location=location)


def upgrade(options: Namespace, settings: Settings) -> int:
    """Apply the migrations that a store lacks; a store that lacks none is left as it is."""
    refuse_dry_run(options)
    location = options.db or settings.db
    upgrade_store(location)
    say(_("{location} is up to date.").format(location=location))
    return 0


def check(options: Namespace, settings: Settings) -> int:
    """Audit every invariant; 1 when something is wrong, 2 when it could not be looked at."""
    kept = _kept_heads(options.heads) if options.heads else ()
    try:
        store = open_store(options.db or settings.db)
        offences = (*store.read(health.check), *store.read(heads.lost, kept))
    except StoreError as error:
        tell_failure(error, as_json=options.json)
        return 2
    if options.json:
        put({"ok": not offences, "offences": offences})
    else:
        tell_offences(offences)
        say(
            _("{count} offences found.").format(count=len(offences))
            if offences
            else _("All is well.")
        )
    return 1 if offences else 0


def _kept_heads(name: str) -> tuple[heads.Head, ...]:
    """Heads from a file that was kept elsewhere."""
    path = Path(name)
    if not path.is_file():
        raise NoFileError(path)
    return heads.parse(path.read_text(encoding="utf-8", errors="replace"))


def head(options: Namespace, settings: Settings) -> int:
    """The head of the audit chain as one line, to be kept where nobody of this machine can change it."""
    refuse_dry_run(options)
    location = options.db or settings.db
    require_keeper(location, "watch_over", options.user, WATCHERS)
    found = open_store(location).read(heads.head, backups.store_name(location))
    if options.output:
        append_line(Path(options.output), found.line)
        say(_("Added to {file}.").format(file=options.output))
    if options.json or not options.output:
        line(found.line)
    return 0


def append_line(path: Path, text: str) -> None:
    """Add a line to a file that its owner alone can read, and wait until it is on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def tell_offences(offences: Sequence[health.Offence]) -> None:
    """One line for each thing that should never be."""
    for offence in offences:
        line(f"{offence.record}  {_(OFFENCES[offence.code])}: {offence.found}".strip())


def embed(options: Namespace, settings: Settings) -> int:
    """Compute the vectors that the semantic extra lacks, batch by batch; what is there is kept."""
    from store.services import vectors

    refuse_dry_run(options)
    from tui.cli import crew

    store = open_store(options.db or settings.db)
    by = who(store, options.user)
    made = vectors.embed(store, by=by, through=crew.without_keeping(options))
    if options.json:
        put(plain(made))
    for part in () if options.json else made:
        say(
            _("{kind}: {computed} computed, {kept} up to date, {dropped} dropped.").format(
                kind=kind_word(part.kind),
                computed=part.computed,
                kept=part.kept,
                dropped=part.dropped,
            )
        )
    return 0


def bulk(options: Namespace, settings: Settings) -> int:
    """An invented market for load tests, the same for the same seed, with a progress bar on a terminal."""
    from seed import bulk as bulk_data

    refuse_dry_run(options)
    store = open_store(options.db or settings.db)
    by = who(store, options.user)
    if by.role in (Role.INSTITUTION, Role.ENTERPRISE, Role.EVALUATOR):
        store.read(rights.refuse, "load", "course", by=by)
    sizes = bulk_data.Sizes.of(options.offerings, options.instructors, options.slots, options.needs)
    made = bulk_data.load(store, sizes, options.seed, progress)
    if options.json:
        put(made)
    else:
        say(", ".join(f"{kind}: {count:,}" for kind, count in made.items()))
    return 0


def paths(options: Namespace, settings: Settings) -> int:
    """Where settings, data and logs are."""
    found = {
        "config": str(settings_module.config_file()),
        "store": settings.db,
        "demo": settings_module.demo_db(),
        "log": str(settings_module.log_file()),
    }
    if options.json:
        put(found)
    else:
        for name, place in found.items():
            line(f"{name}: {place}")
    return 0
