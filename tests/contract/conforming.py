"""Whether what crosses the wire is what its type says: to the field, and to the value."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
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

from collabpad.protocol.client_events import CLIENT_EVENTS
from collabpad.protocol.server_events import SERVER_EVENTS

from .wire_code import fields_of

_hints = cache(lambda kind: get_type_hints(kind, include_extras=True))
_fields = cache(fields_of)


def check_event(event: str, payload: object) -> None:
    """Fails where the server sends what docs/protocol.md does not have."""
    assert event in SERVER_EVENTS, f"the server says {event!r}, which is no event"
    check(payload, SERVER_EVENTS[event].payload, event)


def check_acknowledgement(event: str, answer: Mapping[str, object]) -> None:
    """Of an event that was taken."""
    held = {name: value for name, value in answer.items() if name != "ok"}
    check(held, CLIENT_EVENTS[event].answer, f"the answer to {event}")


def check(value: Any, hint: Any, where: str) -> None:
    """Fails unless `value`, JSON or what becomes JSON, is of the type `hint`."""
    if is_typeddict(hint):
        _check_object(value, hint, where)
    elif inspect.isclass(hint):
        _check_simple(value, hint, where)
    else:
        _check_composed(value, get_origin(hint), get_args(hint), where)


def _check_object(value: Any, kind: Any, where: str) -> None:
    assert isinstance(value, Mapping), f"{where} is {value!r}, not a {kind.__name__}"
    known = _fields(kind)
    odd = sorted((known.all - known.optional - value.keys()) | (value.keys() - known.all))
    assert not odd, f"{where} is no {kind.__name__}: {odd}"
    hints = _hints(kind)
    for name, part in value.items():
        check(part, hints[name], f"{where}.{name}")


def _check_simple(value: Any, kind: type, where: str) -> None:
    if issubclass(kind, StrEnum):
        assert value in list(kind), f"{where} is {value!r}, not a {kind.__name__}"
        return
    kinds = (int, float) if kind is float else (kind,)
    right = isinstance(value, kinds) and (kind in (bool, object) or not isinstance(value, bool))
    assert right, f"{where} is {value!r}, not {kind.__name__}"


def _check_composed(value: Any, origin: Any, arguments: tuple[Any, ...], where: str) -> None:
    if origin in (Annotated, NotRequired):
        check(value, arguments[0], where)
    elif origin is Literal:
        assert value in arguments, f"{where} is {value!r}, not one of {arguments}"
    elif origin in (Union, UnionType):
        if value is not None or NoneType not in arguments:
            (kind,) = [each for each in arguments if each is not NoneType]
            check(value, kind, where)
    else:
        for part, kind in _parts(value, origin, arguments, where):
            check(part, kind, f"{where}[]")


def _parts(
    value: Any, origin: Any, arguments: tuple[Any, ...], where: str
) -> Iterable[tuple[Any, Any]]:
    """What is in a dict, tuple or list, each part with its type."""
    if origin is dict:
        return [(part, arguments[1]) for part in value.values()]
    assert isinstance(value, list | tuple), f"{where} is {value!r}, not a list"
    if origin is tuple:
        return zip(value, arguments, strict=True)
    return [(part, arguments[0]) for part in value]
