"""One run: from waiting for a place to its result."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import gevent

from ..protocol.enums import Verdict
from ..sandbox import Event, Execution, Exit, Output, RunSpec, Sandbox, Waiting
from .events import (
    Queued,
    RunEvent,
    RunFinished,
    RunRecord,
    RunResult,
    RunStarted,
    RunWaiting,
)
from .fair_semaphore import FairSemaphore, Slot
from .output_throttle import OutputThrottle
from .transcript import Transcript

log = logging.getLogger(__name__)


class Run:
    """A program that waits for its place or has it; its greenlet ends with it."""

    def __init__(
        self,
        record: RunRecord,
        spec: RunSpec,
        sandbox: Sandbox,
        on_event: Callable[[RunEvent], None],
    ) -> None:
        self.record = record
        self.input_given = len(spec.stdin)
        self._timeout = spec.timeout
        self._sandbox = sandbox
        self._execution: Execution = sandbox.run(spec)
        self._transcript = Transcript(record)
        self._throttle = OutputThrottle(on_event)
        self._slot: Slot | None = None
        self._stopped = False
        self._result: RunResult | None = None

    def begin(self, semaphore: FairSemaphore, ended: Callable[[], None]) -> None:
        """Take a place, or a position in the line, and go on alone; raises Busy if there is none.

        `ended` is called when the run is over, before its last event is told.
        """
        slot = self._slot = semaphore.acquire()
        self._greenlet = gevent.spawn(self._go, semaphore, slot, ended)

    def write_stdin(self, text: str, eof: bool) -> None:
        """Write to the program's stdin, and show everybody the input."""
        self._execution.write_stdin(text.encode(), eof)
        if text:
            self._transcript.add_input(text)
            self._throttle.output("stdin", text)

    def stop(self) -> None:
        """Kill the program, or give up its place in the line."""
        self._stopped = True
        self._execution.stop()
        if self._slot is not None:
            self._slot.cancel()

    def wait(self, timeout: float | None = None) -> RunResult | None:
        """Wait until the run is over and told; None if that takes longer than `timeout` s."""
        self._greenlet.join(timeout)
        self._throttle.greenlet.join(timeout)
        return self._result

    def _go(self, semaphore: FairSemaphore, slot: Slot, ended: Callable[[], None]) -> None:
        exit_ = Exit("failed", None, None, 0.0)
        try:
            for before in slot.positions():
                self._throttle.emit(Queued(before))
            stopped = Exit("stopped", None, None, 0.0)
            exit_ = stopped if self._stopped else self._follow(semaphore, slot)
        finally:
            semaphore.release(slot)
            self._result = self._conclude(exit_)
            ended()
            self._throttle.emit(RunFinished(self._result, self.record, exit_.unanswered))
            self._throttle.close()

    def _follow(self, semaphore: FairSemaphore, slot: Slot) -> Exit:
        """Run the program to its end; while it waits for input, others may have its place."""
        for event in self._execution:
            if self.record.started_at is None and not _stopped_at_once(event):
                self.record.started_at = time.time()
                self._throttle.emit(RunStarted(self.record.started_at, self._timeout))
            if isinstance(event, Output):
                text = self._transcript.add_bytes(event.stream, event.data)
                if text:
                    self._throttle.output(event.stream, text)
            elif isinstance(event, Waiting):
                self.record.waiting = event.waiting
                self._throttle.emit(RunWaiting(event.waiting))
                semaphore.suspend(slot) if event.waiting else semaphore.resume(slot)
            elif isinstance(event, Exit):
                if event.detail:
                    log.error("a run could not be started: %s", event.detail)
                return event
        raise AssertionError("a run ends with its exit")

    def _conclude(self, exit_: Exit) -> RunResult:
        if not exit_.truncated:  # else a character may be cut, and that is not the program's fault
            for stream in ("stdout", "stderr"):
                rest = self._transcript.add_bytes(stream, b"", final=True)
                if rest:
                    self._throttle.output(stream, rest)
        verdict = _verdict(exit_)
        return RunResult(
            stdout=self._transcript.text("stdout"),
            stderr=self._transcript.text("stderr"),
            output=self._transcript.output,
            exit_code=exit_.exit_code,
            signal=exit_.signal,
            verdict=verdict,
            duration_ms=round(exit_.duration * 1000),
            truncated=exit_.truncated,
            sandbox=self._sandbox.name,
            timed_out=verdict == "timeout",
        )


def _stopped_at_once(event: Event) -> bool:
    return isinstance(event, Exit) and event.cause == "stopped"


def _verdict(exit_: Exit) -> Verdict:
    if exit_.cause != "exit":
        return exit_.cause
    if exit_.signal is not None:
        return "killed"
    return "ok" if exit_.exit_code == 0 else "error"
