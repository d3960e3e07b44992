"""Drafts and views of local occupations: trades that the national classification does not have yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from store.schemas.fields import Code, Day, Level, Text60, Text200
from store.schemas.records import Draft

_MOST_NAMES = 12


def _read_names(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(
        dict.fromkeys(one.strip() for one in value.replace("，", ",").split(",") if one.strip())
    )


Names = Annotated[tuple[Text60, ...], BeforeValidator(_read_names)]


class LocalOccupationDraft(Draft):
    """A local occupation: its names, the national code it is nearest to, ladder, source, first day."""

    name: Text60
    also: Names = ()
    near: Code
    lowest: Level | None = None
    highest: Level | None = None
    source: Text200
    valid_from: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.lowest is None) != (self.highest is None) or (self.lowest or 0) > (
            self.highest or 0
        ):
            raise PydanticCustomError("ladder_order", "ladder_order", {})
        if len(self.also) > _MOST_NAMES:
            raise PydanticCustomError("names_many", "names_many", {"most": _MOST_NAMES})
        return self


@dataclass(frozen=True, slots=True)
class LocalOccupation:
    """A local occupation, and the national code that it became; how many needs and courses have it."""

    code: str
    name: str
    also: tuple[str, ...]
    near: str
    near_name: str
    lowest: int | None
    highest: int | None
    source: str
    valid_from: date
    needs: int
    courses: int
    mapped_to: str | None
    mapped_name: str
    mapped_on: date | None
