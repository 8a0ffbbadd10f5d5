"""From a JSON object to a dataclass whose fields carry their own checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, field, fields
from typing import Any, Final, TypeVar, cast

from ..errors import BadRequest, TooLarge
from ..settings import Limits

T = TypeVar("T")
Check = Callable[[object, Limits], object]
"""Takes what a client sent and returns its clean value; raises `BadRequest` or `TooLarge`."""


class Unset:
    """Stands for a field that the sender left out, where null has a meaning of its own."""


UNSET: Final = Unset()


def required(check: Check) -> Any:
    """A field that must be there."""
    return field(metadata={"check": check})


def optional(check: Check, default: object = None) -> Any:
    """A field that may be left out; null counts as left out, unless the default is UNSET."""
    return field(default=default, metadata={"check": check})


def parse(kind: type[T], payload: object, limits: Limits) -> T:
    """A `kind` from a JSON object; fields that `kind` does not have are ignored."""
    if not isinstance(payload, dict):
        raise BadRequest("The payload must be an object.")
    for ignored in payload.keys() - {each.name for each in fields(cast(Any, kind))}:
        if isinstance(payload[ignored], str):
            _checked("payload", payload[ignored], limits, lambda value, _: string(value))
    values: dict[str, object] = {}
    for each in fields(cast(Any, kind)):
        value = payload.get(each.name, UNSET)
        is_required = each.default is MISSING
        if value is UNSET and is_required:
            raise BadRequest(f"`{each.name}` is missing.")
        if value is UNSET or (value is None and not is_required and each.default is not UNSET):
            continue
        values[each.name] = _checked(each.name, value, limits, each.metadata["check"])
    return kind(**values)


def string(value: object) -> str:
    if not isinstance(value, str):
        raise BadRequest("must be a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequest("holds half of a surrogate pair") from None
    return value


def _checked(field_name: str, value: object, limits: Limits, check: Check) -> object:
    try:
        return check(value, limits)
    except (BadRequest, TooLarge) as error:
        raise type(error)(f"`{field_name}` {error.message}.") from None
