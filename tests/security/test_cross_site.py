"""A page of another site, in a real browser, tries to reach the server of whoever visits it.

Over loopback, where browsers are the most trusting, and over an address of a network, in a network
namespace of the test's own that reaches nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.chromium import launch_options
from tests.harness import Server, eventually
from tests.network import FAR, NEAR

pytestmark = pytest.mark.slow

REBOUND = "evil.test"
"""The attacker's own name: its page comes from the attacker, then the name leads to our server."""
TOKEN = "an-operators-own-token"

ATTACK = """
const victim = new URLSearchParams(location.search).get("victim");
const session = new URLSearchParams(location.search).get("session");
const got = {};
const attempt = async (name, work) => {
  try { got[name] = await work(); } catch (error) { got[name] = `failed: ${error.name}`; }
};
const told = async (response) => `${response.type} ${response.status} ${await response.text()}`;
const post = (path, body, options) => () =>
  fetch(victim + path, { method: "POST", body, credentials: "include", ...options }).then(told);
const json = { headers: { "Content-Type": "application/json" } };
const socket = (url) => new Promise((resolve) => {
  const ws = new WebSocket(url);
  ws.onmessage = (event) => resolve(`heard ${event.data}`);
  ws.onerror = () => resolve("failed: refused");
});
const ws = victim.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket";
const polling = victim + "/socket.io/?EIO=4&transport=polling";
await attempt("simple post", post("/create_session", "{}", { mode: "no-cors" }));
await attempt("empty post", post("/create_session", undefined, { mode: "no-cors" }));
await attempt("json post", post("/create_session", "{}", json));
await attempt("run", post("/run_code", '{"code":"print(1)"}', { mode: "no-cors" }));
const state = `${victim}/api/sessions/${session}`;
await attempt("delete", () => fetch(state, { method: "DELETE" }).then(told));
await attempt("list", () => fetch(`${victim}/api/sessions`, { credentials: "include" }).then(told));
await attempt("state", () => fetch(state).then(told));
await attempt("home", () => fetch(`${victim}/`, { credentials: "include" }).then(told));
await attempt("websocket", () => socket(ws));
await attempt("polling", () => fetch(polling, { credentials: "include" }).then(told));
await attempt("script", () => new Promise((resolve) => {
  const script = document.createElement("script");
  script.src = polling + "&j=0";
  script.onload = () => resolve("loaded");
  script.onerror = () => resolve("failed: refused");
  document.body.append(script);
}));
await attempt("frame", () => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.src = `${victim}/editor/${session}`;
  frame.onload = () => {
    try { resolve(`seen ${frame.contentDocument.title}`); } catch { resolve("failed: opaque"); }
  };
  document.body.append(frame);
}));
await attempt("form", () => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.name = "form";
  document.body.append(frame);
  const form = document.createElement("form");
  Object.assign(form, { method: "POST", action: `${victim}/create_session`, target: "form" });
  document.body.append(form);
  frame.onload = () => resolve("failed: opaque");
  form.submit();
}));
document.title = "done";
window.got = got;
"""
PAGE = f"<!doctype html><title>evil</title><body><script type=module>{ATTACK}</script>"


