"""Socket.IO over the mended libraries: every packet is answered as the protocol says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import socketio

from tests.wire.conftest import StartWire
from tests.wire.wire_harness import (
    BINARY,
    PollingClient,
    RawClient,
    WireServer,
    eventually,
    masked,
)

DEEP = "[" * 100_000


def events_told(wire: WireServer, name: str) -> int:
    return sum(entry[0] == name for entry in wire.log("event"))


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_python_socketio_s_client_talks_over_either_transport(
    wire: WireServer, transport: str
) -> None:
    with socketio.SimpleClient() as client:
        client.connect(wire.url, transports=[transport])
        assert client.call("echo", {"text": "né 😀"}) == {
            "ok": True,
            "name": "echo",
            "args": [{"text": "né 😀"}],
        }
        assert client.receive(timeout=5) == ["echo", {"args": [{"text": "né 😀"}]}]


def test_a_polling_client_moves_to_a_websocket(wire: WireServer) -> None:
    with socketio.SimpleClient() as client:
        client.connect(wire.url)
        eventually(lambda: client.transport == "websocket", "the upgrade")
        assert client.call("echo", 1)["ok"]


# --- acknowledgements and order ------------------------------------------------------------------


def test_events_of_a_client_keep_their_order_even_when_handlers_wait(wire: WireServer) -> None:
    with RawClient(wire) as client:
        for number in range(10, 20):
            client.emit("slow", number)
        assert client.is_well()
    told = [number for (number,) in wire.log("slow") if 10 <= number < 20]
    assert told == list(range(10, 20))


def test_an_acknowledgement_comes_only_when_asked_for_and_once(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.emit("hello")
        client.send('4277["hello",1]')
        assert client.receive() == '4377[{"ok":true,"name":"hello","args":[1]}]'
        client.emit("echo")
        assert client.receive_event() == ["echo", {"args": []}]


def test_an_acknowledgement_may_come_later_and_in_any_order(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send('421["later"]')
        client.send('422["hello"]')
        assert client.receive().startswith("432[")
        assert client.receive().startswith("431[")


def test_a_failing_handler_costs_only_its_own_event(start_wire: StartWire) -> None:
    server = start_wire()
    with RawClient(server) as client:
        assert client.call("fail")["error"]["code"] == "internal"
        client.emit("echo", "too", "many", "arguments")
        assert client.receive_event()[0] == "echo"
        assert client.is_well()
    assert "broken on purpose" in server.stderr()


def test_connect_as_an_event_is_no_connection(wire: WireServer) -> None:
    with RawClient(wire) as client:
        before = len(wire.log("connected"))
        assert client.call("connect")["name"] == "connect"
        assert client.call("disconnect")["name"] == "disconnect"
        assert client.is_well()
        assert len(wire.log("connected")) == before


def test_a_second_connect_packet_is_a_bad_request(wire: WireServer) -> None:
    with RawClient(wire) as client:
        before = len(wire.log("connected"))
        client.send("40")
        assert client.receive_event()[1]["code"] == "bad_request"
        assert client.is_well()
        assert len(wire.log("connected")) == before


def test_a_flood_starts_no_greenlets_and_leaves_others_their_time(start_wire: StartWire) -> None:
    server = start_wire()
    with RawClient(server) as flooder, RawClient(server) as other:
        before = server.state()["greenlets"]
        flooder.send_bytes(masked(1, b'421["hello"]') + masked(1, b'42["busy"]') * 3000)
        assert flooder.acknowledged(1)["ok"]  # the flood is being handled
        assert other.call("urgent")["ok"]
        assert server.state()["greenlets"] <= before + 3
        assert flooder.is_well()
    told = [name for name, _ in server.log("event")]
    assert told.count("busy") == 3000
    assert told.index("urgent") < 2000


# --- malformed packets ---------------------------------------------------------------------------


MALFORMED = {
    "empty": "4",
    "unknown type": "47[]",
    "letters": "4abc",
    "no event": "42",
    "no array": '42{"a":1}',
    "empty array": "42[]",
    "a number for a name": "42[1]",
    "null for a name": "42[null]",
    "an object for a name": '42[{"__proto__":1}]',
    "unfinished JSON": '42["x"',
    "two values": '42["x"]["y"]',
    "deep JSON": "42" + DEEP,
    "deep JSON behind a name": '42["x",' + DEEP,
    "closed deep JSON": '42["x",' + "[" * 500 + "]" * 500 + "]",
    "many values": '42["x",' + ",".join(["[]"] * 100_000) + "]",
    "NaN": '42["x",NaN]',
    "infinity": '42["x",-Infinity]',
    "a huge float": '42["x",1e999]',
    "a huge integer": '42["x",' + "9" * 10_000 + "]",
    "a huge acknowledgement number": "42" + "9" * 30 + '["x"]',
    "other digits": '42²["x"]',
    "another namespace": '42/admin,["x"]',
    "attachments of a text event": '421-["x"]',
    "a connection error": '44{"message":"x"}',
    "binary event": '451-["x",{"_placeholder":true,"num":0}]',
    "binary acknowledgement": "461-1[]",
    "countless attachments": "459999999999-[]",
    "no Engine.IO packet": "hello",
    "an empty frame": "",
    "base64": "bAAAA",
}


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_packet_is_a_bad_request_and_the_connection_goes_on(
    wire: WireServer, packet: str
) -> None:
    with RawClient(wire) as client:
        client.send(packet)
        assert client.receive_event()[1]["code"] == "bad_request"
        assert client.is_well()


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_polling_packet_is_a_bad_request_and_the_connection_goes_on(
    wire: WireServer, packet: str
) -> None:
    client = PollingClient(wire)
    if packet:
        assert client.post(packet).status == 200
        assert '"bad_request"' in client.poll()[0]
    else:
        assert client.post(packet).error == "bad_request"
    assert client.post('425["hello"]').status == 200
    assert client.poll() == ['435[{"ok":true,"name":"hello","args":[]}]']


@pytest.mark.parametrize("noise", ["2", "2probe", "3", "3probe", "5", "6", "43[]", "4399[1]"])
def test_noise_of_the_transport_is_ignored(wire: WireServer, noise: str) -> None:
    with RawClient(wire) as client:
        client.send(noise)
        client.send('421["hello"]')
        assert client.receive().startswith("431[")


def test_a_malformed_event_is_acknowledged_when_it_asks(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send("429{}")
        assert client.acknowledged(9)["error"]["code"] == "bad_request"
        client.send('451-8["x",{"_placeholder":true,"num":0}]')
        assert client.acknowledged(8)["error"]["code"] == "bad_request"


def test_a_binary_event_is_refused_once_and_its_attachments_are_skipped(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send('452-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
        client.send_bytes(masked(BINARY, b"one") + masked(BINARY, b"two"))
        client.emit("echo")
        assert client.receive_event()[1]["code"] == "bad_request"
        assert client.receive_event()[0] == "echo"


def test_attachments_that_never_come_hold_nothing_up(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send('451-["x",{"_placeholder":true,"num":0}]')
        assert client.receive_event()[1]["code"] == "bad_request"
        client.emit("echo", "after")
        assert client.receive_event() == ["echo", {"args": ["after"]}]
        client.send_bytes(masked(BINARY, b"stray"))
        assert client.receive_event()[1]["code"] == "bad_request"
        assert client.is_well()


def test_an_unknown_namespace_is_refused_and_the_default_one_goes_on(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send("40/admin,")
        assert client.receive() == '44/admin,{"message":"Invalid namespace"}'
        client.send("40/" + "n" * 1000)
        assert client.receive_event()[1]["code"] == "bad_request"
        assert client.is_well()


def test_a_lone_surrogate_can_be_sent_and_told(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.send('42["echo","\\ud800 é"]')
        assert client.receive_event() == ["echo", {"args": ["\ud800 é"]}]


# --- rooms ---------------------------------------------------------------------------------------


def test_a_room_hears_the_same_on_both_transports(wire: WireServer) -> None:
    polling = PollingClient(wire)
    with RawClient(wire) as client, RawClient(wire) as stranger:
        polling.post('42["enter","lobby"]')
        client.call("enter", "lobby")
        text = "é\u2028\x1e😀\\"
        client.emit("say", "lobby", text)
        assert client.receive_event() == ["said", {"text": text}]
        (packet,) = polling.poll()
        assert json.loads(packet[2:]) == ["said", {"text": text}]
        stranger.emit("echo", "nothing before this")
        assert stranger.receive_event()[0] == "echo"


def test_a_room_can_leave_one_out_and_be_left(wire: WireServer) -> None:
    with RawClient(wire) as ann, RawClient(wire) as bob:
        for client in (ann, bob):
            client.call("enter", "hall")
        ann.emit("tell", "hall", "to bob")
        assert bob.receive_event() == ["said", {"text": "to bob"}]
        bob.call("leave", "hall")
        ann.emit("say", "hall", "to ann")
        assert ann.receive_event() == ["said", {"text": "to ann"}]
        assert bob.call("hello")["ok"]


def test_nothing_is_kept_of_a_client_that_has_left(start_wire: StartWire) -> None:
    server = start_wire()
    with RawClient(server) as client:
        client.call("enter", "a room of its own")
    eventually(lambda: server.log("disconnected") == [[client.sid]], "the disconnection")
    state = server.state()
    assert state["sockets"] == 0
    assert (state["rooms"], state["outside"], state["opening"]) == (0, 0, 0)


# --- coming and going ----------------------------------------------------------------------------


def test_a_refused_client_hears_why(start_wire: StartWire) -> None:
    server = start_wire(settings={"trust_proxy": 1})
    with RawClient(server, join=False, x_forwarded_for="198.51.100.1") as client:
        client.receive()
        client.send("40")
        told = json.loads(client.receive().removeprefix("44"))
        assert told == {"message": "You may not come in.", "data": {"code": "forbidden"}}
        assert client.close_code() == 1000


def test_a_broken_connect_handler_ends_only_that_connection(start_wire: StartWire) -> None:
    server = start_wire(settings={"trust_proxy": 1})
    with RawClient(server, join=False, x_forwarded_for="198.51.100.2") as client:
        client.receive()
        client.send("40")
        assert client.close_code() is None
    eventually(lambda: server.state()["sockets"] == 0, "no socket left")
    with RawClient(server) as client:
        assert client.is_well()


@pytest.mark.parametrize("packet", ["41", "1"])
def test_a_client_may_say_goodbye(wire: WireServer, packet: str) -> None:
    with RawClient(wire) as client:
        client.send(packet)
        client.emit("after the goodbye")
        assert client.close_code() == 1000
        eventually(lambda: [client.sid] in wire.log("disconnected"), "the disconnection")
    assert not events_told(wire, "after the goodbye")


def test_a_websocket_is_told_everything_before_it_is_disconnected(wire: WireServer) -> None:
    with RawClient(wire) as client:
        client.emit("kick")
        client.emit("too late")
        told = [client.receive_event()[0] for _ in range(21)]
        assert told == ["said"] * 20 + ["removed"]
        assert client.receive() == "41"
        assert client.close_code() == 1000
        eventually(lambda: [client.sid] in wire.log("disconnected"), "the disconnection")
    assert not events_told(wire, "too late")


def test_a_polling_client_is_told_everything_before_it_is_disconnected(wire: WireServer) -> None:
    client = PollingClient(wire)
    client.post('42["kick"]')
    told: list[str] = []
    while "1" not in told:
        told += client.poll()
    assert [packet[:8] for packet in told] == ['42["said'] * 20 + ['42["remo', "41", "1"]
    assert client.get().error == "bad_request"


def test_a_closing_server_tells_everybody_and_takes_nobody_more(start_wire: StartWire) -> None:
    server = start_wire()
    with RawClient(server) as ann:
        polling = PollingClient(server)
        ann.emit("close_all")
        assert ann.receive_event() == ["session_closed", {"reason": "shutdown"}]
        assert ann.close_code() == 1001
        assert polling.get().status in (200, 503)
        with RawClient(server, join=False) as late:
            assert late.answer.status == 503
        eventually(lambda: server.state()["sockets"] == 0, "no socket left")


# --- what happens to be installed ----------------------------------------------------------------


def test_libraries_that_happen_to_be_installed_are_not_loaded(
    start_wire: StartWire, tmp_path: Path
) -> None:
    for name in ("aiohttp", "redis", "eventlet", "geventwebsocket"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('loaded ' + __name__)")
    server = start_wire(python_path=str(tmp_path))
    with RawClient(server) as client:
        assert client.is_well()
