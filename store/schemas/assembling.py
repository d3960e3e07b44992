"""Drafts out of values that each passed its field's own checks: left is what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, core_schema

from store.schemas.records import Draft


def assembled(draft: type[Draft], values: Sequence[Mapping[str, Any]]) -> list[Draft]:
    """A draft of each record's values by field; those left out are the fields' defaults.

    ValidationError, its places beginning with a record's number, where values do not go together. Values
    that no field has checked are not checked here either.
    """
    found: list[Draft] = _validator(draft).validate_python(values)
    return found


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
