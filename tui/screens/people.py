"""Who may come in, by which keys, and who is in; everybody else than administrators finds their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen

from store.errors import DuijieError
from store.schemas.access import KeyView, SessionView, UserView
from store.services import keys, sessions, users
from store.services.rights import Act, reach
from tui import people_text
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.safe import titled
from tui.screens.base import BaseScreen
from tui.screens.person import KeyDialog, PersonDialog
from tui.screens.record import ReasonDialog
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList, Row
from tui.words import role_word

R = TypeVar("R")
_KEEPING = ("invite", "change", "add_key", "suspend", "reinstate")


class PeopleScreen(BaseScreen[None]):
    """Left the people; right the keys of the one under the cursor, and whoever is in."""

    CSS_PATH = "people.tcss"
    AUTO_FOCUS = "#people"
    TITLE_WORD = "people"
    PURPOSE = mark(
        "Who may come in, by which keys, and who is in now. Tab goes to the next list; x acts on its line."
    )
    KINDS_SHOWN = frozenset({"user", "key", "session"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "invite", mark("Invite"), priority=True, id="people.invite"),
        Binding("e", "change", mark("Change"), priority=True, id="people.change"),
        Binding("a", "add_key", mark("Add a key"), priority=True, id="people.add_key"),
        Binding("delete,x", "suspend", mark("Suspend"), priority=True, id="people.suspend"),
        Binding(
            "delete,x", "reinstate", mark("Let in again"), priority=True, id="people.reinstate"
        ),
        Binding("delete,x", "revoke", mark("Revoke"), priority=True, id="people.revoke"),
        Binding("delete,x", "close", mark("Close"), priority=True, id="people.close"),
        Binding("v", "ended", mark("Next view"), id="people.ended"),
        Binding("f5,r", "reload", mark("Reload"), show=False, id="people.reload"),
        Binding("escape", "app.back", mark("Back"), id="people.back"),
    ]

    people = getters.query_one("#people", RecordList)
    keys = getters.query_one("#keys", RecordList)
    sessions = getters.query_one("#sessions", RecordList)

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway)
        self.keep: str | None = None
        self._keep_key: str | None = None
        self._people: dict[str, UserView] = {}
        self._keys: dict[str, KeyView] = {}
        self._sessions: dict[str, SessionView] = {}
        self._shows_ended = False
        self._may_keep = reach(gateway.by, Act.REGISTER, "user") is not None

    def body(self) -> ComposeResult:
        """Three lists."""
        with Horizontal(id="columns"):
            yield RecordList(
                ["", _("Login"), _("Role"), _("At"), _("In"), _("Name")],
                [1, 10, 11, 7, 4],
                id="people",
            )
            with Vertical(id="access"):
                with Vertical(id="keys-panel", classes="panel"):
                    yield RecordList(
                        [_("Number"), _("Name"), _("State"), _("Fingerprint")],
                        [6, 14, 24],
                        id="keys",
                    )
                with Vertical(id="sessions-panel", classes="panel"):
                    yield RecordList(
                        [_("Number"), _("Login"), _("State"), _("From where")],
                        [6, 10, 32],
                        id="sessions",
                    )

    def on_mount(self) -> None:
        """Read the lists."""
        super().on_mount()
        self.read_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done goes with the list that has the focus, and with who asks."""
        person = self._person if self.is_mounted else None
        if action in _KEEPING and not self._may_keep:
            return False
        if action in ("suspend", "reinstate"):
            is_theirs = person is not None and person.is_active == (action == "suspend")
            return self.focused is self.people and is_theirs
        if action == "revoke":
            return self.focused is self.keys
        if action == "close":
            return self.focused is self.sessions and not self._shows_ended
        return super().check_action(action, parameters)

    @property
    def _person(self) -> UserView | None:
        return self._people.get(self.people.code or "")

    def summary(self) -> str:
        """What is shown, in one sentence."""
        count = sum(one.open for one in self._people.values())
        counted = _("People: {people}. Open sessions: {count}.")
        return counted.format(people=len(self._people), count=count)

    async def reread(self, kinds: frozenset[str]) -> None:
        """People, keys and sessions as they are now."""
        by = self.gateway.by
        found = (
            await self.gateway.read(users.listed, by=by)
            if self._may_keep
            else (await self.gateway.read(users.shown, by.login, by=by),)
        )
        every = await self.gateway.read(keys.listed, by=by)
        visits = await self.gateway.read(sessions.listed, by=by, ended=self._shows_ended)
        if self.is_gone:
            return
        self._people = {one.login: one for one in found}
        self._keys = {str(one.id): one for one in every}
        self._sessions = {str(one.id): one for one in visits}
        keep, self.keep = self.keep, None
        self.people.update([_person_row(one) for one in found], keep=keep)
        self.sessions.update([_session_row(one) for one in visits])
        title = _("Sessions that are over") if self._shows_ended else _("Open sessions")
        self.query_one("#sessions-panel").border_title = titled(title)
        self._draw_keys()

    @on(RecordList.Moved, "#people")
    def _draw_keys(self) -> None:
        login = self.people.code or ""
        rows = [_key_row(one) for one in self._keys.values() if one.login == login]
        keep, self._keep_key = self._keep_key, None
        self.keys.update(rows, keep=keep)
        self.query_one("#keys-panel").border_title = titled(
            _("Keys of {login}").format(login=login)
        )
        self.refresh_bindings()

    def action_reload(self) -> None:
        """Read again."""
        self.read_all()

    def action_ended(self) -> None:
        """Sessions that are over, and back to those that are open."""
        self._shows_ended = not self._shows_ended
        self.read_all()

    @on(RecordList.Chosen, "#people")
    def _chosen(self) -> None:
        self.call_later(self.run_action, "change")

    async def action_invite(self) -> None:
        """Let somebody new in."""
        await self._open(PersonDialog(self.gateway), self._saved)

    async def action_change(self) -> None:
        """Change a person's name, role, organisation, language or limit."""
        person = self._person
        if person is not None:
            await self._open(PersonDialog(self.gateway, person), self._saved)

    async def action_add_key(self) -> None:
        """One more key for the person under the cursor."""
        if self._person is not None:
            await self._open(KeyDialog(self.gateway, self._person.login), self._saved)

    async def _open(self, dialog: ModalScreen[R], answered: Callable[[R | None], None]) -> None:
        """Open a dialog and put the focus into its first field before the next key is handled."""
        await self.app.push_screen(dialog, answered)
        dialog.set_focus(dialog.query(FormInput).first())

    def _saved(self, made: UserView | KeyView | None) -> None:
        if made is not None:
            self.keep = made.login
            self._keep_key = str(made.id) if isinstance(made, KeyView) else None
            self.read_all(_("✓ Saved: {login}.").format(login=made.login))

    async def action_suspend(self) -> None:
        """Keep a person out; asked about only where they are in, since it can be taken back."""
        person = self._person
        if person is None:
            return
        told = people_text.suspension(person)
        if person.open:
            await self._ask(told, users.suspend, person.login, told)
        else:
            self._save(users.suspend, person.login, told)

    def action_reinstate(self) -> None:
        """Let a suspended person in again."""
        login = self.people.code
        if login is not None:
            self._save(users.reinstate, login, _("{login} may come in again.").format(login=login))

    async def action_revoke(self) -> None:
        """Revoke a key for good."""
        key = self._keys.get(self.keys.code or "")
        if key is None:
            return
        if key.revoked_at is not None:
            self.tell(people_text.key_state(key), is_failure=True)
            return
        open_now = () if self._shows_ended else tuple(self._sessions.values())
        told = _("Key {id} is revoked.").format(id=key.id)
        await self._ask(people_text.revocation(key, open_now), keys.revoke, key.id, told)

    async def action_close(self) -> None:
        """Put somebody out of a session."""
        found = self._sessions.get(self.sessions.code or "")
        if found is not None:
            told = _("Session {id} is closed.").format(id=found.id)
            await self._ask(people_text.closing(found), sessions.close, found.id, told)

    async def _ask(
        self, question: str, service: Callable[..., Any], which: str | int, told: str
    ) -> None:
        """Say what follows; Enter goes ahead, with a reason where one was written."""

        def answered(reason: str | None) -> None:
            if reason is not None:
                self._save(partial(service, reason=reason), which, told)

        await self._open(ReasonDialog(question), answered)

    @work(group="save")
    async def _save(self, service: Callable[..., Any], which: str | int, told: str) -> None:
        try:
            await self.gateway.write(service, which, by=self.gateway.by)
        except DuijieError as error:
            self.tell_failure(error)
            return
        self.read_all(told)

    def on_descendant_focus(self) -> None:
        """Which keys there are depends on the list."""
        self.refresh_bindings()


def _person_row(one: UserView) -> Row:
    sign = "" if one.is_active else "✕"
    cells = (sign, one.login, role_word(one.role), one.organisation, str(one.open or ""), one.name)
    return Row(one.login, cells)


def _key_row(one: KeyView) -> Row:
    state = people_text.key_state(one)
    return Row(str(one.id), (str(one.id), one.name, state, one.fingerprint))


def _session_row(one: SessionView) -> Row:
    state = people_text.session_state(one)
    return Row(str(one.id), (str(one.id), one.login, state, one.origin))
