"""`user`: who may come in. `begin` is what the commands of those who keep a server start with."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from store import Store, open_store
from store.errors import InvalidError, NoFileError, UsageError
from store.public_key import LONGEST
from store.schemas.access import KeyDraft, LoginDraft, UserDraft, UserView
from store.schemas.actor import Actor
from store.services import users
from tui import people_text
from tui.cli.output import line, put, say, table, tried
from tui.i18n import _
from tui.identity import keeper
from tui.messages import field_causes
from tui.settings import Settings
from tui.words import field_word, role_word


@dataclass(frozen=True, slots=True)
class Keeping:
    """An open store, who keeps it, and how writes are done: for good, or as a dry run."""

    store: Store
    by: Actor
    write: Callable[..., Any]


def begin(options: Namespace, settings: Settings) -> Keeping:
    """Open the store for whoever may keep it."""
    location = options.db or settings.db
    store = open_store(location)
    write = store.rehearse if options.dry_run else store.write
    return Keeping(store, keeper(store, location, options.user), write)


def list_users(options: Namespace, settings: Settings) -> int:
    """Everybody, in order of login."""
    keeping = begin(options, settings)
    found = keeping.store.read(users.listed, by=keeping.by)
    if options.json:
        put(found)
        return 0
    rows = [
        [
            view.login,
            role_word(view.role),
            view.organisation,
            people_text.standing_word(view),
            str(view.keys),
            str(view.open),
            people_text.moment(view.last_seen_at),
            view.name,
        ]
        for view in found
    ]
    headings = [
        _("Login"), _("Role"), _("Organisation"), _("State"), _("Keys"), _("Open"), _("Seen"), _("Name"),
    ]  # fmt: skip
    table(headings, rows, [12, 13, 12, 11, 4, 4, 11])
    return 0


def show_user(options: Namespace, settings: Settings) -> int:
    """One person."""
    keeping = begin(options, settings)
    return _tell(options, keeping.store.read(users.shown, options.login, by=keeping.by))


def invite(options: Namespace, settings: Settings) -> int:
    """Let somebody new in, with a key where one is given; `--lang` is their language, too."""
    LoginDraft(login=options.login)
    names = ("name", "role", "organisation", "lang", "most_sessions")
    draft = checked(UserDraft, {name: getattr(options, name) for name in names})
    key = None
    if options.key is not None:
        key = checked(KeyDraft, {"name": options.key_name or "1", "line": key_text(options.key)})
    keeping = begin(options, settings)
    made = keeping.write(users.invite, options.login, draft, key=key, by=keeping.by)
    return _tell(options, made)


def change(options: Namespace, settings: Settings) -> int:
    """Change the named fields of a person, leave the others."""
    keeping = begin(options, settings)
    view = keeping.store.read(users.shown, options.login, by=keeping.by)
    fields = {name: getattr(view, name) for name in UserDraft.model_fields}
    for word in options.fields:
        name, sign, value = word.partition("=")
        if not sign or name not in fields:
            raise UsageError("field_unknown", name=name, known=", ".join(fields))
        fields[name] = value
    draft = checked(UserDraft, fields)
    version = options.version or view.version
    return _tell(
        options, keeping.write(users.change, view.login, draft, version=version, by=keeping.by)
    )


def suspend(options: Namespace, settings: Settings) -> int:
    """Keep a person out, and say what follows."""
    keeping = begin(options, settings)
    before = keeping.store.read(users.shown, options.login, by=keeping.by)
    view = keeping.write(users.suspend, options.login, by=keeping.by, reason=options.reason)
    return _tell(options, view, people_text.suspension(before))


def reinstate(options: Namespace, settings: Settings) -> int:
    """Let a suspended person in again."""
    keeping = begin(options, settings)
    return _tell(options, keeping.write(users.reinstate, options.login, by=keeping.by))


def key_text(file: str) -> str:
    """What a `.pub` file holds, or standard input for `-`; never more than a key can be."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(LONGEST + 1).decode("utf-8", "replace")
        with Path(file).open("rb") as source:
            return source.read(LONGEST + 1).decode("utf-8", "replace")
    except FileNotFoundError as error:
        raise NoFileError(file) from error


def checked(draft: type[Any], fields: Mapping[str, object]) -> Any:
    """A draft of fields as typed; what is wrong is told field by field."""
    try:
        return draft.model_validate(fields)
    except ValidationError as error:
        causes = [
            f"{field_word(name)}: {why}" if name else why
            for name, why in field_causes(error).items()
        ]
        raise InvalidError("fields_wrong", causes="; ".join(causes)) from error


def tell(options: Namespace, value: object, lines: Sequence[str], told: str = "") -> int:
    """A value as JSON, or its lines, with what follows on standard error."""
    if options.json:
        put(value)
        return 0
    tried(options)
    for text in lines:
        line(text)
    if told:
        say(told)
    return 0


def _tell(options: Namespace, view: UserView, told: str = "") -> int:
    return tell(options, view, list(people_text.user_lines(view)), told)
