"""Who runs programs in the tests that attack: each backend, by an ordinary user and by root."""

from __future__ import annotations

import os
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


SERVERS = [Server(backend, user) for backend in BACKENDS for user in ("ordinary", "root")]


def python_for(user: int) -> str:
    """This Python, or the system's if it lies where `user` may not go."""
    own = os.path.realpath(sys.executable)
    reachable = all(folder.stat().st_mode & 0o001 for folder in Path(own).parents)
    return own if user == os.geteuid() or reachable else "/usr/bin/python3"
