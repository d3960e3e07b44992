"""The screens of those who keep a server, what others find there, and the desk of an administrator."""

from __future__ import annotations

import os

from sqlalchemy import text as sql
from sqlalchemy.orm import Session
from textual import events

from seed.demo import OPERATOR
from seed.demo.people import KEEPER
from store import Store
from store.schemas.access import UserDraft
from store.schemas.actor import Actor, Role
from store.services import keys, sessions, trail, users
from store.services.sessions import Visit
from tests.tui.driving import frame, press, running, settle
from tui.widgets.form_input import FormInput

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDFuGZ/cxesRIcOlSA5koecp6z6m2WKHKFSrVlpyQHzr"
HERE = Visit("10.6.1.12", "xterm", os.getpid(), "elsewhere")


async def test_the_desk_of_an_administrator_begins_with_people_and_goes_nowhere_else(
    stocked: Store,
) -> None:
    async with running(stocked, by=KEEPER, start="dashboard") as pilot:
        shown = frame(pilot)
        assert "wangfang" in shown
        assert "KPeople" in shown
        assert "2Needs" not in shown
        for key in "1234567890":
            await press(pilot, key)
            assert "You may not do this" in "".join(frame(pilot).splitlines()[-3:]), key
        await press(pilot, "colon")
        assert "Match" not in frame(pilot)
        assert "Tour" not in frame(pilot)
        await press(pilot, *"m 12", "enter")
        await press(pilot, "colon", *"n rpjm/skcg/5", "enter")
        assert "wangfang" in frame(pilot)
        await press(pilot, "slash", *"xdxs", "escape", "A")
        assert "invite" not in frame(pilot)
        assert "Row " in frame(pilot)
        await press(pilot, "escape")
        assert "Keys of heling" in frame(pilot)


async def test_somebody_is_invited_changed_suspended_and_let_in_again(stocked: Store) -> None:
    async with running(stocked, by=KEEPER) as pilot:
        await press(pilot, "n", *"linchen", "enter", *"Lin Chen", "enter", *"boss", "enter")
        await press(pilot, *"c-bl", "ctrl+s")
        assert "Role: this is not one of the allowed values" in frame(pilot)
        field = pilot.app.screen.query_one("#role", FormInput)
        field.value = "operator"
        await press(pilot, "ctrl+s")
        assert stocked.read(users.shown, "linchen", by=KEEPER).organisation == "C-BL"
        assert "Keys of linchen" in frame(pilot)  # the cursor stands on whoever is new
        await press(pilot, "e", "enter", "enter", "enter", "enter", *"5", "ctrl+s")
        assert stocked.read(users.shown, "linchen", by=KEEPER).most_sessions == 5
        await press(pilot, "x")  # nobody is in, and it can be taken back: no question
        assert "✕linchen" in frame(pilot).replace(" ", "")
        assert "Let in again" in frame(pilot)
        await press(pilot, "x")
        assert stocked.read(users.shown, "linchen", by=KEEPER).is_active


async def test_a_key_is_pasted_and_revoked_after_its_consequences_were_read(stocked: Store) -> None:
    async with running(stocked, by=KEEPER) as pilot:
        await press(pilot, "a")
        line = pilot.app.screen.query_one("#line", FormInput)
        line.post_message(events.Paste(f"{LINE} he@school"))
        await press(pilot, "ctrl+s")
        made = stocked.read(keys.listed, "heling", by=KEEPER)[0]
        assert made.name == "he@school"
        await press(pilot, "a")
        pilot.app.screen.query_one("#line", FormInput).value = LINE
        pilot.app.screen.query_one("#name", FormInput).value = "again"
        await press(pilot, "ctrl+s")
        assert f"already key {made.id} of heling" in frame(pilot)
        await press(pilot, "escape", "tab")
        assert "Revoke" in frame(pilot).splitlines()[-1]
        await press(pilot, "x")
        assert "cannot be taken back" in frame(pilot)
        await press(pilot, "escape")
        assert stocked.read(keys.listed, "heling", by=KEEPER)[0].revoked_at is None
        await press(pilot, "x", *"lost", "enter")
        gone = stocked.read(keys.listed, "heling", by=KEEPER)[0]
        assert (gone.id, gone.revoked_by) == (made.id, "keeper")
        assert f"Key {made.id} is revoked" in frame(pilot)
        await press(pilot, "x")
        assert "revoked" in frame(pilot).splitlines()[-2]


