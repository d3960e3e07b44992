"""Register, edit, withdraw, fetch and list records of every kind, with rights, versions and audit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Table, func, insert, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from store.errors import (
    ConflictError,
    DuijieError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from store.models import Base, CodeSequenceRow, Fen, OrganisationRow, RecordRow, in_fen
from store.schemas.actor import Actor, Role
from store.schemas.fields import STORED
from store.schemas.records import AssociationView, Draft, NeedView
from store.services import (
    audit,
    bought,
    commitments,
    firm_names,
    learning,
    listed,
    on_register,
    reference,
    search,
    tree,
    verification,
)
from store.services.kinds import Kind, kind_named, kind_of
from store.services.meaning import (
    with_level_said,
    with_meaning,
    with_meanings,
    with_true_confirmations,
    without_stale_meaning,
)
from store.services.references import (
    check_references,
    parts_of,
    require_own_references,
    with_kept_codes,
)
from store.services.rights import Act, Reach, reach, require, require_some, sees_firm_names

D = TypeVar("D", bound=Draft)
MASKED = "＊＊＊"
_PER_QUERY = 500
_LONGEST_REQUEST = 64
PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8})(?!\d)")


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, in order of code; `after` is where the next part begins, empty at the end.

    `total` counts the whole list and is worked out for its first part only.
    """

    items: tuple[Any, ...]
    after: str
    total: int


def register(
    session: Session,
    draft: Draft,
    *,
    by: Actor,
    code: str | None = None,
    request: str | None = None,
) -> Any:
    """Store a new record and return its view; the same request id a second time returns the first view."""
    kind = kind_of(draft)
    done = audit.done(session, request, "register", kind.name, by)
    if done is not None:
        return fetch(session, kind.name, done, by=by)
    (new_code,) = register_many(session, [draft], by=by, codes=[code], request=request)
    audit.remember(session, request, "register", kind.name, new_code, by)
    return _view(session, kind, _load(session, kind, new_code), by)


def register_many(
    session: Session,
    drafts: Sequence[Draft],
    *,
    by: Actor,
    codes: Sequence[str | None] = (),
    request: str | None = None,
) -> list[str]:
    """Store new records of one kind, all or none, and return their codes; None as a code takes the next."""
    if not drafts:
        return []
    kind = kind_of(drafts[0])
    require_some(by, Act.REGISTER, kind.name)
    drafts = with_kept_codes(session, drafts)
    owners = kind.owners(session, drafts, by)
    for tenant in sorted({owner or "" for owner in owners}):
        require(by, Act.REGISTER, kind.name, tenant)
    drafts = with_meanings(
        session,
        kind,
        [
            with_true_confirmations(kind, with_level_said(draft), (), by)
            for draft in verification.entered(session, kind, drafts, by=by)
        ],
    )
    check_references(session, kind, drafts)
    for draft in drafts:
        tree.refuse_loop(session, None, getattr(draft, "parent", None))
        bought.refuse_sold(session, None, draft)
        require_own_references(session, draft, by)
        on_register.refuse_own_word(draft, by)
    wanted = list(codes) or [None] * len(drafts)
    given_codes = [code for code in wanted if code]
    _refuse_taken(session, kind, given_codes)
    free = iter(
        next_codes(session, kind.prefix, kind.row.code, wanted.count(None), set(given_codes))
    )
    given = [code or next(free) for code in wanted]
    if kind.name == "run":
        for part in parts_of(range(len(drafts))):
            commitments.refuse_double(session, [(given[at], drafts[at]) for at in part])
    _insert(session, kind, given, owners, drafts, by)
    entered = zip(given, owners, drafts, strict=True)
    begun = [(code, owner or code, None, draft) for code, owner, draft in entered]
    verification.note(session, kind, begun, by=by)
    search.index_records(
        session,
        [
            (kind.name, code, owner or code, titles)
            for code, owner, draft in zip(given, owners, drafts, strict=True)
            if (titles := _titles(kind, draft))
        ],
    )
    changes = [(code, None, draft) for code, draft in zip(given, drafts, strict=True)]
    audit.record(session, by, "register", kind, changes, request=request)
    for code, draft in zip(given, drafts, strict=True):
        learning.learn(session, kind, code, draft, None, by)
    return given


