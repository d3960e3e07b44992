"""Vacancies as they cross the store's border: posts of firms, and who was referred to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from store.schemas.fields import Code, Day, Heads, Level, Text120, Text200, Text500
from store.schemas.records import Draft

Answer = Literal["hired", "declined", "refused"]


class VacancyDraft(Draft):
    """So many heads that a firm looks for until a day; without an occupation its title says which."""

    enterprise: Code
    title: Text120
    occupation: Code | None = None
    level: Level | None = None
    heads: Heads
    until: Day
    note: Text200 | None = None


class AnswerDraft(Draft):
    """What came of a referral: hired, declined by the person or refused by the firm; on which day."""

    result: Answer
    day: Day
    note: Text500 | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """Somebody referred to a vacancy, the name masked; `result` is open until there is an answer."""

    id: int
    vacancy: str
    title: str
    enterprise_name: str
    trainee: str
    name: str
    day: date
    result: str
    result_day: date | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A vacancy with how many of its heads are found, and the needs and classes that train for it.

    Who was referred is told where one vacancy is asked for, of the people that the reader may see.
    """

    code: str
    status: str
    owner: str
    enterprise: str
    enterprise_name: str
    title: str
    occupation: str | None
    occupation_name: str
    level: int | None
    heads: int
    filled: int
    until: date
    note: str | None
    needs: tuple[str, ...]
    classes: tuple[str, ...]
    referrals: tuple[Referral, ...] = ()

    @property
    def left(self) -> int:
        """Heads that are still looked for."""
        return max(0, self.heads - self.filled)
