"""Finished runs, and the text that each of them ran."""

from __future__ import annotations

import threading

from ..errors import UnknownRun
from ..offload import offload
from ..protocol.answers import LastRunAnswer, PastRunAnswer, RunsAnswer
from ..protocol.client_events import GetRun, LastRun
from ..protocol.enums import Action
from ..protocol.fields import encode_time
from ..protocol.views import OutputPiece, PastRun
from ..settings import Limits
from ..storage.records import RunRow
from .document import Document
from .roster import Participant
from .session import Session

_replaying = threading.BoundedSemaphore()  # replaying takes long: one at a time


def list_runs(session: Session, person: Participant, _event: object = None) -> RunsAnswer:
    """The remembered runs, the newest first."""
    person.require(Action.READ_RUNS)
    rows = session.context.store.runs(session.key)
    return {"runs": [past_run(row) for row in reversed(rows)]}


def get_run(session: Session, person: Participant, event: GetRun) -> PastRunAnswer:
    """One run with its output and the code that it ran."""
    person.require(Action.READ_RUNS)
    row = session.context.store.run(session.key, event.run_id)
    if row is None:
        raise UnknownRun("There is no such run, or it was forgotten.")
    return {
        "run": {
            **past_run(row),
            "code": text_at(session, row.seq) if row.code is None else row.code,
            "stdin": row.stdin,
            "output": _output(row),
        }
    }


def last_run(session: Session, person: Participant, event: LastRun) -> LastRunAnswer:
    """The newest finished run without its code, which may need a replay of the document. Whole
    classes ask for this at once.
    """
    person.require(Action.READ_RUNS)
    row = session.context.store.last_run(session.key)
    if row is None or row.id == event.known:
        return {"run": None}
    return {"run": {**past_run(row), "output": _output(row)}}


def _output(row: RunRow) -> list[OutputPiece]:
    return [{"stream": stream, "data": data} for stream, data in row.output]


def text_at(session: Session, seq: int) -> str | None:
    """The text after `seq` updates, or None if that was forgotten."""
    with _replaying:
        return _text_at(session, seq)


def _text_at(session: Session, seq: int) -> str | None:
    history = session.context.store.history(session.key, seq)
    parts = [] if history.base is None else list(history.base.parts)
    if history.base is not None and history.base.seq > seq:
        return None
    for update in history.updates:
        if update.seq > seq:
            break
        parts.append(update.data)
    return offload(_text_of, session.context.settings.limits, parts)


def _text_of(limits: Limits, updates: list[bytes]) -> str:
    return Document(limits, updates).text


def past_run(row: RunRow) -> PastRun:
    return {
        "run_id": row.id,
        "participant_id": row.participant_id,
        "name": row.name,
        "started_at": encode_time(row.at),
        "seq": row.seq,
        "language": row.language,
        "selection": row.code is not None,
        "first_line": row.first_line,
        "verdict": row.verdict,
        "exit_code": row.exit_code,
        "signal": row.signal,
        "duration_ms": row.duration_ms,
        "truncated": row.truncated,
        "sandbox": row.sandbox,
    }
