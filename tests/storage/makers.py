"""Rows for the stories about stores: everything in them differs where nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from collabpad.errors import CollabpadError
from collabpad.storage.commit import Commit
from collabpad.storage.packing import NOT_COMPRESSED, pack_updates
from collabpad.storage.records import (
    MessageRow,
    OldUpdates,
    ParticipantRow,
    Roles,
    RunRow,
    SessionRow,
    StoredSession,
    UpdateRow,
)

NOON = 1_800_000_000.0
_numbers = count(1)


def session_row(key: str = "", **facts: Any) -> SessionRow:
    number = next(_numbers)
    defaults = {
        "key": key or f"key-{number}",
        "session_id": f"session-{number}",
        "view_id": f"view-{number}",
        "host_key_hash": "hash of a key",
        "title": "Grüße 👩‍👩‍👧",
        "language": "python",
        "created_at": NOON,
        "active_at": NOON,
    }
    return SessionRow(**{**defaults, **facts})


def stored(key: str = "", **parts: Any) -> StoredSession:
    return StoredSession(**{"session": session_row(key), "roles": Roles(), **parts})


def participant(number: int = 1, **facts: Any) -> ParticipantRow:
    defaults = {
        "id": f"person-{number}",
        "resume_hash": f"hash {number}",
        "name": f"Ann {number}",
        "color": "#123456",
        "viewer": False,
        "holds_key": number == 1,
        "joined_at": NOON + number,
    }
    return ParticipantRow(**{**defaults, **facts})


def message(number: int = 1, **facts: Any) -> MessageRow:
    defaults = {
        "id": number,
        "participant_id": "person-1",
        "name": "Ann",
        "message": f"line\n{number}",
        "at": NOON + number,
        "system": False,
    }
    return MessageRow(**{**defaults, **facts})


def update(seq: int, data: bytes = b"", **facts: Any) -> UpdateRow:
    defaults = {
        "seq": seq,
        "participant_id": f"person-{seq % 3}" if seq % 3 else None,
        "at": NOON + seq / 8,
        "data": data or b"update %d" % seq,
    }
    return UpdateRow(**{**defaults, **facts})


def updates(first: int, last: int) -> list[UpdateRow]:
    return [update(seq) for seq in range(first, last + 1)]


def packed(rows: Sequence[UpdateRow]) -> OldUpdates:
    data = pack_updates(rows, NOT_COMPRESSED)
    return OldUpdates(first_seq=rows[0].seq, last_seq=rows[-1].seq, data=data)


def run(number: int = 1, **facts: Any) -> RunRow:
    defaults = {
        "id": f"run-{number}",
        "participant_id": "person-1",
        "name": "Ann",
        "at": NOON + number,
        "seq": number,
        "language": "python",
        "code": None,
        "stdin": "",
        "output": (("stdout", "hé\n"), ("stderr", "\x1b[31mno")),
        "verdict": "ok",
        "exit_code": 0,
        "signal": None,
        "duration_ms": 12,
        "truncated": False,
        "sandbox": "bubblewrap",
    }
    return RunRow(**{**defaults, **facts})


def outcome(commit: Commit) -> CollabpadError | None:
    """How a write ended, once it has."""
    try:
        commit.wait()
    except CollabpadError as error:
        return error
    return None
