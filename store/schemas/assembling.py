"""Drafts out of values or cells, and of rows that are wrong all that is right in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError, SchemaValidator, core_schema

from store.schemas.records import Draft


def assembled(draft: type[Draft], values: Sequence[Mapping[str, Any]]) -> list[Draft]:
    """A draft of each record's values by field; those left out are the fields' defaults.

    ValidationError, its places beginning with a record's number, where values do not go together. Values
    that no field has checked are not checked here either.
    """
    found: list[Draft] = _validator(draft).validate_python(values)
    return found


class Fault(NamedTuple):
    """What is wrong with a field, or with several together where it names none: a code and its data."""

    column: str
    code: str
    params: Mapping[str, Any]


def read_cells(
    draft: type[Draft], cells: Mapping[str, str], wrong: Collection[str] = ()
) -> tuple[Draft, list[Fault]]:
    """The draft of a row's cells and all that is wrong with it, but for fields known to be wrong.

    Where any field is wrong the draft lacks it altogether, be there a default or not.
    """
    said = {name: cell for name, cell in cells.items() if name not in wrong}
    faults: list[Fault] = []
    try:
        whole = draft.model_validate(said)
    except ValidationError as error:
        faults = [_fault(one) for one in error.errors(include_url=False)]
    else:
        if not wrong:
            return whole, []
    faults = [one for one in faults if one.column not in wrong]
    lacking = {*wrong, *(one.column for one in faults if one.column)}
    fields = _fields(draft)
    right = {
        name: fields[name].validate_python(cell)
        for name, cell in said.items()
        if cell and name not in lacking
    }
    rest = draft.model_construct(**right)
    for name in lacking:
        rest.__dict__.pop(name, None)
    return rest, [*(one for one in faults if one.column), *_together(rest)]


def _fault(detail: Any) -> Fault:
    column = str(detail["loc"][0]) if detail["loc"] else ""
    params = {name: value for name, value in detail.get("ctx", {}).items() if name != "error"}
    return Fault(column, detail["type"], params)


def _together(rest: Draft) -> list[Fault]:
    """What is wrong with the fields together, as far as those that are right tell it."""
    try:
        if hasattr(rest, "consistent"):
            rest.consistent()
    except AttributeError:  # it speaks of a field that is wrong
        return []
    except PydanticCustomError as error:
        return [Fault("", error.type, error.context or {})]
    return []


@cache
def _fields(draft: type[Draft]) -> Mapping[str, TypeAdapter[Any]]:
    return {
        name: TypeAdapter(info.rebuild_annotation()) for name, info in draft.model_fields.items()
    }


@cache
def _validator(draft: type[Draft]) -> SchemaValidator:
    draft.model_rebuild()
    return SchemaValidator(core_schema.list_schema(_taken(draft.__pydantic_core_schema__)))


def _taken(schema: Any) -> Any:
    """A draft's own schema that takes every field's value as it is."""
    if schema["type"] == "model-fields":
        fields = {name: _taken_field(field) for name, field in schema["fields"].items()}
        return {**schema, "fields": fields}
    if schema["type"] == "function-before":  # empty cells, of which there are none here
        return _taken(schema["schema"])
    return {**schema, "schema": _taken(schema["schema"])}


def _taken_field(field: Any) -> Any:
    about = field["schema"]
    bare = core_schema.any_schema()
    return {**field, "schema": {**about, "schema": bare} if about["type"] == "default" else bare}
