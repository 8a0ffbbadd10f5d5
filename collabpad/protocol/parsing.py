"""From what came over the wire to the dataclass that it is."""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar, cast

from ..errors import BadRequest, TooLarge, UnknownEvent
from ..settings import Limits
from .client_events import CLIENT_EVENTS, ClientEvent, JoinSession
from .fields import UNSET, Check, string

T = TypeVar("T")


def parse_event(event: str, args: list[object], limits: Limits) -> ClientEvent:
    """The event that a client sent; raises `UnknownEvent`, `BadRequest` or `TooLarge`."""
    kind = CLIENT_EVENTS.get(event)
    if kind is None:
        raise UnknownEvent("There is no such event; see the protocol for those that there are.")
    if len(args) != 1:
        raise BadRequest("An event carries one argument, an object.")
    payload = args[0]
    if kind is JoinSession and isinstance(payload, dict) and payload.get("resume") is not None:
        payload = {**payload, "name": None}  # rule: a resuming client's name is ignored
    return parse(kind, payload, limits)


def parse(kind: type[T], payload: object, limits: Limits) -> T:
    """A `kind` from a JSON object; fields that `kind` does not have are ignored."""
    if not isinstance(payload, dict):
        raise BadRequest("The payload must be an object.")
    checks = _checks_of(cast(Any, kind))
    for name in payload.keys() - checks.keys():
        if isinstance(payload[name], str):
            try:
                string(payload[name])
            except BadRequest as error:
                raise BadRequest(f"`payload` {error.message}.") from None
    values: dict[str, object] = {}
    for name, (check, default) in checks.items():
        value = payload.get(name, UNSET)
        if value is UNSET and default is MISSING:
            raise BadRequest(f"`{name}` is missing.")
        if value is UNSET or (value is None and default is not MISSING and default is not UNSET):
            continue
        try:
            values[name] = check(value, limits)
        except (BadRequest, TooLarge) as error:
            raise type(error)(f"`{name}` {error.message}.") from None
    return kind(**values)


@cache
def _checks_of(kind: Any) -> dict[str, tuple[Check, object]]:
    """The check of each field, and its default or MISSING."""
    return {each.name: (each.metadata["check"], each.default) for each in fields(kind)}
