"""The HTTP API and the pages: what each answers, and to whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.harness import Person, Server

Session = dict[str, str]


def error_of(response: requests.Response) -> tuple[int, str]:
    assert response.json()["error"]["message"]
    return response.status_code, response.json()["error"]["code"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for which no request is local: it has a token of the operator's own."""
    environment = {"COLLABPAD_TOKEN": "an-operator-token-of-my-own"}
    with Server(tmp_path_factory.mktemp("guarded"), environment=environment) as server:
        yield server


def test_create_session_answers_ids_and_links(server: Server) -> None:
    response = server.request("POST", "/create_session")
    assert response.status_code == 200
    session = response.json()
    assert session.keys() == {
        "session_id",
        "host_key",
        "view_id",
        "editor_url",
        "view_url",
        "host_url",
    }
    assert session["editor_url"] == f"{server.url}/editor/{session['session_id']}"
    assert session["view_url"] == f"{server.url}/editor/{session['view_id']}"
    assert session["host_url"] == f"{session['editor_url']}#host={session['host_key']}"
    assert server.get(f"/editor/{session['session_id']}").status_code == 200
    assert server.get(f"/editor/{session['view_id']}").status_code == 200


def test_a_session_may_start_with_an_example(server: Server) -> None:
    plain = server.person("Ann", crdt=True).join(server.create_session())
    assert plain.text == ""
    example = server.create_session(example=True, language="shell")
    assert "echo" in server.person("Ann", crdt=True).join(example).text
    own = server.create_session(example=True, content="mine")
    assert server.person("Ann", crdt=True).join(own).text == "mine"