@dataclass
class EvilSite:
    """A web server of the attacker's."""

    host: str = "127.0.0.1"
    server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> EvilSite:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = PAGE.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer((self.host, 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


@pytest.fixture(scope="module")
def options() -> dict[str, Any]:
    found = launch_options()
    if found is None:
        pytest.skip("program: chromium is not installed")
    return found


@pytest.fixture
def playwright_browser(options: dict[str, Any], playwright: Any) -> Iterator[Any]:
    rules = f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"
    args = [arg for arg in options["args"] if "host-resolver" not in arg]
    browser = playwright.chromium.launch(**{**options, "args": [*args, rules]})
    yield browser
    browser.close()


def attack(browser: Any, server: Server, origin: str, session: str, *, operator: bool) -> Any:
    """What a page at `origin` got, in a browser in which somebody uses the server."""
    context = browser.new_context()
    if operator:
        page = context.new_page()
        page.goto(f"{server.url}/?token={server.token}")
        assert context.cookies()
    page = context.new_page()
    page.goto(f"{origin}/?victim={server.url}&session={session}")
    page.wait_for_function("document.title === 'done'", timeout=30_000)
    got = page.evaluate("window.got")
    context.close()
    return got


def nothing_was_had(got: dict[str, str], server: Server, sessions: int) -> None:
    """Opaque answers are as good as none: the page cannot read them."""
    harmless = ("failed: ", "opaque 0 ")
    assert {name: told for name, told in got.items() if not told.startswith(harmless)} == {}
    assert {told for told in got.values() if told.startswith("opaque")} <= {"opaque 0 "}
    listed = server.get("/api/sessions", headers=server.as_operator).json()["sessions"]
    assert len(listed) == sessions
    assert "run_code 200" not in server.read_log()
    assert " 101 " not in server.read_log()


@pytest.mark.parametrize("operator", [False, True], ids=["local", "operator's cookie"])
def test_a_page_on_another_port_of_this_machine(
    playwright_browser: Any, tmp_path: Path, operator: bool
) -> None:
    environment = {"COLLABPAD_TOKEN": TOKEN} if operator else {}
    with Server(tmp_path, environment=environment) as server, EvilSite() as evil:
        session = server.create_session()["session_id"]
        for name in ("127.0.0.1", "localhost", REBOUND):
            origin = f"http://{name}:{evil.port}"
            got = attack(playwright_browser, server, origin, session, operator=operator)
            assert len(got) == 13
            nothing_was_had(got, server, 1)


def test_a_name_that_is_rebound_to_this_server(playwright_browser: Any, tmp_path: Path) -> None:
    """To the browser the page and our server are then one origin: only the Host gives it away."""
    with Server(tmp_path) as server:
        port = urlsplit(server.url).port
        page = playwright_browser.new_page()
        answer = page.goto(f"http://{REBOUND}:{port}/")
        assert answer.status == 421
        assert "--allow-host" in page.content()
        got = page.evaluate(
            """async () => {
              const post = await fetch("/create_session", { method: "POST" });
              const socket = await new Promise((resolve) => {
                const ws = new WebSocket(`ws://${location.host}/socket.io/?EIO=4&transport=websocket`);
                ws.onmessage = () => resolve("heard");
                ws.onerror = () => resolve("refused");
              });
              return [post.status, socket];
            }"""
        )
        assert got == [421, "refused"]
        page.close()
        assert server.get("/api/sessions", headers=server.as_operator).json()["sessions"] == []


# --- over a network ------------------------------------------------------------------------------


BROWSER = """
import json, sys
from pathlib import Path
from playwright.sync_api import sync_playwright
from tests.browser.chromium import launch_options
from tests.security.test_cross_site import EvilSite
url, session, host = sys.argv[1:]
with EvilSite(host) as evil, sync_playwright() as playwright:
    browser = playwright.chromium.launch(**launch_options())
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/editor/{session}")  # somebody who uses the server, too
    secure = page.evaluate("isSecureContext")
    page = context.new_page()
    page.goto(f"http://{host}:{evil.port}/?victim={url}&session={session}")
    page.wait_for_function("document.title === 'done'", timeout=30_000)
    print(json.dumps({"secure": secure, "got": page.evaluate("window.got")}))
    browser.close()
"""


def test_a_page_on_the_network_and_a_server_on_the_network(
    namespaces: tuple[str, str], options: dict[str, Any], tmp_path: Path
) -> None:
    near, far = namespaces
    root = Path(__file__).parent.parent.parent
    environment = {
        **os.environ,
        "COLLABPAD_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "PYTHONPATH": str(root),
    }
    serve = [sys.executable, "-m", "collabpad", "serve", "--host", NEAR, "--port", "0", "--new"]
    serve += ["--json", "--no-token", "--data-dir", str(tmp_path / "data")]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            ["ip", "netns", "exec", near, *serve],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        session = said["session"]["session_id"]
        done = subprocess.run(
            ["ip", "netns", "exec", far, sys.executable, "-c", BROWSER, said["url"], session, FAR],
            env=environment,
            cwd=root,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert not found["secure"], "a page over plain HTTP on a network"
        got = found["got"]
        assert len(got) == 13
        harmless = ("failed: ", "opaque 0 ")
        assert {name: told for name, told in got.items() if not told.startswith(harmless)} == {}
    finally:
        process.terminate()
        process.communicate(timeout=20)
    # Nobody needs a token there: it is the page's being of another site that stopped it.
    told = (tmp_path / "log").read_text()
    eventually(lambda: "POST /create_session 403" in told, "the refusals in the log")
    assert "POST /run_code 200" not in told
    assert told.count("POST /create_session 200") == 1, "that of --new"
