"""People, their keys and their sessions, and what is written down of refusals; both databases."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from seed.demo.people import KEEPER
from store import Store, open_store
from store.errors import (
    ClosedError,
    DuijieError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from store.models import SessionRow, UserRow
from store.schemas.access import KeyDraft, UserDraft
from store.schemas.actor import Actor, Ending, Role
from store.services import keys, records, reference, sessions, trail, users
from store.services.sessions import Entered, Visit

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDFuGZ/cxesRIcOlSA5koecp6z6m2WKHKFSrVlpyQHzr"
WORDS = {"name": "林晨", "role": "operator", "organisation": "C-BL"}
HERE = Visit("10.0.0.9", "xterm", os.getpid(), "elsewhere")


def draft(**fields: object) -> UserDraft:
    """An operator of 宝龙, or otherwise."""
    return UserDraft.model_validate({**WORDS, **fields})


def invited(store: Store, login: str = "linchen", **fields: object) -> int:
    """A person with a key; the key's number."""
    key = KeyDraft(name="台式机", line=LINE)
    store.write(users.invite, login, draft(**fields), key=key, by=KEEPER)
    return store.read(keys.listed, login, by=KEEPER)[0].id


def refused(code: str, call: Callable[[], object]) -> DuijieError:
    """The failure of a call, whose code is this one."""
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code
    return found.value


def test_a_person_is_invited_with_a_key_or_not_at_all(stocked: Store) -> None:
    bad = KeyDraft(name="x", line="ssh-dss AAAA")
    with pytest.raises(InvalidError):
        stocked.write(users.invite, "linchen", draft(), key=bad, by=KEEPER)
    with pytest.raises(NotFoundError):
        stocked.read(users.shown, "linchen", by=KEEPER)
    key = invited(stocked)
    found = stocked.read(users.shown, "linchen", by=KEEPER)
    assert (found.keys, found.open, found.is_active, found.most_sessions) == (1, 0, True, 3)
    refused("user_there", partial(stocked.write, users.invite, "linchen", draft(), by=KEEPER))
    acts = stocked.read(trail.page, trail.Wanted(login="keeper"), by=KEEPER, limit=2).entries
    assert [(one.act, one.kind, one.code) for one in acts] == [
        ("add", "key", str(key)),
        ("invite", "user", "linchen"),
    ]


@pytest.mark.parametrize(
    ("role", "organisation", "code"),
    [
        ("operator", "T01", "user_place"),
        ("institution", "C-BL", "user_place"),
        ("supervisor", "T01", "user_place"),
        ("enterprise", "C-BL", "user_place"),
        ("operator", "C-NOWHERE", "unknown_reference"),
    ],
)
def test_a_role_goes_with_organisations_of_its_kind(
    stocked: Store, role: str, organisation: str, code: str
) -> None:
    wrong = draft(role=role, organisation=organisation)
    refused(code, partial(stocked.write, users.invite, "linchen", wrong, by=KEEPER))


