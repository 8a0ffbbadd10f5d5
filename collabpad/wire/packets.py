"""Socket.IO packets (protocol 5), and JSON within limits.

The parser of python-socketio raises whatever it meets, recurses as deep as a packet asks, and waits
for binary attachments that never come.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn

from ..errors import BadRequest
from .frames import Outgoing, outgoing

MAX_DEPTH = 32
MAX_VALUES = 20_000  # else a packet of 4 MiB could hold a million lists, 100 MB of objects
MAX_ACK_ID = 2**53 - 1  # what a JavaScript client can count to
MAX_ATTACHMENTS = 100

_PACKET = re.compile(r"([0-6])(?:([0-9]{1,16})-)?(?:(/[^,]*+)(?:,|\Z))?+([0-9]*+)(.*)", re.DOTALL)
# Also matches without a closing quote, or the search would start again at each quote inside.
STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


class PacketType:
    """As on the wire."""

    CONNECT: Final = "0"
    DISCONNECT: Final = "1"
    EVENT: Final = "2"
    ACK: Final = "3"
    CONNECT_ERROR: Final = "4"
    BINARY_EVENT: Final = "5"
    BINARY_ACK: Final = "6"


class Packet(NamedTuple):
    """A packet with its JSON `body` unparsed."""

    type: str
    namespace: str
    ack_id: int | None
    attachments: int
    body: str


def parse_packet(text: str, start: int = 0) -> Packet:
    """Parse the packet from `start` on. Raises BadRequest if it is malformed."""
    match = _PACKET.fullmatch(text, start)
    if match is None:
        raise BadRequest("This is not a Socket.IO packet.")
    kind, attachments, namespace, ack_id, body = match.groups()
    if len(ack_id) > 16 or (ack_id and int(ack_id) > MAX_ACK_ID):
        raise BadRequest("The packet's acknowledgement number is too large.")
    if attachments and kind not in "56":
        raise BadRequest("Only binary packets have attachments.")
    return Packet(
        kind,
        namespace.partition("?")[0] if namespace else "/",
        int(ack_id) if ack_id else None,
        min(int(attachments or 0), MAX_ATTACHMENTS),
        body,
    )


def parse_event(body: str) -> tuple[str, list[object]]:
    """The name and arguments of an event. Raises BadRequest if it has no name."""
    value = parse_json(body)
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        raise BadRequest("An event is a JSON array that begins with its name.")
    return value[0], value[1:]


def encode_event(name: str, data: object) -> Outgoing:
    """`data` is the argument of the event: None for none, a tuple for several."""
    arguments = data if isinstance(data, tuple) else () if data is None else (data,)
    return outgoing("42" + dump_json([name, *arguments]))


def encode_ack(ack_id: int, answer: object) -> Outgoing:
    return outgoing(f"43{ack_id}{dump_json([answer])}")


def dump_json(value: object) -> str:
    """Compact JSON that every parser accepts. Raises ValueError for NaN and infinities."""
    text = _ENCODER.encode(value)
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:  # a lone surrogate is escaped
            return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text


def parse_json(text: str, most_values: int = MAX_VALUES) -> object:
    """Parse JSON of limited depth and size, with finite numbers. Raises BadRequest."""
    values = text.count(",") + text.count("[") + text.count("{")
    if values > most_values and count_values(STRING.sub("", text)) > most_values:
        raise BadRequest("The JSON holds too many values.")
    try:
        value: object = DECODER.decode(text)
    except BadRequest:
        raise
    except (ValueError, RecursionError):  # deep nesting raises RecursionError, not ValueError
        raise BadRequest("This is not valid JSON.") from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise BadRequest("The JSON is nested too deeply.")
    return value


def count_values(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{")


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [child for parent in level for child in _children(parent)]
    return depth


def _children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise BadRequest("A number is too large.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not JSON.")


_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant)
