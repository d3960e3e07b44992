"""提前需求: needs suggested before anybody asks; accepted they are needs, dismissed they have a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import SUGGESTION
from store.models import NeedOccupationRow, NeedRow, OrganisationRow, SuggestionRow
from store.schemas.actor import SYSTEM, Actor
from store.schemas.early import SuggestionView
from store.schemas.fields import LADDER, STORED
from store.schemas.records import NeedDraft, OccupationPart
from store.services import audit, clocks, early_rules, naming, records, reference
from store.services.causes import Cause, causes
from store.services.dealing import reason_given
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "suggestion"
SOURCE = "提前"
_ANY_TRADE = "职工技能培训"  # the text of a need whose trade nobody knows yet
_RENEWAL = "复审"  # what holders of a certificate that runs out need, and matching reads as such
_OPEN = ("draft", "open", "bespoke", "matched", "confirmed")
RUN = "early_run"
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look came to: codes suggested anew, renewed because facts changed, gone with their facts."""

    made: tuple[str, ...]
    renewed: tuple[str, ...]
    lapsed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Suggestions with the needs they became, and those for which an open need was found instead."""

    needs: tuple[tuple[str, str], ...]
    covered: tuple[tuple[str, str], ...]


def run(session: Session, *, by: Actor, today: date) -> Looked:
    """Look through the actor's own centre now."""
    require(by, Act.REGISTER, KIND, by.organisation)
    return look(session, by.organisation, today, by)


def is_due(session: Session, today: date) -> bool:
    """Whether nobody has looked on this day or after it."""
    last = reference.meta(session, RUN)
    return last is None or last < today.isoformat()


def run_all(session: Session, now: datetime) -> int:
    """Every centre's look, once a day; how many needs were suggested."""
    today = clocks.day_of(now)
    if not is_due(session, today):
        return 0
    reference.set_meta(session, RUN, today.isoformat())
    centres = select(OrganisationRow.code).where(OrganisationRow.kind == "centre")
    found = session.scalars(centres.order_by(OrganisationRow.code)).all()
    return sum(len(look(session, centre, today, SYSTEM).made) for centre in found)


def look(session: Session, centre: str, today: date, by: Actor) -> Looked:
    """Suggestions of a centre as its records are now; one look at a time."""
    session.get_one(OrganisationRow, centre, with_for_update=True, populate_existing=True)
    known = _known(session, centre)
    wanted = _open_needs(session)
    made: list[SuggestionRow] = []
    renewed: list[SuggestionRow] = []
    held: set[str] = set()
    taken: list[tuple[str, str | None, int | None]] = []
    for cause in causes(session, centre, early_rules.rules(session), today):
        rows = known.get(cause.subject, [])
        fresh = _fresh(cause, rows)
        if fresh is None or _meets(wanted, cause) or _meets(taken, cause):
            continue
        taken.append((cause.enterprise, cause.occupation, cause.level))
        standing = next((row for row in rows if row.status == "suggested"), None)
        if standing is None:
            made.append(_row(session, centre, fresh, today, by))
        else:
            held.add(standing.code)
            if standing.facts != fresh.facts:
                _renew(session, standing, fresh, today, by)
                renewed.append(standing)
    gone = [
        row
        for rows in known.values()
        for row in rows
        if row.status == "suggested" and row.code not in held
    ]
    _lapse(session, gone, by)
    return Looked(*(tuple(row.code for row in rows) for rows in (made, renewed, gone)))


def listed(
    session: Session, status: str | None = "suggested", *, by: Actor
) -> tuple[SuggestionView, ...]:
    """Suggestions in a state (None for all), the soonest due first."""
    require_some(by, Act.READ, KIND)
    query = select(SuggestionRow).order_by(SuggestionRow.due, SuggestionRow.code).limit(_MOST)
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(SuggestionRow.owner == by.organisation)
    if status is not None:
        if status not in SUGGESTION.states:
            raise InvalidError("unknown_state", state=status, known=", ".join(SUGGESTION.states))
        query = query.where(SuggestionRow.status == status)
    return _views(session, session.scalars(query).all())


