"""Drafts and views of people who are trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from matching.subsidy.facts import Category
from store.schemas.fields import Code, Day, Level, NotIdentity, Text60, Text200, Text500
from store.schemas.records import Draft, Stated

Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9*][0-9* -]{4,18}$"),
    NotIdentity,
]
TraineeNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9/-]{0,16}$"),
    NotIdentity,
]
Attended = Literal["present", "absent", "late", "leave"]
Funding = Literal["firm", "government", "trainee"]
Outcome = Literal["same_post", "promoted", "new_job", "self_employed", "unemployed", "not_reached"]
_MASK = "*"


class TraineeDraft(Draft):
    """A person: name, telephone, category with evidence, employer, and the centre's own number.

    A name or a telephone with `*` in it is one that was shown masked: it stays as it is stored.
    """

    name: Text60
    phone: Phone | None = None
    number: TraineeNumber | None = None
    category: Category = "employed"
    evidence: Text200 | None = None
    experience: Text200 | None = None
    employer: Code | None = None


class TraineeView(Stated):
    """A person as they may be shown; `identity` is the masked number, `employer_name` the firm's."""

    name: str
    phone: str | None
    number: str | None
    category: str
    evidence: str | None
    experience: str | None
    employer: str | None
    employer_name: str | None = None
    merged_into: str | None
    identity: str | None = None


class ResultDraft(Draft):
    """What an assessment came to; trade and level are the course's where they are not said."""

    outcome: Literal["passed", "failed", "absent"]
    day: Day
    occupation: Code | None = None
    level: Level | None = None
    certificate: Text60 | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _certified(self) -> ResultDraft:
        """Only who passed has a certificate, and one is valid from its day on."""
        if self.outcome != "passed" and (self.certificate or self.valid_to):
            raise PydanticCustomError("certificate_without_pass", "no certificate without a pass")
        if self.valid_to is not None and self.valid_to < self.day:
            shown = {"first": str(self.day), "last": str(self.valid_to)}
            raise PydanticCustomError("days_order", "days in order", shown)
        return self


class OutcomeDraft(Draft):
    """What somebody does after a certificate, found out on a day; `vacancy` is one that led to a new job."""

    kind: Outcome
    day: Day
    note: Text500 | None = None
    vacancy: Code | None = None


def masked_name(name: str) -> str:
    """The family name, or the first letter, and a sign for each other character: 王**."""
    return name[:1] + _MASK * max(1, len(name) - 1)


def masked_phone(phone: str | None) -> str | None:
    """The first three and the last two digits; nothing of a short one."""
    if phone is None or len(phone) < 8:
        return phone and _MASK * len(phone)
    return phone[:3] + _MASK * (len(phone) - 5) + phone[-2:]


def masked_identity(number: str) -> str:
    """The first and the last character: 3****************X."""
    return number[:1] + _MASK * (len(number) - 2) + number[-1:]
