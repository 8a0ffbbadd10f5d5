"""Every rule of Engine.IO protocol 4, by the section of the specification that has it.

https://github.com/socketio/engine.io-protocol (README.md; what its test suite asks besides is
under "Test suite").
"""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.wire.conftest import StartWire
from tests.wire.wire_harness import (
    Answer,
    Closed,
    PollingClient,
    RawClient,
    WireServer,
    connect,
    eventually,
    handshake,
    read_answer,
    request,
)

QUICK = {"collabpad.wire.engine_server.TICK": 0.05}
POLLING = "/socket.io/?EIO=4&transport=polling"
WRONG = [
    "transport=polling",
    "EIO=3&transport=polling",
    "EIO=abc&transport=polling",
    "EIO=4&EIO=3&transport=polling",
    "EIO=4",
    "EIO=4&transport=abc",
    "EIO=4&transport=polling&transport=websocket",
]


def poll_in_background(client: PollingClient) -> tuple[threading.Thread, list[Answer]]:
    """A GET that waits, once the server has it."""
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(client.get()))
    thread.start()
    return thread, answers


class TestHandshake:
    """Protocol, Handshake."""

    def test_an_open_packet_with_these_fields(self, wire: WireServer) -> None:
        told = request(wire, POLLING).body.decode()
        assert told[0] == "0"
        opening = json.loads(told[1:])
        assert {name: type(value) for name, value in opening.items()} == {
            "sid": str,
            "upgrades": list,
            "pingInterval": int,
            "pingTimeout": int,
            "maxPayload": int,
        }
        assert opening["upgrades"] == ["websocket"]

    def test_on_a_websocket_there_is_nothing_to_upgrade_to(self, wire: WireServer) -> None:
        with RawClient(wire, join=False) as client:
            assert json.loads(client.receive()[1:])["upgrades"] == []

    @pytest.mark.parametrize("query", WRONG)
    def test_version_and_transport_are_checked_when_a_connection_begins(
        self, wire: WireServer, query: str
    ) -> None:
        assert request(wire, f"/socket.io/?{query}").status == 400
        with RawClient(wire, join=False, query=query) as client:
            assert client.answer.status == 400

    @pytest.mark.parametrize("query", WRONG)
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_and_in_every_later_request(self, wire: WireServer, query: str, method: str) -> None:
        client = PollingClient(wire)
        body = b'421["hello"]' if method == "POST" else None
        target = f"/socket.io/?{query}&sid={client.sid}"
        assert request(wire, target, method=method, body=body).status == 400
        client.post('421["hello"]')
        assert client.poll()[0].startswith("431[")

    def test_the_sid_is_needed_and_must_be_known(self, wire: WireServer) -> None:
        for sid in ("", "&sid=unknown"):
            assert request(wire, POLLING + sid, method="POST", body=b"40").status == 400
        assert request(wire, POLLING + "&sid=unknown").status == 400

    def test_a_websocket_takes_no_post(self, wire: WireServer) -> None:
        client = PollingClient(wire)
        target = f"/socket.io/?EIO=4&transport=websocket&sid={client.sid}"
        assert request(wire, target, method="POST", body=b"40").status == 400


class TestHeartbeat:
    """Protocol, Heartbeat."""

    def test_the_server_pings_and_a_pong_keeps_the_connection(self, start_wire: StartWire) -> None:
        server = start_wire(ping=0.3, patch=QUICK)
        with RawClient(server) as client:
            for _ in range(3):
                assert client.receive_frame() == (1, b"2")
                client.send("3")
            assert client.is_well()

    def test_without_a_pong_the_connection_is_closed(self, start_wire: StartWire) -> None:
        server = start_wire(ping=0.2, patch=QUICK)
        polling = PollingClient(server)
        with RawClient(server) as client, pytest.raises(Closed):
            list(iter(client.receive_frame, None))
        eventually(lambda: polling.get().status == 400, "the end of the polling connection")


class TestUpgrade:
    """Protocol, Upgrade."""

    def test_probe_and_upgrade(self, wire: WireServer) -> None:
        client = PollingClient(wire)
        thread, answers = poll_in_background(client)
        with upgrade(wire, client) as websocket:
            websocket.send("2probe")
            assert websocket.receive() == "3probe"
            thread.join()
            assert answers[0].body == b"6"
            websocket.send("5")
            assert websocket.is_well()

    def test_afterwards_requests_and_websockets_with_its_sid_are_refused(
        self, wire: WireServer
    ) -> None:
        client = PollingClient(wire)
        with upgrade(wire, client) as websocket:
            websocket.send("2probe")
            websocket.send("5")
            assert websocket.receive() == "3probe"
            assert websocket.is_well()
            assert client.get().status == 400
            assert client.post("40").status == 400
            with upgrade(wire, client) as second:
                assert second.answer.status == 400
            assert websocket.is_well()


