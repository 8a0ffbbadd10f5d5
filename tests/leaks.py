"""Searches a server's log for all that must not be in it, so that every story is a search."""

from __future__ import annotations

import re
from typing import Any

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .*$", re.MULTILINE)
"""What is logged; the links that `serve` prints at the start are meant to be read."""
FAULTS = re.compile(
    r"^.*(?:Traceback|Exception ignored|panicked at|failed with| ERROR ).*$", re.MULTILINE
)
OPAQUE = {"session_id", "view_id", "host_key", "resume", "participant_id", "passcode"}
WRITTEN = {"code", "content", "data", "message", "output", "stderr", "stdin", "stdout", "title"}
SHORTEST = 8  # characters; what is shorter may be part of a word that belongs there
LONGEST = 80  # of a text, its beginning is looked for


class Known:
    """The secrets and texts of one story."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, *secrets: str) -> None:
        for secret in secrets:
            for line in secret[:LONGEST].splitlines():
                if len(line.strip()) >= SHORTEST:
                    self._secrets.add(line.strip())

    def note(self, payload: Any) -> None:
        """Take what must stay secret out of a payload of either side."""
        if not isinstance(payload, dict):
            return
        for key, value in payload.items():
            if isinstance(value, dict):
                self.note(value)
            elif isinstance(value, str) and key in OPAQUE | WRITTEN:
                self.add(value)

    def leaked(self, log: str) -> list[str]:
        """Those that stand in the log's records."""
        records = "\n".join(RECORD.findall(log))
        return [secret for secret in self._secrets if secret in records]


def faults(log: str) -> list[str]:
    """The lines that tell of a mistake of the server's own."""
    return FAULTS.findall(log)
