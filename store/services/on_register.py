"""What saving an instructor's record does to what the register says of them."""

from __future__ import annotations

from typing import TypeVar

from store.errors import NotAllowedError
from store.lifecycles import INSTRUCTOR_REGISTER
from store.schemas.actor import Actor, Role
from store.schemas.records import Draft, InstructorDraft
from store.services.rights import Act

KIND = "instructor_register"
_FIELDS = (
    "register_number",
    "registered_on",
    "register_state",
    "register_ended",
    "register_reason",
)
_SAID = ("name", "employment", "teaches", "qualifications")  # what an entry was made on
D = TypeVar("D", bound=Draft)


def refuse_own_word(draft: Draft, by: Actor) -> None:
    """What the register says of somebody new is not for whoever enters them to say."""
    if not isinstance(draft, InstructorDraft) or by.role in (Role.SUPERVISOR, Role.SYSTEM):
        return
    if draft.register_number is not None:
        raise NotAllowedError(Act.REGISTER, KIND)


def edited(before: Draft, draft: D) -> D:
    """An entry of somebody whose name, employment or trades are changed has to be looked through."""
    if not isinstance(before, InstructorDraft) or before.register_state != "filed":
        return draft
    if all(getattr(before, name) == getattr(draft, name) for name in _SAID):
        return draft
    if getattr(draft, "register_state", None) != "filed":
        return draft
    step = INSTRUCTOR_REGISTER.step("change", "filed")
    return draft.model_copy(update={"register_state": step.after})


def kept(before: Draft, draft: D) -> D:
    """An earlier word about somebody with what the register says now."""
    if not isinstance(before, InstructorDraft):
        return draft
    return draft.model_copy(update={name: getattr(before, name) for name in _FIELDS})
