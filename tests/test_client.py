"""Commands find the server that is meant, give the token to no other, and fail in one sentence."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from collabpad import client
from collabpad.client import PIECE, ApiClient
from collabpad.errors import StartError, UsageProblem
from collabpad.runtime import RuntimeFile, ServerRecord, publish
from collabpad.server_discovery import client_of, connect

TOKEN = "correct-horse-battery"


class Stranger(ThreadingHTTPServer):
    """Any HTTP server: gives one answer to everything, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answer = status, body, headers
        self.asked: list[tuple[str, str, str | None, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Stranger

    def do(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        token = self.headers.get("Authorization")
        self.server.asked.append((self.command, self.path, token, self.rfile.read(length)))
        status, body, headers = self.server.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do  # noqa: N815  names of http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def stranger(status: int, body: object = None, **headers: str) -> Iterator[Stranger]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with Stranger(status, data, headers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestSpeaking:
    def test_a_session_is_asked_for_as_the_protocol_says(self) -> None:
        with stranger(200, {"session_id": "abc"}) as server:
            created = ApiClient(server.url + "/pad", TOKEN).create_session({"title": "Grüße"})
        assert created == {"session_id": "abc"}
        ((method, path, token, body),) = server.asked
        assert (method, path, token) == ("POST", "/pad/create_session", f"Bearer {TOKEN}")
        assert json.loads(body) == {"title": "Grüße"}

    def test_an_export_comes_in_pieces_however_large_it_is(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client, "LARGEST_ANSWER", 1000)
        pieces: list[bytes] = []
        with stranger(200, b"x" * 3 * PIECE) as server:
            ApiClient(server.url).export("abc", "json", pieces.append)
            with pytest.raises(StartError, match="is not a collabpad server of this version"):
                ApiClient(server.url).sessions()
        assert b"".join(pieces) == b"x" * 3 * PIECE
        assert max(map(len, pieces)) <= PIECE
        assert server.asked[0][1] == "/api/sessions/abc/export?format=json"

    def test_an_export_that_breaks_off_is_no_export(self) -> None:
        with (
            stranger(200, b"half", **{"Content-Length": "9"}) as server,
            pytest.raises(StartError, match="broke off"),
        ):
            ApiClient(server.url).export("abc", "json", lambda _: None)
        chunked = {"Content-Length": "", "Transfer-Encoding": "chunked"}
        with (
            stranger(200, b"4\r\nhalf\r\n9\r\nx", **chunked) as server,
            pytest.raises(StartError, match="broke off"),
        ):
            ApiClient(server.url).export("abc", "json", lambda _: None)

    def test_an_id_cannot_leave_its_place_in_the_path(self) -> None:
        with stranger(200, {}) as server:
            ApiClient(server.url).session("../x?y#z")
            ApiClient(server.url).close_session("a/b")
        assert [path for _, path, _, _ in server.asked] == [
            "/api/sessions/..%2Fx%3Fy%23z",
            "/api/sessions/a%2Fb",
        ]

    def test_no_token_is_made_up(self) -> None:
        with stranger(200, {"status": "ok"}) as server:
            ApiClient(server.url).health()
        assert server.asked[0][2] is None

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_is_not_followed(self, status: int) -> None:
        with (
            stranger(200, {}) as other,
            stranger(status, {}, Location=other.url) as server,
            pytest.raises(StartError, match="redirect"),
        ):
            ApiClient(server.url, TOKEN).create_session({})
        assert other.asked == []

    def test_a_refusal_is_told_in_the_servers_words(self) -> None:
        refusal = {"error": {"code": "rate_limited", "message": "Too many sessions: wait."}}
        with stranger(429, refusal) as server, pytest.raises(StartError) as caught:
            ApiClient(server.url).create_session({})
        assert caught.value.message == "Too many sessions: wait."

    def test_a_missing_token_is_told_with_what_to_do(self) -> None:
        refusal = {"error": {"code": "unauthorized", "message": "No."}}
        with stranger(401, refusal) as server, pytest.raises(StartError, match="COLLABPAD_TOKEN"):
            ApiClient(server.url).sessions()

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, b"<html>"),
            (200, b"[" * 100_000),
            (200, b"\xff"),
            (200, b"[1]"),
            (200, b""),
            (200, b'{"sessions": 1}'),
            (200, b'{"sessions": [1]}'),
        ],
    )
    def test_whatever_else_answers_is_no_collabpad(self, status: int, body: bytes) -> None:
        with stranger(status, body) as server, pytest.raises(StartError, match="not a collabpad"):
            ApiClient(server.url).sessions()

    @pytest.mark.parametrize(
        ("status", "body", "told"),
        [
            (413, b"<html>", "413 Request Entity Too Large."),
            (502, b"", "502 Bad Gateway."),
            (500, b'{"error": "text"}', "500 Internal Server Error."),
            (404, b'{"error": {"message": 1}}', "404 Not Found."),
            (401, b"[]", "401 Unauthorized."),
            (599, b"\xff", "599."),
        ],
    )
    def test_an_error_that_is_not_ours_is_told_as_such(
        self, status: int, body: bytes, told: str
    ) -> None:
        with stranger(status, body) as server, pytest.raises(StartError) as caught:
            ApiClient(server.url).sessions()
        assert caught.value.message.startswith("Something between you and the collabpad server")
        assert caught.value.message.endswith(f"answered: {told}")

    def test_a_body_that_is_refused_before_it_is_read(self) -> None:
        refused = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]

            def refuse() -> None:
                sock, _ = listener.accept()
                with sock:
                    sock.recv(1)
                    sock.sendall(refused)
                    sock.shutdown(socket.SHUT_RDWR)

            thread = threading.Thread(target=refuse)
            thread.start()
            with pytest.raises(StartError, match="413"):
                ApiClient(f"http://127.0.0.1:{port}").import_session({"text": "x" * 20_000_000})
            thread.join()

    def test_what_speaks_no_http_is_no_collabpad(self) -> None:
        with stranger(200, {}) as server:
            server.RequestHandlerClass = _NotHttp
            with pytest.raises(StartError, match="not a collabpad"):
                ApiClient(server.url).health()

    def test_nobody_there(self) -> None:
        with stranger(200, {}) as server:
            url = server.url
        with pytest.raises(StartError, match="does not answer"):
            ApiClient(url).health()


