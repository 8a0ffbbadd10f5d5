"""Runs of the document: starting, feeding and stopping a program, and telling everybody."""

from __future__ import annotations

import re
from contextlib import suppress

from ..errors import UnknownRun
from ..protocol import server_events
from ..protocol.answers import Done, RunAnswer
from ..protocol.client_events import RunInput, RunStart, RunStop
from ..protocol.enums import Action
from ..protocol.fields import encode_time
from ..protocol.views import CurrentRunView
from ..runs.events import (
    Queued,
    RunEvent,
    RunFinished,
    RunOutput,
    RunRecord,
    RunResult,
    RunStarted,
    RunWaiting,
)
from ..storage.records import RunRow
from .roster import Participant
from .session import CurrentRun, Session

_FIRST_LINE_LENGTH = 200

_VERDICTS = {
    "ok": "finished",
    "timeout": "ran out of time",
    "output_limit": "printed too much",
    "memory_limit": "ran out of memory",
    "stopped": "was stopped",
    "failed": "could not be started",
}


def run_start(session: Session, person: Participant, event: RunStart) -> RunAnswer:
    """Run the document as it is now, or the given code."""
    person.require(Action.RUN)
    code = session.document.text if event.code is None else event.code
    language = session.row.language
    run: CurrentRun | None = None

    def tell(happened: RunEvent) -> None:
        if run is not None and not session.closed:
            with session.perform():
                _broadcast(session, run, happened)

    run_id = session.context.runner.start(
        session.key, code=code, language=language, stdin=event.stdin or "", on_event=tell
    )
    run = session.run = CurrentRun(
        run_id,
        person.id,
        person.name,
        language,
        session.context.scheduler.now(),
        session.document.seq,
        event.code,
        event.stdin or "",
        first_line_of(code),
    )
    session.refresh_rotation()
    return {"run_id": run_id}


def first_line_of(code: str) -> str:
    """The first line that is not blank, cut to a length for lists."""
    line = re.search(r"\S.*", code)
    return "" if line is None else line[0].rstrip()[:_FIRST_LINE_LENGTH]


def run_input(session: Session, person: Participant, event: RunInput) -> Done:
    """Give the running program input that everybody sees."""
    run = _require_run(session, event.run_id)
    own = run.participant_id == person.id
    person.require(Action.FEED_OWN_RUN if own else Action.FEED_ANY_RUN)
    session.context.runner.write_stdin(session.key, run.run_id, event.data, event.eof)
    return {}


def run_stop(session: Session, person: Participant, event: RunStop) -> Done:
    run = _require_run(session, event.run_id)
    own = run.participant_id == person.id
    person.require(Action.STOP_OWN_RUN if own else Action.STOP_ANY_RUN)
    session.context.runner.stop(session.key, run.run_id)
    return {}


def _require_run(session: Session, run_id: str) -> CurrentRun:
    if session.run is None or session.run.run_id != run_id:
        raise UnknownRun("This program is not running.")
    return session.run


def stop_run(session: Session) -> None:
    """Stop the program of a session that ends."""
    if session.run is not None:
        with suppress(UnknownRun):  # it has just ended by itself
            session.context.runner.stop(session.key, session.run.run_id)


def current_view(session: Session) -> CurrentRunView | None:
    """The current run with its output so far, for people who join meanwhile."""
    run, record = session.run, session.context.runner.current(session.key)
    if run is None or record is None:
        return None
    return {
        "run_id": run.run_id,
        "participant_id": run.participant_id,
        "language": run.language,
        "started_at": None if record.started_at is None else encode_time(record.started_at),
        "timeout": session.context.settings.run_timeout,
        "waiting": record.waiting,
        "output": [{"stream": stream, "data": data} for stream, data in record.output],
    }


def _broadcast(session: Session, run: CurrentRun, happened: RunEvent) -> None:
    match happened:
        case Queued(before=before):
            queued = server_events.RunQueued(
                run_id=run.run_id, participant_id=run.participant_id, before=before
            )
            session.emit(server_events.RUN_QUEUED, queued, to=session.room)
        case RunStarted(started_at=started_at, timeout=timeout):
            started = server_events.RunStarted(
                run_id=run.run_id,
                participant_id=run.participant_id,
                language=run.language,
                started_at=encode_time(started_at),
                timeout=timeout,
            )
            session.emit(server_events.RUN_STARTED, started, to=session.room)
        case RunWaiting(waiting=waiting):
            waits = server_events.RunWaiting(run_id=run.run_id, waiting=waiting)
            session.emit(server_events.RUN_WAITING, waits, to=session.room)
        case RunOutput(stream=stream, data=data, pieces=pieces):
            output = server_events.RunOutput(run_id=run.run_id, stream=stream, data=data)
            if pieces:
                output["pieces"] = pieces
            session.emit(server_events.RUN_OUTPUT, output, to=session.room)
        case RunFinished():
            _finish(session, run, happened)


def _finish(session: Session, run: CurrentRun, end: RunFinished) -> None:
    session.run = None
    session.refresh_rotation()
    result = end.result
    finished = server_events.RunFinished(
        run_id=run.run_id,
        exit_code=result.exit_code,
        signal=result.signal,
        verdict=result.verdict,
        duration_ms=result.duration_ms,
        truncated=result.truncated,
        sandbox=result.sandbox,
    )
    if end.unanswered:
        finished["unanswered"] = True
    session.emit(server_events.RUN_FINISHED, finished, to=session.room)
    _save_run(session, run, result, end.record)
    session.system_message(f"{run.starter} ran it: {_outcome(end)}")


def _save_run(session: Session, run: CurrentRun, result: RunResult, record: RunRecord) -> None:
    row = RunRow(
        id=run.run_id,
        participant_id=run.participant_id,
        name=run.starter,
        at=run.at,
        seq=run.seq,
        language=run.language,
        code=run.code,
        stdin=run.stdin,
        output=tuple(record.output),
        verdict=result.verdict,
        exit_code=result.exit_code,
        signal=result.signal,
        duration_ms=result.duration_ms,
        truncated=result.truncated,
        sandbox=result.sandbox,
        first_line=run.first_line,
    )
    session.context.store.save_run(session.key, row)


def _outcome(finished: RunFinished) -> str:
    result = finished.result
    if finished.unanswered:
        return "nobody answered it"
    if result.verdict == "error":
        return f"error, exit code {result.exit_code}"
    if result.verdict == "killed":
        return f"crashed ({result.signal})"
    return _VERDICTS.get(result.verdict, result.verdict)
