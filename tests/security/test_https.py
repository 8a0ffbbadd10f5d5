"""A server that speaks TLS: pages, cookies, WebSockets, commands, and those who fail at it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import websocket

from tests.harness import Server, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="program: openssl is not installed"),
]
TOKEN = "an-operators-own-token"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("secure")
    with Server(folder, "--tls", "self-signed", environment={"COLLABPAD_TOKEN": TOKEN}) as running:
        yield running


@pytest.fixture
def certificate(secure: Server) -> str:
    return str(secure.folder / "data" / "certificate.pem")


def address(server: Server) -> tuple[str, int]:
    parts = urlsplit(server.url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def created(server: Server, certificate: str) -> dict[str, str]:
    response = server.post("/create_session", headers=server.as_operator, verify=certificate)
    found: dict[str, str] = response.json()
    return found


class Socket:
    """A plain client over wss://, by another library."""

    def __init__(self, server: Server, certificate: str) -> None:
        url = f"wss://{server.url.removeprefix('https://')}/socket.io/?EIO=4&transport=websocket"
        self.connection = websocket.create_connection(
            url, sslopt={"ca_certs": certificate}, origin=server.url, timeout=10
        )
        self.connection.recv()
        self.connection.send("40")
        self.receive("40")

    def receive(self, start: str) -> str:
        while True:
            packet = self.connection.recv()
            assert isinstance(packet, str)
            if packet == "2":
                self.connection.send("3")
            if packet.startswith(start):
                return packet

    def call(self, event: str, **payload: Any) -> Any:
        self.connection.send("421" + json.dumps([event, payload]))
        (answer,) = json.loads(self.receive("431")[3:])
        return answer


def test_links_say_https_and_the_certificate_is_for_them(secure: Server, certificate: str) -> None:
    session = created(secure, certificate)
    assert session["editor_url"].startswith(f"{secure.url}/editor/")
    assert secure.url.startswith("https://127.0.0.1:")
    assert secure.get("/", verify=certificate).status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        secure.get("/")


def test_the_operators_cookie_is_for_https_alone(secure: Server, certificate: str) -> None:
    traded = secure.get(f"/?token={TOKEN}", verify=certificate, allow_redirects=False)
    cookie = traded.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


def test_people_write_over_websockets(secure: Server, certificate: str) -> None:
    session = created(secure, certificate)["session_id"]
    ann, bob = Socket(secure, certificate), Socket(secure, certificate)
    for name, client in (("Ann", ann), ("Bob", bob)):
        assert client.call("join_session", session_id=session, name=name)["ok"]
    text = "0123456789abcdef" * 60_000
    assert ann.call("code_change", session_id=session, content=text)["ok"]
    while json.loads(bob.receive('42["code_update"')[2:])[1]["content"] != text:
        pass
    ann.connection.close()
    bob.connection.close()


@pytest.mark.soak  # it is the missing pong that gives the reader away, after 20 seconds
def test_a_reader_that_stalls_is_cut_off_and_harms_nobody(secure: Server, certificate: str) -> None:
    session = created(secure, certificate)["session_id"]
    ann, slow = Socket(secure, certificate), Socket(secure, certificate)
    for name, client in (("Ann", ann), ("Slow", slow)):
        assert client.call("join_session", session_id=session, name=name)["ok"]
    for number in range(40):
        text = f"{number:03}" + "x" * 900_000
        assert ann.call("code_change", session_id=session, content=text)["ok"]

    def online() -> int:
        path = f"/api/sessions/{session}"
        found: int = secure.get(path, verify=certificate).json()["online"]
        return found

    eventually(lambda: online() == 1, "the slow reader to be cut off", patience=40)
    assert ann.call("send_message", session_id=session, message="still here")["ok"]
    ann.connection.close()
    slow.connection.close()


def test_who_speaks_plain_http_is_told_to_use_https(secure: Server) -> None:
    response = requests.get(secure.url.replace("https:", "http:"), timeout=10)
    assert response.status_code == 400
    assert "https://" in response.json()["error"]["message"]


