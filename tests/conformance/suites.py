"""Autobahn's fuzzing client, and the test suites of the Engine.IO and Socket.IO protocols."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import node

from . import downloads, purposeful
from .outcome import Outcome, judge

HERE = Path(__file__).parent
PATIENCE = 300.0  # seconds for a whole suite
# 12 and 13 are about compression, which this server does not negotiate.
AUTOBAHN_CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"]
AUTOBAHN_FINE = {"OK", "INFORMATIONAL"}


@contextmanager
def echo_server(mode: str) -> Iterator[int]:
    """echo_server.py, running; its port."""
    command = [sys.executable, "-P", str(HERE / "echo_server.py"), mode]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            port = process.stdout.readline()
            if not port:
                raise subprocess.SubprocessError("echo_server.py did not start")
            yield int(port)
        finally:
            process.terminate()


def autobahn(folder: Path) -> Outcome:
    """The WebSockets under everything, by some 300 cases of good and bad frames."""
    command, environment = downloads.autobahn()
    with echo_server("socket") as port:
        server = {"agent": "collabpad", "url": f"ws://127.0.0.1:{port}/echo"}
        spec = {"outdir": str(folder), "servers": [server], "cases": AUTOBAHN_CASES}
        unused: dict[str, Any] = {"exclude-cases": [], "exclude-agent-cases": {}}
        (folder / "spec.json").write_text(json.dumps({**spec, **unused}))
        command += ["--mode", "fuzzingclient", "--spec", str(folder / "spec.json")]
        subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    report: dict[str, dict[str, str]] = json.loads((folder / "index.json").read_text())["collabpad"]
    return judge(
        f"Autobahn ({downloads.AUTOBAHN.partition('==')[2]}, without compression)",
        {case: autobahn_error(result) for case, result in report.items()},
        purposeful.AUTOBAHN,
    )


def autobahn_error(result: dict[str, str]) -> str | None:
    """What was wrong, by what the server did and by how it closed."""
    found = {result["behavior"], result["behaviorClose"]} - AUTOBAHN_FINE
    return ", ".join(sorted(found)) or None


def engine_io() -> Outcome:
    errors = run_mocha(downloads.suite("engine.io-protocol"), "engine")
    return judge("Engine.IO’s own", errors, purposeful.ENGINE_IO)


def socket_io() -> Outcome:
    errors = run_mocha(downloads.suite("socket.io-protocol"), "socket")
    return judge("Socket.IO’s own", errors, purposeful.SOCKET_IO)


def run_mocha(suite: Path, mode: str) -> dict[str, str | None]:
    """Every test of a suite, and what was wrong with it."""
    program = node.find_node()
    command = [str(program.program), "node_modules/mocha/bin/mocha", "adapted.js"]
    command += ["--exit", "--reporter", "json"]
    with echo_server(mode) as port:
        source = (suite / "test-suite.js").read_text("utf-8")
        source = source.replace("http://localhost:3000", f"http://127.0.0.1:{port}")
        (suite / "adapted.js").write_text(source.replace("/engine.io/", "/socket.io/"), "utf-8")
        done = subprocess.run(
            command,
            cwd=suite,
            env=program.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    return mocha_errors(done.stdout)


def mocha_errors(output: str) -> dict[str, str | None]:
    """mocha's report; a test that throws after its end stands in it twice, once as passed."""
    report = json.loads(output[output.index("{") :])
    errors: dict[str, str | None] = {test["fullTitle"]: None for test in report["tests"]}
    for test in report["failures"]:
        message = str(test["err"].get("message", "failed"))
        errors[test["fullTitle"]] = message.partition("\n")[0][:200]
    return errors
