"""JSON Schema from types."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest

from collabpad.protocol.fields import optional, required, title
from collabpad.protocol.http_bodies import Count
from collabpad.web.json_schema import answer_schema, request_schema


class Colour(StrEnum):
    RED = "red"


class Inner(TypedDict):
    size: Count


class Answer(TypedDict):
    """What comes back."""

    name: str
    inner: Inner
    rows: list[Inner]
    colour: Colour | None
    kind: Literal["a", "b"]
    more: NotRequired[Annotated[str | None, "If any."]]


@dataclass(frozen=True, kw_only=True)
class Request:
    name: str = required(title)
    colour: Colour = optional(title, Colour.RED)


def test_an_answer() -> None:
    inner = {"$ref": "#/components/schemas/Inner"}
    assert answer_schema(Answer) == {
        "type": "object",
        "description": "What comes back.",
        "required": ["name", "inner", "rows", "colour", "kind"],
        "properties": {
            "name": {"type": "string"},
            "inner": inner,
            "rows": {"type": "array", "items": inner},
            "colour": {"enum": ["red", None]},
            "kind": {"enum": ["a", "b"]},
            "more": {"type": ["string", "null"], "description": "If any."},
        },
    }
    assert answer_schema(Inner)["properties"]["size"] == {"type": "integer", "minimum": 0}


def test_a_request_may_have_null_where_a_field_may_be_left_out() -> None:
    schema = request_schema(Request, {title: {"maxLength": 3}})
    assert schema["required"] == ["name"]
    assert schema["properties"]["name"] == {"type": "string", "maxLength": 3}
    assert schema["properties"]["colour"] == {"enum": ["red", None], "maxLength": 3}


def test_a_type_that_json_schema_does_not_have() -> None:
    class Odd(TypedDict):
        value: set[Any]

    with pytest.raises(TypeError):
        answer_schema(Odd)
