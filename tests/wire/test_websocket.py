"""WebSockets under attack and on slow links: frames, limits, backlogs, memory."""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any

import pytest

from tests.wire.conftest import StartWire
from tests.wire.wire_harness import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    Closed,
    RawClient,
    WireServer,
    eventually,
    masked,
)

MIB = 1024 * 1024
LIMIT = 4 * MIB
CONTINUATION = 0


# --- frames --------------------------------------------------------------------------------------


def test_no_extension_is_negotiated(wire: WireServer) -> None:
    with RawClient(wire, sec_websocket_extensions="permessage-deflate") as client:
        assert "sec-websocket-extensions" not in client.answer.headers
        assert client.answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert "content-length" not in client.answer.headers


@pytest.mark.parametrize(
    "header",
    [
        {"sec_websocket_key": "short"},
        {"sec_websocket_key": ""},
        {"connection": "keep-alive"},
    ],
)
def test_a_malformed_handshake_is_a_bad_request(wire: WireServer, header: dict[str, Any]) -> None:
    with RawClient(wire, join=False, **header) as client:
        assert client.answer.status == 400


def test_a_frame_over_the_limit_is_refused_by_its_header(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send_bytes(masked(TEXT, b"", length=LIMIT + 1))
        assert client.close_code() == 1009


@pytest.mark.parametrize("length", [200 * MIB, 2**63, 2**64 - 1])
def test_an_absurd_length_is_refused_at_once(wire: WireServer, length: int) -> None:
    with RawClient(wire) as client:
        client.send_bytes(masked(TEXT, b"42", length=length))
        assert client.close_code() == 1009


def test_a_frame_of_just_the_limit_is_taken(wire: WireServer) -> None:
    with RawClient(wire) as client:
        packet = '421["hello","%s"]'
        client.send(packet % ("x" * (LIMIT - len(packet) + 2)))
        assert client.acknowledged(1)["ok"]


def test_fragments_count_together(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send_bytes(masked(TEXT, b"x" * (LIMIT - 10), final=False))
        client.send_bytes(masked(CONTINUATION, b"x" * 11, final=False))
        assert client.close_code() == 1009


def test_a_message_may_come_in_fragments_with_a_ping_between(wire: WireServer) -> None:
    with RawClient(wire) as client:
        packet = '421["hello","é"]'.encode()
        client.send_bytes(masked(TEXT, packet[:13], final=False))
        client.send_bytes(masked(PING, b"between"))
        client.send_bytes(masked(CONTINUATION, b"", final=False))
        client.send_bytes(masked(CONTINUATION, packet[13:]))
        assert client.receive_frame() == (PONG, b"between")
        assert client.acknowledged(1)["args"] == ["é"]


def test_a_message_may_come_byte_by_byte(wire: WireServer) -> None:
    with RawClient(wire) as client:
        for byte in masked(TEXT, b'421["hello"]'):
            client.send_bytes(bytes([byte]))
        assert client.acknowledged(1)["ok"]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (masked(TEXT, b"42\xff\xfe"), 1007),
        (masked(TEXT, b"\xed\xa0\x80"), 1007),
        (masked(TEXT, b"4\xc3", final=False) + masked(CONTINUATION, b"x"), 1007),
        (b"\x81\x0242", 1002),
        (masked(TEXT, b"42", bits=0x40), 1002),
        (masked(3, b"42"), 1002),
        (masked(11, b""), 1002),
        (masked(CONTINUATION, b"42"), 1002),
        (masked(TEXT, b"4", final=False) + masked(TEXT, b"2"), 1002),
        (masked(PING, b"", final=False), 1002),
        (masked(PING, b"x" * 126), 1002),
        (b"\x81\xfe\x00\x01\x00\x00\x00\x00x", 1002),
        (b"\x81\xff" + struct.pack("!Q", 200) + b"\x00\x00\x00\x00" + b"x" * 200, 1002),
        (masked(CLOSE, b"\x03"), 1002),
        (masked(CLOSE, struct.pack("!H", 1005)), 1002),
        (masked(CLOSE, struct.pack("!H", 999)), 1002),
        (masked(CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007),
        (masked(CLOSE, struct.pack("!H", 1000) + "bye 😀".encode()), 1000),
        (masked(CLOSE, struct.pack("!H", 4000)), 1000),
        (masked(CLOSE, b""), None),
    ],
)
def test_a_broken_frame_closes_its_websocket_with_the_right_code(
    wire: WireServer, frames: bytes, code: int | None
) -> None:
    with RawClient(wire) as client:
        client.send_bytes(frames)
        assert client.close_code() == code
        eventually(lambda: [client.sid] in wire.log("disconnected"), "the disconnection")


def test_what_follows_the_end_of_a_websocket_is_never_parsed_as_http(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send_bytes(
            masked(CLOSE, struct.pack("!H", 1000))
            + b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 5
        )
        assert client.close_code() == 1000
        with pytest.raises(Closed):
            client.receive_frame()


def test_frames_that_come_with_the_handshake_are_not_lost(wire: WireServer) -> None:
    with socket.create_connection(wire.address, timeout=10) as sock:
        sock.sendall(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            + masked(TEXT, b"40")
            + masked(TEXT, b'421["hello"]')
        )
        data = b""
        while b"431[" not in data:
            data += sock.recv(65536)


def test_a_reset_connection_leaves_nothing_and_logs_no_traceback(start_wire: StartWire) -> None:
    server = start_wire()
    for _ in range(20):
        client = RawClient(server)
        client.emit("pour", client.sid, 100_000, 5)
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sock.close()
    eventually(lambda: server.state()["sockets"] == 0, "no socket left")
    assert "Traceback" not in server.stderr()


# --- slow readers --------------------------------------------------------------------------------


def test_small_packets_are_not_held_back(wire: WireServer) -> None:
    with RawClient(wire) as client:
        assert client.is_well()
        assert wire.state()["nodelay"]


def test_a_reader_that_stalls_for_a_while_gets_every_frame_whole(wire: WireServer) -> None:
    with RawClient(wire, receive_buffer=16 * 1024) as client:
        client.emit("pour", client.sid, 50_000, 100)
        eventually(lambda: wire.state()["backlog"] > MIB, "a backlog")
        for number in range(100):
            assert client.receive_event()[1]["number"] == number
        assert client.is_well()


def test_a_client_that_stops_reading_is_cut_off_and_harms_nobody(start_wire: StartWire) -> None:
    server = start_wire()
    with (
        RawClient(server, receive_buffer=16 * 1024) as stalled,
        RawClient(server) as reader,
    ):
        for client in (stalled, reader):
            client.call("enter", "room")
        before = server.state()["rss"]
        while [stalled.sid] not in server.log("disconnected"):
            reader.emit("pour", "room", 20_000, 100)
            for number in range(100):
                assert reader.receive_event()[1]["number"] == number
        assert reader.is_well()
        assert server.state()["rss"] - before < 40 * MIB


def test_many_small_frames_cut_a_stalled_client_off_too(start_wire: StartWire) -> None:
    server = start_wire(patch={"collabpad.wire.websocket.BACKLOG_FRAMES": 500})
    with RawClient(server, receive_buffer=16 * 1024) as stalled, RawClient(server) as pourer:
        pourer.call("pour", stalled.sid, LIMIT, 2)
        pourer.call("pour", stalled.sid, 1, 600)
        eventually(lambda: [stalled.sid] in server.log("disconnected"), "the cut")


def test_one_large_frame_may_take_its_time(wire: WireServer) -> None:
    with RawClient(wire, receive_buffer=16 * 1024) as client:
        client.emit("pour", client.sid, 12 * MIB, 1)
        client.emit("say", client.sid, "right behind it")
        eventually(lambda: wire.state()["backlog"] > MIB, "a backlog")
        assert len(client.receive_event()[1]["text"]) == 12 * MIB
        assert client.receive_event() == ["said", {"text": "right behind it"}]


def test_a_closing_server_waits_for_no_stalled_reader(start_wire: StartWire) -> None:
    server = start_wire()
    with RawClient(server, receive_buffer=16 * 1024) as stalled, RawClient(server) as client:
        stalled.emit("pour", stalled.sid, 16 * MIB, 1)
        eventually(lambda: server.state()["backlog"] > MIB, "a backlog")
        client.emit("close_all")
        assert client.receive_event()[0] == "session_closed"
        assert client.close_code() == 1001
        eventually(lambda: server.state()["sockets"] == 0, "no socket left")


# --- memory --------------------------------------------------------------------------------------


def test_frames_of_200_mb_do_not_grow_the_server(start_wire: StartWire) -> None:
    server = start_wire()
    before = server.state()["peak"]
    chunk = masked(TEXT, b"x" * MIB, length=200 * MIB)
    with RawClient(server) as client, contextlib.suppress(ConnectionError):
        for _ in range(200):
            client.send_bytes(chunk)
    assert server.state()["peak"] - before < 10 * MIB


def test_unfinished_messages_of_many_clients_are_bounded_together(start_wire: StartWire) -> None:
    server = start_wire()
    before = server.state()["rss"]
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawClient(server)) for _ in range(40)]
        unfinished = masked(TEXT, b"x" * 3 * MIB, length=LIMIT)
        for client in clients:
            client.send_bytes(unfinished)
        eventually(lambda: len(server.log("disconnected")) >= 29, "those beyond the bound cut off")
        assert server.state()["rss"] - before < 60 * MIB
        with RawClient(server) as other:
            assert other.is_well()
    eventually(lambda: len(server.log("disconnected")) == 41, "everybody gone")
    with RawClient(server) as later:
        later.send_bytes(masked(TEXT, b'421["hello","%s"]' % (b"x" * 3 * MIB)))
        assert later.acknowledged(1)["ok"]


def test_a_message_that_never_ends_ends_its_connection(start_wire: StartWire) -> None:
    patch = {
        "collabpad.wire.engine_socket.MESSAGE_SECONDS": 0.2,
        "collabpad.wire.engine_server.TICK": 0.05,
    }
    server = start_wire(patch=patch)
    with RawClient(server) as client, RawClient(server) as idle:
        client.send_bytes(masked(TEXT, b"4", final=False))
        assert client.close_code() is None
        assert idle.is_well()


def test_a_thousand_idle_websockets_need_little(start_wire: StartWire) -> None:
    server = start_wire()
    before = server.state()["rss"]
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawClient(server)) for _ in range(1000)]
        state = server.state()
        assert (state["rss"] - before) / 1000 < 40 * 1024
        assert clients[0].is_well()
        assert clients[-1].is_well()


def test_binary_frames_are_refused_one_by_one(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send_bytes(masked(BINARY, b"\x00" * 1000) * 2)
        for _ in range(2):
            assert client.receive_event()[1]["code"] == "bad_request"
        assert client.is_well()
