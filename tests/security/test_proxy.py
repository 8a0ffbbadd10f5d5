"""What is *local* behind a real nginx: nothing that came through it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.harness import Person, Server, eventually

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="program: nginx is not installed"),
]

CONFIG = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {url};
            {directives}
        }}
    }}
}}
"""
DOCUMENTED = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")


def as_documented() -> str:
    """The directives of the example in the documentation, but for the server's address."""
    example = DOCUMENTED.partition("```nginx\nlocation /pair/ {\n")[2].partition("\n}\n```")[0]
    address = "    proxy_pass http://127.0.0.1:5000;\n"
    assert address in example
    return example.replace(address, "")


AS_DOCUMENTED = as_documented()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def nginx(folder: Path, server: Server, directives: str) -> Iterator[str]:
    """The URL of a proxy in front of `server`."""
    port = free_port()
    config = folder / "nginx.conf"
    url = server.url.removesuffix("/pair")
    text = CONFIG.format(folder=folder, port=port, url=url, directives=directives)
    if os.geteuid() == 0:  # its workers become nobody, who may not write into our folder
        text = f"user root;{text}"
    config.write_text(text)
    assert NGINX is not None
    process = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(config)], stderr=subprocess.PIPE
    )
    try:
        eventually(lambda: answers(port) or process.poll() is not None, "nginx to answer")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    "directives",
    [
        "",  # nginx as it comes: HTTP/1.0, and its own address as the Host
        "proxy_set_header Host $http_host;",
        "proxy_http_version 1.1; proxy_set_header X-Forwarded-For $remote_addr;",
        AS_DOCUMENTED,
    ],
    ids=["bare", "host", "forwarded for", "as documented"],
)
def test_what_comes_through_a_proxy_is_never_local(tmp_path: Path, directives: str) -> None:
    with Server(tmp_path) as server, nginx(tmp_path, server, directives) as proxy:
        assert server.post("/create_session").status_code == 200
        for headers in ({}, {"Host": "localhost"}, {"X-Forwarded-For": "127.0.0.1"}):
            response = requests.post(f"{proxy}/create_session", headers=headers, timeout=10)
            assert response.status_code == 401, (headers, response.text)
        assert requests.post(f"{proxy}/run_code", json={"code": ""}, timeout=10).status_code == 401
        assert requests.get(f"{proxy}/healthz", timeout=10).status_code == 200


def test_a_trusted_proxy_passes_people_addresses_and_websockets_on(tmp_path: Path) -> None:
    few = {"COLLABPAD_GUESSES_PER_MINUTE": "1"}
    with (
        Server(tmp_path, "--trust-proxy", "1", environment=few) as server,
        nginx(tmp_path, server, AS_DOCUMENTED) as proxy,
    ):
        assert server.post("/create_session").status_code == 401, "a proxy is said to be there"
        session = requests.post(
            f"{proxy}/create_session", headers=server.as_operator, timeout=10
        ).json()
        assert session["editor_url"].startswith(f"{proxy}/editor/")
        behind = Server(tmp_path)
        behind.url = proxy
        ann = Person(behind, "Ann").join(session, as_host=True)
        bob = Person(behind, "Bob", polling=True).join(session)
        ann.writes("through nginx")
        bob.sees(text="through nginx")
        ann.goes()
        bob.goes()
        # A stranger's own X-Forwarded-For is not believed: nginx's entry counts, and is the last.
        answers = [
            requests.get(
                f"{proxy}/editor/guess",
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
                timeout=10,
            ).status_code
            for number in range(2)
        ]
        assert answers[-1] == 429


def test_a_large_session_comes_through_as_documented(tmp_path: Path) -> None:
    with (
        Server(tmp_path, "--trust-proxy", "1", "--base-path", "/pair") as server,
        nginx(tmp_path, server, AS_DOCUMENTED) as proxy,
    ):
        path = f"{proxy}/pair/api/sessions/import"
        exported = large_export(server)
        made = requests.post(path, json=exported, headers=server.as_operator, timeout=30)
        assert made.status_code == 200, made.text
        assert made.json()["editor_url"].startswith(f"{proxy}/pair/editor/"), "with the port"


def large_export(server: Server) -> dict[str, Any]:
    """A session of over two megabytes, which nginx by itself takes for too large."""
    session = server.create_session(content="x" * 1_000_000)
    path = f"/api/sessions/{session['session_id']}/export?format=json"
    exported: dict[str, Any] = server.get(path, headers=server.as_operator).json()
    assert len(json.dumps(exported)) > 2_000_000
    return exported


def test_what_the_proxy_answers_itself_is_told_as_its_answer(tmp_path: Path) -> None:
    limited = AS_DOCUMENTED.replace("client_max_body_size 25m;", "")
    assert limited != AS_DOCUMENTED
    with (
        Server(tmp_path, "--trust-proxy", "1") as server,
        nginx(tmp_path, server, limited) as proxy,
    ):
        file = tmp_path / "large.json"
        file.write_text(json.dumps(large_export(server)))
        command = [sys.executable, "-m", "collabpad", "import", str(file), "--server", proxy]
        environment = {**os.environ, "COLLABPAD_TOKEN": server.token}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 1
        assert done.stderr.startswith("collabpad: Something between you and the collabpad server")
        assert "answered: 413 Request Entity Too Large." in done.stderr
