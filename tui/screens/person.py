"""Forms for a person who may come in, and for a key of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from store.public_key import LONGEST
from store.schemas.access import InvitationDraft, KeyDraft, UserDraft, UserView
from store.schemas.records import Draft
from store.services import keys, users
from store.services.filing import Column
from tui.gateway import Gateway
from tui.i18n import _
from tui.screens.form import FormDialog


class PersonDialog(FormDialog):
    """Somebody new, or what can be changed of a person; answers with them as they are stored."""

    def __init__(self, gateway: Gateway, view: UserView | None = None) -> None:
        self._draft: type[Draft] = InvitationDraft if view is None else UserDraft
        super().__init__(gateway, view, {} if view is None else self.cells_of(view))

    def columns(self) -> Sequence[Column]:
        """The login only of somebody new."""
        return [
            Column(name, field.is_required(), tuple(_allowed(field.annotation)))
            for name, field in self._draft.model_fields.items()
        ]

    def title_words(self) -> str:
        """Who it is."""
        return _("Invite somebody") if self._view is None else str(self._view.login)

    def name_of(self, view: Any) -> str:
        """Their login."""
        return str(view.login)

    def read(self, typed: Mapping[str, str]) -> Draft:
        """Codes of organisations are capital letters, however they are typed."""
        cells = {**typed, "organisation": typed["organisation"].upper()}
        return self._draft.model_validate(cells)

    def cells_of(self, value: Any) -> dict[str, str]:
        """As they are typed."""
        cells = {name: getattr(value, name) for name in self._draft.model_fields}
        return {name: "" if cell is None else str(cell) for name, cell in cells.items()}

    async def store(self, draft: Any) -> Any:
        """Invite, or change."""
        by, view = self.gateway.by, self._view
        if view is None:
            person = UserDraft.model_validate(draft.model_dump(exclude={"login"}))
            return await self.gateway.write(users.invite, draft.login, person, by=by)
        return await self.gateway.write(
            users.change, view.login, draft, version=view.version, by=by
        )

    async def fetch(self) -> tuple[str, Any]:
        """The person as they are now; only administrators can have changed them."""
        view = await self.gateway.read(users.shown, self._view.login, by=self.gateway.by)
        return _("Another administrator"), view


class KeyDialog(FormDialog):
    """One more key for a person: a name, and the line of the `.pub` file, which is pasted."""

    LONGEST = LONGEST

    def __init__(self, gateway: Gateway, login: str) -> None:
        super().__init__(gateway, None, {})
        self._login = login

    def columns(self) -> Sequence[Column]:
        """The key first: its own comment can be its name."""
        return [Column("line", True, ()), Column("name", False, ())]

    def title_words(self) -> str:
        """Whose key."""
        return _("A key for {login}").format(login=self._login)

    def read(self, typed: Mapping[str, str]) -> KeyDraft:
        """Without a name the comment at the end of the line is taken."""
        comment = typed["line"].split(None, 2)[2:]
        name = typed["name"] or (comment[0] if comment else "")
        return KeyDraft.model_validate({**typed, "name": name[:60]})

    async def store(self, draft: Any) -> Any:
        """Add it."""
        return await self.gateway.write(keys.add, self._login, draft, by=self.gateway.by)


def _allowed(annotation: Any) -> Iterator[str]:
    """The words that a field may have."""
    is_literal = str(get_origin(annotation)).endswith("Literal")
    for part in get_args(annotation):
        if is_literal:
            yield str(part)
        else:
            yield from _allowed(part)