def edit(
    session: Session,
    code: str,
    draft: Draft,
    *,
    version: int,
    by: Actor,
    request: str | None = None,
) -> Any:
    """Replace a record by a draft; refused when someone else saved first; no change leaves no trace."""
    kind = kind_of(draft)
    done = audit.done(session, request, "edit", kind.name, by)
    if done is not None:
        if done != code:
            raise ConflictError("request_reused", id=request)
        return fetch(session, kind.name, done, by=by)
    require_some(by, Act.EDIT, kind.name, code)
    row = _load(session, kind, code, for_update=True)
    require(by, Act.EDIT, kind.name, row.owner, code)
    if row.status == "withdrawn":
        raise ConflictError("already_withdrawn", kind=kind.name, id=code)
    (draft,) = with_kept_codes(session, [draft])
    if kind.is_owned_by_field and (kind.owners(session, [draft], by)[0] or code) != row.owner:
        raise ConflictError("owner_fixed", kind=kind.name, id=code)
    if row.version != version:
        raise StaleEditError(kind.name, code, row.version)
    before = kind.draft.model_validate(row, context=STORED)
    _require_governed(kind, before, draft, by, code)
    draft = with_meaning(session, kind, without_stale_meaning(kind, draft, before))
    draft = with_true_confirmations(kind, draft, getattr(before, "occupations", ()), by)
    draft = verification.edited(session, kind, code, before, draft, by=by)
    draft = on_register.edited(before, draft)
    if before == draft:
        return _view(session, kind, row, by)
    check_references(session, kind, [draft])
    tree.refuse_loop(session, code, getattr(draft, "parent", None))
    bought.refuse_sold(session, code, draft)
    require_own_references(session, draft, by)
    commitments.refuse_edit(session, kind.name, code, before, draft)
    if kind.name == "run":
        commitments.refuse_double(session, [(code, draft)])
    _fill(row, kind, draft)
    _touch(session, row, by)
    verification.note(session, kind, [(code, row.owner, before, draft)], by=by)
    session.flush()
    _index(session, kind, row)
    audit.record(session, by, "edit", kind, [(code, before, draft)], request=request)
    learning.learn(session, kind, code, draft, before, by)
    audit.remember(session, request, "edit", kind.name, code, by)
    return _view(session, kind, row, by)


def withdraw(
    session: Session,
    kind_name: str,
    code: str,
    *,
    version: int,
    by: Actor,
    reason: str,
    request: str | None = None,
) -> Any:
    """Take a record out of use; it stays readable and keeps its history."""
    kind = kind_named(kind_name)
    require_some(by, Act.WITHDRAW, kind.name, code)
    row = _load(session, kind, code, for_update=True)
    _require_as_seen(kind, row, version, by)
    commitments.refuse_withdrawal(session, kind.name, code, row.status)
    _withdraw(session, kind, [row], by, reason, request)
    return _view(session, kind, row, by)


def withdraw_all(
    session: Session, kind_name: str, seen: Mapping[str, int], *, by: Actor, reason: str
) -> dict[str, DuijieError]:
    """Take records, of which each was seen in a version, out of use; why of those that will not do.

    Raises NotAllowedError for the first that is another's.
    """
    kind = kind_named(kind_name)
    require_some(by, Act.WITHDRAW, kind.name)
    refused: dict[str, DuijieError] = {}
    for part in parts_of(sorted(seen)):
        rows = _load_all(session, kind, part)
        is_used = bool(commitments.users(session, kind.name, part))
        going = []
        for code in part:
            try:
                if code not in rows:
                    raise NotFoundError(kind.name, code)
                _require_as_seen(kind, rows[code], seen[code], by)
                if is_used:
                    commitments.refuse_withdrawal(session, kind.name, code, rows[code].status)
                commitments.refuse_past(kind.name, code, rows[code].status)
            except NotAllowedError:
                raise
            except DuijieError as error:
                refused[code] = error
            else:
                going.append(rows[code])
        _withdraw(session, kind, going, by, reason)
    return refused


