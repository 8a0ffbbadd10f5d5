"""JSON Schema from the types of the contract."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from ..protocol.http_bodies import Keyword

Json = dict[str, Any]

_SIMPLE: dict[Any, Json] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
    object: {},
}


def reference(kind: type) -> Json:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def answer_schema(kind: Any) -> Json:
    """The schema of a TypedDict, or of a dataclass that is sent; it refers to the types in it."""
    hints = get_type_hints(kind, include_extras=True)
    schema: Json = {
        "type": "object",
        "required": [name for name, hint in hints.items() if get_origin(hint) is not NotRequired],
        "properties": {name: _schema(hint) for name, hint in hints.items()},
    }
    about = inspect.getdoc(kind) or ""
    if about == inspect.getdoc(dict):
        return schema
    return {**schema, "description": about.replace("\n", " ")}


def request_schema(kind: Any, keywords: Mapping[Any, Json]) -> Json:
    """The schema of a dataclass that is parsed; `keywords` by the checks of its fields. What may be
    left out may be null."""
    hints = get_type_hints(kind)
    properties = {}
    for each in fields(kind):
        hint = hints[each.name] if each.default is MISSING else hints[each.name] | None
        properties[each.name] = {**_schema(hint), **keywords.get(each.metadata["check"], {})}
    required = [each.name for each in fields(kind) if each.default is MISSING]
    return {"type": "object", "required": required, "properties": properties}


def _schema(hint: Any) -> Json:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if is_typeddict(hint):
        return reference(hint)
    if inspect.isclass(hint) and issubclass(hint, StrEnum):
        return {"enum": [str(each) for each in hint]}
    return _composed(get_origin(hint), get_args(hint))


def _composed(origin: Any, arguments: tuple[Any, ...]) -> Json:
    if origin is NotRequired:
        return _schema(arguments[0])
    if origin is Annotated:
        return _annotated(*arguments)
    if origin is Literal:
        return {"enum": list(arguments)} if len(arguments) > 1 else {"const": arguments[0]}
    if origin in (Union, UnionType):
        return _nullable(*arguments)
    if origin in (list, Sequence):
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    raise TypeError(f"no JSON Schema for {origin}{arguments}")


def _annotated(hint: Any, *extras: Any) -> Json:
    schema = dict(_schema(hint))
    for each in extras:
        keyword = each if isinstance(each, Keyword) else Keyword("description", each)
        schema[keyword.name] = keyword.value
    return schema


def _nullable(hint: Any, _null: None) -> Json:
    schema = _schema(hint)
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}