def test_only_administrators_keep_people_and_each_refusal_is_written_down(store: Store) -> None:
    (own,) = [k.id for k in store.read(keys.listed, "wangfang", by=KEEPER) if not k.revoked_at]
    for by in (OPERATOR, SCHOOL, Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")):
        calls: tuple[Callable[[], object], ...] = (
            partial(store.read, users.listed, by=by),
            partial(store.read, users.shown, "keeper", by=by),
            partial(store.read, users.shown, "nobody", by=by),  # nor who there is
            partial(store.write, users.invite, "linchen", draft(), by=by),
            partial(store.write, users.change, by.login, draft(role="admin"), by=by),
            partial(store.write, users.suspend, "keeper", by=by),
            partial(store.write, users.reinstate, "liqiang", by=by),
            partial(store.write, keys.add, by.login, KeyDraft(name="x", line=LINE), by=by),
            partial(store.read, keys.listed, "keeper", by=by),
            partial(store.read, keys.opening, by=by),
            partial(store.write, keys.revoke, 7, by=by),
            partial(store.write, sessions.close, 99, by=by),
        )
        before = store.read(trail.page, trail.Wanted(refused=True), by=KEEPER, limit=200).entries
        for call in calls:
            with pytest.raises(NotAllowedError):
                call()
        after = store.read(trail.page, trail.Wanted(refused=True), by=KEEPER, limit=200).entries
        assert len(after) - len(before) == len(calls)
        assert {one.login for one in after[: len(calls)]} == {by.login}
    newest = store.read(trail.shown, after[0].id, by=KEEPER)
    assert {one.field: one.after for one in newest.changes} == {
        "code": "not_allowed", "act": "withdraw", "kind": "session", "id": "99",
    }  # fmt: skip
    assert store.read(users.shown, OPERATOR.login, by=OPERATOR).keys == 1
    assert {one.login for one in store.read(keys.listed, by=OPERATOR)} == {OPERATOR.login}
    assert store.write(keys.revoke, own, by=OPERATOR).revoked_by == OPERATOR.login


def test_the_last_administrator_stays(store: Store) -> None:
    other = draft(role="supervisor", organisation="BUREAU")
    refused("user_self", partial(store.write, users.suspend, "keeper", by=KEEPER))
    refused("last_admin", partial(store.write, users.change, "keeper", other, by=KEEPER))
    store.write(users.invite, "linchen", draft(role="admin", organisation="BUREAU"), by=KEEPER)
    with ThreadPoolExecutor(2) as pool:  # each of the two puts the other out: one has to stay
        made = [
            pool.submit(tried, store, users.suspend, "linchen", by=KEEPER),
            pool.submit(
                tried,
                store,
                users.suspend,
                "keeper",
                by=Actor("linchen", "林晨", Role.ADMIN, "BUREAU"),
            ),
        ]
    assert sorted(one.result() for one in made) == ["", "last_admin"]


def tried(store: Store, service: Any, *args: object, **more: object) -> str:
    """The code of the failure of a write, empty where it was done."""
    try:
        store.write(service, *args, **more)
    except DuijieError as error:
        return error.code
    return ""


def test_a_change_begun_on_an_older_version_is_refused(stocked: Store) -> None:
    invited(stocked)
    seen = stocked.read(users.shown, "linchen", by=KEEPER)
    stocked.write(users.change, "linchen", draft(most_sessions=5), version=seen.version, by=KEEPER)
    with pytest.raises(StaleEditError):
        stocked.write(users.change, "linchen", draft(), version=seen.version, by=KEEPER)
    assert stocked.read(users.shown, "linchen", by=KEEPER).most_sessions == 5


def test_a_key_serves_one_person_and_a_revoked_one_is_never_taken_again(stocked: Store) -> None:
    key = invited(stocked)
    again = KeyDraft(name="x", line=f"{LINE} somebody@else")
    refused("key_there", partial(stocked.write, keys.add, "liqiang", again, by=KEEPER))
    assert [
        one.id for one in stocked.read(keys.opening, "ssh-ed25519", LINE.split()[1], by=KEEPER)
    ] == [key]
    stocked.write(keys.revoke, key, by=KEEPER, reason="lost")
    assert stocked.read(keys.opening, "ssh-ed25519", LINE.split()[1], by=KEEPER) == ()
    refused("key_was_revoked", partial(stocked.write, keys.add, "linchen", again, by=KEEPER))
    refused("key_revoked_already", partial(stocked.write, keys.revoke, key, by=KEEPER))
    refused("key_revoked", partial(stocked.write, sessions.begin_by_key, key, HERE))
    refused("not_found", partial(stocked.write, keys.revoke, 12345, by=KEEPER))


def test_keys_of_suspended_people_open_nothing_until_they_are_back(stocked: Store) -> None:
    key = invited(stocked)
    stocked.write(users.suspend, "linchen", by=KEEPER, reason="leave")
    assert key not in [one.id for one in stocked.read(keys.opening, by=KEEPER)]
    refused("user_suspended", partial(stocked.write, sessions.begin_by_key, key, HERE))
    refused("user_suspended_already", partial(stocked.write, users.suspend, "linchen", by=KEEPER))
    stocked.write(users.reinstate, "linchen", by=KEEPER)
    assert key in [one.id for one in stocked.read(keys.opening, by=KEEPER)]
    assert stocked.write(sessions.begin_by_key, key, HERE).by.login == "linchen"


def test_two_who_come_in_at_once_do_not_both_get_the_last_place(store: Store) -> None:
    key = invited(store, most_sessions=2)
    store.write(sessions.begin_by_key, key, HERE)
    doors = [open_store(store.url.render_as_string(hide_password=False)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = [pool.submit(tried, door, sessions.begin_by_key, key, HERE) for door in doors]
        codes = sorted(one.result() for one in made)
    for door in doors:
        door.close()
    assert codes == ["", *["too_many_sessions"] * 3]
    assert store.read(users.shown, "linchen", by=KEEPER).open == 2
    assert len(store.read(sessions.listed, by=KEEPER)) == 2


def came_in(store: Store, key: int) -> Entered:
    """Whoever holds the key, whom the store asks about at every step from now on."""
    found = store.write(sessions.begin_by_key, key, HERE)
    store.ask_first(partial(sessions.standing, by=found.by, id=found.id))
    return found


def test_who_may_not_act_any_more_is_out_at_the_next_step(store: Store) -> None:
    key = invited(store, most_sessions=9)
    office = open_store(store.url.render_as_string(hide_password=False))

    def lose(id: int) -> None:
        office.write(unseen, id)
        office.write(sessions.begin_by_key, key, HERE)  # whose coming in finds who has gone

    acts: Mapping[str, tuple[Callable[[int], object], Callable[[], object] | None]] = {
        "session_lost": (lose, None),
        "session_closed": (lambda id: office.write(sessions.close, id, by=KEEPER), None),
        "user_changed": (
            lambda _id: office.write(
                users.change, "linchen", draft(organisation="C-HG"), by=KEEPER
            ),
            lambda: office.write(users.change, "linchen", draft(most_sessions=9), by=KEEPER),
        ),
        "user_suspended": (
            lambda _id: office.write(users.suspend, "linchen", by=KEEPER),
            lambda: office.write(users.reinstate, "linchen", by=KEEPER),
        ),
        "key_revoked": (lambda _id: office.write(keys.revoke, key, by=KEEPER), None),
    }
    for code, (put_out, let_in) in acts.items():
        store.ask_first(lambda _session: None)
        entered = came_in(store, key)
        assert store.read(records.fetch, "need", "N000001", by=entered.by)
        put_out(entered.id)
        error = refused(code, partial(store.read, records.fetch, "need", "N000001", by=entered.by))
        assert isinstance(error, ClosedError)
        refused(code, partial(store.write, withdrawn, by=entered.by))
        if let_in is not None:
            let_in()
    assert office.read(records.fetch, "need", "N000001", by=OPERATOR).status == "open"
    told = office.read(trail.page, trail.Wanted(login="linchen", refused=True), by=KEEPER).entries
    assert len(told) == 2 * len(acts)
    office.close()


def unseen(session: Session, id: int) -> None:
    """A session whose process went without a word some time ago."""
    session.get_one(SessionRow, id).seen_at = datetime.now(UTC) - timedelta(minutes=10)


def withdrawn(session: Session, *, by: Actor) -> None:
    """What the next step would have been."""
    records.withdraw(session, "need", "N000001", version=1, by=by, reason="")


def test_a_session_that_was_cut_off_is_told_at_the_next_login(stocked: Store) -> None:
    key = invited(stocked)
    first = stocked.write(sessions.begin_by_key, key, HERE)
    assert first.cut_off is None
    stocked.write(sessions.end, first.id, Ending.HANG_UP, by=first.by)
    second = stocked.write(sessions.begin_by_key, key, HERE)
    assert second.cut_off is not None
    assert second.cut_off.id == first.id
    stocked.write(sessions.end, second.id, Ending.LEFT, by=second.by)
    assert stocked.write(sessions.begin_by_login, "linchen", HERE).cut_off is None
    refused("login_unknown", partial(stocked.write, sessions.begin_by_login, "nobody", HERE))


def test_a_person_closes_a_session_of_their_own_and_of_nobody_else(stocked: Store) -> None:
    key = invited(stocked)
    entered = stocked.write(sessions.begin_by_key, key, HERE)
    refused("not_allowed", partial(stocked.write, sessions.close, entered.id, by=OPERATOR))
    assert stocked.write(sessions.close, entered.id, by=entered.by).ending == Ending.CLOSED
    refused("session_over", partial(stocked.write, sessions.close, entered.id, by=KEEPER))
    assert stocked.read(sessions.listed, by=KEEPER) == ()
    ended = stocked.read(sessions.listed, by=entered.by, ended=True)
    assert [one.login for one in ended] == ["linchen"]


def test_the_trail_is_read_page_by_page_and_by_what_one_looks_for(store: Store) -> None:
    first = store.read(trail.page, by=KEEPER, limit=3)
    assert first.after == first.entries[-1].id
    second = store.read(trail.page, by=KEEPER, after=first.after, limit=3)
    ids = [one.id for one in (*first.entries, *second.entries)]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 6
    lost = store.read(trail.page, trail.Wanted(kind="key", act="revoke"), by=KEEPER)
    assert [(one.reason, one.login) for one in lost.entries] == [("笔记本丢失", "keeper")]
    assert lost.after is None
    found = store.read(trail.shown, lost.entries[0].id, by=KEEPER)
    assert found.changes == (trail.Change("revoked", "false", "true"),)
    today = datetime.now(reference.CHINA).date()
    assert (
        store.read(trail.page, trail.Wanted(since=today + timedelta(days=1)), by=KEEPER).entries
        == ()
    )
    past = trail.Wanted(until=today - timedelta(days=3))
    assert all(one.at.date() < today for one in store.read(trail.page, past, by=KEEPER).entries)
    refused("not_found", partial(store.read, trail.shown, 10**6, by=KEEPER))
    for by in (OPERATOR, SCHOOL):
        refused("not_allowed", partial(store.read, trail.page, by=by))
        refused("not_allowed", partial(store.read, trail.check, by=by))


def test_the_chain_is_checked_with_its_progress(stocked: Store) -> None:
    told: list[tuple[int, int]] = []
    found = stocked.read(trail.check, by=KEEPER, progress=lambda done, of: told.append((done, of)))
    assert found.broken == ()
    assert found.rows == stocked.read(trail.page, by=KEEPER, limit=1).entries[0].id
    assert found.head == stocked.read(trail.page, by=KEEPER, limit=1).entries[0].hash


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (None, '{"a": 1, "b": "x"}', [("a", None, "1"), ("b", None, "x")]),
        ('{"a": 1, "b": "x"}', '{"b": "x", "a": 2}', [("a", "1", "2")]),
        ('{"a": [1]}', "{}", [("a", "[1]", None)]),
        (None, "no JSON", [("", None, "no JSON")]),
        (None, "[1]", [("", None, "[1]")]),
        (None, None, []),
    ],
)
def test_a_diff_names_just_the_fields_that_are_not_the_same(
    before: str | None, after: str | None, changes: list[tuple[str, str | None, str | None]]
) -> None:
    found = trail.differences(before, after)
    assert [(one.field, one.before, one.after) for one in found] == changes


def test_what_stands_in_the_store_can_be_changed_again_as_it_is(stocked: Store) -> None:
    for view in stocked.read(users.listed, by=KEEPER):
        assert json.loads(users.draft_of(view).model_dump_json())["role"] == view.role


def test_a_login_of_a_suspended_person_is_still_theirs(stocked: Store) -> None:
    def out(session: Session) -> None:
        session.get_one(UserRow, OPERATOR.login).is_active = False

    stocked.write(out)
    assert stocked.read(reference.demo_operator) == OPERATOR
    stocked.ask_first(partial(sessions.standing, by=OPERATOR))
    refused("user_suspended", partial(stocked.read, reference.today))
