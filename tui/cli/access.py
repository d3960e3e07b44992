"""`key`, `session` and `authorized-keys`: what opens the desk, who is in, and what sshd asks for."""

from __future__ import annotations

import sys
from argparse import Namespace

from store.errors import ConflictError, NotFoundError, UsageError
from store.schemas.access import KeyDraft, KeyView, SessionView
from store.services import keys, sessions
from store.services.keys import Opening
from tui import people_text
from tui.cli.output import asked, line, plain, put, table
from tui.cli.people import Keeping, begin, checked, key_text, tell
from tui.i18n import _
from tui.settings import Settings


def list_keys(options: Namespace, settings: Settings) -> int:
    """Keys of one person or of all, the newest first."""
    keeping = begin(options, settings)
    found = keeping.store.read(keys.listed, options.login, by=keeping.by)
    if options.json:
        put(found)
        return 0
    rows = [
        [str(key.id), key.login, people_text.key_state(key), key.type, key.fingerprint, key.name]
        for key in found
    ]
    headings = [_("Number"), _("Login"), _("State"), _("Kind"), _("Fingerprint"), _("Name")]
    table(headings, rows, [6, 12, 31, 20, 50])
    return 0


def add_key(options: Namespace, settings: Settings) -> int:
    """One more key for a person."""
    draft = checked(KeyDraft, {"name": options.name, "line": key_text(options.file)})
    keeping = begin(options, settings)
    return _tell_key(options, keeping.write(keys.add, options.login, draft, by=keeping.by))


def revoke_key(options: Namespace, settings: Settings) -> int:
    """Let a key open nothing any more; on a terminal what follows is said and asked about first."""
    keeping = begin(options, settings)
    key = _key(keeping, options.id)
    told = people_text.revocation(key, keeping.store.read(sessions.listed, by=keeping.by))
    is_asked = sys.stdin.isatty() and not (options.yes or options.dry_run)
    question = _("Go ahead? y/N")
    if is_asked and not asked(f"{told} {question} "):
        raise ConflictError("revocation_not_confirmed", id=key.id)
    made = keeping.write(keys.revoke, key.id, by=keeping.by, reason=options.reason)
    return _tell_key(options, made, told)


def _key(keeping: Keeping, id: int) -> KeyView:
    """The key, or the refusal that others than its person and keepers get."""
    found = keeping.store.read(keys.listed, by=keeping.by)
    key = next((one for one in found if one.id == id), None)
    if key is None:
        keeping.store.rehearse(keys.revoke, id, by=keeping.by)
        raise NotFoundError("key", str(id))
    return key


def _tell_key(options: Namespace, key: KeyView, told: str = "") -> int:
    state = people_text.key_state(key)
    lines = [f"{key.id}  {key.login}  {key.name}  {state}", f"{key.type}  {key.fingerprint}"]
    return tell(options, key, lines, told)


def list_sessions(options: Namespace, settings: Settings) -> int:
    """Who is in, or who was, the newest first."""
    keeping = begin(options, settings)
    found = keeping.store.read(
        sessions.listed, by=keeping.by, ended=options.ended, most=options.top
    )
    if options.json:
        put(found)
        return 0
    rows = [
        [
            str(one.id),
            one.login,
            people_text.session_state(one),
            str(one.key or "–"),
            one.origin,
            f"{one.host} {one.pid} {one.term}",
        ]
        for one in found
    ]
    headings = [_("Number"), _("Login"), _("State"), _("Key no."), _("From where"), _("Process")]
    table(headings, rows, [6, 12, 36, 8, 16])
    return 0


def close_session(options: Namespace, settings: Settings) -> int:
    """Put somebody out of one session, and say what follows."""
    keeping = begin(options, settings)
    made: SessionView = keeping.write(
        sessions.close, options.id, by=keeping.by, reason=options.reason
    )
    state = people_text.session_state(made)
    told = people_text.closing(made)
    return tell(options, made, [f"{made.id}  {made.login}  {state}"], told)


def authorized_keys(options: Namespace, settings: Settings) -> int:
    """Lines for sshd: the key that is asked for where it opens a desk, else every key that does."""
    if (options.type is None) != (options.blob is None):
        raise UsageError("key_type_and_blob")
    keeping = begin(options, settings)
    found = keeping.store.read(keys.opening, options.type, options.blob, by=keeping.by)
    if options.json:
        put([{**plain(key), "line": _authorized(key, options.prefix)} for key in found])
        return 0
    for key in found:
        line(_authorized(key, options.prefix))
    return 0


def _authorized(key: Opening, prefix: str) -> str:
    """One line of authorized_keys(5): of what is stored only the key and its number stand in it."""
    command = f"{prefix.rstrip('/')}/bin/duijie-session --key {key.id}"
    return f'restrict,pty,command="{command}" {key.type} {key.blob}'
