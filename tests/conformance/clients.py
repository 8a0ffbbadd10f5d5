"""Released clients of others, each on every transport, at a server as users start it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import node
from tests.harness import Server

from . import downloads
from .outcome import Outcome, judge

HERE = Path(__file__).parent
TRANSPORTS = ("polling", "websocket", "upgrade")
STEPS = ("connect", "join", "edit", "chat", "ack", "reconnect", "leave")
PATIENCE = 120.0  # seconds for one story


def javascript(folder: Path) -> Iterator[Outcome]:
    program = str(node.find_node().program)
    for version in downloads.JAVASCRIPT_CLIENTS:
        client = downloads.javascript_client(version)
        command = [program, str(HERE / "story.mjs"), str(client)]
        yield told(f"socket.io-client {version}", command, folder)


def python(folder: Path) -> Iterator[Outcome]:
    for version in downloads.PYTHON_CLIENTS:
        client = downloads.python_client(version)
        command = [sys.executable, "-P", str(HERE / "story.py"), str(client)]
        yield told(f"python-socketio {version}", command, folder)


def told(name: str, command: list[str], folder: Path) -> Outcome:
    """The story on each transport, as one outcome."""
    errors: dict[str, str | None] = {}
    with Server(folder, "--ephemeral") as server:
        for transport in TRANSPORTS:
            session = server.create_session()
            arguments = [server.url, transport, session["session_id"], session["host_key"]]
            for step, error in steps([*command, *arguments]).items():
                errors[f"{transport}, {step}"] = error
    return judge(name, errors, {})


def steps(command: list[str]) -> dict[str, str | None]:
    """What was wrong with each step of one story."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
        )
        found = dict(json.loads(line) for line in done.stdout.splitlines())
        said = done.stderr.strip().splitlines()
    except subprocess.TimeoutExpired:
        found, said = {}, ["it did not end"]
    lost = said[-1] if said else "it was not reached"
    return {step: found.get(step, lost) for step in STEPS}
