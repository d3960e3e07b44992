"""Resident identity numbers, where an administrator lets them be kept: encrypted, and shown masked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import sealing
from store.errors import ConflictError, InvalidError, StoreError
from store.models import IdentityRow, TraineeRow
from store.schemas.actor import Actor
from store.schemas.trainee import masked_identity
from store.sealing import Vault
from store.sensitive import is_number
from store.services import audit, reference, trainees
from store.services.rights import Act, require

KIND = "identity"
SWITCH = "identity_switch"
_FILE, _KEY = "identity_key_file", "identity_key"
_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether numbers are kept, under which key in which file, and how many."""

    is_on: bool
    file: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Revealed:
    """A person in clear, for whoever gave a reason."""

    trainee: str
    name: str
    phone: str | None
    identity: str | None


def status(session: Session, *, by: Actor) -> Switch:
    """The switch as it stands; an administrator's act."""
    require(by, Act.READ, SWITCH, None)
    return _switch(session)


def switch_on(session: Session, file: Path, *, by: Actor) -> Switch:
    """Let numbers be kept under the key in a file."""
    require(by, Act.EDIT, SWITCH, None)
    sealing.require_library()
    if _switch(session).is_on:
        raise ConflictError("identity_on_already")
    vault = sealing.open_vault(file)
    _set(session, str(file.resolve()), vault.fingerprint)
    return _told(session, "switch_on", by)


def switch_off(session: Session, *, by: Actor) -> Switch:
    """Keep no numbers any more: every one that is stored is deleted."""
    require(by, Act.EDIT, SWITCH, None)
    count = _switch(session).count
    for row in session.scalars(select(IdentityRow)).all():
        session.delete(row)
    _set(session, "", "")
    session.flush()
    return _told(session, "switch_off", by, count)


def rotate(session: Session, file: Path, *, by: Actor) -> Switch:
    """Seal every number anew under another key, all or none."""
    require(by, Act.EDIT, SWITCH, None)
    old, new = vault(session), sealing.open_vault(file)
    if old.fingerprint == new.fingerprint:
        raise ConflictError("identity_key_same", path=str(file))
    rows = session.scalars(select(IdentityRow).order_by(IdentityRow.trainee)).all()
    for row in rows:
        place = _place(row.trainee)
        number = old.unseal(row.sealed, place)
        row.sealed, row.digest, row.key = (
            new.seal(number, place),
            new.digest(number),
            new.fingerprint,
        )
    _set(session, str(file.resolve()), new.fingerprint)
    session.flush()
    return _told(session, "rotate", by, len(rows))


def put(session: Session, trainee: str, number: str, *, by: Actor) -> str:
    """Keep a person's number, encrypted; what may be shown of it. An empty one takes it away."""
    row = trainees.load(session, trainee, by=by, act=Act.EDIT)
    if row.status != "active":
        raise ConflictError("trainee_not_active", id=trainee, state=row.status)
    kept = session.get(IdentityRow, trainee)
    before = {"identity": kept.shown} if kept is not None else None
    if not number.strip():
        if kept is not None:
            session.delete(kept)
        session.flush()
        audit.note(session, by, "identify", trainees.KIND, [(trainee, before, {"identity": None})])
        return ""
    held = vault(session)
    text = number.strip().replace(" ", "").upper()
    is_right = len(text) == _LENGTH and text[:-1].isascii() and text[:-1].isdigit()
    if not is_right or not is_number(text):
        raise InvalidError("identity_wrong")
    kept = kept or IdentityRow(trainee=trainee)
    kept.sealed, kept.digest = held.seal(text, _place(trainee)), held.digest(text)
    kept.shown, kept.key = masked_identity(text), held.fingerprint
    session.add(kept)
    session.flush()
    told = (trainee, before, {"identity": kept.shown})
    audit.note(session, by, "identify", trainees.KIND, [told])
    return kept.shown


def reveal(session: Session, trainee: str, reason: str, *, by: Actor) -> Revealed:
    """Name, telephone and number in clear; that and why is kept, the number is not."""
    row = _may_see(session, trainee, by)
    if not reason.strip():
        raise InvalidError("reveal_reason", id=trainee)
    kept = session.get(IdentityRow, trainee)
    number = vault(session).unseal(kept.sealed, _place(trainee)) if kept is not None else None
    told = (trainee, None, {"revealed": True, "identity": number is not None})
    audit.note(session, by, "reveal_person", trainees.KIND, [told], reason=reason.strip())
    return Revealed(trainee, row.name, row.phone, number)


def vault(session: Session) -> Vault:
    """The key that this store's numbers are under; refused where none are kept or the key is another."""
    found = _switch(session)
    if not found.is_on:
        raise ConflictError("identity_off")
    opened = sealing.open_vault(Path(found.file))
    if opened.fingerprint != found.key:
        raise StoreError("identity_key_other", path=found.file)
    return opened


def _may_see(session: Session, trainee: str, by: Actor) -> TraineeRow:
    row = trainees.load(session, trainee, by=by)
    require(by, Act.ANSWER, KIND, row.owner, trainee)
    return row


def _switch(session: Session) -> Switch:
    file, key = reference.meta(session, _FILE) or "", reference.meta(session, _KEY) or ""
    count = session.scalar(select(func.count()).select_from(IdentityRow)) or 0
    return Switch(bool(file), file, key, count)


def _set(session: Session, file: str, key: str) -> None:
    reference.set_meta(session, _FILE, file)
    reference.set_meta(session, _KEY, key)


def _told(session: Session, act: str, by: Actor, count: int = 0) -> Switch:
    found = _switch(session)
    after = {"on": found.is_on, "key": found.key, "numbers": count}
    audit.note(session, by, act, SWITCH, [("IDENTITY", None, after)])
    return found


def _place(trainee: str) -> str:
    return f"trainee_identity:{trainee}:sealed"