class TestPacketEncoding:
    """Packet encoding, HTTP long-polling and WebSocket."""

    def test_several_packets_in_a_payload_are_separated(self, wire: WireServer) -> None:
        client = PollingClient(wire)
        client.post('421["hello",1]\x1e422["hello",2]')
        assert [packet[:4] for packet in client.poll()] == ["431[", "432["]

    def test_a_post_is_answered_ok(self, wire: WireServer) -> None:
        answer = PollingClient(wire).post('42["hello"]')
        assert (answer.status, answer.body) == (200, b"ok")
        assert answer.headers["content-type"] == "text/plain; charset=UTF-8"

    def test_a_websocket_frame_is_a_packet_of_utf_8(self, wire: WireServer) -> None:
        with RawClient(wire) as client:
            client.emit("echo", "né 😀")
            opcode, payload = client.receive_frame()
        assert (opcode, payload.decode()) == (1, '42["echo",{"args":["né 😀"]}]')


class TestSuite:
    """What the specification's test suite asks where its text is silent."""

    def test_a_second_poll_at_the_same_time_closes_the_connection(self, wire: WireServer) -> None:
        client = PollingClient(wire)
        target = f"GET {POLLING}&sid={client.sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        with connect(wire) as first, connect(wire) as second:
            first.sendall(target.encode())
            second.sendall(target.encode())
            answers = [read_answer(sock) for sock in (first, second)]
        assert sorted(answer.status for answer in answers) == [200, 400]
        assert [answer.body for answer in answers if answer.status == 200] == [b"1"]
        eventually(lambda: client.get().status == 400, "its end")
        eventually(lambda: wire.log("disconnected"), "the disconnection")

    def test_a_client_that_closes_has_its_poll_ended_by_a_noop(self, wire: WireServer) -> None:
        client = PollingClient(wire)
        thread, answers = poll_in_background(client)
        assert client.post("1").status == 200
        thread.join()
        assert (answers[0].status, answers[0].body) == (200, b"6")
        assert client.get().status == 400

    def test_other_methods_are_refused_and_learn_which_there_are(self, wire: WireServer) -> None:
        for method in ("PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"):
            answer = request(wire, POLLING, method=method)
            assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")


class TestWebSocketHandshake:
    """RFC 6455, 4.2, and RFC 9110, 7.8: what Engine.IO's handshake stands on."""

    @pytest.mark.parametrize("version", ["8", "14", ""])
    def test_another_version_is_told_ours(self, wire: WireServer, version: str) -> None:
        with RawClient(wire, join=False, sec_websocket_version=version) as client:
            assert client.answer.status == 426
            assert client.answer.headers["sec-websocket-version"] == "13"
            assert client.answer.headers["upgrade"] == "websocket"

    @pytest.mark.parametrize(
        "offered", ["h2c, websocket", "WebSocket", "websocket,h2c", "a, b ,websocket"]
    )
    def test_upgrade_is_a_list(self, wire: WireServer, offered: str) -> None:
        with RawClient(wire, upgrade=offered) as client:
            assert client.answer.headers["upgrade"] == "websocket"
            assert client.is_well()

    @pytest.mark.parametrize("offered", ["h2c", "websockets", "", "h2c; websocket"])
    def test_and_another_protocol_is_none_of_ours(self, wire: WireServer, offered: str) -> None:
        with RawClient(wire, join=False, upgrade=offered) as client:
            assert client.answer.status == 400

    def test_http_1_0_upgrades_nothing(self, wire: WireServer) -> None:
        asked = handshake(wire, "EIO=4&transport=websocket").replace(b"HTTP/1.1", b"HTTP/1.0")
        with connect(wire) as sock:
            sock.sendall(asked)
            assert read_answer(sock).status == 400

    def test_upgrade_is_ignored_where_polling_is_asked_for(self, wire: WireServer) -> None:
        headers: dict[str, Any] = {"upgrade": "websocket", "connection": "Upgrade"}
        answer = request(wire, POLLING, **headers)
        assert (answer.status, answer.body[:1]) == (200, b"0")


def upgrade(wire: WireServer, client: PollingClient) -> RawClient:
    return RawClient(wire, join=False, query=f"EIO=4&transport=websocket&sid={client.sid}")