def test_an_empty_body_is_fine_whatever_its_type(server: Server) -> None:
    headers = {"Content-Type": "text/plain"}
    assert server.request("POST", "/create_session", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"{", {}, (400, "bad_request")),
        (b"[]", {}, (400, "bad_request")),
        (b"[" * 100_000, {}, (400, "bad_request")),
        (b'{"title": 7}', {}, (400, "bad_request")),
        (b'{"title": "\\ud800"}', {}, (400, "bad_request")),
        (b'{"language": "klingon"}', {}, (400, "bad_request")),
        (b'{"write_mode": "chaos"}', {}, (400, "bad_request")),
        (b"\xff\xfe", {}, (400, "bad_request")),
        (b"title=x", {"Content-Type": "application/x-www-form-urlencoded"}, (415, "not_json")),
        (b'{"content": "%s"}' % (b"x" * 1100 * 1024), {}, (413, "too_large")),
        (b'{"content": "%s"}' % (b"x" * 5 * 1024 * 1024), {}, (413, "too_large")),
    ],
)
def test_a_bad_body_is_refused(
    server: Server, body: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    headers = {"Content-Type": "application/json", **headers}
    response = server.request("POST", "/create_session", data=body, headers=headers)
    assert error_of(response) == expected


def test_unknown_addresses_and_methods(server: Server) -> None:
    assert error_of(server.get("/nowhere")) == (404, "not_found")
    assert error_of(server.get("/editor/unknown")) == (404, "unknown_session")
    assert error_of(server.get("/api/sessions/unknown")) == (404, "unknown_session")
    assert error_of(server.get("/create_session")) == (405, "method_not_allowed")
    assert error_of(server.post("/")) == (405, "method_not_allowed")
    assert server.get("/api/sessions").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", "GET, HEAD, OPTIONS"),
        ("/create_session", "OPTIONS, POST"),
        ("/api/sessions/x", "DELETE, GET, HEAD, OPTIONS"),
        ("/static/x/y", "GET, HEAD, OPTIONS"),
        ("/socket.io/?EIO=4&transport=polling", "GET, POST"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_refused_method_learns_which_there_are(
    server: Server, path: str, allowed: str, accept: str
) -> None:
    """RFC 9110, 15.5.6."""
    response = server.request("PUT", path, headers={"Accept": accept})
    assert (response.status_code, response.headers["Allow"]) == (405, allowed)


def test_a_browser_gets_a_page_that_says_what_to_do(server: Server) -> None:
    response = server.get("/editor/unknown", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
    assert "There is no such session" in response.text
    assert 'href="/"' in response.text


def test_the_state_of_a_session(server: Server, session: Session, ann: Person, bob: Person) -> None:
    ann.writes("12345")
    state = server.get(f"/api/sessions/{session['session_id']}").json()
    assert (state["people"], state["online"], state["size"]) == (2, 2, 5)
    assert state["language"] == "python"
    assert state["write_mode"] == "handoff"
    assert state["join_url"] == session["editor_url"]
    seen = server.get(f"/api/sessions/{session['view_id']}")
    assert session["session_id"] not in seen.text
    assert seen.json()["view_url"] == session["view_url"]


def test_a_closed_sessions_state_is_for_those_inside(
    server: Server, session: Session, ann: Person
) -> None:
    ann.does("update_session", passcode="hunter2")
    address = f"/api/sessions/{session['session_id']}"

    def with_bearer(token: str) -> int:
        return server.get(address, headers={"Authorization": f"Bearer {token}"}).status_code

    assert error_of(server.get(address)) == (403, "passcode_required")
    assert with_bearer("guess") == 403
    assert with_bearer(ann.joined["resume"]) == 200
    assert with_bearer(session["host_key"]) == 200
    assert with_bearer(server.token) == 200
    ann.does("update_session", passcode=None, join_policy="approve")
    assert error_of(server.get(address)) == (403, "forbidden")


def test_the_list_is_the_operators(server: Server, session: Session) -> None:
    assert error_of(server.get("/api/sessions")) == (401, "unauthorized")
    found = server.get("/api/sessions", headers=server.as_operator).json()["sessions"]
    assert session["session_id"] in [each["session_id"] for each in found]


def test_ending_a_session_needs_its_key_or_the_token(
    server: Server, session: Session, ann: Person
) -> None:
    address = f"/api/sessions/{session['session_id']}"
    assert error_of(server.request("DELETE", address)) == (401, "unauthorized")
    resume = {"Authorization": f"Bearer {ann.joined['resume']}"}
    assert server.request("DELETE", address, headers=resume).status_code == 401
    key = {"Authorization": f"Bearer {session['host_key']}"}
    assert server.request("DELETE", address, headers=key).status_code == 200
    assert ann.hears("session_closed") == {"reason": "closed"}
    assert server.get(address).status_code == 404


def test_health(server: Server) -> None:
    assert server.get("/healthz").json()["status"] == "ok"


def test_the_qr_code_is_an_image_of_the_link(server: Server, session: Session) -> None:
    response = server.get(f"/api/sessions/{session['session_id']}/qr.svg")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.text.startswith("<?xml")
    other = server.get(f"/api/sessions/{session['view_id']}/qr.svg")
    assert other.text != response.text


def test_static_files_are_kept_for_a_year_and_compressed(server: Server) -> None:
    home = server.get("/", headers={"Accept": "text/html"}).text
    path = home.split('src="')[1].split('"')[0]
    response = server.get(path, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "immutable" in response.headers["Cache-Control"]
    plain = server.get(path, headers={"Accept-Encoding": "identity"})
    assert plain.content == response.content
    assert error_of(server.get("/static/x/../../errors.py")) == (404, "not_found")
    assert server.get("/static/x/%2e%2e/%2e%2e/errors.py").status_code in (400, 404)


def test_without_the_token_nothing_is_created_or_run(guarded: Server) -> None:
    assert error_of(guarded.post("/create_session")) == (401, "unauthorized")
    assert error_of(guarded.post("/run_code", {"code": "print(1)"})) == (401, "unauthorized")
    wrong = {"Authorization": "Bearer wrong"}
    assert error_of(guarded.post("/create_session", headers=wrong)) == (401, "unauthorized")
    assert guarded.post("/create_session", headers=guarded.as_operator).status_code == 200


def test_the_operators_link_is_traded_for_a_cookie(guarded: Server) -> None:
    browser = requests.Session()
    response = browser.get(
        f"{guarded.url}/?token={guarded.token}", allow_redirects=False, timeout=9
    )
    assert response.status_code == 303
    assert response.headers["Location"] == "/"
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert guarded.token not in cookie
    assert guarded.url.rpartition(":")[2] in cookie.partition("=")[0]
    same_origin = {"Origin": guarded.url}
    created = browser.post(f"{guarded.url}/create_session", headers=same_origin, timeout=9)
    assert created.status_code == 200
    wrong = guarded.get("/?token=wrong", headers={"Accept": "text/html"})
    assert wrong.status_code == 403
    assert guarded.token not in guarded.read_log().replace(f"?token={guarded.token}", "printed", 1)


def test_a_page_of_another_site_is_refused(server: Server) -> None:
    evil = {"Origin": "http://evil.example"}
    assert error_of(server.post("/create_session", headers=evil)) == (403, "forbidden")
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert error_of(server.post("/create_session", headers=cross)) == (403, "forbidden")
    rebound = {"Host": "evil.example"}
    assert error_of(server.get("/", headers=rebound)) == (421, "unknown_host")
    handshake = server.get("/socket.io/?EIO=4&transport=polling", headers=evil)
    assert handshake.status_code == 403


def test_pages_carry_the_security_headers(server: Server) -> None:
    headers = server.get("/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_sub_path_holds_everything(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("sub")
    with Server(folder, "--base-path", "/pad") as server:
        root = server.url.removesuffix("/pad")
        home = requests.get(f"{root}/pad/", timeout=9)
        assert '"/pad/static/' in home.text
        assert requests.get(f"{root}/", timeout=9).status_code == 404
        created = requests.post(f"{root}/pad/create_session", timeout=9).json()
        assert created["editor_url"].startswith(f"{root}/pad/editor/")
        assert requests.get(created["editor_url"], timeout=9).status_code == 200


def test_pages_are_compressed_for_who_takes_that(server: Server, session: dict[str, str]) -> None:
    path = f"/editor/{session['session_id']}"
    packed = server.get(path, headers={"Accept-Encoding": "gzip"})
    plain = server.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    for answer in (packed, plain):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert session["session_id"] in answer.text
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 3