async def test_whoever_is_in_is_asked_about_before_they_are_put_out(stocked: Store) -> None:
    entered = stocked.write(sessions.begin_by_key, 1, HERE)
    async with running(stocked, by=KEEPER) as pilot:
        assert "10.6.1.12" in frame(pilot)
        await press(pilot, "home", *["down"] * 5, "x")
        assert "wangfang is kept out" in frame(pilot)
        await press(pilot, "escape", "tab", "tab", "x")
        assert "is put out" in frame(pilot)
        await press(pilot, "enter")
        assert f"Session {entered.id} is closed" in frame(pilot)
        await press(pilot, "v")
        assert "put out" in frame(pilot)


async def test_everybody_finds_their_own_keys_and_no_others(stocked: Store) -> None:
    for by, other in ((OPERATOR, "keeper"), (SCHOOL, "wangfang"), (SUPERVISOR, "wangfang")):
        async with running(stocked, by=by) as pilot:
            await press(pilot, "K")
            offered = {one.action for one in pilot.app.screen.commands()}  # type: ignore[attr-defined]
            assert ("app.go('audit')" in offered) == (by is SUPERVISOR)
            shown = frame(pilot)
            assert f"Keys of {by.login}" in shown
            assert other not in shown
            assert "Invite" not in shown
            await press(pilot, "n", "e", "a", "x")
            assert frame(pilot) == shown
            await press(pilot, "A")
            told = frame(pilot)
            assert ("Row " in told) == (by is SUPERVISOR)
            assert ("You may not do this" in told) == (by is not SUPERVISOR)
    async with running(stocked, by=OPERATOR) as pilot:
        await press(pilot, "K", "tab", "end", "x", "enter")
    assert all(one.revoked_at for one in stocked.read(keys.listed, by=OPERATOR))


async def test_the_trail_is_filtered_shown_field_by_field_and_checked(stocked: Store) -> None:
    async with running(stocked, by=KEEPER) as pilot:
        await press(pilot, "A")
        await press(pilot, "f", *"Revoke!", "enter")
        assert "is no person, kind" in frame(pilot)
        await press(pilot, "escape", "f", *"key revoke", "enter")
        shown = frame(pilot)
        assert "Revoked: false → true" in shown
        assert "Filtered by “key revoke”" in shown
        await press(pilot, "c")
        assert "The chain is whole" in frame(pilot)
        stocked.write(spoil)
        await press(pilot, "c")
        assert "broken at 1 of" in frame(pilot)
        await press(pilot, "f", *(["backspace"] * 10), "enter", "home")
        newest = stocked.read(trail.page, by=KEEPER, limit=1).entries[0]
        assert pilot.app.screen.listed.code == str(newest.id)  # type: ignore[attr-defined]
        for _ in range(30):
            await pilot.press("pagedown")
        await settle(pilot)
        assert len(pilot.app.screen.listed.rows) >= 200  # type: ignore[attr-defined]


def spoil(session: Session) -> None:
    """What somebody with the file in their hands could do."""
    session.execute(sql("DROP TRIGGER audit_unchanged"))
    session.execute(sql("UPDATE audit SET reason = 'x' WHERE id = 40"))


async def test_two_administrators_who_change_one_person_are_both_heard(stocked: Store) -> None:
    async with running(stocked, by=KEEPER) as pilot:
        await press(pilot, "e")
        view = stocked.read(users.shown, "heling", by=KEEPER)
        theirs = UserDraft.model_validate({**users.draft_of(view).model_dump(), "lang": "zh"})
        stocked.write(users.change, "heling", theirs, version=view.version, by=KEEPER)
        pilot.app.screen.query_one("#most_sessions", FormInput).value = "4"
        await press(pilot, "ctrl+s")
        assert "Another administrator has saved heling meanwhile" in frame(pilot)
        await press(pilot, "ctrl+s")
        found = stocked.read(users.shown, "heling", by=KEEPER)
        assert (found.lang, found.most_sessions) == ("zh", 4)


async def test_a_key_that_comes_to_a_screen_with_nothing_on_it_does_nothing(stocked: Store) -> None:
    async with running(stocked, by=KEEPER) as pilot:
        await press(pilot, "K")
        await pilot.app.screen.remove_children()
        await press(pilot, "s", "v", "n")
        assert pilot.app.is_running
