"""`identity`: whether resident identity numbers are kept, encrypted, and under which key."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from store import sealing
from store.errors import ConflictError, StoreError
from store.services import identity_numbers
from store.services.identity_numbers import Switch
from tui.cli.output import asked
from tui.cli.people import Keeping, begin, tell
from tui.i18n import _
from tui.settings import Settings


def status(options: Namespace, settings: Settings) -> int:
    """Whether numbers are kept, and how many."""
    keeping = begin(options, settings)
    return _tell(options, keeping.store.read(identity_numbers.status, by=keeping.by))


def on(options: Namespace, settings: Settings) -> int:
    """Keep numbers under the key in a file; a file that is not there is made."""
    keeping = begin(options, settings)
    keeping.store.read(identity_numbers.status, by=keeping.by)
    file = _key_file(options, keeping)
    return _tell(options, keeping.write(identity_numbers.switch_on, file, by=keeping.by))


def rotate(options: Namespace, settings: Settings) -> int:
    """Put every number under another key."""
    keeping = begin(options, settings)
    keeping.store.read(identity_numbers.status, by=keeping.by)
    file = _key_file(options, keeping)
    return _tell(options, keeping.write(identity_numbers.rotate, file, by=keeping.by))


def off(options: Namespace, settings: Settings) -> int:
    """Keep numbers no more, and delete those that are kept, once that is confirmed."""
    keeping = begin(options, settings)
    found = keeping.store.read(identity_numbers.status, by=keeping.by)
    question = _("Delete {count} identity numbers for good? y/N ").format(count=found.count)
    if found.count and not (options.yes or options.dry_run or asked(question)):
        raise ConflictError("identity_not_confirmed")
    return _tell(options, keeping.write(identity_numbers.switch_off, by=keeping.by))


def _key_file(options: Namespace, keeping: Keeping) -> Path:
    """A key file that is in no folder of the store; made where it is not there."""
    path = Path(options.key).absolute()
    database = keeping.store.url.database
    is_file = keeping.store.url.get_backend_name() == "sqlite" and database is not None
    if is_file and Path(str(database)).resolve().parent in path.resolve().parents:
        raise StoreError("identity_key_beside", path=str(path.parent))
    sealing.require_library()
    if not options.dry_run:
        sealing.make_key(path)
    return path


def _tell(options: Namespace, found: Switch) -> int:
    if found.is_on:
        told = _("Identity numbers are kept: {count}, under key {key} in {file}.")
        lines = [told.format(count=found.count, key=found.key, file=found.file)]
        lines.append(_("Keep that file apart from every backup: without it no number can be read."))
    else:
        lines = [_("Identity numbers are not kept.")]
    return tell(options, found, lines)
