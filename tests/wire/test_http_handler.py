"""HTTP as strangers and attackers send it: clean answers, no tracebacks, one log line each."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import time

import pytest

from collabpad.wire.access_log import log_access, loggable_path
from tests.wire.conftest import StartWire
from tests.wire.wire_harness import (
    PollingClient,
    RawClient,
    WireServer,
    connect,
    eventually,
    exchange,
    read_answer,
    request,
)

HOST = b"Host: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"get / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.10\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.x\r\n" + HOST + b"\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /\x1b[31m HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1, evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n Host: 127.0.0.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b" folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: 1\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"no colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b": no name\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-A : space\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: nul\x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: bare\rreturn\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1_0\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: one\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0x1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: \r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1, 1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9999999999999999\r\n\r\n", 415),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        (
            b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"
            b"\r\n0\r\n\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: a\r\n" * 20_000 + b"\r\n", 431),
    ],
)
def test_a_malformed_request_is_refused_cleanly(wire: WireServer, sent: bytes, status: int) -> None:
    answer = exchange(wire, sent)
    assert answer.status == status
    assert answer.error == ("not_json" if status == 415 else "bad_request")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert request(wire, "/").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"xyz\r\n",
        b"-1\r\nx\r\n0\r\n\r\n",
        b"5\r\nabc",
        b"fffffffffffffffff\r\n",
        b"1\r\nxx\r\n0\r\n\r\n",
        b"1;" + b"e" * 9000 + b"\r\nx\r\n0\r\n\r\n",
        b"0\r\nBad\x00Trailer: 1\r\n\r\n",
    ],
)
def test_a_malformed_chunked_body_is_refused_cleanly(wire: WireServer, body: bytes) -> None:
    with connect(wire) as sock:
        sock.sendall(
            b"POST /environ HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + body
        )
        sock.shutdown(socket.SHUT_WR)
        answer = read_answer(sock)
    assert (answer.status, answer.error) == (400, "bad_request")


def test_a_body_that_ends_early_is_refused_cleanly(wire: WireServer) -> None:
    polling = f"/socket.io/?EIO=4&transport=polling&sid={PollingClient(wire).sid}".encode()
    for target in (polling, b"/environ"):
        with connect(wire) as sock:
            sock.sendall(
                b"POST " + target + b" HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n"
                b"Content-Type: application/json\r\n\r\nabc"
            )
            sock.shutdown(socket.SHUT_WR)
            answer = read_answer(sock)
        assert (answer.status, answer.error) == (400, "bad_request")


def test_a_client_that_waits_for_a_continue_is_answered_before_it_sends(wire: WireServer) -> None:
    with connect(wire) as sock:
        head = b"POST /environ HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n"
        sock.sendall(head + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n")
        assert read_answer(sock).status == 100
        sock.sendall(b"{}")
        assert read_answer(sock).status == 200
        sock.sendall(head + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n")
        assert read_answer(sock).status == 415
        assert sock.recv(1) == b""


def test_a_connection_takes_one_request_after_the_other(wire: WireServer) -> None:
    with connect(wire) as sock:
        get = b"GET /environ HTTP/1.1\r\n" + HOST + b"\r\n"
        post = (
            b"POST /environ HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        )
        for sent in (get, post, b"\r\n" + get, post):
            sock.sendall(sent)
            assert read_answer(sock).status == 200


JSON = HOST + b"Content-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("sent", "announced"),
    [
        (b"GET / HTTP/1.1\r\n" + HOST, None),
        (b"GET / HTTP/1.1\r\nConnection: keep-alive\r\n" + HOST, None),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n" + HOST, "close"),
        (b"GET / HTTP/1.1\r\nConnection: TE, Close\r\n" + HOST, "close"),
        (b"HEAD / HTTP/1.1\r\nConnection: close\r\n" + HOST, "close"),
        (b"HEAD / HTTP/1.1\r\n" + HOST, None),
        (b"GET /nothing HTTP/1.1\r\nConnection: close\r\n" + HOST, "close"),
        (
            b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nConnection: close\r\n" + HOST,
            "close",
        ),
        (
            b"GET /socket.io/?EIO=3&transport=polling HTTP/1.1\r\nConnection: close\r\n" + HOST,
            "close",
        ),
        (b"GET / HTTP/1.0\r\n" + HOST, "close"),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n" + HOST, "keep-alive"),
        (b"HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n" + HOST, "keep-alive"),
        (b"GET /streamed HTTP/1.1\r\nConnection: close\r\n" + HOST, "close"),
        (b"GET /streamed HTTP/1.0\r\nConnection: keep-alive\r\n" + HOST, "close"),
        (b"GET /nonsense", "close"),
        (b"POST /environ HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n" + JSON, "close"),
        (b"POST /environ HTTP/1.1\r\nContent-Length: 99999999\r\n" + JSON, "close"),
        (
            b"POST /environ HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + HOST,
            "close",
        ),
        (b"POST /environ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST, "close"),
    ],
)
def test_the_end_of_a_connection_is_announced(
    wire: WireServer, sent: bytes, announced: str | None
) -> None:
    with connect(wire) as sock:
        sock.sendall(sent + b"\r\n")
        answer = read_answer(sock, bodiless=sent.startswith(b"HEAD"))
        assert answer.headers.get("connection", "").lower() == (announced or "")
        if announced == "close":
            assert b"HTTP/1.1" not in b"".join(iter(lambda: sock.recv(65536), b""))
        else:
            sock.sendall(b"GET /environ HTTP/1.1\r\n" + HOST + b"\r\n")
            assert read_answer(sock).status == 200


def test_a_large_answer_arrives_whole(wire: WireServer) -> None:
    assert len(request(wire, "/large").body) == 5_000_000


def test_an_answer_that_nobody_reads_is_given_up(start_wire: StartWire) -> None:
    server = start_wire(patch={"collabpad.wire.http_handler.STALL_SECONDS": 0.3})
    before = server.state()["greenlets"]
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(server.address)
        sock.sendall((b"GET /large HTTP/1.1\r\n" + HOST + b"\r\n") * 3)
        eventually(lambda: "/large" in server.stderr(), "the request")
        eventually(lambda: server.state()["greenlets"] <= before, "its greenlet's end")
    assert "Traceback" not in server.stderr()


def test_headers_that_never_end_are_given_up(start_wire: StartWire) -> None:
    server = start_wire(patch={"collabpad.wire.http_handler.HEADER_SECONDS": 0.3})
    with connect(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n" + HOST)
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                sock.sendall(b"X-A: a\r\n")
                time.sleep(0.01)  # the pace of the attack
        answer = read_answer(sock)
    assert (answer.status, answer.error) == (408, "bad_request")


def test_a_request_line_that_never_ends_is_given_up(start_wire: StartWire) -> None:
    patch = {
        "collabpad.wire.http_handler.HEADER_SECONDS": 0.3,
        "collabpad.wire.http_handler.IDLE_SECONDS": 0.3,
    }
    server = start_wire(patch=patch)
    with connect(server) as begun, connect(server) as silent:
        begun.sendall(b"GET /")
        assert begun.recv(1) == b""
        assert silent.recv(1) == b""


def test_a_body_that_never_ends_is_given_up(start_wire: StartWire) -> None:
    server = start_wire(patch={"collabpad.wire.body_input.BODY_SECONDS": 0.3})
    with connect(server) as sock:
        sock.sendall(
            b"POST /environ HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        with contextlib.suppress(ConnectionError):
            for _ in range(50):
                sock.sendall(b"1\r\n \r\n")
                time.sleep(0.01)  # the pace of the attack
        assert read_answer(sock).error == "bad_request"


def test_a_client_that_leaves_in_the_middle_leaves_no_traceback(start_wire: StartWire) -> None:
    server = start_wire()
    for sent in (
        b"GET /large HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n",
        b"POST /environ HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc",
        b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n" + HOST + b"\r\n",
    ):
        for _ in range(5):
            with connect(server) as sock:
                sock.sendall(sent)
                reset = struct.pack("ii", 1, 0)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    assert request(server, "/").status == 200
    assert "Traceback" not in server.stderr()


def test_a_failure_of_the_application_tells_nothing(start_wire: StartWire) -> None:
    server = start_wire()
    answer = request(server, "/fail")
    assert (answer.status, answer.error) == (500, "internal")
    assert b"broken" not in answer.body
    with connect(server) as sock:
        sock.sendall(b"GET /break-off HTTP/1.1\r\n" + HOST + b"\r\n")
        data = b"".join(iter(lambda: sock.recv(65536), b""))
    assert b"so far so good" in data
    assert b"broken" not in data
    assert server.stderr().count("RuntimeError: broken on purpose") == 2


# --- the access log ------------------------------------------------------------------------------


def test_a_request_is_one_line_without_secrets(start_wire: StartWire) -> None:
    server = start_wire()
    request(server, "/editor/abcdefghijklmnop?token=hunter2", cookie="secret=hunter2")
    request(server, "/api/sessions/abcdefghijklmnop/export?format=json")
    exchange(server, b"GET /\x1b[2J HTTP/1.1\r\n" + HOST + b"\r\n")
    with RawClient(server) as client:
        assert client.is_well()
    lines = [line for line in server.stderr().splitlines() if line.startswith("collabpad.access")]
    assert lines[0].startswith("collabpad.access GET /editor/abcdef… 404 ")
    assert lines[0].endswith(" ms 127.0.0.1")
    assert lines[1].startswith("collabpad.access GET /api/sessions/abcdef…/export 404 ")
    assert lines[2].startswith("collabpad.access GET - 400 ")
    assert lines[3].startswith("collabpad.access GET /socket.io/ 101 ")
    assert len(lines) == 4
    assert "hunter2" not in server.stderr()


def test_nothing_in_the_log_forges_a_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "collabpad.access"):
        log_access(
            method="GET\x1b[2J",
            target="/\r\nforged" + "/x" * 1000,
            status=200,
            size=1,
            seconds=0.0015,
            address="::1\nforged",
        )
    (line,) = caplog.messages
    assert line.startswith("GET\\x1b[2J /\\x0d\\x0aforged/x")
    assert line.endswith(" 200 1 bytes 1.5 ms ::1\\x0aforged")
    assert len(line) < 300


@pytest.mark.parametrize(
    ("target", "logged"),
    [
        ("/editor/short", "/editor/short"),
        ("/editor/1234567", "/editor/123456…"),
        ("/pad/editor/1234567/", "/pad/editor/123456…/"),
        ("/api/sessions/1234567?x=1", "/api/sessions/123456…"),
        ("/api/sessions/import", "/api/sessions/import"),
        ("/api/sessions", "/api/sessions"),
        ("/static/a.js", "/static/a.js"),
    ],
)
def test_session_ids_are_shortened(target: str, logged: str) -> None:
    assert loggable_path(target) == logged
