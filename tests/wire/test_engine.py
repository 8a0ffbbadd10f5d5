"""Engine.IO: polling, moving to a WebSocket, pings and deadlines."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.wire.conftest import StartWire
from tests.wire.wire_harness import (
    Answer,
    PollingClient,
    RawClient,
    WireServer,
    connect,
    eventually,
    exchange,
    read_answer,
    request,
)

LIMIT = 4 * 1024 * 1024
QUICK = {"collabpad.wire.engine_server.TICK": 0.05}
"""A clock that looks at its clients often, so that tests need not wait."""


# --- requests ------------------------------------------------------------------------------------


def test_the_handshake_says_what_is_allowed(wire: WireServer) -> None:
    answer = request(wire, "/socket.io/?EIO=4&transport=polling")
    opening = json.loads(answer.body[1:])
    assert opening["upgrades"] == ["websocket"]
    assert (opening["pingInterval"], opening["pingTimeout"]) == (10_000, 10_000)
    assert opening["maxPayload"] == LIMIT
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "query",
    [
        "",
        "EIO=3&transport=polling",
        "EIO=4&transport=carrier-pigeon",
        "EIO=4&transport=websocket",
        "EIO=4&transport=polling&sid=unknown%0d%0aforged",
        "EIO=4&transport=polling&j=0",
        "EIO=4&transport=polling&j=alert(1)",
        "&".join(f"field{number}=1" for number in range(100)),
        "EIO=4&transport=polling&sid=%ff%fe",
    ],
)
def test_a_malformed_request_is_a_bad_request(wire: WireServer, query: str) -> None:
    answer = request(wire, f"/socket.io/?{query}")
    assert (answer.status, answer.error) == (400, "bad_request")
    assert b"forged" not in answer.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])
def test_other_methods_are_refused(wire: WireServer, method: str) -> None:
    answer = request(wire, "/socket.io/?EIO=4&transport=polling", method=method)
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"4\xff\xfe",
        b"\x1e" * 2000,
        b"\x1e" * 2_000_000,
    ],
)
def test_a_malformed_body_is_answered_at_once(wire: WireServer, body: bytes) -> None:
    client = PollingClient(wire)
    answer = client.post(body)
    assert (answer.status, answer.error) == (400, "bad_request")
    assert client.post('421["hello"]').status == 200
    assert client.poll()[0].startswith("431[")


@pytest.mark.parametrize("packet", ["x" * 2_000_000, "4" + "[" * 2_000_000, "d=" + "4" * 1000])
def test_a_large_malformed_packet_never_hangs(wire: WireServer, packet: str) -> None:
    client = PollingClient(wire)
    assert client.post(packet).status == 200
    assert '"bad_request"' in client.poll()[0]


def test_a_body_over_the_limit_is_too_large(wire: WireServer) -> None:
    client = PollingClient(wire)
    answer = client.post(b"x" * (LIMIT + 1))
    assert (answer.status, answer.error) == (413, "too_large")
    assert client.post('421["hello"]').status == 200


def test_a_body_of_200_mb_is_refused_unread(wire: WireServer) -> None:
    client = PollingClient(wire)
    target = f"/socket.io/?EIO=4&transport=polling&sid={client.sid}"
    head = f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {200 * 1024 * 1024}\r\n"
    answer = exchange(wire, head.encode() + b"\r\n")
    assert (answer.status, answer.error) == (413, "too_large")


def test_a_chunked_body_is_taken_and_bounded(wire: WireServer) -> None:
    client = PollingClient(wire)
    head = (
        f"POST /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    answer = exchange(wire, head + b'8\r\n421["hel\r\n4\r\nlo"]\r\n0\r\n\r\n')
    assert answer.status == 200
    assert client.poll()[0].startswith("431[")
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert exchange(wire, head + chunk * 5).error == "too_large"


def test_many_packets_of_one_body_keep_their_order(wire: WireServer) -> None:
    client = PollingClient(wire)
    client.post("\x1e".join(f'42["slow",{number}]' for number in range(20, 40)))
    client.post('421["hello"]')
    assert client.poll()[0].startswith("431[")
    told = [number for (number,) in wire.log("slow") if 20 <= number < 40]
    assert told == list(range(20, 40))


def test_concurrent_requests_of_a_client_wait_their_turn(wire: WireServer) -> None:
    client = PollingClient(wire)
    with connect(wire) as first, connect(wire) as second:
        bodies = [
            "\x1e".join(f'42["slow",{number}]' for number in numbers)
            for numbers in (range(101, 121, 2), range(121, 141, 2))
        ]
        for sock, body in zip((first, second), bodies, strict=True):
            sock.sendall(
                f"POST /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1\r\n"
                f"Host: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            if sock is first:
                eventually(lambda: [101] in wire.log("slow"), "the first request under way")
        assert read_answer(first).status == read_answer(second).status == 200
    told = [number for (number,) in wire.log("slow") if 101 <= number < 141]
    assert told == list(range(101, 141, 2))


def test_too_many_concurrent_requests_are_refused(start_wire: StartWire) -> None:
    server = start_wire(patch={"collabpad.wire.engine_socket.MAX_WAITING_REQUESTS": 2})
    client = PollingClient(server)
    body = "\x1e".join(f'42["slow",{number}]' for number in range(1, 21, 2))
    with ThreadPoolExecutor(8) as pool:
        answers: list[Answer] = list(pool.map(lambda _: client.post(body), range(8)))
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert all(answer.error == "rate_limited" for answer in refused)
    assert all("retry-after" in answer.headers for answer in refused)


# --- moving to a WebSocket -----------------------------------------------------------------------


def upgrade(wire: WireServer, client: PollingClient) -> RawClient:
    return RawClient(wire, join=False, query=f"EIO=4&transport=websocket&sid={client.sid}")


def test_nothing_is_lost_on_the_way_to_a_websocket(wire: WireServer) -> None:
    client = PollingClient(wire)
    with upgrade(wire, client) as websocket:
        websocket.send("2probe")
        assert websocket.receive() == "3probe"
        client.post('42["echo","sent by polling"]')
        assert client.get().body == b"6"
        websocket.send("5")
        assert websocket.receive_event() == ["echo", {"args": ["sent by polling"]}]
        assert websocket.is_well()
        assert client.get().status == 400
        assert client.post('42["echo"]').status == 400


def test_a_waiting_poll_ends_when_the_client_moves(wire: WireServer) -> None:
    client = PollingClient(wire)
    bodies: list[bytes] = []
    poll = threading.Thread(target=lambda: bodies.append(client.get().body))
    poll.start()
    with upgrade(wire, client) as websocket:
        websocket.send("2probe")
        assert websocket.receive() == "3probe"
        poll.join(5)
        websocket.send("5")
        assert websocket.is_well()
    assert bodies == [b"6"]


@pytest.mark.parametrize("probe", [["42"], ["2probe", "42"], ["2probe", "6"], []])
def test_a_failed_move_leaves_the_polling_connection_as_it_was(
    wire: WireServer, probe: list[str]
) -> None:
    client = PollingClient(wire)
    with upgrade(wire, client) as websocket:
        for packet in probe:
            websocket.send(packet)
        if probe:
            assert websocket.close_code() == 1008
    client.post('421["hello"]')
    assert client.poll()[0].startswith("431[")
    with upgrade(wire, client) as again:
        again.send("2probe")
        assert again.receive() == "3probe"
        again.send("5")
        assert again.is_well()


def test_a_move_that_never_ends_is_given_up(start_wire: StartWire) -> None:
    server = start_wire(patch={**QUICK, "collabpad.wire.engine_socket.ESTABLISH_SECONDS": 1.0})
    client = PollingClient(server)
    with upgrade(server, client) as websocket:
        websocket.send("2probe")
        assert websocket.receive() == "3probe"
        assert websocket.close_code() is None
    client.post('421["hello"]')
    assert client.poll()[0].startswith("431[")


def test_only_one_move_at_a_time(wire: WireServer) -> None:
    client = PollingClient(wire)
    with upgrade(wire, client) as first, upgrade(wire, client) as second:
        assert second.answer.status == 400
        first.send("2probe")
        assert first.receive() == "3probe"
        first.send("5")
        assert first.is_well()


def test_a_client_disconnected_while_it_moves_is_told_everything(wire: WireServer) -> None:
    client = PollingClient(wire)
    with upgrade(wire, client) as websocket:
        websocket.send("2probe")
        assert websocket.receive() == "3probe"
        client.post('42["kick"]')
        websocket.send("5")
        assert [websocket.receive_event()[0] for _ in range(21)][-1] == "removed"
        assert websocket.receive() == "41"
        assert websocket.receive() == "1"
        assert websocket.close_code() == 1000


def test_the_close_has_an_answer_of_its_own(wire: WireServer) -> None:
    client = PollingClient(wire)
    client.post('42["kick"]')
    answers: list[list[str]] = []
    while not answers or answers[-1] != ["1"]:
        answers.append(client.poll())
        assert len(answers) < 10, answers[-1]
    told = [packet for packets in answers for packet in packets]
    assert [packet[:2] for packet in told] == ["42"] * 21 + ["41", "1"]
    assert '"removed"' in told[-3]
    eventually(lambda: client.get().status == 400, "its end")


def test_who_hears_that_it_must_go_may_close_first(wire: WireServer) -> None:
    client = PollingClient(wire)
    client.post('42["kick"]')
    while "41" not in client.poll():
        pass
    client.post("1")
    eventually(lambda: client.get().status == 400, "its end")


# --- time ----------------------------------------------------------------------------------------


def test_clients_that_answer_pings_stay(start_wire: StartWire) -> None:
    server = start_wire(ping=0.3, patch=QUICK)
    with RawClient(server) as client:
        polling = PollingClient(server)
        for _ in range(4):
            assert client.receive_frame() == (1, b"2")
            client.send("3")
            assert polling.get().body == b"2"
            polling.post("3")
        assert client.is_well()
        assert server.state()["sockets"] == 2


def test_clients_that_answer_no_ping_are_disconnected(start_wire: StartWire) -> None:
    server = start_wire(ping=0.2, patch=QUICK)
    with RawClient(server) as client:
        polling = PollingClient(server)
        assert polling.sid
        eventually(lambda: len(server.log("disconnected")) == 2, "both disconnected")
        assert client.close_code() is None


def test_clients_that_never_poll_are_bounded(start_wire: StartWire) -> None:
    server = start_wire()
    clients = [PollingClient(server) for _ in range(3)]
    with RawClient(server) as pourer:
        for client in clients:
            client.post('42["enter","room"]')
        pourer.call("pour", "room", 100_000, 100)
        eventually(lambda: len(server.log("disconnected")) == 3, "all cut off")
        assert pourer.is_well()


def test_who_never_connects_must_go(start_wire: StartWire) -> None:
    server = start_wire(patch={**QUICK, "collabpad.wire.engine_socket.ESTABLISH_SECONDS": 0.5})
    with RawClient(server) as inside, RawClient(server, join=False) as outside:
        PollingClient(server, join=False)
        assert outside.close_code() is None
        eventually(lambda: server.state()["sockets"] == 1, "only one left")
        assert inside.is_well()
        state = server.state()
        assert (state["outside"], state["opening"]) == (0, 0)
