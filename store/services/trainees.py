"""Files of people who are trained: registered, found, changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError, StaleEditError
from store.models import IdentityRow, OrganisationRow, TraineeRow
from store.schemas.actor import Actor
from store.schemas.fields import STORED
from store.schemas.trainee import TraineeDraft, TraineeView, masked_name, masked_phone
from store.services import audit, records, reference
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "trainee"
_MOST_LISTED = 500
_MASKED = ("name", "phone")
_PERSONAL = ("evidence", "experience", "number")


def register(
    session: Session, draft: TraineeDraft, *, by: Actor, request: str | None = None
) -> TraineeView:
    """A new file of the actor's centre; the same request id a second time returns the first."""
    require(by, Act.REGISTER, KIND, by.organisation)
    done = audit.done(session, request, "register", KIND, by)
    if done is not None:
        return shown(session, done, by=by)
    (view,) = register_many(session, [draft], by=by)
    audit.remember(session, request, "register", KIND, view.code, by)
    return view


def register_many(
    session: Session, drafts: Sequence[TraineeDraft], *, by: Actor
) -> tuple[TraineeView, ...]:
    """New files of the actor's centre, all or none."""
    require(by, Act.REGISTER, KIND, by.organisation)
    now = reference.now(session)
    made = []
    codes = records.next_codes(session, "H", TraineeRow.code, len(drafts))
    for code, draft in zip(codes, drafts, strict=True):
        _check(session, draft, by.organisation, code)
        _check_masked(draft, None)
        row = TraineeRow(
            code=code,
            status="active",
            owner=by.organisation,
            version=1,
            created_at=now,
            created_by=by.login,
            changed_at=now,
            changed_by=by.login,
            **draft.model_dump(),
        )
        session.add(row)
        session.flush()
        made.append(row)
    told = [(row.code, None, kept(row)) for row in made]
    if told:
        audit.note(session, by, "register", KIND, told)
    return _views(session, made)


def edit(
    session: Session, code: str, draft: TraineeDraft, *, version: int | None = None, by: Actor
) -> TraineeView:
    """Change a file; a name or a telephone that was shown masked stays."""
    row = load(session, code, by=by, act=Act.EDIT)
    if version is not None and version != row.version:
        raise StaleEditError(KIND, code, row.version)
    if row.status != "active":
        raise ConflictError("trainee_not_active", id=code, state=row.status)
    _check(session, draft, row.owner, code)
    before = kept(row)
    _check_masked(draft, row)
    changes = draft.model_dump()
    for name in [one for one in _MASKED if "*" in (changes[one] or "")]:
        del changes[name]
    for name, value in changes.items():
        setattr(row, name, value)
    save(session, row, "edit", before, by)
    return _views(session, [row])[0]


def listed(
    session: Session, text: str = "", *, by: Actor, limit: int = _MOST_LISTED
) -> tuple[TraineeView, ...]:
    """Files that an actor may see, names masked; by a part of the name, a code or a number where said."""
    require_some(by, Act.READ, KIND)
    query = select(TraineeRow).where(TraineeRow.status != "merged").order_by(TraineeRow.code)
    query = _own(query, by)
    if text:
        query = query.where(
            or_(
                TraineeRow.name.contains(text, autoescape=True),
                TraineeRow.code == text.upper(),
                TraineeRow.number == text,
                TraineeRow.phone == text,
            )
        )
    return _views(session, session.scalars(query.limit(limit)).all())


def shown(session: Session, code: str, *, by: Actor) -> TraineeView:
    """One file, name and telephone masked."""
    row = load(session, code, by=by)
    return _views(session, [row])[0]


def load(session: Session, code: str, *, by: Actor, act: Act = Act.READ) -> TraineeRow:
    """A row that an actor may read or change."""
    require_some(by, act, KIND, code)
    row = session.get(TraineeRow, code, with_for_update=act is not Act.READ)
    if row is None:
        raise NotFoundError(KIND, code)
    require(by, act, KIND, row.owner, code)
    return row


def codes_of(session: Session, code: str) -> tuple[str, ...]:
    """Every code under which a person's history stands: the file's own and those merged into it."""
    found, newest = [code], [code]
    while newest:
        query = select(TraineeRow.code).where(TraineeRow.merged_into.in_(newest))
        newest = [
            one for one in session.scalars(query.order_by(TraineeRow.code)) if one not in found
        ]
        found += newest
    return tuple(found)


def lasting(session: Session, code: str) -> str:
    """The file that a merged one goes on as; of a code without a file the code itself."""
    into: str | None = code
    while into is not None:
        code = into
        into = session.scalar(select(TraineeRow.merged_into).where(TraineeRow.code == code))
    return code


def merged(session: Session) -> Mapping[str, str]:
    """Every merged file with the one that it goes on as, for many people at once."""
    row = TraineeRow
    query = select(row.code, row.merged_into).where(row.merged_into.is_not(None))
    into: dict[str, str] = {code: str(other) for code, other in session.execute(query)}
    found = {}
    for code, further in into.items():
        last = further
        while last in into:
            last = into[last]
        found[code] = last
    return found


