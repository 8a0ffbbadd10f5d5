"""The guard: what gets past it, what does not, and what it tells those behind it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

import pytest

from collabpad.errors import CollabpadError
from collabpad.settings import Limits, Settings
from collabpad.web.guard import Guard
from tests.wire.conftest import StartWire
from tests.wire.wire_harness import (
    RawClient,
    WireServer,
    connect,
    eventually,
    read_answer,
    request,
)

Environ = dict[str, Any]


class Site:
    """A guarded application that remembers what reached it."""

    def __init__(self, **settings: Any) -> None:
        self.reached: Environ | None = None
        self.body = b""
        self.answer_headers = [("Content-Type", "text/html; charset=utf-8")]
        self.guard = Guard(self._app, Settings(**settings), render_error=_page)

    def _app(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        self.reached = environ
        self.body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", self.answer_headers)
        return [b"reached"]

    def ask(
        self,
        path: str = "/",
        method: str = "GET",
        *,
        body: bytes = b"",
        host: str | None = "127.0.0.1:5000",
        remote: str = "127.0.0.1",
        **headers: str,
    ) -> Told:
        environ: Environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "REMOTE_ADDR": remote,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
        }
        if host is not None:
            environ["HTTP_HOST"] = host
        if body:
            environ |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json"}
        for name, value in headers.items():
            environ[name.upper() if name in WSGI_NAMES else f"HTTP_{name.upper()}"] = value
        self.reached = None
        told = Told()
        told.body = b"".join(self.guard(environ, told.start_response))
        return told

    def post(self, path: str = "/create_session", body: bytes = b"{}", **headers: str) -> Told:
        return self.ask(path, "POST", body=body, **headers)


WSGI_NAMES = ("content_length", "content_type", "script_name", "server_protocol")


class Told:
    status = 0
    body = b""
    headers: dict[str, str]

    def start_response(self, status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        self.status = int(status.split(maxsplit=1)[0])
        self.headers = {name.lower(): value for name, value in headers}
        assert len(self.headers) == len(headers), "a header twice"

    @property
    def code(self) -> str:
        code: str = json.loads(self.body)["error"]["code"]
        return code


def _page(error: CollabpadError, environ: Environ) -> bytes:
    nonce = environ["collabpad.nonce"]
    return f"<h1>{error.status} {error.code}</h1>{error.message} {nonce}".encode()


# --- Host ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:5000",
        "localhost:1",
        "LOCALHOST",
        "[::1]:5000",
        "192.0.2.7:80",
        "[2001:db8::1]",
    ],
)
def test_addresses_and_localhost_are_known(host: str) -> None:
    assert Site().ask(host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5000",
        "localhost.evil.example",
        "evil-localhost",
        "127.0.0.1.evil.example",
        "localhost.",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "127.0.0.01",
        "pad.example.evil",
        "xpad.example",
    ],
)
def test_other_names_are_refused_with_the_way_to_allow_them(host: str) -> None:
    told = Site(allow_hosts=("pad.example",)).ask(host=host)
    assert (told.status, told.code) == (421, "unknown_host")
    assert b"--allow-host" in told.body


@pytest.mark.parametrize("path", ["/", "/socket.io/", "/static/a.js", "/healthz"])
def test_no_path_is_open_to_a_rebound_name(path: str) -> None:
    site = Site()
    assert site.ask(path, host="evil.example", origin="http://evil.example").status == 421
    assert site.reached is None


def test_allowed_names_are_known_whatever_their_port_and_case() -> None:
    site = Site(allow_hosts=("pad.example",), public_url="https://code.example:8443/pad")
    assert site.ask(host="pad.example:1234").status == 200
    assert site.ask(host="PAD.example").status == 200
    assert site.ask(host="code.example").status == 200


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        " ",
        "localhost:",
        "localhost:x",
        "localhost:99999",
        "a b",
        "user@localhost",
        "localhost/",
        "localhost,evil.example",
        "[::1",
        "::1",
        "[::1]x",
        "[fe80::1%25eth0]",
        "é",
        "local\x00host",
    ],
)
def test_a_malformed_host_is_a_bad_request(host: str | None) -> None:
    told = Site().ask(host=host)
    assert (told.status, told.code) == (400, "bad_request")


# --- Origin --------------------------------------------------------------------------------------


SOCKET: dict[str, Any] = {"upgrade": "websocket", "connection": "Upgrade"}


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "file://",
        "https://127.0.0.1:5000",
        "http://127.0.0.1",
        "http://127.0.0.1:50001",
        "http://127.0.0.1:5000.evil.example",
        "http://127.0.0.1:5000/",
        "http://evil@127.0.0.1:5000",
        "http://localhost:5000",
        "HTTP://127.0.0.1:5000",
        "http://127.0.0.1:5000, http://evil.example",
        "chrome-extension://abc",
    ],
)
def test_another_origin_may_open_no_socket_and_change_nothing(origin: str) -> None:
    site = Site()
    for told in (
        site.ask("/socket.io/", origin=origin),
        site.ask("/socket.io/", origin=origin, **SOCKET),
        site.ask("/socket.io/", "POST", body=b"4", origin=origin),
        site.post(origin=origin),
        site.ask("/api/sessions/x", "DELETE", origin=origin),
        site.ask("/anything", origin=origin, **SOCKET),
    ):
        assert (told.status, told.code) == (403, "forbidden")
        assert site.reached is None
    assert site.ask("/", origin=origin).status == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("localhost:80", "http://localhost"),
        ("localhost", "http://localhost:80"),
        ("[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_our_own_pages_may(host: str, origin: str) -> None:
    site = Site()
    assert site.ask("/socket.io/", host=host, origin=origin, cookie="a=b", **SOCKET).status == 200
    assert site.post(host=host, origin=origin, cookie="a=b").status == 200


def test_pages_of_the_public_url_may() -> None:
    site = Site(public_url="https://pad.example")
    assert site.post(host="pad.example", origin="https://pad.example").status == 200
    assert site.post(host="pad.example", origin="http://pad.example:81").status == 403


@pytest.mark.parametrize("where", ["cross-site", "same-site", "unheard-of"])
def test_a_request_that_the_browser_says_is_not_ours_is_refused(where: str) -> None:
    site = Site()
    assert site.post(sec_fetch_site=where).status == 403
    assert site.ask("/socket.io/", sec_fetch_site=where).status == 403
    assert site.ask("/editor/x", sec_fetch_site=where).status == 200


def test_a_link_or_bookmark_and_our_own_requests_pass() -> None:
    for where in ("same-origin", "none"):
        assert Site().post(sec_fetch_site=where).status == 200


def test_a_missing_origin_is_for_programs_only() -> None:
    site = Site()
    assert site.post().status == 200
    assert site.ask("/socket.io/", **SOCKET).status == 200
    assert site.post(cookie="a=b").status == 403
    assert site.ask("/socket.io/", cookie="a=b", **SOCKET).status == 403
    assert site.post(cookie="a=b", authorization="Bearer x").status == 200
    # Browsers send none with a GET to their page's own origin, which is how polling begins.
    assert site.ask("/socket.io/", cookie="a=b").status == 200


def test_preflights_are_granted_nothing(wire: WireServer) -> None:
    for path in ("/environ", "/socket.io/?EIO=4&transport=polling"):
        answer = request(
            wire,
            path,
            method="OPTIONS",
            origin="http://evil.example",
            access_control_request_method="POST",
        )
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_page_of_another_site_opens_no_websocket(wire: WireServer) -> None:
    with RawClient(wire, join=False, origin="http://evil.example") as client:
        assert client.answer.status == 403
    with RawClient(wire, join=False, host="evil.example", origin="http://evil.example") as client:
        assert client.answer.status == 421
    with RawClient(
        wire, join=False, x_forwarded_host="evil.example", origin="http://evil.example"
    ) as client:
        assert client.answer.status == 403
    with RawClient(wire, origin=wire.url) as client:
        assert client.is_well()


# --- bodies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/json, text/plain",
        "application/json; charset=latin-1",
        "text/plain; application/json",
    ],
)
def test_only_json_bodies_pass(kind: str) -> None:
    site = Site()
    told = site.post(content_type=kind)
    assert (told.status, told.code) == (415, "not_json")
    assert site.reached is None


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"']
)
def test_json_bodies_pass(kind: str) -> None:
    site = Site()
    assert site.post(content_type=kind).status == 200
    assert site.body == b"{}"


def test_an_empty_body_may_be_of_any_type() -> None:
    for kind in ("", "text/plain", "multipart/form-data"):
        assert Site().ask("/create_session", "POST", content_type=kind).status == 200


def test_polling_bodies_are_text() -> None:
    assert Site().post("/socket.io/", b"40", content_type="text/plain;charset=UTF-8").status == 200


def test_compressed_bodies_are_refused() -> None:
    for path in ("/create_session", "/socket.io/"):
        assert Site().post(path, content_encoding="gzip").status == 415
        assert Site().post(path, content_encoding="identity").status == 200


def test_bodies_over_the_limit_are_refused_before_they_are_read() -> None:
    site = Site(limits=Limits(frame=8192, state=8192))
    for path in ("/create_session", "/socket.io/"):
        assert site.post(path, b" " * 8192).status == 200
        told = site.post(path, b"", content_length="8193", content_type="application/json")
        assert (told.status, told.code) == (413, "too_large")
    assert site.post("/api/sessions/import", b" " * 8193).status == 200
    assert site.post("/api/sessions/import", b" " * 24577).status == 413


@pytest.mark.parametrize("length", ["-1", "+1", "1_0", "one", "9" * 30, "1,1", "0x1", " 1"])
def test_a_malformed_length_is_a_bad_request(length: str) -> None:
    assert Site().post(content_length=length).status == 400


def test_a_chunked_body_becomes_a_plain_one() -> None:
    site = Site(limits=Limits(frame=8192))
    told = site.post(body=b"[1]", content_length="", transfer_encoding="chunked")
    assert told.status == 200
    assert site.body == b"[1]"
    assert site.reached is not None
    assert "HTTP_TRANSFER_ENCODING" not in site.reached
    told = site.post(body=b" " * 8193, content_length="", transfer_encoding="chunked")
    assert (told.status, told.code) == (413, "too_large")


def test_a_get_has_no_body() -> None:
    assert Site().ask(body=b"{}").status == 400
    assert Site().ask(content_length="0").status == 200


# --- paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "*",
        "/../etc/passwd",
        "/static/../../etc/passwd",
        "/static/..",
        "/./x",
        "/static/..\\..\\x",
        "/x\x00.js",
        "/x\r\nSet-Cookie: a=b",
        "/\x1b[2J",
        "/\xff\xfe",
        "/\xed\xa0\x80",
    ],
)
def test_a_malformed_path_is_a_bad_request(path: str) -> None:
    site = Site()
    told = site.ask(path)
    assert (told.status, told.code) == (400, "bad_request")
    assert site.reached is None


@pytest.mark.parametrize("path", ["/", "/a..b/c", "/...", "/é".encode().decode("latin-1"), "//x"])
def test_other_paths_pass(path: str) -> None:
    assert Site().ask(path).status == 200


def test_the_base_path_moves_into_the_script_name() -> None:
    site = Site(base_path="/pad")
    for path, inside in (("/pad/editor/x", "/editor/x"), ("/pad/", "/"), ("/pad", "/")):
        assert site.ask(path, script_name="").status == 200
        assert site.reached is not None
        assert (site.reached["SCRIPT_NAME"], site.reached["PATH_INFO"]) == ("/pad", inside)
    for path in ("/", "/padding", "/editor/x", "/Pad/"):
        told = site.ask(path)
        assert (told.status, told.code) == (404, "not_found")


def test_the_rules_hold_below_the_base_path() -> None:
    site = Site(base_path="/pad")
    assert site.ask("/pad/socket.io/", origin="http://evil.example").status == 403
    assert site.ask("/pad/socket.io/", "POST", body=b"4", content_type="text/plain").status == 200


# --- who is local --------------------------------------------------------------------------------


def local(site: Site, **headers: Any) -> bool:
    assert site.ask(**headers).status == 200
    assert site.reached is not None
    return bool(site.reached["collabpad.local"])


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost", "[::1]:5000", "127.8.8.8"])
def test_a_request_to_a_loopback_name_is_local(host: str) -> None:
    assert local(Site(), host=host)


def test_a_request_to_another_address_is_not_local() -> None:
    assert not local(Site(), host="192.0.2.7:5000")
    assert not local(Site(), host="0.0.0.0:5000")
    assert not local(Site(public_url="http://pad.example"), host="pad.example")


@pytest.mark.parametrize(
    "header",
    [
        "forwarded",
        "via",
        "x_forwarded_for",
        "x_forwarded_host",
        "x_forwarded_proto",
        "x_forwarded_prefix",
        "x_real_ip",
    ],
)
def test_a_request_through_a_proxy_is_not_local(header: str) -> None:
    assert not local(Site(), **{header: ""})


def test_a_request_as_nginx_forwards_it_by_default_is_not_local() -> None:
    assert local(Site(), server_protocol="HTTP/1.1")
    assert not local(Site(), server_protocol="HTTP/1.0")


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "0.0.0.0"},
        {"host": "192.0.2.7"},
        {"lan": True},
        {"trust_proxy": 1},
        {"allow_hosts": ("pad.example",)},
        {"token": "t" * 32},
    ],
)
def test_a_server_that_others_may_reach_has_no_local_requests(settings: Environ) -> None:
    assert not local(Site(**settings))


# --- proxies -------------------------------------------------------------------------------------


def test_forwarded_headers_of_strangers_are_dropped() -> None:
    site = Site()
    told = site.ask(
        x_forwarded_for="6.6.6.6", x_forwarded_host="evil.example", x_forwarded_proto="https"
    )
    assert told.status == 200
    assert site.reached is not None
    assert site.reached["collabpad.address"] == "127.0.0.1"
    assert site.reached["HTTP_HOST"] == "127.0.0.1:5000"
    assert site.reached["wsgi.url_scheme"] == "http"
    assert not [key for key in site.reached if key.startswith("HTTP_X_FORWARDED")]


@pytest.mark.parametrize(
    ("hops", "sent", "address"),
    [
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "not an address", "127.0.0.1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_client_s_address_is_what_the_outermost_trusted_proxy_saw(
    hops: int, sent: str, address: str
) -> None:
    site = Site(trust_proxy=hops)
    assert site.ask(x_forwarded_for=sent).status == 200
    assert site.reached is not None
    assert site.reached["collabpad.address"] == address


def test_behind_a_trusted_proxy_host_and_origin_are_the_browser_s() -> None:
    site = Site(trust_proxy=1, allow_hosts=("pad.example",))
    seen: dict[str, Any] = {
        "host": "127.0.0.1:5000",
        "x_forwarded_host": "pad.example",
        "x_forwarded_proto": "https",
        "x_forwarded_for": "192.0.2.1",
    }
    assert site.post(origin="https://pad.example", **seen).status == 200
    assert site.reached is not None
    assert site.reached["wsgi.url_scheme"] == "https"
    assert site.reached["HTTP_HOST"] == "pad.example"
    assert site.post(origin="http://pad.example", **seen).status == 403
    assert site.post(**{**seen, "x_forwarded_host": "evil.example"}).status == 421
    assert site.post(**{**seen, "x_forwarded_host": "a b"}).status == 400
    assert site.ask(**{**seen, "x_forwarded_proto": "gopher"}).status == 200
    assert site.reached["wsgi.url_scheme"] == "http"


# --- answers -------------------------------------------------------------------------------------


def test_pages_carry_the_security_headers_and_a_fresh_nonce() -> None:
    site = Site()
    told = site.ask()
    assert site.reached is not None
    nonce = site.reached["collabpad.nonce"]
    assert told.headers["content-security-policy"] == (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        "connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["referrer-policy"] == "no-referrer"
    assert told.headers["cross-origin-opener-policy"] == "same-origin"
    assert told.headers["cross-origin-resource-policy"] == "same-origin"
    site.ask()
    assert site.reached["collabpad.nonce"] != nonce


def test_pictures_that_could_be_pages_carry_the_policy_and_data_does_not() -> None:
    site = Site()
    for kind, protected in (("image/svg+xml", True), ("application/json", False)):
        site.answer_headers = [("Content-Type", kind)]
        told = site.ask()
        assert ("content-security-policy" in told.headers) is protected
        assert told.headers["x-content-type-options"] == "nosniff"


def test_headers_of_the_application_stay() -> None:
    site = Site()
    site.answer_headers = [("Content-Type", "text/html"), ("referrer-policy", "origin")]
    assert site.ask().headers["referrer-policy"] == "origin"


def test_a_browser_gets_a_page_and_a_program_json() -> None:
    site = Site()
    page = site.ask(host="evil.example", accept="text/html,*/*;q=0.8")
    assert page.status == 421
    assert page.body.startswith(b"<h1>421 unknown_host</h1>")
    assert "content-security-policy" in page.headers
    nonce = page.body.rpartition(b" ")[2].decode()
    assert nonce in page.headers["content-security-policy"]
    assert site.ask("/socket.io/", host="evil.example", accept="text/html").code == "unknown_host"
    assert site.ask("/x", "HEAD", host="evil.example").body == b""
    assert site.ask("/x", host="evil.example").headers["cache-control"] == "no-store"


def test_bodies_of_many_clients_are_bounded_together(start_wire: StartWire) -> None:
    server = start_wire(patch={"collabpad.web.guard.IN_FLIGHT_BYTES": 1_000_000})
    head = (
        b"POST /environ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 900000\r\n\r\n"
    )
    with connect(server) as first, connect(server) as second:
        first.sendall(head + b" " * 800_000)
        eventually(lambda: server.state()["bodies"] > 700_000, "the first body under way")
        second.sendall(head + b" " * 800_000)
        answer = read_answer(second)
        assert (answer.status, answer.error) == (503, "busy")
        assert request(server, "/environ", method="POST", body=b"{}").status == 200
        first.sendall(b" " * 100_000)
        assert read_answer(first).status == 200
    assert server.state()["bodies"] == 0