def _require_as_seen(kind: Kind, row: RecordRow, version: int, by: Actor) -> None:
    """Refuse to withdraw what is not the actor's, was changed since, or is out of use already."""
    require(by, Act.WITHDRAW, kind.name, row.owner, row.code)
    if row.version != version:
        raise StaleEditError(kind.name, row.code, row.version)
    if row.status == "withdrawn":
        raise ConflictError("already_withdrawn", kind=kind.name, id=row.code)


def _withdraw(
    session: Session,
    kind: Kind,
    rows: Sequence[RecordRow],
    by: Actor,
    reason: str,
    request: str | None = None,
) -> None:
    if not rows:
        return
    changes = [(row.code, kind.draft.model_validate(row, context=STORED), None) for row in rows]
    for row in rows:
        row.status = "withdrawn"
        _touch(session, row, by)
    session.flush()
    search.forget_records(session, kind.name, [row.code for row in rows])
    audit.record(session, by, "withdraw", kind, changes, reason=reason, request=request)


def reinstate(
    session: Session,
    kind_name: str,
    code: str,
    *,
    version: int,
    by: Actor,
    status: str | None,
    request: str | None = None,
) -> Any:
    """Put a withdrawn record back into use, in a state it had or that of a new one."""
    kind = kind_named(kind_name)
    require_some(by, Act.WITHDRAW, kind.name, code)
    row = _load(session, kind, code, for_update=True)
    require(by, Act.WITHDRAW, kind.name, row.owner, code)
    if row.version != version:
        raise StaleEditError(kind.name, code, row.version)
    if row.status != "withdrawn":
        raise ConflictError("nothing_to_undo", id=code)
    row.status = status or kind.first_status
    draft = kind.draft.model_validate(row, context=STORED)
    bought.refuse_sold(session, code, draft)
    _touch(session, row, by)
    session.flush()
    _index(session, kind, row)
    audit.record(session, by, "undo", kind, [(code, None, draft)], request=request)
    return _view(session, kind, row, by)


def restore(session: Session, code: str, draft: Draft, *, version: int, by: Actor) -> Any:
    """Put a record back to what it was, word for word: nothing in it is understood anew."""
    kind = kind_of(draft)
    require_some(by, Act.EDIT, kind.name, code)
    row = _load(session, kind, code, for_update=True)
    require(by, Act.EDIT, kind.name, row.owner, code)
    if row.status == "withdrawn":
        raise ConflictError("already_withdrawn", kind=kind.name, id=code)
    if row.version != version:
        raise StaleEditError(kind.name, code, row.version)
    before = kind.draft.model_validate(row, context=STORED)
    draft = on_register.kept(before, draft)
    _require_governed(kind, before, draft, by, code)
    commitments.refuse_edit(session, kind.name, code, before, draft)
    if kind.name == "run":
        commitments.refuse_double(session, [(code, draft)])
    _fill(row, kind, draft)
    _touch(session, row, by)
    session.flush()
    _index(session, kind, row)
    audit.record(session, by, "undo", kind, [(code, before, draft)])
    return _view(session, kind, row, by)


def fetch(session: Session, kind_name: str, code: str, *, by: Actor) -> Any:
    """One record as a view."""
    kind = kind_named(kind_name)
    require_some(by, Act.READ, kind.name, code)
    row = _load(session, kind, code)
    while into := getattr(row, "merged_into", None):  # its code is another name of the kept record
        row = _load(session, kind, into)
    require(by, Act.READ, kind.name, row.owner, code)
    return _view(session, kind, row, by)


