"""A session as one JSON object, from which any server can make a new session.

It holds the text and its history, the chat and the runs. People appear by name and colour only;
there is no session ID, key, token or network address. Times are ISO 8601. The object is made in
pieces, one in memory at a time: a history can be much larger than the text.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ..offload import offload
from ..protocol.fields import encode_bytes, encode_time
from ..storage.records import RunRow, Snapshot, UpdateRow
from ..storage.store import Store
from ..units import KIB, MIB
from .run_history import past_run
from .session import Session
from .yjs_encoder import without_holes

FORMAT: Final = "collabpad-session"
VERSION: Final = 1
RUNS_BYTES: Final = 8 * MIB
"""For all runs together. Beyond that the output of the oldest is left out first."""
_BASE64_BYTES: Final = 192 * KIB  # at a time; divisible by three, so that the parts are one text

Json = dict[str, Any]
Numbers = Mapping[str, int]


def export(session: Session) -> Iterator[bytes]:
    """The session as it is now, as pieces of JSON. Raises `Damaged` or `NotSaved`, even in the
    middle.
    """
    # All of this is of the same moment, whatever is written while the rest is fetched.
    seq, content = session.document.seq, session.document.text
    chat = session.chat.history()
    history = session.context.store.history(session.key)
    # Numbers in place of participant IDs, which still mean something on this server.
    numbers = {author: number for number, author in enumerate(history.authors, 1)}
    facts: Json = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": encode_time(session.context.scheduler.now()),
        "title": session.row.title,
        "language": session.row.language,
        "write_mode": session.roles.write_mode,
        "created_at": encode_time(session.row.created_at),
        "content": content,
        "authors": {
            str(numbers[each]): {"name": author.name, "color": author.color}
            for each, author in history.authors.items()
        },
    }
    updates, known = _Updates(numbers), _until(history.pieces, seq)
    runs = (updates.run_view(run) for run in _runs(session.context.store, session.key))

    def pieces() -> Iterator[bytes]:
        yield offload(_encode, facts)[:-1]
        yield b', "base": '
        yield from _base(history.base)
        yield b', "updates": ['
        yield from _separated([offload(updates.encode, piece)] for piece in known)
        yield b'], "chat": ['
        yield from _separated([offload(_encode_list, part)] for part in _parts(_chat_view(chat)))
        yield b'], "runs": ['
        yield from _separated([offload(_encode, run)] for run in runs)
        yield b"]}"

    return pieces()


def _base(base: Snapshot | None) -> Iterator[bytes]:
    if base is None:
        yield b"null"
        return
    yield b'{"seq": %d, "updates": [' % base.seq
    parts = (whole for part in base.parts for whole in without_holes(part))
    yield from _separated(_base64_text(part) for part in parts)
    yield b"]}"


def _separated(items: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Pieces of JSON values, with commas between the values."""
    first = True
    for pieces in items:
        if not first:
            yield b", "
        first = False
        yield from pieces


def _encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _encode_list(values: Sequence[object]) -> bytes:
    return _encode(values)[1:-1]


def _base64_text(data: bytes) -> Iterator[bytes]:
    yield b'"'
    for start in range(0, len(data), _BASE64_BYTES):
        yield offload(base64.b64encode, data[start : start + _BASE64_BYTES])
    yield b'"'


# --- the history ----------------------------------------------------------------------------------


def _until(pieces: Iterator[Sequence[UpdateRow]], seq: int) -> Iterator[Sequence[UpdateRow]]:
    """Only the updates that the text consists of: more may have been written since."""
    for piece in pieces:
        known = piece if piece[-1].seq <= seq else [each for each in piece if each.seq <= seq]
        if known:
            yield known
        if len(known) < len(piece):
            return


class _Updates:
    """Writes updates, and runs that name them by number. Yjs 13 loses text on an update with holes,
    so it becomes several, and later numbers shift.
    """

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._split: list[tuple[int, int]] = []  # an update, and how many more it became

    def encode(self, piece: Sequence[UpdateRow]) -> bytes:
        return _encode_list([each for row in piece for each in self._views(row)])

    def _views(self, row: UpdateRow) -> list[Json]:
        parts = without_holes(row.data)
        if len(parts) != 1:
            self._split.append((row.seq, len(parts) - 1))
        author = self._numbers.get(row.participant_id or "")
        return [
            {
                "at": encode_time(row.at),
                "author": author,
                "update": encode_bytes(part),
            }
            for part in parts
        ]

    def run_view(self, run: RunRow) -> Json:
        """Call it after all updates are written."""
        facts = past_run(run)
        del facts["run_id"], facts["participant_id"]
        return {
            "author": self._numbers.get(run.participant_id),
            **facts,
            "seq": run.seq + sum(more for seq, more in self._split if seq <= run.seq),
            "code": run.code,
            "stdin": run.stdin,
            "output": [{"stream": stream, "data": data} for stream, data in run.output],
        }


# --- chat and runs --------------------------------------------------------------------------------


def _chat_view(chat: Sequence[Mapping[str, object]]) -> list[Json]:
    return [
        {each: line[each] for each in ("name", "message", "timestamp", "kind")} for line in chat
    ]


def _parts(lines: Sequence[Json], size: int = 100) -> Iterator[Sequence[Json]]:
    for start in range(0, len(lines), size):
        yield lines[start : start + size]


def _runs(store: Store, key: str) -> Iterator[RunRow]:
    """The runs that fit, the oldest first; one at a time, because output can be large."""
    room = RUNS_BYTES
    chosen: list[tuple[str, bool]] = []
    for run_id in reversed([each.id for each in store.runs(key)]):
        run = store.run(key, run_id)
        if run is None:
            continue
        whole, bare = _run_bytes(run)
        if bare > room:
            break
        chosen.append((run_id, whole <= room))
        room -= whole if whole <= room else bare
    for run_id, with_output in reversed(chosen):
        run = store.run(key, run_id)
        if run is not None:
            yield run if with_output else replace(run, output=(), truncated=True)


def _run_bytes(run: RunRow) -> tuple[int, int]:
    """The size of a run with its output and without."""
    bare = len(run.code or "") + len(run.stdin) + KIB
    return bare + sum(len(data) for _, data in run.output), bare
