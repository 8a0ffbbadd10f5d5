"""A machine of a test's own: folders, environment, the command, and servers that it starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 20.0
"""Seconds until a process that should have ended or spoken counts as hung."""


@dataclass
class Serving:
    """A server that was started by `collabpad serve --json`."""

    process: subprocess.Popen[str]
    said: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.said["url"])

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@dataclass
class Machine:
    """Where nothing runs yet and nothing is configured."""

    folder: Path
    servers: list[Serving] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if "COLLABPAD" not in key}
        return {
            **kept,
            "COLLABPAD_RUNTIME_DIR": str(self.runtime),
            "COLLABPAD_DATA_DIR": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "HOME": str(self.folder),
        }

    @property
    def runtime(self) -> Path:
        return self.folder / "run"

    def collabpad(
        self, *arguments: str, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "collabpad", *arguments],
            env={**self.environment, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def json(self, *arguments: str, **environment: str) -> Any:
        """What a command that succeeds says by --json."""
        done = self.collabpad(*arguments, "--json", **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refused(self, *arguments: str, code: int = 1, **environment: str) -> str:
        """The one sentence of a command that fails with that exit code."""
        done = self.collabpad(*arguments, **environment)
        assert done.returncode == code, done.stderr
        assert done.stderr.startswith("collabpad: ")
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr.removeprefix("collabpad: ").rstrip()

    def serve(self, *arguments: str, name: str = "data", **environment: str) -> Serving:
        """Start a server on a free port and wait until it serves."""
        command = [sys.executable, "-m", "collabpad", "serve", "--json", "--log-level", "warning"]
        if "--port" not in arguments:
            command += ["--port", "0"]
        process = subprocess.Popen(
            [*command, "--data-dir", str(self.folder / name), *arguments],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _, told = process.communicate()
            raise AssertionError(f"the server did not start: {told}")
        serving = Serving(process, json.loads(line))
        self.servers.append(serving)
        return serving

    def clear(self) -> None:
        for serving in self.servers:
            if serving.process.poll() is None:
                serving.process.kill()
            serving.process.communicate()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    there = Machine(tmp_path)
    yield there
    there.clear()


@pytest.fixture(scope="module")
def busy_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with one server, for stories that leave it as it was."""
    there = Machine(tmp_path_factory.mktemp("machine"))
    there.serve()
    yield there
    there.clear()
