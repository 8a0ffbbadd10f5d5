"""Who runs programs in the tests that attack: each backend, by an ordinary user and by root."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.sandbox.stories import BACKENDS

ROOT = Path(__file__).parents[2]
SOMEBODY = 61234  # an ordinary user that no account has


@dataclass(frozen=True)
class Server:
    """Who runs programs, and how."""

    backend: str
    user: str

    def __str__(self) -> str:
        return f"{self.backend}, {self.user}"

    @property
    def uid(self) -> int:
        return SOMEBODY if self.user == "ordinary" and os.geteuid() == 0 else os.geteuid()


SERVERS = [Server(backend, user) for backend in BACKENDS for user in ("ordinary", "root")]


def python_for(user: int) -> str:
    """This Python, or the system's if it lies where `user` may not go."""
    own = os.path.realpath(sys.executable)
    reachable = all(folder.stat().st_mode & 0o001 for folder in Path(own).parents)
    return own if user == os.geteuid() or reachable else "/usr/bin/python3"


def give(folder: Path, user: int) -> None:
    os.chown(folder, user, user if os.geteuid() == 0 else -1)


def run_script(
    server: Server, script: str, *arguments: str, home: Path, temporary: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run one of our scripts as the user of `server`, with folders that belong to that user."""
    user = None if server.uid == os.geteuid() else server.uid
    return subprocess.run(
        [python_for(server.uid), script, server.backend, *arguments],
        env={
            "HOME": str(home),
            "RANGE": str(temporary),
            "TMPDIR": str(temporary),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd="/",
        capture_output=True,
        text=True,
        timeout=timeout,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