def accept(session: Session, codes: Sequence[str], *, by: Actor, today: date) -> Accepted:
    """Make needs of suggestions, all or none; where an open need has come since, that one is told."""
    rows = _load(session, codes, by)
    made, covered = [], []
    for row in rows:
        step = SUGGESTION.step("accept", row.status, row.code)
        there = _open_needs(session, row.enterprise)
        same = next((n for n in there if _is_same(n[1:], row)), None)
        if same is not None:
            _change(session, row, "lapse", SUGGESTION.step("lapse", row.status).after, by)
            covered.append((row.code, same[0]))
            continue
        need = records.register(session, _draft(session, row, by, today), by=by)
        row.need = need.code
        _change(session, row, "accept", step.after, by)
        made.append((row.code, str(need.code)))
    return Accepted(tuple(made), tuple(covered))


def dismiss(
    session: Session, codes: Sequence[str], *, reason: str, by: Actor
) -> tuple[SuggestionView, ...]:
    """Say why suggestions are no needs; the same facts are not suggested again."""
    rows = _load(session, codes, by)
    why = reason_given(reason)
    for row in rows:
        step = SUGGESTION.step("dismiss", row.status, row.code)
        row.reason = why
        _change(session, row, "dismiss", step.after, by, why)
    return _views(session, rows)


def _known(session: Session, centre: str) -> dict[str, list[SuggestionRow]]:
    found: dict[str, list[SuggestionRow]] = {}
    query = select(SuggestionRow).where(SuggestionRow.owner == centre).order_by(SuggestionRow.code)
    for row in session.scalars(query.with_for_update()):
        found.setdefault(row.subject, []).append(row)
    return found


def _fresh(cause: Cause, rows: Iterable[SuggestionRow]) -> Cause | None:
    """The cause without the facts that became needs; None where that is nothing or was dismissed."""
    rows = list(rows)
    served = {fact for row in rows if row.status == "accepted" for fact in row.facts}
    facts = tuple(fact for fact in cause.facts if fact not in served)
    if not facts or any(row.status == "dismissed" and row.facts == facts for row in rows):
        return None
    heads = cause.heads if len(facts) == len(cause.facts) else min(cause.heads, len(facts))
    return Cause(
        cause.kind, cause.enterprise, cause.occupation, cause.level, heads, cause.due,
        cause.earliest, cause.latest, facts, cause.type, cause.certificate,
    )  # fmt: skip


def _open_needs(
    session: Session, enterprise: str | None = None
) -> tuple[tuple[str, str, str | None, int | None], ...]:
    """Code, firm, trade and level of needs that are not settled yet, at whichever centre."""
    first = NeedOccupationRow
    query = (
        select(NeedRow.code, NeedRow.enterprise, first.code, NeedRow.level)
        .outerjoin(first, (first.need == NeedRow.code) & (first.position == 0))
        .where(NeedRow.status.in_(_OPEN))
        .order_by(NeedRow.code)
    )
    if enterprise is not None:
        query = query.where(NeedRow.enterprise == enterprise)
    return tuple((code, firm, trade, level) for code, firm, trade, level in session.execute(query))


def _meets(asked: Iterable[tuple[object, ...]], cause: Cause) -> bool:
    return any(_is_same(one[-3:], cause) for one in asked)


def _is_same(asked: tuple[object, ...], one: Cause | SuggestionRow) -> bool:
    """Whether what is asked for is the same firm's, of the same trade, of no other level."""
    firm, trade, level = asked
    is_level = level is None or one.level is None or level == one.level
    return (firm, trade) == (one.enterprise, one.occupation) and is_level


def _row(session: Session, centre: str, cause: Cause, today: date, by: Actor) -> SuggestionRow:
    (code,) = records.next_codes(session, "TQ", SuggestionRow.code, 1)
    now = datetime.now(UTC)
    row = SuggestionRow(
        code=code, status="suggested", owner=centre, version=1, enterprise=cause.enterprise,
        cause=cause.kind, subject=cause.subject, occupation=cause.occupation, level=cause.level,
        type=cause.type, certificate=cause.certificate,
        created_at=now, created_by=by.login, changed_at=now, changed_by=by.login,
    )  # fmt: skip
    _take(session, row, cause, today)
    session.add(row)
    session.flush()
    audit.note(session, by, "suggest", KIND, [(code, None, _kept(row))])
    return row


