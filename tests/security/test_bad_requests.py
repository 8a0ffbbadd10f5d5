"""The list of bad input over HTTP, each with its exact answer; the server is unharmed."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.harness import Person, Server

JSON = {"Content-Type": "application/json"}
DEEP = "[" * 100_000

BODIES: dict[str, tuple[str | bytes, int, str]] = {
    "no JSON": ("{", 400, "bad_request"),
    "not UTF-8": (b'{"title":"\xff"}', 400, "bad_request"),
    "UTF-16": ('{"title":"x"}'.encode("utf-16"), 400, "bad_request"),
    "an array": ("[]", 400, "bad_request"),
    "a number": ("7", 400, "bad_request"),
    "null": ("null", 400, "bad_request"),
    "deep": (DEEP, 400, "bad_request"),
    "deep inside": ('{"title":' + DEEP, 400, "bad_request"),
    "closed deep": ('{"x":' + "[" * 5000 + "]" * 5000 + "}", 400, "bad_request"),
    "NaN for a text": ('{"title":NaN}', 400, "bad_request"),
    "a huge number": ('{"title":' + "9" * 10_000 + "}", 400, "bad_request"),
    "NUL": ('{"title":"a\\u0000b"}', 400, "bad_request"),
    "a lone surrogate": ('{"title":"\\ud800"}', 400, "bad_request"),
    "a lone surrogate in the code": ('{"content":"\\ud800"}', 400, "bad_request"),
    "bidi": ('{"title":"a\\u202eb"}', 400, "bad_request"),
    "a line break": ('{"title":"a\\nb"}', 400, "bad_request"),
    "an escape": ('{"title":"\\u001b[31m"}', 400, "bad_request"),
    "10 kB of title": ('{"title":"' + "x" * 10_000 + '"}', 400, "bad_request"),
    "blank": ('{"title":"  "}', 400, "bad_request"),
    "an object for a text": ('{"title":{"__proto__":{}}}', 400, "bad_request"),
    "a list for a policy": ('{"run_policy":["off"]}', 400, "bad_request"),
    "an unknown policy": ('{"run_policy":"root"}', 400, "bad_request"),
    "an unknown language": ('{"language":"../../etc/passwd"}', 400, "bad_request"),
    "too much code": ('{"content":"' + "x" * (1024 * 1024 + 1) + '"}', 413, "too_large"),
    "too large": ('{"content":"' + "x" * (30 * 1024 * 1024) + '"}', 413, "too_large"),
}


@pytest.fixture(autouse=True)
def unharmed(server: Server, ann: Person) -> Any:
    yield
    ann.does("send_message", message="unharmed")
    assert server.get("/healthz").status_code == 200


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_body_is_refused(server: Server, case: str) -> None:
    body, status, code = BODIES[case]
    data = body.encode() if isinstance(body, str) else body
    response = server.request("POST", "/create_session", data=data, headers=JSON)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert "Traceback" not in response.text


@pytest.mark.parametrize("harmless", ['{"__proto__":{"title":"x"}}', '{"constructor":1}', " {} \n"])
def test_unknown_fields_are_ignored(server: Server, harmless: str) -> None:
    response = server.request("POST", "/create_session", data=harmless, headers=JSON)
    assert response.status_code == 200
    session = response.json()["session_id"]
    assert server.get(f"/api/sessions/{session}").json()["title"] == "Untitled"


GET, POST = "GET {} HTTP/1.1", "POST /run_code HTTP/1.1"
OURS = "Host: {netloc}"
AS_JSON = "Content-Type: application/json"
AS_FORM = "Content-Type: application/x-www-form-urlencoded"
SOCKET = GET.format("/socket.io/?EIO=4&transport=websocket")
UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
RAW: dict[str, tuple[int, list[str]]] = {
    "a negative length": (400, [POST, OURS, AS_JSON, "Content-Length: -1"]),
    "an absurd length": (413, [POST, OURS, AS_JSON, "Content-Length: 9999999999999"]),
    "a length of letters": (400, [POST, OURS, AS_JSON, "Content-Length: ten"]),
    "two lengths": (400, [POST, OURS, AS_JSON, "Content-Length: 1", "Content-Length: 2"]),
    "a compressed body": (
        415,
        [POST, OURS, AS_JSON, "Content-Length: 2", "Content-Encoding: gzip"],
    ),
    "a form": (415, [POST, OURS, AS_FORM, "Content-Length: 2"]),
    "no Host": (400, [GET.format("/")]),
    "two Hosts": (400, [GET.format("/"), OURS, OURS]),
    "a Host before ours": (400, [GET.format("/"), "Host: evil.test@{netloc}"]),
    "a Host that starts like ours": (421, [GET.format("/"), "Host: localhost.evil.test"]),
    "another Host": (421, [GET.format("/"), "Host: evil.test"]),
    "the Origin null": (403, [POST, OURS, "Origin: null"]),
    "another Origin": (403, [POST, OURS, "Origin: http://evil.test"]),
    "an Origin that starts like ours": (403, [POST, OURS, "Origin: http://{netloc}.evil.test"]),
    "a path out of here": (400, [GET.format("/static/../../../etc/passwd"), OURS]),
    "an encoded path out of here": (400, [GET.format("/static/x/%2e%2e/%2e%2e/passwd"), OURS]),
    "a path with NUL": (400, [GET.format("/editor/%00"), OURS]),
    "JSONP": (400, [GET.format("/socket.io/?EIO=4&transport=polling&j=0"), OURS]),
    "a socket of another site": (403, [SOCKET, OURS, *UPGRADE, "Origin: http://evil.test"]),
}


@pytest.mark.parametrize("case", RAW)
def test_a_bad_request_is_refused(server: Server, case: str) -> None:
    status, lines = RAW[case]
    parts = urlsplit(server.url)
    request = "\r\n".join(lines).replace("{netloc}", parts.netloc) + "\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
        sock.sendall(request.encode() + b"\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = sock.recv(65536)
            assert part, answer
            answer += part
    assert int(answer.split()[1]) == status
    assert b"access-control-allow" not in answer.lower()


def test_a_preflight_is_granted_nothing(server: Server) -> None:
    headers = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
    for path in ("/create_session", "/run_code", "/api/sessions", "/socket.io/"):
        response = server.request("OPTIONS", path, headers=headers)
        assert not [name for name in response.headers if name.lower().startswith("access-control")]


def test_whom_an_event_is_about_cannot_be_forged(
    server: Server, session: dict[str, str], ann: Person
) -> None:
    bob = server.person("Bob").join(session)
    forged = {"participant_id": ann.id, "name": "Ann", "role": "host", "id": "1", "kind": "system"}
    bob.does("send_message", message="I am Ann", timestamp="2001-01-01T00:00:00Z", **forged)
    line = ann.hears("chat_message", message="I am Ann")
    assert (line["participant_id"], line["name"], line["kind"]) == (bob.id, "Bob", "chat")
    assert not line["timestamp"].startswith("2001")
    bob.does("presence", cursor=None, **forged)
    assert ann.hears("presence")["participant_id"] == bob.id


def test_ids_of_another_session_mean_nothing(
    server: Server, session: dict[str, str], ann: Person
) -> None:
    other = server.create_session()
    eve = server.person("Eve").join(other, as_host=True)
    for event in ("remove_participant", "transfer_host", "grant_write", "revoke_write"):
        assert eve.refused(event, participant_id=ann.id) == "unknown_participant"
    answer = server.person("Eve").tries_to_join(other, resume=ann.joined["resume"])
    assert answer["error"]["code"] == "forbidden"
    answer = server.person("Eve").tries_to_join(other, host_key=session["host_key"])
    assert answer["error"]["code"] == "forbidden"
    path = f"/api/sessions/{other['session_id']}"
    key = {"Authorization": f"Bearer {session['host_key']}"}
    assert server.request("DELETE", path, headers=key).status_code == 401
