"""Every rule of Socket.IO protocol 5, by the section of the specification that has it.

https://github.com/socketio/socket.io-protocol (Readme.md). Where this server does otherwise on
purpose, the test says so: see docs/protocol.md.
"""

from __future__ import annotations

import json

import pytest

from tests.wire.wire_harness import (
    BINARY,
    PollingClient,
    RawClient,
    WireServer,
    eventually,
    masked,
)

NO_CONNECT = ['42["hello"]', '421["hello"]', "41", '43["x"]', "44{}", "451-[]", "4abc", "hello"]


class TestConnection:
    """Exchange protocol, Connection to a namespace."""

    def test_a_connect_packet_is_answered_with_the_session_id(self, wire: WireServer) -> None:
        with RawClient(wire, join=False) as client:
            engine_sid = json.loads(client.receive()[1:])["sid"]
            client.send("40")
            answer = json.loads(client.receive().removeprefix("40"))
            assert list(answer) == ["sid"]
            assert answer["sid"] != engine_sid

    def test_it_may_have_a_payload(self, wire: WireServer) -> None:
        with RawClient(wire, join=False) as client:
            client.receive()
            client.send('40{"token":"123"}')
            assert client.receive().startswith("40{")

    def test_an_unknown_namespace_is_a_connect_error(self, wire: WireServer) -> None:
        with RawClient(wire, join=False) as client:
            client.receive()
            client.send("40/random,")
            assert client.receive() == '44/random,{"message":"Invalid namespace"}'
            client.send("40")
            assert client.receive().startswith("40{")

    @pytest.mark.parametrize("packet", NO_CONNECT)
    def test_whatever_comes_first_but_connect_closes_the_connection(
        self, wire: WireServer, packet: str
    ) -> None:
        with RawClient(wire, join=False) as client:
            client.receive()
            client.send(packet)
            client.send("40")
            assert client.close_code() == 1008

    def test_also_binary(self, wire: WireServer) -> None:
        with RawClient(wire, join=False) as client:
            client.receive()
            client.send_bytes(masked(BINARY, b"first"))
            assert client.close_code() == 1008

    @pytest.mark.parametrize("packet", NO_CONNECT)
    def test_and_over_polling(self, wire: WireServer, packet: str) -> None:
        before = len(wire.log("connected"))
        client = PollingClient(wire, join=False)
        assert client.post(f"{packet}\x1e40").status == 200
        assert client.get().body == b"1"
        eventually(lambda: client.get().status == 400, "its end")
        assert len(wire.log("connected")) == before

    @pytest.mark.parametrize("noise", ["3", "2", "6"])
    def test_the_transports_own_packets_may_come_first(self, wire: WireServer, noise: str) -> None:
        with RawClient(wire, join=False) as client:
            client.receive()
            client.send(noise)
            client.send("40")
            assert client.receive().startswith("40{")


class TestData:
    """Exchange protocol, Sending and receiving data."""

    def test_an_event_reaches_its_handler_with_all_arguments(self, wire: WireServer) -> None:
        with RawClient(wire) as client:
            client.send('42["echo",1,"2",{"3":[true]}]')
            assert client.receive_event() == ["echo", {"args": [1, "2", {"3": [True]}]}]

    @pytest.mark.parametrize("body", ["{}", "[]", "", "null", '"x"', "[1]"])
    def test_the_payload_is_a_non_empty_array(self, wire: WireServer, body: str) -> None:
        """Told as an error and not cut: one bad event of a page must not cost its connection."""
        with RawClient(wire) as client:
            client.send("42" + body)
            assert client.receive_event()[1]["code"] == "bad_request"
            assert client.is_well()

    def test_binary_events_are_refused_on_purpose(self, wire: WireServer) -> None:
        with RawClient(wire) as client:
            client.send('451-3["x",{"_placeholder":true,"num":0}]')
            client.send_bytes(masked(BINARY, b"attached"))
            assert client.acknowledged(3)["error"]["code"] == "bad_request"
            assert client.is_well()


class TestAcknowledgement:
    """Exchange protocol, Acknowledgement."""

    def test_it_has_the_id_of_its_event_and_an_array(self, wire: WireServer) -> None:
        with RawClient(wire) as client:
            client.send('42456["hello",1]')
            assert client.receive() == '43456[{"ok":true,"name":"hello","args":[1]}]'

    def test_there_is_none_without_an_id(self, wire: WireServer) -> None:
        with RawClient(wire) as client:
            client.emit("hello")
            client.send('427["hello"]')
            assert client.receive().startswith("437[")


class TestDisconnection:
    """Exchange protocol, Disconnection from a namespace."""

    def test_a_client_leaves_the_only_namespace_and_the_connection_ends(
        self, wire: WireServer
    ) -> None:
        with RawClient(wire) as client:
            client.send("41")
            assert client.close_code() == 1000
            eventually(lambda: [client.sid] in wire.log("disconnected"), "the disconnection")

    def test_the_server_says_that_it_disconnects(self, wire: WireServer) -> None:
        with RawClient(wire) as client:
            client.emit("kick")
            while (told := client.receive()).startswith("42"):
                pass
            assert told == "41"
            assert client.close_code() == 1000


class TestPacketEncoding:
    """Packet encoding, Format."""

    @pytest.mark.parametrize(
        "packet", ["4abc", "47[]", '42abc["x"]', '42²["x"]', '42/admin,["x"]', "41/admin,"]
    )
    def test_what_has_another_format_is_an_error(self, wire: WireServer, packet: str) -> None:
        """Told and not cut, as above."""
        with RawClient(wire) as client:
            client.send(packet)
            assert client.receive_event()[1]["code"] == "bad_request"
            assert client.is_well()

    def test_the_default_namespace_is_not_written(self, wire: WireServer) -> None:
        with RawClient(wire) as client:
            client.emit("echo")
            assert client.receive() == '42["echo",{"args":[]}]'
