"""Socket.IO packets and JSON from strangers: understood, or a bad request."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from socketio.packet import Packet as LibraryPacket

from collabpad.errors import BadRequest
from collabpad.wire.packets import (
    MAX_DEPTH,
    Packet,
    PacketType,
    dump_json,
    encode_ack,
    encode_event,
    parse_event,
    parse_json,
    parse_packet,
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)
event_arguments = st.lists(json_values, max_size=3)
ack_ids = st.none() | st.integers(0, 2**53 - 1)


@given(st.text(max_size=30), event_arguments, ack_ids)
def test_events_as_the_library_encodes_them_are_understood(
    name: str, arguments: list[object], ack_id: int | None
) -> None:
    text = LibraryPacket(data=[name, *arguments], namespace="/", id=ack_id).encode()
    packet = parse_packet(text)
    assert (packet.type, packet.namespace, packet.ack_id) == (PacketType.EVENT, "/", ack_id)
    assert parse_event(packet.body) == (name, arguments)


@given(st.text(max_size=30), st.dictionaries(st.text(), json_values, max_size=3))
def test_events_that_we_encode_are_understood_by_the_library(
    name: str, payload: dict[str, object]
) -> None:
    packet = LibraryPacket(encoded_packet=encode_event(name, payload).text[1:])
    assert (packet.packet_type, packet.data) == (2, [name, payload])
    acknowledgement = LibraryPacket(encoded_packet=encode_ack(7, payload).text[1:])
    expected = (3, 7, [payload])
    assert (acknowledgement.packet_type, acknowledgement.id, acknowledgement.data) == expected


@given(st.text() | st.from_regex(r"[0-6]([0-9]+-)?(/[a-z]*,)?[0-9]*[\[{\"].*"))
@example("2" * 1000)
@example("/" * 1000)
@example('2["' + "\\" * 1001)
def test_any_text_is_a_packet_or_a_bad_request(text: str) -> None:
    try:
        packet = parse_packet(text)
        parse_event(packet.body)
    except BadRequest:
        pass


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0", Packet(PacketType.CONNECT, "/", None, 0, "")),
        ('0{"token":1}', Packet(PacketType.CONNECT, "/", None, 0, '{"token":1}')),
        ("0/admin", Packet(PacketType.CONNECT, "/admin", None, 0, "")),
        ("0/admin?a=b,{}", Packet(PacketType.CONNECT, "/admin", None, 0, "{}")),
        ("1/admin,", Packet(PacketType.DISCONNECT, "/admin", None, 0, "")),
        ('2/admin,12["x"]', Packet(PacketType.EVENT, "/admin", 12, 0, '["x"]')),
        ('52-/a,3["x"]', Packet(PacketType.BINARY_EVENT, "/a", 3, 2, '["x"]')),
        ("5999-[]", Packet(PacketType.BINARY_EVENT, "/", None, 100, "[]")),
        ('2["\n"]', Packet(PacketType.EVENT, "/", None, 0, '["\n"]')),
    ],
)
def test_envelopes(text: str, packet: Packet) -> None:
    assert parse_packet(text) == packet


@given(json_values)
def test_json_survives_the_way_out_and_in(value: object) -> None:
    assert parse_json(dump_json(value)) == value
    assert json.loads(dump_json(value)) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_json_is_never_sent(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        dump_json({"value": value})


def test_nesting_is_bounded() -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 900, 100_000):
        with pytest.raises(BadRequest):
            parse_json("[" * depth + "]" * depth)
        with pytest.raises(BadRequest):
            parse_json('{"a":' * depth + "1" + "}" * depth)


def test_brackets_and_commas_within_strings_do_not_count() -> None:
    code = '[{"\\\\,' * 100_000
    assert parse_json(json.dumps(["code_change", {"content": code}])) == [
        "code_change",
        {"content": code},
    ]


def test_many_values_are_refused() -> None:
    assert parse_json(json.dumps([0] * 20_000))
    many: list[object] = [
        [0] * 20_001,
        [[]] * 15_000,
        {str(key): {} for key in range(15_000)},
    ]
    for value in many:
        with pytest.raises(BadRequest):
            parse_json(json.dumps(value))