def page(
    session: Session,
    kind_name: str,
    *,
    by: Actor,
    after: str = "",
    limit: int = 100,
    where: Mapping[str, object] | None = None,
    newest_first: bool = False,
    only: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """Records in order of code, from `after` on; `where` compares columns, `only` holds conditions."""
    kind = kind_named(kind_name)
    if where and kind.name == "need" and not sees_firm_names(by):
        raise NotAllowedError(Act.READ, ", ".join(sorted(where)))  # a masked firm is not asked for
    conditions = [*_visible(kind, by, where or {}), *only]
    key = kind.row.code
    total = 0
    if not after:
        total = session.scalar(select(func.count()).select_from(kind.row).where(*conditions)) or 0
    if after:
        conditions.append(key < after if newest_first else key > after)
    rows = session.scalars(
        select(kind.row)
        .where(*conditions)
        .order_by(key.desc() if newest_first else key)
        .limit(limit + 1)
        .options(*_loaded(kind))
    ).all()
    shown = rows[:limit]
    names = _enterprise_names(session, kind, shown, by)
    items = tuple(_view(session, kind, row, by, names) for row in shown)
    if kind.name == "need":
        items = listed.marked(session, items)
    return Page(items, shown[-1].code if len(rows) > limit else "", total)


def editable(
    session: Session, kind: Kind, codes: Sequence[str], *, by: Actor
) -> dict[str, tuple[int, Draft]]:
    """Versions and contents of the records that exist among the codes; each must be the actor's to edit."""
    require_some(by, Act.EDIT, kind.name)
    found: dict[str, tuple[int, Draft]] = {}
    for part in parts_of(codes):
        for row in session.scalars(
            select(kind.row).where(kind.row.code.in_(part)).options(*_loaded(kind))
        ):
            require(by, Act.EDIT, kind.name, row.owner, row.code)
            if row.status == "withdrawn":
                raise ConflictError("already_withdrawn", kind=kind.name, id=row.code)
            found[row.code] = (row.version, kind.draft.model_validate(row, context=STORED))
    return found


def next_codes(
    session: Session,
    prefix: str,
    column: InstrumentedAttribute[str],
    count: int,
    reserved: Collection[str] = (),
) -> list[str]:
    """The next codes of a prefix, like `N000081`, that are neither in the column nor reserved."""
    if not count:
        return []
    session.execute(
        text("INSERT INTO code_sequence (prefix, last) VALUES (:prefix, 0) ON CONFLICT DO NOTHING"),
        {"prefix": prefix},
    )
    sequence = session.get_one(
        CodeSequenceRow, prefix, with_for_update=True, populate_existing=True
    )
    found: list[str] = []
    while len(found) < count:
        numbers = range(sequence.last + 1, sequence.last + 1 + count - len(found))
        codes = [f"{prefix}{number:06d}" for number in numbers]
        taken = set(reserved)
        for part in parts_of(codes):
            taken.update(session.scalars(select(column).where(column.in_(part))))
        found.extend(code for code in codes if code not in taken)
        sequence.last = numbers[-1]
    return found


def history(
    session: Session, kind_name: str, code: str, *, by: Actor
) -> tuple[audit.AuditEntry, ...]:
    """Every change of a record and of those that were merged into it, oldest first."""
    kind = kind_named(kind_name)
    require_some(by, Act.READ, kind.name, code)
    require(by, Act.READ, kind.name, _load(session, kind, code).owner, code)
    if not sees_firm_names(by):
        raise NotAllowedError(Act.READ, "history", code)
    return audit.entries(session, kind_name, *_with_merged(session, kind, code))


def _with_merged(session: Session, kind: Kind, code: str) -> list[str]:
    """A code and those that are other names of it, directly or by way of another one."""
    into: Any = getattr(kind.row, "merged_into", None)
    found = [code]
    for one in found:
        if into is not None:
            query = select(kind.row.code).where(into == one).order_by(kind.row.code)
            found += session.scalars(query)
        elif kind.name == "need":
            found += audit.became_part(session, kind.name, one)
    return found


def _visible(kind: Kind, by: Actor, where: Mapping[str, object]) -> list[ColumnElement[bool]]:
    allowed = reach(by, Act.READ, kind.name)
    if allowed is None:
        require(by, Act.READ, kind.name, None)
    conditions: list[ColumnElement[bool]] = [
        getattr(kind.row, column) == value for column, value in {**kind.fixed, **where}.items()
    ]
    if allowed is Reach.OWN:
        conditions.append(kind.row.owner == by.organisation)
    return conditions


def _loaded(kind: Kind) -> list[Any]:
    return [selectinload(getattr(kind.row, part)) for part in kind.parts]


def _load(session: Session, kind: Kind, code: str, *, for_update: bool = False) -> RecordRow:
    row = session.get(
        kind.row, code, options=_loaded(kind), with_for_update=for_update, populate_existing=True
    )
    if row is None or any(getattr(row, column) != value for column, value in kind.fixed.items()):
        raise NotFoundError(kind.name, code)
    return row


def _load_all(session: Session, kind: Kind, codes: Sequence[str]) -> dict[str, RecordRow]:
    """Those of some records that there are, to be changed; as many as one query takes."""
    fixed = [getattr(kind.row, column) == value for column, value in kind.fixed.items()]
    query = select(kind.row).where(kind.row.code.in_(codes), *fixed).order_by(kind.row.code)
    found = session.scalars(
        query.options(*_loaded(kind)).with_for_update(),
        execution_options={"populate_existing": True},
    )
    return {row.code: row for row in found}


def _require_governed(kind: Kind, before: Draft, draft: Draft, by: Actor, code: str) -> None:
    """Fields that only a supervisor may change: an institution's standing."""
    if by.role in (Role.SUPERVISOR, Role.SYSTEM):
        return
    for name in kind.governed:
        if getattr(before, name) != getattr(draft, name):
            raise NotAllowedError(Act.EDIT, f"{kind.name}.{name}", code)


def _insert(
    session: Session,
    kind: Kind,
    codes: Sequence[str],
    owners: Sequence[str | None],
    drafts: Sequence[Draft],
    by: Actor,
) -> None:
    """New rows with their parts: one statement a table, whatever their number."""
    now = reference.now(session)
    shared = {
        "version": 1,
        "created_at": now,
        "created_by": by.login,
        "changed_at": now,
        "changed_by": by.login,
        **kind.fixed,
    }
    rows = []
    parts: dict[str, list[dict[str, object]]] = {name: [] for name in kind.parts}
    for code, owner, draft in zip(codes, owners, drafts, strict=True):
        status = getattr(draft, "status", kind.first_status)
        rows.append(
            {
                **_columns(kind, draft),
                **shared,
                "code": code,
                "owner": owner or code,
                "status": status,
            }
        )
        for name, part in kind.parts.items():
            # every part names its record by a column of the record's kind
            parts[name] += [
                {kind.name: code, **item} for item in _items(part, getattr(draft, name))
            ]
    session.execute(insert(cast(Table, kind.row.__table__)), rows)
    for name, items in parts.items():
        if items:
            session.execute(insert(cast(Table, kind.parts[name].__table__)), items)


def _columns(kind: Kind, draft: Draft) -> dict[str, object]:
    """What a draft says in the columns of its kind; money in fen."""
    found: dict[str, object] = {}
    for name in kind.draft.model_fields:
        if name in kind.parts:
            continue
        value = getattr(draft, name)
        money = vars(kind.row).get(name)
        if isinstance(money, Fen):
            found[money.column] = in_fen(value)
        else:
            found[name] = value
    return found


def _items(part: type[Base], items: Sequence[Draft]) -> list[dict[str, object]]:
    """The parts of a draft as columns, with their place in it where that is kept."""
    is_placed = "position" in part.__table__.columns
    return [
        {**item.model_dump(), **({"position": at} if is_placed else {})}
        for at, item in enumerate(items)
    ]


def _fill(row: RecordRow, kind: Kind, draft: Draft) -> None:
    """Draft into row; parts are replaced as a whole."""
    for column, value in _columns(kind, draft).items():
        setattr(row, column, value)
    for name, part in kind.parts.items():
        setattr(row, name, [part(**item) for item in _items(part, getattr(draft, name))])


def _refuse_taken(session: Session, kind: Kind, codes: Sequence[str]) -> None:
    for part in parts_of(codes):
        taken = session.scalar(select(kind.row.code).where(kind.row.code.in_(part)).limit(1))
        if taken is not None:
            raise ConflictError("code_taken", kind=kind.name, id=taken)


def _touch(session: Session, row: RecordRow, by: Actor) -> None:
    row.version += 1
    row.changed_at = reference.now(session)
    row.changed_by = by.login


def _titles(kind: Kind, source: RecordRow | Draft) -> list[str]:
    return [title for name in kind.titles if (title := getattr(source, name))]


def _index(session: Session, kind: Kind, row: RecordRow) -> None:
    titles = _titles(kind, row)
    if titles:
        search.index_record(session, kind.name, row.code, row.owner, titles)


def _view(
    session: Session, kind: Kind, row: RecordRow, by: Actor, names: Mapping[str, str] | None = None
) -> Any:
    view = kind.view.model_validate(row, context=STORED)
    if isinstance(view, AssociationView) and not sees_firm_names(by):
        return _without_firms(session, view, by)
    if not isinstance(view, NeedView):
        return view
    if names is None:
        names = _enterprise_names(session, kind, [row], by)
        (view,) = listed.marked(session, [view])
    if not sees_firm_names(by):
        return _masked(session, view, names.get(view.code))
    return view.model_copy(update={"enterprise_name": names.get(view.code, "")})


def _without_firms(session: Session, view: AssociationView, by: Actor) -> AssociationView:
    """An association with its institutions; firms in it are known to themselves and to centres."""
    codes = [part.organisation for part in view.members]
    row = OrganisationRow
    query = select(row.code).where(row.code.in_(codes), row.kind == "enterprise")
    firms = set(session.scalars(query)) - {by.organisation}
    members = tuple(part for part in view.members if part.organisation not in firms)
    return view.model_copy(update={"members": members})


def masked(text: str, name: str, short: str | None, contact: str | None = None) -> str:
    """A sentence without a firm's names, the two characters people say of them, its people, telephones."""
    short = short or ""
    for known in (name, short, short[:2] if len(short) > 2 else "", contact):
        text = text.replace(known, MASKED) if known else text
    return PHONE.sub(MASKED, text)


def _masked(session: Session, view: NeedView, told: str | None) -> NeedView:
    """A need for those who may not know the firm: nor by its code, nor by its name in the text.

    `told` is the name of one that they know by now; its people and telephones are masked all the same.
    """
    firm = session.get(OrganisationRow, view.enterprise)
    text = view.text
    if firm is not None and told is None:
        text = masked(text, firm.name, firm.short_name, firm.contact)
    elif firm is not None:
        text = masked(text, "", None, firm.contact)
    hidden: dict[str, object] = {
        "enterprise": MASKED if told is None else view.enterprise,
        "enterprise_name": told or MASKED,
        "owner": MASKED,
        "created_by": MASKED,
    }
    sure = tuple(
        part.model_copy(update={"confirmed_by": part.confirmed_by and MASKED})
        for part in view.occupations
    )
    more = {
        "changed_by": MASKED,
        "text": text,
        "apart_from": (),
        "occupations": sure,
        "source": None,
    }
    return view.model_copy(update={**hidden, **more})


def _enterprise_names(
    session: Session, kind: Kind, rows: Sequence[RecordRow], by: Actor
) -> dict[str, str]:
    """The names of the firms of needs, each under the need's code, that the actor may know."""
    if kind.name != "need":
        return {}
    firms = {row.code: cast(Any, row).enterprise for row in rows}
    told = firm_names.told_needs(session, firms.keys(), by)
    wanted = {firms[need] for need in told}
    found = dict(
        session.execute(
            select(
                OrganisationRow.code,
                func.coalesce(OrganisationRow.short_name, OrganisationRow.name),
            ).where(OrganisationRow.code.in_(wanted))
        ).all()
    )
    return {need: found[firms[need]] for need in told if firms[need] in found}
