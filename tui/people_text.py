"""Lines about people, their keys, their sessions and the audit trail, for screens and commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from store.schemas.access import KeyView, SessionView, UserView
from store.services.trail import Chain, Detail, Entry
from tui.i18n import _
from tui.words import act_word, ending_word, field_word, kind_word, role_word

_CHINA = ZoneInfo("Asia/Shanghai")
_FEW = 20
_HALF = 32  # of a digest, so that it is not torn in a narrow panel


def moment(at: datetime | None, form: str = "%m-%d %H:%M") -> str:
    """When, where the desks are; a dash for never."""
    return "–" if at is None else f"{at.astimezone(_CHINA):{form}}"


def standing_word(view: UserView) -> str:
    """Whether a person may come in."""
    return _("may come in") if view.is_active else _("suspended")


def user_lines(view: UserView) -> Iterator[str]:
    """All about a person."""
    yield f"{view.login}  {view.name}  {standing_word(view)}  v{view.version}"
    yield f"{role_word(view.role)} @ {view.organisation}"
    yield _("Language: {lang}").format(lang=view.lang or "–")
    yield _("Sessions: {open} open, at most {most}").format(open=view.open, most=view.most_sessions)
    yield _("Keys that open the desk: {count}").format(count=view.keys)
    yield _("Seen last: {when}").format(when=moment(view.last_seen_at, "%Y-%m-%d %H:%M"))


def key_state(view: KeyView) -> str:
    """When a key was used last, or since when and by whom it is revoked."""
    if view.revoked_at is not None:
        return _("revoked {when} by {who}").format(
            when=moment(view.revoked_at), who=view.revoked_by or "–"
        )
    if view.last_used_at is None:
        return _("never used")
    return _("used {when}").format(when=moment(view.last_used_at))


def session_state(view: SessionView) -> str:
    """Since when somebody is in, or when and how that ended."""
    if view.ended_at is None:
        return _("since {when}").format(when=moment(view.started_at))
    return _("{when} to {end}, {ending}").format(
        when=moment(view.started_at),
        end=moment(view.ended_at, "%H:%M"),
        ending=ending_word(view.ending),
    )


def suspension(view: UserView) -> str:
    """What follows when a person is suspended."""
    return _(
        "{login} is kept out: no key opens the desk, nothing more is saved, {count} open sessions close "
        "within half a minute. They can be let in again."
    ).format(login=view.login, count=view.open)


def revocation(key: KeyView, sessions: Sequence[SessionView]) -> str:
    """What follows when a key is revoked."""
    count = sum(one.key == key.id for one in sessions)
    return _(
        "Key {id} “{name}” of {login} never opens anything again; that cannot be taken back. "
        "{count} sessions that it opened close within half a minute."
    ).format(id=key.id, name=key.name, login=key.login, count=count)


def closing(view: SessionView) -> str:
    """What follows when a session is closed."""
    return _(
        "{login} ({origin}, since {when}) is put out within half a minute; what is typed and not saved "
        "waits for them. They can come in again."
    ).format(login=view.login, origin=view.origin or "–", when=moment(view.started_at))


def entry_cells(entry: Entry) -> tuple[str, ...]:
    """A row of the trail as cells: when, who, what, on what, why."""
    what = f"{kind_word(entry.kind)} {entry.code}"
    if entry.wanted is not None:
        act, kind = entry.wanted
        what = f"{act_word(act)} {kind_word(kind)} {entry.code}" if act else entry.code
    return moment(entry.at), entry.login, act_word(entry.act), what.strip(), entry.reason or ""


def detail_lines(found: Detail) -> Iterator[str]:
    """One row of the trail: who, when, why, and each field before and after."""
    entry = found.entry
    yield f"{entry.id}  {moment(entry.at, '%Y-%m-%d %H:%M:%S')}"
    yield f"{entry.login}  {role_word(entry.role)} @ {entry.organisation}"
    yield f"{act_word(entry.act)}: {kind_word(entry.kind)} {entry.code}"
    if entry.reason:
        yield _("Why: {reason}").format(reason=entry.reason)
    yield ""
    for change in found.changes:
        before, after = ("–" if text is None else text for text in (change.before, change.after))
        told = after if change.before is None else f"{before} → {after}"
        yield f"{field_word(change.field)}: {told}"
    if not found.changes:
        yield _("No field was changed.")
    yield ""
    yield f"SHA-256 {entry.hash[:_HALF]}"
    yield f"        {entry.hash[_HALF:]}"


def chain_line(found: Chain) -> str:
    """What the check of the chain came to."""
    if not found.broken:
        told = _("The chain is whole: {count} rows. Its newest digest is {head}.")
        return told.format(count=found.rows, head=found.head)
    ids = ", ".join(str(id) for id in found.broken[:_FEW])
    more = " …" if len(found.broken) > _FEW else ""
    told = _("The chain is broken at {count} of {rows} rows: {ids}. Restore a backup and compare.")
    return told.format(count=len(found.broken), rows=found.rows, ids=ids + more)