def _renew(session: Session, row: SuggestionRow, cause: Cause, today: date, by: Actor) -> None:
    before = _kept(row)
    _take(session, row, cause, today)
    _change(session, row, "renew", SUGGESTION.step("renew", row.status).after, by, before=before)


def _take(session: Session, row: SuggestionRow, cause: Cause, today: date) -> None:
    """Facts, heads, days, and the moment by which to look at it."""
    row.facts, row.heads, row.due = cause.facts, cause.heads, cause.due
    row.earliest, row.latest = cause.earliest, max(cause.earliest, cause.latest)
    days = clocks.clocks(session).suggest_days
    row.until = clocks.after_workdays(reference.calendar(session), clocks.close_of(today), days)


def _lapse(session: Session, rows: Iterable[SuggestionRow], by: Actor) -> None:
    for row in rows:
        _change(session, row, "lapse", SUGGESTION.step("lapse", row.status, row.code).after, by)


def _load(session: Session, codes: Sequence[str], by: Actor) -> list[SuggestionRow]:
    require_some(by, Act.EDIT, KIND, codes[0] if codes else "")
    found = []
    for code in dict.fromkeys(codes):
        row = session.get(SuggestionRow, code, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFoundError(KIND, code)
        require(by, Act.EDIT, KIND, row.owner, code)
        found.append(row)
    return found


def _change(
    session: Session,
    row: SuggestionRow,
    act: str,
    after: str,
    by: Actor,
    reason: str | None = None,
    *,
    before: Mapping[str, object] | None = None,
) -> None:
    told = before or {"status": row.status}
    row.status, row.version = after, row.version + 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, act, KIND, [(row.code, told, _kept(row))], reason=reason)


def _draft(session: Session, row: SuggestionRow, by: Actor, today: date) -> NeedDraft:
    """The need that a suggestion becomes; a window that has begun begins today."""
    firm = session.get_one(OrganisationRow, row.enterprise)
    if firm.status == "withdrawn":
        raise ConflictError("already_withdrawn", kind="enterprise", id=firm.code)
    names = naming.occupation_names(session, {row.occupation} if row.occupation else set())
    level = LADDER[row.level - 1] if row.level else ""
    trade = row.occupation
    purpose = _RENEWAL if row.cause == "certificate" else ""
    return NeedDraft(
        enterprise=row.enterprise,
        text=f"{names.get(trade, trade)}{level}{purpose}" if trade else _ANY_TRADE,
        occupations=(OccupationPart(code=trade, confirmed_by=by.login),) if trade else (),
        level=row.level,
        heads=row.heads,
        earliest=max(row.earliest, today),
        latest=max(row.latest, row.earliest, today),
        area=firm.area,
        certificate=row.certificate,
        type=row.type,  # type: ignore[arg-type]
        source=SOURCE,
    )


def _views(session: Session, rows: Sequence[SuggestionRow]) -> tuple[SuggestionView, ...]:
    names = naming.occupation_names(session, {row.occupation for row in rows if row.occupation})
    firm = OrganisationRow
    query = select(firm.code, func.coalesce(firm.short_name, firm.name))
    firms = query.where(OrganisationRow.code.in_({row.enterprise for row in rows}))
    known = dict(session.execute(firms).all())
    found = []
    for row in rows:
        view = SuggestionView.model_validate(row, context=STORED)
        told = {
            "enterprise_name": known.get(row.enterprise, ""),
            "occupation_name": names.get(row.occupation or "", ""),
        }
        found.append(view.model_copy(update=told))
    return tuple(found)


def _kept(row: SuggestionRow) -> dict[str, object]:
    return {
        "status": row.status, "subject": row.subject, "heads": row.heads, "facts": list(row.facts),
        "need": row.need,
    }  # fmt: skip