def selves(session: Session, code: str) -> frozenset[str]:
    """Every file, of any centre, that is of the same person or seems to be."""
    row = session.get(TraineeRow, lasting(session, code))
    if row is None:
        return frozenset({code})
    twins = {lasting(session, one) for one in alike(session, row)}
    return frozenset(one for file in (row.code, *twins) for one in codes_of(session, file))


def alike(session: Session, row: TraineeRow) -> tuple[str, ...]:
    """Codes of other files, of any centre, that seem to be of the same person.

    The same identity number, or the same name and telephone.
    """
    same: list[ColumnElement[bool]] = []
    if row.phone is not None:
        same.append((TraineeRow.name == row.name) & (TraineeRow.phone == row.phone))
    own = session.get(IdentityRow, row.code)
    if own is not None:
        twins = select(IdentityRow.trainee).where(IdentityRow.digest == own.digest)
        same.append(TraineeRow.code.in_(twins))
    if not same:
        return ()
    query = select(TraineeRow.code).where(or_(*same), TraineeRow.status == "active")
    family = set(codes_of(session, row.code))
    return tuple(
        one for one in session.scalars(query.order_by(TraineeRow.code)) if one not in family
    )


def draft_of(view: TraineeView) -> dict[str, Any]:
    """What could be changed of a file, as it is shown."""
    return {name: getattr(view, name) for name in TraineeDraft.model_fields}


def kept(row: TraineeRow) -> Mapping[str, object]:
    """What the audit trail keeps for good: never a name, telephone, number or evidence in clear."""
    return {
        "name": masked_name(row.name),
        "phone": masked_phone(row.phone),
        "category": row.category,
        "employer": row.employer,
        "status": row.status,
        "merged_into": row.merged_into,
        **{name: getattr(row, name) is not None for name in _PERSONAL},
    }


def save(
    session: Session,
    row: TraineeRow,
    act: str,
    before: Mapping[str, object],
    by: Actor,
    reason: str = "",
) -> None:
    """Raise the version, say who, and leave a trail."""
    row.version += 1
    row.changed_at, row.changed_by = reference.now(session), by.login
    session.flush()
    audit.note(session, by, act, KIND, [(row.code, before, kept(row))], reason=reason or None)


def _own(query: Select[Any], by: Actor) -> Select[Any]:
    if reach(by, Act.READ, KIND) is Reach.OWN:
        return query.where(TraineeRow.owner == by.organisation)
    return query


def _check_masked(draft: TraineeDraft, row: TraineeRow | None) -> None:
    """What was shown masked comes back as it was shown; nothing else has such a sign in it."""
    if "*" in draft.name and (row is None or draft.name != masked_name(row.name)):
        raise InvalidError("name_masked", name=draft.name)
    if "*" in (draft.phone or "") and (row is None or draft.phone != masked_phone(row.phone)):
        raise InvalidError("phone_masked", phone=draft.phone)


def _check(session: Session, draft: TraineeDraft, owner: str, code: str) -> None:
    """The employer is a firm, and the number is nobody else's of this centre."""
    if draft.employer is not None:
        firm = session.get(OrganisationRow, draft.employer)
        if firm is None or firm.kind != "enterprise":
            raise InvalidError(
                "unknown_reference", kind="enterprise", column="employer", value=draft.employer
            )
    if draft.number is not None:
        other = session.scalar(
            select(TraineeRow.code).where(
                TraineeRow.owner == owner,
                TraineeRow.number == draft.number,
                TraineeRow.code != code,
            )
        )
        if other is not None:
            raise ConflictError("number_taken", number=draft.number, id=other)


def _views(session: Session, rows: Sequence[TraineeRow]) -> tuple[TraineeView, ...]:
    """Files as they are shown to everybody, names and numbers masked, firms looked up together.

    Only `identity_numbers.reveal` tells a name in clear, which is kept.
    """
    firm, number = OrganisationRow, IdentityRow
    employers = {row.employer for row in rows if row.employer}
    named = select(firm.code, firm.name).where(firm.code.in_(employers))
    firms = {code: name for code, name in session.execute(named)}
    held = select(number.trainee, number.shown).where(number.trainee.in_([r.code for r in rows]))
    numbers = {code: shown for code, shown in session.execute(held)}
    given = set(TraineeView.model_fields) - {"employer_name", "identity"}
    return tuple(
        TraineeView.model_validate(
            {
                **{name: getattr(row, name) for name in given},
                "name": masked_name(row.name),
                "phone": masked_phone(row.phone),
                "employer_name": firms.get(row.employer or ""),
                "identity": numbers.get(row.code),
            },
            context=STORED,
        )
        for row in rows
    )


def owner_of(session: Session, code: str) -> str | None:
    """The centre whose file it is."""
    return session.scalar(select(TraineeRow.owner).where(TraineeRow.code == code))