def test_old_protocols_are_refused(secure: Server, certificate: str) -> None:
    context = ssl.create_default_context(cafile=certificate)
    with (
        socket.create_connection(address(secure)) as sock,
        context.wrap_socket(sock, server_hostname="localhost") as secured,
    ):
        assert secured.version() == "TLSv1.3"
    hello = bytes.fromhex("1603010005010000010300")  # claims TLS 1.0, and is cut short
    with socket.create_connection(address(secure), timeout=10) as sock:
        sock.sendall(hello)
        with contextlib.suppress(OSError):  # the server may have refused it already
            sock.shutdown(socket.SHUT_WR)
        answer = sock.recv(100)
        assert answer == b"" or answer.startswith(b"\x15")


def test_who_says_nothing_holds_nothing_up(secure: Server, certificate: str) -> None:
    silent = [socket.create_connection(address(secure)) for _ in range(50)]
    assert secure.get("/healthz", verify=certificate).status_code == 200
    for sock in silent:
        sock.close()


def test_commands_find_it_and_pin_its_certificate(
    secure: Server, certificate: str, tmp_path: Path
) -> None:
    runtime = secure.folder / "run"
    environment = {**os.environ, "COLLABPAD_RUNTIME_DIR": str(runtime)}
    command = [sys.executable, "-m", "collabpad", "new-session", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["editor_url"].startswith(secure.url)

    with Server(tmp_path, "--tls", "self-signed") as other:
        (file,) = runtime.glob("*.json")
        told = json.loads(file.read_text())
        assert told["fingerprint"] in secure.read_log()
        # Another server answers at the address to which the token was to go.
        lie = {**told, "url": other.url}
        script = (
            "import json, sys; from collabpad.client import ApiClient; "
            "told = json.loads(sys.argv[1]); "
            "ApiClient(told['url'], told['token'], told['fingerprint']).create_session({})"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, json.dumps(lie)], capture_output=True, text=True
        )
        assert "another certificate than the server's own" in done.stderr
        assert "POST" not in other.read_log()


def test_every_command_reaches_its_own_server(tmp_path: Path) -> None:
    with Server(tmp_path, "--tls", "self-signed", "--host", "::1", "--base-path", "/pad") as server:
        environment = {**os.environ, "COLLABPAD_RUNTIME_DIR": str(server.folder / "run")}

        def run(*arguments: str) -> str:
            command = [sys.executable, "-m", "collabpad", *arguments]
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=30
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        session = json.loads(run("new-session", "--json"))
        link = run("join-link", session["session_id"]).strip()
        assert link == session["editor_url"]
        assert link.startswith(f"{server.url}/editor/")
        exported = tmp_path / "kata.json"
        run("export", session["session_id"], "-o", str(exported))
        other = json.loads(run("import", str(exported), "--json"))["session_id"]
        (state,) = json.loads(run("status", "--json"))["servers"]
        assert (state["answers"], state["sessions"]) == (True, 2)
        assert "2 sessions" in run("status", "--server", server.url)
        assert "2 sessions" in run("status", "--server", server.url.removeprefix("https://"))
        run("close", other)
        assert len(json.loads(run("sessions", "--json"))["sessions"]) == 1


def test_a_certificate_that_nobody_vouches_for_is_told_as_that(secure: Server) -> None:
    environment = {**os.environ, "COLLABPAD_RUNTIME_DIR": str(secure.folder / "nowhere")}
    command = [sys.executable, "-m", "collabpad", "status", "--server", secure.url]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "is not trusted (self-signed certificate): name a file" in done.stdout
    trusting = {**environment, "SSL_CERT_FILE": str(secure.folder / "data" / "certificate.pem")}
    done = subprocess.run(command, env=trusting, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout


def test_a_certificate_of_your_own(secure: Server, tmp_path: Path) -> None:
    data = secure.folder / "data"
    own = ["--cert", str(data / "certificate.pem"), "--key", str(data / "certificate-key.pem")]
    with Server(tmp_path, *own) as server:
        response = server.get("/healthz", verify=str(data / "certificate.pem"))
        assert response.status_code == 200
        assert "plain HTTP" not in server.read_log()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--key", "key.pem"], "--key needs a certificate: add --cert."),
        (["--cert", "a.pem", "--tls", "self-signed"], "contradict each other"),
        (["--tls", "yes"], "must be one of self-signed"),
        (["--cert", "missing.pem"], "cannot be read: No such file"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(
    tmp_path: Path, options: list[str], told: str
) -> None:
    command = [sys.executable, "-m", "collabpad", "serve", "--port", "0", *options]
    done = subprocess.run(
        [*command, "--data-dir", str(tmp_path)], capture_output=True, text=True, timeout=30
    )
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
