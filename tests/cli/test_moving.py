"""A laptop that moves from one network to another while its server runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Server, eventually
from tests.network import NEAR

pytestmark = pytest.mark.slow

ELSEWHERE, ROUTER = "10.77.42.1", "10.77.42.254"

DRAWN = """
import io, sys, urllib.request, segno
picture, link = sys.argv[1:]
answer = urllib.request.urlopen(picture, timeout=30).read()
drawn = io.BytesIO()
segno.make_qr(link).save(drawn, kind="svg", scale=4, border=2, light="#ffffff")
print(answer == drawn.getvalue())
"""


def test_links_lead_to_where_the_machine_is_now(
    namespaces: tuple[str, str], tmp_path: Path
) -> None:
    near, _ = namespaces

    def run(*command: str) -> str:
        done = subprocess.run(
            ["ip", "netns", "exec", near, *command],
            env={**os.environ, "COLLABPAD_RUNTIME_DIR": str(tmp_path / "run")},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def network(*change: str) -> None:
        subprocess.run(["ip", "-n", near, *change], check=True, capture_output=True)

    def collabpad(*arguments: str) -> Any:
        return json.loads(run(sys.executable, "-m", "collabpad", *arguments, "--json"))

    network("link", "set", "cable", "down")
    with Server(tmp_path, "--lan", within=near) as server:
        port = server.url.rpartition(":")[2]
        eventually(lambda: "no network address yet" in server.read_log(), "the announcement")
        session = collabpad("new-session")
        assert session["editor_url"].startswith("http://127.0.0.1:")

        network("link", "set", "cable", "up")
        again = collabpad("new-session")
        for name in ("editor_url", "view_url", "host_url"):
            assert again[name].startswith(f"http://{NEAR}:{port}/editor/"), again
        known = session["session_id"]
        assert collabpad("join-link", known)["url"] == f"http://{NEAR}:{port}/editor/{known}"

        network("address", "flush", "dev", "cable")
        network("address", "add", f"{ELSEWHERE}/24", "dev", "cable")
        network("route", "add", "default", "via", ROUTER)
        link = f"http://{ELSEWHERE}:{port}/editor/{known}"
        assert collabpad("join-link", known)["url"] == link
        picture = f"{server.url}/api/sessions/{known}/qr.svg?opened=2"
        assert run(sys.executable, "-c", DRAWN, picture, link) == "True\n"