class _NotHttp(BaseHTTPRequestHandler):
    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(b"220 mail.example.org ESMTP\r\n")


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[Any]:
    published: list[RuntimeFile] = []

    def run(port: int, **also: str) -> None:
        server = ServerRecord(f"http://127.0.0.1:{port}", 1, also.get("token", TOKEN), "1")
        published.append(publish(tmp_path, port, server))

    yield run
    for each in published:
        each.withdraw()


class TestChoosing:
    def test_none_runs(self, tmp_path: Path) -> None:
        with pytest.raises(StartError, match="Start one with: collabpad serve"):
            connect(tmp_path, url=None, token=None)

    def test_the_only_one(self, tmp_path: Path, publishing: Any) -> None:
        publishing(5000)
        found = connect(tmp_path, url=None, token=None)
        assert found == ApiClient("http://127.0.0.1:5000", TOKEN)

    def test_of_several_one_has_to_be_named(self, tmp_path: Path, publishing: Any) -> None:
        publishing(5000)
        publishing(5001, token="another-token-there")
        with pytest.raises(UsageProblem, match="--server") as caught:
            connect(tmp_path, url=None, token=None)
        assert "http://127.0.0.1:5001" in caught.value.message
        named = connect(tmp_path, url="http://127.0.0.1:5001", token=None)
        assert named.token == "another-token-there"

    @pytest.mark.parametrize(
        "url",
        ["http://localhost:5000/", "http://127.0.0.1:5000", "localhost:5000", "http://[::1]:5000"],
    )
    def test_the_token_goes_only_to_the_address_that_was_published(
        self, tmp_path: Path, publishing: Any, url: str
    ) -> None:
        publishing(5000)
        assert connect(tmp_path, url=url, token=None) == ApiClient("http://127.0.0.1:5000", TOKEN)

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:5001",
            "https://127.0.0.1:5000",
            "http://127.0.0.1.example.org:5000",
            "http://127.0.0.2:5000",
            "http://127.0.0.1:5000/other",
        ],
    )
    def test_no_other_server_gets_it(self, tmp_path: Path, publishing: Any, url: str) -> None:
        publishing(5000)
        assert connect(tmp_path, url=url, token=None) == ApiClient(url, None)

    def test_a_server_elsewhere_gets_the_token_named_for_it(self, tmp_path: Path) -> None:
        found = connect(tmp_path, url="https://pad.example.org/", token="token-for-over-there")
        assert found == ApiClient("https://pad.example.org", "token-for-over-there")

    def test_whoever_types_no_scheme_means_the_servers(self, tmp_path: Path) -> None:
        secure = ServerRecord("https://127.0.0.1:5000", 1, TOKEN, "1", "AB:CD")
        published = publish(tmp_path, 5000, secure)
        for typed in ("localhost:5000", "127.0.0.1:5000", "https://localhost:5000"):
            assert connect(tmp_path, url=typed, token=None) == client_of(secure)
        assert connect(tmp_path, url="http://localhost:5000", token=None).token is None
        # Another address of this machine: its certificate tells whether it is the same server.
        for typed in ("https://127.0.0.2:5000", f"https://{socket.gethostname()}:5000"):
            assert connect(tmp_path, url=typed, token=None) == ApiClient(typed, TOKEN, "AB:CD")
        for typed in (
            "https://203.0.113.7:5000",
            "https://127.0.0.2:5001",
            "https://pad.test:5000",
        ):
            assert connect(tmp_path, url=typed, token=None) == ApiClient(typed, None)
        published.withdraw()

    def test_whoever_types_no_path_means_the_servers(self, tmp_path: Path) -> None:
        below = ServerRecord("http://127.0.0.1:5000/pad", 1, TOKEN, "1")
        published = publish(tmp_path, 5000, below)
        for typed in ("localhost:5000", "http://127.0.0.1:5000/", "http://[::1]:5000/pad"):
            assert connect(tmp_path, url=typed, token=None) == client_of(below)
        other = connect(tmp_path, url="http://127.0.0.1:5000/other", token=None)
        assert other == ApiClient("http://127.0.0.1:5000/other", None)
        published.withdraw()

    def test_a_token_does_not_belong_on_the_command_line(self, tmp_path: Path) -> None:
        with pytest.raises(UsageProblem, match="COLLABPAD_TOKEN"):
            connect(tmp_path, url="http://127.0.0.1:5000/?token=abc", token=None)

    @pytest.mark.parametrize("url", ["", "http://", "ftp://x", "http://a:b@c", "http://a b"])
    def test_what_is_no_address(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(UsageProblem, match="--server must be"):
            connect(tmp_path, url=url, token=None)
